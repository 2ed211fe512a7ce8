#include "config.h"

#include <math.h>
#include <string.h>

#include "app/pdg-canvas.h"
#include "app/pdg-picture-loader.h"
#include "app/pdg-scene-model.h"
#include "app/pdg-style.h"
#include "pdg-fake-client.h"
#include "pdg-fake-shop.h"

/* The canvas of this process under the pointer and the keys of the X server: what the camera is after each of them is read from the widget. */

#define DEADLINE_USEC (20 * G_USEC_PER_SEC)
#define N_STEPS 1000
#define N_AT_ONCE 10
#define KEPT_PX 0.5
#define WIDTH 800
#define HEIGHT 680

typedef struct
{
  PdgFakeClient *client;
  PdgFakeShop *shop;
  PdgWorkspace *workspace;
  PdgSceneModel *scenes;
  PdgPictureLoader *pictures;
  PdgStyle *style;
  GtkWidget *window;
  PdgCanvas *canvas;
  GSubprocess *xdotool;
  guint n_moves; /* of the camera */
  double pointer_x, pointer_y;
  PdgCamera camera; /* as it was after the last move */
  gboolean checks;  /* whether what is under the pointer stays there */
  guint n_checked;
  double worst, least, most;
} Show;

static Show show;

/* ---- hands ---- */

/* What xdotool is to do next; it reads its words line by line. */
G_GNUC_PRINTF (1, 2)
static void
hand (const char *format, ...)
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

typedef gboolean (*Check) (gconstpointer data);

static void
wait_until (const char *what, Check check, gconstpointer data)
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

static gboolean
has_moved (gconstpointer data)
{
  return show.n_moves > *(const guint *) data;
}

static gboolean
pointer_is_there (gconstpointer data)
{
  const double *wanted = data;

  return show.pointer_x == wanted[0] && show.pointer_y == wanted[1];
}

/* The window stands at the upper left of a screen without a window manager, so that the canvas's places are the screen's. */
static void
point_at (int x, int y)
{
  const double wanted[2] = { x, y };

  hand ("mousemove %d %d", x, y);
  wait_until ("the pointer's place", pointer_is_there, wanted);
}

static void
camera_cb (void)
{
  const PdgCamera *camera = pdg_canvas_get_camera (show.canvas);
  double x_world, y_world, x, y;

  pdg_camera_to_world (&show.camera, show.pointer_x, show.pointer_y, &x_world, &y_world);
  pdg_camera_to_screen (camera, x_world, y_world, &x, &y);
  show.camera = *camera;
  show.n_moves++;
  if (!show.checks)
    return;
  show.n_checked++;
  show.worst = MAX (show.worst, hypot (x - show.pointer_x, y - show.pointer_y));
  g_assert_cmpfloat (show.worst, <=, KEPT_PX);
  show.least = show.n_checked > 1 ? MIN (show.least, camera->zoom) : camera->zoom;
  show.most = MAX (show.most, camera->zoom);
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

static void
set_animated (gboolean animated)
{
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", animated, NULL);
}

static void
start (void)
{
  const char *const argv[] = { "xdotool", "-", NULL };
  GtkEventController *motion = gtk_event_controller_motion_new ();
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
  gtk_window_set_decorated (GTK_WINDOW (show.window), FALSE);
  gtk_window_set_child (GTK_WINDOW (show.window), GTK_WIDGET (show.canvas));
  gtk_window_set_default_size (GTK_WINDOW (show.window), WIDTH, HEIGHT);
  gtk_window_present (GTK_WINDOW (show.window));
  show.xdotool = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDIN_PIPE, &error);
  g_assert_no_error (error);
  wait_until ("the canvas", is_drawn, NULL);
}

static void
stop (void)
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

/* ---- tests ---- */

static void
centre_at (double zoom)
{
  pdg_canvas_zoom_by (show.canvas, log2 (zoom / pdg_canvas_get_camera (show.canvas)->zoom));
}

/* A thousand notches with Ctrl at random places, both ways, from one end of the zoom to the other: what lies under the pointer stays. */
static void
test_zoom_keeps_point (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261123);
  int direction = 4;

  set_animated (FALSE);
  hand ("keydown ctrl");
  show.checks = TRUE;
  for (guint i = 0; i < N_STEPS; i += N_AT_ONCE)
    {
      double zoom = pdg_canvas_get_camera (show.canvas)->zoom;
      guint n_moves = show.n_moves + N_AT_ONCE - 1;

      direction = zoom <= PDG_CAMERA_MIN_ZOOM ? 4 : zoom >= PDG_CAMERA_MAX_ZOOM ? 5 : direction;
      for (guint k = 0; k < N_AT_ONCE; k++)
        hand ("mousemove %d %d click --delay 0 %d", g_rand_int_range (rand, 4, WIDTH - 4), g_rand_int_range (rand, 4, HEIGHT - 4),
              g_rand_int_range (rand, 0, 5) == 0 ? 9 - direction : direction);
      wait_until ("the camera's moves", has_moved, &n_moves);
    }
  show.checks = FALSE;
  hand ("keyup ctrl");
  g_test_message ("%u steps between %g and %g, at most %g px away", show.n_checked, show.least, show.most, show.worst);
  g_assert_cmpuint (show.n_checked, ==, N_STEPS);
  g_assert_cmpfloat (show.least, ==, PDG_CAMERA_MIN_ZOOM);
  g_assert_cmpfloat (show.most, ==, PDG_CAMERA_MAX_ZOOM);
}

static gboolean
has_zoom (gconstpointer data)
{
  return fabs (pdg_canvas_get_camera (show.canvas)->zoom / *(const double *) data - 1) < 1e-9;
}

