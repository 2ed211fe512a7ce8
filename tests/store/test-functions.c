#include "config.h"

#include "base/pdg-id.h"
#include "store/pdg-store-directory.h"
#include "store/pdg-store-events-read.h"
#include "store/pdg-store-events.h"
#include "store/pdg-store-journeys.h"
#include "store/pdg-store-numbers.h"
#include "store/pdg-store-sessions.h"
#include "store/pdg-store-snapshots.h"
#include "store/tenant-data.h"

#include <string.h>

/* Every function of the store, in a transaction of organisation A and with numbers, ids and hashes of B. Each is also
 * tried with what is A's own, since a function that finds nothing at all would pass, too. */

static Tenant *a, *b;
static char *key_a, *key_b;
static PdgDbConn *server;

/* TRUE when it gave or changed something; FALSE when it found nothing, or (with an error) was refused. */
typedef gboolean (*StoreFunc) (PdgDbTx *tx, const Tenant *whose, GError **error);

static const PdgStoreSessionFilter all_sessions = {
  .from_usec = G_MININT64, .to_usec = G_MAXINT64, .before_started_usec = G_MAXINT64, .before_session_no = G_MAXINT32, .limit = 10,
  .parts = PDG_SESSION_ALL,
};

static const char *
mark_of (const Tenant *whose)
{
  return whose == a ? "a" : "b";
}

static gboolean
list_sessions (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GPtrArray) lists = pdg_store_list_sessions (tx, &whose->project->project_no, NULL, 1, &all_sessions, error);

  return lists != NULL && ((GPtrArray *) lists->pdata[0])->len > 0;
}

static gboolean
find_sessions (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *id = g_strconcat (mark_of (whose), "-session", NULL);
  g_autoptr (GPtrArray) sessions = pdg_store_find_sessions (tx, &whose->project->project_no, 1, id, PDG_SESSION_ALL, error);

  return sessions != NULL && sessions->pdata[0] != NULL;
}

static gboolean
lookup_sessions (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const gint32 session_no = 1;
  g_autoptr (GPtrArray) sessions = pdg_store_lookup_sessions (tx, &whose->project->project_no, &session_no, 1, PDG_SESSION_ALL, error);

  return sessions != NULL && sessions->pdata[0] != NULL;
}

static const PdgStoreEventQuery all_events = { .from_usec = G_MININT64, .to_usec = G_MAXINT64, .limit = 10, .parts = PDG_EVENT_ALL };

static gboolean
list_session_events (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgStoreSessionKey key = { G_MININT64, G_MAXINT64, whose->project->project_no, 1 };
  g_autoptr (GPtrArray) lists = pdg_store_list_session_events (tx, &key, 1, &all_events, error);

  return lists != NULL && ((GPtrArray *) lists->pdata[0])->len > 0;
}

static gboolean
list_releases (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GPtrArray) releases = pdg_store_list_releases (tx, whose->project->project_no, 10, error);

  return releases != NULL && releases->len > 0;
}

static void
count_row (gint32 session_no, gint32 screen_no, gint64 ts_usec, gint32 sequence, PdgStoreJourneyRowKind kind, double value, gpointer user_data)
{
  ++*(guint *) user_data;
}

static gboolean
each_journey_row (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  guint n = 0;

  return pdg_store_each_journey_row (tx, whose->project->project_no, G_MININT64, G_MAXINT64, count_row, &n, error) && n > 0;
}

static gboolean
count_events (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  guint64 n = 0;

  return pdg_store_count_events (tx, whose->project->project_no, G_MININT64, G_MAXINT64, &n, error) && n > 0;
}

static gboolean
list_screens (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GPtrArray) screens = pdg_store_list_screens (tx, whose->project->project_no, error);

  return screens != NULL && screens->len > 0;
}

static gboolean
get_event_span (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gint64 oldest = 0, newest = 0;

  return pdg_store_get_event_span (tx, whose->project->project_no, &oldest, &newest, error) && (oldest != PDG_TIME_NONE || newest != PDG_TIME_NONE);
}

static gboolean
get_live (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  PdgLive live = { 0 };

  return pdg_store_get_live (tx, whose->project->project_no, g_get_real_time (), &live, error)
         && (live.events_per_minute > 0 || live.active_sessions > 0);
}

