#include "config.h"
#include "api/pdg-resolve.h"

#include "service/pdg-queries-traffic.h"

/* What goes on on the screens of a project. LiveTraffic is a PdgTrafficReport. */

#define AT_EARLIEST_MS 200
/* The counters fall as time goes by. */
#define FALLING_MS 1000
#define RESTING_MS 60000

/* What the client was told: the memory as it was after so many reads. A read that never reached it leaves another number. */
typedef struct
{
  PdgTrafficMemory *memory;
  guint64 n_reads;
} Told;

static void
told_free (gpointer data)
{
  Told *told = data;

  pdg_traffic_memory_unref (told->memory);
  g_free (told);
}

static void
subscription_live_traffic (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  const PdgApiChange *change = pdg_gql_call_get_source (call, 0);
  const Told *told = pdg_api_stream_memory_get (change->memory);
  gboolean goes_on = told != NULL && pdg_traffic_memory_get_n_reads (told->memory) == told->n_reads;
  PdgTrafficReport *report;
  GError *error = NULL;
  Told *next;

  if (queries == NULL)
    return;
  report = pdg_queries_load_traffic (queries, change->project_no, goes_on ? told->memory : NULL, &error);
  if (report == NULL)
    {
      pdg_gql_call_fail_all (call, error);
      return;
    }
  if (!report->is_news)
    pdg_api_stream_memory_set_silent (change->memory);
  next = g_new (Told, 1);
  *next = (Told) { pdg_traffic_memory_ref (report->memory), pdg_traffic_memory_get_n_reads (report->memory) };
  pdg_api_stream_memory_put (change->memory, next, told_free);
  pdg_api_stream_memory_set_rhythm (change->memory, AT_EARLIEST_MS, report->active_sessions > 0 ? FALLING_MS : RESTING_MS);
  pdg_gql_call_set_object (call, 0, report, (GDestroyNotify) pdg_traffic_report_free);
}

static void
set_screen_id (PdgGqlCall *call, guint i, gint32 screen_no)
{
  g_autofree char *id = g_strdup_printf ("%d", screen_no);

  if (screen_no > 0)
    pdg_gql_call_set_string (call, i, id);
  else
    pdg_gql_call_set_null (call, i);
}

PDG_RESOLVE_MEMBER (traffic_as_of, PdgTrafficReport, pdg_gql_call_set_int64 (call, i, source->as_of_usec))
PDG_RESOLVE_MEMBER (traffic_is_whole, PdgTrafficReport, pdg_gql_call_set_bool (call, i, source->is_whole))
PDG_RESOLVE_MEMBER (traffic_event_count, PdgTrafficReport, pdg_gql_call_set_int64 (call, i, source->n_events))
PDG_RESOLVE_MEMBER (traffic_skipped, PdgTrafficReport, pdg_gql_call_set_int64 (call, i, source->n_skipped))
PDG_RESOLVE_MEMBER (traffic_sessions, PdgTrafficReport, pdg_gql_call_set_int64 (call, i, source->active_sessions))
PDG_RESOLVE_MEMBER (traffic_actors, PdgTrafficReport, pdg_gql_call_set_int64 (call, i, source->active_actors))
PDG_RESOLVE_MEMBER (traffic_steps, PdgTrafficReport, pdg_gql_call_set_borrowed_list (call, i, source->steps->pdata, source->steps->len))
PDG_RESOLVE_MEMBER (traffic_pulses, PdgTrafficReport, pdg_gql_call_set_borrowed_list (call, i, source->pulses->pdata, source->pulses->len))
PDG_RESOLVE_MEMBER (traffic_screens, PdgTrafficReport, pdg_gql_call_set_borrowed_list (call, i, source->screens->pdata, source->screens->len))
PDG_RESOLVE_MEMBER (step_from, PdgTrafficStep, set_screen_id (call, i, source->from_no))
PDG_RESOLVE_MEMBER (step_to, PdgTrafficStep, set_screen_id (call, i, source->to_no))
PDG_RESOLVE_MEMBER (step_count, PdgTrafficStep, pdg_gql_call_set_int64 (call, i, source->count))
PDG_RESOLVE_MEMBER (step_elapsed, PdgTrafficStep, pdg_gql_call_set_double (call, i, source->elapsed_ms))
PDG_RESOLVE_MEMBER (pulse_screen, PdgTrafficPulse, set_screen_id (call, i, source->screen_no))
PDG_RESOLVE_MEMBER (pulse_count, PdgTrafficPulse, pdg_gql_call_set_int64 (call, i, source->count))
PDG_RESOLVE_MEMBER (screen_id, PdgTrafficScreen, set_screen_id (call, i, source->screen_no))
PDG_RESOLVE_MEMBER (screen_sessions, PdgTrafficScreen, pdg_gql_call_set_int64 (call, i, source->active_sessions))
PDG_RESOLVE_MEMBER (screen_actors, PdgTrafficScreen, pdg_gql_call_set_int64 (call, i, source->active_actors))

static const PdgGqlBinding bindings[] = {
  { "Subscription.liveTraffic", subscription_live_traffic },
  { "LiveTraffic.asOf", traffic_as_of },
  { "LiveTraffic.isWhole", traffic_is_whole },
  { "LiveTraffic.eventCount", traffic_event_count },
  { "LiveTraffic.skippedCount", traffic_skipped },
  { "LiveTraffic.steps", traffic_steps },
  { "LiveTraffic.pulses", traffic_pulses },
  { "LiveTraffic.activeSessions", traffic_sessions },
  { "LiveTraffic.activeActors", traffic_actors },
  { "LiveTraffic.screens", traffic_screens },
  { "LiveStep.from", step_from },
  { "LiveStep.to", step_to },
  { "LiveStep.count", step_count },
  { "LiveStep.elapsedMs", step_elapsed },
  { "LivePulse.screenId", pulse_screen },
  { "LivePulse.count", pulse_count },
  { "ScreenActivity.screenId", screen_id },
  { "ScreenActivity.activeSessions", screen_sessions },
  { "ScreenActivity.activeActors", screen_actors },
};

PdgResolveTable
pdg_resolve_traffic_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
