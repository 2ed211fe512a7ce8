#pragma once

#include "canvas/pdg-image-store.h"
#include "model/pdg-journey-graph.h"

/* PNG bytes of a made-up screenshot of @width x @height. (transfer full) */
GBytes *picture_fixture_new_png (int width, int height, guint variant);

/* Puts a made-up screenshot of each screen with a snapshot into @images. */
void    picture_fixture_fill (PdgImageStore *images, const PdgJourneyGraph *graph);
