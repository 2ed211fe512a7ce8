#include "config.h"

#include "api/directory-fixture.h"

#include <string.h>

/* Comments of several people: who has read what, who may change what, and which threads a filter gives. */

static ApiFixture *fixture;

#define THREAD "thread{id screen{path} toScreen{path} x y resolvedAt resolvedBy commentCount unreadCount} errors{code message}"

/* Runs a mutation of this input; the text at @path of its payload, or of its first error's code. (transfer full) */
static char *
change (const char *token, const char *name, const char *input, const char *selection, const char *path)
{
  g_autofree char *document = g_strdup_printf ("mutation{%s(input:{projectId:\"proj_demo\",%s}){%s}}", name, input, selection);
  g_autoptr (JsonNode) response = directory_ask (token, document);
  g_autofree char *full = g_strdup_printf ("data.%s.%s", name, path);

  assert_no_errors (response);
  return json_dup_at (response, full);
}

/* The threads that @arguments ask for, by the text of the first comment; and what is unread of each. */
static char *
list (const char *token, const char *arguments)
{
  g_autofree char *document = g_strdup_printf ("{project(id:\"proj_demo\"){commentThreads(first:10%s){nodes{unreadCount comments(first:1){nodes{body}}}}}}",
                                               arguments);
  g_autoptr (JsonNode) response = directory_ask (token, document);
  JsonArray *nodes;
  GString *out = g_string_new (NULL);

  assert_no_errors (response);
  nodes = json_node_get_array (json_at (response, "data.project.commentThreads.nodes"));
  for (guint i = 0; i < json_array_get_length (nodes); i++)
    {
      JsonNode *node = json_array_get_element (nodes, i);
      g_autofree char *body = json_dup_at (node, "comments.nodes.0.body"), *unread = json_dup_at (node, "unreadCount");

      g_string_append_printf (out, "%s%s:%s", i > 0 ? " " : "", body, unread);
    }
  return g_string_free (out, FALSE);
}

static void
expect_list (const char *token, const char *arguments, const char *wanted)
{
  g_autofree char *got = list (token, arguments);

  g_assert_cmpstr (got, ==, wanted);
}

static void
test_threads (void)
{
  const char *ed = fixture->editor_a, *ad = fixture->admin_a, *vi = fixture->viewer_a;
  g_autofree char *first = change (ed, "addCommentThread", "x:1,y:2,body:\"one\"", THREAD, "thread.id");
  g_autofree char *second = change (ad, "addCommentThread", "x:3,y:4,body:\"two\"", THREAD, "thread.id");
  g_autofree char *reply_input = g_strdup_printf ("threadId:\"%s\",body:\"  a reply,\\n in two lines \"", first);
  g_autofree char *first_input = g_strdup_printf ("threadId:\"%s\"", first), *edit = NULL, *drop = NULL, *reply = NULL, *text = NULL;
  g_autofree char *code = NULL, *resolved = NULL, *open = NULL, *again = NULL, *second_drop = NULL, *second_comment = NULL, *gone = NULL;

  /* what one says oneself is not unread */
  expect_list (ed, "", "two:1 one:0");
  expect_list (ad, "", "two:0 one:1");
  expect_list (vi, "", "two:1 one:1");
  expect_list (ed, ",status:UNREAD", "two:1");

  /* a reply: its thread comes first, and whoever replies has read */
  reply = change (ad, "addComment", reply_input, "comment{id author body isOwn} errors{code}", "comment.id");
  expect_list (ad, "", "one:0 two:0");
  expect_list (ed, "", "one:1 two:1");
  expect_list (vi, ",status:UNREAD", "one:2 two:1");

  /* a viewer reads, and notes it, and does no more */
  g_free (change (vi, "markCommentThreadRead", first_input, THREAD, "thread.unreadCount"));
  expect_list (vi, ",status:UNREAD", "two:1");
  code = change (vi, "addComment", reply_input, "comment{id} errors{code}", "errors.0.code");
  g_assert_cmpstr (code, ==, "FORBIDDEN");

  /* only the author changes a comment */
  edit = g_strdup_printf ("id:\"%s\",body:\"changed\"", reply);
  g_free (code);
  code = change (ed, "editComment", edit, "comment{id} errors{code}", "errors.0.code");
  g_assert_cmpstr (code, ==, "FORBIDDEN");
  text = change (ad, "editComment", edit, "comment{body editedAt} errors{code}", "comment.body");
  g_assert_cmpstr (text, ==, "changed");

  /* resolved and opened again */
  resolved = change (ed, "resolveCommentThread", first_input, THREAD, "thread.resolvedBy");
  g_assert_cmpstr (resolved, !=, "");
  expect_list (vi, ",status:OPEN", "two:1");
  expect_list (vi, ",status:RESOLVED", "one:0");
  again = g_strdup_printf ("threadId:\"%s\",resolved:false", first);
  open = change (ed, "resolveCommentThread", again, THREAD, "thread.resolvedAt");
  g_assert_cmpstr (open, ==, "");
  expect_list (vi, ",status:RESOLVED", "");

  /* an admin removes what others said; with the last comment the thread goes */
  drop = g_strdup_printf ("id:\"%s\"", reply);
  g_free (code);
  code = change (ed, "deleteComment", drop, "deletedCommentId errors{code}", "errors.0.code");
  g_assert_cmpstr (code, ==, "FORBIDDEN");
  g_free (change (ad, "deleteComment", drop, "deletedCommentId errors{code}", "deletedCommentId"));
  expect_list (vi, "", "one:0 two:1");
  second_comment = g_strdup_printf ("%" G_GINT64_FORMAT, fixture_owner_int ("SELECT comment_no FROM comment WHERE thread_no = %d", atoi (second)));
  second_drop = g_strdup_printf ("id:\"%s\"", second_comment);
  gone = change (ad, "deleteComment", second_drop, "deletedCommentId errors{code}", "deletedCommentId");
  g_assert_cmpstr (gone, ==, second_comment);
  expect_list (vi, "", "one:0");
}

