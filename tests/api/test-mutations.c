#include "config.h"

#include "api/api-fixture.h"
#include "store/tenant-data.h"

#include <string.h>

/* Every mutation by every role, with each typed error, and what becomes of keys and tokens. */

static ApiFixture *fixture;
static GString *logged;         /* what was written to the log */
static GHashTable *placeholders; /* "{MEMBER}" -> value */

static char *
expand (const char *text)
{
  g_autoptr (GString) out = g_string_new (text);
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, placeholders);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_string_replace (out, name, value, 0);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
keep (const char *name, JsonNode *response, const char *path)
{
  g_hash_table_replace (placeholders, g_strdup (name), json_dup_at (response, path));
}

/* On the server that wants a key. */
static JsonNode *
ask (const char *token, const char *document)
{
  g_autofree char *expanded = expand (document), *headers = g_strdup_printf ("Authorization: Bearer %s\r\n", token);

  return api_query (fixture, headers, expanded, NULL);
}

static guint
status_of (const char *path, const char *headers, const char *body)
{
  g_autoptr (RawAnswer) answer = api_send (fixture, pdg_http_server_get_port (fixture->keyed_server), "POST", path, headers, body);

  return answer->status;
}

/* 200 as long as the token is good. */
static guint
use_token (const char *token)
{
  g_autofree char *headers = g_strdup_printf (JSON_TYPE "Authorization: Bearer %s\r\n", token);

  return status_of ("/graphql", headers, "{\"query\":\"{viewer{role}}\"}");
}

static guint
use_key (const char *key)
{
  g_autofree char *headers = g_strdup_printf (JSON_TYPE "X-PG-API-Key: %s\r\n", key);

  return status_of ("/v1/events", headers, "{\"events\":[]}");
}

typedef struct
{
  const char *name; /* of the mutation */
  PdgRole needed;
  const char *input;
  const char *selection; /* every field of the payload */
  const char *expected;  /* path=value lines under the payload */
  const char *keep;      /* "{NAME}" (nullable) for the value at keep_path */
  const char *keep_path;
} Mutation;

#define ERRORS " errors{code message field}"
#define STEPS "steps:[{id:\"cart\",name:\" Cart \",screenPath:\"/cart/17?x=1\"},{id:\"pay\",name:\"Pay\",isOptional:true}]"

/* Each works on what those before it made. */
static const Mutation mutations[] = {
  { "updateOrganisation", PDG_ROLE_ADMIN, "{name:\"  Org A  \"}", "organisation{id name createdAt}" ERRORS, "organisation.name=Org A", NULL, NULL },
  { "addMember", PDG_ROLE_ADMIN, "{email:\" Ada@Example.org \",name:\"Ada\",role:ADMIN}", "member{id email name role joinedAt}" ERRORS,
    "member.email=Ada@Example.org\nmember.name=Ada\nmember.role=ADMIN", "{MEMBER}", "member.id" },
  { "updateMember", PDG_ROLE_ADMIN, "{id:\"{MEMBER}\",name:\"\"}", "member{id email name role}" ERRORS,
    "member.id={MEMBER}\nmember.name=\nmember.role=ADMIN", NULL, NULL },
  { "createAccessToken", PDG_ROLE_ADMIN, "{role:EDITOR,label:\"ci\",memberId:\"{MEMBER}\",expiresAt:\"2099-01-01T00:00:00Z\"}",
    "secret token{id label prefix role member{id} createdAt expiresAt revokedAt}" ERRORS,
    "token.role=EDITOR\ntoken.label=ci\ntoken.member.id={MEMBER}\ntoken.expiresAt=2099-01-01T00:00:00Z\ntoken.revokedAt=", "{TOKEN}", "token.id" },
  { "revokeAccessToken", PDG_ROLE_ADMIN, "{id:\"{TOKEN}\"}", "token{id role member{id}}" ERRORS, "token.id={TOKEN}", NULL, NULL },
  { "createProject", PDG_ROLE_EDITOR, "{id:\"made\",name:\"Made\"}", "project{id name timeZone weekStart}" ERRORS,
    "project.id=made\nproject.timeZone=UTC\nproject.weekStart=MONDAY", NULL, NULL },
  { "updateProject", PDG_ROLE_EDITOR, "{id:\"made\",timeZone:\"asia/kolkata\",weekStart:SUNDAY}", "project{id name timeZone weekStart}" ERRORS,
    "project.name=Made\nproject.timeZone=Asia/Kolkata\nproject.weekStart=SUNDAY", NULL, NULL },
  { "createApiKey", PDG_ROLE_ADMIN, "{projectId:\"made\",label:\"web\"}", "secret key{id label prefix createdAt revokedAt}" ERRORS,
    "key.label=web\nkey.revokedAt=", "{KEY}", "key.id" },
  { "revokeApiKey", PDG_ROLE_ADMIN, "{projectId:\"made\",id:\"{KEY}\"}", "key{id label}" ERRORS, "key.id={KEY}", NULL, NULL },
  { "createJourney", PDG_ROLE_EDITOR, "{projectId:\"made\",name:\"Check out!\"," STEPS ",transitions:[{from:\"cart\",to:\"pay\",kind:FORBIDDEN}]}",
    "journey{id name kind createdAt updatedAt steps{id name screen{id path} screenPath place isOptional} transitions{from to kind}}" ERRORS,
    "journey.id=check_out\njourney.kind=DESIGNED\njourney.steps.0.name=Cart\njourney.steps.0.screenPath=/cart/:id\njourney.steps.0.screen.path=/cart/:id\n"
    "journey.steps.0.isOptional=false\njourney.steps.1.place=2\njourney.steps.1.screen=\njourney.steps.1.isOptional=true\n"
    "journey.transitions.0.from=cart\njourney.transitions.0.to=pay\njourney.transitions.0.kind=FORBIDDEN", "{UPDATED}", "journey.updatedAt" },
  { "updateJourney", PDG_ROLE_EDITOR, "{projectId:\"made\",id:\"check_out\",name:\"Buy\",updatedAt:\"{UPDATED}\",transitions:[]}",
    "journey{id name steps{id} transitions{from}}" ERRORS, "journey.name=Buy\njourney.steps.1.id=pay\njourney.transitions=[]", NULL, NULL },
  { "deleteJourney", PDG_ROLE_EDITOR, "{projectId:\"made\",id:\"check_out\"}", "deletedJourneyId" ERRORS, "deletedJourneyId=check_out", NULL, NULL },
  { "deleteProject", PDG_ROLE_ADMIN, "{id:\"made\",confirmName:\"Made\"}", "deletedProjectId" ERRORS, "deletedProjectId=made", NULL, NULL },
  { "removeMember", PDG_ROLE_ADMIN, "{id:\"{MEMBER}\"}", "removedMemberId" ERRORS, "removedMemberId={MEMBER}", NULL, NULL },
};

