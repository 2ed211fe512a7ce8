#pragma once

#include "db/pdg-db-error.h"
#include "db/pdg-db-tx.h"
#include "service/pdg-commands.h"
#include "service/pdg-ingest.h"
#include "service/pdg-queries-journeys.h"
#include "support/pdg-test-cluster.h"

G_BEGIN_DECLS

/* What the tests of store, service, api, client and runtime share: one migrated database for a test program, tenants in
 * it, logins that reach it directly, and events on their way through the writer. Main thread only. */

#define FIXTURE_DEADLINE_USEC (30 * G_USEC_PER_SEC)

/* Runs the main context until @condition; fails the test when the deadline passes. */
#define fixture_wait(condition)                                                  \
  G_STMT_START                                                                   \
  {                                                                              \
    gint64 until_ = g_get_monotonic_time () + FIXTURE_DEADLINE_USEC;             \
    while (!(condition))                                                         \
      {                                                                          \
        g_assert_cmpint (g_get_monotonic_time (), <, until_);                    \
        if (!g_main_context_iteration (NULL, FALSE))                             \
          g_usleep (500);                                                        \
      }                                                                          \
  }                                                                              \
  G_STMT_END

/* An organisation with one project. */
typedef struct
{
  PdgOrganisation *organisation;
  PdgProject *project;
  PdgPrincipal *admin;
} Tenant;

/* Migrates the database at @owner_uri. */
void       fixture_migrate      (const char *owner_uri);

/* @owner_uri: NULL = of the program's cluster, migrated at first use. (transfer full) */
Tenant    *tenant_new           (const char *owner_uri, const char *name, const char *project_id);
void       tenant_free          (Tenant *tenant);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tenant, tenant_free)

/* A connection; a failure ends the test. (transfer full) */
PdgDbConn *fixture_open         (const char *uri, const char *role);

/* One statement in a transaction of its own that is committed, as at a prompt. The first column of the first row as
 * text (numbers and truth values too), "" for null, NULL when there is no row or (with @error) it failed. (transfer full) */
char      *fixture_try          (PdgDbConn *conn, const char *sql, GError **error);

/* The same where a failure ends the test. */
char      *fixture_text         (PdgDbConn *conn, const char *sql);
gint64     fixture_int          (PdgDbConn *conn, const char *sql);
void       fixture_run          (PdgDbConn *conn, const char *sql);
gint64     fixture_owner_int    (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* The secret of a new ingest key, and of a service's new token. (transfer full) */
char      *fixture_make_key     (PdgDbConn *conn, PdgPrincipal *admin, const char *project_id, const char *label);
char      *fixture_make_token   (PdgDbConn *conn, PdgPrincipal *admin, PdgRole role, const char *label);

/* A login of the cluster: made with @attributes ("CREATEROLE", ""); its connection string for @database. (transfer full) */
char      *fixture_make_login   (const char *name, const char *attributes, const char *database);

/* A writer that is connected; it keeps so many dead letters of a project. (transfer full) */
#define FIXTURE_MAX_LETTERS 10
PdgIngest *fixture_ingest_new   (const char *uri, const char *role, PdgHub *hub, guint max_queued, guint max_flush);

/* The whole journey graph of a project in [from, to); a failure ends the test. (transfer full) */
PdgJourneyGraph *fixture_load_graph (PdgQueries *queries, gint32 project_no, gint64 from_usec, gint64 to_usec);

/* What became of one body. */
typedef struct
{
  gint answered;
  guint n_accepted, n_duplicates, n_rejected;
  char *issues; /* "index text" lines */
  GError *error;
} Verdict;

void       verdict_clear        (Verdict *verdict);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Verdict, verdict_clear)

/* Parses and submits @body; FALSE with @verdict->error when it is refused at once. */
gboolean   fixture_submit       (PdgIngest *ingest, PdgPrincipal *principal, const char *body, Verdict *verdict);

/* The same, and waits for the answer. */
void       fixture_store        (PdgIngest *ingest, PdgPrincipal *principal, const char *body, Verdict *verdict);

#define assert_stored(verdict, accepted, duplicates, rejected)     \
  G_STMT_START                                                     \
  {                                                                \
    g_assert_no_error ((verdict).error);                           \
    if ((verdict).n_rejected != (rejected))                        \
      g_test_message ("%s", (verdict).issues);                     \
    g_assert_cmpuint ((verdict).n_accepted, ==, (accepted));       \
    g_assert_cmpuint ((verdict).n_duplicates, ==, (duplicates));   \
    g_assert_cmpuint ((verdict).n_rejected, ==, (rejected));       \
  }                                                                \
  G_STMT_END

G_END_DECLS
