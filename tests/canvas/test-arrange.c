#include "canvas/pdg-arrange.h"
#include "canvas/pdg-edit.h"
#include "canvas/pdg-layout.h"
#include "graph-fixture.h"

#include <math.h>

/* 320 x 240 each, at these top left corners. */
static const double corners[][2] = { { 0, 0 }, { 500, 40 }, { 1200, 300 }, { 1600, 100 } };

static void
fill (PdgRect *rects)
{
  for (guint i = 0; i < G_N_ELEMENTS (corners); i++)
    rects[i] = (PdgRect) { corners[i][0], corners[i][1], PDG_CARD_WIDTH, PDG_CARD_HEIGHT };
}

static void
test_align (void)
{
  static const struct
  {
    const char *nick;
    double x, y; /* NAN: each keeps its own */
  } cases[] = {
    { "left", 0, NAN }, { "centre", 800, NAN }, { "right", 1600, NAN },
    { "top", NAN, 0 },  { "middle", NAN, 150 }, { "bottom", NAN, 300 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PdgRect rects[G_N_ELEMENTS (corners)];
      PdgAlign align;

      fill (rects);
      g_assert_true (pdg_align_from_nick (cases[i].nick, &align));
      pdg_arrange_align (rects, NULL, G_N_ELEMENTS (rects), align);
      for (guint j = 0; j < G_N_ELEMENTS (rects); j++)
        {
          g_assert_cmpfloat (rects[j].x, ==, isnan (cases[i].x) ? corners[j][0] : cases[i].x);
          g_assert_cmpfloat (rects[j].y, ==, isnan (cases[i].y) ? corners[j][1] : cases[i].y);
          g_assert_cmpfloat (rects[j].width, ==, PDG_CARD_WIDTH);
        }
    }
  g_assert_false (pdg_align_from_nick ("across", &(PdgAlign) { 0 }));
}

/* What is fixed stays, and the others come to it. */
static void
test_align_fixed (void)
{
  const gboolean fixed[G_N_ELEMENTS (corners)] = { FALSE, TRUE, FALSE, FALSE };
  PdgRect rects[G_N_ELEMENTS (corners)];

  fill (rects);
  pdg_arrange_align (rects, fixed, G_N_ELEMENTS (rects), PDG_ALIGN_TOP);
  for (guint i = 0; i < G_N_ELEMENTS (rects); i++)
    g_assert_cmpfloat (rects[i].y, ==, 40);
}

static void
test_distribute (void)
{
  const gboolean fixed[G_N_ELEMENTS (corners)] = { FALSE, TRUE, FALSE, FALSE };
  PdgRect rects[G_N_ELEMENTS (corners)];

  fill (rects);
  pdg_arrange_distribute (rects, NULL, G_N_ELEMENTS (rects), TRUE);
  g_assert_cmpfloat (rects[0].x, ==, 0);
  g_assert_cmpfloat (rects[3].x, ==, 1600);
  g_assert_cmpfloat_with_epsilon (rects[1].x, 1600 / 3.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (rects[2].x, 3200 / 3.0, 1e-9);
  g_assert_cmpfloat (rects[1].y, ==, 40);

  /* Down there is no room: they overlap by as much, in the order of their middles. */
  fill (rects);
  pdg_arrange_distribute (rects, NULL, G_N_ELEMENTS (rects), FALSE);
  g_assert_cmpfloat (rects[0].y, ==, 0);
  g_assert_cmpfloat_with_epsilon (rects[1].y, 100, 1e-9);
  g_assert_cmpfloat_with_epsilon (rects[3].y, 200, 1e-9);
  g_assert_cmpfloat (rects[2].y, ==, 300);

  /* A fixed one parts them: the rest share the room beside it. */
  fill (rects);
  pdg_arrange_distribute (rects, fixed, G_N_ELEMENTS (rects), TRUE);
  g_assert_cmpfloat (rects[1].x, ==, 500);
  g_assert_cmpfloat_with_epsilon (rects[2].x, 1050, 1e-9);

  fill (rects);
  pdg_arrange_distribute (rects, NULL, 2, TRUE);
  g_assert_cmpfloat (rects[1].x, ==, 500);
}

static void
test_snap (void)
{
  static const struct
  {
    double x, y;       /* of the moving card; the other one is at 1000, 1000 */
    double to_x, to_y; /* where it comes to rest */
    guint n_guides;
  } cases[] = {
    { 1004, 203, 1000, 200, 3 },     /* left, right and middle on the same lines; y on the grid */
    { 1323, 500, 1320, 504, 1 },     /* its left edge on the other's right one */
    { 203, 1005, 200, 1000, 3 },
    { 1003, 997, 1000, 1000, 6 },
    { 401.5, 402.5, 400, 400, 0 },   /* nothing near: the grid alone */
    { 993.9, 300, 992, 304, 0 },     /* just too far */
  };
  const PdgRect other = { 1000, 1000, PDG_CARD_WIDTH, PDG_CARD_HEIGHT };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PdgRect moving = { cases[i].x, cases[i].y, PDG_CARD_WIDTH, PDG_CARD_HEIGHT };
      PdgSnap snap = pdg_arrange_snap (&moving, &other, 1, 6);

      g_assert_cmpfloat_with_epsilon (moving.x + snap.dx, cases[i].to_x, 1e-9);
      g_assert_cmpfloat_with_epsilon (moving.y + snap.dy, cases[i].to_y, 1e-9);
      g_assert_cmpuint (snap.n_guides, ==, cases[i].n_guides);
    }
}

/* The guide reaches over both, the nearest of several wins. */
static void
test_guide (void)
{
  const PdgRect others[] = { { 1005, 1000, 320, 240 }, { 998, 2000, 320, 240 } };
  PdgRect moving = { 1000, 0, 320, 240 };
  PdgSnap snap = pdg_arrange_snap (&moving, others, G_N_ELEMENTS (others), 6);

  g_assert_cmpfloat (snap.dx, ==, -2);
  g_assert_cmpuint (snap.n_guides, ==, 3);
  g_assert_true (snap.guides[0].vertical);
  g_assert_cmpfloat (snap.guides[0].at, ==, 998);
  g_assert_cmpfloat (snap.guides[0].from, ==, 0);
  g_assert_cmpfloat (snap.guides[0].to, ==, 2240);
}

static void
test_edge_pan (void)
{
  double dx, dy, further;

  pdg_arrange_get_edge_pan (400, 300, 800, 600, &dx, &dy);
  g_assert_cmpfloat (dx, ==, 0);
  g_assert_cmpfloat (dy, ==, 0);
  pdg_arrange_get_edge_pan (10, 300, 800, 600, &dx, &dy);
  g_assert_cmpfloat (dx, >, 0); /* the picture comes from the left */
  pdg_arrange_get_edge_pan (-50, 595, 800, 600, &further, &dy);
  g_assert_cmpfloat (further, >, dx);
  g_assert_cmpfloat (dy, <, 0);
}

static void
test_edit (void)
{
  g_autoptr (PdgEdit) edit = pdg_edit_new ("Move 1 screen");
  g_autoptr (PdgEdit) other = pdg_edit_new ("Pin");
  PdgPlace here = { 1, 2, FALSE, FALSE }, there = { 3, 2, TRUE, FALSE };
  const PdgEditChange *changes;
  guint n;

  pdg_edit_add (edit, "a", &here, &here);
  pdg_edit_add (edit, "b", &here, &there);
  changes = pdg_edit_get_changes (edit, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpstr (changes[0].screen_id, ==, "b");
  g_assert_cmpfloat (changes[0].after.x, ==, 3);
  g_assert_cmpstr (pdg_edit_get_name (edit), ==, "Move 1 screen");
  g_assert_false (pdg_edit_touches_same (edit, other));
  pdg_edit_add (other, "b", &there, &here);
  g_assert_true (pdg_edit_touches_same (edit, other));
}

static double
get_x (const PdgLayout *layout, const char *id)
{
  return pdg_layout_lookup (layout, id)->x;
}

/* Pinned places hold; others only until the layout has moved them. */
static void
test_places (void)
{
  g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (14, 7, FALSE);
  g_autoptr (PdgLayout) first = pdg_layout_new (graph, NULL);
  g_autoptr (GHashTable) places = pdg_places_new ();
  g_autoptr (GHashTable) applied = NULL;
  g_autoptr (PdgLayout) with = NULL, laid = NULL, again = NULL, shifted = NULL, kept = NULL;

  pdg_places_set (places, "screen-3", &(PdgPlace) { 5000, 100, TRUE, FALSE });
  pdg_places_set (places, "screen-4", &(PdgPlace) { 6000, 100, FALSE, FALSE });
  with = pdg_layout_with_places (first, places, NULL);
  laid = pdg_layout_new (graph, with);
  g_assert_cmpfloat (get_x (laid, "screen-3"), ==, 5000);
  g_assert_true (pdg_layout_lookup (laid, "screen-3")->pinned);
  g_assert_cmpfloat (get_x (laid, "screen-4"), ==, 6000);
  g_assert_cmpfloat (get_x (laid, "screen-5"), ==, get_x (first, "screen-5"));

  /* Moved since by the layout: the place that it knows already does not bring it back. */
  applied = pdg_places_copy (places);
  shifted = pdg_layout_with_places (laid, places, NULL);
  g_assert_cmpfloat (get_x (shifted, "screen-4"), ==, 6000);
  {
    g_autoptr (PdgLayout) moved = pdg_layout_move (laid, "screen-4", 6500, 0);

    kept = pdg_layout_with_places (moved, places, applied);
  }
  g_assert_cmpfloat (get_x (kept, "screen-4"), ==, 6500);
  g_assert_cmpfloat (get_x (kept, "screen-3"), ==, 5000);

  /* Nothing was laid out yet: the pinned one is where it was put. */
  again = pdg_layout_with_places (NULL, places, NULL);
  {
    g_autoptr (PdgLayout) fresh = pdg_layout_new (graph, again);

    g_assert_cmpfloat (get_x (fresh, "screen-3"), ==, 5000);
  }
}

static void
test_tidy (void)
{
  g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (60, 7, FALSE);
  g_autoptr (PdgLayout) first = pdg_layout_new (graph, NULL);
  g_autoptr (PdgLayout) strewn = pdg_layout_move (first, "screen-5", 9000, 9000);
  g_autoptr (PdgLayout) one = NULL, all = NULL, locked = NULL;
  g_autoptr (GHashTable) places = pdg_places_new ();
  const char *const ids[] = { "screen-5", NULL };
  guint n;
  const PdgLayoutPosition *positions = pdg_layout_get_positions (first, &n);

  /* The one that was chosen goes back among the others, which keep their columns. */
  one = pdg_layout_tidy (graph, strewn, ids, places);
  g_assert_cmpfloat (get_x (one, "screen-5"), <, 9000);
  g_assert_false (pdg_layout_lookup (one, "screen-5")->pinned);
  for (guint i = 0; i < n; i++)
    if (!g_str_equal (positions[i].screen_id, "screen-5"))
      g_assert_cmpfloat (get_x (one, positions[i].screen_id), ==, positions[i].x);

  /* All: what is pinned stays, the rest is as new. */
  all = pdg_layout_tidy (graph, strewn, NULL, places);
  g_assert_cmpfloat (get_x (all, "screen-5"), ==, 9000);
  g_assert_cmpfloat (get_x (all, "screen-6"), ==, get_x (first, "screen-6"));

  pdg_places_set (places, "screen-5", &(PdgPlace) { 9000, 9000, TRUE, TRUE });
  locked = pdg_layout_tidy (graph, strewn, ids, places);
  g_assert_cmpfloat (get_x (locked, "screen-5"), ==, 9000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/arrange/align", test_align);
  g_test_add_func ("/canvas/arrange/align-fixed", test_align_fixed);
  g_test_add_func ("/canvas/arrange/distribute", test_distribute);
  g_test_add_func ("/canvas/arrange/snap", test_snap);
  g_test_add_func ("/canvas/arrange/guide", test_guide);
  g_test_add_func ("/canvas/arrange/edge-pan", test_edge_pan);
  g_test_add_func ("/canvas/arrange/edit", test_edit);
  g_test_add_func ("/canvas/arrange/places", test_places);
  g_test_add_func ("/canvas/arrange/tidy", test_tidy);
  return g_test_run ();
}
