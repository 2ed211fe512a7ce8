#pragma once

#include "canvas/pdg-compositor.h"
#include "canvas/pdg-scene-diff.h"
#include "canvas/pdg-tile.h"

G_BEGIN_DECLS

/* A plain value: a frame to be filled, in device pixels. */
typedef struct
{
  cairo_surface_t *target;
  PdgCamera camera;        /* snapped */
  int width;               /* logical pixels */
  int height;
  cairo_rectangle_int_t area;
  int x;                   /* where the world's origin lies */
  int y;
  gint64 now_usec;
  PdgTileView *view;
} PdgFrame;

/* How frames are filled: one of these for each way. The first member of a way's own struct is PdgPainter. */
typedef struct _PdgPainter PdgPainter;
typedef struct
{
  void (*free) (PdgPainter *painter);
  /* What @diff says looks different in @view; NULL: all of it, and what is kept is of no use. */
  void (*changed) (PdgPainter *painter, PdgTileView *view, const PdgSceneDiff *diff);
  gint64 (*draw) (PdgPainter *painter, const PdgFrame *frame, PdgCompositorStats *stats);
  void (*wait) (PdgPainter *painter);
} PdgPainterClass;

struct _PdgPainter
{
  const PdgPainterClass *klass;
};

/* (transfer full) @ready is called on a worker. */
PdgPainter *pdg_painter_new_tiles (guint n_workers, gsize budget_bytes, void (*ready) (gpointer user_data), gpointer user_data);
PdgPainter *pdg_painter_new_scroll (void);
PdgPainter *pdg_painter_new_direct (void);

/* Draws @clip, device pixels of the frame, onto @target, which lies as the frame does. */
void        pdg_frame_draw_direct (const PdgFrame *frame, cairo_surface_t *target, const cairo_rectangle_int_t *clip);

G_END_DECLS
