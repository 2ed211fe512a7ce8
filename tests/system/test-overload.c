#include "config.h"

#include "../bench/ingest-load.h"
#include "pdg-system.h"

#include <stdio.h>
#include <unistd.h>

/* More events than the database takes, for a while: memory stays within what the limits allow, what is refused is refused at once with
 * 503 and Retry-After, and what was acknowledged is stored. PDG_OVERLOAD_SECONDS: 600 for the long run; only that one decides about
 * 100 ms, since others work on the machine that the short one shares. */

#define QUEUE_EVENTS 10000
#define FLUSH_EVENTS 5000
#define N_CONNECTIONS 300
#define N_BATCH 100
#define EVENT_BYTES 600
#define BACKOFF_USEC (50 * 1000)

/* What an event takes while it waits or is stored: its JSON, its place in the batch, its row and its copy. */
#define HELD_BYTES (EVENT_BYTES + 1400)
/* The queue, what is being prepared and stored, and for each connection its body as it arrives and what libsoup keeps of it. */
#define MAX_GROWTH_BYTES                                                                                    \
  ((gsize) (QUEUE_EVENTS + 3 * FLUSH_EVENTS) * HELD_BYTES + (gsize) N_CONNECTIONS * N_BATCH * EVENT_BYTES * 3 \
   + (gsize) 64 * 1024 * 1024)

typedef struct
{
  pid_t pid;
  gint running;
  gsize peak_bytes;
} Watch;

static gsize
read_memory (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/statm", pid), *text = NULL;
  unsigned long size = 0, resident = 0;

  if (g_file_get_contents (path, &text, NULL, NULL) && sscanf (text, "%lu %lu", &size, &resident) != 2)
    resident = 0;
  return resident * (gsize) sysconf (_SC_PAGESIZE);
}

static gpointer
watch_memory (gpointer data)
{
  Watch *watch = data;

  while (g_atomic_int_get (&watch->running))
    {
      watch->peak_bytes = MAX (watch->peak_bytes, read_memory (watch->pid));
      g_usleep (20 * 1000);
    }
  return NULL;
}

static void
make_projects (const char *uri)
{
  g_autoptr (GString) sql = g_string_new ("INSERT INTO project (org_id, id, name) VALUES ");

  for (guint i = 0; i < INGEST_LOAD_PROJECTS; i++)
    {
      g_autofree char *project = ingest_load_dup_project (i);

      g_string_append_printf (sql, "%s(1, '%s', '%s')", i > 0 ? ", " : "", project, project);
    }
  pdg_system_exec (uri, sql->str);
}

static void
test_overload (void)
{
  const char *seconds = g_getenv ("PDG_OVERLOAD_SECONDS");
  IngestLoadOptions options = {
    .n_connections = N_CONNECTIONS, .n_batch = N_BATCH, .usec = (seconds != NULL ? g_ascii_strtoll (seconds, NULL, 10) : 20) * G_USEC_PER_SEC,
    .max_events = G_MAXUINT64, .backoff_usec = BACKOFF_USEC,
  };
  static const char *const environment[] = {
    "PRODUCTGRAPH_INGEST_QUEUE_EVENTS=" G_STRINGIFY (QUEUE_EVENTS), "PRODUCTGRAPH_INGEST_FLUSH_EVENTS=" G_STRINGIFY (FLUSH_EVENTS), "G_DEBUG", NULL,
  };
  g_autofree char *dir = pdg_system_make_dir (), *uri = NULL;
  guint16 port = pdg_system_find_port ();
  g_autoptr (PdgProgram) server = pdg_program_serve (dir, port, environment);
  g_autoptr (IngestLoad) load = ingest_load_new (8);
  IngestLoadResult result;
  Watch watch = { 0 };
  gsize before;
  GThread *thread;

  pdg_system_wait_ready (server, port, 200);
  uri = pdg_system_dup_owner_uri (dir);
  make_projects (uri);
  watch = (Watch) { pdg_program_get_pid (server), TRUE, 0 };
  before = read_memory (watch.pid);
  thread = g_thread_new ("memory", watch_memory, &watch);
  ingest_load_run (load, port, &options, &result);
  g_atomic_int_set (&watch.running, FALSE);
  g_thread_join (thread);
  g_test_message ("%" G_GUINT64_FORMAT " events stored (%.0f a second), %u requests refused (p99 %.1f ms); memory %.0f MB, at most %.0f (limit %.0f)",
                  result.n_events, (double) result.n_events * 1e6 / (double) result.usec, result.n_refused, (double) result.refused_p99_usec / 1000,
                  (double) before / 1e6, (double) watch.peak_bytes / 1e6, (double) (before + MAX_GROWTH_BYTES) / 1e6);
  g_assert_cmpuint (result.n_refused, >, 0);
  g_assert_cmpint (result.refused_p99_usec, <, (seconds != NULL ? 100 : 1000) * 1000);
  g_assert_cmpuint (watch.peak_bytes, <, before + MAX_GROWTH_BYTES);
  g_assert_true (pdg_program_is_running (server));
  g_assert_cmpint (pdg_system_query (uri, "SELECT count(*) FROM event"), ==, (gint64) result.n_events);
  g_assert_cmpint (pdg_system_query (uri, "SELECT count(DISTINCT event_key) FROM event"), ==, (gint64) result.n_events);
  pdg_system_assert_sessions (uri);
}

int
main (int argc, char *argv[])
{
  pdg_system_init (&argc, &argv);
  g_test_add_func ("/system/overload", test_overload);
  return g_test_run ();
}
