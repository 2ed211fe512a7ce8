#include "config.h"
#include "app/pdg-funnel-steps.h"

#include <glib/gi18n-lib.h>

struct _PdgFunnelSteps
{
  GtkWidget parent_instance;
  PdgFunnelModel *model;
  GPtrArray *rows; /* Row */
  gboolean syncing;
};

G_DEFINE_FINAL_TYPE (PdgFunnelSteps, pdg_funnel_steps, GTK_TYPE_WIDGET)

typedef struct
{
  PdgFunnelSteps *list;
  guint index;
  GtkWidget *box;
  GtkDropDown *dropdown;
  GtkWidget *up;
  GtkWidget *remove;
} Row;

static void
row_free (gpointer data)
{
  Row *row = data;

  g_signal_handlers_disconnect_by_data (row->dropdown, row);
  gtk_widget_unparent (row->box);
  g_free (row);
}

static void
selected_cb (GtkDropDown *dropdown, GParamSpec *pspec, gpointer user_data)
{
  Row *row = user_data;
  PdgFunnelStep *step = gtk_drop_down_get_selected_item (dropdown);

  if (!row->list->syncing && step != NULL)
    pdg_funnel_model_set_step (row->list->model, row->index, step);
}

static void
up_cb (GtkButton *button, gpointer user_data)
{
  Row *row = user_data;

  pdg_funnel_model_move_step (row->list->model, row->index, -1);
}

static void
remove_cb (GtkButton *button, gpointer user_data)
{
  Row *row = user_data;

  pdg_funnel_model_remove_step (row->list->model, row->index);
}

static GtkWidget *
new_icon_button (const char *icon, const char *label, GCallback callback, Row *row)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "icon");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect (button, "clicked", callback, row);
  return button;
}

static Row *
row_new (PdgFunnelSteps *list, guint index)
{
  Row *row = g_new0 (Row, 1);
  g_autofree char *text = g_strdup_printf ("%u", index + 1), *label = g_strdup_printf (_ ("Step %u"), index + 1);
  GtkWidget *number = gtk_label_new (text);

  row->list = list;
  row->index = index;
  row->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  row->dropdown = GTK_DROP_DOWN (gtk_drop_down_new (g_object_ref (pdg_funnel_model_list_choices (list->model)),
                                                    gtk_property_expression_new (PDG_TYPE_FUNNEL_STEP, NULL, "label")));
  gtk_drop_down_set_enable_search (row->dropdown, TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (row->dropdown), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->dropdown), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_add_css_class (number, "step-number");
  gtk_widget_add_css_class (number, "numeric");
  row->up = new_icon_button ("pdg-up-symbolic", _ ("Move up"), G_CALLBACK (up_cb), row);
  row->remove = new_icon_button ("pdg-close-symbolic", _ ("Take out"), G_CALLBACK (remove_cb), row);
  gtk_widget_set_sensitive (row->up, index > 0);
  gtk_box_append (GTK_BOX (row->box), number);
  gtk_box_append (GTK_BOX (row->box), GTK_WIDGET (row->dropdown));
  gtk_box_append (GTK_BOX (row->box), row->up);
  gtk_box_append (GTK_BOX (row->box), row->remove);
  gtk_widget_set_parent (row->box, GTK_WIDGET (list));
  g_signal_connect (row->dropdown, "notify::selected-item", G_CALLBACK (selected_cb), row);
  return row;
}

static guint
find_choice (GListModel *choices, PdgFunnelStep *step)
{
  for (guint i = 0; i < g_list_model_get_n_items (choices); i++)
    {
      g_autoptr (PdgFunnelStep) choice = g_list_model_get_item (choices, i);

      if (pdg_funnel_step_equal (choice, step))
        return i;
    }
  return GTK_INVALID_LIST_POSITION;
}

/* Rows stay where they are, so that the focus does, too. */
static void
update (PdgFunnelSteps *self)
{
  GListModel *steps = pdg_funnel_model_list_steps (self->model);
  guint n = g_list_model_get_n_items (steps);

  self->syncing = TRUE;
  while (self->rows->len < n)
    g_ptr_array_add (self->rows, row_new (self, self->rows->len));
  if (self->rows->len > n)
    g_ptr_array_set_size (self->rows, (int) n);
  for (guint i = 0; i < n; i++)
    {
      Row *row = g_ptr_array_index (self->rows, i);
      g_autoptr (PdgFunnelStep) step = g_list_model_get_item (steps, i);
      guint position = find_choice (pdg_funnel_model_list_choices (self->model), step);

      if (gtk_drop_down_get_selected (row->dropdown) != position)
        gtk_drop_down_set_selected (row->dropdown, position);
      gtk_widget_set_sensitive (row->remove, n > 2);
    }
  self->syncing = FALSE;
}

static void
pdg_funnel_steps_dispose (GObject *object)
{
  PdgFunnelSteps *self = PDG_FUNNEL_STEPS (object);

  if (self->model != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->model, self);
      g_signal_handlers_disconnect_by_data (pdg_funnel_model_list_choices (self->model), self);
    }
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (pdg_funnel_steps_parent_class)->dispose (object);
}

static void
pdg_funnel_steps_class_init (PdgFunnelStepsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pdg_funnel_steps_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
pdg_funnel_steps_init (PdgFunnelSteps *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 8);
  self->rows = g_ptr_array_new_with_free_func (row_free);
}

void
pdg_funnel_steps_bind (PdgFunnelSteps *self, PdgFunnelModel *model)
{
  g_return_if_fail (self->model == NULL);
  self->model = g_object_ref (model);
  g_signal_connect_swapped (model, "changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (pdg_funnel_model_list_choices (model), "items-changed", G_CALLBACK (update), self);
  update (self);
}

void
pdg_funnel_steps_focus (PdgFunnelSteps *self)
{
  if (self->rows->len > 0)
    gtk_widget_grab_focus (GTK_WIDGET (((Row *) g_ptr_array_index (self->rows, 0))->dropdown));
}
