#pragma once

#include "analytics/pdg-flow.h"
#include "analytics/pdg-scan-private.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 count, dwell_ms;
} PdgFlowSum;

typedef struct
{
  guint64 sessions, actors;
  guint64 last_session, last_actor; /* that it counted: numbers of the run, not of the project */
  PdgTally *dwells;
} PdgFlowUnits;

struct _PdgFlowResult
{
  guint32 n_screens;
  gboolean units;
  guint64 n_sessions;
  PdgFlowScreen *screens;
  guint32 *dense;      /* (nullable) number of an edge + 1 by from * (n_screens + 1) + to, or 0 */
  GHashTable *sparse;  /* where that would be too large: the same by guint64 */
  GArray *sums;        /* PdgFlowSum of each edge */
  GArray *ends;        /* guint64: from << 32 | to */
  GArray *edge_units;  /* PdgFlowUnits, with units */
};

/* A visit of a session. */
typedef struct
{
  guint32 screen;
  gboolean failed;
  gint64 began;
} PdgFlowVisit;

/* Calls @func for each session of actors [actor, actor_end) that has chosen events, actor by actor, with its visits in their order; there may be
 * none. Events are views and errors by their mask, the screen of a view is that of its key. */
typedef void (*PdgFlowSessionFunc) (guint32 actor, guint32 session, const GArray *visits, gpointer data);
void    pdg_flow_each_session (const PdgScan *scan, const PdgChoice *choice, guint64 actor, guint64 actor_end, const guint32 *key_screens,
                               guint32 n_keys, PdgFlowSessionFunc func, gpointer data);

guint32 pdg_flow_result_add_edge (PdgFlowResult *result, guint32 from, guint32 to);

/* The number of an edge. */
static inline guint32
pdg_flow_result_ensure_edge (PdgFlowResult *result, guint32 from, guint32 to)
{
  guint32 at = result->dense != NULL ? result->dense[(gsize) from * (result->n_screens + 1) + to] : 0;

  return at > 0 ? at - 1 : pdg_flow_result_add_edge (result, from, to);
}

/* Without units: part by part, with the visit that each session of a block is in. */
void    pdg_flow_run_fast (const PdgScan *scan, const PdgFlowOptions *options, guint64 actor, guint64 actor_end, PdgFlowResult *result);

G_END_DECLS
