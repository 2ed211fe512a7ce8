#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-journey.h"

G_BEGIN_DECLS

/* Journeys with their steps: the observed ones, which events make, and the designed ones. Tenant transactions. Errors:
 * PDG_DB_ERROR. A database thread. */

/* Which journeys; a plain value. They come by name, and as they were made. */
typedef struct
{
  const PdgJourneyKind *kind; /* (nullable) only these */
  const char *after_name;     /* (nullable) those that come after this name and number */
  gint32 after_no;
  guint limit;
} PdgStoreJourneyFilter;

/* For each project its journeys. One statement. (transfer full) (element-type GPtrArray of PdgJourney) */
GPtrArray  *pdg_store_list_journeys (PdgDbTx *tx, const gint32 *project_nos, guint n, const PdgStoreJourneyFilter *filter, GError **error);

/* Of each project the journey with this id, NULL where there is none; the designed one where there are both kinds and @kind
 * (nullable) does not say which. One statement. (transfer full) (element-type PdgJourney) */
GPtrArray  *pdg_store_lookup_journeys (PdgDbTx *tx, const gint32 *project_nos, guint n, const char *id, const PdgJourneyKind *kind,
                                       GError **error);

/* For each journey its steps by place. One statement. (transfer full) (element-type GPtrArray of PdgJourneyStep) */
GPtrArray  *pdg_store_list_journey_steps (PdgDbTx *tx, const gint32 *journey_nos, guint n, GError **error);

/* For each journey which step follows which. One statement. (transfer full) (element-type GPtrArray of PdgJourneyLink) */
GPtrArray  *pdg_store_list_journey_links (PdgDbTx *tx, const gint32 *journey_nos, guint n, GError **error);

/* A designed journey without steps. PDG_DB_ERROR_UNIQUE_VIOLATION when the id is taken. (transfer full) */
PdgJourney *pdg_store_create_journey (PdgDbTx *tx, gint32 project_no, const char *id, const char *name, GError **error);

/* As pdg_store_lookup_journeys(), of one project, held until the transaction ends. (transfer full) */
PdgJourney *pdg_store_lock_journey (PdgDbTx *tx, gint32 project_no, const char *id, GError **error);

/* NULL leaves the name. The time of the change becomes greater in any case. (transfer full) */
PdgJourney *pdg_store_update_journey (PdgDbTx *tx, gint32 journey_no, const char *name, GError **error);

/* Puts these steps (PdgJourneyStep) and links (PdgJourneyLink) in place of those that there are. */
gboolean    pdg_store_replace_journey_steps (PdgDbTx *tx, gint32 journey_no, GPtrArray *steps, GPtrArray *links, GError **error);

gboolean    pdg_store_delete_journey (PdgDbTx *tx, gint32 journey_no, GError **error);

G_END_DECLS
