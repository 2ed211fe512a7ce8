#include "config.h"

#include "codec-support.h"

#include <string.h>

/* Values that every JSON reader must take (y) or must refuse (n), in the spirit of N. Seriot's JSONTestSuite. */
#define CASE(text, valid) { text, sizeof (text) - 1, valid }
#define Y(text) CASE (text, TRUE)
#define N(text) CASE (text, FALSE)

typedef struct
{
  const char *text;
  gsize len;
  gboolean valid;
} Case;

static const Case structures[] = {
  Y ("[]"), Y ("[ ]"), Y ("{}"), Y ("{ }"), Y ("[[]   ]"), Y ("[null]"), Y ("[1\n]"), Y (" [1]"), Y ("[2] "), Y ("[1,null,null,null,2]"),
  Y ("[\"\"]"), Y ("[\"a\"]"), Y ("[false]"), Y ("[null, 1, \"1\", {}]"), Y ("[[[[[[[[[]]]]]]]]]"),
  Y ("{\"a\":\"b\"}"), Y ("{\"a\":\"b\",\"c\":\"d\"}"), Y ("{\"a\":\"b\",\"a\":\"c\"}"), Y ("{\"\":0}"), Y ("{\"foo\\u0000bar\": 42}"),
  Y ("{\"a\":[]}"), Y ("{ \"min\": -1.0e+28, \"max\": 1.0e+28 }"), Y ("{\"x\":[{\"id\": \"xxxx\"}], \"id\": \"xxxx\"}"),
  Y ("{\n\"a\": \"b\"\n}"),
  Y ("\t\r\n {\t\r\n \"a\"\t\r\n :\t\r\n 1\t\r\n ,\t\r\n \"b\":[\t\r\n 1\t\r\n ,\t\r\n 2\t\r\n ]\t\r\n }\t\r\n "),
  Y ("true"), Y ("false"), Y ("null"), Y ("\"\""), Y ("42"), Y ("-0.1"), Y ("\"asd\""), Y (" true "),
  N (""), N (" "), N ("["), N ("]"), N ("{"), N ("}"), N ("[1 true]"), N ("[a\xe5]"), N ("[\"\": 1]"), N ("[\"\"],"),
  N ("[,1]"), N ("[1,,2]"),
  N ("[\"x\",,]"), N ("[\"x\"]]"), N ("[\"\",]"), N ("[\"x\""), N ("[3[4]]"), N ("[1:2]"), N ("[,]"), N ("[-]"), N ("[   , \"\"]"),
  N ("[\"a\",\n4\n,1,"), N ("[1,]"), N ("[\"\va\"\\f]"), N ("[*]"), N ("[1,\n1\n,1"), N ("[{}"), N ("[fals]"), N ("[nul]"), N ("[tru]"),
  N ("[True]"), N ("[NULL]"), N ("nulll"), N ("truefalse"), N ("[\x00]"), N ("123\x00"), N ("[\v]"), N ("[\f]"), N ("[\xc2\xa0]"),
  N ("[\xe2\x81\xa0]"), N ("[\xef\xbb\xbf]"), N ("\xef\xbb\xbf[]"), N ("<null>"), N ("[<null>]"), N ("abc"), N ("[aaa]"), N ("\xe5"),
  N ("{[: \"x\"}"), N ("{\"x\", null}"), N ("{\"x\"::\"b\"}"), N ("{\"a\":\"a\" 123}"), N ("{key: 'value'}"),
  N ("{\"a\" b}"), N ("{:\"b\"}"),
  N ("{\"a\" \"b\"}"), N ("{\"a\":"), N ("{\"a\""), N ("{1:1}"), N ("{9999E9999:1}"), N ("{null:null,null:null}"), N ("{\"id\":0,,,,,}"),
  N ("{'a':0}"), N ("{\"id\":0,}"), N ("{\"a\":\"b\"}/**/"), N ("{\"a\":\"b\"}//"), N ("{\"a\":/*x*/1}"),
  N ("{\"a\":\"b\",,\"c\":\"d\"}"),
  N ("{a: \"b\"}"), N ("{\"a\":\"a"), N ("{ \"foo\" : \"bar\", \"a\" }"), N ("{\"a\":\"b\"}#"), N ("{\"a\":}"), N ("{\"a\"}"), N ("{,}"),
  N ("{\"a\":1]"), N ("[1}"), N ("[{]}"), N ("{[}]"), N ("[1],[2]"), N ("1 2"), N ("{}{}"), N ("[]1"), N ("'a'"), N ("undefined"),
  N ("[\\u000A\"\"]"), N ("[\\n]"), N ("{\"a\":true \"b\":1}"), N ("[[[["), N ("[{\"a\":[{\"a\":["), N ("@"), N ("[1,]]"), N ("\xef\xbb"),
};

