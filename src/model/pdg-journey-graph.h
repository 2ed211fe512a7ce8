#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One screen of the graph. The texts belong to the graph. */
typedef struct
{
  char *id;           /* stable within the project, for selection and positions */
  char *path;         /* the screen's normalised path, "/product/:id" */
  char *name;         /* its newest title, or the path when it has none */
  char *snapshot_id;  /* blob id of its newest picture, or NULL */
  guint32 visits;     /* visits = sum of transitions in + entries = sum of transitions out + exits */
  guint32 entries;
  guint32 exits;
  guint32 sessions;   /* distinct sessions that saw it */
  guint32 errors;     /* visits during which an error happened */
  double load_p75_ms; /* 75th percentile of the load time seen there; negative when unknown */
  double dwell_median_ms; /* median time from a visit to the next one of its session; negative when unknown */
} PdgJourneyScreen;

/* One transition: visits of screens[from] directly followed by a visit of screens[to]. */
typedef struct
{
  guint32 from;
  guint32 to;
  guint32 count;
  double dwell_median_ms; /* median time between the two visits */
} PdgJourneyTransition;

/* The observed journeys of one project and time range, conserved. Immutable once sealed, atomically counted. */
typedef struct _PdgJourneyGraph PdgJourneyGraph;

/* (transfer full); then screens and transitions are added, and sorted, before it is shared. */
PdgJourneyGraph            *pdg_journey_graph_new (void);
PdgJourneyGraph            *pdg_journey_graph_ref (PdgJourneyGraph *graph);
void                        pdg_journey_graph_unref (PdgJourneyGraph *graph);

/* Copies the texts of @screen; returns its index. */
guint                       pdg_journey_graph_add_screen (PdgJourneyGraph *graph, const PdgJourneyScreen *screen);
void                        pdg_journey_graph_add_transition (PdgJourneyGraph *graph, const PdgJourneyTransition *transition);

/* Puts screens and transitions into the order that the getters promise, whatever the order they were added in; of equal visits and paths
 * the id decides. Indexes that were returned before are void. For whoever fills a graph, before it is shared. */
void                        pdg_journey_graph_sort (PdgJourneyGraph *graph);

/* Sessions with at least one page view in the range, and events of any type in it. */
void                        pdg_journey_graph_set_totals (PdgJourneyGraph *graph, guint64 n_sessions, guint64 n_events);
guint64                     pdg_journey_graph_get_n_sessions (const PdgJourneyGraph *graph);
guint64                     pdg_journey_graph_get_n_events (const PdgJourneyGraph *graph);

/* Arrays that the graph owns; screens are sorted by visits, falling, then by path; transitions by count, falling. */
const PdgJourneyScreen     *pdg_journey_graph_get_screens (const PdgJourneyGraph *graph, guint *n_screens);
const PdgJourneyTransition *pdg_journey_graph_get_transitions (const PdgJourneyGraph *graph, guint *n_transitions);

/* Index of the screen with this id, or -1. */
int                         pdg_journey_graph_lookup (const PdgJourneyGraph *graph, const char *id);

/* TRUE when visits = in + entries = out + exits for every screen; else FALSE and, in @screen, the first that breaks it. */
gboolean                    pdg_journey_graph_is_conserved (const PdgJourneyGraph *graph, guint *screen);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgJourneyGraph, pdg_journey_graph_unref)

G_END_DECLS
