#include "config.h"
#include "codec/pdg-json-read.h"

#include "codec/pdg-codec-error.h"
#include "codec/pdg-json-text.h"

#include <string.h>

gboolean
pdg_json_check (gconstpointer data, gsize size, PdgJsonSpan *root, GError **error)
{
  static const guint8 byte_order_mark[] = { 0xEF, 0xBB, 0xBF };
  PdgJsonScan scan;
  const guint8 *p;

  pdg_json_scan_init (&scan, data, size, G_MAXUINT);
  p = scan.begin;
  if (size >= 3 && memcmp (p, byte_order_mark, 3) == 0)
    p += 3;
  if (size > G_MAXUINT32)
    p = pdg_json_scan_fail (&scan, scan.begin, "too long");
  else
    p = pdg_json_scan_value (&scan, pdg_json_skip_space (&scan, p), 0, root);
  if (p != NULL && (p = pdg_json_skip_space (&scan, p)) < scan.end)
    pdg_json_scan_fail (&scan, p, "text after the end of the JSON");
  if (scan.error != NULL)
    g_set_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_SYNTAX, "not JSON: %s at byte %" G_GSIZE_FORMAT, scan.error,
                 (gsize) (scan.error_at - scan.begin));
  pdg_json_scan_clear (&scan);
  return scan.error == NULL;
}

void
pdg_json_iter_init (PdgJsonIter *iter, const PdgJsonSpan *container, guint depth, guint max_depth)
{
  gboolean nested = container->kind == PDG_JSON_OBJECT || container->kind == PDG_JSON_ARRAY;

  pdg_json_scan_init (&iter->scan, container->text, container->len, max_depth);
  iter->is_object = container->kind == PDG_JSON_OBJECT;
  iter->depth = depth;
  iter->p = nested ? pdg_json_skip_space (&iter->scan, iter->scan.begin + 1) : NULL;
}

gboolean
pdg_json_iter_next (PdgJsonIter *iter, PdgJsonMember *member)
{
  PdgJsonScan *scan = &iter->scan;
  const guint8 *p = iter->p;

  if (p != NULL && *p == ',')
    p = pdg_json_skip_space (scan, p + 1);
  if (p == NULL || *p == '}' || *p == ']')
    {
      iter->p = NULL;
      return FALSE;
    }
  *member = (PdgJsonMember) { 0 };
  if (iter->is_object)
    {
      p = pdg_json_scan_string (scan, p, &member->key);
      p = pdg_json_skip_space (scan, pdg_json_skip_space (scan, p) + 1);
    }
  p = pdg_json_scan_value (scan, p, iter->depth, &member->value);
  iter->p = pdg_json_skip_space (scan, p);
  return TRUE;
}

void
pdg_json_iter_clear (PdgJsonIter *iter)
{
  pdg_json_scan_clear (&iter->scan);
}

void
pdg_json_list (const PdgJsonSpan *container, guint depth, guint max_depth, GArray *members)
{
  g_auto (PdgJsonIter) iter;
  PdgJsonMember member;

  pdg_json_iter_init (&iter, container, depth, max_depth);
  while (pdg_json_iter_next (&iter, &member))
    g_array_append_val (members, member);
}

gboolean
pdg_json_is (const PdgJsonSpan *span, const char *text)
{
  gsize len = strlen (text), n;
  g_autofree char *plain = NULL;

  if (span->kind != PDG_JSON_STRING || span->len < len + 2)
    return FALSE;
  if ((span->flags & PDG_JSON_ESCAPED) == 0)
    return span->len == len + 2 && memcmp (span->text + 1, text, len) == 0;
  if (span->len > 6 * len + 2)
    return FALSE;
  plain = g_malloc (span->len);
  n = pdg_json_unescape (span, plain);
  return n == len && memcmp (plain, text, len) == 0;
}

PdgJsonMember *
pdg_json_find (GArray *members, const char *name)
{
  for (guint i = members->len; i > 0; i--)
    {
      PdgJsonMember *member = &g_array_index (members, PdgJsonMember, i - 1);

      if (pdg_json_is (&member->key, name))
        return member->value.kind != PDG_JSON_NULL ? member : NULL;
    }
  return NULL;
}

gboolean
pdg_json_get (const PdgJsonSpan *object, const char *name, PdgJsonSpan *value)
{
  g_auto (PdgJsonIter) iter;
  PdgJsonMember member;
  gboolean found = FALSE;

  pdg_json_iter_init (&iter, object, 0, G_MAXUINT);
  while (pdg_json_iter_next (&iter, &member))
    if (pdg_json_is (&member.key, name))
      {
        *value = member.value;
        found = member.value.kind != PDG_JSON_NULL;
      }
  return found;
}

char *
pdg_json_dup_text (const PdgJsonSpan *span)
{
  g_autofree char *text = NULL;

  if (span->kind == PDG_JSON_NUMBER)
    return g_strndup (span->text, span->len);
  if (span->kind != PDG_JSON_STRING || span->len == 2)
    return NULL;
  text = g_malloc (span->len);
  text[pdg_json_unescape (span, text)] = '\0';
  return g_steal_pointer (&text);
}
