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

/* Joins neighbouring ranks, the smallest sum first and the last of equals, until @max_ranks are left. */
static guint
join_ranks (guint32 *new_rank, guint *sizes, guint n_ranks, guint max_ranks)
{
  guint n_left = n_ranks;
  g_autofree guint32 *first = g_new (guint32, n_ranks + 1);

  for (guint i = 0; i <= n_ranks; i++)
    first[i] = i;
  while (n_left > max_ranks)
    {
      guint best = 1;

      for (guint i = 1; i < n_left; i++)
        if (sizes[i - 1] + sizes[i] <= sizes[best - 1] + sizes[best])
          best = i;
      sizes[best - 1] += sizes[best];
      memmove (&sizes[best], &sizes[best + 1], (n_left - best - 1) * sizeof *sizes);
      memmove (&first[best], &first[best + 1], (n_left - best) * sizeof *first);
      n_left--;
    }
  for (guint i = 0; i < n_left; i++)
    for (guint j = first[i]; j < first[i + 1]; j++)
      new_rank[j] = i;
  return n_left;
}

void
pdg_layout_part_rank (PdgLayoutPart *part)
{
  guint n = part->n_nodes;
  guint32 deepest = 0;

  order_acyclic (part);

  g_autofree double *depth = measure_depth (part);

  for (guint i = 0; i < n; i++)
    {
      part->rank[i] = (guint32) floor (depth[i] + 0.5);
      deepest = MAX (deepest, part->rank[i]);
    }

  guint n_ranks = deepest + 1;
  guint n_used = 0;
  g_autofree guint *sizes = g_new0 (guint, n_ranks);
  g_autofree guint32 *dense = g_new0 (guint32, n_ranks);
  g_autofree guint32 *joined = g_new0 (guint32, n_ranks);

  for (guint i = 0; i < n; i++)
    sizes[part->rank[i]]++;
  for (guint i = 0; i < n_ranks; i++)
    if (sizes[i] > 0)
      {
        dense[i] = n_used;
        sizes[n_used++] = sizes[i];
      }

  /* Cards with their gaps are about 500 x 350: so many columns make the whole nearly as wide as a screen is. */
  guint max_ranks = MAX (4, (guint) (1.3 * sqrt (n) + 0.5));

  part->n_ranks = join_ranks (joined, sizes, n_used, max_ranks);
  for (guint i = 0; i < n; i++)
    part->rank[i] = joined[dense[part->rank[i]]];
}
