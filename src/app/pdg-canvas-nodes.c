#include "config.h"
#include "app/pdg-canvas-private.h"

#include <math.h>

#include "app/pdg-spoken.h"

/* GTK 4.8 cannot publish children that are not widgets: so the screens in view, the paths whose figures can be read there, and the
 * comments are real, transparent buttons over their pictures. They carry the keyboard focus and are what a screen reader finds; the
 * pointer passes through them to the canvas. */
#define MAX_CARDS 64
#define MAX_EDGES 48
#define MAX_PINS 32
#define SETTLE_MS 120
#define EDGE_SIZE 24.0

typedef enum
{
  NODE_CARD,
  NODE_EDGE,
  NODE_PIN,
} NodeKind;

typedef struct
{
  GtkWidget *button;
  NodeKind kind;
  char *id;     /* of a screen, or of that from which the path leads, or of a thread */
  char *to_id;  /* of a path */
  char *label;
  char *description; /* nullable */
  guint serial; /* of the last time that it was wanted */
} Node;

static void
node_free (gpointer data)
{
  Node *node = data;

  gtk_widget_unparent (node->button);
  g_free (node->id);
  g_free (node->to_id);
  g_free (node->label);
  g_free (node->description);
  g_free (node);
}

void
pdg_canvas_init_nodes (PdgCanvas *self)
{
  self->nodes = g_ptr_array_new_with_free_func (node_free);
}

void
pdg_canvas_clear_nodes (PdgCanvas *self)
{
  g_ptr_array_set_size (self->nodes, 0);
}

static Node *
find_node (PdgCanvas *self, NodeKind kind, const char *id, const char *to_id)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      Node *node = g_ptr_array_index (self->nodes, i);

      if (node->kind == kind && g_str_equal (node->id, id) && g_strcmp0 (node->to_id, to_id) == 0)
        return node;
    }
  return NULL;
}

static Node *
find_node_of (PdgCanvas *self, GtkWidget *button)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      Node *node = g_ptr_array_index (self->nodes, i);

      if (node->button == button)
        return node;
    }
  return NULL;
}

static void
clicked_cb (GtkWidget *button, gpointer user_data)
{
  PdgCanvas *self = user_data;
  Node *node = find_node_of (self, button);

  if (node == NULL)
    return;
  if (node->kind == NODE_PIN)
    pdg_canvas_open_thread (self, node->id);
  else if (node->kind == NODE_EDGE)
    pdg_selection_select_edge (self->selection, node->id, node->to_id);
  else
    {
      pdg_selection_select_screen (self->selection, node->id);
      pdg_canvas_reveal_card (self, pdg_canvas_get_selected_card (self), FALSE);
    }
}

