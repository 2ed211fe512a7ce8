#include "config.h"
#include "canvas/pdg-layout-order.h"

#include <math.h>

/* Longer edges get no places of their own on the way: they would push everything apart. */
#define MAX_SPAN 8
#define N_ROUNDS 10

#define LANE_HEIGHT 24.0
#define LANE_BELOW_CARD_GAP 72.0
#define LANE_ABOVE_CARD_GAP 36.0
#define LANE_GAP 8.0
#define CARD_PORT (PDG_CARD_PICTURE_HEIGHT / 2)
#define STACK_PITCH (PDG_CARD_HEIGHT + PDG_LAYOUT_STACK_GAP)
#define GRID_STEP 8.0

void
pdg_layout_separate (double *y, const double *weight, const double *separation, guint n)
{
  g_autofree double *mean = g_new (double, n + 1);
  g_autofree double *mass = g_new (double, n + 1);
  g_autofree guint *length = g_new (guint, n + 1);
  guint n_blocks = 0;
  double shift = 0;

  for (guint i = 0; i < n; i++)
    {
      double sum = y[i] - shift;

      mean[n_blocks] = sum;
      mass[n_blocks] = weight[i];
      length[n_blocks] = 1;
      n_blocks++;
      while (n_blocks > 1 && mean[n_blocks - 2] > mean[n_blocks - 1])
        {
          double both = mass[n_blocks - 2] + mass[n_blocks - 1];

          mean[n_blocks - 2] = (mean[n_blocks - 2] * mass[n_blocks - 2] + mean[n_blocks - 1] * mass[n_blocks - 1]) / both;
          mass[n_blocks - 2] = both;
          length[n_blocks - 2] += length[n_blocks - 1];
          n_blocks--;
        }
      if (i + 1 < n)
        shift += separation[i];
    }

  shift = 0;
  for (guint block = 0, i = 0; block < n_blocks; block++)
    for (guint j = 0; j < length[block]; j++, i++)
      {
        y[i] = mean[block] + shift;
        if (i + 1 < n)
          shift += separation[i];
      }
}

/* The busiest edges within a rank make stacks: each card has at most one above and one below. */
static void
link_stacks (const PdgLayoutPart *part, int *above, int *below)
{
  for (guint i = 0; i < part->n_nodes; i++)
    above[i] = below[i] = -1;

  /* The edges of a part are sorted by weight, falling; the acyclic order keeps stacks from closing to rings. */
  for (guint i = 0; i < part->n_edges; i++)
    {
      const PdgLayoutEdge *edge = &part->edges[i];

      if (part->rank[edge->from] == part->rank[edge->to] && part->place[edge->from] < part->place[edge->to] &&
          below[edge->from] < 0 && above[edge->to] < 0)
        {
          below[edge->from] = (int) edge->to;
          above[edge->to] = (int) edge->from;
        }
    }
}

static guint32
add_item (PdgLayoutGrid *grid, guint32 rank, guint32 first_node, guint32 n_nodes)
{
  PdgLayoutItem item = { 0 };

  item.rank = rank;
  item.first_node = first_node;
  item.n_nodes = n_nodes;
  item.height = n_nodes == 0 ? LANE_HEIGHT : (n_nodes - 1) * STACK_PITCH + PDG_CARD_HEIGHT;
  g_array_append_val (grid->items, item);
  return grid->items->len - 1;
}

static void
add_stacks (const PdgLayoutPart *part, PdgLayoutGrid *grid, guint32 *item_of, double *port_of)
{
  g_autofree int *above = g_new (int, part->n_nodes);
  g_autofree int *below = g_new (int, part->n_nodes);
  g_autofree guint32 *by_place = g_new (guint32, part->n_nodes);

  link_stacks (part, above, below);
  for (guint32 i = 0; i < part->n_nodes; i++)
    by_place[part->place[i]] = i;
  for (guint i = 0; i < part->n_nodes; i++)
    {
      guint32 top = by_place[i];
      guint32 first = grid->stacked->len;

      if (above[top] >= 0)
        continue;
      for (int node = (int) top; node >= 0; node = below[node])
        {
          item_of[node] = grid->items->len;
          port_of[node] = (grid->stacked->len - first) * STACK_PITCH + CARD_PORT;
          g_array_append_val (grid->stacked, node);
        }
      add_item (grid, part->rank[top], first, grid->stacked->len - first);
    }
}

