#include "config.h"

#include "service/event-writer.h"
#include "service/pdg-commands-journeys.h"
#include "service/pdg-credentials.h"
#include "store/tenant-data.h"

#include <string.h>

/* What the commands of the directory do to each other, to the writer and to who is bound to one project. */

static Tenant *a, *b;
static PdgHub *hub;
static PdgIngest *ingest;
static PdgDbConn *server;

static void
assert_refused (const GError *error, PdgServiceError code, const char *field)
{
  g_assert_error (error, PDG_SERVICE_ERROR, (int) code);
  g_assert_cmpstr (pdg_service_error_get_field (error), ==, field);
}

/* ---- Members */

static char *
add_member (const Tenant *tenant, const char *email, PdgRole role)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgMember) member = pdg_commands_add_member (server, tenant->admin, email, "", role, &error);

  g_assert_no_error (error);
  return g_strdup (member->id);
}

typedef struct
{
  const char *id;
  PdgRole role;
  GError *error;
} Lowering;

static gpointer
lower_worker (gpointer data)
{
  Lowering *lowering = data;
  g_autoptr (PdgDbConn) conn = fixture_open (pdg_test_cluster_get_server_uri (), NULL);
  g_autoptr (PdgMember) member = pdg_commands_update_member (conn, a->admin, lowering->id, NULL, &lowering->role, &lowering->error);

  return NULL;
}

/* Waits until a statement with these words waits for a lock. */
static void
wait_for_waiter (const char *words)
{
  gint64 deadline = g_get_monotonic_time () + FIXTURE_DEADLINE_USEC;

  while (fixture_owner_int ("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%%%s%%'", words) == 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (2000);
    }
}

/* Two admins who lower each other at the same time: one of them stays. */
static void
test_last_admin_of_two (void)
{
  g_autofree char *first = add_member (a, "first@example.org", PDG_ROLE_ADMIN), *second = add_member (a, "second@example.org", PDG_ROLE_ADMIN);
  g_autoptr (PdgDbConn) conn = fixture_open (pdg_test_cluster_get_server_uri (), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin (conn, a->admin, PDG_DB_TX_READ_WRITE, &error);
  g_autofree char *lower = g_strdup_printf ("SELECT update_member('%s', NULL, 'viewer')", first);
  Lowering lowering = { second, PDG_ROLE_EDITOR, NULL };
  GThread *thread;

  g_assert_true (pdg_db_tx_exec_script (tx, lower, &error));
  thread = g_thread_new ("lower", lower_worker, &lowering);
  wait_for_waiter ("update_member");
  g_assert_true (pdg_db_tx_commit (tx, &error));
  g_thread_join (thread);
  assert_refused (lowering.error, PDG_SERVICE_ERROR_CONFLICT, "role");
  g_clear_error (&lowering.error);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM membership WHERE org_id = %d AND role = 'admin'", a->organisation->org_no), ==, 1);

  /* he may go when nobody is left whom he leaves without an admin */
  g_assert_false (pdg_commands_remove_member (server, a->admin, second, &error));
  assert_refused (error, PDG_SERVICE_ERROR_CONFLICT, "id");
  g_clear_error (&error);
  g_assert_true (pdg_commands_remove_member (server, a->admin, first, &error));
  g_assert_true (pdg_commands_remove_member (server, a->admin, second, &error));
  g_assert_no_error (error);
}

/* Who is a member of two organisations stays in the other, under its own name and address. */
static void
test_member_of_two (void)
{
  g_autofree char *in_a = add_member (a, "Two@Example.org", PDG_ROLE_ADMIN), *in_b = add_member (b, "two@example.org", PDG_ROLE_VIEWER);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM account WHERE lower(email) = 'two@example.org'"), ==, 1);
  g_assert_cmpstr (in_a, !=, in_b);
  g_assert_true (pdg_commands_remove_member (server, a->admin, in_a, &error));
  g_assert_no_error (error);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM membership WHERE email = 'two@example.org'"), ==, 1);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM account WHERE lower(email) = 'two@example.org'"), ==, 1);
  g_assert_false (pdg_commands_remove_member (server, a->admin, in_b, &error));
  assert_refused (error, PDG_SERVICE_ERROR_NOT_FOUND, "id");
  g_clear_error (&error);
  g_assert_true (pdg_commands_remove_member (server, b->admin, in_b, &error));
  g_assert_no_error (error);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM account WHERE lower(email) = 'two@example.org'"), ==, 0);
}

