#include "config.h"
#include "app/pdg-flow-list.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-format.h"

typedef struct
{
  GtkWidget *button;
  GtkLabel *name;
  GtkLabel *share;
  GtkLevelBar *bar;
  char *screen_id;
} Row;

struct _PdgFlowList
{
  GtkWidget parent_instance;
  GtkLabel *nothing;
  Row rows[PDG_FLOW_LIST_MAX];
};

G_DEFINE_FINAL_TYPE (PdgFlowList, pdg_flow_list, GTK_TYPE_WIDGET)

enum
{
  PROP_NOTHING = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];
static guint activated_signal;

static void
clicked_cb (GtkWidget *button, gpointer user_data)
{
  PdgFlowList *self = user_data;

  for (guint i = 0; i < PDG_FLOW_LIST_MAX; i++)
    if (self->rows[i].button == button)
      {
        g_autofree char *id = g_strdup (self->rows[i].screen_id); /* the handler changes the rows */

        g_signal_emit (self, activated_signal, 0, id);
        return;
      }
}

static void
pdg_flow_list_dispose (GObject *object)
{
  PdgFlowList *self = PDG_FLOW_LIST (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  for (guint i = 0; i < PDG_FLOW_LIST_MAX; i++)
    g_clear_pointer (&self->rows[i].screen_id, g_free);
  G_OBJECT_CLASS (pdg_flow_list_parent_class)->dispose (object);
}

static void
pdg_flow_list_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_NOTHING)
    gtk_label_set_text (PDG_FLOW_LIST (object)->nothing, g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pdg_flow_list_class_init (PdgFlowListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = pdg_flow_list_dispose;
  object_class->set_property = pdg_flow_list_set_property;
  props[PROP_NOTHING] = g_param_spec_string ("nothing", NULL, NULL, "", G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  activated_signal = g_signal_new ("activated", PDG_TYPE_FLOW_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                   G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
row_init (PdgFlowList *self, Row *row)
{
  GtkWidget *grid = gtk_grid_new ();

  row->name = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (row->name, 0);
  gtk_label_set_ellipsize (row->name, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (GTK_WIDGET (row->name), TRUE);
  row->share = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (row->share, 1);
  gtk_widget_add_css_class (GTK_WIDGET (row->share), "share");
  gtk_widget_add_css_class (GTK_WIDGET (row->share), "numeric");
  row->bar = GTK_LEVEL_BAR (gtk_level_bar_new ());
  gtk_level_bar_remove_offset_value (row->bar, GTK_LEVEL_BAR_OFFSET_LOW);
  gtk_level_bar_remove_offset_value (row->bar, GTK_LEVEL_BAR_OFFSET_HIGH);
  gtk_level_bar_remove_offset_value (row->bar, GTK_LEVEL_BAR_OFFSET_FULL);
  gtk_widget_add_css_class (GTK_WIDGET (row->bar), "share");
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Share"), -1);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 8);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 3);
  gtk_widget_set_valign (grid, GTK_ALIGN_CENTER);
  gtk_grid_attach (GTK_GRID (grid), GTK_WIDGET (row->name), 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), GTK_WIDGET (row->share), 1, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), GTK_WIDGET (row->bar), 0, 1, 2, 1);

  row->button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (row->button), grid);
  gtk_widget_add_css_class (row->button, "flow");
  gtk_widget_set_visible (row->button, FALSE);
  gtk_widget_set_parent (row->button, GTK_WIDGET (self));
  g_signal_connect (row->button, "clicked", G_CALLBACK (clicked_cb), self);
}

static void
pdg_flow_list_init (PdgFlowList *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Screens by share"), -1);
  self->nothing = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->nothing, 0);
  gtk_label_set_wrap (self->nothing, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->nothing), "second");
  gtk_widget_set_parent (GTK_WIDGET (self->nothing), GTK_WIDGET (self));
  for (guint i = 0; i < PDG_FLOW_LIST_MAX; i++)
    row_init (self, &self->rows[i]);
}

static void
row_set_flow (Row *row, const PdgFlow *flow)
{
  g_autofree char *count = pdg_format_count (flow->count);
  g_autofree char *share = flow->base > 0 ? pdg_format_share (flow->count, flow->base) : g_strdup (count);
  g_autofree char *base = pdg_format_count (flow->base);
  g_autofree char *detail = flow->base > 0 ? g_strdup_printf (_ ("%s of %s visits"), count, base) : NULL;
  g_autofree char *label = g_strdup_printf ("%s, %s", flow->name, share);

  g_free (row->screen_id);
  row->screen_id = g_strdup (flow->screen_id);
  gtk_label_set_text (row->name, flow->name);
  gtk_label_set_text (row->share, share);
  gtk_level_bar_set_value (row->bar, flow->base > 0 ? MIN (1.0, (double) flow->count / (double) flow->base) : 0);
  gtk_widget_set_visible (GTK_WIDGET (row->bar), flow->base > 0);
  gtk_widget_set_tooltip_text (row->button, detail);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

void
pdg_flow_list_set_flows (PdgFlowList *self, const PdgFlow *flows, guint n_flows)
{
  for (guint i = 0; i < PDG_FLOW_LIST_MAX; i++)
    {
      if (i < n_flows)
        row_set_flow (&self->rows[i], &flows[i]);
      gtk_widget_set_visible (self->rows[i].button, i < n_flows);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->nothing), n_flows == 0);
}
