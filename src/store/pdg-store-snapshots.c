#include "config.h"
#include "store/pdg-store-snapshots.h"

#define ADD_BLOB                                                                                                         \
  "INSERT INTO blob (org_id, sha256, media_type, bytes) VALUES (current_org_id(), sha256($1), $2, $1) ON CONFLICT DO NOTHING"
#define ADD_SNAPSHOT                                                                                                     \
  "INSERT INTO snapshot (org_id, project_id, screen_no, taken_at, sha256, width, height, component_tree) "               \
  "VALUES (current_org_id(), $1, $2, $3, sha256($4), $5, $6, $7)"
#define LOAD_BLOB "SELECT bytes, media_type FROM blob WHERE org_id = (SELECT current_org_id()) AND sha256 = decode($1, 'hex')"

gboolean
pdg_store_add_snapshot (PdgDbTx *tx, const PdgStoreSnapshot *snapshot, GError **error)
{
  g_autoptr (PdgDbParams) blob = pdg_db_params_new ();
  g_autoptr (PdgDbParams) row = pdg_db_params_new ();
  gsize len;
  gconstpointer bytes = g_bytes_get_data (snapshot->image, &len);

  pdg_db_params_add_bytea (blob, bytes, len);
  pdg_db_params_add_text (blob, snapshot->media_type, -1);
  if (!pdg_db_tx_exec (tx, ADD_BLOB, blob, error))
    return FALSE;
  pdg_db_params_add_int4 (row, snapshot->project_no);
  pdg_db_params_add_int4 (row, snapshot->screen_no);
  pdg_db_params_add_timestamptz (row, snapshot->taken_usec);
  pdg_db_params_add_bytea (row, bytes, len);
  pdg_db_params_add_int4 (row, snapshot->width);
  pdg_db_params_add_int4 (row, snapshot->height);
  pdg_db_params_add_text (row, snapshot->component_tree, -1);
  return pdg_db_tx_exec (tx, ADD_SNAPSHOT, row, error);
}

static gboolean
is_sha256_hex (const char *text)
{
  gsize n = 0;

  while (g_ascii_isxdigit (text[n]))
    n++;
  return n == 64 && text[n] == '\0';
}

GBytes *
pdg_store_load_blob (PdgDbTx *tx, const char *sha256_hex, char **media_type, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  const guint8 *bytes;
  gsize len;

  if (!is_sha256_hex (sha256_hex))
    return NULL;
  pdg_db_params_add_text (params, sha256_hex, -1);
  result = pdg_db_tx_query (tx, LOAD_BLOB, params, error);
  if (result == NULL || pdg_db_result_get_n_rows (result) == 0)
    return NULL;
  bytes = pdg_db_result_get_bytea (result, 0, 0, &len);
  if (media_type != NULL)
    *media_type = g_strdup (pdg_db_result_get_text (result, 0, 1));
  return g_bytes_new (bytes, len);
}
