#include "config.h"
#include "canvas/pdg-layout-private.h"

#include <math.h>

/* Work of the acyclic order: what is left of the part while nodes are taken out of it. */
typedef struct
{
  const PdgLayoutPart *part;
  guint32 *first_out;   /* edges of each node, as offsets into out/in */
  guint32 *out;
  guint32 *first_in;
  guint32 *in;
  double *in_weight;
  double *out_weight;
  guint32 *in_count;
  guint32 *out_count;
  gboolean *taken;
  GArray *sources;
  GArray *sinks;
} Peeling;

static guint32 *
index_edges (const PdgLayoutPart *part, gboolean by_target, guint32 **first)
{
  guint32 *offsets = g_new0 (guint32, part->n_nodes + 1);
  guint32 *list = g_new (guint32, part->n_edges + 1);
  g_autofree guint32 *fill = g_new (guint32, part->n_nodes + 1);

  for (guint i = 0; i < part->n_edges; i++)
    offsets[(by_target ? part->edges[i].to : part->edges[i].from) + 1]++;
  for (guint i = 0; i < part->n_nodes; i++)
    offsets[i + 1] += offsets[i];
  memcpy (fill, offsets, (part->n_nodes + 1) * sizeof *fill);
  for (guint i = 0; i < part->n_edges; i++)
    list[fill[by_target ? part->edges[i].to : part->edges[i].from]++] = i;
  *first = offsets;
  return list;
}

static void
note_if_end (Peeling *peeling, guint32 node)
{
  if (peeling->taken[node])
    return;
  if (peeling->in_count[node] == 0)
    g_array_append_val (peeling->sources, node);
  else if (peeling->out_count[node] == 0)
    g_array_append_val (peeling->sinks, node);
}

static void
take_node (Peeling *peeling, guint32 node)
{
  const PdgLayoutEdge *edges = peeling->part->edges;

  peeling->taken[node] = TRUE;
  for (guint32 i = peeling->first_out[node]; i < peeling->first_out[node + 1]; i++)
    {
      const PdgLayoutEdge *edge = &edges[peeling->out[i]];

      peeling->in_weight[edge->to] -= edge->weight;
      peeling->in_count[edge->to]--;
      note_if_end (peeling, edge->to);
    }
  for (guint32 i = peeling->first_in[node]; i < peeling->first_in[node + 1]; i++)
    {
      const PdgLayoutEdge *edge = &edges[peeling->in[i]];

      peeling->out_weight[edge->from] -= edge->weight;
      peeling->out_count[edge->from]--;
      note_if_end (peeling, edge->from);
    }
}

/* The node that gives the most more than it gets; the busiest of equals. */
static guint32
find_heaviest (const Peeling *peeling)
{
  guint32 best = G_MAXUINT32;
  double best_delta = -G_MAXDOUBLE;

  for (guint32 i = 0; i < peeling->part->n_nodes; i++)
    if (!peeling->taken[i] && peeling->out_weight[i] - peeling->in_weight[i] > best_delta)
      {
        best = i;
        best_delta = peeling->out_weight[i] - peeling->in_weight[i];
      }
  return best;
}

static void
peel (Peeling *peeling, guint32 *place)
{
  guint n = peeling->part->n_nodes;
  guint front = 0, back = n;
  guint next_source = 0, next_sink = 0;

  for (guint32 i = 0; i < n; i++)
    note_if_end (peeling, i);
  while (front < back)
    {
      guint32 node;

      if (next_sink < peeling->sinks->len)
        {
          node = g_array_index (peeling->sinks, guint32, next_sink++);
          if (peeling->taken[node])
            continue;
          place[node] = --back;
        }
      else
        {
          if (next_source < peeling->sources->len)
            node = g_array_index (peeling->sources, guint32, next_source++);
          else
            node = find_heaviest (peeling);
          if (peeling->taken[node])
            continue;
          place[node] = front++;
        }
      take_node (peeling, node);
    }
}

