#pragma once

#include <cairo.h>
#include <gio/gio.h>

G_BEGIN_DECLS

/* An RGB24 surface as lossy WebP; NULL when it cannot be made one. Slow. (transfer full) (nullable) Any thread. */
GBytes *pdg_image_encode_webp (cairo_surface_t *surface);

/* An RGB24 surface as JPEG without colours made coarser, for pictures inside of documents; NULL when it is too large
 * for one. Slow. (transfer full) (nullable) Any thread. */
GBytes *pdg_image_encode_jpeg (cairo_surface_t *surface);

G_END_DECLS
