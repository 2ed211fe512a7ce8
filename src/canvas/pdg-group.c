#include "config.h"
#include "canvas/pdg-group.h"

#include "canvas/pdg-group-find.h"

#include <string.h>

struct _PdgGrouping
{
  PdgGroupBy by;
  PdgJourneyGraph *graph;
  PdgJourneyGraph *shown;
  GArray *groups;     /* PdgGroup */
  guint32 *members;   /* group after group */
  int *of_screen;     /* of each screen of the graph its group, or -1 */
  GHashTable *by_id;  /* id -> number + 1 */
};

static const char *const nicks[PDG_N_GROUP_BYS] = { "none", "path", "journey" };

const char *
pdg_group_by_get_nick (PdgGroupBy by)
{
  return nicks[by];
}

gboolean
pdg_group_by_from_nick (const char *nick, PdgGroupBy *by)
{
  for (guint i = 0; i < PDG_N_GROUP_BYS; i++)
    if (g_strcmp0 (nick, nicks[i]) == 0)
      {
        *by = (PdgGroupBy) i;
        return TRUE;
      }
  return FALSE;
}

gboolean
pdg_group_is_id (const char *id)
{
  return id != NULL && g_str_has_prefix (id, PDG_GROUP_ID_PREFIX);
}

static void
group_clear (gpointer data)
{
  PdgGroup *group = data;

  g_free (group->id);
  g_free (group->title);
}

static void
add_to (guint32 *sum, guint32 count)
{
  *sum = count > G_MAXUINT32 - *sum ? G_MAXUINT32 : *sum + count;
}

/* ---- the groups and their sums ---- */

static void
sum_screens (PdgGrouping *grouping, const PdgJourneyScreen *screens, guint n)
{
  for (guint32 i = 0; i < n; i++)
    {
      PdgGroup *group = grouping->of_screen[i] >= 0 ? &g_array_index (grouping->groups, PdgGroup, grouping->of_screen[i]) : NULL;

      if (group == NULL)
        continue;
      if (group->n_members == 0 || screens[i].visits > screens[group->lead].visits)
        group->lead = i;
      group->n_members++;
      add_to (&group->visits, screens[i].visits);
      add_to (&group->entries, screens[i].entries);
      add_to (&group->exits, screens[i].exits);
      add_to (&group->errors, screens[i].errors);
    }
}

static void
sum_moves (PdgGrouping *grouping)
{
  guint n;
  const PdgJourneyTransition *transitions = pdg_journey_graph_get_transitions (grouping->graph, &n);

  for (guint i = 0; i < n; i++)
    {
      int from = grouping->of_screen[transitions[i].from], to = grouping->of_screen[transitions[i].to];

      if (from >= 0 && from == to)
        add_to (&g_array_index (grouping->groups, PdgGroup, from).inner, transitions[i].count);
      else
        {
          if (from >= 0)
            add_to (&g_array_index (grouping->groups, PdgGroup, from).out, transitions[i].count);
          if (to >= 0)
            add_to (&g_array_index (grouping->groups, PdgGroup, to).in, transitions[i].count);
        }
    }
}

static int
compare_groups (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const PdgGroup *one = &g_array_index ((const GArray *) user_data, PdgGroup, *(const guint32 *) a);
  const PdgGroup *two = &g_array_index ((const GArray *) user_data, PdgGroup, *(const guint32 *) b);

  if (one->visits != two->visits)
    return one->visits > two->visits ? -1 : 1;
  return strcmp (one->id, two->id);
}

