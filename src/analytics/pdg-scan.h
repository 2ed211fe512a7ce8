#pragma once

#include "analytics/pdg-part.h"

G_BEGIN_DECLS

/* What a report reads: parts of one project, one a day, in the order of their days. Immutable, atomically counted; every thread may read it. */
typedef struct _PdgScan PdgScan;

/* Takes a reference on each part. Parts of one day are merged first (pdg_part_merge). (transfer full) (nullable) @error: PDG_PART_ERROR when
 * they are not of one organisation and project with ascending days */
PdgScan *pdg_scan_new (PdgPart *const *parts, gsize n_parts, GError **error);
PdgScan *pdg_scan_ref (PdgScan *scan);
void     pdg_scan_unref (PdgScan *scan);

/* One more than the highest number of an actor; 0 without events. A report over [0, that) is a whole one; reports over ranges of actors that
 * share none merge to it. */
guint64  pdg_scan_get_actor_end (const PdgScan *scan);
guint64  pdg_scan_get_n_events (const PdgScan *scan);

/* A property of a key (what events of the type, page or component share), a session or an actor: @values by number, 0 = it has none.
 * Borrowed; a number from @n_values on has none. */
typedef enum
{
  PDG_PROPERTY_NONE,
  PDG_PROPERTY_OF_KEY,
  PDG_PROPERTY_OF_SESSION,
  PDG_PROPERTY_OF_ACTOR,
} PdgPropertyOf;

typedef struct
{
  PdgPropertyOf of;
  guint32 n_values;
  const guint32 *values;
} PdgProperty;

static inline guint32
pdg_property_get (const PdgProperty *property, guint32 actor, guint32 session, guint32 key)
{
  guint32 at = property->of == PDG_PROPERTY_OF_KEY ? key : property->of == PDG_PROPERTY_OF_SESSION ? session : actor;

  return property->of != PDG_PROPERTY_NONE && at < property->n_values ? property->values[at] : 0;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgScan, pdg_scan_unref)

G_END_DECLS
