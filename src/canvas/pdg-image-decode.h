#pragma once

#include <cairo.h>
#include <gio/gio.h>

G_BEGIN_DECLS

#define PDG_IMAGE_ERROR (pdg_image_error_quark ())

typedef enum
{
  PDG_IMAGE_ERROR_FORMAT,     /* neither PNG nor JPEG nor WebP, or a broken one */
  PDG_IMAGE_ERROR_TOO_LARGE   /* more than PDG_IMAGE_MAX_BYTES or PDG_IMAGE_MAX_PIXELS */
} PdgImageError;

#define PDG_IMAGE_MAX_BYTES  (32u * 1024u * 1024u)
#define PDG_IMAGE_MAX_PIXELS (16u * 1024u * 1024u)

GQuark           pdg_image_error_quark (void);

/* A plain value: what the first bytes of a picture say of it. */
typedef struct
{
  const char *media_type;   /* "image/png", "image/jpeg" or "image/webp" */
  int width;                /* pixels */
  int height;
} PdgImageInfo;

/* Reads the header alone: quick, and allocates next to nothing. FALSE when it is no picture that pdg_image_decode() takes.
 * Error domain PDG_IMAGE_ERROR. Any thread. */
gboolean         pdg_image_peek (GBytes *bytes, PdgImageInfo *info, GError **error);

/* Decodes a still PNG, JPEG or WebP: an RGB24 surface, or ARGB32 where it may be transparent. One that is cut off, or larger than
 * the limits, is an error. Slow: call it on a compute thread. (transfer full) Error domain PDG_IMAGE_ERROR. Any thread. */
cairo_surface_t *pdg_image_decode (GBytes *bytes, GError **error);

G_END_DECLS
