#include "config.h"

#include "base/pdg-id.h"
#include "base/pdg-time.h"
#include "codec-support.h"

#include <string.h>

#define SLICE(field) G_STRUCT_OFFSET (PdgEvent, field)

/* Every key that has a slice of its own, and how long its text may be. */
static const struct
{
  const char *key;
  gsize slice;
  gsize max_bytes;
} texts[] = {
  { "event_id", SLICE (event_id), 512 },
  { "project_id", SLICE (project), 64 },
  { "product_id", SLICE (project), 64 },
  { "session.id", SLICE (session), 256 },
  { "event.type", SLICE (type), 64 },
  { "event.name", SLICE (name), 256 },
  { "user.id", SLICE (user), 256 },
  { "anonymous.id", SLICE (anonymous), 256 },
  { "page.path", SLICE (page_path), 2048 },
  { "page.title", SLICE (page_title), 1024 },
  { "ui.component.name", SLICE (component), 256 },
  { "ui.component.path", SLICE (component_path), 1024 },
  { "gen_ai.journey.id", SLICE (journey), 256 },
  { "gen_ai.journey.step.id", SLICE (step), 256 },
  { "app.version", SLICE (release), 128 },
};

/* The seed's own request, byte for byte. */
static void
test_seed (void)
{
  static const char body[] =
    "{\n"
    "    \"events\": [{\n"
    "      \"event_id\": \"evt_001\",\n"
    "      \"project_id\": \"proj_demo\",\n"
    "      \"session.id\": \"sess_001\",\n"
    "      \"event.type\": \"page.view\",\n"
    "      \"event.timestamp\": \"2024-01-15T10:30:00Z\",\n"
    "      \"page.path\": \"/checkout\",\n"
    "      \"page.title\": \"Checkout\"\n"
    "    }]\n"
    "  }";
  g_autoptr (PdgEventBatch) batch = codec_parse (body, -1, NULL);
  const PdgEvent *event = codec_get_event (batch);

  codec_assert_slice (event->event_id, "evt_001");
  codec_assert_slice (event->project, "proj_demo");
  codec_assert_slice (event->session, "sess_001");
  codec_assert_slice (event->type, "page.view");
  codec_assert_slice (event->page_path, "/checkout");
  codec_assert_slice (event->page_title, "Checkout");
  codec_assert_slice (event->name, NULL);
  codec_assert_slice (event->data, NULL);
  g_assert_cmpint (event->timestamp_usec, ==, G_GINT64_CONSTANT (1705314600) * PDG_USEC_PER_SEC);
  g_assert_cmpint (event->sequence, ==, PDG_SEQUENCE_NONE);
  g_assert_cmpuint (event->index, ==, 0);
  g_assert_cmpuint (event->flags, ==, PDG_EVENT_LATE | PDG_EVENT_IS_PAGE_VIEW);
  g_assert_cmpint (pdg_event_batch_get_received_usec (batch), ==, RECEIVED_USEC);
}

static void
test_required (void)
{
  static const char *const keys[] = { "event_id", "project_id", "session.id", "event.type", "event.timestamp" };
  static const char *const values[] = { "e", "p", "s", "custom", RECEIVED_TEXT };
  static const char *const absent[] = { NULL, "null", "\"\"" };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (absent); j++)
      {
        GString *body = g_string_new ("{\"events\":[{\"x\":1");
        g_autofree char *expected = g_strdup_printf ("%s: required", keys[i]);
        g_autoptr (PdgEventBatch) batch = NULL;

        for (gsize k = 0; k < G_N_ELEMENTS (keys); k++)
          if (k != i)
            g_string_append_printf (body, ",\"%s\":\"%s\"", keys[k], values[k]);
          else if (absent[j] != NULL)
            g_string_append_printf (body, ",\"%s\":%s", keys[k], absent[j]);
        g_string_append (body, "}]}");
        batch = codec_parse (body->str, (gssize) body->len, NULL);
        g_assert_cmpstr (codec_get_issue (batch), ==, expected);
        g_string_free (body, TRUE);
      }
}

