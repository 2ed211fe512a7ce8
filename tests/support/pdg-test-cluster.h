#pragma once

#include <glib.h>

#include "db/pdg-db-cluster.h"

G_BEGIN_DECLS

/* One private PostgreSQL for a test program: started in a temporary folder when first asked for, stopped and removed when
 * the program ends, however it ends (a process of its own removes the folder when ours is gone). Main thread only. */

/* A folder for this test program, removed with everything in it. It is under /tmp, so that a socket's path fits. (transfer none) */
const char   *pdg_test_get_tmp_dir (void);

/* Starts the cluster; a failure ends the test program. (transfer none) */
PdgDbCluster *pdg_test_cluster_get (void);

/* Brings the cluster's database to the newest migration; once. */
void          pdg_test_cluster_migrate (void);

/* Connection strings; they start the cluster. (transfer none) */
const char   *pdg_test_cluster_get_owner_uri (void);
const char   *pdg_test_cluster_get_server_uri (void);
const char   *pdg_test_cluster_get_writer_uri (void);

/* Makes an empty database and returns the owner's connection string for it: for tests of migrations. (transfer full) */
char         *pdg_test_cluster_make_database (const char *name);

/* Runs SQL as the owner, committed; a failure ends the test program. */
void          pdg_test_cluster_run_sql (const char *sql);

G_END_DECLS
