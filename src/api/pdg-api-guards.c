#include "config.h"
#include "api/pdg-api-guards.h"

static const char *const names[] = {
  "tokens", "nesting", "depth", "introspection", "fields", "aliases", "directives", "root-fields", "overlap", "errors",
  "page-size", "cost", "time", "key-requests", "requests", "persisted", "batch", "body", "key-streams", "streams",
  "stream-operations", "init", "reservation", "queue", "credentials",
};

/* What a key has under way; there as long as it has anything. */
typedef struct
{
  char *name;
  guint n_requests; /* runs of subscriptions included */
  guint n_runs;
  guint n_streams;
  GQueue waiting;   /* PdgApiWaiter */
  GList crowded;    /* of guards->crowded while somebody waits */
} Key;

struct _PdgApiGuards
{
  PdgApiGuardLimits limits;
  GMutex lock;      /* what follows */
  GHashTable *keys; /* name -> Key */
  GQueue crowded;   /* Key; the one whose turn it is first */
  guint n_requests;
  guint n_runs;
  guint n_streams;
  guint64 refused[G_N_ELEMENTS (names)];
};

static void
key_free (gpointer data)
{
  Key *key = data;

  g_free (key->name);
  g_free (key);
}

PdgApiGuards *
pdg_api_guards_new (const PdgApiGuardLimits *limits)
{
  PdgApiGuards *guards = g_new0 (PdgApiGuards, 1);

  guards->limits = *limits;
  guards->keys = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, key_free);
  g_mutex_init (&guards->lock);
  return guards;
}

void
pdg_api_guards_free (PdgApiGuards *guards)
{
  if (guards == NULL)
    return;
  g_hash_table_unref (guards->keys);
  g_mutex_clear (&guards->lock);
  g_free (guards);
}

/* --- refusals ----------------------------------------------------------------------------------------------------- */

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

/* --- requests and streams ----------------------------------------------------------------------------------------- */

static Key *
get_key (PdgApiGuards *guards, const char *name)
{
  Key *key = g_hash_table_lookup (guards->keys, name);

  if (key != NULL)
    return key;
  key = g_new0 (Key, 1);
  key->name = g_strdup (name);
  key->crowded.data = key;
  g_queue_init (&key->waiting);
  g_hash_table_insert (guards->keys, key->name, key);
  return key;
}

static void
drop_idle_key (PdgApiGuards *guards, Key *key)
{
  if (key->n_requests == 0 && key->n_streams == 0 && key->waiting.length == 0)
    g_hash_table_remove (guards->keys, key->name);
}

static gboolean
is_full (guint n, guint max)
{
  return max > 0 && n >= max;
}

gboolean
pdg_api_guards_enter (PdgApiGuards *guards, const char *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&guards->lock);
  Key *key = get_key (guards, name);
  const char *refused_by = is_full (key->n_requests, guards->limits.key_requests) ? "key-requests"
                           : is_full (guards->n_requests, guards->limits.requests) ? "requests"
                                                                                   : NULL;

  count (guards, refused_by);
  if (refused_by == NULL)
    {
      key->n_requests++;
      guards->n_requests++;
    }
  drop_idle_key (guards, key);
  return refused_by == NULL;
}

static guint
half (guint max)
{
  return MAX (max / 2, max > 0);
}

static gboolean
enter_run (PdgApiGuards *guards, Key *key)
{
  if (is_full (key->n_requests, guards->limits.key_requests) || is_full (key->n_runs, half (guards->limits.key_requests))
      || is_full (guards->n_requests, guards->limits.requests) || is_full (guards->n_runs, half (guards->limits.requests)))
    return FALSE;
  key->n_requests++;
  key->n_runs++;
  guards->n_requests++;
  guards->n_runs++;
  return TRUE;
}

static void
stop_waiting (PdgApiGuards *guards, Key *key, PdgApiWaiter *waiter)
{
  g_queue_unlink (&key->waiting, &waiter->link);
  waiter->key = NULL;
  if (key->waiting.length == 0)
    g_queue_unlink (&guards->crowded, &key->crowded);
}

