#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define PDG_CONFIG_ERROR (pdg_config_error_quark ())
GQuark pdg_config_error_quark (void);

typedef enum
{
  PDG_CONFIG_ERROR_UNKNOWN,
  PDG_CONFIG_ERROR_VALUE,
} PdgConfigError;

/* Every setting of the program, in the order of the one table in pdg-config.c that says its names, unit, limits,
 * default and documentation. */
typedef enum
{
  PDG_CONFIG_DATABASE_URL,
  PDG_CONFIG_HOST,
  PDG_CONFIG_PORT,
  PDG_CONFIG_DATA_DIR,
  PDG_CONFIG_PG_BINDIR,
  PDG_CONFIG_ORGANISATION,
  PDG_CONFIG_TOKEN,
  PDG_CONFIG_SERVER_THREADS,
  PDG_CONFIG_GRAPHQL_THREADS,
  PDG_CONFIG_DB_READERS,
  PDG_CONFIG_MAX_CONNECTIONS,
  PDG_CONFIG_HEADER_DEADLINE,
  PDG_CONFIG_BODY_DEADLINE,
  PDG_CONFIG_IDLE_DEADLINE,
  PDG_CONFIG_STOP_DEADLINE,
  PDG_CONFIG_STREAM_KEEP_ALIVE,
  PDG_CONFIG_STREAM_STALL_DEADLINE,
  PDG_CONFIG_STREAM_SILENCE_DEADLINE,
  PDG_CONFIG_STREAM_QUEUE_BYTES,
  PDG_CONFIG_STREAM_QUEUE_MESSAGES,
  PDG_CONFIG_INGEST_BODY_BYTES,
  PDG_CONFIG_INGEST_EVENTS,
  PDG_CONFIG_INGEST_EVENT_BYTES,
  PDG_CONFIG_REPLAY_BYTES,
  PDG_CONFIG_INGEST_QUEUE_EVENTS,
  PDG_CONFIG_INGEST_FLUSH_EVENTS,
  PDG_CONFIG_DEAD_LETTERS,
  PDG_CONFIG_DEAD_LETTER_BYTES,
  PDG_CONFIG_KEEP_EVENTS_DAYS,
  PDG_CONFIG_KEEP_EVENTS_BYTES,
  PDG_CONFIG_KEEP_SNAPSHOTS_DAYS,
  PDG_CONFIG_KEEP_SNAPSHOTS_BYTES,
  PDG_CONFIG_KEEP_RECORDINGS_DAYS,
  PDG_CONFIG_KEEP_RECORDINGS_BYTES,
  PDG_CONFIG_KEEP_DEAD_LETTERS_DAYS,
  PDG_CONFIG_KEEP_TRAITS_DAYS,
  PDG_CONFIG_KEEP_CLIENT_STATE_DAYS,
  PDG_CONFIG_RETENTION_INTERVAL,
  PDG_CONFIG_INGEST_KEY_RATE,
  PDG_CONFIG_INGEST_KEY_BURST,
  PDG_CONFIG_GRAPHQL_BODY_BYTES,
  PDG_CONFIG_GRAPHQL_TOKENS,
  PDG_CONFIG_GRAPHQL_NESTING,
  PDG_CONFIG_GRAPHQL_DEPTH,
  PDG_CONFIG_GRAPHQL_FIELDS,
  PDG_CONFIG_GRAPHQL_ALIASES,
  PDG_CONFIG_GRAPHQL_DEADLINE,
  PDG_CONFIG_GRAPHQL_DIRECTIVES,
  PDG_CONFIG_GRAPHQL_ROOT_FIELDS,
  PDG_CONFIG_GRAPHQL_INTROSPECTION_LISTS,
  PDG_CONFIG_GRAPHQL_INTROSPECTION_DEPTH,
  PDG_CONFIG_GRAPHQL_OVERLAP,
  PDG_CONFIG_GRAPHQL_ERRORS,
  PDG_CONFIG_GRAPHQL_COST,
  PDG_CONFIG_GRAPHQL_PAGE_SIZE,
  PDG_CONFIG_GRAPHQL_KEY_REQUESTS,
  PDG_CONFIG_GRAPHQL_REQUESTS,
  PDG_CONFIG_GRAPHQL_KEY_STREAMS,
  PDG_CONFIG_GRAPHQL_STREAMS,
  PDG_CONFIG_GRAPHQL_STREAM_OPERATIONS,
  PDG_CONFIG_GRAPHQL_INIT_DEADLINE,
  PDG_CONFIG_GRAPHQL_RESERVATION,
  PDG_CONFIG_GRAPHQL_RECHECK,
  PDG_CONFIG_GRAPHQL_DOCUMENTS,
  PDG_CONFIG_GRAPHQL_PERSISTED,
  PDG_CONFIG_GRAPHQL_ONLY_PERSISTED,
  PDG_CONFIG_GRAPHQL_HTTP_STATUS,
  PDG_N_CONFIG_KEYS,
} PdgConfigKey;

/* The values in force. Built on one thread, then immutable and read by any. */
typedef struct _PdgConfig PdgConfig;

/* Defaults, then the key file (group [productgraph]; @key_file NULL = productgraph/productgraph.conf in the user's
 * configuration directory, where its absence is fine), then the environment. Error domain PDG_CONFIG_ERROR, or the
 * file's. (transfer full) */
PdgConfig   *pdg_config_load (const char *key_file, GError **error);
PdgConfig   *pdg_config_ref (PdgConfig *config);
void           pdg_config_unref (PdgConfig *config);

/* Sets one by the name of its option ("port"), as the command line does. Error domain PDG_CONFIG_ERROR. */
gboolean       pdg_config_set (PdgConfig *config, const char *option, const char *value, GError **error);

/* Entries for a GOptionContext that call pdg_config_set (); the group's user data must be the settings. (transfer full) */
GOptionGroup  *pdg_config_new_option_group (PdgConfig *config);

/* The value as text; NULL when it is empty. (transfer none) */
const char    *pdg_config_get_string (PdgConfig *config, PdgConfigKey setting);
gint64         pdg_config_get_int (PdgConfig *config, PdgConfigKey setting);

/* The whole table as Markdown (for the README) or as text (for --help). (transfer full) */
char          *pdg_config_describe (gboolean markdown);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgConfig, pdg_config_unref)

G_END_DECLS