static char *
make_document (const Mutation *mutation, const char *input)
{
  return g_strdup_printf ("mutation{%s(input:%s){%s}}", mutation->name, input != NULL ? input : mutation->input, mutation->selection);
}

/* Asserts a typed error and that nothing but it came back. */
static void
assert_refused (JsonNode *response, const char *name, const char *code, const char *field)
{
  g_autofree char *path = g_strdup_printf ("data.%s.errors.0.code", name), *got = json_dup_at (response, path);
  g_autofree char *text = json_to_string (response, FALSE), *payload_path = g_strdup_printf ("data.%s", name);
  JsonNode *payload = json_at (response, payload_path);
  g_autoptr (GList) members = NULL;

  g_test_message ("%s", text);
  assert_no_errors (response);
  g_assert_cmpstr (got, ==, code);
  if (field != NULL)
    {
      g_autofree char *field_path = g_strdup_printf ("data.%s.errors.0.field", name), *got_field = json_dup_at (response, field_path);
      g_autoptr (GString) want = g_string_new ("[\"");

      g_string_append (want, field);
      g_string_replace (want, ".", "\",\"", 0);
      g_string_append (want, "\"]");
      g_assert_cmpstr (got_field, ==, *field != '\0' ? want->str : "");
    }
  members = json_object_get_members (json_node_get_object (payload));
  for (GList *l = members; l != NULL; l = l->next)
    if (!g_str_equal (l->data, "errors"))
      g_assert_true (json_object_get_null_member (json_node_get_object (payload), l->data));
}

static void
check_payload_is_asked (const Mutation *mutation)
{
  g_autofree char *type = g_strdup_printf ("%c%sPayload", g_ascii_toupper (mutation->name[0]), mutation->name + 1);
  g_autofree char *document = g_strdup_printf ("{__type(name:\"%s\"){fields{name}}}", type);
  g_autoptr (JsonNode) response = api_query (fixture, NULL, document, NULL);
  JsonArray *fields = json_node_get_array (json_at (response, "data.__type.fields"));

  g_assert_cmpuint (json_array_get_length (fields), >=, 2);
  for (guint i = 0; i < json_array_get_length (fields); i++)
    {
      g_autofree char *name = json_dup_at (json_array_get_element (fields, i), "name");

      if (strstr (mutation->selection, name) == NULL)
        g_error ("%s.%s is not asked for", type, name);
    }
}

