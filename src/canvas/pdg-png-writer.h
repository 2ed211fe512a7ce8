#pragma once

#include <cairo.h>
#include <gio/gio.h>

G_BEGIN_DECLS

/* A PNG picture (ISO/IEC 15948) written from the top in pieces, of which only one is in memory. One thread. */
typedef struct _PdgPngWriter PdgPngWriter;

/* @alpha: pieces are ARGB32, else RGB24. @scale: device pixels to one of 96 dots an inch. (transfer full) */
PdgPngWriter *pdg_png_writer_new (GOutputStream *stream, guint32 width, guint32 height, gboolean alpha, double scale);
void          pdg_png_writer_free (PdgPngWriter *writer);

/* The next @n_rows rows, the upper ones of @piece, which is as wide as the picture. */
gboolean      pdg_png_writer_write (PdgPngWriter *writer, cairo_surface_t *piece, int n_rows, GCancellable *cancellable, GError **error);

/* After the last row. */
gboolean      pdg_png_writer_finish (PdgPngWriter *writer, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgPngWriter, pdg_png_writer_free)

G_END_DECLS
