#include "config.h"
#include "api/pdg-resolve-members.h"

#include "service/pdg-queries-audience.h"

void
pdg_resolve_members_clear (PdgResolveMembers *members)
{
  g_array_unref (members->places);
  g_array_unref (members->projects);
  g_array_unref (members->sessions);
}

void
pdg_resolve_members_add (PdgResolveMembers *members, guint index, gint32 project_no, gint32 session_no)
{
  gint32 place = (gint32) index + 1;

  g_array_append_val (members->places, place);
  g_array_append_val (members->projects, project_no);
  g_array_append_val (members->sessions, session_no);
}

static PdgStoreAudience
members_get (const PdgResolveMembers *members)
{
  return (PdgStoreAudience) {
    (const gint32 *) (void *) members->places->data, (const gint32 *) (void *) members->projects->data,
    (const gint32 *) (void *) members->sessions->data, members->sessions->len,
  };
}

void
pdg_resolve_members_set_sessions (PdgGqlCall *call, const PdgResolveMembers *members)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  PdgStoreAudience all = members_get (members);
  PdgStorePage page;
  GError *error = NULL;
  GPtrArray *lists;

  if (queries == NULL || !pdg_resolve_get_page (call, &page))
    return;
  lists = pdg_queries_list_audience_sessions (queries, &all, pdg_gql_call_get_n (call), &page, pdg_resolve_get_session_parts (call, TRUE), &error);
  pdg_resolve_set_pages (call, lists, &error, pdg_resolve_make_session_cursor);
}

void
pdg_resolve_members_set_actors (PdgGqlCall *call, const PdgResolveMembers *members)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  PdgStoreAudience all = members_get (members);
  PdgStorePage page;
  GError *error = NULL;
  GPtrArray *lists;

  if (queries == NULL || !pdg_resolve_get_page (call, &page))
    return;
  lists = pdg_queries_list_audience_actors (queries, &all, pdg_gql_call_get_n (call), &page, &error);
  pdg_resolve_set_pages (call, lists, &error, pdg_resolve_make_actor_cursor);
}
