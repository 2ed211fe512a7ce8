#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PDG_USEC_PER_SEC G_GINT64_CONSTANT (1000000)
#define PDG_USEC_PER_DAY (G_GINT64_CONSTANT (86400) * PDG_USEC_PER_SEC)
#define PDG_RFC3339_BYTES 32

/* Reads an RFC 3339 date-time (any offset, up to nanoseconds, which are cut to microseconds; year 0001 to 9999) into
 * microseconds since 1970 UTC. A leap second counts as the next second. FALSE when it is not one. */
gboolean pdg_time_parse_rfc3339 (const char *text, gsize len, gint64 *out_usec);

/* Writes "2026-11-22T10:30:00.123456Z"; the fraction only when there is one, in 3 or 6 digits. Times
 * outside the years 0001 to 9999 are written as the first or the last of these. */
void     pdg_time_format_rfc3339 (gint64 usec, char out[PDG_RFC3339_BYTES]);

/* Days since 1970-01-01 in UTC, rounding down. */
gint32   pdg_time_get_utc_day (gint64 usec);

G_END_DECLS
