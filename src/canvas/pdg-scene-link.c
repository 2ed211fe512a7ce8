#include "config.h"
#include "canvas/pdg-scene-private.h"

#include <math.h>

/* Columns nearer to each other than this are read as one. */
#define READING_COLUMN 240.0

static int
compare_reading (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const PdgScene *scene = user_data;
  guint32 one = *(const guint32 *) a;
  guint32 two = *(const guint32 *) b;
  double one_column = floor (scene->cards[one].x / READING_COLUMN);
  double two_column = floor (scene->cards[two].x / READING_COLUMN);

  if (one_column != two_column)
    return one_column < two_column ? -1 : 1;
  if (scene->cards[one].y != scene->cards[two].y)
    return scene->cards[one].y < scene->cards[two].y ? -1 : 1;
  return one < two ? -1 : one > two;
}

typedef struct
{
  const PdgScene *scene;
  gboolean incoming;
} EdgeOrder;

static int
compare_edges (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const EdgeOrder *order = user_data;
  guint32 one = *(const guint32 *) a;
  guint32 two = *(const guint32 *) b;
  const PdgSceneEdge *one_edge = &order->scene->edges[one];
  const PdgSceneEdge *two_edge = &order->scene->edges[two];
  guint32 one_card = order->incoming ? one_edge->to : one_edge->from;
  guint32 two_card = order->incoming ? two_edge->to : two_edge->from;

  if (one_card != two_card)
    return one_card < two_card ? -1 : 1;
  if (one_edge->count != two_edge->count)
    return one_edge->count > two_edge->count ? -1 : 1;
  return one < two ? -1 : one > two;
}

static guint32 *
list_edges (const PdgScene *scene, gboolean incoming, guint32 **first)
{
  EdgeOrder order = { scene, incoming };
  guint32 *list = g_new (guint32, scene->n_edges + 1);
  guint32 n = 0;

  *first = g_new0 (guint32, scene->n_cards + 1);
  for (guint32 i = 0; i < scene->n_edges; i++)
    if (scene->edges[i].from != scene->edges[i].to)
      {
        list[n++] = i;
        (*first)[(incoming ? scene->edges[i].to : scene->edges[i].from) + 1]++;
      }
  for (guint i = 0; i < scene->n_cards; i++)
    (*first)[i + 1] += (*first)[i];
  g_qsort_with_data (list, (int) n, sizeof *list, compare_edges, &order);
  return list;
}

void
pdg_scene_link (PdgScene *scene)
{
  scene->reading_order = g_new (guint32, scene->n_cards + 1);
  for (guint32 i = 0; i < scene->n_cards; i++)
    scene->reading_order[i] = i;
  g_qsort_with_data (scene->reading_order, (int) scene->n_cards, sizeof (guint32), compare_reading, scene);
  scene->out = list_edges (scene, FALSE, &scene->out_first);
  scene->in = list_edges (scene, TRUE, &scene->in_first);
}

const guint32 *
pdg_scene_get_reading_order (const PdgScene *scene, guint *n_cards)
{
  *n_cards = scene->n_cards;
  return scene->reading_order;
}

int
pdg_scene_step (const PdgScene *scene, int card, int step)
{
  guint n = scene->n_cards;

  if (n == 0)
    return -1;
  for (guint i = 0; i < n; i++)
    if (card >= 0 && scene->reading_order[i] == (guint32) card)
      return (int) scene->reading_order[(i + (step > 0 ? 1 : n - 1)) % n];
  return (int) scene->reading_order[step > 0 ? 0 : n - 1];
}

const guint32 *
pdg_scene_get_outgoing (const PdgScene *scene, guint card, guint *n_edges)
{
  *n_edges = 0;
  g_return_val_if_fail (card < scene->n_cards, NULL);
  *n_edges = scene->out_first[card + 1] - scene->out_first[card];
  return scene->out + scene->out_first[card];
}

int
pdg_scene_find_edge (const PdgScene *scene, int from, int to)
{
  guint n;
  const guint32 *edges;

  if (from < 0 || to < 0)
    return -1;
  edges = pdg_scene_get_outgoing (scene, (guint) from, &n);
  for (guint i = 0; i < n; i++)
    if (pdg_scene_get_edge (scene, edges[i])->to == (guint32) to)
      return (int) edges[i];
  return -1;
}

const guint32 *
pdg_scene_get_incoming (const PdgScene *scene, guint card, guint *n_edges)
{
  *n_edges = 0;
  g_return_val_if_fail (card < scene->n_cards, NULL);
  *n_edges = scene->in_first[card + 1] - scene->in_first[card];
  return scene->in + scene->in_first[card];
}

int
pdg_scene_get_neighbor (const PdgScene *scene, guint card, int dx, int dy)
{
  int best = -1;
  double best_cost = G_MAXDOUBLE;

  g_return_val_if_fail (card < scene->n_cards, -1);
  for (guint i = 0; i < scene->n_cards; i++)
    {
      double x = scene->cards[i].x - scene->cards[card].x;
      double y = scene->cards[i].y - scene->cards[card].y;
      double along = x * dx + y * dy;
      double aside = fabs (x * dy) + fabs (y * dx);
      double cost = along + 2 * aside;

      /* Within 60 degrees to either side of the direction. */
      if (i != card && along > 1 && aside <= 1.75 * along && cost < best_cost)
        {
          best = (int) i;
          best_cost = cost;
        }
    }
  return best;
}
