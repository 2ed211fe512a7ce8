#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-event-filter.h"
#include "model/pdg-records.h"

G_BEGIN_DECLS

/* Reads for the journey graph of a project. Half-open time ranges in microseconds; G_MININT64 and G_MAXINT64 are open
 * ends. Tenant transactions. Errors: PDG_DB_ERROR. A database thread. */

typedef enum
{
  PDG_STORE_ROW_VIEW,
  PDG_STORE_ROW_ERROR,
  PDG_STORE_ROW_LOAD,
} PdgStoreJourneyRowKind;

/* Which events: a plain value. */
typedef struct
{
  const gint32 *project_nos; /* each once */
  guint n_projects;
  gint64 from_usec;
  gint64 to_usec;
  const PdgEventFilter *filter; /* nullable */
} PdgStoreEventScope;

/* One event that matters to the graph; projects come together, and within them sessions. */
typedef void (*PdgStoreJourneyRowFunc) (gint32 project_no, gint32 session_no, gint32 screen_no, gint64 ts_usec, gint32 sequence,
                                        PdgStoreJourneyRowKind kind, double value, gpointer user_data);

gboolean   pdg_store_each_journey_row (PdgDbTx *tx, const PdgStoreEventScope *scope, PdgStoreJourneyRowFunc func, gpointer user_data,
                                       GError **error);

/* Events of any type in the scope: guint64 by project number, nothing for none. (transfer full) */
GHashTable *pdg_store_count_events (PdgDbTx *tx, const PdgStoreEventScope *scope, GError **error);

/* A screen of the project with its newest title and picture. */
typedef struct
{
  char *path;
  char *title;       /* nullable */
  char *snapshot_id; /* nullable: SHA-256 in hexadecimal */
  gint32 project_no;
  gint32 screen_no;
} PdgStoreScreen;

/* The screens of the scope's projects. (transfer full) (element-type PdgStoreScreen) */
GPtrArray *pdg_store_list_screens (PdgDbTx *tx, const PdgStoreEventScope *scope, GError **error);

/* When the events of each project happened; PDG_TIME_NONE when there are none. (transfer full) (element-type PdgEventSpan) */
GArray    *pdg_store_load_event_spans (PdgDbTx *tx, const gint32 *project_nos, guint n, GError **error);

/* Activity of the last minute and the last five in each project, by the events that match @filter (nullable). (transfer full)
 * (element-type PdgLive) */
GPtrArray *pdg_store_load_live (PdgDbTx *tx, const gint32 *project_nos, guint n, gint64 now_usec, const PdgEventFilter *filter,
                                gboolean with_sessions, GError **error);

G_END_DECLS
