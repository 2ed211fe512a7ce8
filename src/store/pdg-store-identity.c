#include "config.h"
#include "store/pdg-store-identity.h"

#include <string.h>

#define LINK_ACTORS "SELECT link_actors($1, $2, $3, $4)"
#define ALIAS_ACTORS "SELECT alias_actors($1, $2, $3, $4)"
#define SET_TRAITS "SELECT set_traits($1, $2, $3, $4, $5, $6, $7, $8)"
#define SET_GROUPS "SELECT set_groups($1, $2, $3, $4, $5, $6)"
#define SET_GROUP_TRAITS "SELECT set_group_traits($1, $2, $3, $4, $5, $6, $7, $8)"

/* The slice at the same place of each of @n values. */
static void
add_slices (PdgDbParams *params, gconstpointer first, gsize stride, guint n)
{
  g_autofree const char **texts = g_new (const char *, n);
  g_autofree gssize *lens = g_new (gssize, n);

  for (guint i = 0; i < n; i++)
    {
      const PdgSlice *slice = (const PdgSlice *) (gconstpointer) ((const char *) first + i * stride);

      texts[i] = slice->data;
      lens[i] = slice->len;
    }
  pdg_db_params_add_text_array (params, texts, lens, n);
}

static void
add_times (PdgDbParams *params, gconstpointer first, gsize stride, guint n)
{
  g_autofree gint64 *times = g_new (gint64, n);

  for (guint i = 0; i < n; i++)
    memcpy (&times[i], (const char *) first + i * stride, sizeof (gint64));
  pdg_db_params_add_timestamptz_array (params, times, NULL, n);
}

static void
add_kinds (PdgDbParams *params, gconstpointer first, gsize stride, guint n)
{
  g_autofree gint16 *kinds = g_new (gint16, n);
  g_autofree guint8 *nulls = g_new (guint8, n);

  for (guint i = 0; i < n; i++)
    {
      memcpy (&kinds[i], (const char *) first + i * stride, sizeof (gint16));
      nulls[i] = kinds[i] < 0;
    }
  pdg_db_params_add_int2_array (params, kinds, nulls, n);
}

static gboolean
run_links (PdgDbTx *tx, const char *sql, gint32 project_no, const PdgIdentityLink *links, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  add_slices (params, &links[0].id, sizeof *links, n);
  add_slices (params, &links[0].user, sizeof *links, n);
  add_times (params, &links[0].said_usec, sizeof *links, n);
  return pdg_db_tx_exec (tx, sql, params, error);
}

gboolean
pdg_store_link_actors (PdgDbTx *tx, gint32 project_no, const PdgIdentityLink *links, guint n, GError **error)
{
  return run_links (tx, LINK_ACTORS, project_no, links, n, error);
}

gboolean
pdg_store_alias_actors (PdgDbTx *tx, gint32 project_no, const PdgIdentityLink *links, guint n, GError **error)
{
  return run_links (tx, ALIAS_ACTORS, project_no, links, n, error);
}

/* The name, the value and what decides between two of them, behind whose it is. */
static gboolean
run_traits (PdgDbTx *tx, const char *sql, PdgDbParams *params, const PdgIdentityTrait *traits, guint n, GError **error)
{
  g_autofree guint8 *firsts = g_new (guint8, n);
  g_autofree guint8 (*keys)[16] = g_malloc (16 * (gsize) n);

  for (guint i = 0; i < n; i++)
    {
      firsts[i] = traits[i].is_first != FALSE;
      memcpy (keys[i], traits[i].event_key, 16);
    }
  add_slices (params, &traits[0].name, sizeof *traits, n);
  pdg_db_params_add_bool_array (params, firsts, NULL, n);
  add_slices (params, &traits[0].value, sizeof *traits, n);
  add_times (params, &traits[0].said_usec, sizeof *traits, n);
  pdg_db_params_add_uuid_array (params, (const guint8 (*)[16]) keys, NULL, n);
  return pdg_db_tx_exec (tx, sql, params, error);
}

gboolean
pdg_store_set_traits (PdgDbTx *tx, gint32 project_no, const PdgIdentityTrait *traits, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  add_kinds (params, &traits[0].kind, sizeof *traits, n);
  add_slices (params, &traits[0].id, sizeof *traits, n);
  return run_traits (tx, SET_TRAITS, params, traits, n, error);
}

gboolean
pdg_store_set_groups (PdgDbTx *tx, gint32 project_no, const PdgIdentityMember *members, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  add_slices (params, &members[0].group_type, sizeof *members, n);
  add_slices (params, &members[0].group_id, sizeof *members, n);
  add_kinds (params, &members[0].kind, sizeof *members, n);
  add_slices (params, &members[0].id, sizeof *members, n);
  add_times (params, &members[0].said_usec, sizeof *members, n);
  return pdg_db_tx_exec (tx, SET_GROUPS, params, error);
}

gboolean
pdg_store_set_group_traits (PdgDbTx *tx, gint32 project_no, const PdgIdentityTrait *traits, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  add_slices (params, &traits[0].group_type, sizeof *traits, n);
  add_slices (params, &traits[0].id, sizeof *traits, n);
  return run_traits (tx, SET_GROUP_TRAITS, params, traits, n, error);
}
