#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PDG_TYPE_PANES (pdg_panes_get_type ())
G_DECLARE_FINAL_TYPE (PdgPanes, pdg_panes, PDG, PANES, GtkWidget)

/* Rail, canvas and inspector side by side. Below 900 px the inspector lies over the canvas (and only when asked), below
 * 600 px the rail is hidden. Properties "start", "center", "end" (widgets). */

void     pdg_panes_set_start_visible (PdgPanes *self, gboolean visible);
gboolean pdg_panes_get_start_visible (PdgPanes *self);

/* Whether there is an inspector at all. */
void     pdg_panes_set_end_visible (PdgPanes *self, gboolean visible);

/* Whether the inspector is shown also when it has to lie over the canvas. */
void     pdg_panes_set_end_wanted (PdgPanes *self, gboolean wanted);

G_END_DECLS
