#include "config.h"
#include "app/pdg-traffic-feed.h"

#include "app/pdg-documents.h"
#include "app/pdg-json.h"

#include <string.h>

struct _PdgTrafficFeed
{
  GObject parent_instance;
  PdgWorkspace *workspace;
  PdgTraffic *traffic;
  guint subscription;
  gboolean paused;
  guint active_sessions;
  guint active_actors;
  gint64 as_of_usec;
  guint64 n_events;
  guint64 n_skipped;
  guint rates[PDG_TRAFFIC_FEED_SECONDS];
  gint64 rate_second; /* monotonic, of the last of them */
};

G_DEFINE_FINAL_TYPE (PdgTrafficFeed, pdg_traffic_feed, G_TYPE_OBJECT)

enum
{
  PROP_PAUSED = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];
static guint changed_signal;

static guint
get_count (JsonObject *object, const char *member)
{
  return (guint) CLAMP (pdg_json_get_int (object, member, 0), 0, G_MAXINT);
}

static void
move_rates (PdgTrafficFeed *self, gint64 now_usec)
{
  gint64 second = now_usec / G_USEC_PER_SEC;
  gint64 steps = CLAMP (second - self->rate_second, 0, PDG_TRAFFIC_FEED_SECONDS);

  memmove (self->rates, self->rates + steps, (gsize) (PDG_TRAFFIC_FEED_SECONDS - steps) * sizeof *self->rates);
  memset (self->rates + PDG_TRAFFIC_FEED_SECONDS - steps, 0, (gsize) steps * sizeof *self->rates);
  self->rate_second = second;
}

static void
take_events (PdgTrafficFeed *self, JsonObject *message, gint64 now_usec)
{
  JsonArray *steps = pdg_json_get_array (message, "steps"), *pulses = pdg_json_get_array (message, "pulses");

  for (guint i = 0; i < pdg_json_get_length (steps); i++)
    {
      JsonObject *step = pdg_json_get_element (steps, i);
      const char *from = pdg_json_get_string (step, "from"), *to = pdg_json_get_string (step, "to");

      if (from != NULL && to != NULL)
        pdg_traffic_add_step (self->traffic, from, to, get_count (step, "count"), pdg_json_get_double (step, "elapsedMs", 0), now_usec);
    }
  for (guint i = 0; i < pdg_json_get_length (pulses); i++)
    {
      JsonObject *pulse = pdg_json_get_element (pulses, i);

      pdg_traffic_add_pulse (self->traffic, pdg_json_get_string (pulse, "screenId"), get_count (pulse, "count"), now_usec);
    }
}

static void
take_counters (PdgTrafficFeed *self, JsonObject *message)
{
  JsonArray *screens = pdg_json_get_array (message, "screens");

  if (pdg_json_get_bool (message, "isWhole"))
    pdg_traffic_clear_counters (self->traffic);
  for (guint i = 0; i < pdg_json_get_length (screens); i++)
    {
      JsonObject *screen = pdg_json_get_element (screens, i);
      const char *id = pdg_json_get_string (screen, "screenId");

      if (id != NULL)
        pdg_traffic_set_counter (self->traffic, id, get_count (screen, "activeSessions"), get_count (screen, "activeActors"));
    }
  self->active_sessions = get_count (message, "activeSessions");
  self->active_actors = get_count (message, "activeActors");
  self->as_of_usec = pdg_json_get_time (message, "asOf");
}

static void
traffic_cb (JsonNode *response, gpointer user_data)
{
  PdgTrafficFeed *self = user_data;
  JsonObject *message = pdg_json_get_object (pdg_json_get_data (response, NULL), "liveTraffic");
  gint64 now_usec = g_get_monotonic_time ();

  if (message == NULL) /* the database is away: what is shown stays, the next message is whole */
    return;
  take_events (self, message, now_usec);
  take_counters (self, message);
  self->n_events += get_count (message, "eventCount");
  self->n_skipped += get_count (message, "skippedCount");
  move_rates (self, now_usec);
  self->rates[PDG_TRAFFIC_FEED_SECONDS - 1] += get_count (message, "eventCount");
  g_signal_emit (self, changed_signal, 0);
}

