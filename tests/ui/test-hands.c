#include "config.h"
#include "pdg-show.h"

#include <math.h>

/* The camera under the pointer, the wheel and the keys: where it is after each of them. */

#define N_STEPS 1000
#define N_AT_ONCE 10
#define KEPT_PX 0.5

static struct
{
  PdgCamera camera; /* as it was after the last move */
  gboolean checks;  /* whether what is under the pointer stays there */
  guint n_checked;
  double worst, least, most;
} watch;

static void
camera_cb (void)
{
  const PdgCamera *camera = pdg_canvas_get_camera (show.canvas);
  double x_world, y_world, x, y;

  pdg_camera_to_world (&watch.camera, show.pointer_x, show.pointer_y, &x_world, &y_world);
  pdg_camera_to_screen (camera, x_world, y_world, &x, &y);
  watch.camera = *camera;
  if (!watch.checks)
    return;
  watch.n_checked++;
  watch.worst = MAX (watch.worst, hypot (x - show.pointer_x, y - show.pointer_y));
  g_assert_cmpfloat (watch.worst, <=, KEPT_PX);
  watch.least = watch.n_checked > 1 ? MIN (watch.least, camera->zoom) : camera->zoom;
  watch.most = MAX (watch.most, camera->zoom);
}

/* A thousand notches with Ctrl at random places, both ways, from one end of the zoom to the other: what lies under the pointer stays. */
static void
test_zoom_keeps_point (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261123);
  int direction = 4;

  pdg_show_set_animated (FALSE);
  pdg_show_hand ("keydown ctrl");
  watch.checks = TRUE;
  for (guint i = 0; i < N_STEPS; i += N_AT_ONCE)
    {
      double zoom = pdg_canvas_get_camera (show.canvas)->zoom;
      guint n_moves = show.n_moves + N_AT_ONCE - 1;

      direction = zoom <= PDG_CAMERA_MIN_ZOOM ? 4 : zoom >= PDG_CAMERA_MAX_ZOOM ? 5 : direction;
      for (guint k = 0; k < N_AT_ONCE; k++)
        pdg_show_hand ("mousemove %d %d click --delay 0 %d", g_rand_int_range (rand, 4, PDG_SHOW_WIDTH - 4),
                       g_rand_int_range (rand, 4, PDG_SHOW_HEIGHT - 4), g_rand_int_range (rand, 0, 5) == 0 ? 9 - direction : direction);
      pdg_show_wait ("the camera's moves", pdg_show_has_moved, &n_moves);
    }
  watch.checks = FALSE;
  pdg_show_hand ("keyup ctrl");
  g_test_message ("%u steps between %g and %g, at most %g px away", watch.n_checked, watch.least, watch.most, watch.worst);
  g_assert_cmpuint (watch.n_checked, ==, N_STEPS);
  g_assert_cmpfloat (watch.least, ==, PDG_CAMERA_MIN_ZOOM);
  g_assert_cmpfloat (watch.most, ==, PDG_CAMERA_MAX_ZOOM);
}

/* A wheel comes to rest at exactly 100 %, and gets away from there. */
static void
test_snap (void)
{
  const double away = 0.993 * exp2 (0.25);
  const double exact = 1;

  pdg_show_set_animated (FALSE);
  pdg_show_zoom_to (0.993 * exp2 (-0.25));
  pdg_show_point_at (300, 300);
  pdg_show_hand ("keydown ctrl click 4 keyup ctrl");
  pdg_show_wait ("100 %", pdg_show_has_zoom, &exact);
  pdg_show_hand ("keydown ctrl click 4 keyup ctrl");
  pdg_show_wait ("more than 100 %", pdg_show_has_zoom, &away);
}

/* With motion a notch takes several frames; what is under the pointer stays in each of them. */
static void
test_eased (void)
{
  PdgCamera before;
  double x_world, y_world, x_after, y_after, goal;
  guint n_moves;

  pdg_show_set_animated (FALSE);
  pdg_show_zoom_to (0.5);
  pdg_show_set_animated (TRUE);
  before = *pdg_canvas_get_camera (show.canvas);
  goal = before.zoom * exp2 (0.25);
  pdg_show_point_at (700, 200);
  pdg_camera_to_world (&before, 700, 200, &x_world, &y_world);
  n_moves = show.n_moves;
  pdg_show_hand ("keydown ctrl click 4 keyup ctrl");
  pdg_show_wait ("the goal", pdg_show_has_zoom, &goal);
  g_assert_cmpuint (show.n_moves, >, n_moves + 1);
  pdg_camera_to_screen (pdg_canvas_get_camera (show.canvas), x_world, y_world, &x_after, &y_after);
  g_assert_cmpfloat (hypot (x_after - 700, y_after - 200), <=, KEPT_PX);
  pdg_show_set_animated (FALSE);
}

