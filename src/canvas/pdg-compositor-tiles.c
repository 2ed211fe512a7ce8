#include "config.h"
#include "canvas/pdg-compositor-private.h"

#include "canvas/pdg-blit.h"
#include "canvas/pdg-pixels.h"
#include "canvas/pdg-scene-private.h"
#include "canvas/pdg-tile-cache.h"

#include <math.h>

/* After a change, up to so many cards and edges in view are drawn within the frame: some milliseconds. */
#define MAX_DIRECT_THINGS 600
/* Changes that follow each other faster than this are a motion: tiles are drawn after it. */
#define CHANGES_USEC 150000
#define OVERVIEW_USEC 2000000
/* How far the pan is looked ahead. */
#define LOOK_AHEAD_SEC 0.25
/* Tiles of another level that are looked at to cover one. */
#define MAX_COVERING 16
#define MAX_CHANGES 64

/* Which jobs come first. */
enum
{
  CLASS_OVERVIEW,
  CLASS_VISIBLE,
  CLASS_AHEAD,
  CLASS_AROUND,
  CLASS_OLD_OVERVIEW
};
#define CLASS_STEP 1e7

/* What looks different from an epoch on. */
typedef struct
{
  guint64 epoch;
  GArray *areas;      /* PdgRect; NULL: everything */
  gboolean chips;
  double thin_zoom;   /* all below this zoom */
} Change;

typedef struct
{
  PdgPainter painter;
  PdgTileWorkers *workers;
  PdgTileCache *cache;
  PdgTileView *view;
  guint64 epoch;               /* of the view */
  guint64 forgotten_epoch;     /* changes up to this one are not known any more */
  GArray *changes;             /* Change */
  GArray *results;             /* PdgTileResult, scratch */
  GArray *jobs;                /* PdgTileJob, scratch */
  guint64 n_frames;
  gboolean changed;            /* since the last frame */
  gint64 changed_usec;

  cairo_surface_t *overview;   /* (nullable) */
  PdgRect overview_world;
  double overview_zoom;
  gboolean overview_fresh;
  gint64 overview_usec;

  cairo_surface_t *still;      /* a frame drawn at once, as long as nothing changes (nullable) */
  double still_zoom;
  int still_x, still_y;

  double zoom, rest_zoom;      /* of the last frame; and when it rested last */
  int x, y;
  gint64 usec, zoomed_usec;
  double velocity_x, velocity_y;
  gboolean zooms_in;
} Tiles;

/* ---- what changed ---- */

static void
change_clear (gpointer data)
{
  g_clear_pointer (&((Change *) data)->areas, g_array_unref);
}

static gboolean
touches (const Change *change, const PdgTileKey *key, int scale_factor)
{
  PdgRect world = pdg_tile_get_world (key, scale_factor);

  if (change->areas == NULL || key->zoom < change->thin_zoom ||
      (change->chips && pdg_scene_get_detail (key->zoom) == PDG_DETAIL_CHIP))
    return TRUE;
  world = pdg_rect_expand (&world, pdg_scene_get_overhang (key->zoom));
  for (guint i = 0; i < change->areas->len; i++)
    if (pdg_rect_intersects (&world, &g_array_index (change->areas, PdgRect, i)))
      return TRUE;
  return FALSE;
}

/* The epoch of the last change that @key shows. */
static guint64
get_needed (Tiles *self, const PdgTileKey *key)
{
  for (guint i = self->changes->len; i > 0; i--)
    {
      const Change *change = &g_array_index (self->changes, Change, i - 1);

      if (touches (change, key, self->view->scale_factor))
        return change->epoch;
    }
  return self->forgotten_epoch;
}

static void
drop_all (Tiles *self)
{
  pdg_tile_cache_clear (self->cache);
  g_array_set_size (self->changes, 0);
  g_clear_pointer (&self->overview, cairo_surface_destroy);
  self->forgotten_epoch = self->epoch;
}

