#pragma once

#include "api/pdg-api.h"
#include "client/pdg-client.h"

G_BEGIN_DECLS

/* A client of the API in this process. It may be made before the API is there: what is asked until then waits. */
#define PDG_TYPE_LOCAL_CLIENT (pdg_local_client_get_type ())
G_DECLARE_FINAL_TYPE (PdgLocalClient, pdg_local_client, PDG, LOCAL_CLIENT, PdgClient)

/* (transfer full) */
PdgLocalClient *pdg_local_client_new (void);

/* The API is there: the client is connected and what waited runs. NULL: it goes away; what waits or is asked later
 * fails with PDG_CLIENT_ERROR_AWAY, and no callback of a subscription runs any more. @api must outlive that. On the
 * client's context. */
void            pdg_local_client_set_api (PdgLocalClient *self, PdgApi *api);

G_END_DECLS
