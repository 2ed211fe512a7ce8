#include "config.h"
#include "pdg-show.h"

#include <gdk/x11/gdkx.h>
#include <math.h>

/* What is selected, pointed at, dragged and shown, by the pointer and the keys of the X server: with ui/hands, ui/arrange, ui/canvas,
 * ui/comments and ui/journey every interaction of docs/canvas.md has such a test. No X server of tests can pinch: that gesture is told to
 * the canvas as its controller would. */

#define CLOSE_PX 0.5
#define FLIGHT_USEC (250 * 1000)

static PdgSelection *
get_selection (void)
{
  return pdg_workspace_get_selection (show.workspace);
}

static PdgScene *
get_scene (void)
{
  return pdg_canvas_get_scene (show.canvas);
}

static int
get_card_count (void)
{
  return (int) pdg_scene_get_n_cards (get_scene ());
}

/* Where a card is on the canvas. */
static PdgRect
get_card (int card)
{
  PdgRect world = pdg_scene_get_card_rect (get_scene (), (guint) card);

  return pdg_camera_rect_to_screen (pdg_canvas_get_camera (show.canvas), &world);
}

static gboolean
is_selected (int card)
{
  return pdg_selection_contains_screen (get_selection (), pdg_scene_get_screen (get_scene (), (guint) card)->id);
}

static gboolean
has_selected (gconstpointer data)
{
  return (int) pdg_selection_get_n_screens (get_selection ()) == *(const int *) data;
}

static void
expect_selected (int n)
{
  pdg_show_wait ("the selection", has_selected, &n);
}

static gboolean
shows_all (gconstpointer data)
{
  return pdg_canvas_shows_all (show.canvas) && show.canvas->flight_start_usec == 0;
}

/* All in view, nothing selected, nothing moves, the pointer on empty ground at the upper left. */
static void
reset (void)
{
  pdg_show_set_animated (FALSE);
  pdg_show_point_at (6, 6);
  pdg_show_hand ("click 1 key Escape key shift+1");
  pdg_show_settle ();
  pdg_show_wait ("all of it in view", shows_all, NULL);
  expect_selected (0);
}

static void
click_card (int card, const char *modifier)
{
  PdgRect rect = get_card (card);

  pdg_show_point_at ((int) (rect.x + rect.width / 2), (int) (rect.y + rect.height / 2));
  if (modifier != NULL)
    pdg_show_hand ("keydown %s click 1 keyup %s", modifier, modifier);
  else
    pdg_show_hand ("click 1");
  pdg_show_settle ();
}

/* The card that is furthest to the left, and of these the highest: nothing lies between it and the corner. */
static int
find_first (void)
{
  int first = 0;

  for (int i = 1; i < get_card_count (); i++)
    {
      PdgRect best = get_card (first), card = get_card (i);

      if (card.x < best.x - 1 || (fabs (card.x - best.x) <= 1 && card.y < best.y))
        first = i;
    }
  return first;
}

/* How many cards a frame of the canvas takes. */
static int
count_in (const PdgRect *frame, gboolean enclosed)
{
  int n = 0;

  for (int i = 0; i < get_card_count (); i++)
    {
      PdgRect card = get_card (i), both = pdg_rect_union (frame, &card);

      if (enclosed ? both.width == frame->width && both.height == frame->height : pdg_rect_intersects (&card, frame))
        n++;
    }
  return n;
}

/* A frame takes what it touches, with Alt what lies wholly in it; it can be drawn in any direction. */
static void
test_marquee (void)
{
  PdgRect first, frame;
  int touched, enclosed;

  reset ();
  first = get_card (find_first ());
  /* through the middle of the first column */
  frame = (PdgRect) { 6, 6, floor (first.x + first.width / 2) - 6, PDG_SHOW_HEIGHT - 12 };
  touched = count_in (&frame, FALSE);
  enclosed = count_in (&frame, TRUE);
  g_assert_cmpint (touched, >, enclosed);
  pdg_show_hand ("mousedown 1 mousemove 40 200 mousemove %d %d", (int) (frame.x + frame.width), (int) (frame.y + frame.height));
  expect_selected (touched);
  g_assert_cmpint (show.canvas->drag, ==, PDG_CANVAS_DRAG_MARQUEE);
  pdg_show_hand ("keydown alt mousemove_relative 1 0 mousemove_relative -- -1 0");
  expect_selected (enclosed);
  pdg_show_hand ("mouseup 1 keyup alt");
  pdg_show_settle ();
  expect_selected (enclosed);
  g_assert_cmpint (show.canvas->drag, ==, PDG_CANVAS_DRAG_NONE);

  /* upwards and to the left, around everything */
  reset ();
  pdg_show_point_at (PDG_SHOW_WIDTH - 4, 300);
  pdg_show_hand ("mousemove %d %d mousedown 1 mousemove 300 300 mousemove 1 1", PDG_SHOW_WIDTH - 200, PDG_SHOW_HEIGHT - 4);
  frame = (PdgRect) { 1, 1, PDG_SHOW_WIDTH - 201, PDG_SHOW_HEIGHT - 5 };
  expect_selected (count_in (&frame, FALSE));
  pdg_show_hand ("mouseup 1");
  pdg_show_settle ();
  expect_selected (count_in (&frame, FALSE));
  g_assert_cmpint (pdg_selection_get_n_screens (get_selection ()), >, 1);
}

