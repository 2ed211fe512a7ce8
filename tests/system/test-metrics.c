#include "config.h"
#include "pdg-senders.h"
#include "pdg-system.h"

#include <string.h>

/* /metrics as Prometheus takes it: its own linter has nothing to say, and a scrape brings the figures into it. */

static char *
dup_tool (const char *name)
{
  const char *folder = g_getenv ("PDG_PROMETHEUS");

  return folder != NULL ? g_build_filename (folder, name, NULL) : NULL;
}

/* Events of every outcome, and requests that were refused, so that most samples have a label or a value. */
static void
make_figures (guint16 port)
{
  static const PdgSendersOptions options = { .n_threads = 1, .n_batch = 5 };
  g_autoptr (PdgSenders) senders = pdg_senders_start (port, &options);
  const char *headers[] = { "Content-Type", "application/json", NULL };

  pdg_senders_wait_for (senders, 50);
  pdg_senders_finish (senders, FALSE);
  g_assert_cmpuint (pdg_system_request (port, "POST", "/v1/events", headers, "{\"events\":[{}]}", NULL), ==, 202);
  g_assert_cmpuint (pdg_system_request (port, "POST", "/v1/events", headers, "nothing", NULL), ==, 400);
  g_assert_cmpuint (pdg_system_request (port, "POST", "/graphql", headers, "{\"query\":\"{nothing}\"}", NULL), ==, 200);
  g_assert_cmpuint (pdg_system_request (port, "GET", "/nowhere", NULL, NULL, NULL), ==, 404);
}

static double
read_sample (const char *metrics, const char *name)
{
  g_autofree char *start = g_strdup_printf ("\n%s ", name);
  const char *line = strstr (metrics, start);

  g_assert_nonnull (line);
  return g_ascii_strtod (line + strlen (start), NULL);
}

static void
test_lint (void)
{
  g_autofree char *promtool = dup_tool ("promtool");
  g_autofree char *dir = pdg_system_make_dir ();
  guint16 port = pdg_system_find_port ();
  g_autoptr (PdgProgram) server = NULL;
  g_autofree char *metrics = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *said = NULL;
  g_autoptr (GError) error = NULL;

  if (promtool == NULL)
    {
      g_test_skip ("promtool is not there");
      return;
    }
  server = pdg_program_serve (dir, port, NULL);
  pdg_system_wait_ready (server, port, 200);
  make_figures (port);
  g_assert_cmpuint (pdg_system_request (port, "GET", "/metrics", NULL, NULL, &metrics), ==, 200);
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, &error,
                              promtool, "check", "metrics", NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, metrics, NULL, &said, NULL, &error);
  g_assert_no_error (error);
  if (g_subprocess_get_exit_status (process) != 0)
    g_error ("promtool: %s", said);
  g_assert_cmpstr (said, ==, "");
}

/* What Prometheus answers @query with, as text; NULL while it does not answer. */
static char *
ask_prometheus (guint16 port, const char *query)
{
  g_autofree char *escaped = g_uri_escape_string (query, NULL, FALSE);
  g_autofree char *path = g_strconcat ("/api/v1/query?query=", escaped, NULL);
  char *answer = NULL;

  if (pdg_system_request (port, "GET", path, NULL, NULL, &answer) != 200)
    g_clear_pointer (&answer, g_free);
  return answer;
}

static void
wait_for_value (PdgProgram *prometheus, guint16 port, const char *query, double value)
{
  gint64 deadline = g_get_monotonic_time () + PDG_SYSTEM_READY_USEC;
  g_autofree char *wanted = g_strdup_printf (",\"%.0f\"]", value);

  for (;;)
    {
      g_autofree char *answer = ask_prometheus (port, query);

      if (answer != NULL && strstr (answer, wanted) != NULL)
        return;
      if (g_get_monotonic_time () > deadline || !pdg_program_is_running (prometheus))
        {
          g_autofree char *said = pdg_program_dup_output (prometheus);

          g_error ("%s is not %.0f but %s; Prometheus said:\n%s", query, value, answer != NULL ? answer : "unanswered", said);
        }
      g_usleep (50 * 1000);
    }
}

static void
test_scrape (void)
{
  g_autofree char *program = dup_tool ("prometheus");
  g_autofree char *dir = pdg_system_make_dir ();
  g_autofree char *own_dir = pdg_system_make_dir ();
  guint16 ports[] = { pdg_system_find_port (), pdg_system_find_port () };
  g_autofree char *config = g_strdup_printf ("global: {scrape_interval: 200ms}\nscrape_configs:\n- job_name: productgraph\n"
                                             "  static_configs: [{targets: ['127.0.0.1:%u']}]\n", ports[0]);
  g_autofree char *config_path = g_build_filename (own_dir, "prometheus.yml", NULL);
  g_autofree char *config_option = g_strconcat ("--config.file=", config_path, NULL);
  g_autofree char *storage_option = g_strconcat ("--storage.tsdb.path=", own_dir, "/tsdb", NULL);
  g_autofree char *listen_option = g_strdup_printf ("--web.listen-address=127.0.0.1:%u", ports[1]);
  g_autoptr (PdgProgram) server = NULL;
  g_autoptr (PdgProgram) prometheus = NULL;
  g_autofree char *metrics = NULL;
  g_autoptr (GError) error = NULL;

  if (program == NULL)
    {
      g_test_skip ("prometheus is not there");
      return;
    }
  server = pdg_program_serve (dir, ports[0], NULL);
  pdg_system_wait_ready (server, ports[0], 200);
  make_figures (ports[0]);
  g_assert_cmpuint (pdg_system_request (ports[0], "GET", "/metrics", NULL, NULL, &metrics), ==, 200);
  g_file_set_contents (config_path, config, -1, &error);
  g_assert_no_error (error);
  prometheus = pdg_program_start ((const char *[]) { program, config_option, storage_option, listen_option, NULL }, NULL);
  wait_for_value (prometheus, ports[1], "up{job=\"productgraph\"}", 1);
  g_assert_cmpfloat (read_sample (metrics, "productgraph_events_accepted_total"), >=, 50);
  wait_for_value (prometheus, ports[1], "productgraph_events_accepted_total", read_sample (metrics, "productgraph_events_accepted_total"));
  wait_for_value (prometheus, ports[1], "productgraph_events_rejected_total", 1);
  wait_for_value (prometheus, ports[1], "productgraph_dead_letters_total{reason=\"required\"}", 1);
}

int
main (int argc, char *argv[])
{
  pdg_system_init (&argc, &argv);
  g_test_add_func ("/system/metrics/lint", test_lint);
  g_test_add_func ("/system/metrics/scrape", test_scrape);
  return g_test_run ();
}