/* Whoever may not is refused and changes nothing; who just may does it. */
static void
test_roles (void)
{
  const struct
  {
    const char *credential;
    PdgRole role;
  } callers[] = {
    { fixture->key_a, PDG_ROLE_INGEST }, { fixture->viewer_a, PDG_ROLE_VIEWER }, { fixture->editor_a, PDG_ROLE_EDITOR }, { fixture->admin_a, PDG_ROLE_ADMIN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (mutations); i++)
    {
      const Mutation *mutation = &mutations[i];
      g_autofree char *document = make_document (mutation, NULL), *before = tenant_fingerprint (fixture->a);
      g_auto (GStrv) expected = g_strsplit (mutation->expected, "\n", -1);

      check_payload_is_asked (mutation);
      for (gsize k = 0; k < G_N_ELEMENTS (callers); k++)
        {
          g_autoptr (JsonNode) response = ask (callers[k].credential, document);
          g_autofree char *after = tenant_fingerprint (fixture->a), *errors_path = g_strdup_printf ("data.%s.errors", mutation->name);
          g_autofree char *errors = json_dup_at (response, errors_path);

          if (callers[k].role < mutation->needed)
            {
              assert_refused (response, mutation->name, "FORBIDDEN", "");
              g_assert_cmpstr (after, ==, before);
              continue;
            }
          assert_no_errors (response);
          g_assert_cmpstr (errors, ==, "[]");
          if (!g_str_equal (mutation->name, "updateOrganisation"))
            g_assert_cmpstr (after, !=, before);
          for (gsize e = 0; expected[e] != NULL; e++)
            {
              g_auto (GStrv) pair = g_strsplit (expected[e], "=", 2);
              g_autofree char *path = g_strdup_printf ("data.%s.%s", mutation->name, pair[0]), *got = json_dup_at (response, path), *want = expand (pair[1]);

              g_test_message ("%s", path);
              g_assert_cmpstr (got, ==, want);
            }
          if (mutation->keep != NULL)
            {
              g_autofree char *path = g_strdup_printf ("data.%s.%s", mutation->name, mutation->keep_path);

              keep (mutation->keep, response, path);
            }
          break;
        }
    }
}

/* Each mutation is in the table. */
static void
test_all_are_tried (void)
{
  g_autoptr (JsonNode) response = api_query (fixture, NULL, "{__type(name:\"Mutation\"){fields{name}}}", NULL);
  JsonArray *fields = json_node_get_array (json_at (response, "data.__type.fields"));

  g_assert_cmpuint (json_array_get_length (fields), ==, G_N_ELEMENTS (mutations) + 1); /* loadDemo */
  for (gsize i = 0; i < G_N_ELEMENTS (mutations); i++)
    {
      gboolean found = FALSE;

      for (guint k = 0; k < json_array_get_length (fields); k++)
        {
          g_autofree char *name = json_dup_at (json_array_get_element (fields, k), "name");

          found |= g_str_equal (name, mutations[i].name);
        }
      g_assert_true (found);
    }
}

typedef struct
{
  const char *name;
  const char *mutation;
  const char *input;
  const char *code;
  const char *field;
} Refusal;

#define NAME_101 "1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890X"

/* As an admin of A, of what A does not have, what is B's, and what makes no sense. */
static const Refusal refusals[] = {
  { "organisation-without-name", "updateOrganisation", "{name:\" \"}", "INVALID", "input.name" },
  { "organisation-with-line-break", "updateOrganisation", "{name:\"a\\nb\"}", "INVALID", "input.name" },
  { "member-twice", "addMember", "{email:\"ADMIN@example.org\",role:VIEWER}", "CONFLICT", "input.email" },
  { "member-without-address", "addMember", "{email:\"ada\",role:VIEWER}", "INVALID", "input.email" },
  { "member-with-two-addresses", "addMember", "{email:\"a@b, c@d\",role:VIEWER}", "INVALID", "input.email" },
  { "member-with-long-name", "addMember", "{email:\"a@b\",name:\"" NAME_101 "\",role:VIEWER}", "INVALID", "input.name" },
  { "update-missing-member", "updateMember", "{id:\"x\",name:\"f\"}", "NOT_FOUND", "input.id" },
  { "update-member-of-b", "updateMember", "{id:\"{MEMBER_B}\",role:ADMIN}", "NOT_FOUND", "input.id" },
  { "lower-last-admin", "updateMember", "{id:\"{ADMIN}\",role:EDITOR}", "CONFLICT", "input.role" },
  { "remove-last-admin", "removeMember", "{id:\"{ADMIN}\"}", "CONFLICT", "input.id" },
  { "remove-missing-member", "removeMember", "{id:\"00000000-0000-4000-8000-000000000000\"}", "NOT_FOUND", "input.id" },
  { "remove-member-of-b", "removeMember", "{id:\"{MEMBER_B}\"}", "NOT_FOUND", "input.id" },
  { "token-of-member-of-b", "createAccessToken", "{role:VIEWER,memberId:\"{MEMBER_B}\"}", "NOT_FOUND", "input.memberId" },
  { "token-of-missing-member", "createAccessToken", "{role:VIEWER,memberId:\"x\"}", "NOT_FOUND", "input.memberId" },
  { "token-above-its-member", "createAccessToken", "{role:EDITOR,memberId:\"{VIEWER}\"}", "INVALID", "input.role" },
  { "token-of-the-past", "createAccessToken", "{role:VIEWER,expiresAt:\"2020-01-01T00:00:00Z\"}", "INVALID", "input.expiresAt" },
  { "token-with-long-label", "createAccessToken", "{role:VIEWER,label:\"" NAME_101 "\"}", "INVALID", "input.label" },
  { "revoke-missing-token", "revokeAccessToken", "{id:\"999999\"}", "NOT_FOUND", "input.id" },
  { "revoke-token-by-word", "revokeAccessToken", "{id:\"x\"}", "NOT_FOUND", "input.id" },
  { "revoke-token-of-b", "revokeAccessToken", "{id:\"{TOKEN_B}\"}", "NOT_FOUND", "input.id" },
  { "project-twice", "createProject", "{id:\"proj_demo\",name:\"x\"}", "CONFLICT", "input.id" },
  { "project-with-bad-id", "createProject", "{id:\"a b\",name:\"x\"}", "INVALID", "input.id" },
  { "project-without-name", "createProject", "{name:\"\"}", "INVALID", "input.name" },
  { "project-with-long-name", "createProject", "{name:\"" NAME_101 "\"}", "INVALID", "input.name" },
  { "update-missing-project", "updateProject", "{id:\"missing\",name:\"x\"}", "NOT_FOUND", "input.id" },
  { "update-project-of-b", "updateProject", "{id:\"proj_b\",name:\"x\"}", "NOT_FOUND", "input.id" },
  { "project-with-bad-name", "updateProject", "{id:\"proj_demo\",name:\"\"}", "INVALID", "input.name" },
  { "project-with-bad-time-zone", "updateProject", "{id:\"proj_demo\",timeZone:\"Mars/Olympus\"}", "INVALID", "input.timeZone" },
  { "project-with-posix-time-zone", "updateProject", "{id:\"proj_demo\",timeZone:\"posix/UTC\"}", "INVALID", "input.timeZone" },
  { "project-with-offset", "updateProject", "{id:\"proj_demo\",timeZone:\"+02:00\"}", "INVALID", "input.timeZone" },
  { "delete-with-other-name", "deleteProject", "{id:\"proj_demo\",confirmName:\"org a\"}", "INVALID", "input.confirmName" },
  { "delete-missing-project", "deleteProject", "{id:\"missing\",confirmName:\"x\"}", "NOT_FOUND", "input.id" },
  { "delete-project-of-b", "deleteProject", "{id:\"proj_b\",confirmName:\"Org B\"}", "NOT_FOUND", "input.id" },
  { "key-of-missing-project", "createApiKey", "{projectId:\"missing\"}", "NOT_FOUND", "input.projectId" },
  { "key-of-project-of-b", "createApiKey", "{projectId:\"proj_b\"}", "NOT_FOUND", "input.projectId" },
  { "key-with-long-label", "createApiKey", "{projectId:\"proj_demo\",label:\"" NAME_101 "\"}", "INVALID", "input.label" },
  { "revoke-missing-key", "revokeApiKey", "{projectId:\"proj_demo\",id:\"999999\"}", "NOT_FOUND", "input.id" },
  { "revoke-key-of-b", "revokeApiKey", "{projectId:\"proj_demo\",id:\"{KEY_B}\"}", "NOT_FOUND", "input.id" },
  { "revoke-key-of-project-of-b", "revokeApiKey", "{projectId:\"proj_b\",id:\"{KEY_B}\"}", "NOT_FOUND", "input.projectId" },
  { "journey-of-project-of-b", "createJourney", "{projectId:\"proj_b\",name:\"x\",steps:[]}", "NOT_FOUND", "input.projectId" },
  { "journey-twice", "createJourney", "{projectId:\"proj_demo\",id:\"design\",name:\"x\",steps:[]}", "CONFLICT", "input.id" },
  { "journey-twice-by-name", "createJourney", "{projectId:\"proj_demo\",name:\"Design\",steps:[]}", "CONFLICT", "input.name" },
  { "journey-without-name", "createJourney", "{projectId:\"proj_demo\",name:\"\",steps:[]}", "INVALID", "input.name" },
  { "journey-with-empty-id", "createJourney", "{projectId:\"proj_demo\",id:\"\",name:\"x\",steps:[]}", "INVALID", "input.id" },
  { "step-twice", "createJourney", "{projectId:\"proj_demo\",name:\"x\",steps:[{id:\"a\",name:\"a\"},{id:\" a\",name:\"b\"}]}", "INVALID", "input.steps.1.id" },
  { "step-without-name", "createJourney", "{projectId:\"proj_demo\",name:\"x\",steps:[{id:\"a\",name:\"\"}]}", "INVALID", "input.steps.0.name" },
  { "step-with-empty-path", "createJourney", "{projectId:\"proj_demo\",name:\"x\",steps:[{id:\"a\",name:\"a\",screenPath:\"\"}]}", "INVALID",
    "input.steps.0.screenPath" },
  { "transition-from-nowhere", "createJourney", "{projectId:\"proj_demo\",name:\"x\",steps:[{id:\"a\",name:\"a\"}],transitions:[{from:\"b\",to:\"a\"}]}",
    "INVALID", "input.transitions.0.from" },
  { "transition-to-nowhere", "createJourney", "{projectId:\"proj_demo\",name:\"x\",steps:[{id:\"a\",name:\"a\"}],transitions:[{from:\"a\",to:\"b\"}]}",
    "INVALID", "input.transitions.0.to" },
  { "transition-twice", "createJourney", "{projectId:\"proj_demo\",name:\"x\",steps:[{id:\"a\",name:\"a\"}],transitions:[{from:\"a\",to:\"a\"},"
                                         "{from:\"a\",to:\"a\",kind:FORBIDDEN}]}", "INVALID", "input.transitions.1.to" },
  { "update-missing-journey", "updateJourney", "{projectId:\"proj_demo\",id:\"missing\",name:\"x\"}", "NOT_FOUND", "input.id" },
  { "update-journey-of-b", "updateJourney", "{projectId:\"proj_b\",id:\"b\",name:\"x\"}", "NOT_FOUND", "input.projectId" },
  { "update-observed-journey", "updateJourney", "{projectId:\"proj_demo\",id:\"observed\",name:\"x\"}", "CONFLICT", "input.id" },
  { "update-journey-of-before", "updateJourney", "{projectId:\"proj_demo\",id:\"design\",name:\"x\",updatedAt:\"2026-01-01T00:00:00Z\"}", "CONFLICT",
    "input.updatedAt" },
  { "steps-that-leave-a-transition", "updateJourney", "{projectId:\"proj_demo\",id:\"design\",steps:[{id:\"cart\",name:\"Cart\"}]}", "INVALID",
    "input.transitions.0.to" },
  { "delete-missing-journey", "deleteJourney", "{projectId:\"proj_demo\",id:\"missing\"}", "NOT_FOUND", "input.id" },
  { "delete-observed-journey", "deleteJourney", "{projectId:\"proj_demo\",id:\"observed\"}", "CONFLICT", "input.id" },
};

static const Mutation *
find_mutation (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (mutations); i++)
    if (g_str_equal (mutations[i].name, name))
      return &mutations[i];
  g_assert_not_reached ();
}