/* Members that get an event refused, and with which words. */
static const struct
{
  const char *members;
  const char *issue; /* NULL = none */
} verdicts[] = {
  { "\"event_id\":7", "event_id: must be a string" },
  { "\"project_id\":true", "project_id: must be a string" },
  { "\"product_id\":[]", "project_id: must be a string" },
  { "\"session.id\":{}", "session.id: must be a string" },
  { "\"event.type\":1.5", "event.type: must be a string" },
  { "\"event.timestamp\":1795343400", "event.timestamp: not an RFC 3339 time" },
  { "\"event.timestamp\":\"yesterday\"", "event.timestamp: not an RFC 3339 time" },
  { "\"event.timestamp\":\"2026-11-22T10:30:00\"", "event.timestamp: not an RFC 3339 time" },
  { "\"event.timestamp\":\"2026-02-29T10:30:00Z\"", "event.timestamp: not an RFC 3339 time" },
  { "\"event.timestamp\":\"\\u00002026-11-22T10:30:00Z\"", "event.timestamp: not an RFC 3339 time" },
  { "\"event.timestamp\":\"2026-11-22\\u005410:30:00Z\"", NULL },
  { "\"event.sequence\":\"1\"", "event.sequence: must be an integer" },
  { "\"event.sequence\":1.0", "event.sequence: must be an integer" },
  { "\"event.sequence\":1e2", "event.sequence: must be an integer" },
  { "\"event.sequence\":true", "event.sequence: must be an integer" },
  { "\"event.sequence\":2147483647", NULL },
  { "\"event.sequence\":-2147483647", NULL },
  { "\"event.sequence\":2147483648", "event.sequence: out of range" },
  { "\"event.sequence\":-2147483648", "event.sequence: out of range" },
  { "\"event.sequence\":99999999999999999999999999999999999999999", "event.sequence: out of range" },
  { "\"event.sequence\":null", NULL },
  { "\"api.status_code\":\"200\"", "api.status_code: must be an integer" },
  { "\"api.status_code\":200.5", "api.status_code: must be an integer" },
  { "\"api.status_code\":2147483648", "api.status_code: out of range" },
  { "\"api.duration_ms\":12.5", "api.duration_ms: must be an integer" },
  { "\"api.duration_ms\":9007199254740991", NULL },
  { "\"api.duration_ms\":9007199254740992", "api.duration_ms: out of range" },
  { "\"duration_ms\":[1]", "duration_ms: must be an integer" },
  { "\"duration_ms\":-1", NULL },
  { "\"ui.scroll.position\":\"0.5\"", "ui.scroll.position: must be a number" },
  { "\"ui.scroll.position\":0.5", NULL },
  { "\"performance.lcp_ms\":{}", "performance.lcp_ms: must be a number" },
  { "\"performance.fid_ms\":\"1\"", "performance.fid_ms: must be a number" },
  { "\"performance.inp_ms\":false", "performance.inp_ms: must be a number" },
  { "\"performance.cls\":\"\"", "performance.cls: must be a number" },
  { "\"performance.ttfb_ms\":[]", "performance.ttfb_ms: must be a number" },
  { "\"performance.lcp_ms\":1e401", "performance.lcp_ms: a number is out of range" },
  { "\"performance.lcp_ms\":1e400", NULL },
  { "\"metadata\":[]", "metadata: must be an object" },
  { "\"metadata\":\"{}\"", "metadata: must be an object" },
  { "\"metadata\":0", "metadata: must be an object" },
  { "\"metadata\":null", NULL },
  { "\"metadata\":{\"a\":[1,{\"b\":1e999999}]}", "metadata: a number is out of range" },
  { "\"unheard.of\":[1e999999]", "metadata: a number is out of range" },
  { "\"ui.state.before\":{\"a\":-1E+401}", "ui.state.before: a number is out of range" },
  { "\"ui.state.after\":1e-401", "ui.state.after: a number is out of range" },
  { "\"ui.state.after\":false", NULL },
  /* A wrong value that a later one replaces does no harm, and the other way round. */
  { "\"event.sequence\":\"x\",\"event.sequence\":3", NULL },
  { "\"event.sequence\":3,\"event.sequence\":\"x\"", "event.sequence: must be an integer" },
  { "\"ui.state.after\":1e999,\"ui.state.after\":1", NULL },
  { "\"user.id\":1,\"user.id\":null", NULL },
  { "\"event_id\":null,\"event_id\":\"again\"", NULL },
  /* The verdict names the first key of the table, whatever the order in the event. */
  { "\"metadata\":1,\"page.path\":2,\"event_id\":3", "event_id: must be a string" },
  { "\"metadata\":1,\"page.path\":2", "page.path: must be a string" },
};

