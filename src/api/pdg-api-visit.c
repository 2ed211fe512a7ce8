#include "config.h"
#include "api/pdg-api-visit.h"

/* Counted: by its owner, and by a question under way. */
struct _PdgApiVisit
{
  PdgApi *api;
  char *key;
  PdgPrincipal *principal;
  char *credential;
  PdgApiVisitFunc func;
  gpointer user_data;
  GSource *timer;
  GCancellable *cancellable;
  gboolean asking;
  gboolean over;
};

static void
visit_clear (gpointer data)
{
  PdgApiVisit *self = data;

  pdg_principal_unref (self->principal);
  g_object_unref (self->cancellable);
  g_free (self->credential);
  g_free (self->key);
}

static void
visit_release (gpointer data)
{
  g_rc_box_release_full (data, visit_clear);
}

PdgApiVisit *
pdg_api_visit_new (PdgApi *api, PdgPrincipal *principal)
{
  g_autofree char *key = pdg_api_dup_key (principal);
  PdgApiVisit *self;

  if (!pdg_api_guards_open (api->guards, key))
    return NULL;
  self = g_rc_box_new0 (PdgApiVisit);
  self->api = api;
  self->key = g_steal_pointer (&key);
  self->principal = pdg_principal_ref (principal);
  self->cancellable = g_cancellable_new ();
  return self;
}

static void
stop_timer (PdgApiVisit *self)
{
  if (self->timer == NULL)
    return;
  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

/* While the database cannot be asked, the visit goes on: its runs are refused anyway. */
static void
resolved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PdgApiVisit *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgPrincipal) now = pdg_credentials_resolve_finish (self->api->options.credentials, result, &error);

  self->asking = FALSE;
  if (!self->over && error == NULL && (now == NULL || !pdg_api_is_same_principal (now, self->principal)))
    {
      stop_timer (self);
      pdg_api_guards_count (self->api->guards, "credentials");
      self->func (self->user_data);
    }
  visit_release (self);
}

static gboolean
look_cb (gpointer user_data)
{
  PdgApiVisit *self = user_data;

  if (self->asking)
    return G_SOURCE_CONTINUE;
  self->asking = TRUE;
  pdg_credentials_resolve_async (self->api->options.credentials, self->credential, self->cancellable, resolved_cb, g_rc_box_acquire (self));
  return G_SOURCE_CONTINUE;
}

void
pdg_api_visit_watch (PdgApiVisit *self, const char *credential, PdgApiVisitFunc func, gpointer user_data)
{
  if (credential == NULL || self->api->options.graphql_recheck_ms == 0)
    return;
  self->credential = g_strdup (credential);
  self->func = func;
  self->user_data = user_data;
  self->timer = g_timeout_source_new (self->api->options.graphql_recheck_ms);
  g_source_set_callback (self->timer, look_cb, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

void
pdg_api_visit_end (PdgApiVisit *self)
{
  self->over = TRUE;
  stop_timer (self);
  g_cancellable_cancel (self->cancellable);
  pdg_api_guards_close (self->api->guards, self->key);
  visit_release (self);
}
