#include "config.h"
#include "app/pdg-canvas-private.h"

#define PAN_STEP_PX 64.0
#define PAN_PAGE_PX 320.0
#define MOVE_PAGE 10 /* what Shift makes of one step of the selection */
#define SCREEN_MAX_ZOOM 2.0
#define NEAR_MAX_ZOOM 4.0
#define NEAR_PADDING 16

/* ---- actions ---- */

static void
step_zoom (PdgCanvas *self, int direction)
{
  /* From where a flight under way is going: three quick presses are three steps. */
  double zoom = self->flight_start_usec != 0 ? self->flight_to.zoom : self->camera.zoom;
  PdgCamera camera = self->camera;

  pdg_camera_zoom_at (&camera, gtk_widget_get_width (GTK_WIDGET (self)) / 2.0, gtk_widget_get_height (GTK_WIDGET (self)) / 2.0,
                      pdg_camera_step_zoom (zoom, direction));
  self->touched = TRUE;
  pdg_canvas_fly_to (self, &camera);
}

static void
zoom_in_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  step_zoom (user_data, 1);
}

static void
zoom_out_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  step_zoom (user_data, -1);
}

static void
zoom_100_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgCanvas *self = user_data;
  PdgCamera camera = self->camera;

  pdg_camera_zoom_at (&camera, gtk_widget_get_width (GTK_WIDGET (self)) / 2.0, gtk_widget_get_height (GTK_WIDGET (self)) / 2.0, 1.0);
  self->touched = TRUE;
  pdg_canvas_fly_to (self, &camera);
}

static void
fit_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  pdg_canvas_fit (user_data, TRUE);
}

static void
fit_selection_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgCanvas *self = user_data;
  guint n = pdg_selection_get_n_screens (self->selection);
  g_autofree guint32 *cards = g_new0 (guint32, n + 2);
  const char *from_id, *to_id;
  guint n_cards = 0;
  PdgRect bounds;

  for (guint i = 0; i < n; i++)
    {
      int card = pdg_scene_lookup_card (self->scene, pdg_selection_get_screen (self->selection, i));

      if (card >= 0)
        cards[n_cards++] = (guint32) card;
    }
  if (pdg_selection_get_edge (self->selection, &from_id, &to_id))
    {
      int from = pdg_scene_lookup_card (self->scene, from_id);
      int to = pdg_scene_lookup_card (self->scene, to_id);

      if (from >= 0 && to >= 0)
        {
          cards[n_cards++] = (guint32) from;
          cards[n_cards++] = (guint32) to;
        }
    }
  if (n_cards == 0)
    return;
  bounds = pdg_scene_get_cards_bounds (self->scene, cards, n_cards);
  pdg_canvas_fly_to_rect (self, &bounds, SCREEN_MAX_ZOOM);
}

static void
select_all_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgCanvas *self = user_data;
  guint n = pdg_scene_get_n_cards (self->scene);
  g_autofree const char **ids = g_new0 (const char *, n + 1);

  for (guint i = 0; i < n; i++)
    ids[i] = pdg_scene_get_screen (self->scene, i)->id;
  pdg_selection_set_screens (self->selection, ids);
}

static void
select_none_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgCanvas *self = user_data;

  pdg_selection_clear (self->selection);
}

static void
tool_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  PdgCanvas *self = user_data;
  const char *tool = g_variant_get_string (state, NULL);

  if (!g_str_equal (tool, "select") && !g_str_equal (tool, "hand") && !g_str_equal (tool, "comment"))
    return;
  g_simple_action_set_state (action, state);
  self->hand_tool = g_str_equal (tool, "hand");
  pdg_canvas_set_comment_tool (self, g_str_equal (tool, "comment"));
  pdg_canvas_update_hover (self);
}

static void
conversion_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  PdgCanvas *self = user_data;

  self->conversion = g_variant_get_boolean (state);
  g_simple_action_set_state (action, state);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
wheel_zooms_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  PdgCanvas *self = user_data;

  self->wheel_zooms = g_variant_get_boolean (state);
  g_simple_action_set_state (action, state);
}

