#pragma once

#include "service/pdg-queries.h"
#include "store/pdg-store-audience.h"

G_BEGIN_DECLS

/* Who is behind the numbers of several owners: each function makes a list for each of them, newest first. The number of statements
 * does not depend on how many there are. Errors: PDG_DB_ERROR. A database thread. */

/* (transfer full) (element-type GPtrArray of PdgSessionSummary) */
GPtrArray *pdg_queries_list_audience_sessions (PdgQueries *queries, const PdgStoreAudience *audience, guint n_owners, const PdgStorePage *page,
                                             PdgSessionParts parts, GError **error);

/* Each actor once, by the end of its newest session among the audience. (transfer full) (element-type GPtrArray of PdgActor) */
GPtrArray *pdg_queries_list_audience_actors (PdgQueries *queries, const PdgStoreAudience *audience, guint n_owners, const PdgStorePage *page,
                                           GError **error);

/* The releases of each project that sessions active in [from, to) ran. (transfer full) (element-type GPtrArray of PdgRelease) */
GPtrArray *pdg_queries_list_releases (PdgQueries *queries, const gint32 *project_nos, guint n, gint64 from_usec, gint64 to_usec,
                                      const PdgStorePage *page, GError **error);

/* The sessions that each release counts; all of one list. (transfer full) (element-type GPtrArray of PdgSessionSummary) */
GPtrArray *pdg_queries_list_release_sessions (PdgQueries *queries, const PdgRelease *const *releases, guint n, const PdgStorePage *page,
                                              PdgSessionParts parts, GError **error);

G_END_DECLS
