#include "config.h"
#include "canvas/pdg-scene-router.h"

#include <math.h>

/* Room around cards, and around other lanes. */
#define LANE_ABOVE 34.0
#define LANE_BELOW 68.0
#define LANE_CLEARANCE 6.0
#define CROWDED_COST 60.0

/* An edge that passes a column: its middle and half its width. */
typedef struct
{
  double y;
  double half;
} Lane;

static int
compare_cards_by_x (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const PdgScene *scene = user_data;
  guint32 one = *(const guint32 *) a;
  guint32 two = *(const guint32 *) b;

  if (scene->cards[one].x != scene->cards[two].x)
    return scene->cards[one].x < scene->cards[two].x ? -1 : 1;
  return one < two ? -1 : one > two;
}

static int
compare_cards_by_y (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const PdgScene *scene = user_data;
  guint32 one = *(const guint32 *) a;
  guint32 two = *(const guint32 *) b;

  if (scene->cards[one].y != scene->cards[two].y)
    return scene->cards[one].y < scene->cards[two].y ? -1 : 1;
  return one < two ? -1 : one > two;
}

void
pdg_router_find_columns (PdgRouter *router)
{
  PdgScene *scene = router->scene;
  guint n = scene->n_cards;
  guint32 n_gaps = 0;

  router->columns = g_array_new (FALSE, FALSE, sizeof (PdgRouterColumn));
  router->column_of = g_new0 (guint32, n + 1);
  router->row_of = g_new0 (guint32, n + 1);
  router->by_column = g_new0 (guint32, n + 1);
  for (guint32 i = 0; i < n; i++)
    router->by_column[i] = i;
  g_qsort_with_data (router->by_column, (int) n, sizeof (guint32), compare_cards_by_x, scene);

  for (guint32 i = 0; i < n; i++)
    {
      const PdgRect *card = &scene->cards[router->by_column[i]];
      PdgRouterColumn *last = router->columns->len == 0
        ? NULL : &g_array_index (router->columns, PdgRouterColumn, router->columns->len - 1);

      if (last != NULL && card->x < last->right)
        {
          last->right = MAX (last->right, card->x + card->width);
          last->n_cards++;
        }
      else
        {
          PdgRouterColumn column = { card->x, card->x + card->width, i, 1, 0 };

          g_array_append_val (router->columns, column);
        }
    }
  for (guint32 i = 0; i < router->columns->len; i++)
    {
      PdgRouterColumn *column = &g_array_index (router->columns, PdgRouterColumn, i);

      column->first_gap = n_gaps;
      n_gaps += column->n_cards + 1;
      g_qsort_with_data (router->by_column + column->first, (int) column->n_cards, sizeof (guint32),
                         compare_cards_by_y, scene);
      for (guint32 j = 0; j < column->n_cards; j++)
        {
          router->column_of[router->by_column[column->first + j]] = i;
          router->row_of[router->by_column[column->first + j]] = j;
        }
    }
  router->lanes = g_new0 (GArray *, n_gaps + 1);
}

/* The room for the middle of a lane of half width @half in gap @gap of @column; FALSE when there is none. */
static gboolean
get_gap (const PdgRouter *router, const PdgRouterColumn *column, guint32 gap, double half, double *top, double *bottom)
{
  *top = -G_MAXDOUBLE;
  *bottom = G_MAXDOUBLE;
  if (gap > 0)
    {
      const PdgRect *card = &router->scene->cards[router->by_column[column->first + gap - 1]];

      *top = card->y + card->height + LANE_BELOW + half;
    }
  if (gap < column->n_cards)
    *bottom = router->scene->cards[router->by_column[column->first + gap]].y - LANE_ABOVE - half;
  return *top <= *bottom;
}

