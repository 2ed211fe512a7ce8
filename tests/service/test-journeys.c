#include "config.h"

#include "service/event-writer.h"
#include "service/pdg-queries.h"

#include <string.h>

/* The journey graph of random sessions, written through the collector and read through PdgQueries, against a naive
 * recomputation, for several half-open ranges. */

#define N_SESSIONS 120
#define MAX_EVENTS 25
#define N_SCREENS 7

typedef struct
{
  gint64 ts;
  int sequence; /* G_MININT = none */
  int screen;   /* -1 = an error */
} Step;

typedef struct
{
  Step steps[MAX_EVENTS];
  int n;
} Journey;

typedef struct
{
  int visits[N_SCREENS], entries[N_SCREENS], exits[N_SCREENS], errors[N_SCREENS], sessions[N_SCREENS];
  int transitions[N_SCREENS][N_SCREENS];
  int n_sessions, n_events;
} Model;

static const char *const paths[N_SCREENS] = { "/", "/cart", "/checkout", "/help", "/product/:id", "/search", "/thanks" };

static Journey *journeys;
static Tenant *tenant;
static PdgDbConn *server;
static gint64 base_usec;

/* t* = the greatest time among those with the same or a lower sequence. */
static gint64
t_star (const Journey *journey, const gboolean *counts, int i)
{
  gint64 t = journey->steps[i].ts;

  if (journey->steps[i].sequence == G_MININT)
    return t;
  for (int k = 0; k < journey->n; k++)
    if (counts[k] && journey->steps[k].sequence != G_MININT && journey->steps[k].sequence < journey->steps[i].sequence)
      t = MAX (t, journey->steps[k].ts);
  return t;
}

static gboolean
comes_before (const Journey *journey, const gboolean *counts, int i, int k)
{
  gint64 a = t_star (journey, counts, i), b = t_star (journey, counts, k);

  return a != b ? a < b : journey->steps[i].sequence < journey->steps[k].sequence;
}

static void
add_journey (Model *model, const Journey *journey, gint64 from, gint64 to)
{
  gboolean counts[MAX_EVENTS];
  int order[MAX_EVENTS], n = 0, current = -1;
  gboolean failed = FALSE, seen[N_SCREENS] = { FALSE };

  for (int i = 0; i < journey->n; i++)
    counts[i] = journey->steps[i].ts >= from && journey->steps[i].ts < to;
  for (int i = 0; i < journey->n; i++)
    {
      int place = n;

      if (!counts[i])
        continue;
      while (place > 0 && comes_before (journey, counts, i, order[place - 1]))
        {
          order[place] = order[place - 1];
          place--;
        }
      order[place] = i;
      n++;
    }
  model->n_events += n;
  for (int i = 0; i < n; i++)
    {
      int screen = journey->steps[order[i]].screen;

      if (screen < 0)
        {
          if (current >= 0 && !failed)
            model->errors[current]++;
          failed |= current >= 0;
          continue;
        }
      if (screen == current)
        continue;
      model->visits[screen]++;
      if (!seen[screen])
        model->sessions[screen]++;
      seen[screen] = TRUE;
      if (current < 0)
        {
          model->entries[screen]++;
          model->n_sessions++;
        }
      else
        model->transitions[current][screen]++;
      current = screen;
      failed = FALSE;
    }
  if (current >= 0)
    model->exits[current]++;
}

static int
screen_of (const PdgJourneyScreen *screen)
{
  for (int i = 0; i < N_SCREENS; i++)
    if (g_str_equal (paths[i], screen->path))
      return i;
  g_assert_not_reached ();
}