static void
test_verdicts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (verdicts); i++)
    {
      g_autoptr (PdgEventBatch) batch = codec_parse_members (verdicts[i].members);

      g_test_message ("%s", verdicts[i].members);
      if (verdicts[i].issue == NULL)
        codec_get_event (batch);
      else
        g_assert_cmpstr (codec_get_issue (batch), ==, verdicts[i].issue);
    }
}

/* Keys whose values must be strings, those of the slices and those of the data. */
static void
test_must_be_strings (void)
{
  static const char *const data_keys[] = {
    "org.id", "page.url", "page.referrer", "ui.component.type", "ui.action", "ui.element", "ui.element.text", "ui.viewport",
    "ui.state.key", "ui.state.change_type", "gen_ai.journey.step.name", "gen_ai.journey.conversion.status", "api.method",
    "api.path", "error.type", "error.message", "error.stack", "error.component", "snapshot.url", "snapshot.id",
    "snapshot.viewport", "app.name", "app.environment",
  };
  static const char *const values[] = { "0", "-1.5", "true", "false", "{}", "[\"a\"]", "{\"a\":\"b\"}" };
  gsize n_keys = G_N_ELEMENTS (texts) + G_N_ELEMENTS (data_keys);

  for (gsize i = 0; i < n_keys; i++)
    for (gsize j = 0; j < G_N_ELEMENTS (values); j++)
      {
        const char *key = i < G_N_ELEMENTS (texts) ? texts[i].key : data_keys[i - G_N_ELEMENTS (texts)];
        g_autofree char *members = g_strdup_printf ("\"%s\":%s", key, values[j]);
        g_autofree char *expected = g_strdup_printf ("%s: must be a string", g_str_equal (key, "product_id") ? "project_id" : key);
        g_autoptr (PdgEventBatch) batch = codec_parse_members (members);

        g_assert_cmpstr (codec_get_issue (batch), ==, expected);
      }
}

static void
test_slices (void)
{
  static const struct
  {
    const char *json;
    const char *text;
  } values[] = {
    { "a", "a" },
    { "a longer text, of more than sixteen bytes", "a longer text, of more than sixteen bytes" },
    { "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80", "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80" },
    { "\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t" },
    { "\\u0041\\u00e9\\u20ac\\uD83D\\uDE00", "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80" },
    { "a\\u0000b", "a\xef\xbf\xbd" "b" },
    { "\\ud83d", "\xef\xbf\xbd" },
    { "\\ude00x", "\xef\xbf\xbdx" },
    { "\\ud83d\\ud83d\\ude00", "\xef\xbf\xbd\xf0\x9f\x98\x80" },
    { "\\ud83d\\n", "\xef\xbf\xbd\n" },
    { "\\ud83d\\u0041", "\xef\xbf\xbd" "A" },
    { "\\\\u0041", "\\u0041" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (values); j++)
      {
        g_autofree char *members = g_strdup_printf ("\"%s\":\"%s\"", texts[i].key, values[j].json);
        g_autoptr (PdgEventBatch) batch = codec_parse_members (members);
        const PdgEvent *event = codec_get_event (batch);

        codec_assert_slice (G_STRUCT_MEMBER (PdgSlice, event, texts[i].slice), values[j].text);
        codec_assert_slice (event->data, NULL);
      }
}

/* The limit counts bytes of the text, not of its escapes. */
static void
test_slice_limits (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const char *name = g_str_equal (texts[i].key, "product_id") ? "project_id" : texts[i].key;
      g_autofree char *expected = g_strdup_printf ("%s: longer than %" G_GSIZE_FORMAT " bytes", name, texts[i].max_bytes);

      for (int escaped = 0; escaped < 2; escaped++)
        for (gsize more = 0; more < 2; more++)
          {
            GString *members = g_string_new (NULL);
            g_autoptr (PdgEventBatch) batch = NULL;

            g_string_append_printf (members, "\"%s\":\"", texts[i].key);
            for (gsize n = 0; n < texts[i].max_bytes + more; n++)
              g_string_append (members, escaped ? "\\u0078" : "x");
            g_string_append_c (members, '"');
            batch = codec_parse_members (members->str);
            if (more > 0)
              g_assert_cmpstr (codec_get_issue (batch), ==, expected);
            else
              g_assert_cmpuint (G_STRUCT_MEMBER (PdgSlice, codec_get_event (batch), texts[i].slice).len, ==, texts[i].max_bytes);
            g_string_free (members, TRUE);
          }
    }
}

