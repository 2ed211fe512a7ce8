#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PDG_TYPE_METRIC (pdg_metric_get_type ())
G_DECLARE_FINAL_TYPE (PdgMetric, pdg_metric, PDG, METRIC, GtkWidget)

/* One row of a table of figures: what it is at the left, how much at the right. Property "label". */

/* @value as shown; @detail (nullable) is its tooltip; @bad marks it with a glyph and the colour of drop-off. */
void pdg_metric_set_value (PdgMetric *self, const char *value, const char *detail, gboolean bad);

G_END_DECLS
