#include "config.h"

#include "service/event-writer.h"
#include "service/pdg-commands-people.h"

#include <string.h>

/* What a person may ask for, with people who share devices and sessions and are written of everywhere: what is deleted is gone, what
 * is anonymous is counted as before, and no id of the person is left in any column of any table of the organisation. */

#define ALICE "alice@example.org"
#define ALICE_OLD "alice-old-4711"
#define DEVICE "dev-5f3a9c77"
#define DEVICE_2 "dev-88e1b0aa"
#define BOB "bob-000042"

static PdgDbConn *owner;
static PdgHub *hub;
static PdgIngest *ingest;
static gint64 base_usec;

typedef struct
{
  const char *session;
  int second;
  const char *type;
  const char *more;
} Event;

#define ANON(id) ",\"anonymous.id\":\"" id "\""
#define USER(id) ",\"user.id\":\"" id "\""
#define PAGE(path) ",\"page.path\":\"" path "\""
#define META(json) ",\"metadata\":{" json "}"

static const Event events[] = {
  { "s-a1-" DEVICE, 1, "page.view", ANON (DEVICE) PAGE ("/") },
  { "s-a1-" DEVICE, 2, "page.view", ANON (DEVICE) PAGE ("/cart") ",\"page.title\":\"Cart of " ALICE "\"" },
  { "s-a1-" DEVICE, 3, "error", ANON (DEVICE) ",\"error.message\":\"no mail for " ALICE "\"" },
  { "s-a2", 10, "identify", USER (ALICE) ANON (DEVICE) META ("\"traits\":{\"email\":\"alice.private@example.net\",\"name\":\"Alice\"}") },
  { "s-a2", 11, "page.view", USER (ALICE) PAGE ("/people/" ALICE) META ("\"note\":\"" ALICE "\"") ",\"page.url\":\"https://x.example/?u=alice%40example.org\"" },
  { "s-a2", 12, "page.view", PAGE ("/checkout") },
  { "s-a3", 20, "alias", USER (ALICE) META ("\"alias\":\"" ALICE_OLD "\"") },
  { "s-a4", 21, "page.view", USER (ALICE_OLD) ANON (DEVICE_2) PAGE ("/help") ",\"performance.lcp_ms\":100" },
  { "s-a4", 22, "performance", USER (ALICE_OLD) ",\"performance.lcp_ms\":1200" PAGE ("/help") },
  { "s-a4", 23, "group", USER (ALICE_OLD) META ("\"group_type\":\"company\",\"group_id\":\"acme\",\"traits\":{\"owner\":\"" ALICE "\"}") },
  { "s-b1", 30, "page.view", USER (BOB) ANON (DEVICE) PAGE ("/") },
  { "s-b1", 31, "page.view", USER (BOB) PAGE ("/cart") META ("\"invited_by\":\"" ALICE "\"") },
  { "s-b1", 32, "page.view", USER (ALICE) PAGE ("/cart") }, /* she came by */
  { "s-b1", 33, "page.view", USER (BOB) PAGE ("/checkout") },
  { "s-b2", 40, "identify", USER (BOB) META ("\"traits\":{\"friend\":\"" ALICE "\",\"shoes\":42}") },
  { "s-b2", 41, "page.view", USER (BOB) PAGE ("/people/" ALICE) },
};

static const char *const needles[] = { ALICE, "alice%40example.org", ALICE_OLD, DEVICE, DEVICE_2, "alice.private@example.net", "Alice" };

static void
send_events (Tenant *tenant)
{
  GString *out = body_new ();
  g_autofree char *body = NULL;
  g_auto (Verdict) verdict = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (events); i++)
    {
      g_autofree char *id = g_strdup_printf ("%s-%" G_GSIZE_FORMAT, i % 2 == 0 ? ALICE : "event", i);

      body_add (out, tenant->project->id, id, events[i].session, events[i].type, base_usec + events[i].second * G_USEC_PER_SEC, "%s", events[i].more);
    }
  body = body_finish (out);
  fixture_store (ingest, tenant->admin, body, &verdict);
  assert_stored (verdict, G_N_ELEMENTS (events), 0, 0);
}

