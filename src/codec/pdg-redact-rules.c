#include "config.h"
#include "codec/pdg-redact-rules.h"

#include "codec/pdg-json-read.h"

#include <string.h>

const char *const pdg_redact_default_keys[] = {
  "password", "passwd", "pwd", "passphrase", "passcode", "password_confirmation", "pin", "pin_code", "otp", "secret", "client_secret",
  "token", "access_token", "refresh_token", "id_token", "auth_token", "csrf_token", "api_token", "session_token", "jwt",
  "authorization", "cookie", "api_key", "access_key", "secret_key", "private_key", "credentials",
  "card", "card_number", "card_no", "credit_card", "cc_number", "ccnum", "cvv", "cvc", "csc", "security_code", "iban",
  "ssn", "social_security_number", NULL,
};

/* Where clients put the address of a person's machine. */
static const char *const address_keys[] = {
  "ip", "ip_address", "ip_addr", "client_address", "remote_address", "remote_addr", "peer_address", "peer_addr", "source_address",
  "socket_address", "forwarded_for",
};

static void
key_clear (gpointer data)
{
  PdgRedactKey *key = data;

  g_free (key->squashed);
  g_free (key->path);
}

/* The letters and digits of a name, in lower case; those beyond ASCII as they are. */
static char *
squash (const char *name, gsize len)
{
  GString *text = g_string_sized_new (len);

  for (gsize i = 0; i < len; i++)
    if (g_ascii_isalnum (name[i]) || (guchar) name[i] >= 0x80)
      g_string_append_c (text, g_ascii_tolower (name[i]));
  return g_string_free (text, FALSE);
}

gboolean
pdg_redact_is_key (const char *key)
{
  const char *last = strrchr (key, '.');
  g_autofree char *squashed = NULL;

  last = last != NULL ? last + 1 : key;
  squashed = squash (last, strlen (last));
  return *squashed != '\0' && strlen (key) <= PDG_REDACT_MAX_KEY_BYTES;
}

static void
add_key (PdgRedactRules *rules, const char *name, gboolean is_address)
{
  const char *point = strrchr (name, '.'), *last = point != NULL ? point + 1 : name;
  PdgRedactKey key = { .squashed = squash (last, strlen (last)), .path = point != NULL ? g_ascii_strdown (name, -1) : NULL,
                       .is_address = is_address };

  key.len = strlen (key.squashed);
  g_array_append_val (rules->keys, key);
  pdg_redact_filter_add (&rules->filter, key.squashed, key.len);
}

PdgRedactRules *
pdg_redact_rules_new (guint version, guint patterns, const char *const *keys)
{
  PdgRedactRules *rules = g_atomic_rc_box_new0 (PdgRedactRules);

  pdg_event_fields_ensure ();
  rules->version = version;
  rules->patterns = patterns & PDG_REDACT_ALL_PATTERNS;
  rules->keys = g_array_new (FALSE, FALSE, sizeof (PdgRedactKey));
  g_array_set_clear_func (rules->keys, key_clear);
  for (gsize i = 0; keys[i] != NULL; i++)
    if (pdg_redact_is_key (keys[i]))
      add_key (rules, keys[i], FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (address_keys); i++)
    add_key (rules, address_keys[i], TRUE);
  for (guint i = 0; i < PDG_EVENT_N_FIELDS; i++)
    if (!pdg_event_fields[i].required
        && pdg_redact_rules_judge (rules, "", pdg_event_fields[i].name, pdg_event_fields[i].name_len) == PDG_REDACT_DENY)
      rules->denied_fields |= G_GUINT64_CONSTANT (1) << i;
  return rules;
}

PdgRedactRules *
pdg_redact_rules_new_default (void)
{
  return pdg_redact_rules_new (PDG_REDACT_DEFAULT_VERSION, PDG_REDACT_ALL_PATTERNS, pdg_redact_default_keys);
}

PdgRedactRules *
pdg_redact_rules_ref (PdgRedactRules *rules)
{
  return g_atomic_rc_box_acquire (rules);
}

