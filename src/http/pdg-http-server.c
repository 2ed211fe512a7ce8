#include "config.h"
#include "http/pdg-http-server.h"

#include "http/pdg-http-private.h"

#define N_THREADS_MAX 64
#define HEADER_BYTES_MAX (48 * 1024) /* libsoup gives up without a word at 64 KiB */

G_DEFINE_QUARK (pdg-http-error-quark, pdg_http_error)

PdgHttpServer *
pdg_http_server_new (const PdgHttpLimits *limits)
{
  static const PdgHttpLimits defaults = PDG_HTTP_LIMITS_DEFAULT;
  PdgHttpServer *self = g_new0 (PdgHttpServer, 1);

  self->limits = limits != NULL ? *limits : defaults;
  self->limits.max_connections = MAX (self->limits.max_connections, 1);
  self->limits.max_header_bytes = CLAMP (self->limits.max_header_bytes, 1, HEADER_BYTES_MAX);
  self->router = pdg_http_router_new ();
  self->workers = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_http_worker_unref);
  return self;
}

void
pdg_http_server_free (PdgHttpServer *self)
{
  pdg_http_server_stop (self, 0);
  if (self->filter_destroy != NULL)
    self->filter_destroy (self->filter_data);
  pdg_http_router_release_handlers (self->router);
  pdg_http_router_unref (self->router);
  g_clear_pointer (&self->lane, pdg_http_lane_free);
  g_ptr_array_unref (self->workers);
  g_free (self);
}

void
pdg_http_server_set_filter (PdgHttpServer *self, PdgHttpEarlyFunc filter, gpointer user_data, GDestroyNotify destroy)
{
  g_return_if_fail (self->workers->len == 0);
  g_return_if_fail (self->filter == NULL);

  self->filter = filter;
  self->filter_data = user_data;
  self->filter_destroy = destroy;
}

void
pdg_http_server_add_route (PdgHttpServer *self, const char *methods, const char *path, gsize max_body_bytes,
                           PdgHttpEarlyFunc early, PdgHttpHandlerFunc handler, gpointer user_data, GDestroyNotify destroy)
{
  PdgHttpRoute *route;

  g_return_if_fail (self->workers->len == 0);
  g_return_if_fail (methods != NULL && handler != NULL);
  g_return_if_fail (path != NULL && *path == '/');

  route = pdg_http_router_add (self->router, methods, path);
  route->max_body_bytes = max_body_bytes;
  route->early = early;
  route->handler = handler;
  route->user_data = user_data;
  route->destroy = destroy;
}

void
pdg_http_server_let_wait (PdgHttpServer *self, const char *path, PdgHttpMayWaitFunc may_wait, PdgHttpTogetherFunc together)
{
  g_return_if_fail (self->workers->len == 0);

  pdg_http_router_let_wait (self->router, path, may_wait, together);
}

void
pdg_http_server_let_leave (PdgHttpServer *self, const char *path)
{
  g_return_if_fail (self->workers->len == 0);

  pdg_http_router_let_leave (self->router, path);
}

void
pdg_http_server_add_websocket (PdgHttpServer *self, const char *path, const char *const *protocols, gsize max_message_bytes,
                               PdgHttpEarlyFunc early, PdgHttpWebSocketOpenFunc open, gpointer user_data, GDestroyNotify destroy)
{
  PdgHttpRoute *route;

  g_return_if_fail (self->workers->len == 0);
  g_return_if_fail (open != NULL);
  g_return_if_fail (path != NULL && *path == '/');

  route = pdg_http_router_add_web_socket (self->router, path);
  route->protocols = g_strdupv ((char **) protocols);
  route->max_body_bytes = max_message_bytes;
  route->early = early;
  route->open = open;
  route->user_data = user_data;
  route->destroy = destroy;
}

static gboolean
start_lane (PdgHttpServer *self, GError **error)
{
  g_autoptr (PdgHttpLane) lane = pdg_http_lane_new (self);

  if (!pdg_http_lane_start (lane, error))
    return FALSE;
  self->lane = g_steal_pointer (&lane);
  return TRUE;
}

