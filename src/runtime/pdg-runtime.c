#include "config.h"
#include "runtime/pdg-runtime.h"

#include "base/pdg-context.h"
#include "db/pdg-db-listener.h"
#include "runtime/pdg-database.h"
#include "runtime/pdg-keeping.h"
#include "service/pdg-keeper.h"

#include <string.h>

#define MAX_QUEUED_JOBS 512
#define KEEPER_INTERVAL_MS 60000
#define CONNECT_WAIT_USEC (5 * G_USEC_PER_SEC)

struct _PdgRuntime
{
  PdgConfig *config;
  PdgRuntimeStateFunc state;
  gpointer state_data;
  PdgDatabase *database;
  PdgPrincipal *principal;
  PdgHub *hub;
  PdgDbPool *pool;
  PdgIngest *ingest;
  PdgCredentials *credentials;
  PdgDemoPlayer *demo;
  PdgApi *api;
  PdgHttpServer *server;
  char *url;
  char *not_serving;

  /* The listener's thread. */
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  PdgDbListener *listener;
  PdgKeeper *keeper;
  PdgRetention *retention;
};

static void
notified_cb (const char *payload, gpointer user_data)
{
  PdgRuntime *self = user_data;

  pdg_hub_publish_notification (self->hub, payload);
}

static void
listening_cb (gboolean connected, gpointer user_data)
{
  PdgRuntime *self = user_data;

  pdg_api_set_listening (self->api, connected);
  if (connected)
    pdg_hub_publish_all (self->hub);
  if (self->state != NULL)
    self->state (connected, connected ? NULL : "The database is away. New events are refused, so that senders keep them; nothing is lost.",
                 self->state_data);
}

static gpointer
listener_thread (gpointer data)
{
  PdgRuntime *self = data;

  g_main_context_push_thread_default (self->context);
  self->keeper = pdg_keeper_new (self->pool, self->credentials, self->retention, self->context, KEEPER_INTERVAL_MS);
  self->listener = pdg_db_listener_new (pdg_database_get_reader_uri (self->database), pdg_hub_get_channel (), self->context, notified_cb,
                                        listening_cb, self);
  g_main_loop_run (self->loop);
  g_clear_pointer (&self->keeper, pdg_keeper_free);
  g_clear_pointer (&self->listener, pdg_db_listener_free);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static gboolean
is_loopback_host (const char *host)
{
  return g_str_equal (host, "localhost") || g_str_equal (host, "::1") || g_str_has_prefix (host, "127.");
}

static PdgApiOptions
api_options (PdgRuntime *self)
{
  PdgConfig *s = self->config;

  return (PdgApiOptions) {
    .pool = self->pool,
    .ingest = self->ingest,
    .hub = self->hub,
    .credentials = self->credentials,
    .demo = self->demo,
    .retention = self->retention,
    .local = self->principal,
    .keyless = pdg_database_get_cluster (self->database) != NULL && is_loopback_host (pdg_config_get_string (s, PDG_CONFIG_HOST)),
    .keyless_project = PDG_FIRST_PROJECT_ID,
    .ingest_body_bytes = (gsize) pdg_config_get_int (s, PDG_CONFIG_INGEST_BODY_BYTES),
    .ingest_events = (guint) pdg_config_get_int (s, PDG_CONFIG_INGEST_EVENTS),
    .ingest_event_bytes = (gsize) pdg_config_get_int (s, PDG_CONFIG_INGEST_EVENT_BYTES),
    .replay_bytes = (gsize) pdg_config_get_int (s, PDG_CONFIG_REPLAY_BYTES),
    .ingest_key_rate = (guint) pdg_config_get_int (s, PDG_CONFIG_INGEST_KEY_RATE),
    .ingest_key_burst = (guint) pdg_config_get_int (s, PDG_CONFIG_INGEST_KEY_BURST),
    .listed_origins = !is_loopback_host (pdg_config_get_string (s, PDG_CONFIG_HOST)),
    .graphql_body_bytes = (gsize) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_BODY_BYTES),
    .graphql_tokens = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_TOKENS),
    .graphql_nesting = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_NESTING),
    .graphql_fields = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_FIELDS),
    .graphql_overlap = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_OVERLAP),
    .graphql_introspection_depth = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_INTROSPECTION_DEPTH),
    .graphql_key_streams = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_KEY_STREAMS),
    .graphql_streams = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_STREAMS),
    .graphql_stream_operations = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_STREAM_OPERATIONS),
    .graphql_init_ms = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_INIT_DEADLINE),
    .graphql_reservation_ms = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_RESERVATION),
    .graphql_recheck_ms = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_RECHECK),
    .graphql_depth = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_DEPTH),
    .graphql_aliases = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_ALIASES),
    .graphql_directives = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_DIRECTIVES),
    .graphql_root_fields = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_ROOT_FIELDS),
    .graphql_introspection_lists = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_INTROSPECTION_LISTS),
    .graphql_errors = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_ERRORS),
    .graphql_cost = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_COST),
    .graphql_page_size = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_PAGE_SIZE),
    .graphql_key_requests = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_KEY_REQUESTS),
    .graphql_requests = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_REQUESTS),
    .graphql_documents = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_DOCUMENTS),
    .graphql_draft = g_strcmp0 (pdg_config_get_string (s, PDG_CONFIG_GRAPHQL_HTTP_STATUS), "draft") == 0,
    .graphql_persisted = pdg_config_get_string (s, PDG_CONFIG_GRAPHQL_PERSISTED),
    .graphql_only_persisted = pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_ONLY_PERSISTED) != 0,
    .graphql_timeout_ms = (guint) pdg_config_get_int (s, PDG_CONFIG_GRAPHQL_DEADLINE),
  };
}

