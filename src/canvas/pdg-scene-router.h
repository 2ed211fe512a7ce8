#pragma once

#include "canvas/pdg-scene-private.h"

G_BEGIN_DECLS

/* Cards whose places overlap sideways. */
typedef struct
{
  double left;
  double right;
  guint32 first;    /* into PdgRouter.by_column */
  guint32 n_cards;
  guint32 first_gap; /* into PdgRouter.lanes: n_cards + 1 gaps, above each card and below the last */
} PdgRouterColumn;

/* The routing of one scene. */
typedef struct
{
  PdgScene *scene;
  GArray *columns;        /* PdgRouterColumn */
  guint32 *column_of;
  guint32 *row_of;        /* place in its column */
  guint32 *by_column;
  GArray **lanes;         /* Lane, by gap */
  double *out_port;       /* y of each edge's ends */
  double *in_port;
} PdgRouter;

/* Fills the columns and the empty lanes. */
void   pdg_router_find_columns (PdgRouter *router);

/* The level nearest to @wish at which an edge of half width @half can pass @column between its cards and beside the edges
 * that pass already; @gap is between which cards. */
double pdg_router_find_lane (const PdgRouter *router, const PdgRouterColumn *column, double wish, double half, guint32 *gap);

/* Notes an edge that passes. */
void   pdg_router_take_lane (PdgRouter *router, const PdgRouterColumn *column, guint32 gap, double y, double half);

void   pdg_router_clear (PdgRouter *router);

G_END_DECLS
