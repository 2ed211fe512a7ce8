#include "config.h"
#include "canvas/pdg-scene-private.h"

#include <math.h>

/* Kept free around a label, in logical pixels. */
#define CLEARANCE 2.0
#define N_PLACES 15

/* Looking for places off other lines is left out where there are more edges than this. */
#define MAX_CAREFUL_EDGES 500
#define CAREFUL_ZOOM 0.6
#define EMPTY G_MAXUINT32

/* Where along the curve a label may ride, best first: the middle, then one step before and one behind it, and so on. */
static const double places[N_PLACES] = {
  0.50, 0.45, 0.55, 0.40, 0.60, 0.35, 0.65, 0.30, 0.70, 0.25, 0.75, 0.20, 0.80, 0.15, 0.85,
};

typedef struct
{
  PdgRect rect;
  guint32 next;
} Placed;

/* One pass: the labels of one zoom. */
typedef struct
{
  const PdgScene *scene;
  double zoom;
  GArray *placed;      /* Placed, chained by cell */
  guint32 *head;       /* of each cell */
  const float *points; /* x and y of each edge's places */
  const guint8 *order; /* (nullable) the order in which an edge's places are tried: N_PLACES for each edge */
} Pass;

void
pdg_format_percent (double share, char *text, gsize size)
{
  if (share > 0 && share < 0.005)
    g_strlcpy (text, "< 1 %", size);
  else
    g_snprintf (text, size, "%d %%", (int) (share * 100 + 0.5));
}

double
pdg_scene_get_label_width (const PdgScene *scene, guint edge)
{
  double share = scene->edges[edge].share;
  int n_digits = share >= 0.995 ? 3 : share >= 0.095 || share < 0.005 ? 2 : 1;

  return 31 + 7 * n_digits;
}

static PdgRect
get_mark_rect (const PdgRect *card, gboolean exit_mark, double zoom)
{
  double width = PDG_MARK_WIDTH / zoom;

  return (PdgRect) {
    exit_mark ? card->x + card->width : card->x - width, card->y + PDG_MARK_TOP / zoom,
    width, PDG_MARK_HEIGHT / zoom,
  };
}

/* A card with the text that hangs out of it at small zooms, and its marks. */
static gboolean
touches_card (const Pass *pass, guint32 index, const PdgRect *rect)
{
  const PdgScene *scene = pass->scene;
  const PdgRect *card = &scene->cards[index];
  PdgRect whole = *card;
  PdgRect entry = get_mark_rect (card, FALSE, pass->zoom);
  PdgRect leave = get_mark_rect (card, TRUE, pass->zoom);

  whole.height = MAX (whole.height, PDG_CARD_PICTURE_HEIGHT + PDG_TEXT_BLOCK / pass->zoom);
  return pdg_rect_intersects (&whole, rect) ||
         (pdg_screen_get_entry_share (&scene->screens[index]) >= PDG_ENTRY_MIN_SHARE &&
          pdg_rect_intersects (&entry, rect)) ||
         (pdg_screen_get_exit_share (&scene->screens[index]) >= PDG_EXIT_MIN_SHARE &&
          pdg_rect_intersects (&leave, rect));
}

static gboolean
touches_label (const Pass *pass, const PdgRect *rect)
{
  guint x0, y0, x1, y1;

  if (!pdg_scene_get_cells (pass->scene, rect, &x0, &y0, &x1, &y1))
    return FALSE;
  for (guint y = y0; y <= y1; y++)
    for (guint x = x0; x <= x1; x++)
      for (guint32 i = pass->head[y * pass->scene->n_x + x]; i != EMPTY; )
        {
          const Placed *placed = &g_array_index (pass->placed, Placed, i);

          if (pdg_rect_intersects (&placed->rect, rect))
            return TRUE;
          i = placed->next;
        }
  return FALSE;
}

