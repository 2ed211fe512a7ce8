#include "config.h"
#include "dialect-support.h"

#include <string.h>

/* Small requests of each protocol: what is mapped, what is refused, and what a hostile sender gets. */

/* clang-format off */
static const struct
{
  const char *name, *protocol, *body;
  const char *types;   /* dialect_types () */
  const char *says[6]; /* of the first event */
} cases[] = {
  /* Segment */
  { "segment-page", "segment:page", "{\"messageId\":\"m\",\"anonymousId\":\"a1\",\"timestamp\":\"2026-11-22T07:24:00.5Z\",\"properties\":{\"x\":null},"
    "\"context\":{\"page\":{\"path\":\"/p\",\"title\":\"P\",\"url\":\"https://x/p?q\",\"referrer\":\"https://y/\"}},\"writeKey\":\"SECRET\"}",
    "page.view", { "page.path=/p\n", "page.title=P\n", "anonymous.id=a1\n", "\"page.referrer\":\"https://y/\"", "\"x\":null",
      "event.timestamp=2026-11-22T07:24:00.500Z" } },
  { "segment-session", "segment", "{\"batch\":[{\"type\":\"track\",\"event\":\"E\",\"userId\":7,\"messageId\":\"m\",\"context\":{\"sessionId"
    "\":1795332270,\"app\":{\"version\":\"2.0\"}}}]}",
    "E", { "session.id=1795332270\n", "user.id=7\n", "app.version=2.0\n" } },
  { "segment-journey", "segment:track", "{\"event\":\"Step\",\"userId\":\"u\",\"properties\":{\"gen_ai.journey.id\":\"j\",\"gen_ai.journey.step.id\":"
    "\"s\",\"other\":1}}",
    "Step", { "gen_ai.journey.id=j\n", "gen_ai.journey.step.id=s\n", "\"other\":1" } },
  { "segment-no-type", "segment", "{\"batch\":[{\"userId\":\"u\"}]}", "!0 event.type: required", { NULL } },
  { "segment-unknown-type", "segment", "{\"batch\":[{\"type\":\"delete\",\"userId\":\"u\"}]}", "delete", { NULL } },
  { "segment-wrong-types", "segment", "{\"batch\":[7,null,\"x\",[],{\"type\":7},{\"type\":\"track\",\"event\":{},\"userId\":[],\"properties\":3,"
    "\"context\":\"c\",\"messageId\":false}]}",
    "7, !0 event: must be an object, !1 event: must be an object, !2 event: must be an object, !3 event: must be an object,"
      " !5 event.type: required", { NULL } },
  { "segment-long-event-name", "segment:track", "{\"event\":\"" "0123456789012345678901234567890123456789012345678901234567890123456789" "\",\"userId\":\"u\"}",
    "custom", { "event.name=0123456789012345678901234567890123456789012345678901234567890123456789\n" } },
  { "segment-bad-time", "segment:track", "{\"event\":\"E\",\"userId\":\"u\",\"timestamp\":\"yesterday\"}",
    "!0 event.timestamp: not an RFC 3339 time", { NULL } },
  { "segment-escaped-keys", "segment:track", "{\"\\u0065vent\":\"E\",\"userId\":\"\\u00e9\\u0000\\ud800\"}", "E", {
    "user.id=\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\n" } },
  { "segment-skew", "segment:track", "{\"event\":\"E\",\"userId\":\"u\",\"timestamp\":\"2026-11-22T06:24:30Z\",\"sentAt\":\"2026-11-22T06:24:41.3Z\"}",
    "E", { "event.timestamp=2026-11-22T07:24:30Z", "\"timestamp\":\"2026-11-22T06:24:30Z\"" } },
  { "segment-little-skew", "segment:track", "{\"event\":\"E\",\"userId\":\"u\",\"timestamp\":\"2026-11-22T07:24:30Z\",\"sentAt\":\"2026-11-22T07:24:31Z\"}",
    "E", { "event.timestamp=2026-11-22T07:24:30Z" } },
  /* PostHog */
  { "posthog-anonymous", "posthog", "{\"api_key\":\"K\",\"event\":\"$pageview\",\"properties\":{\"distinct_id\":\"d\",\"$device_id\":\"d\",\"$pathname"
    "\":\"/\",\"$referrer\":\"https://r/\"}}",
    "page.view", { "anonymous.id=d\n", "page.path=/\n", "\"page.referrer\":\"https://r/\"" } },
  { "posthog-array", "posthog", "[{\"event\":\"a\",\"properties\":{\"token\":\"t\",\"distinct_id\":\"u\"}},{\"event\":\"$rageclick\",\"properties\":{"
    "\"distinct_id\":\"u\"}}]", "a, ui.click", { "user.id=u\n" } },
  { "posthog-autocapture", "posthog", "{\"batch\":[{\"event\":\"$autocapture\",\"distinct_id\":\"u\",\"properties\":{\"$event_type\":\"submit\","
    "\"$elements\":[{\"tag_name\":\"form\",\"attr__id\":\"f\"}]}}]}",
    "ui.submit", { "ui.component.name=f\n", "\"ui.element\":\"form\"", "\"ui.action\":\"submit\"" } },
  { "posthog-vitals", "posthog", "{\"event\":\"$web_vitals\",\"distinct_id\":\"u\",\"properties\":{\"$web_vitals_LCP_value\":12.5,"
    "\"$web_vitals_CLS_value\":\"x\"}}",
    "performance", { "\"performance.lcp_ms\":12.5", "\"$web_vitals_CLS_value\":\"x\"" } },
  { "posthog-snapshots", "posthog", "[{\"event\":\"$snapshot\",\"properties\":{\"$session_id\":\"s\",\"$snapshot_data\":[]}},{\"event\":\"$snapshot\",\"properties\":{\"$session_id\":\"s\"}},"
    "{\"event\":\"$snapshot\"},{\"event\":\"a\",\"distinct_id\":\"u\"}]",
    "a, !1 properties.$snapshot_data: must be an array, !2 properties.$session_id: required, of at most 256 bytes", { NULL } },
  { "posthog-no-name", "posthog", "{\"batch\":[{\"distinct_id\":\"u\"},{}]}", "!0 event.type: required, !1 event.type: required", { NULL } },
  { "posthog-elements-hostile", "posthog", "{\"event\":\"$autocapture\",\"distinct_id\":\"u\",\"properties\":{\"$event_type\":7,\"$elements\":[[]],"
    "\"$elements_chain\":{},\"$exception_list\":{}}}", "ui.click",
    { "\"$elements\":[[]]" } },
  /* Mixpanel */
  { "mixpanel-device", "mixpanel", "[{\"event\":\"$mp_web_page_view\",\"properties\":{\"token\":\"SECRET\",\"distinct_id\":\"$device:d\",\"time"
    "\":1795332270.25,\"$insert_id\":\"i\",\"current_url_path\":\"/m\"}}]",
    "page.view", { "anonymous.id=d\n", "event_id=i\n", "page.path=/m\n", "event.timestamp=2026-11-22T07:24:30.250Z" } },
  { "mixpanel-millis", "mixpanel", "{\"event\":\"e\",\"properties\":{\"distinct_id\":1,\"time\":1795332270250}}", "e", { "user.id=1\n",
    "event.timestamp=2026-11-22T07:24:30.250Z" } },
  { "mixpanel-engage", "engage", "[{\"$token\":\"SECRET\",\"$distinct_id\":\"u\",\"$set_once\":{\"a\":1},\"$add\":{\"n\":2}}]", "identify", { ""
    "\"traits_once\":{\"a\":1}", "\"$add\":{\"n\":2}" } },
  /* Amplitude */
  { "amplitude-session", "amplitude", "{\"api_key\":\"K\",\"events\":[{\"event_type\":\"[Amplitude] Page Viewed\",\"device_id\":\"d\",\"session_id"
    "\":1795332270000,\"time\":1795332270000,"
    "\"event_properties\":{\"[Amplitude] Page Path\":\"/a\",\"k\":[1]}}]}", "page.view", { "session.id=1795332270000-d\n", "page.path=/a\n", "\"k\":["
      "1]", "anonymous.id=d\n" } },
  { "amplitude-group", "amplitude", "{\"events\":[{\"event_type\":\"$groupidentify\",\"user_id\":\"u\",\"groups\":{\"company\":\"acme\"},"
    "\"group_properties\":{\"$set\":{\"n\":1}}}]}",
    "group", { "\"group_type\":\"company\",\"group_id\":\"acme\"", "\"traits\":{\"n\":1}" } },
  /* OTLP */
  { "otlp-empty", "otlp-logs", "{}", "", { NULL } },
  { "otlp-empty-proto", "otlp-logs-proto", "", "", { NULL } },
  { "otlp-journey", "otlp-logs", "{\"resourceLogs\":[{\"resource\":{\"attributes\":[{\"key\":\"session.id\",\"value\":{\"stringValue\":\"rs\"}}]},"
    "\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":1795332270000000001,"
    "\"attributes\":[{\"key\":\"gen_ai.journey.id\",\"value\":{\"stringValue\":\"j\"}},{\"key\":\"gen_ai.journey.step.id\",\"value\":{\"stringValue\":"
      "\"s\"}}]}]}]}]}",
    "journey.step", { "session.id=rs\n", "gen_ai.journey.id=j\n", "gen_ai.journey.step.id=s\n", "event.timestamp=2026-11-22T07:24:30Z" } },
  { "otlp-old-event-name", "otlp-logs", "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"attributes\":[{\"key\":\"event.name\",\"value\":{"
    "\"stringValue\":\"my.event\"}},"
    "{\"key\":\"big\",\"value\":{\"intValue\":\"9223372036854775807\"}},{\"key\":\"nan\",\"value\":{\"doubleValue\":\"NaN\"}},{\"key\":\"bytes\","
      "\"value\":{\"bytesValue\":\"AAH/\"}}]}]}]}]}",
    "my.event", { "event.name=my.event\n", "\"big\":9223372036854775807", "\"nan\":\"NaN\"", "\"bytes\":\"AAH/\"" } },
  { "otlp-plain-log", "otlp-logs", "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"stringValue\":\"hello\"},\"severityNumber\":9},{"
    "\"body\":{\"stringValue\":\"bad\"},\"severityNumber\":17}]}]}]}",
    "log, error", { "\"body\":\"hello\"" } },
  { "otlp-spans", "otlp-traces", "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"name\":\"click\",\"startTimeUnixNano\":\"1795332270000000000\","
    "\"endTimeUnixNano\":\"1795332270012600000\",\"attributes\":["
    "{\"key\":\"event_type\",\"value\":{\"stringValue\":\"submit\"}},{\"key\":\"target_xpath\",\"value\":{\"stringValue\":\"//form\"}}]},{\"name\":"
      "\"documentLoad\",\"attributes\":[{\"key\":\"http.url\",\"value\":"
    "{\"stringValue\":\"https://x/d\"}}]},{\"name\":\"resourceFetch\"},{\"name\":\"work\",\"kind\":1,\"events\":[{\"name\":\"tick\"}],\"links\":[{"
      "\"traceId\":\"AB\"}]}]}]}]}",
    "ui.submit, page.view, performance, span", { "ui.component.path=//form\n", "\"duration_ms\":13" } },
  { "otlp-own-call", "otlp-traces", "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"name\":\"POST\",\"kind\":3,\"attributes\":[{\"key\":"
    "\"http.request.method\",\"value\":{\"stringValue\":\"POST\"}},"
    "{\"key\":\"url.full\",\"value\":{\"stringValue\":\"https://collector.test/e/?ip=1\"}}]}]}]}]}", "", { NULL } },
  { "otlp-wrong-types", "otlp-logs", "{\"resourceLogs\":[7,{\"resource\":[],\"scopeLogs\":{}},{\"scopeLogs\":[{\"scope\":1,\"logRecords\":[{"
    "\"timeUnixNano\":{},\"attributes\":[3,{\"key\":4,\"value\":5}],\"eventName\":\"e\","
    "\"traceId\":\"zz\"}]}]}]}", "e", { "event.timestamp=2026-11-22T07:24:40Z" } },
};

