#include "config.h"
#include "canvas/pdg-scene-tour.h"

#include "canvas/pdg-scene-private.h"

#define MIN_SHARE 0.03

static guint32
find_entrance (const PdgScene *scene)
{
  guint32 best = 0;

  for (guint32 i = 1; i < scene->n_cards; i++)
    if (scene->screens[i].entries > scene->screens[best].entries)
      best = i;
  return best;
}

/* The busiest way on to a card that was not shown; FALSE at the end. */
static gboolean
step (const PdgScene *scene, const guint8 *shown, guint32 *card)
{
  guint n;
  const guint32 *ways = pdg_scene_get_outgoing (scene, *card, &n);

  for (guint i = 0; i < n; i++)
    {
      const PdgSceneEdge *edge = &scene->edges[ways[i]];

      if (shown[edge->to] || edge->share < MIN_SHARE)
        continue;
      *card = edge->to;
      return TRUE;
    }
  return FALSE;
}

GArray *
pdg_scene_list_tour (const PdgScene *scene, const guint32 *cards, guint n_cards)
{
  GArray *tour = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autofree guint8 *shown = g_new0 (guint8, scene->n_cards + 1);
  guint32 card;

  if (scene->n_cards == 0)
    return tour;
  if (n_cards > 1)
    {
      for (guint i = 0; i < n_cards; i++)
        shown[MIN (cards[i], scene->n_cards)] = 1;
      for (guint i = 0; i < scene->n_cards; i++)
        if (shown[scene->reading_order[i]])
          g_array_append_val (tour, scene->reading_order[i]);
      return tour;
    }
  card = n_cards == 1 && cards[0] < scene->n_cards ? cards[0] : find_entrance (scene);
  do
    {
      shown[card] = 1;
      g_array_append_val (tour, card);
    }
  while (step (scene, shown, &card));
  return tour;
}
