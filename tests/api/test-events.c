#include "config.h"

#include "api/api-fixture.h"

#include <string.h>
#include <unistd.h>

/* POST /v1/events as docs/wire.md says it. */

static ApiFixture *fixture;

#define TIME "2024-01-15T10:30:00Z"
#define ONE(id, project)                                                                                                        \
  "{\"event_id\":\"" id "\",\"project_id\":\"" project "\",\"session.id\":\"s\",\"event.type\":\"page.view\",\"event.timestamp\":\"" TIME "\"}"
#define EVENTS(list) "{\"events\":[" list "]}"
#define STORED "{\"accepted\":1,\"rejected\":0,\"errors\":[]}"

typedef struct
{
  const char *name;
  gboolean keyed; /* the server where every request needs a key */
  const char *method, *path, *headers, *body; /* {KEY_A} and so on in path and headers */
  guint status;
  const char *answer;   /* exactly; NULL = any */
  const char *contains; /* of the answer or its headers; nullable */
} Case;

static const Case cases[] = {
  /* what the README tells a person to send first */
  { "first-request", FALSE, "POST", "/v1/events", JSON_TYPE,
    "{\n\"events\": [{\n\"event_id\": \"evt_001\",\n\"project_id\": \"proj_demo\",\n\"session.id\": \"sess_001\",\n\"event.type\": \"page.view\",\n"
    "\"event.timestamp\": \"2024-01-15T10:30:00Z\",\n\"page.path\": \"/checkout\",\n\"page.title\": \"Checkout\"\n}]\n}",
    202, STORED, "Content-Type: application/json" },
  { "first-request-again", FALSE, "POST", "/v1/events", JSON_TYPE,
    "{\n\"events\": [{\n\"event_id\": \"evt_001\",\n\"project_id\": \"proj_demo\",\n\"session.id\": \"sess_001\",\n\"event.type\": \"page.view\",\n"
    "\"event.timestamp\": \"2024-01-15T10:30:00Z\",\n\"page.path\": \"/checkout\",\n\"page.title\": \"Checkout\"\n}]\n}",
    202, "{\"accepted\":1,\"rejected\":0,\"duplicates\":1,\"errors\":[]}", NULL },
  { "empty", FALSE, "POST", "/v1/events", JSON_TYPE, EVENTS (""), 202, "{\"accepted\":0,\"rejected\":0,\"errors\":[]}", NULL },
  { "product-id", FALSE, "POST", "/v1/events", JSON_TYPE,
    "{\"events\":[{\"event_id\":\"p1\",\"product_id\":\"proj_demo\",\"session.id\":\"s\",\"event.type\":\"custom\",\"event.timestamp\":\"" TIME "\"}]}",
    202, STORED, NULL },
  { "partial", FALSE, "POST", "/v1/events", JSON_TYPE,
    EVENTS (ONE ("q1", "proj_demo") ",{\"project_id\":\"proj_demo\"}," ONE ("q2", "nowhere") ",7," ONE ("q3", "proj_b")), 202,
    "{\"accepted\":1,\"rejected\":4,\"errors\":[{\"index\":1,\"error\":\"event_id: required\"},"
    "{\"index\":2,\"error\":\"project_id: there is no project \\\"nowhere\\\"; make it in the app or with productgraphd project create\"},"
    "{\"index\":3,\"error\":\"event: must be an object\"},"
    "{\"index\":4,\"error\":\"project_id: there is no project \\\"proj_b\\\"; make it in the app or with productgraphd project create\"}]}", NULL },
  { "bad-time", FALSE, "POST", "/v1/events", JSON_TYPE,
    "{\"events\":[{\"event_id\":\"t1\",\"project_id\":\"proj_demo\",\"session.id\":\"s\",\"event.type\":\"custom\",\"event.timestamp\":\"yesterday\"}]}", 202,
    "{\"accepted\":0,\"rejected\":1,\"errors\":[{\"index\":0,\"error\":\"event.timestamp: not an RFC 3339 time\"}]}", NULL },
  { "sent-at", FALSE, "POST", "/v1/events", JSON_TYPE, "{\"sent_at\":\"" TIME "\",\"events\":[" ONE ("sa1", "proj_demo") "]}", 202, STORED, NULL },
  { "charset", FALSE, "POST", "/v1/events", "Content-Type: application/json; charset=utf-8\r\n", EVENTS (ONE ("c1", "proj_demo")), 202, STORED, NULL },
  { "text-plain", FALSE, "POST", "/v1/events", "Content-Type: text/plain;charset=UTF-8\r\nOrigin: https://shop.example\r\n",
    EVENTS (ONE ("tp1", "proj_demo")), 202, STORED, "Access-Control-Allow-Origin: https://shop.example" },
  { "beacon", TRUE, "POST", "/v1/events?key={KEY_A}", "Content-Type: text/plain;charset=UTF-8\r\nOrigin: https://shop.example\r\n",
    EVENTS (ONE ("b1", "proj_demo")), 202, STORED, "Access-Control-Allow-Origin: https://shop.example" },
  { "key", TRUE, "POST", "/v1/events", JSON_TYPE "X-PG-API-Key: {KEY_A}\r\n", EVENTS (ONE ("k1", "proj_demo")), 202, STORED, NULL },
  { "bearer", TRUE, "POST", "/v1/events", JSON_TYPE "Authorization: bearer {KEY_A}\r\n", EVENTS (ONE ("k2", "proj_demo")), 202, STORED, NULL },
  { "key-where-none-is-needed", FALSE, "POST", "/v1/events", JSON_TYPE "X-PG-API-Key: {KEY_B}\r\n", EVENTS (ONE ("k3", "proj_b")), 202, STORED, NULL },
  { "key-of-another-organisation", TRUE, "POST", "/v1/events", JSON_TYPE "X-PG-API-Key: {KEY_B}\r\n", EVENTS (ONE ("k4", "proj_demo")), 202,
    "{\"accepted\":0,\"rejected\":1,\"errors\":[{\"index\":0,\"error\":\"project_id: there is no project \\\"proj_demo\\\"; make it in the app or with "
    "productgraphd project create\"}]}", NULL },
  { "no-key", TRUE, "POST", "/v1/events", JSON_TYPE, EVENTS (ONE ("n1", "proj_demo")), 401, NULL, "WWW-Authenticate: Bearer" },
  { "bad-key", TRUE, "POST", "/v1/events", JSON_TYPE "X-PG-API-Key: pgk_wrong\r\n", EVENTS (ONE ("n2", "proj_demo")), 401, NULL, "key" },
  { "bad-key-again", TRUE, "POST", "/v1/events", JSON_TYPE "X-PG-API-Key: pgk_wrong\r\n", EVENTS (ONE ("n2", "proj_demo")), 401, NULL, "key" },
  { "bad-key-where-none-is-needed", FALSE, "POST", "/v1/events", JSON_TYPE "X-PG-API-Key: pgk_bad\r\n", EVENTS (ONE ("n3", "proj_demo")), 401, NULL, NULL },
  { "through-a-proxy", FALSE, "POST", "/v1/events", JSON_TYPE "X-Forwarded-For: 9.9.9.9\r\n", EVENTS (ONE ("n4", "proj_demo")), 401, NULL, NULL },
  { "token", TRUE, "POST", "/v1/events", JSON_TYPE "Authorization: Bearer {VIEWER_A}\r\n", EVENTS (ONE ("n5", "proj_demo")), 403, NULL, "token for reading" },
  { "not-json", FALSE, "POST", "/v1/events", JSON_TYPE, "{\"events\":[", 400, NULL, "\"error\"" },
  { "no-body", FALSE, "POST", "/v1/events", JSON_TYPE, "", 400, NULL, "\"error\"" },
  { "array", FALSE, "POST", "/v1/events", JSON_TYPE, "[]", 400, NULL, "events" },
  { "events-no-array", FALSE, "POST", "/v1/events", JSON_TYPE, "{\"events\":{}}", 400, NULL, "events" },
  { "get", FALSE, "GET", "/v1/events", NULL, NULL, 405, NULL, "Allow: POST, OPTIONS" },
  { "put", FALSE, "PUT", "/v1/events", JSON_TYPE, "{}", 405, NULL, "Allow: POST, OPTIONS" },
  { "no-type", FALSE, "POST", "/v1/events", "", EVENTS (""), 415, NULL, "application/json" },
  { "form", FALSE, "POST", "/v1/events", "Content-Type: application/x-www-form-urlencoded\r\n", "a=b", 415, NULL, NULL },
  { "gzip-damaged", FALSE, "POST", "/v1/events", JSON_TYPE "Content-Encoding: gzip\r\n", "\x1f\x8b\x08x", 400, NULL, "damaged" },
  { "gzip-undone-on-the-way", FALSE, "POST", "/v1/events", JSON_TYPE "Content-Encoding: gzip\r\n", EVENTS (""), 202, NULL, NULL },
  { "coding", FALSE, "POST", "/v1/events", JSON_TYPE "Content-Encoding: br\r\n", "x", 415, NULL, "Content-Encoding" },
  { "preflight", TRUE, "OPTIONS", "/v1/events", "Origin: https://shop.example\r\nAccess-Control-Request-Method: POST\r\n"
                                                "Access-Control-Request-Headers: content-type,x-pg-api-key\r\n", NULL, 204, "",
    "Access-Control-Allow-Headers: Content-Type, Authorization, X-PG-API-Key" },
  { "preflight-origin", FALSE, "OPTIONS", "/v1/events", "Origin: null\r\nAccess-Control-Request-Method: POST\r\n", NULL, 204, "", "Access-Control-Allow-Origin: null" },
  { "refusal-has-cors", TRUE, "POST", "/v1/events", JSON_TYPE "Origin: https://shop.example\r\n", EVENTS (""), 401, NULL,
    "Access-Control-Allow-Origin: https://shop.example" },
  { "vary", FALSE, "POST", "/v1/events", JSON_TYPE "Origin: https://shop.example\r\n", EVENTS (""), 202, NULL, "Vary: Origin" },
  { "not-found", FALSE, "POST", "/v1/event", JSON_TYPE, EVENTS (""), 404, NULL, "\"error\"" },
};

