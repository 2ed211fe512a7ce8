#include "config.h"
#include "app/pdg-window.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-canvas-files.h"
#include "app/pdg-canvas-pane.h"
#include "app/pdg-format.h"
#include "app/pdg-funnel-pane.h"
#include "app/pdg-inspector.h"
#include "app/pdg-keys-pane.h"
#include "app/pdg-new-project-window.h"
#include "app/pdg-outline-pane.h"
#include "app/pdg-panes.h"
#include "app/pdg-picture-loader.h"

struct _PdgWindow
{
  GtkApplicationWindow parent_instance;
  GtkMenuButton *menu_button;
  GtkMenuButton *project_button;
  GtkLabel *project_label;
  GtkWidget *project_popover;
  GtkListView *project_list;
  GtkWidget *project_separator;
  GtkDropDown *range_dropdown;
  GtkWidget *live_box;
  GtkLabel *live_label;
  GtkRevealer *banner_revealer;
  GtkLabel *banner_label;
  GtkStack *places;
  PdgPanes *panes;
  PdgOutlinePane *outline_pane;
  PdgCanvasPane *canvas_pane;
  PdgInspector *inspector;
  PdgFunnelPane *funnel_pane;
  PdgKeysPane *keys_pane;

  PdgWorkspace *workspace;
  PdgPictureLoader *pictures;
};

G_DEFINE_FINAL_TYPE (PdgWindow, pdg_window, GTK_TYPE_APPLICATION_WINDOW)

/* ---- header ---- */

static void
project_cb (PdgWindow *self)
{
  PdgProject *project = pdg_workspace_get_project (self->workspace);
  const char *name = project != NULL ? pdg_project_get_name (project) : _ ("ProductGraph");
  g_autofree char *title = project != NULL ? g_strdup_printf (_ ("%s – ProductGraph"), name) : g_strdup (name);
  g_autofree char *label = g_strdup_printf (_ ("Project: %s"), name);

  gtk_label_set_text (self->project_label, name);
  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->project_button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
projects_cb (PdgWindow *self)
{
  gtk_widget_set_visible (self->project_separator, g_list_model_get_n_items (pdg_workspace_list_projects (self->workspace)) > 0);
}

static void
range_cb (PdgWindow *self)
{
  PdgTimeRange range = pdg_workspace_get_range (self->workspace);
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "range");

  gtk_drop_down_set_selected (self->range_dropdown, range);
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_string (pdg_time_range_get_nick (range)));
}

static void
range_selected_cb (PdgWindow *self)
{
  guint selected = gtk_drop_down_get_selected (self->range_dropdown);

  if (selected < PDG_N_TIME_RANGES)
    pdg_workspace_set_range (self->workspace, (PdgTimeRange) selected);
}

static void
live_cb (PdgWindow *self)
{
  gint per_minute = pdg_workspace_get_events_per_minute (self->workspace);
  gboolean known = per_minute >= 0 && pdg_client_get_state (pdg_workspace_get_client (self->workspace)) == PDG_CLIENT_CONNECTED;
  g_autofree char *count = known ? pdg_format_short_count ((guint64) per_minute) : NULL;
  g_autofree char *text = !known ? g_strdup ("") : per_minute > 0 ? g_strdup_printf (_ ("live %s/min"), count)
                                                                  : g_strdup (_ ("no traffic"));
  gint active = pdg_workspace_get_active_sessions (self->workspace);
  g_autofree char *detail = active >= 0 ? g_strdup_printf (ngettext ("%d session in the last five minutes", "%d sessions in the last five minutes",
                                                                     (gulong) active),
                                                           active)
                                        : NULL;

  gtk_widget_set_visible (self->live_box, known);
  gtk_label_set_text (self->live_label, text);
  gtk_widget_set_tooltip_text (self->live_box, detail);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->live_label), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  if (per_minute > 0)
    gtk_widget_add_css_class (self->live_box, "on");
  else
    gtk_widget_remove_css_class (self->live_box, "on");
}

