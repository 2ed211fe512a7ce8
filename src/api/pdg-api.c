#include "config.h"
#include "api/pdg-api-private.h"
#include "api/pdg-api-together.h"

#include "api/pdg-api-error.h"
#include "api/pdg-api-resources.h"
#include "api/pdg-api-stream.h"
#include "base/pdg-id.h"
#include "db/pdg-db-error.h"

#include <string.h>

#define SCHEMA_RESOURCE "/org/productgraph/api/schema.graphql"

/* One execution on a database thread. */
typedef struct
{
  PdgApi *api;
  PdgPrincipal *principal;
  PdgGqlOperation *operation; /* NULL: prepare from what follows */
  PdgApiRun run;              /* its texts and variables are owned */
  gboolean has_change;
  PdgApiChange change;
  char *project_id;
  gboolean is_lookup; /* (out) */
} ExecuteJob;

typedef struct
{
  GBytes *bytes;
  PdgApiOutcome outcome;
} Answer;

PdgApi *
pdg_api_new (const PdgApiOptions *options, GError **error)
{
  g_autoptr (PdgApi) api = g_new0 (PdgApi, 1);
  g_autoptr (GBytes) sdl = g_resource_lookup_data (pdg_api_get_resource (), SCHEMA_RESOURCE, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  static const PdgGqlLimits default_limits = PDG_GQL_LIMITS_DEFAULT;
  const PdgApiGuardLimits guards = {
    options->graphql_key_requests, options->graphql_requests, options->graphql_key_streams, options->graphql_streams,
  };

  api->options = *options;
  g_mutex_init (&api->lock);
  api->subscriptions = g_hash_table_new (NULL, NULL);
  if (options->local != NULL)
    {
      api->options.local = pdg_principal_ref (options->local);
      api->local_ingest = pdg_principal_new (pdg_principal_get_org_uuid (options->local), pdg_principal_get_org_no (options->local),
                                             PDG_ROLE_INGEST, 0, "loopback");
    }
  api->limits = default_limits;
  api->limits.max_tokens = options->graphql_tokens;
  api->limits.max_nesting = options->graphql_nesting;
  api->limits.max_fields = options->graphql_fields;
  api->limits.max_overlap = options->graphql_overlap;
  api->limits.max_introspection_depth = options->graphql_introspection_depth;
  api->limits.max_depth = options->graphql_depth;
  api->limits.max_aliases = options->graphql_aliases;
  api->limits.max_directives = options->graphql_directives;
  api->limits.max_root_fields = options->graphql_root_fields;
  api->limits.max_introspection_lists = options->graphql_introspection_lists;
  api->limits.max_errors = options->graphql_errors;
  api->limits.max_cost = options->graphql_cost;
  api->limits.max_page_size = options->graphql_page_size;
  api->documents = pdg_api_documents_new (options->graphql_documents);
  api->guards = pdg_api_guards_new (&guards);
  api->timeouts = pdg_timeouts_new (options->graphql_timeout_ms);
  api->projects = pdg_project_finder_new (options->pool);
  api->policies = pdg_policies_new (options->pool);
  api->plan_report = pdg_plan_report_new (options->pool);
  api->rates = pdg_api_rates_new (options->ingest_key_rate, options->ingest_key_burst);
  api->pictures = pdg_api_snapshots_pool_new ();
  if (sdl == NULL)
    return NULL;
  api->schema = pdg_gql_schema_new (g_bytes_get_data (sdl, NULL), (gssize) g_bytes_get_size (sdl), error);
  if (api->schema == NULL || !pdg_api_bind_resolvers (api->schema, error) || !pdg_gql_schema_check (api->schema, error))
    return NULL;
  pdg_gql_schema_set_error_code_func (api->schema, pdg_api_error_code);
  if (options->graphql_persisted != NULL
      && !pdg_api_documents_load (api->documents, options->graphql_persisted, api->schema, &api->limits, error))
    return NULL;
  return g_steal_pointer (&api);
}

void
pdg_api_free (PdgApi *api)
{
  if (api == NULL)
    return;
  /* Those that wait are answered by nobody any more; those under way end first. */
  g_thread_pool_free (api->pictures, TRUE, TRUE);
  g_clear_pointer (&api->documents, pdg_api_documents_free);
  g_clear_pointer (&api->guards, pdg_api_guards_free);
  g_clear_pointer (&api->timeouts, pdg_timeouts_free);
  g_clear_pointer (&api->projects, pdg_project_finder_free);
  g_clear_pointer (&api->policies, pdg_policies_free);
  g_clear_pointer (&api->plan_report, pdg_plan_report_unref);
  g_clear_pointer (&api->rates, pdg_api_rates_free);
  g_clear_pointer (&api->schema, pdg_gql_schema_unref);
  g_hash_table_unref (api->subscriptions);
  pdg_principal_unref (api->options.local);
  pdg_principal_unref (api->local_ingest);
  g_mutex_clear (&api->lock);
  g_free (api->events_url);
  g_free (api);
}

void
pdg_api_add_routes (PdgApi *api, PdgHttpServer *server)
{
  pdg_api_add_ingest_routes (api, server);
  pdg_api_add_client_routes (api, server);
  pdg_api_add_graphql_routes (api, server);
  pdg_api_add_blob_routes (api, server);
  pdg_api_add_snapshot_routes (api, server);
  pdg_api_add_replay_routes (api, server);
  pdg_api_add_graphiql_routes (api, server);
  pdg_api_add_web_socket_routes (api, server);
  pdg_api_add_event_stream_routes (api, server);
  pdg_api_add_status_routes (api, server);
}

void
pdg_api_set_server (PdgApi *api, PdgHttpServer *server, const char *events_url)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&api->lock);

  api->server = server;
  g_free (api->events_url);
  api->events_url = g_strdup (events_url);
}