static char *
expand (const char *text)
{
  g_autoptr (GString) out = g_string_new (text);

  g_string_replace (out, "{KEY_A}", fixture->key_a, 0);
  g_string_replace (out, "{KEY_B}", fixture->key_b, 0);
  g_string_replace (out, "{VIEWER_A}", fixture->viewer_a, 0);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  g_autofree char *path = expand (test->path);
  g_autofree char *headers = test->headers != NULL ? expand (test->headers) : NULL;
  g_autoptr (RawAnswer) answer = api_send (fixture, pdg_http_server_get_port (test->keyed ? fixture->keyed_server : fixture->server), test->method, path,
                                           headers, test->body);

  g_test_message ("%s%s", answer->head, answer->body);
  g_assert_cmpuint (answer->status, ==, test->status);
  if (test->answer != NULL)
    g_assert_cmpstr (answer->body, ==, test->answer);
  if (test->contains != NULL)
    g_assert_true (strstr (answer->head, test->contains) != NULL || strstr (answer->body, test->contains) != NULL);
  if (test->status >= 400)
    {
      g_autoptr (JsonNode) node = json_from_string (answer->body, NULL);

      g_assert_nonnull (json_at (node, "error"));
    }
}

static char *
make_events (guint n, const char *mark)
{
  GString *body = body_new ();

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("%s%u", mark, i);

      g_string_append_printf (body, "%s{\"event_id\":\"%s\"}", i > 0 ? "," : "", id);
    }
  return body_finish (body);
}

