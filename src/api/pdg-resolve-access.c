#include "config.h"
#include "api/pdg-resolve.h"

#include "base/pdg-id.h"

#include <string.h>

/* Who may do what: members, access tokens, ingest keys. */

static const char *const role_names[] = { "INGEST", "VIEWER", "EDITOR", "ADMIN" };

const char *
pdg_resolve_role_name (PdgRole role)
{
  return role_names[role];
}

PdgRole
pdg_resolve_parse_role (const char *name)
{
  for (PdgRole role = PDG_ROLE_VIEWER; name != NULL && role <= PDG_ROLE_ADMIN; role++)
    if (g_str_equal (role_names[role], name))
      return role;
  return PDG_ROLE_VIEWER;
}

static char *
make_member_cursor (gconstpointer node)
{
  const PdgMember *member = node;

  return pdg_resolve_make_text_cursor (member->id, member->joined_usec);
}

static void
organisation_members (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint limit = queries != NULL ? pdg_resolve_get_limit (call) : 0;
  const char *after_id;
  guint8 uuid[16];
  gint64 after_usec;
  GError *error = NULL;
  GPtrArray *members;

  if (limit == 0 || !pdg_resolve_get_text_cursor (call, &after_id, &after_usec))
    return;
  if (after_id != NULL && !pdg_uuid_parse (after_id, strlen (after_id), uuid))
    {
      pdg_resolve_refuse (call, "after: pass the endCursor of the page before");
      return;
    }
  members = pdg_queries_list_members (queries, after_usec, after_id, limit, &error);
  if (members == NULL)
    pdg_gql_call_fail_all (call, error);
  else
    pdg_resolve_set_page (call, 0, members, make_member_cursor);
}

static void
member_name (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const PdgMember *member = pdg_gql_call_get_source (call, i);

      pdg_gql_call_set_borrowed_string (call, i, *member->name != '\0' ? member->name : NULL);
    }
}

/* A cursor that is a number; -1 when the call was refused. */
static gint32
get_number_cursor (PdgGqlCall *call)
{
  gint32 after = pdg_resolve_parse_number (pdg_gql_call_arg_string (call, "after"));

  if (after < 0)
    pdg_resolve_refuse (call, "after: pass the endCursor of the page before");
  return after;
}

static char *
make_token_cursor (gconstpointer node)
{
  return g_strdup_printf ("%d", ((const PdgAccessToken *) node)->token_no);
}

static void
organisation_tokens (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint limit = queries != NULL ? pdg_resolve_get_limit (call) : 0;
  gint32 after = limit > 0 ? get_number_cursor (call) : -1;
  GError *error = NULL;
  GPtrArray *tokens;

  if (after < 0)
    return;
  tokens = pdg_queries_list_tokens (queries, after, limit, &error);
  if (tokens == NULL)
    pdg_gql_call_fail_all (call, error);
  else
    pdg_resolve_set_page (call, 0, tokens, make_token_cursor);
}

static char *
make_key_cursor (gconstpointer node)
{
  return g_strdup_printf ("%d", ((const PdgApiKey *) node)->key_no);
}

static void
project_keys (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint limit = queries != NULL ? pdg_resolve_get_limit (call) : 0;
  gint32 after = limit > 0 ? get_number_cursor (call) : -1;
  g_autofree gint32 *projects = NULL;
  GError *error = NULL;
  GPtrArray *lists;

  if (after < 0)
    return;
  projects = pdg_resolve_dup_project_nos (call);
  lists = pdg_queries_list_api_keys (queries, projects, pdg_gql_call_get_n (call), after, limit, &error);
  pdg_resolve_set_pages (call, lists, &error, make_key_cursor);
}

PDG_RESOLVE_MEMBER (member_id, PdgMember, pdg_gql_call_set_borrowed_string (call, i, source->id))
PDG_RESOLVE_MEMBER (member_email, PdgMember, pdg_gql_call_set_borrowed_string (call, i, source->email))
PDG_RESOLVE_MEMBER (member_role, PdgMember, pdg_gql_call_set_string (call, i, pdg_resolve_role_name (source->role)))
PDG_RESOLVE_MEMBER (member_joined_at, PdgMember, pdg_gql_call_set_int64 (call, i, source->joined_usec))
PDG_RESOLVE_MEMBER (token_id, PdgAccessToken, pdg_gql_call_set_int (call, i, source->token_no))
PDG_RESOLVE_MEMBER (token_label, PdgAccessToken, pdg_gql_call_set_borrowed_string (call, i, source->label))
PDG_RESOLVE_MEMBER (token_prefix, PdgAccessToken, pdg_gql_call_set_borrowed_string (call, i, source->prefix))
PDG_RESOLVE_MEMBER (token_role, PdgAccessToken, pdg_gql_call_set_string (call, i, pdg_resolve_role_name (source->role)))
PDG_RESOLVE_MEMBER (token_member, PdgAccessToken, pdg_gql_call_set_object (call, i, source->member, NULL))
PDG_RESOLVE_MEMBER (token_created_at, PdgAccessToken, pdg_gql_call_set_int64 (call, i, source->created_usec))
PDG_RESOLVE_MEMBER (token_expires_at, PdgAccessToken, pdg_resolve_set_time (call, i, source->expires_usec))
PDG_RESOLVE_MEMBER (token_revoked_at, PdgAccessToken, pdg_resolve_set_time (call, i, source->revoked_usec))
PDG_RESOLVE_MEMBER (key_id, PdgApiKey, pdg_gql_call_set_int (call, i, source->key_no))
PDG_RESOLVE_MEMBER (key_label, PdgApiKey, pdg_gql_call_set_borrowed_string (call, i, source->label))
PDG_RESOLVE_MEMBER (key_prefix, PdgApiKey, pdg_gql_call_set_borrowed_string (call, i, source->prefix))
PDG_RESOLVE_MEMBER (key_created_at, PdgApiKey, pdg_gql_call_set_int64 (call, i, source->created_usec))
PDG_RESOLVE_MEMBER (key_revoked_at, PdgApiKey, pdg_resolve_set_time (call, i, source->revoked_usec))

static const PdgGqlBinding bindings[] = {
  { "Organisation.members", organisation_members },
  { "Organisation.tokens", organisation_tokens },
  { "Project.keys", project_keys },
  PDG_RESOLVE_CONNECTION ("Member"),
  { "Member.id", member_id },
  { "Member.email", member_email },
  { "Member.name", member_name },
  { "Member.role", member_role },
  { "Member.joinedAt", member_joined_at },
  PDG_RESOLVE_CONNECTION ("AccessToken"),
  { "AccessToken.id", token_id },
  { "AccessToken.label", token_label },
  { "AccessToken.prefix", token_prefix },
  { "AccessToken.role", token_role },
  { "AccessToken.member", token_member },
  { "AccessToken.createdAt", token_created_at },
  { "AccessToken.expiresAt", token_expires_at },
  { "AccessToken.revokedAt", token_revoked_at },
  PDG_RESOLVE_CONNECTION ("ApiKey"),
  { "ApiKey.id", key_id },
  { "ApiKey.label", key_label },
  { "ApiKey.prefix", key_prefix },
  { "ApiKey.createdAt", key_created_at },
  { "ApiKey.revokedAt", key_revoked_at },
};

PdgResolveTable
pdg_resolve_access_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
