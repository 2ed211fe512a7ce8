#include "config.h"
#include "app/pdg-canvas-private.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-format.h"

/* Groups under pointer and keyboard: their titles are drawn, and one transparent button carries the keyboard focus from title to
 * title. */

static const PdgGroup *
get_group (PdgCanvas *self, int number)
{
  PdgGrouping *grouping = pdg_scene_get_grouping (self->scene);
  guint n = 0;
  const PdgGroup *groups = grouping != NULL ? pdg_grouping_get_groups (grouping, &n) : NULL;

  return number >= 0 && (guint) number < n ? &groups[number] : NULL;
}

/* The group with this id, or that of the screen with it; NULL when there is none. */
static const PdgGroup *
find_group (PdgCanvas *self, const char *id)
{
  PdgGrouping *grouping = pdg_scene_get_grouping (self->scene);

  if (grouping == NULL || id == NULL)
    return NULL;
  return get_group (self, pdg_group_is_id (id) ? pdg_grouping_lookup (grouping, id) : pdg_grouping_lookup_screen (grouping, id));
}

static void
set_folded (PdgCanvas *self, const PdgGroup *group, gboolean folded)
{
  g_autofree char *name = g_strdup_printf (folded ? _ ("Fold %s") : _ ("Open %s"), group->title);
  g_autoptr (PdgEdit) edit = pdg_edit_new (name);

  if (!group->folded == !folded)
    return;
  pdg_edit_add_fold (edit, group->id, folded);
  pdg_arrangement_apply (self->arrangement, edit, FALSE);
}

gboolean
pdg_canvas_open_group_of (PdgCanvas *self, const char *screen_id)
{
  const PdgGroup *group = find_group (self, screen_id);

  if (group == NULL || !group->folded || pdg_group_is_id (screen_id))
    return FALSE;
  g_free (self->reveal_id);
  self->reveal_id = g_strdup (screen_id);
  set_folded (self, group, FALSE);
  return TRUE;
}

/* ---- what is done to a folded group is done to its screens ---- */

static PdgPlace
get_member_place (PdgCanvas *self, const char *id)
{
  const PdgPlace *place = pdg_arrangement_lookup (self->arrangement, id);
  PdgLayout *layout = pdg_scene_model_get_layout (self->scenes);
  const PdgLayoutPosition *position = layout != NULL ? pdg_layout_lookup (layout, id) : NULL;

  if (place != NULL && place->pinned)
    return *place;
  return position != NULL ? (PdgPlace) { position->x, position->y, FALSE, FALSE } : (PdgPlace) { 0 };
}

void
pdg_canvas_add_change (PdgCanvas *self, PdgEdit *edit, const char *id, const PdgPlace *before, const PdgPlace *after)
{
  PdgGrouping *grouping = pdg_scene_get_grouping (self->scene);
  double dx = after->x - before->x, dy = after->y - before->y;
  const PdgJourneyScreen *screens;
  const guint32 *members;
  guint n, n_screens;
  int group;

  if (!pdg_group_is_id (id))
    {
      pdg_edit_add (edit, id, before, after);
      return;
    }
  group = grouping != NULL ? pdg_grouping_lookup (grouping, id) : -1;
  if (group < 0)
    return;
  members = pdg_grouping_get_members (grouping, (guint) group, &n);
  screens = pdg_journey_graph_get_screens (pdg_grouping_get_graph (grouping), &n_screens);
  for (guint i = 0; i < n; i++)
    {
      PdgPlace old = get_member_place (self, screens[members[i]].id);
      PdgPlace place = { old.x + dx, old.y + dy, after->pinned, after->locked };

      if (!old.locked || (dx == 0 && dy == 0))
        pdg_edit_add (edit, screens[members[i]].id, &old, &place);
    }
}

static void
select_group (PdgCanvas *self, int number)
{
  g_autoptr (GArray) cards = pdg_scene_list_group_cards (self->scene, (guint) number);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (guint i = 0; i < cards->len; i++)
    g_ptr_array_add (ids, pdg_scene_get_screen (self->scene, g_array_index (cards, guint32, i))->id);
  g_ptr_array_add (ids, NULL);
  pdg_selection_set_screens (self->selection, (const char *const *) ids->pdata);
}

/* ---- the pointer ---- */

int
pdg_canvas_hit_title (PdgCanvas *self, double x, double y, gboolean *on_chevron)
{
  *on_chevron = FALSE;
  if (pdg_scene_get_grouping (self->scene) == NULL)
    return -1;
  return pdg_scene_hit_title (self->scene, x, y, &self->camera, gtk_widget_get_width (GTK_WIDGET (self)),
                              gtk_widget_get_height (GTK_WIDGET (self)), pdg_style_get_theme (self->style), on_chevron);
}

