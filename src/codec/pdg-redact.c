#include "config.h"
#include "codec/pdg-redact.h"

#include "codec/pdg-json-read.h"
#include "codec/pdg-json-text.h"
#include "codec/pdg-redact-rules.h"

#include <string.h>

/* Three looks, each for what the one before could not clear: the filter at every text, a search of the text as it stands, and a
 * walk through the JSON, which writes it anew. */

#define MAX_NESTED_TEXTS 3 /* JSON in a string in JSON */
#define MAX_DEPTH 32
#define MIN_MASKED 4

static const char *const rule_names[] = { "email", "card", "iban", "jwt", "key", "address" };
static const char *const replacements[] = { "[email]", "[card]", "[iban]", "[jwt]", "[redacted]", "" };

const char *
pdg_redact_rule_to_string (PdgRedactRule rule)
{
  return rule_names[rule];
}

char *
pdg_redact_mask (const char *text, gsize len)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) MIN (len, 64));
  glong n = g_utf8_strlen (valid, -1), n_shown = n >= 3 * MIN_MASKED ? 2 : n >= MIN_MASKED ? 1 : 0;
  GString *masked = g_string_new (NULL);
  const char *p = valid;

  for (glong i = 0; i < n; i++, p = g_utf8_next_char (p))
    if (i < n_shown || i >= n - n_shown || *p == '@' || *p == '.' || *p == ' ')
      g_string_append_len (masked, p, g_utf8_next_char (p) - p);
    else
      g_string_append_c (masked, '*');
  return g_string_free (masked, FALSE);
}

/* ---- The second look */

/* Where the key begins that ends at @end. In JSON (also inside a string of it) it stands in quotes; before an equals sign it is
 * what a parameter's name may be. */
static const char *
find_key_begin (const char *begin, const char *end, gboolean is_json)
{
  const char *p = end;

  while (p > begin && (is_json ? p[-1] != '"' : g_ascii_isalnum (p[-1]) || (guchar) p[-1] >= 0x80 || strchr ("_-.[]$", p[-1]) != NULL))
    p--;
  return p;
}

static gboolean
has_denied_key (const PdgRedactRules *rules, const char *text, gsize len)
{
  for (const char *p = text; p < text + len; p++)
    {
      const char *end = p, *key;

      if (*p != ':' && *p != '=')
        continue;
      if (*p == ':')
        {
          while (end > text && g_ascii_isspace (end[-1]))
            end--;
          if (end == text || *--end != '"')
            continue;
          while (end > text && end[-1] == '\\')
            end--;
        }
      key = find_key_begin (text, end, *p == ':');
      if (end > key && pdg_redact_rules_judge (rules, NULL, key, (gsize) (end - key)) != PDG_REDACT_KEEP)
        return TRUE;
    }
  return FALSE;
}

/* Puts two quotes in the place of each escape; FALSE when that would not show what the text says: at \uXXXX, and at two backslashes,
 * which begin an escape of the JSON inside this string, or are one. */
static gboolean
blank_escapes (char *text, gsize len)
{
  char *p = text, *end = text + len;

  while ((p = memchr (p, '\\', (gsize) (end - p))) != NULL)
    {
      if (p[1] == 'u' || p[1] == '\\')
        return FALSE;
      p[0] = p[1] = '"';
      p += 2;
    }
  return TRUE;
}

gboolean
pdg_redact_is_suspect (const PdgRedactRules *rules, const PdgJsonSpan *span)
{
  gboolean escaped = (span->flags & PDG_JSON_ESCAPED) != 0;
  PdgRedactMaybe maybe = pdg_redact_filter_look (&rules->filter, span->text, span->len);
  PdgRedactMatch match;

  if (escaped && pdg_redact_filter_has_unicode_escape (span->text, span->len))
    return TRUE;
  if ((maybe & PDG_REDACT_MAYBE_KEY) != 0 && has_denied_key (rules, span->text, span->len))
    return TRUE;
  if ((maybe & PDG_REDACT_MAYBE_PATTERN) == 0)
    return FALSE;
  if (escaped)
    {
      g_autofree char *copy = g_strndup (span->text, span->len);

      return !blank_escapes (copy, span->len) || pdg_redact_match_next (rules->patterns, copy, span->len, 0, &match);
    }
  return pdg_redact_match_next (rules->patterns, span->text, span->len, 0, &match);
}

/* ---- The walk */

typedef struct
{
  const PdgRedactRules *rules;
  GString *path;
  PdgRedactFoundFunc found;
  gpointer user_data;
  guint n_nested; /* strings of JSON around the value */
  gboolean changed;
} Walk;

static void walk_value (Walk *walk, const PdgJsonSpan *span, GString *out);

