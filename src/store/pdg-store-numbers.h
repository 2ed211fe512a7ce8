#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-records.h"
#include "model/pdg-event.h"

G_BEGIN_DECLS

/* The numbers that stand for texts in the event table. Each function takes @n texts of one project and fills @numbers
 * (room for @n), handing out new numbers for new texts. Run each in a transaction of its own and commit it before the
 * numbers are used. Errors: PDG_DB_ERROR. A database thread. */

/* The number of a project by its public id, 0 when the organisation has none; and its epoch, for pdg_store_hold_projects(). */
gboolean pdg_store_find_project (PdgDbTx *tx, gint32 org_no, const PdgSlice *id, gint32 *project_no, gint32 *epoch, GError **error);

/* The other way round: the id of project @project_no, or when that is 0 the id @id itself if there is such a project; NULL without an
 * error when there is none. A tenant transaction. (transfer full) */
char    *pdg_store_dup_project_id (PdgDbTx *tx, gint32 project_no, const char *id, GError **error);

gboolean pdg_store_assign_sessions (PdgDbTx *tx, gint32 project_no, const PdgSlice *ids, guint n, gint32 *numbers, GError **error);
gboolean pdg_store_assign_screens (PdgDbTx *tx, gint32 project_no, const PdgSlice *paths, guint n, gint32 *numbers, GError **error);
gboolean pdg_store_assign_releases (PdgDbTx *tx, gint32 project_no, const PdgSlice *versions, guint n, gint32 *numbers, GError **error);

gboolean pdg_store_assign_actors (PdgDbTx *tx, gint32 project_no, const gint16 *kinds, const PdgSlice *ids, guint n, gint32 *numbers,
                                  GError **error);

/* The tuple of repeated strings of an event. */
typedef struct
{
  guint8 fingerprint[16];
  PdgSlice type, name, component, component_path, journey, step;
  gint32 screen_no; /* 0 = none */
} PdgTerm;

gboolean pdg_store_assign_terms (PdgDbTx *tx, gint32 project_no, const PdgTerm *terms, guint n, gint32 *numbers, GError **error);

G_END_DECLS
