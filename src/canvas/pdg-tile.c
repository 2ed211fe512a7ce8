#include "config.h"
#include "canvas/pdg-tile.h"

#include "canvas/pdg-blit.h"
#include "canvas/pdg-pixels.h"

#include <math.h>

#define TILE_PX 512
#define OVERVIEW_PX 2048.0
#define OVERVIEW_MARGIN 64.0 /* world units */

int
pdg_tile_get_size (int scale_factor)
{
  return TILE_PX / scale_factor * scale_factor;
}

static void
view_clear (gpointer data)
{
  PdgTileView *view = data;

  pdg_scene_unref (view->scene);
  pdg_theme_unref (view->theme);
  pdg_image_store_unref (view->images);
}

PdgTileView *
pdg_tile_view_new (PdgScene *scene, PdgTheme *theme, PdgImageStore *images, PdgEdgeTint tint, double reference,
                   int scale_factor)
{
  PdgTileView *view = g_atomic_rc_box_new0 (PdgTileView);

  view->scene = pdg_scene_ref (scene);
  view->theme = pdg_theme_ref (theme);
  view->images = images != NULL ? pdg_image_store_ref (images) : NULL;
  view->style = (PdgSceneStyle) PDG_SCENE_STYLE_INIT;
  view->style.edge_tint = tint;
  view->style.tint_reference = reference;
  view->scale_factor = MAX (scale_factor, 1);
  return view;
}

PdgTileView *
pdg_tile_view_ref (PdgTileView *view)
{
  return g_atomic_rc_box_acquire (view);
}

void
pdg_tile_view_unref (PdgTileView *view)
{
  if (view != NULL)
    g_atomic_rc_box_release_full (view, view_clear);
}

PdgRect
pdg_tile_get_world (const PdgTileKey *key, int scale_factor)
{
  double side = pdg_tile_get_size (scale_factor) / (double) scale_factor / key->zoom;

  return (PdgRect) { key->x * side, key->y * side, side, side };
}

PdgTileJob
pdg_tile_get_overview_job (const PdgScene *scene, guint64 epoch, double urgency)
{
  PdgRect bounds = pdg_scene_get_bounds (scene);
  PdgRect world = pdg_rect_expand (&bounds, OVERVIEW_MARGIN + MAX (bounds.width, bounds.height) / 64);
  double zoom = MIN (OVERVIEW_PX / MAX (world.width, world.height), 1.0);

  return (PdgTileJob) { { zoom, 0, 0 }, epoch, epoch, urgency, TRUE, world };
}

void
pdg_tile_view_draw (const PdgTileView *view, const PdgSceneStyle *style, const PdgCamera *camera, int scale_factor,
                    cairo_surface_t *target, const cairo_rectangle_int_t *clip)
{
  /* Whole logical pixels around the clip and the margin. */
  int left = (int) floor ((double) clip->x / scale_factor) - PDG_TILE_MARGIN;
  int top = (int) floor ((double) clip->y / scale_factor) - PDG_TILE_MARGIN;
  int width = (int) ceil ((double) (clip->x + clip->width) / scale_factor) + PDG_TILE_MARGIN - left;
  int height = (int) ceil ((double) (clip->y + clip->height) / scale_factor) + PDG_TILE_MARGIN - top;
  PdgCamera moved = { camera->offset_x - left, camera->offset_y - top, camera->zoom };
  cairo_surface_t *drawn;
  cairo_t *cr;

  if (clip->width <= 0 || clip->height <= 0)
    return;
  drawn = pdg_pixels_create (CAIRO_FORMAT_RGB24, width * scale_factor, height * scale_factor);
  cairo_surface_set_device_scale (drawn, scale_factor, scale_factor);
  cr = cairo_create (drawn);
  pdg_scene_draw_base (view->scene, cr, &moved, width, height, scale_factor, view->theme, style, view->images);
  cairo_destroy (cr);
  cairo_surface_flush (drawn);
  cairo_surface_flush (target);
  pdg_blit_copy (target, clip, drawn, left * scale_factor, top * scale_factor);
  cairo_surface_destroy (drawn);
}

cairo_surface_t *
pdg_tile_draw (const PdgTileView *view, const PdgTileJob *job)
{
  int scale = job->overview ? 1 : view->scale_factor;
  cairo_rectangle_int_t all = { 0, 0, pdg_tile_get_size (scale), pdg_tile_get_size (scale) };
  PdgCamera camera = { -(double) job->key.x * all.width / scale, -(double) job->key.y * all.height / scale, job->key.zoom };
  PdgSceneStyle style = view->style;
  cairo_surface_t *surface;

  if (job->overview)
    {
      all.width = (int) ceil (job->world.width * job->key.zoom);
      all.height = (int) ceil (job->world.height * job->key.zoom);
      camera.offset_x = -job->world.x * job->key.zoom;
      camera.offset_y = -job->world.y * job->key.zoom;
      style.no_requests = TRUE;
    }
  surface = pdg_pixels_create (CAIRO_FORMAT_RGB24, all.width, all.height);
  pdg_tile_view_draw (view, &style, &camera, scale, surface, &all);
  return surface;
}
