#include "config.h"
#include "canvas/pdg-layout-private.h"

#include <math.h>

#define PITCH_X (PDG_CARD_WIDTH + PDG_LAYOUT_COLUMN_GAP)
#define PITCH_Y (PDG_CARD_HEIGHT + PDG_LAYOUT_ROW_GAP)

/* A card that was there weighs so much more than a new one when they make room for each other. */
#define OLD_WEIGHT 8.0
#define PINNED_WEIGHT 1e9

typedef struct
{
  const PdgJourneyScreen *screens;
  guint n_screens;
  const PdgJourneyTransition *transitions;
  guint n_transitions;
  PdgLayoutPosition *positions; /* of each screen */
  PdgLayoutPosition **at;   /* the same, NULL while it has none */
} Growth;

/* The busiest neighbour that has a place: TRUE when there is one. */
static gboolean
find_neighbor (const Growth *growth, guint32 screen, guint32 *neighbor, gboolean *before)
{
  double best = 0;

  for (guint i = 0; i < growth->n_transitions; i++)
    {
      const PdgJourneyTransition *transition = &growth->transitions[i];
      gboolean incoming = transition->to == screen;
      guint32 other = incoming ? transition->from : transition->to;

      /* Coming from somewhere says more about a place than going somewhere does. */
      double weight = transition->count * (incoming ? 2.0 : 1.0);

      if ((transition->to != screen && transition->from != screen) || other == screen ||
          growth->at[other] == NULL || weight <= best)
        continue;
      best = weight;
      *neighbor = other;
      *before = incoming;
    }
  return best > 0;
}

/* Mean height of the placed neighbours, by traffic. */
static double
find_wish (const Growth *growth, guint32 screen, double fallback)
{
  double sum = 0, weight = 0;

  for (guint i = 0; i < growth->n_transitions; i++)
    {
      const PdgJourneyTransition *transition = &growth->transitions[i];
      guint32 other = transition->to == screen ? transition->from : transition->to;

      if ((transition->to != screen && transition->from != screen) || growth->at[other] == NULL)
        continue;
      sum += transition->count * growth->at[other]->y;
      weight += transition->count;
    }
  return weight > 0 ? sum / weight : fallback;
}

static int
compare_by_y (gconstpointer a, gconstpointer b)
{
  const PdgLayoutPosition *one = *(const PdgLayoutPosition *const *) a;
  const PdgLayoutPosition *two = *(const PdgLayoutPosition *const *) b;

  if (one->y != two->y)
    return one->y < two->y ? -1 : 1;
  return strcmp (one->screen_id, two->screen_id);
}

/* All cards that stand over @x, from the top. */
static GPtrArray *
list_column (const Growth *growth, double x)
{
  GPtrArray *column = g_ptr_array_new ();

  for (guint i = 0; i < growth->n_screens; i++)
    if (growth->at[i] != NULL && fabs (growth->at[i]->x - x) < PDG_CARD_WIDTH)
      g_ptr_array_add (column, growth->at[i]);
  g_ptr_array_sort (column, compare_by_y);
  return column;
}

/* Makes room in the column for @added: old ones move little, pinned ones and those that stand askew not at all. */
static void
settle_column (GPtrArray *column, const PdgLayoutPosition *added)
{
  guint n = column->len;
  g_autofree double *y = g_new (double, n + 1);
  g_autofree double *weight = g_new (double, n + 1);
  g_autofree double *separation = g_new (double, n + 1);

  for (guint i = 0; i < n; i++)
    {
      const PdgLayoutPosition *position = g_ptr_array_index (column, i);
      gboolean fixed = position->pinned || position->x != added->x;

      y[i] = position->y;
      weight[i] = position == added ? 1.0 : fixed ? PINNED_WEIGHT : OLD_WEIGHT;

      /* What was closer before may stay as close; the new one wants its room. */
      separation[i] = PITCH_Y;
      if (i + 1 < n)
        {
          const PdgLayoutPosition *next = g_ptr_array_index (column, i + 1);

          if (position != added && next != added)
            separation[i] = CLAMP (next->y - position->y, 0, PITCH_Y);
        }
    }
  pdg_layout_separate (y, weight, separation, n);
  for (guint i = 0; i < n; i++)
    {
      PdgLayoutPosition *position = g_ptr_array_index (column, i);

      if (!position->pinned && position->x == added->x)
        position->y = fabs (y[i] - position->y) < 0.5 ? position->y : round (y[i]);
    }
}

static gboolean
overlaps_any (const Growth *growth, const PdgLayoutPosition *position)
{
  for (guint i = 0; i < growth->n_screens; i++)
    {
      const PdgLayoutPosition *other = growth->at[i];

      if (other != NULL && other != position && fabs (other->x - position->x) < PDG_CARD_WIDTH &&
          fabs (other->y - position->y) < PDG_CARD_HEIGHT)
        return TRUE;
    }
  return FALSE;
}

