#include "config.h"
#include "db/pdg-db-tx.h"

#include <string.h>

#include "base/pdg-id.h"
#include "db/pdg-db-private.h"

struct _PdgDbTx
{
  PdgDbConn *conn;
  gboolean open;    /* BEGIN was answered, COMMIT not yet sent */
  gboolean copying; /* between copy_begin and copy_end */
};

static const char *const begin_sql[] = {
  [PDG_DB_TX_READ_WRITE] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
  [PDG_DB_TX_READ_ONLY] = "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY",
  [PDG_DB_TX_REPEATABLE_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE",
  [PDG_DB_TX_READ_ONLY | PDG_DB_TX_REPEATABLE_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
};

static const char set_org_sql[] = "SELECT productgraph.set_current_org($1::uuid, true)";

/* Ends whatever the server still has open; a connection that cannot is closed, so that nothing leaks into the next use. */
static void
roll_back (PdgDbConn *conn)
{
  PGconn *pq = pdg_db_conn_get_pq (conn);

  /* a late cancel may hit the ROLLBACK itself: then once more */
  for (int i = 0; i < 3 && pq != NULL && PQstatus (pq) == CONNECTION_OK; i++)
    {
      PGTransactionStatusType status = PQtransactionStatus (pq);

      if (status == PQTRANS_IDLE)
        return;
      if (status != PQTRANS_INTRANS && status != PQTRANS_INERROR)
        break;
      PQclear (PQexec (pq, "ROLLBACK"));
    }
}

static PdgDbTx *
begin (PdgDbConn *conn, const PdgDbCommand *commands, guint n, GError **error)
{
  g_autoptr (PGresult) result = NULL;
  PdgDbTx *tx;

  if (pdg_db_conn_check_cancelled (conn, error) || !pdg_db_conn_take_tx_slot (conn, error))
    return NULL;
  result = pdg_db_conn_execute (conn, commands, n, error);
  if (result == NULL)
    {
      roll_back (conn);
      pdg_db_conn_release_tx_slot (conn);
      return NULL;
    }
  tx = g_new0 (PdgDbTx, 1);
  tx->conn = conn;
  tx->open = TRUE;
  return tx;
}

PdgDbTx *
pdg_db_tx_begin (PdgDbConn *conn, PdgPrincipal *principal, PdgDbTxFlags flags, GError **error)
{
  g_autoptr (PdgDbParams) params = NULL;
  const char *org;
  guint8 uuid[16];

  g_return_val_if_fail (conn != NULL, NULL);
  g_return_val_if_fail (principal != NULL, NULL);
  g_return_val_if_fail ((guint) flags < G_N_ELEMENTS (begin_sql), NULL);

  org = pdg_principal_get_org_uuid (principal);
  if (org == NULL || !pdg_uuid_parse (org, strlen (org), uuid))
    {
      pdg_db_error_set (error, PDG_DB_ERROR_INVALID, NULL, NULL, "The organisation's id is not a UUID");
      return NULL;
    }
  params = pdg_db_params_new ();
  pdg_db_params_add_uuid (params, uuid);
  return begin (conn, (PdgDbCommand[]) { { begin_sql[flags], NULL }, { set_org_sql, params } }, 2, error);
}

PdgDbTx *
pdg_db_tx_begin_maintenance (PdgDbConn *conn, GError **error)
{
  g_return_val_if_fail (conn != NULL, NULL);

  return begin (conn, (PdgDbCommand[]) { { begin_sql[PDG_DB_TX_READ_WRITE], NULL } }, 1, error);
}

/* Tells the server that no more rows come and drops what was sent. */
static void
abandon_copy (PdgDbTx *tx)
{
  PGconn *pq = pdg_db_conn_get_pq (tx->conn);
  PGresult *result;

  tx->copying = FALSE;
  if (pq == NULL)
    return;
  PQputCopyEnd (pq, "given up");
  while ((result = PQgetResult (pq)) != NULL)
    PQclear (result);
}

void
pdg_db_tx_free (PdgDbTx *tx)
{
  if (tx == NULL)
    return;
  if (tx->copying)
    abandon_copy (tx);
  if (tx->open)
    roll_back (tx->conn);
  pdg_db_conn_release_tx_slot (tx->conn);
  g_free (tx);
}

/* Whether a statement may be sent now. */
static gboolean
may_send (PdgDbTx *tx, GError **error)
{
  g_return_val_if_fail (tx != NULL, FALSE);
  if (!tx->open || tx->copying)
    {
      g_critical ("the transaction is over, or in the middle of a COPY");
      pdg_db_error_set (error, PDG_DB_ERROR_FAILED, NULL, NULL, "The transaction is over");
      return FALSE;
    }
  return !pdg_db_conn_check_cancelled (tx->conn, error);
}

gboolean
pdg_db_tx_commit (PdgDbTx *tx, GError **error)
{
  g_autoptr (PGresult) result = NULL;

  if (!may_send (tx, error))
    return FALSE;
  result = pdg_db_conn_execute (tx->conn, &(PdgDbCommand) { "COMMIT", NULL }, 1, error);
  if (result == NULL)
    return FALSE;
  tx->open = FALSE;
  /* the server answers the COMMIT of a failed transaction with the tag of a ROLLBACK and no error */
  if (strcmp (PQcmdStatus (result), "COMMIT") != 0)
    {
      pdg_db_error_set (error, PDG_DB_ERROR_FAILED, "25P02", NULL,
                        "An earlier step failed, so nothing was saved: try again");
      return FALSE;
    }
  return TRUE;
}

gboolean
pdg_db_tx_set_timeout (PdgDbTx *tx, guint timeout_ms, GError **error)
{
  char sql[64];

  g_snprintf (sql, sizeof sql, "SET LOCAL statement_timeout TO %u", MIN (timeout_ms, (guint) G_MAXINT32));
  return pdg_db_tx_exec_script (tx, sql, error);
}

PdgDbResult *
pdg_db_tx_query (PdgDbTx *tx, const char *sql, PdgDbParams *params, GError **error)
{
  if (!may_send (tx, error))
    return NULL;
  return (PdgDbResult *) pdg_db_conn_execute (tx->conn, &(PdgDbCommand) { sql, params }, 1, error);
}

gboolean
pdg_db_tx_query_each (PdgDbTx *tx, const char *sql, PdgDbParams *params, PdgDbRowFunc func, gpointer user_data, GError **error)
{
  PGconn *pq = pdg_db_conn_get_pq (tx->conn);
  gboolean wanted = TRUE, failed = FALSE;
  PGresult *result;

  if (!may_send (tx, error) || !pdg_db_conn_send (tx->conn, &(PdgDbCommand) { sql, params }, error))
    return FALSE;
  PQsetSingleRowMode (pq);
  while ((result = PQgetResult (pq)) != NULL)
    {
      if (!failed && !pdg_db_conn_check_result (tx->conn, result, error))
        failed = TRUE;
      else if (!failed && wanted && PQresultStatus (result) == PGRES_SINGLE_TUPLE)
        wanted = func ((const PdgDbResult *) result, user_data);
      PQclear (result);
    }
  return !failed;
}

gboolean
pdg_db_tx_exec_count (PdgDbTx *tx, const char *sql, PdgDbParams *params, gint64 *n_rows, GError **error)
{
  g_autoptr (PGresult) result = NULL;

  if (!may_send (tx, error))
    return FALSE;
  result = pdg_db_conn_execute (tx->conn, &(PdgDbCommand) { sql, params }, 1, error);
  if (result == NULL)
    return FALSE;
  if (n_rows != NULL)
    *n_rows = g_ascii_strtoll (PQcmdTuples (result), NULL, 10);
  return TRUE;
}

gboolean
pdg_db_tx_exec (PdgDbTx *tx, const char *sql, PdgDbParams *params, GError **error)
{
  return pdg_db_tx_exec_count (tx, sql, params, NULL, error);
}

/* The line of a script that the server complains of; it counts characters from 1. 0 when it does not say. */
static guint
find_error_line (const char *sql, const PGresult *result)
{
  const char *position = PQresultErrorField (result, PG_DIAG_STATEMENT_POSITION);
  guint line = 1;
  gint64 left;

  if (position == NULL || !g_utf8_validate (sql, -1, NULL))
    return 0;
  left = g_ascii_strtoll (position, NULL, 10);
  for (const char *p = sql; *p != '\0' && left > 1; p = g_utf8_next_char (p), left--)
    line += *p == '\n';
  return line;
}

gboolean
pdg_db_tx_exec_script (PdgDbTx *tx, const char *sql, GError **error)
{
  g_autoptr (PGresult) result = NULL;
  PGconn *pq;
  guint line;

  if (!may_send (tx, error))
    return FALSE;
  pq = pdg_db_conn_get_pq (tx->conn);
  if (pq == NULL)
    {
      pdg_db_error_set (error, PDG_DB_ERROR_CONNECTION, NULL, NULL, "The connection to the database was lost: try again");
      return FALSE;
    }
  result = PQexec (pq, sql);
  if (PQresultStatus (result) != PGRES_EMPTY_QUERY && !pdg_db_conn_check_result (tx->conn, result, error))
    {
      line = find_error_line (sql, result);
      if (line > 0)
        g_prefix_error (error, "Line %u: ", line);
      return FALSE;
    }
  return TRUE;
}

gboolean
pdg_db_tx_copy_begin (PdgDbTx *tx, const char *sql, GError **error)
{
  g_autoptr (PGresult) result = NULL;
  PGconn *pq;

  if (!may_send (tx, error))
    return FALSE;
  pq = pdg_db_conn_get_pq (tx->conn);
  if (pq == NULL)
    {
      pdg_db_error_set (error, PDG_DB_ERROR_CONNECTION, NULL, NULL, "The connection to the database was lost: try again");
      return FALSE;
    }
  result = PQexec (pq, sql);
  if (!pdg_db_conn_check_result (tx->conn, result, error))
    return FALSE;
  g_return_val_if_fail (PQresultStatus (result) == PGRES_COPY_IN, FALSE);
  tx->copying = TRUE;
  return TRUE;
}

gboolean
pdg_db_tx_copy_put (PdgDbTx *tx, gconstpointer data, gsize len, GError **error)
{
  PGconn *pq = pdg_db_conn_get_pq (tx->conn);
  const char *p = data;

  g_return_val_if_fail (tx->copying, FALSE);
  if (pdg_db_conn_check_cancelled (tx->conn, error))
    return FALSE;
  while (len > 0)
    {
      int piece = MIN (len, 1 << 20);

      if (PQputCopyData (pq, p, piece) != 1)
        {
          pdg_db_error_set_from_conn (error, pq);
          return FALSE;
        }
      p += piece;
      len -= piece;
    }
  return TRUE;
}

gboolean
pdg_db_tx_copy_end (PdgDbTx *tx, gint64 *n_rows, GError **error)
{
  PGconn *pq = pdg_db_conn_get_pq (tx->conn);
  gboolean ok = TRUE;
  PGresult *result;

  g_return_val_if_fail (tx->copying, FALSE);
  tx->copying = FALSE;
  if (PQputCopyEnd (pq, NULL) != 1)
    {
      pdg_db_error_set_from_conn (error, pq);
      return FALSE;
    }
  while ((result = PQgetResult (pq)) != NULL)
    {
      if (ok && !pdg_db_conn_check_result (tx->conn, result, error))
        ok = FALSE;
      else if (ok && n_rows != NULL)
        *n_rows = g_ascii_strtoll (PQcmdTuples (result), NULL, 10);
      PQclear (result);
    }
  return ok;
}
