#include "config.h"

#include "api/pdg-api-guards.h"

#include <string.h>

/* Who gets a place, who is refused, and who waits. */

typedef struct
{
  PdgApiWaiter waiter;
  char name;
} Run;

static GString *granted;

static void
granted_cb (PdgApiWaiter *waiter)
{
  g_string_append_c (granted, ((Run *) waiter)->name);
}

static guint64
count_of (PdgApiGuards *guards, const char *name)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *found;

  pdg_api_guards_print (guards, 0, text);
  found = strstr (text->str, name);
  g_assert_nonnull (found);
  return g_ascii_strtoull (found + strlen (name), NULL, 10);
}

static void
test_requests (void)
{
  PdgApiGuardLimits limits = { .key_requests = 2, .requests = 3 };
  g_autoptr (PdgApiGuards) guards = pdg_api_guards_new (&limits);

  g_assert_true (pdg_api_guards_enter (guards, "a"));
  g_assert_true (pdg_api_guards_enter (guards, "a"));
  g_assert_false (pdg_api_guards_enter (guards, "a"));
  g_assert_true (pdg_api_guards_enter (guards, "b"));
  g_assert_false (pdg_api_guards_enter (guards, "c"));
  g_assert_cmpuint (count_of (guards, "{guard=\"key-requests\"} "), ==, 1);
  g_assert_cmpuint (count_of (guards, "{guard=\"requests\"} "), ==, 1);
  g_assert_cmpuint (count_of (guards, "\nproductgraph_graphql_requests_in_flight "), ==, 3);
  pdg_api_guards_leave (guards, "a");
  g_assert_true (pdg_api_guards_enter (guards, "c"));
  pdg_api_guards_leave (guards, "a");
  pdg_api_guards_leave (guards, "b");
  pdg_api_guards_leave (guards, "c");
  g_assert_cmpuint (count_of (guards, "\nproductgraph_graphql_requests_in_flight "), ==, 0);
}

static void
test_streams (void)
{
  PdgApiGuardLimits limits = { .key_streams = 2, .streams = 3 };
  g_autoptr (PdgApiGuards) guards = pdg_api_guards_new (&limits);

  g_assert_true (pdg_api_guards_open (guards, "a") && pdg_api_guards_open (guards, "a"));
  g_assert_false (pdg_api_guards_open (guards, "a"));
  g_assert_true (pdg_api_guards_open (guards, "b"));
  g_assert_false (pdg_api_guards_open (guards, "b"));
  g_assert_cmpuint (count_of (guards, "{guard=\"key-streams\"} "), ==, 1);
  g_assert_cmpuint (count_of (guards, "{guard=\"streams\"} "), ==, 1);
  pdg_api_guards_close (guards, "a");
  g_assert_true (pdg_api_guards_open (guards, "b"));
  g_assert_cmpuint (count_of (guards, "\nproductgraph_graphql_streams "), ==, 3);
}

/* A step is a letter of what happens and a digit of the key: q a request, Q one that is refused, e its end; r a run, R one that waits,
 * l its end; f the first that waits leaves. The letters of the runs that waited, in the order in which they began. */
static void
test_runs (void)
{
  static const struct
  {
    PdgApiGuardLimits limits;
    const char *steps, *granted;
  } rows[] = {
    { { 0 }, "r1 r1 r1 r1 r1 r1 r1 r1 r1 r1", "" },
    { { 8 }, "r1 r1 r1 r1 R1 q1 q1 q1 q1 Q1 e1 q1", "" },       /* half of the places, so that requests find theirs */
    { { 8 }, "r1 r1 r1 r1 R1 R1 l1", "A" },
    { { 8 }, "r1 r1 r1 r1 R1 R1 l1 l1", "AB" },                 /* in their order */
    { { 1 }, "r1 R1 R1 l1 l1 l1 r1", "AB" },                    /* of one place, the one */
    { { 1 }, "q1 R1 Q1 e1 Q1 l1 q1", "A" },
    { { 2 }, "q1 q1 R1 e1", "A" },
    { { 8 }, "r1 r1 r1 r1 R1 f1 l1 r1", "" },                   /* who left is not called */
    { { 8 }, "r1 r1 r1 r1 R1 R1 f1 l1", "B" },
    { { 2 }, "r1 R1 R1 r2 R2 R2 l1 l2 l2", "ACD" },             /* a key waits for its own places only */
    { { 0, 2 }, "r1 R1 R1 R2 R2 l1 l1 l2 l1", "ACBD" },         /* of all places each key gets one in turn */
    { { 0, 4 }, "q1 q2 q3 r4 Q5 R4 e1", "A" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PdgApiGuards) guards = pdg_api_guards_new (&rows[i].limits);
      Run runs[16] = { 0 };
      guint n_waiting = 0, n_left = 0;

      g_string_truncate (granted, 0);
      g_test_message ("%u, %u: %s", rows[i].limits.key_requests, rows[i].limits.requests, rows[i].steps);
      for (const char *step = rows[i].steps; *step != '\0'; step += 2 + (step[2] == ' '))
        {
          char key[2] = { step[1] };
          Run *run = &runs[n_waiting];

          *run = (Run) { { .granted = granted_cb }, (char) ('A' + n_waiting) };
          if (g_ascii_tolower (*step) == 'q')
            g_assert_cmpint (pdg_api_guards_enter (guards, key), ==, *step == 'q');
          else if (g_ascii_tolower (*step) == 'r')
            {
              g_assert_cmpint (pdg_api_guards_enter_run (guards, key, &run->waiter), ==, *step == 'r');
              n_waiting += *step == 'R';
            }
          else if (*step == 'e')
            pdg_api_guards_leave (guards, key);
          else if (*step == 'l')
            pdg_api_guards_leave_run (guards, key);
          else
            {
              g_assert_true (pdg_api_guards_forget (guards, &runs[n_left].waiter));
              g_assert_false (pdg_api_guards_forget (guards, &runs[n_left].waiter));
              n_left++;
            }
        }
      g_assert_cmpstr (granted->str, ==, rows[i].granted);
      for (gsize r = 0; r < strlen (granted->str); r++)
        g_assert_false (pdg_api_guards_forget (guards, &runs[granted->str[r] - 'A'].waiter));
    }
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  granted = g_string_new (NULL);
  g_test_add_func ("/api/guards/requests", test_requests);
  g_test_add_func ("/api/guards/streams", test_streams);
  g_test_add_func ("/api/guards/runs", test_runs);
  status = g_test_run ();
  g_string_free (granted, TRUE);
  return status;
}