static const struct
{
  const char *name, *protocol, *body;
  int code;
  const char *message;
} refusals[] = {
  { "segment-not-json", "segment", "{\"batch\":[", PDG_CODEC_ERROR_SYNTAX, "not JSON: unexpected end at byte 10" },
  { "segment-number", "segment", "7", PDG_CODEC_ERROR_ENVELOPE, "the body must be an event or an array of events" },
  { "segment-batch-number", "segment", "{\"batch\":7}", PDG_CODEC_ERROR_ENVELOPE, "the body must be an event or an array of events" },
  { "posthog-empty", "posthog", "", PDG_CODEC_ERROR_SYNTAX, "not JSON: unexpected end at byte 0" },
  { "amplitude-string", "amplitude", "\"x\"", PDG_CODEC_ERROR_ENVELOPE, "the body must be an event or an array of events" },
  { "otlp-array", "otlp-logs", "[]", PDG_CODEC_ERROR_ENVELOPE, "the body must be an object" },
  { "otlp-list", "otlp-traces", "{\"resourceSpans\":{}}", PDG_CODEC_ERROR_ENVELOPE, "resourceSpans: must be an array" },
  { "otlp-not-json", "otlp-logs", "{]", PDG_CODEC_ERROR_SYNTAX, "not JSON: expected a key in quotes at byte 1" },
  { "proto-group", "otlp-logs-proto", "\x0b", PDG_CODEC_ERROR_SYNTAX, "not this message in protobuf: a field is cut off, or of a type that is not used" },
  { "proto-cut", "otlp-logs-proto", "\x0a\x05\x12", PDG_CODEC_ERROR_SYNTAX, "not this message in protobuf: a field is cut off, or of a type that is not used" },
  { "proto-field-0", "otlp-logs-proto", "\x02\x01", PDG_CODEC_ERROR_SYNTAX, "not this message in protobuf: a field's number is damaged" },
  { "proto-huge-length", "otlp-logs-proto", "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", PDG_CODEC_ERROR_SYNTAX,
    "not this message in protobuf: a field is cut off, or of a type that is not used" },
};
/* clang-format on */

