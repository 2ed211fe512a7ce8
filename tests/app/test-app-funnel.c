#include "config.h"

#include "app/pdg-funnel-model.h"
#include "app/pdg-json.h"
#include "app/pdg-session-model.h"
#include "pdg-fake-client.h"
#include "pdg-fake-shop.h"
#include "pdg-wait.h"

#include <string.h>

/* The funnel that is being made, over the made-up shop. */

typedef struct
{
  PdgFakeShop *shop;
  PdgFakeClient *client;
  PdgWorkspace *workspace;
  PdgFunnelModel *model;
} Fixture;

static guint
count_steps (Fixture *fixture)
{
  return g_list_model_get_n_items (pdg_funnel_model_list_steps (fixture->model));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->shop = pdg_fake_shop_new ();
  fixture->client = pdg_fake_client_new ();
  pdg_fake_shop_attach (fixture->shop, fixture->client);
  pdg_fake_shop_play (fixture->shop, 300);
  pdg_client_set_state (PDG_CLIENT (fixture->client), PDG_CLIENT_CONNECTED, NULL);
  fixture->workspace = pdg_workspace_new (PDG_CLIENT (fixture->client));
  fixture->model = pdg_funnel_model_new (fixture->workspace);
  WAIT_FOR (pdg_workspace_get_graph (fixture->workspace) != NULL && count_steps (fixture) > 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  PdgFunnelModel *alive = fixture->model;

  g_object_add_weak_pointer (G_OBJECT (fixture->model), (gpointer *) &alive);
  g_object_unref (fixture->model);
  pdg_workspace_close (fixture->workspace);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (alive);
  g_object_unref (fixture->workspace);
  pdg_fake_shop_free (fixture->shop);
  g_object_unref (fixture->client);
}

/* "Home, Search" (transfer full) */
static char *
dup_steps (Fixture *fixture)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < count_steps (fixture); i++)
    {
      g_autoptr (PdgFunnelStep) step = g_list_model_get_item (pdg_funnel_model_list_steps (fixture->model), i);

      g_string_append_printf (out, "%s%s", i > 0 ? ", " : "", pdg_funnel_step_get_label (step));
    }
  return g_string_free (out, FALSE);
}

static void
wait_ready (Fixture *fixture)
{
  WAIT_FOR (pdg_funnel_model_get_state (fixture->model) == PDG_FUNNEL_READY);
}

/* It begins with the busiest way, each screen once, and asks only while it is looked at. */
static void
test_begins (Fixture *fixture, gconstpointer data)
{
  g_autofree char *steps = dup_steps (fixture);
  g_auto (GStrv) names = g_strsplit (steps, ", ", -1);
  gint64 end_usec = g_get_monotonic_time () + G_USEC_PER_SEC / 3;

  g_assert_cmpuint (g_strv_length (names), ==, 4);
  for (guint i = 0; i < 4; i++)
    for (guint k = i + 1; k < 4; k++)
      g_assert_cmpstr (names[i], !=, names[k]);
  g_assert_cmpuint (g_list_model_get_n_items (pdg_funnel_model_list_choices (fixture->model)), >, 14);
  while (g_get_monotonic_time () < end_usec)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (pdg_fake_client_get_n_asked (fixture->client, "Funnel"), ==, 0);
  pdg_funnel_model_set_active (fixture->model, TRUE);
  wait_ready (fixture);
  g_assert_cmpuint (pdg_json_get_length (pdg_json_get_array (pdg_funnel_model_get_funnel (fixture->model), "steps")), ==, 4);
  g_assert_nonnull (strstr (pdg_fake_client_get_variables (fixture->client, "Funnel"), "\"screenPath\":{\"is\":"));
  g_assert_nonnull (strstr (pdg_fake_client_get_variables (fixture->client, "Funnel"), "\"window\":604800,\"order\":\"ORDERED\",\"counting\":\"ACTORS\""));
}

