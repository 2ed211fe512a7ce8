#include "config.h"
#include "desktop/pdg-backend.h"

#include "base/pdg-context.h"
#include "client/pdg-local-client.h"
#include "runtime/pdg-runtime.h"

#include <glib/gi18n-lib.h>

struct _PdgBackend
{
  PdgConfig *config;
  PdgLocalClient *client;
  GThread *thread; /* starts the runtime */
  PdgRuntime *runtime;
  gboolean stopped;
};

/* What the starting thread brings back. */
typedef struct
{
  PdgBackend *backend;
  PdgRuntime *runtime;
  GError *error;
} Outcome;

/* A change of the database's state on its way to the UI thread. */
typedef struct
{
  PdgLocalClient *client;
  gboolean connected;
  char *message;
} StateChange;

static void
state_change_free (gpointer data)
{
  StateChange *change = data;

  g_object_unref (change->client);
  g_free (change->message);
  g_free (change);
}

static gboolean
state_change_cb (gpointer data)
{
  StateChange *change = data;

  /* Only a client that was connected goes away and comes back; starting and failing are told elsewhere. */
  if (pdg_client_get_state (PDG_CLIENT (change->client)) == (change->connected ? PDG_CLIENT_AWAY : PDG_CLIENT_CONNECTED))
    pdg_client_set_state (PDG_CLIENT (change->client), change->connected ? PDG_CLIENT_CONNECTED : PDG_CLIENT_AWAY, change->message);
  return G_SOURCE_REMOVE;
}

/* On the runtime's thread. */
static void
runtime_state_cb (gboolean connected, const char *message, gpointer user_data)
{
  StateChange *change = g_new (StateChange, 1);

  change->client = g_object_ref (PDG_LOCAL_CLIENT (user_data));
  change->connected = connected;
  change->message = g_strdup (message);
  pdg_context_post (NULL, state_change_cb, change, state_change_free);
}

static gboolean
started_cb (gpointer data)
{
  Outcome *outcome = data;
  PdgBackend *self = outcome->backend;

  if (self->thread == NULL) /* stopped meanwhile: stop () has taken the runtime */
    return G_SOURCE_REMOVE;
  g_clear_pointer (&self->thread, g_thread_join);
  if (outcome->runtime != NULL)
    {
      self->runtime = g_steal_pointer (&outcome->runtime);
      pdg_local_client_set_api (self->client, pdg_runtime_get_api (self->runtime));
      if (pdg_runtime_get_not_serving_reason (self->runtime) != NULL)
        g_message ("%s", pdg_runtime_get_not_serving_reason (self->runtime));
    }
  else
    pdg_client_set_state (PDG_CLIENT (self->client), PDG_CLIENT_FAILED, outcome->error->message);
  return G_SOURCE_REMOVE;
}

static void
outcome_free (gpointer data)
{
  Outcome *outcome = data;

  g_clear_error (&outcome->error);
  g_free (outcome);
}

static gpointer
start_thread (gpointer data)
{
  PdgBackend *self = data;
  Outcome *outcome = g_new0 (Outcome, 1);
  PdgRuntime *runtime;

  outcome->backend = self;
  runtime = pdg_runtime_start (self->config, PDG_RUNTIME_MAY_SHARE | PDG_RUNTIME_DESKTOP, runtime_state_cb, self->client, &outcome->error);
  outcome->runtime = runtime;
  pdg_context_post (NULL, started_cb, outcome, outcome_free);
  return runtime;
}

PdgBackend *
pdg_backend_new (PdgConfig *config)
{
  PdgBackend *self = g_new0 (PdgBackend, 1);

  self->config = pdg_config_ref (config);
  self->client = pdg_local_client_new ();
  return self;
}

static void
begin (PdgBackend *self)
{
  pdg_client_set_state (PDG_CLIENT (self->client), PDG_CLIENT_STARTING, _("Preparing the database…"));
  self->thread = g_thread_new ("start", start_thread, self);
}

PdgClient *
pdg_backend_start (PdgBackend *self)
{
  begin (self);
  return g_object_ref (PDG_CLIENT (self->client));
}

void
pdg_backend_restart (PdgBackend *self)
{
  if (self->thread == NULL && self->runtime == NULL && !self->stopped)
    begin (self);
}

void
pdg_backend_stop (PdgBackend *self)
{
  if (self->stopped)
    return;
  self->stopped = TRUE;
  if (self->thread != NULL)
    self->runtime = g_thread_join (g_steal_pointer (&self->thread));
  pdg_local_client_set_api (self->client, NULL);
  g_clear_pointer (&self->runtime, pdg_runtime_stop);
}

void
pdg_backend_free (PdgBackend *self)
{
  if (self == NULL)
    return;
  pdg_backend_stop (self);
  /* What the threads posted before they ended refers to this. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (self->client);
  pdg_config_unref (self->config);
  g_free (self);
}
