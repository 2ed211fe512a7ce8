#include "config.h"
#include "db/pdg-db-process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/pdg-db-private.h"

enum
{
  KEPT_FD = 3,
  LOCK_FD = 4,
  REPORT_FD = 5,
  FIRST_FREE_FD = 10,
};

/* What the child could not do, over the report pipe. */
typedef struct
{
  enum
  {
    STEP_IDENTITY,
    STEP_REACH,
    STEP_EXEC,
  } step;
  int error_number;
} Report;

/* Everything that the child needs, made before the fork: between fork and exec only async-signal-safe calls are allowed. */
typedef struct
{
  const PdgDbSpawn *spawn;
  char **environment;
  char uid_map[64];
  char gid_map[64];
  int report_fd;
  int null_fd;
  pid_t parent;
} Child;

static gboolean
write_file (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  gboolean ok;

  if (fd < 0)
    return FALSE;
  ok = write (fd, text, strlen (text)) == (ssize_t) strlen (text);
  close (fd);
  return ok;
}

static gboolean
enter_user_ns (const char *uid_map, const char *gid_map)
{
  return unshare (CLONE_NEWUSER) == 0
         && write_file ("/proc/self/uid_map", uid_map)
         && write_file ("/proc/self/setgroups", "deny")
         && write_file ("/proc/self/gid_map", gid_map);
}

static gboolean
take_identity (const Child *child)
{
  const PdgDbIdentity *identity = &child->spawn->identity;

  switch (identity->kind)
    {
    case PDG_DB_IDENTITY_USER_NS:
      return enter_user_ns (child->uid_map, child->gid_map);
    case PDG_DB_IDENTITY_DROP:
      return setgroups (0, NULL) == 0
             && setresgid (identity->gid, identity->gid, identity->gid) == 0
             && setresuid (identity->uid, identity->uid, identity->uid) == 0;
    default:
      return TRUE;
    }
}

static void
close_from (int first)
{
#ifdef SYS_close_range
  if (syscall (SYS_close_range, first, ~0U, 0) == 0)
    return;
#endif
  for (int fd = first; fd < 65536; fd++)
    close (fd);
}

static void
place (int fd, int target)
{
  if (fd >= 0)
    dup2 (fd, target);
  else
    close (target);
}

/* Puts the descriptors in their places; first out of the way, since any of them may have a number that is a target. */
static int
arrange_descriptors (const Child *child)
{
  const PdgDbSpawn *spawn = child->spawn;
  int output = fcntl (spawn->output_fd, F_DUPFD, FIRST_FREE_FD);
  int kept = spawn->kept_fd >= 0 ? fcntl (spawn->kept_fd, F_DUPFD, FIRST_FREE_FD) : -1;
  int lock = spawn->lock_fd >= 0 ? fcntl (spawn->lock_fd, F_DUPFD, FIRST_FREE_FD) : -1;
  int report = fcntl (child->report_fd, F_DUPFD, FIRST_FREE_FD);
  int null = fcntl (child->null_fd, F_DUPFD, FIRST_FREE_FD);

  place (null, 0);
  place (output, 1);
  place (output, 2);
  place (kept, KEPT_FD);
  place (lock, LOCK_FD);
  dup3 (report, REPORT_FD, O_CLOEXEC);
  close_from (REPORT_FD + 1);
  return REPORT_FD;
}

static void
reset_signals (void)
{
  static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM, SIGCHLD, SIGUSR1, SIGUSR2 };
  sigset_t none;

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    signal (signals[i], SIG_DFL);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
}

static void G_GNUC_NORETURN
fail_child (int report_fd, int step)
{
  Report report = { step, errno };

  if (write (report_fd, &report, sizeof report) < 0)
    _exit (126);
  _exit (127);
}

static void G_GNUC_NORETURN
run_child (const Child *child)
{
  const PdgDbSpawn *spawn = child->spawn;
  int report_fd = arrange_descriptors (child);

  setsid ();
  reset_signals ();
  umask (077);
  if (!take_identity (child))
    fail_child (report_fd, STEP_IDENTITY);
  /* a change of credentials clears it, so only now; and the parent may be gone by now */
  if (spawn->death_signal != 0 && prctl (PR_SET_PDEATHSIG, spawn->death_signal) != 0)
    fail_child (report_fd, STEP_IDENTITY);
  if (spawn->death_signal != 0 && getppid () != child->parent)
    _exit (0);
  if (spawn->must_reach != NULL && access (spawn->must_reach, R_OK | W_OK | X_OK) != 0)
    fail_child (report_fd, STEP_REACH);
  if (chdir ("/") != 0)
    fail_child (report_fd, STEP_REACH);
  execve (spawn->argv[0], (char *const *) spawn->argv, child->environment);
  fail_child (report_fd, STEP_EXEC);
}

