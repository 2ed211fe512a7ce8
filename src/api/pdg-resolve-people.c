#include "config.h"
#include "api/pdg-resolve.h"

#include "service/pdg-queries-people.h"

/* What is known of actors (PdgActor), and their groups (PdgGroup). */

static const char *const kinds[] = { "SESSION", "ANONYMOUS", "USER" };

/* The parents, as an array of what they are. (transfer container) */
static gpointer
dup_sources (PdgGqlCall *call)
{
  gpointer *sources = g_new (gpointer, pdg_gql_call_get_n (call) + 1);

  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    sources[i] = pdg_gql_call_get_source (call, i);
  return sources;
}

static void
set_ids (PdgGqlCall *call, int kind)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree PdgActor **actors = dup_sources (call);
  g_autoptr (GPtrArray) lists = NULL;
  GError *error = NULL;

  if (queries == NULL)
    return;
  lists = pdg_queries_list_actor_ids (queries, (const PdgActor *const *) actors, pdg_gql_call_get_n (call), kind, &error);
  if (lists == NULL)
    {
      pdg_gql_call_fail_all (call, error);
      return;
    }
  for (guint i = 0; i < lists->len; i++)
    {
      GPtrArray *ids = lists->pdata[i];

      g_ptr_array_add (ids, NULL);
      pdg_gql_call_set_strings (call, i, (const char *const *) ids->pdata);
    }
}

static void
actor_user_ids (PdgGqlCall *call)
{
  set_ids (call, PDG_ACTOR_USER);
}

static void
actor_anonymous_ids (PdgGqlCall *call)
{
  set_ids (call, PDG_ACTOR_ANONYMOUS);
}

/* Answers every parent with a JSON object, empty where there is none. @texts: (transfer full) (nullable) */
static void
set_json_objects (PdgGqlCall *call, GPtrArray *texts, GError *error)
{
  if (texts == NULL)
    {
      pdg_gql_call_fail_all (call, error);
      return;
    }
  for (guint i = 0; i < texts->len; i++)
    pdg_gql_call_set_json (call, i, texts->pdata[i] != NULL ? texts->pdata[i] : "{}", -1);
  g_ptr_array_unref (texts);
}

static void
actor_traits (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree PdgActor **actors = dup_sources (call);
  GError *error = NULL;
  GPtrArray *texts;

  if (queries == NULL)
    return;
  texts = pdg_queries_list_actor_traits (queries, (const PdgActor *const *) actors, pdg_gql_call_get_n (call), &error);
  set_json_objects (call, texts, error);
}

static void
group_traits (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree PdgGroup **groups = dup_sources (call);
  GError *error = NULL;
  GPtrArray *texts;

  if (queries == NULL)
    return;
  texts = pdg_queries_list_group_traits (queries, (const PdgGroup *const *) groups, pdg_gql_call_get_n (call), &error);
  set_json_objects (call, texts, error);
}

/* Answers every parent with its list. @lists: (transfer full) (nullable) */
static void
set_lists (PdgGqlCall *call, GPtrArray *lists, GError *error)
{
  if (lists == NULL)
    {
      pdg_gql_call_fail_all (call, error);
      return;
    }
  for (guint i = 0; i < lists->len; i++)
    pdg_gql_call_set_list (call, i, g_ptr_array_ref (lists->pdata[i]));
  g_ptr_array_unref (lists);
}

static void
actor_groups (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint first = queries != NULL ? pdg_resolve_get_first (call) : 0;
  g_autofree PdgActor **actors = dup_sources (call);
  GError *error = NULL;
  GPtrArray *lists;

  if (first == 0)
    return;
  lists = pdg_queries_list_actor_groups (queries, (const PdgActor *const *) actors, pdg_gql_call_get_n (call), first, &error);
  set_lists (call, lists, error);
}

static void
actor_merges (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint first = queries != NULL ? pdg_resolve_get_first (call) : 0;
  g_autofree PdgActor **actors = dup_sources (call);
  GError *error = NULL;
  GPtrArray *lists;

  if (first == 0)
    return;
  lists = pdg_queries_list_actor_merges (queries, (const PdgActor *const *) actors, pdg_gql_call_get_n (call), first, &error);
  set_lists (call, lists, error);
}

static char *
make_group_cursor (gconstpointer node)
{
  const PdgGroup *group = node;

  return pdg_resolve_make_text_cursor (group->id, group->group_no);
}

