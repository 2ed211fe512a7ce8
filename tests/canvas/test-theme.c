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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/theme/contrast", test_contrast);
  g_test_add_func ("/canvas/theme/values", test_values);
  g_test_add_func ("/canvas/theme/mix", test_mix);
  return g_test_run ();
}
