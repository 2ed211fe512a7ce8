#include "config.h"
#include "codec/pdg-json-leaves.h"

#include "codec/pdg-json-read.h"
#include "codec/pdg-json-text.h"

#define MAX_LEVELS 16

typedef struct
{
  guint left;
  gsize max_bytes;
  PdgJsonLeafFunc func;
  gpointer user_data;
} Walk;

static void
append_key (GString *path, const PdgJsonSpan *key)
{
  gsize before = path->len;

  if (path->len > 0)
    g_string_append_c (path, '.');
  before = path->len;
  g_string_set_size (path, before + key->len);
  g_string_set_size (path, before + pdg_json_unescape (key, path->str + before));
}

static void
call (Walk *walk, const char *path, const PdgJsonSpan *value)
{
  gsize len = value->len;
  g_autofree char *text = NULL;

  if (len > walk->max_bytes)
    for (len = walk->max_bytes; len > 0 && ((guint8) value->text[len] & 0xc0) == 0x80;)
      len--;
  text = g_strndup (value->text, len);
  walk->left--;
  walk->func (path, text, walk->user_data);
}

static void
walk_object (Walk *walk, const PdgJsonSpan *object, GString *path, guint level)
{
  g_auto (PdgJsonIter) iter = { 0 };
  PdgJsonMember member;

  pdg_json_iter_init (&iter, object, level, G_MAXUINT);
  while (walk->left > 0 && pdg_json_iter_next (&iter, &member))
    {
      gsize len = path->len;

      append_key (path, &member.key);
      if (member.value.kind == PDG_JSON_OBJECT && level + 1 < MAX_LEVELS)
        walk_object (walk, &member.value, path, level + 1);
      else
        call (walk, path->str, &member.value);
      g_string_truncate (path, len);
    }
}

gboolean
pdg_json_each_leaf (const char *text, gsize len, guint max_leaves, gsize max_bytes, PdgJsonLeafFunc func, gpointer user_data)
{
  Walk walk = { max_leaves, max_bytes, func, user_data };
  g_autoptr (GString) path = g_string_new (NULL);
  PdgJsonSpan root;

  if (!pdg_json_check (text, len, &root, NULL) || root.kind != PDG_JSON_OBJECT)
    return FALSE;
  walk_object (&walk, &root, path, 0);
  return TRUE;
}
