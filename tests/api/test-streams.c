#include "config.h"

#include "api/stream-client.h"

#include <string.h>
#include <unistd.h>

/* What guards the ways that stay open: how long, how many, and that who leaves ends what runs for him. */

static ApiFixture *fixture;

static const char *const way_names[] = { "web-socket", "events", "parts", "shared-events" };

#define SLOW "{project(id:\"proj_demo\"){newestEventAt}}"
#define CHANGED "subscription{projectChanged(projectId:\"proj_demo\"){sequence}}"

/* --- cancelling --------------------------------------------------------------------------------------------------- */

/* Well before the statement's own deadline, and while the lock is held. */
static void
test_cancel (void)
{
  static const struct
  {
    Way way;
    gboolean politely;
    const char *table;
    const char *document;
  } rows[] = {
    { SOCKET, FALSE, "session", SLOW }, { SOCKET, TRUE, "session", SLOW }, { EVENTS, FALSE, "session", SLOW }, { PARTS, FALSE, "session", SLOW },
    { SHARED, FALSE, "session", SLOW }, { SHARED, TRUE, "session", SLOW }, { SOCKET, FALSE, "project", CHANGED }, { SOCKET, TRUE, "project", CHANGED },
    { EVENTS, FALSE, "project", CHANGED }, { SHARED, TRUE, "project", CHANGED },
  };
  PdgApiOptions options = api_fixture_get_options (fixture);
  Service service;

  options.graphql_timeout_ms = 120000;
  service_start (&service, &options);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (TableLock) lock = table_lock_new (rows[i].table);
      Client client = ask (rows[i].way, service.port, fixture->viewer_a, rows[i].document);

      g_test_message ("%s %d %s", way_names[rows[i].way], rows[i].politely, rows[i].document);
      fixture_wait (count_waiting_readers () == 1);
      if (rows[i].politely)
        end_politely (&client);
      else
        close (client.fd);
      fixture_wait (count_waiting_readers () == 0);
      if (rows[i].politely)
        close (client.fd);
      g_free (client.stream);
    }
  service_stop (&service);
}

/* --- time --------------------------------------------------------------------------------------------------------- */

static void
test_deadline (void)
{
  static const struct
  {
    const char *table, *document;
  } rows[] = { { "session", SLOW }, { "project", CHANGED } };
  PdgApiOptions options = api_fixture_get_options (fixture);
  Service service;
  guint n = 0;

  options.graphql_timeout_ms = 150;
  service_start (&service, &options);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (Way way = 0; way < N_WAYS; way++)
      {
        g_autoptr (TableLock) lock = table_lock_new (rows[i].table);
        Client client = ask (way, service.port, fixture->viewer_a, rows[i].document);

        assert_refused (&client, "TIMEOUT");
        drop (&client);
        g_assert_cmpuint (count_refusals (&service, "time"), ==, ++n);
      }
  service_stop (&service);
}

/* A run that takes too long tells so, and the subscription goes on. Every reader is kept busy meanwhile. */
static void
test_deadline_of_run (void)
{
  PdgApiOptions options = api_fixture_get_options (fixture);
  gint32 topic = (gint32) fixture_owner_int ("SELECT project_id FROM project WHERE id = 'proj_demo'");
  Service service;
  int busy[3];

  options.graphql_timeout_ms = 300;
  service_start (&service, &options);
  for (Way way = 0; way < N_WAYS; way++)
    {
      TableLock *lock = table_lock_new ("session");
      Client client = ask (way, service.port, fixture->viewer_a, CHANGED);
      g_autofree char *first = read_until (&client, "\"sequence\":1}"), *late = NULL, *next = NULL;
      g_autofree char *slow = make_body (SLOW, "");

      for (gsize i = 0; i < G_N_ELEMENTS (busy); i++)
        busy[i] = begin_request (pdg_http_server_get_port (fixture->server), "POST", "/graphql", NULL, "", slow);
      fixture_wait (count_waiting_readers () == G_N_ELEMENTS (busy));
      pdg_hub_publish (fixture->hub, topic);
      late = read_until (&client, "TIMEOUT");
      g_assert_nonnull (strstr (late, way == SOCKET ? "\"type\":\"next\"" : "errors"));
      table_lock_free (lock);
      for (gsize i = 0; i < G_N_ELEMENTS (busy); i++)
        close (busy[i]);
      pdg_hub_publish (fixture->hub, topic);
      next = read_until (&client, "\"sequence\":");
      drop (&client);
    }
  g_assert_cmpuint (count_refusals (&service, "time"), ==, N_WAYS);
  service_stop (&service);
}

