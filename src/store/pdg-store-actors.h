#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-event-filter.h"
#include "model/pdg-records.h"

G_BEGIN_DECLS

/* Which actors: a plain value. Times in microseconds, half-open. An actor counts when a session of it has an event of the range
 * (that matches). */
typedef struct
{
  gint64 from_usec; /* G_MININT64 = open */
  gint64 to_usec;   /* G_MAXINT64 = open */
  const PdgEventFilter *filter; /* nullable */
  gint64 before_active_usec; /* paging: actors that come after this place; G_MAXINT64 = from the most recent */
  gint32 before_actor_no;
  guint limit; /* for each project */
} PdgStoreActorFilter;

/* Actors of @n projects by one statement, those first whose sessions of the range ended last: a list for each, in their order.
 * Tenant transaction. Errors: PDG_DB_ERROR. (transfer full) (element-type GPtrArray(PdgActor)) */
GPtrArray *pdg_store_list_actors (PdgDbTx *tx, const gint32 *project_nos, guint n, const PdgStoreActorFilter *filter, GError **error);

/* The actor with this id in each of @n projects, or the one that it counts as, with its figures; NULL items where there is none. @kind: -1 = the one that says
 * most of those that have sessions. (transfer full) (element-type PdgActor) */
GPtrArray *pdg_store_find_actors (PdgDbTx *tx, const gint32 *project_nos, guint n, const char *id, int kind, GError **error);

/* Fills in the figures of @n actors, borrowed, by one statement. */
gboolean   pdg_store_load_actor_figures (PdgDbTx *tx, PdgActor *const *actors, guint n, GError **error);

G_END_DECLS
