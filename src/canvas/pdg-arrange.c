#include "config.h"
#include "canvas/pdg-arrange.h"

#include <math.h>

#define EDGE_PX 32.0
#define EDGE_PAN_PX 900.0 /* a second, at the edge and beyond */

gboolean
pdg_align_from_nick (const char *nick, PdgAlign *align)
{
  static const char *const nicks[PDG_N_ALIGNS] = { "left", "centre", "right", "top", "middle", "bottom" };

  for (guint i = 0; i < PDG_N_ALIGNS; i++)
    if (g_strcmp0 (nick, nicks[i]) == 0)
      {
        *align = (PdgAlign) i;
        return TRUE;
      }
  return FALSE;
}

/* The bounds of those that are fixed, or of all when none is. */
static PdgRect
get_frame (const PdgRect *rects, const gboolean *fixed, guint n)
{
  PdgRect frame = rects[0];
  gboolean any = FALSE;

  for (guint i = 0; fixed != NULL && i < n; i++)
    if (fixed[i])
      {
        frame = any ? pdg_rect_union (&frame, &rects[i]) : rects[i];
        any = TRUE;
      }
  for (guint i = 1; !any && i < n; i++)
    frame = pdg_rect_union (&frame, &rects[i]);
  return frame;
}

void
pdg_arrange_align (PdgRect *rects, const gboolean *fixed, guint n, PdgAlign align)
{
  PdgRect frame;

  if (n < 2)
    return;
  frame = get_frame (rects, fixed, n);
  for (guint i = 0; i < n; i++)
    {
      PdgRect *rect = &rects[i];

      if (fixed != NULL && fixed[i])
        continue;
      switch (align)
        {
        case PDG_ALIGN_LEFT:
          rect->x = frame.x;
          break;
        case PDG_ALIGN_CENTRE:
          rect->x = frame.x + (frame.width - rect->width) / 2;
          break;
        case PDG_ALIGN_RIGHT:
          rect->x = frame.x + frame.width - rect->width;
          break;
        case PDG_ALIGN_TOP:
          rect->y = frame.y;
          break;
        case PDG_ALIGN_MIDDLE:
          rect->y = frame.y + (frame.height - rect->height) / 2;
          break;
        case PDG_ALIGN_BOTTOM:
          rect->y = frame.y + frame.height - rect->height;
          break;
        }
    }
}

typedef struct
{
  double *start;
  double size;
  guint index;
  gboolean fixed;
} Span;

static int
compare_spans (gconstpointer a, gconstpointer b)
{
  const Span *one = a;
  const Span *two = b;
  double one_middle = *one->start + one->size / 2;
  double two_middle = *two->start + two->size / 2;

  if (one_middle != two_middle)
    return one_middle < two_middle ? -1 : 1;
  return one->index < two->index ? -1 : 1;
}

/* Those between @spans[0] and @spans[n - 1], which stay. */
static void
spread (Span *spans, guint n)
{
  double room, place;

  if (n < 3)
    return;
  room = *spans[n - 1].start - (*spans[0].start + spans[0].size);
  for (guint i = 1; i + 1 < n; i++)
    room -= spans[i].size;
  place = *spans[0].start + spans[0].size;
  for (guint i = 1; i + 1 < n; i++)
    {
      place += room / (n - 1);
      *spans[i].start = place;
      place += spans[i].size;
    }
}

void
pdg_arrange_distribute (PdgRect *rects, const gboolean *fixed, guint n, gboolean horizontal)
{
  g_autofree Span *spans = NULL;
  guint first = 0;

  if (n < 3)
    return;
  spans = g_new (Span, n);
  for (guint i = 0; i < n; i++)
    {
      spans[i].start = horizontal ? &rects[i].x : &rects[i].y;
      spans[i].size = horizontal ? rects[i].width : rects[i].height;
      spans[i].index = i;
      spans[i].fixed = fixed != NULL && fixed[i];
    }
  qsort (spans, n, sizeof *spans, compare_spans);
  for (guint i = 1; i < n; i++)
    if (spans[i].fixed || i + 1 == n)
      {
        spread (spans + first, i - first + 1);
        first = i;
      }
}

/* ---- snapping ---- */

