#include "config.h"

#include "api/directory-fixture.h"
#include "store/tenant-data.h"

#include <string.h>

/* Every mutation by every role, and with each typed error. */

static ApiFixture *fixture;

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
#define REQUEST "request{id kind requestedBy requestedAt doneAt pseudonym eventCount sessionCount}"
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
  { "rotateApiKey", PDG_ROLE_ADMIN, "{projectId:\"made\",id:\"{KEY}\",overlapSeconds:60}", "secret key{id label endsAt eventsPerSecond burstEvents}" ERRORS,
    "key.label=web\nkey.endsAt=\nkey.eventsPerSecond=", "{KEY_2}", "key.id" },
  { "limitApiKey", PDG_ROLE_ADMIN, "{projectId:\"made\",id:\"{KEY_2}\",eventsPerSecond:100,burstEvents:500}", "key{id eventsPerSecond burstEvents}" ERRORS,
    "key.id={KEY_2}\nkey.eventsPerSecond=100\nkey.burstEvents=500", NULL, NULL },
  { "setOrigins", PDG_ROLE_ADMIN, "{projectId:\"made\",origins:[\"https://shop.example\",\"https://*.shop.example\"]}", "origins" ERRORS,
    "origins.1=https://*.shop.example", NULL, NULL },
  { "exportPerson", PDG_ROLE_ADMIN, "{projectId:\"proj_demo\",id:\"s\"}", "lines" ERRORS, "errors=[]", NULL, NULL },
  { "anonymisePerson", PDG_ROLE_ADMIN, "{projectId:\"proj_demo\",id:\"s\"}", REQUEST ERRORS, "request.kind=ANONYMISE\nrequest.eventCount=3", "{PERSON}", "request.pseudonym" },
  { "deletePerson", PDG_ROLE_ADMIN, "{projectId:\"proj_demo\",id:\"{PERSON}\",kind:SESSION}", REQUEST ERRORS, "request.kind=DELETE", NULL, NULL },
  { "revokeApiKey", PDG_ROLE_ADMIN, "{projectId:\"made\",id:\"{KEY}\"}", "key{id label}" ERRORS, "key.id={KEY}", NULL, NULL },
  { "setRedactionRules", PDG_ROLE_ADMIN, "{projectId:\"made\",patterns:[EMAIL,JWT],keys:[\"plan\"]}",
    "project{id redaction{version patterns keys createdBy}}" ERRORS,
    "project.id=made\nproject.redaction.version=2\nproject.redaction.patterns=[\"EMAIL\",\"JWT\"]\nproject.redaction.keys=[\"plan\"]", NULL, NULL },
  { "setRetention", PDG_ROLE_ADMIN, "{projectId:\"made\",kind:RECORDINGS,maxDays:30,maxBytes:5000000000}",
    "project{id heldData{kind rows bytes oldestAt maxDays maxBytes keepsFrom dueRows dueBytes}}" ERRORS,
    "project.heldData.2.kind=RECORDINGS\nproject.heldData.2.maxDays=30\nproject.heldData.2.maxBytes=5000000000\nproject.heldData.2.dueRows=0", NULL, NULL },
  { "arrangeCanvas", PDG_ROLE_EDITOR, "{projectId:\"proj_demo\",changes:[{screenId:\"1\",x:40,y:-80.5,isPinned:true,isLocked:false,baseRevision:0}]}",
    "canvas{revision mayEdit nodes{screenId x y isPinned isLocked revision changedBy changedAt}}" ERRORS,
    "canvas.mayEdit=true", NULL, NULL },
  { "setConsentRules", PDG_ROLE_ADMIN, "{projectId:\"made\",denied:COUNT,unknown:STORE,headers:true,categories:[\"Analytics\"]}",
    "project{id consent{denied unknown headers categories}}" ERRORS,
    "project.consent.denied=COUNT\nproject.consent.unknown=STORE\nproject.consent.headers=true\nproject.consent.categories=[\"Analytics\"]", NULL, NULL },
  { "setEventSchema", PDG_ROLE_EDITOR, "{projectId:\"made\",eventType:\"ui.click\",definition:\"{}\",mode:WARN}",
    "schema{eventType version mode definition createdAt createdBy}" ERRORS,
    "schema.eventType=ui.click\nschema.version=1\nschema.mode=WARN\nschema.definition={}",
    NULL, NULL },
  { "setEventSchemaMode", PDG_ROLE_EDITOR, "{projectId:\"made\",eventType:\"ui.click\",version:1,mode:OFF}", "schema{version mode}" ERRORS,
    "schema.version=1\nschema.mode=OFF", NULL, NULL },
  { "redriveDeadLetters", PDG_ROLE_EDITOR, "{projectId:\"made\"}", "stored refused missing" ERRORS, "stored=1\nrefused=0\nmissing=0", NULL, NULL },
  { "dropDeadLetters", PDG_ROLE_EDITOR, "{projectId:\"made\"}", "dropped" ERRORS, "dropped=1", NULL, NULL },
  { "createJourney", PDG_ROLE_EDITOR, "{projectId:\"made\",name:\"Check out!\"," STEPS ",transitions:[{from:\"cart\",to:\"pay\",kind:FORBIDDEN}]}",
    "journey{id name kind createdAt updatedAt steps{id name screen{id path} screenPath place isOptional} transitions{from to kind}}" ERRORS,
    "journey.id=check_out\njourney.kind=DESIGNED\njourney.steps.0.name=Cart\njourney.steps.0.screenPath=/cart/:id\njourney.steps.0.screen.path=/cart/:id\n"
    "journey.steps.0.isOptional=false\njourney.steps.1.place=2\njourney.steps.1.screen=\njourney.steps.1.isOptional=true\n"
    "journey.transitions.0.from=cart\njourney.transitions.0.to=pay\njourney.transitions.0.kind=FORBIDDEN", "{UPDATED}", "journey.updatedAt" },
  { "updateJourney", PDG_ROLE_EDITOR, "{projectId:\"made\",id:\"check_out\",name:\"Buy\",updatedAt:\"{UPDATED}\",transitions:[]}",
    "journey{id name steps{id} transitions{from}}" ERRORS, "journey.name=Buy\njourney.steps.1.id=pay\njourney.transitions=[]", NULL, NULL },
  { "deleteJourney", PDG_ROLE_EDITOR, "{projectId:\"made\",id:\"check_out\"}", "deletedJourneyId" ERRORS, "deletedJourneyId=check_out", NULL, NULL },
  { "addCommentThread", PDG_ROLE_EDITOR, "{projectId:\"made\",x:10.5,y:-20,body:\" First\\n line \"}",
    "thread{id screen{id} toScreen{id} x y createdAt updatedAt resolvedAt resolvedBy commentCount unreadCount comments{nodes{id author isOwn body createdAt "
    "editedAt}}}" ERRORS,
    "thread.screen=\nthread.x=10.5\nthread.y=-20\nthread.commentCount=1\nthread.unreadCount=0\nthread.comments.nodes.0.isOwn=true\nthread.resolvedBy=",
    "{THREAD}", "thread.id" },
  { "addComment", PDG_ROLE_EDITOR, "{projectId:\"made\",threadId:\"{THREAD}\",body:\"Second\"}", "comment{id author isOwn body createdAt editedAt}" ERRORS,
    "comment.body=Second\ncomment.isOwn=true\ncomment.editedAt=", "{COMMENT}", "comment.id" },
  { "editComment", PDG_ROLE_EDITOR, "{projectId:\"made\",id:\"{COMMENT}\",body:\"2\"}", "comment{id body}" ERRORS, "comment.body=2", NULL, NULL },
  { "resolveCommentThread", PDG_ROLE_EDITOR, "{projectId:\"made\",threadId:\"{THREAD}\"}", "thread{id commentCount}" ERRORS, "thread.commentCount=2",
    NULL, NULL },
  { "markCommentThreadRead", PDG_ROLE_VIEWER, "{projectId:\"made\",threadId:\"{THREAD}\"}", "thread{id unreadCount}" ERRORS, "thread.unreadCount=0",
    NULL, NULL },
  { "deleteComment", PDG_ROLE_EDITOR, "{projectId:\"made\",id:\"{COMMENT}\"}", "deletedCommentId" ERRORS, "deletedCommentId={COMMENT}", NULL, NULL },
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