/* Empty strings and null count as absent where nothing is required. */
static void
test_absent (void)
{
  static const char *const values[] = { "null", "\"\"" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (values); j++)
      {
        g_autofree char *members = g_strdup_printf ("\"%s\":%s", texts[i].key, values[j]);
        g_autoptr (PdgEventBatch) batch = codec_parse_members (members);

        if (i < 5)
          g_assert_true (g_str_has_suffix (codec_get_issue (batch), ": required"));
        else
          codec_assert_slice (G_STRUCT_MEMBER (PdgSlice, codec_get_event (batch), texts[i].slice), NULL);
      }
}

static void
test_project_names (void)
{
  g_autoptr (PdgEventBatch) batch =
    codec_parse ("{\"events\":[{\"event_id\":\"e\",\"product_id\":\"shop\",\"session.id\":\"s\",\"event.type\":\"t\",\"event.timestamp\":\""
                 RECEIVED_TEXT "\"}]}", -1, NULL);

  codec_assert_slice (codec_get_event (batch)->project, "shop");
  codec_assert_slice (codec_get_event (batch)->data, NULL);
}

/* Keys may be written with escapes, and the last of two counts. */
static void
test_keys (void)
{
  static const struct
  {
    const char *members;
    const char *title;
  } cases[] = {
    { "\"page.title\":\"a\",\"page.title\":\"b\"", "b" },
    { "\"page.title\":\"a\",\"page\\u002etitle\":\"b\"", "b" },
    { "\"\\u0070\\u0061\\u0067\\u0065\\u002e\\u0074\\u0069\\u0074\\u006c\\u0065\":\"c\"", "c" },
    { "\"page.title\":\"a\",\"page.title\":null", NULL },
    { "\"page.title\":\"a\",\"Page.title\":\"b\"", "a" },
    { "\"page.title\":\"a\",\"page.title \":\"b\"", "a" },
    { "\"page.title\":\"a\",\"page.title\\u0000\":\"b\"", "a" },
    { "\"page.title\":\"a\",\"\":\"b\",\"p\":1,\"page\":2,\"page.titl\":3", "a" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdgEventBatch) batch = codec_parse_members (cases[i].members);

      codec_assert_slice (codec_get_event (batch)->page_title, cases[i].title);
    }
}

static void
test_sequence (void)
{
  static const struct
  {
    const char *members;
    gint32 sequence;
  } cases[] = {
    { "", PDG_SEQUENCE_NONE },
    { "\"event.sequence\":null", PDG_SEQUENCE_NONE },
    { "\"event.sequence\":0", 0 },
    { "\"event.sequence\":-0", 0 },
    { "\"event.sequence\":41", 41 },
    { "\"event.sequence\":-7", -7 },
    { "\"event.sequence\":2147483647", G_MAXINT32 },
    { "\"event.sequence\":1,\"event.sequence\":2", 2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdgEventBatch) batch = codec_parse_members (cases[i].members);

      g_assert_cmpint (codec_get_event (batch)->sequence, ==, cases[i].sequence);
      codec_assert_slice (codec_get_event (batch)->data, NULL);
    }
}

