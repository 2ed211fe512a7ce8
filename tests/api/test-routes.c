#include "config.h"

#include "api/api-fixture.h"

#include <string.h>

/* The OpenAPI document has every route of the server, and no other. */

static ApiFixture *fixture;

/* The operations of the document, "GET /path", by the indentation that it is written in; those of path items that are named by NAME are
 * "METHOD #NAME". */
static GHashTable *
list_document (const char *yaml)
{
  static const char *const methods[] = { "get", "put", "post", "delete" };
  g_auto (GStrv) lines = g_strsplit (yaml, "\n", -1);
  GHashTable *operations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *path = NULL;
  gboolean in_items = FALSE, in_paths = FALSE;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *name = g_strdup (lines[i] + strspn (lines[i], " "));
      gsize indent = strspn (lines[i], " ");
      char *item = strstr (name, "#/components/pathItems/");

      if (indent == 0)
        in_paths = g_str_equal (name, "paths:");
      if (indent == 2)
        in_items = g_str_equal (name, "pathItems:");
      if ((in_paths && indent == 2 && *name == '/') || (in_items && indent == 4))
        {
          g_free (path);
          path = in_items ? g_strconcat ("#", name, NULL) : g_strdup (name);
          path[strcspn (path, ":")] = '\0';
        }
      if (in_paths && indent == 2 && item != NULL)
        {
          item += strlen ("#/components/pathItems/");
          item[strcspn (item, "'")] = '\0';
          g_hash_table_insert (operations, g_strdup (path), g_strconcat ("#", item, NULL));
        }
      for (gsize k = 0; (in_items ? indent == 6 : in_paths && indent == 4) && k < G_N_ELEMENTS (methods); k++)
        if (g_str_has_prefix (name, methods[k]) && name[strlen (methods[k])] == ':')
          {
            g_autofree char *upper = g_ascii_strup (methods[k], -1);

            g_hash_table_insert (operations, g_strconcat (upper, " ", path, NULL), NULL);
          }
    }
  return operations;
}

/* Puts what the path items say in the place of their names. (transfer full) */
static GHashTable *
expand (GHashTable *operations)
{
  static const char *const methods[] = { "GET", "PUT", "POST", "DELETE" };
  GHashTable *all = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer key, item;

  g_hash_table_iter_init (&iter, operations);
  while (g_hash_table_iter_next (&iter, &key, &item))
    if (item == NULL && strchr (key, '#') == NULL)
      g_hash_table_add (all, g_strdup (key));
    else if (item != NULL)
      for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
        {
          g_autofree char *of_item = g_strconcat (methods[i], " ", item, NULL);

          if (g_hash_table_contains (operations, of_item))
            g_hash_table_add (all, g_strconcat (methods[i], " ", key, NULL));
        }
  return all;
}

/* A route as the document has it: without the second prefix of clients and the slash at the end that they may have; NULL for preflights. */
static char *
normalise (const char *route)
{
  g_autoptr (GString) text = g_string_new (route);

  if (g_str_has_prefix (route, "OPTIONS ") || g_str_has_prefix (route, "HEAD "))
    return NULL;
  g_string_replace (text, " /ingest/", " /", 1);
  if (text->str[text->len - 1] == '/')
    g_string_truncate (text, text->len - 1);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
is_route_of (const char *route, const char *operation)
{
  gsize len = strlen (route);

  return route[len - 1] == '*' ? strncmp (route, operation, len - 1) == 0 : g_str_equal (route, operation);
}

/* Each of @from has some of @to. */
static void
assert_all_found (GHashTable *from, GHashTable *to, gboolean routes_first)
{
  GHashTableIter iter, other;
  gpointer key, candidate;

  g_hash_table_iter_init (&iter, from);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      gboolean found = FALSE;

      g_hash_table_iter_init (&other, to);
      while (!found && g_hash_table_iter_next (&other, &candidate, NULL))
        found = routes_first ? is_route_of (key, candidate) : is_route_of (candidate, key);
      if (!found)
        g_test_message ("%s stands only in the %s", (const char *) key, routes_first ? "server" : "document");
      g_assert_true (found);
    }
}

static void
test_routes (void)
{
  g_autoptr (RawAnswer) answer = api_send (fixture, 0, "GET", "/openapi.yaml", "", NULL);
  g_autoptr (GHashTable) written = list_document (answer->body);
  g_autoptr (GHashTable) operations = expand (written);
  g_autoptr (GHashTable) routes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) list = pdg_http_server_list_routes (fixture->server);

  for (guint i = 0; list[i] != NULL; i++)
    {
      char *route = normalise (list[i]);

      if (route != NULL)
        g_hash_table_add (routes, route);
    }
  g_assert_cmpuint (g_hash_table_size (operations), >, 50);
  g_assert_cmpuint (g_hash_table_size (routes), >, 45);
  assert_all_found (routes, operations, TRUE);
  assert_all_found (operations, routes, FALSE);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  fixture = api_fixture_new ();
  g_test_add_func ("/api/routes/document", test_routes);
  status = g_test_run ();
  api_fixture_free (fixture);
  return status;
}
