#include "config.h"
#include "model/pdg-retention.h"

static const char *const names[PDG_N_DATA_KINDS] = { "events", "snapshots", "recordings", "dead-letters", "traits", "client-state" };

gboolean
pdg_data_kind_has_bytes (PdgDataKind kind)
{
  return kind <= PDG_DATA_DEAD_LETTERS;
}

const char *
pdg_data_kind_to_string (PdgDataKind kind)
{
  return names[kind];
}

gboolean
pdg_data_kind_from_string (const char *name, PdgDataKind *kind)
{
  for (*kind = 0; *kind < PDG_N_DATA_KINDS; (*kind)++)
    if (g_str_equal (names[*kind], name))
      return TRUE;
  return FALSE;
}
