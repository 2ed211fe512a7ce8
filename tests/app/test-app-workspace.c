#include "config.h"

#include <string.h>

#include "app/pdg-demo-job.h"
#include "app/pdg-graph-reader.h"
#include "app/pdg-json.h"
#include "app/pdg-scene-model.h"
#include "app/pdg-screen-row.h"
#include "app/pdg-session-model.h"
#include "app/pdg-throttle.h"
#include "app/pdg-workspace.h"
#include "pdg-fake-client.h"
#include "pdg-fake-shop.h"
#include "pdg-wait.h"

#define PROJECTS                                                                              \
  "{\"data\":{\"projects\":{\"nodes\":[{\"id\":\"a\",\"name\":\"A\",\"newestEventAt\":null}," \
  "{\"id\":\"b\",\"name\":\"B\",\"newestEventAt\":\"2026-11-22T10:00:00Z\"}]},"               \
  "\"collector\":{\"eventsUrl\":\"http://localhost:1/v1/events\",\"keyless\":true}}}"

#define GRAPH(newest, screens, transitions)                                                                      \
  "{\"data\":{\"project\":{\"id\":\"b\",\"newestEventAt\":" newest ",\"live\":{\"eventsPerMinute\":42,"          \
  "\"activeSessions\":3,\"asOf\":\"2026-11-22T10:00:00Z\"},\"journeyGraph\":{\"asOf\":\"2026-11-22T10:00:00Z\"," \
  "\"sessionCount\":5,\"eventCount\":9,\"screens\":[" screens "],\"transitions\":[" transitions "]}}}}"

#define NEWEST "\"2026-11-22T10:00:00Z\""
#define SCREEN(id, visits) "{\"id\":\"" id "\",\"path\":\"/" id "\",\"name\":\"" id "\",\"visits\":" visits ",\"entries\":" visits ",\"exits\":" visits "}"

/* ---- fixture ---- */

typedef struct
{
  PdgFakeClient *client;
  PdgWorkspace *workspace;
} Fixture;

/* Runs the main loop until @condition; FALSE when the deadline passed. */
/* Whatever is ready to run, without waiting for anything. */
static void
drain (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->client = pdg_fake_client_new ();
  pdg_fake_client_set_answer (fixture->client, "Projects", PROJECTS);
  pdg_fake_client_set_answer (fixture->client, "Graph", GRAPH (NEWEST, SCREEN ("home", "5"), ""));
  fixture->workspace = pdg_workspace_new (PDG_CLIENT (fixture->client));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  PdgWorkspace *alive = fixture->workspace;

  pdg_workspace_close (fixture->workspace);
  g_assert_cmpuint (pdg_fake_client_get_n_subscriptions (fixture->client), ==, 0);
  while (pdg_fake_client_release (fixture->client, "Graph"))
    ;
  g_object_add_weak_pointer (G_OBJECT (alive), (gpointer *) &alive);
  g_object_unref (fixture->workspace);
  WAIT_FOR (alive == NULL); /* nothing under way keeps it */
  g_object_unref (fixture->client);
}

static void
connect_client (Fixture *fixture)
{
  pdg_client_set_state (PDG_CLIENT (fixture->client), PDG_CLIENT_CONNECTED, NULL);
}

static PdgPhase
phase_of (Fixture *fixture)
{
  return pdg_workspace_get_phase (fixture->workspace);
}

static guint32
visits_of (Fixture *fixture)
{
  PdgJourneyGraph *graph = pdg_workspace_get_graph (fixture->workspace);
  guint n = 0;
  const PdgJourneyScreen *screens = graph != NULL ? pdg_journey_graph_get_screens (graph, &n) : NULL;

  return n > 0 ? screens[0].visits : 0;
}

static void
emit_changed (Fixture *fixture)
{
  g_assert_cmpuint (pdg_fake_client_emit (fixture->client, "Changed", "{\"data\":{\"projectChanged\":{\"sequence\":1}}}"), ==, 1);
}

/* ---- the workspace ---- */

