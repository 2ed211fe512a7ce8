#include "config.h"
#include "api/pdg-api-stream.h"

#include "api/pdg-api-error.h"
#include "api/pdg-api-turn.h"
#include "base/pdg-clock.h"
#include "db/pdg-db-error.h"

#define RETRY_MS 1000

/* A query or mutation is run once. A subscription is run again at each change of its topic: at most one run at a time; a change
 * that comes meanwhile leads to one more. Used on its context only; counted, since a run may end after it was stopped. */
typedef struct
{
  PdgApi *api;
  PdgPrincipal *principal;
  PdgGqlOperation *operation;
  GBytes *refusal; /* instead of an operation */
  PdgApiStreamFunc func;
  PdgApiEventFunc event_func; /* of the desktop, which has no other */
  gpointer user_data;
  GDestroyNotify destroy;
  GCancellable *cancellable;
  PdgApiStreamMemory *memory;
  GSource *timer; /* the next run without a change */
  gint64 began_usec; /* the last run; monotonic */
  PdgApiTurn *turn; /* of what runs now; none for the desktop */
  void (*then) (gpointer stream);
  char *project_id;
  gint32 project_no;
  guint hub_id;
  gint64 sequence;
  gboolean is_demo;
  gboolean keep_open; /* also when there is nothing more to come for now */
  gboolean last_run;  /* when the present run began, its source had ended */
  gboolean running;
  gboolean again;
  gboolean told_away; /* that the database is away, which is said once */
} Stream;

static void
stream_clear (gpointer data)
{
  Stream *stream = data;

  if (stream->destroy != NULL)
    stream->destroy (stream->user_data);
  g_clear_pointer (&stream->operation, pdg_gql_operation_unref);
  g_clear_pointer (&stream->refusal, g_bytes_unref);
  pdg_principal_unref (stream->principal);
  g_object_unref (stream->cancellable);
  pdg_api_stream_memory_unref (stream->memory);
  g_free (stream->project_id);
}

static void
stream_release (gpointer data)
{
  g_rc_box_release_full (data, stream_clear);
}

static gboolean
stream_is_over (Stream *stream)
{
  return g_cancellable_is_cancelled (stream->cancellable);
}

static void
stop_timer (Stream *stream)
{
  if (stream->timer != NULL)
    g_source_destroy (stream->timer);
  g_clear_pointer (&stream->timer, g_source_unref);
}

static void
stream_emit (Stream *stream, PdgApiStreamEvent event, GBytes *response)
{
  if (stream_is_over (stream))
    return;
  if (event != PDG_API_STREAM_NEXT)
    {
      g_cancellable_cancel (stream->cancellable);
      stop_timer (stream);
      if (stream->hub_id > 0)
        pdg_hub_unsubscribe (stream->api->options.hub, stream->hub_id);
      stream->hub_id = 0;
    }
  if (stream->func != NULL)
    stream->func (event, response, stream->user_data);
  else if (response != NULL)
    stream->event_func (response, stream->user_data);
}

static void
stream_emit_error (Stream *stream, PdgApiStreamEvent event, const char *message, const char *code)
{
  g_autoptr (GBytes) response = pdg_gql_error_response (message, code);

  stream_emit (stream, event, response);
}

static gboolean
is_subscription (Stream *stream)
{
  return pdg_gql_operation_get_kind (stream->operation) == PDG_GQL_SUBSCRIPTION;
}

static void
turn_cb (gpointer data)
{
  Stream *stream = data;

  stream->then (stream);
}

/* Then @then, as one request of the key among its others: a query is refused when there are too many, the run of a subscription waits.
 * What the desktop asks for counts nowhere. */
static void
take_turn (Stream *stream, void (*then) (gpointer stream))
{
  PdgApiOutcome outcome;
  g_autoptr (GBytes) response = NULL;

  stream->then = then;
  if (stream->event_func == NULL)
    stream->turn = is_subscription (stream) ? pdg_api_turn_wait (stream->api, stream->principal, stream->cancellable, turn_cb, stream)
                                            : pdg_api_turn_new (stream->api, stream->principal, stream->cancellable);
  if (stream->turn == NULL && stream->event_func == NULL)
    {
      pdg_api_refuse (PDG_API_OUTCOME_BUSY, &outcome, &response);
      stream_emit (stream, PDG_API_STREAM_REFUSED, response);
    }
  else if (stream->turn == NULL || pdg_api_turn_has_begun (stream->turn))
    then (stream);
}

