#include "config.h"
#include "db/pdg-db-conn.h"

#include <poll.h>
#include <string.h>

#include "db/pdg-db-private.h"

#define CONNECT_TIMEOUT_USEC (10 * G_USEC_PER_SEC)

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

struct _PdgDbConn
{
  PGconn *pq;
  char *uri;
  char *set_role;
  char *application_name;
  GHashTable *statements;
  GQueue by_use; /* the most recently used first */
  guint64 next_statement;
  guint64 n_answered;
  GCancellable *cancellable;
  gboolean in_tx;

  GMutex cancel_lock;
  PGcancel *cancel; /* guarded by cancel_lock */
  int cancelled;    /* atomic */
};

static guint
statement_hash (gconstpointer data)
{
  const StatementKey *key = data;
  guint hash = g_str_hash (key->sql);

  for (guint i = 0; i < key->n_types; i++)
    hash = hash * 31 + key->types[i];
  return hash;
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

static void
forget_statements (PdgDbConn *conn)
{
  g_queue_init (&conn->by_use);
  g_hash_table_remove_all (conn->statements);
}

static void
on_notice (void *user_data, const char *message)
{
  g_debug ("server: %s", message);
}

PGconn *
pdg_db_connect_start (const char *uri, const char *application_name, GError **error)
{
  const char *keys[] = { "connect_timeout", "client_encoding", "dbname", "application_name", NULL };
  const char *values[] = { "10", "UTF8", uri, application_name, NULL };
  PQconninfoOption *options = NULL;
  char *complaint = NULL;
  PGconn *pq;

  options = PQconninfoParse (uri, &complaint);
  if (options == NULL)
    {
      /* libpq's complaint quotes the address, password and all */
      PQfreemem (complaint);
      pdg_db_error_set (error, PDG_DB_ERROR_INVALID, NULL, NULL,
                        "The database address is not valid: it looks like postgresql://user:password@host:5432/database");
      return NULL;
    }
  PQconninfoFree (options);
  pq = PQconnectStartParams (keys, values, TRUE);
  if (pq == NULL)
    g_error ("out of memory");
  /* so that the reason of a refused login can be told from its SQLSTATE */
  PQsetErrorVerbosity (pq, PQERRORS_VERBOSE);
  PQsetNoticeProcessor (pq, on_notice, NULL);
  return pq;
}

/* Drives the start of a connection to its end, for at most CONNECT_TIMEOUT_USEC (PQconnectdb only knows seconds). */
static gboolean
finish_connecting (PGconn *pq)
{
  gint64 deadline = g_get_monotonic_time () + CONNECT_TIMEOUT_USEC;
  PostgresPollingStatusType status = PGRES_POLLING_WRITING;

  if (PQstatus (pq) == CONNECTION_BAD)
    return FALSE;
  while (status != PGRES_POLLING_OK && status != PGRES_POLLING_FAILED)
    {
      struct pollfd fd = { PQsocket (pq), status == PGRES_POLLING_READING ? POLLIN : POLLOUT, 0 };
      gint64 left = deadline - g_get_monotonic_time ();

      if (left <= 0)
        return FALSE;
      if (poll (&fd, 1, left / 1000 + 1) > 0)
        status = PQconnectPoll (pq);
    }
  return status == PGRES_POLLING_OK;
}

static gboolean
set_up_session (PdgDbConn *conn, GError **error)
{
  g_autoptr (GString) sql = g_string_new ("SET search_path TO productgraph, public; SET TimeZone TO 'UTC'; SET jit TO off;"
                                          "SET standard_conforming_strings TO on; SET client_min_messages TO warning");
  g_autoptr (PGresult) result = NULL;

  if (conn->set_role != NULL)
    {
      char *quoted = PQescapeIdentifier (conn->pq, conn->set_role, strlen (conn->set_role));

      g_string_append_printf (sql, "; SET ROLE %s", quoted != NULL ? quoted : "");
      PQfreemem (quoted);
    }
  result = pdg_db_conn_execute_simple (conn, sql->str, error);
  return result != NULL;
}

static void
set_cancel (PdgDbConn *conn, PGcancel *cancel)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&conn->cancel_lock);

  PQfreeCancel (conn->cancel);
  conn->cancel = cancel;
}

