#include "config.h"
#include "app/pdg-inspector-details.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-component-tree.h"
#include "app/pdg-fact-list.h"
#include "app/pdg-format.h"
#include "app/pdg-json.h"
#include "app/pdg-screen-details.h"
#include "app/pdg-shot-strip.h"
#include "base/pdg-clock.h"
#include "base/pdg-stats.h"

#define SKELETON_DELAY_MS 150
#define N_BONES 5

struct _PdgInspectorDetails
{
  GtkWidget parent_instance;
  GtkWidget *skeleton;
  GtkWidget *failure;
  GtkLabel *failure_label;
  GtkWidget *strip;
  GtkWidget *steps;
  GtkWidget *calls;
  GtkWidget *errors;
  GtkWidget *states;
  GtkWidget *components;
  GSimpleActionGroup *actions;
  PdgScreenDetails *details;
  PdgWorkspace *workspace;
  guint skeleton_source;
};

G_DEFINE_FINAL_TYPE (PdgInspectorDetails, pdg_inspector_details, GTK_TYPE_WIDGET)

/* ---- what is shown ---- */

static void
show_steps (PdgInspectorDetails *self)
{
  JsonArray *steps = pdg_screen_details_get_steps (self->details);

  pdg_fact_list_clear (PDG_FACT_LIST (self->steps));
  for (guint i = 0; i < pdg_json_get_length (steps); i++)
    {
      JsonObject *step = pdg_json_get_element (steps, i);
      g_autofree char *detail = g_strdup_printf (pdg_json_get_bool (step, "designed") ? _ ("%s, as designed") : "%s", pdg_json_get_string (step, "journey"));
      g_autofree char *place = g_strdup_printf (_ ("%d of %d"), (int) pdg_json_get_int (step, "place", 0), (int) pdg_json_get_int (step, "count", 0));

      pdg_fact_list_add (PDG_FACT_LIST (self->steps), &(PdgFact) { .title = pdg_json_get_string (step, "name"), .detail = detail, .value = place });
    }
}

/* "GET /api/cart", "1,204 calls · p75 240 ms", "▲ 3.1 %" */
static void
show_calls (PdgInspectorDetails *self, JsonArray *calls)
{
  pdg_fact_list_clear (PDG_FACT_LIST (self->calls));
  for (guint i = 0; i < pdg_json_get_length (calls); i++)
    {
      JsonObject *call = pdg_json_get_element (calls, i);
      guint64 count = (guint64) pdg_json_get_int (call, "count", 0), failures = (guint64) pdg_json_get_int (call, "failureCount", 0);
      double p75 = pdg_json_get_double (call, "durationP75Ms", -1), low, high;
      g_autofree char *title = pdg_screen_dup_call_title (call);
      g_autofree char *n = pdg_format_count (count), *duration = pdg_format_duration_ms (p75), *share = pdg_format_share (failures, count);
      g_autofree char *n_failures = pdg_format_count (failures);
      g_autofree char *noun = g_strdup_printf (ngettext ("%s call", "%s calls", (gulong) count), n);
      g_autofree char *detail = p75 >= 0 ? g_strdup_printf (_ ("%s · p75 %s"), noun, duration) : g_strdup (noun);
      g_autofree char *value = failures > 0 ? g_strdup_printf (_ ("%s failed"), share) : NULL, *tooltip = NULL;

      if (failures > 0 && pdg_stats_wilson (failures, count, &low, &high))
        tooltip = g_strdup_printf (_ ("%s\n%s of %s calls were answered with 400 or above. 95 %% interval %.1f to %.1f %%."), title, n_failures, n,
                                   100 * low, 100 * high);
      pdg_fact_list_add (PDG_FACT_LIST (self->calls), &(PdgFact) { .title = title, .detail = detail, .value = value,
                                                                   .tooltip = tooltip != NULL ? tooltip : title, .is_code = TRUE, .bad = failures > 0 });
    }
}

