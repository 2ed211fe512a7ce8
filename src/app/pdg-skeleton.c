#include "config.h"
#include "app/pdg-skeleton.h"

#include <glib/gi18n-lib.h>

#define CARD_WIDTH 184.0
#define PICTURE_HEIGHT 116.0
#define CARD_HEIGHT 152.0
#define COLUMN_GAP 88.0
#define ROW_GAP 40.0
#define N_COLUMNS 3

struct _PdgSkeleton
{
  GtkWidget parent_instance;
  PdgStyle *style;
};

G_DEFINE_FINAL_TYPE (PdgSkeleton, pdg_skeleton, GTK_TYPE_WIDGET)

static const guint column_sizes[N_COLUMNS] = { 1, 2, 2 };

static void
rounded (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 3 * G_PI / 2);
  cairo_close_path (cr);
}

static double
get_row_y (guint column, guint row, int height)
{
  double total = column_sizes[column] * CARD_HEIGHT + (column_sizes[column] - 1) * ROW_GAP;

  return (double) (gint64) ((height - total) / 2 + row * (CARD_HEIGHT + ROW_GAP));
}

static void
draw_card (cairo_t *cr, PdgTheme *theme, double x, double y)
{
  const PdgRgba *surface = pdg_theme_get (theme, PDG_COLOR_SURFACE);
  const PdgRgba *line = pdg_theme_get (theme, PDG_COLOR_LINE);
  const PdgRgba *text = pdg_theme_get (theme, PDG_COLOR_TEXT);

  rounded (cr, x + 0.5, y + 0.5, CARD_WIDTH - 1, PICTURE_HEIGHT - 1, PDG_RADIUS_CARD);
  cairo_set_source_rgba (cr, surface->red, surface->green, surface->blue, surface->alpha);
  cairo_fill_preserve (cr);
  cairo_set_source_rgba (cr, line->red, line->green, line->blue, line->alpha);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  cairo_set_source_rgba (cr, text->red, text->green, text->blue, 0.07);
  rounded (cr, x, y + PICTURE_HEIGHT + 9, CARD_WIDTH * 0.42, 10, 5);
  cairo_fill (cr);
  rounded (cr, x, y + PICTURE_HEIGHT + 26, CARD_WIDTH * 0.66, 8, 4);
  cairo_fill (cr);
}

static void
draw_path (cairo_t *cr, PdgTheme *theme, double x, double from_y, double to_y)
{
  const PdgRgba *text = pdg_theme_get (theme, PDG_COLOR_TEXT);
  double y1 = from_y + PICTURE_HEIGHT / 2, y2 = to_y + PICTURE_HEIGHT / 2;

  cairo_move_to (cr, x, y1);
  cairo_curve_to (cr, x + COLUMN_GAP / 2, y1, x + COLUMN_GAP / 2, y2, x + COLUMN_GAP, y2);
  cairo_set_source_rgba (cr, text->red, text->green, text->blue, 0.07);
  cairo_set_line_width (cr, 4);
  cairo_stroke (cr);
}

static void
pdg_skeleton_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PdgSkeleton *self = PDG_SKELETON (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  double x = (double) (int) ((width - N_COLUMNS * CARD_WIDTH - (N_COLUMNS - 1) * COLUMN_GAP) / 2);
  PdgTheme *theme;
  cairo_t *cr;

  if (self->style == NULL || width <= 0 || height <= 0)
    return;
  theme = pdg_style_get_theme (self->style);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  for (guint column = 0; column < N_COLUMNS; column++, x += CARD_WIDTH + COLUMN_GAP)
    for (guint row = 0; row < column_sizes[column]; row++)
      {
        double y = get_row_y (column, row, height);

        if (column + 1 < N_COLUMNS)
          for (guint next = 0; next < column_sizes[column + 1]; next++)
            if (column == 0 || next == row)
              draw_path (cr, theme, x + CARD_WIDTH, y, get_row_y (column + 1, next, height));
        draw_card (cr, theme, x, y);
      }
  cairo_destroy (cr);
}

static void
pdg_skeleton_dispose (GObject *object)
{
  PdgSkeleton *self = PDG_SKELETON (object);

  if (self->style != NULL)
    g_signal_handlers_disconnect_by_data (self->style, self);
  g_clear_object (&self->style);
  G_OBJECT_CLASS (pdg_skeleton_parent_class)->dispose (object);
}

static void
pdg_skeleton_class_init (PdgSkeletonClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pdg_skeleton_dispose;
  GTK_WIDGET_CLASS (klass)->snapshot = pdg_skeleton_snapshot;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pdg_skeleton_init (PdgSkeleton *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Loading the journeys"), -1);
}

void
pdg_skeleton_bind (PdgSkeleton *self, PdgStyle *style)
{
  self->style = g_object_ref (style);
  g_signal_connect_swapped (style, "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self);
}
