#include "config.h"

#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "db/pdg-db-cluster.h"
#include "db/pdg-db-error.h"

/* A second program with a cluster, for the tests of it: cluster-helper DATA_DIR [UID]. It says "owner URI", "attached URI"
 * or "error CODE MESSAGE", and then obeys lines: "ensure" (says the same again), "stop". The end of its input stops it. */

static void
say (PdgDbCluster *cluster, const GError *error)
{
  if (error != NULL)
    printf ("error %d %s\n", error->code, error->message);
  else
    printf ("%s %s\n", pdg_db_cluster_is_attached (cluster) ? "attached" : "owner", pdg_db_cluster_get_owner_uri (cluster));
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  g_autoptr (PdgDbCluster) cluster = NULL;
  g_autoptr (GError) error = NULL;
  char line[64];

  if (argc < 2)
    return 2;
  if (argc > 2 && (setgroups (0, NULL) != 0 || setgid (atoi (argv[2])) != 0 || setuid (atoi (argv[2])) != 0))
    return 2;
  /* never outlives the test */
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  cluster = pdg_db_cluster_start (argv[1], PDG_DB_CLUSTER_DEFAULT, &error);
  say (cluster, error);
  if (error != NULL)
    return 1;
  while (fgets (line, sizeof line, stdin) != NULL && strcmp (line, "stop\n") != 0)
    {
      g_autoptr (GError) problem = NULL;

      pdg_db_cluster_ensure_running (cluster, &problem);
      say (cluster, problem);
    }
  return 0;
}