static PdgEventBatch *
read_text (const char *protocol, const char *body, gssize len, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, len < 0 ? strlen (body) : (gsize) len);
  PdgDialectContext context = dialect_context ("collector.test");

  return dialect_read (protocol, bytes, &context, error);
}

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgEventBatch) batch = read_text (cases[i].protocol, cases[i].body, -1, &error);
      g_autofree char *types = NULL, *dump = NULL;
      const PdgEvent *events;
      guint n_events;

      g_test_message ("%s", cases[i].name);
      g_assert_no_error (error);
      types = dialect_types (batch);
      g_assert_cmpstr (types, ==, cases[i].types);
      events = pdg_event_batch_get_events (batch, &n_events);
      dump = n_events > 0 ? dialect_dump (&events[0]) : g_strdup ("");
      g_assert_null (strstr (dump, "SECRET"));
      for (gsize k = 0; k < G_N_ELEMENTS (cases[i].says) && cases[i].says[k] != NULL; k++)
        if (strstr (dump, cases[i].says[k]) == NULL)
          g_error ("no %s in\n%s", cases[i].says[k], dump);
    }
}

static void
test_refusals (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", refusals[i].name);
      g_assert_null (read_text (refusals[i].protocol, refusals[i].body, -1, &error));
      g_assert_error (error, PDG_CODEC_ERROR, refusals[i].code);
      g_assert_cmpstr (error->message, ==, refusals[i].message);
    }
}

