#include "config.h"

#include "codec-support.h"

#include "codec/pdg-redact.h"

#include <string.h>

#define JWT "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"

/* Text, and what the default rules leave of it; NULL = all. */
static const struct
{
  const char *text;
  const char *left;
} texts[] = {
  /* e-mail addresses */
  { "a@b.co", "[email]" },
  { "write to bob.o+tag@mail.example.com, please", "write to [email], please" },
  { "<bob@example.com>", "<[email]>" },
  { "'bob@example.com'", "'[email]'" },
  { "bob@example.com.", "[email]." },
  { "bob@example.com|eve@example.org", "[email]|[email]" },
  { "bob%40example.com", "[email]" },
  { "BOB@EXAMPLE.COM", "[email]" },
  { "müller@example.de", "[email]" },
  { "bob@exämple.de", "[email]" },
  { "bob@xn--exmple-cua.xn--p1ai", "[email]" },
  { "o'brien@example.ie", "[email]" },
  { "a_very_long_name_of_somebody@with.several.labels.example.com", "[email]" },
  { "@media", NULL },
  { "@scope/package", NULL },
  { "bob@localhost", NULL },
  { "react@18.2.0", NULL },
  { "vue@3.4.0-rc.next", NULL },
  { "lodash@4.17.21/fp", NULL },
  { "icon@2x.png", NULL },
  { "a @ b.com", NULL },
  { "100%40", NULL },
  { "x@y", NULL },
  { "x@.com", NULL },
  /* card numbers */
  { "4111111111111111", "[card]" },
  { "card 4111 1111 1111 1111 exp 12/30", "card [card] exp 12/30" },
  { "4111-1111-1111-1111", "[card]" },
  { "4111+1111+1111+1111", "[card]" },
  { "4111%201111%201111%201111", "[card]" },
  { "4111\xC2\xA0""1111\xC2\xA0""1111\xC2\xA0""1111", "[card]" },
  { "378282246310005", "[card]" },
  { "3782 822463 10005", "[card]" },
  { "30569309025904", "[card]" },
  { "6011111111111117", "[card]" },
  { "3530111333300000", "[card]" },
  { "5555555555554444", "[card]" },
  { "2223003122003222", "[card]" },
  { "4222222222222", "[card]" },
  { "6304000000000000", "[card]" },
  { "12 4111 1111 1111 1111", "12 [card]" },
  { "1234 4111 1111 1111 1111 5678", "1234 [card] 5678" },
  { "4111111111111111…", "[card]…" },
  { "no. 4111111111111111, ok", "no. [card], ok" },
  { "order 4111111111111112", NULL },           /* fails Luhn's check */
  { "1795343400000", NULL },                    /* a time in milliseconds */
  { "1795343400000000", NULL },                 /* and in microseconds */
  { "9999999999999995", NULL },                 /* passes it, but no issuer begins so */
  { "4006381333931", NULL },                    /* a product: EAN-13 */
  { "41111111111111111111", NULL },             /* too long */
  { "a4111111111111111", NULL },
  { "4111111111111111b", NULL },
  { "0.4111111111111111", NULL },
  { "4111111111111111.5", NULL },
  { "2026-11-22T10:30:00Z", NULL },
  { "2026-11-22 10 30 00 2026", NULL },
  { "41111111-1111-4111-8123-411111111111", NULL }, /* a UUID */
  { "4111 1111-1111 1111", NULL },
  /* IBANs */
  { "DE89370400440532013000", "[iban]" },
  { "DE89 3704 0044 0532 0130 00", "[iban]" },
  { "pay GB29 NWBK 6016 1331 9268 19 now", "pay [iban] now" },
  { "gb29nwbk60161331926819", "[iban]" },
  { "NO9386011117947", "[iban]" },
  { "MT84MALT011000012345MTLCAST001S", "[iban]" },
  { "DE88370400440532013000", NULL },
  { "DE8937040044053201300", NULL },
  { "XX89370400440532013000", NULL },
  { "XDE89370400440532013000", NULL },
  { "DE89370400440532013000A", NULL },
  /* tokens */
  { JWT, "[jwt]" },
  { "Bearer " JWT, "Bearer [jwt]" },
  { "https://a/#access=" JWT "&x=1", "https://a/#access=[jwt]&x=1" },
  { "eyJhbGciOiJSU0EtT0FFUCJ9.ab.cd.ef.gh", "[jwt]" },
  { "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.", "[jwt]" },
  { "eyJhbGciOiJIUzI1NiJ9", NULL },
  { "eyJa.b.c", NULL },
  { "heyJude.the.song", NULL },
  /* parameters of addresses and forms */
  { "https://a/b?token=abc&x=1", "https://a/b?token=[redacted]&x=1" },
  { "/reset?x=1&password=hunter2#top", "/reset?x=1&password=[redacted]#top" },
  { "https://a/#access_token=abc&state=1", "https://a/#access_token=[redacted]&state=1" },
  { "userPassword=a&b=2", "userPassword=[redacted]&b=2" },
  { "session failed: token=abc, try again", "session failed: token=[redacted], try again" },
  { "?token=", NULL },
  { "?tokens=abc&tokenize=1&card_type=visa", NULL },
  /* JSON in a string */
  { "{\"password\": \"x\", \"n\": 1}", "{\"password\":\"[redacted]\",\"n\":1}" },
  { "[\"bob@example.com\"]", "[\"[email]\"]" },
  { "{\"a\":1}", NULL },
  { "{password: x}", NULL },
  { "", NULL },
};

