#include "config.h"
#include "app/pdg-canvas-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/pdg-comments-pane.h"
#include "app/pdg-comments.h"
#include "app/pdg-json.h"
#include "canvas/pdg-group.h"
#include "canvas/pdg-scene-badges.h"

/* Comments on the canvas: pins above the scene, the tool that sets one, and the popover in which a thread is read and written. */

#define POPOVER_WIDTH 320
#define POPOVER_GAP 6 /* to the pin, whose dot is seen */
#define POPOVER_MAX_HEIGHT 440
#define NEW_PLACE_ZOOM 0.4 /* a point that is flown to is shown no smaller */

struct _PdgCanvasPins
{
  PdgComments *comments;
  GtkWidget *popover;
  PdgCommentsPane *pane;
  gboolean tool;
  char **open_ids;        /* what the popover shows; NULL while it is closed, or shows a comment that is being written */
  gboolean is_writing;
  PdgThreadPlace place;   /* of what is being written */
  char *screen_id;        /* of that place */
  char *to_id;
  char *last_thread;      /* from which the next one is the next */
};

/* ---- where they are ---- */

typedef struct
{
  PdgSceneBadge *badges;
  JsonObject **threads; /* borrowed; NULL = that is being written */
  PdgSceneBadgeGroup *groups;
  int *group_of;
  guint n_badges;
  guint n_groups;
} Marks;

static void
marks_clear (Marks *marks)
{
  g_free (marks->badges);
  g_free (marks->threads);
  g_free (marks->groups);
  g_free (marks->group_of);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Marks, marks_clear)

static gboolean
is_open (PdgCanvas *self, const char *thread_id)
{
  return self->pins->open_ids != NULL && g_strv_contains ((const char *const *) self->pins->open_ids, thread_id);
}

static void
add_badge (Marks *marks, JsonObject *thread, const PdgThreadPlace *place)
{
  marks->threads[marks->n_badges] = thread;
  marks->badges[marks->n_badges++] = (PdgSceneBadge) {
    .screen_id = place->screen_id,
    .to_screen_id = place->to_id,
    .has_point = place->has_point,
    .x = place->x,
    .y = place->y,
  };
}

/* The open threads, one that is looked at although it is resolved, and what is being written. */
static void
find_marks (PdgCanvas *self, Marks *marks)
{
  PdgCanvasPins *pins = self->pins;
  JsonArray *threads = pdg_comments_get_threads (pins->comments);
  guint n = pdg_json_get_length (threads);

  if (n == 0 && !pins->is_writing)
    return;
  marks->badges = g_new0 (PdgSceneBadge, n + 1);
  marks->threads = g_new0 (JsonObject *, n + 1);
  marks->groups = g_new0 (PdgSceneBadgeGroup, n + 1);
  marks->group_of = g_new0 (int, n + 1);
  for (guint i = 0; i < n; i++)
    {
      JsonObject *thread = pdg_json_get_element (threads, i);
      gboolean open = is_open (self, pdg_json_get_string (thread, "id"));
      PdgThreadPlace place = pdg_comments_get_place (thread);
      PdgSceneBadge *badge = &marks->badges[marks->n_badges];

      if (!open && !pdg_comments_matches (thread, PDG_COMMENTS_SHOW_OPEN))
        continue;
      add_badge (marks, thread, &place);
      badge->count = MAX ((guint) pdg_json_get_int (thread, "commentCount", 1), 1);
      badge->unread = pdg_json_get_int (thread, "unreadCount", 0) > 0;
      badge->open = open;
    }
  if (pins->is_writing)
    add_badge (marks, NULL, &pins->place);
  marks->n_groups = pdg_scene_group_badges (self->scene, &self->camera, gtk_widget_get_width (GTK_WIDGET (self)),
                                            gtk_widget_get_height (GTK_WIDGET (self)), pdg_style_get_theme (self->style), marks->badges,
                                            marks->n_badges, marks->groups, marks->group_of);
}

static int
find_group_at (const Marks *marks, double x, double y)
{
  for (guint i = marks->n_groups; i > 0; i--)
    if (pdg_rect_contains (&marks->groups[i - 1].rect, x, y))
      return (int) i - 1;
  return -1;
}

gboolean
pdg_canvas_has_pin_at (PdgCanvas *self, double x, double y)
{
  g_auto (Marks) marks = { 0 };

  if (self->pins == NULL)
    return FALSE;
  find_marks (self, &marks);
  return find_group_at (&marks, x, y) >= 0;
}