static void
append_repeated (GString *text, const char *piece, guint n)
{
  for (guint i = 0; i < n; i++)
    g_string_append (text, piece);
}

/* A property nested @levels deep, in each protocol; the answer is a verdict on that event, quickly. */
static void
test_depth (void)
{
  static const struct
  {
    const char *protocol, *before, *open, *close, *after;
  } shapes[] = {
    { "segment:track", "{\"event\":\"e\",\"userId\":\"u\",\"properties\":{\"p\":", "[", "]", "}}" },
    { "segment:track", "{\"event\":\"e\",\"userId\":\"u\",\"context\":", "{\"page\":", "}", "}" },
    { "posthog", "{\"event\":\"e\",\"distinct_id\":\"u\",\"properties\":", "{\"properties\":", "}", "}" },
    { "otlp-logs", "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"eventName\":\"e\",\"body\":", "{\"arrayValue\":{\"values\":[", "]}}", "}]}]}]}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    for (guint levels = 20; levels <= 2000; levels *= 100)
      {
        g_autoptr (GString) body = g_string_new (shapes[i].before);
        g_autoptr (PdgEventBatch) batch = NULL;
        g_autoptr (GError) error = NULL;
        g_autofree char *types = NULL;

        append_repeated (body, shapes[i].open, levels);
        g_string_append (body, g_str_has_prefix (shapes[i].protocol, "otlp") ? "" : "1");
        append_repeated (body, shapes[i].close, levels);
        g_string_append (body, shapes[i].after);
        batch = read_text (shapes[i].protocol, body->str, (gssize) body->len, &error);
        g_assert_no_error (error);
        types = dialect_types (batch);
        g_assert_cmpstr (types, ==, levels < 32 ? "e" : "!0 metadata: nested deeper than 32 levels");
      }
}

/* What a few bytes could blow up to is bounded: empty records, empty attributes, one big resource for many records. */
static void
test_amplification (void)
{
  g_autoptr (GString) records = g_string_new ("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{}");
  g_autoptr (GString) many = g_string_new ("[1");
  g_autoptr (GByteArray) attributes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  guint8 head[] = { 0x0a, 0x80, 0x80, 0x80, 0x04, 0x0a, 0xfb, 0xff, 0xff, 0x03 }; /* a resource of 8 MB */
  gsize n = 8 * 1024 * 1024 - 5;
  g_autofree guint8 *pairs = g_malloc0 (n);

  append_repeated (records, ",{}", 100000);
  g_string_append (records, "]}]}]}");
  g_assert_null (read_text ("otlp-logs", records->str, (gssize) records->len, &error));
  g_assert_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_TOO_MANY);
  g_clear_error (&error);

  append_repeated (many, ",1", 100000);
  g_string_append_c (many, ']');
  g_assert_null (read_text ("posthog", many->str, (gssize) many->len, &error));
  g_assert_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_TOO_MANY);
  g_clear_error (&error);

  for (guint n_attributes = 10; n_attributes <= 100000; n_attributes *= 10000)
    {
      g_autoptr (PdgEventBatch) batch = NULL;
      g_autofree char *types = NULL;

      g_string_assign (records, "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"eventName\":\"e\",\"attributes\":[{}");
      append_repeated (records, ",{}", n_attributes);
      g_string_append (records, "]}]}]}]}");
      batch = read_text ("otlp-logs", records->str, (gssize) records->len, NULL);
      types = dialect_types (batch);
      g_assert_cmpstr (types, ==, n_attributes < 1000 ? "e" : "!0 event: larger than 100 KB");
    }

  for (gsize i = 0; i + 1 < n; i += 2)
    pairs[i] = 0x0a; /* attributes without key and value, two bytes each */
  g_byte_array_append (attributes, head, sizeof head);
  g_byte_array_append (attributes, pairs, (guint) n);
  g_assert_null (read_text ("otlp-logs-proto", (const char *) attributes->data, attributes->len, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (error->code, ==, PDG_CODEC_ERROR_TOO_LARGE);
}

static void
test_event_too_large (void)
{
  g_autofree char *fill = g_strnfill (100 * 1024, 'x');
  g_autofree char *segment = g_strdup_printf ("{\"batch\":[{\"type\":\"track\",\"event\":\"e\",\"properties\":{\"a\":\"%s\"}},{\"type\":\"track\","
    "\"event\":\"f\",\"userId\":\"u\"}]}", fill);
  g_autofree char *otlp = g_strdup_printf ("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"stringValue\":\"%s\"}},{\"eventName\":\"f"
    "\"}]}]}]}", fill);
  g_autoptr (PdgEventBatch) a = read_text ("segment", segment, -1, NULL), b = read_text ("otlp-logs", otlp, -1, NULL);
  g_autofree char *types_a = dialect_types (a), *types_b = dialect_types (b);

  g_assert_cmpstr (types_a, ==, "f, !0 event: larger than 100 KB");
  g_assert_cmpstr (types_b, ==, "f, !0 event: larger than 100 KB");
}

/* No beginning of a protobuf request is read beyond its end, and no cut passes for another request with the same events. */
static void
test_truncated_proto (void)
{
  /* a resource with a scope with a record: time 0, event_name "e", the attribute a = "secret" */
  static const char request[] = "\x0a\x1f\x12\x1d\x12\x1b\x09\x00\x00\x00\x00\x00\x00\x00\x00"
                                "\x62\x01\x65\x32\x0d\x0a\x01\x61\x12\x08\x0a\x06\x73\x65\x63\x72\x65\x74";
  gsize size = sizeof request - 1;

  for (gsize len = 1; len <= size; len++)
    {
      g_autofree char *copy = g_memdup2 (request, len);
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgEventBatch) batch = read_text ("otlp-logs-proto", copy, (gssize) len, &error);

      g_assert_true ((batch != NULL) == (error == NULL));
      if (len < size)
        g_assert_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_SYNTAX);
      else
        g_assert_no_error (error);
    }
}

