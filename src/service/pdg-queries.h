#pragma once

#include "db/pdg-db-conn.h"
#include "model/pdg-journey-graph.h"
#include "model/pdg-principal.h"
#include "model/pdg-records.h"
#include "store/pdg-store-events-read.h"
#include "store/pdg-store-sessions.h"

G_BEGIN_DECLS

#define PDG_SERVICE_ERROR (pdg_service_error_quark ())
GQuark pdg_service_error_quark (void);

typedef enum
{
  PDG_SERVICE_ERROR_FORBIDDEN, /* the principal may not */
  PDG_SERVICE_ERROR_NOT_FOUND,
  PDG_SERVICE_ERROR_INVALID,   /* a value that makes no sense; the text says what to do */
  PDG_SERVICE_ERROR_CONFLICT,  /* it exists already */
} PdgServiceError;

/* Everything that one reader sees in one consistent snapshot of the database: opened from a principal, read only.
 * Synchronous, on a database thread. Errors: PDG_SERVICE_ERROR, PDG_DB_ERROR. */
typedef struct _PdgQueries PdgQueries;

/* Needs the role viewer. @timeout_ms: of each statement. (transfer full) */
PdgQueries      *pdg_queries_begin (PdgDbConn *conn, PdgPrincipal *principal, guint timeout_ms, GError **error);
void             pdg_queries_free (PdgQueries *queries);

/* (transfer full) */
char            *pdg_queries_dup_organisation_name (PdgQueries *queries, GError **error);

/* By name, after the project with this id; at most @limit. (transfer full) (element-type PdgProject) */
GPtrArray       *pdg_queries_list_projects (PdgQueries *queries, const char *after_id, guint limit, GError **error);

/* NULL without an error when there is none that the principal may see. (transfer full) */
PdgProject      *pdg_queries_lookup_project (PdgQueries *queries, const char *id, GError **error);

/* The observed journeys of [from, to) in microseconds; G_MININT64 and G_MAXINT64 are open ends. (transfer full) */
PdgJourneyGraph *pdg_queries_load_journey_graph (PdgQueries *queries, gint32 project_no, gint64 from_usec, gint64 to_usec, GError **error);

gboolean         pdg_queries_get_event_span (PdgQueries *queries, gint32 project_no, gint64 *oldest_usec, gint64 *newest_usec, GError **error);
gboolean         pdg_queries_get_live (PdgQueries *queries, gint32 project_no, PdgLive *live, GError **error);

/* Sessions and events, each by one statement for all owners: as the store has them. */
GPtrArray       *pdg_queries_list_sessions (PdgQueries *queries, const gint32 *project_nos, const gint32 *actor_nos, guint n,
                                            const PdgStoreSessionFilter *filter, GError **error);
GPtrArray       *pdg_queries_find_sessions (PdgQueries *queries, const gint32 *project_nos, guint n, const char *id, PdgSessionParts parts,
                                            GError **error);
GPtrArray       *pdg_queries_lookup_sessions (PdgQueries *queries, const gint32 *project_nos, const gint32 *session_nos, guint n,
                                              PdgSessionParts parts, GError **error);
GPtrArray       *pdg_queries_list_session_events (PdgQueries *queries, const PdgStoreSessionKey *sessions, guint n, const PdgStoreEventQuery *query,
                                                  GError **error);

/* (transfer full) (element-type PdgRelease) */
GPtrArray       *pdg_queries_list_releases (PdgQueries *queries, gint32 project_no, guint limit, GError **error);

/* A picture by its id; NULL without an error when there is none. @media_type: (out) (transfer full). (transfer full) */
GBytes          *pdg_queries_load_blob (PdgQueries *queries, const char *id, char **media_type, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgQueries, pdg_queries_free)

G_END_DECLS
