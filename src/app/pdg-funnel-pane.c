#include "config.h"
#include "app/pdg-funnel-pane.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-format.h"
#include "app/pdg-funnel-bar.h"
#include "app/pdg-funnel-model.h"
#include "app/pdg-funnel-steps.h"
#include "app/pdg-json.h"
#include "app/pdg-session-list.h"

#define LOADING_DELAY_MS 150
#define NARROW 940 /* there people take the place of the steps */

struct _PdgFunnelPane
{
  GtkWidget parent_instance;
  GtkWidget *builder;
  PdgFunnelSteps *steps;
  GtkDropDown *window_dropdown;
  GtkDropDown *order_dropdown;
  GtkDropDown *counting_dropdown;
  GtkStack *stack;
  GtkLabel *message_title;
  GtkLabel *message_body;
  GtkWidget *message_button;
  GtkLabel *conversion_label;
  GtkLabel *note_label;
  GtkBox *bars;
  GtkWidget *people;
  GtkLabel *people_title;
  GtkLabel *people_note;
  PdgSessionList *people_list;

  PdgWorkspace *workspace;
  PdgStyle *style;
  PdgFunnelModel *model;
  GSimpleActionGroup *actions;
  guint loading_source;
  gboolean syncing;
};

G_DEFINE_FINAL_TYPE (PdgFunnelPane, pdg_funnel_pane, GTK_TYPE_WIDGET)

/* ---- the numbers ---- */

static void
people_of_cb (PdgFunnelPane *self, gboolean stopped, GtkWidget *bar)
{
  guint number = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (bar), "pdg-number"));
  gboolean now_stopped;

  if (pdg_funnel_model_get_people (self->model, &now_stopped) == number && now_stopped == stopped)
    number = 0;
  pdg_funnel_model_show_people (self->model, number, stopped);
}

/* The bars stay where they are, so that the focus does. */
static void
set_n_bars (PdgFunnelPane *self, guint n)
{
  GtkWidget *bar = gtk_widget_get_first_child (GTK_WIDGET (self->bars));
  guint i = 0;

  for (; bar != NULL && i < n; i++)
    bar = gtk_widget_get_next_sibling (bar);
  while (bar != NULL)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (bar);

      gtk_box_remove (self->bars, bar);
      bar = next;
    }
  for (; i < n; i++)
    {
      bar = pdg_funnel_bar_new (self->style);
      g_object_set_data (G_OBJECT (bar), "pdg-number", GUINT_TO_POINTER (i + 1));
      g_signal_connect_object (bar, "people", G_CALLBACK (people_of_cb), self, G_CONNECT_SWAPPED);
      gtk_box_append (self->bars, bar);
    }
}

static void
show_bars (PdgFunnelPane *self, JsonArray *steps)
{
  guint n = pdg_json_get_length (steps), i = 0;
  double before = 1;

  set_n_bars (self, n);
  for (GtkWidget *bar = gtk_widget_get_first_child (GTK_WIDGET (self->bars)); bar != NULL; bar = gtk_widget_get_next_sibling (bar), i++)
    {
      JsonObject *step = pdg_json_get_element (steps, i);

      pdg_funnel_bar_set_step (PDG_FUNNEL_BAR (bar), step, before, i + 1 == n);
      before = pdg_json_get_double (pdg_json_get_object (step, "rate"), "share", 0);
    }
}

/* "612 of 4,287 · median 3 min 20 s · 12 may still · as of 12:03:20" */
static void
show_summary (PdgFunnelPane *self, JsonObject *funnel)
{
  JsonObject *conversion = pdg_json_get_object (funnel, "conversion"), *time = pdg_json_get_object (funnel, "timeToConvert");
  guint64 count = (guint64) pdg_json_get_int (conversion, "count", 0), of = (guint64) pdg_json_get_int (conversion, "of", 0);
  gint64 n_pending = pdg_json_get_int (funnel, "pendingCount", 0);
  g_autofree char *share = pdg_format_share_interval (count, of), *count_text = pdg_format_count (count), *of_text = pdg_format_count (of);
  g_autofree char *median = pdg_format_duration_ms (pdg_json_get_double (time, "medianMs", -1)), *pending = pdg_format_count ((guint64) n_pending);
  g_autofree char *clock = pdg_format_clock (pdg_json_get_time (funnel, "asOf"));
  g_autofree char *title = g_strdup_printf (_ ("%s convert"), share);
  g_autoptr (GString) note = g_string_new (NULL);

  g_string_append_printf (note, _ ("%s of %s"), count_text, of_text);
  if (time != NULL)
    g_string_append_printf (note, _ (" · median %s"), median);
  if (n_pending > 0)
    g_string_append_printf (note, _ (" · %s may still"), pending);
  g_string_append_printf (note, _ (" · as of %s"), clock);
  gtk_label_set_text (self->conversion_label, title);
  gtk_label_set_text (self->note_label, note->str);
}