static PdgLayoutPosition *
add_position (Growth *growth, guint32 screen, double x, double y, guint32 rank)
{
  growth->positions[screen] = (PdgLayoutPosition) { growth->screens[screen].id, x, y, rank, 0, FALSE };
  return growth->at[screen] = &growth->positions[screen];
}

static void
add_beside (Growth *growth, guint32 screen, guint32 neighbor, gboolean before)
{
  const PdgLayoutPosition *anchor = growth->at[neighbor];
  double x = anchor->x + (before ? PITCH_X : -PITCH_X);
  guint32 rank = before ? anchor->rank + 1 : MAX (anchor->rank, 1) - 1;
  PdgLayoutPosition *added = add_position (growth, screen, x, find_wish (growth, screen, anchor->y), rank);
  g_autoptr (GPtrArray) column = list_column (growth, x);

  settle_column (column, added);
  while (overlaps_any (growth, added))
    added->y += PITCH_Y;
}

/* A screen without any placed neighbour goes into the lowest row, or below it when that is full. */
static void
add_below (Growth *growth, guint32 screen)
{
  double left = G_MAXDOUBLE, right = -G_MAXDOUBLE, bottom = -G_MAXDOUBLE;
  PdgLayoutPosition *added;

  for (guint i = 0; i < growth->n_screens; i++)
    if (growth->at[i] != NULL)
      {
        left = MIN (left, growth->at[i]->x);
        right = MAX (right, growth->at[i]->x);
        bottom = MAX (bottom, growth->at[i]->y);
      }
  if (right < left)
    {
      add_position (growth, screen, 0, 0, 0);
      return;
    }
  added = add_position (growth, screen, left, bottom, 0);
  while (overlaps_any (growth, added))
    {
      added->x += PITCH_X;
      if (added->x > right + 1)
        {
          added->x = left;
          added->y += PITCH_Y;
        }
    }
  added->rank = (guint32) round ((added->x - left) / PITCH_X);
}

/* What a card is sorted by, packed: thousands of them are compared. */
typedef struct
{
  guint32 rank;
  guint32 screen;
  double y;
} Key;

static int
compare_keys (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Key *one = a, *two = b;
  const PdgLayoutPosition *positions = user_data;

  if (one->rank != two->rank)
    return one->rank < two->rank ? -1 : 1;
  if (one->y != two->y)
    return one->y < two->y ? -1 : 1;
  return strcmp (positions[one->screen].screen_id, positions[two->screen].screen_id);
}

/* Sorts the cards, and numbers every column anew from the top, so that order says what is seen. */
static void
renumber (PdgLayoutPosition *positions, guint n)
{
  g_autofree PdgLayoutPosition *unsorted = g_memdup2 (positions, n * sizeof *positions);
  g_autofree Key *keys = g_new (Key, n + 1);

  for (guint32 i = 0; i < n; i++)
    keys[i] = (Key) { positions[i].rank, i, positions[i].y };
  g_qsort_with_data (keys, (int) n, sizeof *keys, compare_keys, unsorted);
  for (guint i = 0; i < n; i++)
    {
      positions[i] = unsorted[keys[i].screen];
      positions[i].order = i > 0 && positions[i - 1].rank == positions[i].rank ? positions[i - 1].order + 1 : 0;
    }
}

void
pdg_layout_grow (const PdgJourneyGraph *graph, PdgLayoutPosition *positions)
{
  Growth growth = { 0 };
  g_autofree PdgLayoutPosition **at = NULL;
  gboolean placed = TRUE;
  guint n_left = 0;

  growth.screens = pdg_journey_graph_get_screens (graph, &growth.n_screens);
  growth.transitions = pdg_journey_graph_get_transitions (graph, &growth.n_transitions);
  growth.positions = positions;
  growth.at = at = g_new0 (PdgLayoutPosition *, growth.n_screens + 1);
  for (guint i = 0; i < growth.n_screens; i++)
    {
      at[i] = positions[i].screen_id != NULL ? &positions[i] : NULL;
      n_left += at[i] == NULL;
    }
  if (n_left == 0)
    return;

  /* Those with a placed neighbour first, the busiest first; each may be the neighbour of the next. */
  while (n_left > 0)
    {
      placed = FALSE;
      for (guint32 i = 0; i < growth.n_screens; i++)
        {
          guint32 neighbor = 0;
          gboolean before = FALSE;

          if (at[i] != NULL || !find_neighbor (&growth, i, &neighbor, &before))
            continue;
          add_beside (&growth, i, neighbor, before);
          placed = TRUE;
          n_left--;
        }
      for (guint32 i = 0; !placed && i < growth.n_screens; i++)
        if (at[i] == NULL)
          {
            add_below (&growth, i);
            placed = TRUE;
            n_left--;
          }
    }
  renumber (positions, growth.n_screens);
}