/* A click takes one alone, Shift adds and takes away, Ctrl+A takes all, Escape and empty ground let go. */
static void
test_select (void)
{
  reset ();
  click_card (2, NULL);
  expect_selected (1);
  click_card (3, NULL);
  expect_selected (1);
  g_assert_true (is_selected (3));
  click_card (2, "shift");
  expect_selected (2);
  click_card (3, "shift");
  expect_selected (1);
  g_assert_true (is_selected (2));
  pdg_show_hand ("key ctrl+a");
  expect_selected (get_card_count ());
  pdg_show_hand ("key Escape");
  expect_selected (0);
  click_card (2, NULL);
  pdg_show_point_at (6, 6);
  pdg_show_hand ("click 1");
  expect_selected (0);
}

/* Each key with what the camera must be after it. */
static void
test_zoom_keys (void)
{
  static const struct
  {
    const char *key;
    double zoom;
  } steps[] = {
    { "plus", 1 }, { "KP_Add", 2 }, { "equal", 4 }, { "minus", 2 }, { "KP_Subtract", 1 }, { "minus", 0.5 }, { "minus", 0.25 },
  };
  double x_world, y_world, x, y;

  reset ();
  pdg_show_zoom_to (0.6);
  pdg_camera_to_world (pdg_canvas_get_camera (show.canvas), PDG_SHOW_WIDTH / 2.0, PDG_SHOW_HEIGHT / 2.0, &x_world, &y_world);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      pdg_show_hand ("key %s", steps[i].key);
      pdg_show_wait (steps[i].key, pdg_show_has_zoom, &steps[i].zoom);
      pdg_camera_to_screen (pdg_canvas_get_camera (show.canvas), x_world, y_world, &x, &y);
      g_assert_cmpfloat (hypot (x - PDG_SHOW_WIDTH / 2.0, y - PDG_SHOW_HEIGHT / 2.0), <=, 1.0); /* rounded to pixels at each step */
    }
}

/* Above the middle by what the controls at the bottom cover. */
static gboolean
is_in_the_middle (gconstpointer data)
{
  PdgRect card = get_card (*(const int *) data);

  return fabs (card.x + card.width / 2 - PDG_SHOW_WIDTH / 2.0) < 2 && fabs (card.y + card.height / 2 - PDG_SHOW_HEIGHT / 2.0 + 30) < 2;
}

static gboolean
is_past (gconstpointer data)
{
  return g_get_monotonic_time () > *(const gint64 *) data;
}

/* Lets the last click be forgotten: of two at one place, GTK 4.8 counts the first as none when one elsewhere was just before. */
static void
forget_click (void)
{
  gint64 end_usec;
  int double_click_ms;

  g_object_get (gtk_settings_get_default (), "gtk-double-click-time", &double_click_ms, NULL);
  end_usec = g_get_monotonic_time () + (double_click_ms + 50) * G_TIME_SPAN_MILLISECOND;
  pdg_show_wait ("the end of the last click", is_past, &end_usec);
}

/* Shift+2 shows the selection, Enter the screen, a double click too, Shift+1 all. */
static void
test_fit (void)
{
  const int card = 4;
  double zoom;
  PdgRect rect;

  reset ();
  click_card (card, NULL);
  pdg_show_hand ("key shift+2");
  pdg_show_wait ("the selection in the middle", is_in_the_middle, &card);
  pdg_show_hand ("key shift+1");
  pdg_show_wait ("all of it", shows_all, NULL);
  zoom = pdg_canvas_get_camera (show.canvas)->zoom;
  pdg_show_hand ("key Return");
  pdg_show_wait ("the screen in the middle", is_in_the_middle, &card);
  g_assert_cmpfloat (pdg_canvas_get_camera (show.canvas)->zoom, >, 2 * zoom);

  reset ();
  rect = get_card (card);
  pdg_show_point_at ((int) (rect.x + rect.width / 2), (int) (rect.y + rect.height / 2));
  forget_click ();
  pdg_show_hand ("click --repeat 2 --delay 30 1");
  pdg_show_wait ("the screen in the middle", is_in_the_middle, &card);
}