static gboolean
touches_any_card (const Pass *pass, const PdgRect *rect)
{
  const PdgScene *scene = pass->scene;
  PdgRect reach = pdg_rect_expand (rect, MAX (PDG_MARK_WIDTH, PDG_TEXT_BLOCK) / pass->zoom);
  guint x0, y0, x1, y1;

  if (!pdg_scene_get_cells (scene, &reach, &x0, &y0, &x1, &y1))
    return FALSE;
  for (guint y = y0; y <= y1; y++)
    for (guint x = x0; x <= x1; x++)
      for (guint32 cell = y * scene->n_x + x, i = scene->card_cells.first[cell]; i < scene->card_cells.first[cell + 1]; i++)
        if (pdg_rect_intersects (&scene->cards[scene->card_cells.list[i]], &reach) && touches_card (pass, scene->card_cells.list[i], rect))
          return TRUE;
  return FALSE;
}

static void
take_place (Pass *pass, const PdgRect *rect)
{
  guint x0, y0, x1, y1;

  if (!pdg_scene_get_cells (pass->scene, rect, &x0, &y0, &x1, &y1))
    return;
  for (guint y = y0; y <= y1; y++)
    for (guint x = x0; x <= x1; x++)
      {
        guint32 *head = &pass->head[y * pass->scene->n_x + x];
        Placed placed = { *rect, *head };

        *head = pass->placed->len;
        g_array_append_val (pass->placed, placed);
      }
}

static void
place_label (Pass *pass, guint32 edge, float *at)
{
  double width = (pdg_scene_get_label_width (pass->scene, edge) + 2 * CLEARANCE) / pass->zoom;
  double height = (PDG_LABEL_HEIGHT + 2 * CLEARANCE) / pass->zoom;

  at[0] = at[1] = NAN;
  for (guint i = 0; i < N_PLACES; i++)
    {
      guint place = pass->order != NULL ? pass->order[edge * N_PLACES + i] : i;
      const float *point = pass->points + 2 * (edge * N_PLACES + place);
      PdgRect rect = { point[0] - width / 2, point[1] - height / 2, width, height };

      if (touches_label (pass, &rect) || touches_any_card (pass, &rect))
        continue;
      take_place (pass, &rect);
      at[0] = point[0];
      at[1] = point[1];
      return;
    }
}

static gboolean
crosses (const PdgScene *scene, guint32 edge, const PdgRect *rect)
{
  guint n;
  const double *points = pdg_scene_get_edge_points (scene, edge, &n);

  if (!pdg_rect_intersects (&scene->routes[edge].bounds, rect))
    return FALSE;
  for (guint i = 0; i + 1 < n; i++)
    {
      const double *a = points + 2 * i;

      if (MAX (a[0], a[2]) >= rect->x && MIN (a[0], a[2]) <= rect->x + rect->width &&
          MAX (a[1], a[3]) >= rect->y && MIN (a[1], a[3]) <= rect->y + rect->height)
        return TRUE;
    }
  return FALSE;
}

/* How many other lines a label at a place would cover; dashed ones count less. */
static guint
count_covered (const PdgScene *scene, guint32 edge, const GArray *nearby, const PdgRect *rect)
{
  guint covered = 0;

  for (guint i = 0; i < nearby->len; i++)
    {
      guint32 other = g_array_index (nearby, guint32, i);

      if (crosses (scene, other, rect))
        covered += scene->routes[other].dashed ? 1 : 2;
    }
  return covered;
}

/* The other edges whose surroundings meet those of @edge. */
static void
list_nearby (const PdgScene *scene, guint32 edge, GArray *nearby)
{
  PdgRect reach = pdg_rect_expand (&scene->routes[edge].bounds, 64);

  g_array_set_size (nearby, 0);
  for (guint32 i = 0; i < scene->n_edges; i++)
    if (i != edge && pdg_rect_intersects (&scene->routes[i].bounds, &reach))
      g_array_append_val (nearby, i);
}

/* For every edge its places, those that cover the fewest other lines first, and of these the nearest to the middle. */
static guint8 *
rank_places (const PdgScene *scene, const float *points)
{
  guint8 *order = g_new (guint8, scene->n_edges * N_PLACES + 1);
  g_autoptr (GArray) nearby = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint32 edge = 0; edge < scene->n_edges; edge++)
    {
      double width = pdg_scene_get_label_width (scene, edge) / CAREFUL_ZOOM;
      double height = PDG_LABEL_HEIGHT / CAREFUL_ZOOM;
      guint8 *mine = order + edge * N_PLACES;
      guint covered[N_PLACES] = { 0 };

      list_nearby (scene, edge, nearby);
      for (guint i = 0; i < N_PLACES; i++)
        {
          const float *point = points + 2 * (edge * N_PLACES + i);
          PdgRect rect = { point[0] - width / 2, point[1] - height / 2, width, height };
          guint j = i;
          guint now = count_covered (scene, edge, nearby, &rect);

          for (; j > 0 && covered[j - 1] > now; j--)
            {
              covered[j] = covered[j - 1];
              mine[j] = mine[j - 1];
            }
          covered[j] = now;
          mine[j] = (guint8) i;
        }
    }
  return order;
}

