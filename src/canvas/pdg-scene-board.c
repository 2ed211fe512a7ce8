#include "config.h"
#include "canvas/pdg-scene-board.h"

#include "canvas/pdg-scene-private.h"

/* The screens of the graph that are kept, with the transitions among them; their numbers stay what they are. (transfer full) */
static PdgJourneyGraph *
cut (PdgJourneyGraph *graph, const gboolean *kept)
{
  PdgJourneyGraph *part = pdg_journey_graph_new ();
  guint n, n_transitions;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n);
  const PdgJourneyTransition *transitions = pdg_journey_graph_get_transitions (graph, &n_transitions);
  g_autofree guint32 *places = g_new0 (guint32, n + 1);

  for (guint i = 0; i < n; i++)
    if (kept[i])
      places[i] = pdg_journey_graph_add_screen (part, &screens[i]);
  for (guint i = 0; i < n_transitions; i++)
    {
      PdgJourneyTransition transition = transitions[i];

      if (!kept[transition.from] || !kept[transition.to])
        continue;
      transition.from = places[transition.from];
      transition.to = places[transition.to];
      pdg_journey_graph_add_transition (part, &transition);
    }
  pdg_journey_graph_set_totals (part, pdg_journey_graph_get_n_sessions (graph), pdg_journey_graph_get_n_events (graph));
  return part;
}

/* Of each card of the scene, whether it is among @cards. (transfer full) */
static gboolean *
mark_cards (const PdgScene *scene, const guint32 *cards, guint n_cards)
{
  gboolean *marked = g_new0 (gboolean, scene->n_cards + 1);

  for (guint i = 0; i < n_cards; i++)
    if (cards[i] < scene->n_cards)
      marked[cards[i]] = TRUE;
  return marked;
}

PdgScene *
pdg_scene_new_part (const PdgScene *scene, const guint32 *cards, guint n_cards)
{
  g_autofree gboolean *kept = mark_cards (scene, cards, n_cards);
  g_autoptr (PdgJourneyGraph) graph = cut (scene->graph, kept);
  g_autofree PdgLayoutPosition *positions = g_new0 (PdgLayoutPosition, scene->n_cards + 1);
  g_autoptr (PdgLayout) layout = NULL;
  guint n = 0;

  for (guint i = 0; i < scene->n_cards; i++)
    if (kept[i])
      positions[n++] = (PdgLayoutPosition) { .screen_id = scene->screens[i].id, .x = scene->cards[i].x, .y = scene->cards[i].y };
  layout = pdg_layout_new_from_positions (positions, n);
  return pdg_scene_new (graph, layout);
}

static PdgJourneyGraph *
get_whole_graph (const PdgScene *scene)
{
  return scene->grouping != NULL ? pdg_grouping_get_graph (scene->grouping) : scene->graph;
}

/* The board of @graph, whose screens are shown or folded away in @scene. */
static PdgBoard *
make_board (const PdgScene *scene, PdgJourneyGraph *graph, const PdgLayout *layout, const char *project, const char *range, gint64 as_of_usec)
{
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

PdgBoard *
pdg_scene_dup_board (const PdgScene *scene, const PdgLayout *layout, const char *project, const char *range, gint64 as_of_usec)
{
  return make_board (scene, get_whole_graph (scene), layout, project, range, as_of_usec);
}

PdgBoard *
pdg_scene_dup_part_board (const PdgScene *scene, const guint32 *cards, guint n_cards, const PdgLayout *layout, const char *project,
                          const char *range, gint64 as_of_usec)
{
  g_autofree gboolean *marked = mark_cards (scene, cards, n_cards);
  PdgJourneyGraph *whole = get_whole_graph (scene);
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (whole, &n);
  g_autofree gboolean *kept = g_new0 (gboolean, n + 1);
  g_autoptr (PdgJourneyGraph) graph = NULL;

  for (guint i = 0; i < n; i++)
    {
      int card = pdg_scene_lookup_card (scene, screens[i].id); /* a folded group's, when that holds it */

      kept[i] = card >= 0 && marked[card];
    }
  graph = cut (whole, kept);
  return make_board (scene, graph, layout, project, range, as_of_usec);
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
