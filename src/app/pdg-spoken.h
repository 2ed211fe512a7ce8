#pragma once

#include "canvas/pdg-scene.h"

G_BEGIN_DECLS

/* What a screen reader says of what is drawn, in the user's language and with the user's numbers. UI thread. All (transfer full). */

/* "Checkout, 1,204 visits, 3 exits": an exit is a visit after which the session had no other screen. */
char *pdg_spoken_screen (const PdgJourneyScreen *screen);

/* "Cart to Checkout, 812 transitions, 64 %": the share of the visits to the first that went on to the second. */
char *pdg_spoken_edge (const PdgScene *scene, guint edge);

G_END_DECLS
