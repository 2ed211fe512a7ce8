#include "config.h"
#include "db/pdg-db-tx.h"

#include <string.h>

#include "base/pdg-id.h"
#include "db/pdg-db-private.h"

struct _PdgDbTx
{
  PdgDbConn *conn;
  gboolean open;     /* COMMIT not yet sent */
  gboolean copying;  /* between copy_begin and copy_end */
  gboolean deferred; /* its end is not waited for */
  gboolean waiting;  /* BEGIN not yet sent */
  gboolean writes;   /* and it is the event writer's */
  gboolean planned;  /* what plan_cache_mode is at the server */
  PdgDbTxFlags flags;
  guint timeout_ms;
  gint32 org_no;
  char org[PDG_UUID_TEXT_BYTES];
};

static const char *const begin_sql[] = {
  [PDG_DB_TX_READ_WRITE] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
  [PDG_DB_TX_READ_ONLY] = "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY",
  [PDG_DB_TX_REPEATABLE_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE",
  [PDG_DB_TX_READ_ONLY | PDG_DB_TX_REPEATABLE_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
};

static const char set_org_sql[] = "SELECT productgraph.set_current_org($1::uuid, true)";
static const char commit_sql[] = "COMMIT";

/* The start of a deferred transaction. Whether the login may act for the organisation the server says once a connection;
 * current_org_id (), which the policies call, checks it again in each statement. */
#define ENTER_SQL(org, local) \
  "SELECT " org ", set_config('statement_timeout', $2, " local "), set_config('plan_cache_mode', $3, " local ")"
#define CHECK_ORG(local) "productgraph.set_current_org($1::uuid, " local ")"
#define TAKE_ORG(local) "set_config('app.current_org_id', $1, " local ")"
/* One statement alone begins with no BEGIN that could say READ ONLY; those of the others all say what they are. */
#define READ_ONLY_SQL ", set_config('transaction_read_only', 'on', true), set_config('default_transaction_read_only', 'on', false)"

/* The start of every other transaction, on a connection where one of one statement has set something. */
static const char unset_sql[] = "SELECT set_config('app.current_org_id', '', true), set_config('statement_timeout', '0', true), "
                                "set_config('plan_cache_mode', 'auto', true)";

static const char plan_mode_sql[] = "SELECT set_config('plan_cache_mode', $1, true)";

static const char *const plan_modes[] = { "auto", "force_generic_plan" };

static PdgDbTx *
begin (PdgDbConn *conn, PdgDbTxFlags flags, PdgDbParams *org, GError **error)
{
  g_autoptr (PGresult) result = NULL;
  PdgDbCommand commands[3];
  guint n = 0;
  PdgDbTx *tx;

  if (pdg_db_conn_check_cancelled (conn, error) || !pdg_db_conn_take_tx_slot (conn, error))
    return NULL;
  commands[n++] = (PdgDbCommand) { begin_sql[flags], NULL };
  if (pdg_db_conn_is_set (conn))
    commands[n++] = (PdgDbCommand) { unset_sql, NULL };
  if (org != NULL)
    commands[n++] = (PdgDbCommand) { set_org_sql, org };
  result = pdg_db_conn_execute (conn, commands, n, error);
  if (result == NULL)
    {
      pdg_db_conn_roll_back (conn);
      pdg_db_conn_release_tx_slot (conn);
      return NULL;
    }
  tx = g_new0 (PdgDbTx, 1);
  tx->conn = conn;
  tx->open = TRUE;
  return tx;
}

static PdgDbTx *
begin_deferred (PdgDbConn *conn, const guint8 uuid[16], PdgDbTxFlags flags, GError **error)
{
  PdgDbTx *tx;

  g_return_val_if_fail ((flags & PDG_DB_TX_READ_ONLY) != 0, NULL);

  if (pdg_db_conn_check_cancelled (conn, error) || !pdg_db_conn_take_tx_slot (conn, error))
    return NULL;
  tx = g_new0 (PdgDbTx, 1);
  *tx = (PdgDbTx) { .conn = conn, .open = TRUE, .deferred = TRUE, .waiting = TRUE, .flags = flags };
  pdg_uuid_format (uuid, tx->org);
  return tx;
}

static PdgDbParams *
make_enter_params (PdgDbTx *tx, gboolean planned)
{
  PdgDbParams *params = pdg_db_params_new ();
  char timeout[16];

  g_snprintf (timeout, sizeof timeout, "%u", tx->timeout_ms);
  pdg_db_params_add_text (params, tx->org, -1);
  pdg_db_params_add_text (params, timeout, -1);
  pdg_db_params_add_text (params, plan_modes[planned], -1);
  return params;
}

/* Starts a deferred transaction, together with its first statement if that is given: then its result, else that of the start. */
static PGresult *
start_deferred (PdgDbTx *tx, const PdgDbCommand *first, gboolean planned, GError **error)
{
  static const char *const enter_sql[] = { ENTER_SQL (CHECK_ORG ("true"), "true"), ENTER_SQL (TAKE_ORG ("true"), "true") };
  gboolean known = pdg_db_conn_knows_org (tx->conn, tx->org);
  g_autoptr (PdgDbParams) params = make_enter_params (tx, planned);
  g_autoptr (PGresult) result = NULL;
  PdgDbCommand commands[3] = {
    { begin_sql[tx->flags & (PDG_DB_TX_READ_ONLY | PDG_DB_TX_REPEATABLE_READ)], NULL },
    { enter_sql[known], params },
  };

  if (first != NULL)
    commands[2] = *first;
  tx->waiting = FALSE;
  tx->planned = planned;
  result = pdg_db_conn_execute (tx->conn, commands, first != NULL ? 3 : 2, error);
  if (result != NULL && !known)
    pdg_db_conn_set_known_org (tx->conn, tx->org);
  return g_steal_pointer (&result);
}

/* The only statement of its transaction. What is sent in one go is one transaction, without BEGIN, and what it sets for the session
 * holds when all of it went well: so the next one of the same organisation has nothing to set. */
static PGresult *
execute_alone (PdgDbTx *tx, const PdgDbCommand *command, gboolean planned, GError **error)
{
  static const char *const enter_sql[] = {
    ENTER_SQL (CHECK_ORG ("false"), "false") READ_ONLY_SQL, ENTER_SQL (TAKE_ORG ("false"), "false") READ_ONLY_SQL,
  };
  PdgDbSession session = { .timeout_ms = tx->timeout_ms, .planned = planned };
  g_autoptr (PGresult) result = NULL;

  memcpy (session.org, tx->org, sizeof session.org);
  tx->waiting = tx->open = FALSE;
  if (pdg_db_conn_has_session (tx->conn, &session))
    result = pdg_db_conn_execute (tx->conn, command, 1, error);
  else
    {
      g_autoptr (PdgDbParams) params = make_enter_params (tx, planned);
      gboolean known = pdg_db_conn_knows_org (tx->conn, tx->org);

      pdg_db_conn_set_session (tx->conn, NULL);
      result = pdg_db_conn_execute (tx->conn, (PdgDbCommand[]) { { enter_sql[known], params }, *command }, 2, error);
      if (result != NULL)
        {
          pdg_db_conn_set_known_org (tx->conn, tx->org);
          pdg_db_conn_set_session (tx->conn, &session);
        }
    }
  if (result == NULL)
    pdg_db_conn_set_session (tx->conn, NULL);
  return g_steal_pointer (&result);
}

/* Runs the commands of the event writer, and before the first of them the start of its transaction, in one round trip. */
static gboolean
execute_writer (PdgDbTx *tx, const PdgDbCommand *commands, guint n, PGresult **results, GError **error)
{
  g_autofree PdgDbCommand *all = g_new (PdgDbCommand, n + 3);
  g_autofree PGresult **all_results = g_new0 (PGresult *, n + 3);
  g_autoptr (PdgDbParams) params = NULL;
  guint n_begin = 0;
  guint8 uuid[16];

  if (tx->waiting)
    {
      all[n_begin++] = (PdgDbCommand) { begin_sql[PDG_DB_TX_READ_WRITE], NULL };
      if (pdg_db_conn_is_set (tx->conn))
        all[n_begin++] = (PdgDbCommand) { unset_sql, NULL };
      if (tx->org[0] != '\0')
        {
          pdg_uuid_parse (tx->org, strlen (tx->org), uuid);
          params = pdg_db_params_new ();
          pdg_db_params_add_uuid (params, uuid);
          all[n_begin++] = (PdgDbCommand) { set_org_sql, params };
        }
    }
  for (guint i = 0; i < n; i++)
    all[n_begin + i] = commands[i];
  tx->waiting = FALSE;
  if (!pdg_db_conn_execute_all (tx->conn, all, n_begin + n, all_results, error))
    return FALSE;
  for (guint i = 0; i < n_begin + n; i++)
    if (i < n_begin || results == NULL)
      PQclear (all_results[i]);
    else
      results[i - n_begin] = all_results[i];
  return TRUE;
}

/* Runs one statement, and before it what it still needs, in one round trip. */
static PGresult *
execute (PdgDbTx *tx, const PdgDbCommand *command, gboolean planned, GError **error)
{
  g_autoptr (PdgDbParams) params = NULL;
  PGresult *result = NULL;

  if (tx->writes)
    return execute_writer (tx, command, 1, &result, error) ? result : NULL;
  if (tx->waiting)
    return (tx->flags & PDG_DB_TX_ONE_STATEMENT) != 0 ? execute_alone (tx, command, planned, error)
                                                      : start_deferred (tx, command, planned, error);
  if (tx->planned == planned)
    return pdg_db_conn_execute (tx->conn, command, 1, error);
  params = pdg_db_params_new ();
  pdg_db_params_add_text (params, plan_modes[planned], -1);
  tx->planned = planned;
  return pdg_db_conn_execute (tx->conn, (PdgDbCommand[]) { { plan_mode_sql, params }, *command }, 2, error);
}

gint32
pdg_db_tx_get_org_no (const PdgDbTx *tx)
{
  return tx->org_no;
}

GData **
pdg_db_tx_get_memory (PdgDbTx *tx)
{
  return pdg_db_conn_get_memory (tx->conn);
}

PdgDbTx *
pdg_db_tx_begin (PdgDbConn *conn, PdgPrincipal *principal, PdgDbTxFlags flags, GError **error)
{
  g_autoptr (PdgDbParams) params = NULL;
  PdgDbTx *tx;
  const char *org;
  guint8 uuid[16];

  g_return_val_if_fail (conn != NULL, NULL);
  g_return_val_if_fail (principal != NULL, NULL);

  org = pdg_principal_get_org_uuid (principal);
  if (org == NULL || !pdg_uuid_parse (org, strlen (org), uuid))
    {
      pdg_db_error_set (error, PDG_DB_ERROR_INVALID, NULL, NULL, "The organisation's id is not a UUID");
      return NULL;
    }
  if ((flags & PDG_DB_TX_DEFERRED) != 0)
    tx = begin_deferred (conn, uuid, flags, error);
  else
    {
      g_return_val_if_fail ((guint) flags < G_N_ELEMENTS (begin_sql), NULL);

      params = pdg_db_params_new ();
      pdg_db_params_add_uuid (params, uuid);
      tx = begin (conn, flags, params, error);
    }
  if (tx != NULL)
    tx->org_no = pdg_principal_get_org_no (principal);
  return tx;
}

PdgDbTx *
pdg_db_tx_begin_maintenance (PdgDbConn *conn, GError **error)
{
  g_return_val_if_fail (conn != NULL, NULL);

  return begin (conn, PDG_DB_TX_READ_WRITE, NULL, error);
}

PdgDbTx *
pdg_db_tx_begin_writer (PdgDbConn *conn, PdgPrincipal *principal, GError **error)
{
  guint8 uuid[16];
  PdgDbTx *tx;

  g_return_val_if_fail (conn != NULL, NULL);

  if (principal != NULL && !pdg_uuid_parse (pdg_principal_get_org_uuid (principal), strlen (pdg_principal_get_org_uuid (principal)), uuid))
    {
      pdg_db_error_set (error, PDG_DB_ERROR_INVALID, NULL, NULL, "The organisation's id is not a UUID");
      return NULL;
    }
  if (!pdg_db_conn_take_tx_slot (conn, error))
    return NULL;
  tx = g_new0 (PdgDbTx, 1);
  *tx = (PdgDbTx) { .conn = conn, .open = TRUE, .waiting = TRUE, .writes = TRUE };
  if (principal != NULL)
    {
      tx->org_no = pdg_principal_get_org_no (principal);
      pdg_uuid_format (uuid, tx->org);
    }
  return tx;
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
  if (tx->open && tx->deferred)
    pdg_db_conn_send_roll_back (tx->conn);
  else if (tx->open)
    pdg_db_conn_roll_back (tx->conn);
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

/* The same for what is not a single statement with its result: the transaction has to be there. */
static gboolean
may_stream (PdgDbTx *tx, GError **error)
{
  g_autoptr (PGresult) result = NULL;

  if (!may_send (tx, error))
    return FALSE;
  if (!tx->waiting)
    return TRUE;
  if (tx->writes)
    return execute_writer (tx, NULL, 0, NULL, error);
  result = start_deferred (tx, NULL, FALSE, error);
  return result != NULL;
}

/* The server answers the COMMIT of a failed transaction with the tag of a ROLLBACK and no error. */
static gboolean
check_commit (const PGresult *result, GError **error)
{
  if (strcmp (PQcmdStatus ((PGresult *) result), commit_sql) == 0)
    return TRUE;
  pdg_db_error_set (error, PDG_DB_ERROR_FAILED, "25P02", NULL, "An earlier step failed, so nothing was saved: try again");
  return FALSE;
}

gboolean
pdg_db_tx_commit (PdgDbTx *tx, GError **error)
{
  g_autoptr (PGresult) result = NULL;

  if (!may_stream (tx, error))
    return FALSE;
  result = pdg_db_conn_execute (tx->conn, &(PdgDbCommand) { commit_sql, NULL }, 1, error);
  if (result == NULL)
    return FALSE;
  tx->open = FALSE;
  return check_commit (result, error);
}

gboolean
pdg_db_tx_set_timeout (PdgDbTx *tx, guint timeout_ms, GError **error)
{
  char sql[64];

  if (tx->waiting)
    {
      tx->timeout_ms = MIN (timeout_ms, (guint) G_MAXINT32);
      return TRUE;
    }
  g_snprintf (sql, sizeof sql, "SET LOCAL statement_timeout TO %u", MIN (timeout_ms, (guint) G_MAXINT32));
  return pdg_db_tx_exec_script (tx, sql, error);
}

PdgDbResult *
pdg_db_tx_query (PdgDbTx *tx, const char *sql, PdgDbParams *params, GError **error)
{
  if (!may_send (tx, error))
    return NULL;
  return (PdgDbResult *) execute (tx, &(PdgDbCommand) { sql, params }, FALSE, error);
}

PdgDbResult *
pdg_db_tx_query_planned (PdgDbTx *tx, const char *sql, PdgDbParams *params, GError **error)
{
  if (!may_send (tx, error))
    return NULL;
  return (PdgDbResult *) execute (tx, &(PdgDbCommand) { sql, params }, TRUE, error);
}

gboolean
pdg_db_tx_query_each (PdgDbTx *tx, const char *sql, PdgDbParams *params, PdgDbRowFunc func, gpointer user_data, GError **error)
{
  PGconn *pq = pdg_db_conn_get_pq (tx->conn);
  gboolean wanted = TRUE, failed = FALSE;
  PGresult *result;

  if (!may_stream (tx, error) || !pdg_db_conn_send (tx->conn, &(PdgDbCommand) { sql, params }, error))
    return FALSE;
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

  if (!may_stream (tx, error))
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
pdg_db_tx_query_all (PdgDbTx *tx, const PdgDbStatement *statements, guint n, gboolean commit, PdgDbResult **results, GError **error)
{
  g_autofree PdgDbCommand *commands = g_new (PdgDbCommand, n + 1);
  g_autofree PGresult **answers = g_new0 (PGresult *, n + 1);
  gboolean ok = TRUE;

  for (guint i = 0; i < n; i++)
    commands[i] = statements[i];
  commands[n] = (PdgDbCommand) { commit_sql, NULL };
  if (!may_send (tx, error) || (!tx->writes && !may_stream (tx, error)))
    return FALSE;
  if (!(tx->writes ? execute_writer (tx, commands, n + commit, answers, error)
                   : pdg_db_conn_execute_all (tx->conn, commands, n + commit, answers, error)))
    return FALSE;
  if (commit)
    {
      tx->open = FALSE;
      ok = check_commit (answers[n], error);
      PQclear (answers[n]);
    }
  for (guint i = 0; i < n; i++)
    if (ok && results != NULL)
      results[i] = (PdgDbResult *) answers[i];
    else
      PQclear (answers[i]);
  return ok;
}

gboolean
pdg_db_tx_exec_script (PdgDbTx *tx, const char *sql, GError **error)
{
  g_autoptr (PGresult) result = NULL;
  PGconn *pq;
  guint line;

  if (!may_stream (tx, error))
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
  g_autofree char *script = NULL;
  PGconn *pq;

  if (!(tx->writes && !pdg_db_conn_is_set (tx->conn) ? may_send (tx, error) : may_stream (tx, error)))
    return FALSE;
  pq = pdg_db_conn_get_pq (tx->conn);
  if (pq == NULL)
    {
      pdg_db_error_set (error, PDG_DB_ERROR_CONNECTION, NULL, NULL, "The connection to the database was lost: try again");
      return FALSE;
    }
  if (tx->waiting)
    {
      /* a COPY cannot be part of a pipeline, but it can be the last of a script */
      script = tx->org[0] != '\0' ? g_strdup_printf ("%s; SELECT productgraph.set_current_org('%s', true); %s", begin_sql[0], tx->org, sql)
                                  : g_strdup_printf ("%s; %s", begin_sql[0], sql);
      tx->waiting = FALSE;
    }
  result = PQexec (pq, script != NULL ? script : sql);
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