static gboolean
lookup_project (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (PdgProject) project = pdg_store_lookup_project (tx, whose->project->id, error);

  return project != NULL;
}

static gboolean
list_projects (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GPtrArray) projects = pdg_store_list_projects (tx, NULL, 100, error);
  gboolean found = FALSE;

  for (guint i = 0; projects != NULL && i < projects->len; i++)
    found |= ((PdgProject *) projects->pdata[i])->project_no == whose->project->project_no;
  return found;
}

static gboolean
list_projects_after (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (PdgProject) other = whose == a ? pdg_store_create_project (tx, "zzz", "zzz", error) : NULL;
  g_autoptr (GPtrArray) projects = pdg_store_list_projects (tx, whose->project->id, 100, error);

  return projects != NULL && projects->len > 0;
}

static gboolean
organisation_name (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *name = pdg_store_dup_organisation_name (tx, error);

  return g_strcmp0 (name, whose->organisation->name) == 0;
}

static gboolean
create_api_key (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return pdg_store_create_api_key (tx, whose->project->project_no, (const guint8 *) "01234567890123456789012345678901", "pgk_x", "x", error);
}

static gboolean
revoke_api_key (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *prefix = g_strndup (whose == a ? key_a : key_b, 10);
  gint64 n = 0;

  return pdg_store_revoke_api_key (tx, whose->project->project_no, prefix, &n, error) && n > 0;
}

static gboolean
create_token (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return pdg_store_create_token (tx, whose->organisation->org_no, "admin", (const guint8 *) "01234567890123456789012345678901", "pgt_x", "x", error);
}

static gboolean
assign_sessions (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgSlice id = PDG_SLICE_LITERAL ("forged");
  gint32 number = 0;

  return pdg_store_assign_sessions (tx, whose->project->project_no, &id, 1, &number, error) && number > 0;
}

static gboolean
assign_screens (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgSlice path = PDG_SLICE_LITERAL ("/forged");
  gint32 number = 0;

  return pdg_store_assign_screens (tx, whose->project->project_no, &path, 1, &number, error) && number > 0;
}

static gboolean
assign_releases (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgSlice version = PDG_SLICE_LITERAL ("forged");
  gint32 number = 0;

  return pdg_store_assign_releases (tx, whose->project->project_no, &version, 1, &number, error) && number > 0;
}

static gboolean
assign_actors (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgSlice id = PDG_SLICE_LITERAL ("forged");
  const gint16 kind = PDG_ACTOR_USER;
  gint32 number = 0;

  return pdg_store_assign_actors (tx, whose->project->project_no, &kind, &id, 1, &number, error) && number > 0;
}

static gboolean
assign_terms (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgTerm term = { .fingerprint = { 1 }, .type = PDG_SLICE_LITERAL ("forged") };
  gint32 number = 0;

  return pdg_store_assign_terms (tx, whose->project->project_no, &term, 1, &number, error) && number > 0;
}

static gboolean
find_project (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgSlice id = { whose->project->id, (guint32) strlen (whose->project->id) };
  gint32 project_no = 0;

  return pdg_store_find_project (tx, whose->organisation->org_no, &id, &project_no, error) && project_no > 0;
}

static gboolean
add_snapshot (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GBytes) image = g_bytes_new_static ("x", 1);
  PdgStoreSnapshot snapshot = {
    .image = image, .media_type = "image/png", .taken_usec = 1, .project_no = whose->project->project_no, .screen_no = 1, .width = 1, .height = 1,
  };

  return pdg_store_add_snapshot (tx, &snapshot, error);
}

static gboolean
load_blob (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *id = pdg_sha256_hex (mark_of (whose), 1);
  g_autoptr (GBytes) bytes = pdg_store_load_blob (tx, id, NULL, error);

  return bytes != NULL;
}

