#pragma once

#include "app/pdg-funnel-step.h"
#include "app/pdg-workspace.h"

G_BEGIN_DECLS

#define PDG_TYPE_FUNNEL_MODEL (pdg_funnel_model_get_type ())
G_DECLARE_FINAL_TYPE (PdgFunnelModel, pdg_funnel_model, PDG, FUNNEL_MODEL, GObject)

#define PDG_FUNNEL_MODEL_MAX_STEPS 20

typedef enum
{
  PDG_FUNNEL_EMPTY,   /* fewer than two steps, or no project */
  PDG_FUNNEL_LOADING, /* no answer yet; what was shown before is gone */
  PDG_FUNNEL_READY,
  PDG_FUNNEL_FAILED,
} PdgFunnelState;

/* The values of the choosers, in their order. */
#define PDG_N_FUNNEL_WINDOWS 5
#define PDG_N_FUNNEL_ORDERS 3
#define PDG_N_FUNNEL_COUNTINGS 3

/* A funnel that is being made, and its numbers in the workspace's project and range: asked for a moment after each change, and anew when the
 * project changes, once it is active. Begins with the busiest way of the graph. Signal "changed" (what is asked), "answered" (the
 * state or the numbers), "people-changed". UI thread. */
PdgFunnelModel *pdg_funnel_model_new (PdgWorkspace *workspace);

/* Nothing is asked for while it is not looked at. */
void            pdg_funnel_model_set_active (PdgFunnelModel *self, gboolean active);

/* PdgFunnelStep items: those of the funnel, and all that one can be. (transfer none) */
GListModel     *pdg_funnel_model_list_steps (PdgFunnelModel *self);
GListModel     *pdg_funnel_model_list_choices (PdgFunnelModel *self);

/* Each of these can be undone. A step that is the same changes nothing. */
void            pdg_funnel_model_set_step (PdgFunnelModel *self, guint index, PdgFunnelStep *step);
/* The steps are views of these screens of the graph, in this order; unknown ones are left out. FALSE when fewer than two are left. */
gboolean        pdg_funnel_model_set_screens (PdgFunnelModel *self, const char *const *screen_ids, guint n);
void            pdg_funnel_model_add_step (PdgFunnelModel *self);
void            pdg_funnel_model_remove_step (PdgFunnelModel *self, guint index);
void            pdg_funnel_model_move_step (PdgFunnelModel *self, guint index, int by);
void            pdg_funnel_model_set_window (PdgFunnelModel *self, guint window);
void            pdg_funnel_model_set_order (PdgFunnelModel *self, guint order);
void            pdg_funnel_model_set_counting (PdgFunnelModel *self, guint counting);
guint           pdg_funnel_model_get_window (PdgFunnelModel *self);
guint           pdg_funnel_model_get_order (PdgFunnelModel *self);
guint           pdg_funnel_model_get_counting (PdgFunnelModel *self);

/* FALSE when there is nothing to be undone or done again. */
gboolean        pdg_funnel_model_undo (PdgFunnelModel *self);
gboolean        pdg_funnel_model_redo (PdgFunnelModel *self);

PdgFunnelState  pdg_funnel_model_get_state (PdgFunnelModel *self);
const char     *pdg_funnel_model_get_error_message (PdgFunnelModel *self); /* nullable */
/* The type Funnel as PDG_DOCUMENT_FUNNEL asks for it; NULL unless READY. (transfer none) */
JsonObject     *pdg_funnel_model_get_funnel (PdgFunnelModel *self);
void            pdg_funnel_model_retry (PdgFunnelModel *self);

/* Who reached the step @number (from 1), or came no further; 0 = nobody is asked for. */
void            pdg_funnel_model_show_people (PdgFunnelModel *self, guint number, gboolean stopped);
guint           pdg_funnel_model_get_people (PdgFunnelModel *self, gboolean *stopped);
gboolean        pdg_funnel_model_is_loading_people (PdgFunnelModel *self);
/* PdgSessionRow items: the sessions in which they began. (transfer none) */
GListModel     *pdg_funnel_model_list_people (PdgFunnelModel *self);

/* Its steps and figures as CSV. (transfer full) (nullable) */
char           *pdg_funnel_model_make_csv (PdgFunnelModel *self);

G_END_DECLS