static const Case numbers[] = {
  Y ("0"), Y ("-0"), Y ("1"), Y ("-1"), Y ("10"), Y ("123"), Y ("1.5"), Y ("0.5"), Y ("-0.5"), Y ("0e1"), Y ("0e+1"),
  Y ("0E-1"), Y ("1e1"),
  Y ("1E1"), Y ("1e+2"), Y ("1e-2"), Y ("20e1"), Y ("123.456e78"), Y ("123e45"), Y ("1.5E+02"), Y ("1.0"), Y ("1e00"), Y ("1e007"),
  Y ("-0.000000000000000000000000000000000000000000000000000000000000000000000000000001"), Y ("100000000000000000000000000000000000000"),
  Y ("18446744073709551616"), Y ("0.0000000000000000e0"),
  N ("-"), N ("+"), N ("+1"), N ("++1"), N ("-+1"), N ("--1"), N ("01"), N ("00"), N ("-01"), N ("-00"), N ("012"), N ("0."),
  N ("1."), N ("-1."),
  N (".5"), N ("-.5"), N ("+.5"), N ("0.e1"), N ("1.e1"), N (".e1"), N ("0e"), N ("0e+"), N ("0E-"), N ("1e"), N ("1.0e"),
  N ("1.0e+"), N ("1eE2"),
  N ("1e1.5"), N ("1.2.3"), N ("1 000"), N ("1,000"), N ("1_000"), N ("0x1"), N ("0x"), N ("1a"), N ("1e1a"), N ("-a"),
  N ("- 1"), N ("NaN"),
  N ("nan"), N ("Inf"), N ("Infinity"), N ("-Infinity"), N ("-NaN"), N ("1ea"), N ("\xef\xbc\x91"), N ("1+2"), N ("1-2"),
  N ("0x42"), N ("1f"),
  N ("9.3e+"), N ("2.e-3"), N ("-2."), N ("0.3e"), N ("0.3e+"), N ("-1x"), N ("1e\xe5"), N ("1\xe5"), N ("123\xe5"),
  N ("0\xe5"), N ("1e+-2"),
};

static const Case strings[] = {
  Y ("\"\""), Y ("\" \""), Y ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), Y ("\"\\u0060\\u012a\\u12AB\""), Y ("\"\\uD801\\udc37\""),
  Y ("\"\\ud83d\\ude39\\ud83d\\udc8d\""),
  Y ("\"\\\\u0000\""), Y ("\"\\\"\""), Y ("\"a/*b*/c/*d//e\""), Y ("\"\\\\a\""), Y ("\"\\\\n\""), Y ("\"\\u0012\""),
  Y ("\"\\uFFFF\""), Y ("\"asd \""),
  Y ("\"\\uDBFF\\uDFFF\""), Y ("\"new\\u00A0line\""), Y ("\"\\u0000\""), Y ("\"\\u2028\\u2029\""), Y ("\"\\uD888\\u1234\""),
  Y ("\"\\uDFAA\""),
  Y ("\"\\uD800\""), Y ("\"\\uD800\\n\""), Y ("\"\\u0061\\u30af\\u30EA\\u30b9\""), Y ("\"\x7f\""), Y ("\"a\x7f" "a\""), Y ("\"\\uA66D\""),
  Y ("\"'\""), Y ("\"a longer string of more than two times sixteen bytes, plain\""), Y ("\"0123456789abcde\\n0123456789abcde\\n\""),
  N ("\""), N ("\"\\\""), N ("\"\\"), N ("\"\\\\\\\""), N ("\"\\u\""), N ("\"\\u00\""), N ("\"\\u00A\""), N ("\"\\u00AG\""),
  N ("\"\\uqqqq\""), N ("\"\\u\\u0041\""),
  N ("\"\\x00\""), N ("\"\\a\""), N ("\"\\e\""), N ("\"\\v\""), N ("\"\\0\""), N ("\"\\'\""), N ("\"\\U0041\""),
  N ("\"\\ \""), N ("\"\\\n\""), N ("\"\\\t\""),
  N ("\"\\\xf0\x9f\x8c\x80\""), N ("\"\x00\""), N ("\"\x01\""), N ("\"\x1f\""), N ("\"\n\""), N ("\"\t\""), N ("\"\r\""),
  N ("\"a\x00" "a\""),
  N ("\"\\uD800\\\""), N ("\"\\uD800\\u\""), N ("\"\\uD800\\u1\""), N ("\"\\uD800\\u1x\""), N ("\"\\uD834\\uDd\""),
  N ("\"\\u-123\""), N ("\"\\u 123\""),
  N ("\"a\" \"b\""), N ("\"a"), N ("a\""), N ("\"0123456789abcde\x1f\""), N ("\"0123456789abcdef0123456789abcdef\x00\""),
  N ("\"\\u00\xc3\xa9\""),
};