void
pdg_canvas_draw_pins (PdgCanvas *self, cairo_t *cr, int scale, PdgTheme *theme)
{
  g_auto (Marks) marks = { 0 };
  int hovered;

  if (self->pins == NULL)
    return;
  find_marks (self, &marks);
  hovered = self->drag == PDG_CANVAS_DRAG_NONE ? find_group_at (&marks, self->pointer_x, self->pointer_y) : -1;
  for (guint i = 0; i < marks.n_groups; i++)
    pdg_scene_draw_badge (cr, &marks.groups[i], (int) i == hovered, scale, theme);
}

gboolean
pdg_canvas_get_pin_rect (PdgCanvas *self, const char *thread_id, PdgRect *rect)
{
  g_auto (Marks) marks = { 0 };

  find_marks (self, &marks);
  for (guint i = 0; i < marks.n_badges; i++)
    if (marks.threads[i] != NULL && marks.group_of[i] >= 0 && g_strcmp0 (pdg_json_get_string (marks.threads[i], "id"), thread_id) == 0)
      {
        *rect = marks.groups[marks.group_of[i]].rect;
        return TRUE;
      }
  return FALSE;
}

gboolean
pdg_canvas_describe_pin (PdgCanvas *self, guint index, const char **thread_id, char **label)
{
  g_auto (Marks) marks = { 0 };
  guint n_seen = 0;

  if (self->pins == NULL)
    return FALSE;
  find_marks (self, &marks);
  for (guint i = 0; i < marks.n_badges; i++)
    {
      if (marks.threads[i] == NULL || marks.group_of[i] < 0 || n_seen++ != index)
        continue;
      *thread_id = pdg_json_get_string (marks.threads[i], "id");
      *label = pdg_comments_dup_summary (marks.threads[i]);
      return TRUE;
    }
  return FALSE;
}

/* ---- the popover ---- */

static void
closed_cb (PdgCanvas *self)
{
  PdgCanvasPins *pins = self->pins;

  if (pins == NULL)
    return;
  g_clear_pointer (&pins->open_ids, g_strfreev);
  pins->is_writing = FALSE;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  pdg_canvas_queue_nodes (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
popup_at (PdgCanvas *self, const PdgRect *rect)
{
  PdgCanvasPins *pins = self->pins;
  PdgRect reach = pdg_rect_expand (rect, POPOVER_GAP);
  GdkRectangle at = { (int) reach.x, (int) reach.y, (int) reach.width, (int) reach.height };

  gtk_popover_set_pointing_to (GTK_POPOVER (pins->popover), &at);
  gtk_popover_popup (GTK_POPOVER (pins->popover));
  pdg_comments_pane_focus (pins->pane);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* @ids: (transfer full) */
static void
open_threads (PdgCanvas *self, char **ids, const PdgRect *rect)
{
  PdgCanvasPins *pins = self->pins;

  pins->is_writing = FALSE;
  g_strfreev (pins->open_ids);
  pins->open_ids = ids;
  pdg_comments_pane_show_threads (pins->pane, (const char *const *) ids);
  popup_at (self, rect);
}

static void
open_group (PdgCanvas *self, const Marks *marks, int group)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (guint i = 0; i < marks->n_badges; i++)
    if (marks->group_of[i] == group && marks->threads[i] != NULL)
      g_ptr_array_add (ids, g_strdup (pdg_json_get_string (marks->threads[i], "id")));
  g_ptr_array_add (ids, NULL);
  open_threads (self, (char **) g_ptr_array_free (g_steal_pointer (&ids), FALSE), &marks->groups[group].rect);
}

/* The world rectangle of what the thread is pinned to. */
static gboolean
get_world (PdgCanvas *self, JsonObject *thread, PdgRect *world)
{
  PdgThreadPlace place = pdg_comments_get_place (thread);
  int card = place.screen_id != NULL ? pdg_scene_lookup_card (self->scene, place.screen_id) : -1;
  int to = place.to_id != NULL ? pdg_scene_lookup_card (self->scene, place.to_id) : card;

  *world = (PdgRect) { place.x, place.y, 1, 1 };
  if (place.screen_id == NULL)
    return TRUE;
  if (card < 0 || to < 0)
    return FALSE;
  *world = pdg_scene_get_cards_bounds (self->scene, (guint32[]) { (guint32) card, (guint32) to }, 2);
  return TRUE;
}

void
pdg_canvas_open_thread (PdgCanvas *self, const char *thread_id)
{
  JsonObject *thread = pdg_comments_find (self->pins->comments, thread_id);
  g_auto (GStrv) ids = g_strsplit (thread_id, " ", 1);
  PdgRect world, rect;

  if (thread == NULL || !get_world (self, thread, &world))
    {
      gtk_widget_error_bell (GTK_WIDGET (self));
      return;
    }
  g_strfreev (self->pins->open_ids);
  self->pins->open_ids = g_strdupv (ids); /* a resolved one is drawn now, too */
  if (!pdg_canvas_get_pin_rect (self, thread_id, &rect) || rect.x < 0 || rect.y < 0
      || rect.x + rect.width > gtk_widget_get_width (GTK_WIDGET (self)) || rect.y + rect.height > gtk_widget_get_height (GTK_WIDGET (self)))
    {
      PdgCamera camera = pdg_camera_centred (world.x + world.width / 2, world.y + world.height / 2, MAX (self->camera.zoom, NEW_PLACE_ZOOM),
                                             gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)));

      pdg_canvas_set_camera (self, &camera);
      if (!pdg_canvas_get_pin_rect (self, thread_id, &rect))
        rect = pdg_camera_rect_to_screen (&self->camera, &world);
    }
  open_threads (self, g_steal_pointer (&ids), &rect);
}

