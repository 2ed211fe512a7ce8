#include "config.h"
#include "api/pdg-resolve.h"

/* Recordings of sessions, in pieces (PdgReplayChunk). */

static char *
make_cursor (gconstpointer node)
{
  const PdgReplayChunk *chunk = node;

  return pdg_resolve_make_time_cursor (chunk->started_usec, chunk->chunk_no);
}

static void
session_replay_chunks (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint n = pdg_gql_call_get_n (call), limit = pdg_resolve_get_limit (call);
  g_autofree gint32 *project_nos = g_new (gint32, n);
  g_autofree const char **session_ids = g_new (const char *, n);
  gint64 after_usec, after_no;
  GError *error = NULL;

  if (queries == NULL || limit == 0 || !pdg_resolve_get_time_cursor (call, &after_usec, &after_no))
    return;
  if (pdg_gql_call_arg_string (call, "after") == NULL)
    after_usec = after_no = G_MININT64;
  for (guint i = 0; i < n; i++)
    {
      const PdgSessionSummary *session = pdg_gql_call_get_source (call, i);

      project_nos[i] = session->project_no;
      session_ids[i] = session->id;
    }
  pdg_resolve_set_pages (call, pdg_queries_list_replay_chunks (queries, project_nos, session_ids, n, after_usec, after_no, limit, &error), &error,
                         make_cursor);
}

PDG_RESOLVE_MEMBER (chunk_id, PdgReplayChunk, pdg_gql_call_set_int64 (call, i, source->chunk_no))
PDG_RESOLVE_MEMBER (chunk_started_at, PdgReplayChunk, pdg_gql_call_set_int64 (call, i, source->started_usec))
PDG_RESOLVE_MEMBER (chunk_ended_at, PdgReplayChunk, pdg_gql_call_set_int64 (call, i, source->ended_usec))
PDG_RESOLVE_MEMBER (chunk_event_count, PdgReplayChunk, pdg_gql_call_set_int (call, i, (gint32) source->n_events))
PDG_RESOLVE_MEMBER (chunk_byte_count, PdgReplayChunk, pdg_gql_call_set_int (call, i, (gint32) source->n_bytes))
PDG_RESOLVE_MEMBER (chunk_window_id, PdgReplayChunk, pdg_gql_call_set_borrowed_string (call, i, source->window_id))
PDG_RESOLVE_MEMBER (chunk_url, PdgReplayChunk, pdg_gql_call_take_string (call, i, g_strdup_printf ("/v1/replay/%" G_GINT64_FORMAT, source->chunk_no)))

static const PdgGqlBinding bindings[] = {
  { "Session.replayChunks", session_replay_chunks },
  PDG_RESOLVE_CONNECTION ("ReplayChunk"),
  { "ReplayChunk.id", chunk_id },
  { "ReplayChunk.startedAt", chunk_started_at },
  { "ReplayChunk.endedAt", chunk_ended_at },
  { "ReplayChunk.eventCount", chunk_event_count },
  { "ReplayChunk.byteCount", chunk_byte_count },
  { "ReplayChunk.windowId", chunk_window_id },
  { "ReplayChunk.url", chunk_url },
};

PdgResolveTable
pdg_resolve_replay_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
