#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/pdg-arrangement.h"
#include "app/pdg-json.h"
#include "pdg-fake-client.h"
#include "pdg-wait.h"

/* The places of a project with two who move its screens: a server that merges as the real one, and an arrangement for each. */

#define PROJECTS "{\"data\":{\"projects\":{\"nodes\":[{\"id\":\"a\",\"name\":\"A\",\"newestEventAt\":\"2026-11-22T10:00:00Z\"}]}}}"
#define GRAPH                                                                                                          \
  "{\"data\":{\"project\":{\"id\":\"a\",\"newestEventAt\":\"2026-11-22T10:00:00Z\",\"journeyGraph\":{\"asOf\":"        \
  "\"2026-11-22T10:00:00Z\",\"sessionCount\":1,\"eventCount\":1,\"screens\":[{\"id\":\"1\",\"path\":\"/\",\"visits\":1}],\"transitions\":[]}}}}"

typedef struct
{
  PdgPlace place;
  int revision;
} Node;

typedef struct
{
  GHashTable *nodes; /* the server's: id -> Node */
  PdgFakeClient *client;
  PdgWorkspace *workspace;
  PdgArrangement *one, *two;
  char *dir;
  char *dir_two;
} Fixture;

static char *
format_canvas (Fixture *fixture)
{
  g_autoptr (GString) nodes = g_string_new (NULL);
  GHashTableIter iter;
  gpointer id, value;
  int revision = 0;

  g_hash_table_iter_init (&iter, fixture->nodes);
  while (g_hash_table_iter_next (&iter, &id, &value))
    {
      const Node *node = value;

      revision += node->revision;
      g_string_append_printf (nodes, "%s{\"screenId\":\"%s\",\"x\":%g,\"y\":%g,\"isPinned\":%s,\"isLocked\":%s,\"revision\":%d}",
                              nodes->len > 0 ? "," : "", (char *) id, node->place.x, node->place.y, node->place.pinned ? "true" : "false",
                              node->place.locked ? "true" : "false", node->revision);
    }
  return g_strdup_printf ("{\"revision\":%d,\"mayEdit\":true,\"nodes\":[%s]}", revision, nodes->str);
}

static char *
answer_canvas (JsonNode *variables, gpointer user_data)
{
  g_autofree char *canvas = format_canvas (user_data);

  return g_strdup_printf ("{\"data\":{\"project\":{\"canvas\":%s}}}", canvas);
}

static void
store (Fixture *fixture, const char *id, const PdgPlace *place)
{
  Node *node = g_hash_table_lookup (fixture->nodes, id);

  if (node == NULL)
    {
      node = g_new0 (Node, 1);
      g_hash_table_insert (fixture->nodes, g_strdup (id), node);
    }
  node->place = *place;
  node->revision++;
}

static char *
answer_arrange (JsonNode *variables, gpointer user_data)
{
  Fixture *fixture = user_data;
  JsonArray *changes = pdg_json_get_array (pdg_json_get_object (json_node_get_object (variables), "input"), "changes");
  g_autofree char *canvas = NULL;

  for (guint i = 0; i < pdg_json_get_length (changes); i++)
    {
      JsonObject *change = pdg_json_get_element (changes, i);
      const char *id = pdg_json_get_string (change, "screenId");
      const Node *node = g_hash_table_lookup (fixture->nodes, id);
      PdgPlace place = { pdg_json_get_double (change, "x", 0), pdg_json_get_double (change, "y", 0), pdg_json_get_bool (change, "isPinned"),
                         pdg_json_get_bool (change, "isLocked") };

      if (node == NULL || !pdg_json_get_bool (change, "keepsNewer") || node->revision == pdg_json_get_int (change, "baseRevision", -1))
        store (fixture, id, &place);
    }
  canvas = format_canvas (fixture);
  return g_strdup_printf ("{\"data\":{\"arrangeCanvas\":{\"canvas\":%s,\"errors\":[]}}}", canvas);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->nodes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  fixture->dir = g_dir_make_tmp ("pdg-history-XXXXXX", NULL);
  fixture->dir_two = g_dir_make_tmp ("pdg-history-XXXXXX", NULL);
  fixture->client = pdg_fake_client_new ();
  pdg_fake_client_set_answer (fixture->client, "Projects", PROJECTS);
  pdg_fake_client_set_answer (fixture->client, "Graph", GRAPH);
  pdg_fake_client_set_answer_func (fixture->client, "Canvas", answer_canvas, fixture);
  pdg_fake_client_set_answer_func (fixture->client, "Arrange", answer_arrange, fixture);
  fixture->workspace = pdg_workspace_new (PDG_CLIENT (fixture->client));
  fixture->one = pdg_arrangement_new (fixture->workspace, fixture->dir);
  fixture->two = pdg_arrangement_new (fixture->workspace, fixture->dir_two);
  pdg_client_set_state (PDG_CLIENT (fixture->client), PDG_CLIENT_CONNECTED, NULL);
  WAIT_FOR (pdg_arrangement_is_ready (fixture->one) && pdg_arrangement_is_ready (fixture->two));
  g_assert_true (pdg_arrangement_is_writable (fixture->one));
}

static void
remove_dir (char *dir)
{
  g_autoptr (GDir) open = g_dir_open (dir, 0, NULL);
  const char *name;

  while (open != NULL && (name = g_dir_read_name (open)) != NULL)
    {
      g_autofree char *path = g_build_filename (dir, name, NULL);

      g_unlink (path);
    }
  g_rmdir (dir);
  g_free (dir);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  pdg_workspace_close (fixture->workspace);
  g_clear_object (&fixture->one);
  g_clear_object (&fixture->two);
  g_object_unref (fixture->workspace);
  g_object_unref (fixture->client);
  g_hash_table_unref (fixture->nodes);
  remove_dir (fixture->dir);
  remove_dir (fixture->dir_two);
}

