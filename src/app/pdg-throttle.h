#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Makes many requests for work into few runs: never two at a time, never two starts within the interval, and a request
 * during a run is followed by one more run. UI thread. */
typedef struct _PdgThrottle PdgThrottle;

/* Starts the work; pdg_throttle_finished() tells its end. */
typedef void (*PdgThrottleFunc) (gpointer user_data);

/* (transfer full) */
PdgThrottle *pdg_throttle_new (guint interval_ms, PdgThrottleFunc func, gpointer user_data);
void         pdg_throttle_free (PdgThrottle *throttle);

/* Asks for a run: now when nothing runs and the interval has passed (from within this call), else later. */
void         pdg_throttle_queue (PdgThrottle *throttle);

/* The run that was started last has ended. */
void         pdg_throttle_finished (PdgThrottle *throttle);

/* Forgets the run that is under way, and what was asked: the caller has cancelled it. The next request runs at once. */
void         pdg_throttle_reset (PdgThrottle *throttle);

gboolean     pdg_throttle_is_running (PdgThrottle *throttle);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgThrottle, pdg_throttle_free)

G_END_DECLS