/* The database holds a token to its member, whoever changes the rows. */
static void
test_tokens_are_held (void)
{
  g_autofree char *id = add_member (a, "held@example.org", PDG_ROLE_EDITOR);
  g_autofree char *raise = g_strdup_printf ("UPDATE access_token SET role = 'admin' WHERE member_id = '%s'", id);
  g_autofree char *remove = g_strdup_printf ("DELETE FROM membership WHERE id = '%s'", id);
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgAccessToken) token = pdg_commands_create_token (server, a->admin, PDG_ROLE_EDITOR, "held", id, PDG_TIME_NONE, &error);

  g_assert_no_error (error);
  g_free (fixture_try (owner, raise, &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_INVALID);
  g_clear_error (&error);
  fixture_run (owner, remove);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM access_token WHERE token_id = %d AND revoked_at IS NOT NULL AND member_id IS NULL",
                                      token->token_no), ==, 1);
}

/* ---- A principal that is bound to one project */

static gboolean
is_refused (gpointer result, GError **error, PdgServiceError code)
{
  gboolean refused = result == NULL && g_error_matches (*error, PDG_SERVICE_ERROR, (int) code);

  if (!refused && *error != NULL)
    g_test_message ("%s", (*error)->message);
  g_clear_error (error);
  return refused;
}

static void
test_bound_to_one_project (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgProject) other = pdg_commands_create_project (server, a->admin, "other", "Other", &error);
  g_autoptr (PdgPrincipal) bound = pdg_principal_new (a->organisation->uuid, a->organisation->org_no, PDG_ROLE_ADMIN, a->project->project_no, "bound");
  PdgProjectChange change = { .name = "Bound", .week_start = -1 };
  PdgJourneyDraft draft = { .name = "Bound", .updated_usec = PDG_TIME_NONE };
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (PdgProject) changed = NULL;
  g_autoptr (PdgQueries) queries = NULL;
  g_autoptr (GPtrArray) projects = NULL;
  g_autofree char *id = NULL;
  PdgStoreProjectFilter filter = { .limit = 10 };

  draft.steps = none;
  draft.links = none;
  g_assert_true (is_refused (pdg_commands_create_project (server, bound, "x", "x", &error), &error, PDG_SERVICE_ERROR_FORBIDDEN));
  g_assert_true (is_refused (pdg_commands_update_organisation (server, bound, "x", &error), &error, PDG_SERVICE_ERROR_FORBIDDEN));
  g_assert_true (is_refused (pdg_commands_add_member (server, bound, "x@y", "", PDG_ROLE_VIEWER, &error), &error, PDG_SERVICE_ERROR_FORBIDDEN));
  g_assert_true (is_refused (pdg_commands_create_token (server, bound, PDG_ROLE_VIEWER, "", NULL, PDG_TIME_NONE, &error), &error, PDG_SERVICE_ERROR_FORBIDDEN));
  g_assert_true (is_refused (pdg_commands_update_project (server, bound, "other", &change, &error), &error, PDG_SERVICE_ERROR_NOT_FOUND));
  g_assert_true (is_refused (pdg_commands_create_api_key (server, bound, "other", "", &error), &error, PDG_SERVICE_ERROR_NOT_FOUND));
  g_assert_true (is_refused (pdg_commands_create_journey (server, bound, "other", NULL, &draft, &error), &error, PDG_SERVICE_ERROR_NOT_FOUND));
  g_assert_true (is_refused (GINT_TO_POINTER (pdg_commands_delete_project (server, bound, "other", "Other", &error)), &error, PDG_SERVICE_ERROR_NOT_FOUND));
  changed = pdg_commands_update_project (server, bound, a->project->id, &change, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (changed->name, ==, "Bound");
  queries = pdg_queries_begin (server, bound, 10000, &error);
  projects = pdg_queries_list_projects (queries, &filter, &error);
  g_assert_cmpuint (projects->len, ==, 1);
  id = pdg_queries_dup_bound_project_id (queries, &error);
  g_assert_cmpstr (id, ==, a->project->id);
  g_assert_true (is_refused (pdg_queries_list_members (queries, 0, NULL, 10, &error), &error, PDG_SERVICE_ERROR_FORBIDDEN));
  g_assert_true (is_refused (pdg_queries_list_tokens (queries, 0, 10, &error), &error, PDG_SERVICE_ERROR_FORBIDDEN));
}

