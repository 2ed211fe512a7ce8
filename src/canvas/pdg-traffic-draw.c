#include "config.h"
#include "canvas/pdg-traffic-private.h"

#include "canvas/pdg-glow.h"
#include "canvas/pdg-scene-draw-private.h"

#include <math.h>
#include <stdlib.h>

/* Logical pixels. */
#define DOT_RADIUS 3.0
#define DOT_GROWTH 0.8 /* for each doubling of its events */
#define DOT_REACH 6.0
#define DOT_RIM 1.25
#define HALO_REACH 9.0
#define HALO_MIN_PX 3.0 /* of a card's width */
#define PILL_MIN_PX 110.0
#define PILL_HEIGHT 20.0
#define PILL_PADDING 8.0
#define PILL_MARK 6.0

/* Halos and pills at most, where most is going on. */
#define MAX_CARDS 400

#define HALO_ALPHA 0.22
#define LIGHT_ALPHA 0.40

typedef struct
{
  const PdgTraffic *traffic;
  cairo_t *cr;
  cairo_surface_t *target;
  PdgCamera camera;
  PdgRect area; /* logical pixels */
  int scale;
  const PdgTheme *theme;
} Draw;

/* The picture of a card on whole device pixels, as it is drawn. */
static PdgRect
get_frame (const Draw *draw, guint card)
{
  PdgRect world = pdg_scene_get_picture_rect (draw->traffic->scene, card);
  PdgRect screen = pdg_camera_rect_to_screen (&draw->camera, &world);
  double x = pdg_snap (screen.x, draw->scale), y = pdg_snap (screen.y, draw->scale);

  return (PdgRect){ x, y, pdg_snap (screen.x + screen.width, draw->scale) - x, pdg_snap (screen.y + screen.height, draw->scale) - y };
}

static int
compare_cards (gconstpointer a, gconstpointer b)
{
  const PdgTrafficCard *x = *(const PdgTrafficCard *const *) a, *y = *(const PdgTrafficCard *const *) b;

  if (x->n_sessions != y->n_sessions)
    return x->n_sessions > y->n_sessions ? -1 : 1;
  return x->card - y->card;
}

/* What goes on on the screens of folded groups, by card: each is gathered into a copy of one of them, in @gathered (of PdgTrafficCard).
 * How many actors there are in all is not known then: one may be on two of them. */
static void
gather (const Draw *draw, GHashTable *gathered)
{
  PdgTrafficCard *card, *sum;
  GHashTableIter iter;

  g_hash_table_iter_init (&iter, draw->traffic->cards);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &card))
    {
      if (card->card < 0 || (card->n_sessions == 0 && card->weight == 0))
        continue;
      sum = g_hash_table_lookup (gathered, GINT_TO_POINTER (card->card));
      if (sum == NULL)
        {
          g_hash_table_insert (gathered, GINT_TO_POINTER (card->card), g_memdup2 (card, sizeof *card));
          continue;
        }
      sum->n_sessions += card->n_sessions;
      sum->n_actors = 0;
      sum->weight += card->weight;
      sum->lit_usec = MAX (sum->lit_usec, card->lit_usec);
    }
}

/* The cards in sight where something goes on, the busiest first. */
static GPtrArray *
list_cards (const Draw *draw, GHashTable *gathered)
{
  GPtrArray *cards = g_ptr_array_new ();
  GHashTableIter iter;
  PdgTrafficCard *card;

  g_hash_table_iter_init (&iter, gathered);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &card))
    {
      PdgRect world = pdg_scene_get_card_rect (draw->traffic->scene, (guint) card->card);
      PdgRect screen = pdg_camera_rect_to_screen (&draw->camera, &world);
      PdgRect reach = pdg_rect_expand (&screen, 2 * PILL_HEIGHT);

      if (pdg_rect_intersects (&reach, &draw->area))
        g_ptr_array_add (cards, card);
    }
  g_ptr_array_sort (cards, compare_cards);
  if (cards->len > MAX_CARDS)
    g_ptr_array_set_size (cards, MAX_CARDS);
  return cards;
}

/* The more sessions, the stronger; an event lights it up and fades. */
static void
draw_halo (const Draw *draw, const PdgTrafficCard *card)
{
  PdgRect frame = get_frame (draw, (guint) card->card);
  const PdgRgba *accent = pdg_theme_get (draw->theme, PDG_COLOR_ACCENT);
  double crowd = card->n_sessions > 0 ? MIN (log2 (1.0 + card->n_sessions) / 8, 1) : 0;
  double light = 0, small = CLAMP (frame.width / 60, 0.35, 1), reach;

  if (card->weight > 0)
    light = 1 - CLAMP ((double) (draw->traffic->now_usec - card->lit_usec) / PDG_TRAFFIC_LIGHT_USEC, 0, 1);
  if (frame.width < HALO_MIN_PX)
    return;
  reach = HALO_REACH * small * (0.7 + 0.6 * crowd + 0.5 * light);
  pdg_glow_ring (draw->target, frame.x * draw->scale, frame.y * draw->scale, frame.width * draw->scale, frame.height * draw->scale,
                 PDG_RADIUS_CARD * sqrt (draw->camera.zoom) * MIN (1, 2.5 * draw->camera.zoom) * draw->scale, reach * draw->scale, accent,
                 MIN ((card->n_sessions > 0 ? HALO_ALPHA + 0.2 * crowd : 0) + LIGHT_ALPHA * light, 0.9));
}

