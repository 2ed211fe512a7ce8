#include "config.h"

#include "api/api-fixture.h"
#include "codec/dialect-support.h"

#include <string.h>
#include <unistd.h>

/* Requests of the clients of other products, over the wire and into the database: what docs/clients.md says. */

static ApiFixture *fixture;

static guint64 n_stored;

static GBytes *
gzip (GBytes *bytes)
{
  g_autoptr (GConverter) compressor = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9));
  g_autoptr (GInputStream) source = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GInputStream) stream = g_converter_input_stream_new (source, compressor);
  g_autoptr (GOutputStream) sink = g_memory_output_stream_new_resizable ();

  g_assert_cmpint (g_output_stream_splice (sink, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL), >=, 0);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (sink));
}

/* As api_send (), with any bytes. */
static RawAnswer *
send_bytes (gboolean keyed, const char *method, const char *path, const char *headers, GBytes *body)
{
  g_autoptr (GByteArray) request = g_byte_array_new ();
  gsize size;
  gconstpointer data = g_bytes_get_data (body, &size);
  g_autofree char *head = g_strdup_printf ("%s %s HTTP/1.1\r\n%s%sContent-Length: %" G_GSIZE_FORMAT "\r\nConnection: close\r\n\r\n", method, path,
                                           strstr (headers, "host:") != NULL ? "" : "Host: localhost\r\n", headers, size);
  int fd = raw_connect (pdg_http_server_get_port (keyed ? fixture->keyed_server : fixture->server));
  RawAnswer *answer;

  g_byte_array_append (request, (const guint8 *) head, (guint) strlen (head));
  if (size > 0)
    g_byte_array_append (request, data, (guint) size);
  raw_try_send (fd, (const char *) request->data, request->len);
  answer = raw_read (fd, FALSE);
  close (fd);
  g_assert_nonnull (answer);
  return answer;
}

static guint
count_new_events (void)
{
  guint64 n = (guint64) fixture_owner_int ("SELECT count(*) FROM event"), before = n_stored;

  n_stored = n;
  return (guint) (n - before);
}

/* clang-format off */
static const struct
{
  const char *name;
  const char *answer; /* exactly; NULL = see below */
  guint n_events;
} captured[] = {
  { "amplitude-node-httpapi", NULL, 2 },
  { "mixpanel-node-engage", "1", 1 },
  { "mixpanel-node-groups", "1", 1 },
  { "mixpanel-node-track-get", "1", 1 },
  { "mixpanel-node-track-post", "1", 2 },
  { "otel-browser-01-v1_logs", "{}", 6 },
  { "otel-browser-02-v1_logs", "{}", 6 },
  { "otel-browser-03-v1_logs", "{}", 0 },
  { "otel-browser-04-v1_logs", "{}", 0 },
  { "otel-browser-05-v1_logs", "{}", 2 },
  { "otel-browser-06-v1_logs", "{}", 1 },
  { "otel-browser-07-v1_logs", "{}", 2 },
  { "otlp-logs-json", "{}", 4 },
  { "otlp-logs-json-gzip", "{}", 4 },
  { "otlp-logs-proto", "", 4 },
  { "otlp-logs-proto-gzip", "", 4 },
  { "otlp-traces-json", "{}", 3 },
  { "otlp-traces-json-gzip", "{}", 3 },
  { "otlp-traces-proto", "", 3 },
  { "otlp-traces-proto-gzip", "", 3 },
  { "posthog-js-autocapture-01-e", "{\"status\":\"Ok\"}", 1 },
  { "posthog-js-autocapture-02-e", "{\"status\":\"Ok\"}", 1 },
  { "posthog-js-autocapture-03-e", "{\"status\":\"Ok\"}", 2 },
  { "posthog-js-autocapture-04-s", "{\"status\":\"Ok\"}", 0 },
  { "posthog-js-autocapture-05-e", "{\"status\":\"Ok\"}", 1 },
  { "posthog-js-autocapture-06-s", "{\"status\":\"Ok\"}", 0 },
  { "posthog-js-autocapture-07-e", "{\"status\":\"Ok\"}", 1 },
  { "posthog-node-batch", "{\"status\":\"Ok\"}", 6 },
  { "posthog-node-flags", "{\"flags\":{},\"featureFlags\":{},\"featureFlagPayloads\":{},\"errorsWhileComputingFlags\":false}", 0 },
  { "rudder-node-batch", "{\"success\":true}", 1 },
  { "segment-node-batch", "{\"success\":true}", 6 },
};
/* clang-format on */