static void
tiles_changed (PdgPainter *painter, PdgTileView *view, const PdgSceneDiff *diff)
{
  Tiles *self = (Tiles *) painter;
  Change change = { ++self->epoch, NULL, FALSE, 0 };

  self->changed = TRUE;
  self->overview_fresh = FALSE;
  g_clear_pointer (&self->still, cairo_surface_destroy);
  if (diff == NULL || self->view == NULL)
    drop_all (self);
  else
    {
      change.areas = diff->all ? NULL : g_array_ref (diff->areas);
      change.chips = diff->chips;
      if (view != self->view)
        change.thin_zoom = MAX (pdg_scene_get_thin_zoom (view->scene), pdg_scene_get_thin_zoom (self->view->scene));
      for (GList *link = pdg_tile_cache_get_tiles (self->cache); link != NULL; link = link->next)
        {
          PdgTile *tile = link->data;

          tile->fresh = tile->fresh && !touches (&change, &tile->key, view->scale_factor);
        }
      g_array_append_val (self->changes, change);
    }
  if (self->changes->len > MAX_CHANGES)
    {
      self->forgotten_epoch = g_array_index (self->changes, Change, 0).epoch;
      g_array_remove_index (self->changes, 0);
    }
  pdg_tile_view_ref (view);
  pdg_tile_view_unref (self->view);
  self->view = view;
}

/* ---- what was drawn ---- */

static void
take_overview (Tiles *self, const PdgTileResult *result, gint64 now_usec)
{
  g_clear_pointer (&self->overview, cairo_surface_destroy);
  self->overview = result->surface;
  self->overview_zoom = result->job.key.zoom;
  self->overview_world = result->job.world;
  self->overview_fresh = result->job.epoch == self->epoch;
  self->overview_usec = now_usec;
}

static void
take_results (Tiles *self, gint64 now_usec)
{
  g_array_set_size (self->results, 0);
  pdg_tile_workers_take (self->workers, self->results);
  for (guint i = 0; i < self->results->len; i++)
    {
      PdgTileResult *result = &g_array_index (self->results, PdgTileResult, i);

      if (result->job.epoch < self->forgotten_epoch)
        cairo_surface_destroy (result->surface);
      else if (result->job.overview)
        take_overview (self, result, now_usec);
      else
        pdg_tile_cache_insert (self->cache, &result->job.key, result->surface,
                               result->job.epoch >= get_needed (self, &result->job.key), self->n_frames - 1);
    }
}

/* ---- painting ---- */

static int
to_pixel (double value)
{
  return (int) floor (value + 0.5);
}

static gboolean
intersect (const cairo_rectangle_int_t *a, const cairo_rectangle_int_t *b, cairo_rectangle_int_t *out)
{
  int left = MAX (a->x, b->x), top = MAX (a->y, b->y);
  int right = MIN (a->x + a->width, b->x + b->width), bottom = MIN (a->y + a->height, b->y + b->height);

  *out = (cairo_rectangle_int_t) { left, top, right - left, bottom - top };
  return left < right && top < bottom;
}

/* Where a tile lies in the frame; neighbours share their sides. */
static cairo_rectangle_int_t
get_place (const PdgFrame *frame, const PdgTileKey *key)
{
  double side = pdg_tile_get_size (frame->view->scale_factor) * (frame->camera.zoom / key->zoom);
  int left = to_pixel (frame->x + key->x * side), top = to_pixel (frame->y + key->y * side);

  return (cairo_rectangle_int_t) {
    left, top, to_pixel (frame->x + (key->x + 1) * side) - left, to_pixel (frame->y + (key->y + 1) * side) - top,
  };
}

/* The tiles of @zoom that meet @area of the frame: from @from's x and y to @to's. */
static void
get_range (const PdgFrame *frame, double zoom, const cairo_rectangle_int_t *area, PdgTileKey *from, PdgTileKey *to)
{
  double side = pdg_tile_get_size (frame->view->scale_factor) * (frame->camera.zoom / zoom);

  *from = *to = (PdgTileKey) { zoom, 0, 0 };
  from->x = (gint32) floor ((area->x - frame->x) / side);
  from->y = (gint32) floor ((area->y - frame->y) / side);
  to->x = (gint32) floor ((area->x + area->width - 1e-6 - frame->x) / side);
  to->y = (gint32) floor ((area->y + area->height - 1e-6 - frame->y) / side);
}

