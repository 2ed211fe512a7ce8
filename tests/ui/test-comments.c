#include "config.h"
#include "pdg-ui.h"

/* The life of threads on the canvas of the demo shop: by the pointer, by the keyboard alone, and what a second member says and sees. */

#define PAYMENT "Payment, * visits, * exit*"
#define PROJECT "proj_shop"
#define GROUND_X 300
#define GROUND_Y 560

static PdgUi *ui;
static char *token; /* of the second member */

static void
reset (void)
{
  pdg_ui_key (ui, "Escape");
  pdg_ui_key (ui, "Escape");
  pdg_ui_key (ui, "shift+1");
  pdg_ui_expect (ui, "label", "All journeys");
}

static void
type (const char *text)
{
  pdg_ui_xdotool (ui, "type", "--delay", "8", text, NULL);
}

static JsonNode *
ask (const char *who, const char *document)
{
  return pdg_system_graphql (pdg_ui_get_port (ui), who, document);
}

static JsonObject *
get_object (JsonNode *data, const char *first, const char *second)
{
  JsonObject *object = json_object_get_object_member (json_node_get_object (data), first);

  return second != NULL ? json_object_get_object_member (object, second) : object;
}

static void
make_member (void)
{
  g_autoptr (JsonNode) member = ask (NULL, "mutation{addMember(input:{email:\"ada@example.org\",name:\"Ada\",role:EDITOR}){member{id}}}");
  g_autofree char *document = g_strdup_printf ("mutation{createAccessToken(input:{role:EDITOR,memberId:\"%s\"}){secret}}",
                                               json_object_get_string_member (get_object (member, "addMember", "member"), "id"));
  g_autoptr (JsonNode) made = ask (NULL, document);

  token = g_strdup (json_object_get_string_member (get_object (made, "createAccessToken", NULL), "secret"));
  g_assert_nonnull (token);
}

/* The newest thread, as Ada sees it. */
static JsonObject *
read_newest (JsonNode **data)
{
  *data = ask (token, "{project(id:\"" PROJECT "\"){commentThreads(first:1){nodes{id x y unreadCount commentCount resolvedAt screen{name}}}}}");
  return json_array_get_object_element (json_object_get_array_member (get_object (*data, "project", "commentThreads"), "nodes"), 0);
}

/* In the popover, which is a window of its own. */
static void
expect_in_popover (const char *name)
{
  g_autoptr (PdgUiNode) node = pdg_ui_find_any (ui, NULL, name);
}

typedef struct
{
  int n_comments; /* 0 = there is no thread */
  gboolean resolved;
} State;

static gboolean
has_state (PdgUi *unused, gpointer user_data)
{
  const State *state = user_data;
  g_autoptr (JsonNode) data = ask (token, "{project(id:\"" PROJECT "\"){commentThreads(first:1){nodes{resolvedAt commentCount}}}}");
  JsonArray *nodes = json_object_get_array_member (get_object (data, "project", "commentThreads"), "nodes");
  JsonObject *thread = json_array_get_length (nodes) > 0 ? json_array_get_object_element (nodes, 0) : NULL;

  if (thread == NULL)
    return state->n_comments == 0;
  return json_object_get_int_member (thread, "commentCount") == state->n_comments
         && json_object_get_null_member (thread, "resolvedAt") != state->resolved;
}

static void
expect_state (int n_comments, gboolean resolved)
{
  State state = { n_comments, resolved };

  pdg_ui_wait (ui, "the thread's state", has_state, &state);
}