static void
test_refusal (gconstpointer data)
{
  const Refusal *refusal = data;
  g_autofree char *document = make_document (find_mutation (refusal->mutation), refusal->input);
  g_autofree char *before_a = tenant_fingerprint (fixture->a), *before_b = tenant_fingerprint (fixture->b);
  g_autoptr (JsonNode) response = ask (fixture->admin_a, document);
  g_autofree char *after_a = tenant_fingerprint (fixture->a), *after_b = tenant_fingerprint (fixture->b);

  assert_refused (response, refusal->mutation, refusal->code, refusal->field);
  g_assert_cmpstr (after_a, ==, before_a);
  g_assert_cmpstr (after_b, ==, before_b);
}

/* One more than may be. */
static void
test_large_journeys (void)
{
  for (int over = 0; over < 3; over++)
    {
      GString *steps = g_string_new (NULL), *links = g_string_new (NULL);
      g_autofree char *document = NULL, *variables = NULL;
      g_autoptr (JsonNode) response = NULL;
      int n_steps = over == 1 ? 201 : 200, n_links = over == 2 ? 1001 : 100;

      for (int i = 0; i < n_steps; i++)
        g_string_append_printf (steps, "%s{\"id\":\"s%d\",\"name\":\"s\"}", i > 0 ? "," : "", i);
      for (int i = 0; i < n_links; i++)
        g_string_append_printf (links, "%s{\"from\":\"s%d\",\"to\":\"s%d\"}", i > 0 ? "," : "", i % 200, i / 200);
      variables = g_strdup_printf ("{\"i\":{\"projectId\":\"proj_demo\",\"id\":\"large\",\"name\":\"l\",\"steps\":[%s],\"transitions\":[%s]}}", steps->str, links->str);
      response = api_query (fixture, NULL, "mutation($i:CreateJourneyInput!){createJourney(input:$i){journey{id} errors{code message field}}}", variables);
      if (over == 0)
        {
          g_autoptr (JsonNode) removed = ask (fixture->editor_a, "mutation{deleteJourney(input:{projectId:\"proj_demo\",id:\"large\"}){deletedJourneyId}}");
          g_autofree char *id = json_dup_at (response, "data.createJourney.journey.id"), *gone = json_dup_at (removed, "data.deleteJourney.deletedJourneyId");

          g_assert_cmpstr (id, ==, "large");
          g_assert_cmpstr (gone, ==, "large");
        }
      else
        assert_refused (response, "createJourney", "INVALID", over == 1 ? "input.steps" : "input.transitions");
      g_string_free (steps, TRUE);
      g_string_free (links, TRUE);
    }
}

