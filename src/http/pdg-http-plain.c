#include "config.h"
#include "http/pdg-http-plain.h"

#include <string.h>

#define LENGTH_DIGITS_MAX 9

enum
{
  CHAR_TOKEN = 1 << 0,  /* RFC 9110, 5.6.2 */
  CHAR_VALUE = 1 << 1,  /* of a field, without what is not ASCII */
  CHAR_HOST = 1 << 3,   /* of names, addresses and ports */
  CHAR_TARGET = 1 << 2, /* of path and query, without the percent sign (RFC 3986, 3.3 and 3.4) */
};

static guint8 char_kinds[256];

static void
init_char_kinds (void)
{
  static gsize done;

  if (!g_once_init_enter (&done))
    return;
  for (guint c = 0x20; c < 0x7f; c++)
    {
      char_kinds[c] |= CHAR_VALUE;
      if (g_ascii_isalnum (c) || strchr ("!#$%&'*+-.^_`|~", (int) c) != NULL)
        char_kinds[c] |= CHAR_TOKEN;
      if (g_ascii_isalnum (c) || strchr ("-._~!$&'()*+,;=:@/?", (int) c) != NULL)
        char_kinds[c] |= CHAR_TARGET;
      if (g_ascii_isalnum (c) || strchr ("-.:[]_", (int) c) != NULL)
        char_kinds[c] |= CHAR_HOST;
    }
  char_kinds['\t'] |= CHAR_VALUE;
  g_once_init_leave (&done, 1);
}

static gsize
span (const char *text, gsize len, guint kind)
{
  gsize n = 0;

  while (n < len && (char_kinds[(guchar) text[n]] & kind) != 0)
    n++;
  return n;
}

static gboolean
equals (const char *text, gsize len, const char *other)
{
  return len == strlen (other) && g_ascii_strncasecmp (text, other, len) == 0;
}

