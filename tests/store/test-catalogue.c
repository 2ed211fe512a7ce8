#include "config.h"

#include "store/product-fixture.h"

/* Rules about the schema, read from PostgreSQL's own catalogue. Each stands with an offence that it has to catch, so that
 * a rule cannot go blind unnoticed. */
typedef struct
{
  const char *name;
  const char *offenders; /* one row, one text: the names, in order */
  const char *allowed;
  const char *offence;   /* tried in a transaction that is rolled back */
} Rule;

#define TABLES "FROM pg_class c WHERE c.relnamespace = 'productgraph'::regnamespace AND c.relkind IN ('r', 'p') "
#define VIEWS "FROM pg_class c WHERE c.relnamespace = 'productgraph'::regnamespace AND c.relkind IN ('v', 'm') "
#define FUNCTIONS "FROM pg_proc f WHERE f.pronamespace = 'productgraph'::regnamespace "
#define HAS_ORG "EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped) "
#define NAMES "SELECT coalesce(string_agg(c.relname, ' ' ORDER BY c.relname), '') "
#define FUNCTION_NAMES "SELECT coalesce(string_agg(f.proname, ' ' ORDER BY f.proname), '') "

static const Rule rules[] = {
  { "row-security-is-forced", NAMES TABLES "AND " HAS_ORG "AND NOT (c.relrowsecurity AND c.relforcerowsecurity)", "",
    "CREATE TABLE offence (org_id int4); ALTER TABLE offence ENABLE ROW LEVEL SECURITY" },
  { "partitions-have-row-security", NAMES TABLES "AND c.relispartition AND NOT (c.relrowsecurity AND c.relforcerowsecurity)", "",
    "CREATE TABLE offence PARTITION OF event FOR VALUES FROM ('1999-01-01') TO ('1999-01-02')" },
  { "tables-have-a-policy",
    NAMES TABLES "AND " HAS_ORG "AND NOT c.relispartition AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)", "",
    "CREATE TABLE offence (org_id int4); ALTER TABLE offence ENABLE ROW LEVEL SECURITY; ALTER TABLE offence FORCE ROW LEVEL SECURITY" },
  { "policies-of-the-app-ask-for-the-organisation",
    "SELECT coalesce(string_agg(c.relname, ' ' ORDER BY c.relname), '') FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid "
    "WHERE c.relnamespace = 'productgraph'::regnamespace AND (0 = ANY (p.polroles) OR 'productgraph_app'::regrole = ANY (p.polroles)) "
    "AND (pg_get_expr(p.polqual, p.polrelid) NOT LIKE '%( SELECT current_org_id() AS current_org_id)%' "
    "OR pg_get_expr(p.polwithcheck, p.polrelid) NOT LIKE '%( SELECT current_org_id() AS current_org_id)%')",
    "", "CREATE POLICY offence ON session USING (true)" },
  { "app-reads-only-tables-of-an-organisation",
    NAMES TABLES "AND NOT " HAS_ORG "AND has_any_column_privilege('productgraph_app', c.oid, 'SELECT')", "schema_migration",
    "CREATE TABLE offence (x int4); GRANT SELECT (x) ON offence TO productgraph_app" },
  { "views-are-read-with-the-rights-of-the-reader",
    NAMES VIEWS "AND NOT coalesce(c.reloptions, '{}') @> '{security_invoker=true}'", "", "CREATE VIEW offence AS SELECT * FROM session" },
  { "definer-functions-fix-their-search-path",
    FUNCTION_NAMES FUNCTIONS "AND f.prosecdef AND NOT coalesce(f.proconfig, '{}') @> '{\"search_path=productgraph, pg_temp\"}'", "",
    "CREATE FUNCTION offence() RETURNS int4 LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'" },
  { "nothing-is-executable-by-everybody",
    FUNCTION_NAMES FUNCTIONS "AND EXISTS (SELECT FROM aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a WHERE a.grantee = 0)", "",
    "CREATE FUNCTION offence() RETURNS int4 LANGUAGE sql AS 'SELECT 1'" },
  { "no-table-is-granted-to-everybody",
    "SELECT coalesce(string_agg(c.relname, ' ' ORDER BY c.relname), '') FROM pg_class c, aclexplode(c.relacl) a "
    "WHERE c.relnamespace = 'productgraph'::regnamespace AND a.grantee = 0",
    "", "GRANT SELECT ON session TO PUBLIC" },
  { "partitions-are-reached-through-the-table",
    NAMES TABLES "AND c.relispartition AND (has_any_column_privilege('productgraph_app', c.oid, 'SELECT, INSERT, UPDATE') "
                 "OR has_any_column_privilege('productgraph_ingest', c.oid, 'SELECT, INSERT, UPDATE'))",
    "", "GRANT SELECT ON event_default TO productgraph_app" },
  { "sequences-are-nobodys",
    "SELECT coalesce(string_agg(c.relname, ' ' ORDER BY c.relname), '') FROM pg_class c WHERE c.relnamespace = 'productgraph'::regnamespace "
    "AND CASE WHEN c.relkind = 'S' THEN has_sequence_privilege('productgraph_app', c.oid, 'SELECT, USAGE, UPDATE') "
    "OR has_sequence_privilege('productgraph_ingest', c.oid, 'SELECT, USAGE, UPDATE') END",
    "", "GRANT SELECT ON SEQUENCE project_project_id_seq TO productgraph_app" },
  { "app-makes-nothing-in-the-schema",
    "SELECT coalesce(string_agg(r.rolname, ' ' ORDER BY r.rolname), '') FROM pg_roles r WHERE r.rolname LIKE 'productgraph\\_%' "
    "AND NOT r.rolsuper AND has_schema_privilege(r.oid, 'productgraph', 'CREATE')",
    "", "GRANT CREATE ON SCHEMA productgraph TO productgraph_app" },
  { "app-and-ingest-own-nothing",
    "SELECT coalesce(string_agg(c.relname, ' ' ORDER BY c.relname), '') FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner "
    "WHERE c.relnamespace = 'productgraph'::regnamespace AND NOT r.rolsuper",
    "", "CREATE TABLE offence (x int4); ALTER TABLE offence OWNER TO productgraph_server" },
  { "groups-have-no-rights-of-their-own",
    "SELECT coalesce(string_agg(r.rolname, ' ' ORDER BY r.rolname), '') FROM pg_roles r WHERE r.rolname IN ('productgraph_app', "
    "'productgraph_ingest') AND (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolcanlogin OR r.rolreplication "
    "OR (r.rolbypassrls AND r.rolname = 'productgraph_app') OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid))",
    "", "ALTER ROLE productgraph_app BYPASSRLS" },
  { "ingest-reads-nothing", NAMES TABLES "AND has_any_column_privilege('productgraph_ingest', c.oid, 'SELECT')", "schema_migration",
    "GRANT SELECT ON event TO productgraph_ingest" },
  { "ingest-writes-only-events", NAMES TABLES "AND has_any_column_privilege('productgraph_ingest', c.oid, 'INSERT, UPDATE')", "event",
    "GRANT INSERT ON session TO productgraph_ingest" },
  /* A unique index without the organisation would tell by its violation that another organisation has such a row. The hash
   * of a key is excepted: who knows it, has the key. */
  { "unique-indexes-do-not-tell-of-others",
    "SELECT coalesce(string_agg(x.relname, ' ' ORDER BY x.relname), '') FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid "
    "JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'productgraph'::regnamespace AND i.indisunique AND EXISTS ("
    "SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey) "
    "AND has_column_privilege('productgraph_app', c.oid, a.attnum, 'INSERT, UPDATE')) AND NOT EXISTS ("
    "SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey) AND a.attname = 'org_id')",
    "api_key_hash_key", "CREATE UNIQUE INDEX offence ON project (name)" },
};