/* The busiest first. */
static void
sort_groups (PdgGrouping *grouping, guint n_screens)
{
  GArray *old = grouping->groups;
  g_autofree guint32 *order = g_new0 (guint32, old->len + 1);
  g_autofree int *places = g_new0 (int, old->len + 1);

  for (guint32 i = 0; i < old->len; i++)
    order[i] = i;
  g_qsort_with_data (order, (int) old->len, sizeof *order, compare_groups, old);
  grouping->groups = g_array_sized_new (FALSE, TRUE, sizeof (PdgGroup), old->len);
  for (guint i = 0; i < old->len; i++)
    {
      places[order[i]] = (int) i;
      g_array_append_vals (grouping->groups, &g_array_index (old, PdgGroup, order[i]), 1);
    }
  g_array_unref (old);
  g_array_set_clear_func (grouping->groups, group_clear);
  for (guint i = 0; i < n_screens; i++)
    if (grouping->of_screen[i] >= 0)
      grouping->of_screen[i] = places[grouping->of_screen[i]];
}

static void
list_members (PdgGrouping *grouping, guint n_screens)
{
  g_autofree guint32 *filled = g_new0 (guint32, grouping->groups->len + 1);
  guint32 first = 0;

  grouping->members = g_new0 (guint32, n_screens + 1);
  for (guint i = 0; i < grouping->groups->len; i++)
    {
      PdgGroup *group = &g_array_index (grouping->groups, PdgGroup, i);

      group->first = filled[i] = first;
      first += group->n_members;
      g_hash_table_insert (grouping->by_id, group->id, GUINT_TO_POINTER (i + 1));
    }
  for (guint32 i = 0; i < n_screens; i++)
    if (grouping->of_screen[i] >= 0)
      grouping->members[filled[grouping->of_screen[i]]++] = i;
}

static void
find_groups (PdgGrouping *grouping, GHashTable *folded)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) titles = g_ptr_array_new ();
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (grouping->graph, &n);

  grouping->of_screen = g_new (int, n + 1);
  for (guint i = 0; i < n; i++)
    grouping->of_screen[i] = -1;
  if (grouping->by == PDG_GROUP_BY_PATH)
    pdg_group_find_paths (grouping->graph, grouping->of_screen, keys, titles);
  else if (grouping->by == PDG_GROUP_BY_JOURNEY)
    pdg_group_find_journeys (grouping->graph, grouping->of_screen, keys, titles);
  for (guint i = 0; i < keys->len; i++)
    {
      PdgGroup group = { .title = titles->pdata[i] };

      group.id = g_strdup_printf (PDG_GROUP_ID_PREFIX "%s:%s", nicks[grouping->by], (const char *) keys->pdata[i]);
      group.folded = folded != NULL && g_hash_table_contains (folded, group.id);
      g_array_append_val (grouping->groups, group);
    }
  sum_screens (grouping, screens, n);
  sum_moves (grouping);
  sort_groups (grouping, n);
  list_members (grouping, n);
}

/* ---- what is shown ---- */

/* A screen or a folded group. */
typedef struct
{
  PdgJourneyScreen screen; /* its texts belong to others */
  guint32 number;          /* of the screen, or of the group after all screens */
} Shown;

static int
compare_shown (gconstpointer a, gconstpointer b)
{
  const Shown *one = a, *two = b;

  if (one->screen.visits != two->screen.visits)
    return one->screen.visits > two->screen.visits ? -1 : 1;
  return one->number < two->number ? -1 : one->number > two->number;
}

/* The picture of the most visited screen that has one. */
static char *
get_picture (const PdgGrouping *grouping, const PdgJourneyScreen *screens, const PdgGroup *group)
{
  const PdgJourneyScreen *best = NULL;

  for (guint i = 0; i < group->n_members; i++)
    {
      const PdgJourneyScreen *screen = &screens[grouping->members[group->first + i]];

      if (screen->snapshot_id != NULL && (best == NULL || screen->visits > best->visits))
        best = screen;
    }
  return best != NULL ? best->snapshot_id : NULL;
}