/* C, a click on the ground, words, Ctrl+Enter; open, reply, resolve, reopen, delete, each by the pointer. */
static void
test_pointer (void)
{
  g_autoptr (JsonNode) data = NULL;
  JsonObject *thread;
  PdgUiRect pin;

  reset ();
  pdg_ui_key (ui, "c");
  pdg_ui_click_at (ui, GROUND_X, GROUND_Y);
  expect_in_popover ("Comment on this place");
  type ("Room for a banner");
  pdg_ui_key (ui, "ctrl+Return");
  pdg_ui_expect (ui, "button", "Comment by *: Room for a banner 1 comment");
  pdg_ui_key (ui, "Escape"); /* puts the tool away */
  thread = read_newest (&data);
  g_assert_true (json_object_get_null_member (thread, "screen"));
  g_assert_false (json_object_get_null_member (thread, "x"));
  g_assert_cmpint (json_object_get_int_member (thread, "unreadCount"), ==, 1); /* Ada has not seen it */

  pin = pdg_ui_get_rect (ui, "button", "Comment by *: Room for a banner 1 comment");
  g_assert_cmpint (ABS (pin.x + 6 - GROUND_X), <=, 2);
  pdg_ui_click_at (ui, pin.x + pin.width / 2, pin.y + pin.height / 2);
  expect_in_popover ("Reply");
  type ("A large one");
  pdg_ui_key (ui, "ctrl+Return");
  expect_state (2, FALSE);
  expect_in_popover ("A large one");
  pdg_ui_press (ui, "Resolve");
  expect_state (2, TRUE);
  expect_in_popover ("✓ Resolved by *");
  pdg_ui_press (ui, "Reopen");
  expect_state (2, FALSE);
  expect_in_popover ("Resolve");
  pdg_ui_press (ui, "Delete");
  expect_state (1, FALSE);
  expect_in_popover ("Comment by *: A large one 1 comment"); /* the app knows it, too */
  pdg_ui_press (ui, "Delete");
  expect_state (0, FALSE);
  pdg_ui_expect_gone (ui, "button", "Comment by *");
}

/* The same without the pointer, on a screen that is found; what Ada answers is unread until it is opened. */
static void
test_keyboard (void)
{
  g_autoptr (JsonNode) data = NULL, answered = NULL;
  g_autofree char *document = NULL;
  JsonObject *thread;

  reset ();
  pdg_ui_key (ui, "ctrl+f");
  type ("paym");
  pdg_ui_expect_gone (ui, "label", "Cart, * visits, * exit*");
  pdg_ui_key (ui, "Return");
  pdg_ui_expect (ui, "label", "/checkout/payment");
  pdg_ui_key (ui, "Escape");
  pdg_ui_activate (ui, "win.place", "canvas");
  pdg_ui_key (ui, "c");
  pdg_ui_key (ui, "Return");
  expect_in_popover ("Comment on this screen");
  type ("Too long");
  pdg_ui_key (ui, "ctrl+Return");
  pdg_ui_expect (ui, "button", "Comment by *: Too long 1 comment");
  pdg_ui_key (ui, "Escape");
  thread = read_newest (&data);
  g_assert_cmpstr (json_object_get_string_member (json_object_get_object_member (thread, "screen"), "name"), ==, "Payment");
  document = g_strdup_printf ("mutation{addComment(input:{projectId:\"" PROJECT "\",threadId:\"%s\",body:\"Why\"}){errors{message}}}",
                              json_object_get_string_member (thread, "id"));
  answered = ask (token, document);
  pdg_ui_expect (ui, "button", "Comment by *: Too long 2 comments, 1 unread");
  pdg_ui_key (ui, "n");
  expect_in_popover ("Why");
  expect_in_popover ("Ada");
  pdg_ui_key (ui, "Escape");
  pdg_ui_expect (ui, "button", "Comment by *: Too long 2 comments");
}

int
main (int argc, char *argv[])
{
  int code;

  pdg_ui_init (&argc, &argv);
  ui = pdg_ui_start_demo (300);
  make_member ();
  g_test_add_func ("/ui/comments/pointer", test_pointer);
  g_test_add_func ("/ui/comments/keyboard", test_keyboard);
  code = g_test_run ();
  pdg_ui_stop (ui);
  g_free (token);
  return code;
}
