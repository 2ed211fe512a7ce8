#include "config.h"
#include "pdg-senders.h"
#include "pdg-system.h"

#include <unistd.h>

/* The same round on each PostgreSQL that build-aux/install-deps put beside the sources: migrations, events, the graph. */

static const int majors[] = { 16, 17, 18 };

static void
test_version (gconstpointer data)
{
  static const PdgSendersOptions options = { .n_threads = 3, .n_batch = 50 };
  int major = *(const int *) data;
  g_autofree char *bindir = g_strdup_printf ("%s/node_modules/pg%d/native/bin", g_getenv ("PDG_SOURCE_DIR"), major);
  g_autofree char *program = g_build_filename (bindir, "postgres", NULL);
  g_autofree char *variable = g_strconcat ("PRODUCTGRAPH_PG_BINDIR=", bindir, NULL);
  g_autofree char *dir = pdg_system_make_dir ();
  g_autofree char *uri = NULL;
  guint16 port = pdg_system_find_port ();
  g_autoptr (PdgProgram) server = NULL;
  g_autoptr (PdgSenders) senders = NULL;

  if (access (program, X_OK) != 0)
    {
      if (g_strcmp0 (g_getenv ("CI"), "true") == 0)
        g_error ("PostgreSQL %d is not installed: run build-aux/install-deps test", major);
      g_test_skip ("this PostgreSQL is not installed: run build-aux/install-deps test");
      return;
    }
  for (int start = 0; start < 2; start++)
    {
      server = pdg_program_serve (dir, port, (const char *[]) { variable, NULL });
      pdg_system_wait_ready (server, port, 200);
      g_free (uri);
      uri = pdg_system_dup_owner_uri (dir);
      g_assert_cmpint (pdg_system_query (uri, "SELECT current_setting('server_version_num')::int4 / 10000"), ==, major);
      g_clear_pointer (&senders, pdg_senders_free);
      senders = pdg_senders_start (port, &options);
      pdg_senders_wait_for (senders, 500);
      pdg_senders_finish (senders, FALSE);
      pdg_senders_assert_stored (senders, uri);
      pdg_system_assert_sessions (uri);
      g_assert_cmpint (pdg_system_count_events (port, NULL, "proj_demo"), ==, pdg_system_query (uri, "SELECT count(*) FROM event"));
      g_clear_pointer (&server, pdg_program_free);
    }
}

int
main (int argc, char *argv[])
{
  pdg_system_init (&argc, &argv);
  for (gsize i = 0; i < G_N_ELEMENTS (majors); i++)
    {
      g_autofree char *path = g_strdup_printf ("/system/versions/%d", majors[i]);

      g_test_add_data_func (path, &majors[i], test_version);
    }
  return g_test_run ();
}