/* The same record in both encodings is the same event, its id included. */
static void
test_same_id (void)
{
  static const char json[] = "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"eventName\":\"e\",\"attributes\":[{\"key\":\"a\",\"value\":{"
                             "\"stringValue\":\"b\"}}]},"
                             "{\"eventName\":\"e\",\"attributes\":[{\"key\":\"a\",\"value\":{\"stringValue\":\"b\"}}]}]}]}]}";
  static const char record[] = "\x12\x0d\x32\x08\x0a\x01" "a" "\x12\x03\x0a\x01" "b" "\x62\x01" "e";
  g_autoptr (GString) request = g_string_new (NULL);
  g_autoptr (PdgEventBatch) a = NULL, b = NULL;
  gsize n_record = sizeof record - 1;
  guint n_a, n_b;
  const PdgEvent *events_a, *events_b;

  g_string_append_printf (request, "\x0a%c\x12%c", (char) (2 * n_record + 2), (char) (2 * n_record));
  g_string_append_len (request, record, (gssize) n_record);
  g_string_append_len (request, record, (gssize) n_record);
  a = read_text ("otlp-logs", json, -1, NULL);
  b = read_text ("otlp-logs-proto", request->str, (gssize) request->len, NULL);
  events_a = pdg_event_batch_get_events (a, &n_a);
  events_b = pdg_event_batch_get_events (b, &n_b);
  g_assert_cmpuint (n_a, ==, 2);
  g_assert_cmpuint (n_b, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *dump_a = dialect_dump (&events_a[i]), *dump_b = dialect_dump (&events_b[i]);

      g_assert_cmpstr (dump_a, ==, dump_b);
    }
  g_assert_cmpint (memcmp (events_a[0].event_key, events_a[1].event_key, 16), !=, 0); /* two, although they say the same */
}

