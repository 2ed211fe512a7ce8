#include "config.h"
#include "app/pdg-inspector.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-comments-pane.h"
#include "app/pdg-flow-list.h"
#include "app/pdg-flows.h"
#include "app/pdg-format.h"
#include "app/pdg-inspector-details.h"
#include "app/pdg-inspector-sessions.h"
#include "app/pdg-metric.h"
#include "app/pdg-spoken.h"
#include "app/pdg-session-model.h"
#include "app/pdg-shot.h"
#include "base/pdg-stats.h"
#include "canvas/pdg-group.h"

#define MAX_NAMES 6

struct _PdgInspector
{
  GtkWidget parent_instance;
  GtkStack *stack;

  GtkLabel *summary_title;
  GtkLabel *summary_note;
  PdgMetric *summary_sessions;
  PdgMetric *summary_events;
  PdgMetric *summary_screens;
  PdgMetric *summary_visits;
  PdgMetric *summary_depth;
  PdgMetric *summary_active;
  PdgFlowList *summary_entries;
  PdgFlowList *summary_ends;
  PdgCommentsPane *summary_comments;

  PdgShot *screen_shot;
  GtkLabel *screen_name;
  GtkLabel *screen_path;
  PdgMetric *screen_visits;
  PdgMetric *screen_entries;
  PdgMetric *screen_exits;
  PdgMetric *screen_errors;
  PdgMetric *screen_load;
  PdgMetric *screen_dwell;
  PdgFlowList *screen_next;
  PdgFlowList *screen_previous;
  PdgInspectorDetails *screen_details;
  PdgInspectorSessions *screen_sessions;
  PdgCommentsPane *screen_comments;

  GtkLabel *edge_title;
  GtkLabel *edge_note;
  PdgMetric *edge_count;
  PdgMetric *edge_share;
  PdgMetric *edge_incoming;
  PdgMetric *edge_dwell;
  PdgFlowList *edge_ends;
  PdgInspectorSessions *edge_sessions;
  PdgCommentsPane *edge_comments;

  GtkLabel *many_title;
  GtkLabel *many_note;
  PdgMetric *many_visits;
  PdgMetric *many_entries;
  PdgMetric *many_exits;
  PdgMetric *many_errors;

  PdgWorkspace *workspace;
  PdgSessionModel *sessions;
};

G_DEFINE_FINAL_TYPE (PdgInspector, pdg_inspector, GTK_TYPE_WIDGET)

/* ---- figures ---- */

static void
set_count (PdgMetric *metric, guint64 count)
{
  g_autofree char *text = pdg_format_count (count);

  pdg_metric_set_value (metric, text, NULL, FALSE);
}

/* What is not known is left out. */
static void
set_duration (PdgMetric *metric, double ms)
{
  g_autofree char *text = pdg_format_duration_ms (ms);

  pdg_metric_set_value (metric, text, NULL, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (metric), ms >= 0);
}

/* "24.1 % ± 1.3", with base and interval in the tooltip. */
static void
set_share (PdgMetric *metric, guint64 count, guint64 base, gboolean bad, const char *reason)
{
  g_autofree char *share = pdg_format_share_interval (count, base);
  g_autofree char *count_text = pdg_format_count (count);
  g_autofree char *base_text = pdg_format_count (base);
  g_autofree char *detail = NULL;
  double low, high;

  if (pdg_stats_wilson (count, base, &low, &high))
    detail = g_strdup_printf (_ ("%s of %s visits. 95 %% interval %.1f to %.1f %%.%s%s"), count_text, base_text, 100 * low, 100 * high,
                              reason != NULL ? " " : "", reason != NULL ? reason : "");
  pdg_metric_set_value (metric, share, detail, bad);
}