static void
unsubscribe (PdgTrafficFeed *self)
{
  if (self->subscription != 0)
    pdg_client_unsubscribe (pdg_workspace_get_client (self->workspace), self->subscription);
  self->subscription = 0;
}

static void
subscribe (PdgTrafficFeed *self)
{
  PdgProject *project = pdg_workspace_get_project (self->workspace);
  g_autoptr (JsonNode) variables = NULL;

  unsubscribe (self);
  if (project == NULL || self->paused)
    return;
  variables = pdg_json_new_variables ("id", pdg_project_get_id (project), NULL);
  self->subscription = pdg_client_subscribe (pdg_workspace_get_client (self->workspace), PDG_DOCUMENT_TRAFFIC, variables, traffic_cb, self, NULL);
}

static void
project_cb (PdgTrafficFeed *self)
{
  pdg_traffic_clear (self->traffic);
  self->active_sessions = self->active_actors = 0;
  self->as_of_usec = 0;
  memset (self->rates, 0, sizeof self->rates);
  subscribe (self);
  g_signal_emit (self, changed_signal, 0);
}

static void
pdg_traffic_feed_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_PAUSED)
    g_value_set_boolean (value, PDG_TRAFFIC_FEED (object)->paused);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pdg_traffic_feed_dispose (GObject *object)
{
  PdgTrafficFeed *self = PDG_TRAFFIC_FEED (object);

  if (self->workspace != NULL)
    {
      unsubscribe (self);
      g_signal_handlers_disconnect_by_data (self->workspace, self);
    }
  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (pdg_traffic_feed_parent_class)->dispose (object);
}

static void
pdg_traffic_feed_finalize (GObject *object)
{
  pdg_traffic_free (PDG_TRAFFIC_FEED (object)->traffic);
  G_OBJECT_CLASS (pdg_traffic_feed_parent_class)->finalize (object);
}

static void
pdg_traffic_feed_class_init (PdgTrafficFeedClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = pdg_traffic_feed_get_property;
  object_class->dispose = pdg_traffic_feed_dispose;
  object_class->finalize = pdg_traffic_feed_finalize;
  props[PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  changed_signal = g_signal_new ("changed", PDG_TYPE_TRAFFIC_FEED, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pdg_traffic_feed_init (PdgTrafficFeed *self)
{
  self->traffic = pdg_traffic_new ();
}

PdgTrafficFeed *
pdg_traffic_feed_new (PdgWorkspace *workspace)
{
  PdgTrafficFeed *self = g_object_new (PDG_TYPE_TRAFFIC_FEED, NULL);

  self->workspace = g_object_ref (workspace);
  g_signal_connect_swapped (workspace, "notify::project", G_CALLBACK (project_cb), self);
  subscribe (self);
  return self;
}

PdgTraffic *
pdg_traffic_feed_get_traffic (PdgTrafficFeed *self)
{
  return self->traffic;
}

gboolean
pdg_traffic_feed_get_paused (PdgTrafficFeed *self)
{
  return self->paused;
}

void
pdg_traffic_feed_set_paused (PdgTrafficFeed *self, gboolean paused)
{
  if (paused == self->paused || self->workspace == NULL)
    return;
  self->paused = paused;
  pdg_traffic_set_paused (self->traffic, paused, g_get_monotonic_time ());
  subscribe (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PAUSED]);
  g_signal_emit (self, changed_signal, 0);
}

guint
pdg_traffic_feed_get_active_sessions (PdgTrafficFeed *self)
{
  return self->active_sessions;
}

guint
pdg_traffic_feed_get_active_actors (PdgTrafficFeed *self)
{
  return self->active_actors;
}

gint64
pdg_traffic_feed_get_as_of (PdgTrafficFeed *self)
{
  return self->as_of_usec;
}

const guint *
pdg_traffic_feed_get_rates (PdgTrafficFeed *self, gint64 now_usec)
{
  if (!self->paused)
    move_rates (self, now_usec);
  return self->rates;
}

guint64
pdg_traffic_feed_get_n_events (PdgTrafficFeed *self)
{
  return self->n_events;
}

guint64
pdg_traffic_feed_get_n_skipped (PdgTrafficFeed *self)
{
  return self->n_skipped;
}