static PdgEventRow
make_row (const Tenant *whose, PdgEvent *event)
{
  *event = (PdgEvent) { .event_id = PDG_SLICE_LITERAL ("forged"), .timestamp_usec = g_get_real_time (), .sequence = PDG_SEQUENCE_NONE,
                        .event_key = { 9 } };
  return (PdgEventRow) { .event = event, .received_usec = event->timestamp_usec, .org_no = whose->organisation->org_no,
                         .project_no = whose->project->project_no, .session_no = 1, .actor_no = 1, .term_no = 1 };
}

static gboolean
insert_events (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  PdgEvent event;
  const PdgEventRow row = make_row (whose, &event);
  guint8 inserted = 0;

  return pdg_store_events_insert (tx, &row, 1, &inserted, error) && inserted;
}

static gboolean
apply_sessions (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgSessionDelta delta = { .project_no = whose->project->project_no, .session_no = 1, .events = 1, .start_usec = 1, .end_usec = 1,
                                  .entry_usec = G_MAXINT64, .exit_usec = G_MAXINT64, .release_usec = G_MAXINT64, .actor_usec = 1, .actor_no = 1 };

  return pdg_store_events_apply_sessions (tx, &delta, 1, 1, error);
}

static gboolean
name_screens (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgSlice title = PDG_SLICE_LITERAL ("forged");
  const gint32 screen_no = 1;
  const gint64 usec = G_MAXINT32;

  return pdg_store_events_name_screens (tx, &whose->project->project_no, &screen_no, &title, &usec, 1, error);
}

typedef struct
{
  const char *name;
  StoreFunc func;
  gboolean own_fails; /* not even for its own organisation: administration */
} Case;

static const Case cases[] = {
  { "list-sessions", list_sessions, FALSE },
  { "find-sessions", find_sessions, FALSE },
  { "lookup-sessions", lookup_sessions, FALSE },
  { "list-session-events", list_session_events, FALSE },
  { "list-releases", list_releases, FALSE },
  { "each-journey-row", each_journey_row, FALSE },
  { "count-events", count_events, FALSE },
  { "list-screens", list_screens, FALSE },
  { "get-event-span", get_event_span, FALSE },
  { "get-live", get_live, FALSE },
  { "lookup-project", lookup_project, FALSE },
  { "list-projects", list_projects, FALSE },
  { "list-projects-after", list_projects_after, FALSE },
  { "organisation-name", organisation_name, FALSE },
  { "create-api-key", create_api_key, FALSE },
  { "revoke-api-key", revoke_api_key, FALSE },
  { "create-token", create_token, TRUE },
  { "assign-sessions", assign_sessions, FALSE },
  { "assign-screens", assign_screens, FALSE },
  { "assign-releases", assign_releases, FALSE },
  { "assign-actors", assign_actors, FALSE },
  { "assign-terms", assign_terms, FALSE },
  { "find-project", find_project, FALSE },
  { "add-snapshot", add_snapshot, FALSE },
  { "load-blob", load_blob, FALSE },
  { "insert-events", insert_events, FALSE },
  { "apply-sessions", apply_sessions, FALSE },
  { "name-screens", name_screens, FALSE },
};

static PdgDbTx *
begin_as_a (void)
{
  g_autoptr (GError) error = NULL;
  PdgDbTx *tx = pdg_db_tx_begin (server, a->admin, PDG_DB_TX_READ_WRITE, &error);

  g_assert_no_error (error);
  return tx;
}

static void
test_wrong_organisation (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = begin_as_a ();

  g_assert_cmpint (test->func (tx, a, &error), ==, !test->own_fails);
  if (error != NULL)
    g_test_message ("%s", pdg_db_error_get_detail (error));
  if (!test->own_fails)
    g_assert_no_error (error);
  g_clear_error (&error);
  g_clear_pointer (&tx, pdg_db_tx_free);
  tx = begin_as_a ();
  g_assert_false (test->func (tx, b, &error));
}

