#include "config.h"
#include "canvas/pdg-scene-router.h"

#include <math.h>

#define BACK_WIDTH 1.5
#define LOOP_WIDTH 2.0

/* Ports: how edges share a card's side. */
#define PORT_CENTRE (PDG_CARD_PICTURE_HEIGHT / 2)
#define PORT_GAP 7.0
#define PORT_SPAN 132.0
#define BACK_PORT 178.0
#define BACK_PORT_STEP 7.0
#define N_BACK_PORTS 3

/* Ways past other cards. */
#define LANE_OVERHANG 20.0
#define MAX_COLUMNS 10
#define BACK_DROP 150.0

/* Straight pieces that a bent curve is made of. */
#define MIN_SEGMENTS 8
#define MAX_SEGMENTS 40

static PdgEdgeKind
classify (const PdgRouter *router, guint32 from, guint32 to)
{
  const PdgRect *a = &router->scene->cards[from];
  const PdgRect *b = &router->scene->cards[to];

  if (from == to)
    return PDG_EDGE_LOOP;
  if (fabs (a->x - b->x) < PDG_CARD_WIDTH)
    return PDG_EDGE_SIDE;
  return b->x > a->x ? PDG_EDGE_FORWARD : PDG_EDGE_BACK;
}

/* One above the other with no card between. */
static gboolean
is_stacked (const PdgRouter *router, guint32 a, guint32 b)
{
  return router->column_of[a] == router->column_of[b] &&
         fabs (router->scene->cards[a].x - router->scene->cards[b].x) < 1 &&
         (router->row_of[a] + 1 == router->row_of[b] || router->row_of[b] + 1 == router->row_of[a]);
}

static void
add_edges (PdgRouter *router)
{
  PdgScene *scene = router->scene;
  guint n;
  const PdgJourneyTransition *transitions = pdg_journey_graph_get_transitions (scene->graph, &n);
  guint32 most = 1;

  for (guint i = 0; i < n; i++)
    if (transitions[i].from != transitions[i].to)
      most = MAX (most, transitions[i].count);
  for (guint i = 0; i < n; i++)
    {
      const PdgJourneyTransition *transition = &transitions[i];
      PdgSceneEdge *edge = &scene->edges[i];
      guint32 visits = scene->screens[transition->from].visits;

      edge->from = transition->from;
      edge->to = transition->to;
      edge->count = transition->count;
      edge->kind = classify (router, edge->from, edge->to);
      edge->share = visits > 0 ? MIN (1.0, (double) edge->count / visits) : 0;
      edge->width = PDG_EDGE_MIN_WIDTH + (PDG_EDGE_MAX_WIDTH - PDG_EDGE_MIN_WIDTH) *
                    MIN (1.0, sqrt ((double) edge->count / most));
      if (edge->kind == PDG_EDGE_BACK)
        edge->width = BACK_WIDTH;
      else if (edge->kind == PDG_EDGE_LOOP)
        edge->width = LOOP_WIDTH;
      else if (edge->kind == PDG_EDGE_SIDE && scene->cards[edge->to].y < scene->cards[edge->from].y)
        edge->width = BACK_WIDTH;
    }
}

/* One end of an edge at one side of a card. */
typedef struct
{
  guint32 card;
  gboolean left;
  guint32 edge;
  gboolean is_from;
  double toward;   /* height of the other end */
} Port;

static int
compare_ports (gconstpointer a, gconstpointer b)
{
  const Port *one = a;
  const Port *two = b;

  if (one->card != two->card)
    return one->card < two->card ? -1 : 1;
  if (one->left != two->left)
    return one->left ? -1 : 1;
  if (one->toward != two->toward)
    return one->toward < two->toward ? -1 : 1;
  return one->edge < two->edge ? -1 : one->edge > two->edge;
}

static void
add_port (const PdgRouter *router, GArray *ports, guint32 edge_index, gboolean is_from, gboolean left)
{
  const PdgSceneEdge *edge = &router->scene->edges[edge_index];
  Port port = {
    is_from ? edge->from : edge->to, left, edge_index, is_from,
    router->scene->cards[is_from ? edge->to : edge->from].y,
  };

  g_array_append_val (ports, port);
}

