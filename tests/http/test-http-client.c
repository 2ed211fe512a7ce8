#include "config.h"

#include <string.h>

#include "http-fixture.h"
#include "http/pdg-http-client.h"

static char *
make_url (HttpFixture *fixture, const char *path)
{
  return g_strdup_printf ("http://127.0.0.1:%u%s", fixture->port, path);
}

static void
test_sync (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  g_autoptr (PdgHttpClient) client = pdg_http_client_new (0);
  g_autofree char *echo = make_url (fixture, "/echo");
  g_autofree char *nowhere = make_url (fixture, "/nope");
  const char *const headers[] = { "Content-Type", "text/plain", "Origin", "http://o", NULL };
  g_autoptr (GBytes) body = g_bytes_new_static ("abc", 3);
  g_autoptr (GError) error = NULL;

  pdg_http_client_set_idempotent (client, TRUE);
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (PdgHttpAnswer) answer = pdg_http_client_request (client, "POST", echo, headers, body, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (pdg_http_answer_get_status (answer), ==, 200);
      g_assert_true (g_bytes_equal (pdg_http_answer_get_body (answer), body));
      g_assert_cmpstr (pdg_http_answer_get_header (answer, "access-control-allow-origin"), ==, "http://o");
      g_assert_null (pdg_http_answer_get_header (answer, "X-Nothing"));
    }
  g_autoptr (PdgHttpAnswer) missing = pdg_http_client_request (client, "GET", nowhere, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pdg_http_answer_get_status (missing), ==, 404);
  g_autoptr (PdgHttpMetrics) metrics = http_fixture_metrics (fixture);
  g_assert_cmpuint (metrics->connections_accepted, ==, 1);
}

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_result (GAsyncResult **result)
{
  gint64 until = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (*result == NULL)
    {
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpint (g_get_monotonic_time (), <, until);
    }
  return *result;
}

static void
test_async (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  g_autoptr (PdgHttpClient) client = pdg_http_client_new (0);
  g_autofree char *hold = make_url (fixture, "/hold");
  g_autofree char *hello = make_url (fixture, "/hello");
  g_autoptr (GAsyncResult) slow = NULL;
  g_autoptr (GAsyncResult) quick = NULL;
  g_autoptr (GError) error = NULL;

  pdg_http_client_request_async (client, "GET", hold, NULL, NULL, NULL, keep_result_cb, &slow);
  pdg_http_client_request_async (client, "GET", hello, NULL, NULL, NULL, keep_result_cb, &quick);
  g_autoptr (PdgHttpAnswer) first = pdg_http_client_request_finish (client, wait_result (&quick), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (pdg_http_answer_get_body (first)), ==, 5);
  g_assert_null (slow);
  g_autoptr (PdgHttpRequest) held = http_fixture_next_held (fixture);
  pdg_http_request_respond (held, 204, NULL, NULL);
  g_autoptr (PdgHttpAnswer) second = pdg_http_client_request_finish (client, wait_result (&slow), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pdg_http_answer_get_status (second), ==, 204);
  g_assert_cmpuint (g_bytes_get_size (pdg_http_answer_get_body (second)), ==, 0);
}

static void
test_timeout (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  g_autoptr (PdgHttpClient) client = pdg_http_client_new (50);
  g_autofree char *hold = make_url (fixture, "/hold");
  g_autoptr (GError) error = NULL;

  g_assert_null (pdg_http_client_request (client, "GET", hold, NULL, NULL, NULL, &error));
  g_assert_error (error, PDG_HTTP_ERROR, PDG_HTTP_ERROR_CLIENT);
  g_assert_nonnull (strstr (error->message, "no answer in time"));
  pdg_http_request_unref (http_fixture_next_held (fixture));
}

static void
test_cancel (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  g_autoptr (PdgHttpClient) client = pdg_http_client_new (0);
  g_autofree char *hold = make_url (fixture, "/hold");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 until = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  pdg_http_client_request_async (client, "GET", hold, NULL, NULL, cancellable, keep_result_cb, &result);
  while (g_async_queue_length (fixture->held) == 0)
    {
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpint (g_get_monotonic_time (), <, until);
    }
  g_autoptr (PdgHttpRequest) held = http_fixture_next_held (fixture);
  g_cancellable_cancel (cancellable);
  g_assert_null (pdg_http_client_request_finish (client, wait_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  http_fixture_wait_for (fixture, clients_gone, ==, 1);
  pdg_http_request_respond (held, 204, NULL, NULL);

  /* Cancelled before it begins. */
  g_assert_null (pdg_http_client_request (client, "GET", hold, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_refused (void)
{
  g_autoptr (PdgHttpClient) client = pdg_http_client_new (0);
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  {
    g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);

    url = make_url (fixture, "/hello");
  }
  g_assert_null (pdg_http_client_request (client, "GET", url, NULL, NULL, NULL, &error));
  g_assert_error (error, PDG_HTTP_ERROR, PDG_HTTP_ERROR_CLIENT);
  g_assert_nonnull (strstr (error->message, "no answer from 127.0.0.1"));
  g_clear_error (&error);
  g_assert_null (pdg_http_client_request (client, "GET", "not a url", NULL, NULL, NULL, &error));
  g_assert_error (error, PDG_HTTP_ERROR, PDG_HTTP_ERROR_CLIENT);
}

static void
test_too_long (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  g_autoptr (PdgHttpClient) client = pdg_http_client_new (0);
  g_autofree char *big = make_url (fixture, "/big");
  g_autoptr (GError) error = NULL;

  g_autoptr (PdgHttpAnswer) answer = pdg_http_client_request (client, "GET", big, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (pdg_http_answer_get_body (answer)), ==, 8 << 20);
  pdg_http_client_set_max_body_bytes (client, 1 << 20);
  g_assert_null (pdg_http_client_request (client, "GET", big, NULL, NULL, NULL, &error));
  g_assert_error (error, PDG_HTTP_ERROR, PDG_HTTP_ERROR_CLIENT);
  g_assert_nonnull (strstr (error->message, "longer than 1048576 bytes"));
}

/* The first request of a process lets GLib open descriptors that stay; the fixture counts them. */
static void
warm_up (void)
{
  g_autoptr (PdgHttpClient) client = pdg_http_client_new (0);
  g_autoptr (PdgHttpServer) server = pdg_http_server_new (NULL);
  g_autoptr (PdgHttpAnswer) answer = NULL;
  g_autofree char *url = NULL;

  g_assert_true (pdg_http_server_start (server, "127.0.0.1", 0, 1, NULL));
  url = g_strdup_printf ("http://127.0.0.1:%u/", pdg_http_server_get_port (server));
  answer = pdg_http_client_request (client, "GET", url, NULL, NULL, NULL, NULL);
  g_assert_nonnull (answer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  warm_up ();
  g_test_add_func ("/http/client/sync", test_sync);
  g_test_add_func ("/http/client/async", test_async);
  g_test_add_func ("/http/client/timeout", test_timeout);
  g_test_add_func ("/http/client/cancel", test_cancel);
  g_test_add_func ("/http/client/refused", test_refused);
  g_test_add_func ("/http/client/too-long", test_too_long);
  return g_test_run ();
}
