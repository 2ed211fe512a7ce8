#pragma once

#include "analytics/pdg-journey-members.h"
#include "model/pdg-journey-graph.h"

G_BEGIN_DECLS

/* Builds the conserved journey graph of one time range from the events that matter to it: semantics in docs/semantics.md.
 * Not thread-safe; pure. */
typedef struct _PdgJourneyBuilder PdgJourneyBuilder;

typedef enum
{
  PDG_JOURNEY_VIEW,  /* a page view of screen_no */
  PDG_JOURNEY_ERROR, /* an error; counts for the visit it falls into */
  PDG_JOURNEY_LOAD,  /* value = load time in ms on screen_no */
} PdgJourneyRowKind;

typedef struct
{
  gint64 ts_usec;
  double value;
  gint32 session_no;
  gint32 screen_no; /* 0 = none */
  gint32 sequence;  /* PDG_SEQUENCE_NONE = none */
  PdgJourneyRowKind kind;
} PdgJourneyRow;

/* What the graph says of a screen besides its traffic. */
typedef struct
{
  gint32 screen_no;
  const char *path;
  const char *name;        /* nullable: the path */
  const char *snapshot_id; /* nullable */
} PdgJourneyScreenInfo;

/* (transfer full) */
PdgJourneyBuilder *pdg_journey_builder_new (void);
void               pdg_journey_builder_free (PdgJourneyBuilder *builder);

/* Adds a row. Rows of one session come together; within it in any order. */
void               pdg_journey_builder_add (PdgJourneyBuilder *builder, const PdgJourneyRow *row);

/* Events of any type in the range, for the graph's totals. */
void               pdg_journey_builder_set_n_events (PdgJourneyBuilder *builder, guint64 n_events);

/* Before the first row: keeps the sessions behind each number in @members, which must outlive the builder. */
void               pdg_journey_builder_set_members (PdgJourneyBuilder *builder, PdgJourneyMembers *members);

/* Ends the building. A screen with traffic and no info keeps its number as its path. (transfer full) */
PdgJourneyGraph   *pdg_journey_builder_finish (PdgJourneyBuilder *builder, const PdgJourneyScreenInfo *infos, guint n_infos);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgJourneyBuilder, pdg_journey_builder_free)

G_END_DECLS
