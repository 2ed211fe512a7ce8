#include "config.h"
#include "db/pdg-db-migrator.h"

#include <gio/gio.h>
#include <string.h>

#include "base/pdg-id.h"
#include "db/pdg-db-private.h"
#include "db/pdg-db-tx.h"
#include "db/pdg-migrations.h"

#define RESOURCE_FOLDER "/org/productgraph/migrations"

/* "pdgmigr" as a number: one migrator a database at a time. */
#define LOCK_SQL "SELECT pg_advisory_lock(31632477461406322)"
#define UNLOCK_SQL "SELECT pg_advisory_unlock(31632477461406322)"

static const char has_table_sql[] = "SELECT to_regclass('productgraph.schema_migration') IS NOT NULL";
static const char read_table_sql[] = "SELECT version, name, checksum FROM productgraph.schema_migration ORDER BY version";
static const char create_table_sql[] =
  "CREATE SCHEMA IF NOT EXISTS productgraph;"
  "CREATE TABLE IF NOT EXISTS productgraph.schema_migration ("
  "  version int PRIMARY KEY,"
  "  name text NOT NULL,"
  "  checksum text NOT NULL,"
  "  applied_at timestamptz NOT NULL DEFAULT now())";
static const char insert_sql[] = "INSERT INTO productgraph.schema_migration (version, name, checksum) VALUES ($1, $2, $3)";

/* A lock that a long query holds makes the migration give up rather than queue everybody behind it. */
static const char lock_timeout_sql[] = "SET LOCAL lock_timeout TO '10s'";

static int
compare_by_version (gconstpointer a, gconstpointer b)
{
  return ((const PdgDbMigration *) a)->version - ((const PdgDbMigration *) b)->version;
}

/* Nothing registers the resource by itself, so that it stays in a static library. */
static GResource *
get_resource (void)
{
  pdg_migrations_register_resource ();
  return pdg_migrations_get_resource ();
}

static gpointer
load_migrations (gpointer unused)
{
  GArray *array = g_array_new (TRUE, TRUE, sizeof (PdgDbMigration));
  GResource *resource = get_resource ();
  g_auto (GStrv) names = g_resource_enumerate_children (resource, RESOURCE_FOLDER, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autofree char *path = g_strconcat (RESOURCE_FOLDER "/", names[i], NULL);
      GBytes *bytes = g_resource_lookup_data (resource, path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
      char *name = g_strndup (names[i], strlen (names[i]) - strlen (".sql"));
      gsize len = 0;
      const char *data = g_bytes_get_data (bytes, &len);
      PdgDbMigration migration = { (int) g_ascii_strtoll (name, NULL, 10), name, g_strndup (data, len) };

      g_array_append_val (array, migration);
      g_bytes_unref (bytes);
    }
  g_array_sort (array, compare_by_version);
  return array;
}

const PdgDbMigration *
pdg_db_migrations_from_resource (guint *n)
{
  static GOnce once = G_ONCE_INIT;
  GArray *array = g_once (&once, load_migrations, NULL);

  *n = array->len;
  return (const PdgDbMigration *) (gpointer) array->data;
}

static char *
compute_checksum (const PdgDbMigration *migration)
{
  return pdg_sha256_hex (migration->sql, strlen (migration->sql));
}

/* Compares what was applied with the files; @n_applied: how many of them are there. */
static gboolean
check_applied (PdgDbResult *rows, const PdgDbMigration *migrations, guint n, guint *n_applied, GError **error)
{
  guint n_rows = pdg_db_result_get_n_rows (rows);

  for (guint i = 0; i < n_rows; i++)
    {
      int version = pdg_db_result_get_int4 (rows, i, 0);
      const char *name = pdg_db_result_get_text (rows, i, 1);
      g_autofree char *checksum = NULL;

      if (version > (int) n)
        {
          pdg_db_error_set (error, PDG_DB_ERROR_INVALID, NULL, NULL,
                            "The database was made by a newer ProductGraph (it has migration %s): install the newer version", name);
          return FALSE;
        }
      if (version != (int) i + 1)
        {
          pdg_db_error_set (error, PDG_DB_ERROR_INVALID, NULL, NULL,
                            "The database lacks migration %04u but has %s: restore it from a backup", i + 1, name);
          return FALSE;
        }
      checksum = compute_checksum (&migrations[i]);
      if (strcmp (checksum, pdg_db_result_get_text (rows, i, 2)) != 0)
        {
          pdg_db_error_set (error, PDG_DB_ERROR_INVALID, NULL, NULL,
                            "Migration %s was changed after it was applied: put the file back and add a new one instead", name);
          return FALSE;
        }
    }
  *n_applied = n_rows;
  return TRUE;
}

/* Reads the state in one short transaction that locks nothing but the catalogue row it reads. */
static gboolean
read_applied (PdgDbConn *conn, const PdgDbMigration *migrations, guint n, guint *n_applied, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (conn, error);
  g_autoptr (PdgDbResult) exists = NULL;
  g_autoptr (PdgDbResult) rows = NULL;

  *n_applied = 0;
  if (tx == NULL || (exists = pdg_db_tx_query (tx, has_table_sql, NULL, error)) == NULL)
    return FALSE;
  if (pdg_db_result_get_bool (exists, 0, 0))
    {
      rows = pdg_db_tx_query (tx, read_table_sql, NULL, error);
      if (rows == NULL || !check_applied (rows, migrations, n, n_applied, error))
        return FALSE;
    }
  return pdg_db_tx_commit (tx, error);
}

static gboolean
create_table (PdgDbConn *conn, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (conn, error);

  return tx != NULL && pdg_db_tx_exec_script (tx, create_table_sql, error) && pdg_db_tx_commit (tx, error);
}

static gboolean
run_migration (PdgDbTx *tx, const PdgDbMigration *migration, GError **error)
{
  g_autofree char *checksum = compute_checksum (migration);
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, migration->version);
  pdg_db_params_add_text (params, migration->name, -1);
  pdg_db_params_add_text (params, checksum, -1);
  return pdg_db_tx_exec_script (tx, lock_timeout_sql, error)
         && pdg_db_tx_exec_script (tx, migration->sql, error)
         && pdg_db_tx_exec (tx, insert_sql, params, error)
         && pdg_db_tx_commit (tx, error);
}

