#include "config.h"
#include "dialect-support.h"

#include "codec/pdg-body.h"
#include "codec/pdg-replay.h"

#include <gio/gio.h>
#include <string.h>

/* What real clients sent, each stored whole: the events that come of it, and some of what they say. */

#define BROWSER_RECEIVED_USEC G_GINT64_CONSTANT (1795333455000000) /* 2026-11-22T07:44:15Z */

static GPtrArray *fixtures;

/* clang-format off */
static const struct
{
  const char *name, *protocol; /* NULL = a question, not events */
  const char *types;
  const char *says[8];         /* "PLACE a part of the event", as dialect_dump () writes it */
} expected[] = {
  { "amplitude-node-httpapi", "amplitude", "Checkout, identify",
    { "0 user.id=user-1\n", "0 \"revenue\":12.5", "0 event.timestamp=2026-11-22T07:24:39.172Z", "0 event_id=19168826-166e-499f-b4e8-f870279bf1b5\n",
      "1 \"traits\":{\"plan\":\"pro\"}", "1 event.sequence=1\n" } },
  { "mixpanel-node-engage", "engage", "identify", { "0 user.id=u1\n", "0 \"traits\":{\"plan\":\"pro\"}" } },
  { "mixpanel-node-groups", "groups", "group", { "0 \"group_type\":\"company\",\"group_id\":\"acme\"", "0 \"traits\":{\"n\":1}" } },
  { "mixpanel-node-track-get", "mixpanel", "Checkout", { "0 user.id=u1\n", "0 \"revenue\":12.5,\"mp_lib\":\"node\"",
      "0 event.timestamp=2026-11-22T07:24:40Z" } },
  { "mixpanel-node-track-post", "mixpanel", "a, b", { "1 user.id=u1\n", "1 event.name=b\n" } },
  { "otel-browser-01-v1_logs", "otlp-logs", "page.view, performance, performance, performance, performance, performance",
    { "0 page.path=/otelb\n", "0 \"page.url\":\"http://127.0.0.1:13950/otelb\"", "0 \"browser.navigation.same_document\":false", "0 \"app.name\":\"shop-web\"",
      "0 \"session.derived\":true", "2 \"performance.ttfb_ms\":232.89999999990687", "3 \"browser.web_vital.value\":432" } },
  { "otel-browser-02-v1_logs", "otlp-logs", "performance, page.view, error, error, error",
    { "1 page.path=/checkout\n", "2 \"error.message\":\"oops\"", "3 \"error.type\":\"TypeError\"", "3 \"error.stack\":\"TypeError: x is undefined\\u000a" } },
  { "otel-browser-03-v1_logs", "otlp-logs", "", { NULL } }, /* the exporter's own requests */
  { "otel-browser-04-v1_logs", "otlp-logs", "", { NULL } },
  { "otel-browser-05-v1_logs", "otlp-logs", "ui.click, performance",
    { "0 ui.component.path=#b\n", "0 ui.component.name=BUTTON\n", "0 \"browser.page.x\":20", "1 \"performance.lcp_ms\":432" } },
  { "otel-browser-06-v1_logs", "otlp-logs", "ui.click", { "0 \"browser.mouse_event.button\":\"left\"" } },
  { "otel-browser-07-v1_logs", "otlp-logs", "performance, performance", { "0 \"performance.inp_ms\":16", "1 \"performance.cls\":0" } },
  { "otlp-logs-json", "otlp-logs", "performance, ui.click, session.start, error",
    { "0 session.id=sess_1\n", "0 app.version=1.2.3\n", "1 page.path=/checkout\n", "1 ui.component.name=submit_order\n", "2 session.id=sess_2\n",
      "2 \"session.previous_id\":\"sess_1\"", "3 \"body\":{\"nested\":{\"a\":[1,\"two\",true,null]}}", "3 \"severity_text\":\"ERROR\"" } },
  { "otlp-logs-json-gzip", "otlp-logs", "performance, ui.click, session.start, error", { "1 \"app.screen.coordinate.x\":12" } },
  { "otlp-logs-proto", "otlp-logs-proto", "performance, ui.click, session.start, error", { "0 \"performance.lcp_ms\":1234.5" } },
  { "otlp-logs-proto-gzip", "otlp-logs-proto", "performance, ui.click, session.start, error", { "0 \"browser.mobile\":false" } },
  { "otlp-traces-json", "otlp-traces", "api.request, api.response, error",
    { "0 event_id=7798e18693472f87d1f2486ac119ff07-93e19eef27680237-request\n", "0 \"api.method\":\"GET\",\"api.path\":\"/api/cart\"",
      "0 gen_ai.journey.id=checkout\n",
      "1 \"api.status_code\":500", "1 \"n\":1,\"f\":1.5,\"b\":true,\"arr\":[\"a\",\"b\"]", "1 \"status_message\":\"500\"",
      "2 \"error.message\":\"x is undefined\"" } },
  { "otlp-traces-json-gzip", "otlp-traces", "api.request, api.response, error", { "2 session.id=sess_1\n" } },
  { "otlp-traces-proto", "otlp-traces-proto", "api.request, api.response, error",
    { "0 event_id=a2ce3fb109c025701a029362f6c4abca-694f09061357e50d-request\n", "1 \"api.duration_ms\":0" } },
  { "otlp-traces-proto-gzip", "otlp-traces-proto", "api.request, api.response, error", { "2 \"error.type\":\"TypeError\"" } },
  { "posthog-js-autocapture-01-e", "posthog", "page.view",
    { "0 page.path=/app\n", "0 page.title=Shop\n", "0 user.id=u1\n", "0 anonymous.id=01a20236-693a-7486-a212-bf6c53387ea7\n",
      "0 session.id=01a20236-6982-7fcf-967f-f105a544ff5b\n", "0 \"ui.viewport\":\"1280x720\"", "0 event.timestamp=2026-11-22T07:44:10.390Z" } },
  { "posthog-js-autocapture-02-e", "posthog", "identify", { "0 \"traits\":{\"email\":\"a@b.c\"}",
      "0 \"traits_once\":{\"$initial_referrer\":\"$direct\"", "0 user.id=u1\n" } },
  { "posthog-js-autocapture-03-e", "posthog", "checkout started, ui.click", { "0 event.name=checkout started\n", "1 ui.component.name=Buy\n" } },
  { "posthog-js-autocapture-04-s", "posthog", "", { NULL } },
  { "posthog-js-autocapture-05-e", "posthog", "ui.click",
    { "0 \"ui.element\":\"button\",\"ui.element.text\":\"Buy\"", "0 ui.component.path=button.btn.buy:attr__class=\"btn buy\"",
      "0 \"$elements\":[{\"tag_name\":\"button\"" } },
  { "posthog-js-autocapture-06-s", "posthog", "", { NULL } },
  { "posthog-js-autocapture-07-e", "posthog", "page.leave", { "0 \"$prev_pageview_duration\":7.499" } },
  { "posthog-node-batch", "posthog", "checkout started, identify, group, alias, $feature_flag_called, error",
    { "0 user.id=u1\n", "0 \"revenue\":12.5", "1 \"traits\":{\"email\":\"a@b.c\"}",
      "2 \"group_type\":\"company\",\"group_id\":\"acme\",\"traits\":{\"name\":\"Acme\"}",
      "3 \"alias\":\"anon1\"", "5 \"error.type\":\"Error\",\"error.message\":\"boom\"", "5 \"$exception_list\":[{\"type\":\"Error\"",
      "2 \"session.derived\":true" } },
  { "posthog-node-flags", NULL, NULL, { NULL } },
  { "rudder-node-batch", "segment", "Checkout",
    { "0 user.id=u1\n", "0 event_id=fe8ba70b-1a11-4e41-9eee-cad0f9eecffb\n", "0 \"a\":1", "0 event.timestamp=2026-11-22T07:24:39.354Z",
      "0 \"channel\":\"server\"" } },
  { "segment-node-batch", "segment", "identify, Checkout Started, page.view, page.view, group, alias",
    { "0 \"traits\":{\"email\":\"a@b.c\",\"plan\":\"pro\"}", "1 page.path=/checkout\n", "1 \"revenue\":12.5,\"currency\":\"EUR\"", "2 page.title=Checkout\n",
      "3 anonymous.id=anon1\n", "3 page.path=Home\n", "4 \"group_id\":\"g1\"", "5 \"alias\":\"anon1\"" } },
};
/* clang-format on */

