#include "config.h"
#include "db/pdg-db-listener.h"

#include <glib-unix.h>
#include <string.h>

#include "db/pdg-db-private.h"

#define FIRST_PAUSE_MS 50
#define LONGEST_PAUSE_MS 5000
#define CONNECT_TIMEOUT_MS 10000

/* The life of a listener: connecting (PQconnectPoll) -> subscribing (LISTEN was sent) -> listening -> lost, a pause that
 * doubles -> connecting … Exactly one descriptor source or one timer is attached at any time. */
typedef enum
{
  WAITING,
  CONNECTING,
  SUBSCRIBING,
  LISTENING,
} Phase;

struct _PdgDbListener
{
  char *uri;
  char *channel;
  GMainContext *context;
  PdgDbNotifyFunc notify;
  PdgDbListenerStateFunc state;
  gpointer user_data;
  PGconn *pq;
  GSource *source;
  GSource *deadline; /* for connecting and subscribing */
  Phase phase;
  guint pause_ms;
  gboolean told_away;
  gboolean *freed; /* set while a callback runs, to notice that it freed us */
};

static void connect_listener (PdgDbListener *listener);
static gboolean on_socket (int fd, GIOCondition condition, gpointer data);

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
watch (PdgDbListener *listener, GIOCondition condition)
{
  clear_source (&listener->source);
  listener->source = g_unix_fd_source_new (PQsocket (listener->pq), condition | G_IO_HUP | G_IO_ERR);
  g_source_set_callback (listener->source, G_SOURCE_FUNC (on_socket), listener, NULL);
  g_source_attach (listener->source, listener->context);
}

/* Calls back; FALSE when the callback freed the listener. */
static gboolean
tell_state (PdgDbListener *listener, gboolean connected)
{
  gboolean freed = FALSE;

  if (listener->state == NULL)
    return TRUE;
  listener->freed = &freed;
  listener->state (connected, listener->user_data);
  if (freed)
    return FALSE;
  listener->freed = NULL;
  return TRUE;
}

static gboolean
tell_notify (PdgDbListener *listener, const char *payload)
{
  gboolean freed = FALSE;

  listener->freed = &freed;
  listener->notify (payload, listener->user_data);
  if (freed)
    return FALSE;
  listener->freed = NULL;
  return TRUE;
}

static gboolean
on_pause_over (gpointer data)
{
  connect_listener (data);
  return G_SOURCE_REMOVE;
}

static void
lose (PdgDbListener *listener)
{
  gboolean was_away = listener->told_away;

  clear_source (&listener->source);
  clear_source (&listener->deadline);
  g_clear_pointer (&listener->pq, PQfinish);
  listener->phase = WAITING;
  /* some spread, so that many listeners do not come back at the same moment */
  listener->source = g_timeout_source_new (listener->pause_ms + g_random_int_range (0, listener->pause_ms / 2 + 1));
  listener->pause_ms = MIN (listener->pause_ms * 2, LONGEST_PAUSE_MS);
  g_source_set_callback (listener->source, on_pause_over, listener, NULL);
  g_source_attach (listener->source, listener->context);
  listener->told_away = TRUE;
  if (!was_away)
    tell_state (listener, FALSE);
}

static gboolean
on_deadline (gpointer data)
{
  PdgDbListener *listener = data;

  g_debug ("connecting the listener took too long");
  lose (listener);
  return G_SOURCE_REMOVE;
}

static void
connect_listener (PdgDbListener *listener)
{
  g_autoptr (GError) error = NULL;

  listener->pq = pdg_db_connect_start (listener->uri, "productgraph listener", &error);
  if (listener->pq == NULL || PQstatus (listener->pq) == CONNECTION_BAD)
    {
      lose (listener);
      return;
    }
  listener->phase = CONNECTING;
  listener->deadline = g_timeout_source_new (CONNECT_TIMEOUT_MS);
  g_source_set_callback (listener->deadline, on_deadline, listener, NULL);
  g_source_attach (listener->deadline, listener->context);
  watch (listener, G_IO_OUT);
}

