#pragma once

#include "codec/pdg-event-policy.h"
#include "db/pdg-db-conn.h"
#include "model/pdg-guard.h"
#include "model/pdg-principal.h"
#include "model/pdg-records.h"
#include "service/pdg-ingest.h"
#include "service/pdg-service-error.h"

G_BEGIN_DECLS

/* Rules of redaction and dead letters. Errors: PDG_SERVICE_ERROR, PDG_DB_ERROR. A database thread. */

/* Uses these rules for the project's events from now on. Needs the role admin. (transfer full) */
PdgProject *pdg_commands_set_redaction (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, guint patterns, const char *const *keys,
                                        GError **error);

/* Judges letters again by today's rules, each with the time at which it came, and stores those that pass; a letter ends in the
 * transaction that stores its event. */
typedef struct
{
  const char *project_id;
  const gint64 *letter_nos; /* (nullable) */
  guint n_letters;
  const char *reason;       /* (nullable) when there are no numbers: those of this reason, else all of them */
} PdgRedriveInput;

typedef struct
{
  guint n_stored;
  guint n_refused; /* still letters */
  guint n_missing; /* not there any more */
} PdgRedriveResult;

#define PDG_REDRIVE_MAX 1000 /* at once */

/* Needs the role editor. Waits for the writer. */
gboolean    pdg_commands_redrive_letters (PdgDbConn *conn, PdgPrincipal *principal, PdgIngest *ingest, const PdgEventPolicies *policies,
                                          const PdgRedriveInput *input, PdgRedriveResult *result, GError **error);

/* Drops letters without storing them, chosen in the same way. Needs the role editor. */
gboolean    pdg_commands_drop_letters (PdgDbConn *conn, PdgPrincipal *principal, const PdgRedriveInput *input, gint64 *n_dropped, GError **error);

G_END_DECLS
