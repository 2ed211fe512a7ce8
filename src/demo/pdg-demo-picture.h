#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

/* Draws the screen at 1280 x 800 user units, the top left corner at the origin. Any thread. */
void             pdg_demo_paint_screen (guint screen, cairo_t *cr);

/* The same into a new opaque image of that many pixels. (transfer full) */
cairo_surface_t *pdg_demo_create_screen_surface (guint screen);

G_END_DECLS