/* As the client sent it: its path and headers, and packed as it was. */
static RawAnswer *
replay (const Fixture *request)
{
  g_autoptr (GString) headers = g_string_new (NULL);
  g_autofree char *path = request->query != NULL ? g_strdup_printf ("%s?%s", request->path, request->query) : g_strdup (request->path);
  gboolean packed = g_hash_table_contains (request->headers, "content-encoding") || strstr (request->name, "posthog-js") != NULL;
  g_autoptr (GBytes) body = packed ? gzip (request->body) : g_bytes_ref (request->body);
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, request->headers);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (!g_str_equal (name, "content-length") && !g_str_equal (name, "transfer-encoding") && !g_str_equal (name, "connection"))
      g_string_append_printf (headers, "%s: %s\r\n", (char *) name, (char *) value);
  return send_bytes (FALSE, request->method, path, headers->str, body);
}

static void
test_captured (void)
{
  g_autoptr (GPtrArray) requests = fixture_load_all ();

  if (requests == NULL)
    {
      g_test_skip ("../shared/fixtures is not there");
      return;
    }
  g_assert_cmpuint (requests->len, ==, G_N_ELEMENTS (captured));
  count_new_events ();
  for (gsize i = 0; i < G_N_ELEMENTS (captured); i++)
    {
      const Fixture *request = g_ptr_array_index (requests, i);
      const char *type = g_hash_table_lookup (request->headers, "content-type");
      g_autoptr (RawAnswer) answer = NULL;

      g_assert_cmpstr (request->name, ==, captured[i].name);
      answer = replay (request);
      g_test_message ("%s: %s%s", request->name, answer->head, answer->body);
      g_assert_cmpuint (answer->status, ==, 200);
      if (captured[i].answer != NULL)
        g_assert_cmpstr (answer->body, ==, captured[i].answer);
      else
        g_assert_true (g_str_has_prefix (answer->body, "{\"code\":200,\"events_ingested\":2,\"payload_size_bytes\":506,\"server_upload_time\":"));
      if (g_str_has_prefix (request->name, "otlp"))
        {
          g_autofree char *header = g_strdup_printf ("Content-Type: %s\r\n", type);

          g_assert_nonnull (strstr (answer->head, header));
        }
      g_assert_cmpuint (count_new_events (), ==, captured[i].n_events);
    }
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event WHERE data::text LIKE '%%send.cjs%%'"), ==, 1);
}

#define GZIPPED_EVENT \
  "{\"events\":[{\"event_id\":\"gz\",\"project_id\":\"proj_demo\",\"session.id\":\"s\",\"event.type\":\"page.view\"," \
  "\"event.timestamp\":\"2026-11-22T07:00:00Z\"}]}"
#define FORM_TYPE "Content-Type: application/x-www-form-urlencoded\r\n"
#define PROTO_TYPE "Content-Type: application/x-protobuf\r\n"
#define LOG(attributes) "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"eventName\":\"e\",\"attributes\":[" attributes "]}]}]}]}"

