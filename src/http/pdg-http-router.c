#include "config.h"
#include "http/pdg-http-router.h"

#include <string.h>

struct _PdgHttpRouter
{
  gatomicrefcount ref_count;
  GPtrArray *routes;
  GPtrArray *waiting; /* those whose handlers may wait, borrowed */
  PdgHttpRoute *none; /* what matched nothing is counted here */
};

static void
route_free (gpointer data)
{
  PdgHttpRoute *route = data;

  g_free (route->path);
  g_strfreev (route->methods);
  g_strfreev (route->protocols);
  g_free (route);
}

PdgHttpRouter *
pdg_http_router_new (void)
{
  PdgHttpRouter *router = g_new0 (PdgHttpRouter, 1);

  g_atomic_ref_count_init (&router->ref_count);
  router->routes = g_ptr_array_new_with_free_func (route_free);
  router->waiting = g_ptr_array_new ();
  router->none = g_new0 (PdgHttpRoute, 1);
  router->none->path = g_strdup ("");
  return router;
}

PdgHttpRouter *
pdg_http_router_ref (PdgHttpRouter *router)
{
  g_atomic_ref_count_inc (&router->ref_count);
  return router;
}

void
pdg_http_router_unref (PdgHttpRouter *router)
{
  if (!g_atomic_ref_count_dec (&router->ref_count))
    return;
  pdg_http_router_release_handlers (router);
  g_ptr_array_unref (router->waiting);
  g_ptr_array_unref (router->routes);
  route_free (router->none);
  g_free (router);
}

void
pdg_http_router_release_handlers (PdgHttpRouter *router)
{
  for (guint i = 0; i < router->routes->len; i++)
    {
      PdgHttpRoute *route = g_ptr_array_index (router->routes, i);
      GDestroyNotify destroy = g_steal_pointer (&route->destroy);

      if (destroy != NULL)
        destroy (route->user_data);
    }
}

static gboolean
route_has_method (const PdgHttpRoute *route, const char *method)
{
  return route->methods != NULL && g_strv_contains ((const char *const *) route->methods, method);
}

PdgHttpRoute *
pdg_http_router_add (PdgHttpRouter *router, const char *methods, const char *path)
{
  PdgHttpRoute *route = g_new0 (PdgHttpRoute, 1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) words = g_strsplit_set (methods, ", ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (*words[i] != '\0')
        g_strv_builder_add (builder, words[i]);
      if (g_str_equal (words[i], "GET"))
        g_strv_builder_add (builder, "HEAD");
    }
  route->methods = g_strv_builder_end (builder);
  route->path = g_strdup (path);
  route->is_prefix = g_str_has_suffix (path, "/*");
  route->path_len = strlen (path) - (route->is_prefix ? 1 : 0);
  g_ptr_array_add (router->routes, route);
  return route;
}

void
pdg_http_router_let_wait (PdgHttpRouter *router, const char *path, PdgHttpMayWaitFunc may_wait, PdgHttpTogetherFunc together)
{
  for (guint i = 0; i < router->routes->len; i++)
    {
      PdgHttpRoute *route = g_ptr_array_index (router->routes, i);

      if (route->handler == NULL || !g_str_equal (route->path, path))
        continue;
      route->may_wait = may_wait;
      route->together = together;
      g_ptr_array_add (router->waiting, route);
    }
}

void
pdg_http_router_let_leave (PdgHttpRouter *router, const char *path)
{
  pdg_http_router_let_wait (router, path, NULL, NULL);
  for (guint i = 0; i < router->waiting->len; i++)
    {
      PdgHttpRoute *route = g_ptr_array_index (router->waiting, i);

      route->leaves |= g_str_equal (route->path, path);
    }
}

PdgHttpRoute *
pdg_http_router_lookup_waiting (PdgHttpRouter *router, const char *method, const char *path, gsize path_len)
{
  for (guint i = 0; i < router->waiting->len; i++)
    {
      PdgHttpRoute *route = g_ptr_array_index (router->waiting, i);

      if (route->path_len == path_len && memcmp (route->path, path, path_len) == 0 && route_has_method (route, method))
        return route;
    }
  return NULL;
}

