#pragma once

#include "analytics/pdg-filter.h"
#include "analytics/pdg-tally.h"

G_BEGIN_DECLS

/* The journey graph over parts, conserved as docs/analytics.md says: a visit is a page view of another screen than the one before it in its session, so for
 * every screen visits = transitions in + entries = transitions out + exits. Nothing is left out before the sums. pdg-journey-builder.h makes the
 * same graph from rows of the database, with what parts do not hold. */

#define PDG_FLOW_MAX_SCREENS 1000000

/* The bits of the masks. */
#define PDG_FLOW_VIEW (1u << 0)
#define PDG_FLOW_ERROR (1u << 1)

/* A session with a visit of screen @to that came from @from (0 = the session began with it), or with @to 0 that ended at @from. */
typedef void (*PdgFlowUnitFunc) (guint32 actor, guint32 session, guint32 from, guint32 to, gpointer user_data);

/* Everything is borrowed. */
typedef struct
{
  const PdgMasks *masks;
  const guint32 *key_screens; /* n_keys; from 1 to n_screens, 0 = none */
  guint32 n_keys;
  guint32 n_screens;
  gint64 from_ms, to_ms; /* half-open; a session that crosses an end begins or ends there */
  gboolean units;        /* count sessions and actors, too (these are not conserved), and keep the times of which there is a median */
  PdgFlowUnitFunc unit_func; /* (nullable) */
  gpointer unit_data;
} PdgFlowOptions;

/* @sessions, @actors, @dwells: with units only. Times go to the visit that follows. */
typedef struct
{
  guint64 visits, entries, exits;
  guint64 errors; /* visits in which there was one */
  guint64 dwell_ms;
  guint64 sessions, actors;
} PdgFlowScreen;

typedef struct
{
  guint32 from, to;
  guint64 count;
  guint64 dwell_ms;
  guint64 sessions, actors;
  PdgTally *dwells; /* (nullable) in ms; (transfer none) */
} PdgFlowEdge;

typedef struct _PdgFlowResult PdgFlowResult;

/* Says what of the options cannot be; FALSE then. @error: G_IO_ERROR_INVALID_ARGUMENT */
gboolean             pdg_flow_check (const PdgFlowOptions *options, GError **error);

/* The graph of actors [actor, actor_end) of the scan, which has the days of the range. A session of two actors is one of each. Pure; any
 * thread. (transfer full) */
PdgFlowResult       *pdg_flow_run (const PdgScan *scan, const PdgFlowOptions *options, guint64 actor, guint64 actor_end);
void                 pdg_flow_result_free (PdgFlowResult *result);

/* Adds @other, of the same options and of other actors. */
void                 pdg_flow_result_add (PdgFlowResult *result, const PdgFlowResult *other);

/* Sessions with a visit. */
guint64              pdg_flow_result_get_n_sessions (const PdgFlowResult *result);

/* By screen, from 0 (which is empty) to n_screens. (transfer none) */
const PdgFlowScreen *pdg_flow_result_get_screens (const PdgFlowResult *result);

/* The transitions by count, the most first, then by screens; at most @top, 0 = all. (transfer full) (element-type PdgFlowEdge) */
GArray              *pdg_flow_result_list_edges (const PdgFlowResult *result, guint top);

/* For drawing: the graph of the screens that @keep (n_screens + 1) says, with all others as screen 0, so that its sums hold: transitions among the
 * others count as visits of them. (transfer full) (element-type PdgFlowEdge) without times and units; @out_screens n_screens + 1, of
 * visits, entries and exits */
GArray              *pdg_flow_result_fold (const PdgFlowResult *result, const guint8 *keep, PdgFlowScreen *out_screens);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgFlowResult, pdg_flow_result_free)

G_END_DECLS