/* clang-format off */
static const struct
{
  const char *name;
  gboolean keyed;
  const char *method, *path, *headers, *body; /* {KEY_A} and so on */
  guint status;
  const char *answer;   /* exactly; NULL = any */
  const char *contains; /* of the answer or its headers */
  guint n_events;
} cases[] = {
  /* where each has its key */
  { "bearer", TRUE, "POST", "/v1/logs", JSON_TYPE "Authorization: Bearer {KEY_A}\r\n", LOG (""), 200, "{}", NULL, 1 },
  { "basic", TRUE, "POST", "/v1/track", JSON_TYPE "Authorization: Basic {BASIC_A}\r\n", "{\"event\":\"e\",\"userId\":\"u\"}", 200, "{\"success"
    "\":true}", NULL, 1 },
  { "body-write-key", TRUE, "POST", "/v1/t", "Content-Type: text/plain\r\n", "{\"writeKey\":\"{KEY_A}\",\"event\":\"e\",\"userId\":\"u\"}", 200, "{"
    "\"success\":true}", NULL, 1 },
  { "body-api-key", TRUE, "POST", "/e/", JSON_TYPE, "{\"api_key\":\"{KEY_A}\",\"batch\":[{\"event\":\"e\",\"distinct_id\":\"u\"}]}", 200, "{\"status\":"
    "\"Ok\"}", NULL, 1 },
  { "property-token", TRUE, "POST", "/track?verbose=1", JSON_TYPE, "[{\"event\":\"e\",\"properties\":{\"token\":\"{KEY_A}\",\"distinct_id\":\"u\"}}]", 200,
    "{\"status\":1,\"error\":null}", NULL, 1 },
  { "query-token", TRUE, "POST", "/i/v0/e?token={KEY_A}", JSON_TYPE, "{\"event\":\"e\",\"distinct_id\":\"u\"}", 200, "{\"status\":\"Ok\"}", NULL, 1 },
  { "amplitude-key", TRUE, "POST", "/2/httpapi", JSON_TYPE, "{\"api_key\":\"{KEY_A}\",\"events\":[{\"event_type\":\"e\",\"user_id\":\"u"
    "\"}]}", 200, NULL, "\"code\":200", 1 },
  { "amplitude-batch", TRUE, "POST", "/batch", JSON_TYPE, "{\"api_key\":\"{KEY_A}\",\"events\":[{\"event_type\":\"e\",\"user_id\":\"u\"}]}", 200, NULL,
    "\"events_ingested\":1", 1 },
  { "posthog-v1", TRUE, "POST", "/i/v1/analytics/events", JSON_TYPE "Authorization: Bearer {KEY_A}\r\n",
    "{\"created_at\":\"2026-11-22T07:00:00Z\",\"batch\":[{\"uuid\":\"u-1\",\"event\":\"e\",\"distinct_id\":\"u\",\"session_id\":\"s\"},"
    "{\"uuid\":\"u-2\"}]}", 200,
    "{\"results\":{\"u-1\":{\"result\":\"ok\"},\"u-2\":{\"result\":\"drop\",\"details\":\"event.type: required\"}}}", NULL, 1 },
  { "mixpanel-import", FALSE, "POST", "/import", JSON_TYPE, "[{\"event\":\"e\",\"properties\":{\"distinct_id\":\"u\",\"$insert_id\":\"mi1\"}}]", 200,
    "{\"code\":200,\"num_records_imported\":1,\"status\":\"OK\"}", NULL, 1 },
  { "mixpanel-import-partly", FALSE, "POST", "/import?strict=1", JSON_TYPE,
    "[{\"event\":\"e\",\"properties\":{\"distinct_id\":\"u\",\"$insert_id\":\"mi2\"}},{\"properties\":{\"$insert_id\":\"mi3\"}},"
    "{\"event\":\"e\",\"properties\":{\"distinct_id\":\"u\",\"time\":\"never\"}}]", 400,
    "{\"code\":400,\"error\":\"some data points in the request failed validation\",\"num_records_imported\":1,\"status\":\"Bad Request\","
    "\"failed_records\":[{\"index\":1,\"insert_id\":\"mi3\",\"field\":\"event\",\"message\":\"required\"},"
    "{\"index\":2,\"insert_id\":\"\",\"field\":\"properties.time\",\"message\":\"not an RFC 3339 time\"}]}", NULL, 1 },
  { "mixpanel-import-not-strict", FALSE, "POST", "/import/?strict=0", JSON_TYPE,
    "[{\"event\":\"e\",\"properties\":{\"distinct_id\":\"u\",\"$insert_id\":\"mi4\"}},{\"properties\":{}}]", 200,
    "{\"code\":200,\"num_records_imported\":1,\"status\":\"OK\"}", NULL, 1 },
  { "another-organisation", TRUE, "POST", "/v1/logs", JSON_TYPE "Authorization: Bearer {KEY_B}\r\n", LOG (""), 200, "{}", NULL, 1 },
  { "prefix", TRUE, "POST", "/ingest/batch/?key={KEY_A}", JSON_TYPE, "{\"batch\":[{\"event\":\"e\",\"distinct_id\":\"u\"}]}", 200, "{\"status\":\"Ok"
    "\"}", NULL, 1 },
  { "posthog-track", TRUE, "POST", "/track/", JSON_TYPE, "{\"api_key\":\"{KEY_A}\",\"event\":\"$pageview\",\"properties\":{\"distinct_id\":\"u\","
    "\"$pathname\":\"/old\"}}", 200, "{\"status\":\"Ok\"}", NULL, 1 },
  /* from this machine none is needed */
  { "keyless", FALSE, "POST", "/v1/logs", JSON_TYPE, LOG (""), 200, "{}", NULL, 1 },
  { "keyless-any-text", FALSE, "POST", "/v1/logs", JSON_TYPE "Authorization: Bearer whatever\r\n", LOG (""), 200, "{}", NULL, 1 },
  { "keyless-names-project", FALSE, "POST", "/e/", JSON_TYPE, "{\"api_key\":\"proj_second\",\"event\":\"second\",\"distinct_id\":\"u\"}", 200, NULL, NULL, 1 },
  { "keyless-names-foreign-project", FALSE, "POST", "/e/", JSON_TYPE, "{\"api_key\":\"proj_b\",\"event\":\"foreign\",\"distinct_id\":\"u"
    "\"}", 200, NULL, NULL, 1 },
  { "keyless-own-key-wrong", FALSE, "POST", "/v1/logs", JSON_TYPE "Authorization: Bearer pgk_wrong\r\n", LOG (""), 401, NULL, "\"message\":", 0 },
  { "keyless-through-a-proxy", FALSE, "POST", "/v1/logs", JSON_TYPE "X-Forwarded-For: 9.9.9.9\r\n", LOG (""), 401, NULL, "WWW-Authenticate", 0 },
  /* refusals, each in its client's words */
  { "no-key-otlp", TRUE, "POST", "/v1/traces", JSON_TYPE, "{}", 401, NULL, "{\"message\":\"a valid ingest key", 0 },
  { "no-key-segment", TRUE, "POST", "/v1/batch", JSON_TYPE, "{\"batch\":[]}", 401, NULL, "{\"success\":false,\"message\":\"a valid ingest key", 0 },
  { "no-key-posthog", TRUE, "POST", "/batch", JSON_TYPE, "{\"batch\":[]}", 401, NULL, "{\"type\":\"authentication_error\",\"detail\":\"a valid ingest key", 0 },
  { "no-key-mixpanel", TRUE, "POST", "/track", JSON_TYPE, "[]", 401, "0", NULL, 0 },
  { "no-key-mixpanel-import", TRUE, "POST", "/import", JSON_TYPE, "[]", 401, NULL, "\"status\":\"Unauthorized\"", 0 },
  { "no-key-amplitude", TRUE, "POST", "/2/httpapi", JSON_TYPE, "{\"events\":[]}", 401, NULL, "{\"code\":401,\"error\":\"a valid ingest key", 0 },
  { "wrong-key", TRUE, "POST", "/e/", JSON_TYPE, "{\"api_key\":\"phc_x\",\"batch\":[]}", 401, NULL, "a valid ingest key", 0 },
  { "wrong-bearer", TRUE, "POST", "/e/", JSON_TYPE "Authorization: Bearer pgk_x\r\n", "{\"batch\":[]}", 401, NULL, "a valid ingest key", 0 },
  { "wrong-bearer-again", TRUE, "POST", "/e/", JSON_TYPE "Authorization: Bearer pgk_x\r\n", "never read", 401, NULL, "a valid ingest key", 0 },
  { "reading-token", TRUE, "POST", "/v1/logs", JSON_TYPE "Authorization: Bearer {VIEWER_A}\r\n", LOG (""), 403, NULL, "token for reading", 0 },
  { "admin-token", TRUE, "POST", "/v1/logs", JSON_TYPE "Authorization: Bearer {ADMIN_A}\r\n", LOG (""), 403, NULL, "ingest key of the project", 0 },
  { "otlp-type", FALSE, "POST", "/v1/logs", "Content-Type: text/plain\r\n", LOG (""), 415, NULL, "{\"message\":", 0 },
  { "otlp-not-json", FALSE, "POST", "/v1/logs", JSON_TYPE, "{", 400, "{\"message\":\"not JSON: unexpected end at byte 1\"}", NULL, 0 },
  { "otlp-not-proto", FALSE, "POST", "/v1/traces", PROTO_TYPE, "\x0b", 400, NULL, "Content-Type: application/x-protobuf", 0 },
  { "otlp-encoding", FALSE, "POST", "/v1/logs", JSON_TYPE "Content-Encoding: br\r\n", "x", 400, NULL, "only gzip and deflate", 0 },
  { "otlp-partial", FALSE, "POST", "/v1/logs", JSON_TYPE,
    "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"eventName\":\"e\"},{\"eventName\":\"f\",\"attributes\":[{\"key\":\"event.sequence\",\"value"
      "\":{\"intValue\":1}},"
    "{\"key\":\"performance.cls\",\"value\":{\"stringValue\":\"x\"}}]},{\"body\":{\"stringValue\":\"{BIG}\"}}]}]}]}",
    200, "{\"partialSuccess\":{\"rejectedLogRecords\":\"1\",\"errorMessage\":\"record 2: event: larger than 16 KB\"}}", NULL, 2 },
  { "otlp-metrics", FALSE, "POST", "/v1/metrics", JSON_TYPE, "{\"resourceMetrics\":[]}", 200, "{}", NULL, 0 },
  { "otlp-metrics-proto", FALSE, "POST", "/v1/metrics", PROTO_TYPE, "\x0a", 200, "", NULL, 0 },
  { "segment-not-json", FALSE, "POST", "/v1/batch", JSON_TYPE, "nonsense", 400, NULL, "{\"success\":false,\"message\":\"not JSON", 0 },
  { "segment-issues", FALSE, "POST", "/v1/batch", JSON_TYPE, "{\"batch\":[{\"userId\":\"u\"}]}", 200,
    "{\"success\":true,\"errors\":[{\"index\":0,\"error\":\"event.type: required\"}]}", NULL, 0 },
  { "mixpanel-form", FALSE, "POST", "/track/", FORM_TYPE, "data=!!!", 400, "0", NULL, 0 },
  { "mixpanel-issues", FALSE, "POST", "/track/?verbose=1", JSON_TYPE, "[7]", 200, NULL, "{\"status\":0,\"error\":\"event: must be an object\"", 0 },
  { "amplitude-not-json", FALSE, "POST", "/2/httpapi", JSON_TYPE, "", 400, NULL, "{\"code\":400,\"error\":", 0 },
  { "posthog-beacon", FALSE, "POST", "/e/?compression=base64", FORM_TYPE, "data=eyJldmVudCI6ImUiLCJkaXN0aW5jdF9pZCI6InUifQ%3D%3D", 200, "{\"status\":"
    "\"Ok\"}", NULL, 1 },
  { "get-segment", FALSE, "GET", "/v1/batch", "", "", 405, NULL, "Allow: POST, OPTIONS", 0 },
  /* questions */
  { "flags", TRUE, "POST", "/flags/?v=2", JSON_TYPE, "{}", 200, NULL, "\"featureFlags\":{}", 0 },
  { "decide", TRUE, "POST", "/ingest/decide/", JSON_TYPE, "{}", 200, NULL, "\"flags\":{}", 0 },
  { "config", TRUE, "GET", "/array/phc_x/config", "Origin: https://shop.example\r\n", "", 200, NULL, "Access-Control-Allow-Origin: https://shop.example", 0 },
  { "config-says", TRUE, "GET", "/array/phc_x/config", "", "", 200, NULL, "\"autocapture_opt_out\":false", 0 },
  { "config-script", TRUE, "GET", "/array/%3C%22/config.js", "", "", 200, NULL, "c[\"\\u003c\\\"\"]={\"config\":{\"supportedCompression\"", 0 },
  { "config-records", TRUE, "GET", "/ingest/array/phc_x/config", "", "", 200, NULL, "\"sessionRecording\":{\"endpoint\":\"/s/\"", 0 },
  { "config-other", TRUE, "GET", "/array/phc_x/other", "", "", 404, NULL, NULL, 0 },
  { "static-none", TRUE, "GET", "/static/1.0.0/none.js", "Origin: https://shop.example\r\n", "", 404, NULL, "Access-Control-Allow-Origin", 0 },
  { "static-no-script", TRUE, "GET", "/static/LICENSE", "", "", 404, NULL, NULL, 0 },
  { "source", TRUE, "GET", "/sourceConfig/?p=npm&writeKey=a%22b", "", "", 200, NULL, "\"writeKey\":\"a\\\"b\",\"enabled\":true", 0 },
  { "settings", TRUE, "GET", "/v1/projects/W\"K/settings", "", "", 200,
    "{\"integrations\":{\"Segment.io\":{\"apiKey\":\"W\\\"K\",\"apiHost\":\"localhost/v1\",\"protocol\":\"http\"}}}", NULL, 0 },
  { "settings-other", TRUE, "GET", "/v1/projects/WK/other", "", "", 404, NULL, NULL, 0 },
  { "preflight", TRUE, "OPTIONS", "/v1/t",
    "Origin: https://shop.example\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization,x-anything\r\n", "", 204, "",
    "Access-Control-Allow-Headers: authorization,x-anything", 0 },
  { "cors", FALSE, "POST", "/e/", JSON_TYPE "Origin: https://shop.example\r\n", "[]", 200, NULL, "Access-Control-Allow-Origin: https://shop.example", 0 },
};
/* clang-format on */

