#include "config.h"

#include "app/pdg-comments.h"
#include "app/pdg-component-node.h"
#include "app/pdg-json.h"
#include "app/pdg-screen-details.h"
#include "app/pdg-session-model.h"
#include "pdg-fake-client.h"
#include "pdg-fake-shop.h"
#include "pdg-wait.h"

/* What is known of a screen beside its figures, over a fake client. */

typedef struct
{
  PdgFakeClient *client;
  PdgFakeShop *shop;
  PdgWorkspace *workspace;
  PdgScreenDetails *details;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->client = pdg_fake_client_new ();
  fixture->shop = pdg_fake_shop_new ();
  pdg_fake_shop_attach (fixture->shop, fixture->client);
  pdg_fake_shop_play (fixture->shop, 300);
  pdg_client_set_state (PDG_CLIENT (fixture->client), PDG_CLIENT_CONNECTED, NULL);
  fixture->workspace = pdg_workspace_new (PDG_CLIENT (fixture->client));
  WAIT_FOR (pdg_workspace_get_phase (fixture->workspace) == PDG_PHASE_READY);
  fixture->details = pdg_screen_details_new (fixture->workspace);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  PdgScreenDetails *alive = fixture->details;

  while (pdg_fake_client_release (fixture->client, "Screen"))
    ;
  g_object_add_weak_pointer (G_OBJECT (alive), (gpointer *) &alive);
  g_object_unref (fixture->details);
  WAIT_FOR (alive == NULL);
  pdg_workspace_close (fixture->workspace);
  g_object_unref (fixture->workspace);
  g_object_unref (fixture->client);
  pdg_fake_shop_free (fixture->shop);
}

static PdgDetailsState
state_of (Fixture *fixture)
{
  return pdg_screen_details_get_state (fixture->details);
}

/* As the side panel does: it asks for what is selected. */
static void
select_screen (Fixture *fixture, const char *id)
{
  pdg_screen_details_set_screen_id (fixture->details, id);
  if (id != NULL)
    pdg_selection_select_screen (pdg_workspace_get_selection (fixture->workspace), id);
  else
    pdg_selection_clear (pdg_workspace_get_selection (fixture->workspace));
}

static void
test_states (Fixture *fixture, gconstpointer data)
{
  JsonObject *screen;

  g_assert_cmpint (state_of (fixture), ==, PDG_DETAILS_NONE);
  select_screen (fixture, "s1");
  g_assert_cmpint (state_of (fixture), ==, PDG_DETAILS_LOADING);
  WAIT_FOR (state_of (fixture) == PDG_DETAILS_READY);
  screen = pdg_screen_details_get_screen (fixture->details);
  g_assert_cmpuint (pdg_json_get_length (pdg_json_get_array (screen, "apiCalls")), ==, 3);
  g_assert_nonnull (pdg_screen_details_get_components (fixture->details));
  /* only the step that is on this screen */
  g_assert_cmpuint (pdg_json_get_length (pdg_screen_details_get_steps (fixture->details)), ==, 1);
  g_assert_cmpstr (pdg_json_get_string (pdg_json_get_element (pdg_screen_details_get_steps (fixture->details), 0), "name"), ==, "Cart");

  select_screen (fixture, NULL);
  g_assert_cmpint (state_of (fixture), ==, PDG_DETAILS_NONE);
  g_assert_null (pdg_screen_details_get_screen (fixture->details));
}

static void
test_failure (Fixture *fixture, gconstpointer data)
{
  pdg_fake_client_set_answer (fixture->client, "Screen", NULL);
  select_screen (fixture, "s1");
  WAIT_FOR (state_of (fixture) == PDG_DETAILS_ERROR);
  g_assert_nonnull (pdg_screen_details_get_error_message (fixture->details));
  pdg_fake_client_set_answer (fixture->client, "Screen", "{\"data\":{\"project\":{\"screen\":null}}}");
  pdg_screen_details_retry (fixture->details);
  g_assert_cmpint (state_of (fixture), ==, PDG_DETAILS_LOADING);
  WAIT_FOR (state_of (fixture) == PDG_DETAILS_ERROR);
  pdg_fake_client_set_answer (fixture->client, "Screen", "{\"data\":{\"project\":{\"screen\":{\"snapshot\":null}}}}");
  pdg_screen_details_retry (fixture->details);
  WAIT_FOR (state_of (fixture) == PDG_DETAILS_READY);
  g_assert_null (pdg_screen_details_get_components (fixture->details));
}

