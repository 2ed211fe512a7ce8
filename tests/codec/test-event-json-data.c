#include "config.h"

#include "codec-support.h"

#include <string.h>

/* The members of an event and the JSON that is kept of them. */
static const struct
{
  const char *members;
  const char *data; /* NULL = none */
} cases[] = {
  { "", NULL },
  { "\"metadata\":{}", "{\"metadata\":{}}" },
  { "\"metadata\":null", NULL },
  { "\"metadata\":{\"price\":9.50,\"tags\":[\"a\", null]}", "{\"metadata\":{\"price\":9.50,\"tags\":[\"a\", null]}}" },
  { "\"metadata\":{\"a\":1},\"metadata\":{\"b\":2}", "{\"metadata\":{\"b\":2}}" },
  /* Known keys without a slice, each under its own name, as it was sent. */
  { "\"org.id\":\"o\"", "{\"org.id\":\"o\"}" },
  { "\"page.url\":\"https://a/b\"", "{\"page.url\":\"https://a/b\"}" },
  { "\"page.referrer\":\"r\"", "{\"page.referrer\":\"r\"}" },
  { "\"ui.component.type\":\"button\"", "{\"ui.component.type\":\"button\"}" },
  { "\"ui.action\":\"click\"", "{\"ui.action\":\"click\"}" },
  { "\"ui.element\":\"#pay\"", "{\"ui.element\":\"#pay\"}" },
  { "\"ui.element.text\":\"Pay \\\"now\\\"\"", "{\"ui.element.text\":\"Pay \\\"now\\\"\"}" },
  { "\"ui.viewport\":\"1280x800\"", "{\"ui.viewport\":\"1280x800\"}" },
  { "\"ui.scroll.position\":0.75", "{\"ui.scroll.position\":0.75}" },
  { "\"ui.state.key\":\"cart\"", "{\"ui.state.key\":\"cart\"}" },
  { "\"ui.state.change_type\":\"update\"", "{\"ui.state.change_type\":\"update\"}" },
  { "\"ui.state.before\":\"{\\\"n\\\":1}\"", "{\"ui.state.before\":\"{\\\"n\\\":1}\"}" },
  { "\"ui.state.after\":{\"n\": 2}", "{\"ui.state.after\":{\"n\": 2}}" },
  { "\"ui.state.after\":[1,2]", "{\"ui.state.after\":[1,2]}" },
  { "\"ui.state.after\":true", "{\"ui.state.after\":true}" },
  { "\"ui.state.after\":null", NULL },
  { "\"gen_ai.journey.step.name\":\"Pay\"", "{\"gen_ai.journey.step.name\":\"Pay\"}" },
  { "\"gen_ai.journey.conversion.status\":\"won\"", "{\"gen_ai.journey.conversion.status\":\"won\"}" },
  { "\"api.method\":\"GET\"", "{\"api.method\":\"GET\"}" },
  { "\"api.path\":\"/a\"", "{\"api.path\":\"/a\"}" },
  { "\"api.status_code\":200", "{\"api.status_code\":200}" },
  { "\"api.duration_ms\":12", "{\"api.duration_ms\":12}" },
  { "\"error.type\":\"TypeError\"", "{\"error.type\":\"TypeError\"}" },
  { "\"error.message\":\"m\"", "{\"error.message\":\"m\"}" },
  { "\"error.stack\":\"a\\nb\"", "{\"error.stack\":\"a\\nb\"}" },
  { "\"error.component\":\"c\"", "{\"error.component\":\"c\"}" },
  { "\"performance.lcp_ms\":1.5", "{\"performance.lcp_ms\":1.5}" },
  { "\"performance.fid_ms\":2", "{\"performance.fid_ms\":2}" },
  { "\"performance.inp_ms\":3e0", "{\"performance.inp_ms\":3e0}" },
  { "\"performance.cls\":-0.0", "{\"performance.cls\":-0.0}" },
  { "\"performance.ttfb_ms\":5", "{\"performance.ttfb_ms\":5}" },
  { "\"snapshot.url\":\"u\"", "{\"snapshot.url\":\"u\"}" },
  { "\"snapshot.id\":\"i\"", "{\"snapshot.id\":\"i\"}" },
  { "\"snapshot.viewport\":\"v\"", "{\"snapshot.viewport\":\"v\"}" },
  { "\"app.name\":\"shop\"", "{\"app.name\":\"shop\"}" },
  { "\"app.environment\":\"\"", "{\"app.environment\":\"\"}" },
  { "\"duration_ms\":7", "{\"duration_ms\":7}" },
  { "\"api.path\":\"/a\",\"api.path\":null", NULL },
  { "\"api.path\":\"/a\",\"api.path\":\"/b\"", "{\"api.path\":\"/b\"}" },
  { "\"api\\u002epath\":\"/a\"", "{\"api.path\":\"/a\"}" },
  { "\"api.path\":\"/a\",\"metadata\":{\"k\":1},\"ui.action\":\"x\"", "{\"metadata\":{\"k\":1},\"ui.action\":\"x\",\"api.path\":\"/a\"}" },
  /* Unknown keys go into metadata, before its own members: jsonb and most readers take the last of two. */
  { "\"feature.flag\":\"on\"", "{\"metadata\":{\"feature.flag\":\"on\"}}" },
  { "\"plan\":null", "{\"metadata\":{\"plan\":null}}" },
  { "\"a\":1,\"b\":[{}]", "{\"metadata\":{\"a\":1,\"b\":[{}]}}" },
  { "\"a\":1,\"metadata\":{\"b\":2}", "{\"metadata\":{\"a\":1,\"b\":2}}" },
  { "\"metadata\":{\"b\":2},\"a\":1", "{\"metadata\":{\"a\":1,\"b\":2}}" },
  { "\"a\":1,\"metadata\":{\"a\":2}", "{\"metadata\":{\"a\":1,\"a\":2}}" },
  { "\"a\":1,\"metadata\":{}", "{\"metadata\":{\"a\":1}}" },
  { "\"a\":1,\"metadata\":{ \n }", "{\"metadata\":{\"a\":1}}" },
  { "\"a\":1,\"metadata\":{ \"b\" : 2 }", "{\"metadata\":{\"a\":1,\"b\" : 2 }}" },
  { "\"a\":1,\"metadata\":null", "{\"metadata\":{\"a\":1}}" },
  { "\"a\":1,\"a\":2", "{\"metadata\":{\"a\":1,\"a\":2}}" },
  { "\"\":0", "{\"metadata\":{\"\":0}}" },
  { "\"Event_id\":\"x\",\"api.path\":\"/a\"", "{\"api.path\":\"/a\",\"metadata\":{\"Event_id\":\"x\"}}" },
  /* What jsonb refuses becomes U+FFFD, in values and in keys. */
  { "\"error.message\":\"a\\u0000b\"", "{\"error.message\":\"a\\ufffdb\"}" },
  { "\"error.message\":\"\\ud800\"", "{\"error.message\":\"\\ufffd\"}" },
  { "\"error.message\":\"\\uDC00\\uD800\"", "{\"error.message\":\"\\ufffd\\ufffd\"}" },
  { "\"error.message\":\"\\ud83d\\ude00\\ud83d\"", "{\"error.message\":\"\\ud83d\\ude00\\ufffd\"}" },
  { "\"error.message\":\"\\ud83d\\ud83d\\ude00\"", "{\"error.message\":\"\\ufffd\\ud83d\\ude00\"}" },
  { "\"error.message\":\"\\\\u0000\\u0000\"", "{\"error.message\":\"\\\\u0000\\ufffd\"}" },
  { "\"metadata\":{\"a\\u0000\":[\"\\udfff\"]}", "{\"metadata\":{\"a\\ufffd\":[\"\\ufffd\"]}}" },
  { "\"x\\u0000\":\"\\u0000\",\"metadata\":{\"y\":\"\\u0000\"}", "{\"metadata\":{\"x\\ufffd\":\"\\ufffd\",\"y\":\"\\ufffd\"}}" },
  { "\"ui.state.before\":\"{\\\"n\\\":\\\"\\u0000\\\"}\"", "{\"ui.state.before\":\"{\\\"n\\\":\\\"\\ufffd\\\"}\"}" },
  { "\"page.url\":\"https://a/\\u0000\"", "{\"page.url\":\"https://a/\\ufffd\"}" },
};

