#include "config.h"
#include "app/pdg-throttle.h"

struct _PdgThrottle
{
  PdgThrottleFunc func;
  gpointer user_data;
  gint64 interval_usec;
  gint64 started_usec; /* of the last run, monotonic; 0 = none yet */
  guint source_id;
  gboolean running;
  gboolean wanted;
};

PdgThrottle *
pdg_throttle_new (guint interval_ms, PdgThrottleFunc func, gpointer user_data)
{
  PdgThrottle *throttle = g_new0 (PdgThrottle, 1);

  throttle->func = func;
  throttle->user_data = user_data;
  throttle->interval_usec = (gint64) interval_ms * 1000;
  return throttle;
}

void
pdg_throttle_free (PdgThrottle *throttle)
{
  g_clear_handle_id (&throttle->source_id, g_source_remove);
  g_free (throttle);
}

static void
start (PdgThrottle *throttle)
{
  throttle->running = TRUE;
  throttle->wanted = FALSE;
  throttle->started_usec = g_get_monotonic_time ();
  throttle->func (throttle->user_data);
}

static gboolean
timeout_cb (gpointer user_data)
{
  PdgThrottle *throttle = user_data;

  throttle->source_id = 0;
  if (throttle->wanted && !throttle->running)
    start (throttle);
  return G_SOURCE_REMOVE;
}

static void
start_when_due (PdgThrottle *throttle)
{
  gint64 wait_usec = throttle->started_usec + throttle->interval_usec - g_get_monotonic_time ();

  if (throttle->started_usec == 0 || wait_usec <= 0)
    start (throttle);
  else if (throttle->source_id == 0)
    throttle->source_id = g_timeout_add ((guint) (wait_usec / 1000 + 1), timeout_cb, throttle);
}

void
pdg_throttle_queue (PdgThrottle *throttle)
{
  throttle->wanted = TRUE;
  if (!throttle->running)
    start_when_due (throttle);
}

void
pdg_throttle_finished (PdgThrottle *throttle)
{
  throttle->running = FALSE;
  if (throttle->wanted)
    start_when_due (throttle);
}

void
pdg_throttle_reset (PdgThrottle *throttle)
{
  g_clear_handle_id (&throttle->source_id, g_source_remove);
  throttle->running = FALSE;
  throttle->wanted = FALSE;
  throttle->started_usec = 0;
}

gboolean
pdg_throttle_is_running (PdgThrottle *throttle)
{
  return throttle->running;
}