/* PG* variables of the user must not change what our server does; a library path may be what makes it run at all.
 * TZ: initdb otherwise compares every zone of the system with the clock. */
static char **
make_environment (void)
{
  static const char *const passed[] = { "PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR" };
  char **environment = g_new0 (char *, G_N_ELEMENTS (passed) + 3);
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (passed); i++)
    if (g_getenv (passed[i]) != NULL)
      environment[n++] = g_strconcat (passed[i], "=", g_getenv (passed[i]), NULL);
  environment[n++] = g_strdup ("LC_ALL=C.UTF-8");
  environment[n++] = g_strdup ("TZ=UTC");
  return environment;
}

static void
set_report_error (GError **error, const PdgDbSpawn *spawn, const Report *report)
{
  switch (report->step)
    {
    case STEP_REACH:
      pdg_db_error_set (error, PDG_DB_ERROR_PERMISSION, NULL, NULL,
                        "PostgreSQL cannot run as root, and the user it would run as may not use %s: start ProductGraph as a "
                        "normal user, or choose a data folder outside of private folders",
                        spawn->must_reach);
      break;
    case STEP_IDENTITY:
      pdg_db_error_set (error, PDG_DB_ERROR_PERMISSION, NULL, NULL,
                        "PostgreSQL cannot run as root, and this system does not let it run as another user (%s): start "
                        "ProductGraph as a normal user",
                        g_strerror (report->error_number));
      break;
    default:
      pdg_db_error_set (error, PDG_DB_ERROR_NOT_FOUND, NULL, NULL, "%s cannot be run: %s", spawn->argv[0],
                        g_strerror (report->error_number));
    }
}

static gboolean
wait_for_exec (pid_t pid, int fd, const PdgDbSpawn *spawn, GError **error)
{
  Report report;
  ssize_t n;

  do
    n = read (fd, &report, sizeof report);
  while (n < 0 && errno == EINTR);
  if (n != sizeof report)
    return TRUE;
  while (waitpid (pid, NULL, 0) < 0 && errno == EINTR)
    ;
  set_report_error (error, spawn, &report);
  return FALSE;
}

pid_t
pdg_db_spawn (const PdgDbSpawn *spawn, GError **error)
{
  g_auto (GStrv) environment = make_environment ();
  Child child = { spawn, environment };
  int report[2] = { -1, -1 };
  pid_t pid = -1;

  child.parent = getpid ();
  g_snprintf (child.uid_map, sizeof child.uid_map, "%u %u 1", (guint) spawn->identity.uid, (guint) geteuid ());
  g_snprintf (child.gid_map, sizeof child.gid_map, "%u %u 1", (guint) spawn->identity.gid, (guint) getegid ());
  child.null_fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  if (child.null_fd >= 0 && pipe2 (report, O_CLOEXEC) == 0)
    {
      child.report_fd = report[1];
      pid = fork ();
      if (pid == 0)
        run_child (&child);
    }
  if (pid < 0)
    pdg_db_error_set (error, PDG_DB_ERROR_FAILED, NULL, NULL, "No process for PostgreSQL: %s", g_strerror (errno));
  if (report[1] >= 0)
    close (report[1]);
  if (pid > 0 && !wait_for_exec (pid, report[0], spawn, error))
    pid = -1;
  if (report[0] >= 0)
    close (report[0]);
  if (child.null_fd >= 0)
    close (child.null_fd);
  return pid;
}

gboolean
pdg_db_process_reap (pid_t pid, int *status)
{
  pid_t reaped;

  do
    reaped = waitpid (pid, status, WNOHANG);
  while (reaped < 0 && errno == EINTR);
  /* ECHILD: somebody ignores SIGCHLD, so that the kernel reaped it */
  return reaped == pid || (reaped < 0 && errno == ECHILD);
}

static gboolean
can_enter_user_ns (const PdgDbIdentity *identity)
{
  char uid_map[64], gid_map[64];
  int status = 0;
  pid_t pid;

  g_snprintf (uid_map, sizeof uid_map, "%u %u 1", (guint) identity->uid, (guint) geteuid ());
  g_snprintf (gid_map, sizeof gid_map, "%u %u 1", (guint) identity->gid, (guint) getegid ());
  pid = fork ();
  if (pid == 0)
    _exit (enter_user_ns (uid_map, gid_map) ? 0 : 1);
  if (pid < 0)
    return FALSE;
  while (waitpid (pid, &status, 0) < 0)
    if (errno != EINTR)
      return FALSE;
  return WIFEXITED (status) && WEXITSTATUS (status) == 0;
}

