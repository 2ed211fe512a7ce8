#pragma once

#include "app/pdg-canvas.h"

G_BEGIN_DECLS

#define PDG_TYPE_MINIMAP (pdg_minimap_get_type ())
G_DECLARE_FINAL_TYPE (PdgMinimap, pdg_minimap, PDG, MINIMAP, GtkWidget)

/* The whole scene small, with what the canvas shows outlined; press or drag to go there, scroll to zoom. */
void pdg_minimap_bind (PdgMinimap *self, PdgCanvas *canvas, PdgWorkspace *workspace, PdgSceneModel *scenes, PdgStyle *style);

G_END_DECLS