static gboolean
compose (PdgRuntime *self, GError **error)
{
  const PdgOrganisation *organisation = pdg_database_get_organisation (self->database);
  PdgIngestOptions ingest = {
    .uri = pdg_database_get_writer_uri (self->database),
    .set_role = pdg_database_get_writer_role (self->database),
    .max_queued_events = (guint) pdg_config_get_int (self->config, PDG_CONFIG_INGEST_QUEUE_EVENTS),
    .max_flush_events = (guint) pdg_config_get_int (self->config, PDG_CONFIG_INGEST_FLUSH_EVENTS),
    .max_letters = pdg_config_get_int (self->config, PDG_CONFIG_DEAD_LETTERS),
    .max_letter_bytes = pdg_config_get_int (self->config, PDG_CONFIG_DEAD_LETTER_BYTES),
  };
  PdgApiOptions options;

  self->principal = pdg_principal_new (organisation->uuid, organisation->org_no, PDG_ROLE_ADMIN, 0, "local");
  self->hub = pdg_hub_new ();
  self->pool = pdg_db_pool_new (pdg_database_get_reader_uri (self->database), pdg_database_get_reader_role (self->database),
                                "productgraph reader", (guint) pdg_config_get_int (self->config, PDG_CONFIG_DB_READERS),
                                MAX_QUEUED_JOBS);
  self->ingest = pdg_ingest_new (&ingest, self->hub);
  self->credentials = pdg_credentials_new (self->pool);
  self->demo = pdg_demo_player_new (self->pool, self->ingest, self->hub);
  self->retention = pdg_keeping_new (self->config);
  options = api_options (self);
  self->api = pdg_api_new (&options, error);
  return self->api != NULL;
}

static gboolean
start_server (PdgRuntime *self, PdgRuntimeFlags flags, GError **error)
{
  const char *host = pdg_config_get_string (self->config, PDG_CONFIG_HOST);
  guint n_threads = (guint) pdg_config_get_int (self->config, PDG_CONFIG_SERVER_THREADS);
  PdgHttpLimits limits = PDG_HTTP_LIMITS_DEFAULT;
  g_autofree char *events_url = NULL;
  g_autoptr (GError) local = NULL;

  limits.max_connections = (guint) pdg_config_get_int (self->config, PDG_CONFIG_MAX_CONNECTIONS);
  limits.header_deadline_ms = (guint) pdg_config_get_int (self->config, PDG_CONFIG_HEADER_DEADLINE);
  limits.body_deadline_ms = (guint) pdg_config_get_int (self->config, PDG_CONFIG_BODY_DEADLINE);
  limits.idle_deadline_ms = (guint) pdg_config_get_int (self->config, PDG_CONFIG_IDLE_DEADLINE);
  limits.stream_keep_alive_ms = (guint) pdg_config_get_int (self->config, PDG_CONFIG_STREAM_KEEP_ALIVE);
  limits.stream_stall_ms = (guint) pdg_config_get_int (self->config, PDG_CONFIG_STREAM_STALL_DEADLINE);
  limits.stream_silence_ms = (guint) pdg_config_get_int (self->config, PDG_CONFIG_STREAM_SILENCE_DEADLINE);
  limits.stream_queue_bytes = (gsize) pdg_config_get_int (self->config, PDG_CONFIG_STREAM_QUEUE_BYTES);
  limits.stream_queue_messages = (guint) pdg_config_get_int (self->config, PDG_CONFIG_STREAM_QUEUE_MESSAGES);
  limits.lane_threads = (guint) pdg_config_get_int (self->config, PDG_CONFIG_GRAPHQL_THREADS);
  /* More than there are processors would take turns with them, and find fewer requests that can be answered together. */
  limits.lane_ready_threads = MIN ((guint) pdg_config_get_int (self->config, PDG_CONFIG_DB_READERS), g_get_num_processors ());
  if (n_threads == 0)
    n_threads = flags & PDG_RUNTIME_DESKTOP ? 1 : MIN (g_get_num_processors (), 16);
  self->server = pdg_http_server_new (&limits);
  pdg_api_add_routes (self->api, self->server);
  if (!pdg_http_server_start (self->server, host, (guint16) pdg_config_get_int (self->config, PDG_CONFIG_PORT), n_threads, &local))
    {
      g_clear_pointer (&self->server, pdg_http_server_free);
      if (!(flags & PDG_RUNTIME_MAY_SHARE) || !g_error_matches (local, PDG_HTTP_ERROR, PDG_HTTP_ERROR_IN_USE))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      self->not_serving = g_strdup (local->message);
      return TRUE;
    }
  self->url = is_loopback_host (host) || g_str_equal (host, "0.0.0.0") || g_str_equal (host, "::")
                ? g_strdup_printf ("http://localhost:%u", pdg_http_server_get_port (self->server))
                : g_strdup_printf (strchr (host, ':') != NULL ? "http://[%s]:%u" : "http://%s:%u", host,
                                   pdg_http_server_get_port (self->server));
  events_url = g_strconcat (self->url, "/v1/events", NULL);
  pdg_api_set_server (self->api, self->server, events_url);
  return TRUE;
}

