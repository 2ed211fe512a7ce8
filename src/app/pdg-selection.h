#pragma once

#include <glib-object.h>

#include "model/pdg-journey-graph.h"

G_BEGIN_DECLS

#define PDG_TYPE_SELECTION (pdg_selection_get_type ())
G_DECLARE_FINAL_TYPE (PdgSelection, pdg_selection, PDG, SELECTION, GObject)

/* What is selected, by id, so that it survives a new graph: some screens, or one transition, or nothing.
 * Signal "changed" after every change. UI thread. */
PdgSelection *pdg_selection_new (void);

void          pdg_selection_clear (PdgSelection *self);

/* Makes @id the only selected screen. */
void          pdg_selection_select_screen (PdgSelection *self, const char *id);

/* Adds @id, or takes it away when it is selected. */
void          pdg_selection_toggle_screen (PdgSelection *self, const char *id);

/* Exactly these screens; @ids NULL-terminated. */
void          pdg_selection_set_screens (PdgSelection *self, const char *const *ids);

/* Makes the transition the only thing selected. */
void          pdg_selection_select_edge (PdgSelection *self, const char *from_id, const char *to_id);

guint         pdg_selection_get_n_screens (PdgSelection *self);
const char   *pdg_selection_get_screen (PdgSelection *self, guint index);
gboolean      pdg_selection_contains_screen (PdgSelection *self, const char *id);

/* The screen that was selected last, borrowed; NULL when none is. */
const char   *pdg_selection_get_primary (PdgSelection *self);

/* TRUE when a transition is selected; its ends, borrowed. */
gboolean      pdg_selection_get_edge (PdgSelection *self, const char **out_from_id, const char **out_to_id);

/* Lets go of what @graph does not contain. */
void          pdg_selection_prune (PdgSelection *self, const PdgJourneyGraph *graph);

G_END_DECLS