void
pdg_canvas_fill_tint (PdgCanvas *self, PdgSceneStyle *style)
{
  style->edge_tint = self->conversion ? PDG_EDGE_TINT_CONVERSION : PDG_EDGE_TINT_NONE;
  style->tint_reference = self->conversion ? self->usual_share : 0;
}

void
pdg_canvas_init_actions (PdgCanvas *self)
{
  const GActionEntry entries[] = {
    { "tool", NULL, "s", "'select'", tool_cb },
    { "zoom-in", zoom_in_cb },
    { "zoom-out", zoom_out_cb },
    { "zoom-100", zoom_100_cb },
    { "fit", fit_cb },
    { "fit-selection", fit_selection_cb },
    { "select-all", select_all_cb },
    { "select-none", select_none_cb },
    { "conversion", NULL, NULL, "false", conversion_cb },
    { "wheel-zooms", NULL, NULL, "false", wheel_zooms_cb },
    { "pause-live", NULL, NULL, "false", pdg_canvas_pause_live },
  };

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  pdg_canvas_init_arranging (self);
}

/* All of it is in sight, as large as it was to be or larger. */
static gboolean
is_filled_by (PdgCanvas *self, const PdgRect *world)
{
  PdgCamera camera = pdg_canvas_get_camera_for (self, world, SCREEN_MAX_ZOOM);
  PdgRect screen = pdg_camera_rect_to_screen (&self->camera, world);

  return self->camera.zoom > camera.zoom * 0.99 && screen.x + screen.width / 2 > 0 && screen.y + screen.height / 2 > 0
         && screen.x + screen.width / 2 < gtk_widget_get_width (GTK_WIDGET (self))
         && screen.y + screen.height / 2 < gtk_widget_get_height (GTK_WIDGET (self));
}

void
pdg_canvas_zoom_to_selected (PdgCanvas *self)
{
  int card = pdg_canvas_get_selected_card (self);
  PdgRect rect;

  if (card < 0)
    return;
  rect = pdg_scene_get_card_rect (self->scene, (guint) card);
  if (!is_filled_by (self, &rect))
    pdg_canvas_fly_to_rect (self, &rect, SCREEN_MAX_ZOOM);
  else /* once there, nearer: it opens */
    {
      PdgCamera camera = pdg_camera_fit (&rect, gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)),
                                         NEAR_PADDING, NEAR_MAX_ZOOM);

      pdg_canvas_fly_to (self, &camera);
    }
}

/* ---- walking with the keyboard ---- */

static void
go_to_card (PdgCanvas *self, int card)
{
  pdg_canvas_select_card (self, card);
  pdg_canvas_reveal_card (self, card, FALSE);
  pdg_canvas_focus_card (self, card);
}

gboolean
pdg_canvas_step_focus (PdgCanvas *self, int step)
{
  guint n;
  const guint32 *order = pdg_scene_get_reading_order (self->scene, &n);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  gboolean inside = focus != NULL && (focus == GTK_WIDGET (self) || gtk_widget_is_ancestor (focus, GTK_WIDGET (self)));
  int card = inside ? pdg_canvas_get_focused_card (self) : -1;
  int position = -1;

  if (card < 0 && inside)
    card = pdg_canvas_get_selected_card (self);
  for (guint i = 0; i < n && card >= 0; i++)
    if (order[i] == (guint32) card)
      position = (int) i;
  if (position < 0)
    position = step > 0 ? 0 : (int) n - 1;
  else
    position += step;
  if (position < 0 || position >= (int) n)
    return FALSE; /* the focus goes on to the next pane */
  go_to_card (self, (int) order[position]);
  return TRUE;
}

static const guint32 *
get_ways (PdgCanvas *self, int card, int direction, guint *n)
{
  return direction > 0 ? pdg_scene_get_outgoing (self->scene, (guint) card, n) : pdg_scene_get_incoming (self->scene, (guint) card, n);
}