static void
show_message (PdgFunnelPane *self, const char *title, const char *body, gboolean with_button)
{
  gtk_label_set_text (self->message_title, title);
  gtk_label_set_text (self->message_body, body);
  gtk_widget_set_visible (GTK_WIDGET (self->message_body), *body != '\0');
  gtk_widget_set_visible (self->message_button, with_button);
  gtk_stack_set_visible_child_name (self->stack, "message");
}

static gboolean
loading_cb (gpointer user_data)
{
  PdgFunnelPane *self = user_data;

  self->loading_source = 0;
  show_message (self, _ ("Counting…"), "", FALSE);
  return G_SOURCE_REMOVE;
}

static void
answered_cb (PdgFunnelPane *self)
{
  JsonObject *funnel = pdg_funnel_model_get_funnel (self->model);

  g_clear_handle_id (&self->loading_source, g_source_remove);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), "copy-csv")), funnel != NULL);
  switch (pdg_funnel_model_get_state (self->model))
    {
    case PDG_FUNNEL_EMPTY:
      show_message (self, _ ("A funnel has at least two steps"), _ ("Choose the screens or events that lead to what you want people to do."), FALSE);
      break;
    case PDG_FUNNEL_LOADING: /* what is there stays until the wait is worth showing */
      self->loading_source = g_timeout_add (LOADING_DELAY_MS, loading_cb, self);
      break;
    case PDG_FUNNEL_FAILED:
      show_message (self, _ ("The funnel could not be counted"), pdg_funnel_model_get_error_message (self->model), TRUE);
      break;
    case PDG_FUNNEL_READY:
      if (pdg_json_get_object (funnel, "conversion") == NULL)
        {
          show_message (self, _ ("Nobody began in this range"),
                        _ ("No event of the first step lies in it. Choose a longer range or another first step."), FALSE);
          break;
        }
      show_summary (self, funnel);
      show_bars (self, pdg_json_get_array (funnel, "steps"));
      gtk_stack_set_visible_child_name (self->stack, "report");
      break;
    }
}

static void
people_cb (PdgFunnelPane *self)
{
  gboolean stopped;
  guint number = pdg_funnel_model_get_people (self->model, &stopped), n = g_list_model_get_n_items (pdg_funnel_model_list_people (self->model)), i = 0;
  JsonObject *step = number > 0 ? pdg_json_get_element (pdg_json_get_array (pdg_funnel_model_get_funnel (self->model), "steps"), number - 1) : NULL;
  const char *name = pdg_json_get_string (step, "name");
  g_autofree char *title = g_strdup_printf (stopped ? _ ("Came no further than %s") : _ ("Came to %s"), name != NULL ? name : "");

  gtk_widget_set_visible (self->builder, number == 0 || gtk_widget_get_width (GTK_WIDGET (self)) >= NARROW);
  gtk_widget_set_visible (self->people, number > 0);
  gtk_label_set_text (self->people_title, title);
  gtk_label_set_text (self->people_note, pdg_funnel_model_is_loading_people (self->model) ? _ ("Loading…")
                                         : n == 0                                         ? _ ("Nobody.")
                                                                                          : _ ("The sessions in which they began, the newest first."));
  for (GtkWidget *bar = gtk_widget_get_first_child (GTK_WIDGET (self->bars)); bar != NULL; bar = gtk_widget_get_next_sibling (bar), i++)
    pdg_funnel_bar_set_open (PDG_FUNNEL_BAR (bar), i + 1 != number ? 0 : stopped ? 2 : 1);
}

/* ---- what is asked ---- */

static void
changed_cb (PdgFunnelPane *self)
{
  guint n = g_list_model_get_n_items (pdg_funnel_model_list_steps (self->model));

  self->syncing = TRUE;
  gtk_drop_down_set_selected (self->window_dropdown, pdg_funnel_model_get_window (self->model));
  gtk_drop_down_set_selected (self->order_dropdown, pdg_funnel_model_get_order (self->model));
  gtk_drop_down_set_selected (self->counting_dropdown, pdg_funnel_model_get_counting (self->model));
  self->syncing = FALSE;
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), "add")), n < PDG_FUNNEL_MODEL_MAX_STEPS);
}

static void
window_cb (PdgFunnelPane *self)
{
  if (!self->syncing)
    pdg_funnel_model_set_window (self->model, gtk_drop_down_get_selected (self->window_dropdown));
}

static void
order_cb (PdgFunnelPane *self)
{
  if (!self->syncing)
    pdg_funnel_model_set_order (self->model, gtk_drop_down_get_selected (self->order_dropdown));
}

static void
counting_cb (PdgFunnelPane *self)
{
  if (!self->syncing)
    pdg_funnel_model_set_counting (self->model, gtk_drop_down_get_selected (self->counting_dropdown));
}

/* ---- actions ---- */

static void
add_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  pdg_funnel_model_add_step (PDG_FUNNEL_PANE (user_data)->model);
}

static void
retry_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  pdg_funnel_model_retry (PDG_FUNNEL_PANE (user_data)->model);
}