/* ---- writing ---- */

static void
set_tool (PdgCanvas *self, const char *tool)
{
  g_action_group_change_action_state (G_ACTION_GROUP (self->actions), "tool", g_variant_new_string (tool));
}

/* A folded group is no screen: what is said of it is pinned to the point. */
static gboolean
is_screen (PdgCanvas *self, guint card)
{
  return !pdg_group_is_id (pdg_scene_get_screen (self->scene, card)->id);
}

/* Borrows the ids of @place. */
static void
write_at (PdgCanvas *self, const PdgThreadPlace *place)
{
  PdgCanvasPins *pins = self->pins;
  PdgRect middle = { gtk_widget_get_width (GTK_WIDGET (self)) / 2.0, gtk_widget_get_height (GTK_WIDGET (self)) / 2.0, 1, 1 };
  g_auto (Marks) marks = { 0 };

  g_clear_pointer (&pins->open_ids, g_strfreev);
  g_free (pins->screen_id);
  g_free (pins->to_id);
  pins->screen_id = g_strdup (place->screen_id);
  pins->to_id = g_strdup (place->to_id);
  pins->place = *place;
  pins->place.screen_id = pins->screen_id;
  pins->place.to_id = pins->to_id;
  pins->is_writing = TRUE;
  pdg_comments_pane_write_at (pins->pane, &pins->place);
  find_marks (self, &marks);
  if (marks.n_badges > 0 && marks.group_of[marks.n_badges - 1] >= 0)
    popup_at (self, &marks.groups[marks.group_of[marks.n_badges - 1]].rect);
  else
    popup_at (self, &middle);
}

static void
write_under (PdgCanvas *self, double x, double y)
{
  PdgThreadPlace place = { .has_point = TRUE };
  guint index;
  PdgHitKind kind = pdg_canvas_hit_test (self, x, y, &index);

  pdg_camera_to_world (&self->camera, x, y, &place.x, &place.y);
  if (kind == PDG_HIT_CARD && is_screen (self, index))
    {
      PdgRect rect = pdg_scene_get_card_rect (self->scene, index);

      place.screen_id = pdg_scene_get_screen (self->scene, index)->id;
      place.x = CLAMP ((place.x - rect.x) / rect.width, 0, 1);
      place.y = CLAMP ((place.y - rect.y) / rect.height, 0, 1);
    }
  else if (kind == PDG_HIT_EDGE || kind == PDG_HIT_LABEL)
    {
      const PdgSceneEdge *edge = pdg_scene_get_edge (self->scene, index);

      if (is_screen (self, edge->from) && is_screen (self, edge->to))
        place = (PdgThreadPlace) { pdg_scene_get_screen (self->scene, edge->from)->id, pdg_scene_get_screen (self->scene, edge->to)->id, FALSE, 0, 0 };
    }
  write_at (self, &place);
}

gboolean
pdg_canvas_press_pin (PdgCanvas *self, double x, double y)
{
  g_auto (Marks) marks = { 0 };
  int group;

  if (self->pins == NULL)
    return FALSE;
  find_marks (self, &marks);
  group = find_group_at (&marks, x, y);
  if (group >= 0)
    open_group (self, &marks, group);
  else if (self->pins->tool)
    write_under (self, x, y);
  return group >= 0 || self->pins->tool;
}

/* Enter: on what is selected, else in the middle of the view. Escape puts the tool away. */
gboolean
pdg_canvas_key_for_pin (PdgCanvas *self, guint keyval)
{
  PdgThreadPlace place = { .has_point = TRUE };
  const char *from_id, *to_id;

  if (self->pins == NULL || !self->pins->tool)
    return FALSE;
  if (keyval == GDK_KEY_Escape)
    {
      set_tool (self, "select");
      return TRUE;
    }
  if (keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter && keyval != GDK_KEY_ISO_Enter)
    return FALSE;
  if (pdg_selection_get_edge (self->selection, &from_id, &to_id) && !pdg_group_is_id (from_id) && !pdg_group_is_id (to_id))
    place = (PdgThreadPlace) { .screen_id = from_id, .to_id = to_id };
  else if (pdg_canvas_get_selected_card (self) >= 0 && is_screen (self, (guint) pdg_canvas_get_selected_card (self)))
    place = (PdgThreadPlace) { .screen_id = pdg_selection_get_primary (self->selection) };
  else
    pdg_camera_to_world (&self->camera, gtk_widget_get_width (GTK_WIDGET (self)) / 2.0, gtk_widget_get_height (GTK_WIDGET (self)) / 2.0, &place.x,
                         &place.y);
  write_at (self, &place);
  return TRUE;
}

