#include "config.h"

#include "runtime/pdg-config.h"

#include <glib/gstdio.h>
#include <string.h>

/* Each setting: default, key file, environment, option; later ones win. */

static char *dir;

static char *
write_file (const char *text)
{
  char *path = g_build_filename (dir, "test.conf", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  return path;
}

static PdgConfig *
load (const char *text)
{
  g_autofree char *path = write_file (text);
  g_autoptr (GError) error = NULL;
  PdgConfig *config = pdg_config_load (path, &error);

  g_assert_no_error (error);
  return config;
}

static void
test_defaults (void)
{
  static const struct
  {
    PdgConfigKey key;
    const char *text; /* NULL = none */
    gint64 number;    /* G_MININT64 = it is no number */
  } rows[] = {
    { PDG_CONFIG_DATABASE_URL, NULL, G_MININT64 }, { PDG_CONFIG_HOST, "127.0.0.1", G_MININT64 }, { PDG_CONFIG_PORT, "8080", 8080 },
    { PDG_CONFIG_DATA_DIR, NULL, G_MININT64 }, { PDG_CONFIG_TOKEN, NULL, G_MININT64 }, { PDG_CONFIG_ORGANISATION, NULL, G_MININT64 },
    { PDG_CONFIG_DB_READERS, "4", 4 }, { PDG_CONFIG_INGEST_BODY_BYTES, "10485760", 10 * 1024 * 1024 }, { PDG_CONFIG_INGEST_EVENTS, "1000", 1000 },
    { PDG_CONFIG_INGEST_EVENT_BYTES, "102400", 100 * 1024 }, { PDG_CONFIG_STOP_DEADLINE, "5000", 5000 },
    { PDG_CONFIG_GRAPHQL_DEADLINE, "10000", 10000 },
  };
  g_autoptr (PdgConfig) config = load ("");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpstr (pdg_config_get_string (config, rows[i].key), ==, rows[i].text);
      if (rows[i].number != G_MININT64)
        g_assert_cmpint (pdg_config_get_int (config, rows[i].key), ==, rows[i].number);
    }
}

static void
parse (PdgConfig *config, const char *option, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_auto (GStrv) words = g_new0 (char *, 3);

  words[0] = g_strdup ("test");
  words[1] = g_strdup (option);
  g_option_context_add_group (context, pdg_config_new_option_group (config));
  g_option_context_parse_strv (context, &words, error);
}

static void
test_precedence (void)
{
  g_autoptr (GError) error = NULL;

  for (int sources = 0; sources < 8; sources++)
    {
      g_autoptr (PdgConfig) config = NULL;
      int expected = sources & 4 ? 3 : sources & 2 ? 2 : sources & 1 ? 1 : 8080;

      if (sources & 2)
        g_setenv ("PORT", "2", TRUE);
      else
        g_unsetenv ("PORT");
      config = load (sources & 1 ? "[productgraph]\nport=1\nhost=::1\n" : "[other]\nport=9\n");
      if (sources & 4)
        parse (config, "--port=3", &error);
      g_assert_no_error (error);
      g_assert_cmpint (pdg_config_get_int (config, PDG_CONFIG_PORT), ==, expected);
      g_assert_cmpstr (pdg_config_get_string (config, PDG_CONFIG_HOST), ==, sources & 1 ? "::1" : "127.0.0.1");
    }
  g_unsetenv ("PORT");
}

/* An empty variable is as good as none. */
static void
test_empty_environment (void)
{
  g_autoptr (PdgConfig) config = NULL;

  g_setenv ("PORT", "", TRUE);
  g_setenv ("DATABASE_URL", "", TRUE);
  config = load ("");
  g_assert_cmpint (pdg_config_get_int (config, PDG_CONFIG_PORT), ==, 8080);
  g_assert_null (pdg_config_get_string (config, PDG_CONFIG_DATABASE_URL));
  g_unsetenv ("PORT");
  g_unsetenv ("DATABASE_URL");
}

static void
test_bad_values (void)
{
  static const struct
  {
    const char *option, *value, *says;
  } rows[] = {
    { "port", "65536", "port: \"65536\" is not a whole number from 0 to 65535 (port)" },
    { "port", "-1", "from 0 to 65535" },
    { "port", "http", "not a whole number" },
    { "port", "80x", "not a whole number" },
    { "port", "", "not a whole number" },
    { "port", " ", "not a whole number" },
    { "port", "1e3", "not a whole number" },
    { "db-readers", "0", "from 1 to 64" },
    { "ingest-events", "99999999999999999999", "not a whole number" },
    { "nothing", "1", "there is no setting \"nothing\"" },
    { "", "1", "there is no setting" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PdgConfig) config = load ("");
      g_autoptr (GError) error = NULL;

      g_assert_false (pdg_config_set (config, rows[i].option, rows[i].value, &error));
      g_assert_true (error->domain == PDG_CONFIG_ERROR);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, rows[i].says));
      g_assert_cmpint (pdg_config_get_int (config, PDG_CONFIG_PORT), ==, 8080);
    }
}