/* Where the labels of @edge may lie: N_PLACES points, found in one walk along its line. */
static void
find_places (const PdgScene *scene, guint32 edge, float *points)
{
  guint n, i = 0;
  const double *line = pdg_scene_get_edge_points (scene, edge, &n);
  double walked = 0, step = 0;

  for (int nth = -(N_PLACES / 2); nth <= N_PLACES / 2; nth++)
    {
      guint place = (guint) (nth < 0 ? -2 * nth - 1 : 2 * nth);
      double wanted = places[place] * scene->routes[edge].length, part;

      for (; i + 1 < n; walked += step, i++)
        {
          double dx = line[2 * i + 2] - line[2 * i], dy = line[2 * i + 3] - line[2 * i + 1];

          step = sqrt (dx * dx + dy * dy);
          if (walked + step >= wanted && step > 0)
            break;
        }
      part = i + 1 < n ? (wanted - walked) / step : 0;
      for (guint axis = 0; axis < 2; axis++)
        points[2 * place + axis] = (float) (line[2 * i + axis] + (i + 1 < n ? part * (line[2 * i + 2 + axis] - line[2 * i + axis]) : 0));
    }
}

/* The busiest edges choose first; those whose label is rarely shown come last. */
void
pdg_scene_place_labels (PdgScene *scene)
{
  guint n_cells = scene->n_x * scene->n_y;
  g_autoptr (GArray) placed = g_array_new (FALSE, FALSE, sizeof (Placed));
  g_autofree guint32 *head = g_new (guint32, n_cells + 1);
  g_autofree float *points = g_new (float, 2 * N_PLACES * scene->n_edges + 1);
  g_autofree guint8 *order = NULL;
  double zoom = PDG_LABEL_MIN_ZOOM;

  for (guint32 edge = 0; edge < scene->n_edges; edge++)
    find_places (scene, edge, points + 2 * N_PLACES * edge);
  if (scene->n_edges <= MAX_CAREFUL_EDGES)
    order = rank_places (scene, points);

  for (guint i = 0; i < PDG_N_LABEL_ZOOMS; i++, zoom *= PDG_LABEL_STEP)
    {
      Pass pass = { scene, zoom, placed, head, points, order };

      g_array_set_size (placed, 0);
      for (guint j = 0; j < n_cells; j++)
        head[j] = EMPTY;
      scene->labels[i] = g_new (float, 2 * scene->n_edges + 2);
      for (gboolean quiet = FALSE; quiet <= TRUE; quiet++)
        for (guint32 edge = 0; edge < scene->n_edges; edge++)
          if (!scene->routes[edge].quiet == !quiet)
            place_label (&pass, edge, &scene->labels[i][2 * edge]);
    }
}

gboolean
pdg_scene_get_label_rect (const PdgScene *scene, guint edge, double zoom, PdgRect *rect)
{
  g_return_val_if_fail (edge < scene->n_edges, FALSE);
  if (!(zoom >= PDG_LABEL_MIN_ZOOM))
    return FALSE;

  int level = (int) (log (zoom / PDG_LABEL_MIN_ZOOM) / log (PDG_LABEL_STEP));
  const float *at = &scene->labels[CLAMP (level, 0, PDG_N_LABEL_ZOOMS - 1)][2 * edge];
  double scale = pdg_text_scale (zoom) / zoom;
  double width = pdg_scene_get_label_width (scene, edge) * scale;

  if (isnan (at[0]))
    return FALSE;
  *rect = (PdgRect) { at[0] - width / 2, at[1] - PDG_LABEL_HEIGHT * scale / 2, width, PDG_LABEL_HEIGHT * scale };
  return TRUE;
}