static void
paint_tile (Tiles *self, const PdgFrame *frame, PdgTile *tile, const cairo_rectangle_int_t *clip)
{
  double scale = frame->camera.zoom / tile->key.zoom;
  double side = pdg_tile_get_size (frame->view->scale_factor) * scale;

  pdg_tile_cache_touch (self->cache, tile, self->n_frames);
  if (scale == 1)
    pdg_blit_copy (frame->target, clip, tile->surface, frame->x + tile->key.x * (int) side, frame->y + tile->key.y * (int) side);
  else
    pdg_blit_scale (frame->target, clip, tile->surface, frame->x + tile->key.x * side, frame->y + tile->key.y * side, scale);
}

/* FALSE when tiles of @zoom do not cover all of @clip. */
static gboolean
paint_level (Tiles *self, const PdgFrame *frame, double zoom, const cairo_rectangle_int_t *clip)
{
  PdgTileKey from, to, key;
  PdgTile *tiles[MAX_COVERING];
  guint n = 0;

  get_range (frame, zoom, clip, &from, &to);
  if (((gint64) to.x - from.x + 1) * ((gint64) to.y - from.y + 1) > MAX_COVERING)
    return FALSE;
  for (key = from; key.y <= to.y; key.y++)
    for (key.x = from.x; key.x <= to.x; key.x++)
      {
        tiles[n] = pdg_tile_cache_lookup (self->cache, &key);
        if (tiles[n++] == NULL)
          return FALSE;
      }
  for (guint i = 0; i < n; i++)
    {
      cairo_rectangle_int_t place = get_place (frame, &tiles[i]->key), part;

      /* Rounding must not leave a gap at the outer sides. */
      if (tiles[i]->key.x == to.x)
        place.width = MAX (place.width, clip->x + clip->width - place.x);
      if (tiles[i]->key.y == to.y)
        place.height = MAX (place.height, clip->y + clip->height - place.y);
      if (tiles[i]->key.x == from.x && place.x > clip->x)
        place = (cairo_rectangle_int_t) { clip->x, place.y, place.width + place.x - clip->x, place.height };
      if (tiles[i]->key.y == from.y && place.y > clip->y)
        place = (cairo_rectangle_int_t) { place.x, clip->y, place.width, place.height + place.y - clip->y };
      if (intersect (&place, clip, &part))
        paint_tile (self, frame, tiles[i], &part);
    }
  return TRUE;
}

static gboolean
paint_still (Tiles *self, const PdgFrame *frame, const cairo_rectangle_int_t *clip)
{
  int x = frame->x - self->still_x, y = frame->y - self->still_y;

  if (self->still == NULL || self->still_zoom != frame->camera.zoom || clip->x < x || clip->y < y ||
      clip->x + clip->width > x + cairo_image_surface_get_width (self->still) ||
      clip->y + clip->height > y + cairo_image_surface_get_height (self->still))
    return FALSE;
  pdg_blit_copy (frame->target, clip, self->still, x, y);
  return TRUE;
}

static gboolean
paint_overview (Tiles *self, const PdgFrame *frame, const cairo_rectangle_int_t *clip)
{
  const PdgRgba *ground = pdg_theme_get (frame->view->theme, PDG_COLOR_CANVAS);
  double scale = frame->camera.zoom * frame->view->scale_factor;
  double x, y;
  cairo_rectangle_int_t place, part;

  if (self->overview == NULL)
    return FALSE;
  x = frame->x + self->overview_world.x * scale;
  y = frame->y + self->overview_world.y * scale;
  place.x = to_pixel (CLAMP (x, -1e6, 1e6));
  place.y = to_pixel (CLAMP (y, -1e6, 1e6));
  place.width = to_pixel (CLAMP (x + self->overview_world.width * scale, -1e6, 1e6)) - place.x;
  place.height = to_pixel (CLAMP (y + self->overview_world.height * scale, -1e6, 1e6)) - place.y;
  pdg_blit_fill (frame->target, clip, (guint32) (ground->red * 255 + 0.5) << 16 | (guint32) (ground->green * 255 + 0.5) << 8 |
                                      (guint32) (ground->blue * 255 + 0.5));
  if (intersect (&place, clip, &part))
    pdg_blit_scale (frame->target, &part, self->overview, x, y, scale / self->overview_zoom);
  return TRUE;
}

