#pragma once

#include "app/pdg-canvas.h"

G_BEGIN_DECLS

#define PDG_TYPE_LEGEND (pdg_legend_get_type ())
G_DECLARE_FINAL_TYPE (PdgLegend, pdg_legend, PDG, LEGEND, GtkWidget)

/* What the widths and colours of the edges mean, floating on the canvas. Once, before it is shown. */
void pdg_legend_bind (PdgLegend *self, PdgCanvas *canvas, PdgSceneModel *scenes, PdgStyle *style);

G_END_DECLS
