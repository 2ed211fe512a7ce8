#include "config.h"

#include "service/event-writer.h"
#include "service/pdg-queries-audience.h"
#include "service/pdg-queries-funnel.h"
#include "service/pdg-service-error.h"

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

/* What a filter leaves out. */
typedef struct
{
  guint screens; /* a bit for each */
  gboolean errors;
} LeftOut;

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

static gboolean
is_left_out (const LeftOut *out, int screen)
{
  return screen < 0 ? out->errors : (out->screens >> screen & 1) != 0;
}

static void
add_journey (Model *model, const Journey *journey, gint64 from, gint64 to, const LeftOut *out)
{
  gboolean counts[MAX_EVENTS];
  int order[MAX_EVENTS], n = 0, current = -1;
  gboolean failed = FALSE, seen[N_SCREENS] = { FALSE };

  for (int i = 0; i < journey->n; i++)
    counts[i] = journey->steps[i].ts >= from && journey->steps[i].ts < to && !is_left_out (out, journey->steps[i].screen);
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

/* The filter as a client would write it; NULL when it leaves out nothing. */
static PdgEventFilter *
make_filter (const LeftOut *out)
{
  static const char *const error[] = { "error", NULL };
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_event_filter_unref);
  const char *left[N_SCREENS + 1] = { NULL };
  guint n = 0;

  for (int i = 0; i < N_SCREENS; i++)
    if (out->screens >> i & 1)
      left[n++] = paths[i];
  if (n > 0)
    g_ptr_array_add (all, pdg_event_filter_new_not (pdg_event_filter_new_text (PDG_FILTER_FIELD_SCREEN_PATH, NULL, PDG_FILTER_IS, left)));
  if (out->errors)
    g_ptr_array_add (all, pdg_event_filter_new_not (pdg_event_filter_new_text (PDG_FILTER_FIELD_TYPE, NULL, PDG_FILTER_IS, error)));
  if (all->len > 0)
    return pdg_event_filter_new_and (all);
  g_ptr_array_unref (all);
  return NULL;
}

/* How many of the cell one session alone has. */
static int
count_alone (const Model *model, PdgJourneyCellKind kind, int screen, int to)
{
  switch (kind)
    {
    case PDG_JOURNEY_CELL_VISITS:
      return model->visits[screen];
    case PDG_JOURNEY_CELL_ENTRIES:
      return model->entries[screen];
    case PDG_JOURNEY_CELL_EXITS:
      return model->exits[screen];
    case PDG_JOURNEY_CELL_ERRORS:
      return model->errors[screen];
    case PDG_JOURNEY_CELL_TRANSITION:
      return model->transitions[screen][to];
    case PDG_JOURNEY_CELL_GRAPH:
    default:
      return model->n_sessions;
    }
}

static gint64
first_ts (const Journey *journey)
{
  gint64 first = G_MAXINT64;

  for (int i = 0; i < journey->n; i++)
    first = MIN (first, journey->steps[i].ts);
  return first;
}

/* Pages of the list of a cell, a few at a time: the sessions that have it by themselves, each once, newest first; and as many actors,
 * since each of these sessions stands for one. */
