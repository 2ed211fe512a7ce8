#pragma once

#include "db/pdg-db-conn.h"
#include "model/pdg-client-needs.h"
#include "model/pdg-directory.h"
#include "model/pdg-journey-graph.h"
#include "model/pdg-principal.h"
#include "model/pdg-records.h"
#include "service/pdg-service-error.h"
#include "store/pdg-store-actors.h"
#include "store/pdg-store-designs.h"
#include "store/pdg-store-directory.h"
#include "store/pdg-store-events-read.h"
#include "store/pdg-store-sessions.h"
#include "store/pdg-store-snapshots.h"

G_BEGIN_DECLS

/* Everything that one reader sees in one consistent snapshot of the database: opened from a principal, read only.
 * Synchronous, on a database thread. Errors: PDG_SERVICE_ERROR, PDG_DB_ERROR. */
typedef struct _PdgQueries PdgQueries;

/* Needs the role viewer. @timeout_ms: of each statement. (transfer full) */
PdgQueries      *pdg_queries_begin (PdgDbConn *conn, PdgPrincipal *principal, guint timeout_ms, GError **error);
/* The same for one statement at most: any function below but load_journey_graph. (transfer full) */
PdgQueries      *pdg_queries_begin_once (PdgDbConn *conn, PdgPrincipal *principal, guint timeout_ms, GError **error);
void             pdg_queries_free (PdgQueries *queries);

PdgPrincipal    *pdg_queries_get_principal (PdgQueries *queries);

/* (transfer full) */
PdgOrganisation *pdg_queries_load_organisation (PdgQueries *queries, GError **error);

/* Those that the principal may see. (transfer full) (element-type PdgProject) */
GPtrArray       *pdg_queries_list_projects (PdgQueries *queries, const PdgStoreProjectFilter *filter, GError **error);

/* The public id of the one project that the principal is bound to; NULL without an error when it is bound to none. (transfer full) */
char            *pdg_queries_dup_bound_project_id (PdgQueries *queries, GError **error);

/* Members and tokens, in the order in which they came: after a member's time and UUID, or a token's number. Need the role
 * admin. (transfer full) (element-type PdgMember, PdgAccessToken) */
GPtrArray       *pdg_queries_list_members (PdgQueries *queries, gint64 after_usec, const char *after_id, guint limit, GError **error);
GPtrArray       *pdg_queries_list_tokens (PdgQueries *queries, gint32 after, guint limit, GError **error);

/* For each project its ingest keys after a number. Needs the role admin. One statement. (transfer full)
 * (element-type GPtrArray of PdgApiKey) */
GPtrArray       *pdg_queries_list_api_keys (PdgQueries *queries, const gint32 *project_nos, guint n, gint32 after, guint limit, GError **error);

/* Journeys of projects, steps and links of journeys: as the functions of pdg-store-designs.h. (transfer full) */
GPtrArray       *pdg_queries_list_journeys (PdgQueries *queries, const gint32 *project_nos, guint n, const PdgStoreJourneyFilter *filter,
                                            GError **error);
GPtrArray       *pdg_queries_lookup_journeys (PdgQueries *queries, const gint32 *project_nos, guint n, const char *id,
                                              const PdgJourneyKind *kind, GError **error);
GPtrArray       *pdg_queries_list_journey_steps (PdgQueries *queries, const gint32 *journey_nos, guint n, GError **error);
GPtrArray       *pdg_queries_list_journey_links (PdgQueries *queries, const gint32 *journey_nos, guint n, GError **error);

/* NULL without an error when there is none that the principal may see. (transfer full) */
PdgProject      *pdg_queries_lookup_project (PdgQueries *queries, const char *id, GError **error);

/* The same, each with what is wanted of its sessions, by one statement: see pdg-store-project-sessions.h. */
PdgProject      *pdg_queries_lookup_project_and_session (PdgQueries *queries, const char *id, const char *session_id, PdgSessionParts parts,
                                                         GPtrArray **sessions, GError **error);
GPtrArray       *pdg_queries_lookup_projects (PdgQueries *queries, const char *const *ids, const char *const *session_ids, guint n,
                                              PdgSessionParts parts, GPtrArray **sessions, GError **error);
GPtrArray       *pdg_queries_list_projects_and_sessions (PdgQueries *queries, const PdgStoreProjectFilter *projects,
                                                         const PdgStoreSessionFilter *sessions, GPtrArray **lists, GError **error);

