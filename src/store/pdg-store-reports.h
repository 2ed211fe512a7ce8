#pragma once

#include "store/pdg-store-journeys.h"

G_BEGIN_DECLS

/* Reads for reports over sequences of events. Tenant transactions. Errors: PDG_DB_ERROR. A database thread. */

#define PDG_STORE_MAX_MATCHERS 30

/* One event: bit i of @matches says that it matches filter i. @actor_no: whom its actor counts as. */
typedef void (*PdgStoreMatchFunc) (gint32 project_no, gint32 actor_no, gint32 session_no, gint64 ts_usec, guint32 matches, gpointer user_data);

/* Each event of the scope that matches one of the filters (at most PDG_STORE_MAX_MATCHERS), or any event when @all, in no order. A filter
 * that is NULL matches every event. One statement. */
gboolean pdg_store_each_match (PdgDbTx *tx, const PdgStoreEventScope *scope, const PdgEventFilter *const *filters, guint n_filters, gboolean all,
                               PdgStoreMatchFunc func, gpointer user_data, GError **error);

G_END_DECLS
