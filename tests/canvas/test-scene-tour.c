#include "config.h"
#include "canvas/pdg-scene-tour.h"

#include "graph-fixture.h"

static PdgScene *
make_scene (void)
{
  g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (14, 7, FALSE);

  return pdg_scene_new (graph, NULL);
}

static char *
describe (const PdgScene *scene, const char *const *ids)
{
  g_autoptr (GArray) cards = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) tour = NULL;
  GString *text = g_string_new (NULL);

  for (guint i = 0; ids[i] != NULL; i++)
    {
      guint32 card = (guint32) pdg_scene_lookup_card (scene, ids[i]);

      g_array_append_val (cards, card);
    }
  tour = pdg_scene_list_tour (scene, (const guint32 *) (void *) cards->data, cards->len);
  for (guint i = 0; i < tour->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " > " : "", pdg_scene_get_screen (scene, g_array_index (tour, guint32, i))->name);
  return g_string_free (text, FALSE);
}

static void
test_tour (void)
{
  static const struct
  {
    const char *ids[4];
    const char *tour;
  } cases[] = {
    /* Where sessions enter, then the busiest way on that does not lead back. */
    { { NULL }, "Home > Search > Product > Cart > Shipping address > Payment > Done > Order details and returns, all of them > Help" },
    { { "screen-2", NULL }, "Cart > Shipping address > Payment > Done > Home > Search > Product > Category" },
    /* What is selected, from the left and the top, whatever the order of the clicks. */
    { { "screen-3", "screen-0", NULL }, "Home > Payment" },
    { { "screen-0", "screen-3", NULL }, "Home > Payment" },
    { { "screen-2", "screen-1", "screen-2", NULL }, "Product > Cart" },
  };
  g_autoptr (PdgScene) scene = make_scene ();
  g_autoptr (PdgJourneyGraph) none = pdg_journey_graph_new ();
  g_autoptr (PdgScene) empty = pdg_scene_new (none, NULL);
  g_autoptr (GArray) nothing = pdg_scene_list_tour (empty, NULL, 0);

  g_assert_cmpuint (nothing->len, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *tour = describe (scene, cases[i].ids);

      g_assert_cmpstr (tour, ==, cases[i].tour);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/scene-tour/tour", test_tour);
  return g_test_run ();
}