/* What is wrong while the last picture is still shown. */
static void
banner_cb (PdgWindow *self)
{
  PdgClient *client = pdg_workspace_get_client (self->workspace);
  const char *reason = pdg_client_get_state_message (client);
  const char *error_message = pdg_workspace_get_error_message (self->workspace);
  gboolean away = pdg_client_get_state (client) == PDG_CLIENT_AWAY;
  gboolean stale = !away && error_message != NULL && pdg_workspace_get_phase (self->workspace) == PDG_PHASE_READY;
  g_autofree char *clock = pdg_format_clock (pdg_workspace_get_as_of (self->workspace));
  g_autofree char *text = NULL;

  if (away && pdg_workspace_get_graph (self->workspace) != NULL)
    text = g_strdup_printf (_ ("The connection is lost: %s What you see is from %s. It is tried again by itself."),
                            reason != NULL ? reason : _ ("the server cannot be reached."), clock);
  else if (away)
    text = g_strdup_printf (_ ("The connection is lost: %s It is tried again by itself."),
                            reason != NULL ? reason : _ ("the server cannot be reached."));
  else if (stale)
    text = g_strdup_printf (_ ("The newest figures could not be read: %s What you see is from %s."), error_message, clock);
  if (text != NULL)
    gtk_label_set_text (self->banner_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->banner_revealer), text != NULL);
  gtk_revealer_set_reveal_child (self->banner_revealer, text != NULL);
}

static void
phase_cb (PdgWindow *self)
{
  PdgPhase phase = pdg_workspace_get_phase (self->workspace);

  pdg_panes_set_end_visible (self->panes, phase != PDG_PHASE_EMPTY && phase != PDG_PHASE_FAILED);
  banner_cb (self);
}

static void
client_state_cb (PdgWindow *self)
{
  live_cb (self);
  banner_cb (self);
}

static void
selection_cb (PdgWindow *self)
{
  PdgSelection *selection = pdg_workspace_get_selection (self->workspace);
  const char *from_id, *to_id;

  pdg_panes_set_end_wanted (self->panes, pdg_selection_get_n_screens (selection) > 0
                                             || pdg_selection_get_edge (selection, &from_id, &to_id));
}

/* ---- project chooser ---- */

static void
setup_project_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *check = gtk_image_new_from_icon_name ("pdg-check-symbolic");
  GtkWidget *name = gtk_label_new (NULL);

  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Shown now"), -1);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_box_append (GTK_BOX (box), check);
  gtk_box_append (GTK_BOX (box), name);
  gtk_list_item_set_child (item, box);
}

static void
bind_project_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  PdgWindow *self = user_data;
  PdgProject *project = gtk_list_item_get_item (item);
  GtkWidget *check = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *name = gtk_widget_get_next_sibling (check);

  gtk_widget_set_opacity (check, project == pdg_workspace_get_project (self->workspace) ? 1.0 : 0.0);
  gtk_label_set_text (GTK_LABEL (name), pdg_project_get_name (project));
  gtk_widget_set_tooltip_text (name, pdg_project_get_id (project));
  gtk_accessible_update_property (GTK_ACCESSIBLE (name), GTK_ACCESSIBLE_PROPERTY_LABEL, pdg_project_get_name (project), -1);
}

static void
project_activated_cb (PdgWindow *self, guint position)
{
  g_autoptr (PdgProject) project = g_list_model_get_item (pdg_workspace_list_projects (self->workspace), position);

  gtk_menu_button_popdown (self->project_button);
  if (project != NULL)
    pdg_workspace_set_project_id (self->workspace, pdg_project_get_id (project));
}

/* The check marks are bound anew each time it opens. */
static void
project_popover_cb (PdgWindow *self)
{
  GtkListItemFactory *factory;
  GtkSelectionModel *model;

  if (!gtk_widget_get_visible (self->project_popover))
    return;
  factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (setup_project_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_project_cb), self);
  gtk_list_view_set_factory (self->project_list, factory);
  g_object_unref (factory);
  model = GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (pdg_workspace_list_projects (self->workspace))));
  gtk_list_view_set_model (self->project_list, model);
  g_object_unref (model);
}

