#pragma once

#include "canvas/pdg-layout-private.h"

G_BEGIN_DECLS

/* What stands in a rank: a stack of cards, or the place where a long edge passes (n_nodes is 0). */
typedef struct
{
  guint32 rank;
  guint32 order;
  guint32 first_node;   /* into PdgLayoutGrid.stacked */
  guint32 n_nodes;
  double height;
  double y;
} PdgLayoutItem;

/* A line between items of neighbouring ranks; the ports are offsets from the items' tops. */
typedef struct
{
  guint32 left;
  guint32 right;
  double left_port;
  double right_port;
  double weight;
} PdgLayoutLink;

/* The part as ranks of items. */
typedef struct
{
  GArray *items;         /* PdgLayoutItem */
  GArray *links;         /* PdgLayoutLink */
  GArray *stacked;       /* guint32 nodes, stack by stack from the top */
  guint n_ranks;
  guint32 *rank_first;   /* first slot of each rank in slots, n_ranks + 1 */
  guint32 *slots;        /* item indices by rank and order */
  guint32 *near_first;   /* links of each item as offsets into near, items->len + 1 */
  guint32 *near;
} PdgLayoutGrid;

/* Sorts the ranks so that few links cross. */
void   pdg_layout_grid_order (PdgLayoutGrid *grid);

/* How many pairs of links cross. */
guint64 pdg_layout_grid_count_crossings (const PdgLayoutGrid *grid);

G_END_DECLS
