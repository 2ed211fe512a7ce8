#include "config.h"
#include "support/pdg-test-cluster.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "db/pdg-db-migrator.h"
#include "db/pdg-db-private.h"
#include "db/pdg-db-tx.h"

static PdgDbCluster *cluster;
static char *tmp_dir;
static pid_t tmp_dir_owner;
static gboolean migrated;

static const char *const socket_part = "@/productgraph?";

static void
stop_cluster (void)
{
  /* exit handlers also run in children that forked from us */
  if (getpid () == tmp_dir_owner)
    g_clear_pointer (&cluster, pdg_db_cluster_free);
}

/* Waits on a pipe until this process is gone, then until its servers are, and removes the folder: atexit does not run
 * when an assertion fails or the test is killed. */
static void
start_cleaner (const char *folder)
{
  static const char script[] =
    "trap '' INT TERM HUP; cat >/dev/null; n=0; "
    "while [ $n -lt 200 ] && [ -n \"$(find \"$1\" -name postmaster.pid 2>/dev/null)\" ]; do sleep 0.1; n=$((n+1)); done; "
    "rm -rf -- \"$1\"";
  const char *argv[] = { "setsid", "sh", "-c", script, "sh", folder, NULL };
  g_autoptr (GError) error = NULL;
  int write_end = -1;

  g_spawn_async_with_pipes ("/", (char **) argv, NULL,
                            G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                            NULL, NULL, NULL, &write_end, NULL, NULL, &error);
  g_assert_no_error (error);
  /* nobody but us may hold the pipe open */
  fcntl (write_end, F_SETFD, FD_CLOEXEC);
}

const char *
pdg_test_get_tmp_dir (void)
{
  if (tmp_dir == NULL)
    {
      tmp_dir = g_strdup ("/tmp/pdg-test-XXXXXX");
      g_assert_nonnull (g_mkdtemp (tmp_dir));
      tmp_dir_owner = getpid ();
      start_cleaner (tmp_dir);
    }
  return tmp_dir;
}

PdgDbCluster *
pdg_test_cluster_get (void)
{
  g_autofree char *data_dir = NULL;
  g_autoptr (GError) error = NULL;

  if (cluster != NULL)
    return cluster;
  data_dir = g_build_filename (pdg_test_get_tmp_dir (), "data", NULL);
  /* sockets go into the folder as well, and with it */
  g_setenv ("XDG_RUNTIME_DIR", pdg_test_get_tmp_dir (), TRUE);
  cluster = pdg_db_cluster_start (data_dir, PDG_DB_CLUSTER_THROWAWAY, &error);
  g_assert_no_error (error);
  atexit (stop_cluster);
  return cluster;
}

const char *
pdg_test_cluster_get_owner_uri (void)
{
  return pdg_db_cluster_get_owner_uri (pdg_test_cluster_get ());
}

const char *
pdg_test_cluster_get_server_uri (void)
{
  return pdg_db_cluster_get_server_uri (pdg_test_cluster_get ());
}

const char *
pdg_test_cluster_get_writer_uri (void)
{
  return pdg_db_cluster_get_writer_uri (pdg_test_cluster_get ());
}

static PdgDbConn *
open_owner (void)
{
  g_autoptr (GError) error = NULL;
  PdgDbConn *conn = pdg_db_conn_open (pdg_test_cluster_get_owner_uri (), NULL, "test", &error);

  g_assert_no_error (error);
  return conn;
}

void
pdg_test_cluster_migrate (void)
{
  g_autoptr (PdgDbConn) conn = NULL;
  g_autoptr (GError) error = NULL;
  const PdgDbMigration *migrations;
  guint n;

  if (migrated)
    return;
  conn = open_owner ();
  migrations = pdg_db_migrations_from_resource (&n);
  pdg_db_migrate (conn, migrations, n, NULL, &error);
  g_assert_no_error (error);
  migrated = TRUE;
}

char *
pdg_test_cluster_make_database (const char *name)
{
  g_autofree char *sql = g_strdup_printf ("CREATE DATABASE %s STRATEGY FILE_COPY", name);
  g_autofree char *replacement = g_strdup_printf ("@/%s?", name);
  g_auto (GStrv) parts = g_strsplit (pdg_test_cluster_get_owner_uri (), socket_part, 2);
  g_autoptr (PdgDbConn) conn = open_owner ();
  g_autoptr (GError) error = NULL;
  /* not possible inside a transaction */
  g_autoptr (PGresult) result = pdg_db_conn_execute_simple (conn, sql, &error);

  g_assert_no_error (error);
  return g_strjoinv (replacement, parts);
}

void
pdg_test_cluster_run_sql (const char *sql)
{
  g_autoptr (PdgDbConn) conn = open_owner ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (conn, &error);

  g_assert_no_error (error);
  pdg_db_tx_exec_script (tx, sql, &error);
  g_assert_no_error (error);
  pdg_db_tx_commit (tx, &error);
  g_assert_no_error (error);
}