static void
set_of (PdgMetric *metric, guint64 count, guint64 base, gboolean bad)
{
  g_autofree char *count_text = pdg_format_count (count);
  g_autofree char *base_text = pdg_format_count (base);
  g_autofree char *share = pdg_format_share (count, base);
  /* Translators: so many in so many: "612 in 4,287" */
  g_autofree char *text = g_strdup_printf (_ ("%s in %s"), count_text, base_text);
  g_autofree char *detail = NULL;
  double low, high;

  if (pdg_stats_wilson (count, base, &low, &high))
    detail = g_strdup_printf (_ ("%s of %s visits, that is %s. 95 %% interval %.1f to %.1f %%."), count_text, base_text, share, 100 * low, 100 * high);
  pdg_metric_set_value (metric, text, detail, bad);
}

static void G_GNUC_PRINTF (2, 3)
    set_label (PdgMetric *metric, const char *format, ...)
{
  g_autofree char *label = NULL;
  va_list args;

  va_start (args, format);
  label = g_strdup_vprintf (format, args);
  va_end (args);
  g_object_set (metric, "label", label, NULL);
}

/* ---- pages ---- */

static void
update_summary_note (PdgInspector *self)
{
  g_autofree char *clock = pdg_format_clock (pdg_workspace_get_as_of (self->workspace));
  g_autofree char *note = g_strdup_printf (_ ("%s · as of %s"), pdg_time_range_get_label (pdg_workspace_get_range (self->workspace)), clock);
  gint active = pdg_workspace_get_active_sessions (self->workspace);
  g_autofree char *active_text = active >= 0 ? pdg_format_count ((guint64) active) : g_strdup ("–");

  gtk_label_set_text (self->summary_note, note);
  pdg_metric_set_value (self->summary_active, active_text, _ ("Sessions with an event in the last five minutes"), FALSE);
}

static void
show_summary (PdgInspector *self, const PdgJourneyGraph *graph)
{
  PdgFlowTotals totals = pdg_flows_sum (graph);
  guint64 n_sessions = pdg_journey_graph_get_n_sessions (graph);
  PdgFlow flows[PDG_FLOW_LIST_MAX];
  guint n_screens;

  pdg_journey_graph_get_screens (graph, &n_screens);
  set_count (self->summary_sessions, n_sessions);
  set_count (self->summary_events, pdg_journey_graph_get_n_events (graph));
  set_count (self->summary_screens, n_screens);
  set_count (self->summary_visits, totals.visits);
  {
    g_autofree char *depth = n_sessions > 0 ? g_strdup_printf ("%.1f", (double) totals.visits / (double) n_sessions) : g_strdup ("–");

    pdg_metric_set_value (self->summary_depth, depth, _ ("Mean number of visits to screens in a session"), FALSE);
  }
  pdg_flow_list_set_flows (self->summary_entries, flows, pdg_flows_list_ends (graph, TRUE, flows));
  pdg_flow_list_set_flows (self->summary_ends, flows, pdg_flows_list_ends (graph, FALSE, flows));
  update_summary_note (self);
  gtk_stack_set_visible_child_name (self->stack, "summary");
}

static void
show_screen (PdgInspector *self, const PdgJourneyGraph *graph, guint index)
{
  guint n;
  const PdgJourneyScreen *screen = &pdg_journey_graph_get_screens (graph, &n)[index];
  gboolean many_exits = pdg_flows_exits_stand_out (graph, index);
  g_autofree char *label = pdg_spoken_screen (screen);
  PdgFlow flows[PDG_FLOW_LIST_MAX];

  pdg_shot_set_snapshot (self->screen_shot, screen->snapshot_id, label);
  gtk_widget_set_visible (GTK_WIDGET (self->screen_shot), screen->snapshot_id != NULL);
  gtk_label_set_text (self->screen_name, screen->name);
  gtk_label_set_text (self->screen_path, screen->path);
  gtk_widget_set_visible (GTK_WIDGET (self->screen_path), !g_str_equal (screen->path, screen->name));
  set_count (self->screen_visits, screen->visits);
  set_share (self->screen_entries, screen->entries, screen->visits, FALSE, NULL);
  set_share (self->screen_exits, screen->exits, screen->visits, many_exits,
             many_exits ? _ ("Significantly more than at the average screen.") : NULL);
  set_of (self->screen_errors, screen->errors, screen->visits, screen->errors > 0);
  set_duration (self->screen_load, screen->load_p75_ms);
  set_duration (self->screen_dwell, screen->dwell_median_ms);
  pdg_flow_list_set_flows (self->screen_next, flows, pdg_flows_list_around (graph, index, TRUE, flows));
  pdg_flow_list_set_flows (self->screen_previous, flows, pdg_flows_list_around (graph, index, FALSE, flows));
  gtk_stack_set_visible_child_name (self->stack, "screen");
}