static gboolean
is_primary (gconstpointer data)
{
  const char *primary = pdg_selection_get_primary (get_selection ());

  return primary != NULL && g_str_equal (primary, pdg_scene_get_screen (get_scene (), *(const guint32 *) data)->id);
}

/* Tab goes along the reading order, Alt and an arrow along the busiest path, back, and to the others. */
static void
test_walk (void)
{
  const guint32 *order, *ways;
  guint32 start, goal;
  guint n;

  reset ();
  order = pdg_scene_get_reading_order (get_scene (), &n);
  for (guint i = 0; i < n; i++)
    {
      pdg_show_hand ("key Tab");
      pdg_show_wait ("the next in reading order", is_primary, &order[i]);
    }
  pdg_show_hand ("key shift+Tab");
  pdg_show_wait ("the one before", is_primary, &order[n - 2]);
  for (guint i = 0; i + 2 < n; i++)
    pdg_show_hand ("key shift+Tab");
  start = order[0];
  pdg_show_wait ("the first", is_primary, &start);
  ways = pdg_scene_get_outgoing (get_scene (), start, &n);
  g_assert_cmpuint (n, >, 1);
  goal = pdg_scene_get_edge (get_scene (), ways[0])->to;
  pdg_show_hand ("key alt+Right");
  pdg_show_wait ("the end of the busiest path", is_primary, &goal);
  goal = pdg_scene_get_edge (get_scene (), ways[1])->to;
  pdg_show_hand ("key alt+Down");
  pdg_show_wait ("that of the next", is_primary, &goal);
  goal = pdg_scene_get_edge (get_scene (), ways[0])->to;
  pdg_show_hand ("key alt+Up");
  pdg_show_wait ("the busiest again", is_primary, &goal);
  ways = pdg_scene_get_incoming (get_scene (), goal, &n);
  start = pdg_scene_get_edge (get_scene (), ways[0])->from;
  pdg_show_hand ("key alt+Left");
  pdg_show_wait ("where most come from", is_primary, &start);
}

typedef struct
{
  PdgHitKind kind;
  guint index;
} Hover;

static gboolean
is_hovered (gconstpointer data)
{
  const Hover *wanted = data;

  return show.canvas->hovered_kind == wanted->kind && (wanted->kind == PDG_HIT_NOTHING || show.canvas->hovered_index == wanted->index);
}

/* Cards, lines and their labels tell that they are pointed at; a quick sweep costs no more than a redraw a frame. */
static void
test_hover (void)
{
  const Hover nothing = { PDG_HIT_NOTHING, 0 };
  guint64 n_frames;
  guint n_edges = 0;
  gint64 began_usec, took_usec;

  reset ();
  pdg_show_wait ("nothing", is_hovered, &nothing);
  for (guint i = 0; i < 3; i++)
    {
      const Hover card = { PDG_HIT_CARD, i };
      PdgRect rect = get_card ((int) i);

      pdg_show_point_at ((int) (rect.x + rect.width / 2), (int) (rect.y + rect.height / 2));
      pdg_show_wait ("the card", is_hovered, &card);
    }
  for (guint i = 0; i < pdg_scene_get_n_edges (get_scene ()) && n_edges < 3; i++)
    {
      double x_world, y_world, x, y;
      guint index;
      Hover hover;

      pdg_scene_get_edge_point (get_scene (), i, 0.5, &x_world, &y_world);
      pdg_camera_to_screen (pdg_canvas_get_camera (show.canvas), x_world, y_world, &x, &y);
      hover = (Hover) { pdg_canvas_hit_test (show.canvas, floor (x), floor (y), &index), i };
      if ((hover.kind != PDG_HIT_EDGE && hover.kind != PDG_HIT_LABEL) || index != i)
        continue;
      pdg_show_point_at ((int) x, (int) y);
      pdg_show_wait ("the edge", is_hovered, &hover);
      n_edges++;
    }
  g_assert_cmpuint (n_edges, ==, 3);
  pdg_show_point_at (6, 6);
  pdg_show_wait ("nothing again", is_hovered, &nothing);
  pdg_show_settle ();
  n_frames = pdg_canvas_get_n_frames (show.canvas);
  began_usec = g_get_monotonic_time ();
  for (int i = 0; i < 400; i++)
    pdg_show_hand ("mousemove %d %d", 6 + i, 6 + i);
  pdg_show_settle ();
  took_usec = g_get_monotonic_time () - began_usec;
  g_assert_cmpuint (pdg_canvas_get_n_frames (show.canvas) - n_frames, <=, (guint64) (took_usec / 16000 + 2));
}

