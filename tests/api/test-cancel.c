#include "config.h"

#include "api/api-fixture.h"

#include <string.h>
#include <unistd.h>

/* Statements that take too long, and clients that do not wait for them. A held lock makes a statement as slow as wanted. */

static ApiFixture *fixture;

#define SLOW "{\"query\":\"{project(id:\\\"proj_demo\\\"){newestEventAt}}\"}"

#define OF_PROJECT(selection) "{\"query\":\"{project(id:\\\"proj_demo\\\"){" selection "}}\"}"

/* Whatever the statement is of. */
static void
test_deadline (void)
{
  static const char *const documents[] = {
    SLOW, OF_PROJECT ("sessions{nodes{id}}"), OF_PROJECT ("session(id:1){id}"), OF_PROJECT ("events{nodes{id}}"), OF_PROJECT ("actors{nodes{id}}"),
    OF_PROJECT ("event(id:\\\"held\\\"){session{id}}"), OF_PROJECT ("event(id:\\\"held\\\"){actor{id}}"),
    OF_PROJECT ("actor(id:\\\"held\\\"){id}"),
  };
  PdgApiOptions options = api_fixture_get_options (fixture);
  g_autofree char *body = body_with_one ("proj_demo", "held", "held", g_get_real_time ());
  g_auto (Verdict) verdict = { 0 };
  PdgHttpServer *server;
  PdgApi *api;

  fixture_store (fixture->ingest, fixture->a->admin, body, &verdict);
  assert_stored (verdict, 1, 0, 0);
  options.graphql_timeout_ms = 150;
  api = api_fixture_serve (&options, &server);
  for (gsize i = 0; i < G_N_ELEMENTS (documents); i++)
    {
      TableLock *lock = table_lock_new ("session");

      {
        g_autoptr (RawAnswer) answer = api_send (fixture, pdg_http_server_get_port (server), "POST", "/graphql", JSON_TYPE, documents[i]);
        g_autoptr (JsonNode) node = json_from_string (answer->body, NULL);
        g_autofree char *message = json_dup_at (node, "errors.0.message");

        g_test_message ("%s: %s", documents[i], answer->body);
        g_assert_cmpuint (answer->status, ==, 504);
        assert_error_code (node, "TIMEOUT");
        g_assert_nonnull (message);
      }
      table_lock_free (lock);
      {
        /* with the deadline of ten seconds: a busy machine may need more than the short one */
        g_autoptr (RawAnswer) answer = api_send (fixture, 0, "POST", "/graphql", JSON_TYPE, documents[i]);

        g_test_message ("%s", answer->body);
        g_assert_null (strstr (answer->body, "errors"));
      }
    }
  g_assert_true (pdg_http_server_stop (server, 5000));
  pdg_http_server_free (server);
  pdg_api_free (api);
}

static void
test_client_goes_away (void)
{
  g_autofree char *request = g_strdup_printf ("POST /graphql HTTP/1.1\r\nHost: localhost\r\n" JSON_TYPE "Content-Length: %zu\r\n\r\n%s", strlen (SLOW), SLOW);
  TableLock *lock = table_lock_new ("session");
  int fd;

  fd = raw_connect (pdg_http_server_get_port (fixture->server));
  raw_send (fd, request);
  fixture_wait (count_waiting_readers () == 1);
  close (fd);
  fixture_wait (count_waiting_readers () == 0); /* well before its deadline of ten seconds, and while the lock is held */
  table_lock_free (lock);
  {
    g_autoptr (RawAnswer) answer = api_send (fixture, 0, "POST", "/graphql", JSON_TYPE, SLOW);

    g_assert_cmpuint (answer->status, ==, 200);
    g_assert_null (strstr (answer->body, "errors"));
  }
}

typedef struct
{
  guint n_done, n_cancelled;
} Tally;

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Tally *tally = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) response = pdg_api_execute_finish (fixture->api, result, &error);

  tally->n_done++;
  tally->n_cancelled += error != NULL || strstr (g_bytes_get_data (response, NULL), "CANCELLED") != NULL;
}

/* More questions than threads, all cancelled: those that run end, those that wait never start. */
static void
test_cancel_many (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TableLock *lock = table_lock_new ("session");
  Tally tally = { 0 };

  for (int i = 0; i < 12; i++)
    pdg_api_execute_async (fixture->api, fixture->a->admin, "{project(id:\"proj_demo\"){newestEventAt}}", NULL, NULL, cancellable, done_cb, &tally);
  fixture_wait (count_waiting_readers () == 3);
  g_cancellable_cancel (cancellable);
  fixture_wait (tally.n_done == 12);
  g_assert_cmpuint (tally.n_cancelled, ==, 12);
  fixture_wait (count_waiting_readers () == 0);
  table_lock_free (lock);
}

/* A client that leaves while its events are being stored changes nothing for them. */
static void
test_sender_goes_away (void)
{
  g_autofree char *body = body_with_one ("proj_demo", "gone", "gone", g_get_real_time ());
  g_autofree char *request = g_strdup_printf ("POST /v1/events HTTP/1.1\r\nHost: localhost\r\n" JSON_TYPE "Content-Length: %zu\r\n\r\n%s", strlen (body), body);
  WriterHold *hold = writer_hold_new (pdg_test_cluster_get_owner_uri ());
  int fd = raw_connect (pdg_http_server_get_port (fixture->server));

  raw_send (fd, request);
  fixture_wait (fixture_owner_int ("SELECT count(*) FROM pg_stat_activity WHERE usename = 'productgraph_writer' AND wait_event_type = 'Lock'") == 1);
  close (fd);
  writer_hold_free (hold);
  fixture_wait (fixture_owner_int ("SELECT count(*) FROM event WHERE event_id = 'gone'") == 1);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  fixture = api_fixture_new ();
  g_test_add_func ("/api/cancel/deadline", test_deadline);
  g_test_add_func ("/api/cancel/client-goes-away", test_client_goes_away);
  g_test_add_func ("/api/cancel/many", test_cancel_many);
  g_test_add_func ("/api/cancel/sender-goes-away", test_sender_goes_away);
  status = g_test_run ();
  api_fixture_free (fixture);
  return status;
}