static void
show_edge (PdgInspector *self, const PdgJourneyGraph *graph, const PdgJourneyTransition *transition)
{
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n);
  const PdgJourneyScreen *from = &screens[transition->from];
  const PdgJourneyScreen *to = &screens[transition->to];
  g_autofree char *title = g_strdup_printf ("%s → %s", from->name, to->name);
  const PdgFlow ends[] = { { from->id, from->name, from->visits, 0 }, { to->id, to->name, to->visits, 0 } };

  gtk_label_set_text (self->edge_title, title);
  gtk_label_set_text (self->edge_note, transition->from == transition->to ? _ ("The same screen again, opened anew")
                                                                          : _ ("Visits of the one followed by the other"));
  set_label (self->edge_share, _ ("Of visits to %s"), from->name);
  set_label (self->edge_incoming, _ ("Of visits to %s"), to->name);
  set_count (self->edge_count, transition->count);
  set_share (self->edge_share, transition->count, from->visits, FALSE, NULL);
  set_share (self->edge_incoming, transition->count, to->visits, FALSE, NULL);
  set_duration (self->edge_dwell, transition->dwell_median_ms);
  pdg_flow_list_set_flows (self->edge_ends, ends, transition->from == transition->to ? 1 : 2);
  gtk_stack_set_visible_child_name (self->stack, "edge");
}

/* Also of an edge at a folded group, or between two: its moves are the sum over their screens. */
static gboolean
show_selected_edge (PdgInspector *self, PdgJourneyGraph *graph, PdgSelection *selection)
{
  const char *ids[2];
  g_autoptr (PdgGrouping) grouping = NULL;
  const PdgJourneyTransition *transition;

  if (!pdg_selection_get_edge (selection, &ids[0], &ids[1]))
    return FALSE;
  grouping = pdg_grouping_new_for_ids (graph, ids, 2);
  if (grouping != NULL)
    graph = pdg_grouping_get_shown (grouping);
  transition = pdg_flows_lookup (graph, ids[0], ids[1]);
  if (transition == NULL)
    return FALSE;
  show_edge (self, graph, transition);
  /* Of a group it is not known which sessions went this way. */
  gtk_widget_set_visible (GTK_WIDGET (self->edge_sessions), grouping == NULL);
  return TRUE;
}

/* The selected screens, of folded groups theirs; @title: of a single group. (transfer full) (element-type utf8) */
static GPtrArray *
list_selected (PdgJourneyGraph *graph, PdgSelection *selection, char **title)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  guint n_screens, n = pdg_selection_get_n_screens (selection);
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n_screens);

  *title = NULL;
  for (guint i = 0; i < n; i++)
    {
      const char *id = pdg_selection_get_screen (selection, i);
      g_auto (GStrv) parts = g_strsplit (id, ":", 3);
      g_autoptr (PdgGrouping) grouping = NULL;
      PdgGroupBy by;
      int group = -1;

      if (pdg_group_is_id (id) && pdg_group_by_from_nick (parts[1], &by))
        {
          grouping = pdg_grouping_new (graph, by, NULL);
          group = pdg_grouping_lookup (grouping, id);
        }
      else
        g_ptr_array_add (ids, g_strdup (id));
      if (group >= 0)
        {
          guint n_members, n_groups;
          const guint32 *members = pdg_grouping_get_members (grouping, (guint) group, &n_members);

          for (guint j = 0; j < n_members; j++)
            g_ptr_array_add (ids, g_strdup (screens[members[j]].id));
          if (n == 1)
            *title = g_strdup (pdg_grouping_get_groups (grouping, &n_groups)[group].title);
        }
    }
  return ids;
}