/* "GET /path?query HTTP/1.1" */
static gboolean
read_request_line (PdgHttpPlain *plain, const char *line, gsize len)
{
  static const char version[] = " HTTP/1.1";
  gsize method_len = len > 4 && memcmp (line, "GET ", 4) == 0 ? 4 : len > 5 && memcmp (line, "POST ", 5) == 0 ? 5 : 0;
  const char *target = line + method_len;
  const char *end = line + len - strlen (version);

  if (method_len == 0 || end <= target || *target != '/' || memcmp (end, version, strlen (version)) != 0)
    return FALSE;
  plain->is_post = method_len == 5;
  plain->path = target;
  plain->query = memchr (target, '?', (gsize) (end - target));
  plain->path_len = (gsize) ((plain->query != NULL ? plain->query : end) - target);
  if (plain->query != NULL)
    plain->query_len = (gsize) (end - ++plain->query);
  if (span (plain->path, plain->path_len, CHAR_TARGET) < plain->path_len)
    return FALSE;
  for (const char *p = plain->query; p != NULL && p < end; p++)
    {
      if (*p == '%' && end - p > 2 && g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2]))
        p += 2;
      else if ((char_kinds[(guchar) *p] & CHAR_TARGET) == 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_field (PdgHttpPlain *plain, const char *line, gsize len)
{
  PdgHttpPlainField *field = &plain->fields[plain->n_fields];
  gsize name_len = span (line, len, CHAR_TOKEN);

  if (name_len == 0 || name_len == len || line[name_len] != ':' || plain->n_fields == PDG_HTTP_PLAIN_FIELDS_MAX)
    return FALSE;
  *field = (PdgHttpPlainField) { line, line + name_len + 1, (guint) name_len, (guint) (len - name_len - 1), '\r' };
  if (span (field->value, field->value_len, CHAR_VALUE) < field->value_len)
    return FALSE;
  while (field->value_len > 0 && (*field->value == ' ' || *field->value == '\t'))
    {
      field->value++;
      field->value_len--;
    }
  while (field->value_len > 0 && (field->value[field->value_len - 1] == ' ' || field->value[field->value_len - 1] == '\t'))
    field->value_len--;
  field->after = field->value[field->value_len];
  plain->n_fields++;
  return TRUE;
}

static gboolean
read_length (PdgHttpPlain *plain, const PdgHttpPlainField *field)
{
  if (field->value_len == 0 || field->value_len > LENGTH_DIGITS_MAX)
    return FALSE;
  for (guint i = 0; i < field->value_len; i++)
    {
      if (!g_ascii_isdigit (field->value[i]))
        return FALSE;
      plain->body_bytes = plain->body_bytes * 10 + (gsize) (field->value[i] - '0');
    }
  return TRUE;
}

/* What a field changes about the request itself must be nothing, or plain. */
static gboolean
check_fields (PdgHttpPlain *plain)
{
  static const char *const others[] = { "Transfer-Encoding", "Content-Encoding", "Upgrade", "Expect", "TE", "Trailer", "Range", "If-Range" };
  guint n_lengths = 0, n_hosts = 0;

  for (guint i = 0; i < plain->n_fields; i++)
    {
      const PdgHttpPlainField *field = &plain->fields[i];

      if (equals (field->name, field->name_len, "Content-Length"))
        {
          n_lengths++;
          if (!read_length (plain, field))
            return FALSE;
        }
      else if (equals (field->name, field->name_len, "Host"))
        n_hosts += field->value_len > 0 && span (field->value, field->value_len, CHAR_HOST) == field->value_len ? 1 : 2;
      else if (equals (field->name, field->name_len, "Connection") && !equals (field->value, field->value_len, "keep-alive"))
        return FALSE;
      for (guint j = 0; j < G_N_ELEMENTS (others); j++)
        if (equals (field->name, field->name_len, others[j]))
          return FALSE;
    }
  return n_hosts == 1 && (plain->is_post ? n_lengths == 1 : n_lengths == 0);
}

/* A line without its end: what is wrong already is not waited for. */
static gboolean
may_go_on (const char *line, gsize len, gboolean is_first)
{
  gsize good = span (line, len, CHAR_VALUE);

  if (is_first && strncmp (line, "GET /", MIN (len, 5)) != 0 && strncmp (line, "POST /", MIN (len, 6)) != 0)
    return FALSE;
  return good == len || (good + 1 == len && line[good] == '\r');
}

PdgHttpPlainVerdict
pdg_http_plain_read (PdgHttpPlain *plain, const char *text, gsize len, gsize max_head_bytes, gsize max_body_bytes)
{
  const char *line = text;
  const char *end = text + len;
  const char *feed;

  init_char_kinds ();
  plain->head_bytes = plain->body_bytes = plain->query_len = plain->n_fields = 0;
  plain->query = NULL;
  while (line < end && (feed = memchr (line, '\n', (gsize) (end - line))) != NULL)
    {
      gsize line_len = (gsize) (feed - line);

      if (line_len == 0 || line[line_len - 1] != '\r' || (gsize) (feed + 1 - text) > max_head_bytes)
        return PDG_HTTP_PLAIN_OTHER;
      line_len--;
      if (line == text)
        {
          if (!read_request_line (plain, line, line_len))
            return PDG_HTTP_PLAIN_OTHER;
        }
      else if (line_len > 0)
        {
          if (!read_field (plain, line, line_len))
            return PDG_HTTP_PLAIN_OTHER;
        }
      else
        {
          if (!check_fields (plain) || plain->body_bytes > max_body_bytes)
            return PDG_HTTP_PLAIN_OTHER;
          plain->head_bytes = (gsize) (feed + 1 - text);
          return len - plain->head_bytes >= plain->body_bytes ? PDG_HTTP_PLAIN_WHOLE : PDG_HTTP_PLAIN_MORE;
        }
      line = feed + 1;
    }
  return len < max_head_bytes && may_go_on (line, (gsize) (end - line), line == text) ? PDG_HTTP_PLAIN_MORE : PDG_HTTP_PLAIN_OTHER;
}

const PdgHttpPlainField *
pdg_http_plain_lookup (const PdgHttpPlain *plain, const char *name)
{
  gsize len = strlen (name);

  for (guint i = plain->n_fields; i-- > 0;)
    if (plain->fields[i].name_len == len && g_ascii_strncasecmp (plain->fields[i].name, name, len) == 0)
      return &plain->fields[i];
  return NULL;
}