static void
test_timestamps (void)
{
  static const struct
  {
    const char *text;
    gint64 offset_usec; /* from the arrival */
    PdgEventFlags flags;
  } cases[] = {
    { "2026-11-22T10:30:00Z", 0, 0 },
    { "2026-11-22T11:30:00.250+01:00", 250000, 0 },
    { "2026-11-23T10:30:00Z", PDG_USEC_PER_DAY, 0 },
    { "2026-11-23T10:30:00.000001Z", 0, PDG_EVENT_CLAMPED },
    { "9999-12-31T23:59:59Z", 0, PDG_EVENT_CLAMPED },
    { "2026-10-23T10:30:00Z", -30 * PDG_USEC_PER_DAY, 0 },
    { "2026-10-23T10:29:59.999999Z", -30 * PDG_USEC_PER_DAY - 1, PDG_EVENT_LATE },
    { "1970-01-01T00:00:00Z", -RECEIVED_USEC, PDG_EVENT_LATE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *members = g_strdup_printf ("\"event.timestamp\":\"%s\"", cases[i].text);
      g_autofree char *data = g_strdup_printf ("{\"event.timestamp\":\"%s\"}", cases[i].text);
      g_autoptr (PdgEventBatch) batch = codec_parse_members (members);
      const PdgEvent *event = codec_get_event (batch);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (event->timestamp_usec, ==, RECEIVED_USEC + cases[i].offset_usec);
      g_assert_cmpuint (event->flags, ==, cases[i].flags);
      codec_assert_slice (event->data, (cases[i].flags & PDG_EVENT_CLAMPED) != 0 ? data : NULL);
    }
}

static void
test_flags (void)
{
  static const struct
  {
    const char *members;
    PdgEventFlags flags;
  } cases[] = {
    { "\"event.type\":\"page.view\"", PDG_EVENT_IS_PAGE_VIEW },
    { "\"event.type\":\"page\\u002eview\"", PDG_EVENT_IS_PAGE_VIEW },
    { "\"event.type\":\"performance\"", PDG_EVENT_IS_PERFORMANCE },
    { "\"event.type\":\"page.views\"", 0 },
    { "\"event.type\":\"page.leave\"", 0 },
    { "\"event.type\":\"error\"", PDG_EVENT_IS_ERROR },
    { "\"event.type\":\"api.response\"", 0 },
    { "\"event.type\":\"api.response\",\"api.status_code\":499", 0 },
    { "\"event.type\":\"api.response\",\"api.status_code\":500", PDG_EVENT_IS_ERROR },
    { "\"event.type\":\"api.response\",\"api.status_code\":-500", 0 },
    { "\"api.status_code\":503,\"event.type\":\"api.response\"", PDG_EVENT_IS_ERROR },
    { "\"event.type\":\"api.request\",\"api.status_code\":503", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdgEventBatch) batch = codec_parse_members (cases[i].members);

      g_test_message ("%s", cases[i].members);
      g_assert_cmpuint (codec_get_event (batch)->flags, ==, cases[i].flags);
    }
}

static void
test_event_key (void)
{
  static const guint8 uuid[16] = { 0x01, 0x8f, 0x6d, 0x2c, 0x7c, 0x3a, 0x7b, 0x51, 0x9c, 0x1e, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab };
  g_autoptr (PdgEventBatch) canonical = codec_parse_members ("\"event_id\":\"018f6d2c-7c3a-7b51-9c1e-0123456789ab\"");
  g_autoptr (PdgEventBatch) other = codec_parse_members ("\"event_id\":\"evt_001\"");
  guint8 hash[16];

  pdg_hash128 ("evt_001", 7, 0, hash);
  g_assert_cmpmem (codec_get_event (canonical)->event_key, 16, uuid, 16);
  g_assert_cmpmem (codec_get_event (other)->event_key, 16, hash, 16);
}

/* What tells an event that is sent again from another one that has its id. */
static void
test_payload (void)
{
  static const struct
  {
    const char *a, *b;
    gboolean same;
  } cases[] = {
    { "\"page.title\":\"t\",\"metadata\":{\"a\":1}", "\"metadata\":{\"a\":1} , \"page.title\":\"\\u0074\"", TRUE },
    { "\"event_id\":\"one\"", "\"event_id\":\"two\"", TRUE },
    { "\"event.timestamp\":\"2026-01-01T00:00:00Z\"", "\"event.timestamp\":\"2026-01-01T00:00:01Z\"", TRUE },
    { "\"page.title\":\"t\"", "\"page.title\":\"u\"", FALSE },
    { "\"page.title\":\"t\"", "\"page.path\":\"t\"", FALSE },
    { "\"user.id\":\"u\"", "\"anonymous.id\":\"u\"", FALSE },
    { "\"session.id\":\"s\"", "\"session.id\":\"t\"", FALSE },
    { "\"event.sequence\":1", "\"event.sequence\":2", FALSE },
    { "\"metadata\":{\"a\":1}", "\"metadata\":{\"a\":2}", FALSE },
    { "\"x.y\":1", "\"x.y\":2", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdgEventBatch) a = codec_parse_members (cases[i].a), b = codec_parse_members (cases[i].b);
      const PdgEvent *x = codec_get_event (a), *y = codec_get_event (b);

      g_test_message ("%s | %s", cases[i].a, cases[i].b);
      g_assert_cmpint (x->payload_hash, >, 0);
      g_assert_cmpint (x->payload_hash == y->payload_hash, ==, cases[i].same);
    }
}

static void
test_page_url (void)
{
  static const struct
  {
    const char *members;
    const char *path;
  } cases[] = {
    { "\"page.url\":\"https://shop.example/checkout/pay?x=1#y\"", "/checkout/pay" },
    { "\"page.url\":\"https://shop.example\"", "/" },
    { "\"page.url\":\"https://shop.example?x=/a\"", "/" },
    { "\"page.url\":\"https://shop.example#/a\"", "/" },
    { "\"page.url\":\"https://shop.example/\"", "/" },
    { "\"page.url\":\"http://[::1]:8080/a/b\"", "/a/b" },
    { "\"page.url\":\"//shop.example/cart\"", "/cart" },
    { "\"page.url\":\"/cart?x\"", "/cart" },
    { "\"page.url\":\"/\"", "/" },
    { "\"page.url\":\"https:\\/\\/shop.example\\/caf\\u00e9\"", "/caf\xc3\xa9" },
    { "\"page.url\":\"file:///tmp/index.html\"", "/tmp/index.html" },
    { "\"page.url\":\"myapp://shop/cart\"", "/cart" },
    { "\"page.url\":\"about:blank\"", NULL },
    { "\"page.url\":\"mailto:a@b\"", NULL },
    { "\"page.url\":\"cart\"", NULL },
    { "\"page.url\":\"cart/x\"", NULL },
    { "\"page.url\":\"https:\"", NULL },
    { "\"page.url\":\"https:/\"", NULL },
    { "\"page.url\":\":\"", NULL },
    { "\"page.url\":\"\"", NULL },
    { "\"page.url\":null", NULL },
    { "\"page.url\":\"https://shop.example/a\",\"page.path\":\"/b\"", "/b" },
    { "\"page.url\":\"https://shop.example/a\",\"page.path\":\"\"", "/a" },
    { "\"page.path\":null,\"page.url\":\"https://shop.example/a\"", "/a" },
    { "\"page.path\":\"/as?sent=1\"", "/as?sent=1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdgEventBatch) batch = codec_parse_members (cases[i].members);

      g_test_message ("%s", cases[i].members);
      codec_assert_slice (codec_get_event (batch)->page_path, cases[i].path);
    }
}

/* A path longer than page.path may be is cut at a character, since the event did not send too long a path. */
static void
test_page_url_long (void)
{
  GString *members = g_string_new ("\"page.url\":\"https://shop.example/");
  g_autoptr (PdgEventBatch) batch = NULL;
  PdgSlice path;

  for (int i = 0; i < 1000; i++)
    g_string_append (members, "\xe5\x95\x86");
  g_string_append_c (members, '"');
  batch = codec_parse_members (members->str);
  path = codec_get_event (batch)->page_path;
  g_assert_cmpuint (path.len, ==, 1 + 682 * 3);
  g_assert_true (g_utf8_validate (path.data, path.len, NULL));
  g_string_free (members, TRUE);
}

/* What needs no unescaping is not copied. */
static void
test_zero_copy (void)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("{\"events\":[{" REQUIRED_MEMBERS ",\"page.title\":\"\\u0041\"}]}",
                                                sizeof "{\"events\":[{" REQUIRED_MEMBERS ",\"page.title\":\"\\u0041\"}]}" - 1);
  g_autoptr (PdgEventBatch) batch = pdg_event_json_parse (body, RECEIVED_USEC, NULL, NULL);
  const PdgEvent *event = codec_get_event (batch);
  gsize size;
  const char *data = g_bytes_get_data (body, &size);

  g_assert_true (event->event_id.data > data && event->event_id.data < data + size);
  g_assert_true (event->session.data > data && event->session.data < data + size);
  g_assert_false (event->page_title.data >= data && event->page_title.data < data + size);
}

/* One request, some good and some bad: the numbers add up and each verdict has its place. */
static void
test_mixture (void)
{
  static const char body[] =
    "{\"events\":[{" REQUIRED_MEMBERS "},7,{" REQUIRED_MEMBERS ",\"event_id\":\"\"},{},{" REQUIRED_MEMBERS ",\"event_id\":\"last\"},null,"
    "[{" REQUIRED_MEMBERS "}]]}";
  static const struct
  {
    guint32 index;
    const char *error;
  } expected[] = {
    { 1, "event: must be an object" },
    { 2, "event_id: required" },
    { 3, "event_id: required" },
    { 5, "event: must be an object" },
    { 6, "event: must be an object" },
  };
  g_autoptr (PdgEventBatch) batch = codec_parse (body, -1, NULL);
  guint n_events, n_issues;
  const PdgEvent *events = pdg_event_batch_get_events (batch, &n_events);
  const PdgEventIssue *issues = pdg_event_batch_get_issues (batch, &n_issues);

  g_assert_cmpuint (n_events, ==, 2);
  g_assert_cmpuint (events[0].index, ==, 0);
  g_assert_cmpuint (events[1].index, ==, 4);
  codec_assert_slice (events[1].event_id, "last");
  g_assert_cmpuint (n_issues, ==, G_N_ELEMENTS (expected));
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_assert_cmpuint (issues[i].index, ==, expected[i].index);
      g_assert_cmpstr (issues[i].error, ==, expected[i].error);
    }
}