static void
count_cb (guint *n)
{
  (*n)++;
}

/* An answer that comes when another screen is selected is not shown. */
static void
test_late_answer (Fixture *fixture, gconstpointer data)
{
  JsonArray *snapshots;
  guint n_changes = 0;

  pdg_fake_client_set_held (fixture->client, "Screen", TRUE);
  select_screen (fixture, "s1");
  select_screen (fixture, "s2");
  g_assert_cmpuint (pdg_fake_client_get_n_waiting (fixture->client, "Screen"), ==, 2);
  g_assert_true (pdg_fake_client_release (fixture->client, "Screen"));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (state_of (fixture), ==, PDG_DETAILS_LOADING);
  g_assert_true (pdg_fake_client_release (fixture->client, "Screen"));
  WAIT_FOR (state_of (fixture) == PDG_DETAILS_READY);
  snapshots = pdg_json_get_array (pdg_json_get_object (pdg_screen_details_get_screen (fixture->details), "snapshots"), "nodes");
  g_assert_cmpstr (pdg_json_get_string (pdg_json_get_element (snapshots, 0), "blobId"), ==, "s2");

  /* The same again changes nothing. */
  g_signal_connect_swapped (fixture->details, "changed", G_CALLBACK (count_cb), &n_changes);
  pdg_fake_client_emit (fixture->client, "Changed", "{\"data\":{\"projectChanged\":{\"sequence\":1}}}");
  WAIT_FOR (pdg_fake_client_get_n_waiting (fixture->client, "Screen") == 1);
  g_assert_true (pdg_fake_client_release (fixture->client, "Screen"));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (n_changes, ==, 0);
}

static void
append_tree (GString *out, PdgComponentNode *node)
{
  GListModel *children = pdg_component_node_list_children (node);
  double x, y, width, height;

  if (pdg_component_node_get_name (node) != NULL)
    {
      g_string_append (out, pdg_component_node_get_name (node));
      if (pdg_component_node_get_detail (node) != NULL)
        g_string_append_printf (out, "[%s]", pdg_component_node_get_detail (node));
      if (pdg_component_node_get_bounds (node, &x, &y, &width, &height))
        g_string_append_printf (out, "@%g,%g,%g,%g", x, y, width, height);
    }
  for (guint i = 0; children != NULL && i < g_list_model_get_n_items (children); i++)
    {
      g_autoptr (PdgComponentNode) child = g_list_model_get_item (children, i);

      g_string_append_c (out, i == 0 ? '(' : ' ');
      append_tree (out, child);
      if (i + 1 == g_list_model_get_n_items (children))
        g_string_append_c (out, ')');
    }
}

/* Whatever form a program sends its tree in. */
static void
test_components (void)
{
  static const struct { const char *json, *tree; } rows[] = {
    { "{\"name\":\"A\",\"children\":[{\"name\":\"B\"},{\"component\":\"C\",\"props\":{\"n\":1,\"on\":true,\"price\":49.9}}]}", "(A(B C[n: 1 · on: true · price: 49.9]))" },
    { "{\"Page\":{\"Card\":{\"mail\":\"x\"}}}", "(Page(Card(mail[x])))" },
    { "[{\"type\":\"A\",\"bounds\":{\"x\":1,\"y\":2,\"width\":3,\"height\":4}},{\"type\":\"B\",\"bounds\":[5,6,7,8]}]", "(A@1,2,3,4 B@5,6,7,8)" },
    { "{\"name\":\"A\",\"bounds\":[1,2,\"x\"],\"children\":7}", "(A[children: 7])" },
    { "{}", NULL },
    { "[]", NULL },
    { "null", NULL },
    { "\"text\"", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JsonNode) json = json_from_string (rows[i].json, NULL);
      g_autoptr (PdgComponentNode) root = pdg_component_node_read (json);
      g_autoptr (GString) tree = g_string_new (NULL);

      if (root != NULL)
        append_tree (tree, root);
      g_assert_cmpstr (root != NULL ? tree->str : NULL, ==, rows[i].tree);
    }
}

