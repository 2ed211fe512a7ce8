#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-records.h"
#include "store/pdg-store-audience.h"

G_BEGIN_DECLS

/* What is known of actors and of their groups, each by one statement for all. Tenant transaction. Errors: PDG_DB_ERROR. */

#define PDG_STORE_MAX_IDS 1000 /* of one actor */

/* The ids of one kind (PdgActorKind) of each of @n actors: its own, and those of the actors that count as it, in order. (transfer full)
 * (element-type GPtrArray(utf8)) */
GPtrArray *pdg_store_list_actor_ids (PdgDbTx *tx, const PdgActor *const *actors, guint n, int kind, GError **error);

/* The traits of each as a JSON object, NULL where there are none. (transfer full) (element-type utf8) */
GPtrArray *pdg_store_list_actor_traits (PdgDbTx *tx, const PdgActor *const *actors, guint n, GError **error);
GPtrArray *pdg_store_list_group_traits (PdgDbTx *tx, const PdgGroup *const *groups, guint n, GError **error);

/* The groups of each, by type and id, @limit at most. (transfer full) (element-type GPtrArray(PdgGroup)) */
GPtrArray *pdg_store_list_actor_groups (PdgDbTx *tx, const PdgActor *const *actors, guint n, guint limit, GError **error);

/* What was merged into each, the oldest first, @limit at most. (transfer full) (element-type GPtrArray(PdgMerge)) */
GPtrArray *pdg_store_list_actor_merges (PdgDbTx *tx, const PdgActor *const *actors, guint n, guint limit, GError **error);

/* The groups of projects, by id, of one type or of all (NULL), after an id and a number. (transfer full)
 * (element-type GPtrArray(PdgGroup)) */
GPtrArray *pdg_store_list_groups (PdgDbTx *tx, const gint32 *project_nos, guint n, const char *type, const char *after_id, gint32 after_no,
                                  guint limit, GError **error);

/* One group of each project; NULL items where there is none. (transfer full) (element-type PdgGroup) */
GPtrArray *pdg_store_find_groups (PdgDbTx *tx, const gint32 *project_nos, guint n, const char *type, const char *id, GError **error);

/* How many actors of each group have a session. (transfer full) (element-type gint64) */
GArray    *pdg_store_count_group_actors (PdgDbTx *tx, const PdgGroup *const *groups, guint n, GError **error);

/* These actors, those first whose sessions ended last. (transfer full) (element-type GPtrArray(PdgActor)) */
GPtrArray *pdg_store_list_group_actors (PdgDbTx *tx, const PdgGroup *const *groups, guint n, const PdgStorePage *page, GError **error);

G_END_DECLS
