#include "config.h"
#include "canvas/pdg-scene-private.h"

/* Between a frame and its cards, in world units; below them both lines of text have room down to the smallest zoom that shows them. */
#define PADDING 48.0
#define BELOW   140.0

PdgGrouping *
pdg_scene_get_grouping (const PdgScene *scene)
{
  return scene->grouping;
}

const PdgLayoutPosition *
pdg_scene_get_position (const PdgScene *scene, const PdgLayout *layout, guint card)
{
  const char *id = scene->screens[card].id;
  const PdgLayoutPosition *own = pdg_layout_lookup (layout, id);
  int group = own == NULL && scene->grouping != NULL ? pdg_grouping_lookup (scene->grouping, id) : -1;

  if (group >= 0)
    {
      guint n;
      const PdgGroup *groups = pdg_grouping_get_groups (scene->grouping, &n);

      id = pdg_journey_graph_get_screens (pdg_grouping_get_graph (scene->grouping), &n)[groups[group].lead].id;
    }
  return own != NULL ? own : pdg_layout_lookup (layout, id);
}

GArray *
pdg_scene_list_group_cards (const PdgScene *scene, guint group)
{
  GArray *cards = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint n, n_screens;
  const guint32 *members = pdg_grouping_get_members (scene->grouping, group, &n);
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (pdg_grouping_get_graph (scene->grouping), &n_screens);
  guint n_groups;
  const PdgGroup *groups = pdg_grouping_get_groups (scene->grouping, &n_groups);

  for (guint i = 0; i < (groups[group].folded ? 1 : n); i++)
    {
      int card = pdg_journey_graph_lookup (scene->graph, groups[group].folded ? groups[group].id : screens[members[i]].id);

      if (card >= 0)
        g_array_append_val (cards, card);
    }
  return cards;
}

void
pdg_scene_frame_groups (PdgScene *scene)
{
  guint n = 0;
  const PdgGroup *groups = scene->grouping != NULL ? pdg_grouping_get_groups (scene->grouping, &n) : NULL;

  scene->group_rects = g_new0 (PdgRect, n + 1);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GArray) cards = pdg_scene_list_group_cards (scene, i);
      PdgRect bounds = pdg_scene_get_cards_bounds (scene, (const guint32 *) (void *) cards->data, cards->len);

      if (cards->len == 0)
        continue;
      scene->group_rects[i] = bounds;
      if (!groups[i].folded)
        scene->group_rects[i] = (PdgRect) { bounds.x - PADDING, bounds.y - PADDING, bounds.width + 2 * PADDING, bounds.height + PADDING + BELOW };
      scene->bounds = pdg_rect_union (&scene->bounds, &scene->group_rects[i]);
    }
}

gboolean
pdg_scene_get_group_rect (const PdgScene *scene, guint group, PdgRect *rect)
{
  guint n = 0;

  if (scene->grouping != NULL)
    pdg_grouping_get_groups (scene->grouping, &n);
  if (group >= n || scene->group_rects[group].width <= 0)
    return FALSE;
  *rect = scene->group_rects[group];
  return TRUE;
}

static int
compare_places (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const PdgScene *scene = user_data;
  guint32 one = *(const guint32 *) a, two = *(const guint32 *) b;
  const PdgRect *first = &scene->group_rects[one], *second = &scene->group_rects[two];

  if (first->x != second->x)
    return first->x < second->x ? -1 : 1;
  if (first->y != second->y)
    return first->y < second->y ? -1 : 1;
  return one < two ? -1 : one > two;
}

GArray *
pdg_scene_list_groups (const PdgScene *scene)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint n = 0;

  if (scene->grouping != NULL)
    pdg_grouping_get_groups (scene->grouping, &n);
  for (guint32 i = 0; i < n; i++)
    if (scene->group_rects[i].width > 0)
      g_array_append_val (list, i);
  g_array_sort_with_data (list, compare_places, (gpointer) scene);
  return list;
}
