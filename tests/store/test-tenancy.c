#include "config.h"

#include "store/tenant-data.h"

#include <string.h>

/* A login of the database that may act for organisation A tries everything to see or change what belongs to B. What
 * cannot be kept from it: how large the tables are (pg_class, EXPLAIN ANALYZE), and that a project's number had new events
 * (LISTEN); neither tells what is in them. */

static Tenant *a, *b;
static char *key_b, *token_b, *untouched_b;
static char *login_uri, *idle_uri, *member_b, *design_b;

typedef enum
{
  DENIED, /* PDG_DB_ERROR_PERMISSION */
  FAILS,  /* any error */
  VALUE,  /* the last statement gives this */
} Outcome;

typedef struct
{
  const char *name;
  const char *sql; /* statements separated by ";;", each in a transaction of its own; the last one counts */
  Outcome outcome;
  const char *value;
} Attack;

#define ONE_EVENT(org, project)                                                                                                       \
  "SELECT count(*) FROM insert_events(ARRAY[now()], ARRAY[now()], ARRAY[" org "]::int4[], ARRAY[" project "]::int4[], ARRAY[1], ARRAY[1], " \
  "ARRAY[1], ARRAY[NULL]::int4[], ARRAY[1], ARRAY[4]::int2[], ARRAY[gen_random_uuid()], ARRAY['forged'], ARRAY[NULL]::text[], "       \
  "ARRAY[NULL]::text[], ARRAY[NULL]::text[], ARRAY['{}'], ARRAY[1])"
#define SESSION_DELTA(project)                                                                                                        \
  "SELECT apply_sessions(ARRAY[" project "]::int4[], ARRAY[1], ARRAY[1], ARRAY[7], ARRAY[7], ARRAY[7], ARRAY[now()], ARRAY[now()], ARRAY[1], ARRAY[now()], " \
  "ARRAY[1], ARRAY[1], ARRAY[now()], ARRAY[1], ARRAY[1], ARRAY[now()], ARRAY[1], ARRAY[2]::int2[], ARRAY[now()], now())::text"
#define SPY                                                                                                                          \
  "CREATE TEMP TABLE seen (t text);; CREATE FUNCTION pg_temp.spy(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS "           \
  "$$ BEGIN INSERT INTO pg_temp.seen VALUES ($1); RETURN true; END $$;; "
#define SEEN_B ";; SELECT count(*) FILTER (WHERE t LIKE '%b-%') || ' ' || (count(*) FILTER (WHERE t LIKE '%a-%') > 0) FROM seen"