static void
test_starts (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (phase_of (fixture), ==, PDG_PHASE_STARTING);
  drain ();
  g_assert_cmpuint (pdg_fake_client_get_n_asked (fixture->client, "Projects"), ==, 0);
  connect_client (fixture);
  g_assert_cmpint (phase_of (fixture), ==, PDG_PHASE_LOADING);
  WAIT_FOR (phase_of (fixture) == PDG_PHASE_READY);
  /* The project with events is chosen before the first of the list. */
  g_assert_cmpstr (pdg_project_get_id (pdg_workspace_get_project (fixture->workspace)), ==, "b");
  g_assert_cmpuint (visits_of (fixture), ==, 5);
  g_assert_cmpint (pdg_workspace_get_events_per_minute (fixture->workspace), ==, 42);
  g_assert_cmpstr (pdg_workspace_get_events_url (fixture->workspace), ==, "http://localhost:1/v1/events");
  g_assert_cmpuint (pdg_fake_client_get_n_subscriptions (fixture->client), ==, 1);
  g_assert_nonnull (strstr (pdg_fake_client_get_variables (fixture->client, "Graph"), "\"range\":{\"from\":\"20"));
}

static void
test_wanted_project (Fixture *fixture, gconstpointer data)
{
  pdg_workspace_set_project_id (fixture->workspace, "a"); /* before there is a list, as from the settings */
  connect_client (fixture);
  WAIT_FOR (pdg_workspace_get_project (fixture->workspace) != NULL);
  g_assert_cmpstr (pdg_project_get_id (pdg_workspace_get_project (fixture->workspace)), ==, "a");
}

/* An answer to a question that nobody asks any more is dropped, whenever it comes. */
static void
test_stale_dropped (Fixture *fixture, gconstpointer data)
{
  pdg_fake_client_set_held (fixture->client, "Graph", TRUE);
  connect_client (fixture);
  WAIT_FOR (pdg_fake_client_get_n_waiting (fixture->client, "Graph") == 1);
  pdg_workspace_set_range (fixture->workspace, PDG_TIME_RANGE_ALL);
  WAIT_FOR (pdg_fake_client_get_n_waiting (fixture->client, "Graph") == 2);
  g_assert_nonnull (strstr (pdg_fake_client_get_variables (fixture->client, "Graph"), "\"from\":null"));

  pdg_fake_client_set_answer (fixture->client, "Graph", GRAPH (NEWEST, SCREEN ("old", "1"), ""));
  g_assert_true (pdg_fake_client_release (fixture->client, "Graph")); /* cancelled by now: its answer is an error */
  drain ();
  g_assert_null (pdg_workspace_get_graph (fixture->workspace));
  g_assert_cmpint (phase_of (fixture), ==, PDG_PHASE_LOADING);
  g_assert_null (pdg_workspace_get_error_message (fixture->workspace));

  pdg_fake_client_set_answer (fixture->client, "Graph", GRAPH (NEWEST, SCREEN ("new", "2"), ""));
  g_assert_true (pdg_fake_client_release (fixture->client, "Graph"));
  WAIT_FOR (visits_of (fixture) == 2);
}

/* The same when the old one answers last and in good health (a client that does not heed cancelling). */
static void
test_late_answer_dropped (Fixture *fixture, gconstpointer data)
{
  connect_client (fixture);
  WAIT_FOR (visits_of (fixture) == 5);
  pdg_fake_client_set_answer (fixture->client, "Graph", GRAPH (NEWEST, SCREEN ("old", "1"), ""));
  emit_changed (fixture);
  /* The answer is read on a worker now or soon: another project is chosen meanwhile. */
  pdg_fake_client_set_answer (fixture->client, "Graph", GRAPH (NEWEST, SCREEN ("new", "7"), ""));
  pdg_workspace_set_project_id (fixture->workspace, "a");
  WAIT_FOR (visits_of (fixture) != 0);
  g_assert_cmpuint (visits_of (fixture), ==, 7);
}

