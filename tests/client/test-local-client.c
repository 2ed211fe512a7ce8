#include "config.h"

#include "api/api-fixture.h"
#include "service/pdg-commands-snapshots.h"
#include "base/pdg-id.h"
#include "client/pdg-local-client.h"
#include "db/pdg-db-listener.h"

#include <string.h>

static ApiFixture *fixture;
static PdgDbListener *listener; /* as the runtime has it */

static void
notified_cb (const char *payload, gpointer user_data)
{
  pdg_hub_publish_notification (fixture->hub, payload);
}

static void
listening_cb (gboolean connected, gpointer user_data)
{
  if (connected)
    pdg_hub_publish_all (fixture->hub);
}

typedef struct
{
  PdgClient *client;
  guint id;
  int n, n_destroyed, n_errors;
  gint64 last_sequence, last_usec;
  char *code;
  gboolean ends_itself;
} Ear;

static void
heard_cb (JsonNode *response, gpointer user_data)
{
  Ear *ear = user_data;
  g_autofree char *sequence = json_dup_at (response, "data.projectChanged.sequence");

  ear->n++;
  ear->last_usec = g_get_monotonic_time ();
  if (sequence != NULL)
    {
      g_assert_cmpint (g_ascii_strtoll (sequence, NULL, 10), >, ear->last_sequence);
      ear->last_sequence = g_ascii_strtoll (sequence, NULL, 10);
    }
  else
    {
      ear->n_errors++;
      g_free (ear->code);
      ear->code = json_dup_at (response, "errors.0.extensions.code");
    }
  if (ear->ends_itself)
    pdg_client_unsubscribe (ear->client, ear->id);
}

static void
ear_destroyed (gpointer user_data)
{
  ((Ear *) user_data)->n_destroyed++;
}

#define SUBSCRIPTION "subscription($id:ID!){projectChanged(projectId:$id){projectId sequence at}}"

static void
listen_to (Ear *ear, PdgLocalClient *client, const char *project_id)
{
  g_autofree char *text = g_strdup_printf ("{\"id\":\"%s\"}", project_id);
  g_autoptr (JsonNode) variables = json_from_string (text, NULL);

  ear->client = PDG_CLIENT (client);
  ear->id = pdg_client_subscribe (PDG_CLIENT (client), SUBSCRIPTION, variables, heard_cb, ear, ear_destroyed);
  g_assert_cmpuint (ear->id, >, 0);
}

typedef struct
{
  gboolean done;
  JsonNode *node;
  GBytes *bytes;
  GError *error;
} Answer;

static void
answer_clear (Answer *answer)
{
  g_clear_pointer (&answer->node, json_node_unref);
  g_clear_pointer (&answer->bytes, g_bytes_unref);
  g_clear_error (&answer->error);
  answer->done = FALSE;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static void
executed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->node = pdg_client_execute_finish (PDG_CLIENT (source), result, &answer->error);
  answer->done = TRUE;
}

static void
fetched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->bytes = pdg_client_fetch_blob_finish (PDG_CLIENT (source), result, &answer->error);
  answer->done = TRUE;
}

static void
store_one (PdgIngest *ingest, const char *id)
{
  g_autofree char *body = body_with_one ("proj_demo", id, id, g_get_real_time ());
  g_auto (Verdict) verdict = { 0 };

  fixture_store (ingest, fixture->a->admin, body, &verdict);
  assert_stored (verdict, 1, 0, 0);
}

static PdgLocalClient *
make_client (void)
{
  PdgLocalClient *client = pdg_local_client_new ();

  pdg_local_client_set_api (client, fixture->api);
  return client;
}

static void
test_execute (void)
{
  g_autoptr (PdgLocalClient) client = make_client ();
  g_auto (Answer) good = { 0 }, bad = { 0 };
  g_autofree char *name = NULL;

  pdg_client_execute_async (PDG_CLIENT (client), "{organisation{name}}", NULL, NULL, executed_cb, &good);
  pdg_client_execute_async (PDG_CLIENT (client), "{nothing}", NULL, NULL, executed_cb, &bad);
  g_assert_false (good.done);
  fixture_wait (good.done && bad.done);
  g_assert_no_error (good.error);
  name = json_dup_at (good.node, "data.organisation.name");
  g_assert_cmpstr (name, ==, "Org A");
  g_assert_no_error (bad.error); /* errors in the response are data */
  assert_error_code (bad.node, "GRAPHQL_VALIDATION_FAILED");
}