/* Where a text is found: "table.column ". The statement is made by the database from its own catalogue. */
static char *
scan (Tenant *tenant, const char *needle)
{
  g_auto (GStrv) parts = g_strsplit (needle, "%", -1);
  g_autofree char *in_format = g_strjoinv ("%%", parts);
  g_autofree char *make = g_strdup_printf (
      "SELECT 'SELECT coalesce(string_agg(place, '' ''), '''') FROM (' || string_agg(format('SELECT %%L AS place WHERE EXISTS "
      "(SELECT FROM %%I WHERE org_id = %1$d "
      "AND ' || CASE WHEN a.atttypid = 'bytea'::regtype THEN 'position(convert_to(''%2$s'', ''UTF8'') IN %%I) > 0' "
      "ELSE 'strpos(lower(%%I::text), lower(''%2$s'')) > 0' END || ')', c.relname || '.' || a.attname, c.relname, a.attname), ' UNION ALL ') || ') x' "
      "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = 'productgraph'::regnamespace "
      "AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped "
      "AND EXISTS (SELECT FROM pg_attribute o WHERE o.attrelid = c.oid AND o.attname = 'org_id' AND NOT o.attisdropped)",
      tenant->organisation->org_no, in_format);
  g_autofree char *sql = fixture_text (owner, make);

  g_assert_cmpuint (strlen (sql), >, 10000);
  return fixture_text (owner, sql);
}

static void
assert_gone (Tenant *tenant)
{
  for (gsize i = 0; i < G_N_ELEMENTS (needles); i++)
    {
      g_autofree char *found = scan (tenant, needles[i]);

      if (*found != '\0')
        g_test_message ("%s is in %s", needles[i], found);
      g_assert_cmpstr (found, ==, "");
    }
}

/* The numbers that reports are made of. */
static char *
dup_totals (Tenant *tenant)
{
  gint32 project_no = tenant->project->project_no;
  g_autoptr (PdgDbConn) reader = fixture_open (pdg_test_cluster_get_server_uri (), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgQueries) queries = pdg_queries_begin (reader, tenant->admin, 0, &error);
  g_autoptr (PdgJourneyGraph) graph = fixture_load_graph (queries, project_no, G_MININT64, G_MAXINT64);
  guint n_screens, n_transitions;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n_screens);
  const PdgJourneyTransition *transitions = pdg_journey_graph_get_transitions (graph, &n_transitions);
  g_autofree char *sql = g_strdup_printf (
    "SELECT (SELECT count(*) FROM event WHERE project_id = %1$d) || ' ' || (SELECT string_agg(concat_ws(',', s.session_no, s.events, s.page_views, "
    "s.errors, s.started_at, s.ended_at, s.entry_screen_no, s.exit_screen_no, s.release_no, s.actor_no, a.kind), ';' ORDER BY s.session_no) FROM session s "
    "JOIN actor a USING (project_id, actor_no) WHERE s.project_id = %1$d AND s.events > 0) || ' ' || (SELECT count(DISTINCT actor_no) FROM session "
    "WHERE project_id = %1$d AND events > 0)", project_no);
  GString *out = g_string_new (NULL);
  g_autofree char *text = fixture_text (owner, sql);

  g_assert_no_error (error);
  g_string_append_printf (out, "%s graph %d sessions %d events", text, (int) pdg_journey_graph_get_n_sessions (graph),
                          (int) pdg_journey_graph_get_n_events (graph));
  for (guint i = 0; i < n_screens; i++)
    g_string_append_printf (out, " %s:%u,%u,%u,%.0f", screens[i].id, screens[i].visits, screens[i].entries, screens[i].exits, screens[i].load_p75_ms);
  for (guint i = 0; i < n_transitions; i++)
    g_string_append_printf (out, " %s>%s:%u,%.0f", screens[transitions[i].from].id, screens[transitions[i].to].id, transitions[i].count,
                            transitions[i].dwell_median_ms);
  return g_string_free (out, FALSE);
}

static Tenant *
make_tenant (const char *name)
{
  Tenant *tenant = tenant_new (NULL, name, "proj_people");

  send_events (tenant);
  for (gsize i = 0; i < G_N_ELEMENTS (needles); i++) /* the scan can see */
    {
      g_autofree char *found = scan (tenant, needles[i]);

      g_assert_cmpstr (found, !=, "");
    }
  return tenant;
}

