#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bounds of the 95 % score interval (E. B. Wilson, JASA 22, 1927) of @count in @base, as fractions. FALSE when @base is 0. Any thread. */
gboolean pdg_stats_wilson (guint64 count, guint64 base, double *out_low, double *out_high);

G_END_DECLS