/* --- how many at once --------------------------------------------------------------------------------------------- */

static void
test_requests (void)
{
  static const char *const guards[] = { "key-requests", "requests" };
  g_autofree char *slow = make_body (SLOW, "");

  for (gsize g = 0; g < G_N_ELEMENTS (guards); g++)
    {
      PdgApiOptions options = api_fixture_get_options (fixture);
      TableLock *lock = table_lock_new ("session");
      Service service;
      Client waiting, holder;

      *(g == 0 ? &options.graphql_key_requests : &options.graphql_requests) = 1;
      service_start (&service, &options);
      holder = ask (SOCKET, service.port, fixture->viewer_a, SLOW);
      fixture_wait (count_waiting_readers () == 1);
      for (Way way = 0; way < N_WAYS; way++)
        {
          Client client = ask (way, service.port, fixture->viewer_a, "{version}");

          assert_refused (&client, "TOO_MANY_REQUESTS");
          drop (&client);
        }
      {
        g_autoptr (RawAnswer) answer = request (service.port, "POST", "/graphql", fixture->viewer_a, "", slow);
        g_autoptr (RawAnswer) other = request (service.port, "POST", "/graphql", fixture->viewer_b, "", "{\"query\":\"{version}\"}");

        g_assert_cmpuint (answer->status, ==, 429);
        g_assert_cmpuint (other->status, ==, g == 0 ? 200 : 429);
      }
      g_assert_cmpuint (count_refusals (&service, guards[g]), ==, N_WAYS + 1 + g);
      /* the run of a subscription waits for its place */
      waiting = ask (SOCKET, service.port, fixture->viewer_a, CHANGED);
      say (waiting.fd, "{\"type\":\"ping\"}");
      {
        g_autofree char *pong = hear (waiting.fd), *first = NULL;

        g_assert_cmpstr (pong, ==, "{\"type\":\"pong\"}");
        table_lock_free (lock);
        first = hear (waiting.fd);
        g_assert_nonnull (strstr (first, "\"sequence\":1}"));
      }
      drop (&waiting);
      drop (&holder);
      service_stop (&service);
    }
}

/* Who waits for its place, and leaves, takes none. */
static void
test_leave_while_waiting (void)
{
  PdgApiOptions options = api_fixture_get_options (fixture);
  TableLock *lock = table_lock_new ("session");
  Service service;
  Client holder;

  options.graphql_key_requests = 1;
  service_start (&service, &options);
  holder = ask (SOCKET, service.port, fixture->viewer_a, SLOW);
  fixture_wait (count_waiting_readers () == 1);
  for (Way way = 0; way < N_WAYS; way++)
    {
      Client client = ask (way, service.port, fixture->viewer_a, CHANGED);

      drop (&client);
    }
  table_lock_free (lock);
  {
    g_autofree char *text = read_until (&holder, "complete");
    Client client = ask (SOCKET, service.port, fixture->viewer_a, CHANGED);
    g_autofree char *first = read_until (&client, "\"sequence\":1}");

    drop (&client);
  }
  drop (&holder);
  service_stop (&service);
}

static void
test_streams (void)
{
  static const char *const guards[] = { "key-streams", "streams" };

  for (gsize g = 0; g < G_N_ELEMENTS (guards); g++)
    {
      PdgApiOptions options = api_fixture_get_options (fixture);
      Service service;

      *(g == 0 ? &options.graphql_key_streams : &options.graphql_streams) = 1;
      service_start (&service, &options);
      for (Way way = 0; way < N_WAYS; way++)
        {
          Client client = ask (way, service.port, fixture->viewer_a, CHANGED);
          g_autofree char *first = read_until (&client, "\"sequence\":1}"), *second = NULL, *other = NULL;
          int fd = open_socket (service.port), other_fd = open_socket (service.port);
          g_autoptr (RawAnswer) events = request (service.port, "POST", "/graphql", fixture->viewer_a, "Accept: text/event-stream\r\n",
                                                  "{\"query\":\"{version}\"}");
          g_autoptr (RawAnswer) reserved = request (service.port, "PUT", "/graphql/stream", fixture->viewer_a, "", "");

          second = introduce (fd, fixture->viewer_a);
          g_assert_true (g_str_has_prefix (second, "1013 too many connections"));
          g_assert_cmpuint (events->status, ==, 429);
          g_assert_nonnull (strstr (events->head, "Retry-After: 1"));
          g_assert_nonnull (strstr (events->body, "TOO_MANY_REQUESTS"));
          g_assert_cmpuint (reserved->status, ==, 429);
          g_assert_cmpuint (count_refusals (&service, guards[g]), ==, 3 * (way + 1) + g * way);
          other = introduce (other_fd, fixture->viewer_b);
          g_assert_true (g_str_has_prefix (other, g == 0 ? "{\"type\":\"connection_ack\"}" : "1013 "));
          close (other_fd);
          close (fd);
          drop (&client);
          fixture_wait (read_metric (&service, "productgraph_graphql_streams") == 0); /* its place is free again */
        }
      service_stop (&service);
    }
}