static const Attack attacks[] = {
  /* talking one's way around the setting */
  { "set", "SET app.current_org_id = '{UUID_B}';; SELECT count(*) FROM event", VALUE, "0" },
  { "set-config", "SELECT set_config('app.current_org_id', '{UUID_B}', false);; SELECT count(*) FROM session", VALUE, "0" },
  { "set-local", "SELECT count(*) FROM set_config('app.current_org_id', '{UUID_B}', true) c, LATERAL (SELECT 1 FROM event WHERE c <> '') e",
    VALUE, "0" },
  { "set-current-org", "SELECT set_current_org('{UUID_B}')", DENIED, NULL },
  { "set-current-org-for-the-transaction", "SELECT set_current_org('{UUID_B}', true)", DENIED, NULL },
  { "refused-organisation-changes-nothing", "SELECT set_current_org('{UUID_A}');; SELECT count(*) FROM event", VALUE, "5" },
  { "set-role-ingest", "SET ROLE productgraph_ingest", DENIED, NULL },
  { "set-role-owner", "SET ROLE productgraph_owner", DENIED, NULL },
  { "set-role-server", "SET ROLE productgraph_server", DENIED, NULL },
  { "set-role-writer", "SET ROLE productgraph_writer", DENIED, NULL },
  { "set-session-authorization", "SET SESSION AUTHORIZATION productgraph_server", DENIED, NULL },
  { "set-role-app", "SET ROLE productgraph_app;; SET app.current_org_id = '{UUID_B}';; SELECT count(*) FROM event", VALUE, "0" },
  { "reset-role", "SET ROLE productgraph_app;; RESET ROLE;; SET app.current_org_id = '{UUID_B}';; SELECT count(*) FROM event", VALUE, "0" },
  { "row-security-off", "SET row_security = off;; SELECT count(*) FROM event", DENIED, NULL },
  { "row-security-off-session", "SET row_security = off;; SELECT count(*) FROM session", DENIED, NULL },
  { "my-organisations", "SELECT string_agg(id::text, ' ') FROM my_organisations()", VALUE, "{UUID_A}" },
  { "raw-events-of-another", "SELECT count(*) FROM event WHERE org_id = {ORG_B} OR project_id = {PROJECT_B}", VALUE, "0" },
  { "own-events", "SELECT count(*) FROM events", VALUE, "5" },
  /* going around the table */
  { "default-partition", "SELECT count(*) FROM event_default", DENIED, NULL },
  { "partition-of-today", "SELECT count(*) FROM event_{TODAY}", DENIED, NULL },
  { "grants", "SELECT count(*) FROM org_grant", DENIED, NULL },
  { "grant-oneself", "INSERT INTO org_grant (login) VALUES (session_user)", DENIED, NULL },
  { "counters", "SELECT count(*) FROM project_counter", DENIED, NULL },
  { "key-hash", "SELECT hash FROM api_key LIMIT 1", DENIED, NULL },
  { "key-row", "SELECT k FROM api_key k LIMIT 1", DENIED, NULL },
  { "token-hash", "SELECT hash FROM access_token LIMIT 1", DENIED, NULL },
  { "sequence", "SELECT last_value FROM project_project_id_seq", DENIED, NULL },
  { "statistics", "SELECT count(*) FROM pg_stats WHERE schemaname = 'productgraph' AND tablename IN ('session', 'screen', 'actor', 'term', "
                  "'project', 'organisation') OR tablename LIKE 'event%'", VALUE, "0" },
  { "raw-statistics", "SELECT count(*) FROM pg_statistic", DENIED, NULL },
  { "program", "COPY session TO PROGRAM 'cat'", DENIED, NULL },
  { "file", "COPY session TO '/tmp/session'", DENIED, NULL },
  /* changing the rules */
  { "disable-row-security", "ALTER TABLE event DISABLE ROW LEVEL SECURITY", DENIED, NULL },
  { "drop-policy", "DROP POLICY tenant ON session", DENIED, NULL },
  { "create-policy", "CREATE POLICY mine ON session USING (true)", DENIED, NULL },
  { "truncate", "TRUNCATE session", DENIED, NULL },
  { "take-role", "GRANT productgraph_ingest TO CURRENT_USER", DENIED, NULL },
  { "bypass", "ALTER ROLE CURRENT_USER BYPASSRLS", DENIED, NULL },
  { "trigger", "CREATE TRIGGER t AFTER INSERT ON term FOR EACH ROW EXECUTE FUNCTION observe_journey()", DENIED, NULL },
  /* writing for another */
  { "insert-event", "INSERT INTO event (ts, received_at, org_id, project_id, session_no, actor_no, term_no, flags, event_key) "
                    "VALUES (now(), now(), {ORG_B}, {PROJECT_B}, 1, 1, 1, 0, gen_random_uuid())", DENIED, NULL },
  { "insert-own-event-directly", "INSERT INTO event (ts, received_at, org_id, project_id, session_no, actor_no, term_no, flags, event_key) "
                                 "VALUES (now(), now(), {ORG_A}, {PROJECT_A}, 1, 1, 1, 0, gen_random_uuid())", DENIED, NULL },
  { "delete-events", "DELETE FROM event", DENIED, NULL },
  { "update-sessions", "UPDATE session SET events = 0", DENIED, NULL },
  { "insert-project", "INSERT INTO project (org_id, id, name) VALUES ({ORG_B}, 'forged', 'x')", DENIED, NULL },
  { "insert-project-without-organisation", "RESET app.current_org_id;; INSERT INTO project (org_id, id, name) VALUES ({ORG_A}, 'forged', 'x')",
    DENIED, NULL },
  { "choose-a-project-number", "INSERT INTO project (project_id, org_id, id, name) OVERRIDING SYSTEM VALUE VALUES ({PROJECT_B}, {ORG_A}, 'y', 'x')",
    DENIED, NULL },
  { "update-project", "UPDATE project SET name = 'forged' WHERE org_id = {ORG_B};; SELECT count(*) FROM project WHERE name = 'forged'", VALUE, "0" },
  { "move-project", "UPDATE project SET org_id = {ORG_B}", DENIED, NULL },
  { "delete-project", "DELETE FROM project WHERE project_id = {PROJECT_B}", DENIED, NULL },
  { "delete-project-by-function", "SELECT delete_project({PROJECT_B})", VALUE, "false" },
  { "delete-project-nowhere", "SELECT delete_project(999999)", VALUE, "false" },
  { "delete-project-as-set", "SET app.current_org_id = '{UUID_B}';; SELECT delete_project({PROJECT_B})", VALUE, "false" },
  { "delete-project-without-organisation", "RESET app.current_org_id;; SELECT delete_project({PROJECT_B})", VALUE, "false" },
  { "rename-organisation", "UPDATE organisation SET name = 'forged' WHERE org_id = {ORG_B};; SELECT count(*) FROM organisation WHERE name = 'forged'",
    VALUE, "0" },
  { "move-organisation", "UPDATE organisation SET id = '{UUID_B}'", DENIED, NULL },
  { "insert-key", "INSERT INTO api_key (org_id, project_id, prefix, hash) VALUES ({ORG_B}, {PROJECT_B}, 'x', sha256('x'))", DENIED, NULL },
  { "insert-key-for-project", "INSERT INTO api_key (org_id, project_id, prefix, hash) VALUES ({ORG_A}, {PROJECT_B}, 'x', sha256('x'))", FAILS, NULL },
  { "choose-a-key-number", "INSERT INTO api_key (key_id, org_id, project_id, prefix, hash) OVERRIDING SYSTEM VALUE "
                           "VALUES (1, {ORG_A}, {PROJECT_A}, 'x', sha256('x'))", DENIED, NULL },
  { "revoke-key", "UPDATE api_key SET revoked_at = now() WHERE org_id = {ORG_B};; SELECT count(*) FROM api_key WHERE org_id = {ORG_B}", VALUE, "0" },
  { "insert-token", "INSERT INTO access_token (org_id, role, prefix, hash) VALUES ({ORG_A}, 'admin', 'x', sha256('x'))", DENIED, NULL },
  { "insert-membership", "INSERT INTO membership (org_id, account_id, role) VALUES ({ORG_A}, 1, 'admin')", DENIED, NULL },
  { "update-membership", "UPDATE membership SET role = 'admin'", DENIED, NULL },
  { "delete-membership", "DELETE FROM membership", DENIED, NULL },
  { "account-number", "SELECT account_id FROM membership LIMIT 1", DENIED, NULL },
  { "accounts", "SELECT count(*) FROM account", DENIED, NULL },
  { "members-of-another", "SELECT count(*) FROM membership WHERE org_id = {ORG_B} OR email LIKE 'b@%'", VALUE, "0" },
  { "add-member", "SELECT add_member('x@example.org', '', 'viewer')", DENIED, NULL },
  { "add-member-as-set", "SET app.current_org_id = '{UUID_B}';; SELECT add_member('x@example.org', '', 'viewer')", DENIED, NULL },
  { "add-member-without-organisation", "RESET app.current_org_id;; SELECT add_member('x@example.org', '', 'viewer')", DENIED, NULL },
  { "update-member", "SELECT update_member('{MEMBER_B}', 'forged', 'admin')", DENIED, NULL },
  { "remove-member", "SELECT remove_member('{MEMBER_B}')", DENIED, NULL },
  { "lock-member", "SELECT lock_member({ORG_B}, '{MEMBER_B}', true)", DENIED, NULL },
  { "add-access-token", "SELECT add_access_token('{MEMBER_B}', 'viewer', 'x', 'x', sha256('x'), NULL)", DENIED, NULL },
  { "add-own-access-token", "SELECT add_access_token(NULL, 'admin', 'x', 'x', sha256('x'), NULL)", DENIED, NULL },
  { "assert-is-server", "SELECT assert_is_server()", DENIED, NULL },
  { "raise-token", "UPDATE access_token SET role = 'admin'", DENIED, NULL },
  { "take-token", "UPDATE access_token SET member_id = NULL", DENIED, NULL },
  { "revoke-token", "UPDATE access_token SET revoked_at = now() WHERE org_id = {ORG_B};; SELECT count(*) FROM access_token WHERE org_id = {ORG_B}",
    VALUE, "0" },
  { "revive-token", "UPDATE access_token SET revoked_at = '2026-01-01';; UPDATE access_token SET revoked_at = NULL;; "
                    "SELECT count(*) FROM access_token WHERE revoked_at IS NULL OR revoked_at <> '2026-01-01'", VALUE, "0" },
  { "revive-key", "UPDATE api_key SET revoked_at = '2026-01-01';; UPDATE api_key SET revoked_at = NULL;; "
                  "SELECT count(*) FROM api_key WHERE revoked_at IS NULL OR revoked_at <> '2026-01-01'", VALUE, "0" },
  { "insert-journey", "INSERT INTO journey (org_id, project_id, id, name, kind) VALUES ({ORG_B}, {PROJECT_B}, 'f', 'f', 'designed')", DENIED, NULL },
  { "insert-journey-for-project", "INSERT INTO journey (org_id, project_id, id, name, kind) VALUES ({ORG_A}, {PROJECT_B}, 'f', 'f', 'designed')",
    FAILS, NULL },
  { "update-journey", "UPDATE journey SET name = 'forged' WHERE org_id = {ORG_B};; SELECT count(*) FROM journey WHERE name = 'forged'", VALUE, "0" },
  { "insert-step", "INSERT INTO journey_step (org_id, journey_no, id, place) VALUES ({ORG_B}, {DESIGN_B}, 'f', 1)", DENIED, NULL },
  { "insert-step-for-journey", "INSERT INTO journey_step (org_id, journey_no, id, place) VALUES ({ORG_A}, {DESIGN_B}, 'f', 1)", FAILS, NULL },
  { "insert-transition", "INSERT INTO journey_transition VALUES ({ORG_B}, {DESIGN_B}, 'b-cart', 'b-cart', 'expected')", DENIED, NULL },
  { "insert-transition-for-journey", "INSERT INTO journey_transition VALUES ({ORG_A}, {DESIGN_B}, 'b-cart', 'b-cart', 'expected')", FAILS, NULL },
  { "transitions-of-another", "SELECT count(*) FROM journey_transition WHERE journey_no = {DESIGN_B}", VALUE, "0" },
  { "insert-blob", "INSERT INTO blob (org_id, sha256, media_type, bytes) VALUES ({ORG_B}, sha256('x'), 'text/plain', 'x')", DENIED, NULL },
  { "insert-snapshot", "INSERT INTO snapshot (org_id, project_id, screen_no, taken_at, sha256, width, height) "
                       "SELECT {ORG_A}, {PROJECT_B}, 1, now(), sha256, 1, 1 FROM blob LIMIT 1", FAILS, NULL },
  { "delete-everything", "DELETE FROM journey_transition WHERE org_id = {ORG_B};; DELETE FROM journey_step WHERE org_id = {ORG_B};; DELETE FROM journey WHERE org_id = {ORG_B};; DELETE FROM snapshot WHERE org_id = {ORG_B};; "
                         "DELETE FROM blob WHERE org_id = {ORG_B};; SELECT count(*) FROM blob WHERE org_id = {ORG_B}", VALUE, "0" },
  /* the functions of the writer */
  { "insert-events", ONE_EVENT ("{ORG_B}", "{PROJECT_B}"), DENIED, NULL },
  { "insert-events-own-organisation", ONE_EVENT ("{ORG_A}", "{PROJECT_B}"), DENIED, NULL },
  { "insert-events-own-project", ONE_EVENT ("{ORG_B}", "{PROJECT_A}"), DENIED, NULL },
  { "insert-events-nowhere", ONE_EVENT ("{ORG_B}", "999999"), DENIED, NULL },
  { "insert-events-without-organisation", "RESET app.current_org_id;; " ONE_EVENT ("{ORG_B}", "{PROJECT_A}"), DENIED, NULL },
  { "insert-events-null", "RESET app.current_org_id;; " ONE_EVENT ("NULL", "{PROJECT_B}"), DENIED, NULL },
  { "insert-events-as-set", "SET app.current_org_id = '{UUID_B}';; " ONE_EVENT ("{ORG_B}", "{PROJECT_B}"), DENIED, NULL },
  { "find-payloads", "SELECT find_payloads(ARRAY[{PROJECT_B}], ARRAY[1], ARRAY[now()], ARRAY[gen_random_uuid()])", DENIED, NULL },
  { "apply-sessions", SESSION_DELTA ("{PROJECT_B}"), DENIED, NULL },
  { "apply-sessions-nowhere", SESSION_DELTA ("999999"), DENIED, NULL },
  { "name-screens", "SELECT name_screens(ARRAY[{PROJECT_B}], ARRAY[1], ARRAY['forged'], ARRAY[now()])::text", DENIED, NULL },
  { "name-screens-nowhere", "SELECT name_screens(ARRAY[999999], ARRAY[1], ARRAY['forged'], ARRAY[now()])::text", DENIED, NULL },
  { "assign-sessions", "SELECT assign_sessions(ARRAY[{PROJECT_B}], ARRAY['forged'])", DENIED, NULL },
  { "assign-sessions-nowhere", "SELECT assign_sessions(ARRAY[999999], ARRAY['forged'])", DENIED, NULL },
  { "assign-sessions-null", "RESET app.current_org_id;; SELECT assign_sessions(ARRAY[NULL]::int4[], ARRAY['forged'])", DENIED, NULL },
  { "assign-screens", "SELECT assign_screens({PROJECT_B}, ARRAY['/forged'])", DENIED, NULL },
  { "assign-releases", "SELECT assign_releases({PROJECT_B}, ARRAY['forged'])", DENIED, NULL },
  { "assign-actors", "SELECT assign_actors({PROJECT_B}, ARRAY[2]::int2[], ARRAY['forged'])", DENIED, NULL },
  { "assign-actors-of-many", "SELECT assign_actors(ARRAY[{PROJECT_B}], ARRAY[2]::int2[], ARRAY['forged'])", DENIED, NULL },
  { "lock-project-counters", "SELECT lock_project_counters(ARRAY[{PROJECT_B}])::text", DENIED, NULL },
  { "assign-terms", "SELECT assign_terms({PROJECT_B}, ARRAY[gen_random_uuid()], ARRAY['t'], ARRAY['n'], ARRAY[NULL]::int4[], ARRAY['c'], "
                    "ARRAY['p'], ARRAY['j'], ARRAY['s'])", DENIED, NULL },
  { "find-project", "SELECT find_project({ORG_B}, 'proj_b')", DENIED, NULL },
  { "find-project-nowhere", "SELECT find_project(999999, 'proj_b')", DENIED, NULL },
  { "find-project-null", "RESET app.current_org_id;; SELECT find_project(NULL, 'proj_b')", DENIED, NULL },
  { "lock-project-counter", "SELECT lock_project_counter({PROJECT_B})", DENIED, NULL },
  { "resolve-credential", "SELECT count(*) FROM resolve_credential(sha256('x'))", DENIED, NULL },
  { "observe-journey", "SELECT observe_journey()", DENIED, NULL },
  /* names that shadow those in the functions */
  { "shadow-tables", "CREATE TEMP TABLE org_grant (login name, org_id int4);; INSERT INTO pg_temp.org_grant VALUES (session_user, NULL);; "
                     "SELECT set_current_org('{UUID_B}')", DENIED, NULL },
  { "shadow-organisation", "CREATE TEMP TABLE organisation AS SELECT {ORG_B} AS org_id, '{UUID_A}'::uuid AS id;; SELECT count(*) FROM event", VALUE, "5" },
  { "shadow-function-of-the-policy", "CREATE FUNCTION pg_temp.current_org_id() RETURNS int4 LANGUAGE sql AS 'SELECT {ORG_B}';; "
                                     "SET search_path = pg_temp, productgraph;; SELECT count(*) FROM session WHERE org_id = {ORG_B}", VALUE, "0" },
  { "function-in-the-schema", "CREATE FUNCTION productgraph.f() RETURNS int4 LANGUAGE sql AS 'SELECT 1'", DENIED, NULL },
  { "shadow-built-in", "CREATE FUNCTION public.current_setting(text, boolean) RETURNS text LANGUAGE sql AS 'SELECT ''{UUID_B}''';; "
                       "SET search_path = public, productgraph, pg_catalog;; SELECT string_agg(DISTINCT org_id::text, ' ') FROM session", VALUE, "{ORG_A}" },
  { "shadow-operator", "CREATE FUNCTION public.always(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';; "
                       "CREATE OPERATOR public.~ (LEFTARG = text, RIGHTARG = text, FUNCTION = public.always);; "
                       "CREATE FUNCTION public.always(name, name) RETURNS boolean LANGUAGE sql AS 'SELECT true';; "
                       "CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = name, FUNCTION = public.always);; "
                       "SET search_path = public, productgraph, pg_catalog;; SELECT set_current_org('{UUID_B}')", DENIED, NULL },
  /* functions that tell what they see */
  { "leaky-function-on-events", SPY "SELECT count(*) FROM events WHERE pg_temp.spy(session_id)" SEEN_B, VALUE, "0 true" },
  { "leaky-function-on-sessions", SPY "SELECT count(*) FROM sessions WHERE pg_temp.spy(actor)" SEEN_B, VALUE, "0 true" },
  { "leaky-function-on-event", SPY "SELECT count(*) FROM event WHERE pg_temp.spy(event_id)" SEEN_B, VALUE, "0 true" },
  { "leaky-function-on-session", SPY "SELECT count(*) FROM session WHERE pg_temp.spy(id)" SEEN_B, VALUE, "0 true" },
  { "leaky-function-on-screen", SPY "SELECT count(*) FROM screen WHERE pg_temp.spy(path)" SEEN_B, VALUE, "0 true" },
  { "leaky-function-on-members", SPY "SELECT count(*) FROM membership WHERE pg_temp.spy(email || '-')" ";; SELECT count(*) FILTER (WHERE t LIKE 'b%') || ' ' "
                                     "|| (count(*) FILTER (WHERE t LIKE 'a%') > 0) FROM seen", VALUE, "0 true" },
  { "leaky-join", SPY "SELECT count(*) FROM session s JOIN screen c ON pg_temp.spy(s.id || c.path)" SEEN_B, VALUE, "0 true" },
  { "division-by-another's-row", "SELECT count(*) FROM session WHERE 1 / (CASE WHEN id LIKE 'b-%' THEN 0 ELSE 1 END) = 1", VALUE, "1" },
};

