#pragma once

#include <gdk/gdk.h>

#include "app/pdg-settings.h"
#include "canvas/pdg-theme.h"

G_BEGIN_DECLS

#define PDG_TYPE_STYLE (pdg_style_get_type ())
G_DECLARE_FINAL_TYPE (PdgStyle, pdg_style, PDG, STYLE, GObject)

/* Keeps the style sheets of a display and the drawing theme at the system's preference for light or dark (the settings
 * portal, else the desktop's theme), or at the user's choice.
 * Properties: "appearance" (PdgAppearance as int), "dark" (boolean). UI thread. */
PdgStyle     *pdg_style_new (GdkDisplay *display);

void          pdg_style_set_appearance (PdgStyle *self, PdgAppearance appearance);

/* The colours to draw with. (transfer none); changes with "dark". */
PdgTheme     *pdg_style_get_theme (PdgStyle *self);

G_END_DECLS
