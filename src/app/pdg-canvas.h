#pragma once

#include <gtk/gtk.h>

#include "app/pdg-picture-loader.h"
#include "app/pdg-scene-model.h"
#include "app/pdg-style.h"
#include "app/pdg-traffic-feed.h"
#include "canvas/pdg-camera.h"
#include "canvas/pdg-scene-draw.h"

G_BEGIN_DECLS

#define PDG_TYPE_CANVAS (pdg_canvas_get_type ())
G_DECLARE_FINAL_TYPE (PdgCanvas, pdg_canvas, PDG, CANVAS, GtkWidget)

/* Shows the scene of a model through a camera; pointer and keys move the camera and the workspace's selection.
 * Signal "camera-changed" after each move. */

/* Once, before the widget is shown. */
void             pdg_canvas_bind (PdgCanvas *self, PdgWorkspace *workspace, PdgSceneModel *scenes, PdgPictureLoader *pictures,
                                  PdgStyle *style);

/* tool ('select', 'hand' or 'comment'), open-thread (its id), next-thread, previous-thread, wheel-zooms (a state),
 * zoom-in, zoom-out, zoom-100, fit, fit-selection, select-all, select-none, conversion and closeups (states: screens open when they are near),
 * pause-live, align, distribute, pinned, locked, tidy, undo, redo, menu. (transfer none) */
GActionGroup    *pdg_canvas_get_actions (PdgCanvas *self);

/* Sets the tint of the edges and what it compares with. */
void             pdg_canvas_fill_tint (PdgCanvas *self, PdgSceneStyle *style);

/* Keeps the view, to fly back to it. FALSE when none is kept. */
void             pdg_canvas_keep_view (PdgCanvas *self);
gboolean         pdg_canvas_return_to_view (PdgCanvas *self);

/* Undo and redo, named by what they would do. (transfer none) */
GMenuModel      *pdg_canvas_get_steps (PdgCanvas *self);

/* The scene that is drawn now; NULL when there is none. (transfer none) */
PdgScene        *pdg_canvas_get_scene (PdgCanvas *self);
const PdgCamera *pdg_canvas_get_camera (PdgCanvas *self);

/* Whether the whole scene is in view; whether a card lies in @area, in logical pixels. */
gboolean         pdg_canvas_shows_all (PdgCanvas *self);
gboolean         pdg_canvas_has_card_in (PdgCanvas *self, const PdgRect *area);

/* Puts a world point in the middle, at once. */
void             pdg_canvas_centre_on (PdgCanvas *self, double x_world, double y_world);

/* Zooms around the middle, at once. */
void             pdg_canvas_zoom_by (PdgCanvas *self, double octaves);

/* The live traffic over it; NULL before bind. (transfer none) */
PdgTrafficFeed  *pdg_canvas_get_feed (PdgCanvas *self);

/* How often it was drawn: what stands still must not be. */
guint64          pdg_canvas_get_n_frames (PdgCanvas *self);

G_END_DECLS