static void
test_coalesces (Fixture *fixture, gconstpointer data)
{
  guint n_before;
  gint64 start_usec, took_usec;

  connect_client (fixture);
  WAIT_FOR (phase_of (fixture) == PDG_PHASE_READY);
  n_before = pdg_fake_client_get_n_asked (fixture->client, "Graph");
  start_usec = g_get_monotonic_time ();
  pdg_fake_client_set_answer (fixture->client, "Graph", GRAPH (NEWEST, SCREEN ("home", "6"), ""));
  for (guint i = 0; i < 1000; i++)
    emit_changed (fixture);
  WAIT_FOR (visits_of (fixture) == 6);
  /* One load can be under way as the last message comes: then one more follows. */
  WAIT_FOR (pdg_fake_client_get_n_asked (fixture->client, "Graph") > n_before);
  took_usec = g_get_monotonic_time () - start_usec;
  g_assert_cmpuint (pdg_fake_client_get_n_asked (fixture->client, "Graph") - n_before, <=, 1 + (guint) (took_usec / 100000));
}

static void
test_never_two_in_flight (Fixture *fixture, gconstpointer data)
{
  gint64 end_usec;

  connect_client (fixture);
  WAIT_FOR (phase_of (fixture) == PDG_PHASE_READY);
  pdg_fake_client_set_held (fixture->client, "Graph", TRUE);
  emit_changed (fixture);
  WAIT_FOR (pdg_fake_client_get_n_waiting (fixture->client, "Graph") == 1);
  end_usec = g_get_monotonic_time () + 350000; /* three intervals */
  while (g_get_monotonic_time () < end_usec)
    {
      emit_changed (fixture);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (2000);
    }
  g_assert_cmpuint (pdg_fake_client_get_n_waiting (fixture->client, "Graph"), ==, 1);
  pdg_fake_client_set_answer (fixture->client, "Graph", GRAPH (NEWEST, SCREEN ("home", "8"), ""));
  g_assert_true (pdg_fake_client_release (fixture->client, "Graph"));
  WAIT_FOR (visits_of (fixture) == 8);
  /* What came meanwhile is not forgotten. */
  WAIT_FOR (pdg_fake_client_get_n_waiting (fixture->client, "Graph") == 1);
}

static void
test_empty_and_range (Fixture *fixture, gconstpointer data)
{
  pdg_fake_client_set_answer (fixture->client, "Graph", GRAPH ("null", "", ""));
  connect_client (fixture);
  WAIT_FOR (phase_of (fixture) == PDG_PHASE_EMPTY);
  /* The first event arrives, but it is old. */
  pdg_fake_client_set_answer (fixture->client, "Graph", GRAPH ("\"2024-01-15T10:30:00Z\"", "", ""));
  emit_changed (fixture);
  WAIT_FOR (phase_of (fixture) == PDG_PHASE_EMPTY_RANGE);
  g_assert_cmpint (pdg_workspace_get_newest_event (fixture->workspace), ==, G_GINT64_CONSTANT (1705314600000000));
  pdg_fake_client_set_answer (fixture->client, "Graph", GRAPH ("\"2024-01-15T10:30:00Z\"", SCREEN ("checkout", "1"), ""));
  pdg_workspace_set_range (fixture->workspace, PDG_TIME_RANGE_ALL);
  WAIT_FOR (phase_of (fixture) == PDG_PHASE_READY);
}

static void
test_no_projects (Fixture *fixture, gconstpointer data)
{
  pdg_fake_client_set_answer (fixture->client, "Projects", "{\"data\":{\"projects\":{\"nodes\":[]},\"collector\":{\"eventsUrl\":null}}}");
  connect_client (fixture);
  WAIT_FOR (phase_of (fixture) == PDG_PHASE_EMPTY);
  g_assert_null (pdg_workspace_get_project (fixture->workspace));
}