/* Every change is one step of undo; many at once are asked for once. */
static void
test_changes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = dup_steps (fixture), *after = NULL, *undone = NULL, *redone = NULL;
  g_autoptr (PdgFunnelStep) any = pdg_funnel_step_new_type ("ui.click");
  g_autoptr (PdgFunnelStep) same = NULL;
  guint n_asked;

  pdg_funnel_model_set_active (fixture->model, TRUE);
  wait_ready (fixture);
  n_asked = pdg_fake_client_get_n_asked (fixture->client, "Funnel");
  pdg_funnel_model_add_step (fixture->model);
  pdg_funnel_model_set_step (fixture->model, 1, any);
  pdg_funnel_model_move_step (fixture->model, 1, -1);
  pdg_funnel_model_remove_step (fixture->model, 2);
  pdg_funnel_model_set_window (fixture->model, 4);
  pdg_funnel_model_set_order (fixture->model, 2);
  pdg_funnel_model_set_counting (fixture->model, 1);
  g_assert_cmpint (pdg_funnel_model_get_state (fixture->model), ==, PDG_FUNNEL_LOADING);
  wait_ready (fixture);
  g_assert_cmpuint (pdg_fake_client_get_n_asked (fixture->client, "Funnel"), ==, n_asked + 1);
  g_assert_nonnull (strstr (pdg_fake_client_get_variables (fixture->client, "Funnel"), "\"window\":null,\"order\":\"UNORDERED\",\"counting\":\"ATTEMPTS\""));
  after = dup_steps (fixture);
  g_assert_true (g_str_has_prefix (after, "Any ui.click, "));

  /* what changes nothing is no step */
  same = g_list_model_get_item (pdg_funnel_model_list_steps (fixture->model), 0);
  pdg_funnel_model_set_step (fixture->model, 0, same);
  pdg_funnel_model_set_window (fixture->model, 4);
  pdg_funnel_model_move_step (fixture->model, 0, -1);
  for (guint i = 0; i < 7; i++)
    g_assert_true (pdg_funnel_model_undo (fixture->model));
  g_assert_false (pdg_funnel_model_undo (fixture->model));
  undone = dup_steps (fixture);
  g_assert_cmpstr (undone, ==, before);
  g_assert_cmpuint (pdg_funnel_model_get_window (fixture->model), ==, 2);
  for (guint i = 0; i < 7; i++)
    g_assert_true (pdg_funnel_model_redo (fixture->model));
  g_assert_false (pdg_funnel_model_redo (fixture->model));
  redone = dup_steps (fixture);
  g_assert_cmpstr (redone, ==, after);
  wait_ready (fixture);
}

/* An answer to what is not asked any more is not shown. */
static void
test_late_answer (Fixture *fixture, gconstpointer data)
{
  pdg_funnel_model_set_active (fixture->model, TRUE);
  wait_ready (fixture);
  pdg_fake_client_set_held (fixture->client, "Funnel", TRUE);
  pdg_funnel_model_add_step (fixture->model);
  WAIT_FOR (pdg_fake_client_get_n_waiting (fixture->client, "Funnel") == 1);
  pdg_funnel_model_remove_step (fixture->model, 0);
  pdg_funnel_model_remove_step (fixture->model, 0);
  WAIT_FOR (pdg_fake_client_get_n_waiting (fixture->client, "Funnel") == 2);
  g_assert_true (pdg_fake_client_release (fixture->client, "Funnel"));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (pdg_funnel_model_get_state (fixture->model), ==, PDG_FUNNEL_LOADING);
  g_assert_true (pdg_fake_client_release (fixture->client, "Funnel"));
  wait_ready (fixture);
  g_assert_cmpuint (pdg_json_get_length (pdg_json_get_array (pdg_funnel_model_get_funnel (fixture->model), "steps")), ==, 3);
}

static void
test_failure (Fixture *fixture, gconstpointer data)
{
  pdg_fake_client_set_answer (fixture->client, "Funnel", NULL);
  pdg_funnel_model_set_active (fixture->model, TRUE);
  WAIT_FOR (pdg_funnel_model_get_state (fixture->model) == PDG_FUNNEL_FAILED);
  g_assert_cmpstr (pdg_funnel_model_get_error_message (fixture->model), ==, "The server cannot be reached.");
  g_assert_null (pdg_funnel_model_make_csv (fixture->model));
  pdg_fake_client_set_answer (fixture->client, "Funnel", "{\"data\":{\"project\":{\"funnel\":null}},\"errors\":[{\"message\":\"too many events\"}]}");
  pdg_funnel_model_retry (fixture->model);
  WAIT_FOR (pdg_funnel_model_get_state (fixture->model) == PDG_FUNNEL_FAILED);
  g_assert_cmpstr (pdg_funnel_model_get_error_message (fixture->model), ==, "too many events");
  pdg_fake_shop_attach (fixture->shop, fixture->client);
  pdg_funnel_model_retry (fixture->model);
  wait_ready (fixture);
  while (count_steps (fixture) > 1)
    pdg_funnel_model_remove_step (fixture->model, 0);
  g_assert_cmpint (pdg_funnel_model_get_state (fixture->model), ==, PDG_FUNNEL_EMPTY);
}

