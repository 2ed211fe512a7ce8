#include "config.h"

#include "codec-support.h"

#include <json-glib/json-glib.h>
#include <string.h>

static void
assert_result (guint n_accepted, const PdgEventIssue *issues, guint n_issues, guint n_duplicates, const char *expected)
{
  g_autoptr (GBytes) result = pdg_event_json_write_result (n_accepted, issues, n_issues, (PdgEventJsonParts) { .n_duplicates = n_duplicates });
  gsize size;
  const char *data = g_bytes_get_data (result, &size);

  g_assert_cmpmem (data, size, expected, strlen (expected));
}

static void
test_shapes (void)
{
  const PdgEventIssue issues[] = {
    { 1, (char *) "event_id: required" },
    { 7, (char *) "event.timestamp: not an RFC 3339 time" },
  };

  assert_result (0, NULL, 0, 0, "{\"accepted\":0,\"rejected\":0,\"errors\":[]}");
  assert_result (1, NULL, 0, 0, "{\"accepted\":1,\"rejected\":0,\"errors\":[]}");
  assert_result (3, NULL, 0, 2, "{\"accepted\":3,\"rejected\":0,\"duplicates\":2,\"errors\":[]}");
  assert_result (6, issues, 2, 0, "{\"accepted\":6,\"rejected\":2,\"errors\":[{\"index\":1,\"error\":\"event_id: required\"},"
                                  "{\"index\":7,\"error\":\"event.timestamp: not an RFC 3339 time\"}]}");
}

static void
test_escaping (void)
{
  const PdgEventIssue issues[] = { { 0, (char *) "a \"b\" \\ \n \x1f \xc3\xa9 \x7f" } };
  g_autoptr (GBytes) result = pdg_event_json_write_result (0, issues, 1, (PdgEventJsonParts) { 0 });
  g_autoptr (JsonParser) parser = json_parser_new ();
  gsize size;
  const char *data = g_bytes_get_data (result, &size);
  JsonObject *root;

  g_assert_true (json_parser_load_from_data (parser, data, (gssize) size, NULL));
  root = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (json_object_get_array_member (root, "errors"), 0), "error"),
                   ==, issues[0].error);
}

/* An event that is written reads as the same event. */
static void
test_event (void)
{
  static const char *const members[] = {
    "", "\"event.sequence\":7,\"user.id\":\"u\",\"anonymous.id\":\"a\",\"page.path\":\"/p\",\"page.title\":\"A \\\"title\\\"\",\"app.version\":\"1\"",
    "\"event.name\":\"n\",\"ui.component.name\":\"c\",\"ui.component.path\":\"a/c\",\"gen_ai.journey.id\":\"j\",\"gen_ai.journey.step.id\":\"s\"",
    "\"page.url\":\"https://a/b?c\",\"metadata\":{\"x\":[1,{}]},\"unknown\":\"\\u00e9\"", "\"event.timestamp\":\"2999-01-01T00:00:00Z\"",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_autoptr (PdgEventBatch) batch = codec_parse_members (members[i]), again = NULL;
      const PdgEvent *event = codec_get_event (batch), *second;
      g_autoptr (GBytes) written = pdg_event_json_write_event (event);
      g_autofree char *body = g_strdup_printf ("{\"events\":[%.*s]}", (int) g_bytes_get_size (written), (const char *) g_bytes_get_data (written, NULL));
      g_autoptr (GError) error = NULL;

      again = codec_parse (body, -1, &error);
      g_assert_no_error (error);
      second = codec_get_event (again);
      for (gsize offset = G_STRUCT_OFFSET (PdgEvent, event_id); offset <= G_STRUCT_OFFSET (PdgEvent, data); offset += sizeof (PdgSlice))
        {
          PdgSlice slice = G_STRUCT_MEMBER (PdgSlice, event, offset);
          g_autofree char *text = slice.data != NULL ? g_strndup (slice.data, slice.len) : NULL;

          codec_assert_slice (G_STRUCT_MEMBER (PdgSlice, second, offset), text);
        }
      g_assert_cmpint (second->timestamp_usec, ==, event->timestamp_usec);
      g_assert_cmpint (second->sequence, ==, event->sequence);
      g_assert_cmpint (second->flags, ==, event->flags);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/event-json-result/shapes", test_shapes);
  g_test_add_func ("/codec/event-json-result/escaping", test_escaping);
  g_test_add_func ("/codec/event-json-result/event", test_event);
  return g_test_run ();
}
