#include "config.h"
#include "api/pdg-resolve.h"

#include "service/pdg-commands-retention.h"

/* What a project holds (PdgHeldData), and for how long. */

static const char *const kind_names[PDG_N_DATA_KINDS] = { "EVENTS", "SNAPSHOTS", "RECORDINGS", "DEAD_LETTERS", "TRAITS", "CLIENT_STATE" };

static PdgDataKind
parse_kind (const char *name)
{
  for (PdgDataKind kind = 0; kind < PDG_N_DATA_KINDS; kind++)
    if (g_strcmp0 (kind_names[kind], name) == 0)
      return kind;
  return PDG_DATA_EVENTS;
}

/* A number of the input, 0 when it is absent; what is no whole number, or 0, is -1. */
static gint64
get_limit (const PdgGqlValue *input, const char *member)
{
  const PdgGqlValue *value = pdg_gql_value_lookup (input, member);
  double number = pdg_gql_value_get_double (value, 0);

  if (value == NULL || pdg_gql_value_is_null (value))
    return 0;
  return number >= 1 && number < 9e15 && number == (double) (gint64) number ? (gint64) number : -1;
}

/* The limits to try, NULL when there are none; FALSE when the call was refused. */
static gboolean
get_proposed (PdgGqlCall *call, PdgRetentionLimits *limits, const PdgRetentionLimits **proposed)
{
  const PdgGqlValue *list = pdg_gql_call_arg_value (call, "limits");

  *proposed = NULL;
  if (list == NULL || pdg_gql_value_is_null (list))
    return TRUE;
  for (guint i = 0; i < pdg_gql_value_get_length (list); i++)
    {
      const PdgGqlValue *item = pdg_gql_value_get_item (list, i);
      PdgDataKind kind = parse_kind (pdg_resolve_input_string (item, "kind"));
      gint64 days = get_limit (item, "maxDays"), bytes = get_limit (item, "maxBytes");
      g_autoptr (GError) error = NULL;

      if (!pdg_retention_check_limit (kind, days, bytes, &error))
        {
          pdg_resolve_refuse (call, "limits: %s", error->message);
          return FALSE;
        }
      limits->days[kind] = (gint32) days;
      limits->bytes[kind] = bytes;
    }
  *proposed = limits;
  return TRUE;
}

static void
project_held_data (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  PdgApiContext *context = pdg_gql_call_get_context (call);
  g_autofree gint32 *project_nos = pdg_resolve_dup_project_nos (call);
  PdgRetentionLimits limits = { 0 };
  const PdgRetentionLimits *proposed;
  g_autoptr (GPtrArray) lists = NULL;
  GError *error = NULL;

  if (queries == NULL || !get_proposed (call, &limits, &proposed))
    return;
  lists = pdg_queries_list_held_data (queries, project_nos, pdg_gql_call_get_n (call), pdg_retention_get_limits (context->api->options.retention),
                                      proposed, &error);
  if (lists == NULL)
    pdg_gql_call_fail_all (call, error);
  for (guint i = 0; lists != NULL && i < lists->len; i++)
    pdg_gql_call_set_list (call, i, g_ptr_array_ref (lists->pdata[i]));
}

static void
mutation_set_retention (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  GError *error = NULL;
  PdgProject *project = NULL;
  PdgDataKind kind = parse_kind (pdg_resolve_input_string (input, "kind"));
  gint64 days = get_limit (input, "maxDays"), bytes = get_limit (input, "maxBytes");

  project = pdg_commands_set_retention (context->conn, context->principal, pdg_resolve_input_string (input, "projectId"), kind,
                                        (gint32) CLAMP (days, -1, G_MAXINT32), bytes, &error);
  pdg_resolve_set_payload (call, project, (GDestroyNotify) pdg_project_free, error);
}

/* What is not limited is null. */
static void
set_limit (PdgGqlCall *call, guint index, gint64 limit)
{
  if (limit > 0)
    pdg_gql_call_set_double (call, index, (double) limit);
  else
    pdg_gql_call_set_null (call, index);
}

static void
held_max_days (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const PdgHeldData *held = pdg_gql_call_get_source (call, i);

      if (held->max_days > 0)
        pdg_gql_call_set_int (call, i, held->max_days);
      else
        pdg_gql_call_set_null (call, i);
    }
}

PDG_RESOLVE_MEMBER (held_kind, PdgHeldData, pdg_gql_call_set_string (call, i, kind_names[source->kind]))
PDG_RESOLVE_MEMBER (held_rows, PdgHeldData, pdg_gql_call_set_double (call, i, (double) source->rows))
PDG_RESOLVE_MEMBER (held_bytes, PdgHeldData, pdg_gql_call_set_double (call, i, (double) source->bytes))
PDG_RESOLVE_MEMBER (held_oldest, PdgHeldData, pdg_resolve_set_time (call, i, source->oldest_usec))
PDG_RESOLVE_MEMBER (held_max_bytes, PdgHeldData, set_limit (call, i, source->max_bytes))
PDG_RESOLVE_MEMBER (held_keeps_from, PdgHeldData, pdg_resolve_set_time (call, i, source->cutoff_usec))
PDG_RESOLVE_MEMBER (held_due_rows, PdgHeldData, pdg_gql_call_set_double (call, i, (double) source->due_rows))
PDG_RESOLVE_MEMBER (held_due_bytes, PdgHeldData, pdg_gql_call_set_double (call, i, (double) source->due_bytes))

static const PdgGqlBinding bindings[] = {
  { "Project.heldData", project_held_data },
  { "HeldData.kind", held_kind },
  { "HeldData.rows", held_rows },
  { "HeldData.bytes", held_bytes },
  { "HeldData.oldestAt", held_oldest },
  { "HeldData.maxDays", held_max_days },
  { "HeldData.maxBytes", held_max_bytes },
  { "HeldData.keepsFrom", held_keeps_from },
  { "HeldData.dueRows", held_due_rows },
  { "HeldData.dueBytes", held_due_bytes },
  { "Mutation.setRetention", mutation_set_retention },
  PDG_RESOLVE_PAYLOAD ("SetRetention", "project", pdg_resolve_payload_object),
};

PdgResolveTable
pdg_resolve_retention_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
