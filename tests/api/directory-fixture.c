#include "config.h"
#include "api/directory-fixture.h"

GString *directory_log;

static ApiFixture *fixture;
static GHashTable *placeholders; /* "{MEMBER}" -> value */

char *
directory_expand (const char *text)
{
  g_autoptr (GString) out = g_string_new (text);
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, placeholders);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_string_replace (out, name, value, 0);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

void
directory_keep (const char *name, JsonNode *response, const char *path)
{
  g_hash_table_replace (placeholders, g_strdup (name), json_dup_at (response, path));
}

JsonNode *
directory_ask (const char *token, const char *document)
{
  g_autofree char *expanded = directory_expand (document), *headers = g_strdup_printf ("Authorization: Bearer %s\r\n", token);

  return api_query (fixture, headers, expanded, NULL);
}

void
directory_do (const char *document)
{
  g_autoptr (JsonNode) response = directory_ask (fixture->admin_a, document);
  g_autofree char *text = json_to_string (response, FALSE);

  g_test_message ("%s", text);
  assert_no_errors (response);
  g_assert_nonnull (strstr (text, "\"errors\":[]"));
}

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      {
        static GMutex lock;

        g_mutex_lock (&lock);
        g_string_append_printf (directory_log, "%s\n", (const char *) fields[i].value);
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
  /* clang-format off */
  static const char body[] = "{\"events\":["
    "{\"event_id\":\"j1\",\"project_id\":\"proj_demo\",\"session.id\":\"s\",\"event.type\":\"page.view\",\"event.timestamp\":\"2026-11-22T00:00:00Z\","
    "\"page.path\":\"/s/1\",\"gen_ai.journey.id\":\"observed\",\"gen_ai.journey.step.id\":\"s1\"},"
    "{\"event_id\":\"j2\",\"project_id\":\"proj_demo\",\"session.id\":\"s\",\"event.type\":\"x\",\"event.timestamp\":\"2026-11-22T00:00:01Z\","
    "\"gen_ai.journey.id\":\"observed\",\"gen_ai.journey.step.id\":\"s2\"},"
    "{\"event_id\":\"j3\",\"project_id\":\"proj_demo\",\"session.id\":\"s\",\"event.type\":\"x\",\"event.timestamp\":\"2026-11-22T00:00:02Z\","
    "\"gen_ai.journey.id\":\"both\"}]}";
  /* clang-format on */
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
  admin = directory_ask (fixture->admin_a, "mutation{addMember(input:{email:\"admin@example.org\",role:ADMIN}){member{id}}}");
  viewer = directory_ask (fixture->admin_a, "mutation{addMember(input:{email:\"viewer@example.org\",role:VIEWER}){member{id}}}");
  directory_keep ("{ADMIN}", admin, "data.addMember.member.id");
  directory_keep ("{VIEWER}", viewer, "data.addMember.member.id");
  directory_do ("mutation{createJourney(input:{projectId:\"proj_demo\",name:\"Design\",steps:[{id:\"cart\",name:\"Cart\"},{id:\"pay\",name:\"Pay\"}],"
                "transitions:[{from:\"cart\",to:\"pay\"}]}){journey{id} errors{message}}}");
  directory_do ("mutation{createJourney(input:{projectId:\"proj_demo\",id:\"both\",name:\"Design\",steps:[]}){journey{id} errors{message}}}");
  directory_do ("mutation{createApiKey(input:{projectId:\"proj_demo\"}){key{id} errors{message}}}");
  for (int i = 0; i < 5; i++)
    {
      g_autofree char *document = g_strdup_printf ("mutation{createProject(input:{id:\"page%d\",name:\"%s page.d\"}){project{id} errors{message}}}", i,
                                                   i < 3 ? "Same" : "same");

      directory_do (document);
    }
}

ApiFixture *
directory_fixture_new (void)
{
  directory_log = g_string_new (NULL);
  g_log_set_writer_func (write_log, NULL, NULL);
  placeholders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  fixture = api_fixture_new ();
  fill ();
  return fixture;
}

void
directory_fixture_free (void)
{
  api_fixture_free (fixture);
  g_hash_table_unref (placeholders);
}
