#include "config.h"
#include "base/pdg-timeouts.h"

struct _PdgTimeouts
{
  gint64 length_usec;
  GThread *thread;
  GMutex lock; /* what follows */
  GCond changed;
  GQueue waiting; /* PdgTimeout, the next first: all are of one length */
  gboolean asleep; /* until somebody begins one */
  gboolean quits;
};

/* Looks again when the first of those that it saw would be reached. That is mostly ended by then, so it is rare, whatever the number
 * of timeouts. */
static gpointer
timeouts_thread (gpointer data)
{
  PdgTimeouts *self = data;

  g_mutex_lock (&self->lock);
  while (!self->quits)
    {
      PdgTimeout *first = g_queue_peek_head (&self->waiting);

      if (first != NULL && first->at_usec <= g_get_monotonic_time ())
        {
          g_queue_unlink (&self->waiting, &first->link);
          first->link.data = NULL;
          first->reached (first->data);
        }
      else if (first != NULL)
        {
          gint64 until_usec = first->at_usec;

          while (!self->quits && g_cond_wait_until (&self->changed, &self->lock, until_usec))
            ;
        }
      else
        {
          self->asleep = TRUE;
          g_cond_wait (&self->changed, &self->lock);
          self->asleep = FALSE;
        }
    }
  g_mutex_unlock (&self->lock);
  return NULL;
}

PdgTimeouts *
pdg_timeouts_new (guint length_ms)
{
  PdgTimeouts *self = g_new0 (PdgTimeouts, 1);

  self->length_usec = length_ms * G_GINT64_CONSTANT (1000);
  g_queue_init (&self->waiting);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->thread = g_thread_new ("timeouts", timeouts_thread, self);
  return self;
}

void
pdg_timeouts_free (PdgTimeouts *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  self->quits = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  g_free (self);
}

gint64
pdg_timeouts_begin (PdgTimeouts *self, PdgTimeout *timeout)
{
  gint64 at_usec;

  timeout->link.data = timeout;
  g_mutex_lock (&self->lock);
  at_usec = timeout->at_usec = g_get_monotonic_time () + self->length_usec; /* under the lock: the queue stays in order */
  g_queue_push_tail_link (&self->waiting, &timeout->link);
  if (self->asleep)
    {
      self->asleep = FALSE;
      g_cond_signal (&self->changed);
    }
  g_mutex_unlock (&self->lock);
  return at_usec;
}

void
pdg_timeouts_end (PdgTimeouts *self, PdgTimeout *timeout)
{
  g_mutex_lock (&self->lock);
  if (timeout->link.data != NULL)
    g_queue_unlink (&self->waiting, &timeout->link);
  timeout->link.data = NULL;
  g_mutex_unlock (&self->lock);
}
