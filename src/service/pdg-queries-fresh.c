#include "config.h"
#include "service/pdg-queries-fresh.h"

#include "service/pdg-queries-private.h"

/* The clocks of the collectors differ a little from this one. */
#define CLOCKS_USEC G_TIME_SPAN_MINUTE

void
pdg_fresh_events_free (PdgFreshEvents *fresh)
{
  if (fresh == NULL)
    return;
  g_clear_pointer (&fresh->events, g_ptr_array_unref);
  pdg_store_seen_free (fresh->seen);
  g_free (fresh);
}

PdgFreshEvents *
pdg_queries_load_fresh_events (PdgQueries *queries, gint32 project_no, const PdgStoreSeen *before, const PdgEventFilter *filter, guint limit,
                               PdgEventParts parts, PdgArena *arena, GError **error)
{
  g_autoptr (PdgFreshEvents) fresh = g_new0 (PdgFreshEvents, 1);
  PdgStoreEventQuery asked = { .filter = filter, .limit = limit, .parts = parts, .arena = arena };
  gint64 n_all = 0;

  fresh->seen = pdg_store_load_seen (queries->tx, error);
  if (fresh->seen == NULL)
    return NULL;
  if (before == NULL)
    {
      fresh->events = g_ptr_array_new ();
      return g_steal_pointer (&fresh);
    }
  asked.from_usec = before->at_usec - PDG_FRESH_USEC - CLOCKS_USEC;
  fresh->events = pdg_store_list_fresh_events (queries->tx, project_no, before, fresh->seen, &asked, &n_all, error);
  if (fresh->events == NULL)
    return NULL;
  fresh->n_skipped = n_all - fresh->events->len;
  return g_steal_pointer (&fresh);
}