static void
test_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdgEventBatch) batch = codec_parse_members (cases[i].members);

      g_test_message ("%s", cases[i].members);
      codec_assert_slice (codec_get_event (batch)->data, cases[i].data);
    }
}

/* Numbers at the edge of a numeric: digits as they were written, exponents up to 400. */
static void
test_numbers (void)
{
  static const struct
  {
    int n_integer;
    int n_fraction;
    const char *exponent;
    gboolean accepted;
  } numbers[] = {
    { 1, 0, "e400", TRUE },
    { 1, 0, "e401", FALSE },
    { 1, 0, "e-400", TRUE },
    { 1, 0, "e-401", FALSE },
    { 1, 0, "E+0000000000000000000000000000000000000400", TRUE },
    { 1, 0, "e99999999999999999999999999999999999999", FALSE },
    { 1, 0, "e-99999999999999999999999999999999999999", FALSE },
    { 1, 0, "e2147483648", FALSE },
    { 90000, 0, "", TRUE },
    { 1, 16383, "", TRUE },
    { 1, 16384, "", FALSE },
    { 1, 16383, "e-1", FALSE },
    { 1, 16384, "e1", TRUE },
    { 1, 16783, "e400", TRUE },
    { 1, 16784, "e400", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      GString *members = g_string_new ("\"metadata\":{\"n\":-");
      g_autoptr (PdgEventBatch) batch = NULL;

      for (int j = 0; j < numbers[i].n_integer; j++)
        g_string_append_c (members, '7');
      if (numbers[i].n_fraction > 0)
        g_string_append_c (members, '.');
      for (int j = 0; j < numbers[i].n_fraction; j++)
        g_string_append_c (members, '3');
      g_string_append_printf (members, "%s}", numbers[i].exponent);
      batch = codec_parse_members (members->str);
      g_test_message ("%d digits, %d behind the point, %s", numbers[i].n_integer, numbers[i].n_fraction, numbers[i].exponent);
      if (numbers[i].accepted)
        g_assert_cmpuint (codec_get_event (batch)->data.len, ==, members->len + 2);
      else
        g_assert_cmpstr (codec_get_issue (batch), ==, "metadata: a number is out of range");
      g_string_free (members, TRUE);
    }
}

/* Many unknown members, in time that grows with their number only. */
static void
test_many_unknown (void)
{
  static const char tail[] = ",\"k0\":\"own\"}}";
  GString *members = g_string_new ("\"metadata\":{\"k0\":\"own\"}");
  g_autoptr (PdgEventBatch) batch = NULL;
  PdgSlice data;

  for (int i = 0; i < 9000; i++)
    g_string_append_printf (members, ",\"k%d\":%d", i % 10, i % 7);
  batch = codec_parse_members (members->str);
  data = codec_get_event (batch)->data;
  g_assert_true (g_str_has_prefix (data.data, "{\"metadata\":{\"k0\":0,\"k1\":1,"));
  g_assert_cmpmem (data.data + data.len - strlen (tail), strlen (tail), tail, strlen (tail));
  g_string_free (members, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/event-json-data/table", test_table);
  g_test_add_func ("/codec/event-json-data/numbers", test_numbers);
  g_test_add_func ("/codec/event-json-data/many-unknown", test_many_unknown);
  return g_test_run ();
}