static void
test_asked_before_it_is_there (void)
{
  g_autoptr (PdgLocalClient) client = pdg_local_client_new ();
  g_auto (Answer) first = { 0 }, second = { 0 }, blob = { 0 };
  Ear ear = { 0 };

  g_assert_cmpint (pdg_client_get_state (PDG_CLIENT (client)), ==, PDG_CLIENT_STARTING);
  pdg_client_execute_async (PDG_CLIENT (client), "{version}", NULL, NULL, executed_cb, &first);
  pdg_client_execute_async (PDG_CLIENT (client), "{organisation{name}}", NULL, NULL, executed_cb, &second);
  pdg_client_fetch_blob_async (PDG_CLIENT (client), "x", 0, NULL, fetched_cb, &blob);
  listen_to (&ear, client, "proj_demo");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_false (first.done || second.done || blob.done);
  g_assert_cmpint (ear.n, ==, 0);
  pdg_local_client_set_api (client, fixture->api);
  g_assert_cmpint (pdg_client_get_state (PDG_CLIENT (client)), ==, PDG_CLIENT_CONNECTED);
  fixture_wait (first.done && second.done && blob.done && ear.n > 0);
  g_assert_no_error (first.error);
  g_assert_no_error (second.error);
  g_assert_error (blob.error, PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_REFUSED);
  pdg_client_unsubscribe (PDG_CLIENT (client), ear.id);
  g_assert_cmpint (ear.n_destroyed, ==, 1);
}

static void
test_cancelled (void)
{
  g_autoptr (PdgLocalClient) client = pdg_local_client_new ();
  g_autoptr (PdgLocalClient) ready = make_client ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Answer) waiting = { 0 }, running = { 0 };

  pdg_client_execute_async (PDG_CLIENT (client), "{version}", NULL, cancellable, executed_cb, &waiting);
  pdg_client_execute_async (PDG_CLIENT (ready), "{organisation{name}}", NULL, cancellable, executed_cb, &running);
  g_cancellable_cancel (cancellable);
  pdg_local_client_set_api (client, fixture->api);
  fixture_wait (waiting.done && running.done);
  g_assert_error (waiting.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (running.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_blob (void)
{
  g_autoptr (PdgLocalClient) client = make_client ();
  g_autoptr (PdgDbConn) server = fixture_open (pdg_test_cluster_get_server_uri (), NULL);
  g_autoptr (GBytes) image = g_bytes_new_static ("image", 5);
  g_autofree char *id = pdg_sha256_hex ("image", 5);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) smaller = g_bytes_new_static ("small", 5);
  g_auto (Answer) answer = { 0 }, small = { 0 }, large = { 0 };
  PdgStoreLevel level = { smaller, 320 };
  PdgPicture picture = { .image = image, .media_type = "image/png", .levels = &level, .n_levels = 1, .width = 640, .height = 400 };

  pdg_commands_add_snapshot (server, fixture->a->admin, fixture->a->project->project_no, "/blob", &picture, 0, &error);
  g_assert_no_error (error);
  pdg_client_fetch_blob_async (PDG_CLIENT (client), id, 0, NULL, fetched_cb, &answer);
  fixture_wait (answer.done);
  g_assert_no_error (answer.error);
  g_assert_true (g_bytes_equal (answer.bytes, image));
  pdg_client_fetch_blob_async (PDG_CLIENT (client), id, 80, NULL, fetched_cb, &small);
  pdg_client_fetch_blob_async (PDG_CLIENT (client), id, 400, NULL, fetched_cb, &large);
  fixture_wait (small.done && large.done);
  g_assert_true (g_bytes_equal (small.bytes, smaller));
  g_assert_true (g_bytes_equal (large.bytes, image));
}

/* Once at once; then within a second of a commit, by this process's writer and by another connection. */
static void
test_subscription (void)
{
  g_autoptr (PdgLocalClient) client = make_client ();
  g_autoptr (PdgHub) other_hub = pdg_hub_new (); /* of another process: it publishes to nobody here */
  g_autoptr (PdgIngest) other = fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, other_hub, 100, 100);
  Ear ear = { 0 }, deaf = { 0 };
  gint64 committed;
  int before;

  listen_to (&ear, client, "proj_demo");
  fixture_wait (ear.n == 1);
  store_one (fixture->ingest, "sub-own");
  committed = g_get_monotonic_time ();
  fixture_wait (ear.n >= 2);
  g_assert_cmpint (ear.last_usec - committed, <, G_USEC_PER_SEC);
  /* the notification of the same commit may add one more */
  {
    gint64 until = g_get_monotonic_time () + 300 * 1000;

    while (g_get_monotonic_time () < until)
      g_main_context_iteration (NULL, FALSE);
  }
  before = ear.n;
  g_assert_cmpint (before, <=, 3);
  store_one (other, "sub-other");
  committed = g_get_monotonic_time ();
  fixture_wait (ear.n > before);
  g_assert_cmpint (ear.last_usec - committed, <, G_USEC_PER_SEC);
  g_assert_cmpint (ear.n_errors, ==, 0);
  /* a project of another organisation, and one that is nowhere, are refused alike */
  for (int i = 0; i < 2; i++)
    {
      listen_to (&deaf, client, i == 0 ? "proj_b" : "missing");
      fixture_wait (deaf.n == i + 1);
      g_assert_cmpstr (deaf.code, ==, "NOT_FOUND");
      pdg_client_unsubscribe (PDG_CLIENT (client), deaf.id);
    }
  pdg_client_unsubscribe (PDG_CLIENT (client), ear.id);
  before = ear.n;
  store_one (fixture->ingest, "sub-after");
  {
    gint64 until = g_get_monotonic_time () + 300 * 1000;

    while (g_get_monotonic_time () < until)
      g_main_context_iteration (NULL, FALSE);
  }
  g_assert_cmpint (ear.n, ==, before);
  g_assert_cmpint (ear.n_destroyed, ==, 1);
  g_free (deaf.code);
}