static void
test_errors (Fixture *fixture, gconstpointer data)
{
  pdg_fake_client_set_answer (fixture->client, "Graph", NULL);
  connect_client (fixture);
  WAIT_FOR (phase_of (fixture) == PDG_PHASE_ERROR);
  g_assert_cmpstr (pdg_workspace_get_error_message (fixture->workspace), ==, "The server cannot be reached.");

  pdg_fake_client_set_answer (fixture->client, "Graph", "{\"errors\":[{\"message\":\"Too many screens.\"}],\"data\":{\"project\":null}}");
  pdg_workspace_refresh (fixture->workspace);
  WAIT_FOR (g_strcmp0 (pdg_workspace_get_error_message (fixture->workspace), "Too many screens.") == 0);
  g_assert_cmpint (phase_of (fixture), ==, PDG_PHASE_ERROR);

  pdg_fake_client_set_answer (fixture->client, "Graph", "{\"data\":{\"project\":{\"journeyGraph\":{\"screens\":7}}}}");
  pdg_workspace_refresh (fixture->workspace);
  WAIT_FOR (g_strcmp0 (pdg_workspace_get_error_message (fixture->workspace), "The answer could not be understood.") == 0);

  pdg_fake_client_set_answer (fixture->client, "Graph", GRAPH (NEWEST, SCREEN ("home", "5"), ""));
  pdg_workspace_refresh (fixture->workspace);
  WAIT_FOR (phase_of (fixture) == PDG_PHASE_READY);
  g_assert_null (pdg_workspace_get_error_message (fixture->workspace));

  /* A refresh that fails keeps what is there. */
  pdg_fake_client_set_answer (fixture->client, "Graph", NULL);
  emit_changed (fixture);
  WAIT_FOR (pdg_workspace_get_error_message (fixture->workspace) != NULL);
  g_assert_cmpint (phase_of (fixture), ==, PDG_PHASE_READY);
  g_assert_cmpuint (visits_of (fixture), ==, 5);
}

/* What was asked before the connection went is never answered; back again, everything is asked anew. */
static void
test_reconnect (Fixture *fixture, gconstpointer data)
{
  connect_client (fixture);
  WAIT_FOR (phase_of (fixture) == PDG_PHASE_READY);
  pdg_fake_client_set_held (fixture->client, "Graph", TRUE);
  emit_changed (fixture);
  WAIT_FOR (pdg_fake_client_get_n_waiting (fixture->client, "Graph") == 1);
  pdg_client_set_state (PDG_CLIENT (fixture->client), PDG_CLIENT_AWAY, "gone");
  g_assert_cmpint (phase_of (fixture), ==, PDG_PHASE_READY);
  pdg_fake_client_set_answer (fixture->client, "Graph", GRAPH (NEWEST, SCREEN ("home", "11"), ""));
  pdg_fake_client_set_held (fixture->client, "Graph", FALSE);
  connect_client (fixture);
  WAIT_FOR (visits_of (fixture) == 11);
  pdg_fake_client_set_answer (fixture->client, "Graph", GRAPH (NEWEST, SCREEN ("home", "3"), ""));
  pdg_fake_client_release (fixture->client, "Graph");
  drain ();
  g_assert_cmpuint (visits_of (fixture), ==, 11);
}

static void
test_failed (Fixture *fixture, gconstpointer data)
{
  pdg_client_set_state (PDG_CLIENT (fixture->client), PDG_CLIENT_FAILED, "no database");
  g_assert_cmpint (phase_of (fixture), ==, PDG_PHASE_FAILED);
  connect_client (fixture);
  WAIT_FOR (phase_of (fixture) == PDG_PHASE_READY);
}

static void
test_selection_pruned (Fixture *fixture, gconstpointer data)
{
  PdgSelection *selection = pdg_workspace_get_selection (fixture->workspace);
  const char *const ids[] = { "home", "cart", NULL };

  pdg_fake_client_set_answer (fixture->client, "Graph", GRAPH (NEWEST, SCREEN ("home", "5") "," SCREEN ("cart", "4"), ""));
  connect_client (fixture);
  WAIT_FOR (phase_of (fixture) == PDG_PHASE_READY);
  pdg_selection_set_screens (selection, ids);
  pdg_fake_client_set_answer (fixture->client, "Graph", GRAPH (NEWEST, SCREEN ("home", "6"), ""));
  emit_changed (fixture);
  WAIT_FOR (visits_of (fixture) == 6);
  g_assert_cmpuint (pdg_selection_get_n_screens (selection), ==, 1);
  g_assert_cmpstr (pdg_selection_get_primary (selection), ==, "home");
  pdg_workspace_set_project_id (fixture->workspace, "a");
  g_assert_cmpuint (pdg_selection_get_n_screens (selection), ==, 0);
}

