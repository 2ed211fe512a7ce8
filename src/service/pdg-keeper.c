#include "config.h"
#include "service/pdg-keeper.h"

#include "service/pdg-commands-people.h"
#include "store/pdg-store-consent.h"

struct _PdgKeeper
{
  PdgDbPool *pool;
  GSource *timer;
};

static gpointer
work_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!pdg_keeper_work (conn, &local))
    g_warning ("what the collector does by itself: %s", local->message);
  return NULL;
}

static gboolean
tick_cb (gpointer user_data)
{
  PdgKeeper *self = user_data;

  pdg_db_pool_run_async (self->pool, PDG_DB_PRIORITY_BACKGROUND, work_job, NULL, NULL, NULL, NULL, NULL, NULL);
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
pdg_keeper_new (PdgDbPool *pool, GMainContext *context, guint interval_ms)
{
  PdgKeeper *self = g_new0 (PdgKeeper, 1);

  self->pool = pdg_db_pool_ref (pool);
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
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  pdg_db_pool_unref (self->pool);
  g_free (self);
}
