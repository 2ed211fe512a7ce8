#include "config.h"
#include "api/pdg-resolve.h"

#include "service/pdg-comments.h"

#include <string.h>

#define N_NEWEST 10

/* Threads (PdgCommentThread) and their comments (PdgComment). */

static char *
make_thread_cursor (gconstpointer node)
{
  const PdgCommentThread *thread = node;

  return pdg_resolve_make_time_cursor (thread->updated_usec, thread->thread_no);
}

static char *
make_comment_cursor (gconstpointer node)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, ((const PdgComment *) node)->comment_no);
}

static gint64
parse_number (const char *text)
{
  char *end = NULL;
  gint64 number = text != NULL ? g_ascii_strtoll (text, &end, 10) : 0;

  return text != NULL && end != text && *end == '\0' && number > 0 ? number : 0;
}

static void
project_threads (PdgGqlCall *call)
{
  static const char *const statuses[] = { NULL, "OPEN", "RESOLVED", "UNREAD" };
  PdgQueries *queries = pdg_resolve_get_queries (call);
  const char *status = pdg_gql_call_arg_string (call, "status");
  const char *screen_id = pdg_gql_call_arg_string (call, "screenId");
  g_autofree gint32 *projects = NULL;
  PdgStoreThreadFilter filter = { 0 };
  GError *error = NULL;

  filter.limit = queries != NULL ? pdg_resolve_get_limit (call) : 0;
  if (filter.limit == 0 || !pdg_resolve_get_time_cursor (call, &filter.before_usec, &filter.before_no))
    return;
  for (guint i = 1; status != NULL && i < G_N_ELEMENTS (statuses); i++)
    if (g_str_equal (status, statuses[i]))
      filter.status = (PdgCommentsStatus) i;
  /* what is no number is no screen */
  filter.screen_no = screen_id == NULL ? 0 : pdg_resolve_parse_number (screen_id) != 0 ? pdg_resolve_parse_number (screen_id) : -1;
  projects = pdg_resolve_dup_project_nos (call);
  pdg_resolve_set_pages (call, pdg_queries_list_threads (queries, projects, pdg_gql_call_get_n (call), &filter, &error), &error, make_thread_cursor);
}

static void
thread_comments (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint n = pdg_gql_call_get_n (call), limit = queries != NULL ? pdg_resolve_get_limit (call) : 0;
  const char *after = pdg_gql_call_arg_string (call, "after");
  g_autofree gint64 *numbers = g_new (gint64, n + 1);
  GError *error = NULL;

  if (limit == 0)
    return;
  if (after != NULL && parse_number (after) == 0)
    {
      pdg_resolve_refuse (call, "after: pass the endCursor of the page before");
      return;
    }
  for (guint i = 0; i < n; i++)
    numbers[i] = ((const PdgCommentThread *) pdg_gql_call_get_source (call, i))->thread_no;
  pdg_resolve_set_pages (call, pdg_queries_list_comments (queries, numbers, n, parse_number (after), limit, &error), &error, make_comment_cursor);
}

/* Few enough that they need no page. */
static void
thread_newest (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint n = pdg_gql_call_get_n (call);
  g_autofree gint64 *numbers = g_new (gint64, n + 1);
  g_autoptr (GPtrArray) lists = NULL;
  GError *error = NULL;

  if (queries == NULL)
    return;
  for (guint i = 0; i < n; i++)
    numbers[i] = ((const PdgCommentThread *) pdg_gql_call_get_source (call, i))->thread_no;
  lists = pdg_queries_list_newest_comments (queries, numbers, n, N_NEWEST, &error);
  if (lists == NULL)
    pdg_gql_call_fail_all (call, error);
  for (guint i = 0; lists != NULL && i < lists->len; i++)
    pdg_gql_call_set_list (call, i, g_ptr_array_ref (lists->pdata[i]));
}

static void
locate_screen (gconstpointer source, gint32 *project_no, gint32 *screen_no)
{
  const PdgCommentThread *thread = source;

  *project_no = thread->project_no;
  *screen_no = thread->place.screen_no;
}

static void
locate_to_screen (gconstpointer source, gint32 *project_no, gint32 *screen_no)
{
  const PdgCommentThread *thread = source;

  *project_no = thread->project_no;
  *screen_no = thread->place.to_screen_no;
}

static void
thread_screen (PdgGqlCall *call)
{
  pdg_resolve_set_screens (call, locate_screen);
}

