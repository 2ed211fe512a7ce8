#include "config.h"
#include "app/pdg-funnel-bar.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-format.h"
#include "app/pdg-json.h"
#include "canvas/pdg-chart.h"

#define BAR_HEIGHT 36

struct _PdgFunnelBar
{
  GtkWidget parent_instance;
  GtkLabel *number;
  GtkLabel *name;
  GtkLabel *count;
  GtkLabel *rate;
  GtkWidget *button; /* around the bar */
  GtkWidget *area;
  GtkWidget *line;
  GtkWidget *stopped;
  GtkLabel *time;
  PdgStyle *style;
  double share, before, low, high;
  gboolean lit;
};

G_DEFINE_FINAL_TYPE (PdgFunnelBar, pdg_funnel_bar, GTK_TYPE_WIDGET)

static guint people_signal;

static void
draw_cb (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  PdgFunnelBar *self = user_data;
  gboolean lit = self->lit || (gtk_widget_get_state_flags (self->button) & (GTK_STATE_FLAG_PRELIGHT | GTK_STATE_FLAG_ACTIVE)) != 0;

  pdg_chart_draw_funnel_bar (cr, width, height, self->share, self->before, self->low, self->high, lit,
                             gtk_widget_get_scale_factor (GTK_WIDGET (self)), pdg_style_get_theme (self->style));
}

static void
flags_cb (PdgFunnelBar *self)
{
  gtk_widget_queue_draw (self->area);
}

static void
reached_cb (PdgFunnelBar *self)
{
  g_signal_emit (self, people_signal, 0, FALSE);
}

static void
stopped_cb (PdgFunnelBar *self)
{
  g_signal_emit (self, people_signal, 0, TRUE);
}

static GtkLabel *
new_label (float xalign, const char *const *css_classes)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_css_classes (label, (const char **) css_classes);
  return GTK_LABEL (label);
}

static void
pdg_funnel_bar_dispose (GObject *object)
{
  PdgFunnelBar *self = PDG_FUNNEL_BAR (object);
  GtkWidget *child;

  if (self->style != NULL)
    g_signal_handlers_disconnect_by_data (self->style, self);
  g_clear_object (&self->style);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (pdg_funnel_bar_parent_class)->dispose (object);
}

static void
pdg_funnel_bar_class_init (PdgFunnelBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pdg_funnel_bar_dispose;
  people_signal = g_signal_new ("people", PDG_TYPE_FUNNEL_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
pdg_funnel_bar_init (PdgFunnelBar *self)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  gtk_widget_add_css_class (GTK_WIDGET (self), "funnel-step");
  self->number = new_label (0.5f, (const char *const[]) { "step-number", "numeric", NULL });
  self->name = new_label (0, (const char *const[]) { "strong", NULL });
  self->count = new_label (1, (const char *const[]) { "second", "numeric", NULL });
  self->rate = new_label (1, (const char *const[]) { "strong", "numeric", NULL });
  gtk_label_set_width_chars (self->rate, 7);
  gtk_widget_set_hexpand (GTK_WIDGET (self->name), TRUE);
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->number));
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->name));
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->count));
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->rate));
  self->area = gtk_drawing_area_new ();
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (self->area), BAR_HEIGHT);
  self->button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->button), self->area);
  gtk_widget_add_css_class (self->button, "bar");
  gtk_widget_set_tooltip_text (self->button, _ ("Show who came this far"));
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (reached_cb), self);
  g_signal_connect_swapped (self->button, "state-flags-changed", G_CALLBACK (flags_cb), self);
  self->line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  self->stopped = gtk_button_new_with_label ("");
  gtk_widget_add_css_class (self->stopped, "link");
  gtk_widget_add_css_class (self->stopped, "small");
  g_signal_connect_swapped (self->stopped, "clicked", G_CALLBACK (stopped_cb), self);
  self->time = new_label (1, (const char *const[]) { "second", "small", "numeric", NULL });
  gtk_widget_set_hexpand (GTK_WIDGET (self->time), TRUE);
  gtk_box_append (GTK_BOX (self->line), self->stopped);
  gtk_box_append (GTK_BOX (self->line), GTK_WIDGET (self->time));
  gtk_widget_set_parent (head, GTK_WIDGET (self));
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
  gtk_widget_set_parent (self->line, GTK_WIDGET (self));
}

