#include "config.h"
#include "store/product-fixture.h"

#include "base/pdg-clock.h"
#include "codec/pdg-event-json.h"
#include "db/pdg-db-migrator.h"

#include <string.h>

void
fixture_migrate (const char *owner_uri)
{
  g_autoptr (PdgDbConn) conn = fixture_open (owner_uri, NULL);
  g_autoptr (GError) error = NULL;
  const PdgDbMigration *migrations;
  guint n;

  migrations = pdg_db_migrations_from_resource (&n);
  pdg_db_migrate (conn, migrations, n, NULL, &error);
  if (error != NULL)
    g_test_message ("%s", pdg_db_error_get_detail (error));
  g_assert_no_error (error);
}

Tenant *
tenant_new (const char *owner_uri, const char *name, const char *project_id)
{
  g_autoptr (PdgDbConn) conn = NULL;
  g_autoptr (GError) error = NULL;
  Tenant *tenant = g_new0 (Tenant, 1);

  if (owner_uri == NULL)
    pdg_test_cluster_migrate ();
  conn = fixture_open (owner_uri != NULL ? owner_uri : pdg_test_cluster_get_owner_uri (), NULL);
  tenant->organisation = pdg_commands_create_organisation (conn, name, &error);
  g_assert_no_error (error);
  tenant->admin = pdg_principal_new (tenant->organisation->uuid, tenant->organisation->org_no, PDG_ROLE_ADMIN, 0, "test");
  tenant->project = pdg_commands_create_project (conn, tenant->admin, project_id, name, &error);
  g_assert_no_error (error);
  return tenant;
}

void
tenant_free (Tenant *tenant)
{
  pdg_organisation_free (tenant->organisation);
  pdg_project_free (tenant->project);
  pdg_principal_unref (tenant->admin);
  g_free (tenant);
}

PdgDbConn *
fixture_open (const char *uri, const char *role)
{
  g_autoptr (GError) error = NULL;
  PdgDbConn *conn = pdg_db_conn_open (uri, role, "test", &error);

  g_assert_no_error (error);
  return conn;
}

/* The value through the server's own text form, whatever its type. */
char *
fixture_try (PdgDbConn *conn, const char *sql, GError **error)
{
  gboolean is_query = g_ascii_strncasecmp (sql, "SELECT", 6) == 0 && strstr (sql, " INTO ") == NULL;
  g_autofree char *as_text = is_query ? g_strdup_printf ("SELECT coalesce((%s)::text, '')", sql) : NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (conn, error);
  g_autoptr (PdgDbResult) result = NULL;
  g_autofree char *text = NULL;

  if (tx == NULL)
    return NULL;
  if (is_query)
    {
      result = pdg_db_tx_query (tx, as_text, NULL, error);
      if (result == NULL)
        return NULL;
      text = g_strdup (pdg_db_result_get_text (result, 0, 0));
    }
  else if (!pdg_db_tx_exec_script (tx, sql, error))
    return NULL;
  return pdg_db_tx_commit (tx, error) ? g_steal_pointer (&text) : NULL;
}

char *
fixture_text (PdgDbConn *conn, const char *sql)
{
  g_autoptr (GError) error = NULL;
  char *text = fixture_try (conn, sql, &error);

  if (error != NULL)
    g_test_message ("%s: %s", sql, pdg_db_error_get_detail (error));
  g_assert_no_error (error);
  return text;
}

gint64
fixture_int (PdgDbConn *conn, const char *sql)
{
  g_autofree char *text = fixture_text (conn, sql);
  char *end;
  gint64 value;

  g_assert_nonnull (text);
  value = g_ascii_strtoll (text, &end, 10);
  g_assert_cmpstr (end, ==, "");
  return value;
}

void
fixture_run (PdgDbConn *conn, const char *sql)
{
  g_free (fixture_text (conn, sql));
}

