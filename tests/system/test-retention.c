#include "config.h"
#include "pdg-system.h"

#include <string.h>

#include "base/pdg-time.h"

/* `productgraphd retention`: what it says would go is what goes, and it goes only when it is told to. The tests go on from one another. */

static char *data_dir;

/* What the table of `show` and `dry-run` says of events. */
typedef struct
{
  gint64 rows, days, due_rows, due_bytes;
} Held;

/* (transfer full) */
static char *
run (const char *arguments, int code, char **errors)
{
  g_auto (GStrv) words = g_strsplit (arguments, " ", -1);
  g_autofree char *variable = g_strconcat ("PRODUCTGRAPH_DATA_DIR=", data_dir, NULL);
  g_autofree char *said = NULL;
  char *output = NULL;
  int got = pdg_system_run ((const char *const *) words, (const char *[]) { variable, NULL }, &output, &said);

  if (got != code)
    g_error ("%s: exit code %d instead of %d: %s%s", arguments, got, code, output, said);
  if (errors != NULL)
    *errors = g_steal_pointer (&said);
  return output;
}

static Held
read_held (const char *arguments)
{
  g_autofree char *output = run (arguments, 0, NULL);
  g_auto (GStrv) lines = g_strsplit (output, "\n", -1);
  Held held;

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "events "))
      {
        g_autoptr (GRegex) spaces = g_regex_new (" +", 0, 0, NULL);
        g_auto (GStrv) cells = g_regex_split (spaces, lines[i], 0);

        g_assert_cmpuint (g_strv_length (cells), ==, 9);
        held.rows = g_ascii_strtoll (cells[1], NULL, 10);
        held.days = g_ascii_strtoll (cells[4], NULL, 10);
        held.due_rows = g_ascii_strtoll (cells[7], NULL, 10);
        held.due_bytes = g_ascii_strtoll (cells[8], NULL, 10);
        return held;
      }
  g_error ("%s: no line about events: %s", arguments, output);
}

/* A session of one event for each age in days. */
static void
fill (void)
{
  static const int ages[] = { 40, 20, 12, 3, 0 };
  const char *headers[] = { "Content-Type", "application/json", NULL };
  guint16 port = pdg_system_find_port ();
  g_autoptr (PdgProgram) server = pdg_program_serve (data_dir, port, NULL);

  pdg_system_wait_ready (server, port, 200);
  for (gsize i = 0; i < G_N_ELEMENTS (ages); i++)
    {
      g_autofree char *body = NULL, *answer = NULL;
      char time[PDG_RFC3339_BYTES];

      pdg_time_format_rfc3339 (g_get_real_time () - ages[i] * G_TIME_SPAN_DAY, time);
      body = g_strdup_printf ("{\"events\":[{\"event_id\":\"e-%d\",\"project_id\":\"proj_demo\",\"session.id\":\"s-%d\",\"event.type\":\"page.view\","
                              "\"page.path\":\"/\",\"event.timestamp\":\"%s\"}]}", ages[i], ages[i], time);
      g_assert_cmpuint (pdg_system_request (port, "POST", "/v1/events", headers, body, &answer), ==, 202);
      g_assert_nonnull (strstr (answer, "\"accepted\":1"));
    }
}

static gint64
count_stored (void)
{
  guint16 port = pdg_system_find_port ();
  g_autoptr (PdgProgram) server = pdg_program_serve (data_dir, port, NULL);
  gint64 n;
  g_autofree char *uri = NULL;

  pdg_system_wait_ready (server, port, 200);
  uri = pdg_system_dup_owner_uri (data_dir);
  pdg_system_assert_sessions (uri);
  n = pdg_system_query (uri, "SELECT count(*) FROM event");
  g_assert_cmpint (pdg_system_query (uri, "SELECT count(*) FROM session"), ==, n);
  return n;
}

/* A trial says what would go, and neither takes anything nor keeps the limit. */
static void
test_dry_run (void)
{
  Held before = read_held ("retention show proj_demo"), trial = read_held ("retention dry-run proj_demo events 15 0"), after;
  g_autofree char *ran = NULL;

  g_assert_cmpint (before.rows, ==, 5);
  g_assert_cmpint (before.due_rows, ==, 0);
  g_assert_cmpint (trial.due_rows, ==, 2);
  g_assert_cmpint (trial.due_bytes, >, 0);
  after = read_held ("retention dry-run proj_demo");
  g_assert_cmpint (after.rows, ==, 5);
  g_assert_cmpint (after.days, ==, 0);
  g_assert_cmpint (after.due_rows, ==, 0);
  /* so there is nothing to do */
  ran = run ("retention run", 0, NULL);
  g_assert_true (g_str_has_prefix (ran, "0 days of events dropped, 0 bytes\n"));
  g_assert_cmpint (read_held ("retention show proj_demo").rows, ==, 5);
}

/* What is set is due, and goes when it is told to. */
static void
test_run (void)
{
  g_autofree char *set = run ("retention set proj_demo events 15 0", 0, NULL), *trial = NULL, *ran = NULL, *again = NULL;
  Held due = read_held ("retention dry-run proj_demo"), after;

  g_assert_cmpstr (set, ==, "");
  g_assert_cmpint (due.rows, ==, 5);
  g_assert_cmpint (due.days, ==, 15);
  g_assert_cmpint (due.due_rows, ==, 2);
  trial = run ("retention dry-run proj_demo", 0, NULL);
  g_assert_nonnull (strstr (trial, " would be dropped, "));
  ran = run ("retention run", 0, NULL);
  g_test_message ("%s", ran);
  g_assert_false (g_str_has_prefix (ran, "0 days of events dropped"));
  after = read_held ("retention show proj_demo");
  g_assert_cmpint (after.rows, ==, 3);
  g_assert_cmpint (after.due_rows, ==, 0);
  g_assert_cmpint (count_stored (), ==, 3);
  again = run ("retention run", 0, NULL);
  g_assert_true (g_str_has_prefix (again, "0 days of events dropped, 0 bytes\n"));
  g_assert_cmpint (read_held ("retention show proj_demo").rows, ==, 3);
}

/* What cannot be understood changes nothing and says what could. */
static void
test_refused (void)
{
  static const struct
  {
    const char *arguments;
    int code;
    const char *errors;
  } cases[] = {
    { "retention", 2, "retention show PROJECT" },
    { "retention run now", 2, "retention show PROJECT" },
    { "retention dry-run proj_demo events 15", 2, "retention show PROJECT" },
    { "retention show nowhere", 1, "nowhere" },
    { "retention set nowhere events 15 0", 1, "nowhere" },
    { "retention set proj_demo letters 15 0", 1, "\"letters\" is no kind of data; use events" },
    { "retention dry-run proj_demo events -1 0", 1, "-1" },
    { "retention set proj_demo events x 0", 1, "x" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *errors = NULL, *output = run (cases[i].arguments, cases[i].code, &errors);

      if (strstr (errors, cases[i].errors) == NULL || *output != '\0')
        g_error ("%s: expected \"%s\" in: %s%s", cases[i].arguments, cases[i].errors, errors, output);
    }
  g_assert_cmpint (read_held ("retention show proj_demo").days, ==, 15);
}

int
main (int argc, char *argv[])
{
  pdg_system_init (&argc, &argv);
  data_dir = pdg_system_make_dir ();
  fill ();
  g_test_add_func ("/system/retention/dry-run", test_dry_run);
  g_test_add_func ("/system/retention/run", test_run);
  g_test_add_func ("/system/retention/refused", test_refused);
  return g_test_run ();
}
