#include "config.h"
#include "app/pdg-demo-job.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-documents.h"
#include "app/pdg-format.h"
#include "app/pdg-json.h"

struct _PdgDemoJob
{
  GObject parent_instance;
  PdgWorkspace *workspace;
  guint subscription;
  guint finish_source;
  gboolean running;
  gint64 done;
  gint64 total;
  char *project_id;
  char *error_message;
};

G_DEFINE_FINAL_TYPE (PdgDemoJob, pdg_demo_job, G_TYPE_OBJECT)

enum
{
  PROP_RUNNING = 1,
  PROP_FRACTION,
  PROP_ERROR_MESSAGE,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
unsubscribe (PdgDemoJob *self)
{
  if (self->subscription != 0)
    pdg_client_unsubscribe (pdg_workspace_get_client (self->workspace), self->subscription);
  self->subscription = 0;
}

static gboolean
unsubscribe_cb (gpointer user_data)
{
  PdgDemoJob *self = user_data;

  self->finish_source = 0;
  unsubscribe (self);
  return G_SOURCE_REMOVE;
}

static void
finish (PdgDemoJob *self, const char *error_message)
{
  if (!self->running)
    return;
  self->running = FALSE;
  g_free (self->error_message);
  self->error_message = g_strdup (error_message);
  /* Later: this may run inside the subscription's own callback. */
  if (self->subscription != 0 && self->finish_source == 0)
    self->finish_source = g_idle_add (unsubscribe_cb, self);
  if (error_message == NULL)
    pdg_workspace_reload_projects (self->workspace, self->project_id);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ERROR_MESSAGE]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RUNNING]);
}

static void
take_progress (PdgDemoJob *self, JsonObject *progress)
{
  const char *project_id = pdg_json_get_string (progress, "projectId");
  const char *error_message = pdg_json_get_string (progress, "error");

  if (progress == NULL || !self->running)
    return;
  if (project_id != NULL)
    {
      g_free (self->project_id);
      self->project_id = g_strdup (project_id);
    }
  self->done = pdg_json_get_int (progress, "done", self->done);
  self->total = pdg_json_get_int (progress, "total", self->total);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FRACTION]);
  if (error_message != NULL || !pdg_json_get_bool (progress, "running"))
    finish (self, error_message);
}

static void
progress_cb (JsonNode *response, gpointer user_data)
{
  JsonObject *data = pdg_json_get_data (response, NULL);

  take_progress (user_data, pdg_json_get_object (data, "demoProgress"));
}

static void
started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PdgDemoJob) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) response = pdg_client_execute_finish (PDG_CLIENT (source), result, &error);
  JsonObject *data = response != NULL ? pdg_json_get_data (response, &error) : NULL;
  JsonObject *progress = pdg_json_get_object (data, "loadDemo");

  if (self->workspace == NULL)
    return;
  if (progress == NULL)
    finish (self, error != NULL ? error->message : _ ("The demo data could not be loaded."));
  else
    take_progress (self, progress);
  /* Not before the job runs: the first message tells how it stands, and an older job stands finished. */
  if (self->running)
    self->subscription = pdg_client_subscribe (PDG_CLIENT (source), PDG_DOCUMENT_DEMO_PROGRESS, NULL, progress_cb, self, NULL);
}

static void
pdg_demo_job_dispose (GObject *object)
{
  PdgDemoJob *self = PDG_DEMO_JOB (object);

  g_clear_handle_id (&self->finish_source, g_source_remove);
  if (self->workspace != NULL)
    unsubscribe (self);
  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (pdg_demo_job_parent_class)->dispose (object);
}

static void
pdg_demo_job_finalize (GObject *object)
{
  PdgDemoJob *self = PDG_DEMO_JOB (object);

  g_free (self->project_id);
  g_free (self->error_message);
  G_OBJECT_CLASS (pdg_demo_job_parent_class)->finalize (object);
}

static void
pdg_demo_job_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PdgDemoJob *self = PDG_DEMO_JOB (object);

  switch (id)
    {
    case PROP_RUNNING:
      g_value_set_boolean (value, self->running);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, pdg_demo_job_get_fraction (self));
      break;
    case PROP_ERROR_MESSAGE:
      g_value_set_string (value, self->error_message);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
pdg_demo_job_class_init (PdgDemoJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = pdg_demo_job_get_property;
  object_class->dispose = pdg_demo_job_dispose;
  object_class->finalize = pdg_demo_job_finalize;
  props[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE, flags);
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, flags);
  props[PROP_ERROR_MESSAGE] = g_param_spec_string ("error-message", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pdg_demo_job_init (PdgDemoJob *self)
{
}

PdgDemoJob *
pdg_demo_job_new (PdgWorkspace *workspace)
{
  PdgDemoJob *self = g_object_new (PDG_TYPE_DEMO_JOB, NULL);

  self->workspace = g_object_ref (workspace);
  return self;
}

void
pdg_demo_job_start (PdgDemoJob *self)
{
  PdgClient *client = pdg_workspace_get_client (self->workspace);

  if (self->running)
    return;
  g_clear_handle_id (&self->finish_source, g_source_remove);
  unsubscribe (self);
  self->running = TRUE;
  self->done = self->total = 0;
  g_clear_pointer (&self->error_message, g_free);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ERROR_MESSAGE]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FRACTION]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RUNNING]);
  pdg_client_execute_async (client, PDG_DOCUMENT_LOAD_DEMO, NULL, NULL, started_cb, g_object_ref (self));
}

gboolean
pdg_demo_job_is_running (PdgDemoJob *self)
{
  return self->running;
}

double
pdg_demo_job_get_fraction (PdgDemoJob *self)
{
  return self->total > 0 ? CLAMP ((double) self->done / (double) self->total, 0.0, 1.0) : 0.0;
}

const char *
pdg_demo_job_get_error_message (PdgDemoJob *self)
{
  return self->error_message;
}

char *
pdg_demo_job_dup_progress_text (PdgDemoJob *self)
{
  g_autofree char *done = NULL;
  g_autofree char *total = NULL;

  if (self->total <= 0)
    return NULL;
  done = pdg_format_count ((guint64) MAX (0, self->done));
  total = pdg_format_count ((guint64) self->total);
  return g_strdup_printf (_ ("%s of %s events"), done, total);
}
