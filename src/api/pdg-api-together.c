#include "config.h"
#include "api/pdg-api-together.h"

#include "api/pdg-resolve.h"

/* One request that waits for the others. */
typedef struct
{
  PdgApi *api;
  PdgHttpRequest *request; /* borrowed: it waits for this */
  PdgPrincipal *principal;
  PdgApiMedia media;
  PdgGqlOperation *operation;
  PdgGqlExecution *execution;
  PdgApiContext context;
  PdgApiLookup key; /* of a lookup */
  gboolean is_lookup;
  JsonNode *variables; /* (nullable), as the next; of a question */
  char *operation_name;
  GBytes *response; /* nullable */
  gulong gone_id;
} Deferred;

/* Those that are answered together. */
typedef struct
{
  Deferred **members;
  guint n;
  int n_left;         /* atomic: members somebody waits for */
  GCancellable *gone; /* nobody does */
} Group;

static void
deferred_free (Deferred *self)
{
  g_clear_pointer (&self->execution, pdg_gql_execution_free);
  g_clear_pointer (&self->context.ahead, g_ptr_array_unref);
  g_clear_pointer (&self->context.queries, pdg_queries_free);
  g_clear_pointer (&self->context.project, pdg_project_free);
  g_clear_pointer (&self->context.session, pdg_session_summary_free);
  g_clear_pointer (&self->response, g_bytes_unref);
  g_clear_pointer (&self->variables, json_node_unref);
  g_free (self->operation_name);
  pdg_gql_operation_unref (self->operation);
  pdg_principal_unref (self->principal);
  g_free (self);
}

/* The same question that was asked within this time is likely to be asked by others, too. */
#define AGAIN_USEC 20000

gboolean
pdg_api_is_asked_again (PdgApi *api, PdgGqlOperation *operation)
{
  gpointer question = (gpointer) pdg_gql_operation_get_document (operation);
  gint64 now_usec = g_get_monotonic_time ();
  gboolean again = __atomic_exchange_n (&api->asked, question, __ATOMIC_RELAXED) == question;

  return now_usec - __atomic_exchange_n (&api->asked_usec, now_usec, __ATOMIC_RELAXED) < AGAIN_USEC && again;
}

/* Whether @self is a lookup by key. */
static gboolean
begin_lookup (Deferred *self)
{
  PdgGqlCall *call;

  if (g_strcmp0 (pdg_gql_operation_get_root_field (self->operation), "project") != 0)
    return FALSE;
  self->execution = pdg_gql_execution_new (self->operation, NULL, &self->context);
  call = pdg_gql_execution_look_ahead (self->execution);
  if (call != NULL)
    pdg_resolve_get_key (call, &self->key);
  if (!self->key.is_all)
    g_clear_pointer (&self->execution, pdg_gql_execution_free);
  return self->key.is_all;
}

static gboolean
is_same_text (JsonNode *a, JsonNode *b)
{
  return a == b || (a != NULL && b != NULL && json_node_equal (a, b));
}

/* Whether one answer is both's. */
static gboolean
is_same_question (const Deferred *a, const Deferred *b)
{
  return pdg_gql_operation_get_document (a->operation) == pdg_gql_operation_get_document (b->operation)
         && g_strcmp0 (a->operation_name, b->operation_name) == 0 && is_same_text (a->variables, b->variables);
}

/* Whether they can be answered together. */
static gboolean
is_alike (const Deferred *a, const Deferred *b)
{
  if (a->is_lookup != b->is_lookup || (a->principal != b->principal && !pdg_api_is_same_principal (a->principal, b->principal)))
    return FALSE;
  return a->is_lookup ? (a->key.ahead != NULL) == (b->key.ahead != NULL) && a->key.parts == b->key.parts : is_same_question (a, b);
}

gboolean
pdg_api_defer (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal, PdgApiMedia media, const PdgApiRun *what, PdgGqlOperation *operation)
{
  const Deferred *before = pdg_http_request_get_deferred_before (request);
  Deferred *self;

  if (pdg_gql_operation_get_kind (operation) != PDG_GQL_QUERY)
    return FALSE;
  self = g_new0 (Deferred, 1);
  self->api = api;
  self->request = request;
  self->principal = pdg_principal_ref (principal);
  self->media = media;
  self->operation = pdg_gql_operation_ref (operation);
  self->context = (PdgApiContext) { .api = api, .principal = self->principal };
  self->is_lookup = begin_lookup (self);
  self->variables = !self->is_lookup && what->variables != NULL ? json_node_copy (what->variables) : NULL;
  self->operation_name = !self->is_lookup ? g_strdup (what->operation_name) : NULL;
  /* A question may take long: it waits for nothing but the same one. */
  if (!self->is_lookup && before != NULL && !is_alike (self, before))
    {
      deferred_free (self);
      return FALSE;
    }
  pdg_http_request_defer (request, self);
  return TRUE;
}

