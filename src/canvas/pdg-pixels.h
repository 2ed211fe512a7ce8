#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

/* A transparent (or black) picture like those of cairo_image_surface_create (), whose memory is not the allocator's: it is handed on to
 * the next picture of about the same size when this one ends. Tiles come and go by the dozen while the user zooms. Taken from the
 * allocator they leave no whole block for the frame of the window, which then faults in new pages each time: 10-25 ms of a frame.
 * Any thread. (transfer full) */
cairo_surface_t *pdg_pixels_create (cairo_format_t format, int width, int height);

/* Bytes that wait to be handed on. Any thread. */
gsize            pdg_pixels_get_free_bytes (void);

G_END_DECLS
