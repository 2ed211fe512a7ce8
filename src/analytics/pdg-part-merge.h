#pragma once

#include "analytics/pdg-part.h"

G_BEGIN_DECLS

/* Parts made of parts. Pure; any thread. */

/* The events of all @parts, which are of one organisation, project and day; @n_parts > 0. In any order and grouping the bytes are those that
 * packing the rows gives. (transfer full) (nullable) when there are too many events. @error: PDG_PART_ERROR */
GBytes *pdg_part_merge (PdgPart *const *parts, gsize n_parts, GError **error);

/* @part without the events of @actor. (transfer full) (nullable) when the actor has none in it: the part stays. */
GBytes *pdg_part_remove_actor (PdgPart *part, guint32 actor);

/* @part with the events of @actor given to @to, as when an anonymous actor turns out to be a known one. (transfer full) (nullable) when
 * the actor has none in it, or both are the same: the part stays. */
GBytes *pdg_part_remap_actor (PdgPart *part, guint32 actor, guint32 to);

G_END_DECLS
