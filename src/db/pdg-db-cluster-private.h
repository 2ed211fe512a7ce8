#pragma once

#include <glib.h>

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