/* Spreads the edges of one side of one card around its middle, in the order of where they go. */
static void
share_side (PdgRouter *router, const Port *ports, guint n)
{
  const PdgSceneEdge *edges = router->scene->edges;
  double total = -PORT_GAP, squeeze, y;

  for (guint i = 0; i < n; i++)
    total += edges[ports[i].edge].width + PORT_GAP;
  squeeze = MIN (1.0, PORT_SPAN / MAX (total, 1));
  y = router->scene->cards[ports[0].card].y + PORT_CENTRE - total * squeeze / 2;
  for (guint i = 0; i < n; i++)
    {
      double width = edges[ports[i].edge].width * squeeze;

      (ports[i].is_from ? router->out_port : router->in_port)[ports[i].edge] = y + width / 2;
      y += width + PORT_GAP * squeeze;
    }
}

static void
share_ports (PdgRouter *router)
{
  PdgScene *scene = router->scene;
  g_autoptr (GArray) ports = g_array_new (FALSE, FALSE, sizeof (Port));
  g_autofree guint *n_back = g_new0 (guint, scene->n_cards + 1);

  for (guint i = 0; i < scene->n_edges; i++)
    {
      const PdgSceneEdge *edge = &scene->edges[i];

      if (edge->kind == PDG_EDGE_FORWARD || (edge->kind == PDG_EDGE_SIDE && !is_stacked (router, edge->from, edge->to)))
        {
          add_port (router, ports, i, TRUE, FALSE);
          add_port (router, ports, i, FALSE, edge->kind == PDG_EDGE_FORWARD);
        }
      else if (edge->kind == PDG_EDGE_BACK)
        {
          router->out_port[i] = scene->cards[edge->from].y + BACK_PORT -
                                BACK_PORT_STEP * (n_back[edge->from]++ % N_BACK_PORTS);
          router->in_port[i] = scene->cards[edge->to].y + BACK_PORT -
                               BACK_PORT_STEP * (n_back[edge->to]++ % N_BACK_PORTS);
        }
    }
  g_array_sort (ports, compare_ports);
  for (guint first = 0, last; first < ports->len; first = last)
    {
      const Port *port = &g_array_index (ports, Port, first);

      for (last = first + 1; last < ports->len; last++)
        if (g_array_index (ports, Port, last).card != port->card || g_array_index (ports, Port, last).left != port->left)
          break;
      share_side (router, port, last - first);
    }
}

static void
add_curve (PdgRouter *router, PdgRoute *route, double x0, double y0, double x1, double y1, double x2, double y2, double x3,
           double y3)
{
  PdgCurve curve = { { x0, x1, x2, x3 }, { y0, y1, y2, y3 } };

  g_array_append_val (router->scene->curves, curve);
  route->n_curves++;
}

/* From one side to the other, level at both ends. */
static void
add_bend (PdgRouter *router, PdgRoute *route, double x0, double y0, double x1, double y1)
{
  double handle = (x1 - x0) * (fabs (y1 - y0) < 1 ? 1.0 / 3 : 0.56);

  add_curve (router, route, x0, y0, x0 + handle, y0, x1 - handle, y1, x1, y1);
}

/* Levels for the columns on the way, one level for all of them if there is one that costs no long detour. */
static void
choose_levels (PdgRouter *router, const guint32 *columns, guint n, double half, double start, double end, double wish,
               double *levels)
{
  guint32 gap;
  double best = G_MAXDOUBLE, best_level = 0;
  double tries[MAX_COLUMNS + 3] = { start, end, wish };

  for (guint i = 0; i < n; i++)
    {
      const PdgRouterColumn *column = &g_array_index (router->columns, PdgRouterColumn, columns[i]);

      levels[i] = pdg_router_find_lane (router, column, wish, half, &gap);
      tries[3 + i] = levels[i];
    }
  for (guint i = 0; i < n + 3; i++)
    {
      double off = 0;
      double cost = fabs (tries[i] - wish) + 0.25 * (fabs (tries[i] - start) + fabs (tries[i] - end));

      for (guint j = 0; j < n && off < 1; j++)
        off = fabs (pdg_router_find_lane (router, &g_array_index (router->columns, PdgRouterColumn, columns[j]), tries[i], half, &gap) -
                    tries[i]);
      if (off < 1 && cost < best)
        {
          best = cost;
          best_level = tries[i];
        }
    }
  for (guint i = 0; i < n && best < 800; i++)
    levels[i] = best_level;
}

