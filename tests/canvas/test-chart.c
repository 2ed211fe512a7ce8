#include "canvas/pdg-chart.h"

#include <math.h>

#define WIDTH 400
#define HEIGHT 36

typedef struct
{
  guint n_fill, n_other; /* pixels of the top row: of the accent's colour, and of another than the empty end's */
  gboolean has_whisker;  /* in the middle row something of the text's colour */
} Seen;

static gboolean
is_color (guint32 pixel, const PdgRgba *color)
{
  return fabs (((pixel >> 16) & 0xff) / 255.0 - color->red) < 0.03 && fabs (((pixel >> 8) & 0xff) / 255.0 - color->green) < 0.03
         && fabs ((pixel & 0xff) / 255.0 - color->blue) < 0.03;
}

static Seen
draw (PdgThemeKind kind, int scale, double share, double before, double low, double high)
{
  g_autoptr (PdgTheme) theme = pdg_theme_new (kind);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH * scale, HEIGHT * scale);
  cairo_t *cr;
  Seen seen = { 0 };
  const guint32 *top, *middle;

  cairo_surface_set_device_scale (surface, scale, scale);
  cr = cairo_create (surface);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  pdg_chart_draw_funnel_bar (cr, WIDTH, HEIGHT, share, before, low, high, FALSE, scale, theme);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  top = (const guint32 *) (const void *) (cairo_image_surface_get_data (surface) + 8 * scale * cairo_image_surface_get_stride (surface));
  middle = (const guint32 *) (const void *) (cairo_image_surface_get_data (surface) + HEIGHT / 2 * scale * cairo_image_surface_get_stride (surface));
  for (int x = 8 * scale; x < (WIDTH - 8) * scale; x++)
    {
      seen.n_fill += is_color (top[x], pdg_theme_get (theme, PDG_COLOR_ACCENT));
      seen.n_other += (top[x] & 0xffffff) != (top[(WIDTH - 8) * scale] & 0xffffff);
      seen.has_whisker |= is_color (middle[x], pdg_theme_get (theme, PDG_COLOR_TEXT));
    }
  cairo_surface_destroy (surface);
  return seen;
}

/* As wide as its share, whatever the theme and the scale; what was lost is hatched behind it, and nothing is behind that. */
static void
test_widths (void)
{
  for (int kind = PDG_THEME_LIGHT; kind <= PDG_THEME_DARK; kind++)
    for (int scale = 1; scale <= 2; scale++)
      {
        Seen whole = draw ((PdgThemeKind) kind, scale, 1, 1, 0, 0), half = draw ((PdgThemeKind) kind, scale, 0.5, 0.5, 0, 0);
        Seen lost = draw ((PdgThemeKind) kind, scale, 0.25, 0.5, 0, 0), none = draw ((PdgThemeKind) kind, scale, 0, 0, 0, 0);

        g_assert_cmpuint (whole.n_fill, ==, (guint) ((WIDTH - 16) * scale));
        g_assert_cmpuint (half.n_fill, ==, (guint) ((WIDTH / 2 - 8) * scale));
        g_assert_cmpuint (half.n_other, ==, half.n_fill);
        g_assert_cmpuint (lost.n_fill, ==, (guint) ((WIDTH / 4 - 8) * scale));
        g_assert_cmpuint (lost.n_other, >, lost.n_fill + 10);
        g_assert_cmpuint (lost.n_other, <=, (guint) ((WIDTH / 2 - 8) * scale));
        g_assert_cmpuint (none.n_fill + none.n_other, ==, 0);
      }
}

/* A share above nothing is seen; the interval is where there is one. */
static void
test_small (void)
{
  g_assert_cmpuint (draw (PDG_THEME_LIGHT, 1, 0.03, 0.03, 0, 0).n_fill, ==, 4);
  g_assert_true (draw (PDG_THEME_LIGHT, 1, 0.5, 1, 0.4, 0.6).has_whisker);
  g_assert_true (draw (PDG_THEME_DARK, 2, 0.5, 1, 0.4, 0.6).has_whisker);
  g_assert_false (draw (PDG_THEME_LIGHT, 1, 0.5, 0.5, 0, 0).has_whisker);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/chart/widths", test_widths);
  g_test_add_func ("/canvas/chart/small", test_small);
  return g_test_run ();
}