/* Every way of moving the canvas. A button is let go when the move was seen: GTK asks the X server where the pointer is
 * after it drew, and takes a button that is up by then for a drag that was broken off. */
static void
test_pan (void)
{
  PdgCamera from;

  pdg_show_set_animated (FALSE);
  pdg_show_zoom_to (0.5);
  pdg_show_point_at (40, 640);
  from = *pdg_canvas_get_camera (show.canvas);
  pdg_show_hand ("click 5");
  pdg_show_expect_moved_by (&from, 0, -72);
  pdg_show_hand ("keydown shift click 5 keyup shift");
  pdg_show_expect_moved_by (&from, -72, -72);
  pdg_show_hand ("mousedown 2 mousemove 90 600 mousemove 140 560");
  pdg_show_expect_moved_by (&from, -72 + 100, -72 - 80);
  pdg_show_hand ("mouseup 2");
  pdg_show_point_at (40, 640);
  pdg_show_hand ("click 1 key Escape keydown space mousedown 1 mousemove 90 620 mousemove 100 600");
  pdg_show_expect_moved_by (&from, -72 + 160, -72 - 120);
  pdg_show_hand ("mouseup 1 keyup space");
  pdg_show_point_at (40, 640);
  pdg_show_hand ("key h mousedown 1 mousemove 60 640 mousemove 50 650");
  pdg_show_expect_moved_by (&from, -72 + 170, -72 - 110);
  pdg_show_hand ("mouseup 1 key v");
  pdg_show_hand ("key Left");
  pdg_show_expect_moved_by (&from, -72 + 170 + 64, -72 - 110);
}

/* With the wheel alone when it is set so; then Ctrl moves. */
static void
test_wheel_zooms (void)
{
  PdgCamera from;
  double goal;

  pdg_show_set_animated (FALSE);
  pdg_show_zoom_to (0.5);
  g_action_group_change_action_state (pdg_canvas_get_actions (show.canvas), "wheel-zooms", g_variant_new_boolean (TRUE));
  pdg_show_point_at (500, 300);
  goal = 0.5 * exp2 (0.25);
  pdg_show_hand ("click 4");
  pdg_show_wait ("the zoom", pdg_show_has_zoom, &goal);
  from = *pdg_canvas_get_camera (show.canvas);
  pdg_show_hand ("keydown ctrl click 5 keyup ctrl");
  pdg_show_expect_moved_by (&from, 0, -72);
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

  pdg_show_set_animated (TRUE);
  pdg_show_point_at (40, 640);
  pdg_show_hand ("mousedown 2");
  for (int i = 1; i <= 6; i++)
    pdg_show_point_at (40 + 40 * i, 640);
  dropped = pdg_canvas_get_camera (show.canvas)->offset_x + 20;
  pdg_show_hand ("mouseup 2");
  pdg_show_wait ("the swing", has_glided, &dropped);
  pdg_show_hand ("mousedown 2 mouseup 2");
  do
    {
      gint64 end_usec = g_get_monotonic_time () + G_USEC_PER_SEC / 5;

      n_moves = show.n_moves;
      while (g_get_monotonic_time () < end_usec)
        g_main_context_iteration (NULL, FALSE);
    }
  while (n_moves != show.n_moves);
  pdg_show_set_animated (FALSE);
}

int
main (int argc, char *argv[])
{
  int code;

  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  pdg_show_start (FALSE);
  watch.camera = *pdg_canvas_get_camera (show.canvas);
  show.camera_changed = camera_cb;
  g_test_add_func ("/ui/hands/zoom-keeps-point", test_zoom_keeps_point);
  g_test_add_func ("/ui/hands/snap", test_snap);
  g_test_add_func ("/ui/hands/eased", test_eased);
  g_test_add_func ("/ui/hands/pan", test_pan);
  g_test_add_func ("/ui/hands/wheel-zooms", test_wheel_zooms);
  g_test_add_func ("/ui/hands/throw", test_throw);
  code = g_test_run ();
  pdg_show_stop ();
  return code;
}
