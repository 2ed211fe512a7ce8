#include "config.h"
#include "app/pdg-metric.h"

struct _PdgMetric
{
  GtkWidget parent_instance;
  GtkLabel *label;
  GtkLabel *value;
};

G_DEFINE_FINAL_TYPE (PdgMetric, pdg_metric, GTK_TYPE_WIDGET)

enum
{
  PROP_LABEL = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
update_accessible (PdgMetric *self)
{
  g_autofree char *text = g_strdup_printf ("%s: %s", gtk_label_get_text (self->label), gtk_label_get_text (self->value));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
pdg_metric_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PdgMetric *self = PDG_METRIC (object);

  if (id == PROP_LABEL)
    gtk_label_set_text (self->label, g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  update_accessible (self);
}

static void
pdg_metric_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LABEL)
    g_value_set_string (value, gtk_label_get_text (PDG_METRIC (object)->label));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pdg_metric_dispose (GObject *object)
{
  PdgMetric *self = PDG_METRIC (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (pdg_metric_parent_class)->dispose (object);
}

static void
pdg_metric_class_init (PdgMetricClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = pdg_metric_set_property;
  object_class->get_property = pdg_metric_get_property;
  object_class->dispose = pdg_metric_dispose;
  props[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, "", G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
pdg_metric_init (PdgMetric *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->label, 0);
  gtk_label_set_ellipsize (self->label, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (GTK_WIDGET (self->label), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "second");
  gtk_widget_set_parent (GTK_WIDGET (self->label), widget);

  self->value = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->value, 1);
  gtk_widget_add_css_class (GTK_WIDGET (self->value), "value");
  gtk_widget_add_css_class (GTK_WIDGET (self->value), "numeric");
  gtk_widget_set_parent (GTK_WIDGET (self->value), widget);

  gtk_widget_add_css_class (widget, "metric");
}

void
pdg_metric_set_value (PdgMetric *self, const char *value, const char *detail, gboolean bad)
{
  g_autofree char *marked = bad ? g_strconcat ("▲ ", value, NULL) : g_strdup (value);

  gtk_label_set_text (self->value, marked);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), detail);
  if (bad)
    gtk_widget_add_css_class (GTK_WIDGET (self), "bad");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "bad");
  update_accessible (self);
}