static double
get_x (PdgArrangement *arrangement, const char *id)
{
  const PdgPlace *place = pdg_arrangement_lookup (arrangement, id);

  return place != NULL ? place->x : -1;
}

static double
get_stored (Fixture *fixture, const char *id)
{
  const Node *node = g_hash_table_lookup (fixture->nodes, id);

  return node != NULL ? node->place.x : -1;
}

static void
move (PdgArrangement *arrangement, const char *id, double x)
{
  const PdgPlace *place = pdg_arrangement_lookup (arrangement, id);
  PdgPlace before = place != NULL ? *place : (PdgPlace) { 0, 0, FALSE, FALSE };
  g_autoptr (PdgEdit) edit = pdg_edit_new ("Move 1 screen");

  pdg_edit_add (edit, id, &before, &(PdgPlace) { x, 0, TRUE, FALSE });
  pdg_arrangement_apply (arrangement, edit, FALSE);
  g_assert_cmpfloat (get_x (arrangement, id), ==, x); /* at once */
}

/* Everybody hears that something has changed. */
static void
tell (Fixture *fixture)
{
  pdg_fake_client_emit (fixture->client, "Changed", "{\"data\":{\"projectChanged\":{\"sequence\":1}}}");
}

static void
test_shared (Fixture *fixture, gconstpointer data)
{
  move (fixture->one, "1", 100);
  WAIT_FOR (get_stored (fixture, "1") == 100);
  tell (fixture);
  WAIT_FOR (get_x (fixture->two, "1") == 100);
  g_assert_null (pdg_arrangement_get_undo_name (fixture->two)); /* it was not his step */
}

/* Before either has heard of the other: on different screens both stand, on the same one the later. */
static void
test_at_once (Fixture *fixture, gconstpointer data)
{
  move (fixture->one, "1", 100);
  move (fixture->two, "2", 200);
  move (fixture->one, "3", 300);
  WAIT_FOR (get_stored (fixture, "1") == 100 && get_stored (fixture, "2") == 200 && get_stored (fixture, "3") == 300);
  move (fixture->two, "3", 333);
  WAIT_FOR (get_stored (fixture, "3") == 333);
  tell (fixture);
  WAIT_FOR (get_x (fixture->one, "3") == 333 && get_x (fixture->one, "2") == 200 && get_x (fixture->two, "1") == 100);

  /* The earlier one's undo passes over what the other has changed, to the step before. */
  pdg_arrangement_undo (fixture->one);
  WAIT_FOR (get_stored (fixture, "1") == 0);
  g_assert_cmpfloat (get_stored (fixture, "3"), ==, 333);
}

/* He has not heard yet that the other has moved it: the server keeps the other's. */
static void
test_late_undo (Fixture *fixture, gconstpointer data)
{
  move (fixture->one, "1", 100);
  WAIT_FOR (get_stored (fixture, "1") == 100);
  store (fixture, "1", &(PdgPlace) { 500, 0, TRUE, FALSE });
  pdg_arrangement_undo (fixture->one);
  g_assert_cmpfloat (get_x (fixture->one, "1"), ==, 0);
  WAIT_FOR (get_x (fixture->one, "1") == 500);
  g_assert_cmpfloat (get_stored (fixture, "1"), ==, 500);
}

static void
test_away (Fixture *fixture, gconstpointer data)
{
  pdg_fake_client_set_answer (fixture->client, "Arrange", NULL);
  move (fixture->one, "1", 100);
  WAIT_FOR (pdg_fake_client_get_n_asked (fixture->client, "Arrange") > 0);
  pdg_fake_client_set_answer_func (fixture->client, "Arrange", answer_arrange, fixture);
  tell (fixture);
  WAIT_FOR (get_stored (fixture, "1") == 100);
  g_assert_cmpfloat (get_x (fixture->one, "1"), ==, 100);
}

static void
test_restart (Fixture *fixture, gconstpointer data)
{
  move (fixture->one, "1", 100);
  move (fixture->one, "1", 200);
  pdg_arrangement_undo (fixture->one);
  WAIT_FOR (get_stored (fixture, "1") == 100 && G_OBJECT (fixture->one)->ref_count == 1); /* no answer is under way */
  g_clear_object (&fixture->one);
  fixture->one = pdg_arrangement_new (fixture->workspace, fixture->dir);
  WAIT_FOR (pdg_arrangement_is_ready (fixture->one));
  g_assert_cmpstr (pdg_arrangement_get_undo_name (fixture->one), ==, "Move 1 screen");
  g_assert_cmpstr (pdg_arrangement_get_redo_name (fixture->one), ==, "Move 1 screen");
  pdg_arrangement_redo (fixture->one);
  WAIT_FOR (get_stored (fixture, "1") == 200);
  pdg_arrangement_undo (fixture->one);
  pdg_arrangement_undo (fixture->one);
  WAIT_FOR (get_stored (fixture, "1") == 0);
  g_assert_null (pdg_arrangement_get_undo_name (fixture->one));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/arrangement/shared", Fixture, NULL, set_up, test_shared, tear_down);
  g_test_add ("/app/arrangement/at-once", Fixture, NULL, set_up, test_at_once, tear_down);
  g_test_add ("/app/arrangement/late-undo", Fixture, NULL, set_up, test_late_undo, tear_down);
  g_test_add ("/app/arrangement/away", Fixture, NULL, set_up, test_away, tear_down);
  g_test_add ("/app/arrangement/restart", Fixture, NULL, set_up, test_restart, tear_down);
  return g_test_run ();
}
