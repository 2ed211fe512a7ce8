#pragma once

#include "canvas/pdg-image-store.h"
#include "canvas/pdg-scene-draw.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  PDG_EXPORT_PNG,
  PDG_EXPORT_SVG, /* shapes, and text as text */
  PDG_EXPORT_PDF  /* one page; shapes, and text that can be searched */
} PdgExportFormat;

#define PDG_EXPORT_ERROR (pdg_export_error_quark ())
GQuark pdg_export_error_quark (void);

typedef enum
{
  PDG_EXPORT_ERROR_EMPTY,     /* there is nothing to draw */
  PDG_EXPORT_ERROR_TOO_LARGE, /* more pixels than a picture may have; the message says what would do */
  PDG_EXPORT_ERROR_DRAWING    /* cairo could not */
} PdgExportError;

/* Longest side of a PNG: what cairo draws and other programs open. */
#define PDG_EXPORT_MAX_PIXELS 32767

/* What is drawn beside the scene's own numbers. Start from PDG_EXPORT_OPTIONS_INIT. A plain value. */
typedef struct
{
  PdgExportFormat format;
  double scale;              /* PNG: 1, 2, 3, or less than 1: pixels to a world unit */
  gboolean transparent;      /* no ground */
  const char *title;         /* (nullable) of the document */
  PdgEdgeTint edge_tint;
  double tint_reference;
} PdgExportOptions;

#define PDG_EXPORT_OPTIONS_INIT { PDG_EXPORT_PNG, 1.0, FALSE, NULL, PDG_EDGE_TINT_NONE, 0.0 }

/* The picture with this snapshot id, or NULL when it cannot be had: then the card is drawn without. Called on the exporting thread,
 * for each card at least once, and may take its time. (transfer full) (nullable) */
typedef PdgImage *(*PdgExportPictureFunc) (const char *snapshot_id, gpointer user_data);

/* @done: 0 to 1. On the exporting thread. */
typedef void (*PdgExportProgressFunc) (double done, gpointer user_data);

/* Where pictures come from and progress goes to; both may be NULL. A plain value. */
typedef struct
{
  PdgExportPictureFunc picture;
  PdgExportProgressFunc progress;
  gpointer user_data;
} PdgExportHooks;

/* The pixels of a PNG of @scene at @scale. FALSE with EMPTY, or TOO_LARGE, when it would have too many; then @fitting_scale (nullable)
 * is the largest scale that does. Any thread. */
gboolean pdg_export_get_size (const PdgScene *scene, double scale, int *width, int *height, double *fitting_scale, GError **error);

/* Draws all of @scene and writes it to @stream, which stays open. A PNG is drawn and written in strips: memory does not grow with
 * its height. Slow: a second for each 20 million pixels, and the time that pictures take; on a thread of its own.
 * PDG_EXPORT_ERROR, G_IO_ERROR. */
gboolean pdg_export_write (const PdgScene *scene, const PdgTheme *theme, const PdgExportOptions *options, const PdgExportHooks *hooks,
                           GOutputStream *stream, GCancellable *cancellable, GError **error);

G_END_DECLS