/* ---- actions ---- */

static void
new_project_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgWindow *self = user_data;

  gtk_menu_button_popdown (self->project_button);
  gtk_window_present (pdg_new_project_window_new (GTK_WINDOW (self), self->workspace));
}

static void
refresh_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgWindow *self = user_data;

  pdg_workspace_refresh (self->workspace);
}

static void
find_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgWindow *self = user_data;

  if (!pdg_panes_get_start_visible (self->panes))
    g_action_group_change_action_state (G_ACTION_GROUP (self), "rail", g_variant_new_boolean (TRUE));
  pdg_canvas_keep_view (pdg_canvas_pane_get_canvas (self->canvas_pane));
  pdg_outline_pane_focus_filter (self->outline_pane);
}

/* Found or not: where one was before. */
static void
find_back_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgWindow *self = user_data;

  if (pdg_canvas_return_to_view (pdg_canvas_pane_get_canvas (self->canvas_pane)))
    pdg_canvas_pane_focus_canvas (self->canvas_pane);
}

static void
rail_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  PdgWindow *self = user_data;

  g_simple_action_set_state (action, state);
  pdg_panes_set_start_visible (self->panes, g_variant_get_boolean (state));
}

static void
range_action_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  PdgWindow *self = user_data;

  /* The workspace's notify sets the state. */
  pdg_workspace_set_range (self->workspace, pdg_time_range_from_nick (g_variant_get_string (state, NULL)));
}

static void
project_action_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgWindow *self = user_data;

  pdg_workspace_set_project_id (self->workspace, g_variant_get_string (parameter, NULL));
}

/* The list of screens is the canvas's, the time range also the reports'. An unknown place is the canvas. */
static void
place_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  PdgWindow *self = user_data;
  const char *wanted = g_variant_get_string (state, NULL);
  const char *place = g_str_equal (wanted, "keys") ? "keys" : g_str_equal (wanted, "funnel") ? "funnel" : "canvas";
  gboolean is_canvas = g_str_equal (place, "canvas");

  gtk_menu_button_popdown (self->project_button);
  g_simple_action_set_state (action, g_variant_new_string (place));
  gtk_stack_set_visible_child_name (self->places, place);
  gtk_widget_set_visible (GTK_WIDGET (self->range_dropdown), !g_str_equal (place, "keys"));
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "rail")), is_canvas);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "find")), is_canvas);
  if (is_canvas)
    pdg_canvas_pane_focus_canvas (self->canvas_pane);
  else if (g_str_equal (place, "keys"))
    pdg_keys_pane_focus (self->keys_pane);
  else
    pdg_funnel_pane_focus (self->funnel_pane);
}

/* In reading order: so they lie as people go through them. Of a path its two ends. */
static void
funnel_of_selection_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgWindow *self = user_data;
  PdgSelection *selection = pdg_workspace_get_selection (self->workspace);
  PdgScene *scene = pdg_canvas_get_scene (pdg_canvas_pane_get_canvas (self->canvas_pane));
  guint n_cards, n = 0;
  const guint32 *order = pdg_scene_get_reading_order (scene, &n_cards);
  g_autofree const char **ids = g_new0 (const char *, n_cards + 3);

  if (pdg_selection_get_edge (selection, &ids[0], &ids[1]))
    n = 2;
  else
    for (guint i = 0; i < n_cards; i++)
      if (pdg_selection_contains_screen (selection, pdg_scene_get_screen (scene, order[i])->id))
        ids[n++] = pdg_scene_get_screen (scene, order[i])->id;
  if (pdg_funnel_pane_set_screens (self->funnel_pane, ids, n))
    g_action_group_change_action_state (G_ACTION_GROUP (self), "place", g_variant_new_string ("funnel"));
  else
    gtk_widget_error_bell (GTK_WIDGET (self));
}

