#pragma once

#include <gio/gio.h>

#include "db/pdg-db-conn.h"
#include "model/pdg-retention.h"
#include "service/pdg-service-error.h"

G_BEGIN_DECLS

/* Removes what is older, or more, than is to be kept, of every organisation. Of several collectors one does it at a time. */
typedef struct _PdgRetention PdgRetention;

typedef struct
{
  gint64 held_bytes[PDG_N_DATA_KINDS]; /* -1 = not known yet */
  gint64 removed[PDG_N_DATA_KINDS];    /* events and rows removed one by one */
  gint64 dropped_days;                 /* partitions of events */
  gint64 dropped_bytes;
} PdgRetentionMetrics;

/* @limits: what holds for every project; the bytes of events are those of all of them together. @every_seconds: between two times. */
PdgRetention *pdg_retention_new (const PdgRetentionLimits *limits, guint every_seconds);
void          pdg_retention_free (PdgRetention *self);

/* (transfer none) */
const PdgRetentionLimits *pdg_retention_get_limits (PdgRetention *self);

/* Since the start of the program. Any thread. */
void          pdg_retention_get_metrics (PdgRetention *self, PdgRetentionMetrics *metrics);

/* Goes through everything when it is time to, in small transactions; what is not done when the time for it is over or @cancellable (nullable)
 * ends it, the next call does. *@ran (nullable): whether it was time and nobody else was at it. A database thread.
 * Errors: PDG_DB_ERROR. */
gboolean      pdg_retention_work (PdgRetention *self, PdgDbConn *conn, gint64 now_usec, GCancellable *cancellable, gboolean *ran, GError **error);

/* The same whenever it was done last. *@ran: whether nobody else was at it; *@is_done: whether nothing is left for the next call. */
gboolean      pdg_retention_work_now (PdgRetention *self, PdgDbConn *conn, gint64 now_usec, gboolean *ran, gboolean *is_done, GError **error);

/* The partitions of events that it would drop. (transfer full) (element-type PdgEventDay) */
GPtrArray    *pdg_retention_list_due_days (PdgRetention *self, PdgDbConn *conn, gint64 now_usec, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgRetention, pdg_retention_free)

G_END_DECLS
