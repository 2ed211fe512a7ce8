#pragma once

#include "model/pdg-screen-signs.h"
#include "service/pdg-queries.h"

G_BEGIN_DECLS

/* What events and pictures tell of screens in [@from_usec, @to_usec): a list for each. The number of statements does not depend on how many
 * screens there are; which events count, pdg-store-screen-signs.h says. Errors: PDG_DB_ERROR. A database thread. */

/* The most frequent first. (transfer full) (element-type GPtrArray of PdgApiCalls, of PdgErrorGroup) */
GPtrArray *pdg_queries_list_screen_calls (PdgQueries *queries, const gint32 *project_nos, const gint32 *screen_nos, guint n, gint64 from_usec,
                                          gint64 to_usec, guint limit, GError **error);
GPtrArray *pdg_queries_list_screen_errors (PdgQueries *queries, const gint32 *project_nos, const gint32 *screen_nos, guint n, gint64 from_usec,
                                           gint64 to_usec, guint limit, GError **error);

/* By path, from changes of state and the newest ten pictures. (transfer full) (element-type GPtrArray of PdgStateValue) */
GPtrArray *pdg_queries_list_screen_states (PdgQueries *queries, const gint32 *project_nos, const gint32 *screen_nos, guint n, gint64 from_usec,
                                           gint64 to_usec, guint limit, GError **error);

G_END_DECLS