static void
project_groups (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint limit = queries != NULL ? pdg_resolve_get_limit (call) : 0;
  g_autofree gint32 *projects = pdg_resolve_dup_project_nos (call);
  const char *after_id;
  gint64 after_no;
  GError *error = NULL;
  GPtrArray *lists;

  if (limit == 0 || !pdg_resolve_get_text_cursor (call, &after_id, &after_no))
    return;
  lists = pdg_queries_list_groups (queries, projects, pdg_gql_call_get_n (call), pdg_gql_call_arg_string (call, "type"), after_id,
                                   (gint32) CLAMP (after_no, 0, G_MAXINT32), limit, &error);
  pdg_resolve_set_pages (call, lists, &error, make_group_cursor);
}

static void
project_group (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *projects = pdg_resolve_dup_project_nos (call);
  GError *error = NULL;
  GPtrArray *groups;

  if (queries == NULL)
    return;
  groups = pdg_queries_find_groups (queries, projects, pdg_gql_call_get_n (call), pdg_gql_call_arg_string (call, "type"),
                                    pdg_gql_call_arg_string (call, "id"), &error);
  pdg_resolve_set_objects (call, groups, &error);
}

static void
group_actor_count (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree PdgGroup **groups = dup_sources (call);
  g_autoptr (GArray) counts = NULL;
  GError *error = NULL;

  if (queries == NULL)
    return;
  counts = pdg_queries_count_group_actors (queries, (const PdgGroup *const *) groups, pdg_gql_call_get_n (call), &error);
  if (counts == NULL)
    {
      pdg_gql_call_fail_all (call, error);
      return;
    }
  for (guint i = 0; i < counts->len; i++)
    pdg_gql_call_set_int64 (call, i, g_array_index (counts, gint64, i));
}

static void
group_actors (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree PdgGroup **groups = dup_sources (call);
  PdgStorePage page;
  GError *error = NULL;
  GPtrArray *lists;

  if (queries == NULL || !pdg_resolve_get_page (call, &page))
    return;
  lists = pdg_queries_list_group_actors (queries, (const PdgGroup *const *) groups, pdg_gql_call_get_n (call), &page, &error);
  pdg_resolve_set_pages (call, lists, &error, pdg_resolve_make_actor_cursor);
}

PDG_RESOLVE_MEMBER (actor_user_id, PdgActor, pdg_gql_call_set_borrowed_string (call, i, source->kind == PDG_ACTOR_USER ? source->id : NULL))
PDG_RESOLVE_MEMBER (group_id, PdgGroup, pdg_gql_call_set_borrowed_string (call, i, source->id))
PDG_RESOLVE_MEMBER (group_type, PdgGroup, pdg_gql_call_set_borrowed_string (call, i, source->type))
PDG_RESOLVE_MEMBER (merge_id, PdgMerge, pdg_gql_call_set_borrowed_string (call, i, source->id))
PDG_RESOLVE_MEMBER (merge_kind, PdgMerge, pdg_gql_call_set_borrowed_string (call, i, kinds[CLAMP (source->kind, 0, 2)]))
PDG_RESOLVE_MEMBER (merge_reason, PdgMerge, pdg_gql_call_set_borrowed_string (call, i, source->is_alias ? "ALIAS" : "LINK"))
PDG_RESOLVE_MEMBER (merge_merged_at, PdgMerge, pdg_gql_call_set_int64 (call, i, source->merged_usec))

static const PdgGqlBinding bindings[] = {
  { "Actor.userId", actor_user_id },
  { "Actor.userIds", actor_user_ids },
  { "Actor.anonymousIds", actor_anonymous_ids },
  { "Actor.traits", actor_traits },
  { "Actor.groups", actor_groups },
  { "Actor.merges", actor_merges },
  { "ActorMerge.id", merge_id },
  { "ActorMerge.kind", merge_kind },
  { "ActorMerge.reason", merge_reason },
  { "ActorMerge.mergedAt", merge_merged_at },
  { "Project.groups", project_groups },
  { "Project.group", project_group },
  PDG_RESOLVE_CONNECTION ("Group"),
  { "Group.id", group_id },
  { "Group.type", group_type },
  { "Group.traits", group_traits },
  { "Group.actorCount", group_actor_count },
  { "Group.actors", group_actors },
};

PdgResolveTable
pdg_resolve_people_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
