#pragma once

#include "api/pdg-api-private.h"

G_BEGIN_DECLS

/* One request under way, whatever way it came: it counts for its key until it ends, and its cancellable is cancelled when its client
 * goes away or its time is up. Used on the context that made it. */
typedef struct _PdgApiTurn PdgApiTurn;

typedef void (*PdgApiTurnFunc) (gpointer user_data);

/* @gone: cancelled when nobody waits for it any more. NULL when too many are under way, which is counted. (transfer full) */
PdgApiTurn   *pdg_api_turn_new (PdgApi *api, PdgPrincipal *principal, GCancellable *gone);

/* The same for a run of a subscription, which waits for its place: unless it has begun when this returns, @func is called when it
 * does; not after it was ended. (transfer full) */
PdgApiTurn   *pdg_api_turn_wait (PdgApi *api, PdgPrincipal *principal, GCancellable *gone, PdgApiTurnFunc func, gpointer user_data);
gboolean      pdg_api_turn_has_begun (PdgApiTurn *turn);

/* Once it has begun. */
GCancellable *pdg_api_turn_get_cancellable (PdgApiTurn *turn);
gint64        pdg_api_turn_get_deadline (PdgApiTurn *turn);

/* Ends it and frees it. TRUE when its time was up, which is counted: what came of it is not to be answered. */
gboolean      pdg_api_turn_end (PdgApiTurn *turn);

/* What is answered then. (transfer full) */
GBytes       *pdg_api_late_response (PdgApi *api);

G_END_DECLS
