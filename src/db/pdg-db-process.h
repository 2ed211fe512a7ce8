#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* Starting PostgreSQL's programs: inside db/ only. */

/* As whom they run: PostgreSQL refuses uid 0, and initdb a uid without a name. */
typedef enum
{
  PDG_DB_IDENTITY_SAME,
  PDG_DB_IDENTITY_USER_NS, /* our own uid, mapped to @uid in a user namespace: files stay ours */
  PDG_DB_IDENTITY_DROP,    /* root becomes @uid */
} PdgDbIdentityKind;

typedef struct
{
  PdgDbIdentityKind kind;
  uid_t uid;
  gid_t gid;
} PdgDbIdentity;

typedef struct
{
  const char *const *argv; /* argv[0] is the path of the program */
  PdgDbIdentity identity;
  const char *must_reach;  /* nullable: a folder that the new identity has to be able to use */
  int output_fd;           /* becomes stdout and stderr */
  int kept_fd;             /* becomes 3; -1 = none */
  int lock_fd;             /* becomes 4, only to be held open by the program and its children; -1 = none */
  int death_signal;        /* sent when the calling THREAD ends; 0 = none */
} PdgDbSpawn;

/* Decides as whom to run for a data folder owned by @data_uid ((uid_t) -1 when there is none). */
gboolean pdg_db_identity_choose (uid_t data_uid, gboolean allow_user_ns, PdgDbIdentity *identity, GError **error);

/* Forks and executes, with a clean environment, no other descriptors, and a session of its own (so that Ctrl+C in a
 * terminal reaches the app alone). Returns when the program runs, or -1. */
pid_t    pdg_db_spawn (const PdgDbSpawn *spawn, GError **error);

/* Reaps @pid when it has ended; @status as of waitpid. */
gboolean pdg_db_process_reap (pid_t pid, int *status);

/* Signals every PostgreSQL process whose current folder is @folder; returns how many there are. @signal 0 only counts. */
guint    pdg_db_process_signal_in (const char *folder, int signal);

/* Deletes a folder with everything in it, not following links. */
void     pdg_db_remove_tree (const char *path);
/* Gives a tree to a user. */
gboolean pdg_db_chown_tree (const char *path, uid_t uid, gid_t gid);

G_END_DECLS