static void
show_many (PdgInspector *self, PdgJourneyGraph *graph, PdgSelection *selection)
{
  g_autofree char *group_title = NULL;
  g_autoptr (GPtrArray) selected = list_selected (graph, selection, &group_title);
  guint n_selected = selected->len;
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n);
  g_autoptr (GString) names = g_string_new (NULL);
  g_autofree char *count = g_strdup_printf (ngettext ("%u screen", "%u screens", n_selected), n_selected);
  g_autofree char *title = group_title != NULL ? g_strdup_printf ("%s · %s", group_title, count) : g_strdup (count);
  PdgFlowTotals totals = { 0 };

  for (guint i = 0; i < n_selected; i++)
    {
      int index = pdg_journey_graph_lookup (graph, selected->pdata[i]);

      if (index < 0)
        continue;
      totals.visits += screens[index].visits;
      totals.entries += screens[index].entries;
      totals.exits += screens[index].exits;
      totals.errors += screens[index].errors;
      if (i < MAX_NAMES)
        g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", screens[index].name);
    }
  if (n_selected > MAX_NAMES)
    g_string_append_printf (names, _ (" and %u more"), n_selected - MAX_NAMES);
  gtk_label_set_text (self->many_title, title);
  gtk_label_set_text (self->many_note, names->str);
  set_count (self->many_visits, totals.visits);
  set_count (self->many_entries, totals.entries);
  set_count (self->many_exits, totals.exits);
  set_of (self->many_errors, totals.errors, totals.visits, totals.errors > 0);
  gtk_stack_set_visible_child_name (self->stack, "many");
}

static void
update (PdgInspector *self)
{
  PdgJourneyGraph *graph = pdg_workspace_get_graph (self->workspace);
  PdgSelection *selection = pdg_workspace_get_selection (self->workspace);
  int index = -1;
  guint n_screens = 0;

  if (graph != NULL)
    pdg_journey_graph_get_screens (graph, &n_screens);
  if (n_screens == 0)
    {
      gtk_stack_set_visible_child_name (self->stack, "nothing");
      return;
    }
  if (show_selected_edge (self, graph, selection))
    return;
  if (pdg_selection_get_n_screens (selection) == 1)
    index = pdg_journey_graph_lookup (graph, pdg_selection_get_primary (selection));
  if (index >= 0)
    show_screen (self, graph, (guint) index);
  else if (pdg_selection_get_n_screens (selection) > 1 || pdg_group_is_id (pdg_selection_get_primary (selection)))
    show_many (self, graph, selection);
  else
    show_summary (self, graph);
}

static void
activated_cb (PdgInspector *self, const char *screen_id)
{
  pdg_selection_select_screen (pdg_workspace_get_selection (self->workspace), screen_id);
  pdg_workspace_reveal_selection (self->workspace);
}

/* ---- the widget ---- */

static void
pdg_inspector_dispose (GObject *object)
{
  PdgInspector *self = PDG_INSPECTOR (object);
  GtkWidget *child;

  if (self->workspace != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->workspace, self);
      g_signal_handlers_disconnect_by_data (pdg_workspace_get_selection (self->workspace), self);
    }
  g_clear_object (&self->workspace);
  g_clear_object (&self->sessions);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (pdg_inspector_parent_class)->dispose (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PdgInspector, name)

