#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Many timeouts of one length, on a thread of its own that costs nothing as long as none is reached: beginning and ending one wakes
 * nobody. Any thread. */
typedef struct _PdgTimeouts PdgTimeouts;

/* One of them, in the memory of whoever waits; set @reached and @data, the rest is zero. */
typedef struct
{
  void (*reached) (gpointer data);
  gpointer data;
  GList link;
  gint64 at_usec;
} PdgTimeout;

/* (transfer full) */
PdgTimeouts *pdg_timeouts_new   (guint length_ms);

/* None may be under way. */
void         pdg_timeouts_free  (PdgTimeouts *timeouts);

/* From now: unless it is ended before, its reached is called once, on the thread of the timeouts. That must not take long, nor
 * begin or end a timeout. Returns when that will be, in monotonic microseconds. */
gint64       pdg_timeouts_begin (PdgTimeouts *timeouts, PdgTimeout *timeout);

/* It is not called afterwards, and not running either. */
void         pdg_timeouts_end   (PdgTimeouts *timeouts, PdgTimeout *timeout);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgTimeouts, pdg_timeouts_free)

G_END_DECLS
