#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Named colours of the look; the names in data/style.css are the same with "-" for "_", see pdg_color_get_name(). */
typedef enum
{
  PDG_COLOR_CANVAS,         /* ground of the canvas and the boards */
  PDG_COLOR_DOT,            /* dot grid on the ground */
  PDG_COLOR_SURFACE,        /* cards, panels, label pills */
  PDG_COLOR_RAISED,         /* what floats: popovers, inspector, toolbars, minimap */
  PDG_COLOR_LINE,           /* hairlines */
  PDG_COLOR_TEXT,           /* first reading */
  PDG_COLOR_TEXT_2,         /* second reading */
  PDG_COLOR_TEXT_3,         /* third reading */
  PDG_COLOR_ACCENT,         /* selection, focus, primary action, live pulse */
  PDG_COLOR_ON_ACCENT,      /* text on the accent */
  PDG_COLOR_GOOD,           /* conversion */
  PDG_COLOR_BAD,            /* drop-off, errors */
  PDG_COLOR_WARN,           /* attention */
  PDG_COLOR_EDGE,           /* traffic between screens while neutral */
  PDG_COLOR_SHADOW,         /* soft shadow under what floats */
  PDG_N_COLORS
} PdgColor;

/* A plain value: sRGB and alpha, each 0..1, not premultiplied. Same field order as GdkRGBA, in double. */
typedef struct
{
  double red;
  double green;
  double blue;
  double alpha;
} PdgRgba;

typedef enum
{
  PDG_THEME_LIGHT,
  PDG_THEME_DARK
} PdgThemeKind;

#define PDG_N_SERIES 8

/* Type sizes in logical pixels. Weights are 400 and 600. */
#define PDG_FONT_SIZE_TINY    11.0
#define PDG_FONT_SIZE_SMALL   12.0
#define PDG_FONT_SIZE_BASE    13.0
#define PDG_FONT_SIZE_LARGE   15.0
#define PDG_FONT_SIZE_TITLE   20.0
#define PDG_FONT_SIZE_DISPLAY 28.0

/* Space and radii in logical pixels. */
#define PDG_SPACE_UNIT        4.0
#define PDG_SPACE_INSIDE      8.0
#define PDG_SPACE_BETWEEN     12.0
#define PDG_SPACE_AROUND      16.0
#define PDG_SPACE_GROUP       24.0
#define PDG_RADIUS_CONTROL    6.0
#define PDG_RADIUS_CARD       10.0
#define PDG_RADIUS_FLOATING   12.0

/* Motion. */
#define PDG_MOTION_FEEDBACK_MS 120
#define PDG_MOTION_MOVE_MS     220
#define PDG_MOTION_FLIGHT_MS   250

/* The colours and type of one appearance. Immutable, atomically counted; any thread. */
typedef struct _PdgTheme PdgTheme;

/* The theme of @kind. (transfer full) Any thread. */
PdgTheme      *pdg_theme_new (PdgThemeKind kind);
PdgTheme      *pdg_theme_ref (PdgTheme *theme);
void           pdg_theme_unref (PdgTheme *theme);

PdgThemeKind   pdg_theme_get_kind (const PdgTheme *theme);

/* One named colour. (transfer none) Any thread. */
const PdgRgba *pdg_theme_get (const PdgTheme *theme, PdgColor color);

/* The colour of series @index, wrapping after PDG_N_SERIES. (transfer none) Any thread. */
const PdgRgba *pdg_theme_get_series (const PdgTheme *theme, guint index);

/* The families for text on the canvas, a Pango family list. (transfer none) Any thread. */
const char    *pdg_theme_get_font_family (const PdgTheme *theme);

/* The colour's name, such as "text-2", or "series-1" .. "series-8" by pdg_series_get_name(). (transfer none) */
const char    *pdg_color_get_name (PdgColor color);
const char    *pdg_series_get_name (guint index);

/* @share (0..1) of @b laid over @a, in sRGB. A plain value. */
PdgRgba        pdg_rgba_mix (const PdgRgba *a, const PdgRgba *b, double share);

/* Contrast ratio by WCAG 2 of @a over @ground (alpha is flattened): 1..21. */
double         pdg_rgba_contrast (const PdgRgba *a, const PdgRgba *ground);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgTheme, pdg_theme_unref)

G_END_DECLS
