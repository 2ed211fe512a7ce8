#include "config.h"
#include "runtime/pdg-config.h"

#include <string.h>

#define GROUP "productgraph"

typedef struct
{
  const char *option;      /* --option, and the key in the file */
  const char *environment; /* variable */
  const char *unit;        /* NULL = text */
  const char *fallback;    /* default as text */
  gint64 min, max;
  const char *doc;
  const char *choices;     /* of a text, "this|that"; NULL = any */
} SettingInfo;

/* The one table of settings and limits: README and --help print it. In the order of PdgConfigKey. */
static const SettingInfo infos[PDG_N_CONFIG_KEYS] = {
  { "database-url", "DATABASE_URL", NULL, "", 0, 0, "libpq URI of a shared PostgreSQL; empty runs a private one in the data directory", NULL },
  { "host", "PRODUCTGRAPH_HOST", NULL, "127.0.0.1", 0, 0, "address to listen on; beyond loopback every request needs a key", NULL },
  { "port", "PORT", "port", "8080", 0, 65535, "HTTP port; 0 takes any free one", NULL },
  { "data-dir", "PRODUCTGRAPH_DATA_DIR", NULL, "", 0, 0, "where the private database and all state live; empty is productgraph in the user's data directory", NULL },
  { "pg-bindir", "PRODUCTGRAPH_PG_BINDIR", NULL, "", 0, 0, "directory of the PostgreSQL programs to use; empty finds the newest installed", NULL },
  { "organisation", "PRODUCTGRAPH_ORGANISATION", NULL, "", 0, 0, "organisation to act for, by id or name; empty is the first that the login may see", NULL },
  { "token", "PRODUCTGRAPH_TOKEN", NULL, "", 0, 0, "access token (or ingest key) that the command line sends to a server", NULL },
  { "server-threads", "PRODUCTGRAPH_SERVER_THREADS", "threads", "0", 0, 64, "HTTP threads; 0 is one on a desktop and one a core when headless", NULL },
  { "graphql-threads", "PRODUCTGRAPH_GRAPHQL_THREADS", "threads", "8", 0, 64, "threads that run a GraphQL request from its first byte to its last; 0 has server-threads pass them to the database's", NULL },
  { "db-readers", "PRODUCTGRAPH_DB_READERS", "connections", "4", 1, 64, "reading connections, each with its thread", NULL },
  { "max-connections", "PRODUCTGRAPH_MAX_CONNECTIONS", "connections", "1024", 1, 100000, "open HTTP connections; above it idle ones go, then 503", NULL },
  { "header-deadline", "PRODUCTGRAPH_HEADER_DEADLINE", "ms", "10000", 1, 3600000, "time to send the headers of a request", NULL },
  { "body-deadline", "PRODUCTGRAPH_BODY_DEADLINE", "ms", "60000", 1, 3600000, "time to send the body of a request", NULL },
  { "idle-deadline", "PRODUCTGRAPH_IDLE_DEADLINE", "ms", "75000", 1, 3600000, "time a kept-alive connection may wait for its next request", NULL },
  { "stop-deadline", "PRODUCTGRAPH_STOP_DEADLINE", "ms", "5000", 0, 600000, "time that requests in flight get when the program stops", NULL },
  { "stream-keep-alive", "PRODUCTGRAPH_STREAM_KEEP_ALIVE", "ms", "12000", 100, 3600000, "between two signs of life on a WebSocket or an event stream", NULL },
  { "stream-stall-deadline", "PRODUCTGRAPH_STREAM_STALL_DEADLINE", "ms", "30000", 100, 3600000, "time that its client may take nothing of what waits for it; then it is closed", NULL },
  { "stream-silence-deadline", "PRODUCTGRAPH_STREAM_SILENCE_DEADLINE", "ms", "40000", 100, 3600000, "time that the client of a WebSocket may say nothing, pongs included; then it is closed", NULL },
  { "stream-queue-bytes", "PRODUCTGRAPH_STREAM_QUEUE_BYTES", "bytes", "1048576", 1024, 1073741824, "what may wait for one such client; above it a WebSocket is closed with 1013, an event stream broken off", NULL },
  { "stream-queue-messages", "PRODUCTGRAPH_STREAM_QUEUE_MESSAGES", "messages", "256", 1, 1000000, "the same, as a number of messages", NULL },
  { "ingest-body-bytes", "PRODUCTGRAPH_INGEST_BODY_BYTES", "bytes", "10485760", 1024, 1073741824, "body of POST /v1/events; above it 413", NULL },
  { "ingest-events", "PRODUCTGRAPH_INGEST_EVENTS", "events", "1000", 1, 100000, "events in one request; above it 400", NULL },
  { "ingest-event-bytes", "PRODUCTGRAPH_INGEST_EVENT_BYTES", "bytes", "102400", 256, 16777216, "one event; a larger one is rejected, the others are stored", NULL },
  { "replay-bytes", "PRODUCTGRAPH_REPLAY_BYTES", "bytes", "67108864", 0, 1099511627776, "recordings of one session, compressed; what is more is not stored", NULL },
  { "ingest-queue-events", "PRODUCTGRAPH_INGEST_QUEUE_EVENTS", "events", "100000", 1, 10000000, "events waiting for the database; above it 503 with Retry-After", NULL },
  { "ingest-flush-events", "PRODUCTGRAPH_INGEST_FLUSH_EVENTS", "events", "20000", 1, 100000, "events that one transaction stores at most", NULL },
  { "dead-letters", "PRODUCTGRAPH_DEAD_LETTERS", "events", "10000", 0, 10000000, "refused events that a project keeps to be judged again; the oldest go; 0 = none", NULL },
  { "dead-letter-bytes", "PRODUCTGRAPH_DEAD_LETTER_BYTES", "bytes", "67108864", 1024, 1099511627776, "what they hold together, of a project", NULL },
  { "keep-events-days", "PRODUCTGRAPH_KEEP_EVENTS_DAYS", "days", "0", 0, 36500, "how long events and sessions are kept, by the time of the event; projects may set less; 0 is for ever", NULL },
  { "keep-events-bytes", "PRODUCTGRAPH_KEEP_EVENTS_BYTES", "bytes", "0", 0, 1125899906842624, "what the events of all projects may take with their indexes; the oldest days go; 0 is any", NULL },
  { "keep-snapshots-days", "PRODUCTGRAPH_KEEP_SNAPSHOTS_DAYS", "days", "0", 0, 36500, "how long pictures of screens are kept; 0 is for ever", NULL },
  { "keep-snapshots-bytes", "PRODUCTGRAPH_KEEP_SNAPSHOTS_BYTES", "bytes", "0", 0, 1125899906842624, "what the pictures of one project may take; the oldest go; 0 is any", NULL },
  { "keep-recordings-days", "PRODUCTGRAPH_KEEP_RECORDINGS_DAYS", "days", "0", 0, 36500, "how long recordings are kept, by the time at which they came; never longer than events; 0 is as long as these", NULL },
  { "keep-recordings-bytes", "PRODUCTGRAPH_KEEP_RECORDINGS_BYTES", "bytes", "0", 0, 1125899906842624, "what the recordings of one project may take; the oldest go; 0 is any", NULL },
  { "keep-dead-letters-days", "PRODUCTGRAPH_KEEP_DEAD_LETTERS_DAYS", "days", "0", 0, 36500, "how long refused events are kept, beside dead-letters and dead-letter-bytes; 0 is for ever", NULL },
  { "keep-traits-days", "PRODUCTGRAPH_KEEP_TRAITS_DAYS", "days", "0", 0, 36500, "how long traits and memberships of people are kept after they were said last; 0 is for ever", NULL },
  { "keep-client-state-days", "PRODUCTGRAPH_KEEP_CLIENT_STATE_DAYS", "days", "32", 1, 32, "how long it is known which derived session the events of a client continue", NULL },
  { "retention-interval", "PRODUCTGRAPH_RETENTION_INTERVAL", "s", "900", 60, 86400, "between two times that what is not to be kept is removed; of several collectors one does it", NULL },
  { "ingest-key-rate", "PRODUCTGRAPH_INGEST_KEY_RATE", "events/s", "0", 0, 1000000, "events a second that one key may send, unless it says otherwise; above it 429 with Retry-After; 0 is any number", NULL },
  { "ingest-key-burst", "PRODUCTGRAPH_INGEST_KEY_BURST", "events", "10000", 1, 100000000, "events that one key may send at once", NULL },
  { "graphql-body-bytes", "PRODUCTGRAPH_GRAPHQL_BODY_BYTES", "bytes", "1048576", 1024, 67108864, "body of POST /graphql, or message of a WebSocket; above it 413, or close code 1009", NULL },
  { "graphql-tokens", "PRODUCTGRAPH_GRAPHQL_TOKENS", "tokens", "5000", 10, 1000000, "lexical tokens of a document", NULL },
  { "graphql-nesting", "PRODUCTGRAPH_GRAPHQL_NESTING", "levels", "100", 1, 500, "nesting of brackets of any kind in a document", NULL },
  { "graphql-depth", "PRODUCTGRAPH_GRAPHQL_DEPTH", "levels", "10", 1, 100, "nesting of fields in a document", NULL },
  { "graphql-fields", "PRODUCTGRAPH_GRAPHQL_FIELDS", "fields", "5000", 0, 1000000, "fields of a document, fragments expanded at each use; 0 is any number", NULL },
  { "graphql-aliases", "PRODUCTGRAPH_GRAPHQL_ALIASES", "aliases", "30", 0, 10000, "aliases in a document", NULL },
  { "graphql-deadline", "PRODUCTGRAPH_GRAPHQL_DEADLINE", "ms", "10000", 10, 3600000, "time that a GraphQL request may take, and each of its statements; above it 504", NULL },
  { "graphql-directives", "PRODUCTGRAPH_GRAPHQL_DIRECTIVES", "directives", "50", 0, 10000, "directives in a document; 0 is any number", NULL },
  { "graphql-root-fields", "PRODUCTGRAPH_GRAPHQL_ROOT_FIELDS", "fields", "20", 0, 10000, "root fields of an operation; 0 is any number", NULL },
  { "graphql-introspection-lists", "PRODUCTGRAPH_GRAPHQL_INTROSPECTION_LISTS", "lists", "2", 0, 100, "nested lists of an introspection; 0 is any number", NULL },
  { "graphql-introspection-depth", "PRODUCTGRAPH_GRAPHQL_INTROSPECTION_DEPTH", "levels", "20", 0, 100, "nesting of fields of an introspection; 0 is any", NULL },
  { "graphql-overlap", "PRODUCTGRAPH_GRAPHQL_OVERLAP", "pairs", "500000", 1, 500000, "pairs of selections that are compared for whether they can be merged", NULL },
  { "graphql-errors", "PRODUCTGRAPH_GRAPHQL_ERRORS", "errors", "100", 1, 10000, "errors that a refused document is told at most", NULL },
  { "graphql-cost", "PRODUCTGRAPH_GRAPHQL_COST", "points", "5000", 0, 2000000000, "cost of an operation: leaf 1, object 2 and 1.5 times what is below, times first or last; 0 is any", NULL },
  { "graphql-page-size", "PRODUCTGRAPH_GRAPHQL_PAGE_SIZE", "rows", "100", 0, 10000, "first and last of a list, which must be given for a connection; 0 is any number", NULL },
  { "graphql-key-requests", "PRODUCTGRAPH_GRAPHQL_KEY_REQUESTS", "requests", "8", 0, 100000, "GraphQL requests of one key at once, whatever way they come; above it 429; 0 is any number", NULL },
  { "graphql-requests", "PRODUCTGRAPH_GRAPHQL_REQUESTS", "requests", "256", 0, 100000, "GraphQL requests at once; above it 429; 0 is any number", NULL },
  { "graphql-key-streams", "PRODUCTGRAPH_GRAPHQL_KEY_STREAMS", "connections", "100", 0, 100000, "WebSockets and event streams of one key; above it close code 1013, or 429; 0 is any number", NULL },
  { "graphql-streams", "PRODUCTGRAPH_GRAPHQL_STREAMS", "connections", "512", 0, 100000, "WebSockets and event streams in all; above it the same; 0 is any number", NULL },
  { "graphql-stream-operations", "PRODUCTGRAPH_GRAPHQL_STREAM_OPERATIONS", "operations", "100", 0, 100000, "operations on one of these connections at once; above it an error for that one; 0 is any number", NULL },
  { "graphql-init-deadline", "PRODUCTGRAPH_GRAPHQL_INIT_DEADLINE", "ms", "3000", 1, 3600000, "time for connection_init on a WebSocket; then close code 4408", NULL },
  { "graphql-reservation", "PRODUCTGRAPH_GRAPHQL_RESERVATION", "ms", "30000", 1, 3600000, "time to open an event stream that was reserved; then 404", NULL },
  { "graphql-recheck", "PRODUCTGRAPH_GRAPHQL_RECHECK", "ms", "15000", 10, 3600000, "between two looks at the key of a connection that stays open; one that is revoked ends it", NULL },
  { "graphql-documents", "PRODUCTGRAPH_GRAPHQL_DOCUMENTS", "documents", "1000", 0, 1000000, "documents kept parsed and validated, also for persisted queries; 0 keeps none", NULL },
  { "graphql-persisted", "PRODUCTGRAPH_GRAPHQL_PERSISTED", NULL, "", 0, 0, "folder of .graphql files that may be asked for by the SHA-256 of their text", NULL },
  { "graphql-only-persisted", "PRODUCTGRAPH_GRAPHQL_ONLY_PERSISTED", "0 or 1", "0", 0, 1, "1 runs no documents by HTTP but those of graphql-persisted", NULL },
  { "graphql-http-status", "PRODUCTGRAPH_GRAPHQL_HTTP_STATUS", NULL, "audit", 0, 0, "statuses of /graphql: audit as the published audits want them, draft as the draft of 2026-08", "audit|draft" },
};

