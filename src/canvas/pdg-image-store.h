#pragma once

#include <cairo.h>
#include <gio/gio.h>

G_BEGIN_DECLS

#define PDG_IMAGE_ERROR (pdg_image_error_quark ())

typedef enum
{
  PDG_IMAGE_ERROR_FORMAT,     /* not a PNG, or a broken one */
  PDG_IMAGE_ERROR_TOO_LARGE   /* more than PDG_IMAGE_MAX_BYTES or PDG_IMAGE_MAX_PIXELS */
} PdgImageError;

#define PDG_IMAGE_MAX_BYTES  (32u * 1024u * 1024u)
#define PDG_IMAGE_MAX_PIXELS (16u * 1024u * 1024u)

GQuark           pdg_image_error_quark (void);

/* One decoded picture: RGB24 surfaces, each half the size of the one before. Immutable, atomically counted. */
typedef struct _PdgImage PdgImage;

/* Decodes PNG @bytes, on white where it is transparent, and makes the smaller levels. Slow (10-20 ms for a large
 * screenshot): call it on a compute thread. (transfer full) Error domain PDG_IMAGE_ERROR. */
PdgImage        *pdg_image_store_decode (GBytes *bytes, GError **error);
PdgImage        *pdg_image_ref (PdgImage *image);
void             pdg_image_unref (PdgImage *image);
int              pdg_image_get_width (const PdgImage *image);
int              pdg_image_get_height (const PdgImage *image);
gsize            pdg_image_get_size_bytes (const PdgImage *image);
/* The smallest level that is at least @width_px wide, or the largest. (transfer none) Any thread. */
cairo_surface_t *pdg_image_get_surface (PdgImage *image, int width_px);
/* The same picture without the levels that are larger than @width_px needs. (transfer full) Any thread. */
PdgImage        *pdg_image_dup_smaller (PdgImage *image, int width_px);

/* Decoded pictures by snapshot id. When over the budget, levels larger than last needed go first, then the least
 * recently used pictures; so a view with any number of small cards fits into the budget of a few large ones.
 * Atomically counted; locks itself, so any thread may call it. */
typedef struct _PdgImageStore PdgImageStore;

/* (transfer full) Any thread. */
PdgImageStore   *pdg_image_store_new (gsize budget_bytes);
PdgImageStore   *pdg_image_store_ref (PdgImageStore *store);
void             pdg_image_store_unref (PdgImageStore *store);

/* The surface of @id that is good for @width_px device pixels. When it is not there (NULL), or only a smaller one
 * than it could be, @id is noted as wanted (see pdg_image_store_take_wanted()) unless it failed before.
 * (transfer full) (nullable) Any thread. */
cairo_surface_t *pdg_image_store_get (PdgImageStore *store, const char *id, int width_px);

/* The same without asking for it, and without counting as a use. (transfer full) (nullable) Any thread. */
cairo_surface_t *pdg_image_store_peek (PdgImageStore *store, const char *id, int width_px);

/* Puts @image in (a reference is taken); the next draw shows it. Any thread. */
void             pdg_image_store_insert (PdgImageStore *store, const char *id, PdgImage *image);

/* Remembers that @id cannot be had, so that it is not wanted again; pdg_image_store_clear_failed() forgets it all,
 * as after a lost connection came back. Any thread. */
void             pdg_image_store_mark_failed (PdgImageStore *store, const char *id);
void             pdg_image_store_clear_failed (PdgImageStore *store);

/* The ids asked for and missing since the last call, in the order they were asked for; each is given once, until it
 * was inserted and dropped again, or pdg_image_store_forget_request() was called for it (a fetch that was cancelled).
 * (transfer full) (element-type utf8) NULL-terminated, never NULL. Any thread. */
char           **pdg_image_store_take_wanted (PdgImageStore *store);
void             pdg_image_store_forget_request (PdgImageStore *store, const char *id);

gboolean         pdg_image_store_contains (PdgImageStore *store, const char *id);
gsize            pdg_image_store_get_size_bytes (PdgImageStore *store);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgImage, pdg_image_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgImageStore, pdg_image_store_unref)

G_END_DECLS
