#pragma once

#include "analytics/pdg-journey-members.h"
#include "model/pdg-event-filter.h"
#include "model/pdg-journey-graph.h"
#include "service/pdg-queries.h"

G_BEGIN_DECLS

/* The reports on journeys and on activity right now, each for many projects at once. Errors: PDG_DB_ERROR. A database thread. */

/* What is asked of the events; a plain value. */
typedef struct
{
  gint64 from_usec; /* half-open; G_MININT64 and G_MAXINT64 are open ends */
  gint64 to_usec;
  const PdgEventFilter *filter; /* (nullable) only events that match count, as if there were no others */
  gboolean with_event_count;
  gboolean with_members;
} PdgJourneyQuestion;

/* The observed journeys of a project. Counted, not atomically. */
typedef struct
{
  PdgJourneyGraph *graph;
  PdgJourneyMembers *members; /* (nullable) unless they were asked for */
  gint64 as_of_usec;
  gint32 project_no;
} PdgJourneyReport;

PdgJourneyReport *pdg_journey_report_ref (PdgJourneyReport *report);
void              pdg_journey_report_unref (PdgJourneyReport *report);

/* The journeys of each project: @n reports. The number of statements does not depend on @n. (transfer full)
 * (element-type PdgJourneyReport) */
GPtrArray *pdg_queries_load_journeys (PdgQueries *queries, const gint32 *project_nos, guint n, const PdgJourneyQuestion *question, GError **error);

/* Activity of each project right now, by the events that match @filter (nullable): @n of them. One statement. (transfer full)
 * (element-type PdgLive) */
GPtrArray *pdg_queries_load_live (PdgQueries *queries, const gint32 *project_nos, guint n, const PdgEventFilter *filter, gboolean with_sessions,
                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgJourneyReport, pdg_journey_report_unref)

G_END_DECLS