static void
add_actions (PdgWindow *self)
{
  const GActionEntry entries[] = {
    { "new-project", new_project_cb },
    { "refresh", refresh_cb },
    { "find", find_cb },
    { "find-back", find_back_cb },
    { "funnel-of-selection", funnel_of_selection_cb },
    { "rail", NULL, NULL, "true", rail_cb },
    { "range", NULL, "s", "'7d'", range_action_cb },
    { "project", project_action_cb, "s" },
    { "place", NULL, "s", "'canvas'", place_cb },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "canvas", pdg_canvas_pane_get_actions (self->canvas_pane));
}

/* ---- the window ---- */

static void
pdg_window_dispose (GObject *object)
{
  PdgWindow *self = PDG_WINDOW (object);

  if (self->workspace != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->workspace, self);
      g_signal_handlers_disconnect_by_data (pdg_workspace_get_client (self->workspace), self);
      g_signal_handlers_disconnect_by_data (pdg_workspace_get_selection (self->workspace), self);
      g_signal_handlers_disconnect_by_data (pdg_workspace_list_projects (self->workspace), self);
      pdg_keys_pane_close (self->keys_pane);
      pdg_workspace_close (self->workspace);
    }
  g_clear_object (&self->workspace);
  g_clear_object (&self->pictures);
  G_OBJECT_CLASS (pdg_window_parent_class)->dispose (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PdgWindow, name)

static void
pdg_window_class_init (PdgWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pdg_window_dispose;
  g_type_ensure (PDG_TYPE_CANVAS_PANE);
  g_type_ensure (PDG_TYPE_FUNNEL_PANE);
  g_type_ensure (PDG_TYPE_INSPECTOR);
  g_type_ensure (PDG_TYPE_KEYS_PANE);
  g_type_ensure (PDG_TYPE_OUTLINE_PANE);
  g_type_ensure (PDG_TYPE_PANES);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/productgraph/ProductGraph/pdg-window.ui");
  BIND (menu_button);
  BIND (project_button);
  BIND (project_label);
  BIND (project_popover);
  BIND (project_list);
  BIND (project_separator);
  BIND (range_dropdown);
  BIND (live_box);
  BIND (live_label);
  BIND (banner_revealer);
  BIND (banner_label);
  BIND (places);
  BIND (panes);
  BIND (outline_pane);
  BIND (canvas_pane);
  BIND (inspector);
  BIND (funnel_pane);
  BIND (keys_pane);
}

static void
pdg_window_init (PdgWindow *self)
{
  GtkStringList *ranges = gtk_string_list_new (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < PDG_N_TIME_RANGES; i++)
    gtk_string_list_append (ranges, pdg_time_range_get_label ((PdgTimeRange) i));
  gtk_popover_set_has_arrow (gtk_menu_button_get_popover (self->menu_button), FALSE);
  gtk_widget_set_halign (GTK_WIDGET (gtk_menu_button_get_popover (self->menu_button)), GTK_ALIGN_END);
  gtk_drop_down_set_model (self->range_dropdown, G_LIST_MODEL (ranges));
  gtk_drop_down_set_selected (self->range_dropdown, PDG_TIME_RANGE_DEFAULT);
  if (!gdk_display_is_composited (gtk_widget_get_display (GTK_WIDGET (self))))
    gtk_widget_add_css_class (GTK_WIDGET (self), "uncomposited");
  g_object_unref (ranges);
}

