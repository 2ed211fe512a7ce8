#pragma once

#include "canvas/pdg-image-store.h"
#include "canvas/pdg-scene.h"

G_BEGIN_DECLS

/* What the canvas is measured with: the same for the same number of nodes, here and (tests/bench/canvas) in React Flow. */

/* @n_nodes cards in a grid, so that every size has the same density; 1.5 edges a node. (transfer full) */
PdgScene      *canvas_scene_new (guint n_nodes);

/* The pictures that its cards name: picture-0 to picture-63. (transfer full) */
PdgImageStore *canvas_images_new (void);

/* The same as PNG files in @folder; the path of one of them (transfer full). Error domain G_FILE_ERROR. */
gboolean       canvas_pictures_write (const char *folder, GError **error);
char          *canvas_pictures_dup_path (const char *folder, const char *id);

typedef enum
{
  CANVAS_PHASE_PAN_100,
  CANVAS_PHASE_ZOOM, /* from 100 % to all of the scene and back */
  CANVAS_PHASE_PAN_25,
  CANVAS_PHASE_FIT, /* all of it, a little in and out */
  CANVAS_N_PHASES
} CanvasPhase;

/* Where the camera is at @t (0..1) of a phase; flow.jsx has the same function. */
PdgCamera      canvas_scene_get_camera (const PdgScene *scene, CanvasPhase phase, double t, int width, int height);

G_END_DECLS
