#pragma once

#include "db/pdg-db-conn.h"
#include "model/pdg-journey.h"
#include "model/pdg-principal.h"

G_BEGIN_DECLS

/* Designed journeys: what should happen. Each needs the role editor and is one transaction. Synchronous, on a database
 * thread. Errors: PDG_SERVICE_ERROR (with the field of the input), PDG_DB_ERROR. */

/* What a designed journey is to be; a plain value. The paths of the steps are pages or screens; their numbers are filled in. */
typedef struct
{
  const char *name;    /* NULL leaves it */
  GPtrArray *steps;    /* (element-type PdgJourneyStep) NULL leaves them */
  GPtrArray *links;    /* (element-type PdgJourneyLink) NULL leaves them */
  gint64 updated_usec; /* refused when it changed at another time than this; PDG_TIME_NONE = in any case */
} PdgJourneyDraft;

/* @id: NULL makes one from the name. (transfer full) */
PdgJourney *pdg_commands_create_journey (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, const char *id,
                                         const PdgJourneyDraft *draft, GError **error);

/* (transfer full) */
PdgJourney *pdg_commands_update_journey (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, const char *id,
                                         const PdgJourneyDraft *draft, GError **error);

gboolean    pdg_commands_delete_journey (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, const char *id, GError **error);

G_END_DECLS
