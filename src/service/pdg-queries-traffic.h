#pragma once

#include "service/pdg-queries.h"

G_BEGIN_DECLS

/* What goes on on the screens of a project, from one read to the next. The counters are kept up to date by what is new and counted anew
 * once a minute; they always equal what a fresh count gives. */

/* How long after its newest event a session is active, and after its own time an event may arrive and still be told. */
#define PDG_TRAFFIC_ACTIVE_USEC (5 * G_TIME_SPAN_MINUTE)

/* Visits that followed a visit of another screen; numbers of screens. */
typedef struct
{
  gint32 from_no;
  gint32 to_no;
  guint count;
  double elapsed_ms; /* the mean time between the two visits */
} PdgTrafficStep;

/* Other events, by the screen on which they happened; 0 = none. */
typedef struct
{
  gint32 screen_no;
  guint count;
} PdgTrafficPulse;

/* Who is on a screen. */
typedef struct
{
  gint32 screen_no;
  guint active_sessions;
  guint active_actors;
} PdgTrafficScreen;

/* Who is where, as of the newest read. Counted atomically; used by one read at a time. */
typedef struct _PdgTrafficMemory PdgTrafficMemory;

PdgTrafficMemory *pdg_traffic_memory_ref (PdgTrafficMemory *memory);
void              pdg_traffic_memory_unref (PdgTrafficMemory *memory);
/* How many reads went into it. */
guint64           pdg_traffic_memory_get_n_reads (const PdgTrafficMemory *memory);

typedef struct
{
  PdgTrafficMemory *memory;
  gint64 as_of_usec;
  gint64 n_events;  /* since the read before: all of steps and pulses, and what was skipped */
  gint64 n_skipped;
  GPtrArray *steps;   /* PdgTrafficStep */
  GPtrArray *pulses;  /* PdgTrafficPulse */
  GPtrArray *screens; /* PdgTrafficScreen: all at first, then those that changed, with zeros where nobody is left */
  guint active_sessions;
  guint active_actors;
  gboolean is_whole;
  gboolean is_news;   /* something differs from the read before */
} PdgTrafficReport;

/* What happened since the read that left @memory (nullable: nothing, and all counters are told), which is changed. Not for a reader of
 * one statement. Errors: PDG_DB_ERROR, PDG_SERVICE_ERROR_INVALID when more sessions are active than are followed. A database thread.
 * (transfer full) */
PdgTrafficReport *pdg_queries_load_traffic (PdgQueries *queries, gint32 project_no, PdgTrafficMemory *memory, GError **error);
void              pdg_traffic_report_free (PdgTrafficReport *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgTrafficMemory, pdg_traffic_memory_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgTrafficReport, pdg_traffic_report_free)

G_END_DECLS