gboolean
pdg_canvas_press_title (PdgCanvas *self, double x, double y, int n_press)
{
  gboolean on_chevron;
  int number = pdg_canvas_hit_title (self, x, y, &on_chevron);
  const PdgGroup *group = get_group (self, number);
  PdgRect rect;

  if (group == NULL)
    return FALSE;
  self->press_kept = FALSE;
  if (on_chevron && n_press == 1)
    set_folded (self, group, !group->folded);
  else if (!on_chevron && n_press == 1)
    select_group (self, number);
  else if (!on_chevron && n_press == 2 && group->folded)
    set_folded (self, group, FALSE);
  else if (!on_chevron && n_press == 2 && pdg_scene_get_group_rect (self->scene, (guint) number, &rect))
    pdg_canvas_fly_to_rect (self, &rect, 2.0);
  return TRUE;
}

/* ---- the keyboard ---- */

static int
get_focused (PdgCanvas *self)
{
  PdgGrouping *grouping = pdg_scene_get_grouping (self->scene);

  if (grouping == NULL || self->title_id == NULL || !gtk_widget_has_focus (self->title_button))
    return -1;
  return pdg_grouping_lookup (grouping, self->title_id);
}

void
pdg_canvas_style_groups (PdgCanvas *self, PdgSceneStyle *style)
{
  style->focused_title = (guint) (get_focused (self) + 1);
}

static void
describe (PdgCanvas *self, const PdgGroup *group)
{
  g_autofree char *visits = pdg_format_count (group->visits), *exits = pdg_format_share (group->exits, group->visits);
  g_autofree char *errors = pdg_format_share (group->errors, group->visits);
  g_autofree char *label = g_strdup_printf (_ ("Group %s, %u screens, %s visits, exit %s, errors %s, %s"), group->title, group->n_members, visits,
                                            exits, errors, group->folded ? _ ("folded") : _ ("open"));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->title_button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->title_button), GTK_ACCESSIBLE_STATE_EXPANDED, !group->folded, -1);
}

static void
focus_group (PdgCanvas *self, int number)
{
  const PdgGroup *group = get_group (self, number);
  PdgRect world, screen;

  if (group == NULL || !pdg_scene_get_group_rect (self->scene, (guint) number, &world))
    return;
  g_free (self->title_id);
  self->title_id = g_strdup (group->id);
  describe (self, group);
  gtk_widget_set_visible (self->title_button, TRUE);
  gtk_widget_grab_focus (self->title_button);
  gtk_window_set_focus_visible (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), TRUE);
  screen = pdg_camera_rect_to_screen (&self->camera, &world);
  if (!pdg_rect_intersects (&screen, &(PdgRect) { 0, 0, gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)) }))
    pdg_canvas_fly_to_rect (self, &world, 1.0);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* To the next title in reading order, or the one before. */
static void
step_title (PdgCanvas *self, int step)
{
  g_autoptr (GArray) list = pdg_scene_list_groups (self->scene);
  int focused = get_focused (self), place = step > 0 ? -1 : (int) list->len;

  for (guint i = 0; i < list->len; i++)
    if (focused >= 0 && g_array_index (list, guint32, i) == (guint32) focused)
      place = (int) i;
  place += step;
  if (place >= 0 && place < (int) list->len)
    focus_group (self, (int) g_array_index (list, guint32, place));
  else
    gtk_widget_error_bell (GTK_WIDGET (self));
}

gboolean
pdg_canvas_press_title_key (PdgCanvas *self, guint keyval, GdkModifierType state)
{
  const PdgGroup *group = get_group (self, get_focused (self));

  if (group == NULL || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0)
    return FALSE;
  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      set_folded (self, group, TRUE);
      return TRUE;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      set_folded (self, group, FALSE);
      return TRUE;
    case GDK_KEY_space:
      set_folded (self, group, !group->folded);
      return TRUE;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      select_group (self, get_focused (self));
      return TRUE;
    case GDK_KEY_Down:
    case GDK_KEY_Tab:
      step_title (self, 1);
      return TRUE;
    case GDK_KEY_Up:
    case GDK_KEY_ISO_Left_Tab:
      step_title (self, -1);
      return TRUE;
    case GDK_KEY_Escape:
      gtk_widget_grab_focus (GTK_WIDGET (self));
      return TRUE;
    default:
      return FALSE;
    }
}