static char *
expand (const char *text)
{
  g_autoptr (GString) out = g_string_new (text);
  g_autofree char *pair = g_strconcat (fixture->key_a, ":", NULL), *basic = g_base64_encode ((const guchar *) pair, strlen (pair));
  g_autofree char *big = g_strnfill (20 * 1024, 'x');

  g_string_replace (out, "{KEY_A}", fixture->key_a, 0);
  g_string_replace (out, "{KEY_B}", fixture->key_b, 0);
  g_string_replace (out, "{BASIC_A}", basic, 0);
  g_string_replace (out, "{VIEWER_A}", fixture->viewer_a, 0);
  g_string_replace (out, "{ADMIN_A}", fixture->admin_a, 0);
  g_string_replace (out, "{BIG}", big, 0);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
test_cases (void)
{
  count_new_events ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = expand (cases[i].path), *headers = expand (cases[i].headers), *text = expand (cases[i].body);
      g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
      g_autoptr (RawAnswer) answer = send_bytes (cases[i].keyed, cases[i].method, path, headers, body);

      g_test_message ("%s: %s%s", cases[i].name, answer->head, answer->body);
      g_assert_cmpuint (answer->status, ==, cases[i].status);
      if (cases[i].answer != NULL)
        g_assert_cmpstr (answer->body, ==, cases[i].answer);
      if (cases[i].contains != NULL)
        g_assert_true (strstr (answer->head, cases[i].contains) != NULL || strstr (answer->body, cases[i].contains) != NULL);
      g_assert_cmpuint (count_new_events (), ==, cases[i].n_events);
    }
}

