#include "config.h"
#include "canvas/pdg-scene-board.h"

#include "canvas/pdg-scene-private.h"

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint32 one = *(const guint32 *) a;
  guint32 two = *(const guint32 *) b;

  return one < two ? -1 : one > two;
}

PdgScene *
pdg_scene_new_part (const PdgScene *scene, const guint32 *cards, guint n_cards)
{
  g_autoptr (PdgJourneyGraph) graph = pdg_journey_graph_new ();
  g_autofree guint32 *sorted = g_memdup2 (cards, n_cards * sizeof *cards);
  g_autofree guint32 *places = g_new0 (guint32, scene->n_cards + 1); /* of each card, its index in the part + 1 */
  g_autofree PdgLayoutPosition *positions = g_new0 (PdgLayoutPosition, n_cards + 1);
  g_autoptr (PdgLayout) layout = NULL;
  guint n = 0, n_transitions;
  const PdgJourneyTransition *transitions = pdg_journey_graph_get_transitions (scene->graph, &n_transitions);

  qsort (sorted, n_cards, sizeof *sorted, compare_numbers);
  for (guint i = 0; i < n_cards; i++)
    {
      guint32 card = sorted[i];

      if (card >= scene->n_cards || places[card] != 0)
        continue;
      places[card] = pdg_journey_graph_add_screen (graph, &scene->screens[card]) + 1;
      positions[n++] = (PdgLayoutPosition) { .screen_id = scene->screens[card].id, .x = scene->cards[card].x, .y = scene->cards[card].y };
    }
  for (guint i = 0; i < n_transitions; i++)
    {
      PdgJourneyTransition transition = transitions[i];

      if (places[transition.from] == 0 || places[transition.to] == 0)
        continue;
      transition.from = places[transition.from] - 1;
      transition.to = places[transition.to] - 1;
      pdg_journey_graph_add_transition (graph, &transition);
    }
  pdg_journey_graph_set_totals (graph, pdg_journey_graph_get_n_sessions (scene->graph), pdg_journey_graph_get_n_events (scene->graph));
  layout = pdg_layout_new_from_positions (positions, n);
  return pdg_scene_new (graph, layout);
}

PdgBoard *
pdg_scene_dup_board (const PdgScene *scene, const PdgLayout *layout, const char *project, const char *range, gint64 as_of_usec)
{
  PdgJourneyGraph *graph = scene->grouping != NULL ? pdg_grouping_get_graph (scene->grouping) : scene->graph;
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n);
  g_autofree PdgBoardPlace *places = g_new0 (PdgBoardPlace, n + 1);

  for (guint i = 0; i < n; i++)
    {
      const PdgLayoutPosition *position = layout != NULL ? pdg_layout_lookup (layout, screens[i].id) : NULL;
      int card = pdg_journey_graph_lookup (scene->graph, screens[i].id);
      /* What is folded away lies where it will be when its group is open. */
      gboolean hidden = card < 0 && position != NULL;
      const PdgRect *rect = &scene->cards[MAX (card >= 0 ? card : pdg_scene_lookup_card (scene, screens[i].id), 0)];

      places[i] = (PdgBoardPlace) {
        hidden ? position->x : rect->x, hidden ? position->y : rect->y, position != NULL ? position->rank : 0, position != NULL ? position->order : 0,
        position != NULL && position->pinned,
      };
    }
  return pdg_board_new (project, range, as_of_usec, graph, places);
}

PdgScene *
pdg_scene_new_from_board (const PdgBoard *board)
{
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (pdg_board_get_graph (board), &n);
  const PdgBoardPlace *places = pdg_board_get_places (board);
  g_autofree PdgLayoutPosition *positions = g_new0 (PdgLayoutPosition, n + 1);
  g_autoptr (PdgLayout) layout = NULL;

  for (guint i = 0; i < n; i++)
    positions[i] = (PdgLayoutPosition) { screens[i].id, places[i].x, places[i].y, places[i].column, places[i].row, places[i].pinned };
  layout = pdg_layout_new_from_positions (positions, n);
  return pdg_scene_new (pdg_board_get_graph (board), layout);
}