static void
test_at_most_a_thousand (void)
{
  g_autofree char *most = make_events (1000, "m"), *too_many = make_events (1001, "n");
  g_autoptr (RawAnswer) fits = api_send (fixture, 0, "POST", "/v1/events", JSON_TYPE, most);
  g_autoptr (RawAnswer) refused = api_send (fixture, 0, "POST", "/v1/events", JSON_TYPE, too_many);

  g_assert_cmpuint (fits->status, ==, 202);
  g_assert_true (g_str_has_prefix (fits->body, "{\"accepted\":0,\"rejected\":1000,\"errors\":[{\"index\":0,"));
  g_assert_cmpuint (refused->status, ==, 400);
  g_assert_nonnull (strstr (refused->body, "at most 1,000 in one request"));
}

static void
test_too_large (void)
{
  g_autofree char *body = g_strnfill (65 * 1024, ' ');
  g_autoptr (RawAnswer) declared = api_send (fixture, 0, "POST", "/v1/events", JSON_TYPE, body);
  g_autoptr (RawAnswer) chunked = NULL;
  g_autofree char *chunk = g_strnfill (8 * 1024, ' ');
  int fd = raw_connect (pdg_http_server_get_port (fixture->server));

  g_assert_cmpuint (declared->status, ==, 413);
  raw_send (fd, "POST /v1/events HTTP/1.1\r\nHost: localhost\r\n" JSON_TYPE "Transfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 9; i++)
    {
      g_autofree char *piece = g_strdup_printf ("2000\r\n%s\r\n", chunk);

      if (!raw_try_send (fd, piece, strlen (piece)))
        break;
    }
  chunked = raw_read (fd, FALSE);
  close (fd);
  g_assert_cmpuint (chunked->status, ==, 413);
}

/* Chunked, and small enough. */
static void
test_chunked (void)
{
  static const char body[] = EVENTS (ONE ("chunk1", "proj_demo"));
  g_autoptr (RawAnswer) answer = NULL;
  g_autofree char *text = g_strdup_printf ("POST /v1/events HTTP/1.1\r\nHost: localhost\r\n" JSON_TYPE "Transfer-Encoding: chunked\r\n\r\n"
                                           "5\r\n%.5s\r\n%zx\r\n%s\r\n0\r\n\r\n", body, strlen (body) - 5, body + 5);

  answer = raw_exchange (pdg_http_server_get_port (fixture->server), text);
  g_assert_cmpuint (answer->status, ==, 202);
  g_assert_cmpstr (answer->body, ==, STORED);
}

/* A key that is revoked ends within seconds; two are valid at once. */
static void
test_rotation (void)
{
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *second = fixture_make_key (owner, fixture->a->admin, "proj_demo", "second");
  g_autofree char *prefix = g_strndup (second, 10), *headers = g_strdup_printf (JSON_TYPE "X-PG-API-Key: %s\r\n", second);
  g_autofree char *old = g_strdup_printf (JSON_TYPE "X-PG-API-Key: %s\r\n", fixture->key_a);
  guint16 port = pdg_http_server_get_port (fixture->keyed_server);
  gint64 deadline;
  guint status;

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (RawAnswer) answer = api_send (fixture, port, "POST", "/v1/events", i == 0 ? headers : old, EVENTS (""));

      g_assert_cmpuint (answer->status, ==, 202);
    }
  g_assert_true (pdg_commands_revoke_api_keys_by_prefix (owner, fixture->a->admin, "proj_demo", prefix, &error));
  g_assert_no_error (error);
  deadline = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  do
    {
      g_autoptr (RawAnswer) answer = api_send (fixture, port, "POST", "/v1/events", headers, EVENTS (""));

      status = answer->status;
      g_usleep (20 * 1000);
    }
  while (status == 202 && g_get_monotonic_time () < deadline);
  g_assert_cmpuint (status, ==, 401);
}

/* Only hashes are stored. */
static void
test_secrets_are_not_stored (void)
{
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM api_key k WHERE k::text LIKE '%%%s%%'", fixture->key_a), ==, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM api_key WHERE hash = sha256('%s')", fixture->key_a), ==, 1);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM access_token t WHERE t::text LIKE '%%%s%%'", fixture->viewer_a), ==, 0);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  fixture = api_fixture_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/api/events/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/api/events/at-most-a-thousand", test_at_most_a_thousand);
  g_test_add_func ("/api/events/too-large", test_too_large);
  g_test_add_func ("/api/events/chunked", test_chunked);
  g_test_add_func ("/api/events/rotation", test_rotation);
  g_test_add_func ("/api/events/secrets-are-not-stored", test_secrets_are_not_stored);
  status = g_test_run ();
  api_fixture_free (fixture);
  return status;
}
