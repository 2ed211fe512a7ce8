#pragma once

#include "service/pdg-queries.h"

G_BEGIN_DECLS

/* What was committed between two reads. */
typedef struct
{
  GPtrArray *events; /* PdgStoredEvent, oldest first; in the arena they were asked for with */
  gint64 n_skipped;  /* older ones that did not fit */
  PdgStoreSeen *seen; /* what this read saw */
} PdgFreshEvents;

/* How long after its own time an event may arrive and is still found. */
#define PDG_FRESH_USEC (15 * G_TIME_SPAN_MINUTE)

/* The events of the project that were committed since the read that saw @before (nullable: none are), by whatever process; each is in
 * the answer to one such question and no other. At most @limit, the newest. Errors: PDG_DB_ERROR. A database thread. (transfer full) */
PdgFreshEvents *pdg_queries_load_fresh_events (PdgQueries *queries, gint32 project_no, const PdgStoreSeen *before, const PdgEventFilter *filter,
                                               guint limit, PdgEventParts parts, PdgArena *arena, GError **error);
void            pdg_fresh_events_free (PdgFreshEvents *fresh);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgFreshEvents, pdg_fresh_events_free)

G_END_DECLS