/* A tree without an end, and one too deep, are cut. */
static void
test_large_tree (void)
{
  g_autoptr (GString) text = g_string_new ("[");
  g_autoptr (GListStore) found = g_list_store_new (PDG_TYPE_COMPONENT_NODE);
  g_autoptr (PdgComponentNode) root = NULL;
  g_autoptr (JsonNode) json = NULL;

  for (guint i = 0; i < 9000; i++)
    g_string_append_printf (text, "%s{\"name\":\"Item %u\"}", i > 0 ? "," : "", i);
  g_string_append_c (text, ']');
  json = json_from_string (text->str, NULL);
  root = pdg_component_node_read (json);
  g_assert_cmpuint (g_list_model_get_n_items (pdg_component_node_list_children (root)), ==, 5000);
  pdg_component_node_search (root, "ITEM 12", 20, found);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (found)), ==, 20);
}

/* The sessions of a transition are those of the graph. */
static void
test_edge_sessions (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PdgSessionModel) sessions = pdg_session_model_new (fixture->workspace);
  g_autoptr (PdgSessionRow) row = NULL;
  GListModel *list = pdg_session_model_list_sessions (sessions);

  pdg_fake_client_set_answer (fixture->client, "EdgeSessions",
                              "{\"data\":{\"project\":{\"journeyGraph\":{\"sessions\":{\"nodes\":[{\"id\":\"e1\",\"actor\":{\"id\":\"user_7\"},"
                              "\"startedAt\":\"2026-11-22T10:00:00Z\",\"endedAt\":\"2026-11-22T10:01:00Z\"}]}}}}}");
  pdg_selection_select_edge (pdg_workspace_get_selection (fixture->workspace), "s0", "s1");
  WAIT_FOR (pdg_session_model_get_state (sessions) == PDG_SESSION_STATE_READY);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 1);
  row = g_list_model_get_item (list, 0);
  g_assert_cmpstr (pdg_session_row_get_id (row), ==, "e1");
  select_screen (fixture, "s1");
  WAIT_FOR (pdg_session_model_get_state (sessions) == PDG_SESSION_STATE_READY);
  g_assert_cmpuint (g_list_model_get_n_items (list), >, 1);
}

static void
message_cb (const char *message, gpointer user_data)
{
  char **out = user_data;

  g_free (*out);
  *out = g_strdup (message != NULL ? message : "done");
}