/* A dead letter of the project that was made, whose event is good. */
static void
add_letter (void)
{
  g_assert_cmpint (fixture_owner_int (
                     "SELECT add_dead_letters(ARRAY[p.org_id], ARRAY[p.project_id], ARRAY[p.id], ARRAY[now()], ARRAY[NULL::int4], ARRAY['events'], "
                     "ARRAY['event'], ARRAY['an old rule'], ARRAY[convert_to(format('{\"event_id\":\"%%s\",\"project_id\":\"made\",\"session.id\":\"s\","
                     "\"event.type\":\"custom\",\"event.timestamp\":\"2026-11-20T07:59:00Z\"}', gen_random_uuid()), 'UTF8')], 100, 100000) "
                     "FROM project p WHERE p.id = 'made'"), ==, 1);
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
    { fixture->viewer_a, PDG_ROLE_VIEWER }, { fixture->editor_a, PDG_ROLE_EDITOR }, { fixture->admin_a, PDG_ROLE_ADMIN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (mutations); i++)
    {
      const Mutation *mutation = &mutations[i];
      g_autofree char *document = make_document (mutation, NULL), *before = NULL;
      g_auto (GStrv) expected = g_strsplit (mutation->expected, "\n", -1);

      if (g_str_has_suffix (mutation->name, "DeadLetters"))
        add_letter ();
      before = tenant_fingerprint (fixture->a);
      check_payload_is_asked (mutation);
      for (gsize k = 0; k < G_N_ELEMENTS (callers); k++)
        {
          g_autoptr (JsonNode) response = directory_ask (callers[k].credential, document);
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
              g_autofree char *path = g_strdup_printf ("data.%s.%s", mutation->name, pair[0]), *want = directory_expand (pair[1]);
              g_autofree char *got = json_dup_at (response, path);

              g_test_message ("%s", path);
              g_assert_cmpstr (got, ==, want);
            }
          if (mutation->keep != NULL)
            {
              g_autofree char *path = g_strdup_printf ("data.%s.%s", mutation->name, mutation->keep_path);

              directory_keep (mutation->keep, response, path);
            }
          break;
        }
    }
}