static void
test_unsubscribe_inside (void)
{
  g_autoptr (PdgLocalClient) client = make_client ();
  Ear ear = { .ends_itself = TRUE };

  listen_to (&ear, client, "proj_demo");
  fixture_wait (ear.n == 1 && ear.n_destroyed == 1);
  store_one (fixture->ingest, "inside");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (ear.n, ==, 1);
}

/* Unsubscribed before its project was even looked up. */
static void
test_unsubscribe_at_once (void)
{
  g_autoptr (PdgLocalClient) client = make_client ();
  Ear ear = { 0 };
  g_auto (Answer) answer = { 0 };

  listen_to (&ear, client, "proj_demo");
  pdg_client_unsubscribe (PDG_CLIENT (client), ear.id);
  pdg_client_execute_async (PDG_CLIENT (client), "{organisation{name}}", NULL, NULL, executed_cb, &answer);
  fixture_wait (answer.done);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (ear.n, ==, 0);
  g_assert_cmpint (ear.n_destroyed, ==, 1);
  pdg_client_unsubscribe (PDG_CLIENT (client), ear.id); /* harmless */
}

static void
test_refused_documents (void)
{
  static const char *const documents[] = { "{version}", "subscription{", "subscription{nothing}", "subscription{projectChanged{at}}" };
  g_autoptr (PdgLocalClient) client = make_client ();

  for (gsize i = 0; i < G_N_ELEMENTS (documents); i++)
    {
      Ear ear = { 0 };
      guint id = pdg_client_subscribe (PDG_CLIENT (client), documents[i], NULL, heard_cb, &ear, ear_destroyed);

      fixture_wait (ear.n == 1);
      g_assert_cmpint (ear.n_errors, ==, 1);
      pdg_client_unsubscribe (PDG_CLIENT (client), id);
      g_assert_cmpint (ear.n_destroyed, ==, 1);
      g_free (ear.code);
    }
}