static void
thread_to_screen (PdgGqlCall *call)
{
  pdg_resolve_set_screens (call, locate_to_screen);
}

static void
set_place (PdgGqlCall *call, guint index, gboolean has_point, double value)
{
  if (has_point)
    pdg_gql_call_set_double (call, index, value);
  else
    pdg_gql_call_set_null (call, index);
}

PDG_RESOLVE_MEMBER (thread_id, PdgCommentThread, pdg_gql_call_set_int64 (call, i, source->thread_no))
PDG_RESOLVE_MEMBER (thread_x, PdgCommentThread, set_place (call, i, source->place.has_point, source->place.x))
PDG_RESOLVE_MEMBER (thread_y, PdgCommentThread, set_place (call, i, source->place.has_point, source->place.y))
PDG_RESOLVE_MEMBER (thread_created_at, PdgCommentThread, pdg_resolve_set_time (call, i, source->created_usec))
PDG_RESOLVE_MEMBER (thread_updated_at, PdgCommentThread, pdg_resolve_set_time (call, i, source->updated_usec))
PDG_RESOLVE_MEMBER (thread_resolved_at, PdgCommentThread, pdg_resolve_set_time (call, i, source->resolved_usec))
PDG_RESOLVE_MEMBER (thread_resolved_by, PdgCommentThread, pdg_gql_call_set_borrowed_string (call, i, source->resolved_by))
PDG_RESOLVE_MEMBER (thread_count, PdgCommentThread, pdg_gql_call_set_int (call, i, source->comments))
PDG_RESOLVE_MEMBER (thread_unread, PdgCommentThread, pdg_gql_call_set_int (call, i, source->unread))
PDG_RESOLVE_MEMBER (comment_id, PdgComment, pdg_gql_call_set_int64 (call, i, source->comment_no))
PDG_RESOLVE_MEMBER (comment_author, PdgComment, pdg_gql_call_set_borrowed_string (call, i, source->author))
PDG_RESOLVE_MEMBER (comment_is_own, PdgComment, pdg_gql_call_set_bool (call, i, source->is_own))
PDG_RESOLVE_MEMBER (comment_body, PdgComment, pdg_gql_call_set_borrowed_string (call, i, source->body))
PDG_RESOLVE_MEMBER (comment_created_at, PdgComment, pdg_resolve_set_time (call, i, source->created_usec))
PDG_RESOLVE_MEMBER (comment_edited_at, PdgComment, pdg_resolve_set_time (call, i, source->edited_usec))

/* ---- mutations */

static gboolean
read_double (const PdgGqlValue *input, const char *member, double *out)
{
  const PdgGqlValue *value = pdg_gql_value_lookup (input, member);

  *out = 0;
  if (pdg_gql_value_is_null (value))
    return FALSE;
  *out = pdg_gql_value_get_double (value, 0);
  return TRUE;
}

/* Those who look at the project are told: they ask again. */
static void
tell (PdgApiContext *context, gint32 project_no)
{
  if (project_no != 0)
    pdg_hub_publish (context->api->options.hub, project_no);
}

static void
mutation_add_thread (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  const char *screen = pdg_resolve_input_string (input, "screenId"), *to_screen = pdg_resolve_input_string (input, "toScreenId");
  PdgCommentPlace place = { 0 };
  PdgCommentThread *thread;
  GError *error = NULL;
  gboolean has_x = read_double (input, "x", &place.x), has_y = read_double (input, "y", &place.y);

  place.screen_no = screen != NULL && pdg_resolve_parse_number (screen) == 0 ? -1 : pdg_resolve_parse_number (screen);
  place.to_screen_no = to_screen != NULL && pdg_resolve_parse_number (to_screen) == 0 ? -1 : pdg_resolve_parse_number (to_screen);
  place.has_point = has_x && has_y;
  thread = pdg_commands_add_thread (context->conn, context->principal, pdg_resolve_input_string (input, "projectId"), &place,
                                    pdg_resolve_input_string (input, "body"), &error);
  tell (context, thread != NULL ? thread->project_no : 0);
  pdg_resolve_set_payload (call, thread, (GDestroyNotify) pdg_comment_thread_free, error);
}

static void
mutation_add_comment (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  GError *error = NULL;
  PdgComment *comment = pdg_commands_add_comment (context->conn, context->principal, pdg_resolve_input_string (input, "projectId"),
                                                  parse_number (pdg_resolve_input_string (input, "threadId")),
                                                  pdg_resolve_input_string (input, "body"), &error);

  tell (context, comment != NULL ? comment->project_no : 0);
  pdg_resolve_set_payload (call, comment, (GDestroyNotify) pdg_comment_free, error);
}