/* One statement for all of them. */
static gboolean
look_up (Group *group, PdgQueries *queries, GError **error)
{
  const PdgApiLookup *key = &group->members[0]->key;
  g_autofree const char **ids = g_new (const char *, group->n);
  g_autofree const char **session_ids = key->ahead != NULL ? g_new (const char *, group->n) : NULL;
  g_autoptr (GPtrArray) projects = NULL, sessions = NULL;

  for (guint i = 0; i < group->n; i++)
    {
      ids[i] = group->members[i]->key.id;
      if (session_ids != NULL)
        session_ids[i] = group->members[i]->key.session_id;
    }
  projects = pdg_queries_lookup_projects (queries, ids, session_ids, group->n, key->parts, &sessions, error);
  for (guint i = 0; projects != NULL && i < group->n; i++)
    {
      PdgApiContext *context = &group->members[i]->context;

      context->project = g_steal_pointer (&projects->pdata[i]);
      context->session = sessions != NULL ? g_steal_pointer (&sessions->pdata[i]) : NULL;
      context->key = &group->members[i]->key;
    }
  return projects != NULL;
}

/* One execution for all of them. */
static void
execute_question (Group *group, PdgDbConn *conn, GCancellable *cancellable)
{
  PdgApiContext *context = &group->members[0]->context;

  context->conn = conn;
  group->members[0]->response = pdg_gql_operation_execute (group->members[0]->operation, NULL, context, cancellable);
  g_clear_pointer (&context->ahead, g_ptr_array_unref);
  g_clear_pointer (&context->queries, pdg_queries_free);
  for (guint i = 1; i < group->n; i++)
    group->members[i]->response = g_bytes_ref (group->members[0]->response);
}

/* May be called again when the connection was lost: then nothing has been found. */
static gpointer
execute_group (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  Group *group = job_data;
  PdgApiContext *first = &group->members[0]->context;
  PdgQueries *queries;
  gboolean found;

  if (!group->members[0]->is_lookup)
    {
      execute_question (group, conn, cancellable);
      return NULL;
    }
  first->conn = conn;
  first->reads_once = TRUE;
  queries = pdg_api_context_get_queries (first, error);
  found = queries != NULL && look_up (group, queries, error);
  g_clear_pointer (&first->queries, pdg_queries_free);
  for (guint i = 0; found && i < group->n; i++)
    {
      Deferred *member = group->members[i];

      member->context.conn = conn;
      member->response = pdg_gql_execution_run (member->execution, pdg_http_request_get_cancellable (member->request));
      g_clear_pointer (&member->context.queries, pdg_queries_free);
    }
  return NULL;
}

static void
gone_cb (GCancellable *cancellable, gpointer user_data)
{
  Group *group = user_data;

  if (g_atomic_int_dec_and_test (&group->n_left))
    g_cancellable_cancel (group->gone);
}

static void
answer_alone (Deferred *member)
{
  PdgApiRun what = { .query = NULL };

  pdg_api_answer_here (member->api, member->request, member->principal, member->media, &what, member->operation);
}

/* FALSE when its time was up. */
static gboolean
run_group (PdgApi *api, Group *group, GError **error)
{
  PdgApiTurn *turn = pdg_api_turn_new (api, group->members[0]->principal, group->gone);

  if (turn == NULL) /* each is refused, or finds a place that is free by then */
    return TRUE;
  for (guint i = 0; i < group->n; i++)
    group->members[i]->context.deadline_usec = pdg_api_turn_get_deadline (turn);
  pdg_db_pool_run_here (api->options.pool, PDG_DB_PRIORITY_INTERACTIVE, execute_group, group, pdg_api_turn_get_cancellable (turn), error);
  return !pdg_api_turn_end (turn);
}

static void
answer_group (PdgApi *api, Deferred **members, guint n)
{
  Group group = { members, n, (int) n, g_cancellable_new () };
  g_autoptr (GCancellable) gone = group.gone;
  g_autoptr (GError) error = NULL;
  gboolean in_time;

  for (guint i = 0; i < n; i++)
    members[i]->gone_id = g_cancellable_connect (pdg_http_request_get_cancellable (members[i]->request), G_CALLBACK (gone_cb), &group, NULL);
  in_time = run_group (api, &group, &error);
  for (guint i = 0; i < n; i++)
    g_cancellable_disconnect (pdg_http_request_get_cancellable (members[i]->request), members[i]->gone_id);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GBytes) late = in_time ? NULL : pdg_api_late_response (api);

      if (late != NULL)
        {
          pdg_api_respond (api, members[i]->request, members[i]->media, PDG_API_OUTCOME_TIME, late);
          pdg_api_guards_count (api->guards, i > 0 ? "time" : NULL);
        }
      else if (members[i]->response != NULL)
        pdg_api_respond (api, members[i]->request, members[i]->media, pdg_api_outcome_of (members[i]->response), members[i]->response);
      else
        answer_alone (members[i]);
    }
}

void
pdg_api_together (gpointer *deferred, guint n, gpointer user_data)
{
  g_autofree Deferred **left = g_memdup2 (deferred, n * sizeof *deferred), **group = g_new (Deferred *, n);

  for (guint n_left = n; n_left > 0;)
    {
      const Deferred *first = left[0];
      guint n_group = 0, n_others = 0;

      for (guint i = 0; i < n_left; i++)
        if (is_alike (first, left[i]))
          group[n_group++] = left[i];
        else
          left[n_others++] = left[i];
      n_left = n_others;
      if (n_group > 1)
        answer_group (user_data, group, n_group);
      else
        answer_alone (group[0]);
    }
  for (guint i = 0; i < n; i++)
    deferred_free (deferred[i]);
}
