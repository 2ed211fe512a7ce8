#pragma once

#include "api/pdg-api.h"
#include "runtime/pdg-config.h"

G_BEGIN_DECLS

/* The whole of the product below the faces, composed from the settings: database, pools, writer, API, HTTP server and
 * the listener for other processes' commits. One a process. */
typedef struct _PdgRuntime PdgRuntime;

typedef enum
{
  PDG_RUNTIME_DEFAULT = 0,
  PDG_RUNTIME_NO_SERVER = 1 << 0,   /* no HTTP at all: tools */
  PDG_RUNTIME_MAY_SHARE = 1 << 1,   /* a port in use is no failure: another process collects on it */
  PDG_RUNTIME_DESKTOP = 1 << 2,     /* one HTTP thread, since a user interface runs beside it */
} PdgRuntimeFlags;

/* The database came or went. On the runtime's thread: hand it over to a context. @message: for a person. */
typedef void (*PdgRuntimeStateFunc) (gboolean connected, const char *message, gpointer user_data);

/* Starts everything. Blocks until requests can be served. Errors of whatever did not start, fit for a person. (transfer full) */
PdgRuntime *pdg_runtime_start (PdgConfig *config, PdgRuntimeFlags flags, PdgRuntimeStateFunc state, gpointer user_data, GError **error);

/* Stops in order: no new requests, those in flight get their time, the queue is stored, connections end, a private
 * database stops. Blocks. Frees. */
void        pdg_runtime_stop (PdgRuntime *runtime);

PdgApi     *pdg_runtime_get_api (PdgRuntime *runtime);

/* "http://localhost:8080", or NULL when this process does not serve. */
const char *pdg_runtime_get_url (PdgRuntime *runtime);

/* Why it does not serve although it was asked to (PDG_RUNTIME_MAY_SHARE), or NULL. */
const char *pdg_runtime_get_not_serving_reason (PdgRuntime *runtime);

/* Who the desktop and the command line act as. */
PdgPrincipal  *pdg_runtime_get_principal (PdgRuntime *runtime);
PdgDemoPlayer *pdg_runtime_get_demo_player (PdgRuntime *runtime);
PdgIngest     *pdg_runtime_get_ingest (PdgRuntime *runtime);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgRuntime, pdg_runtime_stop)

G_END_DECLS