static void
mutation_edit_comment (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  GError *error = NULL;
  PdgComment *comment = pdg_commands_edit_comment (context->conn, context->principal, pdg_resolve_input_string (input, "projectId"),
                                                   parse_number (pdg_resolve_input_string (input, "id")), pdg_resolve_input_string (input, "body"),
                                                   &error);

  tell (context, comment != NULL ? comment->project_no : 0);
  pdg_resolve_set_payload (call, comment, (GDestroyNotify) pdg_comment_free, error);
}

static void
mutation_delete_comment (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  const char *id = pdg_resolve_input_string (input, "id");
  GError *error = NULL;
  gint32 project_no = pdg_commands_delete_comment (context->conn, context->principal, pdg_resolve_input_string (input, "projectId"), parse_number (id),
                                                   &error);

  tell (context, project_no);
  pdg_resolve_set_payload (call, project_no != 0 ? g_strdup (id) : NULL, g_free, error);
}

static void
mutation_resolve_thread (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  GError *error = NULL;
  PdgCommentThread *thread = pdg_commands_resolve_thread (context->conn, context->principal, pdg_resolve_input_string (input, "projectId"),
                                                          parse_number (pdg_resolve_input_string (input, "threadId")),
                                                          pdg_gql_value_get_bool (pdg_gql_value_lookup (input, "resolved"), TRUE), &error);

  tell (context, thread != NULL ? thread->project_no : 0);
  pdg_resolve_set_payload (call, thread, (GDestroyNotify) pdg_comment_thread_free, error);
}

static void
mutation_mark_read (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  GError *error = NULL;
  PdgCommentThread *thread = pdg_commands_mark_thread_read (context->conn, context->principal, pdg_resolve_input_string (input, "projectId"),
                                                            parse_number (pdg_resolve_input_string (input, "threadId")), &error);

  pdg_resolve_set_payload (call, thread, (GDestroyNotify) pdg_comment_thread_free, error);
}

static const PdgGqlBinding bindings[] = {
  { "Project.commentThreads", project_threads },
  PDG_RESOLVE_CONNECTION ("CommentThread"),
  { "CommentThread.id", thread_id },
  { "CommentThread.screen", thread_screen },
  { "CommentThread.toScreen", thread_to_screen },
  { "CommentThread.x", thread_x },
  { "CommentThread.y", thread_y },
  { "CommentThread.createdAt", thread_created_at },
  { "CommentThread.updatedAt", thread_updated_at },
  { "CommentThread.resolvedAt", thread_resolved_at },
  { "CommentThread.resolvedBy", thread_resolved_by },
  { "CommentThread.commentCount", thread_count },
  { "CommentThread.unreadCount", thread_unread },
  { "CommentThread.comments", thread_comments },
  { "CommentThread.newestComments", thread_newest },
  PDG_RESOLVE_CONNECTION ("Comment"),
  { "Comment.id", comment_id },
  { "Comment.author", comment_author },
  { "Comment.isOwn", comment_is_own },
  { "Comment.body", comment_body },
  { "Comment.createdAt", comment_created_at },
  { "Comment.editedAt", comment_edited_at },
  { "Mutation.addCommentThread", mutation_add_thread },
  { "Mutation.addComment", mutation_add_comment },
  { "Mutation.editComment", mutation_edit_comment },
  { "Mutation.deleteComment", mutation_delete_comment },
  { "Mutation.resolveCommentThread", mutation_resolve_thread },
  { "Mutation.markCommentThreadRead", mutation_mark_read },
  PDG_RESOLVE_PAYLOAD ("AddCommentThread", "thread", pdg_resolve_payload_object),
  PDG_RESOLVE_PAYLOAD ("AddComment", "comment", pdg_resolve_payload_object),
  PDG_RESOLVE_PAYLOAD ("EditComment", "comment", pdg_resolve_payload_object),
  PDG_RESOLVE_PAYLOAD ("DeleteComment", "deletedCommentId", pdg_resolve_payload_id),
  PDG_RESOLVE_PAYLOAD ("ResolveCommentThread", "thread", pdg_resolve_payload_object),
  PDG_RESOLVE_PAYLOAD ("MarkCommentThreadRead", "thread", pdg_resolve_payload_object),
};

PdgResolveTable
pdg_resolve_comment_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
