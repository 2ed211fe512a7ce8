#pragma once

#include "analytics/pdg-funnel.h"
#include "model/pdg-event-filter.h"
#include "service/pdg-queries.h"

G_BEGIN_DECLS

/* Funnels, each for many projects at once, over the rows of events: what is a step is said in the filter language of events.
 * Errors: PDG_DB_ERROR, PDG_SERVICE_ERROR. A database thread. */

#define PDG_FUNNEL_MAX_EVENTS 5000000 /* that match a step or an exclusion: some 300 MB while they are counted */

/* What is asked; a plain value, borrowed. */
typedef struct
{
  gint64 from_usec; /* of the entry, half-open; G_MININT64 and G_MAXINT64 are open ends */
  gint64 to_usec;
  const PdgEventFilter *filter;  /* (nullable) only events that match count, as if there were no others */
  const PdgEventFilter *steps[PDG_FUNNEL_MAX_STEPS]; /* (nullable) each: every event is it */
  const PdgEventFilter *exclusions[PDG_FUNNEL_MAX_EXCLUSIONS];
  PdgFunnelOptions options;      /* steps, exclusions, order, entry, counting, windows: keys, range and units are filled in */
  guint max_events;              /* more that match are refused */
  gboolean with_members;
  gboolean with_time;
  gboolean with_step_times;
} PdgFunnelQuestion;

/* Who entered. */
typedef struct
{
  gint32 session_no; /* of the first step */
  guint32 reached;   /* the bits of the steps */
  guint furthest;    /* step, from 0 */
} PdgFunnelMember;

/* Of the times between two steps in ms, of those who reached both. */
typedef struct
{
  guint64 n;
  double mean, median, p90, min, max;
} PdgFunnelTimes;

/* The funnel of a project. */
typedef struct
{
  guint n_steps;
  guint64 counts[PDG_FUNNEL_MAX_STEPS];
  guint64 stopped[PDG_FUNNEL_MAX_STEPS];            /* by their furthest step */
  guint64 pending;
  guint64 excluded;
  PdgFunnelTimes whole;                             /* from the first step to the last */
  PdgFunnelTimes between[PDG_FUNNEL_MAX_STEPS];     /* to each step from the required one before; [0] has none */
  GArray *members;                                  /* (nullable) PdgFunnelMember */
  gint64 as_of_usec;
  gint32 project_no;
} PdgFunnelReport;

void       pdg_funnel_report_free (PdgFunnelReport *report);

/* Says what of the question cannot be together, in its options. FALSE then. @error: G_IO_ERROR_INVALID_ARGUMENT */
gboolean   pdg_funnel_question_check (const PdgFunnelQuestion *question, GError **error);

/* The required step before step @k, from 0: what its share and its time go by. @k: not 0. */
guint      pdg_funnel_question_get_before (const PdgFunnelQuestion *question, guint k);

/* The funnel of each project: @n reports, by one statement. (transfer full) (element-type PdgFunnelReport) */
GPtrArray *pdg_queries_load_funnels (PdgQueries *queries, const gint32 *project_nos, guint n, const PdgFunnelQuestion *question, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgFunnelReport, pdg_funnel_report_free)

G_END_DECLS