static void
undo_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  if (!pdg_funnel_model_undo (PDG_FUNNEL_PANE (user_data)->model))
    gtk_widget_error_bell (user_data);
}

static void
redo_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  if (!pdg_funnel_model_redo (PDG_FUNNEL_PANE (user_data)->model))
    gtk_widget_error_bell (user_data);
}

static void
copy_csv_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgFunnelPane *self = user_data;
  g_autofree char *csv = pdg_funnel_model_make_csv (self->model);

  if (csv != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), csv);
}

static void
close_people_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  pdg_funnel_model_show_people (PDG_FUNNEL_PANE (user_data)->model, 0, FALSE);
}

/* ---- the widget ---- */

static void
pdg_funnel_pane_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (pdg_funnel_pane_parent_class)->map (widget);
  pdg_funnel_model_set_active (PDG_FUNNEL_PANE (widget)->model, TRUE);
}

static void
pdg_funnel_pane_unmap (GtkWidget *widget)
{
  pdg_funnel_model_set_active (PDG_FUNNEL_PANE (widget)->model, FALSE);
  GTK_WIDGET_CLASS (pdg_funnel_pane_parent_class)->unmap (widget);
}

static void
pdg_funnel_pane_dispose (GObject *object)
{
  PdgFunnelPane *self = PDG_FUNNEL_PANE (object);
  GtkWidget *child;

  g_clear_handle_id (&self->loading_source, g_source_remove);
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->model);
  g_clear_object (&self->workspace);
  g_clear_object (&self->style);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (pdg_funnel_pane_parent_class)->dispose (object);
}

static void
add_key (GtkWidgetClass *klass, guint keyval, GdkModifierType modifiers, const char *action)
{
  gtk_widget_class_add_binding_action (klass, keyval, modifiers, action, NULL);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PdgFunnelPane, name)

static void
pdg_funnel_pane_class_init (PdgFunnelPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pdg_funnel_pane_dispose;
  widget_class->map = pdg_funnel_pane_map;
  widget_class->unmap = pdg_funnel_pane_unmap;
  g_type_ensure (PDG_TYPE_FUNNEL_STEPS);
  g_type_ensure (PDG_TYPE_SESSION_LIST);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/productgraph/ProductGraph/pdg-funnel-pane.ui");
  BIND (builder);
  BIND (steps);
  BIND (window_dropdown);
  BIND (order_dropdown);
  BIND (counting_dropdown);
  BIND (stack);
  BIND (message_title);
  BIND (message_body);
  BIND (message_button);
  BIND (conversion_label);
  BIND (note_label);
  BIND (bars);
  BIND (people);
  BIND (people_title);
  BIND (people_note);
  BIND (people_list);
  add_key (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "funnel.undo");
  add_key (widget_class, GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "funnel.redo");
  add_key (widget_class, GDK_KEY_y, GDK_CONTROL_MASK, "funnel.redo");
  add_key (widget_class, GDK_KEY_Escape, 0, "funnel.close-people");
}

static void
pdg_funnel_pane_init (PdgFunnelPane *self)
{
  const GActionEntry entries[] = {
    { "add", add_cb }, { "retry", retry_cb }, { "undo", undo_cb }, { "redo", redo_cb }, { "copy-csv", copy_csv_cb }, { "close-people", close_people_cb },
  };

  gtk_widget_init_template (GTK_WIDGET (self));
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "funnel", G_ACTION_GROUP (self->actions));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Funnel"), -1);
}

void
pdg_funnel_pane_bind (PdgFunnelPane *self, PdgWorkspace *workspace, PdgStyle *style)
{
  g_return_if_fail (self->model == NULL);
  self->workspace = g_object_ref (workspace);
  self->style = g_object_ref (style);
  self->model = pdg_funnel_model_new (workspace);
  pdg_funnel_steps_bind (self->steps, self->model);
  pdg_session_list_bind (self->people_list, workspace, pdg_funnel_model_list_people (self->model), _ ("People"));
  g_signal_connect_swapped (self->model, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (self->model, "answered", G_CALLBACK (answered_cb), self);
  g_signal_connect_swapped (self->model, "people-changed", G_CALLBACK (people_cb), self);
  g_signal_connect_swapped (self->window_dropdown, "notify::selected", G_CALLBACK (window_cb), self);
  g_signal_connect_swapped (self->order_dropdown, "notify::selected", G_CALLBACK (order_cb), self);
  g_signal_connect_swapped (self->counting_dropdown, "notify::selected", G_CALLBACK (counting_cb), self);
  changed_cb (self);
  answered_cb (self);
}

gboolean
pdg_funnel_pane_set_screens (PdgFunnelPane *self, const char *const *screen_ids, guint n)
{
  return pdg_funnel_model_set_screens (self->model, screen_ids, n);
}

void
pdg_funnel_pane_focus (PdgFunnelPane *self)
{
  pdg_funnel_steps_focus (self->steps);
}