static char *
read_offenders (PdgDbTx *tx, const Rule *rule)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, rule->offenders, NULL, &error);

  if (error != NULL)
    g_test_message ("%s", pdg_db_error_get_detail (error));
  g_assert_no_error (error);
  g_assert_cmpuint (pdg_db_result_get_n_rows (result), ==, 1);
  return g_strdup (pdg_db_result_get_text (result, 0, 0));
}

static void
test_rule (gconstpointer data)
{
  const Rule *rule = data;
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (owner, &error);
  g_autofree char *clean = NULL;
  g_autofree char *broken = NULL;

  g_assert_no_error (error);
  clean = read_offenders (tx, rule);
  g_assert_cmpstr (clean, ==, rule->allowed);
  pdg_db_tx_exec_script (tx, rule->offence, &error);
  if (error != NULL)
    g_test_message ("%s", pdg_db_error_get_detail (error));
  g_assert_no_error (error);
  broken = read_offenders (tx, rule);
  g_assert_cmpstr (broken, !=, rule->allowed);
}

/* The rules see the tables that they are about. */
static void
test_catalogue_is_there (void)
{
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) " TABLES "AND " HAS_ORG "AND NOT c.relispartition"), ==, 44);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) " TABLES "AND c.relispartition"), ==, 39);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) " FUNCTIONS "AND f.prosecdef"), >=, 26);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) " VIEWS), ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  pdg_test_cluster_migrate ();
  pdg_test_cluster_run_sql ("SELECT productgraph.ensure_event_partitions()");
  g_test_add_func ("/store/catalogue/is-there", test_catalogue_is_there);
  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      g_autofree char *path = g_strconcat ("/store/catalogue/", rules[i].name, NULL);

      g_test_add_data_func (path, &rules[i], test_rule);
    }
  return g_test_run ();
}