static gboolean
is_lane_free (const PdgRouter *router, guint32 gap, double y, double half)
{
  const GArray *lanes = router->lanes[gap];

  for (guint i = 0; lanes != NULL && i < lanes->len; i++)
    {
      const Lane *lane = &g_array_index (lanes, Lane, i);

      if (fabs (lane->y - y) < lane->half + half + LANE_CLEARANCE - 0.01)
        return FALSE;
    }
  return TRUE;
}

/* The best place for a lane in one gap and what it costs: distance from @wish, more when it lies on another lane. */
static double
find_in_gap (const PdgRouter *router, const PdgRouterColumn *column, guint32 gap, double wish, double half, double *y)
{
  const GArray *lanes = router->lanes[column->first_gap + gap];
  double top, bottom;
  double best = G_MAXDOUBLE;

  if (!get_gap (router, column, gap, half, &top, &bottom))
    return G_MAXDOUBLE;

  double clamped = CLAMP (wish, top, bottom);

  *y = clamped;
  if (is_lane_free (router, column->first_gap + gap, clamped, half))
    return fabs (clamped - wish);
  for (guint i = 0; i < lanes->len; i++)
    for (int side = -1; side <= 1; side += 2)
      {
        const Lane *lane = &g_array_index (lanes, Lane, i);
        double beside = lane->y + side * (lane->half + half + LANE_CLEARANCE);

        if (beside >= top && beside <= bottom && fabs (beside - wish) < best &&
            is_lane_free (router, column->first_gap + gap, beside, half))
          {
            best = fabs (beside - wish);
            *y = beside;
          }
      }
  return best < G_MAXDOUBLE ? best : fabs (clamped - wish) + CROWDED_COST;
}

/* The first gap whose lower card begins below @y. */
static guint32
find_gap (const PdgRouter *router, const PdgRouterColumn *column, double y)
{
  guint32 low = 0, high = column->n_cards;

  while (low < high)
    {
      guint32 middle = (low + high) / 2;

      if (router->scene->cards[router->by_column[column->first + middle]].y <= y)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

double
pdg_router_find_lane (const PdgRouter *router, const PdgRouterColumn *column, double wish, double half, guint32 *gap)
{
  guint32 start = find_gap (router, column, wish);
  double best_y = wish;
  double best = G_MAXDOUBLE;

  *gap = start;
  for (guint32 step = 0; step <= column->n_cards; step++)
    {
      gboolean looked = FALSE;

      for (int side = -1; side <= 1; side += 2)
        {
          gint64 index = (gint64) start + side * (gint64) step;
          double y = wish, top, bottom;

          if (index < 0 || index > column->n_cards || (step == 0 && side > 0))
            continue;

          double cost = find_in_gap (router, column, (guint32) index, wish, half, &y);

          if (cost < best)
            {
              best = cost;
              best_y = y;
              *gap = (guint32) index;
            }

          /* Gaps further out on this side only cost more. */
          get_gap (router, column, (guint32) index, half, &top, &bottom);
          looked = looked || (side < 0 ? wish - top : bottom - wish) < best;
        }
      if (!looked)
        break;
    }
  return best_y;
}

void
pdg_router_take_lane (PdgRouter *router, const PdgRouterColumn *column, guint32 gap, double y, double half)
{
  GArray **lanes = &router->lanes[column->first_gap + gap];
  Lane lane = { y, half };

  if (*lanes == NULL)
    *lanes = g_array_new (FALSE, FALSE, sizeof (Lane));
  g_array_append_val (*lanes, lane);
}

void
pdg_router_clear (PdgRouter *router)
{
  guint32 n_gaps = router->scene->n_cards + router->columns->len;

  for (guint32 i = 0; i < n_gaps; i++)
    if (router->lanes[i] != NULL)
      g_array_unref (router->lanes[i]);
  g_free (router->lanes);
  g_array_unref (router->columns);
  g_free (router->column_of);
  g_free (router->row_of);
  g_free (router->by_column);
  g_free (router->out_port);
  g_free (router->in_port);
}