/* Inside of strings: the encodings of U. Koch's "UTF-8 decoder capability and stress test" and RFC 3629's table. */
static const Case encodings[] = {
  Y ("\x24"), Y ("\xc2\xa2"), Y ("\xe2\x82\xac"), Y ("\xf0\x90\x8d\x88"), Y ("\x7f"), Y ("\xc2\x80"), Y ("\xdf\xbf"),
  Y ("\xe0\xa0\x80"), Y ("\xed\x9f\xbf"),
  Y ("\xee\x80\x80"), Y ("\xef\xbf\xbd"), Y ("\xef\xbf\xbf"), Y ("\xef\xbf\xbe"), Y ("\xf0\x90\x80\x80"),
  Y ("\xf4\x8f\xbf\xbf"), Y ("\xf1\x80\x80\x80"),
  Y ("\xf3\xbf\xbf\xbf"), Y ("\xe1\x80\x80"), Y ("\xec\xbf\xbf"), Y ("\xef\xbb\xbf"), Y ("\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"),
  N ("\x80"), N ("\xbf"), N ("\x80\xbf"), N ("\x80\xbf\x80"), N ("a\x80" "b"),                              /* continuations alone */
  N ("\xc2"), N ("\xdf"), N ("\xc2 "), N ("\xdf "), N ("\xe0 "), N ("\xef "), N ("\xf0 "), N ("\xf4 "),     /* leads alone */
  N ("\xe0\xa0"), N ("\xed\x9f"), N ("\xef\xbf"), N ("\xf0\x90\x80"), N ("\xf4\x8f\xbf"), N ("\xf0\x90"),   /* one or two missing */
  N ("\xe2\x82 \xac"), N ("\xf0\x90 \x8d\x88"), N ("\xe2\x82\xc3\xa9"), N ("\xf0\x9f\x98\xe2\x82\xac"),
  N ("\xc0\x80"), N ("\xc0\xaf"), N ("\xc1\xbf"), N ("\xe0\x80\x80"), N ("\xe0\x80\xaf"), N ("\xe0\x9f\xbf"), /* overlong */
  N ("\xf0\x80\x80\x80"), N ("\xf0\x80\x80\xaf"), N ("\xf0\x8f\xbf\xbf"),
  N ("\xed\xa0\x80"), N ("\xed\xad\xbf"), N ("\xed\xae\x80"), N ("\xed\xaf\xbf"), N ("\xed\xb0\x80"), N ("\xed\xbf\xbf"), /* surrogates */
  N ("\xed\xa0\x80\xed\xb0\x80"), N ("\xed\xa0\xbd\xed\xb8\x80"),
  /* too large */
  N ("\xf4\x90\x80\x80"), N ("\xf5\x80\x80\x80"), N ("\xf7\xbf\xbf\xbf"), N ("\xf8\x88\x80\x80\x80"),
  N ("\xfb\xbf\xbf\xbf\xbf"),
  N ("\xfc\x84\x80\x80\x80\x80"), N ("\xfd\xbf\xbf\xbf\xbf\xbf"), N ("\xfe"), N ("\xff"), N ("\xfe\xfe\xff\xff"), N ("\xff\xfe"),
  N ("\xc3\x28"), N ("\xa0\xa1"), N ("\xe2\x28\xa1"), N ("\xe2\x82\x28"), N ("\xf0\x28\x8c\xbc"), N ("\xf0\x90\x28\xbc"),
  N ("\xf0\x28\x8c\x28"),
};

static gboolean
is_taken (const char *before, const Case *test, const char *after)
{
  GString *body = g_string_new (before);
  g_autoptr (PdgEventBatch) batch = NULL;
  g_autoptr (GError) error = NULL;

  g_string_append_len (body, test->text, (gssize) test->len);
  g_string_append (body, after);
  batch = codec_parse (body->str, (gssize) body->len, &error);
  if (batch == NULL)
    g_assert_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_SYNTAX);
  g_string_free (body, TRUE);
  return batch != NULL;
}

