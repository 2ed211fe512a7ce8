#include "config.h"
#include "pdg-system.h"

#include <string.h>

#include "runtime/pdg-config.h"

/* productgraphd as a person at a terminal knows it: exit code, standard output, standard error. */

static char *data_dir;

typedef struct
{
  const char *name;
  const char *arguments; /* words, separated by spaces */
  int code;
  const char *output;    /* part of it; NULL = nothing at all */
  const char *errors;
} Case;

/* In this order, on one data directory: later ones see what earlier ones made. */
static const Case cases[] = {
  { "version", "--version", 0, "productgraphd ", NULL },
  { "help", "--help", 0, "COMMAND", NULL },
  { "nothing", "", 2, NULL, "--help lists the commands" },
  { "unknown-command", "frobnicate", 2, NULL, "there is no command \"frobnicate\"" },
  { "bad-port", "serve --port=99999", 2, NULL, "\"99999\" is not a whole number from 0 to 65535" },
  { "bad-number", "settings --db-readers=x", 2, NULL, "\"x\" is not a whole number" },
  { "settings", "settings", 0, "PRODUCTGRAPH_DATA_DIR", NULL },
  { "settings-extra", "settings --nonsense", 2, NULL, "settings [--markdown]" },
  { "serve-extra", "serve now", 2, NULL, "use it as: productgraphd serve" },
  { "migrate-first", "migrate", 0, "applied 0001_tenancy", NULL },
  { "migrate-again", "migrate", 0, "the schema is up to date", NULL },
  { "migrate-extra", "migrate down", 2, NULL, "use it as: productgraphd migrate" },
  { "org-list", "org list", 0, "  My organisation\n", NULL },
  { "org-create", "org create Second", 0, "  Second\n", NULL },
  { "org-usage", "org", 2, NULL, "org list | create NAME" },
  { "project-list", "project list", 0, "proj_demo  Demo project\n", NULL },
  { "project-create", "project create Shop shop", 0, "shop  Shop\n", NULL },
  { "project-create-second", "project create Shop shop2", 0, "shop2  Shop\n", NULL },
  { "project-create-no-id", "project create Other", 0, "  Other\n", NULL },
  { "project-twice", "project create Shop shop", 1, NULL, "shop" },
  { "project-bad-id", "project create Shop a/b", 1, NULL, "productgraphd: " },
  { "project-usage", "project create", 2, NULL, "project list | create NAME [ID] | delete ID NAME" },
  { "project-delete-other-name", "project delete shop2 Another", 1, NULL, "nothing was removed" },
  { "project-delete-none", "project delete nowhere Other", 1, NULL, "nowhere" },
  { "key-create", "key create shop website", 0, "pgk_", "only its hash is stored" },
  { "key-no-project", "key create nowhere", 1, NULL, "nowhere" },
  { "key-usage", "key", 2, NULL, "key list PROJECT | create PROJECT [LABEL]" },
  { "key-revoke-none", "key revoke shop pk_nothing", 1, NULL, "productgraphd: " },
  { "token-create", "token create viewer reader", 0, "pgt_", "only its hash is stored" },
  { "token-bad-role", "token create king", 2, NULL, "token create viewer|editor|admin [LABEL]" },
  { "project-delete", "project delete shop2 Shop", 0, NULL, NULL },
  { "project-delete-again", "project delete shop2 Shop", 1, NULL, "shop2" },
  { "login-none", "login grant nobody_at_all", 1, NULL, "nobody_at_all" },
  { "login-usage", "login", 2, NULL, "login grant LOGIN" },
  { "unknown-organisation", "project list --organisation=Third", 1, NULL, "Third" },
  { "second-organisation", "project list --organisation=Second", 0, NULL, NULL },
  { "demo-usage", "demo --days 0", 2, NULL, "demo [--seed N]" },
  { "demo-word", "demo now", 2, NULL, "demo [--seed N]" },
  { "demo", "demo --sessions 50 --days 1", 0, "Stored ", NULL },
  { "redact-usage", "redact proj_shop", 2, NULL, "redact --dry-run PROJECT [KEY...]" },
  { "redact-no-project", "redact --dry-run nowhere", 1, NULL, "nowhere" },
  { "redact", "redact --dry-run proj_shop", 0, " events would change\nemail ", NULL },
  { "consent-usage", "consent proj_shop denied=store-it", 2, NULL, "consent PROJECT" },
  { "consent-no-project", "consent nowhere", 1, NULL, "nowhere" },
  { "consent", "consent proj_shop", 0, "denied=drop unknown=store headers=off categories=\n", NULL },
  { "consent-set", "consent proj_shop denied=count headers=on categories=A,B", 0, "denied=count unknown=store headers=on categories=A,B\n", NULL },
  { "consent-invalid", "consent proj_shop denied=store", 1, NULL, "counted or dropped" },
  { "consent-kept", "consent proj_shop", 0, "denied=count unknown=store headers=on categories=A,B\n", NULL },
  { "schema-usage", "schema set proj_shop custom", 2, NULL, "schema list PROJECT [TYPE]" },
  { "schema-mode-usage", "schema mode proj_shop custom 1 maybe", 2, NULL, "schema list PROJECT [TYPE]" },
  { "schema-no-file", "schema set proj_shop custom /nowhere/schema.json warn", 1, NULL, "/nowhere/schema.json" },
  { "schema-no-version", "schema mode proj_shop custom 1 warn", 1, NULL, "no version 1" },
  { "schema-list", "schema list proj_shop", 0, NULL, NULL },
  { "schema-report", "schema report proj_shop", 0, NULL, NULL },
  { "schema-unplanned", "schema unplanned proj_shop", 0, "  ui.submit\n", NULL },
  { "dead-letters-usage", "dead-letters", 2, NULL, "dead-letters list|redrive|drop PROJECT [REASON]" },
  { "dead-letters-no-project", "dead-letters list nowhere", 1, NULL, "nowhere" },
  { "dead-letters-list", "dead-letters list proj_shop", 0, NULL, NULL },
  { "dead-letters-redrive", "dead-letters redrive proj_shop", 0, "0 stored, 0 refused again", NULL },
  { "dead-letters-drop", "dead-letters drop proj_shop", 0, "0 dropped", NULL },
  { "query-usage", "query", 2, NULL, "query FILE.graphql [VARIABLES.json]" },
  { "query-no-file", "query /nowhere.graphql", 1, NULL, "/nowhere.graphql" },
  { "health-nobody", "health --port=1", 1, NULL, "productgraphd: " },
};