/* An event without a session needs one, for the person that it names or for the client; one with a session does not. */
static void
test_sessions_needed (void)
{
  static const struct
  {
    const char *body;
    gboolean needed, is_client, same; /* as the first */
  } rows[] = {
    { "{\"event\":\"e\",\"userId\":\"u\",\"timestamp\":\"2026-11-22T07:20:00Z\"}", TRUE, FALSE, TRUE },
    { "{\"event\":\"f\",\"userId\":\"u\",\"timestamp\":\"2026-11-21T07:20:00Z\"}", TRUE, FALSE, TRUE },
    { "{\"event\":\"f\",\"userId\":\"v\",\"timestamp\":\"2026-11-22T07:24:00Z\"}", TRUE, FALSE, FALSE },
    { "{\"event\":\"f\",\"anonymousId\":\"u\",\"timestamp\":\"2026-11-22T07:24:00Z\"}", TRUE, FALSE, FALSE },
    { "{\"event\":\"f\",\"timestamp\":\"2026-11-22T07:24:00Z\"}", TRUE, TRUE, FALSE },
    { "{\"event\":\"f\",\"userId\":\"u\",\"context\":{\"sessionId\":\"s\"}}", FALSE, FALSE, FALSE },
  };
  guint8 first[16] = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) body = g_bytes_new_static (rows[i].body, strlen (rows[i].body));
      PdgDialectContext context = dialect_context (NULL);
      g_autoptr (PdgEventBatch) batch = dialect_read ("segment:track", body, &context, NULL);
      const PdgDerivedSession *need = (const PdgDerivedSession *) (void *) context.needs->sessions->data;

      g_assert_cmpuint (context.needs->sessions->len, ==, rows[i].needed);
      if (!rows[i].needed)
        continue;
      if (i == 0)
        memcpy (first, need->key, 16);
      g_assert_cmpuint (need->event, ==, 0);
      g_assert_cmpint (need->usec, ==, pdg_event_batch_get_event (batch, 0)->timestamp_usec);
      g_assert_cmpint (need->is_client, ==, rows[i].is_client);
      g_assert_cmpint (memcmp (need->key, first, 16) == 0, ==, rows[i].same);
    }
}

