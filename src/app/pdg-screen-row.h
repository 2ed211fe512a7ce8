#pragma once

#include <gio/gio.h>

#include "model/pdg-journey-graph.h"

G_BEGIN_DECLS

#define PDG_TYPE_SCREEN_ROW (pdg_screen_row_get_type ())
G_DECLARE_FINAL_TYPE (PdgScreenRow, pdg_screen_row, PDG, SCREEN_ROW, GObject)

/* One row of the outline. Properties "name", "path", "visits" (short text), "label" (what a screen reader says). */
const char *pdg_screen_row_get_id (PdgScreenRow *self);
const char *pdg_screen_row_get_name (PdgScreenRow *self);
const char *pdg_screen_row_get_path (PdgScreenRow *self);

/* Makes @store hold the screens of @graph (nullable) in its order. Rows are changed in place while the order stays,
 * so that selection and scrolling stay too. UI thread. */
void        pdg_screen_row_update_store (GListStore *store, const PdgJourneyGraph *graph);

G_END_DECLS