void
pdg_canvas_allocate_title (PdgCanvas *self)
{
  PdgGrouping *grouping = self->scene != NULL ? pdg_scene_get_grouping (self->scene) : NULL;
  int number = grouping != NULL && self->title_id != NULL ? pdg_grouping_lookup (grouping, self->title_id) : -1;
  PdgRect rect = { 0, 0, 1, 1 };
  GtkAllocation place;

  if (!gtk_widget_get_visible (self->title_button))
    return;
  if (number >= 0)
    pdg_scene_get_title_rect (self->scene, (guint) number, &self->camera, gtk_widget_get_width (GTK_WIDGET (self)),
                              gtk_widget_get_height (GTK_WIDGET (self)), pdg_style_get_theme (self->style), &rect);
  gtk_widget_measure (self->title_button, GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
  place = (GtkAllocation) { (int) rect.x, (int) rect.y, (int) rect.width, (int) rect.height };
  gtk_widget_size_allocate (self->title_button, &place, -1);
}

/* ---- actions ---- */

/* Where nobody has put a screen anywhere, the places are the layout's: the groups are laid out at once, as one step. */
static void
group_by_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  PdgCanvas *self = user_data;
  PdgGroupBy by;

  if (!pdg_group_by_from_nick (g_variant_get_string (state, NULL), &by) || by == pdg_arrangement_get_group_by (self->arrangement))
    return;
  g_simple_action_set_state (action, state);
  pdg_arrangement_set_group_by (self->arrangement, by);
  if (by != PDG_GROUP_BY_NONE && pdg_arrangement_is_writable (self->arrangement) && !pdg_arrangement_has_pinned (self->arrangement))
    pdg_scene_model_tidy (self->scenes, NULL);
}

/* Of the selected screens' groups: all are folded, or opened when all are. */
static void
fold_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgCanvas *self = user_data;
  g_autoptr (PdgEdit) edit = NULL;
  gboolean folded = FALSE;

  for (guint i = 0; i < pdg_selection_get_n_screens (self->selection); i++)
    {
      const PdgGroup *group = find_group (self, pdg_selection_get_screen (self->selection, i));

      folded |= group != NULL && !group->folded;
    }
  edit = pdg_edit_new (folded ? _ ("Fold groups") : _ ("Open groups"));
  for (guint i = 0; i < pdg_selection_get_n_screens (self->selection); i++)
    {
      const PdgGroup *group = find_group (self, pdg_selection_get_screen (self->selection, i));

      if (group != NULL && group->folded != folded)
        pdg_edit_add_fold (edit, group->id, folded);
    }
  pdg_arrangement_apply (self->arrangement, edit, FALSE);
}

static void
group_title_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgCanvas *self = user_data;
  PdgGrouping *grouping = pdg_scene_get_grouping (self->scene);
  const PdgGroup *group = find_group (self, pdg_selection_get_primary (self->selection));

  if (group != NULL)
    focus_group (self, pdg_grouping_lookup (grouping, group->id));
  else
    step_title (self, 1);
}

void
pdg_canvas_init_groups (PdgCanvas *self)
{
  const GActionEntry entries[] = {
    { "group-by", NULL, "s", "'none'", group_by_cb },
    { "fold", fold_cb },
    { "group-title", group_title_cb },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  self->title_button = gtk_button_new ();
  gtk_widget_add_css_class (self->title_button, "screen");
  gtk_widget_set_can_target (self->title_button, FALSE);
  gtk_widget_set_visible (self->title_button, FALSE);
  gtk_widget_set_parent (self->title_button, GTK_WIDGET (self));
  g_signal_connect_swapped (self->title_button, "notify::has-focus", G_CALLBACK (gtk_widget_queue_draw), self);
}

void
pdg_canvas_clear_groups (PdgCanvas *self)
{
  g_clear_pointer (&self->title_button, gtk_widget_unparent);
  g_clear_pointer (&self->title_id, g_free);
  g_clear_pointer (&self->reveal_id, g_free);
}

void
pdg_canvas_update_groups (PdgCanvas *self)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "group-by");
  const PdgGroup *group = find_group (self, self->title_id);

  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_string (pdg_group_by_get_nick (pdg_arrangement_get_group_by (self->arrangement))));
  if (group != NULL && gtk_widget_get_visible (self->title_button))
    describe (self, group);
  else if (gtk_widget_get_visible (self->title_button))
    {
      if (gtk_widget_has_focus (self->title_button))
        gtk_widget_grab_focus (GTK_WIDGET (self));
      gtk_widget_set_visible (self->title_button, FALSE);
    }
}

/* The group that held it is open now. */
void
pdg_canvas_reveal_waiting (PdgCanvas *self)
{
  PdgScene *scene = pdg_scene_model_get_scene (self->scenes);
  int card = self->reveal_id != NULL && scene != NULL ? pdg_scene_lookup_card (scene, self->reveal_id) : -1;

  if (card < 0 || !g_str_equal (pdg_scene_get_screen (scene, (guint) card)->id, self->reveal_id))
    return;
  g_clear_pointer (&self->reveal_id, g_free);
  pdg_canvas_end_move (self);
  pdg_canvas_set_scene (self, scene);
  pdg_canvas_reveal_card (self, card, TRUE);
}
