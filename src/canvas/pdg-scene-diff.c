#include "config.h"
#include "canvas/pdg-scene-diff.h"

#include "canvas/pdg-scene-private.h"

#include <math.h>
#include <string.h>

/* More areas than this are all of the scene. */
#define MAX_AREAS 256

static void
add_area (PdgSceneDiff *diff, const PdgRect *area)
{
  if (diff->areas->len >= MAX_AREAS)
    diff->all = TRUE;
  else
    g_array_append_vals (diff->areas, area, 1);
}

static gboolean
same_rect (const PdgRect *a, const PdgRect *b)
{
  return a->x == b->x && a->y == b->y && a->width == b->width && a->height == b->height;
}

static gboolean
same_card (const PdgScene *from, guint old, const PdgScene *to, guint card)
{
  const PdgJourneyScreen *a = &from->screens[old], *b = &to->screens[card];

  return same_rect (&from->cards[old], &to->cards[card]) && a->visits == b->visits && a->entries == b->entries &&
         a->exits == b->exits && a->errors == b->errors && g_strcmp0 (a->name, b->name) == 0 &&
         g_strcmp0 (a->path, b->path) == 0 && g_strcmp0 (a->snapshot_id, b->snapshot_id) == 0;
}

static gboolean
same_place (const float *a, const float *b)
{
  return (isnan (a[0]) && isnan (b[0])) || (a[0] == b[0] && a[1] == b[1]);
}

static gboolean
same_edge (const PdgScene *from, guint old, const PdgScene *to, guint edge)
{
  const PdgSceneEdge *a = &from->edges[old], *b = &to->edges[edge];
  const PdgRoute *one = &from->routes[old], *two = &to->routes[edge];

  if (a->share != b->share || a->width != b->width || a->kind != b->kind || one->n_curves != two->n_curves ||
      !one->dashed != !two->dashed || !one->quiet != !two->quiet || !one->drops != !two->drops)
    return FALSE;
  if (memcmp (&g_array_index (from->curves, PdgCurve, one->first_curve),
              &g_array_index (to->curves, PdgCurve, two->first_curve), one->n_curves * sizeof (PdgCurve)) != 0)
    return FALSE;
  for (guint i = 0; i < PDG_N_LABEL_ZOOMS; i++)
    if (!same_place (&from->labels[i][2 * old], &to->labels[i][2 * edge]))
      return FALSE;
  return TRUE;
}

/* For each card of @to its number in @from, or -1. */
static int *
match_cards (PdgSceneDiff *diff, const PdgScene *from, const PdgScene *to)
{
  g_autofree guint8 *found = g_new0 (guint8, from->n_cards + 1);
  int *match = g_new (int, to->n_cards + 1);
  guint n_kept = 0;

  for (guint i = 0; i < to->n_cards; i++)
    {
      match[i] = pdg_journey_graph_lookup (from->graph, to->screens[i].id);
      n_kept += match[i] >= 0 && same_rect (&from->cards[match[i]], &to->cards[i]);
      if (match[i] < 0)
        add_area (diff, &to->cards[i]);
      else
        {
          found[match[i]] = 1;
          if (!same_card (from, (guint) match[i], to, i))
            {
              add_area (diff, &from->cards[match[i]]);
              add_area (diff, &to->cards[i]);
            }
        }
    }
  for (guint i = 0; i < from->n_cards && !diff->all; i++)
    if (!found[i])
      add_area (diff, &from->cards[i]);
  diff->strange = n_kept < MAX (from->n_cards, to->n_cards) / 2;
  return match;
}

static void
match_edges (PdgSceneDiff *diff, const PdgScene *from, const PdgScene *to, const int *match)
{
  g_autoptr (GHashTable) olds = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autofree gint64 *keys = g_new (gint64, from->n_edges + 1);
  g_autofree guint8 *found = g_new0 (guint8, from->n_edges + 1);

  for (guint i = 0; i < from->n_edges; i++)
    {
      keys[i] = (gint64) from->edges[i].from << 32 | from->edges[i].to;
      g_hash_table_insert (olds, &keys[i], GUINT_TO_POINTER (i + 1));
    }
  for (guint i = 0; i < to->n_edges && !diff->all; i++)
    {
      int a = match[to->edges[i].from], b = match[to->edges[i].to];
      gint64 key = (gint64) a << 32 | b;
      guint old = a >= 0 && b >= 0 ? GPOINTER_TO_UINT (g_hash_table_lookup (olds, &key)) : 0;

      diff->ranks |= old != i + 1;
      if (old > 0)
        found[old - 1] = 1;
      if (old > 0 && !same_edge (from, old - 1, to, i))
        add_area (diff, &from->routes[old - 1].bounds);
      if (old == 0 || !same_edge (from, old - 1, to, i))
        add_area (diff, &to->routes[i].bounds);
    }
  for (guint i = 0; i < from->n_edges && !diff->all; i++)
    if (!found[i])
      add_area (diff, &from->routes[i].bounds);
}

/* The frames of what was and of what is; a group that changed only in its title lies above the tiles. */
static void
match_frames (PdgSceneDiff *diff, const PdgScene *one, const PdgScene *other)
{
  guint n, n_other;
  const PdgGroup *groups = one->grouping != NULL ? pdg_grouping_get_groups (one->grouping, &n) : NULL;
  const PdgGroup *others = other->grouping != NULL ? pdg_grouping_get_groups (other->grouping, &n_other) : NULL;

  for (guint i = 0; groups != NULL && i < n && !diff->all; i++)
    {
      int match = others != NULL ? pdg_grouping_lookup (other->grouping, groups[i].id) : -1;

      if (match < 0 || !groups[i].folded != !others[match].folded || !same_rect (&one->group_rects[i], &other->group_rects[match]))
        add_area (diff, &one->group_rects[i]);
    }
}

void
pdg_scene_diff_init (PdgSceneDiff *diff, const PdgScene *from, const PdgScene *to)
{
  g_autofree int *match = NULL;

  *diff = (PdgSceneDiff) { .areas = g_array_new (FALSE, FALSE, sizeof (PdgRect)) };
  diff->chips = from->max_visits != to->max_visits;
  diff->ranks = from->n_edges != to->n_edges;
  match = match_cards (diff, from, to);
  if (!diff->all)
    match_edges (diff, from, to, match);
  match_frames (diff, from, to);
  match_frames (diff, to, from);
}

void
pdg_scene_diff_clear (PdgSceneDiff *diff)
{
  g_clear_pointer (&diff->areas, g_array_unref);
}