static void
compare (gint64 from, gint64 to, gboolean must_have_some)
{
  Model model = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgQueries) queries = pdg_queries_begin (server, tenant->admin, 30000, &error);
  g_autoptr (PdgJourneyGraph) graph = NULL;
  const PdgJourneyScreen *screens;
  const PdgJourneyTransition *transitions;
  guint n, n_transitions, n_expected = 0, broken;
  int n_visited = 0;

  g_assert_no_error (error);
  graph = fixture_load_graph (queries, tenant->project->project_no, from, to);
  g_assert_no_error (error);
  for (guint i = 0; i < N_SESSIONS; i++)
    add_journey (&model, &journeys[i], from, to);
  g_assert_true (pdg_journey_graph_is_conserved (graph, &broken));
  g_assert_cmpuint (pdg_journey_graph_get_n_sessions (graph), ==, model.n_sessions);
  g_assert_cmpuint (pdg_journey_graph_get_n_events (graph), ==, model.n_events);
  screens = pdg_journey_graph_get_screens (graph, &n);
  for (guint i = 0; i < n; i++)
    {
      int k = screen_of (&screens[i]);

      g_assert_cmpuint (screens[i].visits, ==, model.visits[k]);
      g_assert_cmpuint (screens[i].entries, ==, model.entries[k]);
      g_assert_cmpuint (screens[i].exits, ==, model.exits[k]);
      g_assert_cmpuint (screens[i].errors, ==, model.errors[k]);
      g_assert_cmpuint (screens[i].sessions, ==, model.sessions[k]);
      n_visited += model.visits[k];
    }
  for (int k = 0; k < N_SCREENS; k++)
    {
      n_visited -= model.visits[k];
      for (int m = 0; m < N_SCREENS; m++)
        n_expected += model.transitions[k][m] > 0;
    }
  g_assert_cmpint (n_visited, ==, 0); /* no screen is missing */
  transitions = pdg_journey_graph_get_transitions (graph, &n_transitions);
  g_assert_cmpuint (n_transitions, ==, n_expected);
  for (guint i = 0; i < n_transitions; i++)
    g_assert_cmpuint (transitions[i].count, ==, model.transitions[screen_of (&screens[transitions[i].from])][screen_of (&screens[transitions[i].to])]);
  g_assert_cmpint (model.n_events > 0, ==, must_have_some);
}

static void
test_whole (void)
{
  compare (G_MININT64, G_MAXINT64, TRUE);
}

static void
test_ranges (void)
{
  for (int i = 0; i < 40; i++)
    {
      gint64 from = base_usec + g_test_rand_int_range (0, 4000) * G_TIME_SPAN_SECOND;

      compare (from, from + g_test_rand_int_range (600, 4000) * G_TIME_SPAN_SECOND, TRUE);
    }
}

/* The first instant counts, the last does not. */
static void
test_half_open (void)
{
  gint64 ts = journeys[0].steps[0].ts;

  compare (ts, ts + 1, TRUE);
  compare (ts, ts, FALSE);
  compare (G_MININT64, ts, TRUE);
  compare (ts, G_MAXINT64, TRUE);
  compare (ts + 1, ts + 1, FALSE);
  compare (base_usec - 3 * G_TIME_SPAN_DAY, base_usec - 2 * G_TIME_SPAN_DAY, FALSE);
  compare (G_MAXINT64, G_MAXINT64, FALSE);
  compare (G_MININT64, G_MININT64, FALSE);
}

static void
test_span_and_live (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgQueries) queries = pdg_queries_begin (server, tenant->admin, 30000, &error);
  gint64 oldest = G_MAXINT64, newest = G_MININT64, got_oldest, got_newest;
  g_autoptr (GPtrArray) lives = NULL;
  const PdgLive *live;

  for (guint i = 0; i < N_SESSIONS; i++)
    for (int k = 0; k < journeys[i].n; k++)
      {
        oldest = MIN (oldest, journeys[i].steps[k].ts);
        newest = MAX (newest, journeys[i].steps[k].ts);
      }
  g_assert_true (pdg_queries_get_event_span (queries, tenant->project->project_no, &got_oldest, &got_newest, &error));
  g_assert_no_error (error);
  g_assert_cmpint (got_oldest, ==, oldest);
  g_assert_cmpint (got_newest, ==, newest);
  lives = pdg_queries_load_live (queries, &tenant->project->project_no, 1, NULL, TRUE, &error);
  g_assert_no_error (error);
  live = lives->pdata[0];
  g_assert_cmpint (live->events_per_minute, ==, 0); /* they are of yesterday */
  g_assert_cmpint (live->active_sessions, ==, 0);
}

