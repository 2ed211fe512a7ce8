#pragma once

#include "model/pdg-journey-graph.h"

/* A shop of @n_screens (at least 2) screens as visitors walked through it: the first 14 are a hand-made shop with branches, ways
 * back and self-loops, more are made up around it. Conserved, sorted as the store sorts, the same for the same
 * arguments. With @pictures each screen has a snapshot id. (transfer full) */
PdgJourneyGraph *graph_fixture_new (guint n_screens, guint32 seed, gboolean pictures);

/* Screens that no edge joins beside a small shop. (transfer full) */
PdgJourneyGraph *graph_fixture_new_scattered (void);