/* ---- Removing a project */

/* How many rows of the project there are in any table that names projects, and of journeys and pictures. */
static gint64
count_rows (gint32 project_no, gint32 org_no)
{
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_autofree char *tables = fixture_text (owner, "SELECT string_agg(c.relname, ' ') FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
                                                 "AND a.attname = 'project_id' WHERE c.relnamespace = 'productgraph'::regnamespace "
                                                 "AND c.relkind IN ('r', 'p') AND NOT c.relispartition");
  g_auto (GStrv) names = g_strsplit (tables, " ", -1);
  g_autoptr (GString) sql = g_string_new (NULL);

  g_assert_cmpuint (g_strv_length (names), >=, 10);
  g_string_append_printf (sql, "SELECT (SELECT count(*) FROM journey_step WHERE org_id = %d) + (SELECT count(*) FROM journey_transition WHERE org_id = %d) "
                               "+ (SELECT count(*) FROM blob WHERE org_id = %d)", org_no, org_no, org_no);
  for (gsize i = 0; names[i] != NULL; i++)
    g_string_append_printf (sql, " + (SELECT count(*) FROM %s WHERE project_id = %d)", names[i], project_no);
  return fixture_int (owner, sql->str);
}

static void
test_delete_project (void)
{
  g_autoptr (Tenant) tenant = tenant_new (NULL, "Gone", "proj_gone");
  g_autofree char *key = NULL, *token = NULL, *of_b = tenant_fingerprint (b), *after = NULL;
  g_autofree char *body = body_with_one ("proj_gone", "late", "late", g_get_real_time ());
  g_autofree char *both = NULL;
  g_auto (Verdict) verdict = { 0 };
  g_autoptr (PdgProject) again = NULL;
  g_autoptr (GError) error = NULL;
  GString *out = body_new ();

  tenant_fill (tenant, ingest, "gone", &key, &token);
  g_assert_cmpint (count_rows (tenant->project->project_no, tenant->organisation->org_no), >, 20);
  g_assert_false (pdg_commands_delete_project (server, tenant->admin, "proj_gone", "gone", &error));
  assert_refused (error, PDG_SERVICE_ERROR_INVALID, "confirmName");
  g_clear_error (&error);
  g_assert_true (pdg_commands_delete_project (server, tenant->admin, "proj_gone", "Gone", &error));
  g_assert_no_error (error);
  g_assert_cmpint (count_rows (tenant->project->project_no, tenant->organisation->org_no), ==, 0);

  /* the writer, which remembers the project, refuses its events and keeps those of others */
  fixture_store (ingest, tenant->admin, body, &verdict);
  assert_stored (verdict, 0, 0, 1);
  g_assert_nonnull (strstr (verdict.issues, "there is no project"));
  g_assert_cmpint (count_rows (tenant->project->project_no, tenant->organisation->org_no), ==, 0);
  body_add (out, "proj_gone", "late-2", "gone-session", "page.view", g_get_real_time (), ",\"page.path\":\"/gone-home\"");
  body_add (out, "proj_d", "kept", "kept", "page.view", g_get_real_time (), ",\"page.path\":\"/kept\"");
  both = body_finish (out);
  fixture_store (ingest, a->admin, both, &verdict);
  assert_stored (verdict, 1, 0, 1);

  /* made again, it is another one */
  again = pdg_commands_create_project (server, tenant->admin, "proj_gone", "Again", &error);
  g_assert_no_error (error);
  g_assert_cmpint (again->project_no, !=, tenant->project->project_no);
  fixture_store (ingest, tenant->admin, body, &verdict);
  assert_stored (verdict, 1, 0, 0);
  after = tenant_fingerprint (b);
  g_assert_cmpstr (after, ==, of_b);
}

