#include "config.h"
#include "service/pdg-queries-private.h"

#include "codec/pdg-replay.h"
#include "store/pdg-store-clients.h"
#include "store/pdg-store-journeys.h"
#include "store/pdg-store-snapshots.h"

static PdgQueries *
begin (PdgDbConn *conn, PdgPrincipal *principal, guint timeout_ms, PdgDbTxFlags flags, GError **error)
{
  g_autoptr (PdgQueries) queries = NULL;

  if (!pdg_principal_may (principal, PDG_ROLE_VIEWER))
    {
      g_set_error_literal (error, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_FORBIDDEN,
                           "this key may only send events; reading needs a token with the role viewer");
      return NULL;
    }
  queries = g_new0 (PdgQueries, 1);
  queries->principal = pdg_principal_ref (principal);
  queries->tx = pdg_db_tx_begin (conn, principal, PDG_DB_TX_READ_ONLY | PDG_DB_TX_REPEATABLE_READ | PDG_DB_TX_DEFERRED | flags, error);
  if (queries->tx == NULL || !pdg_db_tx_set_timeout (queries->tx, timeout_ms, error))
    return NULL;
  return g_steal_pointer (&queries);
}

PdgQueries *
pdg_queries_begin (PdgDbConn *conn, PdgPrincipal *principal, guint timeout_ms, GError **error)
{
  return begin (conn, principal, timeout_ms, 0, error);
}

PdgQueries *
pdg_queries_begin_once (PdgDbConn *conn, PdgPrincipal *principal, guint timeout_ms, GError **error)
{
  return begin (conn, principal, timeout_ms, PDG_DB_TX_ONE_STATEMENT, error);
}

void
pdg_queries_free (PdgQueries *queries)
{
  if (queries == NULL)
    return;
  pdg_db_tx_free (queries->tx);
  pdg_principal_unref (queries->principal);
  g_free (queries);
}

GArray *
pdg_queries_load_event_spans (PdgQueries *queries, const gint32 *project_nos, guint n, GError **error)
{
  return pdg_store_load_event_spans (queries->tx, project_nos, n, error);
}

GBytes *
pdg_queries_load_blob (PdgQueries *queries, const char *id, int min_width, char **media_type, GError **error)
{
  return pdg_store_load_blob (queries->tx, id, min_width, media_type, error);
}

GPtrArray *
pdg_queries_list_replay_chunks (PdgQueries *queries, const gint32 *project_nos, const char *const *session_ids, guint n, gint64 after_usec,
                                gint64 after_no, guint limit, GError **error)
{
  return pdg_store_list_replay_chunks (queries->tx, project_nos, session_ids, n, after_usec, after_no, limit, error);
}

GBytes *
pdg_queries_load_replay_chunk (PdgQueries *queries, gint64 chunk_no, gsize max_bytes, GError **error)
{
  g_autoptr (GBytes) packed = pdg_store_load_replay_chunk (queries->tx, chunk_no, error);

  return packed != NULL ? pdg_replay_unpack (packed, max_bytes, error) : NULL;
}