/* Two who read the same: the second to write is told. */
static void
test_journey_changed_meanwhile (void)
{
  static const char change[] = "mutation{updateJourney(input:{projectId:\"proj_demo\",id:\"design\",name:\"Design\",updatedAt:\"{READ}\"})"
                               "{journey{updatedAt} errors{code message field}}}";
  g_autoptr (JsonNode) read = ask (fixture->viewer_a, "{project(id:\"proj_demo\"){journey(id:\"design\"){updatedAt}}}");
  g_autoptr (JsonNode) first = NULL, second = NULL, third = NULL;
  g_autofree char *after = NULL;

  keep ("{READ}", read, "data.project.journey.updatedAt");
  first = ask (fixture->editor_a, change);
  after = json_dup_at (first, "data.updateJourney.journey.updatedAt");
  g_assert_cmpstr (after, >, g_hash_table_lookup (placeholders, "{READ}"));
  second = ask (fixture->editor_a, change);
  assert_refused (second, "updateJourney", "CONFLICT", "input.updatedAt");
  keep ("{READ}", first, "data.updateJourney.journey.updatedAt");
  third = ask (fixture->editor_a, change);
  g_free (after);
  after = json_dup_at (third, "data.updateJourney.errors");
  g_assert_cmpstr (after, ==, "[]");
}

/* What a viewer may not see is null, with an error at that field; the rest is there. */
static void
test_viewer_sees_the_rest (void)
{
  static const char question[] = "{viewer{name role projectId} organisation{name members{nodes{email}} tokens{nodes{prefix}}} "
                                 "project(id:\"proj_demo\"){name keys{nodes{prefix}}}}";
  g_autoptr (JsonNode) viewer = ask (fixture->viewer_a, question), admin = ask (fixture->admin_a, question);
  static const char *const hidden[] = { "data.organisation.members", "data.organisation.tokens", "data.project.keys" };
  g_autofree char *name = json_dup_at (viewer, "data.organisation.name"), *project = json_dup_at (viewer, "data.project.name");
  g_autofree char *role = json_dup_at (viewer, "data.viewer.role"), *text = json_to_string (viewer, FALSE);
  g_autofree char *email = json_dup_at (admin, "data.organisation.members.nodes.0.email");

  g_assert_cmpstr (name, ==, "Org A");
  g_assert_cmpstr (project, ==, "Org A");
  g_assert_cmpstr (role, ==, "VIEWER");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (json_at (viewer, "errors"))), ==, 3);
  assert_error_code (viewer, "FORBIDDEN");
  for (gsize i = 0; i < G_N_ELEMENTS (hidden); i++)
    g_assert_true (JSON_NODE_HOLDS_NULL (json_at (viewer, hidden[i])));
  g_assert_null (strstr (text, "@example.org"));
  assert_no_errors (admin);
  g_assert_cmpstr (email, ==, "admin@example.org");
}