/* An order of the nodes in which the edges that run backwards carry little: Eades, Lin and Smyth, "A fast and effective
 * heuristic for the feedback arc set problem", 1993, with traffic for weights. */
static void
order_acyclic (PdgLayoutPart *part)
{
  guint n = part->n_nodes;
  g_autofree guint32 *first_out = NULL, *first_in = NULL;
  g_autofree guint32 *out = index_edges (part, FALSE, &first_out);
  g_autofree guint32 *in = index_edges (part, TRUE, &first_in);
  g_autofree double *in_weight = g_new0 (double, n);
  g_autofree double *out_weight = g_new0 (double, n);
  g_autofree guint32 *in_count = g_new0 (guint32, n);
  g_autofree guint32 *out_count = g_new0 (guint32, n);
  g_autofree gboolean *taken = g_new0 (gboolean, n);
  g_autoptr (GArray) sources = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) sinks = g_array_new (FALSE, FALSE, sizeof (guint32));
  Peeling peeling = {
    part, first_out, out, first_in, in, in_weight, out_weight, in_count, out_count, taken, sources, sinks,
  };

  for (guint i = 0; i < part->n_edges; i++)
    {
      const PdgLayoutEdge *edge = &part->edges[i];

      out_weight[edge->from] += edge->weight;
      out_count[edge->from]++;
      in_weight[edge->to] += edge->weight;
      in_count[edge->to]++;
    }
  peel (&peeling, part->place);
}

/* The mean step at which a visitor gets to each node, going forward only. */
static double *
measure_depth (const PdgLayoutPart *part)
{
  guint n = part->n_nodes;
  double *depth = g_new0 (double, n);
  g_autofree guint32 *by_place = g_new (guint32, n);
  g_autofree guint32 *first_in = NULL;
  g_autofree guint32 *in = index_edges (part, TRUE, &first_in);

  for (guint32 i = 0; i < n; i++)
    by_place[part->place[i]] = i;
  for (guint i = 0; i < n; i++)
    {
      guint32 node = by_place[i];
      double sum = 0, weight = 0;

      for (guint32 j = first_in[node]; j < first_in[node + 1]; j++)
        {
          const PdgLayoutEdge *edge = &part->edges[in[j]];

          if (part->place[edge->from] < part->place[node])
            {
              sum += edge->weight * (depth[edge->from] + 1);
              weight += edge->weight;
            }
        }
      if (weight > 0)
        depth[node] = sum / weight;
    }
  return depth;
}

/* A screen that nobody comes to going forward stands just before the first one that it leads to. */
static void
pull_starts (const PdgLayoutPart *part, double *depth)
{
  g_autofree gboolean *reached = g_new0 (gboolean, part->n_nodes);
  g_autofree double *first = g_new (double, part->n_nodes);

  for (guint i = 0; i < part->n_nodes; i++)
    first[i] = G_MAXDOUBLE;
  for (guint i = 0; i < part->n_edges; i++)
    {
      const PdgLayoutEdge *edge = &part->edges[i];

      if (part->place[edge->from] > part->place[edge->to])
        continue;
      reached[edge->to] = TRUE;
      first[edge->from] = MIN (first[edge->from], depth[edge->to]);
    }
  for (guint i = 0; i < part->n_nodes; i++)
    if (!reached[i] && first[i] < G_MAXDOUBLE)
      depth[i] = MAX (0, first[i] - 1);
}

typedef struct
{
  guint32 rank;
  guint32 place;
  guint32 node;
} Ranked;

static int
compare_ranked (gconstpointer a, gconstpointer b)
{
  const Ranked *one = a;
  const Ranked *two = b;

  if (one->rank != two->rank)
    return one->rank < two->rank ? -1 : 1;
  return one->place < two->place ? -1 : one->place > two->place;
}

/* Numbers the ranks without holes and spreads each one with more than @max_cards over several; in the acyclic order,
 * so that what ran forward still does. */