static void
connect_workspace (PdgWindow *self)
{
  PdgClient *client = pdg_workspace_get_client (self->workspace);

  g_signal_connect_swapped (self->workspace, "notify::project", G_CALLBACK (project_cb), self);
  g_signal_connect_swapped (self->workspace, "notify::range", G_CALLBACK (range_cb), self);
  g_signal_connect_swapped (self->workspace, "notify::live", G_CALLBACK (live_cb), self);
  g_signal_connect_swapped (self->workspace, "notify::error-message", G_CALLBACK (banner_cb), self);
  g_signal_connect_swapped (self->workspace, "notify::phase", G_CALLBACK (phase_cb), self);
  g_signal_connect_swapped (client, "notify::state", G_CALLBACK (client_state_cb), self);
  g_signal_connect_swapped (client, "notify::state-message", G_CALLBACK (client_state_cb), self);
  g_signal_connect_swapped (pdg_workspace_get_selection (self->workspace), "changed", G_CALLBACK (selection_cb), self);
  g_signal_connect_swapped (pdg_workspace_list_projects (self->workspace), "items-changed", G_CALLBACK (projects_cb), self);
  g_signal_connect_swapped (self->range_dropdown, "notify::selected", G_CALLBACK (range_selected_cb), self);
  g_signal_connect_swapped (self->project_list, "activate", G_CALLBACK (project_activated_cb), self);
  g_signal_connect_swapped (self->project_popover, "notify::visible", G_CALLBACK (project_popover_cb), self);
}

PdgWindow *
pdg_window_new (GtkApplication *application, PdgClient *client, PdgStyle *style, const PdgSettings *settings)
{
  PdgWindow *self = g_object_new (PDG_TYPE_WINDOW, "application", application, "default-width", settings->width, "default-height",
                                  settings->height, "maximized", settings->maximized, NULL);

  self->workspace = pdg_workspace_new (client);
  pdg_workspace_set_range (self->workspace, settings->range);
  if (settings->project_id != NULL)
    pdg_workspace_set_project_id (self->workspace, settings->project_id);
  self->pictures = pdg_picture_loader_new (client);
  pdg_outline_pane_bind (self->outline_pane, self->workspace);
  pdg_canvas_pane_bind (self->canvas_pane, self->workspace, self->pictures, style);
  pdg_inspector_bind (self->inspector, self->workspace, self->pictures);
  pdg_funnel_pane_bind (self->funnel_pane, self->workspace, style);
  pdg_keys_pane_bind (self->keys_pane, self->workspace);
  add_actions (self);
  g_menu_prepend_section (G_MENU (gtk_menu_button_get_menu_model (self->menu_button)), NULL, pdg_canvas_pane_get_steps (self->canvas_pane));
  pdg_canvas_files_add_actions (GTK_APPLICATION_WINDOW (self), self->canvas_pane, self->workspace, self->pictures, style, NULL);
  g_action_group_change_action_state (G_ACTION_GROUP (self), "rail", g_variant_new_boolean (settings->rail_visible));
  g_action_group_change_action_state (pdg_canvas_pane_get_actions (self->canvas_pane), "wheel-zooms", g_variant_new_boolean (settings->wheel_zooms));
  g_action_group_change_action_state (pdg_canvas_pane_get_actions (self->canvas_pane), "closeups", g_variant_new_boolean (settings->closeups));
  connect_workspace (self);
  project_cb (self);
  projects_cb (self);
  range_cb (self);
  client_state_cb (self);
  phase_cb (self);
  pdg_canvas_pane_focus_canvas (self->canvas_pane);
  return self;
}

void
pdg_window_store_settings (PdgWindow *self, PdgSettings *settings)
{
  PdgProject *project = pdg_workspace_get_project (self->workspace);
  GActionGroup *canvas = pdg_canvas_pane_get_actions (self->canvas_pane);
  g_autoptr (GVariant) wheel_zooms = g_action_group_get_action_state (canvas, "wheel-zooms");
  g_autoptr (GVariant) closeups = g_action_group_get_action_state (canvas, "closeups");

  settings->wheel_zooms = g_variant_get_boolean (wheel_zooms);
  settings->closeups = g_variant_get_boolean (closeups);
  gtk_window_get_default_size (GTK_WINDOW (self), &settings->width, &settings->height);
  settings->maximized = gtk_window_is_maximized (GTK_WINDOW (self));
  settings->rail_visible = pdg_panes_get_start_visible (self->panes);
  settings->range = pdg_workspace_get_range (self->workspace);
  if (project != NULL)
    {
      g_free (settings->project_id);
      settings->project_id = g_strdup (pdg_project_get_id (project));
    }
}
