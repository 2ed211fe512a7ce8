#include "config.h"

#include "codec-support.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* Random documents, read by us and by json-glib. json-glib is lenient (comments, other spaces, control characters, single
 * quotes), so a small strict reader by the letter of RFC 8259 stands beside it as the judge of what is not JSON. */

#define N_DOCUMENTS 4000
#define N_MUTATIONS 8

static const char *const string_pieces[] = {
  "a", "page", " ", "/", "\\\"", "\\\\", "\\/", "\\n", "\\t", "\\b", "\\f", "\\r", "\\u00e9", "\\u20AC", "\\ud83d\\ude00", "\xc3\xa9",
  "\xe2\x82\xac", "\xf0\x9f\x98\x80", "a longer piece of plain text", "{[,:]}",
};

static void
append_string (GString *json, GRand *rand)
{
  int n = g_rand_int_range (rand, 0, 8);

  g_string_append_c (json, '"');
  while (n-- > 0)
    g_string_append (json, string_pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (string_pieces))]);
  g_string_append_c (json, '"');
}

static void
append_space (GString *json, GRand *rand)
{
  static const char *const spaces[] = { " ", "\n", "\t", "\r\n", "   " };

  if (g_rand_int_range (rand, 0, 6) == 0)
    g_string_append (json, spaces[g_rand_int_range (rand, 0, G_N_ELEMENTS (spaces))]);
}

static void
append_number (GString *json, GRand *rand)
{
  switch (g_rand_int_range (rand, 0, 4))
    {
    case 0:
      g_string_append_printf (json, "%d", g_rand_int_range (rand, -20, 20));
      break;
    case 1:
      g_string_append_printf (json, "%d", (gint) g_rand_int (rand));
      break;
    case 2:
      g_string_append_printf (json, "%.6f", g_rand_double_range (rand, -1000, 1000));
      break;
    default:
      g_string_append_printf (json, "%d.%ue%+d", g_rand_int_range (rand, -9, 10), g_rand_int (rand) % 1000,
                              g_rand_int_range (rand, -30, 30));
    }
}

static void append_value (GString *json, GRand *rand, int depth);

static void
append_container (GString *json, GRand *rand, int depth, gboolean object)
{
  int n = g_rand_int_range (rand, 0, 5);

  g_string_append_c (json, object ? '{' : '[');
  append_space (json, rand);
  for (int i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      append_space (json, rand);
      if (object)
        {
          append_string (json, rand);
          append_space (json, rand);
          g_string_append_c (json, ':');
          append_space (json, rand);
        }
      append_value (json, rand, depth + 1);
      append_space (json, rand);
    }
  g_string_append_c (json, object ? '}' : ']');
}

static void
append_value (GString *json, GRand *rand, int depth)
{
  switch (g_rand_int_range (rand, depth < 6 ? 0 : 2, 8))
    {
    case 0:
      append_container (json, rand, depth, TRUE);
      break;
    case 1:
      append_container (json, rand, depth, FALSE);
      break;
    case 2:
    case 3:
      append_number (json, rand);
      break;
    case 4:
      g_string_append (json, g_rand_boolean (rand) ? "true" : g_rand_boolean (rand) ? "false" : "null");
      break;
    default:
      append_string (json, rand);
    }
}

/* The judge: JSON by the grammar's letter, recursive, one function a rule. Each returns what is behind it, or NULL. */
static const char *judge_value (const char *p, const char *end);

static const char *
judge_space (const char *p, const char *end)
{
  while (p < end && strchr (" \t\r\n", *p) != NULL && *p != '\0')
    p++;
  return p;
}

static const char *
judge_string (const char *p, const char *end)
{
  for (p++; p < end && *p != '"'; p++)
    {
      if ((guchar) *p < 0x20)
        return NULL;
      if (*p != '\\')
        continue;
      if (++p >= end || *p == '\0' || strchr ("\"\\/bfnrtu", *p) == NULL)
        return NULL;
      if (*p == 'u')
        for (int i = 0; i < 4; i++)
          if (++p >= end || !g_ascii_isxdigit (*p))
            return NULL;
    }
  return p < end ? p + 1 : NULL;
}