static void
test_texts (void)
{
  g_autoptr (PdgRedactRules) rules = pdg_redact_rules_new_default ();
  g_autoptr (GString) out = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      gboolean changed = pdg_redact_text (rules, "metadata.x", texts[i].text, strlen (texts[i].text), out, NULL, NULL);

      g_test_message ("%s", texts[i].text);
      g_assert_cmpstr (changed ? out->str : NULL, ==, texts[i].left);
    }
}

/* JSON, and what the default rules leave of it; NULL = all. */
static const struct
{
  const char *json;
  const char *left;
} values[] = {
  { "{\"password\":\"x\"}", "{\"password\":\"[redacted]\"}" },
  { "{\"newPassword\":\"x\",\"PASSWORD\":1,\"user_password\":[1],\"pass-word\":{\"a\":1}}",
    "{\"newPassword\":\"[redacted]\",\"PASSWORD\":\"[redacted]\",\"user_password\":\"[redacted]\",\"pass-word\":\"[redacted]\"}" },
  { "{\"cardNumber\":4242,\"card\":{\"a\":1},\"cvv2\":123,\"X-Auth-Token\":\"a\",\"XMLToken\":\"b\"}",
    "{\"cardNumber\":\"[redacted]\",\"card\":\"[redacted]\",\"cvv2\":\"[redacted]\",\"X-Auth-Token\":\"[redacted]\",\"XMLToken\":\"[redacted]\"}" },
  { "{\"total_tokens\":5,\"discard\":1,\"postcard\":2,\"pinned\":3,\"passwordStrength\":4,\"spin\":5,\"cards\":6}", NULL },
  { "{\"password\":\"\",\"token\":null,\"card\":true,\"secret\":false}", NULL },
  { "{\"password\":\"[redacted]\"}", NULL },
  { "{\"a\":{\"b\":[{\"c\":\"bob@example.com\"}]}}", "{\"a\":{\"b\":[{\"c\":\"[email]\"}]}}" },
  { "{\"a\":\"bob\\u0040example.com\"}", "{\"a\":\"[email]\"}" },
  { "{\"a\":\"\\u0034111111111111111\"}", "{\"a\":\"[card]\"}" },
  { "{\"a\":\"x\\n4111111111111111\\n\"}", "{\"a\":\"x\\u000a[card]\\u000a\"}" },
  { "{\"p\\u0061ssword\":\"x\"}", "{\"p\\u0061ssword\":\"[redacted]\"}" },
  { "{\"password\" : \"x\"}", "{\"password\":\"[redacted]\"}" },
  { "{\"a\":4111111111111111}", "{\"a\":\"[card]\"}" },
  { "{\"a\":-4111111111111111}", "{\"a\":\"[card]\"}" },
  { "{\"a\":0.4111111111111111,\"b\":4111111111111111e2,\"c\":1795343400000}", NULL },
  { "{\"a\":\"{\\\"token\\\":\\\"x\\\",\\\"b\\\":\\\"{\\\\\\\"mail\\\\\\\":\\\\\\\"bob@example.com\\\\\\\"}\\\"}\"}",
    "{\"a\":\"{\\\"token\\\":\\\"[redacted]\\\",\\\"b\\\":\\\"{\\\\\\\"mail\\\\\\\":\\\\\\\"[email]\\\\\\\"}\\\"}\"}" },
  { "{\"bob@example.com\":1}", "{\"[email]\":1}" },
  { "[\"" JWT "\",\"DE89370400440532013000\"]", "[\"[jwt]\",\"[iban]\"]" },
  { "{\"$ip\":\"203.0.113.9\",\"a\":1}", "{\"a\":1}" },
  { "{\"a\":1,\"ip\":\"2001:db8::1\"}", "{\"a\":1}" },
  { "{\"context\":{\"ip\":\"203.0.113.9\"}}", "{\"context\":{}}" },
  { "{\"client.address\":\"203.0.113.9\",\"net.sock.peer.addr\":\"203.0.113.9:1234\",\"x-forwarded-for\":\"203.0.113.9, 10.0.0.1\","
    "\"remoteAddress\":\"[2001:db8::1]:80\"}", "{}" },
  { "{\"ip\":\"unknown\",\"zip\":\"10115\",\"tooltip\":\"203.0.113.9\",\"address\":\"1 Road\"}", NULL },
  { "\"bob@example.com\"", "\"[email]\"" },
  { "4111111111111111", "\"[card]\"" },
  { "null", NULL },
};

