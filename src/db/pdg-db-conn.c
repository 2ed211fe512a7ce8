#include "config.h"
#include "db/pdg-db-conn.h"

#include <poll.h>
#include <string.h>

#include "db/pdg-db-conn-private.h"

#define CONNECT_TIMEOUT_USEC (10 * G_USEC_PER_SEC)

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
  pdg_db_forget_statements (conn);
  g_datalist_clear (&conn->memory);
  conn->in_tx = FALSE;
  conn->ending = FALSE;
  conn->by_row = FALSE;
  conn->known_org[0] = conn->session.org[0] = '\0';
  conn->is_set = FALSE;
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
  conn->statements = pdg_db_statements_new ();
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
  g_datalist_clear (&conn->memory);
  g_hash_table_unref (conn->statements);
  g_mutex_clear (&conn->cancel_lock);
  g_free (conn->uri);
  g_free (conn->set_role);
  g_free (conn->application_name);
  g_free (conn);
}

gboolean
pdg_db_conn_seems_usable (PdgDbConn *conn)
{
  pdg_db_conn_settle (conn);
  if (conn->pq == NULL || PQstatus (conn->pq) != CONNECTION_OK)
    return FALSE;
  /* else there is a transaction that could not be rolled back */
  return conn->in_tx || PQtransactionStatus (conn->pq) == PQTRANS_IDLE;
}

gboolean
pdg_db_conn_is_usable (PdgDbConn *conn)
{
  if (!pdg_db_conn_seems_usable (conn))
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

GData **
pdg_db_conn_get_memory (PdgDbConn *conn)
{
  return &conn->memory;
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
  pdg_db_conn_settle (conn);
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
pdg_db_conn_has_session (PdgDbConn *conn, const PdgDbSession *session)
{
  return strcmp (conn->session.org, session->org) == 0 && conn->session.timeout_ms == session->timeout_ms
         && conn->session.planned == session->planned;
}

void
pdg_db_conn_set_session (PdgDbConn *conn, const PdgDbSession *session)
{
  conn->is_set = TRUE;
  if (session != NULL)
    conn->session = *session;
  else
    conn->session.org[0] = '\0';
}

gboolean
pdg_db_conn_is_set (PdgDbConn *conn)
{
  return conn->is_set;
}

gboolean
pdg_db_conn_knows_org (PdgDbConn *conn, const char *org)
{
  return strcmp (conn->known_org, org) == 0;
}

void
pdg_db_conn_set_known_org (PdgDbConn *conn, const char *org)
{
  g_strlcpy (conn->known_org, org, sizeof conn->known_org);
}

/* a late cancel may hit the ROLLBACK itself: then once more */
void
pdg_db_conn_roll_back (PdgDbConn *conn)
{
  for (int i = 0; i < 3 && conn->pq != NULL && PQstatus (conn->pq) == CONNECTION_OK; i++)
    {
      PGTransactionStatusType status = PQtransactionStatus (conn->pq);

      if (status == PQTRANS_IDLE)
        return;
      if (status != PQTRANS_INTRANS && status != PQTRANS_INERROR)
        break;
      PQclear (PQexec (conn->pq, "ROLLBACK"));
    }
}

void
pdg_db_conn_send_roll_back (PdgDbConn *conn)
{
  /* after a cancel the answer is waited for: nothing of it may reach the next transaction */
  if (conn->pq == NULL || pdg_db_conn_was_cancelled (conn) || PQtransactionStatus (conn->pq) != PQTRANS_INTRANS)
    pdg_db_conn_roll_back (conn);
  else
    conn->ending = PQsendQuery (conn->pq, "ROLLBACK");
}

void
pdg_db_conn_settle (PdgDbConn *conn)
{
  PGresult *result;

  if (!conn->ending)
    return;
  conn->ending = FALSE;
  while ((result = PQgetResult (conn->pq)) != NULL)
    PQclear (result);
  pdg_db_conn_roll_back (conn);
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
  g_autoptr (PGresult) result = NULL;

  pdg_db_conn_settle (conn);
  result = PQexec (conn->pq, sql);
  if (!pdg_db_conn_check_result (conn, result, error))
    return NULL;
  return g_steal_pointer (&result);
}
