#include "canvas/pdg-camera.h"

#include <math.h>

/* A sequence of its own, the same in every run. */
static double
next_random (guint32 *state)
{
  *state = *state * 1664525u + 1013904223u;
  return (*state >> 8) / 16777216.0;
}

static void
test_zoom_keeps_point (void)
{
  PdgCamera camera = PDG_CAMERA_INIT;
  guint32 state = 1;
  double worst = 0;

  for (guint i = 0; i < 1000; i++)
    {
      double x = next_random (&state) * 1600, y = next_random (&state) * 1000;
      double x_world, y_world, x_after, y_after;

      pdg_camera_to_world (&camera, x, y, &x_world, &y_world);
      pdg_camera_zoom_by (&camera, x, y, next_random (&state) * 4 - 2);
      pdg_camera_to_screen (&camera, x_world, y_world, &x_after, &y_after);
      worst = MAX (worst, hypot (x_after - x, y_after - y));
      pdg_camera_pan (&camera, next_random (&state) * 400 - 200, next_random (&state) * 400 - 200);
      g_assert_true (pdg_camera_is_valid (&camera));
    }
  g_assert_cmpfloat (worst, <, 0.5);
}

/* Steps in and the same steps out again lead back. */
static void
test_no_drift (void)
{
  PdgCamera camera = { 12, -7, 1 };

  for (guint i = 0; i < 500; i++)
    pdg_camera_zoom_by (&camera, 300, 200, i % 2 == 0 ? 0.3 : -0.3);
  g_assert_cmpfloat_with_epsilon (camera.offset_x, 12, 0.5);
  g_assert_cmpfloat_with_epsilon (camera.offset_y, -7, 0.5);
  g_assert_cmpfloat_with_epsilon (camera.zoom, 1, 1e-9);
}

static void
test_clamps (void)
{
  PdgCamera camera = PDG_CAMERA_INIT;

  pdg_camera_zoom_at (&camera, 10, 10, 1e9);
  g_assert_cmpfloat (camera.zoom, ==, 8);
  pdg_camera_zoom_at (&camera, 10, 10, 0);
  g_assert_cmpfloat (camera.zoom, ==, 0.01);
  pdg_camera_pan (&camera, 1e300, 0);
  g_assert_true (pdg_camera_is_valid (&camera));
}

static void
test_refuses_nonsense (void)
{
  const double bad[] = { NAN, INFINITY, -INFINITY };
  const PdgCamera before = { 3, 4, 2 };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      PdgCamera camera = before;
      PdgRect rect = { 0, 0, bad[i], 10 };

      pdg_camera_zoom_at (&camera, 1, 1, bad[i]);
      pdg_camera_zoom_at (&camera, bad[i], 1, 2);
      pdg_camera_zoom_by (&camera, 1, bad[i], 1);
      pdg_camera_zoom_by (&camera, 1, 1, bad[i]);
      pdg_camera_pan (&camera, bad[i], 0);
      g_assert_true (pdg_camera_equal (&camera, &before));
      camera = pdg_camera_fit (&rect, 800, 600, 20, 1);
      g_assert_true (pdg_camera_is_valid (&camera));
      camera = pdg_camera_centred (bad[i], 0, 1, 800, 600);
      g_assert_true (pdg_camera_is_valid (&camera));
      camera = pdg_camera_interpolate (&before, &before, bad[i], 800, 600);
      g_assert_true (pdg_camera_is_valid (&camera));
      g_assert_cmpfloat (pdg_camera_step_zoom (bad[i], 1), ==, 1);
    }
}

