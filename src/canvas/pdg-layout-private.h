#pragma once

#include "canvas/pdg-layout.h"

G_BEGIN_DECLS

/* Between cards that are stacked because one leads to the other: room for the label on the way. */
#define PDG_LAYOUT_STACK_GAP 144.0

/* A weighted edge between two nodes of a part; no loops, one for each ordered pair. */
typedef struct
{
  guint32 from;
  guint32 to;
  double weight;
} PdgLayoutEdge;

/* One connected part of the graph while it is laid out; nodes are numbered by falling visits. */
typedef struct
{
  guint n_nodes;
  guint32 *nodes;          /* screen index of each node */
  guint n_edges;
  PdgLayoutEdge *edges;
  guint32 *place;          /* place of each node in the acyclic order */
  guint32 *rank;
  guint32 *order;          /* place in the rank */
  double *x;
  double *y;
  guint n_ranks;
  double width;
  double height;
} PdgLayoutPart;

/* Fills place, rank and n_ranks. */
void pdg_layout_part_rank (PdgLayoutPart *part);

/* Orders the ranks, places the cards: fills order, x, y, width, height; the top left is 0, 0. */
void pdg_layout_part_place (PdgLayoutPart *part);

/* Least squares under y[i + 1] >= y[i] + separation[i] (pool adjacent violators): moves @y (the wished places, weighted
 * by @weight) to the nearest allowed ones. */
void pdg_layout_separate (double *y, const double *weight, const double *separation, guint n);

/* Places the screens that have no place yet: @positions has one for each screen of @graph, with the graph's id, or NULL while it has none.
 * When it had to place any, they are sorted afterwards as those of a layout are. */
void pdg_layout_grow (const PdgJourneyGraph *graph, PdgLayoutPosition *positions);

G_END_DECLS
