#include "config.h"
#include "codec/pdg-replay.h"

#include <string.h>

#define LIMIT 100000

/* gzip as the characters of a JSON string, as PostHog's client writes it. */
static char *
quote_packed (const char *json)
{
  g_autoptr (GBytes) plain = g_bytes_new_static (json, strlen (json)), packed = pdg_replay_pack (plain);
  GString *text = g_string_new ("\"");
  gsize size;
  const guint8 *bytes = g_bytes_get_data (packed, &size);

  for (gsize i = 0; i < size; i++)
    if (bytes[i] < 0x20 || bytes[i] == '"' || bytes[i] == '\\')
      g_string_append_printf (text, "\\u%04x", bytes[i]);
    else
      g_string_append_unichar (text, bytes[i]);
  g_string_append_c (text, '"');
  return g_string_free (text, FALSE);
}

/* In each text PACKED(json) stands for the string that is json packed. */
static char *
expand (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *at; (at = strstr (text, "PACKED(")) != NULL;)
    {
      const char *end = strchr (at, ')');
      g_autofree char *json = g_strndup (at + 7, (gsize) (end - at - 7)), *packed = quote_packed (json);

      g_string_append_len (out, text, at - text);
      g_string_append (out, packed);
      text = end + 1;
    }
  g_string_append (out, text);
  return g_string_free (out, FALSE);
}

static void
test_cases (void)
{
  static const struct
  {
    const char *stored, *read;
  } rows[] = {
    { "[]", "[]" },
    { "[{\"type\":4,\"data\":{\"href\":\"x\"},\"timestamp\":1}]", "[{\"type\":4,\"data\":{\"href\":\"x\"},\"timestamp\":1}]" },
    { "[{\"type\":2,\"data\":PACKED({\"node\":{\"id\":1}}),\"cv\":\"2024-10\"}]", "[{\"type\":2,\"data\":{\"node\":{\"id\":1}}}]" },
    { "[{\"type\":3,\"cv\":\"2024-10\",\"data\":{\"source\":0,\"texts\":PACKED([]),\"adds\":PACKED([{\"a\":1}]),\"isAttachIframe\":true}}, 7]",
      "[{\"type\":3,\"data\":{\"source\":0,\"texts\":[],\"adds\":[{\"a\":1}],\"isAttachIframe\":true}},7]" },
    { "[{\"cv\":\"2024-10\"}]", "[{}]" },
    { "[{\"cv\":\"2024-10\",\"data\":{}}]", "[{\"data\":{}}]" },
    /* not theirs, damaged, or not JSON inside: as it came */
    { "[{\"cv\":\"2030-01\",\"data\":PACKED([])}]", NULL },
    { "[{\"type\":2,\"cv\":\"2024-10\",\"data\":\"no\"}]", NULL },
    { "[{\"type\":2,\"cv\":\"2024-10\",\"data\":\"\\u0100\"}]", NULL },
    { "[{\"type\":2,\"cv\":\"2024-10\",\"data\":PACKED({\"a\":)}]", NULL },
    { "[{\"cv\":\"2024-10\",\"data\":{\"texts\":PACKED([]),\"adds\":\"\\u001f\\u008b\\b\"}}]", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (int packs = 0; packs < 2; packs++)
      {
        g_autofree char *stored = expand (rows[i].stored);
        g_autoptr (GBytes) plain = g_bytes_new_static (stored, strlen (stored)), packed = packs ? pdg_replay_pack (plain) : g_bytes_ref (plain);
        g_autoptr (GError) error = NULL;
        g_autoptr (GBytes) read = pdg_replay_unpack (packed, LIMIT, &error);
        const char *expected = rows[i].read != NULL ? rows[i].read : stored;

        g_assert_no_error (error);
        g_assert_cmpmem (g_bytes_get_data (read, NULL), g_bytes_get_size (read), expected, strlen (expected));
      }
}

static void
test_refusals (void)
{
  g_autofree char *zeros = g_strnfill (LIMIT, ' '), *bomb = g_strconcat ("[1,", zeros, "2]", NULL), *inner = quote_packed (bomb);
  g_autofree char *nested = g_strconcat ("[{\"type\":2,\"cv\":\"2024-10\",\"data\":", inner, "}]", NULL);
  const struct
  {
    const char *stored;
    int code; /* -1 = none: left as it came */
  } rows[] = {
    { "{}", PDG_CODEC_ERROR_ENVELOPE },
    { "", PDG_CODEC_ERROR_SYNTAX },
    { "[", PDG_CODEC_ERROR_SYNTAX },
    { "\x1f\x8b\x08 no", PDG_CODEC_ERROR_ENCODING },
    { bomb, PDG_CODEC_ERROR_TOO_LARGE },
    { nested, -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) plain = g_bytes_new_static (rows[i].stored, strlen (rows[i].stored));
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) read = pdg_replay_unpack (plain, LIMIT, &error);

      if (rows[i].code < 0)
        g_assert_true (read != NULL && g_bytes_equal (read, plain));
      else
        g_assert_error (error, PDG_CODEC_ERROR, rows[i].code);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/replay/cases", test_cases);
  g_test_add_func ("/codec/replay/refusals", test_refusals);
  return g_test_run ();
}