static void
report (Walk *walk, PdgRedactRule rule, const char *text, gsize len)
{
  walk->changed = TRUE;
  if (walk->found != NULL)
    walk->found (rule, walk->path->str, text, len, walk->user_data);
}

/* Copies @text, with another value for each denied parameter of an address or a form: token=… */
static void
redact_parameters (Walk *walk, const char *text, gsize len, GString *out)
{
  const char *p = text, *end = text + len, *equals;

  while ((equals = memchr (p, '=', (gsize) (end - p))) != NULL)
    {
      const char *key = find_key_begin (p, equals, FALSE), *value = equals + 1, *after = value;

      g_string_append_len (out, p, value - p);
      while (after < end && strchr ("&#;\"'<>,() \t\r\n", *after) == NULL)
        after++;
      if (key < equals && after > value
          && pdg_redact_rules_judge (walk->rules, walk->path->str, key, (gsize) (equals - key)) == PDG_REDACT_DENY)
        {
          report (walk, PDG_REDACT_KEY, value, (gsize) (after - value));
          g_string_append (out, replacements[PDG_REDACT_KEY]);
          p = after;
        }
      else
        p = value;
    }
  g_string_append_len (out, p, end - p);
}

static void
redact_patterns (Walk *walk, const char *text, gsize len, GString *out)
{
  PdgRedactMatch match;
  gsize from = 0;

  while (pdg_redact_match_next (walk->rules->patterns, text, len, from, &match))
    {
      report (walk, match.rule, text + match.start, match.len);
      g_string_append_len (out, text + from, (gssize) (match.start - from));
      g_string_append (out, replacements[match.rule]);
      from = match.start + match.len;
    }
  g_string_append_len (out, text + from, (gssize) (len - from));
}

/* Whether the text is an object, array or string as JSON, which state is sent as. */
static gboolean
is_json_text (const Walk *walk, const char *text, gsize len, PdgJsonSpan *span)
{
  PdgJsonScan scan;
  const guint8 *p;
  gboolean ok;

  if (len < 2 || walk->n_nested >= MAX_NESTED_TEXTS || len > G_MAXUINT32)
    return FALSE;
  pdg_json_scan_init (&scan, text, len, MAX_DEPTH);
  p = pdg_json_skip_space (&scan, scan.begin);
  ok = p < scan.end && (*p == '{' || *p == '[' || *p == '"') && (p = pdg_json_scan_value (&scan, p, 0, span)) != NULL
       && pdg_json_skip_space (&scan, p) == scan.end && (span->flags & PDG_JSON_TOO_DEEP) == 0;
  pdg_json_scan_clear (&scan);
  return ok;
}

static void
redact_plain (Walk *walk, const char *text, gsize len, GString *out)
{
  g_autoptr (GString) scratch = g_string_sized_new (len + 16);
  PdgJsonSpan json;

  if (is_json_text (walk, text, len, &json))
    {
      walk->n_nested++;
      walk_value (walk, &json, out);
      walk->n_nested--;
      return;
    }
  redact_parameters (walk, text, len, scratch);
  redact_patterns (walk, scratch->str, scratch->len, out);
}

/* What the string @span says, without escapes. */
static void
append_unescaped (GString *text, const PdgJsonSpan *span)
{
  gsize before = text->len;

  g_string_set_size (text, before + span->len);
  g_string_set_size (text, before + pdg_json_unescape (span, text->str + before));
}

static void
walk_string (Walk *walk, const PdgJsonSpan *span, gboolean is_key, GString *out)
{
  g_autoptr (GString) text = g_string_sized_new (span->len);
  g_autoptr (GString) left = g_string_sized_new (span->len);
  gboolean before = walk->changed;

  walk->changed = FALSE;
  append_unescaped (text, span);
  if (is_key)
    redact_patterns (walk, text->str, text->len, left);
  else
    redact_plain (walk, text->str, text->len, left);
  if (walk->changed)
    pdg_json_append_string (out, left->str);
  else
    g_string_append_len (out, span->text, span->len);
  walk->changed |= before;
}

/* Whether a value tells nothing: a denied key may keep it. */
static gboolean
is_nothing (const PdgJsonSpan *span)
{
  return span->kind == PDG_JSON_NULL || span->kind == PDG_JSON_TRUE || span->kind == PDG_JSON_FALSE || (span->kind == PDG_JSON_STRING && span->len == 2);
}

static gboolean
is_replacement (const PdgJsonSpan *span)
{
  return span->kind == PDG_JSON_STRING && span->len == strlen (replacements[PDG_REDACT_KEY]) + 2
         && memcmp (span->text + 1, replacements[PDG_REDACT_KEY], span->len - 2) == 0;
}

