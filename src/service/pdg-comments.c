#include "config.h"
#include "service/pdg-comments.h"

#include <math.h>

#include "service/pdg-commands-private.h"
#include "service/pdg-queries-private.h"
#include "store/pdg-store-screens.h"

#define MAX_THREADS 10000
#define MAX_COMMENTS 1000
#define MAX_WORLD 1e7

/* ---- reading */

GPtrArray *
pdg_queries_list_threads (PdgQueries *queries, const gint32 *project_nos, guint n, PdgStoreThreadFilter *filter, GError **error)
{
  filter->reader = pdg_principal_get_author (queries->principal);
  return pdg_store_list_threads (queries->tx, project_nos, n, filter, error);
}

GPtrArray *
pdg_queries_list_comments (PdgQueries *queries, const gint64 *thread_nos, guint n, gint64 after, guint limit, GError **error)
{
  return pdg_store_list_comments (queries->tx, thread_nos, n, pdg_principal_get_author (queries->principal), after, limit, error);
}

GPtrArray *
pdg_queries_list_newest_comments (PdgQueries *queries, const gint64 *thread_nos, guint n, guint limit, GError **error)
{
  return pdg_store_list_newest_comments (queries->tx, thread_nos, n, pdg_principal_get_author (queries->principal), limit, error);
}

/* ---- changing */

/* The text without white space around it; lines may break. (transfer full) */
static char *
dup_body (const char *body, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (body));
  glong len = g_utf8_strlen (stripped, -1);

  if (len < 1 || len > PDG_COMMENT_MAX_LEN)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "body", "body: use 1 to %d characters", PDG_COMMENT_MAX_LEN);
      return NULL;
    }
  for (const char *p = stripped; *p != '\0'; p = g_utf8_next_char (p))
    if (*p != '\n' && *p != '\t' && g_unichar_iscntrl (g_utf8_get_char (p)))
      {
        pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "body", "body: use no control characters but line breaks and tabs");
        return NULL;
      }
  return g_steal_pointer (&stripped);
}

/* The number of the project; 0 with an error. */
static gint32
find_project (PdgDbTx *tx, PdgPrincipal *principal, const char *project_id, GError **error)
{
  g_autoptr (PdgProject) project = pdg_commands_find_project (tx, principal, project_id, "projectId", error);

  return project != NULL ? project->project_no : 0;
}

static PdgCommentThread *
find_thread (PdgDbTx *tx, PdgPrincipal *principal, gint32 project_no, gint64 thread_no, GError **error)
{
  GError *local = NULL;
  PdgCommentThread *thread = pdg_store_lookup_thread (tx, project_no, thread_no, pdg_principal_get_author (principal), &local);

  if (local != NULL)
    g_propagate_error (error, local);
  else if (thread == NULL)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_NOT_FOUND, "threadId", "threadId: this project has no such thread; it may have been removed");
  return thread;
}

static PdgComment *
find_comment (PdgDbTx *tx, PdgPrincipal *principal, gint32 project_no, gint64 comment_no, GError **error)
{
  GError *local = NULL;
  PdgComment *comment = pdg_store_lookup_comment (tx, project_no, comment_no, pdg_principal_get_author (principal), &local);

  if (local != NULL)
    g_propagate_error (error, local);
  else if (comment == NULL)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_NOT_FOUND, "id", "id: this project has no such comment; it may have been removed");
  else
    comment->project_no = project_no;
  return comment;
}

static gboolean
check_screen (PdgDbTx *tx, gint32 project_no, gint32 screen_no, const char *field, GError **error)
{
  g_autoptr (GPtrArray) found = screen_no != 0 ? pdg_store_lookup_screens (tx, &project_no, &screen_no, 1, error) : NULL;

  if (screen_no == 0 || (found != NULL && found->pdata[0] != NULL))
    return TRUE;
  if (found != NULL)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_NOT_FOUND, field, "%s: this project has no such screen", field);
  return FALSE;
}

static gboolean
check_place (PdgDbTx *tx, gint32 project_no, const PdgCommentPlace *place, GError **error)
{
  double limit = place->screen_no != 0 ? 1 : MAX_WORLD, least = place->screen_no != 0 ? 0 : -MAX_WORLD;
  gboolean in_limits = !place->has_point || (isfinite (place->x) && isfinite (place->y) && place->x >= least && place->x <= limit
                                             && place->y >= least && place->y <= limit);

  if (place->screen_no == 0 && (place->to_screen_no != 0 || !place->has_point))
    pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "screenId", "screenId: say the screen, or x and y of a point");
  else if (!in_limits)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "x", "x: on a screen x and y are 0 to 1; else they are within 10,000,000");
  else
    return check_screen (tx, project_no, place->screen_no, "screenId", error) && check_screen (tx, project_no, place->to_screen_no, "toScreenId", error);
  return FALSE;
}

/* A comment of the thread; 0 with an error. */
static gint64
add_comment (PdgDbTx *tx, PdgPrincipal *principal, gint32 project_no, gint64 thread_no, const char *body, GError **error)
{
  GError *local = NULL;
  gint64 comment_no = pdg_store_add_comment (tx, project_no, thread_no, pdg_principal_get_author (principal), pdg_principal_get_label (principal),
                                             body, MAX_COMMENTS, &local);

  if (local != NULL)
    g_propagate_error (error, local);
  else if (comment_no == 0)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_CONFLICT, "threadId", "threadId: the thread has %d comments; begin another one", MAX_COMMENTS);
  return local == NULL ? comment_no : 0;
}

