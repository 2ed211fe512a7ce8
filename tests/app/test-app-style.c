#include "config.h"

#include <stdio.h>
#include <string.h>

#include "canvas/pdg-theme.h"

/* The style sheets and the drawing theme have the same colours under the same names. */

static gboolean
parse_css_color (const char *text, PdgRgba *rgba)
{
  guint red, green, blue;
  char alpha[16];

  rgba->alpha = 1;
  if (sscanf (text, "#%2x%2x%2x", &red, &green, &blue) == 3)
    ;
  else if (sscanf (text, "rgba(%u,%u,%u,%15[0-9.])", &red, &green, &blue, alpha) == 4)
    rgba->alpha = g_ascii_strtod (alpha, NULL);
  else
    return FALSE;
  rgba->red = red / 255.0;
  rgba->green = green / 255.0;
  rgba->blue = blue / 255.0;
  return TRUE;
}

static GHashTable *
load_colors (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("PDG_SOURCE_DIR"), "data", name, NULL);
  g_autofree char *text = NULL;
  GHashTable *colors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = NULL;
      PdgRgba *rgba = g_new0 (PdgRgba, 1);

      if (g_str_has_prefix (lines[i], "@define-color "))
        {
          words = g_strsplit (lines[i], " ", 3);
          if (parse_css_color (words[2], rgba))
            {
              g_hash_table_insert (colors, g_strdup (words[1]), rgba);
              continue;
            }
        }
      g_free (rgba);
    }
  return colors;
}

static void
assert_same (GHashTable *colors, const char *name, const PdgRgba *expected)
{
  const PdgRgba *found = g_hash_table_lookup (colors, name);

  if (found == NULL)
    g_error ("The style sheet has no colour \"%s\"", name);
  if (ABS (found->red - expected->red) > 1e-6 || ABS (found->green - expected->green) > 1e-6
      || ABS (found->blue - expected->blue) > 1e-6 || ABS (found->alpha - expected->alpha) > 1e-6)
    g_error ("The colour \"%s\" of the style sheet is not the theme's", name);
}

static void
test_colors (gconstpointer data)
{
  PdgThemeKind kind = GPOINTER_TO_INT (data);
  g_autoptr (GHashTable) colors = load_colors (kind == PDG_THEME_DARK ? "style-dark.css" : "style.css");
  g_autoptr (PdgTheme) theme = pdg_theme_new (kind);

  for (guint i = 0; i < PDG_N_COLORS; i++)
    assert_same (colors, pdg_color_get_name (i), pdg_theme_get (theme, i));
  for (guint i = 0; i < PDG_N_SERIES; i++)
    assert_same (colors, pdg_series_get_name (i), pdg_theme_get_series (theme, i));
  g_assert_cmpuint (g_hash_table_size (colors), ==, PDG_N_COLORS + PDG_N_SERIES);
}

/* Rules name colours, they don't hold any. */
static void
test_rules_have_no_literals (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("PDG_SOURCE_DIR"), "data", "style.css", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n_rules = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (g_str_has_prefix (lines[i], "@define-color "))
        continue;
      n_rules += strchr (lines[i], '{') != NULL;
      if (strstr (lines[i], "rgb") != NULL || g_regex_match_simple ("#[0-9a-fA-F]{3}", lines[i], 0, 0))
        g_error ("data/style.css:%u has a literal colour: %s", i + 1, lines[i]);
    }
  g_assert_cmpuint (n_rules, >, 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/app/style/light-colors", GINT_TO_POINTER (PDG_THEME_LIGHT), test_colors);
  g_test_add_data_func ("/app/style/dark-colors", GINT_TO_POINTER (PDG_THEME_DARK), test_colors);
  g_test_add_func ("/app/style/rules-have-no-literals", test_rules_have_no_literals);
  return g_test_run ();
}