gint64
fixture_owner_int (const char *format, ...)
{
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_autofree char *sql = NULL;
  va_list args;

  va_start (args, format);
  sql = g_strdup_vprintf (format, args);
  va_end (args);
  return fixture_int (owner, sql);
}

char *
fixture_make_key (PdgDbConn *conn, PdgPrincipal *admin, const char *project_id, const char *label)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgApiKey) key = pdg_commands_create_api_key (conn, admin, project_id, label, &error);

  g_assert_no_error (error);
  return g_strdup (key->secret);
}

char *
fixture_make_token (PdgDbConn *conn, PdgPrincipal *admin, PdgRole role, const char *label)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgAccessToken) token = pdg_commands_create_token (conn, admin, role, label, NULL, PDG_TIME_NONE, &error);

  g_assert_no_error (error);
  return g_strdup (token->secret);
}

char *
fixture_make_login (const char *name, const char *attributes, const char *database)
{
  g_autofree char *sql = g_strdup_printf ("CREATE ROLE %s LOGIN %s PASSWORD 'secret'", name, attributes);
  const char *rest = strstr (pdg_test_cluster_get_owner_uri (), "@/productgraph?");

  g_assert_nonnull (rest);
  pdg_test_cluster_run_sql (sql);
  return g_strdup_printf ("postgresql://%s:secret@/%s%s", name, database, rest + strlen ("@/productgraph"));
}

PdgIngest *
fixture_ingest_new (const char *uri, const char *role, PdgHub *hub, guint max_queued, guint max_flush)
{
  PdgIngestOptions options = { uri, role, max_queued, max_flush, .max_letters = FIXTURE_MAX_LETTERS, .max_letter_bytes = 1024 * 1024 };
  PdgIngest *ingest = pdg_ingest_new (&options, hub);

  fixture_wait (pdg_ingest_is_connected (ingest));
  return ingest;
}

PdgJourneyGraph *
fixture_load_graph (PdgQueries *queries, gint32 project_no, gint64 from_usec, gint64 to_usec)
{
  PdgJourneyQuestion question = { .from_usec = from_usec, .to_usec = to_usec, .with_event_count = TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) reports = pdg_queries_load_journeys (queries, &project_no, 1, &question, &error);

  g_assert_no_error (error);
  return pdg_journey_graph_ref (((PdgJourneyReport *) reports->pdata[0])->graph);
}

void
verdict_clear (Verdict *verdict)
{
  g_clear_pointer (&verdict->issues, g_free);
  g_clear_error (&verdict->error);
  verdict->answered = 0;
}

static void
answered_cb (const PdgIngestResult *result, const GError *error, gpointer user_data)
{
  Verdict *verdict = user_data;
  GString *issues = g_string_new (NULL);

  g_assert_cmpint (g_atomic_int_get (&verdict->answered), ==, 0);
  g_assert_true ((result == NULL) != (error == NULL));
  if (error != NULL)
    verdict->error = g_error_copy (error);
  else
    {
      verdict->n_accepted = result->n_accepted;
      verdict->n_duplicates = result->n_duplicates;
      verdict->n_rejected = result->n_issues;
      for (guint i = 0; i < result->n_issues; i++)
        g_string_append_printf (issues, "%u %s\n", result->issues[i].index, result->issues[i].error);
    }
  verdict->issues = g_string_free (issues, FALSE);
  g_atomic_int_set (&verdict->answered, 1);
}

gboolean
fixture_submit (PdgIngest *ingest, PdgPrincipal *principal, const char *body, Verdict *verdict)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgEventBatch) batch = pdg_event_json_parse (bytes, pdg_clock_now_usec (), NULL, &error);

  g_assert_no_error (error);
  verdict_clear (verdict);
  return pdg_ingest_submit (ingest, principal, batch, answered_cb, verdict, &verdict->error);
}

void
fixture_store (PdgIngest *ingest, PdgPrincipal *principal, const char *body, Verdict *verdict)
{
  if (fixture_submit (ingest, principal, body, verdict))
    fixture_wait (g_atomic_int_get (&verdict->answered));
}
