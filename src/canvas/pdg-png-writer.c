#include "config.h"
#include "canvas/pdg-png-writer.h"

#include <string.h>

#define CHUNK_BYTES 65536u
#define DOTS_PER_METRE (96 / 0.0254)

/* Of the five filters, those that pay on flat colours and text. */
enum { FILTER_NONE, FILTER_SUB, FILTER_UP, N_FILTERS };

struct _PdgPngWriter
{
  GOutputStream *stream;
  GConverter *deflate;
  guint32 width;
  guint32 height;
  guint n_channels;
  guint32 dots_per_metre;
  gboolean begun;
  guint8 *row;                   /* its filter before it */
  guint8 *above;
  guint8 *filtered[N_FILTERS];
  guint8 chunk[8 + CHUNK_BYTES + 4]; /* length and type, data, sum */
};

static guint32
add_to_sum (guint32 sum, const guint8 *data, gsize size)
{
  static guint32 table[256];
  static gsize ready;

  if (g_once_init_enter (&ready))
    {
      for (guint32 i = 0; i < 256; i++)
        {
          guint32 c = i;

          for (guint bit = 0; bit < 8; bit++)
            c = (c & 1) != 0 ? 0xedb88320u ^ (c >> 1) : c >> 1;
          table[i] = c;
        }
      g_once_init_leave (&ready, 1);
    }
  for (gsize i = 0; i < size; i++)
    sum = table[(sum ^ data[i]) & 0xff] ^ (sum >> 8);
  return sum;
}

static void
put_number (guint8 *to, guint32 number)
{
  guint32 swapped = GUINT32_TO_BE (number);

  memcpy (to, &swapped, 4);
}

/* The data lie in the writer's chunk already. */
static gboolean
write_chunk (PdgPngWriter *writer, const char *type, gsize size, GCancellable *cancellable, GError **error)
{
  put_number (writer->chunk, (guint32) size);
  memcpy (writer->chunk + 4, type, 4);
  put_number (writer->chunk + 8 + size, ~add_to_sum (0xffffffffu, writer->chunk + 4, 4 + size));
  return g_output_stream_write_all (writer->stream, writer->chunk, size + 12, NULL, cancellable, error);
}

PdgPngWriter *
pdg_png_writer_new (GOutputStream *stream, guint32 width, guint32 height, gboolean alpha, double scale)
{
  PdgPngWriter *writer = g_new0 (PdgPngWriter, 1);
  gsize row_bytes;

  writer->stream = g_object_ref (stream);
  writer->deflate = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 6));
  writer->width = width;
  writer->height = height;
  writer->n_channels = alpha ? 4 : 3;
  writer->dots_per_metre = (guint32) (DOTS_PER_METRE * scale + 0.5);
  row_bytes = 1 + (gsize) width * writer->n_channels;
  writer->row = g_malloc0 (row_bytes);
  writer->above = g_malloc0 (row_bytes);
  for (guint i = 0; i < N_FILTERS; i++)
    writer->filtered[i] = g_malloc0 (row_bytes);
  return writer;
}

void
pdg_png_writer_free (PdgPngWriter *writer)
{
  if (writer == NULL)
    return;
  g_object_unref (writer->stream);
  g_object_unref (writer->deflate);
  g_free (writer->row);
  g_free (writer->above);
  for (guint i = 0; i < N_FILTERS; i++)
    g_free (writer->filtered[i]);
  g_free (writer);
}

static gboolean
write_head (PdgPngWriter *writer, GCancellable *cancellable, GError **error)
{
  static const guint8 signature[8] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
  guint8 *data = writer->chunk + 8;

  writer->begun = TRUE;
  if (!g_output_stream_write_all (writer->stream, signature, sizeof signature, NULL, cancellable, error))
    return FALSE;
  put_number (data, writer->width);
  put_number (data + 4, writer->height);
  memcpy (data + 8, (guint8[]) { 8, writer->n_channels == 4 ? 6 : 2, 0, 0, 0 }, 5);
  if (!write_chunk (writer, "IHDR", 13, cancellable, error))
    return FALSE;
  data[0] = 0; /* sRGB, perceptual */
  if (!write_chunk (writer, "sRGB", 1, cancellable, error))
    return FALSE;
  put_number (data, writer->dots_per_metre);
  put_number (data + 4, writer->dots_per_metre);
  data[8] = 1;
  return write_chunk (writer, "pHYs", 9, cancellable, error);
}

