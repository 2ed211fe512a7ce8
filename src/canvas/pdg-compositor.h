#pragma once

#include "canvas/pdg-scene-draw.h"

G_BEGIN_DECLS

/* Puts the still part of a scene (pdg_scene_draw_base()) on a surface for one camera after the other. Every way shows the
 * same pixels once the camera rests; none ever leaves a pixel as it was. All functions: one thread. */
typedef struct _PdgCompositor PdgCompositor;

typedef enum
{
  PDG_COMPOSITOR_TILES,    /* from pictures that workers draw; while zooming these are scaled */
  PDG_COMPOSITOR_SCROLL,   /* moves the last frame and draws what comes in: for one thread */
  PDG_COMPOSITOR_DIRECT    /* draws all of it each time */
} PdgCompositorWay;

#define PDG_COMPOSITOR_BUDGET_BYTES (96u * 1024u * 1024u)

/* How long the zoom has to rest before it is drawn exactly. */
#define PDG_COMPOSITOR_REST_USEC 100000

/* A plain value: the newest frame in device pixels, by where they came from, and what is kept. */
typedef struct
{
  guint64 exact;
  guint64 direct;     /* exact as well, but drawn within the frame */
  guint64 scaled;     /* the level near the zoom while zooming */
  guint64 other;      /* an outdated tile or another level */
  guint64 overview;
  gsize size_bytes;   /* pictures kept */
} PdgCompositorStats;

typedef void (*PdgCompositorReadyFunc) (gpointer user_data);

/* @n_workers: threads, 0 for one less than there are processors but one at least. @ready is called on @context (nullable:
 * the default one), once after each frame at most, when another frame would show more. (transfer full) */
PdgCompositor            *pdg_compositor_new (PdgCompositorWay way, guint n_workers, gsize budget_bytes, GMainContext *context,
                                              PdgCompositorReadyFunc ready, gpointer user_data);

/* Waits for workers under way; @ready is not called any more. */
void                      pdg_compositor_free (PdgCompositor *compositor);

/* What is drawn from now on. @images is nullable. Only what differs is drawn anew. All take references. The first returns
 * FALSE when the scene looks as the one before. */
gboolean                  pdg_compositor_set_scene (PdgCompositor *compositor, PdgScene *scene);
void                      pdg_compositor_set_look (PdgCompositor *compositor, PdgTheme *theme, int scale_factor, PdgEdgeTint tint,
                                                   double tint_reference);
void                      pdg_compositor_set_images (PdgCompositor *compositor, PdgImageStore *images);

/* The picture of that snapshot came into the store. */
void                      pdg_compositor_picture_loaded (PdgCompositor *compositor, const char *snapshot_id);

/* Fills all of @target (RGB24 or ARGB32, of @width x @height logical pixels) with what @camera shows. Returns the time at
 * which another frame is wanted although nothing changes, or 0. @now_usec: monotonic. Scene and look must be set. */
gint64                    pdg_compositor_draw (PdgCompositor *compositor, cairo_surface_t *target, const PdgCamera *camera, int width,
                                               int height, gint64 now_usec);

/* Whether the newest frame was exact. */
gboolean                  pdg_compositor_is_exact (PdgCompositor *compositor);
PdgCompositorStats        pdg_compositor_get_stats (PdgCompositor *compositor);

/* Waits until the workers have nothing to do: for tests and measurements. */
void                      pdg_compositor_wait (PdgCompositor *compositor);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgCompositor, pdg_compositor_free)

G_END_DECLS