/* The card with nothing below it for a while. */
static gboolean
is_level_with (gconstpointer data)
{
  const int *cards = data;

  return fabs (pdg_scene_get_card_rect (get_scene (), (guint) cards[0]).y - pdg_scene_get_card_rect (get_scene (), (guint) cards[1]).y) < 1e-6;
}

typedef struct
{
  int card;
  double x, y;
} Place;

static gboolean
is_at (gconstpointer data)
{
  const Place *place = data;
  PdgRect rect = pdg_scene_get_card_rect (get_scene (), (guint) place->card);

  return fabs (rect.x - place->x) < 2 && fabs (rect.y - place->y) < 2 && show.canvas->cards == NULL;
}

/* A card that is dragged comes to lie level with another one within 6 pixels, and shows by a line with which; with Ctrl it does not. */
static void
test_snap_lines (void)
{
  PdgRect card, other;
  int cards[2] = { find_first (), -1 };
  Place place;

  reset ();
  for (int i = 0; i < get_card_count () && cards[1] < 0; i++)
    if (i != cards[0] && fabs (get_card (i).x - get_card (cards[0]).x) > get_card (i).width && !is_level_with ((int[]) { cards[0], i }))
      cards[1] = i;
  g_assert_cmpint (cards[1], >=, 0);
  card = get_card (cards[0]);
  other = get_card (cards[1]);
  pdg_show_point_at ((int) (card.x + card.width / 2), (int) (card.y + card.height / 2));
  pdg_show_hand ("mousedown 1 mousemove_relative 0 %d", other.y > card.y ? 9 : -9);
  pdg_show_point_at ((int) (card.x + card.width / 2), (int) (card.y + card.height / 2) + (int) round (other.y - card.y) + 3);
  pdg_show_hand ("mouseup 1");
  pdg_show_wait ("the other's height", is_level_with, cards);

  /* and back; then the same with Ctrl */
  pdg_show_hand ("key ctrl+z");
  place = (Place) { cards[0], card.x, card.y };
  pdg_camera_to_world (pdg_canvas_get_camera (show.canvas), card.x, card.y, &place.x, &place.y);
  pdg_show_wait ("the old place", is_at, &place);
  card = get_card (cards[0]);
  pdg_show_point_at ((int) (card.x + card.width / 2), (int) (card.y + card.height / 2));
  pdg_show_hand ("keydown ctrl mousedown 1 mousemove_relative 0 %d", other.y > card.y ? 9 : -9);
  pdg_show_point_at ((int) (card.x + card.width / 2), (int) (card.y + card.height / 2) + (int) round (other.y - card.y) + 3);
  pdg_show_hand ("mouseup 1 keyup ctrl");
  pdg_camera_to_world (pdg_canvas_get_camera (show.canvas), card.x, card.y + round (other.y - card.y) + 3, &place.x, &place.y);
  pdg_show_wait ("the place where it was dropped", is_at, &place);
  g_assert_false (is_level_with (cards));
  pdg_show_hand ("key Escape key ctrl+z");
  pdg_show_settle ();
}

/* A flight takes many frames, and one alone where the desktop asks for less motion. */
static void
test_reduced_motion (void)
{
  guint n_moves;
  gint64 began_usec;

  reset ();
  pdg_show_zoom_to (2);
  n_moves = show.n_moves;
  pdg_show_hand ("key shift+1");
  pdg_show_settle ();
  pdg_show_wait ("all of it", shows_all, NULL);
  g_assert_cmpuint (show.n_moves, ==, n_moves + 1);
  pdg_show_zoom_to (2);
  pdg_show_set_animated (TRUE);
  n_moves = show.n_moves;
  began_usec = g_get_monotonic_time ();
  pdg_show_hand ("key shift+1");
  pdg_show_settle ();
  pdg_show_wait ("all of it", shows_all, NULL);
  g_assert_cmpuint (show.n_moves, >, n_moves + 2);
  g_assert_cmpint (g_get_monotonic_time () - began_usec, >=, FLIGHT_USEC * 9 / 10);
  pdg_show_set_animated (FALSE);
}

typedef struct
{
  double x, y;
} Point;

