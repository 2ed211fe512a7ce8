#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-principal.h"
#include "model/pdg-records.h"
#include "service/pdg-service-error.h"

G_BEGIN_DECLS

/* What the commands share. Errors: PDG_SERVICE_ERROR, PDG_DB_ERROR. A database thread. */

/* A transaction for who may do what @needed may. (transfer full) */
PdgDbTx    *pdg_commands_begin (PdgDbConn *conn, PdgPrincipal *principal, PdgRole needed, GError **error);

/* The same for what concerns the whole organisation, which a principal bound to one project may not. (transfer full) */
PdgDbTx    *pdg_commands_begin_unbound (PdgDbConn *conn, PdgPrincipal *principal, PdgRole needed, GError **error);

/* The project that the input's @field names; one that the principal may not act on is not there. (transfer full) */
PdgProject *pdg_commands_find_project (PdgDbTx *tx, PdgPrincipal *principal, const char *id, const char *field, GError **error);

/* The text without white space around it, of @min to @max characters and without control characters. (transfer full) */
char       *pdg_commands_dup_text (const char *text, const char *field, glong min, glong max, GError **error);

/* An id made of the name in lower-case letters, digits and single underscores, behind @prefix. (transfer full) */
char       *pdg_commands_make_id (const char *prefix, const char *name);

/* Commits, and writes to the log who did what; @format says what, without a secret. */
gboolean    pdg_commands_commit (PdgDbTx *tx, PdgPrincipal *principal, GError **error, const char *format, ...) G_GNUC_PRINTF (4, 5);

#define PDG_COMMANDS_SHOWN_LEN 10

/* A new secret behind the prefix that tells its kind; its hash and the part that may be shown. (transfer full) */
char       *pdg_commands_make_secret (const char *kind, guint8 hash[32], char shown[PDG_COMMANDS_SHOWN_LEN + 1]);

G_END_DECLS