static gboolean
waits_for_turn (Stream *stream)
{
  return stream->turn != NULL && !pdg_api_turn_has_begun (stream->turn);
}

static GCancellable *
get_cancellable (Stream *stream)
{
  return stream->turn != NULL ? pdg_api_turn_get_cancellable (stream->turn) : stream->cancellable;
}

/* What ran is over. NULL, or what is said instead of what came of it when that took too long. (transfer full) */
static GBytes *
end_turn (Stream *stream)
{
  return stream->turn != NULL && pdg_api_turn_end (g_steal_pointer (&stream->turn)) ? pdg_api_late_response (stream->api) : NULL;
}

static void run_stream (Stream *stream);
static void find_project (gpointer data);

static gboolean
retry_cb (gpointer user_data)
{
  Stream *stream = user_data;

  if (stream_is_over (stream))
    return G_SOURCE_REMOVE;
  if (stream->hub_id > 0)
    run_stream (stream);
  else
    take_turn (stream, find_project);
  return G_SOURCE_REMOVE;
}

/* Tries again in a moment what failed for want of the database, so that no change is lost. FALSE when trying again is no use. */
static gboolean
retry_later (Stream *stream, const GError *error)
{
  static const int passing[] = { PDG_DB_ERROR_CONNECTION, PDG_DB_ERROR_BUSY, PDG_DB_ERROR_TIMEOUT, PDG_DB_ERROR_SERIALIZATION };
  g_autoptr (GSource) source = NULL;
  gboolean passes = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (passing); i++)
    passes |= g_error_matches (error, PDG_DB_ERROR, passing[i]);
  if (!passes)
    return FALSE;
  source = g_timeout_source_new (RETRY_MS);
  g_source_set_callback (source, retry_cb, g_rc_box_acquire (stream), stream_release);
  g_source_attach (source, g_main_context_get_thread_default ());
  return TRUE;
}

static gboolean
timer_cb (gpointer user_data)
{
  Stream *stream = user_data;

  stop_timer (stream);
  if (!stream_is_over (stream))
    run_stream (stream);
  return G_SOURCE_REMOVE;
}

static void
start_timer (Stream *stream, gint64 after_ms)
{
  stop_timer (stream);
  stream->timer = g_timeout_source_new ((guint) MAX (after_ms, 1));
  g_source_set_callback (stream->timer, timer_cb, g_rc_box_acquire (stream), stream_release);
  g_source_attach (stream->timer, g_main_context_get_thread_default ());
}

/* TRUE when the subscription wants to run later, which it then does. */
static gboolean
is_too_soon (Stream *stream)
{
  gint64 wait_ms = pdg_api_stream_memory_get_at_earliest_ms (stream->memory) - (g_get_monotonic_time () - stream->began_usec) / 1000;

  if (stream->began_usec == 0 || wait_ms <= 0)
    return FALSE;
  start_timer (stream, wait_ms);
  return TRUE;
}

static void
stream_ran_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Stream *stream = user_data;
  PdgApiOutcome outcome;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) response = pdg_api_run_finish (stream->api, result, &outcome, &error);
  g_autoptr (GBytes) late = end_turn (stream);

  stream->running = FALSE;
  if (stream_is_over (stream))
    {
      stream_release (stream);
      return;
    }
  if (pdg_api_stream_memory_get_at_latest_ms (stream->memory) > 0)
    start_timer (stream, pdg_api_stream_memory_get_at_latest_ms (stream->memory));
  if (!pdg_api_stream_memory_end_run (stream->memory, late == NULL && response != NULL && pdg_gql_response_has_data (response)))
    ; /* nothing new */
  else if (late != NULL)
    stream_emit (stream, is_subscription (stream) ? PDG_API_STREAM_NEXT : PDG_API_STREAM_REFUSED, late);
  else if (response != NULL)
    stream_emit (stream, PDG_API_STREAM_NEXT, response);
  else if (is_subscription (stream) && !stream->again && retry_later (stream, error))
    g_debug ("a subscription waits: %s", error->message);
  else
    stream_emit_error (stream, is_subscription (stream) ? PDG_API_STREAM_NEXT : PDG_API_STREAM_REFUSED, pdg_api_error_message (error),
                       pdg_api_verdict_for (error)->graphql_code);
  if (!is_subscription (stream) || (stream->last_run && !stream->again))
    stream_emit (stream, PDG_API_STREAM_COMPLETE, NULL);
  else if (stream->again && !stream_is_over (stream))
    run_stream (stream);
  stream_release (stream);
}