static void
subscribe (PdgDbListener *listener)
{
  char *quoted = PQescapeIdentifier (listener->pq, listener->channel, strlen (listener->channel));
  g_autofree char *sql = g_strdup_printf ("LISTEN %s", quoted != NULL ? quoted : "");

  PQfreemem (quoted);
  listener->phase = SUBSCRIBING;
  if (!PQsendQuery (listener->pq, sql))
    lose (listener);
  else
    watch (listener, G_IO_IN);
}

static void
step_connecting (PdgDbListener *listener)
{
  switch (PQconnectPoll (listener->pq))
    {
    case PGRES_POLLING_READING:
      watch (listener, G_IO_IN);
      break;
    case PGRES_POLLING_WRITING:
      watch (listener, G_IO_OUT);
      break;
    case PGRES_POLLING_OK:
      subscribe (listener);
      break;
    default:
      g_debug ("the listener cannot connect");
      lose (listener);
    }
}

/* FALSE when the listener was lost or freed. */
static gboolean
step_subscribing (PdgDbListener *listener)
{
  PGresult *result;
  gboolean ok = FALSE;

  if (PQisBusy (listener->pq))
    return TRUE;
  while ((result = PQgetResult (listener->pq)) != NULL)
    {
      ok = PQresultStatus (result) == PGRES_COMMAND_OK;
      PQclear (result);
    }
  if (!ok)
    {
      lose (listener);
      return FALSE;
    }
  clear_source (&listener->deadline);
  listener->phase = LISTENING;
  listener->pause_ms = FIRST_PAUSE_MS;
  listener->told_away = FALSE;
  return tell_state (listener, TRUE);
}

static gboolean
on_socket (int fd, GIOCondition condition, gpointer data)
{
  PdgDbListener *listener = data;
  PGnotify *notify;

  if (listener->phase == CONNECTING)
    {
      step_connecting (listener);
      return G_SOURCE_CONTINUE;
    }
  if (!PQconsumeInput (listener->pq))
    {
      lose (listener);
      return G_SOURCE_CONTINUE;
    }
  if (listener->phase == SUBSCRIBING && (!step_subscribing (listener) || listener->phase != LISTENING))
    return G_SOURCE_CONTINUE;
  while ((notify = PQnotifies (listener->pq)) != NULL)
    {
      gboolean alive = tell_notify (listener, notify->extra);

      PQfreemem (notify);
      if (!alive)
        return G_SOURCE_CONTINUE;
    }
  if (PQstatus (listener->pq) != CONNECTION_OK)
    lose (listener);
  return G_SOURCE_CONTINUE;
}

PdgDbListener *
pdg_db_listener_new (const char *uri, const char *channel, GMainContext *context,
                     PdgDbNotifyFunc notify, PdgDbListenerStateFunc state, gpointer user_data)
{
  PdgDbListener *listener = g_new0 (PdgDbListener, 1);

  listener->uri = g_strdup (uri);
  listener->channel = g_strdup (channel);
  listener->context = g_main_context_ref (context != NULL ? context : g_main_context_default ());
  listener->notify = notify;
  listener->state = state;
  listener->user_data = user_data;
  listener->pause_ms = FIRST_PAUSE_MS;
  /* the first step too runs on the context, so that any thread may make a listener for it */
  listener->source = g_idle_source_new ();
  g_source_set_callback (listener->source, on_pause_over, listener, NULL);
  g_source_attach (listener->source, listener->context);
  return listener;
}

void
pdg_db_listener_free (PdgDbListener *listener)
{
  if (listener == NULL)
    return;
  if (listener->freed != NULL)
    *listener->freed = TRUE;
  clear_source (&listener->source);
  clear_source (&listener->deadline);
  g_clear_pointer (&listener->pq, PQfinish);
  g_main_context_unref (listener->context);
  g_free (listener->uri);
  g_free (listener->channel);
  g_free (listener);
}

gboolean
pdg_db_listener_is_connected (PdgDbListener *listener)
{
  return listener->phase == LISTENING;
}
