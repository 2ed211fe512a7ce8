#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One connection to PostgreSQL, with its prepared statements. Used by one thread at a time; only cancel is for any. */
typedef struct _PdgDbConn PdgDbConn;

/* Connects and sets up the session: search_path productgraph, public; time zone UTC; jit off; role @set_role. Blocks for
 * at most 10 s. @uri: anything libpq takes. Errors: PDG_DB_ERROR. (transfer full) */
PdgDbConn *pdg_db_conn_open (const char *uri, const char *set_role, const char *application_name, GError **error);
void       pdg_db_conn_free (PdgDbConn *conn);

/* FALSE when the connection is lost, also when the server closed it while it was idle; does not talk to the server. */
gboolean   pdg_db_conn_is_usable (PdgDbConn *conn);

/* The same without asking the kernel: for a connection that answered a moment ago. */
gboolean   pdg_db_conn_seems_usable (PdgDbConn *conn);

/* Connects again, with the same arguments and no prepared statement. Not inside a transaction. Errors: PDG_DB_ERROR. */
gboolean   pdg_db_conn_reset (PdgDbConn *conn, GError **error);

/* Cancels the statement that runs, if any. Talks to the server: may block for a moment. Any thread. */
void       pdg_db_conn_cancel (PdgDbConn *conn);

/* 150020 is 15.20. */
int        pdg_db_conn_get_server_version (PdgDbConn *conn);
int        pdg_db_conn_get_backend_pid (PdgDbConn *conn);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgDbConn, pdg_db_conn_free)

G_END_DECLS
