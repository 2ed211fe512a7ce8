#include "config.h"
#include "api/pdg-resolve.h"

#include "service/pdg-commands.h"

static void
mutation_create_project (PdgGqlCall *call)
{
  PdgApiContext *context = pdg_gql_call_get_context (call);
  const PdgGqlValue *input = pdg_gql_call_arg_value (call, "input");
  GError *error = NULL;
  PdgProject *project;

  g_clear_pointer (&context->queries, pdg_queries_free);
  project = pdg_commands_create_project (context->conn, context->principal, pdg_gql_value_get_string (pdg_gql_value_lookup (input, "id")),
                                         pdg_gql_value_get_string (pdg_gql_value_lookup (input, "name")), &error);
  if (project == NULL)
    pdg_gql_call_fail_all (call, error);
  else
    pdg_gql_call_set_object (call, 0, project, (GDestroyNotify) pdg_project_free);
}

PDG_RESOLVE_MEMBER (create_project_payload_project, PdgProject, pdg_gql_call_set_object (call, i, (gpointer) source, NULL))

static void
progress_free (gpointer data)
{
  PdgDemoProgress *progress = data;

  g_free (progress->error);
  g_free (progress);
}

static void
set_progress (PdgGqlCall *call)
{
  PdgApiContext *context = pdg_gql_call_get_context (call);
  PdgDemoProgress *progress = g_new0 (PdgDemoProgress, 1);

  pdg_demo_player_get_progress (context->api->options.demo, progress);
  pdg_gql_call_set_object (call, 0, progress, progress_free);
}

static void
mutation_load_demo (PdgGqlCall *call)
{
  PdgApiContext *context = pdg_gql_call_get_context (call);
  PdgDemoOptions options = { .end_usec = g_get_real_time () };

  if (!pdg_principal_may (context->principal, PDG_ROLE_EDITOR))
    {
      pdg_gql_call_fail_all (call, g_error_new (PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_FORBIDDEN, "this needs the role editor"));
      return;
    }
  pdg_demo_player_start (context->api->options.demo, context->principal, &options);
  set_progress (call);
}

PDG_RESOLVE_MEMBER (progress_project_id, PdgDemoProgress, (void) source; pdg_gql_call_set_string (call, i, PDG_DEMO_PROJECT_ID))
PDG_RESOLVE_MEMBER (progress_done, PdgDemoProgress, pdg_gql_call_set_int64 (call, i, (gint64) source->done))
PDG_RESOLVE_MEMBER (progress_total, PdgDemoProgress, pdg_gql_call_set_int64 (call, i, (gint64) source->total))
PDG_RESOLVE_MEMBER (progress_running, PdgDemoProgress, pdg_gql_call_set_bool (call, i, source->running))
PDG_RESOLVE_MEMBER (progress_error, PdgDemoProgress, pdg_gql_call_set_borrowed_string (call, i, source->error))

static const PdgGqlBinding bindings[] = {
  { "Mutation.createProject", mutation_create_project },
  { "Mutation.loadDemo", mutation_load_demo },
  { "CreateProjectPayload.project", create_project_payload_project },
  { "DemoProgress.projectId", progress_project_id },
  { "DemoProgress.done", progress_done },
  { "DemoProgress.total", progress_total },
  { "DemoProgress.running", progress_running },
  { "DemoProgress.error", progress_error },
  { "Subscription.demoProgress", set_progress },
};

PdgResolveTable
pdg_resolve_mutation_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
