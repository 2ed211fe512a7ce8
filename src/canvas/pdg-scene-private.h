#pragma once

#include "canvas/pdg-scene.h"

G_BEGIN_DECLS

/* Label places are found for zooms from this one up, each step PDG_LABEL_STEP times the one before. */
#define PDG_LABEL_MIN_ZOOM 0.27
#define PDG_LABEL_STEP     1.12
#define PDG_N_LABEL_ZOOMS  11

/* Sizes on the screen at 100 % and below, in logical pixels. */
#define PDG_LABEL_HEIGHT   19.0
#define PDG_TEXT_BLOCK     44.0   /* the two lines under a picture with their gaps */
#define PDG_MARK_WIDTH     52.0   /* entry and exit share beside a card */
#define PDG_MARK_HEIGHT    18.0
#define PDG_MARK_TOP       3.0    /* below the card's top */

/* Widths of edges at 100 %. */
#define PDG_EDGE_MIN_WIDTH 1.0
#define PDG_EDGE_MAX_WIDTH 14.0

/* Shares from which a card's mark is shown; the exit is in the second line as well. */
#define PDG_ENTRY_MIN_SHARE 0.10
#define PDG_EXIT_MIN_SHARE  0.25

/* Edges that take less than this show their label only when pointed at. */
#define PDG_LABEL_MIN_SHARE 0.03

/* One cubic Bezier curve. */
typedef struct
{
  double x[4];
  double y[4];
} PdgCurve;

/* How an edge runs. */
typedef struct
{
  guint32 first_curve;
  guint32 n_curves;
  guint32 first_point;   /* into points, counted in x, y pairs */
  guint32 n_points;
  PdgRect bounds;        /* of the curve and half its width */
  double length;
  gboolean dashed;
  gboolean drops;        /* straight down from the text of a card to the next one in its stack */
  gboolean quiet;        /* label only while the edge or one of its cards is pointed at */
} PdgRoute;

/* Lists by cell; a thing lies in each cell that it touches. */
typedef struct
{
  guint32 *first;        /* n_x * n_y + 1 */
  guint32 *list;
} PdgCellLists;

struct _PdgScene
{
  PdgJourneyGraph *graph;            /* what is shown */
  PdgGrouping *grouping;             /* nullable */
  PdgRect *group_rects;              /* of each group; of no size: it has no card here */
  const PdgJourneyScreen *screens;   /* the graph's */
  guint n_cards;
  guint n_edges;
  PdgRect *cards;
  PdgSceneEdge *edges;
  PdgRoute *routes;
  GArray *curves;                    /* PdgCurve */
  GArray *points;                    /* double, x and y in turn */
  PdgRect bounds;
  guint32 max_visits;
  double *edge_lengths;              /* n_edges + 1: of all busier edges together */

  float *labels[PDG_N_LABEL_ZOOMS];  /* middle of each edge's label, x and y in turn; NAN when it has none */

  double cell_size;
  guint n_x;
  guint n_y;
  PdgCellLists card_cells;
  PdgCellLists edge_cells;

  guint32 *reading_order;
  guint32 *out_first;
  guint32 *out;
  guint32 *in_first;
  guint32 *in;
};

/* Where @layout has the card: a folded group lies where its most visited screen does. (nullable) */
const PdgLayoutPosition *pdg_scene_get_position (const PdgScene *scene, const PdgLayout *layout, guint card);

/* Fills the groups' rectangles from the cards. */
void     pdg_scene_frame_groups (PdgScene *scene);

/* Fills edges, routes, curves and points from cards and the graph. */
void     pdg_scene_route (PdgScene *scene);

/* Fills labels. */
void     pdg_scene_place_labels (PdgScene *scene);

/* Size of edge @edge's label in logical pixels at 100 %. */
double   pdg_scene_get_label_width (const PdgScene *scene, guint edge);

/* "33 %" or "< 1 %". */
void     pdg_format_percent (double share, char *text, gsize size);

/* 12034 -> "12,034" */
void     pdg_scene_format_count (guint32 count, char *text, gsize size);

/* Fills the grid from cards and routes. */
void     pdg_scene_index (PdgScene *scene);

/* Fills reading order and neighbour lists. */
void     pdg_scene_link (PdgScene *scene);

/* The cells that meet @area: FALSE when there are none. */
gboolean pdg_scene_get_cells (const PdgScene *scene, const PdgRect *area, guint *x0, guint *y0, guint *x1, guint *y1);

/* Text is drawn by this factor larger than at 100 %: 1 below, growing slowly above. */
double   pdg_text_scale (double zoom);

/* How many edges, the busiest, are drawn at @zoom. */
guint    pdg_scene_get_edge_limit (const PdgScene *scene, double zoom);

/* World units by which something drawn may lie outside of the card or edge that it belongs to. */
double   pdg_scene_get_overhang (double zoom);

/* The zoom below which some edges are left out; 0: none. */
double   pdg_scene_get_thin_zoom (const PdgScene *scene);

/* Width in logical pixels at which an edge of @width (at 100 %) is drawn. */
double   pdg_edge_width_at (double width, double zoom);

/* Shares of a screen's visits, 0 when it has none. */
double   pdg_screen_get_entry_share (const PdgJourneyScreen *screen);
double   pdg_screen_get_exit_share (const PdgJourneyScreen *screen);
double   pdg_screen_get_error_share (const PdgJourneyScreen *screen);

G_END_DECLS