GtkWidget *
pdg_funnel_bar_new (PdgStyle *style)
{
  PdgFunnelBar *self = g_object_new (PDG_TYPE_FUNNEL_BAR, NULL);

  self->style = g_object_ref (style);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->area), draw_cb, self, NULL);
  g_signal_connect_swapped (style, "notify::dark", G_CALLBACK (flags_cb), self);
  return GTK_WIDGET (self);
}

/* "612 went no further": the one line, and whether there is one. */
static void
set_stopped (PdgFunnelBar *self, guint64 n, guint64 count, gboolean is_last)
{
  g_autofree char *text = pdg_format_count (n), *share = pdg_format_share (n, count);
  g_autofree char *label = g_strdup_printf (ngettext ("▼ %s came no further (%s)", "▼ %s came no further (%s)", (gulong) n), text, share);

  gtk_button_set_label (GTK_BUTTON (self->stopped), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->stopped), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_set_visible (self->stopped, n > 0 && !is_last);
}

void
pdg_funnel_bar_set_step (PdgFunnelBar *self, JsonObject *step, double before, gboolean is_last)
{
  JsonObject *rate = pdg_json_get_object (step, "rate"), *step_rate = pdg_json_get_object (step, "stepRate");
  guint64 count = (guint64) pdg_json_get_int (step, "count", 0), of = (guint64) pdg_json_get_int (rate, "of", 0);
  g_autofree char *number = g_strdup_printf ("%d", (int) pdg_json_get_int (step, "number", 0));
  const char *name = pdg_json_get_string (step, "name");
  g_autofree char *count_text = pdg_format_count (count), *share = pdg_format_share (count, of), *interval = pdg_format_share_interval (count, of);
  g_autofree char *of_text = pdg_format_count (of);
  g_autofree char *duration = pdg_format_duration_ms (pdg_json_get_double (pdg_json_get_object (step, "timeFromPrevious"), "medianMs", -1));
  g_autofree char *of_before = pdg_format_share ((guint64) pdg_json_get_int (step_rate, "count", 0), (guint64) pdg_json_get_int (step_rate, "of", 0));
  g_autofree char *time = step_rate != NULL ? g_strdup_printf (_ ("%s of the step before · median %s"), of_before, duration) : g_strdup ("");
  /* Translators: of a step of a funnel: number, name, so many of so many, as a share with its interval */
  g_autofree char *label = g_strdup_printf (_ ("Step %s, %s: %s of %s, %s"), number, name, count_text, of_text, interval);
  g_autofree char *tooltip = g_strdup_printf (_ ("%s of %s, %s. Show who came this far."), count_text, of_text, interval);

  self->share = pdg_json_get_double (rate, "share", 0);
  self->low = pdg_json_get_double (rate, "low", 0);
  self->high = pdg_json_get_double (rate, "high", 0);
  self->before = before;
  if (step_rate == NULL) /* all of those who began are 100 %: no interval */
    self->low = self->high = 0;
  gtk_label_set_text (self->number, number);
  gtk_label_set_text (self->name, name != NULL ? name : "");
  gtk_label_set_text (self->count, count_text);
  gtk_label_set_text (self->rate, share);
  gtk_label_set_text (self->time, time);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->time), *time != '\0' ? time : NULL);
  set_stopped (self, (guint64) pdg_json_get_int (step, "stoppedCount", 0), count, is_last);
  gtk_widget_set_visible (self->line, !is_last || step_rate != NULL);
  gtk_widget_set_tooltip_text (self->button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_queue_draw (self->area);
}

void
pdg_funnel_bar_set_open (PdgFunnelBar *self, guint open)
{
  self->lit = open == 1;
  gtk_widget_queue_draw (self->area);
  if (open == 2)
    gtk_widget_add_css_class (self->stopped, "strong");
  else
    gtk_widget_remove_css_class (self->stopped, "strong");
}
