#include "config.h"
#include "service/pdg-client-keeper.h"

#include "base/pdg-id.h"
#include "codec/pdg-replay.h"
#include "db/pdg-db-tx.h"
#include "service/pdg-cookieless.h"
#include "store/pdg-store-clients.h"

#include <string.h>

typedef struct
{
  PdgPrincipal *principal;
  PdgEventBatch *batch;
  PdgClientNeeds *needs;
  char *project;
  char *client;
  gint64 max_session_bytes;
  gboolean counted; /* the job may be run once more */
} Job;

typedef struct
{
  guint n_replays;
  guint n_ignored;
} Kept;

static void
job_free (gpointer data)
{
  Job *job = data;

  pdg_principal_unref (job->principal);
  pdg_event_batch_unref (job->batch);
  pdg_client_needs_free (job->needs);
  g_free (job->project);
  g_free (job->client);
  g_free (job);
}

/* Half of the SHA-256 of salt and client. */
static void
hash_client (const char *client, const guint8 salt[16], guint8 key[16])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize len = sizeof digest;

  g_checksum_update (checksum, salt, 16);
  g_checksum_update (checksum, (const guchar *) client, -1);
  g_checksum_get_digest (checksum, digest, &len);
  memcpy (key, digest, 16);
}

static gboolean
make_client_keys (Job *job, PdgDbTx *tx, GError **error)
{
  PdgDerivedSession *needs = (PdgDerivedSession *) (void *) job->needs->sessions->data;
  guint8 salt[16], old_salt[16], key[16], old_key[16] = { 0 };
  gboolean any = FALSE, has_old;

  for (guint i = 0; i < job->needs->sessions->len; i++)
    any = any || needs[i].is_client;
  if (!any)
    return TRUE;
  if (!pdg_store_load_client_salts (tx, salt, old_salt, &has_old, error))
    return FALSE;
  hash_client (job->client, salt, key);
  if (has_old)
    hash_client (job->client, old_salt, old_key);
  for (guint i = 0; i < job->needs->sessions->len; i++)
    if (needs[i].is_client)
      {
        memcpy (needs[i].key, key, 16);
        memcpy (needs[i].old_key, old_key, 16);
        needs[i].has_old_key = has_old;
      }
  return TRUE;
}