static GArray *
list_shown (const PdgGrouping *grouping, const PdgJourneyScreen *screens, guint n)
{
  GArray *list = g_array_sized_new (FALSE, TRUE, sizeof (Shown), n);

  for (guint32 i = 0; i < n; i++)
    {
      int number = grouping->of_screen[i];
      Shown shown = { screens[i], i };

      if (number < 0 || !g_array_index (grouping->groups, PdgGroup, number).folded)
        g_array_append_val (list, shown);
    }
  for (guint32 i = 0; i < grouping->groups->len; i++)
    {
      const PdgGroup *group = &g_array_index (grouping->groups, PdgGroup, i);
      Shown shown = { .number = n + i };

      if (!group->folded)
        continue;
      shown.screen = (PdgJourneyScreen) {
        .id = group->id, .path = group->title, .name = group->title, .snapshot_id = get_picture (grouping, screens, group),
        .visits = group->visits, .entries = group->entries, .exits = group->exits, .errors = group->errors,
        .load_p75_ms = -1, .dwell_median_ms = -1,
      };
      g_array_append_val (list, shown);
    }
  g_array_sort (list, compare_shown);
  return list;
}

typedef struct
{
  PdgJourneyTransition transition;
  guint32 place; /* among those of the graph: of equal ones the first comes first */
} Move;

static int
compare_moves (gconstpointer a, gconstpointer b)
{
  const Move *one = a, *two = b;

  if (one->transition.count != two->transition.count)
    return one->transition.count > two->transition.count ? -1 : 1;
  return one->place < two->place ? -1 : one->place > two->place;
}

/* Of joined moves it is not known how long they took. */
static void
add_moves (const PdgGrouping *grouping, const guint32 *places)
{
  guint n;
  const PdgJourneyTransition *transitions = pdg_journey_graph_get_transitions (grouping->graph, &n);
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GArray) moves = g_array_new (FALSE, FALSE, sizeof (Move));

  for (guint32 i = 0; i < n; i++)
    {
      Move move = { transitions[i], i };
      int group = grouping->of_screen[transitions[i].from];
      gboolean inner = group >= 0 && group == grouping->of_screen[transitions[i].to];
      gint64 key;
      guint old;

      if (inner && g_array_index (grouping->groups, PdgGroup, group).folded)
        continue;
      move.transition.from = places[transitions[i].from];
      move.transition.to = places[transitions[i].to];
      key = (gint64) move.transition.from << 32 | move.transition.to;
      old = GPOINTER_TO_UINT (g_hash_table_lookup (found, &key));
      if (old > 0)
        {
          PdgJourneyTransition *joined = &g_array_index (moves, Move, old - 1).transition;

          add_to (&joined->count, move.transition.count);
          joined->dwell_median_ms = -1;
          continue;
        }
      g_array_append_val (moves, move);
      g_hash_table_insert (found, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (moves->len));
    }
  g_array_sort (moves, compare_moves);
  for (guint i = 0; i < moves->len; i++)
    pdg_journey_graph_add_transition (grouping->shown, &g_array_index (moves, Move, i).transition);
}

static void
make_shown (PdgGrouping *grouping)
{
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (grouping->graph, &n);
  g_autoptr (GArray) list = list_shown (grouping, screens, n);
  g_autofree guint32 *places = g_new0 (guint32, n + grouping->groups->len + 1);

  grouping->shown = pdg_journey_graph_new ();
  for (guint i = 0; i < list->len; i++)
    {
      const Shown *shown = &g_array_index (list, Shown, i);

      places[shown->number] = pdg_journey_graph_add_screen (grouping->shown, &shown->screen);
    }
  for (guint i = 0; i < n; i++)
    if (grouping->of_screen[i] >= 0 && g_array_index (grouping->groups, PdgGroup, grouping->of_screen[i]).folded)
      places[i] = places[n + (guint) grouping->of_screen[i]];
  add_moves (grouping, places);
  pdg_journey_graph_set_totals (grouping->shown, pdg_journey_graph_get_n_sessions (grouping->graph),
                                pdg_journey_graph_get_n_events (grouping->graph));
}

/* ---- the value ---- */