struct _PdgConfig
{
  char *texts[PDG_N_CONFIG_KEYS];
  gint64 numbers[PDG_N_CONFIG_KEYS];
};

G_DEFINE_QUARK (pdg-config-error-quark, pdg_config_error)

static gboolean
assign (PdgConfig *config, PdgConfigKey i, const char *value, const char *where, GError **error)
{
  const SettingInfo *info = &infos[i];
  char *end = NULL;
  gint64 number = 0;

  if (info->unit != NULL)
    {
      number = g_ascii_strtoll (value, &end, 10);
      if (end == value || *end != '\0' || number < info->min || number > info->max)
        {
          g_set_error (error, PDG_CONFIG_ERROR, PDG_CONFIG_ERROR_VALUE,
                       "%s: \"%s\" is not a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " (%s)", where, value,
                       info->min, info->max, info->unit);
          return FALSE;
        }
    }
  if (info->choices != NULL)
    {
      g_auto (GStrv) choices = g_strsplit (info->choices, "|", -1);

      if (!g_strv_contains ((const char *const *) choices, value))
        {
          g_set_error (error, PDG_CONFIG_ERROR, PDG_CONFIG_ERROR_VALUE, "%s: \"%s\" is none of %s", where, value, info->choices);
          return FALSE;
        }
    }
  g_free (config->texts[i]);
  config->texts[i] = g_strdup (value);
  config->numbers[i] = number;
  return TRUE;
}

