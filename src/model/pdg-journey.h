#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A journey of a project: observed in events, or designed by people as what should happen. Plain records that own their
 * texts. */

#define PDG_JOURNEY_MAX_STEPS 200
#define PDG_JOURNEY_MAX_LINKS 1000

typedef enum
{
  PDG_JOURNEY_OBSERVED,
  PDG_JOURNEY_DESIGNED,
} PdgJourneyKind;

typedef struct
{
  char *id;
  char *name;
  gint64 created_usec;
  gint64 updated_usec;
  gint32 journey_no;
  gint32 project_no;
  PdgJourneyKind kind;
} PdgJourney;

typedef struct
{
  char *id;
  char *name;        /* the id when it has none */
  char *screen_path; /* nullable */
  gint32 project_no;
  gint32 screen_no;  /* 0 = none */
  gint32 place;      /* from 1 */
  gboolean is_optional;
} PdgJourneyStep;

/* Which step is meant to follow which, or never to. */
typedef struct
{
  char *from;
  char *to;
  gboolean is_forbidden;
} PdgJourneyLink;

void        pdg_journey_free (PdgJourney *journey);
void        pdg_journey_step_free (PdgJourneyStep *step);
void        pdg_journey_link_free (PdgJourneyLink *link);

/* "observed" and so on, as it is stored. */
const char *pdg_journey_kind_to_string (PdgJourneyKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgJourney, pdg_journey_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgJourneyStep, pdg_journey_step_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgJourneyLink, pdg_journey_link_free)

G_END_DECLS