/* The writer connects on its own thread; the first request should not meet a 503. */
static void
wait_for_writer (PdgRuntime *self)
{
  gint64 deadline = g_get_monotonic_time () + CONNECT_WAIT_USEC;

  while (!pdg_ingest_is_connected (self->ingest) && g_get_monotonic_time () < deadline)
    g_usleep (2000);
}

PdgRuntime *
pdg_runtime_start (PdgConfig *config, PdgRuntimeFlags flags, PdgRuntimeStateFunc state, gpointer user_data, GError **error)
{
  g_autoptr (PdgRuntime) self = g_new0 (PdgRuntime, 1);

  self->config = pdg_config_ref (config);
  self->state = state;
  self->state_data = user_data;
  self->database = pdg_database_open (config, error);
  if (self->database == NULL || !compose (self, error))
    return NULL;
  wait_for_writer (self);
  if (!(flags & PDG_RUNTIME_NO_SERVER) && !start_server (self, flags, error))
    return NULL;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("listener", listener_thread, self);
  return g_steal_pointer (&self);
}

static gboolean
quit_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

void
pdg_runtime_stop (PdgRuntime *self)
{
  if (self == NULL)
    return;
  if (self->server != NULL)
    {
      pdg_http_server_stop (self->server, (guint) pdg_config_get_int (self->config, PDG_CONFIG_STOP_DEADLINE));
      pdg_api_set_server (self->api, NULL, NULL);
    }
  g_clear_pointer (&self->demo, pdg_demo_player_free);
  g_clear_pointer (&self->ingest, pdg_ingest_free);
  if (self->thread != NULL)
    {
      pdg_context_post (self->context, quit_cb, self->loop, NULL);
      g_thread_join (self->thread);
      g_main_loop_unref (self->loop);
      g_main_context_unref (self->context);
    }
  if (self->pool != NULL)
    pdg_db_pool_close (self->pool);
  g_clear_pointer (&self->server, pdg_http_server_free);
  g_clear_pointer (&self->api, pdg_api_free);
  g_clear_pointer (&self->credentials, pdg_credentials_free);
  g_clear_pointer (&self->retention, pdg_retention_free);
  g_clear_pointer (&self->pool, pdg_db_pool_unref);
  g_clear_pointer (&self->hub, pdg_hub_unref);
  g_clear_pointer (&self->database, pdg_database_close);
  pdg_principal_unref (self->principal);
  pdg_config_unref (self->config);
  g_free (self->url);
  g_free (self->not_serving);
  g_free (self);
}

PdgApi *
pdg_runtime_get_api (PdgRuntime *self)
{
  return self->api;
}

const char *
pdg_runtime_get_url (PdgRuntime *self)
{
  return self->url;
}

const char *
pdg_runtime_get_not_serving_reason (PdgRuntime *self)
{
  return self->not_serving;
}

PdgPrincipal *
pdg_runtime_get_principal (PdgRuntime *self)
{
  return self->principal;
}

PdgDemoPlayer *
pdg_runtime_get_demo_player (PdgRuntime *self)
{
  return self->demo;
}

PdgIngest *
pdg_runtime_get_ingest (PdgRuntime *self)
{
  return self->ingest;
}
