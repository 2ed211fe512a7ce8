#pragma once

#include <gtk/gtk.h>

#include "app/pdg-canvas.h"
#include "app/pdg-picture-loader.h"
#include "app/pdg-scene-model.h"
#include "app/pdg-style.h"
#include "app/pdg-workspace.h"

G_BEGIN_DECLS

#define PDG_TYPE_CANVAS_PANE (pdg_canvas_pane_get_type ())
G_DECLARE_FINAL_TYPE (PdgCanvasPane, pdg_canvas_pane, PDG, CANVAS_PANE, GtkWidget)

/* The canvas with its bar and map, and what is shown in its place while there is nothing to draw. */
void          pdg_canvas_pane_bind (PdgCanvasPane *self, PdgWorkspace *workspace, PdgPictureLoader *pictures, PdgStyle *style);

/* The actions of the canvas, for the group "canvas" of the window. (transfer none) */
GActionGroup *pdg_canvas_pane_get_actions (PdgCanvasPane *self);

/* What it shows, and the widget that does. (transfer none) */
PdgSceneModel *pdg_canvas_pane_get_scenes (PdgCanvasPane *self);
PdgCanvas    *pdg_canvas_pane_get_canvas (PdgCanvasPane *self);

void          pdg_canvas_pane_focus_canvas (PdgCanvasPane *self);

/* Undo and redo, named by what they would do. (transfer none) */
GMenuModel    *pdg_canvas_pane_get_steps (PdgCanvasPane *self);

G_END_DECLS