static void
test_operations (void)
{
  PdgApiOptions options = api_fixture_get_options (fixture);
  g_autofree char *body = make_body (CHANGED, ""), *refused = NULL, *stream = NULL, *first = NULL;
  Service service;
  Client client;
  int fd;

  options.graphql_stream_operations = 1;
  service_start (&service, &options);
  client = ask (SOCKET, service.port, fixture->viewer_a, CHANGED);
  first = hear (client.fd);
  say (client.fd, "{\"id\":\"b\",\"type\":\"subscribe\",\"payload\":{\"query\":\"{version}\"}}");
  refused = hear (client.fd);
  g_assert_true (g_str_has_prefix (refused, "{\"id\":\"b\",\"type\":\"error\",\"payload\":[{"));
  g_assert_nonnull (strstr (refused, "TOO_MANY_REQUESTS"));
  drop (&client);
  fd = open_shared (service.port, fixture->viewer_a, &stream);
  g_assert_cmpuint (start_shared (service.port, fixture->viewer_a, stream, "a", body), ==, 202);
  g_assert_cmpuint (start_shared (service.port, fixture->viewer_a, stream, "b", body), ==, 429);
  g_assert_cmpuint (count_refusals (&service, "stream-operations"), ==, 2);
  close (fd);
  service_stop (&service);
}

/* --- time to begin ------------------------------------------------------------------------------------------------ */

static void
test_init_and_reservation (void)
{
  PdgApiOptions options = api_fixture_get_options (fixture);
  Service service;
  g_autofree char *closed = NULL, *path = NULL;
  int fd;

  options.graphql_init_ms = 50;
  options.graphql_reservation_ms = 50;
  options.graphql_key_streams = 1;
  service_start (&service, &options);
  fd = open_socket (service.port);
  closed = hear (fd);
  g_assert_true (g_str_has_prefix (closed, "4408 "));
  close (fd);
  g_assert_cmpuint (count_refusals (&service, "init"), ==, 1);
  {
    g_autoptr (RawAnswer) reserved = request (service.port, "PUT", "/graphql/stream", fixture->viewer_a, "", "");

    g_assert_cmpuint (reserved->status, ==, 201);
    path = g_strconcat ("/graphql/stream?token=", reserved->body, NULL);
  }
  fixture_wait (count_refusals (&service, "reservation") == 1);
  {
    g_autoptr (RawAnswer) late = request (service.port, "GET", path, fixture->viewer_a, "Accept: text/event-stream\r\n", "");
    g_autofree char *stream = NULL;

    g_assert_cmpuint (late->status, ==, 404);
    fd = open_shared (service.port, fixture->viewer_a, &stream); /* its place is free again */
    close (fd);
  }
  service_stop (&service);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  fixture = api_fixture_new ();
  g_test_add_func ("/api/streams/cancel", test_cancel);
  g_test_add_func ("/api/streams/deadline", test_deadline);
  g_test_add_func ("/api/streams/deadline-of-run", test_deadline_of_run);
  g_test_add_func ("/api/streams/requests", test_requests);
  g_test_add_func ("/api/streams/leave-while-waiting", test_leave_while_waiting);
  g_test_add_func ("/api/streams/streams", test_streams);
  g_test_add_func ("/api/streams/operations", test_operations);
  g_test_add_func ("/api/streams/init-and-reservation", test_init_and_reservation);
  status = g_test_run ();
  api_fixture_free (fixture);
  return status;
}