void
pdg_api_set_listening (PdgApi *api, gboolean listening)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&api->lock);

  api->listening = listening;
}

PdgPrincipal *
pdg_api_get_local_principal (PdgApi *api)
{
  return api->options.local;
}

PdgQueries *
pdg_api_context_get_queries (PdgApiContext *context, GError **error)
{
  gint64 timeout_ms = context->api->options.graphql_timeout_ms;

  /* in eighths, rounded up: the deadline itself cancels the statement, and a time that changes must be told to the database */
  if (context->deadline_usec > 0)
    {
      gint64 step_ms = timeout_ms / 8 + 1;
      gint64 left_ms = MAX ((context->deadline_usec - g_get_monotonic_time ()) / 1000, 1);

      timeout_ms = MIN (timeout_ms, (left_ms + step_ms - 1) / step_ms * step_ms);
    }
  if (context->queries == NULL)
    context->queries = context->reads_once ? pdg_queries_begin_once (context->conn, context->principal, (guint) timeout_ms, error)
                                           : pdg_queries_begin (context->conn, context->principal, (guint) timeout_ms, error);
  return context->queries;
}

static void
execute_job_free (gpointer data)
{
  ExecuteJob *job = data;

  pdg_principal_unref (job->principal);
  g_clear_pointer (&job->operation, pdg_gql_operation_unref);
  g_clear_pointer (&job->run.variables, json_node_unref);
  g_free ((char *) job->run.query);
  g_free ((char *) job->run.operation_name);
  g_free ((char *) job->run.hash);
  g_free (job->project_id);
  g_clear_pointer (&job->change.memory, pdg_api_stream_memory_unref);
  g_free (job);
}

static Answer *
answer_new (GBytes *bytes, PdgApiOutcome outcome)
{
  Answer *answer = g_new (Answer, 1);

  *answer = (Answer) { bytes, outcome };
  return answer;
}

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_clear_pointer (&answer->bytes, g_bytes_unref);
  g_free (answer);
}

/* (nullable) @answer: taken. */
static GBytes *
take_answer (Answer *answer, PdgApiOutcome *outcome)
{
  GBytes *bytes;

  if (answer == NULL)
    return NULL;
  bytes = g_steal_pointer (&answer->bytes);
  *outcome = answer->outcome;
  answer_free (answer);
  return bytes;
}

PdgApiOutcome
pdg_api_outcome_of (GBytes *response)
{
  if (!pdg_gql_response_has_errors (response))
    return PDG_API_OUTCOME_DATA;
  return pdg_gql_response_has_data (response) ? PDG_API_OUTCOME_PARTIAL : PDG_API_OUTCOME_NULL;
}