static void
created_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError **error = user_data;

  if (pdg_workspace_create_project_finish (PDG_WORKSPACE (source), result, error))
    *error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_EXISTS, "created");
}

static void
test_create_project (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) refused = NULL;
  g_autoptr (GError) created = NULL;

  connect_client (fixture);
  WAIT_FOR (phase_of (fixture) == PDG_PHASE_READY);
  pdg_fake_client_set_answer (fixture->client, "CreateProject",
                              "{\"data\":{\"createProject\":{\"project\":null,\"errors\":[{\"message\":\"This name is taken.\"}]}}}");
  pdg_workspace_create_project_async (fixture->workspace, "A", created_cb, &refused);
  WAIT_FOR (refused != NULL);
  g_assert_error (refused, PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_REFUSED);
  g_assert_cmpstr (refused->message, ==, "This name is taken.");
  g_assert_cmpstr (pdg_fake_client_get_variables (fixture->client, "CreateProject"), ==, "{\"input\":{\"name\":\"A\"}}");

  pdg_fake_client_set_answer (fixture->client, "CreateProject", "{\"data\":{\"createProject\":{\"project\":{\"id\":\"a\",\"name\":\"A\"},\"errors\":[]}}}");
  pdg_workspace_create_project_async (fixture->workspace, "A", created_cb, &created);
  WAIT_FOR (created != NULL);
  WAIT_FOR (g_str_equal (pdg_project_get_id (pdg_workspace_get_project (fixture->workspace)), "a"));
}

/* ---- models that follow it ---- */

static void
test_demo_job (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PdgDemoJob) job = pdg_demo_job_new (fixture->workspace);
  g_autofree char *text = NULL;

  connect_client (fixture);
  WAIT_FOR (phase_of (fixture) == PDG_PHASE_READY);
  pdg_fake_client_set_answer (fixture->client, "LoadDemo",
                              "{\"data\":{\"loadDemo\":{\"projectId\":\"a\",\"done\":0,\"total\":4,\"running\":true,\"error\":null}}}");
  pdg_demo_job_start (job);
  pdg_demo_job_start (job);
  g_assert_true (pdg_demo_job_is_running (job));
  WAIT_FOR (pdg_fake_client_get_n_subscriptions (fixture->client) == 2);
  g_assert_cmpuint (pdg_fake_client_get_n_asked (fixture->client, "LoadDemo"), ==, 1);
  pdg_fake_client_emit (fixture->client, "Demo", "{\"data\":{\"demoProgress\":{\"projectId\":\"a\",\"done\":1,\"total\":4,\"running\":true}}}");
  g_assert_cmpfloat (pdg_demo_job_get_fraction (job), ==, 0.25);
  text = pdg_demo_job_dup_progress_text (job);
  g_assert_cmpstr (text, ==, "1 of 4 events");
  pdg_fake_client_emit (fixture->client, "Demo", "{\"data\":{\"demoProgress\":{\"projectId\":\"a\",\"done\":4,\"total\":4,\"running\":false}}}");
  g_assert_false (pdg_demo_job_is_running (job));
  WAIT_FOR (g_str_equal (pdg_project_get_id (pdg_workspace_get_project (fixture->workspace)), "a"));
  WAIT_FOR (pdg_fake_client_get_n_subscriptions (fixture->client) == 1);

  pdg_fake_client_set_answer (fixture->client, "LoadDemo", "{\"errors\":[{\"message\":\"Needs the role editor.\"}]}");
  pdg_demo_job_start (job);
  WAIT_FOR (!pdg_demo_job_is_running (job));
  g_assert_cmpstr (pdg_demo_job_get_error_message (job), ==, "Needs the role editor.");
}

