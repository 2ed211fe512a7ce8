#pragma once

#include <gio/gio.h>
#include <libpq-fe.h>

#include "db/pdg-db-conn.h"
#include "db/pdg-db-error.h"
#include "db/pdg-db-params.h"
#include "db/pdg-db-result.h"

/* Shared inside db/ only. */

#define PDG_DB_POSTGRES_EPOCH_USEC G_GINT64_CONSTANT (946684800000000) /* 2000-01-01 */

/* Types of pg_type.dat; they never change. */
enum
{
  PDG_OID_BOOL = 16,
  PDG_OID_BYTEA = 17,
  PDG_OID_CHAR = 18,
  PDG_OID_NAME = 19,
  PDG_OID_INT8 = 20,
  PDG_OID_INT2 = 21,
  PDG_OID_INT4 = 23,
  PDG_OID_TEXT = 25,
  PDG_OID_OID = 26,
  PDG_OID_XID8 = 5069,
  PDG_OID_JSON = 114,
  PDG_OID_FLOAT4 = 700,
  PDG_OID_FLOAT8 = 701,
  PDG_OID_UNKNOWN = 705,
  PDG_OID_BPCHAR = 1042,
  PDG_OID_VARCHAR = 1043,
  PDG_OID_DATE = 1082,
  PDG_OID_TIMESTAMP = 1114,
  PDG_OID_TIMESTAMPTZ = 1184,
  PDG_OID_NUMERIC = 1700,
  PDG_OID_UUID = 2950,
  PDG_OID_JSONB = 3802,
  PDG_OID_BOOL_ARRAY = 1000,
  PDG_OID_BYTEA_ARRAY = 1001,
  PDG_OID_INT2_ARRAY = 1005,
  PDG_OID_INT4_ARRAY = 1007,
  PDG_OID_TEXT_ARRAY = 1009,
  PDG_OID_INT8_ARRAY = 1016,
  PDG_OID_FLOAT8_ARRAY = 1022,
  PDG_OID_TIMESTAMPTZ_ARRAY = 1185,
  PDG_OID_UUID_ARRAY = 2951,
};

/* What libpq wants for a statement; valid until the next change of the params. */
typedef struct
{
  guint n;
  const Oid *types;
  const char *const *values;
  const int *lengths;
  const int *formats;
} PdgDbBound;

void      pdg_db_params_bind (PdgDbParams *params, PdgDbBound *bound);

/* Microseconds since 1970 to the server's, with the infinities. */
gint64    pdg_db_usec_to_server (gint64 unix_usec);
gint64    pdg_db_usec_from_server (gint64 server_usec);

/* A failed statement: @cancelled tells a cancel from a timeout, which share an SQLSTATE. */
void      pdg_db_error_set_from_result (GError **error, PGconn *pq, const PGresult *result, gboolean cancelled);
/* A connection that failed to open or broke. */
void      pdg_db_error_set_from_conn (GError **error, PGconn *pq);
/* With the server's words for the log. @sqlstate and @detail: (nullable). */
void      pdg_db_error_set (GError **error, PdgDbError code, const char *sqlstate, const char *detail,
                            const char *format, ...) G_GNUC_PRINTF (5, 6);

/* Starts to connect, not waiting; NULL when @uri cannot be parsed. */
PGconn   *pdg_db_connect_start (const char *uri, const char *application_name, GError **error);

PGconn   *pdg_db_conn_get_pq (PdgDbConn *conn);
GData   **pdg_db_conn_get_memory (PdgDbConn *conn);
/* Statements that were answered since the connection was opened. */
guint64   pdg_db_conn_get_n_answered (PdgDbConn *conn);
/* Asked before each statement; borrowed, NULL = none. */
void      pdg_db_conn_set_cancellable (PdgDbConn *conn, GCancellable *cancellable);
gboolean  pdg_db_conn_was_cancelled (PdgDbConn *conn);
void      pdg_db_conn_clear_cancelled (PdgDbConn *conn);
gboolean  pdg_db_conn_check_cancelled (PdgDbConn *conn, GError **error);

/* One transaction at a time. */
gboolean  pdg_db_conn_take_tx_slot (PdgDbConn *conn, GError **error);
void      pdg_db_conn_release_tx_slot (PdgDbConn *conn);

/* Ends whatever the server still has open; a connection that cannot is unusable, so that nothing leaks into the next use. */
void      pdg_db_conn_roll_back (PdgDbConn *conn);
/* The same of a transaction that only read, without waiting for the answer: settle() reads it, before any other use. */
void      pdg_db_conn_send_roll_back (PdgDbConn *conn);
void      pdg_db_conn_settle (PdgDbConn *conn);

/* What is set for the session by transactions of one statement, which then need not set it again. Every other transaction sets its
 * own for its time, see pdg-db-tx.c; a failure makes it unsure. */
typedef struct
{
  char org[37]; /* "" = unsure */
  guint timeout_ms;
  gboolean planned;
} PdgDbSession;

gboolean  pdg_db_conn_has_session (PdgDbConn *conn, const PdgDbSession *session);
void      pdg_db_conn_set_session (PdgDbConn *conn, const PdgDbSession *session); /* NULL = unsure */
gboolean  pdg_db_conn_is_set (PdgDbConn *conn);

/* Whether the server has let this login act for the organisation since the connection was opened. */
gboolean  pdg_db_conn_knows_org (PdgDbConn *conn, const char *org);
void      pdg_db_conn_set_known_org (PdgDbConn *conn, const char *org);

typedef PdgDbStatement PdgDbCommand;

/* Runs the commands in one round trip, also those that have to be prepared first; returns the last one's result. */
PGresult *pdg_db_conn_execute (PdgDbConn *conn, const PdgDbCommand *commands, guint n, GError **error);
/* The same; @results: room for @n, all of them filled or none. */
gboolean  pdg_db_conn_execute_all (PdgDbConn *conn, const PdgDbCommand *commands, guint n, PGresult **results, GError **error);
/* Prepares when needed and sends; the results, row by row, are for the caller to read. */
gboolean  pdg_db_conn_send (PdgDbConn *conn, const PdgDbCommand *command, GError **error);
/* The simple protocol: several statements, text results. */
PGresult *pdg_db_conn_execute_simple (PdgDbConn *conn, const char *sql, GError **error);
/* Whether @result is a success; else it sets the error. */
gboolean  pdg_db_conn_check_result (PdgDbConn *conn, const PGresult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PGresult, PQclear)