/* Looked at before the run, so that its response says the same. */
static gboolean
demo_is_over (PdgApi *api)
{
  PdgDemoProgress progress = { 0 };
  gboolean over;

  pdg_demo_player_get_progress (api->options.demo, &progress);
  over = !progress.running && (progress.total > 0 || progress.error != NULL);
  g_free (progress.error);
  return over;
}

static void
execute (gpointer data)
{
  Stream *stream = data;
  PdgApiChange change;

  stream->last_run = stream->is_demo && !stream->keep_open && demo_is_over (stream->api);
  change = (PdgApiChange) { stream->project_id, ++stream->sequence, pdg_clock_now_usec (), stream->project_no, stream->memory };
  pdg_api_run_operation_async (stream->api, stream->principal, stream->operation, is_subscription (stream) ? &change : NULL,
                               stream->turn != NULL ? pdg_api_turn_get_deadline (stream->turn) : 0, get_cancellable (stream), stream_ran_cb,
                               g_rc_box_acquire (stream));
}

static void
run_stream (Stream *stream)
{
  if (waits_for_turn (stream))
    return;
  stream->again = stream->running;
  if (stream->running || is_too_soon (stream))
    return;
  stop_timer (stream);
  stream->running = TRUE;
  stream->began_usec = g_get_monotonic_time ();
  take_turn (stream, execute);
}

static void
changed_cb (gint32 topic, gint64 sequence, gpointer user_data)
{
  if (!stream_is_over (user_data))
    run_stream (user_data);
}

static void
stream_listen (Stream *stream, gint32 topic)
{
  stream->hub_id = pdg_hub_subscribe (stream->api->options.hub, topic, NULL, changed_cb, g_rc_box_acquire (stream), stream_release);
  run_stream (stream);
}

typedef struct
{
  PdgApi *api;
  PdgPrincipal *principal;
  char *project_id;
} LookupJob;

static void
lookup_job_free (gpointer data)
{
  LookupJob *job = data;

  pdg_principal_unref (job->principal);
  g_free (job->project_id);
  g_free (job);
}

static gpointer
lookup_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  LookupJob *job = job_data;
  g_autoptr (PdgQueries) queries = pdg_queries_begin (conn, job->principal, job->api->options.graphql_timeout_ms, error);
  g_autoptr (PdgProject) project = queries != NULL ? pdg_queries_lookup_project (queries, job->project_id, error) : NULL;

  return g_steal_pointer (&project);
}

static void
project_found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Stream *stream = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgProject) project = pdg_db_pool_run_finish (NULL, result, &error);
  g_autoptr (GBytes) late = end_turn (stream);

  if (stream_is_over (stream))
    ;
  else if (late != NULL)
    stream_emit (stream, PDG_API_STREAM_REFUSED, late);
  else if (error != NULL && stream->keep_open && retry_later (stream, error))
    {
      if (!stream->told_away)
        stream_emit_error (stream, PDG_API_STREAM_NEXT, pdg_api_error_message (error), pdg_api_verdict_for (error)->graphql_code);
      stream->told_away = TRUE;
    }
  else if (error != NULL)
    stream_emit_error (stream, PDG_API_STREAM_REFUSED, pdg_api_error_message (error), pdg_api_verdict_for (error)->graphql_code);
  else if (project == NULL)
    stream_emit_error (stream, PDG_API_STREAM_REFUSED, "there is no such project, or it is not yours to see", "NOT_FOUND");
  else
    {
      stream->project_no = project->project_no;
      stream_listen (stream, project->project_no);
    }
  stream_release (stream);
}

