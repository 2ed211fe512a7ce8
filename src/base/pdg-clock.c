#include "config.h"
#include "base/pdg-clock.h"

static PdgClockFunc clock_func;
static gpointer clock_data;

gint64
pdg_clock_now_usec (void)
{
  return clock_func != NULL ? clock_func (clock_data) : g_get_real_time ();
}

void
pdg_clock_set_source (PdgClockFunc func, gpointer user_data)
{
  clock_func = func;
  clock_data = user_data;
}