/* "12 active", on the upper edge of the picture at its right end. */
static void
draw_pill (const Draw *draw, const PdgTrafficCard *card)
{
  PdgRect frame = get_frame (draw, (guint) card->card);
  const PdgRgba *accent = pdg_theme_get (draw->theme, PDG_COLOR_ACCENT);
  gboolean full = pdg_scene_get_detail (draw->camera.zoom) == PDG_DETAIL_FULL;
  g_autofree char *text = NULL;
  double width, x, y, middle;

  if (card->n_sessions == 0 || frame.width < PILL_MIN_PX)
    return;
  text = !full ? g_strdup_printf ("%u", card->n_sessions)
         : card->n_actors > 0 && card->n_actors != card->n_sessions
             ? g_strdup_printf ("%u active · %u users", card->n_sessions, card->n_actors)
             : g_strdup_printf ("%u active", card->n_sessions);
  width = ceil (pdg_text_measure (draw->theme, PDG_TEXT_TITLE_SMALL, text)) + PILL_MARK + 4 + 2 * PILL_PADDING;
  x = pdg_snap (frame.x + frame.width - width - 8, draw->scale);
  y = pdg_snap (frame.y - PILL_HEIGHT / 2, draw->scale);
  middle = y + PILL_HEIGHT / 2;
  pdg_draw_rounded (draw->cr, x, y, width, PILL_HEIGHT, PILL_HEIGHT / 2);
  pdg_draw_set_source (draw->cr, accent);
  cairo_fill (draw->cr);
  pdg_draw_set_source (draw->cr, pdg_theme_get (draw->theme, PDG_COLOR_ON_ACCENT));
  cairo_arc (draw->cr, x + PILL_PADDING + PILL_MARK / 2, middle, PILL_MARK / 2, 0, 2 * G_PI);
  cairo_fill (draw->cr);
  pdg_text_draw (draw->cr, draw->theme, PDG_TEXT_TITLE_SMALL, text, x + PILL_PADDING + PILL_MARK + 4, pdg_snap (middle + 4, draw->scale), -1, 1,
                 draw->scale, pdg_theme_get (draw->theme, PDG_COLOR_ON_ACCENT));
}

/* Slow at both ends, as something that sets off and arrives. */
static double
ease (double t)
{
  return t * t * (3 - 2 * t);
}

static void
get_dot_place (const Draw *draw, const PdgTrafficDot *dot, double t, double *x, double *y)
{
  const PdgScene *scene = draw->traffic->scene;

  if (dot->edge >= 0)
    pdg_scene_get_edge_point (scene, (guint) dot->edge, t, x, y);
  else
    {
      PdgRect from = pdg_scene_get_picture_rect (scene, (guint) dot->from), to = pdg_scene_get_picture_rect (scene, (guint) dot->to);

      *x = from.x + from.width / 2 + (to.x + to.width / 2 - from.x - from.width / 2) * t;
      *y = from.y + from.height / 2 + (to.y + to.height / 2 - from.y - from.height / 2) * t;
    }
  pdg_camera_to_screen (&draw->camera, *x, *y, x, y);
}

static void
draw_dot (const Draw *draw, const PdgTrafficDot *dot)
{
  double t = (double) (draw->traffic->now_usec - dot->start_usec) / (double) dot->duration_usec;
  double small = CLAMP (sqrt (draw->camera.zoom) * 1.6, 0.45, 1);
  double radius = (DOT_RADIUS + DOT_GROWTH * log2 (dot->weight)) * small, x, y;
  double alpha = MIN (1, MIN (t, 1 - t) * 8);
  PdgGlowDot glow;

  if (t <= 0 || t >= 1)
    return;
  get_dot_place (draw, dot, ease (t), &x, &y);
  /* a rim of the ground, since the edge below may have the same colour */
  glow.radius = radius * draw->scale;
  glow.rim = DOT_RIM * small * draw->scale;
  glow.reach = DOT_REACH * small * draw->scale;
  glow.color = pdg_theme_get (draw->theme, PDG_COLOR_ACCENT);
  glow.rim_color = pdg_theme_get (draw->theme, PDG_COLOR_SURFACE);
  pdg_glow_dot (draw->target, x * draw->scale, y * draw->scale, &glow, alpha);
}

void
pdg_traffic_draw (const PdgTraffic *self, cairo_t *cr, const PdgCamera *camera, int width, int height, int scale_factor, const PdgTheme *theme)
{
  Draw draw = { self, cr, cairo_get_target (cr), *camera, { 0, 0, width, height }, scale_factor, theme };
  g_autoptr (GHashTable) gathered = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_autoptr (GPtrArray) cards = NULL;

  if (self->scene == NULL)
    return;
  g_return_if_fail (cairo_surface_get_type (draw.target) == CAIRO_SURFACE_TYPE_IMAGE);
  pdg_camera_snap (&draw.camera, scale_factor);
  gather (&draw, gathered);
  cards = list_cards (&draw, gathered);
  cairo_surface_flush (draw.target);
  for (guint i = 0; i < cards->len; i++)
    draw_halo (&draw, cards->pdata[i]);
  for (guint i = 0; i < self->dots->len; i++)
    draw_dot (&draw, &g_array_index (self->dots, PdgTrafficDot, i));
  cairo_surface_mark_dirty (draw.target);
  for (guint i = 0; i < cards->len; i++)
    draw_pill (&draw, cards->pdata[i]);
}
