#pragma once

#include "db/pdg-db-conn.h"
#include "db/pdg-db-params.h"
#include "db/pdg-db-result.h"
#include "model/pdg-principal.h"

G_BEGIN_DECLS

/* One transaction on a connection, on the connection's thread. Without a commit, freeing it rolls back. */
typedef struct _PdgDbTx PdgDbTx;

typedef enum
{
  PDG_DB_TX_READ_WRITE = 0,
  PDG_DB_TX_READ_ONLY = 1 << 0,
  PDG_DB_TX_REPEATABLE_READ = 1 << 1,
  /* Sends nothing before its first statement, and then all in one round trip: what is wrong with the organisation, that statement
   * tells. Its end is not waited for. Only with PDG_DB_TX_READ_ONLY. */
  PDG_DB_TX_DEFERRED = 1 << 2,
  /* It will be one pdg_db_tx_query () at most, and is over with it. Only with PDG_DB_TX_DEFERRED. */
  PDG_DB_TX_ONE_STATEMENT = 1 << 3,
} PdgDbTxFlags;

/* Opens a transaction that sees the organisation of @principal and no other: BEGIN and productgraph.set_current_org () in
 * one round trip. Errors: PDG_DB_ERROR. (transfer full) */
PdgDbTx     *pdg_db_tx_begin (PdgDbConn *conn, PdgPrincipal *principal, PdgDbTxFlags flags, GError **error);

/* The number of the principal's organisation; 0 without one. A statement that names it beside row-level security finds its rows by an
 * index that begins with it, and holds the same for an owner, whom the policies let see all. */
gint32       pdg_db_tx_get_org_no (const PdgDbTx *tx);

/* What modules remember of rows that never change, by a quark of their own, for as long as the connection of this transaction lives. It
 * serves many organisations: what is looked up in it must come from a row that this transaction was shown. (transfer none) */
GData      **pdg_db_tx_get_memory (PdgDbTx *tx);

/* Opens a transaction with no organisation: for the migrator, the event writer and administration only. (transfer full) */
PdgDbTx     *pdg_db_tx_begin_maintenance (PdgDbConn *conn, GError **error);

/* The same for the event writer, which sends nothing before its first statement and then all in one round trip; with @principal
 * (nullable) it sees that organisation and no other. (transfer full) */
PdgDbTx     *pdg_db_tx_begin_writer (PdgDbConn *conn, PdgPrincipal *principal, GError **error);

/* Commits; after it the transaction can only be freed. When it fails with PDG_DB_ERROR_CONNECTION the outcome is unknown. */
gboolean     pdg_db_tx_commit (PdgDbTx *tx, GError **error);
void         pdg_db_tx_free (PdgDbTx *tx);

/* Ends a statement of this transaction that runs longer, with PDG_DB_ERROR_TIMEOUT; 0 = no limit. */
gboolean     pdg_db_tx_set_timeout (PdgDbTx *tx, guint timeout_ms, GError **error);

/* Runs one statement, prepared once a connection by its text. @params: (nullable). Errors: PDG_DB_ERROR. (transfer full) */
PdgDbResult *pdg_db_tx_query (PdgDbTx *tx, const char *sql, PdgDbParams *params, GError **error);

/* The same for a statement whose best plan is the same for all values: it is planned once a connection. By itself PostgreSQL
 * plans a statement anew at each call when that looks cheaper, which for a short one costs more than to run it. */
PdgDbResult *pdg_db_tx_query_planned (PdgDbTx *tx, const char *sql, PdgDbParams *params, GError **error);

/* The same for a large result: @func gets each row as a result of one row (borrowed) as it arrives; FALSE ends the
 * statement early, which is no error. */
typedef gboolean (*PdgDbRowFunc) (const PdgDbResult *row, gpointer user_data);
gboolean     pdg_db_tx_query_each (PdgDbTx *tx, const char *sql, PdgDbParams *params,
                                   PdgDbRowFunc func, gpointer user_data, GError **error);

/* The same for a statement whose rows are not wanted; @n_rows (nullable): how many it touched. */
gboolean     pdg_db_tx_exec (PdgDbTx *tx, const char *sql, PdgDbParams *params, GError **error);
gboolean     pdg_db_tx_exec_count (PdgDbTx *tx, const char *sql, PdgDbParams *params, gint64 *n_rows, GError **error);

/* Runs the statements, prepared once a connection, in one round trip, and with @commit also commits in it, after which the
 * transaction can only be freed. @results (nullable): room for @n, (transfer full), all of them filled or none. */
gboolean     pdg_db_tx_query_all (PdgDbTx *tx, const PdgDbStatement *statements, guint n, gboolean commit, PdgDbResult **results,
                                  GError **error);

/* A statement before others: the commit of its transaction does not wait for the disk. It is there before every later one. */
#define PDG_DB_COMMIT_LATER "SET LOCAL synchronous_commit TO off"

/* Runs several statements, not prepared, without parameters. An error tells the line. */
gboolean     pdg_db_tx_exec_script (PdgDbTx *tx, const char *sql, GError **error);

/* COPY … FROM STDIN: begin, put pieces (best 64 KiB and more), end. Freeing the transaction gives an open copy up. */
gboolean     pdg_db_tx_copy_begin (PdgDbTx *tx, const char *sql, GError **error);
gboolean     pdg_db_tx_copy_put (PdgDbTx *tx, gconstpointer data, gsize len, GError **error);
gboolean     pdg_db_tx_copy_end (PdgDbTx *tx, gint64 *n_rows, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgDbTx, pdg_db_tx_free)

G_END_DECLS