static const char *
judge_digits (const char *p, const char *end)
{
  const char *start = p;

  while (p < end && g_ascii_isdigit (*p))
    p++;
  return p > start ? p : NULL;
}

static const char *
judge_number (const char *p, const char *end)
{
  if (*p == '-')
    p++;
  if (p < end && *p == '0')
    p++;
  else if ((p = judge_digits (p, end)) == NULL)
    return NULL;
  if (p < end && *p == '.' && (p = judge_digits (p + 1, end)) == NULL)
    return NULL;
  if (p < end && (*p == 'e' || *p == 'E'))
    {
      p++;
      if (p < end && (*p == '+' || *p == '-'))
        p++;
      return judge_digits (p, end);
    }
  return p;
}

static const char *
judge_container (const char *p, const char *end, char close)
{
  p = judge_space (p + 1, end);
  if (p < end && *p == close)
    return p + 1;
  while (TRUE)
    {
      p = judge_space (p, end);
      if (close == '}')
        {
          if (p >= end || *p != '"' || (p = judge_string (p, end)) == NULL)
            return NULL;
          p = judge_space (p, end);
          if (p >= end || *p++ != ':')
            return NULL;
        }
      if ((p = judge_value (p, end)) == NULL)
        return NULL;
      p = judge_space (p, end);
      if (p >= end || (*p != ',' && *p != close))
        return NULL;
      if (*p++ == close)
        return p;
    }
}

static const char *
judge_value (const char *p, const char *end)
{
  p = judge_space (p, end);
  if (p >= end)
    return NULL;
  if (*p == '{')
    return judge_container (p, end, '}');
  if (*p == '[')
    return judge_container (p, end, ']');
  if (*p == '"')
    return judge_string (p, end);
  if (end - p >= 4 && (memcmp (p, "true", 4) == 0 || memcmp (p, "null", 4) == 0))
    return p + 4;
  if (end - p >= 5 && memcmp (p, "false", 5) == 0)
    return p + 5;
  return judge_number (p, end);
}

static gboolean
judge (const char *text, gsize len)
{
  const char *p;

  if (!g_utf8_validate_len (text, len, NULL))
    return FALSE;
  p = judge_value (text, text + len);
  return p != NULL && judge_space (p, text + len) == text + len;
}

/* A request with @json as the member x of the metadata of an event. */
static GString *
make_body (const GString *json)
{
  GString *body = g_string_new ("{\"events\":[{" REQUIRED_MEMBERS ",\"metadata\":{\"x\":");

  g_string_append_len (body, json->str, (gssize) json->len);
  return g_string_append (body, "}}]}");
}

static JsonNode *
read_json_glib (const char *text, gsize len)
{
  g_autoptr (JsonParser) parser = json_parser_new ();

  if (len == 0 || !json_parser_load_from_data (parser, text, (gssize) len, NULL))
    return NULL;
  return json_parser_steal_root (parser);
}

/* Valid documents: both take them, and what we keep has json-glib's values. */
static void
test_values (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  for (int i = 0; i < N_DOCUMENTS; i++)
    {
      GString *json = g_string_new (NULL), *body;
      g_autoptr (PdgEventBatch) batch = NULL;
      g_autoptr (JsonNode) theirs = NULL, ours = NULL;
      JsonObject *metadata;
      PdgSlice data;

      append_container (json, rand, 0, TRUE);
      g_test_message ("%s", json->str);
      g_assert_true (judge (json->str, json->len));
      body = make_body (json);
      batch = codec_parse (body->str, (gssize) body->len, NULL);
      theirs = read_json_glib (json->str, json->len);
      g_assert_nonnull (batch);
      g_assert_nonnull (theirs);
      data = codec_get_event (batch)->data;
      ours = read_json_glib (data.data, data.len);
      g_assert_nonnull (ours);
      metadata = json_object_get_object_member (json_node_get_object (ours), "metadata");
      g_assert_true (json_node_equal (json_object_get_member (metadata, "x"), theirs));
      g_string_free (json, TRUE);
      g_string_free (body, TRUE);
    }
}