/* Each key's events are in its own project, and no key is in any of them. */
static void
test_projects (void)
{
#define IN_PROJECT "SELECT count(*) FROM event e JOIN project p USING (project_id) JOIN term t USING (project_id, term_no) WHERE p.id = '%s'"
  g_assert_cmpint (fixture_owner_int (IN_PROJECT " AND t.event_type = 'second'", "proj_second"), ==, 1);
  g_assert_cmpint (fixture_owner_int (IN_PROJECT " AND t.event_type = 'foreign'", "proj_demo"), ==, 1);
  g_assert_cmpint (fixture_owner_int (IN_PROJECT, "proj_b"), ==, 1);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event WHERE data::text LIKE '%%%s%%'", fixture->key_a), ==, 0);
}

/* A small body that unpacks to more than the limit of 64 KB. */
static void
test_bombs (void)
{
  g_autofree char *zeros = g_malloc0 (1024 * 1024);
  g_autoptr (GBytes) plain = g_bytes_new (zeros, 1024 * 1024), bomb = gzip (plain);
  static const char *const bomb_paths[] = { "/v1/logs", "/v1/batch", "/e/", "/track", "/2/httpapi" };

  for (gsize i = 0; i < G_N_ELEMENTS (bomb_paths); i++)
    {
      g_autoptr (RawAnswer) answer = send_bytes (FALSE, "POST", bomb_paths[i], JSON_TYPE, bomb);

      g_assert_cmpuint (answer->status, ==, 413);
    }
}

