#pragma once

#include <gtk/gtk.h>

#include "app/pdg-funnel-model.h"

G_BEGIN_DECLS

#define PDG_TYPE_FUNNEL_STEPS (pdg_funnel_steps_get_type ())
G_DECLARE_FINAL_TYPE (PdgFunnelSteps, pdg_funnel_steps, PDG, FUNNEL_STEPS, GtkWidget)

/* The steps of a funnel as rows: each can be chosen anew, moved up and taken out. */

/* Once. */
void pdg_funnel_steps_bind (PdgFunnelSteps *self, PdgFunnelModel *model);

/* The keyboard to the first step. */
void pdg_funnel_steps_focus (PdgFunnelSteps *self);

G_END_DECLS
