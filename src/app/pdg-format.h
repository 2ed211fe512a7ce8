#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How numbers and times read on the screen. Pure; any thread. All return (transfer full). */

/* "12,034": exact. */
char   *pdg_format_count (guint64 count);

/* "18.4 k", "1.2 M": big numbers short; below 10,000 exact. */
char   *pdg_format_short_count (guint64 count);

/* "24 %" of @base; one digit after the point below 10 %; "–" when @base is 0. */
char   *pdg_format_share (guint64 count, guint64 base);

/* "24.1 % ± 1.3": the share and half the width of its 95 % interval; "–" when @base is 0. */
char   *pdg_format_share_interval (guint64 count, guint64 base);

/* "840 ms", "1.24 s", "48 s", "2 min 05 s", "3 h 20 min"; "–" when negative or not finite. */
char   *pdg_format_duration_ms (double ms);

/* "12:03:20" local time. */
char   *pdg_format_clock (gint64 usec);

/* "15 Jan 2024" local date. */
char   *pdg_format_date (gint64 usec);

/* "just now", "4 min ago", "3 h ago", "Tue 14:05", then the date. */
char   *pdg_format_age (gint64 usec, gint64 now_usec);

G_END_DECLS