static void
test_places (void)
{
  gint64 screen_no = fixture_owner_int ("SELECT min(screen_no) FROM screen WHERE project_id = %d", fixture->a->project->project_no);
  g_autofree char *on_screen = g_strdup_printf ("screenId:\"%" G_GINT64_FORMAT "\",x:0.5,y:0.25,body:\"pinned\"", screen_no);
  g_autofree char *on_edge = g_strdup_printf ("screenId:\"%" G_GINT64_FORMAT "\",toScreenId:\"%" G_GINT64_FORMAT "\",body:\"edge\"", screen_no, screen_no);
  g_autofree char *of_screen = g_strdup_printf (",screenId:\"%" G_GINT64_FORMAT "\"", screen_no);
  g_autofree char *far = g_strdup_printf ("screenId:\"%" G_GINT64_FORMAT "\",x:1.5,y:0,body:\"x\"", screen_no);
  const struct { const char *input, *code; } refusals[] = {
    { "body:\"nowhere\"", "INVALID" },
    { "x:1,body:\"half a point\"", "INVALID" },
    { "x:1e9,y:0,body:\"far\"", "INVALID" },
    { far, "INVALID" },
    { "toScreenId:\"1\",x:1,y:1,body:\"from nowhere\"", "INVALID" },
    { "screenId:\"987654\",body:\"x\"", "NOT_FOUND" },
    { "screenId:\"x\",body:\"x\"", "NOT_FOUND" },
    { "x:1,y:1,body:\" \\n \"", "INVALID" },
    { "x:1,y:1,body:\"bell \\u0007\"", "INVALID" },
  };
  g_autofree char *path = change (fixture->editor_a, "addCommentThread", on_screen, THREAD, "thread.screen.path");
  g_autofree char *to = change (fixture->editor_a, "addCommentThread", on_edge, THREAD, "thread.toScreen.path");

  g_assert_cmpstr (path, !=, "");
  g_assert_cmpstr (to, ==, path);
  expect_list (fixture->editor_a, of_screen, "edge:0 pinned:0");
  expect_list (fixture->editor_a, ",screenId:\"987654\"", "");
  expect_list (fixture->editor_a, ",screenId:\"x\"", "");
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *code = change (fixture->editor_a, "addCommentThread", refusals[i].input, THREAD, "errors.0.code");

      g_test_message ("%s", refusals[i].input);
      g_assert_cmpstr (code, ==, refusals[i].code);
    }
}

static void
test_too_long (void)
{
  g_autofree char *text = g_strnfill (4001, 'a'), *input = g_strdup_printf ("x:1,y:1,body:\"%s\"", text), *code = NULL, *fits = NULL, *id = NULL;

  code = change (fixture->editor_a, "addCommentThread", input, THREAD, "errors.0.code");
  g_assert_cmpstr (code, ==, "INVALID");
  text[4000] = '\0';
  fits = g_strdup_printf ("x:1,y:1,body:\"%s\"", text);
  id = change (fixture->editor_a, "addCommentThread", fits, THREAD, "thread.id");
  g_assert_cmpstr (id, !=, "");
}

int
main (int argc, char *argv[])
{
  int code;

  g_test_init (&argc, &argv, NULL);
  fixture = directory_fixture_new ();
  g_test_add_func ("/api/comments/threads", test_threads);
  g_test_add_func ("/api/comments/places", test_places);
  g_test_add_func ("/api/comments/too-long", test_too_long);
  code = g_test_run ();
  directory_fixture_free ();
  return code;
}
