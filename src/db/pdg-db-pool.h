#pragma once

#include <gio/gio.h>

#include "db/pdg-db-conn.h"

G_BEGIN_DECLS

/* Threads with one connection each, opened when first needed and opened again after a loss, and the bounded queue of
 * jobs before them. Atomically counted. */
typedef struct _PdgDbPool PdgDbPool;

typedef enum
{
  PDG_DB_PRIORITY_INTERACTIVE, /* somebody waits for it */
  PDG_DB_PRIORITY_BACKGROUND,  /* runs when nothing interactive is queued */
} PdgDbPriority;

/* Runs on a thread of the pool; straight synchronous code. @cancellable may be NULL. NULL with @error unset is a valid
 * result. A job that fails with PDG_DB_ERROR_CONNECTION before any of its statements was answered is run once more. */
typedef gpointer (*PdgDbJobFunc) (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error);

/* @set_role: (nullable). The limit @max_queued counts jobs that wait. (transfer full) */
PdgDbPool *pdg_db_pool_new (const char *uri, const char *set_role, const char *application_name,
                            guint n_threads, guint max_queued);
PdgDbPool *pdg_db_pool_ref (PdgDbPool *pool);

/* The last one closes the pool first; not from a thread of the pool. */
void       pdg_db_pool_unref (PdgDbPool *pool);

/* Queues @func; @callback runs on the thread-default context of the caller. @job_data is freed by @job_data_destroy when
 * the job is over, on the pool's thread (or where it was refused or cancelled); @result_destroy frees a result that nobody
 * fetched. Cancelling takes a waiting job out at once and ends a running statement. A full queue gives PDG_DB_ERROR_BUSY,
 * a closed pool PDG_DB_ERROR_CLOSED, both by way of @callback. Any thread. */
void       pdg_db_pool_run_async (PdgDbPool *pool, PdgDbPriority priority, PdgDbJobFunc func, gpointer job_data,
                                  GDestroyNotify job_data_destroy, GDestroyNotify result_destroy,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/* The job's result, or NULL with its error. Errors: PDG_DB_ERROR, or what the job set. (transfer full) (nullable) */
gpointer   pdg_db_pool_run_finish (PdgDbPool *pool, GAsyncResult *result, GError **error);

/* The same, waiting; for tools, tests and threads that may wait. Not from a thread of the pool. (transfer full) (nullable) */
gpointer   pdg_db_pool_run_sync (PdgDbPool *pool, PdgDbPriority priority, PdgDbJobFunc func, gpointer job_data,
                                 GCancellable *cancellable, GError **error);

/* The same on the calling thread, which borrows a connection from a thread of the pool that has nothing to do, or waits its turn for
 * one: so nobody is woken up for the job. Not from a thread of the pool. (transfer full) (nullable) */
gpointer   pdg_db_pool_run_here (PdgDbPool *pool, PdgDbPriority priority, PdgDbJobFunc func, gpointer job_data,
                                 GCancellable *cancellable, GError **error);

/* Takes no more jobs, runs what is queued (each returns), closes the connections and joins the threads. Idempotent; any
 * thread but the pool's. */
void       pdg_db_pool_close (PdgDbPool *pool);

/* Jobs that wait. Any thread. */
guint      pdg_db_pool_get_n_queued (PdgDbPool *pool);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgDbPool, pdg_db_pool_unref)

G_END_DECLS