/* The same request again stores nothing new. */
static void
test_repeated (void)
{
  static const char body[] = "{\"batch\":[{\"type\":\"track\",\"event\":\"again\",\"userId\":\"u\",\"messageId\":\"again-1\",\"timestamp\":"
                             "\"2026-01-01T00:00:00Z\"}]}";
  g_autoptr (GBytes) bytes = g_bytes_new_static (body, strlen (body));

  count_new_events ();
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (RawAnswer) answer = send_bytes (FALSE, "POST", "/v1/batch", JSON_TYPE, bytes);

      g_assert_cmpstr (answer->body, ==, "{\"success\":true}");
      g_assert_cmpuint (count_new_events (), ==, i == 0);
    }
}

static gint64
read_metric (const char *name)
{
  g_autoptr (RawAnswer) metrics = api_send (fixture, pdg_http_server_get_port (fixture->keyed_server), "GET", "/metrics", NULL, NULL);
  g_autofree char *line = g_strdup_printf ("\n%s ", name);
  const char *at = strstr (metrics->body, line);

  g_assert_nonnull (at);
  return g_ascii_strtoll (at + strlen (line), NULL, 10);
}

#define SNAPSHOT                                                                                                               \
  "[{\"event\":\"$snapshot\",\"uuid\":\"0197b1f0-0000-7000-8000-000000000001\",\"properties\":{\"$session_id\":\"s-replay\",\"$window_id\":\"w\"," \
  "\"token\":\"{KEY_A}\",\"$snapshot_data\":[{\"type\":4,\"timestamp\":1795332290492,\"data\":{}},{\"type\":3,\"timestamp\":1795332291492}]}}," \
  "{\"event\":\"$pageview\",\"distinct_id\":\"u\",\"properties\":{\"$session_id\":\"s-replay\",\"$pathname\":\"/\"}}]"
