#include "config.h"

#include "codec/pdg-identity.h"

#include <stdint.h>
#include <string.h>

/* The data of an event of the type that the first byte chooses. What is read stays within its limits. */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_id (PdgSlice id)
{
  g_assert_cmpuint (id.len, <=, PDG_IDENTITY_MAX_ID_BYTES);
  g_assert_true (id.data == NULL || (id.len > 0 && memchr (id.data, '\0', id.len) == NULL));
}

static void
check_traits (const PdgIdentity *identity)
{
  g_assert_cmpuint (identity->n_traits, <=, PDG_IDENTITY_MAX_TRAITS);
  for (guint i = 0; i < identity->n_traits; i++)
    {
      const PdgTrait *trait = &identity->traits[i];

      g_assert_true (trait->name.len > 0 && trait->name.len <= PDG_IDENTITY_MAX_NAME_BYTES);
      g_assert_true (trait->value.len > 0 && trait->value.len <= PDG_IDENTITY_MAX_VALUE_BYTES);
      for (guint k = 0; k < i; k++)
        g_assert_true (identity->traits[k].is_first != trait->is_first || identity->traits[k].name.len != trait->name.len
                       || memcmp (identity->traits[k].name.data, trait->name.data, trait->name.len) != 0);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const PdgSlice types[] = { PDG_SLICE_LITERAL ("custom"), PDG_SLICE_LITERAL ("identify"), PDG_SLICE_LITERAL ("alias"),
                                    PDG_SLICE_LITERAL ("group") };
  PdgArena *arena;
  PdgEvent event = { 0 };
  PdgIdentity identity;

  if (size == 0)
    return 0;
  arena = pdg_arena_new (256);
  event.type = types[data[0] % G_N_ELEMENTS (types)];
  event.data = (PdgSlice) { (const char *) data + 1, (guint32) size - 1 };
  event.user = event.data;
  if (pdg_identity_read (&event, arena, &identity))
    {
      g_assert_cmpint (identity.kind, !=, 0);
      check_id (identity.alias);
      check_id (identity.group_type);
      check_id (identity.group_id);
      check_traits (&identity);
    }
  pdg_identity_is_nobody (&event.user);
  pdg_arena_free (arena);
  return 0;
}