/* What there is instead of a tile of this frame's level: exact, or near, or small, or drawn now. */
static void
paint_missing (Tiles *self, const PdgFrame *frame, PdgTile *old, const cairo_rectangle_int_t *clip, const GArray *zooms,
               PdgCompositorStats *stats)
{
  guint64 n_pixels = (guint64) clip->width * (guint64) clip->height;

  if (paint_still (self, frame, clip))
    {
      stats->exact += n_pixels;
      return;
    }
  if (old != NULL)
    {
      paint_tile (self, frame, old, clip);
      stats->other += n_pixels;
      return;
    }
  for (guint i = 0; i < zooms->len; i++)
    if (paint_level (self, frame, g_array_index (zooms, double, i), clip))
      {
        stats->other += n_pixels;
        return;
      }
  if (paint_overview (self, frame, clip))
    {
      stats->overview += n_pixels;
      return;
    }
  pdg_frame_draw_direct (frame, frame->target, clip);
  stats->direct += n_pixels;
}

static void
paint (Tiles *self, const PdgFrame *frame, double level, PdgCompositorStats *stats)
{
  g_autoptr (GArray) zooms = NULL;
  PdgTileKey from, to, key;

  get_range (frame, level, &frame->area, &from, &to);
  /* One more on each side: where a side is rounded, it may take a pixel from its neighbour. */
  for (key = from, key.y = from.y - 1; key.y <= to.y + 1; key.y++)
    for (key.x = from.x - 1; key.x <= to.x + 1; key.x++)
      {
        cairo_rectangle_int_t place = get_place (frame, &key), clip;
        PdgTile *tile;

        if (!intersect (&place, &frame->area, &clip))
          continue;
        tile = pdg_tile_cache_lookup (self->cache, &key);
        if (tile != NULL && tile->fresh)
          {
            paint_tile (self, frame, tile, &clip);
            *(level == frame->camera.zoom ? &stats->exact : &stats->scaled) += (guint64) clip.width * (guint64) clip.height;
            continue;
          }
        if (zooms == NULL)
          zooms = pdg_tile_cache_list_zooms (self->cache, frame->camera.zoom);
        paint_missing (self, frame, tile, &clip, zooms, stats);
      }
}

static void
paint_direct (Tiles *self, const PdgFrame *frame, PdgCompositorStats *stats)
{
  g_clear_pointer (&self->still, cairo_surface_destroy);
  self->still = pdg_pixels_create (CAIRO_FORMAT_RGB24, frame->area.width, frame->area.height);
  self->still_zoom = frame->camera.zoom;
  self->still_x = frame->x;
  self->still_y = frame->y;
  pdg_frame_draw_direct (frame, self->still, &frame->area);
  cairo_surface_flush (self->still);
  pdg_blit_copy (frame->target, &frame->area, self->still, 0, 0);
  stats->direct = (guint64) frame->area.width * (guint64) frame->area.height;
}

/* ---- what to draw next ---- */

