#pragma once

#include "service/pdg-queries.h"
#include "store/pdg-store-people.h"
#include "store/pdg-store-rights.h"

G_BEGIN_DECLS

/* What is known of actors and of their groups: as the functions of pdg-store-people.h. (transfer full) */
GPtrArray *pdg_queries_list_actor_ids (PdgQueries *queries, const PdgActor *const *actors, guint n, int kind, GError **error);
GPtrArray *pdg_queries_list_actor_traits (PdgQueries *queries, const PdgActor *const *actors, guint n, GError **error);
GPtrArray *pdg_queries_list_actor_groups (PdgQueries *queries, const PdgActor *const *actors, guint n, guint limit, GError **error);
GPtrArray *pdg_queries_list_actor_merges (PdgQueries *queries, const PdgActor *const *actors, guint n, guint limit, GError **error);
GPtrArray *pdg_queries_list_groups (PdgQueries *queries, const gint32 *project_nos, guint n, const char *type, const char *after_id, gint32 after_no,
                                    guint limit, GError **error);
GPtrArray *pdg_queries_find_groups (PdgQueries *queries, const gint32 *project_nos, guint n, const char *type, const char *id, GError **error);
GPtrArray *pdg_queries_list_group_traits (PdgQueries *queries, const PdgGroup *const *groups, guint n, GError **error);
GArray    *pdg_queries_count_group_actors (PdgQueries *queries, const PdgGroup *const *groups, guint n, GError **error);
GPtrArray *pdg_queries_list_group_actors (PdgQueries *queries, const PdgGroup *const *groups, guint n, const PdgStorePage *page, GError **error);

/* The origins from which pages may send: a text for each project, as pdg_store_list_origins(). (transfer full) */
GPtrArray *pdg_queries_list_origins (PdgQueries *queries, const gint32 *project_nos, guint n, GError **error);

/* What was done for the people of projects. Needs the role admin. (transfer full) (element-type GPtrArray(PdgPersonRequest)) */
GPtrArray *pdg_queries_list_person_requests (PdgQueries *queries, const gint32 *project_nos, guint n, guint limit, GError **error);

G_END_DECLS
