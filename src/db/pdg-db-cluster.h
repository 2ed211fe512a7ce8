#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A private PostgreSQL in a folder of the user: made at first use, started as a child of this process and watched by a
 * thread of its own, reachable through a unix socket only. A second process with the same folder attaches to the first
 * one's server, and takes it over when the first one leaves. */
typedef struct _PdgDbCluster PdgDbCluster;

typedef enum
{
  PDG_DB_CLUSTER_DEFAULT = 0,
  PDG_DB_CLUSTER_THROWAWAY = 1 << 0,     /* no fsync at all: for tests only */
  PDG_DB_CLUSTER_NO_USER_NS = 1 << 1,    /* as root, never use a user namespace but drop to nobody */
} PdgDbClusterFlags;

typedef enum
{
  PDG_DB_CLUSTER_STOPPED,
  PDG_DB_CLUSTER_RUNNING,
  PDG_DB_CLUSTER_DOWN, /* the server died, or the owning process left: it is being started again */
} PdgDbClusterState;

/* @message is fit for a person. On the cluster's own thread: only hand it over to a context. */
typedef void (*PdgDbClusterStateFunc) (PdgDbClusterState state, const char *message, gpointer user_data);

/* Finds PostgreSQL: PRODUCTGRAPH_PG_BINDIR alone when set; else the newest of at least version 15 (or exactly @major when
 * that is not 0) among the usual places and PATH. Returns the folder of initdb and postgres. Errors: PDG_DB_ERROR_NOT_FOUND
 * with what to install. Any thread; may run a program. (transfer full) */
char              *pdg_db_cluster_find_binaries (int major, int *found_major, GError **error);

/* Makes the cluster when there is none, then starts it or attaches to it; ready for connections when it returns.
 * Blocks: never on the UI thread. Errors: PDG_DB_ERROR. (transfer full) */
PdgDbCluster      *pdg_db_cluster_start (const char *data_dir, PdgDbClusterFlags flags, GError **error);

/* Stops the server when it is ours and lets an attached one be; idempotent; blocks. Disconnect first. */
void               pdg_db_cluster_stop (PdgDbCluster *cluster);
void               pdg_db_cluster_free (PdgDbCluster *cluster);

/* Connection strings for libpq with a password in them: keep them out of logs. They do not change. Any thread.
 * owner: superuser, for migrations; server: NOBYPASSRLS, for the product; writer: BYPASSRLS, for events. (transfer none) */
const char        *pdg_db_cluster_get_owner_uri (PdgDbCluster *cluster);
const char        *pdg_db_cluster_get_server_uri (PdgDbCluster *cluster);
const char        *pdg_db_cluster_get_writer_uri (PdgDbCluster *cluster);

/* Whether the server belongs to another process at this moment. Any thread. */
gboolean           pdg_db_cluster_is_attached (PdgDbCluster *cluster);
PdgDbClusterState  pdg_db_cluster_get_state (PdgDbCluster *cluster);
int                pdg_db_cluster_get_major (PdgDbCluster *cluster);

/* Calls @func at each change of state; NULL = no more. The cluster restarts a dead server by itself, with growing pauses. */
void               pdg_db_cluster_set_state_func (PdgDbCluster *cluster, PdgDbClusterStateFunc func, gpointer user_data);

/* Checks at once and waits until the server runs: starts it again when it died, takes it over when its owner left.
 * Blocks. Any thread. Errors: PDG_DB_ERROR. */
gboolean           pdg_db_cluster_ensure_running (PdgDbCluster *cluster, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgDbCluster, pdg_db_cluster_free)

G_END_DECLS
