#include "config.h"
#include "app/pdg-session-steps.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-documents.h"
#include "app/pdg-format.h"
#include "app/pdg-json.h"

struct _PdgSessionSteps
{
  GtkWidget parent_instance;
  GtkWidget *box;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (PdgSessionSteps, pdg_session_steps, GTK_TYPE_WIDGET)

static void
pdg_session_steps_dispose (GObject *object)
{
  PdgSessionSteps *self = PDG_SESSION_STEPS (object);
  GtkWidget *child;

  g_cancellable_cancel (self->cancellable);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  self->box = NULL;
  G_OBJECT_CLASS (pdg_session_steps_parent_class)->dispose (object);
}

static void
pdg_session_steps_finalize (GObject *object)
{
  g_object_unref (PDG_SESSION_STEPS (object)->cancellable);
  G_OBJECT_CLASS (pdg_session_steps_parent_class)->finalize (object);
}

static void
pdg_session_steps_class_init (PdgSessionStepsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pdg_session_steps_dispose;
  G_OBJECT_CLASS (klass)->finalize = pdg_session_steps_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
pdg_session_steps_init (PdgSessionSteps *self)
{
  self->cancellable = g_cancellable_new ();
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  gtk_widget_add_css_class (self->box, "steps");
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

static const char *
get_text (JsonObject *properties, const char *key)
{
  const char *text = pdg_json_get_string (properties, key);

  return text != NULL && *text != '\0' ? text : NULL;
}

static char *
describe_call (JsonObject *properties, gboolean *bad)
{
  const char *method = get_text (properties, "api.method"), *path = get_text (properties, "api.path");
  gint64 status = pdg_json_get_int (properties, "api.status_code", 0);
  g_autofree char *code = status > 0 ? g_strdup_printf (" %d", (int) status) : g_strdup ("");

  *bad = status >= 400;
  return g_strdup_printf ("%s %s%s", method != NULL ? method : "", path != NULL ? path : "", code);
}

char *
pdg_session_steps_describe (JsonObject *event, gboolean *bad)
{
  const char *type = pdg_json_get_string (event, "type"), *component = pdg_json_get_string (event, "componentName");
  const char *name = pdg_json_get_string (event, "name"), *screen = pdg_json_get_string (pdg_json_get_object (event, "screen"), "name");
  JsonObject *properties = pdg_json_get_object (event, "properties");
  const char *text = get_text (properties, "ui.element.text");
  const char *target = text != NULL ? text : component != NULL ? component : "";

  *bad = FALSE;
  if (g_strcmp0 (type, "page.view") == 0)
    return g_strdup_printf (_ ("Viewed %s"), screen != NULL ? screen : pdg_json_get_string (event, "pagePath"));
  if (g_strcmp0 (type, "ui.click") == 0)
    return g_strdup_printf (_ ("Clicked %s"), target);
  if (g_strcmp0 (type, "ui.input") == 0)
    return g_strdup_printf (_ ("Typed into %s"), target);
  if (g_strcmp0 (type, "ui.submit") == 0)
    return g_strdup_printf (_ ("Submitted %s"), target);
  if (g_strcmp0 (type, "state.change") == 0)
    return g_strdup_printf ("%s → %s", get_text (properties, "ui.state.key"), get_text (properties, "ui.state.after"));
  if (g_strcmp0 (type, "api.response") == 0)
    return describe_call (properties, bad);
  if (g_strcmp0 (type, "journey.step") == 0 && get_text (properties, "gen_ai.journey.step.name") != NULL)
    return g_strdup_printf (_ ("Step: %s"), get_text (properties, "gen_ai.journey.step.name"));
  if (g_strcmp0 (type, "error") == 0)
    {
      *bad = TRUE;
      return g_strdup (get_text (properties, "error.message") != NULL ? get_text (properties, "error.message") : _ ("An error"));
    }
  return g_strdup (name != NULL ? name : type);
}

static GtkWidget *
new_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "small");
  gtk_widget_add_css_class (label, css_class);
  return label;
}

/* What says nothing of its own beside the others. */
static gboolean
is_told (const char *type)
{
  static const char *const untold[] = { "page.leave", "api.request", "performance", "ui.scroll", "ui.focus", "ui.blur", NULL };

  return type != NULL && !g_strv_contains (untold, type);
}

static void
add_step (PdgSessionSteps *self, JsonObject *event)
{
  gboolean bad;
  g_autofree char *what = pdg_session_steps_describe (event, &bad), *marked = bad ? g_strconcat ("▲ ", what, NULL) : g_strdup (what);
  g_autofree char *clock = pdg_format_clock (pdg_json_get_time (event, "timestamp"));
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *time = new_label (clock, "third"), *label = new_label (marked, bad ? "bad" : "second");

  gtk_widget_add_css_class (time, "numeric");
  gtk_widget_set_tooltip_text (label, what);
  gtk_box_append (GTK_BOX (line), time);
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (GTK_BOX (self->box), line);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PdgSessionSteps) self = user_data;
  g_autoptr (JsonNode) response = pdg_client_execute_finish (PDG_CLIENT (source), result, NULL);
  JsonObject *data = response != NULL ? pdg_json_get_data (response, NULL) : NULL;
  JsonObject *events = pdg_json_get_object (pdg_json_get_object (pdg_json_get_object (data, "project"), "session"), "events");
  JsonArray *nodes = pdg_json_get_array (events, "nodes");
  GtkWidget *child;

  if (self->box == NULL)
    return;
  while ((child = gtk_widget_get_first_child (self->box)) != NULL)
    gtk_box_remove (GTK_BOX (self->box), child);
  for (guint i = 0; i < pdg_json_get_length (nodes); i++)
    if (is_told (pdg_json_get_string (pdg_json_get_element (nodes, i), "type")))
      add_step (self, pdg_json_get_element (nodes, i));
  if (nodes == NULL)
    gtk_box_append (GTK_BOX (self->box), new_label (_ ("The steps could not be read. Close the session and open it again."), "second"));
  else if (pdg_json_get_bool (pdg_json_get_object (events, "pageInfo"), "hasNextPage"))
    gtk_box_append (GTK_BOX (self->box), new_label (_ ("It went on after these first 60 events."), "third"));
}

GtkWidget *
pdg_session_steps_new (PdgWorkspace *workspace, const char *session_id)
{
  PdgSessionSteps *self = g_object_new (PDG_TYPE_SESSION_STEPS, NULL);
  PdgProject *project = pdg_workspace_get_project (workspace);
  g_autoptr (JsonNode) variables = pdg_json_new_variables ("id", project != NULL ? pdg_project_get_id (project) : "", "session", session_id, NULL);

  gtk_box_append (GTK_BOX (self->box), new_label (_ ("Loading…"), "second"));
  pdg_client_execute_async (pdg_workspace_get_client (workspace), PDG_DOCUMENT_SESSION_STEPS, variables, self->cancellable, loaded_cb,
                            g_object_ref (self));
  return GTK_WIDGET (self);
}
