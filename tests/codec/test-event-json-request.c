#include "config.h"

#include "codec-support.h"

#include <string.h>

static void
test_envelopes (void)
{
  static const struct
  {
    const char *body;
    int code; /* -1 = fine */
    const char *message;
  } cases[] = {
    { "{\"events\":[]}", -1, NULL },
    { " \t\r\n{ \"events\" : [ ] } \n", -1, NULL },
    { "\xef\xbb\xbf{\"events\":[]}", -1, NULL },
    { "{\"sent_at\":\"2026-11-22T10:30:00Z\",\"events\":[],\"sdk\":{\"v\":[1,null]}}", -1, NULL },
    { "{\"\\u0065vents\":[]}", -1, NULL },
    { "{\"events\":[],\"sent_at\":5}", -1, NULL },
    { "{}", PDG_CODEC_ERROR_ENVELOPE, "events: required" },
    { "{\"event\":[]}", PDG_CODEC_ERROR_ENVELOPE, "events: required" },
    { "{\"events\":null}", PDG_CODEC_ERROR_ENVELOPE, "events: must be an array" },
    { "{\"events\":{}}", PDG_CODEC_ERROR_ENVELOPE, "events: must be an array" },
    { "{\"events\":[],\"events\":[]}", PDG_CODEC_ERROR_ENVELOPE, "events: more than once" },
    { "[]", PDG_CODEC_ERROR_ENVELOPE, "the body must be an object: {\"events\": [...]}" },
    { "[{\"event_id\":\"x\"}]", PDG_CODEC_ERROR_ENVELOPE, "the body must be an object: {\"events\": [...]}" },
    { "null", PDG_CODEC_ERROR_ENVELOPE, "the body must be an object: {\"events\": [...]}" },
    { "\"events\"", PDG_CODEC_ERROR_ENVELOPE, "the body must be an object: {\"events\": [...]}" },
    /* What is not JSON is called that, even when the envelope is wrong before. */
    { "", PDG_CODEC_ERROR_SYNTAX, "not JSON: unexpected end at byte 0" },
    { " ", PDG_CODEC_ERROR_SYNTAX, "not JSON: unexpected end at byte 1" },
    { "\xef\xbb\xbf", PDG_CODEC_ERROR_SYNTAX, "not JSON: unexpected end at byte 3" },
    { "{\"events\":[]", PDG_CODEC_ERROR_SYNTAX, "not JSON: unexpected end at byte 12" },
    { "{\"events\":[]}x", PDG_CODEC_ERROR_SYNTAX, "not JSON: text after the end of the JSON at byte 13" },
    { "{\"events\":[]}{}", PDG_CODEC_ERROR_SYNTAX, "not JSON: text after the end of the JSON at byte 13" },
    { "{\"events\":[{}", PDG_CODEC_ERROR_SYNTAX, "not JSON: unexpected end at byte 13" },
    { "{\"events\":[{},]}", PDG_CODEC_ERROR_SYNTAX, "not JSON: expected a value at byte 14" },
    { "{\"events\":[{}{}]}", PDG_CODEC_ERROR_SYNTAX, "not JSON: expected ',' or ']' at byte 13" },
    { "{\"events\":[{\"a\":1,}]}", PDG_CODEC_ERROR_SYNTAX, "not JSON: expected a key in quotes at byte 18" },
    { "{\"events\":[{\"a\" 1}]}", PDG_CODEC_ERROR_SYNTAX, "not JSON: expected ':' at byte 16" },
    { "{\"events\":[{\"a\":1 \"b\":2}]}", PDG_CODEC_ERROR_SYNTAX, "not JSON: expected ',' or '}' at byte 18" },
    { "{\"events\":[{\"a\":01}]}", PDG_CODEC_ERROR_SYNTAX, "not JSON: bad number at byte 16" },
    { "{\"events\":[{\"a\":\"\\x\"}]}", PDG_CODEC_ERROR_SYNTAX, "not JSON: bad escape at byte 17" },
    { "{\"events\":[{\"a\":\"\xff\"}]}", PDG_CODEC_ERROR_SYNTAX, "not JSON: not UTF-8 at byte 17" },
    { "{\"events\":[{\"a\":\"\n\"}]}", PDG_CODEC_ERROR_SYNTAX, "not JSON: control character in a string at byte 17" },
    { "{\"events\":null,}", PDG_CODEC_ERROR_SYNTAX, "not JSON: expected a key in quotes at byte 15" },
    { "{'events':[]}", PDG_CODEC_ERROR_SYNTAX, "not JSON: expected a key in quotes at byte 1" },
    { "[}", PDG_CODEC_ERROR_SYNTAX, "not JSON: expected a value at byte 1" },
    { "event_id=1", PDG_CODEC_ERROR_SYNTAX, "not JSON: expected a value at byte 0" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgEventBatch) batch = codec_parse (cases[i].body, -1, &error);

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      if (cases[i].code < 0)
        {
          g_assert_no_error (error);
          g_assert_nonnull (batch);
          continue;
        }
      g_assert_null (batch);
      g_assert_error (error, PDG_CODEC_ERROR, cases[i].code);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

static GBytes *
make_events (guint n)
{
  GString *body = g_string_new ("{\"events\":[");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (body, "%s{" REQUIRED_MEMBERS "}", i > 0 ? "," : "");
  g_string_append (body, "]}");
  return g_string_free_to_bytes (body);
}

static void
test_too_many (void)
{
  g_autoptr (GBytes) most = make_events (1000), more = make_events (1001);
  g_autoptr (PdgEventBatch) batch = pdg_event_json_parse (most, RECEIVED_USEC, NULL, NULL);
  PdgEventJsonLimits limits = PDG_EVENT_JSON_LIMITS_DEFAULT;
  g_autoptr (GError) error = NULL;
  guint n;

  pdg_event_batch_get_events (batch, &n);
  g_assert_cmpuint (n, ==, 1000);
  g_assert_null (pdg_event_json_parse (more, RECEIVED_USEC, NULL, &error));
  g_assert_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_TOO_MANY);
  g_assert_cmpstr (error->message, ==, "events: at most 1,000 in one request; send the rest in another");
  g_clear_error (&error);

  limits.max_events = 5;
  g_assert_null (pdg_event_json_parse (most, RECEIVED_USEC, &limits, &error));
  g_assert_cmpstr (error->message, ==, "events: at most 5 in one request; send the rest in another");
}

static void
test_body_too_large (void)
{
  g_autoptr (GBytes) body = make_events (20);
  PdgEventJsonLimits limits = PDG_EVENT_JSON_LIMITS_DEFAULT;
  g_autoptr (GError) error = NULL;

  limits.max_body_bytes = 2048;
  g_assert_cmpuint (g_bytes_get_size (body), >, 2048);
  g_assert_null (pdg_event_json_parse (body, RECEIVED_USEC, &limits, &error));
  g_assert_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_TOO_LARGE);
  g_assert_cmpstr (error->message, ==, "the body is larger than 2 KB; send fewer events at once");
}