static gboolean
load_file (PdgConfig *config, const char *path, gboolean may_miss, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) local = NULL;
  g_auto (GStrv) keys = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &local))
    {
      if (may_miss && g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return TRUE;
      g_propagate_prefixed_error (error, g_steal_pointer (&local), "%s: ", path);
      return FALSE;
    }
  keys = g_key_file_get_keys (file, GROUP, NULL, NULL);
  for (guint k = 0; keys != NULL && keys[k] != NULL; k++)
    {
      g_autofree char *value = g_key_file_get_string (file, GROUP, keys[k], error);

      if (value == NULL)
        return FALSE;
      if (!pdg_config_set (config, keys[k], value, error))
        {
          g_prefix_error (error, "%s: ", path);
          return FALSE;
        }
    }
  return TRUE;
}

PdgConfig *
pdg_config_load (const char *key_file, GError **error)
{
  g_autoptr (PdgConfig) config = g_atomic_rc_box_new0 (PdgConfig);
  g_autofree char *standard = g_build_filename (g_get_user_config_dir (), "productgraph", "productgraph.conf", NULL);

  for (int i = 0; i < PDG_N_CONFIG_KEYS; i++)
    if (!assign (config, i, infos[i].fallback, infos[i].option, error))
      return NULL;
  if (!load_file (config, key_file != NULL ? key_file : standard, key_file == NULL, error))
    return NULL;
  for (int i = 0; i < PDG_N_CONFIG_KEYS; i++)
    {
      const char *value = g_getenv (infos[i].environment);

      if (value != NULL && *value != '\0' && !assign (config, i, value, infos[i].environment, error))
        return NULL;
    }
  return g_steal_pointer (&config);
}