static void
test_values (void)
{
  g_autoptr (PdgRedactRules) rules = pdg_redact_rules_new_default ();
  g_autoptr (GString) out = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      gboolean changed = pdg_redact_json (rules, "metadata", values[i].json, strlen (values[i].json), out, NULL, NULL);

      g_test_message ("%s", values[i].json);
      g_assert_cmpstr (changed ? out->str : NULL, ==, values[i].left);
    }
}

static void
assert_left (guint patterns, const char *key, const char *json, const char *left)
{
  const char *keys[] = { key, NULL };
  g_autoptr (PdgRedactRules) rules = pdg_redact_rules_new (7, patterns, keys);
  g_autoptr (GString) out = g_string_new (NULL);
  gboolean changed = pdg_redact_json (rules, "metadata", json, strlen (json), out, NULL, NULL);

  g_test_message ("%s: %s", key != NULL ? key : "", json);
  g_assert_cmpstr (changed ? out->str : NULL, ==, left);
}

/* Each rule can be switched off, and keys can be named by the end of their path. */
static void
test_rules (void)
{
  static const char *const of_pattern[] = { "[\"bob@example.com\"]", "[\"4111111111111111\"]", "[\"DE89370400440532013000\"]", "[\"" JWT "\"]" };

  for (guint i = 0; i < PDG_REDACT_N_PATTERNS; i++)
    for (guint k = 0; k < PDG_REDACT_N_PATTERNS; k++)
      {
        g_autofree char *left = g_strdup_printf ("[\"[%s]\"]", pdg_redact_rule_to_string (k));

        assert_left (1u << i, NULL, of_pattern[k], i == k ? left : NULL);
      }
  assert_left (0, "checkout.pin", "{\"checkout\":{\"pin\":1},\"pin\":2}", "{\"checkout\":{\"pin\":\"[redacted]\"},\"pin\":2}");
  assert_left (0, "checkout.pin", "{\"a\":{\"checkout.pin\":1}}", "{\"a\":{\"checkout.pin\":\"[redacted]\"}}");
  assert_left (0, "checkout.pin", "{\"mycheckout\":{\"pin\":1}}", NULL);
  assert_left (0, "Metadata.Plan", "{\"plan\":1,\"a\":{\"plan\":2}}", "{\"plan\":\"[redacted]\",\"a\":{\"plan\":2}}");
  assert_left (0, "items.name", "{\"items\":[{\"name\":\"a\"},{\"name\":\"b\"}]}", "{\"items\":[{\"name\":\"[redacted]\"},{\"name\":\"[redacted]\"}]}");
  assert_left (0, "x", "{\"x\":1,\"maxX\":2,\"max\":3}", "{\"x\":\"[redacted]\",\"maxX\":\"[redacted]\",\"max\":3}");
  assert_left (0, "größe", "{\"größe\":1}", "{\"größe\":\"[redacted]\"}");
  assert_left (0, "sha256", "{\"sha256\":1,\"sha1\":2}", "{\"sha256\":\"[redacted]\",\"sha1\":2}");
  g_assert_true (pdg_redact_is_key ("a"));
  g_assert_false (pdg_redact_is_key (""));
  g_assert_false (pdg_redact_is_key ("a."));
  g_assert_false (pdg_redact_is_key ("--"));
}