static gpointer
execute_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  ExecuteJob *job = job_data;
  PdgApiContext context = { .api = job->api, .principal = job->principal, .conn = conn, .deadline_usec = job->run.deadline_usec };
  PdgApiOutcome outcome = PDG_API_OUTCOME_DATA;
  GBytes *response = NULL;

  if (job->operation == NULL)
    job->operation = pdg_api_prepare (job->api, &job->run, &outcome, &response);
  if (job->operation == NULL)
    return answer_new (response, outcome);
  if (pdg_gql_operation_get_kind (job->operation) == PDG_GQL_SUBSCRIPTION && !job->has_change)
    {
      pdg_api_refuse (PDG_API_OUTCOME_STREAM, &outcome, &response);
      return answer_new (response, outcome);
    }
  response = pdg_gql_operation_execute (job->operation, job->has_change ? &job->change : NULL, &context, cancellable);
  g_clear_pointer (&context.ahead, g_ptr_array_unref);
  g_clear_pointer (&context.queries, pdg_queries_free);
  job->is_lookup = context.reads_once;
  return answer_new (response, pdg_api_outcome_of (response));
}

static void
executed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  Answer *answer = pdg_db_pool_run_finish (NULL, result, &error); /* the API may be gone by now */

  if (answer != NULL)
    g_task_return_pointer (task, answer, answer_free);
  else
    g_task_return_error (task, error);
}

static void
run_job (PdgApi *api, ExecuteJob *job, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  pdg_db_pool_run_async (api->options.pool, PDG_DB_PRIORITY_INTERACTIVE, execute_job, job, execute_job_free, answer_free, cancellable,
                         executed_cb, task);
}

void
pdg_api_run_operation_async (PdgApi *api, PdgPrincipal *principal, PdgGqlOperation *operation, const PdgApiChange *change,
                             gint64 deadline_usec, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  ExecuteJob *job = g_new0 (ExecuteJob, 1);

  job->api = api;
  job->principal = pdg_principal_ref (principal);
  job->operation = pdg_gql_operation_ref (operation);
  job->run.deadline_usec = deadline_usec;
  job->has_change = change != NULL;
  if (change != NULL)
    {
      job->project_id = g_strdup (change->project_id);
      job->change = *change;
      job->change.project_id = job->project_id;
      job->change.memory = pdg_api_stream_memory_ref (change->memory);
    }
  run_job (api, job, cancellable, callback, user_data);
}

void
pdg_api_run_async (PdgApi *api, PdgPrincipal *principal, const PdgApiRun *run, GCancellable *cancellable, GAsyncReadyCallback callback,
                   gpointer user_data)
{
  ExecuteJob *job = g_new0 (ExecuteJob, 1);

  job->api = api;
  job->principal = pdg_principal_ref (principal);
  job->run = *run;
  job->run.query = g_strdup (run->query);
  job->run.operation_name = g_strdup (run->operation_name);
  job->run.hash = g_strdup (run->hash);
  job->run.variables = run->variables != NULL ? json_node_copy (run->variables) : NULL;
  run_job (api, job, cancellable, callback, user_data);
}

GBytes *
pdg_api_run_here (PdgApi *api, PdgPrincipal *principal, const PdgApiRun *run, PdgGqlOperation *operation, GCancellable *cancellable,
                  PdgApiOutcome *outcome, gboolean *has_likes, GError **error)
{
  ExecuteJob job = { .api = api, .principal = principal, .run = *run, .operation = operation != NULL ? pdg_gql_operation_ref (operation) : NULL };
  Answer *answer = pdg_db_pool_run_here (api->options.pool, PDG_DB_PRIORITY_INTERACTIVE, execute_job, &job, cancellable, error);

  *has_likes = job.is_lookup || (job.operation != NULL && pdg_api_is_asked_again (api, job.operation));
  g_clear_pointer (&job.operation, pdg_gql_operation_unref);
  return take_answer (answer, outcome);
}

GBytes *
pdg_api_run_finish (PdgApi *api, GAsyncResult *result, PdgApiOutcome *outcome, GError **error)
{
  return take_answer (g_task_propagate_pointer (G_TASK (result), error), outcome);
}

void
pdg_api_execute_async (PdgApi *api, PdgPrincipal *principal, const char *document, const char *operation_name, JsonNode *variables,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  PdgApiRun run = { .query = document, .operation_name = operation_name, .variables = variables, .trusted = TRUE };

  pdg_api_run_async (api, principal, &run, cancellable, callback, user_data);
}

GBytes *
pdg_api_execute_finish (PdgApi *api, GAsyncResult *result, GError **error)
{
  PdgApiOutcome outcome;

  return pdg_api_run_finish (api, result, &outcome, error);
}