static gboolean
lookup_user (const char *name, PdgDbIdentity *identity)
{
  char buffer[4096];
  struct passwd user, *found = NULL;

  if (getpwnam_r (name, &user, buffer, sizeof buffer, &found) != 0 || found == NULL || found->pw_uid == 0)
    return FALSE;
  identity->uid = found->pw_uid;
  identity->gid = found->pw_gid;
  return TRUE;
}

static gboolean
lookup_uid (uid_t uid, PdgDbIdentity *identity)
{
  char buffer[4096];
  struct passwd user, *found = NULL;

  if (getpwuid_r (uid, &user, buffer, sizeof buffer, &found) != 0 || found == NULL)
    return FALSE;
  identity->uid = found->pw_uid;
  identity->gid = found->pw_gid;
  return TRUE;
}

gboolean
pdg_db_identity_choose (uid_t data_uid, gboolean allow_user_ns, PdgDbIdentity *identity, GError **error)
{
  gboolean root = geteuid () == 0;

  *identity = (PdgDbIdentity) { PDG_DB_IDENTITY_SAME, geteuid (), getegid () };
  if (!root && lookup_uid (geteuid (), identity))
    return TRUE;
  /* data that another user's PostgreSQL made stays with that user: in a namespace it would belong to nobody */
  if (root && data_uid != (uid_t) -1 && data_uid != 0 && lookup_uid (data_uid, identity))
    {
      identity->kind = PDG_DB_IDENTITY_DROP;
      return TRUE;
    }
  if (!lookup_user ("nobody", identity) && !lookup_user ("postgres", identity))
    {
      pdg_db_error_set (error, PDG_DB_ERROR_PERMISSION, NULL, NULL,
                        "PostgreSQL needs a user other than root: start ProductGraph as a normal user");
      return FALSE;
    }
  identity->kind = PDG_DB_IDENTITY_USER_NS;
  if (allow_user_ns && can_enter_user_ns (identity))
    return TRUE;
  identity->kind = root ? PDG_DB_IDENTITY_DROP : PDG_DB_IDENTITY_SAME;
  return TRUE;
}

static gboolean
is_postgres_in (const char *pid, const struct stat *folder)
{
  g_autofree char *cwd_path = g_strconcat ("/proc/", pid, "/cwd", NULL);
  g_autofree char *comm_path = g_strconcat ("/proc/", pid, "/comm", NULL);
  g_autofree char *comm = NULL;
  struct stat cwd;

  return stat (cwd_path, &cwd) == 0 && cwd.st_dev == folder->st_dev && cwd.st_ino == folder->st_ino
         && g_file_get_contents (comm_path, &comm, NULL, NULL) && g_str_has_prefix (comm, "postgres");
}

guint
pdg_db_process_signal_in (const char *folder, int signal_number)
{
  struct stat st;
  struct dirent *entry;
  guint n = 0;
  DIR *proc;

  if (stat (folder, &st) != 0 || (proc = opendir ("/proc")) == NULL)
    return 0;
  while ((entry = readdir (proc)) != NULL)
    {
      pid_t pid = g_ascii_isdigit (entry->d_name[0]) ? atoi (entry->d_name) : 0;

      if (pid <= 0 || pid == getpid () || !is_postgres_in (entry->d_name, &st))
        continue;
      n++;
      if (signal_number != 0)
        kill (pid, signal_number);
    }
  closedir (proc);
  return n;
}

static int
remove_entry (const char *path, const struct stat *st, int type, struct FTW *ftw)
{
  if (remove (path) != 0)
    g_debug ("cannot remove %s: %s", path, g_strerror (errno));
  return 0;
}

void
pdg_db_remove_tree (const char *path)
{
  nftw (path, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

gboolean
pdg_db_chown_tree (const char *path, uid_t uid, gid_t gid)
{
  g_autoptr (GDir) dir = NULL;
  struct stat st;
  const char *name;

  if (lstat (path, &st) != 0 || lchown (path, uid, gid) != 0)
    return FALSE;
  if (!S_ISDIR (st.st_mode))
    return TRUE;
  dir = g_dir_open (path, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (!pdg_db_chown_tree (child, uid, gid))
        return FALSE;
    }
  return dir != NULL;
}
