#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-records.h"
#include "model/pdg-event.h"

G_BEGIN_DECLS

/* The numbers that stand for texts in the event table. Errors: PDG_DB_ERROR. A database thread. */

/* The number of a project by its public id, 0 when the organisation has none; and its epoch, for pdg_store_finish_flush (). */
gboolean pdg_store_find_project (PdgDbTx *tx, gint32 org_no, const PdgSlice *id, gint32 *project_no, gint32 *epoch, GError **error);

/* The other way round: the id of project @project_no, or when that is 0 the id @id itself if there is such a project; NULL without an
 * error when there is none. A tenant transaction. (transfer full) */
char    *pdg_store_dup_project_id (PdgDbTx *tx, gint32 project_no, const char *id, GError **error);

/* The tuple of repeated strings of an event. */
typedef struct
{
  guint8 fingerprint[16];
  PdgSlice type, name, component, component_path, journey, step;
  gint32 screen_no; /* 0 = none */
} PdgTerm;

typedef enum
{
  PDG_NUMBER_SESSION,
  PDG_NUMBER_SCREEN,
  PDG_NUMBER_RELEASE,
  PDG_NUMBER_ACTOR,
  PDG_NUMBER_TERM,
} PdgNumberKind;

/* Texts of one project and kind, which may repeat, and room for their numbers. Borrows everything. */
typedef struct
{
  PdgNumberKind kind;
  gint32 project_no;
  guint n;
  const PdgSlice *texts;     /* of all but terms */
  const gint16 *actor_kinds; /* of actors */
  const PdgTerm *terms;      /* of terms */
  gint32 *numbers;
} PdgNumberRequest;

/* Fills in all numbers, handing out new ones for new texts, in one round trip, and with @commit also commits. It must be committed
 * before the numbers are used. The commit does not wait for the disk: what is stored with the numbers is committed after it, so it is
 * never there without them; but a database that crashed may have lost numbers that nothing uses, and give them to other texts. Whoever
 * remembers numbers forgets them when a connection was lost. Two who ask never wait in a circle, in whatever order the requests stand. */
gboolean pdg_store_assign_numbers (PdgDbTx *tx, const PdgNumberRequest *requests, guint n, gboolean commit, GError **error);

/* The same for screens alone. */
gboolean pdg_store_assign_screens (PdgDbTx *tx, gint32 project_no, const PdgSlice *paths, guint n, gint32 *numbers, GError **error);

G_END_DECLS
