#include "config.h"

#include "api/directory-fixture.h"

#include <string.h>

/* Members, tokens, keys and journeys through the API: who sees them, page by page, and what becomes of secrets. */

static ApiFixture *fixture;

/* What a viewer may not see is null, with an error at that field; the rest is there. */
static void
test_viewer_sees_the_rest (void)
{
  static const char question[] = "{viewer{name role projectId} organisation{name members{nodes{email}} tokens{nodes{prefix}}} "
                                 "project(id:\"proj_demo\"){name keys{nodes{prefix}}}}";
  g_autoptr (JsonNode) viewer = directory_ask (fixture->viewer_a, question), admin = directory_ask (fixture->admin_a, question);
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
  g_autoptr (JsonNode) steps = directory_ask (fixture->viewer_a, "{project(id:\"proj_demo\"){journey(id:\"observed\")"
                                                                 "{name steps{id name place screenPath} transitions{from}}}}");
  g_autofree char *text = json_dup_at (steps, "data.project.journey");

  g_assert_cmpstr (text, ==, "{\"name\":\"observed\",\"steps\":[{\"id\":\"s1\",\"name\":\"s1\",\"place\":1,\"screenPath\":\"/s/:id\"},"
                             "{\"id\":\"s2\",\"name\":\"s2\",\"place\":2,\"screenPath\":null}],\"transitions\":[]}");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *document = g_strdup_printf ("{project(id:\"proj_demo\"){journey(%s){kind}}}", rows[i].arguments);
      g_autoptr (JsonNode) response = directory_ask (fixture->viewer_a, document);
      g_autofree char *kind = json_dup_at (response, "data.project.journey.kind");

      assert_no_errors (response);
      g_assert_cmpstr (kind != NULL ? kind : "", ==, rows[i].kind);
    }
}

static char *
make_token (const char *input)
{
  g_autofree char *document = g_strdup_printf ("mutation{createAccessToken(input:%s){secret token{id} errors{message}}}", input);
  g_autoptr (JsonNode) response = directory_ask (fixture->admin_a, document);

  assert_no_errors (response);
  directory_keep ("{TOKEN}", response, "data.createAccessToken.token.id");
  return json_dup_at (response, "data.createAccessToken.secret");
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

/* Good at once, seen once, and ended at once, though it is remembered. */
static void
test_credentials_end (void)
{
  g_autofree char *service = make_token ("{role:VIEWER,label:\"robot\"}"), *shown = NULL, *key = NULL;
  g_autoptr (JsonNode) list = NULL, made = NULL;

  g_assert_true (g_str_has_prefix (service, "pgt_"));
  g_assert_cmpuint (use_token (service), ==, 200);
  list = directory_ask (fixture->admin_a, "{organisation{tokens(first:100){nodes{id label prefix}}}}");
  shown = json_to_string (list, FALSE);
  g_assert_null (strstr (shown, service));
  g_assert_nonnull (strstr (shown, "robot"));
  directory_do ("mutation{revokeAccessToken(input:{id:\"{TOKEN}\"}){token{revokedAt} errors{message}}}");
  g_assert_cmpuint (use_token (service), ==, 401);
  directory_do ("mutation{revokeAccessToken(input:{id:\"{TOKEN}\"}){token{revokedAt} errors{message}}}"); /* stays as it is */

  made = directory_ask (fixture->admin_a, "mutation{createApiKey(input:{projectId:\"proj_demo\",label:\"k\"}){secret key{id}}}");
  key = json_dup_at (made, "data.createApiKey.secret");
  directory_keep ("{KEY}", made, "data.createApiKey.key.id");
  g_assert_true (g_str_has_prefix (key, "pgk_"));
  g_assert_cmpuint (use_key (key), <, 400);
  directory_do ("mutation{revokeApiKey(input:{projectId:\"proj_demo\",id:\"{KEY}\"}){key{revokedAt} errors{message}}}");
  g_assert_cmpuint (use_key (key), ==, 401);
  g_assert_null (strstr (directory_log->str, service));
  g_assert_null (strstr (directory_log->str, key));
}

/* A member's tokens are at most what he is, and end with him. */
static void
test_tokens_follow_their_member (void)
{
  static const char create[] = "mutation{createProject(input:{name:\"By a member\"}){project{id} errors{code}}}";
  g_autoptr (JsonNode) added = directory_ask (fixture->admin_a, "mutation{addMember(input:{email:\"eve@example.org\",name:\"Eve\",role:EDITOR}){member{id}}}");
  g_autoptr (JsonNode) who = NULL, refused = NULL, list = NULL;
  g_autofree char *token = NULL, *name = NULL, *text = NULL;

  directory_keep ("{EVE}", added, "data.addMember.member.id");
  { g_autofree char *input = directory_expand ("{role:EDITOR,memberId:\"{EVE}\"}"); token = make_token (input); }
  who = directory_ask (token, "{viewer{name role}}");
  name = json_dup_at (who, "data.viewer");
  g_assert_cmpstr (name, ==, "{\"name\":\"Eve\",\"role\":\"EDITOR\"}");
  directory_do ("mutation{updateMember(input:{id:\"{EVE}\",role:VIEWER}){member{role} errors{message}}}");
  refused = directory_ask (token, create);
  g_free (name);
  name = json_dup_at (refused, "data.createProject.errors.0.code");
  g_assert_cmpstr (name, ==, "FORBIDDEN");
  directory_do ("mutation{updateMember(input:{id:\"{EVE}\",role:ADMIN}){member{role} errors{message}}}"); /* what was lowered stays so */
  g_clear_pointer (&refused, json_node_unref);
  refused = directory_ask (token, create);
  g_free (name);
  name = json_dup_at (refused, "data.createProject.errors.0.code");
  g_assert_cmpstr (name, ==, "FORBIDDEN");
  directory_do ("mutation{removeMember(input:{id:\"{EVE}\"}){removedMemberId errors{message}}}");
  g_assert_cmpuint (use_token (token), ==, 401);
  list = directory_ask (fixture->admin_a, "{organisation{tokens(first:100){nodes{id member{id} revokedAt}}}}");
  text = json_to_string (list, FALSE);
  {
    g_autofree char *revoked = directory_expand ("{\"id\":\"{TOKEN}\",\"member\":null,\"revokedAt\":\"20");

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
      g_autoptr (JsonNode) response = directory_ask (fixture->admin_a, document);

      text = json_dup_at (response, "data.addMember");
      want = g_strdup_printf ("{\"member\":{\"email\":\"%s\",\"name\":null,\"role\":\"VIEWER\"},\"errors\":[]}", addresses[i]);
      g_assert_cmpstr (text, ==, want);
    }
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM membership m JOIN account a USING (account_id) "
                                      "WHERE lower(a.email) = 'member@b.example.org'"), ==, 2);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  fixture = directory_fixture_new ();
  g_test_add_func ("/api/directory/journey-kinds", test_journey_kinds);
  g_test_add_func ("/api/directory/viewer-sees-the-rest", test_viewer_sees_the_rest);
  g_test_add_func ("/api/directory/pages", test_pages);
  g_test_add_func ("/api/directory/bad-cursors", test_bad_cursors);
  g_test_add_func ("/api/directory/credentials-end", test_credentials_end);
  g_test_add_func ("/api/directory/tokens-follow-their-member", test_tokens_follow_their_member);
  g_test_add_func ("/api/directory/accounts-are-apart", test_accounts_are_apart);
  status = g_test_run ();
  directory_fixture_free ();
  return status;
}