static void
check_anonymise (const char *id, const char *name)
{
  g_autoptr (Tenant) tenant = make_tenant (name);
  g_autoptr (Tenant) other = make_tenant ("Other");
  PdgPersonKey person = { tenant->project->id, id, -1 };
  g_autofree char *before = dup_totals (tenant), *others = dup_totals (other);
  g_autofree char *after = NULL, *later = NULL, *seen = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgPersonRequest) request = pdg_commands_erase_person (owner, tenant->admin, &person, TRUE, 0, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (request->kind, ==, "anonymise");
  g_assert_cmpint (request->events, ==, 11);
  g_assert_cmpint (request->sessions, ==, 4);
  g_assert_cmpint (request->done_usec, !=, PDG_TIME_NONE);
  assert_gone (tenant);
  after = dup_totals (tenant);
  g_assert_cmpstr (after, ==, before);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM actor WHERE org_id = %d AND id = '%s'", tenant->organisation->org_no, request->pseudonym), ==, 1);
  /* what is no id of hers stays, and so does everybody else */
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM identity_trait WHERE org_id = %d AND name = 'shoes' AND value = '42'",
                                     tenant->organisation->org_no), ==, 1);
  later = dup_totals (other);
  g_assert_cmpstr (later, ==, others);
  seen = scan (other, ALICE);
  g_assert_cmpstr (seen, !=, "");
  /* a second time there is nobody */
  g_clear_pointer (&request, pdg_person_request_free);
  request = pdg_commands_erase_person (owner, tenant->admin, &person, TRUE, 0, &error);
  g_assert_null (request);
  g_assert_error (error, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_NOT_FOUND);
}

static void
test_anonymise (void)
{
  check_anonymise (ALICE, "Anonymise");
}

static void
test_anonymise_by_device (void)
{
  check_anonymise (DEVICE_2, "By device");
}

static void
test_delete (void)
{
  g_autoptr (Tenant) tenant = make_tenant ("Delete");
  PdgPersonKey person = { tenant->project->id, ALICE, 2 };
  gint32 org_no = tenant->organisation->org_no;
  g_autofree char *left = NULL, *recordings = NULL;
  g_autofree char *record = g_strdup_printf ("INSERT INTO replay_chunk (org_id, project_id, session_id, chunk_key, started_at, ended_at, events, bytes) "
                                             "SELECT org_id, project_id, id, gen_random_uuid(), now(), now(), 1, '' FROM session WHERE org_id = %d", org_no);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgPersonRequest) request = NULL;

  pdg_test_cluster_run_sql (record);
  request = pdg_commands_erase_person (owner, tenant->admin, &person, FALSE, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (request->events, ==, 11);
  recordings = fixture_text (owner, "SELECT string_agg(c.session_id, '|' ORDER BY c.session_id) FROM replay_chunk c JOIN organisation o USING (org_id) "
                                    "WHERE o.name = 'Delete'");
  g_assert_cmpstr (recordings, ==, "s-b1|s-b2");
  assert_gone (tenant);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event WHERE org_id = %d", org_no), ==, G_N_ELEMENTS (events) - 11);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM actor WHERE org_id = %d AND id LIKE 'anonymised%%'", org_no), ==, 0);
  /* his session has only his events now */
  left = fixture_text (owner, "SELECT string_agg(concat_ws(' ', s.id, s.events, s.page_views, a.id), '|' ORDER BY s.id) FROM session s "
                              "JOIN actor a USING (project_id, actor_no) JOIN organisation o ON o.org_id = s.org_id WHERE o.name = 'Delete'");
  g_assert_cmpstr (left, ==, "s-b1 3 3 " BOB "|s-b2 2 1 " BOB);
}

/* Who comes again under the same id is somebody new, also for a writer that remembers. */
static void
test_comes_again (void)
{
  static const char again_sql[] =
    "SELECT string_agg(concat_ws(' ', s.id, s.events, a.id), '|' ORDER BY s.id) FROM session s JOIN actor a USING (project_id, actor_no) "
    "JOIN organisation o ON o.org_id = s.org_id WHERE o.name = 'Again' AND s.id LIKE 's-a%'";
  g_autoptr (Tenant) tenant = make_tenant ("Again");
  PdgPersonKey person = { tenant->project->id, ALICE, 2 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgPersonRequest) request = pdg_commands_erase_person (owner, tenant->admin, &person, TRUE, 0, &error);
  GString *out = body_new ();
  g_autofree char *body = NULL, *text = NULL;
  g_auto (Verdict) verdict = { 0 };

  g_assert_no_error (error);
  body_add (out, "proj_people", "again-1", "s-a2", "page.view", base_usec + 100 * G_USEC_PER_SEC, "%s", USER (ALICE) ANON (DEVICE));
  body_add (out, "proj_people", "again-2", "s-a9", "page.view", base_usec + 101 * G_USEC_PER_SEC, "%s", ANON (DEVICE));
  body = body_finish (out);
  fixture_store (ingest, tenant->admin, body, &verdict);
  assert_stored (verdict, 2, 0, 0);
  text = fixture_text (owner, again_sql);
  g_assert_cmpstr (text, ==, "s-a2 1 " ALICE "|s-a9 1 " ALICE);
}