/* The first who waits and may run now: of the keys in turn, of one key in the order in which they came. */
static PdgApiWaiter *
take_waiter (PdgApiGuards *guards)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&guards->lock);

  for (GList *l = guards->crowded.head; l != NULL; l = l->next)
    {
      Key *key = l->data;
      PdgApiWaiter *waiter = g_queue_peek_head (&key->waiting);

      if (!enter_run (guards, key))
        continue;
      g_queue_unlink (&guards->crowded, &key->crowded);
      g_queue_push_tail_link (&guards->crowded, &key->crowded);
      stop_waiting (guards, key, waiter);
      return waiter;
    }
  return NULL;
}

static void
leave (PdgApiGuards *guards, const char *name, guint n_runs)
{
  PdgApiWaiter *waiter;
  Key *key;

  g_mutex_lock (&guards->lock);
  key = get_key (guards, name);
  key->n_requests--;
  key->n_runs -= n_runs;
  guards->n_requests--;
  guards->n_runs -= n_runs;
  drop_idle_key (guards, key);
  g_mutex_unlock (&guards->lock);
  while ((waiter = take_waiter (guards)) != NULL)
    waiter->granted (waiter);
}

void
pdg_api_guards_leave (PdgApiGuards *guards, const char *key)
{
  leave (guards, key, 0);
}

void
pdg_api_guards_leave_run (PdgApiGuards *guards, const char *key)
{
  leave (guards, key, 1);
}

gboolean
pdg_api_guards_enter_run (PdgApiGuards *guards, const char *name, PdgApiWaiter *waiter)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&guards->lock);
  Key *key = get_key (guards, name);

  if (enter_run (guards, key))
    return TRUE;
  waiter->key = key;
  waiter->link = (GList) { .data = waiter };
  if (key->waiting.length == 0)
    g_queue_push_tail_link (&guards->crowded, &key->crowded);
  g_queue_push_tail_link (&key->waiting, &waiter->link);
  return FALSE;
}

gboolean
pdg_api_guards_forget (PdgApiGuards *guards, PdgApiWaiter *waiter)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&guards->lock);
  Key *key = waiter->key;

  if (key == NULL)
    return FALSE;
  stop_waiting (guards, key, waiter);
  drop_idle_key (guards, key);
  return TRUE;
}

gboolean
pdg_api_guards_open (PdgApiGuards *guards, const char *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&guards->lock);
  Key *key = get_key (guards, name);
  const char *refused_by = is_full (key->n_streams, guards->limits.key_streams) ? "key-streams"
                           : is_full (guards->n_streams, guards->limits.streams) ? "streams"
                                                                                 : NULL;

  count (guards, refused_by);
  if (refused_by == NULL)
    {
      key->n_streams++;
      guards->n_streams++;
    }
  drop_idle_key (guards, key);
  return refused_by == NULL;
}

void
pdg_api_guards_close (PdgApiGuards *guards, const char *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&guards->lock);
  Key *key = get_key (guards, name);

  key->n_streams--;
  guards->n_streams--;
  drop_idle_key (guards, key);
}

void
pdg_api_guards_print (PdgApiGuards *guards, guint64 n_bodies, GString *out)
{
  g_string_append (out, "# HELP productgraph_graphql_refusals_total GraphQL requests and connections refused, by the guard that did it.\n"
                        "# TYPE productgraph_graphql_refusals_total counter\n");
  g_mutex_lock (&guards->lock);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_string_append_printf (out, "productgraph_graphql_refusals_total{guard=\"%s\"} %" G_GUINT64_FORMAT "\n", names[i],
                            guards->refused[i] + (g_str_equal (names[i], "body") ? n_bodies : 0));
  g_string_append_printf (out, "# HELP productgraph_graphql_requests_in_flight GraphQL requests under way, runs of subscriptions included.\n"
                               "# TYPE productgraph_graphql_requests_in_flight gauge\n"
                               "productgraph_graphql_requests_in_flight %u\n"
                               "# HELP productgraph_graphql_streams GraphQL connections that stay open.\n"
                               "# TYPE productgraph_graphql_streams gauge\n"
                               "productgraph_graphql_streams %u\n", guards->n_requests, guards->n_streams);
  g_mutex_unlock (&guards->lock);
}
