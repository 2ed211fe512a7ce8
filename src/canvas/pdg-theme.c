#include "config.h"
#include "canvas/pdg-theme.h"

#include <math.h>

struct _PdgTheme
{
  PdgThemeKind kind;
  PdgRgba colors[PDG_N_COLORS];
  PdgRgba series[PDG_N_SERIES];
};

typedef struct
{
  const char *name;
  guint32 rgb[2];    /* light, dark: 0xRRGGBB */
  double alpha[2];
} ColorRow;

/* The one table of colours. data/style.css holds the same values under the same names. */
static const ColorRow color_rows[PDG_N_COLORS] = {
  [PDG_COLOR_CANVAS] = { "canvas", { 0xf5f5f3, 0x161618 }, { 1, 1 } },
  [PDG_COLOR_DOT] = { "dot", { 0x000000, 0xffffff }, { 0.06, 0.06 } },
  [PDG_COLOR_SURFACE] = { "surface", { 0xffffff, 0x1f1f22 }, { 1, 1 } },
  [PDG_COLOR_RAISED] = { "raised", { 0xffffff, 0x29292d }, { 1, 1 } },
  [PDG_COLOR_LINE] = { "line", { 0x000000, 0xffffff }, { 0.10, 0.12 } },
  [PDG_COLOR_TEXT] = { "text", { 0x1b1b1f, 0xf2f2f5 }, { 1, 1 } },
  [PDG_COLOR_TEXT_2] = { "text-2", { 0x5c5c66, 0xa9a9b4 }, { 1, 1 } },
  [PDG_COLOR_TEXT_3] = { "text-3", { 0x8a8a94, 0x74747f }, { 1, 1 } },
  [PDG_COLOR_ACCENT] = { "accent", { 0x3b5bdb, 0x7c93f5 }, { 1, 1 } },
  [PDG_COLOR_ON_ACCENT] = { "on-accent", { 0xffffff, 0x161618 }, { 1, 1 } },
  [PDG_COLOR_GOOD] = { "good", { 0x0b8a5f, 0x45d6a0 }, { 1, 1 } },
  [PDG_COLOR_BAD] = { "bad", { 0xc92a4b, 0xff5c7a }, { 1, 1 } },
  [PDG_COLOR_WARN] = { "warn", { 0xb86e00, 0xf0a63c }, { 1, 1 } },
  [PDG_COLOR_EDGE] = { "edge", { 0xbabac6, 0x4b4b55 }, { 1, 1 } },
  [PDG_COLOR_SHADOW] = { "shadow", { 0x000000, 0x000000 }, { 0.10, 0.40 } },
};

static const struct
{
  const char *name;
  guint32 rgb[2];
} series_rows[PDG_N_SERIES] = {
  { "series-1", { 0x3b5bdb, 0x7c93f5 } },
  { "series-2", { 0xca3b02, 0xff8a5b } },
  { "series-3", { 0x138e68, 0x35c48d } },
  { "series-4", { 0x8540fc, 0x8377f5 } },
  { "series-5", { 0xb8860b, 0xe3b341 } },
  { "series-6", { 0x0c8599, 0x3fc1d6 } },
  { "series-7", { 0xad0049, 0xf477a9 } },
  { "series-8", { 0x5a5d69, 0xc4c9d1 } },
};

static PdgRgba
rgba_from_rgb (guint32 rgb, double alpha)
{
  return (PdgRgba) {
    ((rgb >> 16) & 0xff) / 255.0,
    ((rgb >> 8) & 0xff) / 255.0,
    (rgb & 0xff) / 255.0,
    alpha,
  };
}

PdgTheme *
pdg_theme_new (PdgThemeKind kind)
{
  PdgTheme *theme = g_atomic_rc_box_new0 (PdgTheme);
  guint side = kind == PDG_THEME_DARK ? 1 : 0;

  theme->kind = kind;
  for (guint i = 0; i < PDG_N_COLORS; i++)
    theme->colors[i] = rgba_from_rgb (color_rows[i].rgb[side], color_rows[i].alpha[side]);
  for (guint i = 0; i < PDG_N_SERIES; i++)
    theme->series[i] = rgba_from_rgb (series_rows[i].rgb[side], 1.0);
  return theme;
}

PdgTheme *
pdg_theme_ref (PdgTheme *theme)
{
  return g_atomic_rc_box_acquire (theme);
}

void
pdg_theme_unref (PdgTheme *theme)
{
  if (theme != NULL)
    g_atomic_rc_box_release (theme);
}

PdgThemeKind
pdg_theme_get_kind (const PdgTheme *theme)
{
  return theme->kind;
}

const PdgRgba *
pdg_theme_get (const PdgTheme *theme, PdgColor color)
{
  g_return_val_if_fail ((guint) color < PDG_N_COLORS, &theme->colors[PDG_COLOR_TEXT]);
  return &theme->colors[color];
}

const PdgRgba *
pdg_theme_get_series (const PdgTheme *theme, guint index)
{
  return &theme->series[index % PDG_N_SERIES];
}

const char *
pdg_theme_get_font_family (const PdgTheme *theme)
{
  return "Inter, Cantarell, system-ui, sans";
}

const char *
pdg_color_get_name (PdgColor color)
{
  g_return_val_if_fail ((guint) color < PDG_N_COLORS, NULL);
  return color_rows[color].name;
}

const char *
pdg_series_get_name (guint index)
{
  return series_rows[index % PDG_N_SERIES].name;
}

PdgRgba
pdg_rgba_mix (const PdgRgba *a, const PdgRgba *b, double share)
{
  return (PdgRgba) {
    a->red + (b->red - a->red) * share,
    a->green + (b->green - a->green) * share,
    a->blue + (b->blue - a->blue) * share,
    a->alpha + (b->alpha - a->alpha) * share,
  };
}

static double
linear_channel (double value)
{
  return value <= 0.04045 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
}

static double
relative_luminance (const PdgRgba *color)
{
  return 0.2126 * linear_channel (color->red) + 0.7152 * linear_channel (color->green) +
         0.0722 * linear_channel (color->blue);
}

double
pdg_rgba_contrast (const PdgRgba *a, const PdgRgba *ground)
{
  PdgRgba opaque = { a->red, a->green, a->blue, 1.0 };
  PdgRgba flat = pdg_rgba_mix (ground, &opaque, a->alpha);
  double over = relative_luminance (&flat);
  double under = relative_luminance (ground);

  return (MAX (over, under) + 0.05) / (MIN (over, under) + 0.05);
}
