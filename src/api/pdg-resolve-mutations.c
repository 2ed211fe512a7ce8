#include "config.h"
#include "api/pdg-resolve.h"

#include "service/pdg-commands.h"

/* Mutations of the organisation and its projects, and the demo. */

static void
mutation_update_organisation (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  GError *error = NULL;
  PdgOrganisation *organisation = pdg_commands_update_organisation (context->conn, context->principal,
                                                                    pdg_resolve_input_string (input, "name"), &error);

  pdg_resolve_set_payload (call, organisation, (GDestroyNotify) pdg_organisation_free, error);
}

static void
mutation_create_project (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  GError *error = NULL;
  PdgProject *project = pdg_commands_create_project (context->conn, context->principal, pdg_resolve_input_string (input, "id"),
                                                     pdg_resolve_input_string (input, "name"), &error);

  pdg_resolve_set_payload (call, project, (GDestroyNotify) pdg_project_free, error);
}

static void
mutation_update_project (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  PdgProjectChange change = {
    .name = pdg_resolve_input_string (input, "name"), .time_zone = pdg_resolve_input_string (input, "timeZone"),
    .week_start = pdg_resolve_parse_day (pdg_resolve_input_string (input, "weekStart")),
  };
  GError *error = NULL;
  PdgProject *project = pdg_commands_update_project (context->conn, context->principal, pdg_resolve_input_string (input, "id"), &change, &error);

  pdg_resolve_set_payload (call, project, (GDestroyNotify) pdg_project_free, error);
}

static void
mutation_delete_project (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  const char *id = pdg_resolve_input_string (input, "id");
  GError *error = NULL;
  gboolean done = pdg_commands_delete_project (context->conn, context->principal, id, pdg_resolve_input_string (input, "confirmName"), &error);

  if (done) /* its keys are gone, too */
    pdg_credentials_forget (context->api->options.credentials, pdg_principal_get_org_no (context->principal));
  pdg_resolve_set_payload (call, done ? g_strdup (id) : NULL, g_free, error);
}

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
  { "Mutation.updateOrganisation", mutation_update_organisation },
  { "Mutation.createProject", mutation_create_project },
  { "Mutation.updateProject", mutation_update_project },
  { "Mutation.deleteProject", mutation_delete_project },
  { "Mutation.loadDemo", mutation_load_demo },
  PDG_RESOLVE_PAYLOAD ("UpdateOrganisation", "organisation", pdg_resolve_payload_object),
  PDG_RESOLVE_PAYLOAD ("CreateProject", "project", pdg_resolve_payload_object),
  PDG_RESOLVE_PAYLOAD ("UpdateProject", "project", pdg_resolve_payload_object),
  PDG_RESOLVE_PAYLOAD ("DeleteProject", "deletedProjectId", pdg_resolve_payload_id),
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
