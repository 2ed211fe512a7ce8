#pragma once

#include "analytics/pdg-filter.h"
#include "analytics/pdg-tally.h"

G_BEGIN_DECLS

/* Sessions as docs/analytics.md defines them: how many begin in each bucket, how long they take, and how many are bounces. */

#define PDG_SESSIONS_MAX_BUCKETS 10000
#define PDG_SESSIONS_MAX_MS G_GINT64_CONSTANT (86400000)

/* The bits of the masks. */
#define PDG_SESSIONS_EVENT (1u << 0)
#define PDG_SESSIONS_VIEW (1u << 1) /* a page view: a session with at most one is a bounce */

/* A session that begins in the range. @session: of its first event. */
typedef void (*PdgSessionsUnitFunc) (guint32 actor, guint32 session, guint32 value, guint bucket, gint64 duration_ms, gboolean bounce,
                                     gpointer user_data);

/* Everything is borrowed. Zeroes are the defaults. */
typedef struct
{
  const PdgMasks *masks;
  const gint64 *edges; /* n_buckets + 1, ascending */
  guint n_buckets;
  gint64 gap_ms; /* 0 = what carries one session is one; else a session of an actor ends where nothing happens for as long, or after PDG_SESSIONS_MAX_MS */
  PdgProperty breakdown; /* of the first event, 0 = none */
  PdgSessionsUnitFunc unit_func; /* (nullable) */
  gpointer unit_data;
} PdgSessionsOptions;

typedef struct
{
  guint64 sessions, bounces;
  guint64 events;
  PdgTally *durations; /* in ms */
} PdgSessionsCell;

typedef struct
{
  guint32 value;
  guint64 total;
  PdgSessionsCell *cells; /* n_buckets */
} PdgSessionsRow;

typedef struct _PdgSessionsResult PdgSessionsResult;

/* Says what of the options cannot be; FALSE then. @error: G_IO_ERROR_INVALID_ARGUMENT */
gboolean           pdg_sessions_check (const PdgSessionsOptions *options, GError **error);

/* The report over actors [actor, actor_end) of the scan, with options that passed the check. The scan has the days of the range, as many before it
 * and behind it as a session can take. A session of two actors is one of each. Pure; any thread. (transfer full) */
PdgSessionsResult *pdg_sessions_run (const PdgScan *scan, const PdgSessionsOptions *options, guint64 actor, guint64 actor_end);
void               pdg_sessions_result_free (PdgSessionsResult *result);

/* Adds @other, of the same options and of other actors. */
void               pdg_sessions_result_add (PdgSessionsResult *result, const PdgSessionsResult *other);

/* Rows by sessions, the most first, then by value. (transfer container) (element-type PdgSessionsRow) */
GPtrArray         *pdg_sessions_result_list_rows (const PdgSessionsResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgSessionsResult, pdg_sessions_result_free)

G_END_DECLS