static void
check_cell (PdgQueries *queries, const PdgJourneyReport *report, const Model *alone, PdgJourneyCellKind kind, int screen, int to,
            const gint32 *screen_nos)
{
  PdgJourneyCell cell = { kind, screen_nos[screen], screen_nos[to] };
  guint n, n_expected = 0, n_listed = 0;
  const gint32 *sessions = pdg_journey_members_get (report->members, cell, &n);
  g_autofree gint32 *places = g_new (gint32, n + 1), *projects = g_new (gint32, n + 1);
  PdgStoreAudience members = { places, projects, sessions, n };
  PdgStorePage page = { G_MAXINT64, G_MAXINT64, (guint) g_test_rand_int_range (1, 40) };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) actors = NULL;

  for (guint i = 0; i < N_SESSIONS; i++)
    n_expected += count_alone (&alone[i], kind, screen, to) > 0;
  g_assert_cmpuint (n, ==, n_expected);
  for (guint i = 0; i < n; i++)
    {
      places[i] = 1;
      projects[i] = tenant->project->project_no;
    }
  for (;;)
    {
      g_autoptr (GPtrArray) lists = pdg_queries_list_audience_sessions (queries, &members, 1, &page, PDG_SESSION_ALL, &error);
      GPtrArray *list;

      g_assert_no_error (error);
      list = lists->pdata[0];
      for (guint i = 0; i < list->len; i++)
        {
          const PdgSessionSummary *session = list->pdata[i];
          guint k = (guint) g_ascii_strtoull (session->id + 2, NULL, 10); /* "j-12" */

          g_assert_cmpint (count_alone (&alone[k], kind, screen, to), >, 0);
          g_assert_cmpint (session->started_usec, ==, first_ts (&journeys[k]));
          g_assert_true (session->started_usec < page.before_usec || (session->started_usec == page.before_usec && session->session_no < page.before_no));
          page.before_usec = session->started_usec;
          page.before_no = session->session_no;
        }
      n_listed += list->len;
      g_assert_cmpuint (list->len, <=, page.limit);
      if (list->len < page.limit)
        break;
    }
  g_assert_cmpuint (n_listed, ==, n_expected);
  actors = pdg_queries_list_audience_actors (queries, &members, 1, &(PdgStorePage) { G_MAXINT64, G_MAXINT64, N_SESSIONS }, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (((GPtrArray *) actors->pdata[0])->len, ==, n_expected);
}

static void
check_members (PdgQueries *queries, const PdgJourneyReport *report, gint64 from, gint64 to, const LeftOut *out)
{
  g_autofree Model *alone = g_new0 (Model, N_SESSIONS);
  gint32 screen_nos[N_SCREENS] = { 0 };
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (report->graph, &n);

  for (guint i = 0; i < N_SESSIONS; i++)
    add_journey (&alone[i], &journeys[i], from, to, out);
  for (guint i = 0; i < n; i++)
    screen_nos[screen_of (&screens[i])] = (gint32) g_ascii_strtoll (screens[i].id, NULL, 10);
  check_cell (queries, report, alone, PDG_JOURNEY_CELL_GRAPH, 0, 0, screen_nos);
  for (guint i = 0; i < n; i++)
    {
      int screen = screen_of (&screens[i]), other = g_test_rand_int_range (0, N_SCREENS);

      check_cell (queries, report, alone, PDG_JOURNEY_CELL_VISITS, screen, 0, screen_nos);
      check_cell (queries, report, alone, PDG_JOURNEY_CELL_ENTRIES, screen, 0, screen_nos);
      check_cell (queries, report, alone, PDG_JOURNEY_CELL_EXITS, screen, 0, screen_nos);
      check_cell (queries, report, alone, PDG_JOURNEY_CELL_ERRORS, screen, 0, screen_nos);
      if (screen_nos[other] != 0)
        check_cell (queries, report, alone, PDG_JOURNEY_CELL_TRANSITION, screen, other, screen_nos);
    }
}

static void
compare_filtered (gint64 from, gint64 to, const LeftOut *out, gboolean with_members, int *n_events)
{
  Model model = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgQueries) queries = pdg_queries_begin (server, tenant->admin, 30000, &error);
  g_autoptr (PdgEventFilter) filter = make_filter (out);
  PdgJourneyQuestion question = { from, to, filter, TRUE, with_members };
  g_autoptr (GPtrArray) reports = NULL;
  PdgJourneyGraph *graph;
  const PdgJourneyScreen *screens;
  const PdgJourneyTransition *transitions;
  guint n, n_transitions, n_expected = 0, broken;
  int n_visited = 0;

  g_assert_no_error (error);
  reports = pdg_queries_load_journeys (queries, &tenant->project->project_no, 1, &question, &error);
  g_assert_no_error (error);
  graph = ((PdgJourneyReport *) reports->pdata[0])->graph;
  for (guint i = 0; i < N_SESSIONS; i++)
    add_journey (&model, &journeys[i], from, to, out);
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
  *n_events = model.n_events;
  if (with_members)
    check_members (queries, reports->pdata[0], from, to, out);
}