static void
test_event_too_large (void)
{
  gsize fixed = strlen ("{" REQUIRED_MEMBERS ",\"error.stack\":\"\"}");

  for (gsize more = 0; more < 2; more++)
    {
      gsize n_fill = 100 * 1024 - fixed + more;
      g_autofree char *fill = g_strnfill (n_fill, 'x');
      g_autofree char *members = g_strdup_printf ("\"error.stack\":\"%s\"", fill);
      g_autoptr (PdgEventBatch) batch = codec_parse_members (members);

      if (more > 0)
        g_assert_cmpstr (codec_get_issue (batch), ==, "event: larger than 100 KB");
      else
        g_assert_cmpuint (codec_get_event (batch)->data.len, >, n_fill);
    }
}

/* @key with a value of @levels objects and arrays in turn. */
static char *
make_nested (const char *key, guint levels)
{
  GString *members = g_string_new (NULL);

  g_string_append_printf (members, "\"%s\":", key);
  for (guint i = 0; i < levels; i++)
    g_string_append (members, i % 2 == 0 ? "{\"a\":" : "[");
  g_string_append (members, "1");
  for (guint i = levels; i > 0; i--)
    g_string_append_c (members, i % 2 == 1 ? '}' : ']');
  return g_string_free (members, FALSE);
}

static void
test_depth (void)
{
  static const struct
  {
    const char *key;
    guint levels;
    const char *issue;
  } cases[] = {
    { "metadata", 31, NULL }, /* the event itself is the first level */
    { "metadata", 32, "metadata: nested deeper than 32 levels" },
    { "metadata", 100, "metadata: nested deeper than 32 levels" },
    { "metadata", 20000, "metadata: nested deeper than 32 levels" },
    { "unheard.of", 31, NULL },
    { "unheard.of", 32, "metadata: nested deeper than 32 levels" },
    { "ui.state.before", 31, NULL },
    { "ui.state.before", 65, "ui.state.before: nested deeper than 32 levels" },
    { "page.title", 64, "page.title: must be a string" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *members = make_nested (cases[i].key, cases[i].levels);
      g_autoptr (PdgEventBatch) batch = codec_parse_members (members);

      if (cases[i].issue == NULL)
        codec_get_event (batch);
      else
        g_assert_cmpstr (codec_get_issue (batch), ==, cases[i].issue);
    }
}

static void
test_depth_of_envelope (void)
{
  g_autofree char *fine = make_nested ("sdk", 31), *deep = make_nested ("sdk", 32), *unclosed = g_strnfill (5000000, '[');
  g_autofree char *first = g_strdup_printf ("{\"events\":[],%s}", fine), *second = g_strdup_printf ("{%s,\"events\":[]}", deep);
  g_autoptr (PdgEventBatch) batch = codec_parse (first, -1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (batch);
  g_assert_null (codec_parse (second, -1, &error));
  g_assert_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_TOO_DEEP);
  g_assert_cmpstr (error->message, ==, "the body is nested deeper than 32 levels");
  g_clear_error (&error);
  g_assert_null (codec_parse (unclosed, -1, &error));
  g_assert_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_SYNTAX);
}

/* No beginning of a request is one, and none is read beyond its end. */
static void
test_truncated (void)
{
  static const char body[] = "{\"sent_at\":\"\xc3\xa9\\u00e9\",\"events\":[{" REQUIRED_MEMBERS ",\"metadata\":{\"a\":[1.5e3,true,false,null,"
                             "\"\xf0\x9f\x98\x80\\ud83d\\ude00\"]},\"event.sequence\":12}]}";
  g_autoptr (PdgEventBatch) batch = NULL;

  for (gsize len = 0; len < sizeof body - 1; len++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (codec_parse (body, (gssize) len, &error));
      g_assert_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_SYNTAX);
    }
  batch = codec_parse (body, -1, NULL);
  g_assert_cmpint (codec_get_event (batch)->sequence, ==, 12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/event-json-request/envelopes", test_envelopes);
  g_test_add_func ("/codec/event-json-request/too-many", test_too_many);
  g_test_add_func ("/codec/event-json-request/body-too-large", test_body_too_large);
  g_test_add_func ("/codec/event-json-request/event-too-large", test_event_too_large);
  g_test_add_func ("/codec/event-json-request/depth", test_depth);
  g_test_add_func ("/codec/event-json-request/depth-of-envelope", test_depth_of_envelope);
  g_test_add_func ("/codec/event-json-request/truncated", test_truncated);
  return g_test_run ();
}
