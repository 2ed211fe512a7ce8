#include "config.h"
#include "store/pdg-store-snapshots.h"

#include "store/pdg-store-lists.h"

#define ADD_BLOB                                                                                                         \
  "INSERT INTO blob (org_id, sha256, media_type, bytes) VALUES (current_org_id(), sha256($1), $2, $1) ON CONFLICT DO NOTHING"
#define ADD_LEVEL                                                                                                        \
  "INSERT INTO blob_level (org_id, sha256, width, bytes) VALUES (current_org_id(), $1, $2, $3) ON CONFLICT DO NOTHING"
#define FIND_SNAPSHOT                                                                                                    \
  "SELECT snapshot_no FROM snapshot WHERE project_id = $1 AND screen_no = $2 AND taken_at = $3 AND sha256 = $4 " \
  "AND session_no IS NOT DISTINCT FROM nullif($5, 0) ORDER BY snapshot_no LIMIT 1"
#define ADD_SNAPSHOT                                                                                                     \
  "INSERT INTO snapshot (org_id, project_id, screen_no, taken_at, sha256, session_no, width, height, component_tree, "   \
  "state, journey_id, step_id, viewport_width, viewport_height, device_scale) VALUES (current_org_id(), $1, $2, $3, "    \
  "$4, nullif($5, 0), $6, $7, $8, $9, $10, $11, nullif($12, 0), nullif($13, 0), nullif($14, 0::float8)) "        \
  "RETURNING snapshot_no"
#define LOAD_BLOB                                                                                                        \
  "SELECT bytes, media_type FROM blob WHERE org_id = (SELECT current_org_id()) AND sha256 = decode($1, 'hex')"
#define LOAD_LEVEL                                                                                                       \
  "SELECT bytes, 'image/webp' FROM blob_level WHERE org_id = (SELECT current_org_id()) AND sha256 = decode($1, 'hex') "  \
  "AND width >= $2 ORDER BY width LIMIT 1"
#define COLUMNS                                                                                                          \
  "u.place, s.project_id, s.snapshot_no, s.screen_no, s.session_no, s.taken_at, s.width, s.height, "                     \
  "encode(s.sha256, 'hex'), b.media_type, s.journey_id, s.step_id, s.viewport_width, s.viewport_height, s.device_scale "
#define LOOKUP                                                                                                           \
  "SELECT " COLUMNS "FROM unnest($1::int4[], $2::int8[]) WITH ORDINALITY u (project_id, snapshot_no, place) "            \
  "JOIN snapshot s ON s.snapshot_no = u.snapshot_no AND s.project_id = u.project_id "                                    \
  "JOIN blob b ON b.org_id = s.org_id AND b.sha256 = s.sha256"
#define LIST_OF(parents, chosen)                                                                                         \
  "SELECT " COLUMNS "FROM " parents " CROSS JOIN LATERAL (SELECT * FROM snapshot s "                                     \
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

#define SHA256_BYTES 32

static gboolean
add_blob (PdgDbTx *tx, const PdgStoreSnapshot *snapshot, const guint8 *sha256, GError **error)
{
  g_autoptr (PdgDbParams) blob = pdg_db_params_new ();
  gsize len;
  gconstpointer bytes = g_bytes_get_data (snapshot->image, &len);

  pdg_db_params_add_bytea (blob, bytes, len);
  pdg_db_params_add_text (blob, snapshot->media_type, -1);
  if (!pdg_db_tx_exec (tx, ADD_BLOB, blob, error))
    return FALSE;
  for (guint i = 0; i < snapshot->n_levels; i++)
    {
      g_autoptr (PdgDbParams) level = pdg_db_params_new ();

      bytes = g_bytes_get_data (snapshot->levels[i].image, &len);
      pdg_db_params_add_bytea (level, sha256, SHA256_BYTES);
      pdg_db_params_add_int4 (level, snapshot->levels[i].width);
      pdg_db_params_add_bytea (level, bytes, len);
      if (!pdg_db_tx_exec (tx, ADD_LEVEL, level, error))
        return FALSE;
    }
  return TRUE;
}