/* Where a bad value came from is said. */
static void
test_bad_sources (void)
{
  static const struct
  {
    const char *file, *environment, *says;
  } rows[] = {
    { "[productgraph]\nport=x\n", NULL, "test.conf: port: \"x\" is not" },
    { "[productgraph]\nprot=1\n", NULL, "test.conf: there is no setting \"prot\"" },
    { "port=1\n", NULL, "test.conf: " },
    { "", "x", "PORT: \"x\" is not" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = write_file (rows[i].file);
      g_autoptr (GError) error = NULL;

      if (rows[i].environment != NULL)
        g_setenv ("PORT", rows[i].environment, TRUE);
      g_assert_null (pdg_config_load (path, &error));
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, rows[i].says));
      g_unsetenv ("PORT");
    }
  {
    g_autoptr (GError) error = NULL;

    g_assert_null (pdg_config_load ("/nonexistent/productgraph.conf", &error)); /* one that was asked for must be there */
    g_assert_nonnull (strstr (error->message, "/nonexistent/productgraph.conf"));
  }
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (PdgConfig) config = load ("");

    parse (config, "--port=no", &error);
    g_assert_nonnull (error);
    g_assert_nonnull (strstr (error->message, "not a whole number"));
  }
}

static void
test_standard_file (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_config_dir (), "productgraph", NULL);
  g_autofree char *path = g_build_filename (folder, "productgraph.conf", NULL);
  g_autoptr (PdgConfig) without = NULL;
  g_autoptr (PdgConfig) with = NULL;
  g_autoptr (GError) error = NULL;

  without = pdg_config_load (NULL, &error); /* its absence is fine */
  g_assert_no_error (error);
  g_assert_cmpint (pdg_config_get_int (without, PDG_CONFIG_PORT), ==, 8080);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (path, "[productgraph]\nport=4711\n", -1, &error);
  g_assert_no_error (error);
  with = pdg_config_load (NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (pdg_config_get_int (with, PDG_CONFIG_PORT), ==, 4711);
}

static guint
count_of (const char *text, const char *needle)
{
  guint n = 0;

  for (const char *p = strstr (text, needle); p != NULL; p = strstr (p + 1, needle))
    n++;
  return n;
}

/* Every setting stands once in each description; the names are read from the Markdown, and set with their own defaults. */
static void
test_described (void)
{
  g_autofree char *markdown = pdg_config_describe (TRUE), *text = pdg_config_describe (FALSE);
  g_auto (GStrv) lines = g_strsplit (markdown, "\n", -1);
  g_autoptr (PdgConfig) config = load ("");
  g_autoptr (GHashTable) environments = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_assert_cmpuint (g_strv_length (lines), ==, PDG_N_CONFIG_KEYS + 3); /* heading, rule, and the end */
  for (guint i = 2; i < PDG_N_CONFIG_KEYS + 2; i++)
    {
      g_auto (GStrv) cells = g_strsplit (lines[i], "|", -1);
      g_autofree char *name = NULL, *option = NULL, *environment = NULL, *in_text = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (g_strv_length (cells), ==, 7);
      name = g_strndup (cells[1] + 2, strlen (cells[1]) - 4);
      environment = g_strndup (cells[2] + 2, strlen (cells[2]) - 4);
      option = g_strdup_printf ("| `%s` |", name);
      in_text = g_strdup_printf ("  --%s ", name);
      g_assert_cmpuint (count_of (markdown, option), ==, 1);
      g_assert_cmpuint (count_of (text, in_text), ==, 1);
      g_assert_true (g_hash_table_add (environments, g_steal_pointer (&environment)));
      g_assert_cmpuint (strlen (g_strstrip (cells[5])), >, 10);
      g_assert_true (pdg_config_set (config, name, g_strstrip (cells[3]), &error));
      g_assert_no_error (error);
    }
  g_assert_true (g_hash_table_contains (environments, "DATABASE_URL"));
  g_assert_true (g_hash_table_contains (environments, "PORT"));
  g_assert_true (g_hash_table_contains (environments, "PRODUCTGRAPH_DATA_DIR"));
  g_assert_true (g_hash_table_contains (environments, "PRODUCTGRAPH_TOKEN"));
}

/* The environment of whoever runs the tests says nothing to them. */
static void
clear_environment (void)
{
  g_auto (GStrv) names = g_listenv ();

  for (gsize i = 0; names[i] != NULL; i++)
    if (g_str_has_prefix (names[i], "PRODUCTGRAPH_") || g_str_equal (names[i], "PORT") || g_str_equal (names[i], "DATABASE_URL"))
      g_unsetenv (names[i]);
}

int
main (int argc, char *argv[])
{
  g_autofree char *file = NULL, *folder = NULL, *standard = NULL;
  int status;

  dir = g_dir_make_tmp ("pdg-config-XXXXXX", NULL);
  g_setenv ("XDG_CONFIG_HOME", dir, TRUE);
  clear_environment ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/config/defaults", test_defaults);
  g_test_add_func ("/runtime/config/precedence", test_precedence);
  g_test_add_func ("/runtime/config/empty-environment", test_empty_environment);
  g_test_add_func ("/runtime/config/bad-values", test_bad_values);
  g_test_add_func ("/runtime/config/bad-sources", test_bad_sources);
  g_test_add_func ("/runtime/config/standard-file", test_standard_file);
  g_test_add_func ("/runtime/config/described", test_described);
  status = g_test_run ();
  file = g_build_filename (dir, "test.conf", NULL);
  folder = g_build_filename (dir, "productgraph", NULL);
  standard = g_build_filename (folder, "productgraph.conf", NULL);
  g_remove (file);
  g_remove (standard);
  g_rmdir (folder);
  g_rmdir (dir);
  g_free (dir);
  return status;
}
