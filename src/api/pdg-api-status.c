#include "config.h"
#include "api/pdg-api-private.h"

#include "api/pdg-api-resources.h"

#include <string.h>

/* /openapi.yaml: what there is to ask. /health: the process is alive. /ready: it can take events and answer questions. /metrics: Prometheus text. */

static void
respond_text (PdgHttpRequest *request, guint status, const char *type, const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  pdg_http_request_add_response_header (request, "Cache-Control", "no-store");
  pdg_http_request_respond (request, status, type, body);
}

static void
health_cb (PdgHttpRequest *request, gpointer user_data)
{
  respond_text (request, 200, "application/json", "{\"status\":\"ok\"}");
}

static void
openapi_cb (PdgHttpRequest *request, gpointer user_data)
{
  g_autoptr (GBytes) document = g_resource_lookup_data (pdg_api_get_resource (), "/org/productgraph/api/openapi.yaml",
                                                        G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  pdg_http_request_respond (request, 200, "application/yaml", document);
}

static void
ready_cb (PdgHttpRequest *request, gpointer user_data)
{
  PdgApi *api = user_data;
  gboolean listening;

  g_mutex_lock (&api->lock);
  listening = api->listening;
  g_mutex_unlock (&api->lock);
  if (!pdg_ingest_is_connected (api->options.ingest))
    {
      pdg_http_request_add_response_header (request, "Retry-After", "1");
      respond_text (request, 503, "application/json", "{\"status\":\"unavailable\",\"reason\":\"the database is away\"}");
    }
  else if (!listening)
    {
      pdg_http_request_add_response_header (request, "Retry-After", "1");
      respond_text (request, 503, "application/json",
                    "{\"status\":\"unavailable\",\"reason\":\"not listening for changes in the database yet\"}");
    }
  else
    respond_text (request, 200, "application/json", "{\"status\":\"ready\"}");
}

typedef struct
{
  const char *name;
  const char *type;
  const char *help;
  double value;
} Sample;

static void
append_samples (GString *out, const Sample *samples, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_dtostr (number, sizeof number, samples[i].value);
      g_string_append_printf (out, "# HELP %s %s\n# TYPE %s %s\n%s %s\n", samples[i].name, samples[i].help, samples[i].name,
                              samples[i].type, samples[i].name, number);
    }
}

static void
append_ingest (GString *out, PdgApi *api)
{
  PdgIngestMetrics ingest;

  pdg_ingest_get_metrics (api->options.ingest, &ingest);
  {
    const Sample samples[] = {
      { "productgraph_events_accepted_total", "counter", "Events stored, repeated ones included.", (double) ingest.accepted },
      { "productgraph_events_duplicate_total", "counter", "Accepted events that were stored before.", (double) ingest.duplicates },
      { "productgraph_events_rejected_total", "counter", "Events refused with a reason.", (double) ingest.rejected },
      { "productgraph_events_redacted_total", "counter", "Events of which redaction took something out.",
        (double) __atomic_load_n (&api->events_redacted, __ATOMIC_RELAXED) },
      { "productgraph_schema_refused_total", "counter", "Events refused since they do not look like their schema.",
        (double) __atomic_load_n (&api->events_unfit, __ATOMIC_RELAXED) },
      { "productgraph_events_withheld_total", "counter", "Accepted events that were not stored: their person denied it.",
        (double) __atomic_load_n (&api->events_withheld, __ATOMIC_RELAXED) },
      { "productgraph_events_counted_total", "counter", "Accepted events stored without anything that tells who it was, by consent.",
        (double) __atomic_load_n (&api->events_counted, __ATOMIC_RELAXED) },
      { "productgraph_schema_findings_total", "counter", "Stored events that do not look like their schema.",
        (double) pdg_plan_report_get_n_findings (api->plan_report) },
      { "productgraph_rate_limited_requests_total", "counter", "Requests with events that were put off since their key had sent too many.",
        (double) pdg_api_rates_get_n_refused (api->rates) },
      { "productgraph_replay_chunks_total", "counter", "Pieces of recordings stored.",
        (double) __atomic_load_n (&api->replay_chunks, __ATOMIC_RELAXED) },
      { "productgraph_replay_chunks_ignored_total", "counter", "Pieces of recordings not stored: stored before, or too much for one session.",
        (double) __atomic_load_n (&api->replay_chunks_ignored, __ATOMIC_RELAXED) },
      { "productgraph_dead_letters_lost_total", "counter", "Dead letters that could not be written.", (double) ingest.lost_letters },
      { "productgraph_ingest_flushes_total", "counter", "Transactions that stored events.", (double) ingest.flushes },
      { "productgraph_ingest_slow_flushes_total", "counter", "Flushes that met an event stored before.", (double) ingest.slow_flushes },
      { "productgraph_ingest_failed_flushes_total", "counter", "Flushes that were given up.", (double) ingest.failed_flushes },
      { "productgraph_ingest_flush_seconds_total", "counter", "Time spent in flushes.", (double) ingest.flush_usec / 1e6 },
      { "productgraph_ingest_queued_events", "gauge", "Events waiting for the database.", (double) ingest.queued_events },
      { "productgraph_database_connected", "gauge", "Whether the writer has its connection.", ingest.connected },
    };

    append_samples (out, samples, G_N_ELEMENTS (samples));
  }
  g_string_append (out, "# HELP productgraph_dead_letters_total Refused events given to the dead letters, by kind of reason.\n"
                        "# TYPE productgraph_dead_letters_total counter\n");
  for (PdgLetterKind kind = 0; kind < PDG_N_LETTER_KINDS; kind++)
    g_string_append_printf (out, "productgraph_dead_letters_total{reason=\"%s\"} %" G_GUINT64_FORMAT "\n", pdg_letter_kind_to_string (kind),
                            ingest.letters[kind]);
}