PdgConfig *
pdg_config_ref (PdgConfig *config)
{
  return g_atomic_rc_box_acquire (config);
}

static void
config_clear (gpointer data)
{
  PdgConfig *config = data;

  for (int i = 0; i < PDG_N_CONFIG_KEYS; i++)
    g_free (config->texts[i]);
}

void
pdg_config_unref (PdgConfig *config)
{
  if (config != NULL)
    g_atomic_rc_box_release_full (config, config_clear);
}

gboolean
pdg_config_set (PdgConfig *config, const char *option, const char *value, GError **error)
{
  for (int i = 0; i < PDG_N_CONFIG_KEYS; i++)
    if (strcmp (infos[i].option, option) == 0)
      return assign (config, i, value, option, error);
  g_set_error (error, PDG_CONFIG_ERROR, PDG_CONFIG_ERROR_UNKNOWN, "there is no setting \"%s\"; --help lists them", option);
  return FALSE;
}

static gboolean
option_cb (const char *name, const char *value, gpointer data, GError **error)
{
  return pdg_config_set (data, name + 2, value, error); /* after "--" */
}

GOptionGroup *
pdg_config_new_option_group (PdgConfig *config)
{
  GOptionGroup *group = g_option_group_new ("settings", "Settings:", "Show every setting", config, NULL);
  GOptionEntry entries[PDG_N_CONFIG_KEYS + 1] = { 0 };

  for (int i = 0; i < PDG_N_CONFIG_KEYS; i++)
    {
      entries[i].long_name = infos[i].option;
      entries[i].arg = G_OPTION_ARG_CALLBACK;
      entries[i].arg_data = (gpointer) (GOptionArgFunc) option_cb;
      entries[i].description = infos[i].doc;
      entries[i].arg_description = infos[i].unit != NULL ? infos[i].unit : "TEXT";
    }
  g_option_group_add_entries (group, entries);
  return group;
}

