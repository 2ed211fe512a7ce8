#include "config.h"
#include "api/pdg-api-turn.h"

#include "base/pdg-context.h"

/* Counted, since a place may be granted on another thread just as it is ended. */
struct _PdgApiTurn
{
  PdgApiWaiter waiter; /* the first: granted_cb() gets it */
  PdgApi *api;
  char *key;
  gboolean is_run;
  gboolean has_place;
  GMainContext *context;
  PdgApiTurnFunc func;
  gpointer user_data;
  GCancellable *gone;

  int late; /* atomic */

  /* of whoever made it */
  gboolean ended;
  gint64 deadline_usec;
  GCancellable *cancellable; /* NULL = it has not begun */
  gulong gone_id;
  PdgTimeout timeout;
};

static void
leave (PdgApiTurn *self)
{
  if (!self->has_place)
    return;
  self->has_place = FALSE;
  if (self->is_run)
    pdg_api_guards_leave_run (self->api->guards, self->key);
  else
    pdg_api_guards_leave (self->api->guards, self->key);
}

static void
turn_clear (gpointer data)
{
  PdgApiTurn *self = data;

  leave (self);
  g_clear_object (&self->cancellable);
  g_object_unref (self->gone);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_free (self->key);
}

static void
turn_release (gpointer data)
{
  g_atomic_rc_box_release_full (data, turn_clear);
}

static void
gone_cb (GCancellable *gone, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static void
late_cb (gpointer user_data)
{
  PdgApiTurn *self = user_data;

  g_atomic_int_set (&self->late, TRUE);
  g_cancellable_cancel (self->cancellable);
}

static void
begin (PdgApiTurn *self)
{
  self->cancellable = g_cancellable_new ();
  self->timeout = (PdgTimeout) { .reached = late_cb, .data = self };
  self->deadline_usec = pdg_timeouts_begin (self->api->timeouts, &self->timeout);
  self->gone_id = g_cancellable_connect (self->gone, G_CALLBACK (gone_cb), g_object_ref (self->cancellable), g_object_unref);
}

static gboolean
begin_cb (gpointer data)
{
  PdgApiTurn *self = data;

  if (!self->ended)
    {
      begin (self);
      self->func (self->user_data);
    }
  return G_SOURCE_REMOVE;
}

/* Any thread; the reference is that of waiting. */
static void
granted_cb (PdgApiWaiter *waiter)
{
  PdgApiTurn *self = (PdgApiTurn *) waiter;

  self->has_place = TRUE;
  pdg_context_post (self->context, begin_cb, self, turn_release);
}

static PdgApiTurn *
turn_new (PdgApi *api, PdgPrincipal *principal, GCancellable *gone, gboolean is_run)
{
  PdgApiTurn *self = g_atomic_rc_box_new0 (PdgApiTurn);

  self->waiter.granted = granted_cb;
  self->api = api;
  self->key = pdg_api_dup_key (principal);
  self->is_run = is_run;
  self->gone = g_object_ref (gone);
  return self;
}

PdgApiTurn *
pdg_api_turn_new (PdgApi *api, PdgPrincipal *principal, GCancellable *gone)
{
  PdgApiTurn *self = turn_new (api, principal, gone, FALSE);

  self->has_place = pdg_api_guards_enter (api->guards, self->key);
  if (!self->has_place)
    {
      turn_release (self);
      return NULL;
    }
  begin (self);
  return self;
}

PdgApiTurn *
pdg_api_turn_wait (PdgApi *api, PdgPrincipal *principal, GCancellable *gone, PdgApiTurnFunc func, gpointer user_data)
{
  PdgApiTurn *self = turn_new (api, principal, gone, TRUE);

  self->context = g_main_context_ref_thread_default ();
  self->func = func;
  self->user_data = user_data;
  g_atomic_rc_box_acquire (self); /* of waiting */
  if (!pdg_api_guards_enter_run (api->guards, self->key, &self->waiter))
    return self;
  self->has_place = TRUE;
  begin (self);
  turn_release (self);
  return self;
}

gboolean
pdg_api_turn_has_begun (PdgApiTurn *self)
{
  return self->cancellable != NULL;
}

GCancellable *
pdg_api_turn_get_cancellable (PdgApiTurn *self)
{
  return self->cancellable;
}

gint64
pdg_api_turn_get_deadline (PdgApiTurn *self)
{
  return self->deadline_usec;
}

gboolean
pdg_api_turn_end (PdgApiTurn *self)
{
  gboolean late = FALSE;

  self->ended = TRUE;
  if (self->cancellable != NULL)
    {
      pdg_timeouts_end (self->api->timeouts, &self->timeout);
      /* the database may have ended it for its time before the thread of the timeouts came to it */
      late = g_atomic_int_get (&self->late) || g_get_monotonic_time () >= self->deadline_usec;
      g_cancellable_disconnect (self->gone, self->gone_id);
      leave (self);
    }
  else if (pdg_api_guards_forget (self->api->guards, &self->waiter))
    turn_release (self);
  if (late)
    pdg_api_guards_count (self->api->guards, "time");
  turn_release (self);
  return late;
}

GBytes *
pdg_api_late_response (PdgApi *api)
{
  g_autofree char *message = g_strdup_printf ("the request took longer than %u ms; ask for less at once", api->options.graphql_timeout_ms);

  return pdg_gql_error_response (message, "TIMEOUT");
}
