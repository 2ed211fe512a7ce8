#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-retention.h"

G_BEGIN_DECLS

/* What is held, and what of it goes. Errors: PDG_DB_ERROR. A database thread. */

/* For each of @n projects what it holds of each kind and what is over the limits of the collector (@server) and its own, or @proposed
 * (nullable) in place of these. A tenant's transaction. (transfer full) (element-type GPtrArray of PdgHeldData) */
GPtrArray *pdg_store_list_held_data (PdgDbTx *tx, const gint32 *project_nos, guint n, gint64 now_usec, const PdgRetentionLimits *server,
                                     const PdgRetentionLimits *proposed, GError **error);

/* The limits of one kind for a project; 0 = none. FALSE without an error when there is no such project. A tenant's transaction. */
gboolean   pdg_store_set_retention (PdgDbTx *tx, gint32 project_no, PdgDataKind kind, gint32 max_days, gint64 max_bytes, GError **error);

/* Whether the caller may go through everything now, and nobody else: when it was done last is @every_seconds ago. Then, whatever
 * happens, pdg_store_end_sweep () on the same connection has to follow. Maintenance transactions of the server. */
gboolean   pdg_store_begin_sweep (PdgDbTx *tx, guint every_seconds, gboolean *may, GError **error);
gboolean   pdg_store_end_sweep (PdgDbTx *tx, gboolean is_done, GError **error);

/* What there is to do; of events, a task for each project that has some. The same. (transfer full) (element-type PdgRetentionTask) */
GPtrArray *pdg_store_plan_retention (PdgDbTx *tx, gint64 now_usec, const PdgRetentionLimits *server, GError **error);

/* Removes what is older than @cutoff_usec of a project: the events of so many sessions with these, or so many rows. The server's
 * transaction for the project's organisation. *@n_removed: how many sessions or rows; *@n_events: how many events. */
gboolean   pdg_store_expire (PdgDbTx *tx, gint32 project_no, PdgDataKind kind, gint64 cutoff_usec, guint at_most, gint64 *n_removed,
                             gint64 *n_events, GError **error);

/* Drops the oldest day that ends by @cutoff_usec, and its sessions. *@dropped: whether there was one. PDG_DB_ERROR_TIMEOUT: somebody is in the
 * way, try again later. A maintenance transaction of the server. */
gboolean   pdg_store_drop_event_day (PdgDbTx *tx, gint64 cutoff_usec, gboolean *dropped, PdgEventDay *day, GError **error);

/* Those that would be dropped, the oldest first. The same. (transfer full) (element-type PdgEventDay) */
GPtrArray *pdg_store_list_due_event_days (PdgDbTx *tx, gint64 cutoff_usec, GError **error);

/* What is forgotten after a fixed time. The same. */
gboolean   pdg_store_forget_old (PdgDbTx *tx, GError **error);

/* Gives unused space of events that had no day of their own back. The same. */
gboolean   pdg_store_trim_default_events (PdgDbTx *tx, GError **error);

/* What all organisations hold of each kind. The same. */
gboolean   pdg_store_load_server_holdings (PdgDbTx *tx, gint64 bytes[PDG_N_DATA_KINDS], GError **error);

G_END_DECLS