/* Deflates @size bytes, or with @flag G_CONVERTER_INPUT_AT_END the rest, into IDAT chunks. */
static gboolean
deflate (PdgPngWriter *writer, const guint8 *data, gsize size, GConverterFlags flag, GCancellable *cancellable, GError **error)
{
  GConverterResult result;

  do
    {
      g_autoptr (GError) local_error = NULL;
      gsize n_read = 0, n_written = 0;

      result = g_converter_convert (writer->deflate, data, size, writer->chunk + 8, CHUNK_BYTES, flag, &n_read, &n_written, &local_error);
      if (result == G_CONVERTER_ERROR)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (n_written > 0 && !write_chunk (writer, "IDAT", n_written, cancellable, error))
        return FALSE;
      data += n_read;
      size -= n_read;
    }
  while (size > 0 || (flag == G_CONVERTER_INPUT_AT_END && result != G_CONVERTER_FINISHED));
  return TRUE;
}

/* Native words 0xAARRGGBB, premultiplied, to bytes that are not. */
static void
read_row (PdgPngWriter *writer, const guint32 *pixels)
{
  guint8 *to = writer->row + 1;

  for (guint32 x = 0; x < writer->width; x++, to += writer->n_channels)
    {
      guint32 pixel = pixels[x];
      guint32 alpha = writer->n_channels == 4 ? pixel >> 24 : 255;
      guint32 channels[3] = { (pixel >> 16) & 0xff, (pixel >> 8) & 0xff, pixel & 0xff };

      for (guint i = 0; i < 3; i++)
        to[i] = (guint8) (alpha == 255 ? channels[i] : alpha == 0 ? 0 : MIN (255, (channels[i] * 255 + alpha / 2) / alpha));
      if (writer->n_channels == 4)
        to[3] = (guint8) alpha;
    }
}

/* The form of the row that looks the easiest to deflate: the least sum of signed bytes. */
static const guint8 *
filter_row (PdgPngWriter *writer)
{
  gsize n = (gsize) writer->width * writer->n_channels;
  const guint8 *row = writer->row + 1, *above = writer->above + 1;
  guint64 sums[N_FILTERS] = { 0 };
  guint best = FILTER_NONE;

  for (gsize i = 0; i < n; i++)
    {
      guint8 left = i >= writer->n_channels ? row[i - writer->n_channels] : 0;
      guint8 values[N_FILTERS] = { row[i], (guint8) (row[i] - left), (guint8) (row[i] - above[i]) };

      for (guint filter = 0; filter < N_FILTERS; filter++)
        {
          writer->filtered[filter][1 + i] = values[filter];
          sums[filter] += values[filter] < 128 ? values[filter] : 256u - values[filter];
        }
    }
  for (guint filter = 1; filter < N_FILTERS; filter++)
    if (sums[filter] < sums[best])
      best = filter;
  writer->filtered[best][0] = (guint8) best;
  return writer->filtered[best];
}

gboolean
pdg_png_writer_write (PdgPngWriter *writer, cairo_surface_t *piece, int n_rows, GCancellable *cancellable, GError **error)
{
  const guint8 *data;
  gsize stride;

  if (!writer->begun && !write_head (writer, cancellable, error))
    return FALSE;
  cairo_surface_flush (piece);
  data = cairo_image_surface_get_data (piece);
  stride = (gsize) cairo_image_surface_get_stride (piece);
  for (int y = 0; y < n_rows; y++)
    {
      guint8 *swap = writer->above;

      read_row (writer, (const guint32 *) (const void *) (data + stride * (gsize) y));
      if (!deflate (writer, filter_row (writer), 1 + (gsize) writer->width * writer->n_channels, G_CONVERTER_NO_FLAGS, cancellable, error))
        return FALSE;
      writer->above = writer->row;
      writer->row = swap;
    }
  return TRUE;
}

gboolean
pdg_png_writer_finish (PdgPngWriter *writer, GCancellable *cancellable, GError **error)
{
  return deflate (writer, (const guint8 *) "", 0, G_CONVERTER_INPUT_AT_END, cancellable, error)
         && write_chunk (writer, "IEND", 0, cancellable, error);
}