/* Each value stands in the envelope, in an event as a member that is known and one that is not, in metadata, and as an event. */
static void
check (const Case *cases, gsize n)
{
  static const struct
  {
    const char *before;
    const char *after;
  } places[] = {
    { "{\"events\":[],\"x\":", "}" },
    { "{\"x\":", ",\"events\":[]}" },
    { "{\"events\":[{" REQUIRED_MEMBERS ",\"x\":", "}]}" },
    { "{\"events\":[{\"page.title\":", "," REQUIRED_MEMBERS "}]}" },
    { "{\"events\":[{" REQUIRED_MEMBERS ",\"metadata\":{\"x\":", "}}]}" },
    { "{\"events\":[{" REQUIRED_MEMBERS ",\"metadata\":[", "]}]}" },
    { "{\"events\":[{}, ", "]}" },
  };

  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < G_N_ELEMENTS (places); j++)
      {
        g_autofree char *shown = g_strescape (cases[i].text, NULL);

        /* Nothing at all, and two values, are fine between the brackets of an array. */
        if ((j == 5 || j == 6) && (strchr ("1[{", cases[i].text[0]) != NULL || strspn (cases[i].text, " ") == cases[i].len))
          continue;
        g_test_message ("%s in place %" G_GSIZE_FORMAT, shown, j);
        g_assert_cmpint (is_taken (places[j].before, &cases[i], places[j].after), ==, cases[i].valid);
      }
}

static void
test_structures (void)
{
  check (structures, G_N_ELEMENTS (structures));
}

static void
test_numbers (void)
{
  check (numbers, G_N_ELEMENTS (numbers));
}

static void
test_strings (void)
{
  check (strings, G_N_ELEMENTS (strings));
}

/* Each encoding at every distance from a block of sixteen, as a value, as a key, and with much behind it. */
static void
test_encodings (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (encodings); i++)
    for (gsize padding = 0; padding < 18; padding++)
      {
        g_autofree char *fill = g_strnfill (padding, 'x');
        g_autofree char *value = g_strdup_printf ("{\"events\":[{\"a\":\"%s", fill);
        g_autofree char *key = g_strdup_printf ("{\"events\":[],\"%s", fill);

        g_assert_cmpint (is_taken (value, &encodings[i], "\"}]}"), ==, encodings[i].valid);
        g_assert_cmpint (is_taken (value, &encodings[i], "0123456789abcdef0123456789abcdef\"}]}"), ==, encodings[i].valid);
        g_assert_cmpint (is_taken (key, &encodings[i], "\":1}"), ==, encodings[i].valid);
      }
}

/* Every sequence of two bytes, and of three that begins beyond ASCII, against GLib's opinion. */
static void
test_encodings_exhaustive (void)
{
  char text[] = "{\"events\":[],\"x\":\"....\"}", *hole = strchr (text, '.');

  for (guint n = 0x80; n <= 0xFFFFFF; n++)
    {
      guint a = n >> 16, b = n >> 8 & 0xff, c = n & 0xff;
      gboolean expected;
      g_autoptr (PdgEventBatch) batch = NULL;

      if (n > 0xFFFF && a < 0xE0)
        n = 0xE00000, a = 0xE0, b = 0, c = 0;
      if (n > 0xFFFF && (c & 0x0f) != 0 && (b & 0x0f) != 0 && (b & 0x0f) != 0x0f) /* a sample of the last byte is enough */
        continue;
      hole[0] = n > 0xFFFF ? (char) a : 'a';
      hole[1] = n > 0xFF ? (char) b : 'a';
      hole[2] = (char) c;
      if (memchr (hole, '"', 3) != NULL || memchr (hole, '\\', 3) != NULL || (guchar) hole[1] < 0x20 || (guchar) hole[2] < 0x20)
        continue;
      expected = g_utf8_validate (hole, 3, NULL);
      batch = codec_parse (text, sizeof text - 1, NULL);
      if ((batch != NULL) != expected)
        g_error ("%02x %02x %02x: expected %d", (guchar) hole[0], (guchar) hole[1], (guchar) hole[2], expected);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/json-conformance/structures", test_structures);
  g_test_add_func ("/codec/json-conformance/numbers", test_numbers);
  g_test_add_func ("/codec/json-conformance/strings", test_strings);
  g_test_add_func ("/codec/json-conformance/encodings", test_encodings);
  g_test_add_func ("/codec/json-conformance/encodings-exhaustive", test_encodings_exhaustive);
  return g_test_run ();
}