/* No method at all: a request reaches it only by asking for the upgrade. */
PdgHttpRoute *
pdg_http_router_add_web_socket (PdgHttpRouter *router, const char *path)
{
  return pdg_http_router_add (router, "", path);
}

PdgHttpRoute *
pdg_http_router_lookup_web_socket (PdgHttpRouter *router, const char *path)
{
  for (guint i = 0; i < router->routes->len; i++)
    {
      PdgHttpRoute *route = g_ptr_array_index (router->routes, i);

      if (route->open != NULL && g_str_equal (route->path, path))
        return route;
    }
  return NULL;
}

/* How well @route fits: 0 not at all, G_MAXSIZE exactly, else the length of the prefix. */
static gsize
route_rank (const PdgHttpRoute *route, const char *path, gsize path_len)
{
  if (route->is_prefix)
    return path_len >= route->path_len && memcmp (path, route->path, route->path_len) == 0 ? route->path_len : 0;
  return path_len == route->path_len && memcmp (path, route->path, path_len) == 0 ? G_MAXSIZE : 0;
}

static gsize
router_best_rank (PdgHttpRouter *router, const char *path, gsize path_len)
{
  gsize best = 0;

  for (guint i = 0; i < router->routes->len; i++)
    best = MAX (best, route_rank (g_ptr_array_index (router->routes, i), path, path_len));
  return best;
}

PdgHttpRoute *
pdg_http_router_lookup (PdgHttpRouter *router, const char *method, const char *path, gboolean *path_known)
{
  gsize path_len = strlen (path);
  gsize best = router_best_rank (router, path, path_len);

  *path_known = best > 0;
  for (guint i = 0; best > 0 && i < router->routes->len; i++)
    {
      PdgHttpRoute *route = g_ptr_array_index (router->routes, i);

      if (route_rank (route, path, path_len) == best && route_has_method (route, method))
        return route;
    }
  return NULL;
}

char *
pdg_http_router_dup_allow (PdgHttpRouter *router, const char *path)
{
  static const char *const order[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE" };
  gsize path_len = strlen (path);
  gsize best = router_best_rank (router, path, path_len);
  GString *text = g_string_new (NULL);

  for (guint m = 0; m < G_N_ELEMENTS (order); m++)
    for (guint i = 0; i < router->routes->len; i++)
      {
        PdgHttpRoute *route = g_ptr_array_index (router->routes, i);

        if ((best == 0 || route_rank (route, path, path_len) == best) && route_has_method (route, order[m]))
          {
            g_string_append_printf (text, "%s, ", order[m]);
            break;
          }
      }
  g_string_append (text, "OPTIONS");
  return g_string_free (text, FALSE);
}

const gint64 pdg_http_durations[PDG_HTTP_N_DURATIONS] = {
  1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000,
};

static void
count_duration (PdgHttpRoute *route, gint64 usec)
{
  guint bucket = 0;

  while (bucket < PDG_HTTP_N_DURATIONS && usec > pdg_http_durations[bucket])
    bucket++;
  __atomic_fetch_add (&route->by_duration[bucket], 1, __ATOMIC_RELAXED);
  __atomic_fetch_add (&route->usec, (guint64) MAX (usec, 0), __ATOMIC_RELAXED);
}

void
pdg_http_router_count (PdgHttpRouter *router, PdgHttpRoute *route, guint status, gint64 start_usec)
{
  if (route == NULL)
    route = router->none;
  if (status >= PDG_HTTP_STATUS_MIN && status < PDG_HTTP_STATUS_END)
    __atomic_fetch_add (&route->by_status[status - PDG_HTTP_STATUS_MIN], 1, __ATOMIC_RELAXED);
  if (start_usec > 0 && route->open == NULL)
    count_duration (route, g_get_monotonic_time () - start_usec);
}

static void
append_counts (GArray *rows, PdgHttpRoute *route)
{
  for (guint i = 0; i < G_N_ELEMENTS (route->by_status); i++)
    {
      guint64 count = __atomic_load_n (&route->by_status[i], __ATOMIC_RELAXED);
      PdgHttpRouteCount row = { route->path, i + PDG_HTTP_STATUS_MIN, count };

      if (count > 0)
        g_array_append_val (rows, row);
    }
}

GArray *
pdg_http_router_get_counts (PdgHttpRouter *router)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (PdgHttpRouteCount));

  for (guint i = 0; i < router->routes->len; i++)
    append_counts (rows, g_ptr_array_index (router->routes, i));
  append_counts (rows, router->none);
  return rows;
}