static guint
spread_ranks (PdgLayoutPart *part, guint max_cards)
{
  guint n = part->n_nodes, n_ranks = 0;
  g_autofree Ranked *ranked = g_new (Ranked, n);

  for (guint32 i = 0; i < n; i++)
    ranked[i] = (Ranked) { part->rank[i], part->place[i], i };
  qsort (ranked, n, sizeof *ranked, compare_ranked);
  for (guint first = 0, last; first < n; first = last)
    {
      guint n_parts, size;

      for (last = first + 1; last < n && ranked[last].rank == ranked[first].rank; last++)
        ;
      n_parts = (last - first + max_cards - 1) / max_cards;
      size = (last - first + n_parts - 1) / n_parts;
      for (guint i = first; i < last; i++)
        part->rank[ranked[i].node] = n_ranks + (i - first) / size;
      n_ranks += (last - first + size - 1) / size;
    }
  return n_ranks;
}

/* How many more edges run between @group and the next one than a row of stacks could take up. */
static guint *
count_surplus (const PdgLayoutPart *part, const guint32 *group_of, const guint *sizes, guint n_groups)
{
  guint *surplus = g_new0 (guint, n_groups + 1);

  for (guint i = 0; i < part->n_edges; i++)
    {
      guint32 from = group_of[part->rank[part->edges[i].from]];
      guint32 to = group_of[part->rank[part->edges[i].to]];

      if (from + 1 == to)
        surplus[from]++;
    }
  for (guint i = 0; i + 1 < n_groups; i++)
    surplus[i] -= MIN (surplus[i], MIN (sizes[i], sizes[i + 1]));
  return surplus;
}

/* Joins neighbouring ranks until @max_ranks are left: where few cards stand and few edges would end up within the
 * column, late rather than early, and the first column only when it must be. Fills the new rank of each old one. */
static guint
join_ranks (const PdgLayoutPart *part, guint32 *new_rank, guint *sizes, guint n_ranks, guint max_ranks)
{
  guint n_left = n_ranks;

  for (guint i = 0; i < n_ranks; i++)
    new_rank[i] = i;
  while (n_left > max_ranks)
    {
      g_autofree guint *surplus = count_surplus (part, new_rank, sizes, n_left);
      guint best = 0, best_cost = G_MAXUINT;

      for (guint i = 0; i + 1 < n_left; i++)
        {
          guint cost = sizes[i] + sizes[i + 1] + surplus[i] + (i == 0 ? 3 : 0);

          if (cost <= best_cost)
            {
              best = i;
              best_cost = cost;
            }
        }
      sizes[best] += sizes[best + 1];
      memmove (&sizes[best + 1], &sizes[best + 2], (n_left - best - 2) * sizeof *sizes);
      for (guint i = 0; i < n_ranks; i++)
        if (new_rank[i] > best)
          new_rank[i]--;
      n_left--;
    }
  return n_left;
}

void
pdg_layout_part_rank (PdgLayoutPart *part)
{
  guint n = part->n_nodes;

  /* Cards with their gaps are about 500 x 400: so many columns make the whole about as wide as a screen is. */
  double n_columns = 1.2 * sqrt (n);
  guint max_cards = MAX (4, (guint) (1.25 * n / n_columns + 0.5));
  guint max_ranks = MAX (4, (guint) (1.2 * sqrt (n) + 0.5));

  order_acyclic (part);

  g_autofree double *depth = measure_depth (part);

  pull_starts (part, depth);
  for (guint i = 0; i < n; i++)
    part->rank[i] = (guint32) floor (depth[i] + 0.5);

  guint n_ranks = spread_ranks (part, max_cards);
  g_autofree guint *sizes = g_new0 (guint, n_ranks + 1);
  g_autofree guint32 *joined = g_new0 (guint32, n_ranks + 1);

  for (guint i = 0; i < n; i++)
    sizes[part->rank[i]]++;
  part->n_ranks = join_ranks (part, joined, sizes, n_ranks, max_ranks);
  for (guint i = 0; i < n; i++)
    part->rank[i] = joined[part->rank[i]];
}