gboolean
pdg_http_server_start (PdgHttpServer *self, const char *host, guint16 port, guint n_threads, GError **error)
{
  PdgHttpListeners listeners[N_THREADS_MAX] = { 0 };

  g_return_val_if_fail (self->workers->len == 0, FALSE);
  g_return_val_if_fail (host != NULL, FALSE);
  g_return_val_if_fail (n_threads >= 1 && n_threads <= N_THREADS_MAX, FALSE);

  if (!pdg_http_listen (host, port, listeners, n_threads, &self->port, error))
    return FALSE;
  for (guint i = 0; i < n_threads; i++)
    g_ptr_array_add (self->workers, pdg_http_worker_new (self, &listeners[i]));
  if (self->limits.lane_threads > 0 && !start_lane (self, error))
    {
      g_ptr_array_set_size (self->workers, 0);
      return FALSE;
    }
  for (guint i = 0; i < n_threads; i++)
    if (!pdg_http_worker_start (g_ptr_array_index (self->workers, i), i, error))
      {
        g_ptr_array_set_size (self->workers, i);
        pdg_http_server_stop (self, 0);
        return FALSE;
      }
  return TRUE;
}

guint16
pdg_http_server_get_port (PdgHttpServer *self)
{
  return self->port;
}

GMainContext *
pdg_http_server_get_context (PdgHttpServer *self, guint index)
{
  if (self->stopped || index >= self->workers->len)
    return NULL;
  return ((PdgHttpWorker *) g_ptr_array_index (self->workers, index))->context;
}

gboolean
pdg_http_server_stop (PdgHttpServer *self, guint timeout_ms)
{
  gint64 until_usec = g_get_monotonic_time () + timeout_ms * G_GINT64_CONSTANT (1000);
  gboolean clean = TRUE;

  if (self->stopped)
    return TRUE;
  self->stopped = TRUE;
  if (self->lane != NULL)
    pdg_http_lane_begin_stop (self->lane);
  for (guint i = 0; i < self->workers->len; i++)
    pdg_http_worker_request_stop (g_ptr_array_index (self->workers, i), until_usec);
  for (guint i = 0; i < self->workers->len; i++)
    clean &= pdg_http_worker_join (g_ptr_array_index (self->workers, i));
  if (self->lane != NULL)
    clean &= pdg_http_lane_end (self->lane);
  return clean;
}

PdgHttpMetrics *
pdg_http_server_get_metrics (PdgHttpServer *self)
{
  PdgHttpMetrics *metrics = g_new0 (PdgHttpMetrics, 1);
  PdgHttpCounters *counters = &self->counters;
  GArray *rows = pdg_http_router_get_counts (self->router), *times = pdg_http_router_get_times (self->router);

  metrics->connections_open = MAX (PDG_HTTP_COUNT (counters->connections_open, 0), 0);
  metrics->requests_in_flight = MAX (PDG_HTTP_COUNT (counters->requests_in_flight, 0), 0);
  metrics->connections_accepted = PDG_HTTP_COUNT (counters->connections_accepted, 0);
  metrics->connections_refused = PDG_HTTP_COUNT (counters->connections_refused, 0);
  metrics->connections_evicted = PDG_HTTP_COUNT (counters->connections_evicted, 0);
  metrics->accept_errors = PDG_HTTP_COUNT (counters->accept_errors, 0);
  metrics->deadlines_missed = PDG_HTTP_COUNT (counters->deadlines_missed, 0);
  metrics->clients_gone = PDG_HTTP_COUNT (counters->clients_gone, 0);
  metrics->bytes_in = PDG_HTTP_COUNT (counters->bytes_in, 0);
  metrics->bytes_out = PDG_HTTP_COUNT (counters->bytes_out, 0);
  metrics->n_routes = rows->len;
  metrics->routes = (PdgHttpRouteCount *) (gpointer) g_array_free (rows, FALSE);
  metrics->n_times = times->len;
  metrics->times = (PdgHttpRouteTimes *) (gpointer) g_array_free (times, FALSE);
  return metrics;
}

char **
pdg_http_server_list_routes (PdgHttpServer *self)
{
  return pdg_http_router_list (self->router);
}

void
pdg_http_metrics_free (PdgHttpMetrics *metrics)
{
  g_free (metrics->routes);
  g_free (metrics->times);
  g_free (metrics);
}