static const Fixture *
find_fixture (const char *name)
{
  for (guint i = 0; i < fixtures->len; i++)
    {
      const Fixture *fixture = g_ptr_array_index (fixtures, i);

      if (g_str_equal (fixture->name, name))
        return fixture;
    }
  g_error ("there is no fixture %s", name);
}

static PdgEventBatch *
read_fixture (const Fixture *fixture, const char *protocol)
{
  gboolean browser = strstr (fixture->name, "-js-") != NULL || strstr (fixture->name, "browser") != NULL;
  PdgDialectContext context = dialect_context (g_hash_table_lookup (fixture->headers, "host"));
  const char *query = fixture->query != NULL ? strstr (fixture->query, "data=") : NULL;
  g_autofree char *data = query != NULL ? g_uri_unescape_string (query + 5, NULL) : NULL;
  PdgBodyHints hints = { .query_data = data, .forms = !g_str_has_prefix (protocol, "otlp"), .max_bytes = 1000000 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = pdg_body_decode (fixture->body, &hints, &error);
  PdgEventBatch *batch;

  g_assert_no_error (error);
  if (browser)
    context.received_usec = BROWSER_RECEIVED_USEC;
  batch = dialect_read (protocol, body, &context, &error);
  g_assert_no_error (error);
  return batch;
}

static gboolean
skip_without_fixtures (void)
{
  if (fixtures == NULL)
    g_test_skip ("../shared/fixtures is not there");
  return fixtures == NULL;
}

static void
test_stored_whole (void)
{
  if (skip_without_fixtures ())
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (PdgEventBatch) batch = NULL;
      g_autofree char *types = NULL;
      const PdgEvent *events;
      guint n_events;

      if (expected[i].protocol == NULL)
        continue;
      g_test_message ("%s", expected[i].name);
      batch = read_fixture (find_fixture (expected[i].name), expected[i].protocol);
      types = dialect_types (batch);
      g_assert_cmpstr (types, ==, expected[i].types);
      events = pdg_event_batch_get_events (batch, &n_events);
      for (gsize k = 0; k < G_N_ELEMENTS (expected[i].says) && expected[i].says[k] != NULL; k++)
        {
          guint place = (guint) (expected[i].says[k][0] - '0');
          g_autofree char *dump = NULL;

          g_assert_cmpuint (place, <, n_events);
          dump = dialect_dump (&events[place]);
          if (strstr (dump, expected[i].says[k] + 2) == NULL)
            g_error ("%s, event %u: no %s in\n%s", expected[i].name, place, expected[i].says[k] + 2, dump);
        }
    }
}