static void
count_cb (guint *count)
{
  (*count)++;
}

static void
test_scene_model (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PdgSceneModel) scenes = pdg_scene_model_new (fixture->workspace);
  guint n_changed = 0;

  g_signal_connect_swapped (scenes, "changed", G_CALLBACK (count_cb), &n_changed);
  connect_client (fixture);
  WAIT_FOR (pdg_scene_model_get_scene (scenes) != NULL);
  g_assert_true (pdg_scene_model_is_fresh (scenes));
  g_assert_cmpuint (pdg_scene_get_n_cards (pdg_scene_model_get_scene (scenes)), ==, 1);
  pdg_fake_client_set_answer (fixture->client, "Graph", GRAPH (NEWEST, SCREEN ("home", "5") "," SCREEN ("cart", "4"), ""));
  emit_changed (fixture);
  WAIT_FOR (pdg_scene_get_n_cards (pdg_scene_model_get_scene (scenes)) == 2);
  g_assert_false (pdg_scene_model_is_fresh (scenes)); /* the same project and range: what is there moves */
  n_changed = 0;
  pdg_workspace_set_project_id (fixture->workspace, "a");
  g_assert_null (pdg_scene_model_get_scene (scenes));
  g_assert_cmpuint (n_changed, ==, 1);
  WAIT_FOR (pdg_scene_model_get_scene (scenes) != NULL);
  g_assert_true (pdg_scene_model_is_fresh (scenes));
}

static void
test_session_model (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PdgSessionModel) sessions = pdg_session_model_new (fixture->workspace);
  PdgSelection *selection = pdg_workspace_get_selection (fixture->workspace);
  GListModel *list = pdg_session_model_list_sessions (sessions);
  g_autoptr (PdgSessionRow) row = NULL;

  pdg_fake_client_set_answer (fixture->client, "Sessions",
                              "{\"data\":{\"project\":{\"sessions\":{\"nodes\":[{\"id\":\"s\",\"actor\":{\"id\":\"ann\"},\"pageViewCount\":1,"
                              "\"startedAt\":\"2026-11-22T10:00:00Z\",\"endedAt\":\"2026-11-22T10:00:48Z\",\"errorCount\":2}]}}}}");
  connect_client (fixture);
  WAIT_FOR (phase_of (fixture) == PDG_PHASE_READY);
  g_assert_cmpint (pdg_session_model_get_state (sessions), ==, PDG_SESSION_STATE_NONE);
  pdg_selection_select_screen (selection, "home");
  g_assert_cmpint (pdg_session_model_get_state (sessions), ==, PDG_SESSION_STATE_LOADING);
  WAIT_FOR (pdg_session_model_get_state (sessions) == PDG_SESSION_STATE_READY);
  g_assert_nonnull (strstr (pdg_fake_client_get_variables (fixture->client, "Sessions"), "\"screen\":\"home\""));
  row = g_list_model_get_item (list, 0);
  g_assert_cmpstr (pdg_session_row_get_title (row), ==, "ann");
  g_assert_cmpstr (pdg_session_row_get_summary (row), ==, "1 page · 48 s");
  g_assert_cmpuint (pdg_session_row_get_n_errors (row), ==, 2);
  pdg_selection_clear (selection);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 0);
  g_assert_cmpint (pdg_session_model_get_state (sessions), ==, PDG_SESSION_STATE_NONE);
}

/* ---- without a workspace ---- */