#define URL(url) "{\"key\":\"url.full\",\"value\":{\"stringValue\":\"" url "\"}}"
#define SAME(yes) "{\"key\":\"browser.navigation.same_document\",\"value\":{\"boolValue\":" yes "}}"
#define LOG_OF(name, attributes) "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"eventName\":\"" name "\",\"attributes\":[" attributes "]}]}]}]}"
#define SPAN_OF(name, attributes) "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"name\":\"" name "\",\"attributes\":[" attributes "]}]}]}]}"

/* What reports a page, and how. */
static void
test_pages_reported (void)
{
  static const struct
  {
    const char *protocol, *body;
    int kind; /* -1 = none */
  } rows[] = {
    { "otlp-logs", LOG_OF ("browser.navigation", URL ("https://a/b")), PDG_PAGE_LOAD_EVENT },
    { "otlp-logs", LOG_OF ("browser.navigation", URL ("https://a/b") "," SAME ("false")), PDG_PAGE_LOAD_EVENT },
    { "otlp-logs", LOG_OF ("browser.navigation", URL ("https://a/b") "," SAME ("true")), PDG_PAGE_NAVIGATION },
    { "otlp-logs", LOG_OF ("browser.navigation", SAME ("true")), -1 },
    { "otlp-logs", LOG_OF ("browser.web_vital", URL ("https://a/b")), -1 },
    { "otlp-traces", SPAN_OF ("documentLoad", URL ("https://a/b")), PDG_PAGE_LOAD_SPAN },
    { "otlp-traces", SPAN_OF ("documentFetch", URL ("https://a/b")), -1 },
    { "segment:page", "{\"userId\":\"u\",\"properties\":{\"url\":\"https://a/b\"}}", -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) body = g_bytes_new_static (rows[i].body, strlen (rows[i].body));
      PdgDialectContext context = dialect_context (NULL);
      g_autoptr (PdgEventBatch) batch = dialect_read (rows[i].protocol, body, &context, NULL);

      g_assert_nonnull (batch);
      g_assert_cmpuint (context.needs->pages->len, ==, rows[i].kind >= 0);
      if (rows[i].kind >= 0)
        g_assert_cmpint (g_array_index (context.needs->pages, PdgPageReport, 0).kind, ==, rows[i].kind);
    }
}