static void
show_errors (PdgInspectorDetails *self, JsonArray *errors)
{
  pdg_fact_list_clear (PDG_FACT_LIST (self->errors));
  for (guint i = 0; i < pdg_json_get_length (errors); i++)
    {
      JsonObject *error = pdg_json_get_element (errors, i);
      const char *type = pdg_json_get_string (error, "type"), *component = pdg_json_get_string (error, "component");
      g_autofree char *title = pdg_screen_dup_error_title (error);
      gint64 n_sessions = pdg_json_get_int (error, "sessionCount", 0);
      g_autofree char *count = pdg_format_count ((guint64) pdg_json_get_int (error, "count", 0));
      g_autofree char *age = pdg_format_age (pdg_json_get_time (error, "lastAt"), pdg_clock_now_usec ());
      g_autofree char *sessions = pdg_format_count ((guint64) n_sessions);
      g_autofree char *in = g_strdup_printf (ngettext ("%s session", "%s sessions", (gulong) n_sessions), sessions);
      g_autofree char *detail = component != NULL ? g_strdup_printf ("%s · %s · %s", age, in, component) : g_strdup_printf ("%s · %s", age, in);
      g_autofree char *tooltip = type != NULL ? g_strdup_printf ("%s: %s", type, title) : g_strdup (title);

      pdg_fact_list_add (PDG_FACT_LIST (self->errors), &(PdgFact) { .title = title, .detail = detail, .value = count, .tooltip = tooltip, .bad = TRUE });
    }
}

static void
show_states (PdgInspectorDetails *self, JsonArray *states)
{
  pdg_fact_list_clear (PDG_FACT_LIST (self->states));
  for (guint i = 0; i < pdg_json_get_length (states); i++)
    {
      JsonObject *state = pdg_json_get_element (states, i);
      guint64 distinct = (guint64) pdg_json_get_int (state, "distinctCount", 0), n = (guint64) pdg_json_get_int (state, "count", 0);
      const char *last = pdg_json_get_string (state, "lastValue");
      g_autofree char *distinct_text = pdg_format_count (distinct), *seen = pdg_format_count (n);
      g_autofree char *value = distinct > 1 ? g_strdup_printf (_ ("%s values"), distinct_text) : NULL;
      g_autofree char *tooltip = g_strdup_printf (ngettext ("%s = %s\nSeen %s time", "%s = %s\nSeen %s times", (gulong) n),
                                                  pdg_json_get_string (state, "path"), last, seen);

      pdg_fact_list_add (PDG_FACT_LIST (self->states), &(PdgFact) { .title = pdg_json_get_string (state, "path"), .detail = last, .value = value,
                                                                    .tooltip = tooltip, .is_code = TRUE });
    }
}

static const char *
get_screen_name (PdgInspectorDetails *self)
{
  PdgJourneyGraph *graph = pdg_workspace_get_graph (self->workspace);
  const char *id = pdg_screen_details_get_screen_id (self->details);
  int index = graph != NULL && id != NULL ? pdg_journey_graph_lookup (graph, id) : -1;
  guint n;

  return index >= 0 ? pdg_journey_graph_get_screens (graph, &n)[index].name : "";
}

static gboolean
skeleton_cb (gpointer user_data)
{
  PdgInspectorDetails *self = user_data;

  self->skeleton_source = 0;
  gtk_widget_set_visible (self->skeleton, TRUE);
  return G_SOURCE_REMOVE;
}

static void
update (PdgInspectorDetails *self)
{
  PdgDetailsState state = pdg_screen_details_get_state (self->details);
  JsonObject *screen = pdg_screen_details_get_screen (self->details);
  const char *message = pdg_screen_details_get_error_message (self->details);
  JsonArray *snapshots = pdg_json_get_array (pdg_json_get_object (screen, "snapshots"), "nodes");

  g_clear_handle_id (&self->skeleton_source, g_source_remove);
  if (state == PDG_DETAILS_LOADING)
    self->skeleton_source = g_timeout_add (SKELETON_DELAY_MS, skeleton_cb, self);
  gtk_widget_set_visible (self->skeleton, FALSE);
  gtk_widget_set_visible (self->failure, state == PDG_DETAILS_ERROR);
  gtk_label_set_text (self->failure_label, message != NULL ? message : "");
  pdg_shot_strip_set_snapshots (PDG_SHOT_STRIP (self->strip), snapshots, get_screen_name (self));
  show_steps (self);
  show_calls (self, pdg_json_get_array (screen, "apiCalls"));
  show_errors (self, pdg_json_get_array (screen, "errors"));
  show_states (self, pdg_json_get_array (screen, "stateValues"));
  pdg_component_tree_set_root (PDG_COMPONENT_TREE (self->components), pdg_screen_details_get_components (self->details));
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), "open-picture")),
                               pdg_json_get_length (snapshots) > 0);
}

