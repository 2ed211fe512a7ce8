#pragma once

#include <gtk/gtk.h>

#include "app/pdg-picture-loader.h"
#include "app/pdg-workspace.h"

G_BEGIN_DECLS

#define PDG_TYPE_INSPECTOR_DETAILS (pdg_inspector_details_get_type ())
G_DECLARE_FINAL_TYPE (PdgInspectorDetails, pdg_inspector_details, PDG, INSPECTOR_DETAILS, GtkWidget)

/* What a screen is made of, below its figures: pictures, journeys, calls, errors, state, components. What is not known of a screen is left
 * out. Actions "details.open-picture" and "details.retry". */
void pdg_inspector_details_bind (PdgInspectorDetails *self, PdgWorkspace *workspace, PdgPictureLoader *pictures);

G_END_DECLS