/* One axis of a rectangle. */
typedef struct
{
  double start;
  double size;
  double side;       /* the other axis */
  double side_size;
} Axis;

static Axis
get_axis (const PdgRect *rect, gboolean vertical)
{
  return vertical ? (Axis) { rect->x, rect->width, rect->y, rect->height } : (Axis) { rect->y, rect->height, rect->x, rect->width };
}

/* Edges meet edges, middles meet middles. The nearest wins, and of several as near the first. */
static gboolean
find_nearest (const Axis *moving, const PdgRect *others, guint n_others, gboolean vertical, double tolerance, double *delta)
{
  double best = tolerance;
  gboolean found = FALSE;

  for (guint i = 0; i < n_others; i++)
    {
      Axis other = get_axis (&others[i], vertical);
      const double wishes[] = {
        other.start - moving->start,
        other.start + other.size - moving->start - moving->size,
        other.start + other.size / 2 - moving->start - moving->size / 2,
        other.start + other.size - moving->start,
        other.start - moving->start - moving->size,
      };

      for (guint j = 0; j < G_N_ELEMENTS (wishes); j++)
        if (fabs (wishes[j]) < best || (!found && fabs (wishes[j]) <= best))
          {
            best = fabs (wishes[j]);
            *delta = wishes[j];
            found = TRUE;
          }
    }
  return found;
}

static gboolean
lies_on (const Axis *axis, double at)
{
  return fabs (axis->start - at) < 0.01 || fabs (axis->start + axis->size - at) < 0.01 || fabs (axis->start + axis->size / 2 - at) < 0.01;
}

static void
add_guides (PdgSnap *snap, const Axis *moved, const PdgRect *others, guint n_others, gboolean vertical)
{
  const double lines[] = { moved->start, moved->start + moved->size / 2, moved->start + moved->size };
  guint most = vertical ? PDG_MAX_GUIDES / 2 : PDG_MAX_GUIDES;

  for (guint i = 0; i < G_N_ELEMENTS (lines) && snap->n_guides < most; i++)
    {
      PdgGuide guide = { vertical, lines[i], moved->side, moved->side + moved->side_size };
      gboolean any = FALSE;

      for (guint j = 0; j < n_others; j++)
        {
          Axis other = get_axis (&others[j], vertical);

          if (!lies_on (&other, lines[i]))
            continue;
          guide.from = MIN (guide.from, other.side);
          guide.to = MAX (guide.to, other.side + other.side_size);
          any = TRUE;
        }
      if (any)
        snap->guides[snap->n_guides++] = guide;
    }
}

PdgSnap
pdg_arrange_snap (const PdgRect *moving, const PdgRect *others, guint n_others, double tolerance)
{
  PdgSnap snap = { 0 };
  Axis across = get_axis (moving, TRUE), down = get_axis (moving, FALSE);
  gboolean to_x = find_nearest (&across, others, n_others, TRUE, tolerance, &snap.dx);
  gboolean to_y = find_nearest (&down, others, n_others, FALSE, tolerance, &snap.dy);
  PdgRect moved;

  if (!to_x)
    snap.dx = round (moving->x / PDG_ARRANGE_GRID) * PDG_ARRANGE_GRID - moving->x;
  if (!to_y)
    snap.dy = round (moving->y / PDG_ARRANGE_GRID) * PDG_ARRANGE_GRID - moving->y;
  moved = (PdgRect) { moving->x + snap.dx, moving->y + snap.dy, moving->width, moving->height };
  across = get_axis (&moved, TRUE);
  down = get_axis (&moved, FALSE);
  if (to_x)
    add_guides (&snap, &across, others, n_others, TRUE);
  if (to_y)
    add_guides (&snap, &down, others, n_others, FALSE);
  return snap;
}

/* ---- the edge of the canvas ---- */

static double
edge_speed (double at, double size)
{
  double reach = MIN (EDGE_PX, size / 4);

  if (at < reach)
    return EDGE_PAN_PX * MIN (1, (reach - at) / reach);
  if (at > size - reach)
    return -EDGE_PAN_PX * MIN (1, (at - size + reach) / reach);
  return 0;
}

void
pdg_arrange_get_edge_pan (double x, double y, double width, double height, double *dx, double *dy)
{
  *dx = edge_speed (x, width);
  *dy = edge_speed (y, height);
}
