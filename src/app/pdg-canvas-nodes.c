#include "config.h"
#include "app/pdg-canvas-private.h"

#include <math.h>

#include "app/pdg-screen-row.h"

/* GTK 4.8 cannot publish children that are not widgets: so the screens in view (the busiest, at most this many) are real,
 * transparent buttons over their pictures. They carry the keyboard focus and are what a screen reader finds; the pointer
 * passes through them to the canvas. */
#define MAX_NODES 64
#define SETTLE_MS 120

typedef struct
{
  GtkWidget *button;
  char *id;
  guint32 card;
} Node;

static void
node_free (gpointer data)
{
  Node *node = data;

  gtk_widget_unparent (node->button);
  g_free (node->id);
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
find_node (PdgCanvas *self, const char *id)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      Node *node = g_ptr_array_index (self->nodes, i);

      if (g_str_equal (node->id, id))
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
  pdg_selection_select_screen (self->selection, node->id);
  pdg_canvas_reveal_card (self, pdg_canvas_get_selected_card (self), FALSE);
}

static void
has_focus_cb (GtkWidget *button, GParamSpec *pspec, gpointer user_data)
{
  PdgCanvas *self = user_data;
  Node *node = find_node_of (self, button);

  if (node == NULL || !gtk_widget_has_focus (button))
    return;
  if (!pdg_selection_contains_screen (self->selection, node->id))
    pdg_selection_select_screen (self->selection, node->id);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static Node *
node_new (PdgCanvas *self, guint32 card)
{
  Node *node = g_new0 (Node, 1);

  node->card = card;
  node->id = g_strdup (pdg_scene_get_screen (self->scene, card)->id);
  node->button = gtk_button_new ();
  gtk_widget_add_css_class (node->button, "screen");
  gtk_widget_set_can_target (node->button, FALSE);
  gtk_widget_set_parent (node->button, GTK_WIDGET (self));
  g_signal_connect (node->button, "clicked", G_CALLBACK (clicked_cb), self);
  g_signal_connect (node->button, "notify::has-focus", G_CALLBACK (has_focus_cb), self);
  g_ptr_array_add (self->nodes, node);
  return node;
}

static void
update_node (PdgCanvas *self, Node *node, guint32 card)
{
  g_autofree char *label = pdg_screen_row_describe (pdg_scene_get_screen (self->scene, card));

  node->card = card;
  gtk_accessible_update_property (GTK_ACCESSIBLE (node->button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (node->button), GTK_ACCESSIBLE_STATE_SELECTED,
                               pdg_selection_contains_screen (self->selection, node->id), -1);
}

/* The cards that get a widget: those in view, busiest first; the focused one always. */
static GArray *
choose_cards (PdgCanvas *self)
{
  GArray *cards = g_array_new (FALSE, FALSE, sizeof (guint32));
  PdgRect visible = pdg_camera_get_visible (&self->camera, gtk_widget_get_width (GTK_WIDGET (self)),
                                            gtk_widget_get_height (GTK_WIDGET (self)));

  pdg_scene_query_cards (self->scene, &visible, FALSE, cards);
  if (cards->len > MAX_NODES - 1)
    g_array_set_size (cards, MAX_NODES - 1);
  return cards;
}

static void
sync_nodes (PdgCanvas *self)
{
  g_autoptr (GArray) cards = choose_cards (self);
  g_autoptr (GHashTable) wanted = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < cards->len; i++)
    g_hash_table_add (wanted, pdg_scene_get_screen (self->scene, g_array_index (cards, guint32, i))->id);
  for (guint i = self->nodes->len; i > 0; i--)
    {
      Node *node = g_ptr_array_index (self->nodes, i - 1);
      int card = pdg_scene_lookup_card (self->scene, node->id);

      if (card >= 0 && gtk_widget_has_focus (node->button))
        update_node (self, node, (guint32) card);
      else if (card < 0 || !g_hash_table_contains (wanted, node->id))
        {
          if (gtk_widget_has_focus (node->button))
            gtk_widget_grab_focus (GTK_WIDGET (self));
          g_ptr_array_remove_index (self->nodes, i - 1);
        }
    }
  for (guint i = 0; i < cards->len; i++)
    {
      guint32 card = g_array_index (cards, guint32, i);
      Node *node = find_node (self, pdg_scene_get_screen (self->scene, card)->id);

      update_node (self, node != NULL ? node : node_new (self, card), card);
    }
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static gboolean
settle_cb (gpointer user_data)
{
  PdgCanvas *self = user_data;

  self->settle_source = 0;
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

void
pdg_canvas_allocate_nodes (PdgCanvas *self)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      Node *node = g_ptr_array_index (self->nodes, i);
      int card = pdg_scene_lookup_card (self->scene, node->id);
      PdgRect world, screen;
      GtkAllocation allocation;

      if (card < 0)
        continue;
      world = pdg_scene_get_card_rect (self->scene, (guint) card);
      screen = pdg_camera_rect_to_screen (&self->camera, &world);
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
  const char *id = card >= 0 ? pdg_scene_get_screen (self->scene, (guint) card)->id : NULL;
  Node *node;

  if (id == NULL)
    return;
  node = find_node (self, id);
  if (node == NULL)
    node = node_new (self, (guint32) card);
  update_node (self, node, (guint32) card);
  gtk_root_set_focus (gtk_widget_get_root (GTK_WIDGET (self)), node->button);
  pdg_canvas_queue_nodes (self);
}

int
pdg_canvas_get_focused_card (PdgCanvas *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  Node *node = focus != NULL ? find_node_of (self, focus) : NULL;

  return node != NULL ? pdg_scene_lookup_card (self->scene, node->id) : -1;
}