typedef struct
{
  Tenant *tenant;
  GError *error;
} Removal;

static gpointer
remove_worker (gpointer data)
{
  Removal *removal = data;
  g_autoptr (PdgDbConn) conn = fixture_open (pdg_test_cluster_get_server_uri (), NULL);

  pdg_commands_delete_project (conn, removal->tenant->admin, removal->tenant->project->id, removal->tenant->organisation->name, &removal->error);
  return NULL;
}

/* Events that are being stored: the removal waits for them and takes them, too. */
static void
test_delete_waits_for_the_writer (void)
{
  g_autoptr (Tenant) tenant = tenant_new (NULL, "Busy", "proj_busy");
  g_autofree char *key = NULL, *token = NULL, *store = NULL;
  g_autoptr (PdgDbConn) writer = fixture_open (pdg_test_cluster_get_writer_uri (), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = NULL;
  Removal removal = { tenant, NULL };
  GThread *thread;

  tenant_fill (tenant, ingest, "busy", &key, &token);
  /* clang-format off */
  store = g_strdup_printf ("INSERT INTO event (ts, received_at, org_id, project_id, session_no, actor_no, term_no, flags, event_key) "
                           "VALUES (now(), now(), %d, %d, 1, 1, 1, 0, gen_random_uuid()); "
                           "SELECT apply_sessions(ARRAY[%d], ARRAY[1], ARRAY[1], ARRAY[1], ARRAY[0], ARRAY[0], ARRAY[now()], ARRAY[now()], "
                           "ARRAY[NULL]::int4[], ARRAY[now()], ARRAY[1], ARRAY[NULL]::int4[], ARRAY[now()], ARRAY[1], ARRAY[NULL]::int4[], "
                           "ARRAY[now()], ARRAY[1], ARRAY[0]::int2[], ARRAY[now()], now())",
                           tenant->organisation->org_no, tenant->project->project_no, tenant->project->project_no);
  /* clang-format on */
  tx = pdg_db_tx_begin_maintenance (writer, &error);
  pdg_db_tx_exec_script (tx, store, &error);
  if (error != NULL)
    g_test_message ("%s", pdg_db_error_get_detail (error));
  g_assert_no_error (error);
  thread = g_thread_new ("remove", remove_worker, &removal);
  wait_for_waiter ("delete_project");
  g_assert_true (pdg_db_tx_commit (tx, &error));
  g_thread_join (thread);
  g_assert_no_error (removal.error);
  g_assert_cmpint (count_rows (tenant->project->project_no, tenant->organisation->org_no), ==, 0);
}

/* The other way round: events that come while a removal is under way find no project. */
static void
test_writer_waits_for_the_removal (void)
{
  g_autoptr (Tenant) tenant = tenant_new (NULL, "Going", "proj_going");
  g_autofree char *key = NULL, *token = NULL, *body = NULL;
  g_autofree char *sql = NULL;
  g_auto (Verdict) verdict = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = NULL;
  GString *out = body_new ();
  static const char known[] = ",\"page.path\":\"/going-home\",\"user.id\":\"going-user\",\"anonymous.id\":\"going-anonymous\",\"app.version\":\"going-1.0\"";

  tenant_fill (tenant, ingest, "going", &key, &token);
  /* in a later second than that in which it was told who the anonymous one is, so that it is not told again */
  body_add (out, "proj_going", "going-9", "going-session", "page.view", g_get_real_time () + 2 * G_USEC_PER_SEC, "%s", known);
  body = body_finish (out);
  sql = g_strdup_printf ("SELECT delete_project(%d)", tenant->project->project_no);
  tx = pdg_db_tx_begin (server, tenant->admin, PDG_DB_TX_READ_WRITE, &error);
  g_assert_true (pdg_db_tx_exec_script (tx, sql, &error));
  g_assert_true (fixture_submit (ingest, tenant->admin, body, &verdict));
  wait_for_waiter ("apply_sessions");
  g_assert_true (pdg_db_tx_commit (tx, &error));
  fixture_wait (g_atomic_int_get (&verdict.answered));
  assert_stored (verdict, 0, 0, 1);
  g_assert_cmpint (count_rows (tenant->project->project_no, tenant->organisation->org_no), ==, 0);
}

/* ---- Credentials */

static void
resolved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static PdgPrincipal *
resolve (PdgCredentials *credentials, const char *secret)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  PdgPrincipal *principal;

  pdg_credentials_resolve_async (credentials, secret, NULL, resolved_cb, &result);
  fixture_wait (result != NULL);
  principal = pdg_credentials_resolve_finish (credentials, result, &error);
  g_assert_no_error (error);
  return principal;
}

