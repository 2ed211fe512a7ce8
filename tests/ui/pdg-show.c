#include "config.h"
#include "pdg-show.h"

#include <math.h>
#include <string.h>

#define DEADLINE_USEC (20 * G_USEC_PER_SEC)

PdgShow show;

void
pdg_show_hand (const char *format, ...)
{
  g_autofree char *line = NULL;
  g_autofree char *words = NULL;
  g_autoptr (GError) error = NULL;
  va_list args;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  line = g_strconcat (words, "\n", NULL);
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (show.xdotool), line, strlen (line), NULL, NULL, &error);
  g_assert_no_error (error);
}

void
pdg_show_wait (const char *what, PdgShowCheck check, gconstpointer data)
{
  gint64 end_usec = g_get_monotonic_time () + DEADLINE_USEC;

  while (!check (data))
    {
      if (g_get_monotonic_time () > end_usec)
        g_error ("%s did not come about", what);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (200);
    }
}

gboolean
pdg_show_has_moved (gconstpointer data)
{
  return show.n_moves > *(const guint *) data;
}

gboolean
pdg_show_has_zoom (gconstpointer data)
{
  return fabs (pdg_canvas_get_camera (show.canvas)->zoom / *(const double *) data - 1) < 1e-9;
}

static gboolean
pointer_is_there (gconstpointer data)
{
  const double *wanted = data;

  return show.pointer_x == wanted[0] && show.pointer_y == wanted[1];
}

/* The window stands at the upper left of a screen without a window manager, so that the canvas's places are the screen's. */
void
pdg_show_point_at (int x, int y)
{
  const double wanted[2] = { x, y };

  pdg_show_hand ("mousemove %d %d", x, y);
  pdg_show_wait ("the pointer's place", pointer_is_there, wanted);
}

/* A key that does nothing comes back behind all that was sent before it. */
static gboolean was_marked;

static gboolean
mark_cb (GtkEventControllerKey *keys, guint keyval, guint keycode, GdkModifierType state, gpointer user_data)
{
  was_marked = was_marked || keyval == GDK_KEY_F9;
  return FALSE;
}

static gboolean
is_marked (gconstpointer data)
{
  return was_marked;
}

void
pdg_show_settle (void)
{
  was_marked = FALSE;
  pdg_show_hand ("key F9");
  pdg_show_wait ("the mark", is_marked, NULL);
}

static void
camera_cb (void)
{
  show.n_moves++;
  if (show.camera_changed != NULL)
    show.camera_changed ();
}

static void
motion_cb (GtkEventControllerMotion *motion, double x, double y, gpointer user_data)
{
  show.pointer_x = x;
  show.pointer_y = y;
}

static gboolean
is_drawn (gconstpointer data)
{
  return pdg_canvas_get_n_frames (show.canvas) > 0 && pdg_scene_get_n_cards (pdg_canvas_get_scene (show.canvas)) > 3;
}

void
pdg_show_set_animated (gboolean animated)
{
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", animated, NULL);
}

void
pdg_show_zoom_to (double zoom)
{
  pdg_canvas_zoom_by (show.canvas, log2 (zoom / pdg_canvas_get_camera (show.canvas)->zoom));
}

static gboolean
has_offset (gconstpointer data)
{
  const double *wanted = data;
  const PdgCamera *camera = pdg_canvas_get_camera (show.canvas);

  return fabs (camera->offset_x - wanted[0]) < 0.5 && fabs (camera->offset_y - wanted[1]) < 0.5;
}

void
pdg_show_expect_moved_by (const PdgCamera *from, double dx, double dy)
{
  const double wanted[2] = { from->offset_x + dx, from->offset_y + dy };

  pdg_show_wait ("the canvas's place", has_offset, wanted);
  g_assert_cmpfloat (pdg_canvas_get_camera (show.canvas)->zoom, ==, from->zoom);
}

void
pdg_show_start (gboolean with_minimap)
{
  const char *const argv[] = { "xdotool", "-", NULL };
  GtkEventController *motion = gtk_event_controller_motion_new (), *keys = gtk_event_controller_key_new ();
  GtkWidget *overlay = gtk_overlay_new ();
  g_autoptr (GError) error = NULL;

  show.client = pdg_fake_client_new ();
  show.shop = pdg_fake_shop_new ();
  pdg_fake_shop_attach (show.shop, show.client);
  pdg_fake_shop_play (show.shop, 500);
  pdg_client_set_state (PDG_CLIENT (show.client), PDG_CLIENT_CONNECTED, NULL);
  show.workspace = pdg_workspace_new (PDG_CLIENT (show.client));
  show.scenes = pdg_scene_model_new (show.workspace);
  show.pictures = pdg_picture_loader_new (PDG_CLIENT (show.client));
  show.style = pdg_style_new (gdk_display_get_default ());
  show.window = gtk_window_new ();
  show.canvas = g_object_new (PDG_TYPE_CANVAS, NULL);
  pdg_canvas_bind (show.canvas, show.workspace, show.scenes, show.pictures, show.style);
  g_signal_connect (show.canvas, "camera-changed", G_CALLBACK (camera_cb), NULL);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), NULL);
  g_signal_connect (motion, "enter", G_CALLBACK (motion_cb), NULL);
  gtk_widget_add_controller (GTK_WIDGET (show.canvas), motion);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (mark_cb), NULL);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (show.window, keys);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), GTK_WIDGET (show.canvas));
  if (with_minimap)
    {
      show.minimap = g_object_new (PDG_TYPE_MINIMAP, "halign", GTK_ALIGN_END, "valign", GTK_ALIGN_END, NULL);
      pdg_minimap_bind (show.minimap, show.canvas, show.workspace, show.scenes, show.style);
      gtk_overlay_add_overlay (GTK_OVERLAY (overlay), GTK_WIDGET (show.minimap));
    }
  gtk_window_set_decorated (GTK_WINDOW (show.window), FALSE);
  gtk_window_set_child (GTK_WINDOW (show.window), overlay);
  gtk_window_set_default_size (GTK_WINDOW (show.window), PDG_SHOW_WIDTH, PDG_SHOW_HEIGHT);
  gtk_window_present (GTK_WINDOW (show.window));
  show.xdotool = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDIN_PIPE, &error);
  g_assert_no_error (error);
  pdg_show_wait ("the canvas", is_drawn, NULL);
}

void
pdg_show_stop (void)
{
  g_output_stream_close (g_subprocess_get_stdin_pipe (show.xdotool), NULL, NULL);
  g_subprocess_wait (show.xdotool, NULL, NULL);
  g_object_unref (show.xdotool);
  gtk_window_destroy (GTK_WINDOW (show.window));
  pdg_workspace_close (show.workspace);
  g_object_unref (show.style);
  g_object_unref (show.pictures);
  g_object_unref (show.scenes);
  g_object_unref (show.workspace);
  pdg_fake_shop_free (show.shop);
  g_object_unref (show.client);
}
