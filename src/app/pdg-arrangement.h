#pragma once

#include "app/pdg-workspace.h"
#include "canvas/pdg-edit.h"
#include "canvas/pdg-layout.h"

G_BEGIN_DECLS

#define PDG_TYPE_ARRANGEMENT (pdg_arrangement_get_type ())
G_DECLARE_FINAL_TYPE (PdgArrangement, pdg_arrangement, PDG, ARRANGEMENT, GObject)

/* Where people have put the screens of the workspace's project: the places, and the edits that change them.
 * Signal "changed" when a place is another one. UI thread. */
PdgArrangement *pdg_arrangement_new (PdgWorkspace *workspace);

/* An immutable table for pdg_layout_with_places(). (transfer none) */
GHashTable     *pdg_arrangement_get_places (PdgArrangement *self);

/* The place of the screen, NULL when nobody has put it anywhere. (transfer none) */
const PdgPlace *pdg_arrangement_lookup (PdgArrangement *self, const char *screen_id);
gboolean        pdg_arrangement_is_locked (PdgArrangement *self, const char *screen_id);

/* Whether this user may change places. */
gboolean        pdg_arrangement_is_writable (PdgArrangement *self);

/* Makes the edit's changes; one without changes does nothing. @joins: part of the step before when that one was made just now
 * and touches the same screens, as when an arrow key is held. */
void            pdg_arrangement_apply (PdgArrangement *self, PdgEdit *edit, gboolean joins);

G_END_DECLS
