#include "config.h"

#include "db/pdg-db-migrator.h"
#include "store/product-fixture.h"

#include <string.h>

/* A database of an older version comes forward with its rows, as a superuser's and as a plain owner's. */

typedef struct
{
  const char *name;
  const char *login; /* NULL = the administrator */
} Mode;

static const Mode modes[] = { { "superuser", NULL }, { "plain", "migrations_plain" } };

/* As version 3 has them: an organisation with three members, one of whom has a token greater than himself, tokens of a service
 * and of somebody who is no member, and journeys of both kinds. */
static const char rows_of_3[] =
  "INSERT INTO organisation (name) VALUES ('Old'), ('Other');"
  "INSERT INTO account (email, name) VALUES ('ada@example.org', 'Ada of Other'), ('bob@example.org', ''), ('eve@example.org', '');"
  "INSERT INTO membership (org_id, account_id, role) VALUES (1, 1, 'admin'), (1, 2, 'viewer'), (2, 1, 'viewer');"
  "INSERT INTO access_token (org_id, account_id, role, label, prefix, hash) VALUES (1, 1, 'admin', 'ada', 'pgt_1', sha256('1')), "
  "(1, 2, 'admin', 'bob', 'pgt_2', sha256('2')), (1, NULL, 'editor', 'robot', 'pgt_3', sha256('3')), (1, 3, 'viewer', 'eve', 'pgt_4', sha256('4'));"
  "INSERT INTO project (org_id, id, name) VALUES (1, 'p', 'P');"
  "INSERT INTO journey (org_id, project_id, id, name, kind, created_at) "
  "VALUES (1, 1, 'o', 'o', 'observed', '2026-01-01'), (1, 1, 'd', 'D', 'designed', '2026-01-02');"
  "INSERT INTO journey_step (org_id, journey_no, id, place) VALUES (1, 1, 's', 1);";

/* As version 11 has them: a session with an event of another project as well. */
static const char rows_of_11[] =
  "INSERT INTO project (org_id, id, name) VALUES (1, 'q', 'Q');"
  "INSERT INTO actor (org_id, project_id, actor_no, kind, id) SELECT 1, project_id, 1, 2, 'ada' FROM project;"
  "INSERT INTO session (org_id, project_id, session_no, id, events, sent_actor_no, actor_no, actor_kind, actor_at) "
  "SELECT 1, project_id, 1, 's', 1, 1, 1, 2, '2026-01-01' FROM project;"
  "INSERT INTO event (ts, received_at, org_id, project_id, session_no, actor_no, term_no, flags, event_key) "
  "SELECT '2026-01-01', '2026-01-01', 1, project_id, 1, 1, 1, 0, gen_random_uuid() FROM project;"
  "INSERT INTO org_grant (login) VALUES (session_user) ON CONFLICT DO NOTHING;";

