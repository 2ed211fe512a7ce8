#include "config.h"
#include "app/pdg-live-bar.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/pdg-format.h"

#define LINE_WIDTH 80
#define LINE_HEIGHT 20

struct _PdgLiveBar
{
  GtkBox parent_instance;
  GtkToggleButton *button;
  GtkLabel *label;
  GtkWidget *line;
  PdgTrafficFeed *feed;
  PdgStyle *style;
  guint fall_source; /* while the line is to go down although nothing comes in */
};

G_DEFINE_FINAL_TYPE (PdgLiveBar, pdg_live_bar, GTK_TYPE_BOX)

/* The newest second is not over: it is left out. */
static gboolean
has_rate (PdgLiveBar *self)
{
  const guint *rates = pdg_traffic_feed_get_rates (self->feed, g_get_monotonic_time ());

  for (guint i = 0; i < PDG_TRAFFIC_FEED_SECONDS; i++)
    if (rates[i] > 0)
      return TRUE;
  return FALSE;
}

static void
draw_cb (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  PdgLiveBar *self = user_data;
  const PdgRgba *accent = pdg_theme_get (pdg_style_get_theme (self->style), PDG_COLOR_ACCENT);
  const guint *rates = pdg_traffic_feed_get_rates (self->feed, g_get_monotonic_time ());
  guint n = PDG_TRAFFIC_FEED_SECONDS - 1, most = 1;

  for (guint i = 0; i < n; i++)
    most = MAX (most, rates[i]);
  for (guint i = 0; i < n; i++)
    cairo_line_to (cr, (double) width * i / (n - 1), height - 1.5 - (height - 3.0) * rates[i] / most);
  cairo_set_source_rgb (cr, accent->red, accent->green, accent->blue);
  cairo_set_line_width (cr, 1.5);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (cr);
}

static char *
dup_text (PdgLiveBar *self)
{
  guint n_sessions = pdg_traffic_feed_get_active_sessions (self->feed), n_actors = pdg_traffic_feed_get_active_actors (self->feed);
  g_autofree char *sessions = pdg_format_count (n_sessions), *n_users = pdg_format_count (n_actors);
  g_autofree char *users = g_strdup_printf (ngettext ("%s user", "%s users", n_actors), n_users);
  gint64 as_of_usec = pdg_traffic_feed_get_as_of (self->feed);
  g_autofree char *time = NULL;

  if (as_of_usec != 0 && n_sessions == 0 && !pdg_traffic_feed_get_paused (self->feed))
    return g_strdup (_ ("nobody active"));
  if (!pdg_traffic_feed_get_paused (self->feed) || as_of_usec == 0)
    return g_strdup_printf (_ ("%s active · %s"), sessions, users);
  time = pdg_format_clock (as_of_usec);
  return g_strdup_printf (_ ("%s active · %s at %s"), sessions, users, time);
}

static void update (PdgLiveBar *self);

static gboolean
fall_cb (gpointer user_data)
{
  PdgLiveBar *self = user_data;

  self->fall_source = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
update (PdgLiveBar *self)
{
  g_autofree char *text = dup_text (self);
  gboolean paused = pdg_traffic_feed_get_paused (self->feed);

  gtk_button_set_label (GTK_BUTTON (self->button), paused ? _ ("Paused") : _ ("Live"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), paused ? _ ("Go on (L)") : _ ("Hold the traffic (L)"));
  gtk_label_set_text (self->label, text);
  gtk_widget_queue_draw (self->line);
  if (self->fall_source == 0 && !paused && has_rate (self))
    self->fall_source = g_timeout_add (1000, fall_cb, self);
}

static void
pdg_live_bar_dispose (GObject *object)
{
  PdgLiveBar *self = PDG_LIVE_BAR (object);

  g_clear_handle_id (&self->fall_source, g_source_remove);
  if (self->feed != NULL)
    g_signal_handlers_disconnect_by_data (self->feed, self);
  g_clear_object (&self->feed);
  g_clear_object (&self->style);
  G_OBJECT_CLASS (pdg_live_bar_parent_class)->dispose (object);
}

static void
pdg_live_bar_class_init (PdgLiveBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pdg_live_bar_dispose;
}

static void
pdg_live_bar_init (PdgLiveBar *self)
{
  self->button = GTK_TOGGLE_BUTTON (gtk_toggle_button_new_with_label (_ ("Live")));
  self->label = GTK_LABEL (gtk_label_new (NULL));
  self->line = gtk_drawing_area_new ();
  gtk_widget_add_css_class (GTK_WIDGET (self), "floating-bar");
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "numeric");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), "canvas.pause-live");
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (self->line), LINE_WIDTH);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (self->line), LINE_HEIGHT);
  gtk_widget_set_valign (self->line, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_start (GTK_WIDGET (self->label), 4);
  gtk_widget_set_margin_end (GTK_WIDGET (self->label), 4);
  gtk_widget_set_margin_end (self->line, 8);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->line), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Events a second"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Live traffic"), -1);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->button));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->label));
  gtk_box_append (GTK_BOX (self), self->line);
}

void
pdg_live_bar_bind (PdgLiveBar *self, PdgTrafficFeed *feed, PdgStyle *style)
{
  g_return_if_fail (self->feed == NULL);
  self->feed = g_object_ref (feed);
  self->style = g_object_ref (style);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->line), draw_cb, self, NULL);
  g_signal_connect_swapped (feed, "changed", G_CALLBACK (update), self);
  g_signal_connect_object (style, "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self->line, G_CONNECT_SWAPPED);
  update (self);
}