/* Writes the member, behind a comma unless it is the first; *n counts those that were written. */
static void
walk_member (Walk *walk, const PdgJsonMember *member, guint *n, GString *out)
{
  g_autoptr (GString) name = g_string_new (NULL);
  gsize path_len = walk->path->len;
  PdgRedactVerdict verdict;

  append_unescaped (name, &member->key);
  verdict = pdg_redact_rules_judge (walk->rules, walk->path->str, name->str, name->len);
  if (path_len > 0)
    g_string_append_c (walk->path, '.');
  g_string_append_len (walk->path, name->str, (gssize) name->len);
  if (verdict == PDG_REDACT_DROP_ADDRESS && pdg_redact_is_address (&member->value))
    report (walk, PDG_REDACT_ADDRESS, member->value.text, member->value.len);
  else
    {
      if ((*n)++ > 0)
        g_string_append_c (out, ',');
      walk_string (walk, &member->key, TRUE, out);
      g_string_append_c (out, ':');
      if (verdict == PDG_REDACT_DENY && !is_nothing (&member->value) && !is_replacement (&member->value))
        {
          report (walk, PDG_REDACT_KEY, member->value.text, member->value.len);
          g_string_append_printf (out, "\"%s\"", replacements[PDG_REDACT_KEY]);
        }
      else
        walk_value (walk, &member->value, out);
    }
  g_string_truncate (walk->path, path_len);
}

static void
walk_container (Walk *walk, const PdgJsonSpan *span, GString *out)
{
  gboolean is_object = span->kind == PDG_JSON_OBJECT;
  g_auto (PdgJsonIter) iter;
  PdgJsonMember member;
  guint n = 0;

  pdg_json_iter_init (&iter, span, 0, G_MAXUINT);
  g_string_append_c (out, is_object ? '{' : '[');
  while (pdg_json_iter_next (&iter, &member))
    {
      if (is_object)
        {
          walk_member (walk, &member, &n, out);
          continue;
        }
      if (n++ > 0)
        g_string_append_c (out, ',');
      walk_value (walk, &member.value, out);
    }
  g_string_append_c (out, is_object ? '}' : ']');
}

static void
walk_number (Walk *walk, const PdgJsonSpan *span, GString *out)
{
  PdgRedactMatch match;

  if (!pdg_redact_match_next (walk->rules->patterns & (1u << PDG_REDACT_CARD), span->text, span->len, 0, &match))
    {
      g_string_append_len (out, span->text, span->len);
      return;
    }
  report (walk, match.rule, span->text + match.start, match.len);
  g_string_append_printf (out, "\"%s\"", replacements[match.rule]);
}

static void
walk_value (Walk *walk, const PdgJsonSpan *span, GString *out)
{
  switch ((PdgJsonKind) span->kind)
    {
    case PDG_JSON_OBJECT:
    case PDG_JSON_ARRAY:
      walk_container (walk, span, out);
      break;
    case PDG_JSON_STRING:
      walk_string (walk, span, FALSE, out);
      break;
    case PDG_JSON_NUMBER:
      walk_number (walk, span, out);
      break;
    case PDG_JSON_NULL:
    case PDG_JSON_TRUE:
    case PDG_JSON_FALSE:
      g_string_append_len (out, span->text, span->len);
      break;
    }
}

gboolean
pdg_redact_span (const PdgRedactRules *rules, const char *path, const PdgJsonSpan *span, GString *out, PdgRedactFoundFunc found,
                 gpointer user_data)
{
  g_autoptr (GString) at = g_string_new (path);
  Walk walk = { .rules = rules, .path = at, .found = found, .user_data = user_data };

  g_string_truncate (out, 0);
  walk_value (&walk, span, out);
  return walk.changed;
}

gboolean
pdg_redact_json (const PdgRedactRules *rules, const char *path, const char *json, gsize len, GString *out, PdgRedactFoundFunc found,
                 gpointer user_data)
{
  PdgJsonSpan span;

  return pdg_json_check (json, len, &span, NULL) && pdg_redact_is_suspect (rules, &span)
         && pdg_redact_span (rules, path, &span, out, found, user_data);
}

gboolean
pdg_redact_text (const PdgRedactRules *rules, const char *path, const char *text, gsize len, GString *out, PdgRedactFoundFunc found,
                 gpointer user_data)
{
  g_autoptr (GString) at = g_string_new (path);
  Walk walk = { .rules = rules, .path = at, .found = found, .user_data = user_data };

  g_string_truncate (out, 0);
  if (pdg_redact_filter_look (&rules->filter, text, len) != 0)
    redact_plain (&walk, text, len, out);
  return walk.changed;
}