/* Every one exactly once, whatever the page's size. */
static void
test_pages (void)
{
  static const struct
  {
    const char *document, *path;
  } lists[] = {
    { "query($n:Int!,$a:String){organisation{c:members(first:$n,after:$a){nodes{id} pageInfo{hasNextPage endCursor}}}}", "data.organisation.c" },
    { "query($n:Int!,$a:String){organisation{c:tokens(first:$n,after:$a){nodes{id} pageInfo{hasNextPage endCursor}}}}", "data.organisation.c" },
    { "query($n:Int!,$a:String){project(id:\"proj_demo\"){c:keys(first:$n,after:$a){nodes{id} pageInfo{hasNextPage endCursor}}}}", "data.project.c" },
    { "query($n:Int!,$a:String){project(id:\"proj_demo\"){c:journeys(first:$n,after:$a){nodes{id kind} pageInfo{hasNextPage endCursor}}}}", "data.project.c" },
    { "query($n:Int!,$a:String){c:projects(first:$n,after:$a,search:\"PAGE.D\"){nodes{id} pageInfo{hasNextPage endCursor}}}", "data.c" },
  };

  for (gsize l = 0; l < G_N_ELEMENTS (lists); l++)
    {
      guint n_all = 0;

      for (int size = 100; size > 0; size = size == 100 ? 3 : size - 1)
        {
          g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
          g_autofree char *after = g_strdup ("null");
          gboolean more = TRUE;

          while (more)
            {
              g_autofree char *variables = g_strdup_printf ("{\"n\":%d,\"a\":%s}", size, after), *text = NULL, *next = NULL;
              g_autoptr (JsonNode) response = api_query (fixture, NULL, lists[l].document, variables);
              g_autofree char *nodes_path = g_strconcat (lists[l].path, ".nodes", NULL), *info = g_strconcat (lists[l].path, ".pageInfo", NULL);
              JsonArray *nodes;

              assert_no_errors (response);
              nodes = json_node_get_array (json_at (response, nodes_path));
              for (guint i = 0; i < json_array_get_length (nodes); i++)
                g_assert_true (g_hash_table_add (seen, json_to_string (json_array_get_element (nodes, i), FALSE)));
              next = json_dup_at (json_at (response, info), "hasNextPage");
              more = g_str_equal (next, "true");
              g_free (after);
              after = json_to_string (json_at (json_at (response, info), "endCursor"), FALSE);
            }
          if (size == 100)
            n_all = g_hash_table_size (seen);
          g_test_message ("%s %d", lists[l].document, size);
          g_assert_cmpuint (n_all, >=, 2);
          g_assert_cmpuint (g_hash_table_size (seen), ==, n_all);
        }
    }
}

static void
test_bad_cursors (void)
{
  static const char *const fields[] = { "organisation{members(after:\"x\"){nodes{id}}}", "organisation{members(after:\"1.x\"){nodes{id}}}",
                                        "organisation{tokens(after:\"x\"){nodes{id}}}", "project(id:\"proj_demo\"){keys(after:\"-1\"){nodes{id}}}",
                                        "project(id:\"proj_demo\"){journeys(after:\"x\"){nodes{id}}}", "projects(after:\"x\"){nodes{id}}" };

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autofree char *document = g_strdup_printf ("{%s}", fields[i]);
      g_autoptr (JsonNode) response = api_query (fixture, NULL, document, NULL);

      assert_error_code (response, "BAD_USER_INPUT");
    }
}

static void
test_journey_kinds (void)
{
  static const struct
  {
    const char *arguments, *kind; /* "" = there is none */
  } rows[] = {
    { "id:\"both\"", "DESIGNED" }, { "id:\"both\",kind:DESIGNED", "DESIGNED" }, { "id:\"both\",kind:OBSERVED", "OBSERVED" },
    { "id:\"observed\"", "OBSERVED" }, { "id:\"observed\",kind:DESIGNED", "" }, { "id:\"missing\"", "" },
  };
  g_autoptr (JsonNode) steps = ask (fixture->viewer_a, "{project(id:\"proj_demo\"){journey(id:\"observed\"){name steps{id name place screenPath} transitions{from}}}}");
  g_autofree char *text = json_dup_at (steps, "data.project.journey");

  g_assert_cmpstr (text, ==, "{\"name\":\"observed\",\"steps\":[{\"id\":\"s1\",\"name\":\"s1\",\"place\":1,\"screenPath\":\"/s/:id\"},"
                             "{\"id\":\"s2\",\"name\":\"s2\",\"place\":2,\"screenPath\":null}],\"transitions\":[]}");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *document = g_strdup_printf ("{project(id:\"proj_demo\"){journey(%s){kind}}}", rows[i].arguments);
      g_autoptr (JsonNode) response = ask (fixture->viewer_a, document);
      g_autofree char *kind = json_dup_at (response, "data.project.journey.kind");

      assert_no_errors (response);
      g_assert_cmpstr (kind != NULL ? kind : "", ==, rows[i].kind);
    }
}

static char *
make_token (const char *input)
{
  g_autofree char *document = g_strdup_printf ("mutation{createAccessToken(input:%s){secret token{id} errors{message}}}", input);
  g_autoptr (JsonNode) response = ask (fixture->admin_a, document);

  assert_no_errors (response);
  keep ("{TOKEN}", response, "data.createAccessToken.token.id");
  return json_dup_at (response, "data.createAccessToken.secret");
}

static void
assert_done (const char *document)
{
  g_autoptr (JsonNode) response = ask (fixture->admin_a, document);
  g_autofree char *text = json_to_string (response, FALSE);

  g_test_message ("%s", text);
  assert_no_errors (response);
  g_assert_nonnull (strstr (text, "\"errors\":[]"));
}