static void
add_link (PdgLayoutGrid *grid, guint32 left, double left_port, guint32 right, double right_port, double weight)
{
  PdgLayoutLink link = { left, right, left_port, right_port, weight };

  g_array_append_val (grid->links, link);
}

/* Links for the edges between ranks, through lanes in the ranks that they pass. */
static void
add_links (const PdgLayoutPart *part, PdgLayoutGrid *grid, const guint32 *item_of, const double *port_of)
{
  for (guint i = 0; i < part->n_edges; i++)
    {
      const PdgLayoutEdge *edge = &part->edges[i];
      gboolean back = part->rank[edge->from] > part->rank[edge->to];
      guint32 from = back ? edge->to : edge->from;
      guint32 to = back ? edge->from : edge->to;
      guint32 span = part->rank[to] - part->rank[from];
      double weight = sqrt (edge->weight) * (back ? 0.25 : 1.0);

      if (span == 0 || span > MAX_SPAN || (back && span > 1))
        continue;

      guint32 left = item_of[from];
      double left_port = port_of[from];

      for (guint32 rank = part->rank[from] + 1; rank < part->rank[to]; rank++)
        {
          guint32 lane = add_item (grid, rank, 0, 0);

          /* Long edges should run straight: a bend on the way costs more than one at the ends. */
          add_link (grid, left, left_port, lane, LANE_HEIGHT / 2, rank == part->rank[from] + 1 ? weight : 4 * weight);
          left = lane;
          left_port = LANE_HEIGHT / 2;
        }
      add_link (grid, left, left_port, item_of[to], port_of[to], weight);
    }
}

static void
index_grid (PdgLayoutGrid *grid)
{
  guint n = grid->items->len;
  const PdgLayoutItem *items = (const PdgLayoutItem *) (void *) grid->items->data;
  const PdgLayoutLink *links = (const PdgLayoutLink *) (void *) grid->links->data;
  g_autofree guint32 *fill = g_new0 (guint32, MAX (n, grid->n_ranks) + 1);

  grid->rank_first = g_new0 (guint32, grid->n_ranks + 1);
  grid->slots = g_new (guint32, n + 1);
  grid->near_first = g_new0 (guint32, n + 1);
  grid->near = g_new (guint32, 2 * grid->links->len + 1);

  for (guint i = 0; i < n; i++)
    grid->rank_first[items[i].rank + 1]++;
  for (guint i = 0; i < grid->n_ranks; i++)
    grid->rank_first[i + 1] += grid->rank_first[i];
  for (guint32 i = 0; i < n; i++)
    {
      PdgLayoutItem *item = &g_array_index (grid->items, PdgLayoutItem, i);

      item->order = fill[item->rank]++;
      grid->slots[grid->rank_first[item->rank] + item->order] = i;
    }

  for (guint i = 0; i < grid->links->len; i++)
    {
      grid->near_first[links[i].left + 1]++;
      grid->near_first[links[i].right + 1]++;
    }
  for (guint i = 0; i < n; i++)
    grid->near_first[i + 1] += grid->near_first[i];
  memcpy (fill, grid->near_first, (n + 1) * sizeof *fill);
  for (guint32 i = 0; i < grid->links->len; i++)
    {
      grid->near[fill[links[i].left]++] = i;
      grid->near[fill[links[i].right]++] = i;
    }
}

static double
gap_between (const PdgLayoutItem *above, const PdgLayoutItem *below)
{
  if (above->n_nodes > 0 && below->n_nodes > 0)
    return PDG_LAYOUT_ROW_GAP;
  if (above->n_nodes > 0)
    return LANE_BELOW_CARD_GAP;
  return below->n_nodes > 0 ? LANE_ABOVE_CARD_GAP : LANE_GAP;
}

typedef enum
{
  LOOK_LEFT = 1,
  LOOK_RIGHT = 2
} Look;

/* Where the links on the given sides would have the item's top; their weight is the result. */
static double
find_wish (const PdgLayoutGrid *grid, guint32 index, Look look, double *wish)
{
  const PdgLayoutItem *items = (const PdgLayoutItem *) (void *) grid->items->data;
  double sum = 0, weight = 0;

  for (guint32 i = grid->near_first[index]; i < grid->near_first[index + 1]; i++)
    {
      const PdgLayoutLink *link = &g_array_index (grid->links, PdgLayoutLink, grid->near[i]);
      gboolean to_left = link->right == index;

      if (!(look & (to_left ? LOOK_LEFT : LOOK_RIGHT)))
        continue;
      if (to_left)
        sum += link->weight * (items[link->left].y + link->left_port - link->right_port);
      else
        sum += link->weight * (items[link->right].y + link->right_port - link->left_port);
      weight += link->weight;
    }
  *wish = weight > 0 ? sum / weight : items[index].y;
  return weight;
}

