#pragma once

#include "model/pdg-principal.h"

G_BEGIN_DECLS

/* How many events a key may send: a bucket of tokens a key, filled at its rate up to its burst. Of this process: two collectors let
 * through twice as much. Any thread. */
typedef struct _PdgApiRates PdgApiRates;

/* What holds for keys that say nothing themselves; 0 for the rate is any. (transfer full) */
PdgApiRates *pdg_api_rates_new (guint events_per_second, guint burst_events);
void         pdg_api_rates_free (PdgApiRates *rates);

/* Takes @n_events of the key's tokens; 0 when there were enough. More than a whole bucket at once is let through when the bucket is full, and
 * paid off later. Else takes none, and returns after how many seconds, rounded up, there will be. Nothing but keys is counted. */
guint        pdg_api_rates_take (PdgApiRates *rates, const PdgPrincipal *principal, guint n_events);

/* Requests that were put off since the start. */
guint64      pdg_api_rates_get_n_refused (PdgApiRates *rates);

G_END_DECLS