/* What a change sends, what becomes of a refusal, and that the threads are read anew after it. */
static void
test_comments (Fixture *fixture, gconstpointer data)
{
  PdgComments *comments = pdg_comments_get (fixture->workspace);
  JsonObject *thread;
  g_autofree char *message = NULL;
  guint n_asked;

  WAIT_FOR (pdg_json_get_length (pdg_comments_get_threads (comments)) == 5);
  g_assert_true (comments == pdg_comments_get (fixture->workspace));
  thread = pdg_json_get_element (pdg_comments_get_threads (comments), 0);
  g_assert_true (pdg_comments_is_pinned_to (thread, "s4", NULL));
  g_assert_false (pdg_comments_is_pinned_to (thread, "s4", "s1"));
  g_assert_true (pdg_comments_matches (thread, PDG_COMMENTS_SHOW_OPEN) && pdg_comments_matches (thread, PDG_COMMENTS_SHOW_UNREAD));
  g_assert_false (pdg_comments_matches (thread, PDG_COMMENTS_SHOW_RESOLVED));
  thread = pdg_json_get_element (pdg_comments_get_threads (comments), 1);
  g_assert_true (pdg_comments_matches (thread, PDG_COMMENTS_SHOW_RESOLVED));

  n_asked = pdg_fake_client_get_n_asked (fixture->client, "Comments");
  pdg_fake_client_set_answer (fixture->client, "AddCommentThread", "{\"data\":{\"change\":{\"thread\":{\"id\":\"9\"},\"errors\":[]}}}");
  pdg_comments_add_thread (comments, &(PdgThreadPlace) { .screen_id = "s1", .to_id = "s2" }, "Hello", message_cb, &message);
  WAIT_FOR (message != NULL);
  g_assert_cmpstr (message, ==, "done");
  g_assert_cmpstr (pdg_fake_client_get_variables (fixture->client, "AddCommentThread"), ==,
                   "{\"input\":{\"screenId\":\"s1\",\"body\":\"Hello\",\"toScreenId\":\"s2\",\"projectId\":\"proj_shop\"}}");
  WAIT_FOR (pdg_fake_client_get_n_asked (fixture->client, "Comments") > n_asked);

  g_clear_pointer (&message, g_free);
  pdg_fake_client_set_answer (fixture->client, "AddComment", "{\"data\":{\"change\":{\"comment\":null,\"errors\":[{\"message\":\"too long\"}]}}}");
  pdg_comments_reply (comments, "1", "x", message_cb, &message);
  WAIT_FOR (message != NULL);
  g_assert_cmpstr (message, ==, "too long");

  g_clear_pointer (&message, g_free);
  pdg_fake_client_set_answer (fixture->client, "DeleteComment", NULL);
  pdg_comments_delete (comments, "1", message_cb, &message);
  WAIT_FOR (message != NULL);
  g_assert_cmpstr (message, ==, "The server cannot be reached.");
}

/* Two pages, the second behind the cursor of the first; from the third on the server is away. */
static char *
answer_page (JsonNode *variables, gpointer user_data)
{
  JsonObject *object = json_node_get_object (variables);
  gboolean second = json_object_has_member (object, "after") && !json_object_get_null_member (object, "after");
  g_autoptr (GString) out = g_string_new ("{\"data\":{\"project\":{\"commentThreads\":{\"nodes\":[");

  if (*(gboolean *) user_data)
    return NULL;
  if (second)
    g_assert_cmpstr (json_object_get_string_member (object, "after"), ==, "c40");
  for (guint i = 0; i < (second ? 5 : 40); i++)
    g_string_append_printf (out, "%s{\"id\":\"%u\",\"newestComments\":[]}", i > 0 ? "," : "", second ? 40 + i : i);
  g_string_append_printf (out, "],\"pageInfo\":{\"hasNextPage\":%s,\"endCursor\":\"c40\"}}}}}", second ? "false" : "true");
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* All threads are there, whatever a page holds; what cannot be read takes none of them away. */
static void
test_comment_pages (Fixture *fixture, gconstpointer data)
{
  gboolean is_away = FALSE;
  PdgComments *comments;
  guint n_asked;

  pdg_fake_client_set_answer_func (fixture->client, "Comments", answer_page, &is_away);
  comments = pdg_comments_get (fixture->workspace);
  WAIT_FOR (pdg_json_get_length (pdg_comments_get_threads (comments)) == 45);
  g_assert_nonnull (pdg_comments_find (comments, "44"));
  is_away = TRUE;
  n_asked = pdg_fake_client_get_n_asked (fixture->client, "Comments");
  pdg_fake_client_emit (fixture->client, "Changed", "{\"data\":{\"projectChanged\":{\"sequence\":1}}}");
  WAIT_FOR (pdg_fake_client_get_n_asked (fixture->client, "Comments") > n_asked);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (pdg_json_get_length (pdg_comments_get_threads (comments)), ==, 45);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/details/states", test_states);
  ADD ("/app/details/failure", test_failure);
  ADD ("/app/details/late-answer", test_late_answer);
  ADD ("/app/details/edge-sessions", test_edge_sessions);
  ADD ("/app/details/comments", test_comments);
  ADD ("/app/details/comment-pages", test_comment_pages);
  g_test_add_func ("/app/details/components", test_components);
  g_test_add_func ("/app/details/large-tree", test_large_tree);
  return g_test_run ();
}