/* An ingest key cannot read; a viewer can. */
static void
test_roles (void)
{
  g_autoptr (PdgPrincipal) key = pdg_principal_new (tenant->organisation->uuid, tenant->organisation->org_no, PDG_ROLE_INGEST,
                                                    tenant->project->project_no, "key");
  g_autoptr (PdgPrincipal) viewer = pdg_principal_new (tenant->organisation->uuid, tenant->organisation->org_no, PDG_ROLE_VIEWER, 0, "viewer");
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgQueries) queries = NULL;

  g_assert_null (pdg_queries_begin (server, key, 1000, &error));
  g_assert_error (error, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  g_assert_null (pdg_commands_create_project (server, viewer, "x", "x", &error));
  g_assert_error (error, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  queries = pdg_queries_begin (server, viewer, 1000, &error);
  g_assert_no_error (error);
}

static void
fill (void)
{
  g_autoptr (PdgHub) hub = pdg_hub_new ();
  g_autoptr (PdgIngest) ingest = fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, hub, 100000, 1000);
  g_autoptr (GString) body = NULL;

  base_usec = (g_get_real_time () / G_TIME_SPAN_SECOND) * G_TIME_SPAN_SECOND - G_TIME_SPAN_DAY;
  journeys = g_new0 (Journey, N_SESSIONS);
  for (guint i = 0; i < N_SESSIONS; i++)
    {
      Journey *journey = &journeys[i];
      gboolean in_sequence = i % 2 == 0;
      GString *out = body_new ();
      g_autofree char *text = NULL;
      g_auto (Verdict) verdict = { 0 };
      gint64 ts = base_usec + g_test_rand_int_range (0, 6000) * G_TIME_SPAN_SECOND;

      journey->n = g_test_rand_int_range (1, MAX_EVENTS);
      for (int k = 0; k < journey->n; k++)
        {
          g_autofree char *id = g_strdup_printf ("j-%u-%d", i, k), *session = g_strdup_printf ("j-%u", i), *sequence = NULL;
          int screen = g_test_rand_int_range (-1, N_SCREENS);

          /* without a sequence every time is another; with one the clock may stand still or go back */
          ts += g_test_rand_int_range (in_sequence ? -60 : 1, 90) * G_TIME_SPAN_SECOND + 1;
          journey->steps[k] = (Step) { ts, in_sequence ? k : G_MININT, screen };
          sequence = in_sequence ? g_strdup_printf (",\"event.sequence\":%d", k) : g_strdup ("");
          if (screen < 0)
            body_add (out, "proj_j", id, session, "error", ts, "%s", sequence);
          else
            body_add (out, "proj_j", id, session, "page.view", ts, ",\"page.path\":\"%s\"%s",
                      strstr (paths[screen], ":id") != NULL ? "/product/17?x" : paths[screen], sequence);
        }
      text = body_finish (out);
      fixture_submit (ingest, tenant->admin, text, &verdict);
      fixture_wait (g_atomic_int_get (&verdict.answered));
      assert_stored (verdict, (guint) journey->n, 0, 0);
    }
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  tenant = tenant_new (NULL, "Journeys", "proj_j");
  fill ();
  server = fixture_open (pdg_test_cluster_get_server_uri (), NULL);
  g_test_add_func ("/service/journeys/whole", test_whole);
  g_test_add_func ("/service/journeys/ranges", test_ranges);
  g_test_add_func ("/service/journeys/half-open", test_half_open);
  g_test_add_func ("/service/journeys/span-and-live", test_span_and_live);
  g_test_add_func ("/service/journeys/roles", test_roles);
  status = g_test_run ();
  pdg_db_conn_free (server);
  tenant_free (tenant);
  g_free (journeys);
  return status;
}