static void
append_http (GString *out, const PdgHttpMetrics *http)
{
  {
    const Sample samples[] = {
      { "productgraph_http_connections", "gauge", "Open connections.", http->connections_open },
      { "productgraph_http_requests_in_flight", "gauge", "Requests not answered yet.", http->requests_in_flight },
      { "productgraph_http_connections_accepted_total", "counter", "Connections accepted.", (double) http->connections_accepted },
      { "productgraph_http_connections_refused_total", "counter", "Connections over the limit.", (double) http->connections_refused },
      { "productgraph_http_deadlines_missed_total", "counter", "Slow senders and readers cut off.", (double) http->deadlines_missed },
      { "productgraph_http_clients_gone_total", "counter", "Clients that left before their answer.", (double) http->clients_gone },
      { "productgraph_http_received_bytes_total", "counter", "Bytes received.", (double) http->bytes_in },
      { "productgraph_http_sent_bytes_total", "counter", "Bytes sent.", (double) http->bytes_out },
    };

    append_samples (out, samples, G_N_ELEMENTS (samples));
  }
  g_string_append (out, "# HELP productgraph_http_requests_total Requests by route and status.\n"
                        "# TYPE productgraph_http_requests_total counter\n");
  for (guint i = 0; i < http->n_routes; i++)
    g_string_append_printf (out, "productgraph_http_requests_total{route=\"%s\",status=\"%u\"} %" G_GUINT64_FORMAT "\n",
                            http->routes[i].route, http->routes[i].status, http->routes[i].count);
}

/* A histogram a route. */
static void
append_durations (GString *out, const PdgHttpMetrics *http)
{
  static const char name[] = "productgraph_http_request_duration_seconds";

  g_string_append_printf (out, "# HELP %s How long requests took, from their head to the end of their answer.\n# TYPE %s histogram\n", name, name);
  for (guint i = 0; i < http->n_times; i++)
    {
      const PdgHttpRouteTimes *times = &http->times[i];
      guint64 n = 0;

      for (guint k = 0; k < PDG_HTTP_N_DURATIONS; k++)
        {
          char end[G_ASCII_DTOSTR_BUF_SIZE];

          n += times->counts[k];
          g_string_append_printf (out, "%s_bucket{route=\"%s\",le=\"%s\"} %" G_GUINT64_FORMAT "\n", name, times->route,
                                  g_ascii_formatd (end, sizeof end, "%g", (double) pdg_http_durations[k] / 1e6), n);
        }
      n += times->counts[PDG_HTTP_N_DURATIONS];
      g_string_append_printf (out, "%s_bucket{route=\"%s\",le=\"+Inf\"} %" G_GUINT64_FORMAT "\n", name, times->route, n);
      g_string_append_printf (out, "%s_sum{route=\"%s\"} %" G_GUINT64_FORMAT ".%06u\n", name, times->route, times->usec / 1000000,
                              (guint) (times->usec % 1000000));
      g_string_append_printf (out, "%s_count{route=\"%s\"} %" G_GUINT64_FORMAT "\n", name, times->route, n);
    }
}

