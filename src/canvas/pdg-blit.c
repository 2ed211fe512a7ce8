#include "config.h"
#include "canvas/pdg-blit.h"

#include <math.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* One column of a scaled picture: between which source columns it lies, and how near to the second, 0..256. */
typedef struct
{
  int from;
  guint weight;
} Sample;

static guint32 *
get_row (cairo_surface_t *surface, int y)
{
  guint8 *data = cairo_image_surface_get_data (surface);

  return (guint32 *) (void *) (data + (gsize) y * (gsize) cairo_image_surface_get_stride (surface));
}

/* What of @clip lies in @target. */
static gboolean
limit (cairo_surface_t *target, const cairo_rectangle_int_t *clip, int *x0, int *y0, int *x1, int *y1)
{
  *x0 = MAX (clip->x, 0);
  *y0 = MAX (clip->y, 0);
  *x1 = MIN (clip->x + clip->width, cairo_image_surface_get_width (target));
  *y1 = MIN (clip->y + clip->height, cairo_image_surface_get_height (target));
  return *x0 < *x1 && *y0 < *y1;
}

void
pdg_blit_copy (cairo_surface_t *target, const cairo_rectangle_int_t *clip, cairo_surface_t *source, int x, int y)
{
  int x0, y0, x1, y1;

  if (!limit (target, clip, &x0, &y0, &x1, &y1))
    return;
  x0 = MAX (x0, x);
  y0 = MAX (y0, y);
  x1 = MIN (x1, x + cairo_image_surface_get_width (source));
  y1 = MIN (y1, y + cairo_image_surface_get_height (source));
  if (x0 >= x1)
    return;
  for (int row = y0; row < y1; row++)
    memcpy (get_row (target, row) + x0, get_row (source, row - y) + (x0 - x), (gsize) (x1 - x0) * sizeof (guint32));
  cairo_surface_mark_dirty (target);
}

void
pdg_blit_fill (cairo_surface_t *target, const cairo_rectangle_int_t *clip, guint32 rgb)
{
  int x0, y0, x1, y1;

  if (!limit (target, clip, &x0, &y0, &x1, &y1))
    return;
  for (int y = y0; y < y1; y++)
    {
      guint32 *row = get_row (target, y);

      for (int x = x0; x < x1; x++)
        row[x] = rgb | 0xff000000;
    }
  cairo_surface_mark_dirty (target);
}

void
pdg_blit_scroll (cairo_surface_t *surface, int dx, int dy)
{
  int width = cairo_image_surface_get_width (surface);
  int height = cairo_image_surface_get_height (surface);
  int from_x = MAX (-dx, 0), to_x = MAX (dx, 0);
  int n_columns = width - abs (dx), n_rows = height - abs (dy);

  if (n_columns <= 0)
    return;
  /* In the order in which no row is overwritten before it was read. */
  for (int i = 0; i < n_rows; i++)
    {
      int y = dy > 0 ? height - 1 - i : i;

      memmove (get_row (surface, y) + to_x, get_row (surface, y - dy) + from_x, (gsize) n_columns * sizeof (guint32));
    }
  cairo_surface_mark_dirty (surface);
}

void
pdg_blit_make_opaque (cairo_surface_t *surface)
{
  for (int y = 0; y < cairo_image_surface_get_height (surface); y++)
    {
      guint32 *row = get_row (surface, y);

      for (int x = 0; x < cairo_image_surface_get_width (surface); x++)
        row[x] |= 0xff000000;
    }
  cairo_surface_mark_dirty (surface);
}

static Sample
get_sample (int at, double origin, double scale, int size)
{
  double place = CLAMP ((at + 0.5 - origin) / scale - 0.5, 0, size - 1);
  int from = MIN ((int) place, MAX (size - 2, 0));

  return (Sample) { from, (guint) ((place - from) * 256 + 0.5) };
}

static guint32
mix_pixels (guint32 a, guint32 b, guint weight)
{
  guint32 even = (a & 0xff00ff) * (256 - weight) + (b & 0xff00ff) * weight;
  guint32 odd = (a >> 8 & 0xff00ff) * (256 - weight) + (b >> 8 & 0xff00ff) * weight;

  return (even >> 8 & 0xff00ff) | (odd & 0xff00ff00);
}