/* COPY is for the writer alone: the server's login has no right to it. */
static void
test_copy_is_refused (void)
{
  g_autoptr (PdgDbTx) tx = begin_as_a ();
  g_autoptr (PdgDbCopyBuffer) buffer = pdg_db_copy_buffer_new (0);
  g_autoptr (GError) error = NULL;
  PdgEvent event;
  const PdgEventRow row = make_row (a, &event);
  gboolean may = TRUE;

  g_assert_true (pdg_store_events_may_copy (tx, &may, &error));
  g_assert_no_error (error);
  g_assert_false (may);
  g_assert_false (pdg_store_events_copy (tx, buffer, &row, 1, &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
}

/* What the server's login may not do in a transaction of no organisation. */
static void
test_administration_is_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (server, &error);

  g_assert_no_error (error);
  g_assert_null (pdg_store_create_organisation (tx, "forged", &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
  g_clear_error (&error);
  g_clear_pointer (&tx, pdg_db_tx_free);
  tx = pdg_db_tx_begin_maintenance (server, &error);
  g_assert_false (pdg_store_grant_login (tx, "productgraph_server", b->organisation->org_no, &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
}

static void
test_credentials (void)
{
  g_autoptr (PdgPrincipal) principal = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (server, &error);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 hash[32];
  gsize len = sizeof hash;

  g_checksum_update (checksum, (const guchar *) key_b, -1);
  g_checksum_get_digest (checksum, hash, &len);
  principal = pdg_store_resolve_credential (tx, hash, &error);
  g_assert_no_error (error);
  g_assert_nonnull (principal);
  g_assert_cmpint (pdg_principal_get_org_no (principal), ==, b->organisation->org_no);
  g_assert_cmpint (pdg_principal_get_project_no (principal), ==, b->project->project_no);
  g_assert_cmpint (pdg_principal_get_role (principal), ==, PDG_ROLE_INGEST);
  g_clear_pointer (&principal, pdg_principal_unref);
  hash[0] ^= 1;
  g_assert_null (pdg_store_resolve_credential (tx, hash, &error));
  g_assert_no_error (error);
}

static void
test_organisations (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (server, &error);
  g_autoptr (GPtrArray) all = pdg_store_list_organisations (tx, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 2);
}

/* The numbers of a project are dense, in any order of asking, and the same when asked again. */
static void
test_numbers_are_dense (void)
{
  const PdgSlice ids[] = { PDG_SLICE_LITERAL ("n1"), PDG_SLICE_LITERAL ("n2"), PDG_SLICE_LITERAL ("n1"), PDG_SLICE_LITERAL ("n3") };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = begin_as_a ();
  gint32 first[4], second[4], max = 0;

  g_assert_true (pdg_store_assign_sessions (tx, a->project->project_no, ids, 4, first, &error));
  g_assert_no_error (error);
  g_assert_true (pdg_store_assign_sessions (tx, a->project->project_no, ids, 4, second, &error));
  g_assert_cmpmem (first, sizeof first, second, sizeof second);
  g_assert_cmpint (first[0], ==, first[2]);
  g_assert_cmpint (first[0], !=, first[1]);
  for (int i = 0; i < 4; i++)
    max = MAX (max, first[i]);
  g_assert_cmpint (max, ==, 4); /* one session was there */
}

int
main (int argc, char *argv[])
{
  g_autofree char *token_a = NULL, *token_b = NULL;
  g_autoptr (PdgHub) hub = pdg_hub_new ();
  PdgIngest *ingest;
  int status;

  g_test_init (&argc, &argv, NULL);
  a = tenant_new (NULL, "Org A", "proj_a");
  b = tenant_new (NULL, "Org B", "proj_b");
  ingest = fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, hub, 1000, 1000);
  tenant_fill (a, ingest, "a", &key_a, &token_a);
  tenant_fill (b, ingest, "b", &key_b, &token_b);
  pdg_ingest_free (ingest);
  server = fixture_open (pdg_test_cluster_get_server_uri (), NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/store/functions/wrong-organisation/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_wrong_organisation);
    }
  g_test_add_func ("/store/functions/copy-is-refused", test_copy_is_refused);
  g_test_add_func ("/store/functions/administration-is-refused", test_administration_is_refused);
  g_test_add_func ("/store/functions/credentials", test_credentials);
  g_test_add_func ("/store/functions/organisations", test_organisations);
  g_test_add_func ("/store/functions/numbers-are-dense", test_numbers_are_dense);
  status = g_test_run ();
  pdg_db_conn_free (server);
  tenant_free (a);
  tenant_free (b);
  g_free (key_a);
  g_free (key_b);
  return status;
}
