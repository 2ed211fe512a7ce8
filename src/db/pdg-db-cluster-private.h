#pragma once

#include <glib.h>

#include "db/pdg-db-cluster.h"
#include "db/pdg-db-process.h"

G_BEGIN_DECLS

/* Shared by the files of the cluster: inside db/ only. */

#define PDG_DB_OWNER_ROLE "productgraph_owner"
#define PDG_DB_SERVER_ROLE "productgraph_server"
#define PDG_DB_WRITER_ROLE "productgraph_writer"
#define PDG_DB_DATABASE "productgraph"

/* Where everything is. DATA_DIR/pg/15/ is the server's folder; beside it, with the same number, the files below. */
typedef struct
{
  int major;
  char *bindir;
  char *root;       /* DATA_DIR/pg */
  char *data;       /* 15: the server's data folder */
  char *data_new;   /* 15.new: where initdb works */
  char *incomplete; /* 15.incomplete: exists while the cluster is being made; whatever is there then is made again */
  char *lock;       /* 15.lock: held by the process that owns the server */
  char *running;    /* 15.running: held by PostgreSQL's own processes, as long as one of them lives */
  char *address;    /* 15.address: for a process that attaches */
  char *secrets;    /* 15.secrets: passwords, 0600 */
  char *log;        /* 15.log, and 15.log.1 before it */
  char *socket_dir;
  gboolean throwaway;
  PdgDbIdentity identity;
  int *stopping;    /* atomic: give up waiting */
  GThread *sync;    /* writes what initdb made to the disk; NULL when nothing is being made */
} PdgDbLayout;

typedef struct
{
  char *owner;
  char *server;
  char *writer;
} PdgDbSecrets;

/* One thread does everything and lives as long as the cluster, since the server gets its death signal when the thread
 * that forked it ends. The others only set what is guarded by the lock, and wake it up. */
struct _PdgDbCluster
{
  PdgDbLayout layout; /* the thread's own, but for reading what never changes */
  char *data_dir;
  PdgDbClusterFlags flags;
  GThread *thread;
  int wake_fd;
  int stopping; /* atomic */

  /* the thread's own */
  int owner_fd; /* the descriptor of the lock file; locked when we are the owner */
  pid_t pid;    /* 0 = no server of ours */
  int pid_fd;
  gint64 started_usec;
  gint64 pause_usec;
  gint64 next_try_usec;

  GMutex lock;
  GCond changed;
  /* guarded by the lock */
  char *owner_uri;
  char *server_uri;
  char *writer_uri;
  gboolean started;
  gboolean attached;
  PdgDbClusterState state;
  guint64 n_asked;
  guint64 n_answered;
  GError *error; /* of the start, or of the last attempt */
  PdgDbClusterStateFunc state_func;
  gpointer state_data;
};

#define PDG_DB_ATTACH_POLL_USEC (10 * 1000)

/* Finds the major and the programs, makes the folder and opens the lock file. */
gboolean      pdg_db_cluster_prepare (PdgDbCluster *cluster, GError **error);
/* Owns the folder or attaches to who does, whichever is possible first. */
gboolean      pdg_db_cluster_own_or_attach (PdgDbCluster *cluster, gint64 timeout_usec, gboolean crashed, GError **error);
/* Whether we own the folder now; asking takes it when it is free. */
gboolean      pdg_db_cluster_try_own (PdgDbCluster *cluster);
/* Whether the server takes connections. */
gboolean      pdg_db_cluster_answers (PdgDbCluster *cluster);
void          pdg_db_cluster_forget_server (PdgDbCluster *cluster);

void          pdg_db_layout_init (PdgDbLayout *layout, const char *root, int major);
void          pdg_db_layout_clear (PdgDbLayout *layout);
/* Makes a folder that only we may use; FALSE when it exists and belongs to somebody else, or cannot be made. */
gboolean      pdg_db_make_private_dir (const char *path, const PdgDbIdentity *identity);
/* Fills in where the sockets go, and makes that folder; @previous (nullable): taken when it is still good. */
gboolean      pdg_db_layout_choose_socket_dir (PdgDbLayout *layout, const char *previous, GError **error);
char         *pdg_db_layout_make_uri (const PdgDbLayout *layout, const char *role, const char *password, const char *database);

/* Takes the lock that PostgreSQL's processes of this folder share, waiting until none of an earlier life is left;
 * @crashed: the one before died under us. The descriptor, or -1. */
int           pdg_db_postmaster_take_lock (const PdgDbLayout *layout, gboolean crashed, GError **error);
/* Starts the server and waits until it takes connections. @crashed: the one before died under us. On the thread that
 * lives as long as the server. */
pid_t         pdg_db_postmaster_start (const PdgDbLayout *layout, gboolean crashed, GError **error);
/* Fast shutdown; harder when that takes too long. */
void          pdg_db_postmaster_stop (pid_t pid);
/* Keeps the log file small. */
void          pdg_db_postmaster_bound_log (const PdgDbLayout *layout);

/* Whether there is a finished cluster; FALSE with an error when there is something that must not be touched. */
gboolean      pdg_db_cluster_is_made (const PdgDbLayout *layout, gboolean *made, GError **error);
/* Makes the server's folder from nothing. (transfer full) the passwords */
PdgDbSecrets *pdg_db_cluster_make_files (PdgDbLayout *layout, GError **error);
/* Makes roles and database in the running server, waits until all of it is on the disk, and marks the cluster as made. */
gboolean      pdg_db_cluster_make_roles (PdgDbLayout *layout, const PdgDbSecrets *secrets, GError **error);
PdgDbSecrets *pdg_db_secrets_load (const PdgDbLayout *layout, GError **error);
void          pdg_db_secrets_free (PdgDbSecrets *secrets);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgDbSecrets, pdg_db_secrets_free)

G_END_DECLS
