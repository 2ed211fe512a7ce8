#include "config.h"
#include "pdg-system.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/pdg-db-tx.h"

#define POLL_USEC 2000

struct _PdgProgram
{
  pid_t pid;
  gboolean ended;
  int code;
  char *log;
};

static char *top_dir;
static guint n_made;

/* Waits on a pipe until this process is gone, ends what still runs in the folder, and removes it: atexit does not run
 * when an assertion fails. */
static void
start_cleaner (const char *folder)
{
  static const char script[] =
    "trap '' INT TERM HUP; cat >/dev/null; n=0; "
    "while [ $n -lt 100 ] && [ -n \"$(find \"$1\" -name postmaster.pid 2>/dev/null)\" ]; do sleep 0.1; n=$((n+1)); done; "
    "rm -rf -- \"$1\"";
  const char *argv[] = { "setsid", "sh", "-c", script, "sh", folder, NULL };
  g_autoptr (GError) error = NULL;
  int write_end = -1;

  g_spawn_async_with_pipes ("/", (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                            NULL, NULL, NULL, &write_end, NULL, NULL, &error);
  g_assert_no_error (error);
  fcntl (write_end, F_SETFD, FD_CLOEXEC);
}

void
pdg_system_init (int *argc, char ***argv)
{
  static const char *const unset[] = {
    "DISPLAY", "WAYLAND_DISPLAY", "BROADWAY_DISPLAY", "DATABASE_URL", "PORT", "PRODUCTGRAPH_DATA_DIR", "PRODUCTGRAPH_TOKEN",
    "PRODUCTGRAPH_HOST", "PRODUCTGRAPH_ORGANISATION", "PGHOST", "PGUSER", "PGDATABASE", "PGPASSWORD", "PGOPTIONS",
  };
  static const char *const own[] = { "HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR" };

  g_test_init (argc, argv, NULL);
  top_dir = g_strdup ("/tmp/pdg-sys-XXXXXX");
  g_assert_nonnull (g_mkdtemp (top_dir));
  g_assert_cmpint (g_chmod (top_dir, 0711), ==, 0); /* another user's folder may lie in it */
  start_cleaner (top_dir);
  for (gsize i = 0; i < G_N_ELEMENTS (unset); i++)
    g_unsetenv (unset[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
    {
      g_autofree char *dir = pdg_system_make_dir ();

      g_setenv (own[i], dir, TRUE);
    }
}

guint
pdg_system_get_rounds (guint n)
{
  const char *factor = g_getenv ("PDG_DRILL");
  guint64 times = 1;

  if (factor != NULL && !g_ascii_string_to_unsigned (factor, 10, 1, 10000, &times, NULL))
    g_error ("PDG_DRILL is a number from 1 to 10000, not \"%s\"", factor);
  return n * (guint) times;
}

char *
pdg_system_make_dir (void)
{
  char *dir = g_strdup_printf ("%s/%u", top_dir, n_made++);

  g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
  return dir;
}

const char *
pdg_system_get_daemon (void)
{
  const char *path = g_getenv ("PDG_TEST_DAEMON");

  g_assert_nonnull (path);
  return path;
}

const char *
pdg_system_get_desktop (void)
{
  return g_getenv ("PDG_TEST_DESKTOP");
}

guint16
pdg_system_find_port (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t len = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &len), ==, 0);
  close (fd);
  return ntohs (address.sin_port);
}

static char **
make_environment (const char *const *changes)
{
  char **environment = g_get_environ ();

  for (guint i = 0; changes != NULL && changes[i] != NULL; i++)
    {
      const char *equals = strchr (changes[i], '=');
      g_autofree char *name = equals != NULL ? g_strndup (changes[i], (gsize) (equals - changes[i])) : g_strdup (changes[i]);

      environment = equals != NULL ? g_environ_setenv (environment, name, equals + 1, TRUE) : g_environ_unsetenv (environment, name);
    }
  return environment;
}

/* Forks by hand: the death signal has to be asked for between fork and exec, on the thread that lives as long as the test. */
PdgProgram *
pdg_program_start (const char *const *argv, const char *const *changes)
{
  PdgProgram *program = g_new0 (PdgProgram, 1);
  g_auto (GStrv) environment = make_environment (changes);
  pid_t parent = getpid ();
  int fd;

  program->log = g_strdup_printf ("%s/%u.log", top_dir, n_made++);
  fd = open (program->log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  g_assert_cmpint (fd, >=, 0);
  program->pid = fork ();
  g_assert_cmpint (program->pid, >=, 0);
  if (program->pid == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      if (getppid () != parent || dup2 (fd, STDOUT_FILENO) < 0 || dup2 (fd, STDERR_FILENO) < 0)
        _exit (126);
      execve (argv[0], (char *const *) argv, environment);
      _exit (127);
    }
  close (fd);
  return program;
}

PdgProgram *
pdg_program_serve (const char *data_dir, guint16 port, const char *const *environment)
{
  g_autofree char *port_option = g_strdup_printf ("--port=%u", port);
  g_autofree char *dir_option = g_strdup_printf ("--data-dir=%s", data_dir != NULL ? data_dir : "");
  const char *argv[] = { pdg_system_get_daemon (), "serve", port_option, data_dir != NULL ? dir_option : NULL, NULL };

  return pdg_program_start (argv, environment);
}

int
pdg_system_run (const char *const *arguments, const char *const *changes, char **output, char **errors)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_auto (GStrv) environment = make_environment (changes);
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_ptr_array_add (argv, (gpointer) pdg_system_get_daemon ());
  for (guint i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer) arguments[i]);
  g_ptr_array_add (argv, NULL);
  g_spawn_sync (NULL, (char **) argv->pdata, environment, G_SPAWN_DEFAULT, NULL, NULL, output, errors, &status, &error);
  g_assert_no_error (error);
  return WIFEXITED (status) ? WEXITSTATUS (status) : -WTERMSIG (status);
}