/* A key that may only send events comes nowhere near. */
static void
test_ingest_key (void)
{
  g_autofree char *headers = g_strdup_printf (JSON_TYPE "Authorization: Bearer %s\r\n", fixture->key_a), *before = tenant_fingerprint (fixture->a);
  g_autofree char *after = NULL;
  g_autoptr (RawAnswer) answer = api_send (fixture, 0, "POST", "/graphql", headers,
                                           "{\"query\":\"mutation{createProject(input:{name:\\\"Key's\\\"}){project{id}}}\"}");

  g_assert_cmpuint (answer->status, ==, 403);
  after = tenant_fingerprint (fixture->a);
  g_assert_cmpstr (after, ==, before);
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
  { "retention-of-no-days", "setRetention", "{projectId:\"proj_demo\",kind:EVENTS,maxDays:0}", "INVALID", "input.maxDays" },
  { "retention-of-too-many-days", "setRetention", "{projectId:\"proj_demo\",kind:CLIENT_STATE,maxDays:33}", "INVALID", "input.maxDays" },
  { "retention-of-half-a-byte", "setRetention", "{projectId:\"proj_demo\",kind:EVENTS,maxBytes:0.5}", "INVALID", "input.maxBytes" },
  { "retention-by-bytes-of-traits", "setRetention", "{projectId:\"proj_demo\",kind:TRAITS,maxBytes:5}", "INVALID", "input.maxBytes" },
  { "canvas-without-change", "arrangeCanvas", "{projectId:\"proj_demo\",changes:[]}", "INVALID", "input.changes" },
  { "canvas-too-far", "arrangeCanvas", "{projectId:\"proj_demo\",changes:[{screenId:\"1\",x:1e8,y:0,isPinned:true,isLocked:false,baseRevision:0}]}",
    "INVALID", "input.changes.0" },
  { "canvas-of-b", "arrangeCanvas", "{projectId:\"proj_b\",changes:[{screenId:\"1\",x:1,y:0,isPinned:true,isLocked:false,baseRevision:0}]}",
    "NOT_FOUND", "input.projectId" },
  { "retention-of-b", "setRetention", "{projectId:\"proj_b\",kind:EVENTS,maxDays:1}", "NOT_FOUND", "input.projectId" },
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
  { "rotate-missing-key", "rotateApiKey", "{projectId:\"proj_demo\",id:\"999999\"}", "NOT_FOUND", "input.id" },
  { "rotate-key-of-b", "rotateApiKey", "{projectId:\"proj_demo\",id:\"{KEY_B}\"}", "NOT_FOUND", "input.id" },
  { "rotate-for-ever", "rotateApiKey", "{projectId:\"proj_demo\",id:\"1\",overlapSeconds:99999999}", "INVALID", "input.overlapSeconds" },
  { "limit-key-of-b", "limitApiKey", "{projectId:\"proj_demo\",id:\"{KEY_B}\"}", "NOT_FOUND", "input.id" },
  { "limit-below-nothing", "limitApiKey", "{projectId:\"proj_demo\",id:\"1\",eventsPerSecond:-2}", "INVALID", "input.eventsPerSecond" },
  { "no-origin", "setOrigins", "{projectId:\"proj_demo\",origins:[\"shop.example\"]}", "INVALID", "input.origins" },
  { "origins-of-b", "setOrigins", "{projectId:\"proj_b\",origins:[]}", "NOT_FOUND", "input.projectId" },
  { "person-of-b", "deletePerson", "{projectId:\"proj_b\",id:\"x\"}", "NOT_FOUND", "input.projectId" },
  { "nobody", "anonymisePerson", "{projectId:\"proj_demo\",id:\"nobody\"}", "NOT_FOUND", "input.id" },
  { "export-nobody", "exportPerson", "{projectId:\"proj_demo\",id:\"nobody\"}", "NOT_FOUND", "input.id" },
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
  { "thread-of-b", "addCommentThread", "{projectId:\"proj_b\",x:1,y:1,body:\"x\"}", "NOT_FOUND", "input.projectId" },
  { "thread-without-text", "addCommentThread", "{projectId:\"proj_demo\",x:1,y:1,body:\"\"}", "INVALID", "input.body" },
  { "thread-without-place", "addCommentThread", "{projectId:\"proj_demo\",body:\"x\"}", "INVALID", "input.screenId" },
  { "reply-to-nothing", "addComment", "{projectId:\"proj_demo\",threadId:\"999999\",body:\"x\"}", "NOT_FOUND", "input.threadId" },
  { "reply-to-a-word", "addComment", "{projectId:\"proj_demo\",threadId:\"x\",body:\"x\"}", "NOT_FOUND", "input.threadId" },
  { "edit-missing-comment", "editComment", "{projectId:\"proj_demo\",id:\"999999\",body:\"x\"}", "NOT_FOUND", "input.id" },
  { "delete-missing-comment", "deleteComment", "{projectId:\"proj_demo\",id:\"999999\"}", "NOT_FOUND", "input.id" },
  { "resolve-missing-thread", "resolveCommentThread", "{projectId:\"proj_demo\",threadId:\"999999\"}", "NOT_FOUND", "input.threadId" },
  { "read-missing-thread", "markCommentThreadRead", "{projectId:\"proj_demo\",threadId:\"999999\"}", "NOT_FOUND", "input.threadId" },
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
  g_autoptr (JsonNode) response = directory_ask (fixture->admin_a, document);
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
      variables = g_strdup_printf ("{\"i\":{\"projectId\":\"proj_demo\",\"id\":\"large\",\"name\":\"l\",\"steps\":[%s],\"transitions\":[%s]}}",
                                   steps->str, links->str);
      response = api_query (fixture, NULL, "mutation($i:CreateJourneyInput!){createJourney(input:$i){journey{id} errors{code message field}}}", variables);
      if (over == 0)
        {
          g_autoptr (JsonNode) removed = directory_ask (fixture->editor_a, "mutation{deleteJourney(input:{projectId:\"proj_demo\",id:\"large\"})"
                                                                           "{deletedJourneyId}}");
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
  g_autoptr (JsonNode) read = directory_ask (fixture->viewer_a, "{project(id:\"proj_demo\"){journey(id:\"design\"){updatedAt}}}");
  g_autoptr (JsonNode) first = NULL, second = NULL, third = NULL;
  g_autofree char *before = json_dup_at (read, "data.project.journey.updatedAt"), *after = NULL;

  directory_keep ("{READ}", read, "data.project.journey.updatedAt");
  first = directory_ask (fixture->editor_a, change);
  after = json_dup_at (first, "data.updateJourney.journey.updatedAt");
  g_assert_cmpstr (after, >, before);
  second = directory_ask (fixture->editor_a, change);
  assert_refused (second, "updateJourney", "CONFLICT", "input.updatedAt");
  directory_keep ("{READ}", first, "data.updateJourney.journey.updatedAt");
  third = directory_ask (fixture->editor_a, change);
  g_free (after);
  after = json_dup_at (third, "data.updateJourney.errors");
  g_assert_cmpstr (after, ==, "[]");
}

/* Mutations of one request run one after the other, and each sees what was done. */
static void
test_serial_order (void)
{
  g_autoptr (JsonNode) response = directory_ask (fixture->admin_a, "mutation{a:createProject(input:{id:\"serial\",name:\"One\"}){project{name}} "
                                                                   "b:updateProject(input:{id:\"serial\",name:\"Two\"}){project{name}} "
                                                                   "c:createProject(input:{id:\"serial\",name:\"Three\"}){project{name} errors{code}} "
                                                                   "d:deleteProject(input:{id:\"serial\",confirmName:\"Two\"})"
                                                                   "{deletedProjectId errors{message}}}");
  g_autofree char *text = json_to_string (response, FALSE);

  g_assert_cmpstr (text, ==, "{\"data\":{\"a\":{\"project\":{\"name\":\"One\"}},\"b\":{\"project\":{\"name\":\"Two\"}},"
                             "\"c\":{\"project\":null,\"errors\":[{\"code\":\"CONFLICT\"}]},\"d\":{\"deletedProjectId\":\"serial\",\"errors\":[]}}}");
}

/* Who did what, on one line. */
static void
test_log (void)
{
  g_string_truncate (directory_log, 0);
  directory_do ("mutation{createProject(input:{id:\"logged\",name:\"L\"}){project{id} errors{message}}}");
  g_assert_nonnull (strstr (directory_log->str, fixture->a->organisation->uuid));
  g_assert_nonnull (strstr (directory_log->str, ": test: created the project logged\n"));
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  fixture = directory_fixture_new ();
  g_test_add_func ("/api/mutations/all-are-tried", test_all_are_tried);
  g_test_add_func ("/api/mutations/roles", test_roles);
  g_test_add_func ("/api/mutations/ingest-key", test_ingest_key);
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *path = g_strconcat ("/api/mutations/refusal/", refusals[i].name, NULL);

      g_test_add_data_func (path, &refusals[i], test_refusal);
    }
  g_test_add_func ("/api/mutations/large-journeys", test_large_journeys);
  g_test_add_func ("/api/mutations/journey-changed-meanwhile", test_journey_changed_meanwhile);
  g_test_add_func ("/api/mutations/serial-order", test_serial_order);
  g_test_add_func ("/api/mutations/log", test_log);
  status = g_test_run ();
  directory_fixture_free ();
  return status;
}
