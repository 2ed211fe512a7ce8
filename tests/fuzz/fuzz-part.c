#include "config.h"
#include "analytics/pdg-part-merge.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What is read as a part is, packed from its rows and merged with nothing, the same bytes; and no byte of anything else is read. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (GBytes) packed = NULL, merged = NULL, removed = NULL;
  g_autoptr (PdgPart) part = NULL;
  g_autofree PdgPartRow *rows = NULL;
  PdgPartId id;
  gsize n;

  if (!pdg_part_peek_id (bytes, &id))
    return 0;
  part = pdg_part_open (bytes, id, NULL);
  if (part == NULL)
    return 0;
  rows = pdg_part_dup_rows (part, &n);
  packed = pdg_part_pack (id, rows, n);
  g_assert_true (g_bytes_equal (packed, bytes));
  merged = pdg_part_merge (&part, 1, NULL);
  g_assert_true (g_bytes_equal (merged, bytes));
  if (n > 0)
    {
      removed = pdg_part_remove_actor (part, rows[n / 2].actor);
      g_assert_nonnull (removed);
    }
  return 0;
}
