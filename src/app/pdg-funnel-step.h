#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "model/pdg-journey-graph.h"

G_BEGIN_DECLS

#define PDG_TYPE_FUNNEL_STEP (pdg_funnel_step_get_type ())
G_DECLARE_FINAL_TYPE (PdgFunnelStep, pdg_funnel_step, PDG, FUNNEL_STEP, GObject)

/* What a step of a funnel can be: a view of a screen, or any event of a type. Immutable. Property "label". */
PdgFunnelStep *pdg_funnel_step_new_screen (const char *path, const char *name);
PdgFunnelStep *pdg_funnel_step_new_type (const char *type);
const char    *pdg_funnel_step_get_label (PdgFunnelStep *self);
gboolean       pdg_funnel_step_equal (PdgFunnelStep *a, PdgFunnelStep *b);
/* As FunnelStepInput. (transfer full) */
JsonObject    *pdg_funnel_step_to_input (PdgFunnelStep *self);

/* What a step can be: the screens of @graph (nullable), those of @steps that are not among them, and the types of events. (transfer full)
 * (element-type PdgFunnelStep) */
GPtrArray     *pdg_funnel_step_list_choices (PdgJourneyGraph *graph, GListModel *steps);

/* From where most sessions begin along the busiest ways, each screen once, at most @n_steps. (transfer full) (element-type PdgFunnelStep) */
GPtrArray     *pdg_funnel_step_list_busiest (PdgJourneyGraph *graph, guint n_steps);

/* Views of these screens in this order, each once; unknown ones are left out. (transfer full) (element-type PdgFunnelStep) */
GPtrArray     *pdg_funnel_step_list_screens (PdgJourneyGraph *graph, const char *const *screen_ids, guint n, guint max_steps);

G_END_DECLS