static void
test_mask (void)
{
  static const struct
  {
    const char *text;
    const char *masked;
  } cases[] = {
    { "", "" }, { "abc", "***" }, { "abcdef", "a****f" }, { "bob@example.com", "bo*@*******.*om" }, { "4111111111111111", "41************11" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *masked = pdg_redact_mask (cases[i].text, strlen (cases[i].text));

      g_assert_cmpstr (masked, ==, cases[i].masked);
    }
}

/* ---- Whole events */

static PdgEventBatch *
parse_with_rules (const char *members)
{
  static PdgEventPolicies *policies;
  PdgEventJsonLimits limits = PDG_EVENT_JSON_LIMITS_DEFAULT;
  g_autofree char *text = g_strdup_printf ("{\"events\":[{" REQUIRED_MEMBERS "%s%s}]}", *members != '\0' ? "," : "", members);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  PdgEventBatch *batch;

  if (policies == NULL)
    policies = pdg_event_policies_new ();
  limits.policies = policies;
  batch = pdg_event_json_parse (body, RECEIVED_USEC, &limits, &error);
  g_assert_no_error (error);
  return batch;
}

static void
append_slice (GString *row, PdgSlice slice)
{
  g_string_append_c (row, '\n');
  g_string_append_len (row, slice.data, (gssize) slice.len);
}

/* All text of an event that a row may hold. */
static char *
dup_row (const PdgEvent *event)
{
  GString *row = g_string_new (NULL);
  const PdgSlice slices[] = { event->event_id, event->project, event->session, event->type, event->name, event->user, event->anonymous,
                              event->page_path, event->page_title, event->component, event->component_path, event->journey, event->step,
                              event->release, event->data };

  for (gsize i = 0; i < G_N_ELEMENTS (slices); i++)
    append_slice (row, slices[i]);
  return g_string_free (row, FALSE);
}

static void
test_event (void)
{
  g_autoptr (PdgEventBatch) batch = parse_with_rules (
      "\"page.url\":\"https://a.example/users/bob@example.com?token=secret1&x=1\",\"page.title\":\"Mail from eve@example.com\","
      "\"ui.element.text\":\"Pay 4111 1111 1111 1111\",\"ui.state.before\":\"{\\\"password\\\":\\\"secret2\\\"}\","
      "\"ui.state.after\":{\"card\":{\"n\":\"secret3\"}},\"user.id\":\"bob@example.com\",\"access_token\":\"secret4\",\"user.ip\":\"203.0.113.9\","
      "\"metadata\":{\"iban\":\"DE89370400440532013000\",\"n\":5}");
  const PdgEvent *event = codec_get_event (batch);

  codec_assert_slice (event->page_path, "/users/[email]");
  codec_assert_slice (event->page_title, "Mail from [email]");
  codec_assert_slice (event->user, "bob@example.com");
  codec_assert_slice (event->data,
                      "{\"page.url\":\"https://a.example/users/[email]?token=[redacted]&x=1\",\"ui.element.text\":\"Pay [card]\","
                      "\"ui.state.before\":\"{\\\"password\\\":\\\"[redacted]\\\"}\",\"ui.state.after\":{\"card\":\"[redacted]\"},"
                      "\"metadata\":{\"access_token\":\"[redacted]\",\"iban\":\"[redacted]\",\"n\":5}}");
  g_assert_cmpuint (event->flags >> PDG_EVENT_REDACTION_SHIFT, ==, PDG_REDACT_DEFAULT_VERSION);
}

/* A project's own rules are its own, and what needs none is not touched. */
static void
test_policies (void)
{
  static const char *const keys[] = { "page.title", "plan", NULL };
  g_autoptr (PdgEventPolicies) policies = pdg_event_policies_new ();
  g_autoptr (PdgRedactRules) rules = pdg_redact_rules_new (42, 0, keys);
  PdgEventJsonLimits limits = PDG_EVENT_JSON_LIMITS_DEFAULT;
  static const char members[] = "\"session.id\":\"s\",\"event.type\":\"custom\",\"event.timestamp\":\"" RECEIVED_TEXT
                                "\",\"page.title\":\"T\",\"metadata\":{\"plan\":\"p\",\"mail\":\"bob@example.com\"}}";
  g_autofree char *text = g_strdup_printf ("{\"events\":[{\"event_id\":\"1\",\"project_id\":\"own\",%s,{\"event_id\":\"2\",\"project_id\":\"other\",%s]}",
                                           members, members);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  g_autoptr (PdgEventBatch) batch = NULL;
  const PdgEvent *events;
  guint n;

  pdg_event_policies_set_redaction (policies, "own", rules);
  limits.policies = policies;
  batch = pdg_event_json_parse (body, RECEIVED_USEC, &limits, NULL);
  events = pdg_event_batch_get_events (batch, &n);
  g_assert_cmpuint (n, ==, 2);
  codec_assert_slice (events[0].page_title, NULL);
  codec_assert_slice (events[0].data, "{\"metadata\":{\"plan\":\"[redacted]\",\"mail\":\"bob@example.com\"}}");
  g_assert_cmpuint (events[0].flags >> PDG_EVENT_REDACTION_SHIFT, ==, 42);
  codec_assert_slice (events[1].page_title, "T");
  codec_assert_slice (events[1].data, "{\"metadata\":{\"plan\":\"p\",\"mail\":\"[email]\"}}");
  g_assert_cmpuint (events[1].flags >> PDG_EVENT_REDACTION_SHIFT, ==, PDG_REDACT_DEFAULT_VERSION);
}

/* ---- Generated: whatever it is, wherever it is put, nothing of it is left; and what only looks like it stays */

static guint
luhn_digit (const char *digits, gsize n)
{
  guint sum = 0;

  for (gsize i = 0; i < n; i++)
    {
      guint digit = (guint) (digits[n - 1 - i] - '0');

      digit *= i % 2 == 0 ? 2 : 1;
      sum += digit > 9 ? digit - 9 : digit;
    }
  return (10 - sum % 10) % 10;
}

static char *
make_card (GRand *rand, gboolean good)
{
  static const struct
  {
    const char *prefix;
    guint len;
  } kinds[] = {
    { "4", 16 }, { "51", 16 }, { "2221", 16 }, { "34", 15 }, { "37", 15 }, { "6011", 16 }, { "305", 14 }, { "3528", 16 }, { "62", 19 }, { "50", 18 },
  };
  guint kind = (guint) g_rand_int_range (rand, 0, G_N_ELEMENTS (kinds)), digit;
  GString *digits = g_string_new (kinds[kind].prefix);
  const char *separator = (const char *[]) { "", "", " ", "-" }[g_rand_int_range (rand, 0, 4)];

  while (digits->len < kinds[kind].len - 1)
    g_string_append_c (digits, (char) ('0' + g_rand_int_range (rand, 0, 10)));
  digit = (luhn_digit (digits->str, digits->len) + (good ? 0 : (guint) g_rand_int_range (rand, 1, 10))) % 10;
  g_string_append_c (digits, (char) ('0' + digit));
  if (digits->len == 16)
    for (gsize at = 12; at > 0; at -= 4)
      g_string_insert (digits, (gssize) at, separator);
  return g_string_free (digits, FALSE);
}

static char *
make_email (GRand *rand)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-";
  static const char *const ends[] = { "com", "co.uk", "io", "museum", "xn--p1ai", "de" };
  GString *text = g_string_new ("q");

  for (int i = g_rand_int_range (rand, 0, 30); i > 0; i--)
    g_string_append_c (text, letters[g_rand_int_range (rand, 0, (gint32) sizeof letters - 1)]);
  g_string_append_printf (text, "z@h%c%u.%s", letters[g_rand_int_range (rand, 0, 52)], g_rand_int (rand) % 1000,
                          ends[g_rand_int_range (rand, 0, G_N_ELEMENTS (ends))]);
  return g_string_free (text, FALSE);
}