static void
test_verdicts (void)
{
  static const char body[] = "{\"batch\":[{\"uuid\":\"a\"},{\"event\":1},{\"uuid\":\"b\\\"\"},7,{\"uuid\":\"c\"}]}";
  PdgEventIssue issues[] = { { 1, (char *) "x" }, { 2, (char *) "event: \"y\"" }, { 9, (char *) "z" } };
  g_autoptr (GBytes) bytes = g_bytes_new_static (body, strlen (body));
  g_autoptr (GBytes) answer = pdg_posthog_write_verdicts (bytes, issues, G_N_ELEMENTS (issues));
  static const char expected[] = "{\"results\":{\"a\":{\"result\":\"ok\"},"
                                 "\"b\\\"\":{\"result\":\"drop\",\"details\":\"event: \\\"y\\\"\"},\"c\":{\"result\":\"ok\"}}}";

  g_assert_cmpmem (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), expected, strlen (expected));
}

static void
test_keys (void)
{
  static const struct
  {
    const char *body, *key;
  } rows[] = {
    { "{\"writeKey\":\"k\"}", "k" },
    { "{\"api_key\":\"k\",\"batch\":[]}", "k" },
    { "{\"batch\":[{\"properties\":{\"token\":\"k\"}}]}", "k" },
    { "[{\"properties\":{\"token\":\"k\"}}]", "k" },
    { "{\"$token\":\"k\"}", "k" },
    { "{\"token\":7}", "7" },
    { "{\"token\":\"\"}", NULL },
    { "{\"token\":{}}", NULL },
    { "[]", NULL },
    { "7", NULL },
    { "{", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) body = g_bytes_new_static (rows[i].body, strlen (rows[i].body));
      g_autofree char *key = pdg_dialect_dup_key (body);

      g_assert_cmpstr (key, ==, rows[i].key);
    }
}

static void
test_otlp_answers (void)
{
  PdgEventIssue issues[] = { { 2, (char *) "event: \"x\"" }, { 2, (char *) "y" }, { 5, (char *) "z" } };
  static const struct
  {
    PdgOtlpSignal signal;
    PdgOtlpEncoding encoding;
    guint n_issues;
    const char *answer;
  } rows[] = {
    { PDG_OTLP_LOGS, PDG_OTLP_JSON, 0, "{}" },
    { PDG_OTLP_LOGS, PDG_OTLP_PROTOBUF, 0, "" },
    { PDG_OTLP_LOGS, PDG_OTLP_JSON, 3, "{\"partialSuccess\":{\"rejectedLogRecords\":\"2\",\"errorMessage\":\"record 2: event: \\\"x\\\"\"}}" },
    { PDG_OTLP_TRACES, PDG_OTLP_JSON, 2, "{\"partialSuccess\":{\"rejectedSpans\":\"1\",\"errorMessage\":\"record 2: event: \\\"x\\\"\"}}" },
    { PDG_OTLP_TRACES, PDG_OTLP_PROTOBUF, 3, "\x0a\x18\x08\x02\x12\x14record 2: event: \"x\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) answer = pdg_otlp_write_result (rows[i].signal, rows[i].encoding, issues, rows[i].n_issues);

      g_assert_cmpmem (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), rows[i].answer, strlen (rows[i].answer));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/dialects/cases", test_cases);
  g_test_add_func ("/codec/dialects/refusals", test_refusals);
  g_test_add_func ("/codec/dialects/depth", test_depth);
  g_test_add_func ("/codec/dialects/amplification", test_amplification);
  g_test_add_func ("/codec/dialects/event-too-large", test_event_too_large);
  g_test_add_func ("/codec/dialects/truncated-proto", test_truncated_proto);
  g_test_add_func ("/codec/dialects/same-id", test_same_id);
  g_test_add_func ("/codec/dialects/sessions-needed", test_sessions_needed);
  g_test_add_func ("/codec/dialects/pages-reported", test_pages_reported);
  g_test_add_func ("/codec/dialects/verdicts", test_verdicts);
  g_test_add_func ("/codec/dialects/keys", test_keys);
  g_test_add_func ("/codec/dialects/otlp-answers", test_otlp_answers);
  return g_test_run ();
}
