#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-records.h"

G_BEGIN_DECLS

/* Who is behind a number: pages of sessions and actors of several owners at once, each by one statement. Tenant transactions.
 * Errors: PDG_DB_ERROR. A database thread. */

/* Sessions of the owners, flat: session_nos[i] is one of the owner places[i], from 1. A plain value, borrowed. */
typedef struct
{
  const gint32 *places;
  const gint32 *project_nos;
  const gint32 *session_nos;
  guint n;
} PdgStoreAudience;

/* A page, newest first: what comes after this time and number, G_MAXINT64 both for the first page; @limit for each owner. */
typedef struct
{
  gint64 before_usec;
  gint64 before_no;
  guint limit;
} PdgStorePage;

/* A session of a page. */
typedef struct
{
  gint32 place; /* of the owner, from 1 */
  gint32 project_no;
  gint32 session_no;
} PdgStorePick;

/* The page of each owner's sessions by start, in the order of the owners. (transfer full) (element-type PdgStorePick) */
GArray    *pdg_store_pick_sessions (PdgDbTx *tx, const PdgStoreAudience *audience, const PdgStorePage *page, GError **error);

/* The same of the sessions that ran a release and were active in [from, to): owner i is the release release_nos[i]. (transfer full)
 * (element-type PdgStorePick) */
GArray    *pdg_store_pick_release_sessions (PdgDbTx *tx, const gint32 *project_nos, const gint32 *release_nos, guint n, gint64 from_usec,
                                            gint64 to_usec, const PdgStorePage *page, GError **error);

/* The page of each owner's actors, once each, by the end of their newest session among the audience: @n_owners lists. (transfer full)
 * (element-type GPtrArray of PdgActor) */
GPtrArray *pdg_store_list_audience_actors (PdgDbTx *tx, const PdgStoreAudience *audience, guint n_owners, const PdgStorePage *page, GError **error);

G_END_DECLS
