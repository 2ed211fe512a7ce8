#include "config.h"
#include "api/pdg-resolve.h"

#include "service/pdg-queries-fresh.h"
#include "service/pdg-queries-journeys.h"

#include <string.h>

/* Subscriptions. The root source is the PdgApiChange, whose memory says what the client was told before. */

static void
subscription_project_changed (PdgGqlCall *call)
{
  pdg_gql_call_set_object (call, 0, pdg_gql_call_get_source (call, 0), NULL);
}

PDG_RESOLVE_MEMBER (change_project_id, PdgApiChange, pdg_gql_call_set_borrowed_string (call, i, source->project_id))
PDG_RESOLVE_MEMBER (change_sequence, PdgApiChange, pdg_gql_call_set_int64 (call, i, source->sequence))
PDG_RESOLVE_MEMBER (change_at, PdgApiChange, pdg_gql_call_set_int64 (call, i, source->at_usec))

/* ---- liveCounts */

/* Figures fall as time goes by. They rise without a commit only when the time of an event that lay ahead comes. */
#define FALLING_MS 5000
#define RESTING_MS 60000

/* What the client was told. */
typedef struct
{
  gint64 events_per_minute;
  gint64 active_sessions;
  gint64 active_actors;
  gsize n_session_nos;
  gint64 *session_nos;
} Told;

static void
told_free (gpointer data)
{
  Told *told = data;

  g_free (told->session_nos);
  g_free (told);
}

static Told *
told_new (const PdgLive *live)
{
  Told *told = g_new (Told, 1);

  *told = (Told) { live->events_per_minute, live->active_sessions, live->active_actors, live->n_session_nos, NULL };
  told->session_nos = g_memdup2 (live->session_nos, live->n_session_nos * sizeof (gint64));
  return told;
}

static gboolean
is_told (const Told *told, const PdgLive *live)
{
  return told != NULL && told->events_per_minute == live->events_per_minute && told->active_sessions == live->active_sessions
         && told->active_actors == live->active_actors && told->n_session_nos == live->n_session_nos
         && (told->n_session_nos == 0 || memcmp (told->session_nos, live->session_nos, told->n_session_nos * sizeof (gint64)) == 0);
}

static void
subscription_live_counts (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  const PdgApiChange *change = pdg_gql_call_get_source (call, 0);
  g_autoptr (PdgEventFilter) filter = NULL;
  gboolean refused = FALSE, with_sessions = pdg_gql_call_selects (call, "sessions") || pdg_gql_call_selects (call, "actors");
  GError *error = NULL;
  GPtrArray *lives;
  const PdgLive *live;

  if (queries == NULL)
    return;
  filter = pdg_resolve_get_filter (call, &refused);
  if (refused)
    return;
  lives = pdg_queries_load_live (queries, &change->project_no, 1, filter, with_sessions, &error);
  if (lives != NULL)
    {
      live = lives->pdata[0];
      if (is_told (pdg_api_stream_memory_get (change->memory), live))
        pdg_api_stream_memory_set_silent (change->memory);
      pdg_api_stream_memory_put (change->memory, told_new (live), told_free);
      pdg_api_stream_memory_set_rhythm (change->memory, 0, live->active_sessions > 0 ? FALLING_MS : RESTING_MS);
    }
  pdg_resolve_set_objects (call, lives, &error);
}

/* ---- liveEvents: LiveEvents is a PdgFreshEvents */

static PdgEventParts
get_event_parts (PdgGqlCall *call)
{
  gboolean with_data = pdg_gql_call_selects (call, "events.properties") || pdg_gql_call_selects (call, "events.metadata");

  return with_data ? PDG_EVENT_ALL : PDG_EVENT_ALL & ~PDG_EVENT_DATA;
}

static void
subscription_live_events (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  const PdgApiChange *change = pdg_gql_call_get_source (call, 0);
  guint first = queries != NULL ? pdg_resolve_get_first (call) : 0;
  const PdgStoreSeen *seen = pdg_api_stream_memory_get (change->memory);
  g_autoptr (PdgEventFilter) filter = NULL;
  gboolean refused = FALSE;
  GError *error = NULL;
  PdgFreshEvents *fresh;

  if (first == 0)
    return;
  filter = pdg_resolve_get_filter (call, &refused);
  if (refused)
    return;
  fresh = pdg_queries_load_fresh_events (queries, change->project_no, seen, filter, first, get_event_parts (call), pdg_gql_call_get_arena (call),
                                         &error);
  if (fresh == NULL)
    {
      pdg_gql_call_fail_all (call, error);
      return;
    }
  if (seen != NULL && fresh->events->len == 0)
    pdg_api_stream_memory_set_silent (change->memory);
  pdg_api_stream_memory_put (change->memory, pdg_store_seen_copy (fresh->seen), (GDestroyNotify) pdg_store_seen_free);
  pdg_gql_call_set_object (call, 0, fresh, (GDestroyNotify) pdg_fresh_events_free);
}

PDG_RESOLVE_MEMBER (fresh_events, PdgFreshEvents, pdg_gql_call_set_borrowed_list (call, i, source->events->pdata, source->events->len))
PDG_RESOLVE_MEMBER (fresh_skipped, PdgFreshEvents, pdg_gql_call_set_int64 (call, i, source->n_skipped))
PDG_RESOLVE_MEMBER (fresh_as_of, PdgFreshEvents, pdg_gql_call_set_int64 (call, i, source->seen->at_usec))

static const PdgGqlBinding bindings[] = {
  { "Subscription.projectChanged", subscription_project_changed },
  { "ProjectChange.projectId", change_project_id },
  { "ProjectChange.sequence", change_sequence },
  { "ProjectChange.at", change_at },
  { "Subscription.liveCounts", subscription_live_counts },
  { "Subscription.liveEvents", subscription_live_events },
  { "LiveEvents.events", fresh_events },
  { "LiveEvents.skippedCount", fresh_skipped },
  { "LiveEvents.asOf", fresh_as_of },
};

PdgResolveTable
pdg_resolve_subscription_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
