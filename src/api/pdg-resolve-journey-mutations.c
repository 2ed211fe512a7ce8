#include "config.h"
#include "api/pdg-resolve.h"

#include "service/pdg-commands-journeys.h"

/* Mutations of designed journeys. */

/* NULL when the member is absent or null. (transfer full) (nullable) */
static GPtrArray *
read_steps (const PdgGqlValue *list)
{
  GPtrArray *steps;

  if (pdg_gql_value_is_null (list))
    return NULL;
  steps = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_journey_step_free);
  for (guint i = 0; i < pdg_gql_value_get_length (list); i++)
    {
      const PdgGqlValue *item = pdg_gql_value_get_item (list, i);
      PdgJourneyStep *step = g_new0 (PdgJourneyStep, 1);

      step->id = g_strdup (pdg_resolve_input_string (item, "id"));
      step->name = g_strdup (pdg_resolve_input_string (item, "name"));
      step->screen_path = g_strdup (pdg_resolve_input_string (item, "screenPath"));
      step->is_optional = pdg_gql_value_get_bool (pdg_gql_value_lookup (item, "isOptional"), FALSE);
      g_ptr_array_add (steps, step);
    }
  return steps;
}

static GPtrArray *
read_links (const PdgGqlValue *list)
{
  GPtrArray *links;

  if (pdg_gql_value_is_null (list))
    return NULL;
  links = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_journey_link_free);
  for (guint i = 0; i < pdg_gql_value_get_length (list); i++)
    {
      const PdgGqlValue *item = pdg_gql_value_get_item (list, i);
      PdgJourneyLink *link = g_new0 (PdgJourneyLink, 1);

      link->from = g_strdup (pdg_resolve_input_string (item, "from"));
      link->to = g_strdup (pdg_resolve_input_string (item, "to"));
      link->is_forbidden = g_strcmp0 (pdg_resolve_input_string (item, "kind"), "FORBIDDEN") == 0;
      g_ptr_array_add (links, link);
    }
  return links;
}

/* A new one, or a change of one. */
static void
save (PdgGqlCall *call, gboolean is_new)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  g_autoptr (GPtrArray) steps = read_steps (pdg_gql_value_lookup (input, "steps"));
  g_autoptr (GPtrArray) links = read_links (pdg_gql_value_lookup (input, "transitions"));
  PdgJourneyDraft draft = {
    .name = pdg_resolve_input_string (input, "name"), .steps = steps, .links = links,
    .updated_usec = pdg_gql_value_get_int (pdg_gql_value_lookup (input, "updatedAt"), PDG_TIME_NONE),
  };
  const char *project_id = pdg_resolve_input_string (input, "projectId"), *id = pdg_resolve_input_string (input, "id");
  GError *error = NULL;
  PdgJourney *journey = is_new ? pdg_commands_create_journey (context->conn, context->principal, project_id, id, &draft, &error)
                               : pdg_commands_update_journey (context->conn, context->principal, project_id, id, &draft, &error);

  pdg_resolve_set_payload (call, journey, (GDestroyNotify) pdg_journey_free, error);
}

static void
mutation_create_journey (PdgGqlCall *call)
{
  save (call, TRUE);
}

static void
mutation_update_journey (PdgGqlCall *call)
{
  save (call, FALSE);
}

static void
mutation_delete_journey (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  const char *id = pdg_resolve_input_string (input, "id");
  GError *error = NULL;
  gboolean done = pdg_commands_delete_journey (context->conn, context->principal, pdg_resolve_input_string (input, "projectId"), id, &error);

  pdg_resolve_set_payload (call, done ? g_strdup (id) : NULL, g_free, error);
}

static const PdgGqlBinding bindings[] = {
  { "Mutation.createJourney", mutation_create_journey },
  { "Mutation.updateJourney", mutation_update_journey },
  { "Mutation.deleteJourney", mutation_delete_journey },
  PDG_RESOLVE_PAYLOAD ("CreateJourney", "journey", pdg_resolve_payload_object),
  PDG_RESOLVE_PAYLOAD ("UpdateJourney", "journey", pdg_resolve_payload_object),
  PDG_RESOLVE_PAYLOAD ("DeleteJourney", "deletedJourneyId", pdg_resolve_payload_id),
};

PdgResolveTable
pdg_resolve_journey_mutation_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
