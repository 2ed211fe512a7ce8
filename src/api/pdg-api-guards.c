#include "config.h"
#include "api/pdg-api-guards.h"

static const char *const names[] = {
  "tokens", "nesting", "depth", "introspection", "fields", "aliases", "directives", "root-fields", "overlap", "errors",
  "page-size", "cost", "time", "key-requests", "requests", "persisted", "batch",
};

struct _PdgApiGuards
{
  guint max_per_key;
  guint max_requests;
  GMutex lock; /* what follows */
  GHashTable *in_flight; /* key -> number, when it is not 0 */
  guint n_in_flight;
  guint64 refused[G_N_ELEMENTS (names)];
};

PdgApiGuards *
pdg_api_guards_new (guint max_per_key, guint max_requests)
{
  PdgApiGuards *guards = g_new0 (PdgApiGuards, 1);

  guards->max_per_key = max_per_key;
  guards->max_requests = max_requests;
  guards->in_flight = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_mutex_init (&guards->lock);
  return guards;
}

void
pdg_api_guards_free (PdgApiGuards *guards)
{
  if (guards == NULL)
    return;
  g_hash_table_unref (guards->in_flight);
  g_mutex_clear (&guards->lock);
  g_free (guards);
}

static void
count (PdgApiGuards *guards, const char *guard)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (names[i], guard) == 0)
      guards->refused[i]++;
}

void
pdg_api_guards_count (PdgApiGuards *guards, const char *guard)
{
  if (guard == NULL)
    return;
  g_mutex_lock (&guards->lock);
  count (guards, guard);
  g_mutex_unlock (&guards->lock);
}

gboolean
pdg_api_guards_enter (PdgApiGuards *guards, const char *key)
{
  const char *refused_by = NULL;
  guint n;

  g_mutex_lock (&guards->lock);
  n = GPOINTER_TO_UINT (g_hash_table_lookup (guards->in_flight, key));
  if (guards->max_per_key > 0 && n >= guards->max_per_key)
    refused_by = "key-requests";
  else if (guards->max_requests > 0 && guards->n_in_flight >= guards->max_requests)
    refused_by = "requests";
  if (refused_by != NULL)
    count (guards, refused_by);
  else
    {
      g_hash_table_replace (guards->in_flight, g_strdup (key), GUINT_TO_POINTER (n + 1));
      guards->n_in_flight++;
    }
  g_mutex_unlock (&guards->lock);
  return refused_by == NULL;
}

void
pdg_api_guards_leave (PdgApiGuards *guards, const char *key)
{
  guint n;

  g_mutex_lock (&guards->lock);
  n = GPOINTER_TO_UINT (g_hash_table_lookup (guards->in_flight, key));
  if (n > 1)
    g_hash_table_replace (guards->in_flight, g_strdup (key), GUINT_TO_POINTER (n - 1));
  else
    g_hash_table_remove (guards->in_flight, key);
  guards->n_in_flight--;
  g_mutex_unlock (&guards->lock);
}

void
pdg_api_guards_print (PdgApiGuards *guards, GString *out)
{
  g_string_append (out, "# HELP productgraph_graphql_refusals_total GraphQL requests refused, by the guard that did it.\n"
                        "# TYPE productgraph_graphql_refusals_total counter\n");
  g_mutex_lock (&guards->lock);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_string_append_printf (out, "productgraph_graphql_refusals_total{guard=\"%s\"} %" G_GUINT64_FORMAT "\n", names[i], guards->refused[i]);
  g_string_append_printf (out, "# HELP productgraph_graphql_requests_in_flight GraphQL requests under way.\n"
                               "# TYPE productgraph_graphql_requests_in_flight gauge\n"
                               "productgraph_graphql_requests_in_flight %u\n", guards->n_in_flight);
  g_mutex_unlock (&guards->lock);
}
