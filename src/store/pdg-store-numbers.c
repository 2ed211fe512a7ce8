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

static void
add_terms (PdgDbParams *params, const PdgTerm *terms, guint n)
{
  g_autofree guint8 (*fingerprints)[16] = g_malloc (16 * (gsize) n);
  g_autofree gint32 *screens = g_new (gint32, n);
  g_autofree guint8 *no_screen = g_new (guint8, n);

  for (guint i = 0; i < n; i++)
    {
      memcpy (fingerprints[i], terms[i].fingerprint, 16);
      screens[i] = terms[i].screen_no;
      no_screen[i] = terms[i].screen_no == 0;
    }
  pdg_db_params_add_uuid_array (params, (const guint8 (*)[16]) fingerprints, NULL, n);
  add_slices (params, &terms[0].type, sizeof (PdgTerm), n);
  add_slices (params, &terms[0].name, sizeof (PdgTerm), n);
  pdg_db_params_add_int4_array (params, screens, no_screen, n);
  add_slices (params, &terms[0].component, sizeof (PdgTerm), n);
  add_slices (params, &terms[0].component_path, sizeof (PdgTerm), n);
  add_slices (params, &terms[0].journey, sizeof (PdgTerm), n);
  add_slices (params, &terms[0].step, sizeof (PdgTerm), n);
}

static PdgDbParams *
make_params (const PdgNumberRequest *request)
{
  PdgDbParams *params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, request->project_no);
  if (request->kind == PDG_NUMBER_TERM)
    add_terms (params, request->terms, request->n);
  else if (request->kind == PDG_NUMBER_ACTOR)
    pdg_db_params_add_int2_array (params, request->actor_kinds, NULL, request->n);
  if (request->kind != PDG_NUMBER_TERM)
    add_slices (params, request->texts, sizeof (PdgSlice), request->n);
  return params;
}

static gboolean
read_numbers (const PdgDbResult *result, const PdgNumberRequest *request, GError **error)
{
  gsize n = 0;
  g_autofree gint64 *values = pdg_db_result_dup_int8_array (result, 0, 0, &n);

  if (values == NULL || n != request->n)
    {
      g_set_error_literal (error, PDG_DB_ERROR, PDG_DB_ERROR_FAILED, "the database did not number every text");
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    request->numbers[i] = (gint32) values[i];
  return TRUE;
}

gboolean
pdg_store_assign_numbers (PdgDbTx *tx, const PdgNumberRequest *requests, guint n, gboolean commit, GError **error)
{
  static const char *const sql[] = {
    [PDG_NUMBER_SESSION] = ASSIGN_SESSIONS, [PDG_NUMBER_SCREEN] = ASSIGN_SCREENS, [PDG_NUMBER_RELEASE] = ASSIGN_RELEASES,
    [PDG_NUMBER_ACTOR] = ASSIGN_ACTORS,     [PDG_NUMBER_TERM] = ASSIGN_TERMS,
  };
  g_autofree PdgDbStatement *statements = g_new (PdgDbStatement, n);
  g_autofree PdgDbResult **results = g_new0 (PdgDbResult *, n);
  gboolean ok;

  for (guint i = 0; i < n; i++)
    statements[i] = (PdgDbStatement) { sql[requests[i].kind], make_params (&requests[i]) };
  ok = pdg_db_tx_query_all (tx, statements, n, commit, results, error);
  for (guint i = 0; i < n; i++)
    {
      ok = ok && read_numbers (results[i], &requests[i], error);
      pdg_db_result_free (results[i]);
      pdg_db_params_free (statements[i].params);
    }
  return ok;
}

gboolean
pdg_store_assign_screens (PdgDbTx *tx, gint32 project_no, const PdgSlice *paths, guint n, gint32 *numbers, GError **error)
{
  PdgNumberRequest request = { .kind = PDG_NUMBER_SCREEN, .project_no = project_no, .n = n, .texts = paths, .numbers = numbers };

  return pdg_store_assign_numbers (tx, &request, 1, FALSE, error);
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