static void
test_reader (void)
{
  g_autoptr (JsonNode) node = json_from_string ("{\"sessionCount\":4,\"eventCount\":9,\"screens\":["
                                                "{\"id\":\"a\",\"path\":\"/a\",\"name\":\"\",\"visits\":3,\"entries\":2,\"exits\":2,\"loadP75Ms\":12},"
                                                "{\"id\":\"b\",\"path\":null,\"name\":null,\"visits\":-5},"
                                                "{\"id\":\"a\",\"visits\":9}, {\"path\":\"/no-id\"}, 7],"
                                                "\"transitions\":[{\"from\":\"a\",\"to\":\"b\",\"count\":1,\"dwellMedianMs\":5.5},"
                                                "{\"from\":\"a\",\"to\":\"gone\",\"count\":1},{\"from\":\"b\",\"to\":\"a\",\"count\":0}]}",
                                                NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgJourneyGraph) graph = pdg_graph_reader_read (json_node_get_object (node), &error);
  guint n_screens, n_transitions;
  const PdgJourneyScreen *screens;
  const PdgJourneyTransition *transitions;

  g_assert_no_error (error);
  screens = pdg_journey_graph_get_screens (graph, &n_screens);
  transitions = pdg_journey_graph_get_transitions (graph, &n_transitions);
  g_assert_cmpuint (n_screens, ==, 2);
  g_assert_cmpstr (screens[0].name, ==, "/a");
  g_assert_cmpfloat (screens[0].load_p75_ms, ==, 12);
  g_assert_cmpfloat (screens[0].dwell_median_ms, ==, -1);
  g_assert_cmpstr (screens[1].name, ==, "b");
  g_assert_cmpuint (screens[1].visits, ==, 0);
  g_assert_cmpuint (n_transitions, ==, 1);
  g_assert_cmpfloat (transitions[0].dwell_median_ms, ==, 5.5);
  g_assert_cmpuint (pdg_journey_graph_get_n_events (graph), ==, 9);
  g_assert_null (pdg_graph_reader_read (NULL, &error));
  g_assert_error (error, PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_RESPONSE);
}

static void
test_shop_is_conserved (void)
{
  g_autoptr (PdgFakeShop) shop = pdg_fake_shop_new ();
  g_autoptr (PdgFakeClient) client = pdg_fake_client_new ();
  g_autoptr (PdgWorkspace) workspace = NULL;
  guint n;

  pdg_fake_shop_play (shop, 500);
  pdg_fake_shop_attach (shop, client);
  pdg_client_set_state (PDG_CLIENT (client), PDG_CLIENT_CONNECTED, NULL);
  workspace = pdg_workspace_new (PDG_CLIENT (client));
  WAIT_FOR (pdg_workspace_get_graph (workspace) != NULL);
  pdg_journey_graph_get_screens (pdg_workspace_get_graph (workspace), &n);
  g_assert_cmpuint (n, ==, 14);
  g_assert_true (pdg_journey_graph_is_conserved (pdg_workspace_get_graph (workspace), NULL));
  pdg_workspace_close (workspace);
}

static void
items_changed_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
test_rows_stay (void)
{
  g_autoptr (GListStore) store = g_list_store_new (PDG_TYPE_SCREEN_ROW);
  g_autoptr (PdgJourneyGraph) first = pdg_journey_graph_new ();
  g_autoptr (PdgJourneyGraph) second = pdg_journey_graph_new ();
  g_autoptr (PdgScreenRow) row = NULL;
  g_autofree char *label = NULL;
  PdgJourneyScreen screen = { .id = (char *) "a", .path = (char *) "/a", .name = (char *) "Checkout", .visits = 1, .exits = 1 };
  guint n_changed = 0;

  pdg_journey_graph_add_screen (first, &screen);
  screen.visits = 12034;
  screen.exits = 2888;
  pdg_journey_graph_add_screen (second, &screen);
  pdg_screen_row_update_store (store, first);
  g_signal_connect (store, "items-changed", G_CALLBACK (items_changed_cb), &n_changed);
  row = g_list_model_get_item (G_LIST_MODEL (store), 0);
  pdg_screen_row_update_store (store, second);
  g_assert_cmpuint (n_changed, ==, 0); /* in place: focus and scrolling stay */
  g_object_get (row, "label", &label, NULL);
  g_assert_cmpstr (label, ==, "Checkout, 12,034 visits, 2,888 exits");
  pdg_screen_row_update_store (store, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (store)), ==, 0);
}