pid_t
pdg_program_get_pid (PdgProgram *program)
{
  return program->pid;
}

gboolean
pdg_program_is_running (PdgProgram *program)
{
  int status;

  if (program->ended)
    return FALSE;
  if (waitpid (program->pid, &status, WNOHANG) != program->pid)
    return TRUE;
  program->ended = TRUE;
  program->code = WIFEXITED (status) ? WEXITSTATUS (status) : -WTERMSIG (status);
  return FALSE;
}

char *
pdg_program_dup_output (PdgProgram *program)
{
  char *text = NULL;

  return g_file_get_contents (program->log, &text, NULL, NULL) ? text : g_strdup ("");
}

G_NORETURN static void
fail_with_output (PdgProgram *program, const char *what)
{
  g_autofree char *text = program != NULL ? pdg_program_dup_output (program) : g_strdup ("");

  g_error ("%s; the program said:\n%s", what, text);
}

void
pdg_program_wait_for_output (PdgProgram *program, const char *text)
{
  gint64 deadline = g_get_monotonic_time () + PDG_SYSTEM_READY_USEC;

  for (;;)
    {
      gboolean running = pdg_program_is_running (program);
      g_autofree char *said = pdg_program_dup_output (program);

      if (strstr (said, text) != NULL)
        return;
      if (!running || g_get_monotonic_time () > deadline)
        fail_with_output (program, text);
      g_usleep (POLL_USEC);
    }
}

void
pdg_program_signal (PdgProgram *program, int signal_number)
{
  g_assert_false (program->ended);
  g_assert_cmpint (kill (program->pid, signal_number), ==, 0);
}

int
pdg_program_wait (PdgProgram *program, gint64 timeout_usec)
{
  gint64 deadline = g_get_monotonic_time () + timeout_usec;

  while (pdg_program_is_running (program))
    {
      if (g_get_monotonic_time () > deadline)
        fail_with_output (program, "the program did not end in time");
      g_usleep (POLL_USEC);
    }
  return program->code;
}

void
pdg_program_free (PdgProgram *program)
{
  if (program == NULL)
    return;
  if (pdg_program_is_running (program))
    {
      pdg_program_signal (program, SIGTERM);
      pdg_program_wait (program, PDG_SYSTEM_STOP_USEC);
    }
  g_unlink (program->log);
  g_free (program->log);
  g_free (program);
}

