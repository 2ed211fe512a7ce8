#pragma once

#include "canvas/pdg-image-decode.h"

G_BEGIN_DECLS

/* One decoded picture: RGB24 surfaces, each half the size of the one before. Immutable, atomically counted. */
typedef struct _PdgImage PdgImage;

/* Decodes a picture as pdg_image_decode() does, on white where it is transparent, and makes the smaller levels. Slow (10-20 ms for a large
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

/* Those of its levels that are wider than @width_px, and the others; either NULL when it has none. They share its pixels.
 * @larger, @rest: (out) (transfer full) (nullable). Any thread. */
void             pdg_image_split (PdgImage *image, int width_px, PdgImage **larger, PdgImage **rest);

/* Decoded pictures by snapshot id, each as large as it was needed. Large levels (above 480 pixels) and small ones have each a budget: when
 * over it, levels larger than last needed go first, then the least recently used pictures; so a view of any number of small cards keeps
 * its pictures beside a few large ones. Atomically counted; locks itself, so any thread may call it. */
typedef struct _PdgImageStore PdgImageStore;

/* @budget_bytes: of each of the two. (transfer full) Any thread. */
PdgImageStore   *pdg_image_store_new (gsize budget_bytes);
PdgImageStore   *pdg_image_store_ref (PdgImageStore *store);
void             pdg_image_store_unref (PdgImageStore *store);

/* The surface of @id that is good for @width_px device pixels. When it is not there (NULL), or only a smaller one
 * than it could be, the level that is needed is noted as wanted (see pdg_image_store_pop_wanted()) unless @id failed before.
 * (transfer full) (nullable) Any thread. */
cairo_surface_t *pdg_image_store_get (PdgImageStore *store, const char *id, int width_px);

/* The same without asking for it, and without counting as a use. (transfer full) (nullable) Any thread. */
cairo_surface_t *pdg_image_store_peek (PdgImageStore *store, const char *id, int width_px);

/* Puts the whole picture in (a reference is taken); the next draw shows it. Any thread. */
void             pdg_image_store_insert (PdgImageStore *store, const char *id, PdgImage *image);

/* Puts in what came when @asked_px was asked for (0 = the whole picture): one that is narrower is the whole picture. Any thread. */
void             pdg_image_store_insert_level (PdgImageStore *store, const char *id, PdgImage *image, int asked_px);

/* Remembers that @id cannot be had, so that it is not wanted again; pdg_image_store_clear_failed() forgets it all,
 * as after a lost connection came back. Any thread. */
void             pdg_image_store_mark_failed (PdgImageStore *store, const char *id);
void             pdg_image_store_clear_failed (PdgImageStore *store);

/* A level of a picture that is missing. A plain value. */
typedef struct
{
  char *id;
  int width_px; /* 80, 320 or 640: that wide or wider; 0 = the picture as it came */
} PdgImageWant;

/* The next of what was asked for and is missing, in the order it was asked for; each is given once, until it was inserted and dropped
 * again, or pdg_image_store_forget_request() was called for it (a fetch that was cancelled). FALSE when there is none.
 * @want: (out): its id (transfer full). Any thread. */
gboolean         pdg_image_store_pop_wanted (PdgImageStore *store, PdgImageWant *want);
void             pdg_image_store_forget_request (PdgImageStore *store, const char *id, int width_px);

gsize            pdg_image_store_get_size_bytes (PdgImageStore *store);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgImage, pdg_image_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgImageStore, pdg_image_store_unref)

G_END_DECLS
