#pragma once

#include "db/pdg-db-pool.h"
#include "model/pdg-client-needs.h"
#include "model/pdg-principal.h"

G_BEGIN_DECLS

/* Gives the events of other products' clients what their readers could not know (docs/clients.md): sessions that last until 30 minutes
 * without an event, the pages that were left, recordings. Before a batch is queued, and only for one that needs it. */

typedef struct
{
  const char *project;
  const char *client; /* address and program of the sender, which are hashed and not kept */
  gint64 max_session_bytes; /* of the recordings of one session */
} PdgClientKeeperTask;

/* @task is copied; @batch, which nobody else may use meanwhile, gets the sessions, and page.leave events behind its others. @needs:
 * (transfer full). The callback runs on the caller's thread-default context. Errors: PDG_DB_ERROR. */
void     pdg_client_keeper_run_async (PdgDbPool *pool, PdgPrincipal *principal, const PdgClientKeeperTask *task, PdgEventBatch *batch,
                                      PdgClientNeeds *needs, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/* @n_replays, @n_ignored: (out): pieces of recordings that were stored, and that were not. */
gboolean pdg_client_keeper_run_finish (GAsyncResult *result, guint *n_replays, guint *n_ignored, GError **error);

G_END_DECLS
