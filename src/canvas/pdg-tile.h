#pragma once

#include "canvas/pdg-scene-draw.h"

G_BEGIN_DECLS

/* Device pixels of a tile's side at a scale factor: a whole number of logical pixels. */
int pdg_tile_get_size (int scale_factor);

/* A plain value: a tile's place. It covers the device pixels x * size .. (x + 1) * size of the world at @zoom. */
typedef struct
{
  double zoom;
  gint32 x;
  gint32 y;
} PdgTileKey;

/* A plain value: a picture to be drawn, and how much it matters: the smallest urgency first. */
typedef struct
{
  PdgTileKey key;
  guint64 epoch;       /* of the view that it is drawn from, or of an older one */
  guint64 needed;      /* what was drawn from a view of this epoch on will do */
  double urgency;
  gboolean overview;   /* the whole scene in one picture; of the key only the zoom means something */
  PdgRect world;       /* that the overview covers */
} PdgTileJob;

/* A plain value: what came of it. */
typedef struct
{
  PdgTileJob job;
  cairo_surface_t *surface;
} PdgTileResult;

/* What tiles show. Immutable, atomically counted. */
typedef struct
{
  PdgScene *scene;
  PdgTheme *theme;
  PdgImageStore *images;   /* (nullable) */
  PdgSceneStyle style;     /* only the tint */
  int scale_factor;
} PdgTileView;

/* Takes references. (transfer full) */
PdgTileView     *pdg_tile_view_new (PdgScene *scene, PdgTheme *theme, PdgImageStore *images, PdgEdgeTint tint, double reference,
                                    int scale_factor);
PdgTileView     *pdg_tile_view_ref (PdgTileView *view);
void             pdg_tile_view_unref (PdgTileView *view);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgTileView, pdg_tile_view_unref)

/* The part of the world that a tile covers. Any thread. */
PdgRect          pdg_tile_get_world (const PdgTileKey *key, int scale_factor);

/* A job for the overview of @scene, 2,048 pixels on its longer side at most. Any thread. */
PdgTileJob       pdg_tile_get_overview_job (const PdgScene *scene, guint64 epoch, double urgency);

/* Logical pixels that are drawn around a piece and cut off: at a clip cairo's coverage depends on where it lies. */
#define PDG_TILE_MARGIN 32

/* Draws what @camera shows into @clip, device pixels of @target: the same pixels whatever the clip. Any thread. */
void             pdg_tile_view_draw (const PdgTileView *view, const PdgSceneStyle *style, const PdgCamera *camera, int scale_factor,
                                     cairo_surface_t *target, const cairo_rectangle_int_t *clip);

/* Draws a job: an RGB24 surface that nobody writes to any more. (transfer full) Any thread. */
cairo_surface_t *pdg_tile_draw (const PdgTileView *view, const PdgTileJob *job);

/* Threads that draw tiles, at a lower priority than the rest of the program. */
typedef struct _PdgTileWorkers PdgTileWorkers;

/* Starts @n threads. @ready is called on one of them, or within pdg_tile_workers_set_jobs(), when a picture was drawn that
 * was asked to be told of.
 * (transfer full) */
PdgTileWorkers  *pdg_tile_workers_new (guint n, void (*ready) (gpointer user_data), gpointer user_data);

/* Waits for the tiles under way. */
void             pdg_tile_workers_free (PdgTileWorkers *workers);

/* From now on these are the jobs (they are sorted here), and no others; what is drawn already goes on. @tell: whether
 * @ready is to be called for them. */
void             pdg_tile_workers_set_jobs (PdgTileWorkers *workers, PdgTileView *view, GArray *jobs, gboolean tell);

/* Appends what was drawn since the last call to @results (of PdgTileResult), which takes the surfaces. */
void             pdg_tile_workers_take (PdgTileWorkers *workers, GArray *results);

/* Waits until no job is left. */
void             pdg_tile_workers_wait (PdgTileWorkers *workers);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgTileWorkers, pdg_tile_workers_free)

G_END_DECLS