static PdgDbConn *
open_login (const char *uri)
{
  g_autofree char *sql = g_strdup_printf ("SELECT set_current_org('%s')", a->organisation->uuid);
  PdgDbConn *conn = fixture_open (uri, NULL);

  if (uri == login_uri)
    fixture_run (conn, sql);
  return conn;
}

static char *
expand (const char *sql)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *today = g_date_time_format (now, "%Y%m%d");
  g_autoptr (GString) with_day = g_string_new (sql);

  g_string_replace (with_day, "{TODAY}", today, 0);
  g_string_replace (with_day, "{MEMBER_B}", member_b, 0);
  g_string_replace (with_day, "{DESIGN_B}", design_b, 0);
  return tenants_expand (with_day->str, a, b);
}

static void
test_attack (gconstpointer data)
{
  const Attack *attack = data;
  g_autoptr (PdgDbConn) conn = open_login (login_uri);
  g_autofree char *sql = expand (attack->sql);
  g_autofree char *value = attack->value != NULL ? expand (attack->value) : NULL;
  g_autofree char *after = NULL;
  g_autofree char *got = NULL;
  g_auto (GStrv) steps = g_strsplit (sql, ";;", -1);
  g_autoptr (GError) error = NULL;
  guint n = g_strv_length (steps);

  for (guint i = 0; i + 1 < n; i++)
    fixture_run (conn, g_strstrip (steps[i]));
  got = fixture_try (conn, g_strstrip (steps[n - 1]), &error);
  if (error != NULL)
    g_test_message ("%s", pdg_db_error_get_detail (error));
  if (attack->outcome == DENIED)
    g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
  else if (attack->outcome == FAILS)
    g_assert_nonnull (error);
  else
    g_assert_no_error (error);
  if (attack->outcome == VALUE)
    g_assert_cmpstr (got, ==, value);
  if (attack->outcome == DENIED && n == 1)
    return; /* nothing was committed */
  after = tenant_fingerprint (b);
  g_assert_cmpstr (after, ==, untouched_b);
}