/* Nothing of one event shows through in the next. */
static void
test_no_leftovers (void)
{
  g_autoptr (PdgEventBatch) batch =
    codec_parse ("{\"events\":[{" REQUIRED_MEMBERS ",\"user.id\":\"u\",\"event.sequence\":4,\"page.url\":\"/x\",\"other\":1,\"metadata\":{\"a\":1},"
                 "\"event.timestamp\":\"2099-01-01T00:00:00Z\"},{" REQUIRED_MEMBERS "}]}", -1, NULL);
  guint n;
  const PdgEvent *events = pdg_event_batch_get_events (batch, &n);

  g_assert_cmpuint (n, ==, 2);
  codec_assert_slice (events[1].user, NULL);
  codec_assert_slice (events[1].page_path, NULL);
  codec_assert_slice (events[1].data, NULL);
  g_assert_cmpint (events[1].sequence, ==, PDG_SEQUENCE_NONE);
  g_assert_cmpuint (events[1].flags, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/event-json/seed", test_seed);
  g_test_add_func ("/codec/event-json/required", test_required);
  g_test_add_func ("/codec/event-json/verdicts", test_verdicts);
  g_test_add_func ("/codec/event-json/must-be-strings", test_must_be_strings);
  g_test_add_func ("/codec/event-json/slices", test_slices);
  g_test_add_func ("/codec/event-json/slice-limits", test_slice_limits);
  g_test_add_func ("/codec/event-json/absent", test_absent);
  g_test_add_func ("/codec/event-json/project-names", test_project_names);
  g_test_add_func ("/codec/event-json/keys", test_keys);
  g_test_add_func ("/codec/event-json/sequence", test_sequence);
  g_test_add_func ("/codec/event-json/timestamps", test_timestamps);
  g_test_add_func ("/codec/event-json/flags", test_flags);
  g_test_add_func ("/codec/event-json/event-key", test_event_key);
  g_test_add_func ("/codec/event-json/payload", test_payload);
  g_test_add_func ("/codec/event-json/page-url", test_page_url);
  g_test_add_func ("/codec/event-json/page-url-long", test_page_url_long);
  g_test_add_func ("/codec/event-json/zero-copy", test_zero_copy);
  g_test_add_func ("/codec/event-json/mixture", test_mixture);
  g_test_add_func ("/codec/event-json/no-leftovers", test_no_leftovers);
  return g_test_run ();
}
