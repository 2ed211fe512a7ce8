#include "config.h"
#include "api/pdg-resolve.h"

#include "service/pdg-commands.h"

/* Mutations of members, access tokens and ingest keys. */

/* What was revoked or lowered ends now, and not when it is asked for again. */
static void
forget_credentials (PdgApiContext *context)
{
  pdg_credentials_forget (context->api->options.credentials, pdg_principal_get_org_no (context->principal));
}

static void
mutation_add_member (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  GError *error = NULL;
  PdgMember *member = pdg_commands_add_member (context->conn, context->principal, pdg_resolve_input_string (input, "email"),
                                               pdg_resolve_input_string (input, "name"),
                                               pdg_resolve_parse_role (pdg_resolve_input_string (input, "role")), &error);

  pdg_resolve_set_payload (call, member, (GDestroyNotify) pdg_member_free, error);
}

static void
mutation_update_member (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  const char *role_name = pdg_resolve_input_string (input, "role");
  PdgRole role = pdg_resolve_parse_role (role_name);
  GError *error = NULL;
  PdgMember *member = pdg_commands_update_member (context->conn, context->principal, pdg_resolve_input_string (input, "id"),
                                                  pdg_resolve_input_string (input, "name"), role_name != NULL ? &role : NULL, &error);

  if (member != NULL)
    forget_credentials (context);
  pdg_resolve_set_payload (call, member, (GDestroyNotify) pdg_member_free, error);
}

static void
mutation_remove_member (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  const char *id = pdg_resolve_input_string (input, "id");
  GError *error = NULL;
  gboolean done = pdg_commands_remove_member (context->conn, context->principal, id, &error);

  if (done)
    forget_credentials (context);
  pdg_resolve_set_payload (call, done ? g_strdup (id) : NULL, g_free, error);
}

static void
mutation_create_token (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  GError *error = NULL;
  PdgAccessToken *token = pdg_commands_create_token (context->conn, context->principal,
                                                     pdg_resolve_parse_role (pdg_resolve_input_string (input, "role")),
                                                     pdg_resolve_input_string (input, "label"), pdg_resolve_input_string (input, "memberId"),
                                                     pdg_gql_value_get_int (pdg_gql_value_lookup (input, "expiresAt"), PDG_TIME_NONE), &error);

  pdg_resolve_set_payload (call, token, (GDestroyNotify) pdg_access_token_free, error);
}

static void
mutation_revoke_token (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  GError *error = NULL;
  PdgAccessToken *token = pdg_commands_revoke_token (context->conn, context->principal,
                                                     pdg_resolve_parse_number (pdg_resolve_input_string (input, "id")), &error);

  if (token != NULL)
    forget_credentials (context);
  pdg_resolve_set_payload (call, token, (GDestroyNotify) pdg_access_token_free, error);
}

static void
mutation_create_key (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  GError *error = NULL;
  PdgApiKey *key = pdg_commands_create_api_key (context->conn, context->principal, pdg_resolve_input_string (input, "projectId"),
                                                pdg_resolve_input_string (input, "label"), &error);

  pdg_resolve_set_payload (call, key, (GDestroyNotify) pdg_api_key_free, error);
}

static void
mutation_revoke_key (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  GError *error = NULL;
  PdgApiKey *key = pdg_commands_revoke_api_key (context->conn, context->principal, pdg_resolve_input_string (input, "projectId"),
                                                pdg_resolve_parse_number (pdg_resolve_input_string (input, "id")), &error);

  if (key != NULL)
    forget_credentials (context);
  pdg_resolve_set_payload (call, key, (GDestroyNotify) pdg_api_key_free, error);
}

static void
token_secret (PdgGqlCall *call)
{
  const PdgAccessToken *token = ((PdgResolvePayload *) pdg_gql_call_get_source (call, 0))->object;

  pdg_gql_call_set_borrowed_string (call, 0, token != NULL ? token->secret : NULL);
}

static void
key_secret (PdgGqlCall *call)
{
  const PdgApiKey *key = ((PdgResolvePayload *) pdg_gql_call_get_source (call, 0))->object;

  pdg_gql_call_set_borrowed_string (call, 0, key != NULL ? key->secret : NULL);
}

static const PdgGqlBinding bindings[] = {
  { "Mutation.addMember", mutation_add_member },
  { "Mutation.updateMember", mutation_update_member },
  { "Mutation.removeMember", mutation_remove_member },
  { "Mutation.createAccessToken", mutation_create_token },
  { "Mutation.revokeAccessToken", mutation_revoke_token },
  { "Mutation.createApiKey", mutation_create_key },
  { "Mutation.revokeApiKey", mutation_revoke_key },
  PDG_RESOLVE_PAYLOAD ("AddMember", "member", pdg_resolve_payload_object),
  PDG_RESOLVE_PAYLOAD ("UpdateMember", "member", pdg_resolve_payload_object),
  PDG_RESOLVE_PAYLOAD ("RemoveMember", "removedMemberId", pdg_resolve_payload_id),
  PDG_RESOLVE_PAYLOAD ("CreateAccessToken", "token", pdg_resolve_payload_object),
  { "CreateAccessTokenPayload.secret", token_secret },
  PDG_RESOLVE_PAYLOAD ("RevokeAccessToken", "token", pdg_resolve_payload_object),
  PDG_RESOLVE_PAYLOAD ("CreateApiKey", "key", pdg_resolve_payload_object),
  { "CreateApiKeyPayload.secret", key_secret },
  PDG_RESOLVE_PAYLOAD ("RevokeApiKey", "key", pdg_resolve_payload_object),
};

PdgResolveTable
pdg_resolve_access_mutation_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
