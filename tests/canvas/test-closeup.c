#include "canvas/pdg-scene-closeup.h"
#include "canvas/pdg-text.h"
#include "graph-fixture.h"

#include <math.h>
#include <string.h>

#define WIDTH 1440
#define HEIGHT 900
#define INSET 172
#define N_LINES 40

typedef struct
{
  PdgScene *scene;
  PdgTheme *theme;
  char texts[N_LINES][16];
  PdgCloseupLine lines[N_LINES];
  PdgCloseup closeup;
} Fixture;

/* Three columns of a heading and lines; the values of the second are longer than any column. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (14, 7, FALSE);

  fixture->scene = pdg_scene_new (graph, NULL);
  fixture->theme = pdg_theme_new (PDG_THEME_LIGHT);
  for (guint i = 0; i < N_LINES; i++)
    {
      g_snprintf (fixture->texts[i], sizeof fixture->texts[i], "line %u", i);
      fixture->lines[i] = (PdgCloseupLine) { .text = fixture->texts[i],
                                             .value = "a value that is much longer than there is room for in any column of a screen",
                                             .indent = i % 4, .heading = i == 0, .bad = i == 3 };
    }
  fixture->closeup.columns[0] = (PdgCloseupColumn) { fixture->lines, 3 };
  fixture->closeup.columns[1] = (PdgCloseupColumn) { fixture->lines, N_LINES };
  fixture->closeup.columns[2] = (PdgCloseupColumn) { fixture->lines, 5 };
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  pdg_theme_unref (fixture->theme);
  pdg_scene_unref (fixture->scene);
}

/* The camera that has the card's picture in the middle. */
static PdgCamera
camera_at (const Fixture *fixture, double zoom)
{
  PdgRect picture = pdg_scene_get_picture_rect (fixture->scene, 0);

  return pdg_camera_centred (picture.x + picture.width / 2, picture.y + picture.height / 2, zoom, WIDTH, HEIGHT);
}

/* The lines of text that are drawn at this zoom. (transfer full) (element-type PdgTextLine) */
static GArray *
draw (const Fixture *fixture, const PdgCloseup *closeup, double zoom, PdgRect *rect)
{
  PdgCamera camera = camera_at (fixture, zoom);
  GArray *lines = pdg_text_new_lines ();
  cairo_surface_t *surface = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, NULL);
  cairo_t *cr = cairo_create (surface);

  pdg_text_gather (surface, lines);
  g_assert_true (pdg_scene_get_closeup_rect (fixture->scene, 0, &camera, WIDTH, HEIGHT, INSET, rect));
  pdg_scene_draw_closeup (cr, rect, closeup, &camera, 1, fixture->theme);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return lines;
}

/* Nothing up to 200 %; then it grows with the zoom, stays inside of the picture and the view, and leaves the upper part in sight. */
static void
test_opens_with_zoom (Fixture *fixture, gconstpointer data)
{
  double last = 0;

  for (double zoom = 0.25; zoom <= 8; zoom *= 1.05)
    {
      PdgCamera camera = camera_at (fixture, zoom);
      PdgRect world = pdg_scene_get_picture_rect (fixture->scene, 0), picture = pdg_camera_rect_to_screen (&camera, &world), rect;
      gboolean open = pdg_scene_get_closeup_rect (fixture->scene, 0, &camera, WIDTH, HEIGHT, INSET, &rect);

      g_assert_cmpint (open, ==, zoom > PDG_CLOSEUP_MIN_ZOOM);
      if (!open)
        continue;
      g_assert_cmpfloat (rect.x, >, MAX (picture.x, 0));
      g_assert_cmpfloat (rect.x + rect.width, <, MIN (picture.x + picture.width, WIDTH));
      g_assert_cmpfloat (rect.y, >, MAX (picture.y, 0) + 0.4 * (MIN (picture.y + picture.height, HEIGHT - INSET) - MAX (picture.y, 0)));
      g_assert_cmpfloat (rect.y + rect.height, <=, MIN (picture.y + picture.height, HEIGHT - INSET));
      g_assert_cmpfloat (rect.height, >=, last - 0.001);
      last = rect.height;
    }
  g_assert_cmpfloat (last, >, 300);
}