guint
pdg_system_request (guint16 port, const char *method, const char *path, const char *const *headers, const char *body, char **answer)
{
  g_autoptr (PdgHttpClient) client = pdg_http_client_new (10000);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u%s", port, path);
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  g_autoptr (PdgHttpAnswer) got = pdg_http_client_request (client, method, url, headers, bytes, NULL, NULL);

  if (answer != NULL)
    *answer = NULL;
  if (got == NULL)
    return 0;
  if (answer != NULL)
    {
      GBytes *text = pdg_http_answer_get_body (got);

      *answer = g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
    }
  return pdg_http_answer_get_status (got);
}

void
pdg_system_wait_ready (PdgProgram *program, guint16 port, guint status)
{
  gint64 deadline = g_get_monotonic_time () + PDG_SYSTEM_READY_USEC;

  while (pdg_system_request (port, "GET", "/ready", NULL, NULL, NULL) != status)
    {
      if (program != NULL && !pdg_program_is_running (program))
        fail_with_output (program, "the server ended before it was ready");
      if (g_get_monotonic_time () > deadline)
        fail_with_output (program, "the server was not ready in time");
      g_usleep (POLL_USEC);
    }
}

JsonNode *
pdg_system_graphql (guint16 port, const char *token, const char *document)
{
  g_autofree char *authorization = g_strdup_printf ("Bearer %s", token != NULL ? token : "");
  const char *headers[] = { "Content-Type", "application/json", token != NULL ? "Authorization" : NULL, authorization, NULL };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) request = NULL;
  g_autoptr (JsonNode) response = NULL;
  g_autofree char *body = NULL;
  g_autofree char *answer = NULL;
  g_autoptr (GError) error = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "query");
  json_builder_add_string_value (builder, document);
  json_builder_end_object (builder);
  request = json_builder_get_root (builder);
  body = json_to_string (request, FALSE);
  g_assert_cmpuint (pdg_system_request (port, "POST", "/graphql", headers, body, &answer), ==, 200);
  response = json_from_string (answer, &error);
  g_assert_no_error (error);
  if (json_object_has_member (json_node_get_object (response), "errors"))
    g_error ("%s answered %s", document, answer);
  return json_node_copy (json_object_get_member (json_node_get_object (response), "data"));
}

gint64
pdg_system_count_events (guint16 port, const char *token, const char *project)
{
  g_autofree char *document = g_strdup_printf ("{project(id:\"%s\"){journeyGraph(range:{}){eventCount}}}", project);
  g_autoptr (JsonNode) data = pdg_system_graphql (port, token, document);
  JsonNode *node = json_object_get_member (json_node_get_object (data), "project");

  if (JSON_NODE_HOLDS_NULL (node))
    return -1;
  return json_object_get_int_member (json_object_get_object_member (json_node_get_object (node), "journeyGraph"), "eventCount");
}

char *
pdg_system_find_cluster (const char *data_dir)
{
  g_autofree char *root = g_build_filename (data_dir, "pg", NULL);
  g_autoptr (GDir) dir = g_dir_open (root, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *version = g_build_filename (root, name, "PG_VERSION", NULL);

      if (strchr (name, '.') == NULL && g_file_test (version, G_FILE_TEST_EXISTS))
        return g_build_filename (root, name, NULL);
    }
  return NULL;
}

static char *
read_value (const char *cluster, const char *suffix, const char *group, const char *key)
{
  g_autofree char *path = g_strconcat (cluster, suffix, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  char *value;

  g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  value = g_key_file_get_string (file, group, key, &error);
  g_assert_no_error (error);
  return value;
}

char *
pdg_system_dup_owner_uri (const char *data_dir)
{
  g_autofree char *cluster = pdg_system_find_cluster (data_dir);
  g_autofree char *password = read_value (cluster, ".secrets", "passwords", "owner");
  g_autofree char *folder = read_value (cluster, ".address", "server", "socket_folder");
  g_autofree char *host = g_uri_escape_string (folder, NULL, FALSE);

  return g_strdup_printf ("postgresql://productgraph_owner:%s@/productgraph?host=%s&port=5432&sslmode=disable", password, host);
}

gint64
pdg_system_query (const char *uri, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbConn) conn = pdg_db_conn_open (uri, NULL, "system test", &error);
  g_autoptr (PdgDbTx) tx = NULL;
  g_autoptr (PdgDbResult) result = NULL;

  g_assert_no_error (error);
  tx = pdg_db_tx_begin_maintenance (conn, &error);
  g_assert_no_error (error);
  result = pdg_db_tx_query (tx, sql, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pdg_db_result_get_n_rows (result), ==, 1);
  return pdg_db_result_get_int8 (result, 0, 0);
}

