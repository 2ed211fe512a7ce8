#include "config.h"
#include "service/pdg-keeper.h"

#include "base/pdg-clock.h"
#include "service/pdg-commands-people.h"
#include "store/pdg-store-consent.h"

struct _PdgKeeper
{
  PdgDbPool *pool;
  PdgCredentials *credentials;
  PdgRetention *retention;
  GCancellable *cancellable;
  GSource *timer;
};

/* What a job works with: the keeper itself may be gone by then. */
typedef struct
{
  PdgCredentials *credentials;
  PdgRetention *retention;
  GCancellable *stopped;
} Round;

static void
round_free (gpointer data)
{
  Round *round = data;

  g_object_unref (round->stopped);
  g_free (round);
}

static gpointer
work_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  Round *round = job_data;
  g_autoptr (GError) people = NULL, keys = NULL, rest = NULL;

  if (!pdg_keeper_work (conn, &people))
    g_warning ("what the collector does by itself: %s", people->message);
  if (!pdg_credentials_note_uses (round->credentials, conn, &keys))
    g_warning ("noting which keys were used: %s", keys->message);
  if (!pdg_retention_work (round->retention, conn, pdg_clock_now_usec (), round->stopped, NULL, &rest))
    g_warning ("removing what is not to be kept: %s", rest->message);
  return NULL;
}

/* The job is not given the cancellable itself: it ends between two transactions, not within one. */
static gboolean
tick_cb (gpointer user_data)
{
  PdgKeeper *self = user_data;
  Round *round = g_new (Round, 1);

  *round = (Round) { self->credentials, self->retention, g_object_ref (self->cancellable) };
  pdg_db_pool_run_async (self->pool, PDG_DB_PRIORITY_BACKGROUND, work_job, round, round_free, NULL, NULL, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

/* Also of days on which nobody was counted, and after a stop over midnight. */
static gboolean
destroy_salts (PdgDbConn *conn, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (conn, error);

  return tx != NULL && pdg_store_destroy_cookieless_salts (tx, error) && pdg_db_tx_commit (tx, error);
}

static gboolean
finish_erasures (PdgDbConn *conn, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (conn, error);
  g_autoptr (GPtrArray) pending = tx != NULL ? pdg_store_list_pending_erasures (tx, error) : NULL;

  if (pending == NULL)
    return FALSE;
  g_clear_pointer (&tx, pdg_db_tx_free);
  for (guint i = 0; i < pending->len; i++)
    {
      const PdgPendingErasure *erasure = pending->pdata[i];
      g_autoptr (PdgPrincipal) principal = pdg_principal_new (erasure->org_uuid, erasure->org_no, PDG_ROLE_ADMIN, 0, "collector");

      if (!pdg_commands_finish_erasure (conn, principal, erasure->request_no, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
pdg_keeper_work (PdgDbConn *conn, GError **error)
{
  return destroy_salts (conn, error) && finish_erasures (conn, error);
}

PdgKeeper *
pdg_keeper_new (PdgDbPool *pool, PdgCredentials *credentials, PdgRetention *retention, GMainContext *context, guint interval_ms)
{
  PdgKeeper *self = g_new0 (PdgKeeper, 1);

  self->pool = pdg_db_pool_ref (pool);
  self->credentials = credentials;
  self->retention = retention;
  self->cancellable = g_cancellable_new ();
  self->timer = g_timeout_source_new (interval_ms);
  g_source_set_callback (self->timer, tick_cb, self, NULL);
  g_source_attach (self->timer, context);
  return self;
}

void
pdg_keeper_free (PdgKeeper *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  pdg_db_pool_unref (self->pool);
  g_free (self);
}