/* After everything. */
static void
test_untouched (void)
{
  g_autofree char *after = tenant_fingerprint (b);

  g_assert_cmpstr (after, ==, untouched_b);
}

/* Both refusals are the same, whether B has such a journey or not. */
static void
test_no_oracle (void)
{
  static const char *const ids[] = { "b-checkout", "missing" };
  g_autofree char *first = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (PdgDbConn) conn = open_login (login_uri);
      g_autofree char *raw = g_strdup_printf ("INSERT INTO journey (org_id, project_id, id, name, kind) "
                                              "VALUES ({ORG_A}, {PROJECT_B}, '%s', 'x', 'observed')", ids[i]);
      g_autofree char *sql = expand (raw);
      g_autoptr (GError) error = NULL;

      g_free (fixture_try (conn, sql, &error));
      g_assert_nonnull (error);
      if (first == NULL)
        first = g_strdup (pdg_db_error_get_sqlstate (error));
      g_assert_cmpstr (pdg_db_error_get_sqlstate (error), ==, first);
      g_assert_cmpstr (first, ==, "23503");
    }
}

static void
test_refusal_is_clear (void)
{
  g_autoptr (PdgDbConn) conn = open_login (login_uri);
  g_autofree char *sql = expand ("SELECT set_current_org('{UUID_B}')");
  g_autofree char *missing = NULL;
  g_autofree char *foreign = NULL;
  g_autoptr (GError) error = NULL;

  g_free (fixture_try (conn, sql, &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
  foreign = g_strdup (pdg_db_error_get_detail (error));
  g_assert_nonnull (strstr (foreign, "may not act for it"));
  g_assert_nonnull (strstr (foreign, b->organisation->uuid));
  g_clear_error (&error);
  /* an organisation that does not exist is refused in the same words */
  g_free (fixture_try (conn, "SELECT set_current_org('00000000-0000-4000-8000-000000000000')", &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
  missing = g_strdup (pdg_db_error_get_detail (error));
  g_assert_nonnull (strstr (missing, "does not exist, or the login"));
}

typedef struct
{
  const char *name;
  const char *setting; /* NULL = never set */
  gboolean sees;
} Setting;

static const Setting settings[] = {
  { "never", NULL, FALSE },
  { "empty", "", FALSE },
  { "blank", " ", FALSE },
  { "word", "garbage", FALSE },
  { "quote", "''", FALSE },
  { "braces", "{{UUID_A}}", FALSE },
  { "no-dashes", "0192f3a41111722283334444555566660", FALSE },
  { "two", "{UUID_A},{UUID_B}", FALSE },
  { "newline", "{UUID_A}\n", FALSE },
  { "missing", "00000000-0000-4000-8000-000000000000", FALSE },
  { "long", "0192f3a4-1111-7222-8333-4444555566660192f3a4-1111-7222-8333-444455556666", FALSE },
  { "other", "{UUID_B}", FALSE },
  { "own", "{UUID_A}", TRUE },
};

static void
test_setting (gconstpointer data)
{
  const Setting *setting = data;
  g_autoptr (PdgDbConn) conn = fixture_open (login_uri, NULL);
  g_auto (GStrv) relations = list_readable_relations ();

  g_assert_cmpuint (g_strv_length (relations), >=, 15);
  if (setting->setting != NULL)
    {
      g_autofree char *value = expand (setting->setting);
      g_autofree char *sql = g_strdup_printf ("SET app.current_org_id = '%s'", value);

      fixture_run (conn, sql);
    }
  for (gsize i = 0; relations[i] != NULL; i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM %s", relations[i]);

      g_test_message ("%s", relations[i]);
      if (setting->sees)
        g_assert_cmpint (fixture_int (conn, sql), >, 0);
      else
        g_assert_cmpint (fixture_int (conn, sql), ==, 0);
    }
}

/* A transaction-local setting that has ended reads as the empty text. */
static void
test_after_a_transaction (void)
{
  g_autoptr (PdgDbConn) conn = fixture_open (login_uri, NULL);
  g_autofree char *sql = expand ("SELECT set_current_org('{UUID_A}', true)");

  fixture_run (conn, sql);
  g_assert_cmpint (fixture_int (conn, "SELECT count(*) FROM event"), ==, 0);
  g_assert_cmpint (fixture_int (conn, "SELECT count(*) FROM events"), ==, 0);
}

/* A login of the app's group without a grant. */
static void
test_login_without_grant (void)
{
  g_autoptr (PdgDbConn) conn = fixture_open (idle_uri, NULL);
  g_auto (GStrv) relations = list_readable_relations ();
  g_autofree char *set_a = expand ("SET app.current_org_id = '{UUID_A}'");
  g_autofree char *ask_a = expand ("SELECT set_current_org('{UUID_A}')");
  g_autoptr (GError) error = NULL;

  g_free (fixture_try (conn, ask_a, &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
  fixture_run (conn, set_a);
  for (gsize i = 0; relations[i] != NULL; i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM %s", relations[i]);

      g_assert_cmpint (fixture_int (conn, sql), ==, 0);
    }
  g_assert_cmpint (fixture_int (conn, "SELECT count(*) FROM my_organisations()"), ==, 0);
}

static PdgDbResult *
query (PdgDbConn *conn, const char *sql, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (conn, error);
  g_autoptr (PdgDbResult) result = tx != NULL ? pdg_db_tx_query (tx, sql, NULL, error) : NULL;

  return result != NULL && pdg_db_tx_commit (tx, error) ? g_steal_pointer (&result) : NULL;
}

/* As a person types them. */
static void
test_two_lines (void)
{
  static const char *const expected[] = {
    "a-1", NULL, "page.view", NULL, "proj_a", "a-session", NULL, "a-user", "a-anonymous", "/a-home", "a Home", NULL, NULL, NULL, NULL, "a-1.0",
    "{\"plan\": \"a-pro\"}", "{}",
  };
  g_autoptr (PdgDbConn) conn = fixture_open (login_uri, NULL);
  g_autofree char *first = expand ("SELECT set_current_org('{UUID_A}');");
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbResult) set = query (conn, first, &error);
  g_autoptr (PdgDbResult) events = NULL;
  gboolean found = FALSE;

  g_assert_no_error (error);
  events = query (conn, "SELECT * FROM events;", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pdg_db_result_get_n_rows (events), ==, TENANT_EVENTS);
  g_assert_cmpuint (pdg_db_result_get_n_columns (events), ==, 20);
  for (guint row = 0; row < TENANT_EVENTS; row++)
    {
      if (g_strcmp0 (pdg_db_result_get_text (events, row, 0), "a-1") != 0)
        continue;
      found = TRUE;
      for (guint column = 0; column < G_N_ELEMENTS (expected); column++)
        if (column != 1 && column != 6)
          g_assert_cmpstr (pdg_db_result_get_text (events, row, column), ==, expected[column]);
    }
  g_assert_true (found);
}

/* The writer's login puts events in and gets nothing out. */
static void
test_writer_reads_nothing (void)
{
  g_autoptr (PdgDbConn) conn = fixture_open (pdg_test_cluster_get_writer_uri (), NULL);
  g_auto (GStrv) relations = list_readable_relations ();

  for (gsize i = 0; relations[i] != NULL; i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM %s", relations[i]);
      g_autoptr (GError) error = NULL;

      g_free (fixture_try (conn, sql, &error));
      g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
    }
  fixture_run (conn, "INSERT INTO event (ts, received_at, org_id, project_id, session_no, actor_no, term_no, flags, event_key) "
                     "SELECT now(), now(), 0, 0, 1, 1, 1, 0, gen_random_uuid()");
  for (gsize i = 0; i < 2; i++)
    {
      static const char *const changes[] = { "DELETE FROM event", "UPDATE event SET flags = 0" };
      g_autoptr (GError) error = NULL;

      g_free (fixture_try (conn, changes[i], &error));
      g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
    }
}

static void
test_copy_from (void)
{
  g_autoptr (PdgDbConn) conn = open_login (login_uri);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (conn, &error);

  g_assert_no_error (error);
  g_assert_false (pdg_db_tx_copy_begin (tx, "COPY event FROM STDIN", &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
}

static void
set_up (void)
{
  g_autoptr (PdgHub) hub = pdg_hub_new ();
  g_autoptr (PdgIngest) ingest = NULL;
  g_autoptr (PdgDbConn) owner = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *key_a = NULL, *token_a = NULL;
  char *sql;

  a = tenant_new (NULL, "Org A", "proj_a");
  b = tenant_new (NULL, "Org B", "proj_b");
  ingest = fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, hub, 1000, 1000);
  tenant_fill (a, ingest, "a", &key_a, &token_a);
  tenant_fill (b, ingest, "b", &key_b, &token_b);
  login_uri = fixture_make_login ("login_a", "", "productgraph");
  idle_uri = fixture_make_login ("login_idle", "IN ROLE productgraph_app", "productgraph");
  owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  pdg_commands_grant_login (owner, "login_a", a->organisation->org_no, &error);
  g_assert_no_error (error);
  /* as databases of older servers have it */
  pdg_test_cluster_run_sql ("GRANT CREATE ON SCHEMA public TO PUBLIC; ANALYZE productgraph.event, productgraph.session, productgraph.screen");
  sql = g_strdup_printf ("SELECT id FROM membership WHERE org_id = %d", b->organisation->org_no);
  member_b = fixture_text (owner, sql);
  g_free (sql);
  sql = g_strdup_printf ("SELECT journey_no FROM journey WHERE kind = 'designed' AND org_id = %d", b->organisation->org_no);
  design_b = fixture_text (owner, sql);
  g_free (sql);
  untouched_b = tenant_fingerprint (b);
  g_assert_nonnull (strstr (untouched_b, "event 5 "));
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  set_up ();
  for (gsize i = 0; i < G_N_ELEMENTS (attacks); i++)
    {
      g_autofree char *path = g_strconcat ("/store/tenancy/attack/", attacks[i].name, NULL);

      g_test_add_data_func (path, &attacks[i], test_attack);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      g_autofree char *path = g_strconcat ("/store/tenancy/setting/", settings[i].name, NULL);

      g_test_add_data_func (path, &settings[i], test_setting);
    }
  g_test_add_func ("/store/tenancy/untouched", test_untouched);
  g_test_add_func ("/store/tenancy/setting/after-a-transaction", test_after_a_transaction);
  g_test_add_func ("/store/tenancy/no-oracle", test_no_oracle);
  g_test_add_func ("/store/tenancy/refusal-is-clear", test_refusal_is_clear);
  g_test_add_func ("/store/tenancy/login-without-grant", test_login_without_grant);
  g_test_add_func ("/store/tenancy/two-lines", test_two_lines);
  g_test_add_func ("/store/tenancy/copy-from", test_copy_from);
  g_test_add_func ("/store/tenancy/writer-reads-nothing", test_writer_reads_nothing);
  status = g_test_run ();
  tenant_free (a);
  tenant_free (b);
  g_free (key_b);
  g_free (token_b);
  g_free (untouched_b);
  g_free (login_uri);
  g_free (idle_uri);
  g_free (member_b);
  g_free (design_b);
  return status;
}