static void
has_focus_cb (GtkWidget *button, GParamSpec *pspec, gpointer user_data)
{
  PdgCanvas *self = user_data;
  Node *node = find_node_of (self, button);

  if (node == NULL || node->kind == NODE_PIN || !gtk_widget_has_focus (button))
    return;
  if (node->kind == NODE_EDGE)
    pdg_selection_select_edge (self->selection, node->id, node->to_id);
  else if (!pdg_selection_contains_screen (self->selection, node->id))
    pdg_selection_select_screen (self->selection, node->id);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static Node *
node_new (PdgCanvas *self, NodeKind kind, const char *id, const char *to_id)
{
  Node *node = g_new0 (Node, 1);

  node->kind = kind;
  node->id = g_strdup (id);
  node->to_id = g_strdup (to_id);
  node->button = gtk_button_new ();
  gtk_widget_add_css_class (node->button, "screen");
  gtk_widget_set_can_target (node->button, FALSE);
  gtk_widget_set_parent (node->button, GTK_WIDGET (self));
  g_signal_connect (node->button, "clicked", G_CALLBACK (clicked_cb), self);
  g_signal_connect (node->button, "notify::has-focus", G_CALLBACK (has_focus_cb), self);
  g_ptr_array_add (self->nodes, node);
  return node;
}

/* @label: (transfer full) */
static void
take_label (Node *node, char *label)
{
  if (g_strcmp0 (node->label, label) != 0)
    gtk_accessible_update_property (GTK_ACCESSIBLE (node->button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_free (node->label);
  node->label = label;
}

static Node *
want_node (PdgCanvas *self, NodeKind kind, const char *id, const char *to_id)
{
  Node *node = find_node (self, kind, id, to_id);

  if (node == NULL)
    node = node_new (self, kind, id, to_id);
  node->serial = self->nodes_serial;
  return node;
}

/* What is shown in place is its description. */
static void
update_description (PdgCanvas *self, Node *node)
{
  g_autofree char *description = pdg_canvas_describe_closeup (self, node->id);

  if (g_strcmp0 (node->description, description) == 0)
    return;
  if (description != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (node->button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (node->button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
  g_free (node->description);
  node->description = g_steal_pointer (&description);
}

static void
update_card (PdgCanvas *self, Node *node, guint32 card)
{
  update_description (self, node);
  take_label (node, pdg_spoken_screen (pdg_scene_get_screen (self->scene, card)));
  gtk_accessible_update_state (GTK_ACCESSIBLE (node->button), GTK_ACCESSIBLE_STATE_SELECTED,
                               pdg_selection_contains_screen (self->selection, node->id), -1);
}

/* Those in view. */
static GArray *
list_cards (PdgCanvas *self, const PdgRect *visible)
{
  GArray *cards = g_array_new (FALSE, FALSE, sizeof (guint32));

  pdg_scene_query_cards (self->scene, visible, FALSE, cards);
  if (cards->len > MAX_CARDS - 1)
    g_array_set_size (cards, MAX_CARDS - 1);
  return cards;
}

static void
want_edge (PdgCanvas *self, guint32 index)
{
  const PdgSceneEdge *edge = pdg_scene_get_edge (self->scene, index);
  Node *node = want_node (self, NODE_EDGE, pdg_scene_get_screen (self->scene, edge->from)->id, pdg_scene_get_screen (self->scene, edge->to)->id);

  take_label (node, pdg_spoken_edge (self->scene, index));
}

/* The paths between these cards, and out of them, whose figures stand on the canvas. */
static void
want_edges (PdgCanvas *self, GArray *cards, const PdgRect *visible)
{
  guint n_wanted = 0;

  for (guint i = 0; i < cards->len; i++)
    {
      guint n;
      const guint32 *edges = pdg_scene_get_outgoing (self->scene, g_array_index (cards, guint32, i), &n);

      for (guint k = 0; k < n && n_wanted < MAX_EDGES; k++)
        {
          PdgRect rect;

          if (!pdg_scene_get_label_rect (self->scene, edges[k], self->camera.zoom, &rect) || !pdg_rect_intersects (&rect, visible))
            continue;
          want_edge (self, edges[k]);
          n_wanted++;
        }
    }
}

static void
want_pins (PdgCanvas *self)
{
  const char *id;
  char *label;

  for (guint i = 0; i < MAX_PINS && pdg_canvas_describe_pin (self, i, &id, &label); i++)
    take_label (want_node (self, NODE_PIN, id, NULL), label);
}

static void
sync_nodes (PdgCanvas *self)
{
  PdgRect visible = pdg_camera_get_visible (&self->camera, gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)));
  g_autoptr (GArray) cards = list_cards (self, &visible);

  self->nodes_serial++;
  for (guint i = 0; i < cards->len; i++)
    {
      guint32 card = g_array_index (cards, guint32, i);

      update_card (self, want_node (self, NODE_CARD, pdg_scene_get_screen (self->scene, card)->id, NULL), card);
    }
  want_edges (self, cards, &visible);
  want_pins (self);
  for (guint i = self->nodes->len; i > 0; i--)
    {
      Node *node = g_ptr_array_index (self->nodes, i - 1);
      gboolean focused = gtk_widget_has_focus (node->button);
      int card = node->kind == NODE_CARD ? pdg_scene_lookup_card (self->scene, node->id) : -1;

      if (node->serial == self->nodes_serial)
        continue;
      if (focused && card >= 0)
        update_card (self, node, (guint32) card);
      else
        {
          if (focused)
            gtk_widget_grab_focus (GTK_WIDGET (self));
          g_ptr_array_remove_index (self->nodes, i - 1);
        }
    }
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static gboolean
settle_cb (gpointer user_data)
{
  PdgCanvas *self = user_data;

  self->settle_source = 0;
  pdg_canvas_sync_closeups (self);
  sync_nodes (self);
  return G_SOURCE_REMOVE;
}

void
pdg_canvas_queue_nodes (PdgCanvas *self)
{
  /* Not put off by what comes while it waits: live traffic changes the scene ten times a second. */
  if (self->scene == NULL || self->settle_source != 0)
    return;
  self->settle_source = g_timeout_add (SETTLE_MS, settle_cb, self);
}

/* Where it lies on the canvas, in logical pixels; FALSE when it is no longer drawn. */
static gboolean
get_rect (PdgCanvas *self, Node *node, PdgRect *rect)
{
  int card = pdg_scene_lookup_card (self->scene, node->id);
  PdgRect world = { 0 };

  if (node->kind == NODE_PIN)
    return pdg_canvas_get_pin_rect (self, node->id, rect);
  if (card < 0)
    return FALSE;
  world = pdg_scene_get_card_rect (self->scene, (guint) card);
  if (node->kind == NODE_EDGE)
    {
      int edge = pdg_scene_find_edge (self->scene, card, pdg_scene_lookup_card (self->scene, node->to_id));

      if (edge < 0)
        return FALSE;
      pdg_scene_get_edge_point (self->scene, (guint) edge, 0.5, &world.x, &world.y);
      world = pdg_rect_expand (&(PdgRect) { world.x, world.y, 0, 0 }, EDGE_SIZE / 2 / self->camera.zoom);
    }
  *rect = pdg_camera_rect_to_screen (&self->camera, &world);
  return TRUE;
}

void
pdg_canvas_allocate_nodes (PdgCanvas *self)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      Node *node = g_ptr_array_index (self->nodes, i);
      GtkAllocation allocation;
      PdgRect screen;

      if (!get_rect (self, node, &screen))
        continue;
      /* Far outside the window coordinates mean nothing: keep them in the range of int. */
      allocation.x = (int) CLAMP (floor (screen.x), -30000, 30000);
      allocation.y = (int) CLAMP (floor (screen.y), -30000, 30000);
      allocation.width = (int) CLAMP (ceil (screen.width), 1, 30000);
      allocation.height = (int) CLAMP (ceil (screen.height), 1, 30000);
      gtk_widget_measure (node->button, GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
      gtk_widget_size_allocate (node->button, &allocation, -1);
    }
}

void
pdg_canvas_focus_card (PdgCanvas *self, int card)
{
  Node *node;

  if (card < 0)
    return;
  node = want_node (self, NODE_CARD, pdg_scene_get_screen (self->scene, (guint) card)->id, NULL);
  update_card (self, node, (guint32) card);
  gtk_root_set_focus (gtk_widget_get_root (GTK_WIDGET (self)), node->button);
  pdg_canvas_queue_nodes (self);
}

int
pdg_canvas_get_focused_card (PdgCanvas *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  Node *node = focus != NULL ? find_node_of (self, focus) : NULL;

  return node != NULL && node->kind == NODE_CARD ? pdg_scene_lookup_card (self->scene, node->id) : -1;
}
