#include "config.h"
#include "service/pdg-ingest-settler.h"

#include "service/pdg-ingest-private.h"

#define TURN_USEC G_USEC_PER_SEC

typedef struct
{
  gpointer data;
  guint life;
} Waiting;

struct _PdgIngestSettler
{
  char *uri;
  char *set_role;
  PdgIngestMayConnectFunc may_connect;
  PdgIngestSettledFunc settled;
  gpointer user_data;
  GThread *thread;

  GMutex lock;
  GCond changed;
  GArray *waiting; /* Waiting */
  guint life; /* that may be relied on; 0 = none */
  gboolean finished;

  /* the thread's own */
  PdgIngestStorer storer; /* it stores nothing */
  guint n_lives;
  gint64 next_try_usec; /* of connecting */
};

static void
announce_life (PdgIngestSettler *self, guint life)
{
  g_mutex_lock (&self->lock);
  self->life = life;
  g_mutex_unlock (&self->lock);
}

static void
disconnect (PdgIngestSettler *self)
{
  announce_life (self, 0);
  g_clear_pointer (&self->storer.conn, pdg_db_conn_free);
}

static void
see_to_connection (PdgIngestSettler *self)
{
  if (self->storer.conn != NULL && !pdg_db_conn_is_usable (self->storer.conn))
    disconnect (self);
  if (self->storer.conn != NULL || !self->may_connect (self->user_data) || g_get_monotonic_time () < self->next_try_usec)
    return;
  self->next_try_usec = g_get_monotonic_time () + TURN_USEC;
  if (pdg_ingest_storer_connect (&self->storer, self->uri, self->set_role, NULL) && self->storer.may_flush_log)
    announce_life (self, ++self->n_lives);
}

/* Whether what was committed during the connection's life is on the disk now. */
static gboolean
make_durable (PdgIngestSettler *self, const GArray *waiting)
{
  gboolean is_wanted = FALSE;

  for (guint i = 0; i < waiting->len; i++)
    is_wanted |= g_array_index (waiting, Waiting, i).life == self->n_lives;
  if (!is_wanted)
    return TRUE;
  if (self->storer.conn != NULL && pdg_ingest_storer_flush_log (&self->storer, NULL))
    return TRUE;
  disconnect (self);
  return FALSE;
}

static void
settle_all (PdgIngestSettler *self, const GArray *waiting)
{
  gboolean ok = make_durable (self, waiting);

  for (guint i = 0; i < waiting->len; i++)
    {
      const Waiting *one = &g_array_index (waiting, Waiting, i);

      self->settled (one->data, ok && one->life == self->n_lives, self->user_data);
    }
}

static gpointer
settler_thread (gpointer data)
{
  PdgIngestSettler *self = data;

  g_mutex_lock (&self->lock);
  while (!self->finished || self->waiting->len > 0)
    {
      g_autoptr (GArray) waiting = g_steal_pointer (&self->waiting);

      self->waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));
      g_mutex_unlock (&self->lock);
      settle_all (self, waiting);
      see_to_connection (self);
      g_mutex_lock (&self->lock);
      if (self->waiting->len == 0 && !self->finished)
        g_cond_wait_until (&self->changed, &self->lock, g_get_monotonic_time () + TURN_USEC);
    }
  g_mutex_unlock (&self->lock);
  pdg_ingest_storer_clear (&self->storer);
  return NULL;
}

PdgIngestSettler *
pdg_ingest_settler_new (const char *uri, const char *set_role, PdgIngestMayConnectFunc may_connect, PdgIngestSettledFunc settled,
                        gpointer user_data)
{
  PdgIngestSettler *self = g_new0 (PdgIngestSettler, 1);

  self->uri = g_strdup (uri);
  self->set_role = g_strdup (set_role);
  self->may_connect = may_connect;
  self->settled = settled;
  self->user_data = user_data;
  self->waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->thread = g_thread_new ("ingest settle", settler_thread, self);
  return self;
}

void
pdg_ingest_settler_free (PdgIngestSettler *self)
{
  g_mutex_lock (&self->lock);
  self->finished = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  g_array_unref (self->waiting);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  g_free (self->uri);
  g_free (self->set_role);
  g_free (self);
}

guint
pdg_ingest_settler_get_life (PdgIngestSettler *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->life;
}

void
pdg_ingest_settler_push (PdgIngestSettler *self, guint life, gpointer data)
{
  const Waiting one = { data, life };

  g_mutex_lock (&self->lock);
  g_array_append_val (self->waiting, one);
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
}
