#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One number of the journey graph. A plain value. */
typedef enum
{
  PDG_JOURNEY_CELL_GRAPH, /* sessions with a visit of any screen */
  PDG_JOURNEY_CELL_VISITS,
  PDG_JOURNEY_CELL_ENTRIES,
  PDG_JOURNEY_CELL_EXITS,
  PDG_JOURNEY_CELL_ERRORS,
  PDG_JOURNEY_CELL_TRANSITION,
} PdgJourneyCellKind;

typedef struct
{
  PdgJourneyCellKind kind;
  gint32 screen_no;    /* of a transition: that is left */
  gint32 to_screen_no; /* of a transition */
} PdgJourneyCell;

/* The sessions behind each number of a graph, as its builder counted them. Not thread-safe. */
typedef struct _PdgJourneyMembers PdgJourneyMembers;

/* (transfer full) */
PdgJourneyMembers *pdg_journey_members_new (void);
void               pdg_journey_members_free (PdgJourneyMembers *members);

/* The session has what the cell counts. All calls for one session come together. */
void               pdg_journey_members_add (PdgJourneyMembers *members, PdgJourneyCell cell, gint32 session_no);

/* The sessions of the cell, each once; (transfer none) (nullable) when there are none. */
const gint32      *pdg_journey_members_get (const PdgJourneyMembers *members, PdgJourneyCell cell, guint *n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgJourneyMembers, pdg_journey_members_free)

G_END_DECLS