static void
settle_rank (PdgLayoutGrid *grid, guint rank, Look look)
{
  guint32 first = grid->rank_first[rank];
  guint32 n = grid->rank_first[rank + 1] - first;
  PdgLayoutItem *items = (PdgLayoutItem *) (void *) grid->items->data;
  g_autofree double *y = g_new (double, n + 1);
  g_autofree double *weight = g_new (double, n + 1);
  g_autofree double *separation = g_new (double, n + 1);

  for (guint32 i = 0; i < n; i++)
    {
      guint32 index = grid->slots[first + i];

      weight[i] = 0.01 + find_wish (grid, index, look, &y[i]);
      if (i + 1 < n)
        separation[i] = items[index].height + gap_between (&items[index], &items[grid->slots[first + i + 1]]);
    }
  pdg_layout_separate (y, weight, separation, n);
  for (guint32 i = 0; i < n; i++)
    items[grid->slots[first + i]].y = y[i];
}

static void
settle (PdgLayoutGrid *grid)
{
  for (guint rank = 0; rank < grid->n_ranks; rank++)
    settle_rank (grid, rank, 0);
  for (guint round = 0; round < N_ROUNDS; round++)
    {
      Look both = round + 4 >= N_ROUNDS ? LOOK_LEFT | LOOK_RIGHT : 0;

      for (guint rank = 0; rank < grid->n_ranks; rank++)
        settle_rank (grid, rank, both ? both : LOOK_LEFT);
      for (guint rank = grid->n_ranks; rank > 0; rank--)
        settle_rank (grid, rank - 1, both ? both : LOOK_RIGHT);
    }
}

/* Cards from items; lanes are forgotten, routing finds them again as free room. */
static void
take_positions (PdgLayoutPart *part, const PdgLayoutGrid *grid)
{
  double top = G_MAXDOUBLE, bottom = -G_MAXDOUBLE;

  for (guint rank = 0; rank < grid->n_ranks; rank++)
    {
      guint32 order = 0;

      for (guint32 slot = grid->rank_first[rank]; slot < grid->rank_first[rank + 1]; slot++)
        {
          const PdgLayoutItem *item = &g_array_index (grid->items, PdgLayoutItem, grid->slots[slot]);

          for (guint32 i = 0; i < item->n_nodes; i++)
            {
              guint32 node = g_array_index (grid->stacked, guint32, item->first_node + i);

              part->x[node] = rank * (PDG_CARD_WIDTH + PDG_LAYOUT_COLUMN_GAP);
              part->y[node] = round (item->y / GRID_STEP) * GRID_STEP + i * STACK_PITCH;
              part->order[node] = order++;
              top = MIN (top, part->y[node]);
              bottom = MAX (bottom, part->y[node] + PDG_CARD_HEIGHT);
            }
        }
    }
  for (guint i = 0; i < part->n_nodes; i++)
    part->y[i] -= top;
  part->width = part->n_ranks * (PDG_CARD_WIDTH + PDG_LAYOUT_COLUMN_GAP) - PDG_LAYOUT_COLUMN_GAP;
  part->height = bottom - top;
}

void
pdg_layout_part_place (PdgLayoutPart *part)
{
  g_autofree guint32 *item_of = g_new (guint32, part->n_nodes);
  g_autofree double *port_of = g_new (double, part->n_nodes);
  PdgLayoutGrid grid = { 0 };

  grid.n_ranks = part->n_ranks;
  grid.items = g_array_new (FALSE, FALSE, sizeof (PdgLayoutItem));
  grid.links = g_array_new (FALSE, FALSE, sizeof (PdgLayoutLink));
  grid.stacked = g_array_new (FALSE, FALSE, sizeof (guint32));
  add_stacks (part, &grid, item_of, port_of);
  add_links (part, &grid, item_of, port_of);
  index_grid (&grid);
  pdg_layout_grid_order (&grid);
  settle (&grid);
  take_positions (part, &grid);

  g_array_unref (grid.items);
  g_array_unref (grid.links);
  g_array_unref (grid.stacked);
  g_free (grid.rank_first);
  g_free (grid.slots);
  g_free (grid.near_first);
  g_free (grid.near);
}