static void
find_project (gpointer data)
{
  Stream *stream = data;
  const PdgGqlValue *project_id = pdg_gql_operation_get_root_arg (stream->operation, "projectId");
  LookupJob *job = g_new0 (LookupJob, 1);

  g_free (stream->project_id);
  stream->project_id = g_strdup (pdg_gql_value_get_string (project_id));
  job->api = stream->api;
  job->principal = pdg_principal_ref (stream->principal);
  job->project_id = g_strdup (stream->project_id);
  pdg_db_pool_run_async (stream->api->options.pool, PDG_DB_PRIORITY_INTERACTIVE, lookup_job, job, lookup_job_free,
                         (GDestroyNotify) pdg_project_free, get_cancellable (stream), project_found_cb, g_rc_box_acquire (stream));
}

static gboolean
begin_cb (gpointer user_data)
{
  Stream *stream = user_data;

  if (stream_is_over (stream))
    return G_SOURCE_REMOVE;
  if (stream->operation == NULL)
    stream_emit (stream, PDG_API_STREAM_REFUSED, stream->refusal);
  else if (!is_subscription (stream) && stream->event_func != NULL)
    stream_emit_error (stream, PDG_API_STREAM_REFUSED, "this is not a subscription; execute it instead", "BAD_USER_INPUT");
  else if (!is_subscription (stream))
    run_stream (stream);
  else if (g_strcmp0 (pdg_gql_operation_get_root_field (stream->operation), "demoProgress") == 0)
    {
      stream->is_demo = TRUE;
      stream_listen (stream, PDG_HUB_TOPIC_DEMO);
    }
  else
    take_turn (stream, find_project);
  return G_SOURCE_REMOVE;
}

static guint
stream_start (PdgApi *api, PdgPrincipal *principal, const PdgApiRun *run, Stream *stream)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  PdgApiOutcome outcome;
  guint id;

  stream->api = api;
  stream->principal = pdg_principal_ref (principal);
  stream->cancellable = g_cancellable_new ();
  stream->memory = pdg_api_stream_memory_new ();
  stream->operation = pdg_api_prepare (api, run, &outcome, &stream->refusal);
  g_mutex_lock (&api->lock);
  id = ++api->last_subscription;
  g_hash_table_insert (api->subscriptions, GUINT_TO_POINTER (id), stream);
  g_mutex_unlock (&api->lock);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, begin_cb, g_rc_box_acquire (stream), stream_release);
  g_source_attach (source, g_main_context_get_thread_default ());
  return id;
}

guint
pdg_api_stream_start (PdgApi *api, PdgPrincipal *principal, const PdgApiRun *run, PdgApiStreamFunc func, gpointer user_data,
                      GDestroyNotify destroy)
{
  Stream *stream = g_rc_box_new0 (Stream);

  stream->func = func;
  stream->user_data = user_data;
  stream->destroy = destroy;
  return stream_start (api, principal, run, stream);
}

guint
pdg_api_subscribe (PdgApi *api, PdgPrincipal *principal, const char *document, JsonNode *variables, PdgApiEventFunc func,
                   gpointer user_data, GDestroyNotify destroy)
{
  Stream *stream = g_rc_box_new0 (Stream);
  PdgApiRun run = { .query = document, .variables = variables, .trusted = TRUE };

  stream->event_func = func;
  stream->user_data = user_data;
  stream->destroy = destroy;
  stream->keep_open = TRUE;
  return stream_start (api, principal, &run, stream);
}

gboolean
pdg_api_stream_is_full (PdgApi *api, guint n_operations)
{
  gboolean full = api->options.graphql_stream_operations > 0 && n_operations >= api->options.graphql_stream_operations;

  pdg_api_guards_count (api->guards, full ? "stream-operations" : NULL);
  return full;
}

void
pdg_api_unsubscribe (PdgApi *api, guint id)
{
  Stream *stream;

  g_mutex_lock (&api->lock);
  stream = g_hash_table_lookup (api->subscriptions, GUINT_TO_POINTER (id));
  g_hash_table_remove (api->subscriptions, GUINT_TO_POINTER (id));
  g_mutex_unlock (&api->lock);
  if (stream == NULL)
    return;
  g_cancellable_cancel (stream->cancellable);
  stop_timer (stream);
  if (stream->hub_id > 0)
    pdg_hub_unsubscribe (api->options.hub, stream->hub_id);
  if (waits_for_turn (stream))
    pdg_api_turn_end (g_steal_pointer (&stream->turn));
  stream_release (stream);
}