static const struct
{
  const char *sql, *value;
} after[] = {
  { "SELECT count(*) FILTER (WHERE payload_hash IS NULL) || ' of ' || count(*) FROM event", "2 of 2" },
  { "SELECT apply_sessions(ARRAY[1, 2], ARRAY[1, 2], ARRAY[1, 1], ARRAY[2, 3], ARRAY[1, 1], ARRAY[0, 0], ARRAY['2026-01-02', '2026-01-02']::timestamptz[], "
    "ARRAY['2026-01-03', '2026-01-03']::timestamptz[], ARRAY[NULL, NULL]::int4[], ARRAY[NULL, NULL]::timestamptz[], ARRAY[0, 0], "
    "ARRAY[NULL, NULL]::int4[], ARRAY[NULL, NULL]::timestamptz[], ARRAY[0, 0], ARRAY[NULL, NULL]::int4[], ARRAY[NULL, NULL]::timestamptz[], "
    "ARRAY[7, 1], ARRAY[1, 2]::int2[], ARRAY['2026-01-02', '2026-01-02']::timestamptz[], '2026-01-04')::text", "" },
  { "SELECT string_agg(events || ' ' || sent_actor_no || ' ' || actor_no || ' ' || ended_at::date, ',' ORDER BY project_id) FROM session",
    "3 1 1 2026-01-03,4 1 1 2026-01-03" },
  /* what a project had goes with it, and a session that is not there is not made */
  { "DELETE FROM project WHERE id = 'q'", NULL },
  { "SELECT string_agg(project_id::text, ',') FROM (SELECT project_id FROM session UNION ALL SELECT project_id FROM actor) x", "1,1" },
  { "SELECT string_agg(org_id || ' ' || email || ' ' || name || ' ' || role, ',' ORDER BY org_id, email) FROM membership",
    "1 ada@example.org  admin,1 bob@example.org  viewer,2 ada@example.org  viewer" },
  { "SELECT count(DISTINCT id) FROM membership", "3" },
  { "SELECT string_agg(label || ' ' || role || ' ' || coalesce((SELECT m.email FROM membership m WHERE m.id = t.member_id), 'nobody') || ' ' || "
    "(revoked_at IS NOT NULL)::text, ',' ORDER BY token_id) FROM access_token t",
    "ada admin ada@example.org false,bob viewer bob@example.org false,robot editor nobody false,eve viewer nobody true" },
  { "SELECT string_agg(r.label || ' ' || r.role, ',' ORDER BY t.token_id) FROM access_token t, resolve_credential(t.hash) r",
    "ada@example.org admin,bob@example.org viewer,robot editor" },
  { "SELECT count(*) FROM journey WHERE updated_at = created_at", "2" },
  { "SELECT string_agg(id || ' ' || coalesce(name, '-') || ' ' || is_optional, ',') FROM journey_step", "s - false" },
  { "SELECT count(*) - max(version) FROM schema_migration", "0" },
};

static void
test_forward (gconstpointer data)
{
  const Mode *mode = data;
  g_autofree char *database = g_strdup_printf ("forward_%s", mode->name);
  g_autofree char *admin_uri = pdg_test_cluster_make_database (database);
  g_autofree char *uri = NULL;
  g_autoptr (PdgDbConn) owner = NULL;
  g_autoptr (GError) error = NULL;
  const PdgDbMigration *migrations;
  guint n;

  if (mode->login != NULL)
    {
      g_autofree char *give = g_strdup_printf ("GRANT productgraph_app, productgraph_ingest TO %s; ALTER DATABASE %s OWNER TO %s",
                                               mode->login, database, mode->login);

      uri = fixture_make_login (mode->login, "", database);
      pdg_test_cluster_run_sql (give);
    }
  owner = fixture_open (uri != NULL ? uri : admin_uri, NULL);
  migrations = pdg_db_migrations_from_resource (&n);
  g_assert_cmpuint (n, >=, 12);
  g_assert_true (pdg_db_migrate (owner, migrations, 3, NULL, &error));
  g_assert_no_error (error);
  g_clear_pointer (&owner, pdg_db_conn_free); /* the search path is the database's from the next connection on */
  owner = fixture_open (uri != NULL ? uri : admin_uri, NULL);
  fixture_run (owner, rows_of_3);
  g_assert_true (pdg_db_migrate (owner, migrations, 11, NULL, &error));
  fixture_run (owner, rows_of_11);
  pdg_db_migrate (owner, migrations, n, NULL, &error);
  if (error != NULL)
    g_test_message ("%s", pdg_db_error_get_detail (error));
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (after); i++)
    {
      g_autofree char *value = fixture_text (owner, after[i].sql);

      g_test_message ("%s", after[i].sql);
      g_assert_cmpstr (value, ==, after[i].value);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  pdg_test_cluster_migrate (); /* makes the roles, which belong to the whole server */
  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *path = g_strconcat ("/store/migrations/forward/", modes[i].name, NULL);

      g_test_add_data_func (path, &modes[i], test_forward);
    }
  return g_test_run ();
}
