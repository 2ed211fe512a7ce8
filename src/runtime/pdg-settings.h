#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define PDG_SETTINGS_ERROR (pdg_settings_error_quark ())
GQuark pdg_settings_error_quark (void);

typedef enum
{
  PDG_SETTINGS_ERROR_UNKNOWN,
  PDG_SETTINGS_ERROR_VALUE,
} PdgSettingsError;

/* Every setting of the program, in the order of the one table in pdg-settings.c that says its names, unit, limits,
 * default and documentation. */
typedef enum
{
  PDG_SETTING_DATABASE_URL,
  PDG_SETTING_HOST,
  PDG_SETTING_PORT,
  PDG_SETTING_DATA_DIR,
  PDG_SETTING_PG_BINDIR,
  PDG_SETTING_ORGANISATION,
  PDG_SETTING_TOKEN,
  PDG_SETTING_SERVER_THREADS,
  PDG_SETTING_DB_READERS,
  PDG_SETTING_MAX_CONNECTIONS,
  PDG_SETTING_HEADER_DEADLINE,
  PDG_SETTING_BODY_DEADLINE,
  PDG_SETTING_IDLE_DEADLINE,
  PDG_SETTING_STOP_DEADLINE,
  PDG_SETTING_INGEST_BODY_BYTES,
  PDG_SETTING_INGEST_EVENTS,
  PDG_SETTING_INGEST_EVENT_BYTES,
  PDG_SETTING_INGEST_QUEUE_EVENTS,
  PDG_SETTING_INGEST_FLUSH_EVENTS,
  PDG_SETTING_GRAPHQL_BODY_BYTES,
  PDG_SETTING_GRAPHQL_TOKENS,
  PDG_SETTING_GRAPHQL_DEPTH,
  PDG_SETTING_GRAPHQL_ALIASES,
  PDG_SETTING_GRAPHQL_DEADLINE,
  PDG_N_SETTINGS,
} PdgSetting;

/* The values in force. Built on one thread, then immutable and read by any. */
typedef struct _PdgSettings PdgSettings;

/* Defaults, then the key file (group [productgraph]; @key_file NULL = productgraph/productgraph.conf in the user's
 * configuration directory, where its absence is fine), then the environment. Error domain PDG_SETTINGS_ERROR, or the
 * file's. (transfer full) */
PdgSettings   *pdg_settings_load (const char *key_file, GError **error);
PdgSettings   *pdg_settings_ref (PdgSettings *settings);
void           pdg_settings_unref (PdgSettings *settings);

/* Sets one by the name of its option ("port"), as the command line does. Error domain PDG_SETTINGS_ERROR. */
gboolean       pdg_settings_set (PdgSettings *settings, const char *option, const char *value, GError **error);

/* Entries for a GOptionContext that call pdg_settings_set (); the group's user data must be the settings. (transfer full) */
GOptionGroup  *pdg_settings_new_option_group (PdgSettings *settings);

/* The value as text; NULL when it is empty. (transfer none) */
const char    *pdg_settings_get_string (PdgSettings *settings, PdgSetting setting);
gint64         pdg_settings_get_int (PdgSettings *settings, PdgSetting setting);

/* The whole table as Markdown (for the README) or as text (for --help). (transfer full) */
char          *pdg_settings_describe (gboolean markdown);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgSettings, pdg_settings_unref)

G_END_DECLS