static gboolean
apply_migration (PdgDbConn *conn, const PdgDbMigration *migration, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (conn, error);
  const char *detail;

  if (tx == NULL)
    return FALSE;
  if (run_migration (tx, migration, &local_error))
    return TRUE;
  /* who migrates is the operator, and the files are ours: the server's words help and give nothing away */
  detail = pdg_db_error_get_detail (local_error);
  g_propagate_prefixed_error (error, g_error_copy (local_error), "Migration %s failed%s%s: ", migration->name,
                              detail != NULL ? ": " : "", detail != NULL ? detail : "");
  return FALSE;
}

/* The advisory lock belongs to the session, since it spans several transactions. */
static gboolean
run_unscoped (PdgDbConn *conn, const char *sql, GError **error)
{
  g_autoptr (PGresult) result = pdg_db_conn_execute_simple (conn, sql, error);

  return result != NULL;
}

static gboolean
apply_missing (PdgDbConn *conn, const PdgDbMigration *migrations, guint n, GPtrArray *applied, GError **error)
{
  guint n_applied;

  if (!create_table (conn, error) || !read_applied (conn, migrations, n, &n_applied, error))
    return FALSE;
  for (guint i = n_applied; i < n; i++)
    {
      if (!apply_migration (conn, &migrations[i], error))
        return FALSE;
      g_ptr_array_add (applied, g_strdup (migrations[i].name));
    }
  return TRUE;
}

gboolean
pdg_db_migrate (PdgDbConn *owner_conn, const PdgDbMigration *migrations, guint n, GPtrArray **applied, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  guint n_applied = 0;
  gboolean ok;

  g_return_val_if_fail (owner_conn != NULL, FALSE);

  for (guint i = 0; i < n; i++)
    if (migrations[i].version != (int) i + 1)
      {
        pdg_db_error_set (error, PDG_DB_ERROR_INVALID, NULL, NULL,
                          "Migration %04u is missing: the files are numbered without a gap", i + 1);
        return FALSE;
      }
  ok = read_applied (owner_conn, migrations, n, &n_applied, error);
  if (ok && n_applied < n)
    {
      ok = run_unscoped (owner_conn, LOCK_SQL, error);
      if (ok)
        {
          ok = apply_missing (owner_conn, migrations, n, names, error);
          /* a lost connection lets go of the lock as well */
          if (pdg_db_conn_is_usable (owner_conn))
            run_unscoped (owner_conn, UNLOCK_SQL, NULL);
        }
    }
  if (applied != NULL)
    *applied = g_steal_pointer (&names);
  return ok;
}