#define CHUNKS "{\"query\":\"{ project(id: \\\"proj_demo\\\") { session(id: \\\"s-replay\\\") { replayChunks(first: 5) { nodes " \
               "{ startedAt endedAt eventCount byteCount windowId url } pageInfo { hasNextPage } } } } }\"}"

/* A piece of a recording is stored beside the events of its request, once, and read by members of its organisation. */
static void
test_replay (void)
{
  g_autofree char *body = expand (SNAPSHOT), *viewer_a = expand (JSON_TYPE "Authorization: Bearer {VIEWER_A}\r\n");
  g_autofree char *viewer_b = g_strdup_printf ("Authorization: Bearer %s\r\n", fixture->viewer_b), *key_a = expand ("Authorization: Bearer {KEY_A}\r\n");
  guint16 port = pdg_http_server_get_port (fixture->keyed_server);
  gint64 kept = read_metric ("productgraph_replay_chunks_total"), ignored = read_metric ("productgraph_replay_chunks_ignored_total");
  g_autoptr (RawAnswer) answer = api_send (fixture, port, "POST", "/s/", JSON_TYPE, body), again = NULL, chunks = NULL, events = NULL;
  g_autoptr (RawAnswer) foreign = NULL, ingest = NULL, none = NULL, keyless = NULL;
  g_autofree char *url = NULL;
  const char *at;

  g_assert_cmpuint (answer->status, ==, 200);
  again = api_send (fixture, port, "POST", "/s/", JSON_TYPE, body);
  g_assert_cmpuint (again->status, ==, 200);
  g_assert_cmpint (read_metric ("productgraph_replay_chunks_total") - kept, ==, 1);
  g_assert_cmpint (read_metric ("productgraph_replay_chunks_ignored_total") - ignored, ==, 1);
  chunks = api_send (fixture, port, "POST", "/graphql", viewer_a, CHUNKS);
  g_test_message ("%s", chunks->body);
  g_assert_nonnull (strstr (chunks->body, "\"startedAt\":\"2026-11-22T07:24:50.492Z\",\"endedAt\":\"2026-11-22T07:24:51.492Z\",\"eventCount\":2,"));
  g_assert_nonnull (strstr (chunks->body, "\"windowId\":\"w\""));
  at = strstr (chunks->body, "/v1/replay/");
  url = g_strndup (at, strcspn (at, "\""));
  events = api_send (fixture, port, "GET", url, viewer_a, NULL);
  g_assert_cmpstr (events->body, ==, "[{\"type\":4,\"timestamp\":1795332290492,\"data\":{}},{\"type\":3,\"timestamp\":1795332291492}]");
  foreign = api_send (fixture, port, "GET", url, viewer_b, NULL);
  g_assert_cmpuint (foreign->status, ==, 404);
  ingest = api_send (fixture, port, "GET", url, key_a, NULL);
  g_assert_cmpuint (ingest->status, ==, 403);
  keyless = api_send (fixture, port, "GET", url, "", NULL);
  g_assert_cmpuint (keyless->status, ==, 401);
  none = api_send (fixture, port, "GET", "/v1/replay/x", viewer_a, NULL);
  g_assert_cmpuint (none->status, ==, 404);
}