static void
append_times (GArray *rows, PdgHttpRoute *route)
{
  PdgHttpRouteTimes row = { .route = route->path };
  guint64 n = 0;

  for (guint i = 0; i <= PDG_HTTP_N_DURATIONS; i++)
    n += row.counts[i] = __atomic_load_n (&route->by_duration[i], __ATOMIC_RELAXED);
  row.usec = __atomic_load_n (&route->usec, __ATOMIC_RELAXED);
  if (n > 0)
    g_array_append_val (rows, row);
}

GArray *
pdg_http_router_get_times (PdgHttpRouter *router)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (PdgHttpRouteTimes));

  for (guint i = 0; i < router->routes->len; i++)
    append_times (rows, g_ptr_array_index (router->routes, i));
  append_times (rows, router->none);
  return rows;
}

char **
pdg_http_router_list (PdgHttpRouter *router)
{
  GPtrArray *lines = g_ptr_array_new ();

  for (guint i = 0; i < router->routes->len; i++)
    {
      const PdgHttpRoute *route = g_ptr_array_index (router->routes, i);

      for (guint k = 0; route->open == NULL && route->methods[k] != NULL; k++)
        g_ptr_array_add (lines, g_strconcat (route->methods[k], " ", route->path, NULL));
    }
  g_ptr_array_add (lines, NULL);
  return (char **) g_ptr_array_free (lines, FALSE);
}

static gboolean
has_dot_segment (const char *path)
{
  const char *segment = path;

  while (segment != NULL)
    {
      const char *start = segment + (*segment == '/' ? 1 : 0);
      const char *end = strchr (start, '/');
      gsize len = end != NULL ? (gsize) (end - start) : strlen (start);

      if ((len == 1 && start[0] == '.') || (len == 2 && start[0] == '.' && start[1] == '.'))
        return TRUE;
      segment = end;
    }
  return FALSE;
}

char *
pdg_http_decode_path (const char *raw)
{
  g_autofree char *path = NULL;

  if (*raw == '\0')
    return g_strdup ("/");
  path = strchr (raw, '%') != NULL ? g_uri_unescape_string (raw, NULL) : g_strdup (raw);
  if (path == NULL || *path != '/' || !g_utf8_validate (path, -1, NULL) || has_dot_segment (path))
    return NULL;
  return g_steal_pointer (&path);
}

/* "+" is a space in a query. */
static char *
decode_query_part (const char *text, gsize len)
{
  g_autofree char *copy = g_strndup (text, len);
  g_autofree char *decoded = NULL;

  for (char *p = copy; *p != '\0'; p++)
    if (*p == '+')
      *p = ' ';
  decoded = g_uri_unescape_string (copy, NULL);
  return decoded != NULL && g_utf8_validate (decoded, -1, NULL) ? g_steal_pointer (&decoded) : NULL;
}

char *
pdg_http_query_dup_value (const char *query, const char *name)
{
  while (query != NULL && *query != '\0')
    {
      gsize len = strcspn (query, "&");
      const char *equals = memchr (query, '=', len);
      gsize name_len = equals != NULL ? (gsize) (equals - query) : len;
      g_autofree char *part = decode_query_part (query, name_len);

      if (g_strcmp0 (part, name) == 0)
        return equals != NULL ? decode_query_part (equals + 1, len - name_len - 1) : g_strdup ("");
      query += len + (query[len] == '&' ? 1 : 0);
    }
  return NULL;
}
