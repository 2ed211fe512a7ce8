#include "canvas/pdg-theme.h"

#include <math.h>

static void
test_contrast (void)
{
  for (guint kind = PDG_THEME_LIGHT; kind <= PDG_THEME_DARK; kind++)
    {
      g_autoptr (PdgTheme) theme = pdg_theme_new (kind);
      static const PdgColor grounds[] = { PDG_COLOR_CANVAS, PDG_COLOR_SURFACE, PDG_COLOR_RAISED };

      for (guint i = 0; i < G_N_ELEMENTS (grounds); i++)
        {
          const PdgRgba *ground = pdg_theme_get (theme, grounds[i]);

          g_assert_cmpfloat (pdg_rgba_contrast (pdg_theme_get (theme, PDG_COLOR_TEXT), ground), >=, 4.5);
          g_assert_cmpfloat (pdg_rgba_contrast (pdg_theme_get (theme, PDG_COLOR_TEXT_2), ground), >=, 4.5);
          g_assert_cmpfloat (pdg_rgba_contrast (pdg_theme_get (theme, PDG_COLOR_ACCENT), ground), >=, 3);
          g_assert_cmpfloat (pdg_rgba_contrast (pdg_theme_get (theme, PDG_COLOR_BAD), ground), >=, 4.5);
        }
      g_assert_cmpfloat (pdg_rgba_contrast (pdg_theme_get (theme, PDG_COLOR_ON_ACCENT),
                                            pdg_theme_get (theme, PDG_COLOR_ACCENT)), >=, 4.5);
    }
}

static void
test_values (void)
{
  g_autoptr (PdgTheme) light = pdg_theme_new (PDG_THEME_LIGHT);
  g_autoptr (PdgTheme) dark = pdg_theme_new (PDG_THEME_DARK);
  const PdgRgba *accent = pdg_theme_get (light, PDG_COLOR_ACCENT);

  g_assert_cmpfloat_with_epsilon (accent->red, 0x3b / 255.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (accent->green, 0x5b / 255.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (accent->blue, 0xdb / 255.0, 1e-9);
  g_assert_cmpfloat (pdg_theme_get (dark, PDG_COLOR_LINE)->alpha, ==, 0.12);
  g_assert_cmpint (pdg_theme_get_kind (dark), ==, PDG_THEME_DARK);
  g_assert_true (pdg_theme_get_series (light, PDG_N_SERIES + 2) == pdg_theme_get_series (light, 2));
  g_assert_cmpstr (pdg_color_get_name (PDG_COLOR_TEXT_2), ==, "text-2");
  g_assert_cmpstr (pdg_series_get_name (7), ==, "series-8");
  for (guint i = 0; i < PDG_N_COLORS; i++)
    g_assert_nonnull (pdg_color_get_name (i));
}

static void
test_mix (void)
{
  const PdgRgba black = { 0, 0, 0, 1 }, white = { 1, 1, 1, 1 };
  PdgRgba grey = pdg_rgba_mix (&black, &white, 0.25);

  g_assert_cmpfloat (grey.red, ==, 0.25);
  g_assert_cmpfloat_with_epsilon (pdg_rgba_contrast (&black, &white), 21, 1e-6);
  g_assert_cmpfloat_with_epsilon (pdg_rgba_contrast (&white, &white), 1, 1e-6);
}

/* ---- colours as people with a colour vision deficiency see them ---- */

/* Viénot, Brettel and Mollon, Color Research & Application 24 (1999), as matrices of linear sRGB. */
static const double visions[][3][3] = {
  { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
  { { 0.11238, 0.88762, 0 }, { 0.11238, 0.88762, 0 }, { 0.00401, -0.00401, 1 } },   /* protanopia */
  { { 0.29275, 0.70725, 0 }, { 0.29275, 0.70725, 0 }, { -0.02234, 0.02234, 1 } },   /* deuteranopia */
};

static double
linear (double value)
{
  return value <= 0.04045 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
}

static double
lab_part (double t)
{
  return t > 0.008856 ? cbrt (t) : 7.787 * t + 16.0 / 116;
}

static void
see (const PdgRgba *color, const double vision[3][3], double lab[3])
{
  const double rgb[3] = { linear (color->red), linear (color->green), linear (color->blue) };
  double seen[3], x, y, z;

  for (guint i = 0; i < 3; i++)
    seen[i] = CLAMP (vision[i][0] * rgb[0] + vision[i][1] * rgb[1] + vision[i][2] * rgb[2], 0, 1);
  x = lab_part ((0.4124564 * seen[0] + 0.3575761 * seen[1] + 0.1804375 * seen[2]) / 0.95047);
  y = lab_part (0.2126729 * seen[0] + 0.7151522 * seen[1] + 0.0721750 * seen[2]);
  z = lab_part ((0.0193339 * seen[0] + 0.1191920 * seen[1] + 0.9503041 * seen[2]) / 1.08883);
  lab[0] = 116 * y - 16;
  lab[1] = 500 * (x - y);
  lab[2] = 200 * (y - z);
}

/* CIE 1976; about 2.3 is the least that is seen beside each other. */
static double
get_difference (const PdgRgba *a, const PdgRgba *b, const double vision[3][3])
{
  double one[3], two[3];

  see (a, vision, one);
  see (b, vision, two);
  return sqrt ((one[0] - two[0]) * (one[0] - two[0]) + (one[1] - two[1]) * (one[1] - two[1]) + (one[2] - two[2]) * (one[2] - two[2]));
}

static void
test_visions (void)
{
  /* What lies beside each other on the canvas. */
  static const PdgColor pairs[][2] = {
    { PDG_COLOR_GOOD, PDG_COLOR_BAD }, { PDG_COLOR_GOOD, PDG_COLOR_EDGE }, { PDG_COLOR_BAD, PDG_COLOR_EDGE },
    { PDG_COLOR_ACCENT, PDG_COLOR_EDGE }, { PDG_COLOR_ACCENT, PDG_COLOR_GOOD }, { PDG_COLOR_ACCENT, PDG_COLOR_BAD },
  };

  for (guint kind = PDG_THEME_LIGHT; kind <= PDG_THEME_DARK; kind++)
    {
      g_autoptr (PdgTheme) theme = pdg_theme_new (kind);

      for (guint vision = 0; vision < G_N_ELEMENTS (visions); vision++)
        {
          for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
            g_assert_cmpfloat (get_difference (pdg_theme_get (theme, pairs[i][0]), pdg_theme_get (theme, pairs[i][1]), visions[vision]), >=, 15);
          for (guint i = 0; i < PDG_N_SERIES; i++)
            for (guint j = 0; j < i; j++)
              g_assert_cmpfloat (get_difference (pdg_theme_get_series (theme, i), pdg_theme_get_series (theme, j), visions[vision]), >=, 12);
        }
      for (guint i = 0; i < PDG_N_SERIES; i++)
        g_assert_cmpfloat (pdg_rgba_contrast (pdg_theme_get_series (theme, i), pdg_theme_get (theme, PDG_COLOR_SURFACE)), >=, 3);
      for (PdgColor color = PDG_COLOR_GOOD; color <= PDG_COLOR_BAD; color++)
        g_assert_cmpfloat (pdg_rgba_contrast (pdg_theme_get (theme, color), pdg_theme_get (theme, PDG_COLOR_CANVAS)), >=, 3);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/theme/contrast", test_contrast);
  g_test_add_func ("/canvas/theme/values", test_values);
  g_test_add_func ("/canvas/theme/mix", test_mix);
  g_test_add_func ("/canvas/theme/visions", test_visions);
  return g_test_run ();
}