static int
get_far_end (PdgCanvas *self, guint32 edge_index, int direction)
{
  const PdgSceneEdge *edge = pdg_scene_get_edge (self->scene, edge_index);

  return (int) (direction > 0 ? edge->to : edge->from);
}

/* Alt+Right and Alt+Left: along the busiest path out of the screen, or back along the busiest into it. */
static void
walk (PdgCanvas *self, int direction)
{
  int card = pdg_canvas_get_selected_card (self);
  const guint32 *ways;
  guint n;

  if (card < 0)
    return;
  ways = get_ways (self, card, direction, &n);
  if (n == 0)
    return;
  g_free (self->walk_from);
  self->walk_from = g_strdup (pdg_scene_get_screen (self->scene, (guint) card)->id);
  self->walk_direction = direction;
  self->walk_index = 0;
  go_to_card (self, get_far_end (self, ways[0], direction));
}

/* Alt+Down and Alt+Up: another of the paths that the last step had to choose from, by falling traffic. */
static void
walk_beside (PdgCanvas *self, int step)
{
  int from = self->walk_from != NULL ? pdg_scene_lookup_card (self->scene, self->walk_from) : -1;
  const guint32 *ways;
  guint n;

  if (from < 0)
    return;
  ways = get_ways (self, from, self->walk_direction, &n);
  if (n == 0)
    return;
  self->walk_index = (guint) (((int) MIN (self->walk_index, n - 1) + step + (int) n) % (int) n);
  go_to_card (self, get_far_end (self, ways[self->walk_index], self->walk_direction));
}

/* ---- keys ---- */

static gboolean
activate_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  const char *name;
  const char *target;
  PdgCanvas *self = PDG_CANVAS (widget);

  g_variant_get (args, "(&s&s)", &name, &target);
  g_action_group_activate_action (G_ACTION_GROUP (self->actions), name, *target != '\0' ? g_variant_new_string (target) : NULL);
  return TRUE;
}

/* An arrow moves the selection, or the canvas when there is none. */
static gboolean
arrow_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  PdgCanvas *self = PDG_CANVAS (widget);
  PdgCamera camera = self->camera;
  gboolean page;
  int x, y;

  g_variant_get (args, "(iib)", &x, &y, &page);
  if (pdg_canvas_nudge (self, x * (page ? MOVE_PAGE : 1), y * (page ? MOVE_PAGE : 1)))
    return TRUE;
  pdg_camera_pan (&camera, -x * (page ? PAN_PAGE_PX : PAN_STEP_PX), -y * (page ? PAN_PAGE_PX : PAN_STEP_PX));
  pdg_canvas_set_camera (self, &camera);
  return TRUE;
}

static gboolean
walk_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  PdgCanvas *self = PDG_CANVAS (widget);
  int along, beside;

  g_variant_get (args, "(ii)", &along, &beside);
  if (along != 0)
    walk (self, along);
  else
    walk_beside (self, beside);
  return TRUE;
}

static gboolean
find_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  return gtk_widget_activate_action (widget, "win.find", NULL);
}

static void
bind_arrow (GtkWidgetClass *klass, guint keyval, guint keypad_keyval, int x, int y)
{
  const guint keyvals[] = { keyval, keypad_keyval };

  for (guint i = 0; i < G_N_ELEMENTS (keyvals); i++)
    {
      gtk_widget_class_add_binding (klass, keyvals[i], 0, arrow_cb, "(iib)", x, y, FALSE);
      gtk_widget_class_add_binding (klass, keyvals[i], GDK_SHIFT_MASK, arrow_cb, "(iib)", x, y, TRUE);
      gtk_widget_class_add_binding (klass, keyvals[i], GDK_ALT_MASK, walk_cb, "(ii)", x, y);
    }
}