void
pdg_system_exec (const char *uri, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbConn) conn = pdg_db_conn_open (uri, NULL, "system test", &error);
  g_autoptr (PdgDbTx) tx = NULL;

  g_assert_no_error (error);
  tx = pdg_db_tx_begin_maintenance (conn, &error);
  g_assert_no_error (error);
  pdg_db_tx_exec_script (tx, sql, &error);
  g_assert_no_error (error);
  pdg_db_tx_commit (tx, &error);
  g_assert_no_error (error);
}

pid_t
pdg_system_find_postmaster (const char *data_dir)
{
  g_autofree char *cluster = pdg_system_find_cluster (data_dir);
  g_autofree char *path = cluster != NULL ? g_build_filename (cluster, "postmaster.pid", NULL) : NULL;
  g_autofree char *text = NULL;

  return path != NULL && g_file_get_contents (path, &text, NULL, NULL) ? atoi (text) : 0;
}

/* Fields 3 and 4 of /proc/PID/stat, behind the name in parentheses. */
static gboolean
read_process (const char *pid, char *state, pid_t *parent)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/stat", pid);
  g_autofree char *text = NULL;
  const char *rest;

  if (!g_ascii_isdigit (pid[0]) || !g_file_get_contents (path, &text, NULL, NULL) || (rest = strrchr (text, ')')) == NULL)
    return FALSE;
  return sscanf (rest, ") %c %d", state, parent) == 2;
}

pid_t
pdg_system_find_backend (pid_t postmaster)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (pid_t));
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      char state;
      pid_t parent, pid = atoi (name);

      if (read_process (name, &state, &parent) && parent == postmaster && postmaster > 0 && state != 'Z')
        g_array_append_val (found, pid);
    }
  return found->len > 0 ? g_array_index (found, pid_t, g_random_int_range (0, (gint32) found->len)) : 0;
}

guint
pdg_system_count_postgres (const char *data_dir)
{
  g_autofree char *cluster = pdg_system_find_cluster (data_dir);
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *name;
  guint n = 0;

  while (cluster != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *link = g_strdup_printf ("/proc/%s/cwd", name);
      g_autofree char *folder = g_file_read_link (link, NULL);
      char state;
      pid_t parent;

      n += folder != NULL && strcmp (folder, cluster) == 0 && read_process (name, &state, &parent) && state != 'Z';
    }
  return n;
}

void
pdg_system_wait_postgres_gone (const char *data_dir)
{
  gint64 deadline = g_get_monotonic_time () + PDG_SYSTEM_STOP_USEC;

  while (pdg_system_count_postgres (data_dir) > 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (POLL_USEC);
    }
}

void
pdg_system_assert_sessions (const char *uri)
{
  g_assert_cmpint (
    pdg_system_query (uri, "SELECT count(*) FROM session s FULL JOIN (SELECT project_id, session_no, count(*) AS n,"
                           " count(*) FILTER (WHERE flags & 4 <> 0) AS views, count(*) FILTER (WHERE flags & 8 <> 0) AS errors,"
                           " min(ts) AS first, max(ts) AS last FROM event GROUP BY 1, 2) e USING (project_id, session_no)"
                           " WHERE coalesce(s.events, -1) <> coalesce(e.n, 0) OR s.page_views <> coalesce(e.views, 0)"
                           " OR s.errors <> coalesce(e.errors, 0) OR s.started_at IS DISTINCT FROM e.first"
                           " OR s.ended_at IS DISTINCT FROM e.last"),
    ==, 0);
}