const char *
pdg_config_get_string (PdgConfig *config, PdgConfigKey setting)
{
  const char *text = config->texts[setting];

  return *text != '\0' ? text : NULL;
}

gint64
pdg_config_get_int (PdgConfig *config, PdgConfigKey setting)
{
  g_return_val_if_fail (infos[setting].unit != NULL, 0);
  return config->numbers[setting];
}

char *
pdg_config_describe (gboolean markdown)
{
  GString *out = g_string_new (NULL);

  if (markdown)
    g_string_append (out, "| option and key | environment | default | unit | what it is |\n|---|---|---|---|---|\n");
  for (int i = 0; i < PDG_N_CONFIG_KEYS; i++)
    {
      const SettingInfo *info = &infos[i];

      if (markdown)
        g_string_append_printf (out, "| `%s` | `%s` | %s | %s | %s |\n", info->option, info->environment, info->fallback,
                                info->unit != NULL ? info->unit : "", info->doc);
      else
        {
          g_string_append_printf (out, "  --%-20s %-34s %s", info->option, info->environment, info->doc);
          if (*info->fallback != '\0')
            g_string_append_printf (out, " (default %s%s%s)", info->fallback, info->unit != NULL ? " " : "",
                                    info->unit != NULL ? info->unit : "");
          g_string_append_c (out, '\n');
        }
    }
  return g_string_free (out, FALSE);
}
