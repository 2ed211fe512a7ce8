#include "config.h"
#include "app/pdg-panes.h"

#define START_WIDTH 212
#define END_WIDTH 300
#define FLOAT_BELOW 900
#define RAIL_BELOW 600
#define MIN_CENTER 240

struct _PdgPanes
{
  GtkWidget parent_instance;
  GtkWidget *start;
  GtkWidget *center;
  GtkWidget *end;
  gboolean start_visible;
  gboolean end_visible;
  gboolean end_wanted;
};

G_DEFINE_FINAL_TYPE (PdgPanes, pdg_panes, GTK_TYPE_WIDGET)

enum
{
  PROP_START = 1,
  PROP_CENTER,
  PROP_END,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
pdg_panes_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                   int *natural_baseline)
{
  PdgPanes *self = PDG_PANES (widget);
  GtkWidget *children[] = { self->start, self->center, self->end };

  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_CENTER : 200;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *natural += START_WIDTH + END_WIDTH;
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      int child_minimum, child_natural;

      if (children[i] == NULL)
        continue;
      gtk_widget_measure (children[i], orientation, -1, &child_minimum, &child_natural, NULL, NULL);
      *minimum = MAX (*minimum, child_minimum);
      *natural = MAX (*natural, child_natural);
    }
}

static void
place (GtkWidget *child, gboolean visible, int x, int width, int height)
{
  if (child == NULL)
    return;
  gtk_widget_set_child_visible (child, visible);
  if (visible)
    {
      /* GTK wants each visible child measured for the size it gets. */
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, NULL, NULL, NULL, NULL);
      gtk_widget_size_allocate (child, &(GtkAllocation){ x, 0, width, height }, -1);
    }
}

static void
pdg_panes_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  PdgPanes *self = PDG_PANES (widget);
  gboolean floats = width < FLOAT_BELOW;
  gboolean show_start = self->start_visible && width >= RAIL_BELOW;
  gboolean show_end = self->end_visible && (!floats || self->end_wanted);
  int start_width = show_start ? START_WIDTH : 0;
  int end_width = show_end ? MIN (END_WIDTH, width) : 0;

  place (self->start, show_start, 0, start_width, height);
  place (self->center, TRUE, start_width, width - start_width - (floats ? 0 : end_width), height);
  place (self->end, show_end, width - end_width, end_width, height);
  if (self->end != NULL && floats)
    gtk_widget_add_css_class (self->end, "floating");
  else if (self->end != NULL)
    gtk_widget_remove_css_class (self->end, "floating");
}

static void
set_child (PdgPanes *self, GtkWidget **slot, GtkWidget *child)
{
  g_clear_pointer (slot, gtk_widget_unparent);
  *slot = child;
  if (child == NULL)
    return;
  /* Drawn and focused in this order whatever the order they are set in: rail, canvas, then what may float above it. */
  if (slot == &self->end)
    gtk_widget_insert_before (child, GTK_WIDGET (self), NULL);
  else if (slot == &self->start)
    gtk_widget_insert_after (child, GTK_WIDGET (self), NULL);
  else
    gtk_widget_insert_after (child, GTK_WIDGET (self), self->start);
}

static void
pdg_panes_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PdgPanes *self = PDG_PANES (object);

  switch (id)
    {
    case PROP_START:
      set_child (self, &self->start, g_value_get_object (value));
      break;
    case PROP_CENTER:
      set_child (self, &self->center, g_value_get_object (value));
      break;
    case PROP_END:
      set_child (self, &self->end, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
pdg_panes_dispose (GObject *object)
{
  PdgPanes *self = PDG_PANES (object);

  g_clear_pointer (&self->start, gtk_widget_unparent);
  g_clear_pointer (&self->center, gtk_widget_unparent);
  g_clear_pointer (&self->end, gtk_widget_unparent);
  G_OBJECT_CLASS (pdg_panes_parent_class)->dispose (object);
}

static void
pdg_panes_class_init (PdgPanesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const char *const names[N_PROPS] = { NULL, "start", "center", "end" };

  object_class->set_property = pdg_panes_set_property;
  object_class->dispose = pdg_panes_dispose;
  widget_class->measure = pdg_panes_measure;
  widget_class->size_allocate = pdg_panes_size_allocate;
  for (guint i = PROP_START; i < N_PROPS; i++)
    props[i] = g_param_spec_object (names[i], NULL, NULL, GTK_TYPE_WIDGET, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pdg_panes_init (PdgPanes *self)
{
  self->start_visible = TRUE;
  self->end_visible = TRUE;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

void
pdg_panes_set_start_visible (PdgPanes *self, gboolean visible)
{
  self->start_visible = visible;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

gboolean
pdg_panes_get_start_visible (PdgPanes *self)
{
  return self->start_visible;
}

void
pdg_panes_set_end_visible (PdgPanes *self, gboolean visible)
{
  if (visible == self->end_visible)
    return;
  self->end_visible = visible;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
pdg_panes_set_end_wanted (PdgPanes *self, gboolean wanted)
{
  if (wanted == self->end_wanted)
    return;
  self->end_wanted = wanted;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
