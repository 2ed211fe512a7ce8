#include "config.h"
#include "store/pdg-store-snapshots.h"

#include "store/pdg-store-lists.h"

#define ADD_BLOB                                                                                                         \
  "INSERT INTO blob (org_id, sha256, media_type, bytes) VALUES (current_org_id(), sha256($1), $2, $1) ON CONFLICT DO NOTHING"
#define ADD_SNAPSHOT                                                                                                     \
  "INSERT INTO snapshot (org_id, project_id, screen_no, taken_at, sha256, width, height, component_tree) "               \
  "VALUES (current_org_id(), $1, $2, $3, sha256($4), $5, $6, $7)"
#define LOAD_BLOB "SELECT bytes, media_type FROM blob WHERE org_id = (SELECT current_org_id()) AND sha256 = decode($1, 'hex')"
#define LIST_OF(parents, chosen)                                                                                         \
  "SELECT u.place, s.project_id, s.snapshot_no, s.screen_no, s.session_no, s.taken_at, s.width, s.height, "              \
  "encode(s.sha256, 'hex'), b.media_type FROM " parents " CROSS JOIN LATERAL (SELECT * FROM snapshot s "                 \
  "WHERE s.project_id = u.project_id " chosen "AND s.taken_at >= $2 AND s.taken_at < $3 "                                \
  "AND (s.taken_at < $4 OR (s.taken_at = $4 AND s.snapshot_no < $5)) "                                                   \
  "ORDER BY s.taken_at DESC, s.snapshot_no DESC LIMIT $6) s JOIN blob b ON b.org_id = s.org_id AND b.sha256 = s.sha256 " \
  "ORDER BY u.place, s.taken_at DESC, s.snapshot_no DESC"
#define LIST_OF_PROJECTS LIST_OF ("unnest($1::int4[]) WITH ORDINALITY u (project_id, place)", "")
#define LIST_OF_SCREENS                                                                                                  \
  LIST_OF ("unnest($1::int4[], $7::int4[]) WITH ORDINALITY u (project_id, screen_no, place)", "AND s.screen_no = u.screen_no ")
#define LOAD_TEXTS(column)                                                                                               \
  "SELECT u.place, s." column " FROM unnest($1::int8[]) WITH ORDINALITY u (snapshot_no, place) "                         \
  "JOIN snapshot s ON s.snapshot_no = u.snapshot_no"

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

static gpointer
read_snapshot (const PdgDbResult *result, guint row)
{
  PdgSnapshot *snapshot = g_new0 (PdgSnapshot, 1);

  snapshot->project_no = pdg_db_result_get_int4 (result, row, 1);
  snapshot->snapshot_no = pdg_db_result_get_int8 (result, row, 2);
  snapshot->screen_no = pdg_db_result_get_int4 (result, row, 3);
  snapshot->session_no = pdg_db_result_get_int4 (result, row, 4);
  snapshot->taken_usec = pdg_db_result_get_usec (result, row, 5);
  snapshot->width = pdg_db_result_get_int4 (result, row, 6);
  snapshot->height = pdg_db_result_get_int4 (result, row, 7);
  snapshot->blob_id = g_strdup (pdg_db_result_get_text (result, row, 8));
  snapshot->media_type = g_strdup (pdg_db_result_get_text (result, row, 9));
  return snapshot;
}

GPtrArray *
pdg_store_list_snapshots (PdgDbTx *tx, const gint32 *project_nos, const gint32 *screen_nos, guint n, const PdgStoreSnapshotFilter *filter,
                          GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  pdg_db_params_add_timestamptz (params, filter->from_usec);
  pdg_db_params_add_timestamptz (params, filter->to_usec);
  pdg_db_params_add_timestamptz (params, filter->before_taken_usec);
  pdg_db_params_add_int8 (params, filter->before_snapshot_no);
  pdg_db_params_add_int4 (params, (gint32) filter->limit);
  if (screen_nos != NULL)
    pdg_db_params_add_int4_array (params, screen_nos, NULL, n);
  return pdg_store_query_lists (tx, screen_nos != NULL ? LIST_OF_SCREENS : LIST_OF_PROJECTS, params, n, read_snapshot,
                                (GDestroyNotify) pdg_snapshot_free, error);
}

static gpointer
read_text (const PdgDbResult *result, guint row)
{
  return g_strdup (pdg_db_result_get_text (result, row, 1));
}

GPtrArray *
pdg_store_load_snapshot_texts (PdgDbTx *tx, const gint64 *snapshot_nos, guint n, PdgStoreSnapshotText which, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int8_array (params, snapshot_nos, NULL, n);
  return pdg_store_query_each_one (tx, which == PDG_STORE_SNAPSHOT_STATE ? LOAD_TEXTS ("state") : LOAD_TEXTS ("component_tree"), params, n,
                                   read_text, g_free, error);
}