gboolean
pdg_db_conn_reset (PdgDbConn *conn, GError **error)
{
  set_cancel (conn, NULL);
  g_clear_pointer (&conn->pq, PQfinish);
  forget_statements (conn);
  conn->in_tx = FALSE;
  pdg_db_conn_clear_cancelled (conn);

  conn->pq = pdg_db_connect_start (conn->uri, conn->application_name, error);
  if (conn->pq == NULL)
    return FALSE;
  if (!finish_connecting (conn->pq))
    {
      pdg_db_error_set_from_conn (error, conn->pq);
      g_clear_pointer (&conn->pq, PQfinish);
      return FALSE;
    }
  if (!set_up_session (conn, error))
    {
      g_clear_pointer (&conn->pq, PQfinish);
      return FALSE;
    }
  set_cancel (conn, PQgetCancel (conn->pq));
  conn->n_answered = 0;
  return TRUE;
}

PdgDbConn *
pdg_db_conn_open (const char *uri, const char *set_role, const char *application_name, GError **error)
{
  PdgDbConn *conn = g_new0 (PdgDbConn, 1);

  conn->uri = g_strdup (uri);
  conn->set_role = g_strdup (set_role);
  conn->application_name = g_strdup (application_name);
  conn->statements = g_hash_table_new_full (statement_hash, statement_equal, NULL, statement_free);
  g_mutex_init (&conn->cancel_lock);
  if (!pdg_db_conn_reset (conn, error))
    g_clear_pointer (&conn, pdg_db_conn_free);
  return conn;
}

void
pdg_db_conn_free (PdgDbConn *conn)
{
  if (conn == NULL)
    return;
  if (conn->in_tx)
    g_critical ("a connection was freed before its transaction");
  set_cancel (conn, NULL);
  g_clear_pointer (&conn->pq, PQfinish);
  g_queue_init (&conn->by_use);
  g_hash_table_unref (conn->statements);
  g_mutex_clear (&conn->cancel_lock);
  g_free (conn->uri);
  g_free (conn->set_role);
  g_free (conn->application_name);
  g_free (conn);
}

gboolean
pdg_db_conn_is_usable (PdgDbConn *conn)
{
  if (conn->pq == NULL || PQstatus (conn->pq) != CONNECTION_OK)
    return FALSE;
  /* a transaction that could not be rolled back */
  if (!conn->in_tx && PQtransactionStatus (conn->pq) != PQTRANS_IDLE)
    return FALSE;
  /* bytes on an idle connection are the server's farewell, a notice, or the end */
  for (int i = 0; i < 4 && PQtransactionStatus (conn->pq) == PQTRANS_IDLE; i++)
    {
      struct pollfd fd = { PQsocket (conn->pq), POLLIN, 0 };
      PGnotify *notify;

      if (poll (&fd, 1, 0) <= 0)
        break;
      if (!PQconsumeInput (conn->pq) || PQstatus (conn->pq) != CONNECTION_OK)
        return FALSE;
      PQisBusy (conn->pq);
      while ((notify = PQnotifies (conn->pq)) != NULL)
        PQfreemem (notify);
    }
  return PQstatus (conn->pq) == CONNECTION_OK;
}

void
pdg_db_conn_cancel (PdgDbConn *conn)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&conn->cancel_lock);
  char complaint[256] = "";

  g_atomic_int_set (&conn->cancelled, TRUE);
  if (conn->cancel != NULL && !PQcancel (conn->cancel, complaint, sizeof complaint))
    g_debug ("cannot cancel: %s", complaint);
}

int
pdg_db_conn_get_server_version (PdgDbConn *conn)
{
  return conn->pq != NULL ? PQserverVersion (conn->pq) : 0;
}

int
pdg_db_conn_get_backend_pid (PdgDbConn *conn)
{
  return conn->pq != NULL ? PQbackendPID (conn->pq) : 0;
}

PGconn *
pdg_db_conn_get_pq (PdgDbConn *conn)
{
  return conn->pq;
}

guint64
pdg_db_conn_get_n_answered (PdgDbConn *conn)
{
  return conn->n_answered;
}

void
pdg_db_conn_set_cancellable (PdgDbConn *conn, GCancellable *cancellable)
{
  conn->cancellable = cancellable;
}

gboolean
pdg_db_conn_was_cancelled (PdgDbConn *conn)
{
  return g_atomic_int_get (&conn->cancelled);
}

void
pdg_db_conn_clear_cancelled (PdgDbConn *conn)
{
  g_atomic_int_set (&conn->cancelled, FALSE);
}