static gboolean
line_cb (const char *line, gpointer user_data)
{
  g_string_append_printf (user_data, "%s\n", line);
  return TRUE;
}

static guint
count_text (const char *text, const char *part)
{
  guint n = 0;

  for (const char *p = strstr (text, part); p != NULL; p = strstr (p + 1, part))
    n++;
  return n;
}

static void
test_export (void)
{
  g_autoptr (Tenant) tenant = make_tenant ("Export");
  PdgPersonKey person = { tenant->project->id, DEVICE, -1 }, nobody = { tenant->project->id, "nobody", -1 };
  g_autoptr (GString) all = g_string_new (NULL), paged = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (pdg_commands_export_person (owner, tenant->admin, &person, 0, 1000000, line_cb, all, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_text (all->str, "{\"type\" : \"person\""), ==, 1);
  g_assert_cmpuint (count_text (all->str, "{\"type\" : \"session\""), ==, 4);
  g_assert_cmpuint (count_text (all->str, "{\"type\" : \"event\""), ==, 11);
  for (gsize i = 0; i < G_N_ELEMENTS (needles); i++)
    g_assert_nonnull (strstr (all->str, needles[i]));
  g_assert_null (strstr (all->str, BOB));
  for (gint64 skip = 0; skip < 16; skip += 3)
    g_assert_true (pdg_commands_export_person (owner, tenant->admin, &person, skip, 3, line_cb, paged, &error));
  g_assert_cmpstr (paged->str, ==, all->str);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM person_request WHERE org_id = %d AND kind = 'export'", tenant->organisation->org_no), ==, 2);
  g_assert_false (pdg_commands_export_person (owner, tenant->admin, &nobody, 0, 10, line_cb, paged, &error));
  g_assert_error (error, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_NOT_FOUND);
}

/* Cut off after the first step: nobody is found any more, and the rest is done later. */
static void
test_cut_off (void)
{
  g_autoptr (Tenant) tenant = make_tenant ("Cut off");
  g_autofree char *before = dup_totals (tenant), *after = NULL;
  g_autoptr (PdgDbTx) tx = NULL;
  g_autoptr (GError) error = NULL;
  gint32 request_no = 0;

  tx = pdg_db_tx_begin (owner, tenant->admin, PDG_DB_TX_READ_WRITE, &error);
  g_assert_true (pdg_store_begin_erasure (tx, tenant->project->project_no, ALICE, -1, TRUE, "test", &request_no, &error));
  g_assert_true (pdg_db_tx_commit (tx, &error));
  g_clear_pointer (&tx, pdg_db_tx_free);
  g_assert_cmpint (request_no, >, 0);
  g_assert_true (pdg_commands_finish_erasure (owner, tenant->admin, request_no, &error));
  g_assert_no_error (error);
  assert_gone (tenant);
  after = dup_totals (tenant);
  g_assert_cmpstr (after, ==, before);
}

static void
test_roles (void)
{
  g_autoptr (Tenant) tenant = make_tenant ("Roles");
  g_autoptr (PdgPrincipal) editor = pdg_principal_new (tenant->organisation->uuid, tenant->organisation->org_no, PDG_ROLE_EDITOR, 0, "editor");
  PdgPersonKey person = { tenant->project->id, ALICE, -1 };
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (pdg_commands_erase_person (owner, editor, &person, FALSE, 0, &error));
  g_assert_error (error, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  g_assert_false (pdg_commands_export_person (owner, editor, &person, 0, 10, line_cb, out, &error));
  g_assert_error (error, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_FORBIDDEN);
  g_assert_cmpuint (out->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  fixture_migrate (pdg_test_cluster_get_owner_uri ());
  owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  hub = pdg_hub_new ();
  ingest = fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, hub, 1000, 1000);
  base_usec = g_get_real_time () - G_TIME_SPAN_HOUR;
  g_test_add_func ("/service/people/anonymise", test_anonymise);
  g_test_add_func ("/service/people/anonymise-by-device", test_anonymise_by_device);
  g_test_add_func ("/service/people/delete", test_delete);
  g_test_add_func ("/service/people/comes-again", test_comes_again);
  g_test_add_func ("/service/people/export", test_export);
  g_test_add_func ("/service/people/cut-off", test_cut_off);
  g_test_add_func ("/service/people/roles", test_roles);
  status = g_test_run ();
  pdg_ingest_free (ingest);
  pdg_hub_unref (hub);
  pdg_db_conn_free (owner);
  return status;
}