PdgCommentThread *
pdg_commands_add_thread (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, const PdgCommentPlace *place, const char *body,
                         GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_EDITOR, error);
  gint32 project_no = tx != NULL ? find_project (tx, principal, project_id, error) : 0;
  g_autofree char *text = project_no != 0 ? dup_body (body, error) : NULL;
  g_autoptr (PdgCommentThread) thread = NULL;
  GError *local = NULL;
  gint64 thread_no;

  if (text == NULL || !check_place (tx, project_no, place, error))
    return NULL;
  thread_no = pdg_store_add_thread (tx, project_no, place, MAX_THREADS, &local);
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return NULL;
    }
  if (thread_no == 0)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_CONFLICT, "projectId", "projectId: the project has %d threads; remove some", MAX_THREADS);
      return NULL;
    }
  if (add_comment (tx, principal, project_no, thread_no, text, error) == 0)
    return NULL;
  thread = find_thread (tx, principal, project_no, thread_no, error);
  return thread != NULL && pdg_db_tx_commit (tx, error) ? g_steal_pointer (&thread) : NULL;
}

PdgComment *
pdg_commands_add_comment (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, gint64 thread_no, const char *body, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_EDITOR, error);
  gint32 project_no = tx != NULL ? find_project (tx, principal, project_id, error) : 0;
  g_autofree char *text = project_no != 0 ? dup_body (body, error) : NULL;
  g_autoptr (PdgCommentThread) thread = text != NULL ? find_thread (tx, principal, project_no, thread_no, error) : NULL;
  gint64 comment_no = thread != NULL ? add_comment (tx, principal, project_no, thread_no, text, error) : 0;
  g_autoptr (PdgComment) comment = NULL;

  /* who answers has seen what he answers */
  if (comment_no == 0 || !pdg_store_mark_thread_read (tx, thread_no, pdg_principal_get_author (principal), error))
    return NULL;
  comment = find_comment (tx, principal, project_no, comment_no, error);
  return comment != NULL && pdg_db_tx_commit (tx, error) ? g_steal_pointer (&comment) : NULL;
}

PdgComment *
pdg_commands_edit_comment (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, gint64 comment_no, const char *body, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_EDITOR, error);
  gint32 project_no = tx != NULL ? find_project (tx, principal, project_id, error) : 0;
  g_autofree char *text = project_no != 0 ? dup_body (body, error) : NULL;
  g_autoptr (PdgComment) comment = text != NULL ? find_comment (tx, principal, project_no, comment_no, error) : NULL;

  if (comment == NULL)
    return NULL;
  if (!comment->is_own)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_FORBIDDEN, "id", "id: this comment is somebody else's; only its author changes it");
      return NULL;
    }
  g_clear_pointer (&comment, pdg_comment_free);
  if (!pdg_store_edit_comment (tx, comment_no, text, error))
    return NULL;
  comment = find_comment (tx, principal, project_no, comment_no, error);
  return comment != NULL && pdg_db_tx_commit (tx, error) ? g_steal_pointer (&comment) : NULL;
}

gint32
pdg_commands_delete_comment (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, gint64 comment_no, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_EDITOR, error);
  gint32 project_no = tx != NULL ? find_project (tx, principal, project_id, error) : 0;
  g_autoptr (PdgComment) comment = project_no != 0 ? find_comment (tx, principal, project_no, comment_no, error) : NULL;

  if (comment == NULL)
    return 0;
  if (!comment->is_own && !pdg_principal_may (principal, PDG_ROLE_ADMIN))
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_FORBIDDEN, "id", "id: this comment is somebody else's; its author or an admin removes it");
      return 0;
    }
  return pdg_store_delete_comment (tx, comment_no, error) && pdg_db_tx_commit (tx, error) ? project_no : 0;
}

PdgCommentThread *
pdg_commands_resolve_thread (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, gint64 thread_no, gboolean resolved, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_EDITOR, error);
  gint32 project_no = tx != NULL ? find_project (tx, principal, project_id, error) : 0;
  g_autoptr (PdgCommentThread) thread = project_no != 0 ? find_thread (tx, principal, project_no, thread_no, error) : NULL;

  if (thread == NULL)
    return NULL;
  g_clear_pointer (&thread, pdg_comment_thread_free);
  if (!pdg_store_resolve_thread (tx, thread_no, resolved ? pdg_principal_get_label (principal) : NULL, error))
    return NULL;
  thread = find_thread (tx, principal, project_no, thread_no, error);
  return thread != NULL && pdg_db_tx_commit (tx, error) ? g_steal_pointer (&thread) : NULL;
}

PdgCommentThread *
pdg_commands_mark_thread_read (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, gint64 thread_no, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_VIEWER, error);
  gint32 project_no = tx != NULL ? find_project (tx, principal, project_id, error) : 0;
  g_autoptr (PdgCommentThread) thread = project_no != 0 ? find_thread (tx, principal, project_no, thread_no, error) : NULL;

  if (thread == NULL)
    return NULL;
  g_clear_pointer (&thread, pdg_comment_thread_free);
  if (!pdg_store_mark_thread_read (tx, thread_no, pdg_principal_get_author (principal), error))
    return NULL;
  thread = find_thread (tx, principal, project_no, thread_no, error);
  return thread != NULL && pdg_db_tx_commit (tx, error) ? g_steal_pointer (&thread) : NULL;
}