gboolean
pdg_db_conn_check_cancelled (PdgDbConn *conn, GError **error)
{
  if (!g_cancellable_is_cancelled (conn->cancellable))
    return FALSE;
  pdg_db_error_set (error, PDG_DB_ERROR_CANCELLED, NULL, NULL, "The operation was cancelled");
  return TRUE;
}

gboolean
pdg_db_conn_take_tx_slot (PdgDbConn *conn, GError **error)
{
  if (conn->pq == NULL)
    {
      pdg_db_error_set (error, PDG_DB_ERROR_CONNECTION, NULL, NULL, "The connection to the database was lost: try again");
      return FALSE;
    }
  g_return_val_if_fail (!conn->in_tx, FALSE);
  conn->in_tx = TRUE;
  pdg_db_conn_clear_cancelled (conn);
  return TRUE;
}

void
pdg_db_conn_release_tx_slot (PdgDbConn *conn)
{
  conn->in_tx = FALSE;
}

gboolean
pdg_db_conn_check_result (PdgDbConn *conn, const PGresult *result, GError **error)
{
  switch (PQresultStatus (result))
    {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_SINGLE_TUPLE:
    case PGRES_COPY_IN:
      conn->n_answered++;
      return TRUE;
    default:
      pdg_db_error_set_from_result (error, conn->pq, result, pdg_db_conn_was_cancelled (conn));
      return FALSE;
    }
}

PGresult *
pdg_db_conn_execute_simple (PdgDbConn *conn, const char *sql, GError **error)
{
  g_autoptr (PGresult) result = PQexec (conn->pq, sql);

  if (!pdg_db_conn_check_result (conn, result, error))
    return NULL;
  return g_steal_pointer (&result);
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

/* Reads the answers up to the end of the pipeline, also after an error, so that the connection is in step again. */
static PGresult *
read_answers (PdgDbConn *conn, GArray *sent, GError **error)
{
  g_autoptr (PGresult) last = NULL;
  gboolean failed = FALSE;
  PGresult *result;

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
            {
              PQclear (last);
              last = g_steal_pointer (&result);
            }
          PQclear (result);
        }
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
  return failed ? NULL : g_steal_pointer (&last);
}

/* After an error that says that a prepared statement is gone or stale, none of them can be trusted. */
static void
check_statements (PdgDbConn *conn, const GError *error)
{
  const char *sqlstate = pdg_db_error_get_sqlstate (error);

  if (strcmp (sqlstate, "26000") == 0 || strcmp (sqlstate, "0A000") == 0)
    forget_statements (conn);
}

static PGresult *
execute_pipeline (PdgDbConn *conn, const PdgDbCommand *commands, guint n, GError **error)
{
  g_autoptr (GArray) sent = g_array_sized_new (FALSE, FALSE, sizeof (Sent), 2 * n + 1);
  gboolean ok = PQenterPipelineMode (conn->pq);

  for (guint i = 0; i < n && ok; i++)
    ok = send_command (conn, &commands[i], sent);
  if (!ok || !PQpipelineSync (conn->pq))
    {
      /* only a lost connection, or more than the protocol can hold, comes here: nothing on it can be trusted */
      pdg_db_error_set_from_conn (error, conn->pq);
      forget_statements (conn);
      g_clear_pointer (&conn->pq, PQfinish);
      return NULL;
    }
  return read_answers (conn, sent, error);
}

PGresult *
pdg_db_conn_execute (PdgDbConn *conn, const PdgDbCommand *commands, guint n, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (PGresult) result = NULL;
  Statement *statement = NULL;
  PdgDbBound bound;

  if (conn->pq == NULL)
    {
      pdg_db_error_set (error, PDG_DB_ERROR_CONNECTION, NULL, NULL, "The connection to the database was lost: try again");
      return NULL;
    }
  if (n == 1)
    {
      pdg_db_params_bind (commands->params, &bound);
      statement = lookup_statement (conn, commands->sql, &bound);
    }
  if (statement != NULL)
    {
      result = PQexecPrepared (conn->pq, statement->name, bound.n, bound.values, bound.lengths, bound.formats, 1);
      if (!pdg_db_conn_check_result (conn, result, &local_error))
        g_clear_pointer (&result, PQclear);
    }
  else
    result = execute_pipeline (conn, commands, n, &local_error);
  if (local_error != NULL)
    {
      check_statements (conn, local_error);
      g_propagate_error (error, g_steal_pointer (&local_error));
    }
  return g_steal_pointer (&result);
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
  return TRUE;
}