/* Good at once, seen once, and ended at once, though it is remembered. */
static void
test_credentials_end (void)
{
  g_autofree char *service = make_token ("{role:VIEWER,label:\"robot\"}"), *shown = NULL, *key = NULL;
  g_autoptr (JsonNode) list = NULL, made = NULL;

  g_assert_true (g_str_has_prefix (service, "pgt_"));
  g_assert_cmpuint (use_token (service), ==, 200);
  list = ask (fixture->admin_a, "{organisation{tokens(first:100){nodes{id label prefix}}}}");
  shown = json_to_string (list, FALSE);
  g_assert_null (strstr (shown, service));
  g_assert_nonnull (strstr (shown, "robot"));
  assert_done ("mutation{revokeAccessToken(input:{id:\"{TOKEN}\"}){token{revokedAt} errors{message}}}");
  g_assert_cmpuint (use_token (service), ==, 401);
  assert_done ("mutation{revokeAccessToken(input:{id:\"{TOKEN}\"}){token{revokedAt} errors{message}}}"); /* stays as it is */

  made = ask (fixture->admin_a, "mutation{createApiKey(input:{projectId:\"proj_demo\",label:\"k\"}){secret key{id}}}");
  key = json_dup_at (made, "data.createApiKey.secret");
  keep ("{KEY}", made, "data.createApiKey.key.id");
  g_assert_true (g_str_has_prefix (key, "pgk_"));
  g_assert_cmpuint (use_key (key), <, 400);
  assert_done ("mutation{revokeApiKey(input:{projectId:\"proj_demo\",id:\"{KEY}\"}){key{revokedAt} errors{message}}}");
  g_assert_cmpuint (use_key (key), ==, 401);
  g_assert_null (strstr (logged->str, service));
  g_assert_null (strstr (logged->str, key));
}

/* A member's tokens are at most what he is, and end with him. */
static void
test_tokens_follow_their_member (void)
{
  static const char create[] = "mutation{createProject(input:{name:\"By a member\"}){project{id} errors{code}}}";
  g_autoptr (JsonNode) added = ask (fixture->admin_a, "mutation{addMember(input:{email:\"eve@example.org\",name:\"Eve\",role:EDITOR}){member{id}}}");
  g_autoptr (JsonNode) who = NULL, refused = NULL, list = NULL;
  g_autofree char *token = NULL, *name = NULL, *text = NULL;

  keep ("{EVE}", added, "data.addMember.member.id");
  { g_autofree char *input = expand ("{role:EDITOR,memberId:\"{EVE}\"}"); token = make_token (input); }
  who = ask (token, "{viewer{name role}}");
  name = json_dup_at (who, "data.viewer");
  g_assert_cmpstr (name, ==, "{\"name\":\"Eve\",\"role\":\"EDITOR\"}");
  assert_done ("mutation{updateMember(input:{id:\"{EVE}\",role:VIEWER}){member{role} errors{message}}}");
  refused = ask (token, create);
  g_free (name);
  name = json_dup_at (refused, "data.createProject.errors.0.code");
  g_assert_cmpstr (name, ==, "FORBIDDEN");
  assert_done ("mutation{updateMember(input:{id:\"{EVE}\",role:ADMIN}){member{role} errors{message}}}"); /* what was lowered stays so */
  g_clear_pointer (&refused, json_node_unref);
  refused = ask (token, create);
  g_free (name);
  name = json_dup_at (refused, "data.createProject.errors.0.code");
  g_assert_cmpstr (name, ==, "FORBIDDEN");
  assert_done ("mutation{removeMember(input:{id:\"{EVE}\"}){removedMemberId errors{message}}}");
  g_assert_cmpuint (use_token (token), ==, 401);
  list = ask (fixture->admin_a, "{organisation{tokens(first:100){nodes{id member{id} revokedAt}}}}");
  text = json_to_string (list, FALSE);
  {
    g_autofree char *revoked = expand ("{\"id\":\"{TOKEN}\",\"member\":null,\"revokedAt\":\"20");

    g_assert_nonnull (strstr (text, revoked));
  }
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM account WHERE email = 'eve@example.org'"), ==, 0);
}

/* Nothing tells A whether an address has an account elsewhere, and A's names are its own. */
static void
test_accounts_are_apart (void)
{
  static const char add[] = "mutation{addMember(input:{email:\"%s\",role:VIEWER}){member{email name role} errors{code}}}";
  static const char *const addresses[] = { "MEMBER@B.example.org", "nobody@b.example.org" };

  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autofree char *document = g_strdup_printf (add, addresses[i]), *text = NULL, *want = NULL;
      g_autoptr (JsonNode) response = ask (fixture->admin_a, document);

      text = json_dup_at (response, "data.addMember");
      want = g_strdup_printf ("{\"member\":{\"email\":\"%s\",\"name\":null,\"role\":\"VIEWER\"},\"errors\":[]}", addresses[i]);
      g_assert_cmpstr (text, ==, want);
    }
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM membership m JOIN account a USING (account_id) WHERE lower(a.email) = 'member@b.example.org'"), ==, 2);
}

/* Mutations of one request run one after the other, and each sees what was done. */
static void
test_serial_order (void)
{
  g_autoptr (JsonNode) response = ask (fixture->admin_a, "mutation{a:createProject(input:{id:\"serial\",name:\"One\"}){project{name}} "
                                                         "b:updateProject(input:{id:\"serial\",name:\"Two\"}){project{name}} "
                                                         "c:createProject(input:{id:\"serial\",name:\"Three\"}){project{name} errors{code}} "
                                                         "d:deleteProject(input:{id:\"serial\",confirmName:\"Two\"}){deletedProjectId errors{message}}}");
  g_autofree char *text = json_to_string (response, FALSE);

  g_assert_cmpstr (text, ==, "{\"data\":{\"a\":{\"project\":{\"name\":\"One\"}},\"b\":{\"project\":{\"name\":\"Two\"}},"
                             "\"c\":{\"project\":null,\"errors\":[{\"code\":\"CONFLICT\"}]},\"d\":{\"deletedProjectId\":\"serial\",\"errors\":[]}}}");
}

/* Who did what, on one line. */
static void
test_log (void)
{
  g_string_truncate (logged, 0);
  assert_done ("mutation{createProject(input:{id:\"logged\",name:\"L\"}){project{id} errors{message}}}");
  g_assert_nonnull (strstr (logged->str, fixture->a->organisation->uuid));
  g_assert_nonnull (strstr (logged->str, ": test: created the project logged\n"));
}

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      {
        static GMutex lock;

        g_mutex_lock (&lock);
        g_string_append_printf (logged, "%s\n", (const char *) fields[i].value);
        g_mutex_unlock (&lock);
      }
  return g_log_writer_default (level, fields, n_fields, user_data);
}