static void
test_people (Fixture *fixture, gconstpointer data)
{
  GListModel *people = pdg_funnel_model_list_people (fixture->model);
  g_autoptr (PdgSessionRow) row = NULL;
  gboolean stopped;

  pdg_funnel_model_set_active (fixture->model, TRUE);
  wait_ready (fixture);
  pdg_funnel_model_show_people (fixture->model, 2, TRUE);
  g_assert_true (pdg_funnel_model_is_loading_people (fixture->model));
  WAIT_FOR (!pdg_funnel_model_is_loading_people (fixture->model));
  g_assert_cmpuint (pdg_funnel_model_get_people (fixture->model, &stopped), ==, 2);
  g_assert_true (stopped);
  g_assert_cmpuint (g_list_model_get_n_items (people), ==, 2);
  row = g_list_model_get_item (people, 0);
  g_assert_cmpstr (pdg_session_row_get_id (row), ==, "a1"); /* of the second step */
  g_assert_nonnull (strstr (pdg_fake_client_get_variables (fixture->client, "FunnelPeople"), "\"stopped\":true"));
  pdg_funnel_model_set_window (fixture->model, 0); /* another question */
  g_assert_cmpuint (pdg_funnel_model_get_people (fixture->model, NULL), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (people), ==, 0);
}

/* Of screens that were chosen elsewhere, in their order; one is no funnel. */
static void
test_screens (Fixture *fixture, gconstpointer data)
{
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (pdg_workspace_get_graph (fixture->workspace), &n);
  const char *const ids[] = { screens[3].id, "no such screen", screens[0].id, screens[3].id };
  g_autofree char *wanted = g_strdup_printf ("%s, %s", screens[3].name, screens[0].name), *before = dup_steps (fixture), *after = NULL, *undone = NULL;

  g_assert_false (pdg_funnel_model_set_screens (fixture->model, ids, 2));
  g_assert_false (pdg_funnel_model_undo (fixture->model));
  g_assert_true (pdg_funnel_model_set_screens (fixture->model, ids, 4));
  after = dup_steps (fixture);
  g_assert_cmpstr (after, ==, wanted);
  g_assert_true (pdg_funnel_model_undo (fixture->model));
  undone = dup_steps (fixture);
  g_assert_cmpstr (undone, ==, before);
}

static void
test_csv (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PdgFunnelStep) odd = pdg_funnel_step_new_screen ("/odd", "=A \\\"quoted\\\" one, with a comma");
  g_autofree char *csv = NULL;
  g_auto (GStrv) lines = NULL;

  pdg_funnel_model_set_active (fixture->model, TRUE);
  pdg_funnel_model_set_step (fixture->model, 0, odd);
  wait_ready (fixture);
  csv = pdg_funnel_model_make_csv (fixture->model);
  lines = g_strsplit (csv, "\r\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 6); /* with the heading and what is behind the last line */
  g_assert_cmpstr (lines[0], ==, "step,name,count,share,low,high,share_of_previous,stopped,median_ms_from_previous");
  g_assert_cmpstr (lines[1], ==, "1,\"'=A \"\"quoted\"\" one, with a comma\",4287,1,0.986,1,,1937,");
  g_assert_true (g_str_has_suffix (lines[2], ",1152,24000"));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/funnel/begins", test_begins);
  ADD ("/app/funnel/changes", test_changes);
  ADD ("/app/funnel/late-answer", test_late_answer);
  ADD ("/app/funnel/failure", test_failure);
  ADD ("/app/funnel/people", test_people);
  ADD ("/app/funnel/screens", test_screens);
  ADD ("/app/funnel/csv", test_csv);
  return g_test_run ();
}