static void
test_credentials_forget (void)
{
  g_autoptr (PdgDbPool) pool = pdg_db_pool_new (pdg_test_cluster_get_server_uri (), NULL, "test", 1, 8);
  PdgCredentials *credentials = pdg_credentials_new (pool);
  g_autofree char *of_a = fixture_make_token (server, a->admin, PDG_ROLE_VIEWER, "a"), *of_b = fixture_make_token (server, b->admin, PDG_ROLE_VIEWER, "b");
  g_autoptr (PdgPrincipal) first = resolve (credentials, of_a), second = resolve (credentials, of_b), third = NULL, peeked = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_nonnull (first);
  g_assert_nonnull (second);
  g_assert_cmpint (pdg_credentials_peek (credentials, of_a, &peeked), ==, PDG_CREDENTIAL_GOOD);
  g_clear_pointer (&peeked, pdg_principal_unref);
  pdg_credentials_forget (credentials, a->organisation->org_no);
  g_assert_cmpint (pdg_credentials_peek (credentials, of_a, &peeked), ==, PDG_CREDENTIAL_UNKNOWN);
  g_assert_cmpint (pdg_credentials_peek (credentials, of_b, &peeked), ==, PDG_CREDENTIAL_GOOD);
  g_clear_pointer (&peeked, pdg_principal_unref);

  /* an answer to a question of before is given, and not remembered */
  pdg_credentials_resolve_async (credentials, of_a, NULL, resolved_cb, &result);
  pdg_credentials_forget (credentials, a->organisation->org_no);
  fixture_wait (result != NULL);
  third = pdg_credentials_resolve_finish (credentials, result, NULL);
  g_assert_nonnull (third);
  g_assert_cmpint (pdg_credentials_peek (credentials, of_a, &peeked), ==, PDG_CREDENTIAL_UNKNOWN);
  pdg_db_pool_close (pool);
  pdg_credentials_free (credentials);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  a = tenant_new (NULL, "Org A", "proj_d");
  b = tenant_new (NULL, "Org B", "proj_d");
  hub = pdg_hub_new ();
  ingest = fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, hub, 1000, 1000);
  server = fixture_open (pdg_test_cluster_get_server_uri (), NULL);
  g_test_add_func ("/service/directory/last-admin-of-two", test_last_admin_of_two);
  g_test_add_func ("/service/directory/member-of-two", test_member_of_two);
  g_test_add_func ("/service/directory/tokens-are-held", test_tokens_are_held);
  g_test_add_func ("/service/directory/bound-to-one-project", test_bound_to_one_project);
  g_test_add_func ("/service/directory/delete-project", test_delete_project);
  g_test_add_func ("/service/directory/delete-waits-for-the-writer", test_delete_waits_for_the_writer);
  g_test_add_func ("/service/directory/writer-waits-for-the-removal", test_writer_waits_for_the_removal);
  g_test_add_func ("/service/directory/credentials-forget", test_credentials_forget);
  status = g_test_run ();
  pdg_ingest_free (ingest);
  pdg_db_conn_free (server);
  pdg_hub_unref (hub);
  tenant_free (a);
  tenant_free (b);
  return status;
}
