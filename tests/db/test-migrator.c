#include "config.h"

#include <string.h>

#include "db/pdg-db-migrator.h"
#include "pdg-test-db.h"

static const PdgDbMigration good[] = {
  { 1, "0001_one", "CREATE TABLE one (id int); INSERT INTO one VALUES (1);" },
  { 2, "0002_two", "CREATE TABLE two (id int);\nINSERT INTO two SELECT id FROM one;\n" },
  { 3, "0003_three", "-- nothing but words\n" },
};

static PdgDbConn *
make_database (void)
{
  static int n;
  g_autofree char *name = g_strdup_printf ("migrated_%d", n++);
  g_autofree char *uri = pdg_test_cluster_make_database (name);

  return test_open (uri);
}

static char *
migrate (PdgDbConn *conn, const PdgDbMigration *migrations, guint n, GError **error)
{
  g_autoptr (GPtrArray) applied = NULL;

  if (!pdg_db_migrate (conn, migrations, n, &applied, error))
    return NULL;
  g_ptr_array_add (applied, NULL);
  return g_strjoinv (",", (char **) applied->pdata);
}

static void
test_migrator_applies (void)
{
  g_autoptr (PdgDbConn) conn = make_database ();
  g_autoptr (GError) error = NULL;
  static const struct
  {
    guint n;
    const char *applied;
  } steps[] = { { 1, "0001_one" }, { 1, "" }, { 3, "0002_two,0003_three" }, { 3, "" } };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *applied = migrate (conn, good, steps[i].n, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (applied, ==, steps[i].applied);
    }
  {
    g_autoptr (PdgDbTx) tx = test_begin (conn);

    g_assert_cmpint (test_query_int8 (tx, "SELECT count(*) FROM two"), ==, 1);
    g_assert_cmpint (test_query_int8 (tx, "SELECT count(*) FROM schema_migration WHERE length(checksum) = 64 AND applied_at <= clock_timestamp()"), ==, 3);
    g_assert_cmpint (test_query_int8 (tx, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), ==, 0);
  }
}

static void
test_migrator_refuses (void)
{
  static const PdgDbMigration changed[] = { { 1, "0001_one", "CREATE TABLE other (id int)" }, good[1] };
  static const PdgDbMigration gap[] = { good[0], good[2] };
  static const struct
  {
    const PdgDbMigration *migrations;
    guint n;
    const char *words;
  } rows[] = {
    { changed, 2, "was changed" },
    { good, 1, "newer ProductGraph" },
    { gap, 2, "0002 is missing" },
    { NULL, 0, "newer ProductGraph" },
  };
  g_autoptr (PdgDbConn) conn = make_database ();
  g_autoptr (GError) error = NULL;
  g_autofree char *applied = migrate (conn, good, 2, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_null (migrate (conn, rows[i].migrations, rows[i].n, &error));
      g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, rows[i].words));
      g_clear_error (&error);
    }
  /* a hole in what was applied */
  {
    g_autoptr (PdgDbTx) tx = test_begin (conn);

    pdg_db_tx_exec_script (tx, "DELETE FROM schema_migration WHERE version = 1", &error);
    pdg_db_tx_commit (tx, &error);
    g_assert_no_error (error);
  }
  g_assert_null (migrate (conn, good, 3, &error));
  g_assert_nonnull (strstr (error->message, "lacks migration 0001"));
}

static void
test_migrator_fails_whole (void)
{
  static const PdgDbMigration broken[] = { good[0], { 2, "0002_two", "CREATE TABLE two (id int);\nSELECT nonsense;\n" } };
  g_autoptr (PdgDbConn) conn = make_database ();
  g_autoptr (GError) error = NULL;
  g_autofree char *applied = NULL;

  g_assert_null (migrate (conn, broken, 2, &error));
  g_assert_nonnull (strstr (error->message, "0002_two"));
  g_assert_nonnull (strstr (error->message, "Line 2"));
  g_clear_error (&error);
  /* the first is there, the second is not, and can be corrected */
  applied = migrate (conn, good, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (applied, ==, "0002_two,0003_three");
}

typedef struct
{
  char *uri;
  int n_applied;
} Racer;

static gpointer
race (gpointer data)
{
  Racer *racer = data;
  g_autoptr (PdgDbConn) conn = test_open (racer->uri);
  g_autoptr (GPtrArray) applied = NULL;
  g_autoptr (GError) error = NULL;

  pdg_db_migrate (conn, good, G_N_ELEMENTS (good), &applied, &error);
  g_assert_no_error (error);
  g_atomic_int_add (&racer->n_applied, applied->len);
  return NULL;
}

static void
test_migrator_several_at_once (void)
{
  Racer racer = { pdg_test_cluster_make_database ("raced"), 0 };
  GThread *threads[6];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("racer", race, &racer);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (g_atomic_int_get (&racer.n_applied), ==, G_N_ELEMENTS (good));
  g_free (racer.uri);
}

static void
test_migrator_no_lock_at_head (void)
{
  g_autofree char *uri = pdg_test_cluster_make_database ("at_head");
  g_autoptr (PdgDbConn) conn = test_open (uri);
  g_autoptr (PdgDbConn) other = test_open (uri);
  g_autoptr (GError) error = NULL;
  g_autofree char *applied = migrate (conn, good, 3, &error);
  g_autofree char *again = NULL;
  g_autoptr (PdgDbTx) holder = NULL;

  g_assert_no_error (error);
  /* somebody writes to everything, and holds the migrator's lock: at head that is no reason to wait */
  holder = test_begin (other);
  pdg_db_tx_exec_script (holder, "SELECT pg_advisory_xact_lock(31632477461406322); LOCK TABLE one, two IN ACCESS EXCLUSIVE MODE;"
                                 "LOCK TABLE schema_migration IN ROW EXCLUSIVE MODE", &error);
  g_assert_no_error (error);
  again = migrate (conn, good, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again, ==, "");
}

static void
test_migrator_real_files (void)
{
  g_autoptr (PdgDbConn) conn = make_database ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  const PdgDbMigration *migrations;
  guint n = 0, n_files = 0;
  g_autofree char *folder = g_build_filename (g_getenv ("PDG_SOURCE_DIR"), "migrations", NULL);
  g_autofree char *applied = NULL;
  const char *name;

  migrations = pdg_db_migrations_from_resource (&n);
  dir = g_dir_open (folder, 0, &error);
  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    n_files += g_str_has_suffix (name, ".sql");
  g_assert_cmpuint (n, ==, n_files);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%s.sql", folder, migrations[i].name);
      g_autofree char *text = NULL;

      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      g_assert_true (g_str_equal (migrations[i].sql, text)); /* not cmpstr, which prints both */
    }
  applied = migrate (conn, migrations, n, &error);
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/db/migrator/applies", test_migrator_applies);
  g_test_add_func ("/db/migrator/refuses", test_migrator_refuses);
  g_test_add_func ("/db/migrator/fails-whole", test_migrator_fails_whole);
  g_test_add_func ("/db/migrator/several-at-once", test_migrator_several_at_once);
  g_test_add_func ("/db/migrator/no-lock-at-head", test_migrator_no_lock_at_head);
  g_test_add_func ("/db/migrator/real-files", test_migrator_real_files);
  return g_test_run ();
}