static void
add_row (const char *placeholder, const char *format, gint32 org_no)
{
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_autofree char *sql = g_strdup_printf ("%s%d", format, org_no);

  g_hash_table_replace (placeholders, g_strdup (placeholder), fixture_text (owner, sql));
}

static void
fill (void)
{
  static const char body[] = "{\"events\":["
    "{\"event_id\":\"j1\",\"project_id\":\"proj_demo\",\"session.id\":\"s\",\"event.type\":\"page.view\",\"event.timestamp\":\"2026-11-22T00:00:00Z\","
    "\"page.path\":\"/s/1\",\"gen_ai.journey.id\":\"observed\",\"gen_ai.journey.step.id\":\"s1\"},"
    "{\"event_id\":\"j2\",\"project_id\":\"proj_demo\",\"session.id\":\"s\",\"event.type\":\"x\",\"event.timestamp\":\"2026-11-22T00:00:01Z\","
    "\"gen_ai.journey.id\":\"observed\",\"gen_ai.journey.step.id\":\"s2\"},"
    "{\"event_id\":\"j3\",\"project_id\":\"proj_demo\",\"session.id\":\"s\",\"event.type\":\"x\",\"event.timestamp\":\"2026-11-22T00:00:02Z\","
    "\"gen_ai.journey.id\":\"both\"}]}";
  g_autoptr (PdgDbConn) server = fixture_open (pdg_test_cluster_get_server_uri (), NULL);
  g_autoptr (JsonNode) admin = NULL, viewer = NULL;
  g_auto (Verdict) verdict = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgMember) member = pdg_commands_add_member (server, fixture->b->admin, "member@b.example.org", "B's name", PDG_ROLE_VIEWER, &error);

  g_assert_no_error (error);
  g_hash_table_replace (placeholders, g_strdup ("{MEMBER_B}"), g_strdup (member->id));
  fixture_store (fixture->ingest, fixture->a->admin, body, &verdict);
  assert_stored (verdict, 3, 0, 0);
  add_row ("{TOKEN_B}", "SELECT min(token_id) FROM access_token WHERE org_id = ", fixture->b->organisation->org_no);
  add_row ("{KEY_B}", "SELECT min(key_id) FROM api_key WHERE org_id = ", fixture->b->organisation->org_no);
  admin = ask (fixture->admin_a, "mutation{addMember(input:{email:\"admin@example.org\",role:ADMIN}){member{id}}}");
  viewer = ask (fixture->admin_a, "mutation{addMember(input:{email:\"viewer@example.org\",role:VIEWER}){member{id}}}");
  keep ("{ADMIN}", admin, "data.addMember.member.id");
  keep ("{VIEWER}", viewer, "data.addMember.member.id");
  assert_done ("mutation{createJourney(input:{projectId:\"proj_demo\",name:\"Design\",steps:[{id:\"cart\",name:\"Cart\"},{id:\"pay\",name:\"Pay\"}],"
               "transitions:[{from:\"cart\",to:\"pay\"}]}){journey{id} errors{message}}}");
  assert_done ("mutation{createJourney(input:{projectId:\"proj_demo\",id:\"both\",name:\"Design\",steps:[]}){journey{id} errors{message}}}");
  assert_done ("mutation{createApiKey(input:{projectId:\"proj_demo\"}){key{id} errors{message}}}");
  for (int i = 0; i < 5; i++)
    {
      g_autofree char *document = g_strdup_printf ("mutation{createProject(input:{id:\"page%d\",name:\"%s page.d\"}){project{id} errors{message}}}", i,
                                                   i < 3 ? "Same" : "same");

      assert_done (document);
    }
}

int
main (int argc, char *argv[])
{
  int status;

  logged = g_string_new (NULL);
  g_log_set_writer_func (write_log, NULL, NULL);
  g_test_init (&argc, &argv, NULL);
  placeholders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  fixture = api_fixture_new ();
  g_test_add_func ("/api/mutations/all-are-tried", test_all_are_tried);
  g_test_add_func ("/api/mutations/roles", test_roles);
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *path = g_strconcat ("/api/mutations/refusal/", refusals[i].name, NULL);

      g_test_add_data_func (path, &refusals[i], test_refusal);
    }
  g_test_add_func ("/api/mutations/large-journeys", test_large_journeys);
  g_test_add_func ("/api/mutations/journey-changed-meanwhile", test_journey_changed_meanwhile);
  g_test_add_func ("/api/mutations/journey-kinds", test_journey_kinds);
  g_test_add_func ("/api/mutations/viewer-sees-the-rest", test_viewer_sees_the_rest);
  g_test_add_func ("/api/mutations/pages", test_pages);
  g_test_add_func ("/api/mutations/bad-cursors", test_bad_cursors);
  g_test_add_func ("/api/mutations/credentials-end", test_credentials_end);
  g_test_add_func ("/api/mutations/tokens-follow-their-member", test_tokens_follow_their_member);
  g_test_add_func ("/api/mutations/accounts-are-apart", test_accounts_are_apart);
  g_test_add_func ("/api/mutations/serial-order", test_serial_order);
  g_test_add_func ("/api/mutations/log", test_log);
  fill ();
  status = g_test_run ();
  api_fixture_free (fixture);
  g_hash_table_unref (placeholders);
  g_string_free (logged, TRUE);
  return status;
}