/* Strings: our slice is json-glib's text. */
static void
test_strings (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (12);

  for (int i = 0; i < N_DOCUMENTS; i++)
    {
      GString *json = g_string_new ("{\"page.title\":");
      g_autoptr (PdgEventBatch) batch = NULL;
      g_autoptr (JsonNode) theirs = NULL;
      g_autofree char *members = NULL;
      const char *title;

      append_string (json, rand);
      members = g_strdup (json->str + 1);
      g_string_append_c (json, '}');
      theirs = read_json_glib (json->str, json->len);
      title = json_object_get_string_member (json_node_get_object (theirs), "page.title");
      batch = codec_parse_members (members);
      codec_assert_slice (codec_get_event (batch)->page_title, *title != '\0' ? title : NULL);
      g_string_free (json, TRUE);
    }
}

static void
mutate (GString *json, GRand *rand)
{
  static const char bytes[] = "{}[]\",:\\/0123456789.-+eEtfnu \t\n\r'a\x01\x80\xc3\xed\xf4\xff";
  gsize at = json->len > 0 ? (gsize) g_rand_int_range (rand, 0, (gint32) json->len) : 0;

  switch (g_rand_int_range (rand, 0, 4))
    {
    case 0:
      if (json->len > 0)
        json->str[at] = bytes[g_rand_int_range (rand, 0, sizeof bytes - 1)];
      break;
    case 1:
      if (json->len > 0)
        g_string_erase (json, (gssize) at, 1);
      break;
    case 2:
      g_string_insert_c (json, (gssize) at, bytes[g_rand_int_range (rand, 0, sizeof bytes - 1)]);
      break;
    default:
      g_string_truncate (json, at);
    }
}

/* We agree with the judge on @body, and json-glib takes what we keep of it (it refuses the lone surrogates that we mend).
 * Returns whether it is JSON. */
static gboolean
check_validity (const GString *body)
{
  gboolean expected = judge (body->str, body->len);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgEventBatch) batch = codec_parse (body->str, (gssize) body->len, &error);
  gboolean ours = !g_error_matches (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_SYNTAX);
  const PdgEvent *events = NULL;
  guint n_events = 0;

  if (ours != expected)
    {
      g_autofree char *shown = g_strescape (body->str, NULL);

      g_error ("%s: JSON %d, to us %d", shown, expected, ours);
    }
  if (batch != NULL)
    events = pdg_event_batch_get_events (batch, &n_events);
  for (guint i = 0; i < n_events; i++)
    if (events[i].data.data != NULL)
      {
        g_autoptr (JsonNode) theirs = read_json_glib (events[i].data.data, events[i].data.len);

        g_assert_nonnull (theirs);
      }
  return expected;
}

/* Spoilt documents, more and more. */
static void
test_validity (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (13);
  guint n_valid = 0, n_invalid = 0;

  for (int i = 0; i < N_DOCUMENTS; i++)
    {
      GString *json = g_string_new (NULL);

      append_container (json, rand, 0, g_rand_boolean (rand));
      for (int j = 0; j < N_MUTATIONS; j++)
        {
          GString *body;

          mutate (json, rand);
          body = make_body (json);
          if (check_validity (body))
            n_valid++;
          else
            n_invalid++;
          g_string_free (body, TRUE);
        }
      g_string_free (json, TRUE);
    }
  g_test_message ("%u valid, %u invalid", n_valid, n_invalid);
  g_assert_cmpuint (n_valid, >, N_DOCUMENTS / 10);
  g_assert_cmpuint (n_invalid, >, N_DOCUMENTS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/json-differential/values", test_values);
  g_test_add_func ("/codec/json-differential/strings", test_strings);
  g_test_add_func ("/codec/json-differential/validity", test_validity);
  return g_test_run ();
}
