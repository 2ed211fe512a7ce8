#include "config.h"
#include "app/pdg-fact-list.h"

#include <glib/gi18n-lib.h>

#define N_SHOWN 5

struct _PdgFactList
{
  GtkWidget parent_instance;
  GtkWidget *box;
  GtkWidget *more;
  GPtrArray *rows;
  gboolean shows_all;
};

G_DEFINE_FINAL_TYPE (PdgFactList, pdg_fact_list, GTK_TYPE_WIDGET)

static void
update (PdgFactList *self)
{
  g_autofree char *label = g_strdup_printf (_ ("Show all %u"), self->rows->len);

  for (guint i = 0; i < self->rows->len; i++)
    gtk_widget_set_visible (self->rows->pdata[i], self->shows_all || i < N_SHOWN);
  gtk_button_set_label (GTK_BUTTON (self->more), self->shows_all ? _ ("Show fewer") : label);
  gtk_widget_set_visible (self->more, self->rows->len > N_SHOWN);
  gtk_widget_set_visible (GTK_WIDGET (self), self->rows->len > 0);
}

static void
more_cb (PdgFactList *self)
{
  self->shows_all = !self->shows_all;
  update (self);
}

static void
pdg_fact_list_dispose (GObject *object)
{
  PdgFactList *self = PDG_FACT_LIST (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  G_OBJECT_CLASS (pdg_fact_list_parent_class)->dispose (object);
}

static void
pdg_fact_list_class_init (PdgFactListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pdg_fact_list_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
pdg_fact_list_init (PdgFactList *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  self->rows = g_ptr_array_new ();
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  self->more = gtk_button_new ();
  gtk_widget_set_halign (self->more, GTK_ALIGN_START);
  gtk_widget_set_margin_top (self->more, 4);
  gtk_widget_add_css_class (self->more, "link");
  g_signal_connect_swapped (self->more, "clicked", G_CALLBACK (more_cb), self);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static GtkWidget *
new_label (const char *text, double xalign, const char *const *css_classes)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), (float) xalign);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_css_classes (label, (const char **) css_classes);
  return label;
}

GtkWidget *
pdg_fact_list_new (const char *heading)
{
  PdgFactList *self = g_object_new (PDG_TYPE_FACT_LIST, NULL);
  GtkWidget *label = new_label (heading, 0, (const char *const[]) { "strong", "heading", NULL });

  gtk_widget_set_parent (label, GTK_WIDGET (self));
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_widget_set_parent (self->more, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, heading, -1);
  return GTK_WIDGET (self);
}

void
pdg_fact_list_clear (PdgFactList *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    gtk_box_remove (GTK_BOX (self->box), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  update (self);
}

void
pdg_fact_list_add (PdgFactList *self, const PdgFact *fact)
{
  GtkWidget *grid = gtk_grid_new ();
  GtkWidget *title = new_label (fact->title, 0, fact->is_code ? (const char *const[]) { "mono", NULL } : (const char *const[]) { NULL });
  g_autofree char *value = fact->value == NULL ? NULL : fact->bad ? g_strconcat ("▲ ", fact->value, NULL) : g_strdup (fact->value);
  g_autofree char *label = g_strjoin (", ", fact->title, value != NULL ? value : fact->detail, value != NULL ? fact->detail : NULL, NULL);

  gtk_widget_set_hexpand (title, TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 8);
  gtk_grid_attach (GTK_GRID (grid), title, 0, 0, value != NULL ? 1 : 2, 1);
  if (value != NULL)
    gtk_grid_attach (GTK_GRID (grid), new_label (value, 1, fact->bad ? (const char *const[]) { "bad", "numeric", NULL }
                                                                     : (const char *const[]) { "numeric", NULL }),
                     1, 0, 1, 1);
  if (fact->detail != NULL)
    gtk_grid_attach (GTK_GRID (grid), new_label (fact->detail, 0, (const char *const[]) { "second", "small", "numeric", NULL }), 0, 1, 2, 1);
  gtk_widget_set_tooltip_text (grid, fact->tooltip);
  gtk_widget_add_css_class (grid, "fact");
  gtk_accessible_update_property (GTK_ACCESSIBLE (grid), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_box_append (GTK_BOX (self->box), grid);
  g_ptr_array_add (self->rows, grid);
  update (self);
}
