#include "config.h"
#include "runtime/pdg-keeping.h"

PdgRetention *
pdg_keeping_new (PdgConfig *config)
{
  static const PdgConfigKey days[PDG_N_DATA_KINDS] = {
    PDG_CONFIG_KEEP_EVENTS_DAYS,       PDG_CONFIG_KEEP_SNAPSHOTS_DAYS, PDG_CONFIG_KEEP_RECORDINGS_DAYS,
    PDG_CONFIG_KEEP_DEAD_LETTERS_DAYS, PDG_CONFIG_KEEP_TRAITS_DAYS,    PDG_CONFIG_KEEP_CLIENT_STATE_DAYS,
  };
  PdgRetentionLimits limits = { 0 };

  for (guint i = 0; i < PDG_N_DATA_KINDS; i++)
    limits.days[i] = (gint32) pdg_config_get_int (config, days[i]);
  limits.bytes[PDG_DATA_EVENTS] = pdg_config_get_int (config, PDG_CONFIG_KEEP_EVENTS_BYTES);
  limits.bytes[PDG_DATA_SNAPSHOTS] = pdg_config_get_int (config, PDG_CONFIG_KEEP_SNAPSHOTS_BYTES);
  limits.bytes[PDG_DATA_RECORDINGS] = pdg_config_get_int (config, PDG_CONFIG_KEEP_RECORDINGS_BYTES);
  return pdg_retention_new (&limits, (guint) pdg_config_get_int (config, PDG_CONFIG_RETENTION_INTERVAL));
}
