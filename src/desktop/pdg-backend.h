#pragma once

#include "client/pdg-client.h"
#include "runtime/pdg-config.h"

G_BEGIN_DECLS

/* What stands behind the window: a runtime of this process, started and stopped off the UI thread, and the client that
 * speaks to it. All functions on the UI thread. */
typedef struct _PdgBackend PdgBackend;

/* (transfer full) */
PdgBackend *pdg_backend_new (PdgConfig *config);

/* Stops first when it still runs. */
void        pdg_backend_free (PdgBackend *backend);

/* Begins to start the runtime; the client is STARTING, then CONNECTED or FAILED. (transfer full) */
PdgClient  *pdg_backend_start (PdgBackend *backend);

/* Another try after FAILED. */
void        pdg_backend_restart (PdgBackend *backend);

/* Waits until everything is stored and stopped. Idempotent. */
void        pdg_backend_stop (PdgBackend *backend);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgBackend, pdg_backend_free)

G_END_DECLS
