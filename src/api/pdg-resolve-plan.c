#include "config.h"
#include "api/pdg-resolve.h"

#include "service/pdg-commands-plan.h"

/* What events are to look like (PdgEventSchemaRecord), and how they do (PdgSchemaFinding, PdgUnplannedType). */

static const char *const mode_names[] = { "OFF", "WARN", "ENFORCE" };

/* Answers each parent with its list. @lists: (transfer full) (nullable). */
static void
set_lists (PdgGqlCall *call, GPtrArray *lists, GError *error)
{
  if (lists == NULL)
    pdg_gql_call_fail_all (call, error);
  for (guint i = 0; lists != NULL && i < lists->len; i++)
    pdg_gql_call_set_list (call, i, g_ptr_array_ref (lists->pdata[i]));
  g_clear_pointer (&lists, g_ptr_array_unref);
}

static void
project_schemas (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *project_nos = pdg_resolve_dup_project_nos (call);
  GError *error = NULL;
  GPtrArray *lists;

  if (queries == NULL)
    return;
  lists = pdg_queries_list_schemas (queries, project_nos, pdg_gql_call_get_n (call), pdg_gql_call_arg_string (call, "eventType"), &error);
  set_lists (call, lists, error);
}

static void
project_findings (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *project_nos = pdg_resolve_dup_project_nos (call);
  GError *error = NULL;
  GPtrArray *lists;

  if (queries == NULL)
    return;
  lists = pdg_queries_list_findings (queries, project_nos, pdg_gql_call_get_n (call), &error);
  set_lists (call, lists, error);
}

static void
project_unplanned (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *project_nos = pdg_resolve_dup_project_nos (call);
  GError *error = NULL;
  gint64 from, to;
  GPtrArray *lists;

  if (queries == NULL || !pdg_resolve_get_range (call, &from, &to))
    return;
  lists = pdg_queries_list_unplanned (queries, project_nos, pdg_gql_call_get_n (call), from, to, &error);
  set_lists (call, lists, error);
}

PDG_RESOLVE_MEMBER (schema_event_type, PdgEventSchemaRecord, pdg_gql_call_set_borrowed_string (call, i, source->event_type))
PDG_RESOLVE_MEMBER (schema_version, PdgEventSchemaRecord, pdg_gql_call_set_int (call, i, source->version))
PDG_RESOLVE_MEMBER (schema_mode, PdgEventSchemaRecord, pdg_gql_call_set_string (call, i, mode_names[source->mode]))
PDG_RESOLVE_MEMBER (schema_definition, PdgEventSchemaRecord, pdg_gql_call_set_json (call, i, source->definition, -1))
PDG_RESOLVE_MEMBER (schema_created_at, PdgEventSchemaRecord, pdg_resolve_set_time (call, i, source->created_usec))
PDG_RESOLVE_MEMBER (schema_created_by, PdgEventSchemaRecord, pdg_gql_call_set_borrowed_string (call, i, source->created_by))
PDG_RESOLVE_MEMBER (finding_event_type, PdgSchemaFinding, pdg_gql_call_set_borrowed_string (call, i, source->event_type))
PDG_RESOLVE_MEMBER (finding_version, PdgSchemaFinding, pdg_gql_call_set_int (call, i, source->version))
PDG_RESOLVE_MEMBER (finding_field, PdgSchemaFinding, pdg_gql_call_set_borrowed_string (call, i, source->field))
PDG_RESOLVE_MEMBER (finding_expected, PdgSchemaFinding, pdg_gql_call_set_borrowed_string (call, i, source->expected))
PDG_RESOLVE_MEMBER (finding_events, PdgSchemaFinding, pdg_gql_call_set_int64 (call, i, source->events))
PDG_RESOLVE_MEMBER (finding_first_at, PdgSchemaFinding, pdg_resolve_set_time (call, i, source->first_usec))
PDG_RESOLVE_MEMBER (finding_last_at, PdgSchemaFinding, pdg_resolve_set_time (call, i, source->last_usec))
PDG_RESOLVE_MEMBER (unplanned_event_type, PdgUnplannedType, pdg_gql_call_set_borrowed_string (call, i, source->event_type))
PDG_RESOLVE_MEMBER (unplanned_events, PdgUnplannedType, pdg_gql_call_set_int64 (call, i, source->events))
PDG_RESOLVE_MEMBER (unplanned_first_at, PdgUnplannedType, pdg_resolve_set_time (call, i, source->first_usec))
PDG_RESOLVE_MEMBER (unplanned_last_at, PdgUnplannedType, pdg_resolve_set_time (call, i, source->last_usec))

/* What both mutations do. */
static void
set_schema (PdgGqlCall *call, PdgApiContext *context, const PdgGqlValue *input, PdgSchemaInput chosen)
{
  const char *mode = pdg_resolve_input_string (input, "mode");
  PdgEventSchemaRecord *record;
  GError *error = NULL;

  chosen.project_id = pdg_resolve_input_string (input, "projectId");
  chosen.event_type = pdg_resolve_input_string (input, "eventType");
  while (chosen.mode < PDG_SCHEMA_ENFORCE && g_strcmp0 (mode_names[chosen.mode], mode) != 0)
    chosen.mode++;
  record = pdg_commands_set_schema (context->conn, context->principal, &chosen, &error);
  if (record != NULL)
    pdg_policies_forget (context->api->policies, pdg_principal_get_org_no (context->principal));
  pdg_resolve_set_payload (call, record, (GDestroyNotify) pdg_event_schema_record_free, error);
}

static void
mutation_set_schema (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);

  set_schema (call, context, input, (PdgSchemaInput) { .definition = pdg_resolve_input_string (input, "definition") });
}

static void
mutation_set_schema_mode (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);

  set_schema (call, context, input, (PdgSchemaInput) { .version = (gint32) pdg_gql_value_get_int (pdg_gql_value_lookup (input, "version"), 0) });
}

static const PdgGqlBinding bindings[] = {
  { "Project.eventSchemas", project_schemas },
  { "Project.schemaFindings", project_findings },
  { "Project.unplannedEvents", project_unplanned },
  { "EventSchema.eventType", schema_event_type },
  { "EventSchema.version", schema_version },
  { "EventSchema.mode", schema_mode },
  { "EventSchema.definition", schema_definition },
  { "EventSchema.createdAt", schema_created_at },
  { "EventSchema.createdBy", schema_created_by },
  { "SchemaFinding.eventType", finding_event_type },
  { "SchemaFinding.version", finding_version },
  { "SchemaFinding.field", finding_field },
  { "SchemaFinding.expected", finding_expected },
  { "SchemaFinding.events", finding_events },
  { "SchemaFinding.firstAt", finding_first_at },
  { "SchemaFinding.lastAt", finding_last_at },
  { "UnplannedEvents.eventType", unplanned_event_type },
  { "UnplannedEvents.events", unplanned_events },
  { "UnplannedEvents.firstAt", unplanned_first_at },
  { "UnplannedEvents.lastAt", unplanned_last_at },
  { "Mutation.setEventSchema", mutation_set_schema },
  { "Mutation.setEventSchemaMode", mutation_set_schema_mode },
  PDG_RESOLVE_PAYLOAD ("SetEventSchema", "schema", pdg_resolve_payload_object),
  PDG_RESOLVE_PAYLOAD ("SetEventSchemaMode", "schema", pdg_resolve_payload_object),
};

PdgResolveTable
pdg_resolve_plan_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
