#pragma once

#include "app/pdg-workspace.h"
#include "canvas/pdg-camera.h"
#include "canvas/pdg-scene.h"
#include "canvas/pdg-theme.h"

#include <cairo.h>

G_BEGIN_DECLS

/* Draws how many open comments there are at each place of the scene, above it. UI thread. */
void pdg_comment_badges_draw (PdgWorkspace *workspace, const PdgScene *scene, cairo_t *cr, const PdgCamera *camera, int width, int height,
                              int scale_factor, const PdgTheme *theme);

G_END_DECLS