static guint
mod97 (const char *text)
{
  guint remainder = 0;

  for (; *text != '\0'; text++)
    remainder = g_ascii_isdigit (*text) ? (remainder * 10 + (guint) (*text - '0')) % 97 : (remainder * 100 + (guint) (*text - 'A') + 10) % 97;
  return remainder;
}

static char *
make_iban (GRand *rand, gboolean good)
{
  static const char *const countries[] = { "DE22", "FR27", "GB22", "NO15", "MT31", "NL18", "ES24", "CH21" };
  const char *country = countries[g_rand_int_range (rand, 0, G_N_ELEMENTS (countries))];
  guint len = (guint) atoi (country + 2), check;
  g_autoptr (GString) account = g_string_new (NULL);
  g_autofree char *whole = NULL;
  GString *iban;

  while (account->len < len - 4)
    if (g_rand_int_range (rand, 0, 3) == 0)
      g_string_append_c (account, (char) ('A' + g_rand_int_range (rand, 0, 26)));
    else
      g_string_append_c (account, (char) ('0' + g_rand_int_range (rand, 0, 10)));
  whole = g_strdup_printf ("%s%.2s00", account->str, country);
  check = (98 - mod97 (whole) + (good ? 0 : (guint) g_rand_int_range (rand, 1, 90))) % 97;
  iban = g_string_new (NULL);
  g_string_printf (iban, "%.2s%02u%s", country, check, account->str);
  if (g_rand_boolean (rand))
    for (gsize at = (iban->len - 1) / 4 * 4; at > 0; at -= 4)
      g_string_insert (iban, (gssize) at, " ");
  return g_string_free (iban, FALSE);
}

