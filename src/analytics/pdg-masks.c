#include "config.h"
#include "analytics/pdg-masks-private.h"

#include <gio/gio.h>

#define MAX_CELLS ((gsize) 16 << 20)

/* A filter while it is compiled: a tree whose leaves are questions about the key, or one of the bits. */
typedef struct
{
  PdgMasks *masks;
  GHashTable *bits; /* PdgFilter -> its bit + 1 */
  gboolean too_many;
} Compiler;

/* Gives each largest part that asks about sessions and actors alone a bit. */
static void
find_bits (Compiler *compiler, PdgFilter *filter)
{
  if (filter == NULL || !filter->of_run || g_hash_table_contains (compiler->bits, filter))
    return;
  if (filter->of_key)
    {
      for (guint i = 0; i < filter->n_children; i++)
        find_bits (compiler, filter->children[i]);
      return;
    }
  if (compiler->masks->n_bits == PDG_MASKS_MAX_BITS)
    {
      compiler->too_many = TRUE;
      return;
    }
  compiler->masks->bits[compiler->masks->n_bits++] = pdg_filter_ref (filter);
  g_hash_table_insert (compiler->bits, filter, GUINT_TO_POINTER (compiler->masks->n_bits));
}

static gboolean
passes (const Compiler *compiler, const PdgFilter *filter, gsize answers, guint32 key)
{
  gboolean all = filter->node == PDG_TEST_NODE_ALL;

  if (!filter->of_run)
    return pdg_filter_test (filter, 0, 0, key);
  if (!filter->of_key)
    return answers >> (GPOINTER_TO_UINT (g_hash_table_lookup (compiler->bits, filter)) - 1) & 1;
  if (filter->node == PDG_TEST_NODE_NOT)
    return !passes (compiler, filter->children[0], answers, key);
  for (guint i = 0; i < filter->n_children; i++)
    if (passes (compiler, filter->children[i], answers, key) != all)
      return !all;
  return all;
}

static gboolean
fill_table (const Compiler *compiler, PdgFilter *const *filters, guint n_filters)
{
  PdgMasks *masks = compiler->masks;
  gsize width = (gsize) masks->n_keys + 1, n_rows = pdg_masks_get_n_tables (masks);

  if (width > MAX_CELLS / n_rows)
    return FALSE;
  masks->table = g_new0 (guint32, n_rows * width);
  for (guint i = 0; i < n_filters; i++)
    for (gsize row = 0; row < n_rows; row++)
      for (gsize key = 0; key < width; key++)
        /* Beyond the keys no property of a key has a value: G_MAXUINT32 is no key. */
        if (filters[i] == NULL || passes (compiler, filters[i], row, key < masks->n_keys ? (guint32) key : G_MAXUINT32))
          masks->table[row * width + key] |= 1u << i;
  return TRUE;
}

PdgMasks *
pdg_masks_new (PdgFilter *const *filters, guint n_filters, guint32 n_keys, GError **error)
{
  g_autoptr (PdgMasks) masks = g_new0 (PdgMasks, 1);
  g_autoptr (GHashTable) bits = g_hash_table_new (NULL, NULL);
  Compiler compiler = { masks, bits, FALSE };

  g_return_val_if_fail (n_filters <= 32, NULL);
  g_atomic_ref_count_init (&masks->refs);
  masks->n_keys = n_keys;
  for (guint i = 0; i < n_filters; i++)
    find_bits (&compiler, filters[i]);
  if (compiler.too_many || !fill_table (&compiler, filters, n_filters))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           "The filters ask too many different things about sessions and actors beside what they ask about events: join these.");
      return NULL;
    }
  return g_steal_pointer (&masks);
}

PdgMasks *
pdg_masks_ref (PdgMasks *masks)
{
  g_atomic_ref_count_inc (&masks->refs);
  return masks;
}

void
pdg_masks_unref (PdgMasks *masks)
{
  if (!g_atomic_ref_count_dec (&masks->refs))
    return;
  for (guint i = 0; i < masks->n_bits; i++)
    pdg_filter_unref (masks->bits[i]);
  g_free (masks->table);
  g_free (masks);
}
