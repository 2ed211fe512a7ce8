#include "config.h"
#include "store/pdg-store-clients.h"

#include "store/pdg-store-lists.h"

#include <string.h>

#define LOAD_SALTS "SELECT today, yesterday FROM get_client_salts()"
#define DERIVE_SESSIONS "SELECT place, session_key, began FROM derive_sessions($1, $2, $3, $4, '30 minutes', '24 hours')"
#define TRACE_PAGES                                                                                                      \
  "SELECT place, is_view, left_key, left_path, left_at FROM trace_pages($1, $2, $3, $4, $5, $6, $7, '2 seconds')"
#define ADD_CHUNK                                                                                                        \
  "INSERT INTO replay_chunk (org_id, project_id, session_id, chunk_key, window_id, started_at, ended_at, events, bytes) " \
  "SELECT p.org_id, p.project_id, $2, $3, $4, $5, $6, $7, $8 FROM project p "                                            \
  "WHERE p.org_id = (SELECT current_org_id()) AND p.id = $1 "                                                            \
  "AND octet_length($8) + (SELECT coalesce(sum(octet_length(c.bytes)), 0) FROM replay_chunk c "                          \
  "WHERE c.project_id = p.project_id AND c.session_id = $2) <= $9 ON CONFLICT DO NOTHING"
#define LIST_CHUNKS                                                                                                      \
  "SELECT u.place, c.chunk_no, c.session_id, c.window_id, c.started_at, c.ended_at, c.events, octet_length(c.bytes) "    \
  "FROM unnest($1::int4[], $2::text[]) WITH ORDINALITY u (project_id, session_id, place) "                               \
  "CROSS JOIN LATERAL (SELECT * FROM replay_chunk c WHERE c.project_id = u.project_id AND c.session_id = u.session_id COLLATE \"C\" " \
  "AND (c.started_at, c.chunk_no) > ($3, $4) ORDER BY c.started_at, c.chunk_no LIMIT $5) c "                             \
  "ORDER BY u.place, c.started_at, c.chunk_no"
#define LOAD_CHUNK "SELECT bytes FROM replay_chunk WHERE org_id = (SELECT current_org_id()) AND chunk_no = $1"

static void
read_uuid (const PdgDbResult *result, guint row, guint col, guint8 out[16])
{
  const guint8 *uuid = pdg_db_result_get_uuid (result, row, col);

  if (uuid != NULL)
    memcpy (out, uuid, 16);
}

gboolean
pdg_store_load_client_salts (PdgDbTx *tx, guint8 salt[16], guint8 old_salt[16], gboolean *has_old, GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, LOAD_SALTS, NULL, error);

  if (result == NULL)
    return FALSE;
  memset (salt, 0, 16);
  read_uuid (result, 0, 0, salt);
  read_uuid (result, 0, 1, old_salt);
  *has_old = !pdg_db_result_is_null (result, 0, 1);
  return TRUE;
}

gboolean
pdg_store_derive_sessions (PdgDbTx *tx, const char *project, PdgDerivedSession *needs, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autofree guint8 *keys = g_malloc ((gsize) n * 16), *old_keys = g_malloc ((gsize) n * 16), *nulls = g_malloc0 (n);
  g_autofree gint64 *times = g_new (gint64, n);
  g_autoptr (PdgDbResult) result = NULL;

  for (guint i = 0; i < n; i++)
    {
      memcpy (keys + (gsize) i * 16, needs[i].key, 16);
      memcpy (old_keys + (gsize) i * 16, needs[i].old_key, 16);
      nulls[i] = !needs[i].has_old_key;
      times[i] = needs[i].usec;
      needs[i].began_usec = G_MININT64;
    }
  pdg_db_params_add_text (params, project, -1);
  pdg_db_params_add_uuid_array (params, (const guint8 (*)[16]) keys, NULL, n);
  pdg_db_params_add_uuid_array (params, (const guint8 (*)[16]) old_keys, nulls, n);
  pdg_db_params_add_timestamptz_array (params, times, NULL, n);
  result = pdg_db_tx_query (tx, DERIVE_SESSIONS, params, error);
  if (result == NULL)
    return FALSE;
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    {
      PdgDerivedSession *need = &needs[pdg_db_result_get_int8 (result, row, 0) - 1];

      read_uuid (result, row, 1, need->session_key);
      need->began_usec = pdg_db_result_get_usec (result, row, 2);
    }
  return TRUE;
}