static void
rules_clear (gpointer data)
{
  PdgRedactRules *rules = data;

  g_array_unref (rules->keys);
}

void
pdg_redact_rules_unref (PdgRedactRules *rules)
{
  if (rules != NULL)
    g_atomic_rc_box_release_full (rules, rules_clear);
}

guint
pdg_redact_rules_get_version (const PdgRedactRules *rules)
{
  return rules->version;
}

/* Whether a word begins at @p: behind what is no letter or digit, at a capital behind a small letter, and at the last capital
 * of several ("XMLToken"). */
static gboolean
begins_word (const char *begin, const char *p, const char *end)
{
  if (p == begin || !(g_ascii_isalnum (p[-1]) || (guchar) p[-1] >= 0x80))
    return TRUE;
  return g_ascii_isupper (*p) && (!g_ascii_isupper (p[-1]) || (p + 1 < end && g_ascii_islower (p[1])));
}

/* Whether the last words of @name are those of the key, whatever stands between the letters; numbers behind them do not count. */
static gboolean
ends_with (const PdgRedactKey *key, const char *name, gsize len)
{
  const char *p = name + len;
  gsize left = key->len;

  if (!g_ascii_isdigit (key->squashed[left - 1]))
    while (p > name && !g_ascii_isalpha (p[-1]) && (guchar) p[-1] < 0x80)
      p--;
  while (p > name && left > 0)
    {
      char c = *--p;

      if (!g_ascii_isalnum (c) && (guchar) c < 0x80)
        continue;
      if (g_ascii_tolower (c) != key->squashed[left - 1])
        return FALSE;
      left--;
    }
  return left == 0 && begins_word (name, p, name + len);
}

/* Whether the path ends with the key's: at its beginning or behind a point. */
static gboolean
is_in_path (const PdgRedactKey *key, const char *parent, const char *name, gsize len)
{
  gsize key_len = strlen (key->path), parent_len = strlen (parent);
  g_autoptr (GString) path = g_string_sized_new (parent_len + len + 1);
  const char *end;

  if (parent_len > 0)
    g_string_append_printf (path, "%s.", parent);
  g_string_append_len (path, name, (gssize) len);
  if (path->len < key_len)
    return FALSE;
  end = path->str + path->len - key_len;
  return g_ascii_strcasecmp (end, key->path) == 0 && (end == path->str || end[-1] == '.');
}

PdgRedactVerdict
pdg_redact_rules_judge (const PdgRedactRules *rules, const char *parent, const char *name, gsize len)
{
  if (!rules->filter.keys || !pdg_redact_filter_has_ending (&rules->filter, name, name + len))
    return PDG_REDACT_KEEP;
  for (guint i = 0; i < rules->keys->len; i++)
    {
      const PdgRedactKey *key = &g_array_index (rules->keys, PdgRedactKey, i);

      if (key->path != NULL ? parent == NULL || is_in_path (key, parent, name, len) : ends_with (key, name, len))
        return key->is_address ? PDG_REDACT_DROP_ADDRESS : PDG_REDACT_DENY;
    }
  return PDG_REDACT_KEEP;
}

/* One address: IPv4, IPv6, or either with a port. */
static gboolean
is_address_text (const char *text)
{
  g_autofree char *bare = g_strstrip (g_strdup (text));
  char *colon = strrchr (bare, ':');

  if (*bare == '[' && strchr (bare, ']') != NULL)
    {
      *strchr (bare, ']') = '\0';
      return g_hostname_is_ip_address (bare + 1);
    }
  if (colon != NULL && strchr (bare, ':') == colon)
    *colon = '\0';
  return g_hostname_is_ip_address (bare);
}

gboolean
pdg_redact_is_address (const PdgJsonSpan *span)
{
  g_autofree char *text = pdg_json_dup_text (span);
  g_auto (GStrv) parts = text != NULL && span->kind == PDG_JSON_STRING ? g_strsplit (text, ",", 16) : NULL;

  if (parts == NULL)
    return FALSE;
  for (gsize i = 0; parts[i] != NULL; i++)
    if (!is_address_text (parts[i]))
      return FALSE;
  return TRUE;
}