/* What a picture is told from others by. (transfer full) */
static PdgDbParams *
make_place (const PdgStoreSnapshot *snapshot, const guint8 *sha256)
{
  PdgDbParams *params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, snapshot->project_no);
  pdg_db_params_add_int4 (params, snapshot->screen_no);
  pdg_db_params_add_timestamptz (params, snapshot->taken_usec);
  pdg_db_params_add_bytea (params, sha256, SHA256_BYTES);
  pdg_db_params_add_int4 (params, snapshot->session_no);
  return params;
}

gboolean
pdg_store_add_snapshot (PdgDbTx *tx, const PdgStoreSnapshot *snapshot, gint64 *snapshot_no, gboolean *is_new, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (PdgDbParams) place = NULL, row = NULL;
  g_autoptr (PdgDbResult) found = NULL, added = NULL;
  guint8 sha256[SHA256_BYTES];
  gsize len = sizeof sha256;

  g_checksum_update (checksum, g_bytes_get_data (snapshot->image, NULL), (gssize) g_bytes_get_size (snapshot->image));
  g_checksum_get_digest (checksum, sha256, &len);
  place = make_place (snapshot, sha256);
  found = pdg_db_tx_query (tx, FIND_SNAPSHOT, place, error);
  if (found == NULL)
    return FALSE;
  *is_new = pdg_db_result_get_n_rows (found) == 0;
  if (!*is_new)
    {
      *snapshot_no = pdg_db_result_get_int8 (found, 0, 0);
      return TRUE;
    }
  if (!add_blob (tx, snapshot, sha256, error))
    return FALSE;
  row = make_place (snapshot, sha256);
  pdg_db_params_add_int4 (row, snapshot->width);
  pdg_db_params_add_int4 (row, snapshot->height);
  pdg_db_params_add_text (row, snapshot->component_tree, -1);
  pdg_db_params_add_text (row, snapshot->state, -1);
  pdg_db_params_add_text (row, snapshot->journey, -1);
  pdg_db_params_add_text (row, snapshot->step, -1);
  pdg_db_params_add_int4 (row, snapshot->viewport_width);
  pdg_db_params_add_int4 (row, snapshot->viewport_height);
  pdg_db_params_add_double (row, snapshot->device_scale);
  added = pdg_db_tx_query (tx, ADD_SNAPSHOT, row, error);
  if (added == NULL)
    return FALSE;
  *snapshot_no = pdg_db_result_get_int8 (added, 0, 0);
  return TRUE;
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
pdg_store_load_blob (PdgDbTx *tx, const char *sha256_hex, int min_width, char **media_type, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new (), level_params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  const guint8 *bytes;
  gsize len;

  if (!is_sha256_hex (sha256_hex))
    return NULL;
  if (min_width > 0)
    {
      pdg_db_params_add_text (level_params, sha256_hex, -1);
      pdg_db_params_add_int4 (level_params, min_width);
      result = pdg_db_tx_query (tx, LOAD_LEVEL, level_params, error);
      if (result == NULL)
        return NULL;
    }
  if (result == NULL || pdg_db_result_get_n_rows (result) == 0)
    {
      g_clear_pointer (&result, pdg_db_result_free);
      pdg_db_params_add_text (params, sha256_hex, -1);
      result = pdg_db_tx_query (tx, LOAD_BLOB, params, error);
    }
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
  snapshot->journey = g_strdup (pdg_db_result_get_text (result, row, 10));
  snapshot->step = g_strdup (pdg_db_result_get_text (result, row, 11));
  snapshot->viewport_width = pdg_db_result_get_int4 (result, row, 12);
  snapshot->viewport_height = pdg_db_result_get_int4 (result, row, 13);
  snapshot->device_scale = pdg_db_result_get_double (result, row, 14);
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

GPtrArray *
pdg_store_lookup_snapshots (PdgDbTx *tx, const gint32 *project_nos, const gint64 *snapshot_nos, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  pdg_db_params_add_int8_array (params, snapshot_nos, NULL, n);
  return pdg_store_query_each_one (tx, LOOKUP, params, n, read_snapshot, (GDestroyNotify) pdg_snapshot_free, error);
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