/* Our own events may be gzipped, too, and a bomb is none. */
static void
test_gzipped_events (void)
{
  g_autofree char *zeros = g_strnfill (20 * 1024 * 1024, ' ');
  g_autoptr (GBytes) bomb = g_bytes_new_static (zeros, strlen (zeros)), packed_bomb = gzip (bomb), packed = NULL;
  g_autoptr (GBytes) plain = g_bytes_new_static (GZIPPED_EVENT, strlen (GZIPPED_EVENT));
  g_autoptr (RawAnswer) sniffed = NULL, said = NULL, refused = NULL;

  count_new_events ();
  packed = gzip (plain);
  said = send_bytes (FALSE, "POST", "/v1/events", JSON_TYPE "Content-Encoding: gzip\r\n", packed);
  g_assert_cmpstr (said->body, ==, "{\"accepted\":1,\"rejected\":0,\"errors\":[]}");
  sniffed = send_bytes (FALSE, "POST", "/v1/events", JSON_TYPE, packed);
  g_assert_cmpstr (sniffed->body, ==, "{\"accepted\":1,\"rejected\":0,\"duplicates\":1,\"errors\":[]}");
  refused = send_bytes (FALSE, "POST", "/v1/events", JSON_TYPE "Content-Encoding: gzip\r\n", packed_bomb);
  g_assert_cmpuint (refused->status, ==, 413);
  g_assert_cmpuint (count_new_events (), ==, 1);
}

static void
make_second_project (void)
{
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_autoptr (GError) error = NULL;
  PdgProject *project = pdg_commands_create_project (owner, fixture->a->admin, "proj_second", "Second", &error);

  g_assert_no_error (error);
  pdg_project_free (project);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  fixture = api_fixture_new ();
  make_second_project ();
  g_test_add_func ("/api/clients/captured", test_captured);
  g_test_add_func ("/api/clients/cases", test_cases);
  g_test_add_func ("/api/clients/projects", test_projects);
  g_test_add_func ("/api/clients/bombs", test_bombs);
  g_test_add_func ("/api/clients/repeated", test_repeated);
  g_test_add_func ("/api/clients/replay", test_replay);
  g_test_add_func ("/api/clients/gzipped-events", test_gzipped_events);
  status = g_test_run ();
  api_fixture_free (fixture);
  return status;
}
