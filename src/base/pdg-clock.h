#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef gint64 (*PdgClockFunc) (gpointer user_data);

/* Wall-clock time in microseconds since 1970-01-01 UTC. Any thread. */
gint64 pdg_clock_now_usec (void);

/* Puts another clock in place, for tests; NULL gives the real one back. Before threads start. */
void   pdg_clock_set_source (PdgClockFunc func, gpointer user_data);

G_END_DECLS
