#include "config.h"

#include "service/event-writer.h"

#include "model/pdg-client-needs.h"
#include "service/pdg-commands-people.h"
#include "store/pdg-store-clients.h"

#include <string.h>

/* What is kept of a person's clients goes with the person, and what comes of the person's sessions later is not kept. */

static PdgDbConn *owner, *server;
static PdgIngest *ingest;
static gint64 base_usec;

static void
derive (PdgDbTx *tx, Tenant *tenant, PdgDerivedSession *need)
{
  g_autoptr (GError) error = NULL;

  need->usec = base_usec;
  g_assert_true (pdg_store_derive_sessions (tx, tenant->project->id, need, 1, &error));
  g_assert_no_error (error);
}

static void
trace (PdgDbTx *tx, Tenant *tenant, const char *session)
{
  PdgPageReport page = { .kind = PDG_PAGE_LOAD_EVENT };
  const PdgEvent event = { .event_key = { 1 }, .timestamp_usec = base_usec };
  guint8 keys[1][16];
  g_autoptr (GError) error = NULL;

  pdg_page_trail_make_key (session, strlen (session), keys[0]);
  g_assert_true (pdg_store_trace_pages (tx, tenant->project->id, &page, &event, (const guint8 (*)[16]) keys, 1, &error));
  g_assert_no_error (error);
}

/* Whether the piece was kept. */
static gboolean
add_chunk (Tenant *tenant, const char *session, guint8 number)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  PdgReplayChunk chunk = { .session_id = (char *) session, .key = { number }, .started_usec = 1, .ended_usec = 2, .n_events = 1, .bytes = bytes };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin (server, tenant->admin, PDG_DB_TX_READ_WRITE, &error);
  gboolean kept = FALSE;

  g_assert_no_error (error);
  g_assert_true (pdg_store_add_replay_chunk (tx, tenant->project->id, &chunk, 1000, &kept, &error) && pdg_db_tx_commit (tx, &error));
  return kept;
}

static void
send_view (Tenant *tenant, const char *id, const char *session, const char *who)
{
  GString *out = body_new ();
  g_autofree char *body = NULL;
  g_auto (Verdict) verdict = { 0 };

  body_add (out, tenant->project->id, id, session, "page.view", base_usec, "%s", who);
  body = body_finish (out);
  fixture_store (ingest, tenant->admin, body, &verdict);
  assert_stored (verdict, 1, 0, 0);
}

static gint64
count (Tenant *tenant, const char *table)
{
  return fixture_owner_int ("SELECT count(*) FROM %s WHERE project_id = %d", table, tenant->project->project_no);
}

/* A named person, who has an anonymous id too, and an unnamed client; and another of each, who stay. */
static void
check (gboolean keep_counts, const char *name)
{
  g_autoptr (Tenant) tenant = tenant_new (NULL, name, name);
  PdgDerivedSession user = { 0 }, anonymous = { 0 }, client = { .key = { 1, 2, 3 } }, other = { 0 }, other_client = { .key = { 4, 5 } };
  g_autofree char *session = NULL, *client_session = NULL, *other_session = NULL;
  PdgPersonKey person = { tenant->project->id, "alice-4711", -1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin (server, tenant->admin, PDG_DB_TX_READ_WRITE, &error);
  g_autoptr (PdgPersonRequest) first = NULL, second = NULL;

  g_assert_no_error (error);
  pdg_derived_session_make_key ("user.id", "alice-4711", user.key);
  pdg_derived_session_make_key ("anonymous.id", "device-0815", anonymous.key);
  pdg_derived_session_make_key ("user.id", "bob-000042", other.key);
  derive (tx, tenant, &user);
  derive (tx, tenant, &anonymous);
  derive (tx, tenant, &client);
  derive (tx, tenant, &other);
  derive (tx, tenant, &other_client);
  session = pdg_derived_session_make_id (user.session_key, user.began_usec);
  client_session = pdg_derived_session_make_id (client.session_key, client.began_usec);
  other_session = pdg_derived_session_make_id (other.session_key, other.began_usec);
  trace (tx, tenant, session);
  trace (tx, tenant, client_session);
  trace (tx, tenant, other_session);
  g_assert_true (pdg_db_tx_commit (tx, &error));
  g_clear_pointer (&tx, pdg_db_tx_free);
  send_view (tenant, "1", session, ",\"user.id\":\"alice-4711\",\"anonymous.id\":\"device-0815\"");
  send_view (tenant, "2", client_session, "");
  send_view (tenant, "3", other_session, ",\"user.id\":\"bob-000042\"");
  g_assert_true (add_chunk (tenant, session, 1));
  g_assert_true (add_chunk (tenant, other_session, 2));

  first = pdg_commands_erase_person (server, tenant->admin, &person, keep_counts, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count (tenant, "derived_session"), ==, 3);
  g_assert_cmpint (count (tenant, "page_trail"), ==, 2);
  g_assert_cmpint (count (tenant, "replay_chunk"), ==, 1);
  g_assert_false (add_chunk (tenant, session, 3));
  g_assert_true (add_chunk (tenant, other_session, 4));

  person.id = client_session; /* nobody but the session */
  second = pdg_commands_erase_person (server, tenant->admin, &person, keep_counts, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count (tenant, "derived_session"), ==, 2);
  g_assert_cmpint (count (tenant, "page_trail"), ==, 1);
  g_assert_cmpint (count (tenant, "replay_chunk"), ==, 2);
  g_assert_false (add_chunk (tenant, client_session, 5));
}

static void
test_delete (void)
{
  check (FALSE, "remains-delete");
}

static void
test_anonymise (void)
{
  check (TRUE, "remains-anonymise");
}

/* Another project may have a session of the same id. */
static void
test_elsewhere (void)
{
  g_autoptr (Tenant) here = tenant_new (NULL, "Here", "here"), there = tenant_new (NULL, "There", "there");
  PdgPersonKey person = { here->project->id, "carol-99", -1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgPersonRequest) request = NULL;

  send_view (here, "1", "same", ",\"user.id\":\"carol-99\"");
  send_view (there, "1", "same", ",\"user.id\":\"carol-99\"");
  request = pdg_commands_erase_person (server, here->admin, &person, FALSE, 0, &error);
  g_assert_no_error (error);
  g_assert_false (add_chunk (here, "same", 1));
  g_assert_true (add_chunk (there, "same", 1));
}

int
main (int argc, char *argv[])
{
  g_autoptr (PdgHub) hub = pdg_hub_new ();
  int status;

  g_test_init (&argc, &argv, NULL);
  pdg_test_cluster_migrate ();
  owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  server = fixture_open (pdg_test_cluster_get_server_uri (), NULL);
  ingest = fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, hub, 1000, 1000);
  base_usec = g_get_real_time () - G_TIME_SPAN_HOUR;
  g_test_add_func ("/service/remains/delete", test_delete);
  g_test_add_func ("/service/remains/anonymise", test_anonymise);
  g_test_add_func ("/service/remains/elsewhere", test_elsewhere);
  status = g_test_run ();
  pdg_ingest_free (ingest);
  pdg_db_conn_free (server);
  pdg_db_conn_free (owner);
  return status;
}