/* What hangs out of the view too far to be read does not open; the other card's own place is told, not the first one's. */
static void
test_only_in_sight (Fixture *fixture, gconstpointer data)
{
  PdgCamera camera = camera_at (fixture, 4);
  PdgRect first, rect;

  g_assert_true (pdg_scene_get_closeup_rect (fixture->scene, 0, &camera, WIDTH, HEIGHT, INSET, &first));
  pdg_camera_pan (&camera, WIDTH - first.x - 100, 0);
  g_assert_false (pdg_scene_get_closeup_rect (fixture->scene, 0, &camera, WIDTH, HEIGHT, INSET, &rect));
  camera = camera_at (fixture, 4);
  pdg_camera_pan (&camera, 0, -2000);
  g_assert_false (pdg_scene_get_closeup_rect (fixture->scene, 0, &camera, WIDTH, HEIGHT, INSET, &rect));
  camera = camera_at (fixture, 4);
  for (guint card = 1; card < pdg_scene_get_n_cards (fixture->scene); card++)
    if (pdg_scene_get_closeup_rect (fixture->scene, card, &camera, WIDTH, HEIGHT, INSET, &rect))
      g_assert_false (pdg_rect_intersects (&first, &rect));
}

static guint
count_of (const GArray *lines, const char *text)
{
  guint n = 0;

  for (guint i = 0; i < lines->len; i++)
    n += g_str_equal (g_array_index (lines, PdgTextLine, i).text, text);
  return n;
}

/* As many lines as there is room for; the last says of how many there is none, and together they are all. */
static void
test_more_the_closer (Fixture *fixture, gconstpointer data)
{
  guint last = 0;

  for (double zoom = 2.4; zoom <= 8; zoom *= 1.3)
    {
      PdgRect rect;
      g_autoptr (GArray) lines = draw (fixture, &fixture->closeup, zoom, &rect);
      guint n = 0, missing = 0;

      for (guint i = 0; i < lines->len; i++)
        {
          const PdgTextLine *line = &g_array_index (lines, PdgTextLine, i);

          g_assert_cmpfloat (line->x, >=, rect.x);
          g_assert_cmpfloat (line->x + line->width, <=, rect.x + rect.width);
          g_assert_cmpfloat (line->baseline, <, rect.y + rect.height);
          if (g_str_has_prefix (line->text, "and "))
            missing += (guint) g_ascii_strtoull (line->text + 4, NULL, 10);
          else if (g_str_has_prefix (line->text, "line "))
            n++;
        }
      g_assert_cmpuint (n + missing, ==, 3 + N_LINES + 5);
      g_assert_cmpuint (n, >=, last);
      g_assert_cmpuint (count_of (lines, "line 0"), ==, 3);
      last = n;
    }
  g_assert_cmpuint (last, >, 20);
}

/* Of a row neither the text lies on the value nor the value on the next column. */
static void
test_rows_keep_apart (Fixture *fixture, gconstpointer data)
{
  PdgRect rect;
  g_autoptr (GArray) lines = draw (fixture, &fixture->closeup, 3, &rect);

  for (guint i = 0; i < lines->len; i++)
    for (guint k = i + 1; k < lines->len; k++)
      {
        const PdgTextLine *a = &g_array_index (lines, PdgTextLine, i), *b = &g_array_index (lines, PdgTextLine, k);

        if (fabs (a->baseline - b->baseline) < 1)
          g_assert_true (a->x + a->width <= b->x + 0.5 || b->x + b->width <= a->x + 0.5);
      }
}

static void
test_message (Fixture *fixture, gconstpointer data)
{
  const PdgCloseup closeup = { .message = "It could not be read." };
  PdgRect rect;
  g_autoptr (GArray) lines = draw (fixture, &closeup, 3, &rect);
  g_autoptr (GArray) none = draw (fixture, NULL, 3, &rect);

  g_assert_cmpuint (lines->len, ==, 1);
  g_assert_cmpstr (g_array_index (lines, PdgTextLine, 0).text, ==, closeup.message);
  g_assert_cmpuint (none->len, ==, 0); /* what is on its way is no text */
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/canvas/closeup/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("opens-with-zoom", test_opens_with_zoom);
  ADD ("only-in-sight", test_only_in_sight);
  ADD ("more-the-closer", test_more_the_closer);
  ADD ("rows-keep-apart", test_rows_keep_apart);
  ADD ("message", test_message);
  return g_test_run ();
}