static gboolean
derive_sessions (Job *job, PdgDbConn *conn, GError **error)
{
  PdgDerivedSession *needs = (PdgDerivedSession *) (void *) job->needs->sessions->data;
  guint n = job->needs->sessions->len;
  g_autoptr (PdgDbTx) tx = NULL;

  if (n == 0)
    return TRUE;
  tx = pdg_db_tx_begin (conn, job->principal, PDG_DB_TX_READ_WRITE, error);
  if (tx == NULL || !make_client_keys (job, tx, error) || !pdg_store_derive_sessions (tx, job->project, needs, n, error)
      || !pdg_db_tx_commit (tx, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (needs[i].began_usec != G_MININT64)
      {
        g_autofree char *id = pdg_derived_session_make_id (needs[i].session_key, needs[i].began_usec);

        pdg_event_batch_get_event (job->batch, needs[i].event)->session = pdg_event_batch_store (job->batch, id);
      }
  return TRUE;
}

/* The second report of one load is a measurement when it is a span, and else an event of its own name. */
static void
make_other (PdgEvent *event, PdgPageKind kind)
{
  event->flags &= ~(PdgEventFlags) PDG_EVENT_IS_PAGE_VIEW;
  if (kind == PDG_PAGE_LOAD_SPAN)
    {
      event->type = PDG_SLICE_LITERAL ("performance");
      event->flags |= PDG_EVENT_IS_PERFORMANCE;
    }
  else
    event->type = event->name.data != NULL ? event->name : PDG_SLICE_LITERAL ("custom");
}

/* The end of the page before, just before the report that tells of it. */
static void
add_leave (PdgEventBatch *batch, const PdgPageReport *page)
{
  PdgEvent report = *pdg_event_batch_get_event (batch, page->event), *event = pdg_event_batch_add (batch);
  char uuid[PDG_UUID_TEXT_BYTES];
  g_autofree char *id = NULL;

  pdg_uuid_format (page->left_key, uuid);
  id = g_strconcat (uuid, "-leave", NULL);
  *event = (PdgEvent) {
    .event_id = pdg_event_batch_store (batch, id), .project = report.project, .session = report.session, .type = PDG_SLICE_LITERAL ("page.leave"),
    .user = report.user, .anonymous = report.anonymous, .release = report.release,
    .data = PDG_SLICE_LITERAL ("{\"metadata\":{\"page.derived\":true}}"), .timestamp_usec = page->left_usec - 1,
    .sequence = PDG_SEQUENCE_NONE, .index = report.index, .flags = report.flags & (PDG_EVENT_LATE | PDG_EVENT_COUNTED),
    .payload_hash = 1, /* it is made from its id: one that is made again is the same */
  };
  if (page->left_path != NULL)
    event->page_path = pdg_event_batch_store (batch, page->left_path);
  pdg_hash128 (id, strlen (id), 0, event->event_key);
}

static gboolean
trace_pages (Job *job, PdgDbConn *conn, GError **error)
{
  PdgPageReport *pages = (PdgPageReport *) (void *) job->needs->pages->data;
  guint n = job->needs->pages->len, n_events;
  g_autofree guint8 *sessions = NULL;
  g_autoptr (PdgDbTx) tx = NULL;

  if (n == 0)
    return TRUE;
  sessions = g_malloc ((gsize) n * 16);
  for (guint i = 0; i < n; i++)
    {
      PdgSlice session = pdg_event_batch_get_event (job->batch, pages[i].event)->session;

      pdg_page_trail_make_key (session.data, session.len, sessions + (gsize) i * 16);
    }
  tx = pdg_db_tx_begin (conn, job->principal, PDG_DB_TX_READ_WRITE, error);
  if (tx == NULL
      || !pdg_store_trace_pages (tx, job->project, pages, pdg_event_batch_get_events (job->batch, &n_events), (const guint8 (*)[16]) sessions, n,
                                 error)
      || !pdg_db_tx_commit (tx, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      if (!pages[i].is_view)
        make_other (pdg_event_batch_get_event (job->batch, pages[i].event), pages[i].kind);
      if (pages[i].left_usec != G_MININT64)
        add_leave (job->batch, &pages[i]);
    }
  return TRUE;
}

static gboolean
keep_replays (Job *job, PdgDbConn *conn, Kept *kept, GError **error)
{
  g_autoptr (PdgDbTx) tx = NULL;

  if (job->needs->replays->len == 0)
    return TRUE;
  for (guint i = 0; i < job->needs->replays->len; i++)
    {
      PdgReplayChunk *chunk = job->needs->replays->pdata[i];
      g_autoptr (GBytes) plain = NULL;

      if (chunk->n_bytes > 0) /* the job is run once more */
        continue;
      plain = g_steal_pointer (&chunk->bytes);
      chunk->bytes = pdg_replay_pack (plain);
      chunk->n_bytes = g_bytes_get_size (chunk->bytes);
    }
  tx = pdg_db_tx_begin (conn, job->principal, PDG_DB_TX_READ_WRITE, error);
  if (tx == NULL)
    return FALSE;
  for (guint i = 0; i < job->needs->replays->len; i++)
    {
      gboolean is_new;

      if (!pdg_store_add_replay_chunk (tx, job->project, job->needs->replays->pdata[i], job->max_session_bytes, &is_new, error))
        return FALSE;
      kept->n_replays += is_new;
      kept->n_ignored += !is_new;
    }
  return pdg_db_tx_commit (tx, error);
}

static gboolean
count_events (Job *job, PdgDbConn *conn, GError **error)
{
  if (!job->counted)
    job->counted = pdg_cookieless_count (conn, job->principal, job->client, job->batch, error);
  return job->counted;
}

static gpointer
keep_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  Job *job = job_data;
  g_autofree Kept *kept = g_new0 (Kept, 1);

  if (!count_events (job, conn, error) || !derive_sessions (job, conn, error) || !trace_pages (job, conn, error) || !keep_replays (job, conn, kept, error))
    return NULL;
  return g_steal_pointer (&kept);
}

static void
kept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  Kept *kept = pdg_db_pool_run_finish (NULL, result, &error);

  if (kept != NULL)
    g_task_return_pointer (task, kept, g_free);
  else
    g_task_return_error (task, error);
}

void
pdg_client_keeper_run_async (PdgDbPool *pool, PdgPrincipal *principal, const PdgClientKeeperTask *task, PdgEventBatch *batch, PdgClientNeeds *needs,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Job *job = g_new0 (Job, 1);

  job->principal = pdg_principal_ref (principal);
  job->batch = pdg_event_batch_ref (batch);
  job->needs = needs;
  job->project = g_strdup (task->project);
  job->client = g_strdup (task->client);
  job->max_session_bytes = task->max_session_bytes;
  pdg_db_pool_run_async (pool, PDG_DB_PRIORITY_INTERACTIVE, keep_job, job, job_free, g_free, cancellable, kept_cb,
                         g_task_new (NULL, cancellable, callback, user_data));
}

gboolean
pdg_client_keeper_run_finish (GAsyncResult *result, guint *n_replays, guint *n_ignored, GError **error)
{
  g_autofree Kept *kept = g_task_propagate_pointer (G_TASK (result), error);

  if (kept == NULL)
    return FALSE;
  *n_replays = kept->n_replays;
  *n_ignored = kept->n_ignored;
  return TRUE;
}
