#pragma once

#include "analytics/pdg-filter.h"

G_BEGIN_DECLS

/* Paths as docs/analytics.md defines them: the visits of each session, step by step, from its begin, from a screen or to a screen. Visits are those of the
 * journey graph (pdg-flow.h). At every step what comes into a screen goes out of it. */

#define PDG_PATHS_MAX_STEPS 20

/* The bit of the masks. */
#define PDG_PATHS_VIEW (1u << 0)

/* What a step can be beside a screen. */
#define PDG_PATHS_BEGIN 0u                  /* where the session began */
#define PDG_PATHS_END G_MAXUINT32           /* the session ended, or the path came to its end screen */
#define PDG_PATHS_MORE (G_MAXUINT32 - 1)    /* visits before or behind the path */
#define PDG_PATHS_GAP (G_MAXUINT32 - 2)     /* visits left out between its two halves */
#define PDG_PATHS_OTHER (G_MAXUINT32 - 3)   /* screens that are drawn together */

typedef void (*PdgPathsUnitFunc) (guint32 actor, guint32 session, const guint32 *steps, guint n_steps, gpointer user_data);

/* Everything is borrowed. */
typedef struct
{
  const PdgMasks *masks;
  const guint32 *key_screens; /* n_keys; 0 = none */
  guint32 n_keys;
  gint64 from_ms, to_ms; /* half-open */
  guint n_steps;         /* 2 to PDG_PATHS_MAX_STEPS */
  guint32 start_screen;  /* 0 = where the session begins; else its first visit of this, and sessions without one have no path */
  guint32 end_screen;    /* 0 = none; else the path ends with the first visit of this (behind the start), and has the last steps; with a start the
                          * first and last half */
  PdgPathsUnitFunc unit_func; /* (nullable) */
  gpointer unit_data;
} PdgPathsOptions;

/* From step @position to the next. Steps are counted from 1; position 0 leads to the first, from PDG_PATHS_BEGIN or _MORE. With an end screen and no start
 * the last step is number n_steps. */
typedef struct
{
  guint position;
  guint32 from, to;
  guint64 count;    /* sessions */
  guint64 dwell_ms; /* from visit to visit */
} PdgPathsEdge;

typedef struct _PdgPathsResult PdgPathsResult;

/* Says what of the options cannot be; FALSE then. @error: G_IO_ERROR_INVALID_ARGUMENT */
gboolean        pdg_paths_check (const PdgPathsOptions *options, GError **error);

/* The paths of actors [actor, actor_end) of the scan, which has the days of the range. Pure; any thread. (transfer full) */
PdgPathsResult *pdg_paths_run (const PdgScan *scan, const PdgPathsOptions *options, guint64 actor, guint64 actor_end);
void            pdg_paths_result_free (PdgPathsResult *result);

/* Adds @other, of the same options and of other actors. */
void            pdg_paths_result_add (PdgPathsResult *result, const PdgPathsResult *other);

/* Sessions that have a path. */
guint64         pdg_paths_result_get_n_paths (const PdgPathsResult *result);

/* By position, count (the most first), then ends. At each step the @top most frequent screens stay, the others are PDG_PATHS_OTHER; 0 = all
 * stay. (transfer full) (element-type PdgPathsEdge) */
GArray         *pdg_paths_result_list_edges (const PdgPathsResult *result, guint top);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgPathsResult, pdg_paths_result_free)

G_END_DECLS