static void
test_demo_progress (void)
{
  g_autoptr (PdgLocalClient) client = make_client ();
  Ear ear = { 0 };
  guint id = pdg_client_subscribe (PDG_CLIENT (client), "subscription{demoProgress{done total running error}}", NULL, heard_cb, &ear, ear_destroyed);

  fixture_wait (ear.n == 1);
  pdg_hub_publish (fixture->hub, PDG_HUB_TOPIC_DEMO);
  fixture_wait (ear.n == 2);
  pdg_client_unsubscribe (PDG_CLIENT (client), id);
  g_free (ear.code);
}

static void
lock_out (gboolean out)
{
  pdg_test_cluster_run_sql (out ? "ALTER ROLE productgraph_writer CONNECTION LIMIT 0; ALTER ROLE productgraph_server CONNECTION LIMIT 0"
                                : "ALTER ROLE productgraph_writer CONNECTION LIMIT -1; ALTER ROLE productgraph_server CONNECTION LIMIT -1");
  if (out)
    pdg_test_cluster_run_sql ("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename IN ('productgraph_writer', 'productgraph_server')");
}

/* Subscriptions from before the loss, and one made meanwhile, hear again when the database is back. */
static void
test_database_restart (void)
{
  g_autoptr (PdgLocalClient) client = make_client ();
  Ear before = { 0 }, meanwhile = { 0 };
  g_auto (Answer) away = { 0 };
  int n, m;

  listen_to (&before, client, "proj_demo");
  fixture_wait (before.n == 1);
  lock_out (TRUE);
  fixture_wait (!pdg_db_listener_is_connected (listener));
  listen_to (&meanwhile, client, "proj_demo");
  pdg_client_execute_async (PDG_CLIENT (client), "{organisation{name}}", NULL, NULL, executed_cb, &away);
  fixture_wait (away.done);
  if (away.error != NULL)
    g_assert_error (away.error, PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_AWAY);
  else
    assert_error_code (away.node, "UNAVAILABLE");
  n = before.n;
  m = meanwhile.n;
  lock_out (FALSE);
  fixture_wait (pdg_db_listener_is_connected (listener) && pdg_ingest_is_connected (fixture->ingest));
  fixture_wait (before.n > n); /* something may have been missed */
  n = before.n;
  store_one (fixture->ingest, "restart");
  fixture_wait (before.n > n);
  fixture_wait (meanwhile.n > m && meanwhile.last_sequence > 0);
  pdg_client_unsubscribe (PDG_CLIENT (client), before.id);
  pdg_client_unsubscribe (PDG_CLIENT (client), meanwhile.id);
  g_free (before.code);
  g_free (meanwhile.code);
}

static void
test_set_api_null (void)
{
  g_autoptr (PdgLocalClient) client = make_client ();
  g_auto (Answer) flying = { 0 }, late = { 0 };
  Ear ear = { 0 };
  int n;

  listen_to (&ear, client, "proj_demo");
  fixture_wait (ear.n == 1);
  pdg_client_execute_async (PDG_CLIENT (client), "{organisation{name}}", NULL, NULL, executed_cb, &flying);
  pdg_local_client_set_api (client, NULL);
  pdg_client_execute_async (PDG_CLIENT (client), "{version}", NULL, NULL, executed_cb, &late);
  fixture_wait (late.done && flying.done);
  g_assert_error (late.error, PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_AWAY);
  n = ear.n;
  store_one (fixture->ingest, "null");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (ear.n, ==, n);
  /* it may come again, and counts from one */
  ear.last_sequence = 0;
  pdg_local_client_set_api (client, fixture->api);
  fixture_wait (ear.n > n);
  pdg_client_unsubscribe (PDG_CLIENT (client), ear.id);
}

static void
notify_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  ++*(int *) user_data;
}

static void
test_state (void)
{
  g_autoptr (PdgLocalClient) client = pdg_local_client_new ();
  int n_state = 0, n_message = 0, state;
  g_autofree char *message = NULL;

  g_signal_connect (client, "notify::state", G_CALLBACK (notify_cb), &n_state);
  g_signal_connect (client, "notify::state-message", G_CALLBACK (notify_cb), &n_message);
  pdg_client_set_state (PDG_CLIENT (client), PDG_CLIENT_STARTING, "Preparing the database…");
  pdg_client_set_state (PDG_CLIENT (client), PDG_CLIENT_STARTING, "Preparing the database…"); /* says nothing */
  g_assert_cmpint (n_message, ==, 1);
  pdg_local_client_set_api (client, fixture->api);
  g_object_get (client, "state", &state, "state-message", &message, NULL);
  g_assert_cmpint (state, ==, PDG_CLIENT_CONNECTED);
  g_assert_null (message);
  g_assert_cmpint (n_message, ==, 2);
}