/* No fixture is left out of the table. */
static void
test_all_known (void)
{
  if (skip_without_fixtures ())
    return;
  for (guint i = 0; i < fixtures->len; i++)
    {
      const Fixture *fixture = g_ptr_array_index (fixtures, i);
      gboolean known = FALSE;

      for (gsize k = 0; k < G_N_ELEMENTS (expected); k++)
        known = known || g_str_equal (fixture->name, expected[k].name);
      g_test_message ("%s", fixture->name);
      g_assert_true (known);
    }
  g_assert_cmpuint (fixtures->len, ==, G_N_ELEMENTS (expected));
}

/* Every value that the client gave stands somewhere in the event: strings and numbers of the records, by their text. */
static void
check_values (const Fixture *fixture, PdgEventBatch *batch)
{
  static const char *const values[] = { "checkout started", "12.5", "a@b.c", "acme", "anon1", "boom", "send.cjs", "flag_missing", "5.70.0" };
  g_autoptr (GString) all = g_string_new (NULL);
  guint n_events;
  const PdgEvent *events = pdg_event_batch_get_events (batch, &n_events);

  for (guint i = 0; i < n_events; i++)
    {
      g_autofree char *dump = dialect_dump (&events[i]);

      g_string_append (all, dump);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    g_assert_nonnull (strstr (all->str, values[i]));
}

static void
test_nothing_lost (void)
{
  g_autoptr (PdgEventBatch) batch = NULL;

  if (skip_without_fixtures ())
    return;
  batch = read_fixture (find_fixture ("posthog-node-batch"), "posthog");
  check_values (find_fixture ("posthog-node-batch"), batch);
}

/* Recordings: what was captured, and that the page in it can be read again. */
static void
test_replays (void)
{
  static const struct
  {
    const char *name, *contains[3];
  } rows[] = {
    { "posthog-js-autocapture-04-s", { "\"type\":2", "\"childNodes\":", "\"tagName\":\"body\"" } },
    { "posthog-js-autocapture-06-s", { "\"type\":3", NULL } },
  };

  if (skip_without_fixtures ())
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PdgDialectContext context = dialect_context (NULL);
      g_autoptr (PdgEventBatch) batch = dialect_read ("posthog", find_fixture (rows[i].name)->body, &context, NULL);
      g_autoptr (GBytes) packed = NULL, plain = NULL;
      g_autofree char *text = NULL;
      const PdgReplayChunk *chunk;

      g_assert_cmpuint (context.needs->replays->len, ==, 1);
      chunk = context.needs->replays->pdata[0];
      g_assert_cmpuint (strlen (chunk->session_id), ==, 36);
      g_assert_cmpuint (strlen (chunk->window_id), ==, 36);
      g_assert_cmpint (chunk->started_usec, <=, chunk->ended_usec);
      g_assert_cmpint (ABS (chunk->started_usec - FIXTURE_RECEIVED_USEC), <, G_TIME_SPAN_HOUR);
      g_assert_cmpuint (chunk->n_events, >, 0);
      packed = pdg_replay_pack (chunk->bytes);
      g_assert_cmpuint (g_bytes_get_size (packed), <, g_bytes_get_size (chunk->bytes));
      plain = pdg_replay_unpack (packed, 1000000, NULL);
      text = g_strndup (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain));
      for (gsize k = 0; k < G_N_ELEMENTS (rows[i].contains) && rows[i].contains[k] != NULL; k++)
        g_assert_nonnull (strstr (text, rows[i].contains[k]));
      g_assert_null (strstr (text, "\"cv\":"));
    }
}