/* When the events of each project happened. (transfer full) (element-type PdgEventSpan) */
GArray          *pdg_queries_load_event_spans (PdgQueries *queries, const gint32 *project_nos, guint n, GError **error);

/* Sessions, events and actors, each by one statement for all owners: as the store has them. */
GPtrArray       *pdg_queries_list_sessions (PdgQueries *queries, const gint32 *project_nos, const gint32 *actor_nos, guint n,
                                            const PdgStoreSessionFilter *filter, GError **error);
GPtrArray       *pdg_queries_find_sessions (PdgQueries *queries, const gint32 *project_nos, guint n, const char *id, PdgSessionParts parts,
                                            GError **error);
GPtrArray       *pdg_queries_lookup_sessions (PdgQueries *queries, const gint32 *project_nos, const gint32 *session_nos, guint n,
                                              PdgSessionParts parts, GError **error);
GPtrArray       *pdg_queries_list_events (PdgQueries *queries, const gint32 *project_nos, guint n, const PdgStoreEventQuery *query, GError **error);
GPtrArray       *pdg_queries_find_events (PdgQueries *queries, const gint32 *project_nos, guint n, const char *id, PdgEventParts parts,
                                          PdgArena *arena, GError **error);
GPtrArray       *pdg_queries_list_actors (PdgQueries *queries, const gint32 *project_nos, guint n, const PdgStoreActorFilter *filter, GError **error);
GPtrArray       *pdg_queries_find_actors (PdgQueries *queries, const gint32 *project_nos, guint n, const char *id, int kind, GError **error);
gboolean         pdg_queries_load_actor_figures (PdgQueries *queries, PdgActor *const *actors, guint n, GError **error);
GPtrArray       *pdg_queries_list_session_events (PdgQueries *queries, const PdgStoreSessionKey *sessions, guint n, const PdgStoreEventQuery *query,
                                                  GError **error);

/* The screens with these numbers: @n of them, NULL where the project has none. One statement for all of them. (transfer full)
 * (element-type PdgScreen) */
GPtrArray       *pdg_queries_lookup_screens (PdgQueries *queries, const gint32 *project_nos, const gint32 *screen_nos, guint n, GError **error);

/* For each project its screens by path, after @after_path when it is not NULL, at most @limit; with @search (nullable) in path or
 * title. One statement. (transfer full) (element-type GPtrArray of PdgScreen) */
GPtrArray       *pdg_queries_list_screens (PdgQueries *queries, const gint32 *project_nos, guint n, const char *search,
                                           const char *after_path, guint limit, GError **error);

/* The pictures of each project, or with @screen_nos (nullable) of each of these screens, newest first. One statement. (transfer full)
 * (element-type GPtrArray of PdgSnapshot) */
GPtrArray       *pdg_queries_list_snapshots (PdgQueries *queries, const gint32 *project_nos, const gint32 *screen_nos, guint n,
                                             const PdgStoreSnapshotFilter *filter, GError **error);

/* The pictures with these numbers: @n of them, NULL where the project has none such. One statement. (transfer full)
 * (element-type PdgSnapshot) */
GPtrArray       *pdg_queries_lookup_snapshots (PdgQueries *queries, const gint32 *project_nos, const gint64 *snapshot_nos, guint n, GError **error);

/* A text of each picture, NULL where there is none. One statement. (transfer full) (element-type utf8) */
GPtrArray       *pdg_queries_load_snapshot_texts (PdgQueries *queries, const gint64 *snapshot_nos, guint n, PdgStoreSnapshotText which,
                                                  GError **error);

/* The pieces of the recordings of sessions, without their bytes, after a time and number. One statement. (transfer full)
 * (element-type GPtrArray of PdgReplayChunk) */
GPtrArray       *pdg_queries_list_replay_chunks (PdgQueries *queries, const gint32 *project_nos, const char *const *session_ids, guint n,
                                                 gint64 after_usec, gint64 after_no, guint limit, GError **error);

/* The rrweb events of a piece, as a JSON array of at most @max_bytes; NULL without an error when there is none. (transfer full) */
GBytes          *pdg_queries_load_replay_chunk (PdgQueries *queries, gint64 chunk_no, gsize max_bytes, GError **error);

/* A picture by its id; NULL without an error when there is none. @media_type: (out) (transfer full). (transfer full) */
GBytes          *pdg_queries_load_blob (PdgQueries *queries, const char *id, int min_width, char **media_type, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgQueries, pdg_queries_free)

G_END_DECLS