void
pdg_canvas_class_init_keys (GtkWidgetClass *klass)
{
  static const struct
  {
    guint keyval;
    GdkModifierType modifiers;
    const char *action;
    const char *target;
  } keys[] = {
    { GDK_KEY_plus, 0, "zoom-in", "" },
    { GDK_KEY_plus, GDK_SHIFT_MASK, "zoom-in", "" },
    { GDK_KEY_equal, 0, "zoom-in", "" },
    { GDK_KEY_KP_Add, 0, "zoom-in", "" },
    { GDK_KEY_minus, 0, "zoom-out", "" },
    { GDK_KEY_KP_Subtract, 0, "zoom-out", "" },
    { GDK_KEY_1, GDK_SHIFT_MASK, "fit", "" },
    { GDK_KEY_exclam, GDK_SHIFT_MASK, "fit", "" },
    { GDK_KEY_2, GDK_SHIFT_MASK, "fit-selection", "" },
    { GDK_KEY_at, GDK_SHIFT_MASK, "fit-selection", "" },
    { GDK_KEY_quotedbl, GDK_SHIFT_MASK, "fit-selection", "" },
    { GDK_KEY_a, GDK_CONTROL_MASK, "select-all", "" },
    { GDK_KEY_Escape, 0, "select-none", "" },
    { GDK_KEY_t, 0, "conversion", "" },
    { GDK_KEY_d, 0, "closeups", "" },
    { GDK_KEY_g, GDK_CONTROL_MASK | GDK_ALT_MASK, "group-by", "path" },
    { GDK_KEY_j, GDK_CONTROL_MASK | GDK_ALT_MASK, "group-by", "journey" },
    { GDK_KEY_n, GDK_CONTROL_MASK | GDK_ALT_MASK, "group-by", "none" },
    { GDK_KEY_g, GDK_SHIFT_MASK, "fold", "" },
    { GDK_KEY_g, 0, "group-title", "" },
    { GDK_KEY_h, 0, "tool", "hand" },
    { GDK_KEY_v, 0, "tool", "select" },
    { GDK_KEY_l, 0, "pause-live", "" },
    { GDK_KEY_n, 0, "next-thread", "" },
    { GDK_KEY_n, GDK_SHIFT_MASK, "previous-thread", "" },
    { GDK_KEY_a, GDK_ALT_MASK, "align", "left" },
    { GDK_KEY_h, GDK_ALT_MASK, "align", "centre" },
    { GDK_KEY_d, GDK_ALT_MASK, "align", "right" },
    { GDK_KEY_w, GDK_ALT_MASK, "align", "top" },
    { GDK_KEY_v, GDK_ALT_MASK, "align", "middle" },
    { GDK_KEY_s, GDK_ALT_MASK, "align", "bottom" },
    { GDK_KEY_h, GDK_ALT_MASK | GDK_SHIFT_MASK, "distribute", "horizontal" },
    { GDK_KEY_v, GDK_ALT_MASK | GDK_SHIFT_MASK, "distribute", "vertical" },
    { GDK_KEY_t, GDK_CONTROL_MASK | GDK_ALT_MASK, "tidy", "" },
    { GDK_KEY_z, GDK_CONTROL_MASK, "undo", "" },
    { GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "redo", "" },
    { GDK_KEY_y, GDK_CONTROL_MASK, "redo", "" },
    { GDK_KEY_Menu, 0, "menu", "" },
    { GDK_KEY_F10, GDK_SHIFT_MASK, "menu", "" },
    { GDK_KEY_p, GDK_SHIFT_MASK, "pinned", "" },
    { GDK_KEY_l, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "locked", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding (klass, keys[i].keyval, keys[i].modifiers, activate_cb, "(ss)", keys[i].action, keys[i].target);
  gtk_widget_class_add_binding (klass, GDK_KEY_f, 0, find_cb, NULL);
  bind_arrow (klass, GDK_KEY_Left, GDK_KEY_KP_Left, -1, 0);
  bind_arrow (klass, GDK_KEY_Right, GDK_KEY_KP_Right, 1, 0);
  bind_arrow (klass, GDK_KEY_Up, GDK_KEY_KP_Up, 0, -1);
  bind_arrow (klass, GDK_KEY_Down, GDK_KEY_KP_Down, 0, 1);
}