static gboolean
shows_in_the_middle (gconstpointer data)
{
  const Point *world = data;
  double x, y;

  pdg_camera_to_screen (pdg_canvas_get_camera (show.canvas), world->x, world->y, &x, &y);
  return fabs (x - PDG_SHOW_WIDTH / 2.0) < 2 && fabs (y - PDG_SHOW_HEIGHT / 2.0) < 2;
}

/* The world's point at a place of the map. */
static Point
get_map_point (double x, double y)
{
  PdgCamera map = pdg_scene_get_minimap_camera (get_scene (), gtk_widget_get_width (GTK_WIDGET (show.minimap)),
                                                gtk_widget_get_height (GTK_WIDGET (show.minimap)));
  Point point;

  pdg_camera_to_world (&map, x, y, &point.x, &point.y);
  return point;
}

/* A press on the map goes there, a drag along, the wheel zooms around the middle. */
static void
test_minimap (void)
{
  int left = PDG_SHOW_WIDTH - gtk_widget_get_width (GTK_WIDGET (show.minimap));
  int top = PDG_SHOW_HEIGHT - gtk_widget_get_height (GTK_WIDGET (show.minimap));
  Point point;
  double goal;

  reset ();
  pdg_show_zoom_to (1);
  point = get_map_point (40, 50);
  pdg_show_hand ("mousemove %d %d mousedown 1", left + 40, top + 50);
  pdg_show_wait ("what was pressed", shows_in_the_middle, &point);
  point = get_map_point (100, 70);
  pdg_show_hand ("mousemove %d %d mousemove %d %d", left + 70, top + 60, left + 100, top + 70);
  pdg_show_wait ("what it was dragged to", shows_in_the_middle, &point);
  pdg_show_hand ("mouseup 1");
  goal = exp2 (0.25);
  pdg_show_hand ("click 4");
  pdg_show_wait ("a notch nearer", pdg_show_has_zoom, &goal);
  g_assert_true (shows_in_the_middle (&point));
}

/* Two fingers: what lay between them stays between them. */
static void
test_pinch (void)
{
  PdgCamera camera;
  double x_world, y_world, x, y;

  reset ();
  pdg_show_zoom_to (0.7);
  camera = *pdg_canvas_get_camera (show.canvas);
  pdg_camera_to_world (&camera, 310, 250, &x_world, &y_world);
  pdg_canvas_begin_pinch (show.canvas, 310, 250);
  for (int i = 1; i <= 60; i++)
    {
      double angle = i / 9.0, scale = exp2 (3 * sin (angle));

      pdg_canvas_pinch (show.canvas, 310 + 4 * i, 250 - 2 * i, scale);
      pdg_camera_to_screen (pdg_canvas_get_camera (show.canvas), x_world, y_world, &x, &y);
      g_assert_cmpfloat (hypot (x - 310 - 4 * i, y - 250 + 2 * i), <=, CLOSE_PX);
      g_assert_cmpfloat (fabs (log2 (pdg_canvas_get_camera (show.canvas)->zoom / 0.7 / scale)), <=, 0.02); /* but for what 100 % attracts */
    }
}

static gboolean
has_frame_width (gconstpointer data)
{
  cairo_surface_t *frame = show.canvas->frames[show.canvas->frame];

  return frame != NULL && cairo_image_surface_get_width (frame) == *(const int *) data;
}

/* A desktop that is scaled while the app runs: the pictures are made anew, as sharp as the screen. It comes last, since it stays so. */
static void
test_double_scale (void)
{
  const int wanted = 2 * PDG_SHOW_WIDTH;

  reset ();
  gdk_x11_display_set_surface_scale (gtk_widget_get_display (show.window), 2);
  pdg_show_wait ("frames of twice the pixels", has_frame_width, &wanted);
}

int
main (int argc, char *argv[])
{
  int code;

  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  pdg_show_start (TRUE);
  g_test_add_func ("/ui/moves/marquee", test_marquee);
  g_test_add_func ("/ui/moves/select", test_select);
  g_test_add_func ("/ui/moves/zoom-keys", test_zoom_keys);
  g_test_add_func ("/ui/moves/fit", test_fit);
  g_test_add_func ("/ui/moves/walk", test_walk);
  g_test_add_func ("/ui/moves/hover", test_hover);
  g_test_add_func ("/ui/moves/snap-lines", test_snap_lines);
  g_test_add_func ("/ui/moves/reduced-motion", test_reduced_motion);
  g_test_add_func ("/ui/moves/minimap", test_minimap);
  g_test_add_func ("/ui/moves/pinch", test_pinch);
  g_test_add_func ("/ui/moves/double-scale", test_double_scale);
  code = g_test_run ();
  pdg_show_stop ();
  return code;
}
