#include "config.h"
#include "canvas/pdg-group-find.h"

#include <string.h>

#define MAX_DEPTH 8
/* Of a journey, a step that so few of the visits take is no part of it: one in so many. */
#define MIN_STEP 10

/* ---- by path ---- */

/* The first @depth words of the path, without what follows "?" or "#". (transfer full) */
static char *
dup_prefix (const char *path, guint depth)
{
  gsize length = path != NULL ? strcspn (path, "?#") : 0;
  GString *prefix = g_string_new (NULL);

  for (gsize i = 0; i < length && depth > 0;)
    {
      gsize word;

      while (i < length && path[i] == '/')
        i++;
      word = 0;
      while (i + word < length && path[i + word] != '/')
        word++;
      if (word == 0)
        break;
      g_string_append_c (prefix, '/');
      g_string_append_len (prefix, path + i, (gssize) word);
      i += word;
      depth--;
    }
  if (prefix->len == 0)
    g_string_append_c (prefix, '/');
  return g_string_free (prefix, FALSE);
}

static GArray *
numbers_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (guint32));
}

/* The screens by the first @depth words of their paths: char * -> GArray of guint32, in the order of the screens. */
static GHashTable *
divide (const PdgJourneyScreen *screens, const GArray *numbers, guint depth, GPtrArray *order, guint *largest)
{
  GHashTable *parts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);

  *largest = 0;
  for (guint i = 0; i < numbers->len; i++)
    {
      guint32 number = g_array_index (numbers, guint32, i);
      char *prefix = dup_prefix (screens[number].path, depth);
      GArray *part = g_hash_table_lookup (parts, prefix);

      if (part == NULL)
        {
          part = numbers_new ();
          g_ptr_array_add (order, prefix);
          g_hash_table_insert (parts, prefix, part);
        }
      else
        g_free (prefix);
      g_array_append_val (part, number);
      *largest = MAX (*largest, part->len);
    }
  return parts;
}

/* What holds more than half of all screens is told apart by the next word, unless that leaves each screen alone. */
static void
add_parts (const PdgJourneyScreen *screens, guint n_screens, const GArray *numbers, guint depth, int *groups, GPtrArray *keys)
{
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  guint largest;
  g_autoptr (GHashTable) parts = divide (screens, numbers, depth, order, &largest);

  for (guint i = 0; i < order->len; i++)
    {
      const char *prefix = order->pdata[i];
      const GArray *part = g_hash_table_lookup (parts, prefix);
      g_autoptr (GPtrArray) unused = g_ptr_array_new ();
      guint next = 0;

      if (part->len < 2)
        continue;
      if (2 * part->len > n_screens && depth < MAX_DEPTH)
        g_hash_table_unref (divide (screens, part, depth + 1, unused, &next));
      if (next >= 2)
        {
          add_parts (screens, n_screens, part, depth + 1, groups, keys);
          continue;
        }
      for (guint j = 0; j < part->len; j++)
        groups[g_array_index (part, guint32, j)] = (int) keys->len;
      g_ptr_array_add (keys, g_strdup (prefix));
    }
}

void
pdg_group_find_paths (const PdgJourneyGraph *graph, int *groups, GPtrArray *keys, GPtrArray *titles)
{
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n);
  g_autoptr (GArray) all = numbers_new ();

  for (guint32 i = 0; i < n; i++)
    {
      groups[i] = -1;
      g_array_append_val (all, i);
    }
  add_parts (screens, n, all, 1, groups, keys);
  for (guint i = 0; i < keys->len; i++)
    g_ptr_array_add (titles, g_strdup (keys->pdata[i]));
}

/* ---- by journey ---- */

typedef struct
{
  const PdgJourneyScreen *screens;
  guint n;
  const PdgJourneyTransition *transitions;
  guint32 *first; /* of each screen, into ways */
  guint32 *ways;  /* transitions out of it */
  int *groups;
} Walk;

static void
sort_ways (Walk *walk, guint n_transitions)
{
  g_autofree guint32 *filled = NULL;

  walk->first = g_new0 (guint32, walk->n + 1);
  walk->ways = g_new0 (guint32, n_transitions + 1);
  for (guint i = 0; i < n_transitions; i++)
    walk->first[walk->transitions[i].from + 1]++;
  for (guint i = 0; i < walk->n; i++)
    walk->first[i + 1] += walk->first[i];
  filled = g_memdup2 (walk->first, (walk->n + 1) * sizeof (guint32));
  for (guint32 i = 0; i < n_transitions; i++)
    walk->ways[filled[walk->transitions[i].from]++] = i;
}

/* Where most of its visits go on to, of what is in no journey; FALSE at the end of the journey. */
static gboolean
step (const Walk *walk, guint32 *screen)
{
  const PdgJourneyTransition *best = NULL;

  for (guint32 i = walk->first[*screen]; i < walk->first[*screen + 1]; i++)
    {
      const PdgJourneyTransition *way = &walk->transitions[walk->ways[i]];

      if ((guint64) way->count * MIN_STEP >= walk->screens[*screen].visits && way->to != *screen && walk->groups[way->to] == -1 &&
          (best == NULL || way->count > best->count))
        best = way;
    }
  if (best != NULL)
    *screen = best->to;
  return best != NULL;
}

static int
compare_entries (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const PdgJourneyScreen *screens = user_data;
  guint32 one = *(const guint32 *) a, two = *(const guint32 *) b;

  if (screens[one].entries != screens[two].entries)
    return screens[one].entries > screens[two].entries ? -1 : 1;
  return one < two ? -1 : one > two;
}

static const char *
get_name (const PdgJourneyScreen *screen)
{
  return screen->name != NULL && *screen->name != '\0' ? screen->name : screen->path != NULL ? screen->path : screen->id;
}

/* -2 is a screen that was found to be alone. */
static void
add_journey (Walk *walk, guint32 start, GPtrArray *keys, GPtrArray *titles)
{
  int number = (int) keys->len;
  guint32 screen = start;

  walk->groups[start] = number;
  while (step (walk, &screen))
    walk->groups[screen] = number;
  if (screen == start)
    {
      walk->groups[start] = -2;
      return;
    }
  g_ptr_array_add (keys, g_strdup (walk->screens[start].id));
  g_ptr_array_add (titles, g_strdup_printf ("%s → %s", get_name (&walk->screens[start]), get_name (&walk->screens[screen])));
}

void
pdg_group_find_journeys (const PdgJourneyGraph *graph, int *groups, GPtrArray *keys, GPtrArray *titles)
{
  guint n_transitions;
  Walk walk = { .groups = groups };
  g_autofree guint32 *starts = NULL;

  walk.screens = pdg_journey_graph_get_screens (graph, &walk.n);
  walk.transitions = pdg_journey_graph_get_transitions (graph, &n_transitions);
  sort_ways (&walk, n_transitions);
  starts = g_new0 (guint32, walk.n + 1);
  for (guint32 i = 0; i < walk.n; i++)
    {
      starts[i] = i;
      groups[i] = -1;
    }
  g_qsort_with_data (starts, (int) walk.n, sizeof *starts, compare_entries, (gpointer) walk.screens);
  for (guint i = 0; i < walk.n; i++)
    if (groups[starts[i]] == -1)
      add_journey (&walk, starts[i], keys, titles);
  for (guint i = 0; i < walk.n; i++)
    groups[i] = MAX (groups[i], -1);
  g_free (walk.first);
  g_free (walk.ways);
}
