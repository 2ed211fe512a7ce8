#pragma once

#include "analytics/pdg-funnel.h"
#include "analytics/pdg-scan-private.h"

G_BEGIN_DECLS

/* The funnel of one unit: a row of events in the order of the funnel. Not thread-safe. */
typedef struct _PdgFunnelUnit PdgFunnelUnit;

/* Of one attempt, or of the best of all. */
typedef struct
{
  guint depth; /* 0 = did not enter */
  gboolean pending;
  gboolean excluded;
  guint64 reached;                    /* bits of the steps */
  guint32 at[PDG_FUNNEL_MAX_STEPS]; /* the event of each reached step; without order, the event that made the number of steps */
  guint32 next;                       /* where the next attempt begins */
} PdgFunnelAttempt;

PdgFunnelUnit *pdg_funnel_unit_new (const PdgFunnelOptions *options);
void           pdg_funnel_unit_free (PdgFunnelUnit *unit);

/* Entries in [entry_from_ms, entry_to_ms) and from event @first on. @once: of the first entry only, and the attempt ends when it converts, is
 * too late or is excluded. */
void           pdg_funnel_unit_run (PdgFunnelUnit *unit, const PdgChosen *events, guint32 n, guint32 first, gint64 entry_from_ms,
                                    gint64 entry_to_ms, gboolean once, PdgFunnelAttempt *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgFunnelUnit, pdg_funnel_unit_free)

G_END_DECLS