gboolean
pdg_store_trace_pages (PdgDbTx *tx, const char *project, PdgPageReport *pages, const PdgEvent *events, const guint8 (*session_keys)[16], guint n,
                       GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autofree guint8 *event_keys = g_malloc ((gsize) n * 16), *url_keys = g_malloc ((gsize) n * 16);
  g_autofree gint64 *times = g_new (gint64, n);
  g_autofree gint16 *kinds = g_new (gint16, n);
  g_autofree const char **paths = g_new0 (const char *, n);
  g_autofree gssize *lens = g_new0 (gssize, n);
  g_autoptr (PdgDbResult) result = NULL;

  for (guint i = 0; i < n; i++)
    {
      const PdgEvent *event = &events[pages[i].event];

      memcpy (event_keys + (gsize) i * 16, event->event_key, 16);
      memcpy (url_keys + (gsize) i * 16, pages[i].url_key, 16);
      times[i] = event->timestamp_usec;
      kinds[i] = (gint16) pages[i].kind;
      paths[i] = event->page_path.data;
      lens[i] = event->page_path.len;
      pages[i].is_view = TRUE;
      pages[i].left_usec = G_MININT64;
    }
  pdg_db_params_add_text (params, project, -1);
  pdg_db_params_add_uuid_array (params, session_keys, NULL, n);
  pdg_db_params_add_uuid_array (params, (const guint8 (*)[16]) event_keys, NULL, n);
  pdg_db_params_add_uuid_array (params, (const guint8 (*)[16]) url_keys, NULL, n);
  pdg_db_params_add_timestamptz_array (params, times, NULL, n);
  pdg_db_params_add_int2_array (params, kinds, NULL, n);
  pdg_db_params_add_text_array (params, paths, lens, n);
  result = pdg_db_tx_query (tx, TRACE_PAGES, params, error);
  if (result == NULL)
    return FALSE;
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    {
      PdgPageReport *page = &pages[pdg_db_result_get_int8 (result, row, 0) - 1];

      page->is_view = pdg_db_result_get_bool (result, row, 1);
      if (pdg_db_result_is_null (result, row, 2))
        continue;
      read_uuid (result, row, 2, page->left_key);
      page->left_path = g_strdup (pdg_db_result_get_text (result, row, 3));
      page->left_usec = pdg_db_result_get_usec (result, row, 4);
    }
  return TRUE;
}

gboolean
pdg_store_add_replay_chunk (PdgDbTx *tx, const char *project, const PdgReplayChunk *chunk, gint64 max_session_bytes, gboolean *kept, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  gsize len;
  gconstpointer bytes = g_bytes_get_data (chunk->bytes, &len);
  gint64 n_rows = 0;

  pdg_db_params_add_text (params, project, -1);
  pdg_db_params_add_text (params, chunk->session_id, -1);
  pdg_db_params_add_uuid (params, chunk->key);
  pdg_db_params_add_text (params, chunk->window_id, -1);
  pdg_db_params_add_timestamptz (params, chunk->started_usec);
  pdg_db_params_add_timestamptz (params, chunk->ended_usec);
  pdg_db_params_add_int4 (params, (gint32) chunk->n_events);
  pdg_db_params_add_bytea (params, bytes, len);
  pdg_db_params_add_int8 (params, max_session_bytes);
  if (!pdg_db_tx_exec_count (tx, ADD_CHUNK, params, &n_rows, error))
    return FALSE;
  *kept = n_rows == 1;
  return TRUE;
}

static gpointer
read_chunk (const PdgDbResult *result, guint row)
{
  PdgReplayChunk *chunk = g_new0 (PdgReplayChunk, 1);

  chunk->chunk_no = pdg_db_result_get_int8 (result, row, 1);
  chunk->session_id = g_strdup (pdg_db_result_get_text (result, row, 2));
  chunk->window_id = g_strdup (pdg_db_result_get_text (result, row, 3));
  chunk->started_usec = pdg_db_result_get_usec (result, row, 4);
  chunk->ended_usec = pdg_db_result_get_usec (result, row, 5);
  chunk->n_events = (guint) pdg_db_result_get_int4 (result, row, 6);
  chunk->n_bytes = (gsize) pdg_db_result_get_int4 (result, row, 7);
  return chunk;
}

GPtrArray *
pdg_store_list_replay_chunks (PdgDbTx *tx, const gint32 *project_nos, const char *const *session_ids, guint n, gint64 after_usec, gint64 after_no,
                              guint limit, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  pdg_db_params_add_text_array (params, session_ids, NULL, n);
  pdg_db_params_add_timestamptz (params, after_usec);
  pdg_db_params_add_int8 (params, after_no);
  pdg_db_params_add_int4 (params, (gint32) limit);
  return pdg_store_query_lists (tx, LIST_CHUNKS, params, n, read_chunk, (GDestroyNotify) pdg_replay_chunk_free, error);
}

GBytes *
pdg_store_load_replay_chunk (PdgDbTx *tx, gint64 chunk_no, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  const guint8 *bytes;
  gsize len;

  pdg_db_params_add_int8 (params, chunk_no);
  result = pdg_db_tx_query (tx, LOAD_CHUNK, params, error);
  if (result == NULL || pdg_db_result_get_n_rows (result) == 0)
    return NULL;
  bytes = pdg_db_result_get_bytea (result, 0, 0, &len);
  return g_bytes_new (bytes, len);
}