static char *
make_jwt (GRand *rand)
{
  guint8 bytes[64];
  GString *text = g_string_new (NULL);

  for (int part = 0; part < 3; part++)
    {
      g_autofree char *json = NULL, *base64 = NULL;

      for (gsize i = 0; i < sizeof bytes; i++)
        bytes[i] = (guint8) g_rand_int_range (rand, 0, 256);
      json = g_strdup_printf ("{\"alg\":\"HS256\",\"n\":%u}", g_rand_int (rand));
      base64 = part < 2 ? g_base64_encode ((guchar *) json, strlen (json)) : g_base64_encode (bytes, (gsize) g_rand_int_range (rand, 8, 64));
      g_strdelimit (base64, "+", '-');
      g_strdelimit (base64, "/", '_');
      base64[strcspn (base64, "=")] = '\0';
      g_string_append_printf (text, "%s%s", part > 0 ? "." : "", base64);
    }
  return g_string_free (text, FALSE);
}

static void
append_quoted (GString *json, const char *text, gboolean escape_all)
{
  g_string_append_c (json, '"');
  for (const char *p = text; *p != '\0'; p++)
    if (escape_all)
      g_string_append_printf (json, "\\u%04x", (guint) *p);
    else if (*p == '"' || *p == '\\')
      g_string_append_printf (json, "\\%c", *p);
    else if (*p == '\n')
      g_string_append (json, "\\n");
    else
      g_string_append_c (json, *p);
  g_string_append_c (json, '"');
}