/* Without what differs from capture to capture: ids, times, and what is computed of them. */
static char *
dump_comparable (PdgEventBatch *batch)
{
  g_autoptr (GRegex) moving = g_regex_new ("(event_id|event\\.timestamp)=[^\n]*|\"(trace_id|span_id)\":\"[0-9a-f]*\"|\"api\\.duration_ms\":[0-9]+", 0, 0, NULL);
  g_autoptr (GString) all = g_string_new (NULL);
  guint n_events;
  const PdgEvent *events = pdg_event_batch_get_events (batch, &n_events);

  g_assert_cmpuint (n_events, >, 0);
  for (guint i = 0; i < n_events; i++)
    {
      g_autofree char *dump = dialect_dump (&events[i]);

      g_string_append (all, dump);
    }
  return g_regex_replace_literal (moving, all->str, -1, 0, "", 0, NULL);
}

static void
test_encodings_agree (void)
{
  static const char *const signals[] = { "otlp-logs", "otlp-traces" };

  if (skip_without_fixtures ())
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    for (int gzip = 0; gzip < 2; gzip++)
      {
        g_autofree char *json_name = g_strconcat (signals[i], "-json", gzip ? "-gzip" : "", NULL), *proto = g_strconcat (signals[i], "-proto", NULL);
        g_autofree char *proto_name = g_strconcat (proto, gzip ? "-gzip" : "", NULL);
        g_autoptr (PdgEventBatch) a = read_fixture (find_fixture (json_name), signals[i]), b = read_fixture (find_fixture (proto_name), proto);
        g_autofree char *a_text = dump_comparable (a), *b_text = dump_comparable (b);

        g_assert_cmpstr (a_text, ==, b_text);
      }
}

/* The same request once more makes the same events; that is what a retry is. */
static void
test_repeated (void)
{
  if (skip_without_fixtures ())
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (PdgEventBatch) a = NULL, b = NULL;
      guint n_a, n_b;
      const PdgEvent *events_a, *events_b;

      if (expected[i].protocol == NULL)
        continue;
      a = read_fixture (find_fixture (expected[i].name), expected[i].protocol);
      b = read_fixture (find_fixture (expected[i].name), expected[i].protocol);
      events_a = pdg_event_batch_get_events (a, &n_a);
      events_b = pdg_event_batch_get_events (b, &n_b);
      g_assert_cmpuint (n_a, ==, n_b);
      for (guint k = 0; k < n_a; k++)
        {
          g_autofree char *dump_a = dialect_dump (&events_a[k]), *dump_b = dialect_dump (&events_b[k]);

          g_assert_cmpstr (dump_a, ==, dump_b);
        }
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  fixtures = fixture_load_all ();
  g_test_add_func ("/codec/dialect-fixtures/stored-whole", test_stored_whole);
  g_test_add_func ("/codec/dialect-fixtures/all-known", test_all_known);
  g_test_add_func ("/codec/dialect-fixtures/nothing-lost", test_nothing_lost);
  g_test_add_func ("/codec/dialect-fixtures/replays", test_replays);
  g_test_add_func ("/codec/dialect-fixtures/encodings-agree", test_encodings_agree);
  g_test_add_func ("/codec/dialect-fixtures/repeated", test_repeated);
  status = g_test_run ();
  g_clear_pointer (&fixtures, g_ptr_array_unref);
  return status;
}
