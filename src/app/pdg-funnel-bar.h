#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

#include "app/pdg-style.h"

G_BEGIN_DECLS

#define PDG_TYPE_FUNNEL_BAR (pdg_funnel_bar_get_type ())
G_DECLARE_FINAL_TYPE (PdgFunnelBar, pdg_funnel_bar, PDG, FUNNEL_BAR, GtkWidget)

/* A step of a funnel with its numbers: its bar opens who reached it, the line below who came no further. Signal "people" (gboolean:
 * those who came no further). */
GtkWidget *pdg_funnel_bar_new (PdgStyle *style);

/* The type FunnelStep as PDG_DOCUMENT_FUNNEL asks for it; @before: the share that reached the step before, 1 for the first. */
void       pdg_funnel_bar_set_step (PdgFunnelBar *self, JsonObject *step, double before, gboolean is_last);

/* Which of its people are shown: 0 none, 1 those who reached it, 2 those who came no further. */
void       pdg_funnel_bar_set_open (PdgFunnelBar *self, guint open);

G_END_DECLS
