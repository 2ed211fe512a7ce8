#pragma once

#include <gtk/gtk.h>

#include "app/pdg-canvas-pane.h"

G_BEGIN_DECLS

#define PDG_TYPE_PRESENTATION (pdg_presentation_get_type ())
G_DECLARE_FINAL_TYPE (PdgPresentation, pdg_presentation, PDG, PRESENTATION, GtkWindow)

/* The canvas of @pane on the full screen without anything around: first all of it, then the selected screens, or a journey, one by
 * one. Ends by itself when the project or its screens go. */
GtkWindow *pdg_presentation_new (GtkWindow *parent, PdgCanvasPane *pane, PdgWorkspace *workspace, PdgPictureLoader *pictures, PdgStyle *style);

/* The stop that is shown, from 0, and how many there are. */
guint      pdg_presentation_get_stop (PdgPresentation *self);
guint      pdg_presentation_get_n_stops (PdgPresentation *self);

G_END_DECLS
