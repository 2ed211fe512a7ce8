#pragma once

#include "canvas/pdg-camera.h"
#include "canvas/pdg-group.h"
#include "canvas/pdg-layout.h"
#include "model/pdg-journey-graph.h"

#include <glib.h>

G_BEGIN_DECLS

/* What a journey graph looks like: cards, routed edges, labels, an index to find them. Immutable, atomically counted.
 * Cards and edges have the indices of the graph's screens and transitions. Drawing is in pdg-scene-draw.h. */
typedef struct _PdgScene PdgScene;

typedef enum
{
  PDG_HIT_NOTHING,
  PDG_HIT_CARD,
  PDG_HIT_EDGE,
  PDG_HIT_LABEL,  /* the label of an edge; the index is the edge's */
  PDG_HIT_TITLE   /* the title of a group, by pdg_scene_hit_title() alone; the index is the group's */
} PdgHitKind;

typedef enum
{
  PDG_EDGE_FORWARD,  /* to a card further right: leaves right, enters left */
  PDG_EDGE_SIDE,     /* to a card of the same column */
  PDG_EDGE_BACK,     /* to a card further left: runs below, dashed */
  PDG_EDGE_LOOP      /* to itself */
} PdgEdgeKind;

/* A plain value: one edge as it is drawn. */
typedef struct
{
  guint32 from;
  guint32 to;
  guint32 count;
  PdgEdgeKind kind;
  double share;          /* P(next = to | at from), 0..1 */
  double width;          /* at 100 %, 1..14 */
} PdgSceneEdge;

/* Routes the edges and places the labels. Screens that @layout does not know are laid out as pdg_layout_new() would.
 * About 15 ms for 200 screens: build it on a compute thread. (transfer full) */
PdgScene           *pdg_scene_new (PdgJourneyGraph *graph, const PdgLayout *layout);
/* The same of what @grouping shows: a folded group is the card of its most visited screen, the others have frames. @layout knows all
 * screens, also those that are folded away. (transfer full) */
PdgScene           *pdg_scene_new_grouped (PdgGrouping *grouping, const PdgLayout *layout);
PdgScene           *pdg_scene_ref (PdgScene *scene);
void                pdg_scene_unref (PdgScene *scene);

/* (transfer none) */
PdgJourneyGraph    *pdg_scene_get_graph (const PdgScene *scene);

/* (transfer none) (nullable) */
PdgGrouping        *pdg_scene_get_grouping (const PdgScene *scene);

/* Where a group is: the frame around its cards, or its one card. FALSE when it has no card here. */
gboolean            pdg_scene_get_group_rect (const PdgScene *scene, guint group, PdgRect *rect);

/* The cards that show something of the group. (transfer full) (element-type guint32) */
GArray             *pdg_scene_list_group_cards (const PdgScene *scene, guint group);

/* The groups in reading order: by columns of their left sides, from the top. (transfer full) (element-type guint32) */
GArray             *pdg_scene_list_groups (const PdgScene *scene);

/* The world rectangle around all cards and edges; empty at 0, 0 when there are none. */
PdgRect             pdg_scene_get_bounds (const PdgScene *scene);

/* The same around these cards only, for "fit selection". */
PdgRect             pdg_scene_get_cards_bounds (const PdgScene *scene, const guint32 *cards, guint n_cards);

guint               pdg_scene_get_n_cards (const PdgScene *scene);
guint               pdg_scene_get_n_edges (const PdgScene *scene);

/* World rectangles of a card: all of it (picture and two lines), and its picture. */
PdgRect             pdg_scene_get_card_rect (const PdgScene *scene, guint card);
PdgRect             pdg_scene_get_picture_rect (const PdgScene *scene, guint card);

/* The card with this screen id, or that of the folded group that holds it, or -1; and a card's screen. */
int                     pdg_scene_lookup_card (const PdgScene *scene, const char *screen_id);
const PdgJourneyScreen *pdg_scene_get_screen (const PdgScene *scene, guint card);

const PdgSceneEdge *pdg_scene_get_edge (const PdgScene *scene, guint edge);

/* The point at @t (0..1 of its length) of the edge's drawn curve, in world units: for what moves along it. */
void                pdg_scene_get_edge_point (const PdgScene *scene, guint edge, double t, double *x_world, double *y_world);

/* The edge's curve as a polyline of x, y pairs, the one that is hit; what is drawn lies within a unit of it. (transfer none) */
const double       *pdg_scene_get_edge_points (const PdgScene *scene, guint edge, guint *n_points);

/* Where the edge's label lies at @zoom, in world units; FALSE when it has none there. Labels of back edges, loops and
 * edges that take less than 3 % are drawn and hit only while the edge or one of its cards is hovered or selected. */
gboolean            pdg_scene_get_label_rect (const PdgScene *scene, guint edge, double zoom, PdgRect *rect);

/* What lies at a world point as drawn at @zoom: labels, then cards, then edges within @tolerance_world of their line. */
PdgHitKind          pdg_scene_hit_test (const PdgScene *scene, double x_world, double y_world, double zoom,
                                        double tolerance_world, guint *index);

/* Appends to @cards (of guint32) the cards that meet @area (or lie wholly in it), in rising order. */
void                pdg_scene_query_cards (const PdgScene *scene, const PdgRect *area, gboolean enclosed, GArray *cards);

/* The cards column by column, from the top: what Tab walks along. (transfer none) */
const guint32      *pdg_scene_get_reading_order (const PdgScene *scene, guint *n_cards);
/* The next (@step 1) or previous (@step -1) card in reading order, wrapping; @card -1 gives the first or the last; -1 when there are no cards. */
int                 pdg_scene_step (const PdgScene *scene, int card, int step);

/* Edges out of and into a card without its loop, busiest first: what Alt+Right and Alt+Left offer. (transfer none) */
const guint32      *pdg_scene_get_outgoing (const PdgScene *scene, guint card, guint *n_edges);
const guint32      *pdg_scene_get_incoming (const PdgScene *scene, guint card, guint *n_edges);

/* The edge from a card to another, not its loop; -1 when there is none, or one of them is -1. */
int                 pdg_scene_find_edge (const PdgScene *scene, int from, int to);

/* The card that lies nearest in a direction (@dx, @dy of -1, 0, 1), or -1: what arrow keys without a modifier may use. */
int                 pdg_scene_get_neighbor (const PdgScene *scene, guint card, int dx, int dy);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgScene, pdg_scene_unref)

G_END_DECLS