static const LeftOut nothing = { 0, FALSE };

static void
compare (gint64 from, gint64 to, gboolean must_have_some)
{
  int n_events;

  compare_filtered (from, to, &nothing, FALSE, &n_events);
  g_assert_cmpint (n_events > 0, ==, must_have_some);
}

/* Under a random filter the graph is that of the events which match, it is conserved, and its lists are those behind its numbers. */
static void
test_filters_and_members (void)
{
  int n_events, n_all = 0;

  compare_filtered (G_MININT64, G_MAXINT64, &nothing, TRUE, &n_events);
  for (int i = 0; i < 12; i++)
    {
      LeftOut out = { (guint) g_test_rand_int_range (0, 1 << N_SCREENS), g_test_rand_bit () };
      gint64 from = i % 3 == 0 ? G_MININT64 : base_usec + g_test_rand_int_range (0, 3000) * G_TIME_SPAN_SECOND;

      compare_filtered (from, i % 2 == 0 ? G_MAXINT64 : base_usec + 5000 * G_TIME_SPAN_SECOND, &out, TRUE, &n_events);
      n_all += n_events;
    }
  g_assert_cmpint (n_all, >, 0);
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
  gint64 oldest = G_MAXINT64, newest = G_MININT64;
  g_autoptr (GArray) spans = NULL;
  g_autoptr (GPtrArray) lives = NULL;
  const PdgLive *live;

  for (guint i = 0; i < N_SESSIONS; i++)
    for (int k = 0; k < journeys[i].n; k++)
      {
        oldest = MIN (oldest, journeys[i].steps[k].ts);
        newest = MAX (newest, journeys[i].steps[k].ts);
      }
  spans = pdg_queries_load_event_spans (queries, &tenant->project->project_no, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_array_index (spans, PdgEventSpan, 0).oldest_usec, ==, oldest);
  g_assert_cmpint (g_array_index (spans, PdgEventSpan, 0).newest_usec, ==, newest);
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

/* More events than a funnel may take are refused with what to do; as many as it may are counted. */
static void
test_funnel_limit (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgQueries) queries = pdg_queries_begin (server, tenant->admin, 30000, &error);
  PdgFunnelQuestion question = { .from_usec = G_MININT64, .to_usec = G_MAXINT64, .options = { .n_steps = 2, .window_ms = PDG_FUNNEL_NO_WINDOW } };
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM productgraph.event WHERE project_id = %d", tenant->project->project_no);
  g_autoptr (GPtrArray) refused = NULL;
  g_autoptr (GPtrArray) counted = NULL;

  g_assert_no_error (error);
  for (guint k = 0; k < 2; k++)
    question.options.steps[k].window_ms = PDG_FUNNEL_NO_WINDOW;
  question.max_events = (guint) fixture_int (owner, sql) - 1;
  refused = pdg_queries_load_funnels (queries, &tenant->project->project_no, 1, &question, &error);
  g_assert_error (error, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "shorten the range"));
  g_assert_null (refused);
  g_clear_error (&error);
  question.max_events++;
  counted = pdg_queries_load_funnels (queries, &tenant->project->project_no, 1, &question, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (((PdgFunnelReport *) counted->pdata[0])->counts[0], >, 0);
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
  g_test_add_func ("/service/journeys/filters-and-members", test_filters_and_members);
  g_test_add_func ("/service/journeys/span-and-live", test_span_and_live);
  g_test_add_func ("/service/journeys/roles", test_roles);
  g_test_add_func ("/service/journeys/funnel-limit", test_funnel_limit);
  status = g_test_run ();
  pdg_db_conn_free (server);
  tenant_free (tenant);
  g_free (journeys);
  return status;
}