gboolean
pdg_canvas_is_comment_tool (PdgCanvas *self)
{
  return self->pins != NULL && self->pins->tool;
}

void
pdg_canvas_set_comment_tool (PdgCanvas *self, gboolean on)
{
  if (self->pins == NULL || self->pins->tool == on)
    return;
  self->pins->tool = on;
  if (on)
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

/* ---- actions ---- */

static void
open_thread_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  pdg_canvas_open_thread (user_data, g_variant_get_string (parameter, NULL));
}

/* From the thread that was opened last to the one before or after it among those that are open, round and round. */
static void
step_thread (PdgCanvas *self, int step)
{
  JsonArray *threads = pdg_comments_get_threads (self->pins->comments);
  guint n = pdg_json_get_length (threads);
  int at = step > 0 ? -1 : (int) n;

  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (pdg_json_get_string (pdg_json_get_element (threads, i), "id"), self->pins->last_thread) == 0)
      at = (int) i;
  for (guint i = 0; i < n; i++)
    {
      JsonObject *thread;
      PdgRect world;

      at = (at + step + (int) n) % (int) n;
      thread = pdg_json_get_element (threads, (guint) at);
      if (!pdg_comments_matches (thread, PDG_COMMENTS_SHOW_OPEN) || !get_world (self, thread, &world))
        continue;
      g_free (self->pins->last_thread);
      self->pins->last_thread = g_strdup (pdg_json_get_string (thread, "id"));
      pdg_canvas_open_thread (self, self->pins->last_thread);
      return;
    }
  gtk_widget_error_bell (GTK_WIDGET (self));
}

static void
next_thread_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  step_thread (user_data, 1);
}

static void
previous_thread_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  step_thread (user_data, -1);
}

/* ---- life ---- */

static void
changed_cb (PdgCanvas *self)
{
  pdg_canvas_queue_nodes (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
pdg_canvas_init_pins (PdgCanvas *self)
{
  const GActionEntry entries[] = {
    { "open-thread", open_thread_cb, "s" },
    { "next-thread", next_thread_cb },
    { "previous-thread", previous_thread_cb },
  };
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  PdgCanvasPins *pins = g_new0 (PdgCanvasPins, 1);

  self->pins = pins;
  pins->comments = g_object_ref (pdg_comments_get (self->workspace));
  pins->pane = g_object_new (PDG_TYPE_COMMENTS_PANE, NULL);
  pdg_comments_pane_bind_floating (pins->pane, self->workspace);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), POPOVER_MAX_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (pins->pane));
  gtk_widget_set_size_request (scrolled, POPOVER_WIDTH, -1);
  pins->popover = gtk_popover_new ();
  gtk_popover_set_has_arrow (GTK_POPOVER (pins->popover), FALSE);
  gtk_popover_set_position (GTK_POPOVER (pins->popover), GTK_POS_RIGHT);
  gtk_popover_set_child (GTK_POPOVER (pins->popover), scrolled);
  gtk_widget_add_css_class (pins->popover, "comments");
  gtk_accessible_update_property (GTK_ACCESSIBLE (pins->popover), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Comments"), -1);
  gtk_widget_set_parent (pins->popover, GTK_WIDGET (self));
  g_signal_connect_swapped (pins->pane, "done", G_CALLBACK (gtk_popover_popdown), pins->popover);
  g_signal_connect_swapped (pins->popover, "closed", G_CALLBACK (closed_cb), self);
  g_signal_connect_object (pins->comments, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
}

void
pdg_canvas_present_pins (PdgCanvas *self)
{
  if (self->pins != NULL)
    gtk_popover_present (GTK_POPOVER (self->pins->popover));
}

void
pdg_canvas_clear_pins (PdgCanvas *self)
{
  PdgCanvasPins *pins = g_steal_pointer (&self->pins);

  if (pins == NULL)
    return;
  gtk_widget_unparent (pins->popover);
  g_object_unref (pins->comments);
  g_strfreev (pins->open_ids);
  g_free (pins->screen_id);
  g_free (pins->to_id);
  g_free (pins->last_thread);
  g_free (pins);
}