/* Through the columns between two cards, from left to right when @step is 1, else from right to left. */
static void
route_across (PdgRouter *router, guint edge_index, PdgRoute *route, int step)
{
  const PdgScene *scene = router->scene;
  const PdgSceneEdge *edge = &scene->edges[edge_index];
  const PdgRect *from = &scene->cards[edge->from];
  const PdgRect *to = &scene->cards[edge->to];
  double x = step > 0 ? from->x + from->width : from->x;
  double y = router->out_port[edge_index];
  double end_x = step > 0 ? to->x : to->x + to->width;
  double end_y = router->in_port[edge_index];
  double half = edge->width / 2;
  double wish = step > 0 ? (y + end_y) / 2 : MAX (y, end_y) + BACK_DROP;
  int first = (int) router->column_of[edge->from] + step;
  int n = ((int) router->column_of[edge->to] - first) * step;
  guint32 columns[MAX_COLUMNS] = { 0 };
  double levels[MAX_COLUMNS];

  if (n > 0 && n <= MAX_COLUMNS)
    {
      for (int i = 0; i < n; i++)
        columns[i] = (guint32) (first + i * step);
      choose_levels (router, columns, (guint) n, half, y, end_y, wish, levels);
    }
  for (int i = 0; i < n && n <= MAX_COLUMNS; i++)
    {
      const PdgRouterColumn *column = &g_array_index (router->columns, PdgRouterColumn, columns[i]);
      double enter = step > 0 ? column->left - LANE_OVERHANG : column->right + LANE_OVERHANG;
      double leave = step > 0 ? column->right + LANE_OVERHANG : column->left - LANE_OVERHANG;
      guint32 gap;

      pdg_router_find_lane (router, column, levels[i], half, &gap);
      pdg_router_take_lane (router, column, gap, levels[i], half);
      add_bend (router, route, x, y, enter, levels[i]);
      add_bend (router, route, enter, levels[i], leave, levels[i]);
      x = leave;
      y = levels[i];
    }
  add_bend (router, route, x, y, end_x, end_y);
}

static gboolean
has_reverse (const PdgScene *scene, guint edge_index)
{
  const PdgSceneEdge *edge = &scene->edges[edge_index];

  for (guint32 i = scene->out_first[edge->to]; i < scene->out_first[edge->to + 1]; i++)
    if (scene->edges[scene->out[i]].to == edge->from)
      return TRUE;
  return FALSE;
}

/* Within a column: straight to the next one, else around on the right. */
static void
route_beside (PdgRouter *router, guint edge_index, PdgRoute *route)
{
  const PdgScene *scene = router->scene;
  const PdgSceneEdge *edge = &scene->edges[edge_index];
  const PdgRect *from = &scene->cards[edge->from];
  const PdgRect *to = &scene->cards[edge->to];
  gboolean down = to->y > from->y;

  route->dashed = !down;
  route->quiet = route->quiet || !down;
  if (is_stacked (router, edge->from, edge->to))
    {
      double aside = has_reverse (scene, edge_index) ? (down ? -14 : 14) : 0;
      double x = from->x + from->width / 2 + aside;
      double y0 = down ? from->y + from->height + 4 : from->y;
      double y1 = down ? to->y : to->y + to->height + 4;

      route->drops = TRUE;
      add_curve (router, route, x, y0, x, y0 + (y1 - y0) / 3, x, y1 - (y1 - y0) / 3, x, y1);
      return;
    }

  double y0 = router->out_port[edge_index];
  double y1 = router->in_port[edge_index];
  double right = MAX (from->x + from->width, to->x + to->width) + MIN (110, 50 + fabs (y1 - y0) * 0.06);

  add_curve (router, route, from->x + from->width, y0, right, y0, right, y1, to->x + to->width, y1);
}