/* The tiles of @zoom that a view moved by @dx, @dy device pixels would show, with @ring more around. */
static void
add_jobs (Tiles *self, const PdgFrame *frame, double zoom, double dx, double dy, int ring, guint class)
{
  cairo_rectangle_int_t area = { frame->area.x - (int) dx, frame->area.y - (int) dy, frame->area.width, frame->area.height };
  double middle_x = area.x + area.width / 2.0, middle_y = area.y + area.height / 2.0;
  PdgTileKey from, to, key;

  get_range (frame, zoom, &area, &from, &to);
  for (key = from, key.y = from.y - ring; key.y <= to.y + ring; key.y++)
    for (key.x = from.x - ring; key.x <= to.x + ring; key.x++)
      {
        PdgTile *tile = pdg_tile_cache_lookup (self->cache, &key);
        cairo_rectangle_int_t place = get_place (frame, &key);
        double distance = hypot (place.x + place.width / 2.0 - middle_x, place.y + place.height / 2.0 - middle_y);
        PdgTileJob job = { key, self->epoch, 0, class * CLASS_STEP + MIN (distance, CLASS_STEP / 2), FALSE, { 0 } };

        if (tile != NULL && tile->fresh)
          continue;
        job.needed = get_needed (self, &key);
        g_array_append_val (self->jobs, job);
      }
}

static void
add_overview_job (Tiles *self, const PdgFrame *frame)
{
  double class = self->overview == NULL ? CLASS_OVERVIEW : CLASS_OLD_OVERVIEW;
  PdgTileJob job = pdg_tile_get_overview_job (self->view->scene, self->epoch, class * CLASS_STEP);

  if (self->overview_fresh || pdg_scene_get_n_cards (self->view->scene) == 0 ||
      (self->overview != NULL && frame->now_usec - self->overview_usec < OVERVIEW_USEC))
    return;
  g_array_append_val (self->jobs, job);
}

static gboolean
has_room_around (Tiles *self, const PdgFrame *frame)
{
  gsize side = (gsize) pdg_tile_get_size (frame->view->scale_factor);
  gsize n = ((gsize) frame->area.width / side + 4) * ((gsize) frame->area.height / side + 4);

  return n * side * side * 4 <= pdg_tile_cache_get_budget_bytes (self->cache) / 4 * 3;
}

static void
queue_jobs (Tiles *self, const PdgFrame *frame, double level, gboolean resting, gboolean tell)
{
  double limit_x = frame->area.width, limit_y = frame->area.height;
  double dx = CLAMP (self->velocity_x * LOOK_AHEAD_SEC, -limit_x, limit_x);
  double dy = CLAMP (self->velocity_y * LOOK_AHEAD_SEC, -limit_y, limit_y);

  gboolean room = has_room_around (self, frame);

  g_array_set_size (self->jobs, 0);
  add_overview_job (self, frame);
  add_jobs (self, frame, level, 0, 0, 0, CLASS_VISIBLE);
  if ((dx != 0 || dy != 0) && room)
    add_jobs (self, frame, level, dx, dy, 0, CLASS_AHEAD);
  if (!resting && room)
    add_jobs (self, frame, exp2 ((floor (2 * log2 (level) + 0.5) + (self->zooms_in ? 1 : -1)) / 2), 0, 0, 0, CLASS_AHEAD);
  if (resting && room)
    add_jobs (self, frame, level, 0, 0, 1, CLASS_AROUND);
  pdg_tile_workers_set_jobs (self->workers, self->view, self->jobs, tell);
}

/* ---- a frame ---- */

/* Zooms half an octave apart; or the one at which the view rested, if it is as near. */
static double
get_level (Tiles *self, double zoom)
{
  if (self->rest_zoom > 0 && fabs (log2 (zoom / self->rest_zoom)) <= 0.25)
    return self->rest_zoom;
  return exp2 (floor (2 * log2 (zoom) + 0.5) / 2);
}

