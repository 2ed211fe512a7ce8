#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What went wrong in the database. The message of such an error is fit for a client: no SQL, no connection string. */
typedef enum
{
  PDG_DB_ERROR_FAILED,           /* anything else; the server's own words are in the detail */
  PDG_DB_ERROR_CONNECTION,       /* no connection, or it was lost: trying again later may help */
  PDG_DB_ERROR_UNIQUE_VIOLATION, /* the row is there already */
  PDG_DB_ERROR_CANCELLED,        /* cancelled by the caller */
  PDG_DB_ERROR_TIMEOUT,          /* a statement or lock timeout passed */
  PDG_DB_ERROR_SERIALIZATION,    /* lost against another transaction: run the transaction again */
  PDG_DB_ERROR_PERMISSION,       /* login refused, right missing, row-level security, or a file may not be written */
  PDG_DB_ERROR_INVALID,          /* a value that the database refuses */
  PDG_DB_ERROR_NOT_FOUND,        /* the database, the table, or PostgreSQL itself is not there */
  PDG_DB_ERROR_IN_USE,           /* another process uses it */
  PDG_DB_ERROR_BUSY,             /* the pool's queue is full: answer 503 */
  PDG_DB_ERROR_CLOSED,           /* the pool is closing */
} PdgDbError;

#define PDG_DB_ERROR (pdg_db_error_quark ())

GQuark      pdg_db_error_quark (void);

/* The five characters of the server's SQLSTATE, or "" when the error did not come from the server. Any thread. (transfer none) */
const char *pdg_db_error_get_sqlstate (const GError *error);

/* Name of the violated constraint, or NULL. Any thread. (transfer none) (nullable) */
const char *pdg_db_error_get_constraint (const GError *error);

/* The server's own words: for logs and operators, never for a client. Any thread. (transfer none) (nullable) */
const char *pdg_db_error_get_detail (const GError *error);

G_END_DECLS