static guint64
count_long_bodies (const PdgHttpMetrics *http)
{
  guint64 n = 0;

  for (guint i = 0; http != NULL && i < http->n_routes; i++)
    if (http->routes[i].status == 413 && (g_str_equal (http->routes[i].route, "/graphql") || g_str_equal (http->routes[i].route, "/graphql/stream")))
      n += http->routes[i].count;
  return n;
}

static void
append_graphql (GString *out, PdgApi *api, const PdgHttpMetrics *http)
{
  PdgApiDocumentStats stats;

  pdg_api_documents_get_stats (api->documents, &stats);
  {
    const Sample samples[] = {
      { "productgraph_graphql_documents", "gauge", "Documents kept parsed and validated.", stats.n_cached },
      { "productgraph_graphql_document_hits_total", "counter", "Requests whose document was known.", (double) stats.hits },
      { "productgraph_graphql_document_misses_total", "counter", "Requests whose document was not known.", (double) stats.misses },
    };

    append_samples (out, samples, G_N_ELEMENTS (samples));
  }
  pdg_api_guards_print (api->guards, count_long_bodies (http), out);
}

static void
append_by_kind (GString *out, const char *name, const char *type, const char *help, const gint64 numbers[PDG_N_DATA_KINDS])
{
  g_string_append_printf (out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
  for (PdgDataKind kind = 0; kind < PDG_N_DATA_KINDS; kind++)
    if (numbers[kind] >= 0)
      g_string_append_printf (out, "%s{kind=\"%s\"} %" G_GINT64_FORMAT "\n", name, pdg_data_kind_to_string (kind), numbers[kind]);
}

static void
append_retention (GString *out, PdgApi *api)
{
  PdgRetentionMetrics metrics;

  pdg_retention_get_metrics (api->options.retention, &metrics);
  {
    const Sample samples[] = {
      { "productgraph_event_partitions_dropped_total", "counter", "Days of events that were dropped as a whole.", (double) metrics.dropped_days },
      { "productgraph_event_partitions_dropped_bytes_total", "counter", "What they took with their indexes.", (double) metrics.dropped_bytes },
    };

    append_samples (out, samples, G_N_ELEMENTS (samples));
  }
  append_by_kind (out, "productgraph_held_bytes", "gauge", "What the data of all organisations takes with its indexes, as of the last minute.",
                  metrics.held_bytes);
  append_by_kind (out, "productgraph_expired_rows_total", "counter", "Rows removed one by one since they were older or more than is kept.",
                  metrics.removed);
}

static void
metrics_cb (PdgHttpRequest *request, gpointer user_data)
{
  PdgApi *api = user_data;
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (PdgHttpMetrics) http = NULL;

  g_mutex_lock (&api->lock);
  if (api->server != NULL)
    http = pdg_http_server_get_metrics (api->server);
  g_mutex_unlock (&api->lock);
  g_string_append (out, "# HELP productgraph_build_info The version that runs.\n# TYPE productgraph_build_info gauge\n"
                        "productgraph_build_info{version=\"" PDG_VERSION "\"} 1\n");
  append_ingest (out, api);
  append_retention (out, api);
  if (http != NULL)
    {
      append_http (out, http);
      append_durations (out, http);
    }
  append_graphql (out, api, http);
  respond_text (request, 200, "text/plain; version=0.0.4; charset=utf-8", out->str);
}

void
pdg_api_add_status_routes (PdgApi *api, PdgHttpServer *server)
{
  pdg_http_server_add_route (server, "GET", "/openapi.yaml", 0, NULL, openapi_cb, api, NULL);
  pdg_http_server_add_route (server, "GET", "/health", 0, NULL, health_cb, api, NULL);
  pdg_http_server_add_route (server, "GET", "/ready", 0, NULL, ready_cb, api, NULL);
  pdg_http_server_add_route (server, "GET", "/metrics", 0, NULL, metrics_cb, api, NULL);
}
