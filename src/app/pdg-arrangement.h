#pragma once

#include "app/pdg-workspace.h"
#include "canvas/pdg-edit.h"
#include "canvas/pdg-group.h"
#include "canvas/pdg-layout.h"

G_BEGIN_DECLS

#define PDG_TYPE_ARRANGEMENT (pdg_arrangement_get_type ())
G_DECLARE_FINAL_TYPE (PdgArrangement, pdg_arrangement, PDG, ARRANGEMENT, GObject)

/* Where people have put the screens of the workspace's project: read from the server and kept there for all its members. Edits
 * show at once and are sent after; what others do comes with the workspace's graph. The user's own steps are kept for undo, in a
 * file of the project in @history_dir (nullable: the user's data folder).
 * Signals: "changed" when a place is another one, "history-changed" when undo or redo would do something else. UI thread. */
PdgArrangement *pdg_arrangement_new (PdgWorkspace *workspace, const char *history_dir);

/* An immutable table for pdg_layout_with_places(). (transfer none) */
GHashTable     *pdg_arrangement_get_places (PdgArrangement *self);

/* The place of the screen, NULL when nobody has put it anywhere. (transfer none) */
const PdgPlace *pdg_arrangement_lookup (PdgArrangement *self, const char *screen_id);
gboolean        pdg_arrangement_is_locked (PdgArrangement *self, const char *screen_id);

/* FALSE until the server has said, or could not be asked, where the project's screens are. */
gboolean        pdg_arrangement_is_ready (PdgArrangement *self);

/* Whether anybody has put a screen anywhere; what is not pinned lies where the layout had it. */
gboolean        pdg_arrangement_has_pinned (PdgArrangement *self);

/* Whether this user may change places. */
gboolean        pdg_arrangement_is_writable (PdgArrangement *self);

/* What groups the user sees, and which of them are folded: an immutable set of ids (transfer none). They are the user's own, kept by project;
 * edits fold and open. */
PdgGroupBy      pdg_arrangement_get_group_by (PdgArrangement *self);
void            pdg_arrangement_set_group_by (PdgArrangement *self, PdgGroupBy by);
GHashTable     *pdg_arrangement_get_folded (PdgArrangement *self);

/* Makes the edit's changes; one without changes does nothing. @joins: part of the step before when that one was made just now
 * and touches the same screens, as when an arrow key is held. */
void            pdg_arrangement_apply (PdgArrangement *self, PdgEdit *edit, gboolean joins);

/* Takes the last step back, or makes it again, as far as nobody else has changed the same screens since; a step of which nothing is left
 * is passed over. */
void            pdg_arrangement_undo (PdgArrangement *self);
void            pdg_arrangement_redo (PdgArrangement *self);

/* What they would do, "Move 3 screens"; NULL when nothing. (transfer none) */
const char     *pdg_arrangement_get_undo_name (PdgArrangement *self);
const char     *pdg_arrangement_get_redo_name (PdgArrangement *self);

G_END_DECLS