/* A client that goes with questions and subscriptions open. */
static void
test_freed_early (void)
{
  PdgLocalClient *waiting = pdg_local_client_new (), *ready = make_client ();
  g_auto (Answer) running = { 0 };
  Ear ear = { 0 }, other = { 0 };

  listen_to (&ear, waiting, "proj_demo");
  listen_to (&other, ready, "proj_demo");
  pdg_client_execute_async (PDG_CLIENT (ready), "{organisation{name}}", NULL, NULL, executed_cb, &running);
  g_object_unref (waiting);
  g_object_unref (ready);
  fixture_wait (running.done); /* the question keeps the client */
  fixture_wait (ear.n_destroyed == 1 && other.n_destroyed == 1);
  g_free (ear.code);
  g_free (other.code);
}

/* Answers that arrive after the API and its pool are gone. */
static void
test_answer_after_the_end (void)
{
  PdgDbPool *pool = pdg_db_pool_new (pdg_test_cluster_get_server_uri (), NULL, "late", 1, 8);
  PdgApiOptions options = {
    .pool = pool, .ingest = fixture->ingest, .hub = fixture->hub, .credentials = fixture->credentials, .demo = fixture->demo,
    .local = fixture->a->admin, .graphql_tokens = 1000, .graphql_depth = 10, .graphql_aliases = 10, .graphql_timeout_ms = 10000,
  };
  g_autoptr (GError) error = NULL;
  PdgApi *api = pdg_api_new (&options, &error);
  g_autoptr (PdgLocalClient) client = pdg_local_client_new ();
  g_auto (Answer) answer = { 0 }, blob = { 0 };

  g_assert_no_error (error);
  pdg_local_client_set_api (client, api);
  pdg_client_execute_async (PDG_CLIENT (client), "{organisation{name}}", NULL, NULL, executed_cb, &answer);
  pdg_client_fetch_blob_async (PDG_CLIENT (client), "0000000000000000000000000000000000000000000000000000000000000000", 0, NULL, fetched_cb, &blob);
  pdg_local_client_set_api (client, NULL);
  pdg_db_pool_close (pool);
  pdg_api_free (api);
  pdg_db_pool_unref (pool);
  fixture_wait (answer.done && blob.done);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL); /* a lost database is a warning */
  fixture = api_fixture_new ();
  listener = pdg_db_listener_new (pdg_test_cluster_get_server_uri (), pdg_hub_get_channel (), NULL, notified_cb, listening_cb, NULL);
  fixture_wait (pdg_db_listener_is_connected (listener));
  g_test_add_func ("/client/local/execute", test_execute);
  g_test_add_func ("/client/local/asked-before-it-is-there", test_asked_before_it_is_there);
  g_test_add_func ("/client/local/cancelled", test_cancelled);
  g_test_add_func ("/client/local/blob", test_blob);
  g_test_add_func ("/client/local/subscription", test_subscription);
  g_test_add_func ("/client/local/unsubscribe-inside", test_unsubscribe_inside);
  g_test_add_func ("/client/local/unsubscribe-at-once", test_unsubscribe_at_once);
  g_test_add_func ("/client/local/refused-documents", test_refused_documents);
  g_test_add_func ("/client/local/demo-progress", test_demo_progress);
  g_test_add_func ("/client/local/database-restart", test_database_restart);
  g_test_add_func ("/client/local/set-api-null", test_set_api_null);
  g_test_add_func ("/client/local/state", test_state);
  g_test_add_func ("/client/local/freed-early", test_freed_early);
  g_test_add_func ("/client/local/answer-after-the-end", test_answer_after_the_end);
  status = g_test_run ();
  pdg_db_listener_free (listener);
  api_fixture_free (fixture);
  return status;
}