PdgGrouping *
pdg_grouping_new (PdgJourneyGraph *graph, PdgGroupBy by, GHashTable *folded)
{
  PdgGrouping *grouping = g_atomic_rc_box_new0 (PdgGrouping);
  gboolean any = FALSE;

  grouping->by = by;
  grouping->graph = pdg_journey_graph_ref (graph);
  grouping->groups = g_array_new (FALSE, TRUE, sizeof (PdgGroup));
  grouping->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  find_groups (grouping, folded);
  for (guint i = 0; i < grouping->groups->len; i++)
    any |= g_array_index (grouping->groups, PdgGroup, i).folded;
  if (any)
    make_shown (grouping);
  else
    grouping->shown = pdg_journey_graph_ref (graph);
  return grouping;
}

PdgGrouping *
pdg_grouping_new_for_ids (PdgJourneyGraph *graph, const char *const *ids, guint n_ids)
{
  g_autoptr (GHashTable) folded = g_hash_table_new (g_str_hash, g_str_equal);
  PdgGroupBy by = PDG_GROUP_BY_NONE;

  for (guint i = 0; i < n_ids; i++)
    if (pdg_group_is_id (ids[i]))
      {
        g_auto (GStrv) parts = g_strsplit (ids[i], ":", 3);

        pdg_group_by_from_nick (parts[1], &by);
        g_hash_table_add (folded, (gpointer) ids[i]);
      }
  return by != PDG_GROUP_BY_NONE ? pdg_grouping_new (graph, by, folded) : NULL;
}

PdgGrouping *
pdg_grouping_ref (PdgGrouping *grouping)
{
  return g_atomic_rc_box_acquire (grouping);
}

static void
grouping_clear (gpointer data)
{
  PdgGrouping *grouping = data;

  g_hash_table_unref (grouping->by_id);
  g_array_unref (grouping->groups);
  g_free (grouping->members);
  g_free (grouping->of_screen);
  pdg_journey_graph_unref (grouping->shown);
  pdg_journey_graph_unref (grouping->graph);
}

void
pdg_grouping_unref (PdgGrouping *grouping)
{
  if (grouping != NULL)
    g_atomic_rc_box_release_full (grouping, grouping_clear);
}

PdgGroupBy
pdg_grouping_get_by (const PdgGrouping *grouping)
{
  return grouping->by;
}

PdgJourneyGraph *
pdg_grouping_get_graph (const PdgGrouping *grouping)
{
  return grouping->graph;
}

PdgJourneyGraph *
pdg_grouping_get_shown (const PdgGrouping *grouping)
{
  return grouping->shown;
}

const PdgGroup *
pdg_grouping_get_groups (const PdgGrouping *grouping, guint *n_groups)
{
  *n_groups = grouping->groups->len;
  return (const PdgGroup *) (void *) grouping->groups->data;
}

const guint32 *
pdg_grouping_get_members (const PdgGrouping *grouping, guint group, guint *n_members)
{
  g_return_val_if_fail (group < grouping->groups->len, NULL);
  *n_members = g_array_index (grouping->groups, PdgGroup, group).n_members;
  return grouping->members + g_array_index (grouping->groups, PdgGroup, group).first;
}

int
pdg_grouping_lookup (const PdgGrouping *grouping, const char *group_id)
{
  return (int) GPOINTER_TO_UINT (g_hash_table_lookup (grouping->by_id, group_id)) - 1;
}

int
pdg_grouping_lookup_screen (const PdgGrouping *grouping, const char *screen_id)
{
  int screen = pdg_journey_graph_lookup (grouping->graph, screen_id);

  return screen >= 0 ? grouping->of_screen[screen] : -1;
}

int
pdg_grouping_lookup_shown (const PdgGrouping *grouping, const char *id)
{
  int shown = pdg_journey_graph_lookup (grouping->shown, id);
  int group = shown < 0 ? pdg_grouping_lookup_screen (grouping, id) : -1;

  return group >= 0 ? pdg_journey_graph_lookup (grouping->shown, g_array_index (grouping->groups, PdgGroup, group).id) : shown;
}
