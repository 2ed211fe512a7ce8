#include "config.h"
#include "codec/pdg-identity.h"

#include "codec/pdg-json-read.h"

#include <string.h>

static gboolean
is_text (const PdgSlice *slice, const char *text)
{
  return slice->data != NULL && slice->len == strlen (text) && memcmp (slice->data, text, slice->len) == 0;
}

gboolean
pdg_identity_is_nobody (const PdgSlice *id)
{
  static const char *const nobody[] = {
    "0", "-1", "[object object]", "anonymous", "distinct_id", "distinctid", "email", "false", "guest", "id", "nan", "nil", "none",
    "not_authenticated", "null", "true", "undefined", "unknown", "00000000-0000-0000-0000-000000000000",
  };

  if (id->data == NULL || id->len == 0)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (nobody); i++)
    if (strlen (nobody[i]) == id->len && g_ascii_strncasecmp (nobody[i], id->data, id->len) == 0)
      return TRUE;
  return FALSE;
}

static PdgSlice
take_text (GArray *members, const char *name, PdgArena *arena)
{
  PdgJsonMember *member = pdg_json_find (members, name);
  g_autofree char *text = member != NULL ? pdg_json_dup_text (&member->value) : NULL;
  gsize len = text != NULL ? strlen (text) : 0;

  return len > 0 && len <= PDG_IDENTITY_MAX_ID_BYTES ? (PdgSlice) { pdg_arena_strndup (arena, text, len), (guint32) len } : (PdgSlice) { NULL, 0 };
}

/* Of a name that comes twice the last value counts: the later ones are looked at first. */
static void
take_traits (GArray *members, const char *name, gboolean is_first, PdgArena *arena, PdgIdentity *identity)
{
  PdgJsonMember *object = pdg_json_find (members, name);
  g_autoptr (GArray) traits = g_array_new (FALSE, FALSE, sizeof (PdgJsonMember));
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (object == NULL || object->value.kind != PDG_JSON_OBJECT)
    return;
  pdg_json_list (&object->value, 0, G_MAXUINT, traits);
  for (guint i = traits->len; i > 0 && identity->n_traits < PDG_IDENTITY_MAX_TRAITS; i--)
    {
      const PdgJsonMember *member = &g_array_index (traits, PdgJsonMember, i - 1);
      g_autofree char *key = pdg_json_dup_text (&member->key);
      gsize len = key != NULL ? strlen (key) : 0;

      if (len == 0 || len > PDG_IDENTITY_MAX_NAME_BYTES || member->value.len > PDG_IDENTITY_MAX_VALUE_BYTES
          || g_hash_table_contains (seen, key))
        continue;
      identity->traits[identity->n_traits++] = (PdgTrait) {
        .name = { pdg_arena_strndup (arena, key, len), (guint32) len },
        .value = { pdg_arena_strndup (arena, member->value.text, member->value.len), member->value.len },
        .is_first = is_first,
      };
      g_hash_table_add (seen, g_steal_pointer (&key));
    }
}

static PdgIdentityKind
get_kind (const PdgEvent *event)
{
  if (is_text (&event->type, "identify"))
    return PDG_IDENTITY_IDENTIFY;
  if (is_text (&event->type, "alias"))
    return PDG_IDENTITY_ALIAS;
  return is_text (&event->type, "group") ? PDG_IDENTITY_GROUP : 0;
}

gboolean
pdg_identity_read (const PdgEvent *event, PdgArena *arena, PdgIdentity *identity)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (PdgJsonMember));
  PdgJsonSpan root, metadata;

  *identity = (PdgIdentity) { .kind = get_kind (event) };
  if (identity->kind == 0 || event->data.data == NULL || !pdg_json_check (event->data.data, event->data.len, &root, NULL)
      || !pdg_json_get (&root, "metadata", &metadata) || metadata.kind != PDG_JSON_OBJECT)
    return FALSE;
  pdg_json_list (&metadata, 0, G_MAXUINT, members);
  if (identity->kind == PDG_IDENTITY_ALIAS)
    identity->alias = take_text (members, "alias", arena);
  if (identity->kind == PDG_IDENTITY_GROUP)
    {
      identity->group_type = take_text (members, "group_type", arena);
      identity->group_id = take_text (members, "group_id", arena);
      if (identity->group_type.data == NULL)
        identity->group_type = PDG_SLICE_LITERAL ("group");
    }
  else if (identity->kind == PDG_IDENTITY_ALIAS)
    return identity->alias.data != NULL;
  identity->traits = pdg_arena_alloc (arena, PDG_IDENTITY_MAX_TRAITS * sizeof (PdgTrait));
  take_traits (members, "traits", FALSE, arena, identity);
  take_traits (members, "traits_once", TRUE, arena, identity);
  return identity->kind == PDG_IDENTITY_GROUP ? identity->group_id.data != NULL : identity->n_traits > 0;
}