static void
pdg_inspector_class_init (PdgInspectorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pdg_inspector_dispose;
  g_type_ensure (PDG_TYPE_COMMENTS_PANE);
  g_type_ensure (PDG_TYPE_FLOW_LIST);
  g_type_ensure (PDG_TYPE_INSPECTOR_DETAILS);
  g_type_ensure (PDG_TYPE_INSPECTOR_SESSIONS);
  g_type_ensure (PDG_TYPE_METRIC);
  g_type_ensure (PDG_TYPE_SHOT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/productgraph/ProductGraph/pdg-inspector.ui");
  BIND (stack);
  BIND (summary_title);
  BIND (summary_note);
  BIND (summary_sessions);
  BIND (summary_events);
  BIND (summary_screens);
  BIND (summary_visits);
  BIND (summary_depth);
  BIND (summary_active);
  BIND (summary_entries);
  BIND (summary_ends);
  BIND (summary_comments);
  BIND (screen_shot);
  BIND (screen_name);
  BIND (screen_path);
  BIND (screen_visits);
  BIND (screen_entries);
  BIND (screen_exits);
  BIND (screen_errors);
  BIND (screen_load);
  BIND (screen_dwell);
  BIND (screen_next);
  BIND (screen_previous);
  BIND (screen_details);
  BIND (screen_sessions);
  BIND (screen_comments);
  BIND (edge_title);
  BIND (edge_note);
  BIND (edge_count);
  BIND (edge_share);
  BIND (edge_incoming);
  BIND (edge_dwell);
  BIND (edge_ends);
  BIND (edge_sessions);
  BIND (edge_comments);
  BIND (many_title);
  BIND (many_note);
  BIND (many_visits);
  BIND (many_entries);
  BIND (many_exits);
  BIND (many_errors);
}

/* Where the comment on what is selected is written. */
static void
comment_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgInspector *self = user_data;

  if (!pdg_comments_pane_begin (pdg_selection_get_edge (pdg_workspace_get_selection (self->workspace), &(const char *) { NULL }, &(const char *) { NULL })
                                  ? self->edge_comments
                                  : self->screen_comments))
    gtk_widget_error_bell (GTK_WIDGET (self));
}

static void
pdg_inspector_init (PdgInspector *self)
{
  const GActionEntry entries[] = { { "comment", comment_cb } };
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "inspector", G_ACTION_GROUP (actions));
  gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (shortcuts), GTK_SHORTCUT_SCOPE_GLOBAL);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (shortcuts),
                                        gtk_shortcut_new_with_arguments (gtk_keyval_trigger_new (GDK_KEY_c, 0), gtk_named_action_new ("canvas.tool"),
                                                                         "s", "comment"));
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (shortcuts),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_c, GDK_SHIFT_MASK), gtk_named_action_new ("inspector.comment")));
  gtk_widget_add_controller (GTK_WIDGET (self), shortcuts);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Details"), -1);
}

void
pdg_inspector_bind (PdgInspector *self, PdgWorkspace *workspace, PdgPictureLoader *pictures)
{
  PdgFlowList *lists[] = { self->summary_entries, self->summary_ends, self->screen_next, self->screen_previous, self->edge_ends };

  g_return_if_fail (self->workspace == NULL);
  self->workspace = g_object_ref (workspace);
  self->sessions = pdg_session_model_new (workspace);
  pdg_shot_set_loader (self->screen_shot, pictures);
  pdg_inspector_details_bind (self->screen_details, workspace, pictures);
  pdg_inspector_sessions_bind (self->screen_sessions, workspace, self->sessions);
  pdg_inspector_sessions_bind (self->edge_sessions, workspace, self->sessions);
  pdg_comments_pane_bind (self->summary_comments, workspace);
  pdg_comments_pane_bind (self->screen_comments, workspace);
  pdg_comments_pane_bind (self->edge_comments, workspace);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    g_signal_connect_swapped (lists[i], "activated", G_CALLBACK (activated_cb), self);
  g_signal_connect_swapped (workspace, "notify::graph", G_CALLBACK (update), self);
  g_signal_connect_swapped (workspace, "notify::live", G_CALLBACK (update_summary_note), self);
  g_signal_connect_swapped (pdg_workspace_get_selection (workspace), "changed", G_CALLBACK (update), self);
  update (self);
}