static void
test_selection (void)
{
  g_autoptr (PdgSelection) selection = pdg_selection_new ();
  guint n_changed = 0;
  const char *from, *to;

  g_signal_connect_swapped (selection, "changed", G_CALLBACK (count_cb), &n_changed);
  pdg_selection_select_screen (selection, "a");
  pdg_selection_select_screen (selection, "a");
  g_assert_cmpuint (n_changed, ==, 1);
  pdg_selection_toggle_screen (selection, "b");
  g_assert_cmpstr (pdg_selection_get_primary (selection), ==, "b");
  g_assert_true (pdg_selection_contains_screen (selection, "a"));
  pdg_selection_toggle_screen (selection, "a");
  g_assert_cmpuint (pdg_selection_get_n_screens (selection), ==, 1);
  pdg_selection_select_edge (selection, "a", "b");
  g_assert_cmpuint (pdg_selection_get_n_screens (selection), ==, 0);
  g_assert_true (pdg_selection_get_edge (selection, &from, &to));
  g_assert_cmpstr (to, ==, "b");
  /* The id may be the selection's own text. */
  pdg_selection_select_screen (selection, "c");
  pdg_selection_select_screen (selection, pdg_selection_get_primary (selection));
  g_assert_false (pdg_selection_get_edge (selection, &from, &to));
  pdg_selection_clear (selection);
  n_changed = 0;
  pdg_selection_clear (selection);
  g_assert_cmpuint (n_changed, ==, 0);
}

typedef struct
{
  guint n_runs;
  PdgThrottle *throttle;
} Runs;

static void
run_cb (gpointer user_data)
{
  ((Runs *) user_data)->n_runs++;
}

static void
test_throttle (void)
{
  Runs runs = { 0 };
  g_autoptr (PdgThrottle) throttle = pdg_throttle_new (40, run_cb, &runs);
  gint64 start_usec = g_get_monotonic_time ();

  pdg_throttle_queue (throttle);
  g_assert_cmpuint (runs.n_runs, ==, 1); /* the first at once */
  pdg_throttle_queue (throttle);
  pdg_throttle_queue (throttle);
  g_assert_cmpuint (runs.n_runs, ==, 1);
  pdg_throttle_finished (throttle);
  WAIT_FOR (runs.n_runs == 2);
  g_assert_cmpint (g_get_monotonic_time () - start_usec, >=, 40000);
  pdg_throttle_finished (throttle);
  g_assert_false (pdg_throttle_is_running (throttle));
  pdg_throttle_reset (throttle);
  pdg_throttle_queue (throttle);
  g_assert_cmpuint (runs.n_runs, ==, 3); /* after a reset at once again */
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/workspace/starts", test_starts);
  ADD ("/app/workspace/wanted-project", test_wanted_project);
  ADD ("/app/workspace/stale-answer-is-dropped", test_stale_dropped);
  ADD ("/app/workspace/late-answer-is-dropped", test_late_answer_dropped);
  ADD ("/app/workspace/coalesces", test_coalesces);
  ADD ("/app/workspace/never-two-in-flight", test_never_two_in_flight);
  ADD ("/app/workspace/empty-and-empty-range", test_empty_and_range);
  ADD ("/app/workspace/no-projects", test_no_projects);
  ADD ("/app/workspace/errors", test_errors);
  ADD ("/app/workspace/reconnect", test_reconnect);
  ADD ("/app/workspace/failed", test_failed);
  ADD ("/app/workspace/selection-is-pruned", test_selection_pruned);
  ADD ("/app/workspace/create-project", test_create_project);
  ADD ("/app/demo-job/progress-and-refusal", test_demo_job);
  ADD ("/app/scene-model/follows-the-graph", test_scene_model);
  ADD ("/app/session-model/follows-the-selection", test_session_model);
  g_test_add_func ("/app/graph-reader/careful", test_reader);
  g_test_add_func ("/app/fake-shop/conserved", test_shop_is_conserved);
  g_test_add_func ("/app/screen-row/in-place", test_rows_stay);
  g_test_add_func ("/app/selection/changes", test_selection);
  g_test_add_func ("/app/throttle/runs", test_throttle);
  return g_test_run ();
}
