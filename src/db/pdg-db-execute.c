#include "config.h"
#include "db/pdg-db-conn-private.h"

#include <string.h>

/* More prepared statements than this on one connection means that texts are being made up: the oldest one goes. */
#define MAX_STATEMENTS 256

/* A prepared statement. The types are part of the key: the same text with int4 and with int8 are two plans. */
typedef struct
{
  const char *sql;
  const Oid *types;
  guint n_types;
} StatementKey;

typedef struct
{
  StatementKey key; /* first: the table looks it up by it */
  char *sql;
  Oid *types;
  char name[24];
  GList link; /* in the order of use */
} Statement;

/* Statements are long, and one is looked up for each that runs: eight bytes at a time. */
static guint
statement_hash (gconstpointer data)
{
  const StatementKey *key = data;
  const char *sql = key->sql;
  gsize left = strlen (sql);
  guint64 hash = left, word;

  for (; left >= sizeof word; left -= sizeof word, sql += sizeof word)
    {
      memcpy (&word, sql, sizeof word);
      hash = (hash ^ word) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
      hash ^= hash >> 32;
    }
  word = 0;
  memcpy (&word, sql, left);
  hash = (hash ^ word) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  for (guint i = 0; i < key->n_types; i++)
    hash = hash * 31 + key->types[i];
  return (guint) (hash ^ hash >> 32);
}

static gboolean
statement_equal (gconstpointer a, gconstpointer b)
{
  const StatementKey *x = a, *y = b;

  return x->n_types == y->n_types && strcmp (x->sql, y->sql) == 0
         && (x->n_types == 0 || memcmp (x->types, y->types, x->n_types * sizeof (Oid)) == 0);
}

static void
statement_free (gpointer data)
{
  Statement *statement = data;

  g_free (statement->sql);
  g_free (statement->types);
  g_free (statement);
}

GHashTable *
pdg_db_statements_new (void)
{
  return g_hash_table_new_full (statement_hash, statement_equal, NULL, statement_free);
}

void
pdg_db_forget_statements (PdgDbConn *conn)
{
  g_queue_init (&conn->by_use);
  g_hash_table_remove_all (conn->statements);
}

static Statement *
lookup_statement (PdgDbConn *conn, const char *sql, const PdgDbBound *bound)
{
  StatementKey key = { sql, bound->types, bound->n };
  Statement *statement = g_hash_table_lookup (conn->statements, &key);

  if (statement != NULL && conn->by_use.head != &statement->link)
    {
      g_queue_unlink (&conn->by_use, &statement->link);
      g_queue_push_head_link (&conn->by_use, &statement->link);
    }
  return statement;
}

static Statement *
add_statement (PdgDbConn *conn, const char *sql, const PdgDbBound *bound)
{
  Statement *statement = g_new0 (Statement, 1);

  statement->sql = g_strdup (sql);
  statement->types = g_memdup2 (bound->types, bound->n * sizeof (Oid));
  statement->key = (StatementKey) { statement->sql, statement->types, bound->n };
  g_snprintf (statement->name, sizeof statement->name, "pdg%" G_GUINT64_FORMAT, conn->next_statement++);
  statement->link.data = statement;
  g_hash_table_add (conn->statements, statement);
  g_queue_push_head_link (&conn->by_use, &statement->link);
  return statement;
}

static void
remove_statement (PdgDbConn *conn, Statement *statement)
{
  g_queue_unlink (&conn->by_use, &statement->link);
  g_hash_table_remove (conn->statements, &statement->key);
}

static gboolean
send_execute (PdgDbConn *conn, const Statement *statement, const PdgDbBound *bound)
{
  return PQsendQueryPrepared (conn->pq, statement->name, bound->n, bound->values, bound->lengths, bound->formats, 1);
}

/* What was sent, in order: the answers come in the same one. */
typedef struct
{
  Statement *prepares; /* this is the Parse of a statement, which is known only when it succeeds */
  gboolean counts;     /* its result is the command's */
} Sent;

/* Queues DEALLOCATE for the statement that was used longest ago. */
static gboolean
send_eviction (PdgDbConn *conn, GArray *sent)
{
  Statement *oldest = conn->by_use.tail->data;
  g_autofree char *sql = g_strdup_printf ("DEALLOCATE %s", oldest->name);
  Sent entry = { NULL, FALSE };

  remove_statement (conn, oldest);
  g_array_append_val (sent, entry);
  return PQsendQueryParams (conn->pq, sql, 0, NULL, NULL, NULL, NULL, 1);
}

static gboolean
send_command (PdgDbConn *conn, const PdgDbCommand *command, GArray *sent)
{
  Sent entry = { NULL, TRUE };
  Statement *statement;
  PdgDbBound bound;

  pdg_db_params_bind (command->params, &bound);
  statement = lookup_statement (conn, command->sql, &bound);
  if (statement == NULL)
    {
      Sent prepare;

      if (conn->by_use.length >= MAX_STATEMENTS && !send_eviction (conn, sent))
        return FALSE;
      statement = add_statement (conn, command->sql, &bound);
      prepare = (Sent) { statement, FALSE };
      g_array_append_val (sent, prepare);
      if (!PQsendPrepare (conn->pq, statement->name, statement->sql, bound.n, bound.types))
        return FALSE;
    }
  g_array_append_val (sent, entry);
  return send_execute (conn, statement, &bound);
}