/* A wheel comes to rest at exactly 100 %, and gets away from there. */
static void
test_snap (void)
{
  const double away = 0.993 * exp2 (0.25);
  const double exact = 1;

  set_animated (FALSE);
  centre_at (0.993 * exp2 (-0.25));
  point_at (300, 300);
  hand ("keydown ctrl click 4 keyup ctrl");
  wait_until ("100 %", has_zoom, &exact);
  hand ("keydown ctrl click 4 keyup ctrl");
  wait_until ("more than 100 %", has_zoom, &away);
}

/* With motion a notch takes several frames; what is under the pointer stays in each of them. */
static void
test_eased (void)
{
  PdgCamera before;
  double x_world, y_world, x_after, y_after, goal;
  guint n_moves;

  set_animated (FALSE);
  centre_at (0.5);
  set_animated (TRUE);
  before = *pdg_canvas_get_camera (show.canvas);
  goal = before.zoom * exp2 (0.25);
  point_at (700, 200);
  pdg_camera_to_world (&before, 700, 200, &x_world, &y_world);
  n_moves = show.n_moves;
  hand ("keydown ctrl click 4 keyup ctrl");
  wait_until ("the goal", has_zoom, &goal);
  g_assert_cmpuint (show.n_moves, >, n_moves + 1);
  pdg_camera_to_screen (pdg_canvas_get_camera (show.canvas), x_world, y_world, &x_after, &y_after);
  g_assert_cmpfloat (hypot (x_after - 700, y_after - 200), <=, KEPT_PX);
  set_animated (FALSE);
}

static gboolean
has_offset (gconstpointer data)
{
  const double *wanted = data;
  const PdgCamera *camera = pdg_canvas_get_camera (show.canvas);

  return fabs (camera->offset_x - wanted[0]) < 0.5 && fabs (camera->offset_y - wanted[1]) < 0.5;
}

static void
expect_moved_by (const PdgCamera *from, double dx, double dy)
{
  const double wanted[2] = { from->offset_x + dx, from->offset_y + dy };

  wait_until ("the canvas's place", has_offset, wanted);
  g_assert_cmpfloat (pdg_canvas_get_camera (show.canvas)->zoom, ==, from->zoom);
}

/* Every way of moving the canvas. */
static void
test_pan (void)
{
  PdgCamera from;

  set_animated (FALSE);
  centre_at (0.5);
  point_at (40, 640);
  from = *pdg_canvas_get_camera (show.canvas);
  hand ("click 5");
  expect_moved_by (&from, 0, -72);
  hand ("keydown shift click 5 keyup shift");
  expect_moved_by (&from, -72, -72);
  hand ("mousedown 2 mousemove 90 600 mousemove 140 560 mouseup 2");
  expect_moved_by (&from, -72 + 100, -72 - 80);
  point_at (40, 640);
  hand ("click 1 key Escape keydown space mousedown 1 mousemove 90 620 mousemove 100 600 mouseup 1 keyup space");
  expect_moved_by (&from, -72 + 160, -72 - 120);
  point_at (40, 640);
  hand ("key h mousedown 1 mousemove 60 640 mousemove 50 650 mouseup 1 key v");
  expect_moved_by (&from, -72 + 170, -72 - 110);
  hand ("key Left");
  expect_moved_by (&from, -72 + 170 + 64, -72 - 110);
}

/* With the wheel alone when it is set so; then Ctrl moves. */
static void
test_wheel_zooms (void)
{
  PdgCamera from;
  double goal;

  set_animated (FALSE);
  centre_at (0.5);
  g_action_group_change_action_state (pdg_canvas_get_actions (show.canvas), "wheel-zooms", g_variant_new_boolean (TRUE));
  point_at (500, 300);
  goal = 0.5 * exp2 (0.25);
  hand ("click 4");
  wait_until ("the zoom", has_zoom, &goal);
  from = *pdg_canvas_get_camera (show.canvas);
  hand ("keydown ctrl click 5 keyup ctrl");
  expect_moved_by (&from, 0, -72);
  g_action_group_change_action_state (pdg_canvas_get_actions (show.canvas), "wheel-zooms", g_variant_new_boolean (FALSE));
}

static gboolean
has_glided (gconstpointer data)
{
  return pdg_canvas_get_camera (show.canvas)->offset_x > *(const double *) data;
}

/* A canvas that is let go while it moves swings on, and any press holds it. */
static void
test_throw (void)
{
  double dropped;
  guint n_moves;

  set_animated (TRUE);
  point_at (40, 640);
  hand ("mousedown 2");
  for (int i = 1; i <= 6; i++)
    point_at (40 + 40 * i, 640);
  dropped = pdg_canvas_get_camera (show.canvas)->offset_x + 20;
  hand ("mouseup 2");
  wait_until ("the swing", has_glided, &dropped);
  hand ("mousedown 2 mouseup 2");
  do
    {
      gint64 end_usec = g_get_monotonic_time () + G_USEC_PER_SEC / 5;

      n_moves = show.n_moves;
      while (g_get_monotonic_time () < end_usec)
        g_main_context_iteration (NULL, FALSE);
    }
  while (n_moves != show.n_moves);
  set_animated (FALSE);
}

int
main (int argc, char *argv[])
{
  int code;

  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  start ();
  g_test_add_func ("/ui/hands/zoom-keeps-point", test_zoom_keeps_point);
  g_test_add_func ("/ui/hands/snap", test_snap);
  g_test_add_func ("/ui/hands/eased", test_eased);
  g_test_add_func ("/ui/hands/pan", test_pan);
  g_test_add_func ("/ui/hands/wheel-zooms", test_wheel_zooms);
  g_test_add_func ("/ui/hands/throw", test_throw);
  code = g_test_run ();
  stop ();
  return code;
}