static void
assert_part (const char *name, const char *text, const char *part)
{
  if (part == NULL ? *text != '\0' : strstr (text, part) == NULL)
    g_error ("%s: expected \"%s\" in: %s", name, part != NULL ? part : "nothing", text);
}

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  g_auto (GStrv) words = g_strsplit (test->arguments, " ", -1);
  g_autofree char *variable = g_strconcat ("PRODUCTGRAPH_DATA_DIR=", data_dir, NULL);
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  int code;

  if (*test->arguments == '\0')
    g_clear_pointer (&words[0], g_free);
  code = pdg_system_run ((const char *const *) words, (const char *[]) { variable, NULL }, &output, &errors);
  if (code != test->code)
    g_error ("%s: exit code %d instead of %d: %s%s", test->name, code, test->code, output, errors);
  assert_part (test->name, output, test->output);
  assert_part (test->name, errors, test->errors);
}

static void
test_settings_markdown (void)
{
  g_autofree char *output = NULL;
  g_auto (GStrv) lines = NULL;
  guint n_rows = 0;

  g_assert_cmpint (pdg_system_run ((const char *[]) { "settings", "--markdown", NULL }, NULL, &output, NULL), ==, 0);
  lines = g_strsplit (output, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    n_rows += g_str_has_prefix (lines[i], "| `");
  g_assert_cmpuint (n_rows, ==, PDG_N_CONFIG_KEYS);
}

static int
query (const char *document, const char *variables, char **output)
{
  g_autofree char *dir = pdg_system_make_dir ();
  g_autofree char *document_path = g_build_filename (dir, "document.graphql", NULL);
  g_autofree char *variables_path = g_build_filename (dir, "variables.json", NULL);
  g_autofree char *variable = g_strconcat ("PRODUCTGRAPH_DATA_DIR=", data_dir, NULL);

  g_assert_true (g_file_set_contents (document_path, document, -1, NULL));
  if (variables != NULL)
    g_assert_true (g_file_set_contents (variables_path, variables, -1, NULL));
  return pdg_system_run ((const char *[]) { "query", document_path, variables != NULL ? variables_path : NULL, NULL },
                         (const char *[]) { variable, NULL }, output, NULL);
}

static void
test_query (void)
{
  static const char document[] = "query ($id: ID!) { project(id: $id) { id name } }";
  char *output = NULL;

  g_assert_cmpint (query (document, "{\"id\": \"shop\"}", &output), ==, 0);
  g_assert_nonnull (strstr (output, "\"Shop\""));
  g_free (output);
  g_assert_cmpint (query (document, NULL, &output), ==, 1);
  g_assert_nonnull (strstr (output, "\"errors\""));
  g_free (output);
  g_assert_cmpint (query (document, "[1]", &output), ==, 1);
  g_free (output);
  g_assert_cmpint (query ("{ nonsense }", NULL, &output), ==, 1);
  g_assert_nonnull (strstr (output, "nonsense"));
  g_free (output);
}

static void
test_health (void)
{
  guint16 port = pdg_system_find_port ();
  g_autofree char *port_option = g_strdup_printf ("--port=%u", port);
  g_autofree char *output = NULL;
  g_autoptr (PdgProgram) server = pdg_program_serve (data_dir, port, NULL);

  pdg_system_wait_ready (server, port, 200);
  g_assert_cmpint (pdg_system_run ((const char *[]) { "health", port_option, NULL }, NULL, &output, NULL), ==, 0);
  g_assert_nonnull (strstr (output, "/health 200 {\"status\":\"ok\"}"));
  g_assert_nonnull (strstr (output, "/ready 200"));
}

/* With a token, query asks the server and not the database. */
static void
test_query_of_server (void)
{
  guint16 port = pdg_system_find_port ();
  g_autofree char *data_dir_variable = g_strconcat ("PRODUCTGRAPH_DATA_DIR=", data_dir, NULL);
  g_autofree char *port_variable = g_strdup_printf ("PORT=%u", port);
  g_autofree char *dir = pdg_system_make_dir ();
  g_autofree char *document_path = g_build_filename (dir, "document.graphql", NULL);
  g_autofree char *token = NULL, *token_variable = NULL, *output = NULL, *refused = NULL, *errors = NULL;
  const char *const arguments[] = { "query", document_path, NULL };
  g_autoptr (PdgProgram) server = NULL;

  g_assert_true (g_file_set_contents (document_path, "{ collector { eventsUrl } }", -1, NULL));
  g_assert_cmpint (pdg_system_run ((const char *[]) { "token", "create", "viewer", NULL }, (const char *[]) { data_dir_variable, NULL }, &token, NULL),
                   ==, 0);
  token_variable = g_strconcat ("PRODUCTGRAPH_TOKEN=", g_strstrip (token), NULL);
  server = pdg_program_serve (data_dir, port, NULL);
  pdg_system_wait_ready (server, port, 200);
  g_assert_cmpint (pdg_system_run (arguments, (const char *[]) { port_variable, token_variable, NULL }, &output, NULL), ==, 0);
  g_assert_nonnull (strstr (output, port_variable + strlen ("PORT="))); /* only the server knows its port */
  g_assert_cmpint (pdg_system_run (arguments, (const char *[]) { port_variable, "PRODUCTGRAPH_TOKEN=wrong", NULL }, &refused, &errors), ==, 1);
  g_assert_nonnull (strstr (errors, "answered 401"));
}

/* Live traffic keeps its rate, and stops at a signal. */
static void
test_demo_rate (void)
{
  g_autofree char *dir_option = g_strdup_printf ("--data-dir=%s", data_dir);
  guint16 port = pdg_system_find_port ();
  g_autoptr (PdgProgram) server = pdg_program_serve (data_dir, port, NULL);
  const char *argv[] = { pdg_system_get_daemon (), "demo", "--rate", "200", dir_option, NULL };
  g_autoptr (PdgProgram) demo = NULL;
  gint64 before, began, took, n;

  pdg_system_wait_ready (server, port, 200);
  demo = pdg_program_start (argv, NULL);
  pdg_program_wait_for_output (demo, "Playing 200 events a second");
  /* once it runs evenly */
  before = pdg_system_count_events (port, NULL, "proj_shop");
  while ((n = pdg_system_count_events (port, NULL, "proj_shop")) < before + 200)
    g_usleep (10000);
  before = n;
  began = g_get_monotonic_time ();
  g_usleep (6 * G_USEC_PER_SEC);
  n = pdg_system_count_events (port, NULL, "proj_shop") - before;
  took = g_get_monotonic_time () - began;
  g_test_message ("%" G_GINT64_FORMAT " events in %.1f s", n, (double) took / 1e6);
  g_assert_cmpfloat ((double) n, >, 200 * 0.7 * (double) took / 1e6);
  g_assert_cmpfloat ((double) n, <, 200 * 1.3 * (double) took / 1e6);
  pdg_program_signal (demo, SIGTERM);
  g_assert_cmpint (pdg_program_wait (demo, PDG_SYSTEM_STOP_USEC), ==, 0);
}

int
main (int argc, char *argv[])
{
  pdg_system_init (&argc, &argv);
  data_dir = pdg_system_make_dir ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/system/command-line/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/system/command-line/settings-markdown", test_settings_markdown);
  g_test_add_func ("/system/command-line/query", test_query);
  g_test_add_func ("/system/command-line/query-of-server", test_query_of_server);
  g_test_add_func ("/system/command-line/health-of-server", test_health);
  g_test_add_func ("/system/command-line/demo-rate", test_demo_rate);
  return g_test_run ();
}
