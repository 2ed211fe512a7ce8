#include "config.h"
#include "codec/pdg-multipart.h"

#include "codec/pdg-codec-error.h"

#include <string.h>

#define MAX_BOUNDARY_BYTES 70 /* RFC 2046 */
#define MAX_HEADER_BYTES 4096

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_SYNTAX, "the form cannot be read: %s", why);
  return FALSE;
}

/* The value of the parameter @name of a header field, quoted or not; NULL when it is not there. */
static PdgSlice
find_parameter (const char *begin, const char *end, const char *name)
{
  gsize len = strlen (name);

  for (const char *at = begin; at < end;)
    {
      const char *value, *stop;

      at = memchr (at, ';', (gsize) (end - at));
      if (at == NULL)
        break;
      for (at++; at < end && (*at == ' ' || *at == '\t'); at++)
        ;
      if ((gsize) (end - at) <= len || g_ascii_strncasecmp (at, name, len) != 0 || at[len] != '=')
        continue;
      value = at + len + 1;
      if (value < end && *value == '"')
        {
          stop = memchr (value + 1, '"', (gsize) (end - value - 1));
          if (stop != NULL)
            return (PdgSlice) { value + 1, (guint32) (stop - value - 1) };
          break;
        }
      for (stop = value; stop < end && *stop != ';' && *stop != ' ' && *stop != '\t'; stop++)
        ;
      return (PdgSlice) { value, (guint32) (stop - value) };
    }
  return (PdgSlice) { NULL, 0 };
}

/* "--" and the boundary. (transfer full) (nullable) */
static char *
make_delimiter (const char *content_type)
{
  PdgSlice boundary = find_parameter (content_type, content_type + strlen (content_type), "boundary");

  if (boundary.len == 0 || boundary.len > MAX_BOUNDARY_BYTES)
    return NULL;
  return g_strdup_printf ("--%.*s", (int) boundary.len, boundary.data);
}

static void
read_header (const char *line, const char *end, PdgMultipartPart *part)
{
  static const char disposition[] = "content-disposition:", type[] = "content-type:";
  const char *value;

  if ((gsize) (end - line) > strlen (disposition) && g_ascii_strncasecmp (line, disposition, strlen (disposition)) == 0)
    part->name = find_parameter (line, end, "name");
  if ((gsize) (end - line) <= strlen (type) || g_ascii_strncasecmp (line, type, strlen (type)) != 0)
    return;
  for (value = line + strlen (type); value < end && *value == ' '; value++)
    ;
  for (line = value; line < end && *line != ';' && *line != ' '; line++)
    ;
  part->media_type = (PdgSlice) { value, (guint32) (line - value) };
}

/* From the line after a delimiter to the part's data; NULL when they do not end. */
static const char *
read_headers (const char *at, const char *end, PdgMultipartPart *part)
{
  const char *limit = at + MIN ((gsize) (end - at), MAX_HEADER_BYTES);

  for (;;)
    {
      const char *line = at;

      at = memmem (line, (gsize) (limit - line), "\r\n", 2);
      if (at == NULL)
        return NULL;
      if (at == line)
        return at + 2;
      read_header (line, at, part);
      at += 2;
    }
}

/* One part behind a delimiter; *at moves behind the next one. */
static gboolean
read_part (const char **at, const char *end, const char *next, gsize next_len, GArray *parts, GError **error)
{
  PdgMultipartPart part = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
  const char *data = read_headers (*at, end, &part), *stop;

  if (data == NULL)
    return refuse (error, "a part's headers do not end");
  if (part.name.len == 0)
    return refuse (error, "a part has no name; send Content-Disposition: form-data; name=\"…\"");
  /* An empty part: the delimiter's line break is that of the headers. */
  stop = memmem (data - 2, (gsize) (end - data + 2), next, next_len);
  if (stop == NULL)
    return refuse (error, "it ends in the middle of a part");
  part.data = (PdgSlice) { data, stop > data ? (guint32) (stop - data) : 0 };
  if (parts->len == PDG_MULTIPART_MAX_PARTS)
    {
      g_set_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_TOO_MANY, "the form has more than %d parts", PDG_MULTIPART_MAX_PARTS);
      return FALSE;
    }
  g_array_append_val (parts, part);
  *at = stop + next_len;
  return TRUE;
}

GArray *
pdg_multipart_parse (const char *content_type, GBytes *body, GError **error)
{
  g_autofree char *delimiter = make_delimiter (content_type), *next = NULL;
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (PdgMultipartPart));
  gsize size, len;
  const char *at = g_bytes_get_data (body, &size), *end = at + size;

  if (delimiter == NULL)
    {
      refuse (error, "Content-Type names no boundary of 1 to 70 characters");
      return NULL;
    }
  len = strlen (delimiter);
  next = g_strconcat ("\r\n", delimiter, NULL);
  if (size < len || memcmp (at, delimiter, len) != 0)
    {
      /* Anything may stand before the first delimiter. */
      at = size > 0 ? memmem (at, size, next, len + 2) : NULL;
      if (at == NULL)
        {
          refuse (error, "its boundary is nowhere in the body");
          return NULL;
        }
      at += 2;
    }
  for (at += len; end - at < 2 || memcmp (at, "--", 2) != 0;)
    {
      for (; at < end && (*at == ' ' || *at == '\t'); at++)
        ;
      if (end - at < 2 || memcmp (at, "\r\n", 2) != 0)
        {
          refuse (error, "it ends without the closing boundary");
          return NULL;
        }
      at += 2;
      if (!read_part (&at, end, next, len + 2, parts, error))
        return NULL;
    }
  return g_steal_pointer (&parts);
}
