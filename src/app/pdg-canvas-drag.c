#include "config.h"
#include "app/pdg-canvas-private.h"

#include <glib/gi18n-lib.h>

#include "canvas/pdg-arrange.h"

/* Cards on their way with the pointer. They are drawn above the scene, which changes only when they are dropped. */

#define SNAP_PX 6.0
/* More are drawn as outlines only, and snap to no more than so many. */
#define MAX_DRAWN 300
#define MAX_OTHERS 600

struct _PdgCanvasCards
{
  PdgScene *scene;      /* these cards alone, where they were; NULL when there are too many */
  guint n;
  char **ids;           /* NULL-terminated */
  PdgPlace *places;     /* where they were */
  PdgRect *rects;
  PdgRect bounds;
  PdgRect *others;      /* what they snap to */
  guint n_others;
  double x_world;       /* where the pointer took them */
  double y_world;
  double pointer_x;
  double pointer_y;
  gboolean no_snap;
  double dx;            /* how far they are now */
  double dy;
  PdgSnap snap;
  gint64 pan_usec;      /* the last frame in which the edge moved the view */
  gboolean dropped;
};

/* The cards alone, with the paths between them. */
static PdgScene *
make_scene (PdgCanvas *self, const PdgCanvasCards *cards)
{
  PdgJourneyGraph *all = pdg_scene_get_graph (self->scene);
  g_autoptr (PdgJourneyGraph) graph = pdg_journey_graph_new ();
  g_autofree PdgLayoutPosition *positions = g_new0 (PdgLayoutPosition, cards->n + 1);
  g_autoptr (PdgLayout) layout = NULL;
  guint n_transitions;
  const PdgJourneyTransition *transitions = pdg_journey_graph_get_transitions (all, &n_transitions);

  for (guint i = 0; i < cards->n; i++)
    {
      int card = pdg_scene_lookup_card (self->scene, cards->ids[i]);

      pdg_journey_graph_add_screen (graph, pdg_scene_get_screen (self->scene, (guint) card));
      positions[i] = (PdgLayoutPosition) { cards->ids[i], cards->rects[i].x, cards->rects[i].y, 0, i, TRUE };
    }
  for (guint i = 0; i < n_transitions; i++)
    {
      int from = pdg_journey_graph_lookup (graph, pdg_scene_get_screen (self->scene, transitions[i].from)->id);
      int to = pdg_journey_graph_lookup (graph, pdg_scene_get_screen (self->scene, transitions[i].to)->id);
      PdgJourneyTransition transition = transitions[i];

      if (from < 0 || to < 0)
        continue;
      transition.from = (guint32) from;
      transition.to = (guint32) to;
      pdg_journey_graph_add_transition (graph, &transition);
    }
  layout = pdg_layout_new_from_positions (positions, cards->n);
  return pdg_scene_new (graph, layout);
}

static void
find_others (PdgCanvas *self, PdgCanvasCards *cards)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint32));
  PdgRect visible = pdg_camera_get_visible (&self->camera, gtk_widget_get_width (GTK_WIDGET (self)),
                                            gtk_widget_get_height (GTK_WIDGET (self)));

  pdg_scene_query_cards (self->scene, &visible, FALSE, found);
  cards->others = g_renew (PdgRect, cards->others, MIN (found->len, MAX_OTHERS) + 1);
  cards->n_others = 0;
  for (guint i = 0; i < found->len && cards->n_others < MAX_OTHERS; i++)
    {
      guint32 card = g_array_index (found, guint32, i);
      const char *id = pdg_scene_get_screen (self->scene, card)->id;

      if (!pdg_selection_contains_screen (self->selection, id))
        cards->others[cards->n_others++] = pdg_scene_get_card_rect (self->scene, card);
    }
}