static gboolean
follow_motion (Tiles *self, const PdgFrame *frame)
{
  double seconds = (double) (frame->now_usec - self->usec) / G_USEC_PER_SEC;
  gboolean resting;

  if (self->zoom != 0 && self->zoom != frame->camera.zoom)
    {
      self->zoomed_usec = frame->now_usec;
      self->zooms_in = frame->camera.zoom > self->zoom;
      self->velocity_x = self->velocity_y = 0;
    }
  else if (self->zoom == 0 || seconds > 0.2)
    self->velocity_x = self->velocity_y = 0;
  else if (seconds > 0)
    {
      self->velocity_x += ((frame->x - self->x) / seconds - self->velocity_x) / 2;
      self->velocity_y += ((frame->y - self->y) / seconds - self->velocity_y) / 2;
    }
  self->usec = frame->now_usec;
  self->zoom = frame->camera.zoom;
  self->x = frame->x;
  self->y = frame->y;
  resting = self->zoomed_usec == 0 || frame->now_usec - self->zoomed_usec >= PDG_COMPOSITOR_REST_USEC;
  if (resting)
    self->rest_zoom = self->zoom;
  return resting;
}

static gboolean
is_worth_direct (Tiles *self, const PdgFrame *frame)
{
  if (self->overview == NULL && pdg_tile_cache_get_tiles (self->cache) == NULL && self->still == NULL)
    return TRUE;
  return self->changed &&
         pdg_scene_count_visible (self->view->scene, &frame->camera, frame->width, frame->height) <= MAX_DIRECT_THINGS;
}

static gint64
tiles_draw (PdgPainter *painter, const PdgFrame *frame, PdgCompositorStats *stats)
{
  Tiles *self = (Tiles *) painter;
  gboolean resting = follow_motion (self, frame);
  double level = resting ? self->zoom : get_level (self, self->zoom);
  gboolean in_motion = self->changed && frame->now_usec - self->changed_usec < CHANGES_USEC;
  gboolean direct, exact;

  self->n_frames++;
  take_results (self, frame->now_usec);
  direct = is_worth_direct (self, frame);
  if (direct)
    paint_direct (self, frame, stats);
  else
    paint (self, frame, level, stats);
  if (self->changed)
    self->changed_usec = frame->now_usec;
  self->changed = FALSE;
  exact = stats->scaled + stats->other + stats->overview == 0;
  if (direct && in_motion)
    {
      g_array_set_size (self->jobs, 0);
      pdg_tile_workers_set_jobs (self->workers, self->view, self->jobs, FALSE);
    }
  else
    queue_jobs (self, frame, level, resting, !exact);
  pdg_tile_cache_shrink (self->cache, self->n_frames);
  stats->size_bytes = pdg_tile_cache_get_size_bytes (self->cache);
  if (!resting)
    return self->zoomed_usec + PDG_COMPOSITOR_REST_USEC;
  return direct && in_motion ? frame->now_usec + CHANGES_USEC : 0;
}

static void
tiles_wait (PdgPainter *painter)
{
  pdg_tile_workers_wait (((Tiles *) painter)->workers);
}

static void
tiles_free (PdgPainter *painter)
{
  Tiles *self = (Tiles *) painter;

  /* What is drawn but not taken goes with the workers. */
  pdg_tile_workers_free (self->workers);
  pdg_tile_cache_free (self->cache);
  pdg_tile_view_unref (self->view);
  g_array_unref (self->changes);
  g_array_unref (self->results);
  g_array_unref (self->jobs);
  g_clear_pointer (&self->overview, cairo_surface_destroy);
  g_clear_pointer (&self->still, cairo_surface_destroy);
  g_free (self);
}

PdgPainter *
pdg_painter_new_tiles (guint n_workers, gsize budget_bytes, void (*ready) (gpointer user_data), gpointer user_data)
{
  static const PdgPainterClass klass = { tiles_free, tiles_changed, tiles_draw, tiles_wait };
  Tiles *self = g_new0 (Tiles, 1);

  self->painter.klass = &klass;
  self->workers = pdg_tile_workers_new (n_workers, ready, user_data);
  self->cache = pdg_tile_cache_new (budget_bytes);
  self->changes = g_array_new (FALSE, FALSE, sizeof (Change));
  g_array_set_clear_func (self->changes, change_clear);
  self->results = g_array_new (FALSE, FALSE, sizeof (PdgTileResult));
  self->jobs = g_array_new (FALSE, FALSE, sizeof (PdgTileJob));
  return &self->painter;
}