static void
selection_cb (PdgInspectorDetails *self)
{
  PdgSelection *selection = pdg_workspace_get_selection (self->workspace);

  pdg_screen_details_set_screen_id (self->details,
                                    pdg_selection_get_n_screens (selection) == 1 ? pdg_selection_get_primary (selection) : NULL);
}

/* ---- actions ---- */

static void
open_picture_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgInspectorDetails *self = user_data;

  pdg_shot_strip_open (PDG_SHOT_STRIP (self->strip), 0);
}

static void
retry_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgInspectorDetails *self = user_data;

  pdg_screen_details_retry (self->details);
}

/* ---- the widget ---- */

static GtkWidget *
make_skeleton (void)
{
  static const int widths[N_BONES] = { 120, 260, 220, 250, 180 };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  for (guint i = 0; i < N_BONES; i++)
    {
      GtkWidget *bone = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

      gtk_widget_set_size_request (bone, widths[i], -1);
      gtk_widget_set_halign (bone, GTK_ALIGN_START);
      gtk_widget_add_css_class (bone, "bone");
      gtk_box_append (GTK_BOX (box), bone);
    }
  gtk_widget_set_margin_top (box, 20);
  gtk_accessible_update_property (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Loading…"), -1);
  return box;
}

static GtkWidget *
make_failure (PdgInspectorDetails *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *title = gtk_label_new (_ ("What this screen is made of could not be read.")), *button = gtk_button_new_with_label (_ ("Try again"));
  GtkWidget *labels[] = { title, gtk_label_new (NULL) };

  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    {
      gtk_label_set_xalign (GTK_LABEL (labels[i]), 0);
      gtk_label_set_wrap (GTK_LABEL (labels[i]), TRUE);
      gtk_label_set_wrap_mode (GTK_LABEL (labels[i]), PANGO_WRAP_WORD_CHAR);
      gtk_box_append (GTK_BOX (box), labels[i]);
    }
  self->failure_label = GTK_LABEL (labels[1]);
  gtk_widget_add_css_class (labels[1], "second");
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "details.retry");
  gtk_box_append (GTK_BOX (box), button);
  gtk_widget_set_margin_top (box, 20);
  return box;
}

static void
pdg_inspector_details_dispose (GObject *object)
{
  PdgInspectorDetails *self = PDG_INSPECTOR_DETAILS (object);
  GtkWidget *child;

  g_clear_handle_id (&self->skeleton_source, g_source_remove);
  if (self->details != NULL)
    g_signal_handlers_disconnect_by_data (self->details, self);
  g_clear_object (&self->details);
  if (self->workspace != NULL)
    g_signal_handlers_disconnect_by_data (pdg_workspace_get_selection (self->workspace), self);
  g_clear_object (&self->workspace);
  g_clear_object (&self->actions);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (pdg_inspector_details_parent_class)->dispose (object);
}

static void
pdg_inspector_details_class_init (PdgInspectorDetailsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pdg_inspector_details_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
pdg_inspector_details_init (PdgInspectorDetails *self)
{
  const GActionEntry entries[] = { { "open-picture", open_picture_cb }, { "retry", retry_cb } };

  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "details", G_ACTION_GROUP (self->actions));
}

void
pdg_inspector_details_bind (PdgInspectorDetails *self, PdgWorkspace *workspace, PdgPictureLoader *pictures)
{
  g_return_if_fail (self->workspace == NULL);
  self->workspace = g_object_ref (workspace);
  self->details = pdg_screen_details_new (workspace);
  self->skeleton = make_skeleton ();
  self->failure = make_failure (self);
  self->strip = pdg_shot_strip_new (pictures);
  self->steps = pdg_fact_list_new (_ ("Steps of journeys"));
  self->errors = pdg_fact_list_new (_ ("Errors by message"));
  self->calls = pdg_fact_list_new (_ ("API calls"));
  self->states = pdg_fact_list_new (_ ("State seen here"));
  self->components = pdg_component_tree_new ();
  {
    GtkWidget *children[] = { self->skeleton, self->failure, self->strip, self->steps, self->errors, self->calls, self->states, self->components };

    for (guint i = 0; i < G_N_ELEMENTS (children); i++)
      gtk_widget_set_parent (children[i], GTK_WIDGET (self));
  }
  g_signal_connect_swapped (self->details, "changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (pdg_workspace_get_selection (workspace), "changed", G_CALLBACK (selection_cb), self);
  selection_cb (self);
  update (self);
}