/* Those of the selection that are not locked. */
static PdgCanvasCards *
cards_new (PdgCanvas *self)
{
  PdgCanvasCards *cards = g_new0 (PdgCanvasCards, 1);
  guint n = pdg_selection_get_n_screens (self->selection);

  cards->ids = g_new0 (char *, n + 1);
  cards->places = g_new0 (PdgPlace, n + 1);
  cards->rects = g_new0 (PdgRect, n + 1);
  for (guint i = 0; i < n; i++)
    {
      const char *id = pdg_selection_get_screen (self->selection, i);
      int card = pdg_scene_lookup_card (self->scene, id);
      PdgPlace place;

      if (card < 0 || pdg_arrangement_is_locked (self->arrangement, id))
        continue;
      place = pdg_canvas_get_place (self, (guint) card);
      cards->ids[cards->n] = g_strdup (id);
      cards->places[cards->n] = place;
      cards->rects[cards->n] = (PdgRect) { place.x, place.y, PDG_CARD_WIDTH, PDG_CARD_HEIGHT };
      cards->bounds = cards->n == 0 ? cards->rects[0] : pdg_rect_union (&cards->bounds, &cards->rects[cards->n]);
      cards->n++;
    }
  return cards;
}

void
pdg_canvas_clear_cards (PdgCanvas *self)
{
  PdgCanvasCards *cards = g_steal_pointer (&self->cards);

  if (cards == NULL)
    return;
  g_clear_pointer (&cards->scene, pdg_scene_unref);
  g_strfreev (cards->ids);
  g_free (cards->places);
  g_free (cards->rects);
  g_free (cards->others);
  g_free (cards);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Whether the pointer is on a selected card, or on the title of a group, which selected its cards. */
static gboolean
holds_selection (PdgCanvas *self, double x, double y)
{
  guint index;
  PdgHitKind kind = pdg_canvas_hit_test (self, x, y, &index);

  return kind == PDG_HIT_TITLE
         || (kind == PDG_HIT_CARD && pdg_selection_contains_screen (self->selection, pdg_scene_get_screen (self->scene, index)->id));
}

gboolean
pdg_canvas_begin_cards (PdgCanvas *self, double x, double y)
{
  pdg_canvas_clear_cards (self);
  if (!pdg_arrangement_is_writable (self->arrangement) || !holds_selection (self, x, y))
    return FALSE;
  self->cards = cards_new (self);
  if (self->cards->n == 0)
    {
      pdg_canvas_clear_cards (self);
      return FALSE;
    }
  pdg_camera_to_world (&self->camera, x, y, &self->cards->x_world, &self->cards->y_world);
  if (self->cards->n <= MAX_DRAWN)
    self->cards->scene = make_scene (self, self->cards);
  find_others (self, self->cards);
  return TRUE;
}

/* Where the pointer has them, after the camera or the pointer has moved. */
static void
follow (PdgCanvas *self)
{
  PdgCanvasCards *cards = self->cards;
  PdgRect moving = cards->bounds;
  double x_world, y_world;

  pdg_camera_to_world (&self->camera, cards->pointer_x, cards->pointer_y, &x_world, &y_world);
  cards->dx = x_world - cards->x_world;
  cards->dy = y_world - cards->y_world;
  cards->snap = (PdgSnap) { 0 };
  if (!cards->no_snap)
    {
      moving.x += cards->dx;
      moving.y += cards->dy;
      cards->snap = pdg_arrange_snap (&moving, cards->others, cards->n_others, SNAP_PX / self->camera.zoom);
      cards->dx += cards->snap.dx;
      cards->dy += cards->snap.dy;
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
get_edge_pan (PdgCanvas *self, double *dx, double *dy)
{
  pdg_arrange_get_edge_pan (self->cards->pointer_x, self->cards->pointer_y, gtk_widget_get_width (GTK_WIDGET (self)),
                            gtk_widget_get_height (GTK_WIDGET (self)), dx, dy);
  return *dx != 0 || *dy != 0;
}

void
pdg_canvas_drag_cards (PdgCanvas *self, double x, double y, gboolean no_snap)
{
  PdgCanvasCards *cards = self->cards;
  double dx, dy;

  cards->pointer_x = x;
  cards->pointer_y = y;
  cards->no_snap = no_snap;
  follow (self);
  if (!get_edge_pan (self, &dx, &dy))
    cards->pan_usec = 0;
  else if (cards->pan_usec == 0)
    cards->pan_usec = pdg_canvas_start_ticking (self);
}

gboolean
pdg_canvas_tick_cards (PdgCanvas *self, gint64 now_usec)
{
  PdgCanvasCards *cards = self->cards;
  PdgCamera camera = self->camera;
  double seconds, dx, dy;

  if (cards == NULL || cards->dropped || cards->pan_usec == 0 || !get_edge_pan (self, &dx, &dy))
    return FALSE;
  seconds = CLAMP ((double) (now_usec - cards->pan_usec) / G_USEC_PER_SEC, 0, 0.1);
  cards->pan_usec = now_usec;
  pdg_camera_pan (&camera, dx * seconds, dy * seconds);
  pdg_canvas_set_camera (self, &camera);
  find_others (self, cards);
  follow (self);
  return TRUE;
}

void
pdg_canvas_drop_cards (PdgCanvas *self)
{
  PdgCanvasCards *cards = self->cards;
  g_autofree char *name = g_strdup_printf (ngettext ("Move %u screen", "Move %u screens", cards->n), cards->n);
  g_autoptr (PdgEdit) edit = pdg_edit_new (name);
  guint n;

  for (guint i = 0; i < cards->n; i++)
    {
      PdgPlace after = { cards->rects[i].x + cards->dx, cards->rects[i].y + cards->dy, TRUE, FALSE };

      if (after.x != cards->places[i].x || after.y != cards->places[i].y)
        pdg_canvas_add_change (self, edit, cards->ids[i], &cards->places[i], &after);
    }
  pdg_edit_get_changes (edit, &n);
  if (n == 0)
    {
      pdg_canvas_clear_cards (self);
      return;
    }
  cards->dropped = TRUE;
  cards->snap = (PdgSnap) { 0 };
  self->by_hand = TRUE;
  pdg_arrangement_apply (self->arrangement, edit, FALSE);
}

static void
draw_marks (PdgCanvas *self, cairo_t *cr, int scale, PdgTheme *theme)
{
  GHashTable *places = pdg_arrangement_get_places (self->arrangement);
  PdgRect visible = pdg_camera_get_visible (&self->camera, gtk_widget_get_width (GTK_WIDGET (self)),
                                            gtk_widget_get_height (GTK_WIDGET (self)));
  GHashTableIter iter;
  gpointer id, value;

  g_hash_table_iter_init (&iter, places);
  while (g_hash_table_iter_next (&iter, &id, &value))
    {
      const PdgPlace *place = value;
      int card = place->pinned ? pdg_scene_lookup_card (self->scene, id) : -1;
      gboolean near = card >= 0 && ((self->hovered_kind == PDG_HIT_CARD && self->hovered_index == (guint) card)
                                    || pdg_selection_contains_screen (self->selection, id));
      PdgRect rect;

      if (card < 0 || !(place->locked || near) || self->cards != NULL)
        continue;
      rect = pdg_scene_get_card_rect (self->scene, (guint) card);
      if (pdg_rect_intersects (&rect, &visible))
        pdg_arrange_draw_mark (cr, &rect, &self->camera, scale, place->locked, theme);
    }
}

void
pdg_canvas_draw_cards (PdgCanvas *self, cairo_t *cr, int scale, PdgTheme *theme)
{
  PdgCanvasCards *cards = self->cards;
  PdgSceneStyle style = PDG_SCENE_STYLE_INIT;
  PdgCamera camera = self->camera;

  draw_marks (self, cr, scale, theme);
  if (cards == NULL)
    return;
  pdg_arrange_draw_veil (cr, cards->rects, cards->n, &self->camera, theme);
  pdg_camera_pan (&camera, cards->dx * camera.zoom, cards->dy * camera.zoom);
  style.no_ground = TRUE;
  style.no_requests = TRUE;
  style.selected_ids = (const char *const *) cards->ids;
  if (cards->scene != NULL)
    pdg_scene_draw (cards->scene, cr, &camera, gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)), scale,
                    theme, &style, pdg_picture_loader_get_store (self->pictures));
  else
    pdg_arrange_draw_outlines (cr, cards->rects, cards->n, &camera, scale, theme);
  pdg_arrange_draw_guides (cr, &cards->snap, &self->camera, scale, theme);
}