/* A small arc on the card's top right. */
static void
route_loop (PdgRouter *router, guint edge_index, PdgRoute *route)
{
  const PdgRect *card = &router->scene->cards[router->scene->edges[edge_index].from];
  double right = card->x + card->width - 28;

  route->quiet = TRUE;
  add_curve (router, route, right - 40, card->y, right - 46, card->y - 34, right + 6, card->y - 34, right, card->y);
}

/* Writes the points of @curve behind its first one, as many as its size on the screen asks for; returns how many. */
static guint
flatten_curve (const PdgCurve *curve, double *points)
{
  double dx = curve->x[3] - curve->x[0], dy = curve->y[3] - curve->y[0];
  gboolean straight = curve->y[0] == curve->y[3] && curve->y[1] == curve->y[0] && curve->y[2] == curve->y[0];
  guint n = straight ? 1 : (guint) CLAMP (sqrt (dx * dx + dy * dy) / 10, MIN_SEGMENTS, MAX_SEGMENTS);

  for (guint j = 1; j <= n; j++)
    {
      double t = (double) j / n, u = 1 - t;
      double a = u * u * u, b = 3 * u * u * t, c = 3 * u * t * t, d = t * t * t;

      *points++ = a * curve->x[0] + b * curve->x[1] + c * curve->x[2] + d * curve->x[3];
      *points++ = a * curve->y[0] + b * curve->y[1] + c * curve->y[2] + d * curve->y[3];
    }
  return n;
}

static void
flatten (PdgScene *scene, PdgRoute *route, double half)
{
  const PdgCurve *curves = &g_array_index (scene->curves, PdgCurve, route->first_curve);
  double left = curves[0].x[0], top = curves[0].y[0], right = left, bottom = top;
  guint first = scene->points->len;
  double *points;

  g_array_set_size (scene->points, first + 2 * (1 + route->n_curves * MAX_SEGMENTS));
  points = &g_array_index (scene->points, double, first);
  points[0] = left;
  points[1] = top;
  route->first_point = first / 2;
  route->n_points = 1;
  for (guint i = 0; i < route->n_curves; i++)
    route->n_points += flatten_curve (&curves[i], points + 2 * route->n_points);
  g_array_set_size (scene->points, first + 2 * route->n_points);
  for (const double *at = points + 2; at < points + 2 * route->n_points; at += 2)
    {
      double dx = at[0] - at[-2], dy = at[1] - at[-1];

      route->length += sqrt (dx * dx + dy * dy);
      left = MIN (left, at[0]);
      right = MAX (right, at[0]);
      top = MIN (top, at[1]);
      bottom = MAX (bottom, at[1]);
    }
  route->bounds = (PdgRect) { left - half, top - half, right - left + 2 * half, bottom - top + 2 * half };
}

void
pdg_scene_route (PdgScene *scene)
{
  PdgRouter router = { 0 };

  router.scene = scene;
  router.out_port = g_new0 (double, scene->n_edges + 1);
  router.in_port = g_new0 (double, scene->n_edges + 1);
  pdg_router_find_columns (&router);
  add_edges (&router);
  pdg_scene_link (scene);
  share_ports (&router);

  /* The busiest come first and get the straightest ways. */
  for (guint i = 0; i < scene->n_edges; i++)
    {
      PdgRoute *route = &scene->routes[i];

      route->first_curve = scene->curves->len;
      route->quiet = scene->edges[i].share < PDG_LABEL_MIN_SHARE;
      switch (scene->edges[i].kind)
        {
        case PDG_EDGE_FORWARD:
          route_across (&router, i, route, 1);
          break;
        case PDG_EDGE_BACK:
          route->dashed = TRUE;
          route->quiet = TRUE;
          route_across (&router, i, route, -1);
          break;
        case PDG_EDGE_SIDE:
          route_beside (&router, i, route);
          break;
        case PDG_EDGE_LOOP:
        default:
          route_loop (&router, i, route);
          break;
        }
      flatten (scene, route, scene->edges[i].width / 2);
    }
  pdg_router_clear (&router);
}