/* Between two rows of source pixels. */
static void
mix_rows (guint32 *out, const guint32 *a, const guint32 *b, guint weight, int n)
{
  int i = 0;

  if (weight == 0)
    {
      memcpy (out, a, (gsize) n * sizeof *out);
      return;
    }
#ifdef __SSE2__
  const __m128i zero = _mm_setzero_si128 ();
  const __m128i for_a = _mm_set1_epi16 ((short) (256 - weight));
  const __m128i for_b = _mm_set1_epi16 ((short) weight);

  for (; i + 4 <= n; i += 4)
    {
      __m128i one = _mm_loadu_si128 ((const __m128i *) (const void *) (a + i));
      __m128i two = _mm_loadu_si128 ((const __m128i *) (const void *) (b + i));
      __m128i low = _mm_add_epi16 (_mm_mullo_epi16 (_mm_unpacklo_epi8 (one, zero), for_a),
                                   _mm_mullo_epi16 (_mm_unpacklo_epi8 (two, zero), for_b));
      __m128i high = _mm_add_epi16 (_mm_mullo_epi16 (_mm_unpackhi_epi8 (one, zero), for_a),
                                    _mm_mullo_epi16 (_mm_unpackhi_epi8 (two, zero), for_b));

      _mm_storeu_si128 ((__m128i *) (void *) (out + i), _mm_packus_epi16 (_mm_srli_epi16 (low, 8), _mm_srli_epi16 (high, 8)));
    }
#endif
  for (; i < n; i++)
    out[i] = mix_pixels (a[i], b[i], weight);
}

#ifdef __SSE2__
/* Both neighbours of a column, each channel times its weight. */
static inline __m128i
weigh (const guint32 *row, const Sample *sample)
{
  __m128i pair = _mm_loadl_epi64 ((const __m128i *) (const void *) (row + sample->from));
  __m128i far_weight = _mm_set1_epi16 ((short) sample->weight);
  __m128i near_weight = _mm_set1_epi16 ((short) (256 - sample->weight));

  return _mm_mullo_epi16 (_mm_unpacklo_epi8 (pair, _mm_setzero_si128 ()), _mm_unpacklo_epi64 (near_weight, far_weight));
}

static inline __m128i
mix_two (const guint32 *row, const Sample *samples)
{
  __m128i one = weigh (row, samples);
  __m128i two = weigh (row, samples + 1);

  return _mm_srli_epi16 (_mm_add_epi16 (_mm_unpacklo_epi64 (one, two), _mm_unpackhi_epi64 (one, two)), 8);
}
#endif

/* @row has one pixel more than the samples need. */
static void
mix_columns (guint32 *out, const guint32 *row, const Sample *samples, int n)
{
  int i = 0;

#ifdef __SSE2__
  for (; i + 4 <= n; i += 4)
    _mm_storeu_si128 ((__m128i *) (void *) (out + i),
                      _mm_packus_epi16 (mix_two (row, samples + i), mix_two (row, samples + i + 2)));
#endif
  for (; i < n; i++)
    out[i] = mix_pixels (row[samples[i].from], row[samples[i].from + 1], samples[i].weight);
}

void
pdg_blit_scale (cairo_surface_t *target, const cairo_rectangle_int_t *clip, cairo_surface_t *source, double x, double y,
                double scale)
{
  int source_width = cairo_image_surface_get_width (source);
  int source_height = cairo_image_surface_get_height (source);
  int x0, y0, x1, y1;

  if (!limit (target, clip, &x0, &y0, &x1, &y1) || !(scale > 0))
    return;

  g_autofree Sample *columns = g_new (Sample, x1 - x0);

  for (int i = x0; i < x1; i++)
    columns[i - x0] = get_sample (i, x, scale, source_width);

  /* Only the source columns that are needed, counted from the first of them. */
  int first = columns[0].from;
  int n = MIN (columns[x1 - x0 - 1].from + 2, source_width) - first;
  g_autofree guint32 *mixed = g_new0 (guint32, n + 1);

  for (int i = 0; i < x1 - x0; i++)
    columns[i].from -= first;
  for (int row = y0; row < y1; row++)
    {
      Sample sample = get_sample (row, y, scale, source_height);
      const guint32 *above = get_row (source, sample.from) + first;
      const guint32 *below = get_row (source, MIN (sample.from + 1, source_height - 1)) + first;

      mix_rows (mixed, above, below, sample.weight, n);
      mix_columns (get_row (target, row) + x0, mixed, columns, x1 - x0);
    }
  cairo_surface_mark_dirty (target);
}
