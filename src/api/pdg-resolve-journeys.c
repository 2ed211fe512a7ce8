#include "config.h"
#include "api/pdg-resolve.h"

/* Journeys (PdgJourney), their steps (PdgJourneyStep) and which follows which (PdgJourneyLink). */

/* The argument "kind"; NULL = any. */
static const PdgJourneyKind *
get_kind (PdgGqlCall *call)
{
  static const PdgJourneyKind observed = PDG_JOURNEY_OBSERVED, designed = PDG_JOURNEY_DESIGNED;
  const char *name = pdg_gql_call_arg_string (call, "kind");

  if (name == NULL)
    return NULL;
  return g_str_equal (name, "OBSERVED") ? &observed : &designed;
}

static char *
make_journey_cursor (gconstpointer node)
{
  const PdgJourney *journey = node;

  return pdg_resolve_make_text_cursor (journey->name, journey->journey_no);
}

static void
project_journeys (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint limit = queries != NULL ? pdg_resolve_get_limit (call) : 0;
  PdgStoreJourneyFilter filter = { .kind = get_kind (call), .limit = limit };
  g_autofree gint32 *projects = NULL;
  gint64 after_no;
  GError *error = NULL;
  GPtrArray *lists;

  if (limit == 0 || !pdg_resolve_get_text_cursor (call, &filter.after_name, &after_no))
    return;
  filter.after_no = (gint32) CLAMP (after_no, 0, G_MAXINT32);
  projects = pdg_resolve_dup_project_nos (call);
  lists = pdg_queries_list_journeys (queries, projects, pdg_gql_call_get_n (call), &filter, &error);
  pdg_resolve_set_pages (call, lists, &error, make_journey_cursor);
}

static void
project_journey (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *projects = pdg_resolve_dup_project_nos (call);
  GError *error = NULL;
  GPtrArray *journeys;

  if (queries == NULL)
    return;
  journeys = pdg_queries_lookup_journeys (queries, projects, pdg_gql_call_get_n (call), pdg_gql_call_arg_string (call, "id"), get_kind (call),
                                          &error);
  pdg_resolve_set_objects (call, journeys, &error);
}

typedef GPtrArray *(*ListFunc) (PdgQueries *queries, const gint32 *journey_nos, guint n, GError **error);

/* A whole list for each journey. */
static void
set_lists (PdgGqlCall *call, ListFunc list)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint n = pdg_gql_call_get_n (call);
  g_autofree gint32 *journeys = g_new (gint32, n + 1);
  g_autoptr (GPtrArray) lists = NULL;
  GError *error = NULL;

  if (queries == NULL)
    return;
  for (guint i = 0; i < n; i++)
    journeys[i] = ((const PdgJourney *) pdg_gql_call_get_source (call, i))->journey_no;
  lists = list (queries, journeys, n, &error);
  if (lists == NULL)
    {
      pdg_gql_call_fail_all (call, error);
      return;
    }
  for (guint i = 0; i < n; i++)
    pdg_gql_call_set_list (call, i, g_ptr_array_ref (lists->pdata[i]));
}

static void
journey_steps (PdgGqlCall *call)
{
  set_lists (call, pdg_queries_list_journey_steps);
}

static void
journey_transitions (PdgGqlCall *call)
{
  set_lists (call, pdg_queries_list_journey_links);
}

static void
locate_step_screen (gconstpointer source, gint32 *project_no, gint32 *screen_no)
{
  const PdgJourneyStep *step = source;

  *project_no = step->project_no;
  *screen_no = step->screen_no;
}

static void
step_screen (PdgGqlCall *call)
{
  pdg_resolve_set_screens (call, locate_step_screen);
}

PDG_RESOLVE_MEMBER (journey_id, PdgJourney, pdg_gql_call_set_borrowed_string (call, i, source->id))
PDG_RESOLVE_MEMBER (journey_name, PdgJourney, pdg_gql_call_set_borrowed_string (call, i, source->name))
PDG_RESOLVE_MEMBER (journey_kind, PdgJourney, pdg_gql_call_set_string (call, i, source->kind == PDG_JOURNEY_OBSERVED ? "OBSERVED" : "DESIGNED"))
PDG_RESOLVE_MEMBER (journey_created_at, PdgJourney, pdg_gql_call_set_int64 (call, i, source->created_usec))
PDG_RESOLVE_MEMBER (journey_updated_at, PdgJourney, pdg_gql_call_set_int64 (call, i, source->updated_usec))
PDG_RESOLVE_MEMBER (step_id, PdgJourneyStep, pdg_gql_call_set_borrowed_string (call, i, source->id))
PDG_RESOLVE_MEMBER (step_name, PdgJourneyStep, pdg_gql_call_set_borrowed_string (call, i, source->name))
PDG_RESOLVE_MEMBER (step_screen_path, PdgJourneyStep, pdg_gql_call_set_borrowed_string (call, i, source->screen_path))
PDG_RESOLVE_MEMBER (step_place, PdgJourneyStep, pdg_gql_call_set_int (call, i, source->place))
PDG_RESOLVE_MEMBER (step_is_optional, PdgJourneyStep, pdg_gql_call_set_bool (call, i, source->is_optional))
PDG_RESOLVE_MEMBER (link_from, PdgJourneyLink, pdg_gql_call_set_borrowed_string (call, i, source->from))
PDG_RESOLVE_MEMBER (link_to, PdgJourneyLink, pdg_gql_call_set_borrowed_string (call, i, source->to))
PDG_RESOLVE_MEMBER (link_kind, PdgJourneyLink, pdg_gql_call_set_string (call, i, source->is_forbidden ? "FORBIDDEN" : "EXPECTED"))

static const PdgGqlBinding bindings[] = {
  { "Project.journeys", project_journeys },
  { "Project.journey", project_journey },
  PDG_RESOLVE_CONNECTION ("Journey"),
  { "Journey.id", journey_id },
  { "Journey.name", journey_name },
  { "Journey.kind", journey_kind },
  { "Journey.createdAt", journey_created_at },
  { "Journey.updatedAt", journey_updated_at },
  { "Journey.steps", journey_steps },
  { "Journey.transitions", journey_transitions },
  { "JourneyStep.id", step_id },
  { "JourneyStep.name", step_name },
  { "JourneyStep.screen", step_screen },
  { "JourneyStep.screenPath", step_screen_path },
  { "JourneyStep.place", step_place },
  { "JourneyStep.isOptional", step_is_optional },
  { "JourneyTransition.from", link_from },
  { "JourneyTransition.to", link_to },
  { "JourneyTransition.kind", link_kind },
};

PdgResolveTable
pdg_resolve_journey_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
