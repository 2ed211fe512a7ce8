#include "config.h"

#include "store/pdg-store-comments.h"
#include "store/store-attacks.h"

/* The functions of the store for comments. */

#define READER "somebody"

static gint64
thread_of (const Tenant *whose)
{
  return fixture_owner_int ("SELECT min(thread_no) FROM comment_thread WHERE org_id = %d", whose->organisation->org_no);
}

static gint64
comment_of (const Tenant *whose)
{
  return fixture_owner_int ("SELECT min(comment_no) FROM comment WHERE org_id = %d", whose->organisation->org_no);
}

/* How many rows of the statement about @number there are, as the attacker sees them. */
static gint64
count_rows (PdgDbTx *tx, const char *sql, gint64 number, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  gint64 n = 0;

  pdg_db_params_add_int8 (params, number);
  return pdg_db_tx_exec_count (tx, sql, params, &n, error) ? n : 0;
}

static gboolean
list_threads (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  PdgStoreThreadFilter filter = { .reader = READER, .before_usec = G_MAXINT64, .before_no = G_MAXINT64, .limit = 10 };

  return has_some (pdg_store_list_threads (tx, &whose->project->project_no, 1, &filter, error));
}

static gboolean
lookup_thread (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (PdgCommentThread) thread = pdg_store_lookup_thread (tx, whose->project->project_no, thread_of (whose), READER, error);

  return thread != NULL;
}

static gboolean
list_comments (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gint64 thread_no = thread_of (whose);

  return has_some (pdg_store_list_comments (tx, &thread_no, 1, READER, 0, 10, error));
}

static gboolean
list_newest_comments (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gint64 thread_no = thread_of (whose);

  return has_some (pdg_store_list_newest_comments (tx, &thread_no, 1, READER, 10, error));
}

static gboolean
lookup_comment (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (PdgComment) comment = pdg_store_lookup_comment (tx, whose->project->project_no, comment_of (whose), READER, error);

  return comment != NULL;
}

static gboolean
add_thread (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  PdgCommentPlace place = { .has_point = TRUE };

  return pdg_store_add_thread (tx, whose->project->project_no, &place, 100, error) > 0;
}

static gboolean
add_comment (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return pdg_store_add_comment (tx, whose->project->project_no, thread_of (whose), READER, READER, "forged", 100, error) > 0;
}

static gboolean
edit_comment (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gint64 comment_no = comment_of (whose);

  return pdg_store_edit_comment (tx, comment_no, "forged", error)
         && count_rows (tx, "SELECT FROM comment WHERE comment_no = $1 AND body = 'forged'", comment_no, error) == 1;
}

static gboolean
resolve_thread (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gint64 thread_no = thread_of (whose);

  return pdg_store_resolve_thread (tx, thread_no, "forged", error)
         && count_rows (tx, "SELECT FROM comment_thread WHERE thread_no = $1 AND resolved_by = 'forged'", thread_no, error) == 1;
}

static gboolean
mark_thread_read (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gint64 thread_no = thread_of (whose);

  return pdg_store_mark_thread_read (tx, thread_no, "forged", error)
         && count_rows (tx, "SELECT FROM comment_read WHERE thread_no = $1 AND reader = 'forged'", thread_no, error) == 1;
}

static gboolean
delete_comment (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gint64 comment_no = comment_of (whose), thread_no = thread_of (whose);

  return count_rows (tx, "SELECT FROM comment WHERE comment_no = $1", comment_no, error) == 1 && pdg_store_delete_comment (tx, comment_no, error)
         && count_rows (tx, "SELECT FROM comment WHERE comment_no = $1", comment_no, error) == 0
         && count_rows (tx, "SELECT FROM comment_thread WHERE thread_no = $1", thread_no, error) == 0;
}

static const StoreAttack attacks[] = {
  { "list-threads", list_threads },
  { "lookup-thread", lookup_thread },
  { "list-comments", list_comments },
  { "list-newest-comments", list_newest_comments },
  { "lookup-comment", lookup_comment },
  { "add-thread", add_thread },
  { "add-comment", add_comment },
  { "edit-comment", edit_comment },
  { "resolve-thread", resolve_thread },
  { "mark-thread-read", mark_thread_read },
  { "delete-comment", delete_comment },
};

int
main (int argc, char *argv[])
{
  store_attacks_init (&argc, &argv);
  store_attacks_add ("/store/comment-functions/wrong-organisation", attacks, G_N_ELEMENTS (attacks));
  return store_attacks_run ();
}
