#include "config.h"
#include "model/pdg-screen-path.h"

#include "base/pdg-id.h"

#include <string.h>

#define ID_HEX_MIN_LEN 12

/* A segment that names one thing of many: digits only, a UUID, or a long run of hexadecimal with a digit in it. */
static gboolean
is_id_segment (const char *segment, gsize len)
{
  gsize n_digits = 0, n_hex = 0;
  guint8 uuid[16];

  for (gsize i = 0; i < len; i++)
    {
      n_digits += g_ascii_isdigit (segment[i]);
      n_hex += g_ascii_isxdigit (segment[i]);
    }
  if (n_digits == len)
    return TRUE;
  if (n_hex == len && len >= ID_HEX_MIN_LEN && n_digits > 0)
    return TRUE;
  return pdg_uuid_parse (segment, len, uuid);
}

gsize
pdg_screen_path_normalise (const char *path, gsize len, char out[PDG_SCREEN_PATH_MAX_BYTES + 1])
{
  const char *end = path + len, *p = path;
  gsize n = 0;

  for (const char *q = path; q < end; q++)
    if (*q == '?' || *q == '#')
      {
        end = q;
        break;
      }
  while (p < end)
    {
      const char *segment;
      gsize segment_len;

      while (p < end && *p == '/')
        p++;
      segment = p;
      while (p < end && *p != '/')
        p++;
      segment_len = (gsize) (p - segment);
      if (segment_len == 0)
        break;
      if (is_id_segment (segment, segment_len))
        {
          segment = ":id";
          segment_len = 3;
        }
      if (n + 1 + segment_len > PDG_SCREEN_PATH_MAX_BYTES)
        {
          gsize room = n + 1 < PDG_SCREEN_PATH_MAX_BYTES ? PDG_SCREEN_PATH_MAX_BYTES - n - 1 : 0;

          if (*segment == ':') /* half of ":id" says nothing */
            break;
          while (room > 0 && ((guchar) segment[room] & 0xC0) == 0x80)
            room--;
          if (room == 0)
            break;
          segment_len = room;
          p = end;
        }
      if (n > 0 || path[0] == '/')
        out[n++] = '/';
      memcpy (out + n, segment, segment_len);
      n += segment_len;
    }
  if (n == 0)
    out[n++] = '/';
  out[n] = '\0';
  return n;
}

gboolean
pdg_screen_path_is_pattern (const char *screen_path, gsize len)
{
  const char *end = screen_path + len;

  for (const char *p = screen_path; end - p >= 3; p++)
    if (memcmp (p, ":id", 3) == 0 && (p == screen_path || p[-1] == '/') && (p + 3 == end || p[3] == '/'))
      return TRUE;
  return FALSE;
}

char *
pdg_screen_path_dup_name (const char *screen_path)
{
  g_auto (GStrv) segments = g_strsplit (screen_path, "/", -1);
  GString *name;
  const char *last = NULL;

  for (guint i = 0; segments[i] != NULL; i++)
    if (*segments[i] != '\0' && strcmp (segments[i], ":id") != 0)
      last = segments[i];
  if (last == NULL)
    return g_strdup ("Home");
  name = g_string_new (NULL);
  g_string_append_unichar (name, g_unichar_toupper (g_utf8_get_char (last)));
  for (const char *p = g_utf8_next_char (last); *p != '\0'; p = g_utf8_next_char (p))
    g_string_append_unichar (name, *p == '-' || *p == '_' ? ' ' : g_utf8_get_char (p));
  return g_string_free (name, FALSE);
}
