#include "config.h"
#include "pdg-system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From the start of the program until /ready says so: with an empty data directory, and with one that is there. And
 * what an idle server holds in memory. Medians of five. */

#define ROUNDS 5
#define SETTLE_USEC (2 * G_USEC_PER_SEC)
#define LIMIT_FIRST_MS 3000.0
#define LIMIT_WARM_MS 1000.0

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
measure_start (const char *dir, guint16 port, PdgProgram **server)
{
  gint64 began = g_get_monotonic_time ();

  *server = pdg_program_serve (dir, port, NULL);
  pdg_system_wait_ready (*server, port, 200);
  return (double) (g_get_monotonic_time () - began) / 1000;
}

/* The value in kB behind @name in a file of /proc. */
static double
read_mb (const char *pid, const char *file, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/%s", pid, file);
  g_autofree char *text = NULL;
  const char *found;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (found = strstr (text, name)) == NULL)
    return 0;
  return g_ascii_strtod (found + strlen (name), NULL) / 1024;
}

static double
sum_postgres_mb (const char *dir)
{
  g_autofree char *cluster = pdg_system_find_cluster (dir);
  g_autoptr (GDir) processes = g_dir_open ("/proc", 0, NULL);
  const char *name;
  double sum = 0;

  while ((name = g_dir_read_name (processes)) != NULL)
    {
      g_autofree char *link = g_strdup_printf ("/proc/%s/cwd", name);
      g_autofree char *folder = g_ascii_isdigit (name[0]) ? g_file_read_link (link, NULL) : NULL;

      if (folder != NULL && strcmp (folder, cluster) == 0)
        sum += read_mb (name, "smaps_rollup", "\nPss:");
    }
  return sum;
}

int
main (int argc, char *argv[])
{
  double first[ROUNDS], warm[ROUNDS], rss = 0, pss = 0;

  pdg_system_init (&argc, &argv);
  for (int i = 0; i < ROUNDS; i++)
    {
      g_autofree char *dir = pdg_system_make_dir ();
      guint16 port = pdg_system_find_port ();
      PdgProgram *server;

      first[i] = measure_start (dir, port, &server);
      pdg_program_free (server);
      warm[i] = measure_start (dir, port, &server);
      if (i == ROUNDS - 1)
        {
          g_autofree char *pid = g_strdup_printf ("%d", pdg_program_get_pid (server));

          g_usleep (SETTLE_USEC);
          rss = read_mb (pid, "status", "\nVmRSS:");
          pss = sum_postgres_mb (dir);
        }
      pdg_program_free (server);
    }
  qsort (first, ROUNDS, sizeof *first, compare_doubles);
  qsort (warm, ROUNDS, sizeof *warm, compare_doubles);
  g_print ("start-first %.0f ms %.2f of the 3 s allowed (%.0f to %.0f)\n", first[ROUNDS / 2], first[ROUNDS / 2] / LIMIT_FIRST_MS, first[0],
           first[ROUNDS - 1]);
  g_print ("start-warm %.0f ms %.2f of the 1 s allowed (%.0f to %.0f)\n", warm[ROUNDS / 2], warm[ROUNDS / 2] / LIMIT_WARM_MS, warm[0],
           warm[ROUNDS - 1]);
  g_print ("idle-server-rss %.1f MB - resident memory of productgraphd\n", rss);
  g_print ("idle-postgres-pss %.1f MB - proportional memory of its PostgreSQL\n", pss);
  return 0;
}
