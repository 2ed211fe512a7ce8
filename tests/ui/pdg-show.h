#pragma once

#include "app/pdg-canvas-private.h"
#include "app/pdg-minimap.h"
#include "pdg-fake-client.h"
#include "pdg-fake-shop.h"

G_BEGIN_DECLS

/* The canvas, with or without its map, in a window of this process, with a made-up shop, under the pointer and the keys of the X server. What does not come in
 * time ends the test program. */

#define PDG_SHOW_WIDTH  800
#define PDG_SHOW_HEIGHT 680

/* The program's only one. */
typedef struct
{
  PdgFakeClient *client;
  PdgFakeShop *shop;
  PdgWorkspace *workspace;
  PdgSceneModel *scenes;
  PdgPictureLoader *pictures;
  PdgStyle *style;
  GtkWidget *window;
  PdgCanvas *canvas;
  PdgMinimap *minimap;           /* nullable; at the lower right of the canvas */
  GSubprocess *xdotool;
  guint n_moves;                 /* of the camera */
  double pointer_x, pointer_y;   /* over the canvas */
  void (*camera_changed) (void); /* nullable; after each move */
} PdgShow;

extern PdgShow show;

void     pdg_show_start (gboolean with_minimap);
void     pdg_show_stop (void);

/* What xdotool is to do next; it reads its words line by line. */
void     pdg_show_hand (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* The pointer to that place of the canvas; waits until it is there. */
void     pdg_show_point_at (int x, int y);

typedef gboolean (*PdgShowCheck) (gconstpointer data);
void     pdg_show_wait (const char *what, PdgShowCheck check, gconstpointer data);

/* Lets what the server has sent be done. */
void     pdg_show_settle (void);

void     pdg_show_set_animated (gboolean animated);

/* Checks: more moves than *(guint *) data; a zoom of *(double *) data. */
gboolean pdg_show_has_moved (gconstpointer data);
gboolean pdg_show_has_zoom (gconstpointer data);

/* Around the middle, at once. */
void     pdg_show_zoom_to (double zoom);

/* Waits until the canvas lies so many pixels from where it was, at the same zoom. */
void     pdg_show_expect_moved_by (const PdgCamera *from, double dx, double dy);

G_END_DECLS
