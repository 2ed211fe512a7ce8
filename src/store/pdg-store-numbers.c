#include "config.h"
#include "store/pdg-store-numbers.h"

#include "db/pdg-db-error.h"

#include <string.h>

#define FIND_PROJECT "SELECT project_id, epoch FROM find_project_epoch($1, $2)"
#define PROJECT_ID "SELECT id FROM project WHERE CASE WHEN $1 > 0 THEN project_id = $1 ELSE id = $2 END"
#define ASSIGN_SESSIONS "SELECT assign_sessions($1, $2)"
#define ASSIGN_SCREENS "SELECT assign_screens($1, $2)"
#define ASSIGN_RELEASES "SELECT assign_releases($1, $2)"
#define ASSIGN_ACTORS "SELECT assign_actors($1, $2, $3)"
#define ASSIGN_TERMS "SELECT assign_terms($1, $2, $3, $4, $5, $6, $7, $8, $9)"

static void
add_slices (PdgDbParams *params, const PdgSlice *slices, gsize stride, guint n)
{
  g_autofree const char **texts = g_new (const char *, n);
  g_autofree gssize *lens = g_new (gssize, n);

  for (guint i = 0; i < n; i++)
    {
      const PdgSlice *slice = (const PdgSlice *) (const void *) ((const char *) slices + i * stride);

      texts[i] = slice->data;
      lens[i] = slice->len;
    }
  pdg_db_params_add_text_array (params, texts, lens, n);
}

static gboolean
run (PdgDbTx *tx, const char *sql, PdgDbParams *params, guint n, gint32 *numbers, GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, sql, params, error);
  g_autofree gint64 *values = NULL;
  gsize n_values = 0;

  if (result == NULL)
    return FALSE;
  values = pdg_db_result_dup_int8_array (result, 0, 0, &n_values);
  if (values == NULL || n_values != n)
    {
      g_set_error_literal (error, PDG_DB_ERROR, PDG_DB_ERROR_FAILED, "the database did not number every text");
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    numbers[i] = (gint32) values[i];
  return TRUE;
}

static gboolean
assign_texts (PdgDbTx *tx, const char *sql, gint32 project_no, const PdgSlice *texts, guint n, gint32 *numbers, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  add_slices (params, texts, sizeof (PdgSlice), n);
  return run (tx, sql, params, n, numbers, error);
}

gboolean
pdg_store_assign_sessions (PdgDbTx *tx, gint32 project_no, const PdgSlice *ids, guint n, gint32 *numbers, GError **error)
{
  return assign_texts (tx, ASSIGN_SESSIONS, project_no, ids, n, numbers, error);
}

gboolean
pdg_store_assign_screens (PdgDbTx *tx, gint32 project_no, const PdgSlice *paths, guint n, gint32 *numbers, GError **error)
{
  return assign_texts (tx, ASSIGN_SCREENS, project_no, paths, n, numbers, error);
}

gboolean
pdg_store_assign_releases (PdgDbTx *tx, gint32 project_no, const PdgSlice *versions, guint n, gint32 *numbers, GError **error)
{
  return assign_texts (tx, ASSIGN_RELEASES, project_no, versions, n, numbers, error);
}

gboolean
pdg_store_assign_actors (PdgDbTx *tx, gint32 project_no, const gint16 *kinds, const PdgSlice *ids, guint n, gint32 *numbers,
                         GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_int2_array (params, kinds, NULL, n);
  add_slices (params, ids, sizeof (PdgSlice), n);
  return run (tx, ASSIGN_ACTORS, params, n, numbers, error);
}

gboolean
pdg_store_assign_terms (PdgDbTx *tx, gint32 project_no, const PdgTerm *terms, guint n, gint32 *numbers, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autofree guint8 (*fingerprints)[16] = g_malloc (16 * (gsize) n);
  g_autofree gint32 *screens = g_new (gint32, n);
  g_autofree guint8 *no_screen = g_new (guint8, n);

  for (guint i = 0; i < n; i++)
    {
      memcpy (fingerprints[i], terms[i].fingerprint, 16);
      screens[i] = terms[i].screen_no;
      no_screen[i] = terms[i].screen_no == 0;
    }
  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_uuid_array (params, (const guint8 (*)[16]) fingerprints, NULL, n);
  add_slices (params, &terms[0].type, sizeof (PdgTerm), n);
  add_slices (params, &terms[0].name, sizeof (PdgTerm), n);
  pdg_db_params_add_int4_array (params, screens, no_screen, n);
  add_slices (params, &terms[0].component, sizeof (PdgTerm), n);
  add_slices (params, &terms[0].component_path, sizeof (PdgTerm), n);
  add_slices (params, &terms[0].journey, sizeof (PdgTerm), n);
  add_slices (params, &terms[0].step, sizeof (PdgTerm), n);
  return run (tx, ASSIGN_TERMS, params, n, numbers, error);
}

gboolean
pdg_store_find_project (PdgDbTx *tx, gint32 org_no, const PdgSlice *id, gint32 *project_no, gint32 *epoch, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, org_no);
  pdg_db_params_add_text (params, id->data, id->len);
  result = pdg_db_tx_query (tx, FIND_PROJECT, params, error);
  if (result == NULL)
    return FALSE;
  *project_no = *epoch = 0;
  if (pdg_db_result_get_n_rows (result) > 0)
    {
      *project_no = pdg_db_result_get_int4 (result, 0, 0);
      *epoch = pdg_db_result_get_int4 (result, 0, 1);
    }
  return TRUE;
}

char *
pdg_store_dup_project_id (PdgDbTx *tx, gint32 project_no, const char *id, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_text (params, id, (gssize) strlen (id));
  result = pdg_db_tx_query (tx, PROJECT_ID, params, error);
  return result != NULL && pdg_db_result_get_n_rows (result) > 0 ? g_strdup (pdg_db_result_get_text (result, 0, 0)) : NULL;
}