static void
test_fit (void)
{
  PdgRect bounds = { -500, 200, 3000, 1000 };
  PdgCamera camera = pdg_camera_fit (&bounds, 1600, 1000, 64, 1);
  PdgRect screen = pdg_camera_rect_to_screen (&camera, &bounds);
  PdgRect empty = { 40, 50, 0, 0 };
  PdgRect small = { 0, 0, 10, 10 };
  double x, y;

  g_assert_cmpfloat_with_epsilon (screen.x, 64, 1e-6);
  g_assert_cmpfloat_with_epsilon (screen.width, 1600 - 128, 1e-6);
  g_assert_cmpfloat_with_epsilon (screen.y + screen.height / 2, 500, 1e-6);

  camera = pdg_camera_fit (&empty, 1600, 1000, 64, 1);
  pdg_camera_to_screen (&camera, 40, 50, &x, &y);
  g_assert_cmpfloat (camera.zoom, ==, 1);
  g_assert_cmpfloat (x, ==, 800);
  g_assert_cmpfloat (y, ==, 500);

  camera = pdg_camera_fit (&small, 1600, 1000, 64, 2);
  g_assert_cmpfloat (camera.zoom, ==, 2);
}

static void
test_flight (void)
{
  PdgCamera from = { 0, 0, 1 };
  PdgCamera to = from;
  double x, y, x_world, y_world;

  g_assert_cmpfloat (pdg_ease_out (0.5), ==, 0.875);
  g_assert_cmpfloat (pdg_ease_out (-1), ==, 0);
  g_assert_cmpfloat (pdg_ease_out (2), ==, 1);

  /* A pure zoom at a point stays one all the way. */
  pdg_camera_zoom_at (&to, 300, 700, 8);
  pdg_camera_to_world (&from, 300, 700, &x_world, &y_world);
  for (double t = 0; t <= 1.0; t += 0.05)
    {
      PdgCamera now = pdg_camera_interpolate (&from, &to, t, 1600, 1000);

      pdg_camera_to_screen (&now, x_world, y_world, &x, &y);
      g_assert_cmpfloat_with_epsilon (x, 300, 0.01);
      g_assert_cmpfloat_with_epsilon (y, 700, 0.01);
      g_assert_cmpfloat (now.zoom, >=, 1);
      g_assert_cmpfloat (now.zoom, <=, 8);
    }

  /* So does a pure pan: the zoom stays. */
  to = (PdgCamera) { -900, 50, 1 };

  PdgCamera half = pdg_camera_interpolate (&from, &to, 0.5, 1600, 1000);

  g_assert_cmpfloat_with_epsilon (half.zoom, 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (half.offset_x, -900 * 0.875, 1e-6);

  PdgCamera end = pdg_camera_interpolate (&from, &to, 1, 1600, 1000);

  g_assert_true (pdg_camera_equal (&end, &to));
}

static void
test_steps_and_snap (void)
{
  const struct { double zoom; int direction; double next; } rows[] = {
    { 1, 1, 2 }, { 1, -1, 0.5 }, { 0.7, 1, 1 }, { 0.7, -1, 0.5 }, { 1.001, 1, 2 }, { 0.999, -1, 0.5 }, { 8, 1, 8 },
    { 0.01, -1, 0.01 },
  };
  PdgCamera camera = { 10.3, -4.74, 1 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpfloat (pdg_camera_step_zoom (rows[i].zoom, rows[i].direction), ==, rows[i].next);
  pdg_camera_snap (&camera, 2);
  g_assert_cmpfloat (camera.offset_x, ==, 10.5);
  g_assert_cmpfloat (camera.offset_y, ==, -4.5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/camera/zoom-keeps-point", test_zoom_keeps_point);
  g_test_add_func ("/canvas/camera/no-drift", test_no_drift);
  g_test_add_func ("/canvas/camera/clamps", test_clamps);
  g_test_add_func ("/canvas/camera/refuses-nonsense", test_refuses_nonsense);
  g_test_add_func ("/canvas/camera/fit", test_fit);
  g_test_add_func ("/canvas/camera/flight", test_flight);
  g_test_add_func ("/canvas/camera/steps-and-snap", test_steps_and_snap);
  return g_test_run ();
}