/* Reads the answers up to the end of the pipeline, also after an error, so that the connection is in step again. @results: room
 * for one of each command. */
static gboolean
read_answers (PdgDbConn *conn, GArray *sent, PGresult **results, GError **error)
{
  gboolean failed = FALSE;
  PGresult *result;
  guint n = 0;

  for (guint i = 0; i < sent->len; i++)
    {
      const Sent *entry = &g_array_index (sent, Sent, i);
      gboolean ok = FALSE;

      while ((result = PQgetResult (conn->pq)) != NULL)
        {
          ok = PQresultStatus (result) == PGRES_COMMAND_OK || PQresultStatus (result) == PGRES_TUPLES_OK;
          if (!ok && !failed)
            {
              failed = TRUE;
              pdg_db_error_set_from_result (error, conn->pq, result, pdg_db_conn_was_cancelled (conn));
            }
          conn->n_answered += ok;
          if (ok && entry->counts)
            results[n] = g_steal_pointer (&result);
          PQclear (result);
        }
      n += entry->counts;
      if (!ok && entry->prepares != NULL)
        remove_statement (conn, entry->prepares);
    }
  while (PQstatus (conn->pq) == CONNECTION_OK && PQpipelineStatus (conn->pq) != PQ_PIPELINE_OFF)
    {
      result = PQgetResult (conn->pq);
      PQclear (result);
      if (PQexitPipelineMode (conn->pq))
        break;
    }
  if (PQstatus (conn->pq) != CONNECTION_OK && !failed)
    {
      failed = TRUE;
      pdg_db_error_set_from_conn (error, conn->pq);
    }
  return !failed;
}

/* After an error that says that a prepared statement is gone or stale, none of them can be trusted. */
static void
check_statements (PdgDbConn *conn, const GError *error)
{
  const char *sqlstate = pdg_db_error_get_sqlstate (error);

  if (strcmp (sqlstate, "26000") == 0 || strcmp (sqlstate, "0A000") == 0)
    pdg_db_forget_statements (conn);
}

static gboolean
execute_pipeline (PdgDbConn *conn, const PdgDbCommand *commands, guint n, PGresult **results, GError **error)
{
  g_autoptr (GArray) sent = g_array_sized_new (FALSE, FALSE, sizeof (Sent), 2 * n + 1);
  gboolean ok;

  /* libpq would go on with that for the first of them; only what is sent outside a pipeline ends it */
  if (conn->by_row)
    PQclear (PQexec (conn->pq, ""));
  conn->by_row = FALSE;
  ok = PQenterPipelineMode (conn->pq);
  for (guint i = 0; i < n && ok; i++)
    ok = send_command (conn, &commands[i], sent);
  if (!ok || !PQpipelineSync (conn->pq))
    {
      /* only a lost connection, or more than the protocol can hold, comes here: nothing on it can be trusted */
      pdg_db_error_set_from_conn (error, conn->pq);
      pdg_db_forget_statements (conn);
      g_clear_pointer (&conn->pq, PQfinish);
      return FALSE;
    }
  return read_answers (conn, sent, results, error);
}

gboolean
pdg_db_conn_execute_all (PdgDbConn *conn, const PdgDbCommand *commands, guint n, PGresult **results, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  Statement *statement = NULL;
  PdgDbBound bound;

  memset (results, 0, n * sizeof *results);
  if (conn->pq == NULL)
    {
      pdg_db_error_set (error, PDG_DB_ERROR_CONNECTION, NULL, NULL, "The connection to the database was lost: try again");
      return FALSE;
    }
  if (n == 1)
    {
      pdg_db_params_bind (commands->params, &bound);
      statement = lookup_statement (conn, commands->sql, &bound);
    }
  if (statement != NULL)
    {
      results[0] = PQexecPrepared (conn->pq, statement->name, bound.n, bound.values, bound.lengths, bound.formats, 1);
      pdg_db_conn_check_result (conn, results[0], &local_error);
    }
  else
    execute_pipeline (conn, commands, n, results, &local_error);
  if (local_error == NULL)
    return TRUE;
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&results[i], PQclear);
  check_statements (conn, local_error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

PGresult *
pdg_db_conn_execute (PdgDbConn *conn, const PdgDbCommand *commands, guint n, GError **error)
{
  g_autofree PGresult **results = g_new (PGresult *, n);

  if (!pdg_db_conn_execute_all (conn, commands, n, results, error))
    return NULL;
  for (guint i = 0; i + 1 < n; i++)
    PQclear (results[i]);
  return results[n - 1];
}

gboolean
pdg_db_conn_send (PdgDbConn *conn, const PdgDbCommand *command, GError **error)
{
  g_autoptr (PGresult) result = NULL;
  Statement *statement;
  PdgDbBound bound;

  pdg_db_params_bind (command->params, &bound);
  statement = lookup_statement (conn, command->sql, &bound);
  if (statement == NULL)
    {
      statement = add_statement (conn, command->sql, &bound);
      result = PQprepare (conn->pq, statement->name, command->sql, bound.n, bound.types);
      if (!pdg_db_conn_check_result (conn, result, error))
        {
          remove_statement (conn, statement);
          return FALSE;
        }
    }
  if (!send_execute (conn, statement, &bound))
    {
      pdg_db_error_set_from_conn (error, conn->pq);
      return FALSE;
    }
  conn->by_row = PQsetSingleRowMode (conn->pq);
  return TRUE;
}