/* Members of an event that hold @text somewhere: deep in metadata, in state, in state as text, in a key, in an address. */
static char *
hide (GRand *rand, const char *text)
{
  static const char *const before[] = { "", "x ", "(", "a\n", "é", "1, ", "\\", "\"" };
  static const char *const after[] = { "", " y", ")", "\n", "…", ", 2", "\\", "\"" };
  g_autofree char *around = g_strconcat (before[g_rand_int_range (rand, 0, G_N_ELEMENTS (before))], text,
                                         after[g_rand_int_range (rand, 0, G_N_ELEMENTS (after))], NULL);
  gboolean escape_all = g_rand_int_range (rand, 0, 5) == 0 && g_str_is_ascii (around);
  g_autoptr (GString) value = g_string_new (NULL);
  GString *json = g_string_new (NULL);
  int depth = g_rand_int_range (rand, 0, 6);

  append_quoted (value, around, escape_all);
  for (int i = 0; i < depth; i++)
    {
      g_string_prepend (value, (const char *[]) { "[1,", "{\"a\":{},\"b\":", "{\"of\\\"it\":" }[i % 3]);
      g_string_append (value, (const char *[]) { "]", "}", ",\"c\":[]}" }[i % 3]);
    }
  switch (g_rand_int_range (rand, 0, 5))
    {
    case 0:
      g_string_printf (json, "\"metadata\":{\"n\":1,\"m\":%s}", value->str);
      break;
    case 1:
      g_string_printf (json, "\"ui.state.after\":%s", value->str);
      break;
    case 2:
      g_string_append (json, "\"ui.state.before\":");
      append_quoted (json, value->str, FALSE);
      break;
    case 3:
      g_string_printf (json, "\"an.unknown.key\":%s", value->str);
      break;
    default:
      g_string_append (json, "\"metadata\":{");
      append_quoted (json, around, escape_all);
      g_string_append (json, ":1}");
      break;
    }
  return g_string_free (json, FALSE);
}

static void
test_nothing_survives (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261122);

  for (int i = 0; i < 20000; i++)
    {
      g_autofree char *secret = i % 4 == 0 ? make_email (rand) : i % 4 == 1 ? make_card (rand, TRUE) : i % 4 == 2 ? make_iban (rand, TRUE) : make_jwt (rand);
      g_autofree char *members = hide (rand, secret);
      g_autoptr (PdgEventBatch) batch = parse_with_rules (members);
      g_autofree char *row = dup_row (codec_get_event (batch));

      g_test_message ("%s: %s", secret, members);
      g_assert_null (strstr (row, secret));
      g_assert_nonnull (strstr (row, (const char *[]) { "[email]", "[card]", "[iban]", "[jwt]" }[i % 4]));
    }
}

static void
test_lookalikes_survive (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);
  g_autoptr (PdgRedactRules) rules = pdg_redact_rules_new_default ();
  g_autoptr (GString) out = g_string_new (NULL);

  for (int i = 0; i < 20000; i++)
    {
      g_autofree char *text = i % 3 == 0   ? make_card (rand, FALSE)
                              : i % 3 == 1 ? make_iban (rand, FALSE)
                                           : g_strdup_printf ("lib@%u.%u.%u", g_rand_int (rand) % 100, g_rand_int (rand) % 100, g_rand_int (rand) % 1000);

      g_test_message ("%s", text);
      g_assert_false (pdg_redact_text (rules, "", text, strlen (text), out, NULL, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/redact/texts", test_texts);
  g_test_add_func ("/codec/redact/values", test_values);
  g_test_add_func ("/codec/redact/rules", test_rules);
  g_test_add_func ("/codec/redact/mask", test_mask);
  g_test_add_func ("/codec/redact/event", test_event);
  g_test_add_func ("/codec/redact/policies", test_policies);
  g_test_add_func ("/codec/redact/nothing-survives", test_nothing_survives);
  g_test_add_func ("/codec/redact/lookalikes-survive", test_lookalikes_survive);
  return g_test_run ();
}
