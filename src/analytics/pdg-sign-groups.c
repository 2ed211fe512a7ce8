#include "config.h"
#include "analytics/pdg-sign-groups.h"

#include "model/pdg-screen-path.h"

#include <math.h>
#include <string.h>

typedef struct
{
  char *first;  /* method, type, path */
  char *second; /* route, message, the newest value */
  char *third;  /* component of the newest */
  guint count;
  guint failures;
  gint64 last_usec;
  GArray *durations;    /* double, of calls; made when there is one */
  GHashTable *distinct; /* numbers of sessions, or values */
} Group;

struct _PdgSignGroups
{
  GHashTable *groups; /* key -> Group */
};

static void
group_free (gpointer data)
{
  Group *group = data;

  g_free (group->first);
  g_free (group->second);
  g_free (group->third);
  g_clear_pointer (&group->durations, g_array_unref);
  g_clear_pointer (&group->distinct, g_hash_table_unref);
  g_free (group);
}

PdgSignGroups *
pdg_sign_groups_new (void)
{
  PdgSignGroups *groups = g_new0 (PdgSignGroups, 1);

  groups->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, group_free);
  return groups;
}

void
pdg_sign_groups_free (PdgSignGroups *groups)
{
  if (groups == NULL)
    return;
  g_hash_table_unref (groups->groups);
  g_free (groups);
}

/* The group of the two texts, counted once more; NULL when there are too many. */
static Group *
count_group (PdgSignGroups *groups, const char *first, const char *second)
{
  /* a text has no U+0001, or it does not matter */
  g_autofree char *key = g_strdup_printf ("%s\001%s", first != NULL ? first : "", second != NULL ? second : "");
  Group *group = g_hash_table_lookup (groups->groups, key);

  if (group == NULL && g_hash_table_size (groups->groups) >= PDG_SIGN_GROUPS_MAX)
    return NULL;
  if (group == NULL)
    {
      group = g_new0 (Group, 1);
      group->first = g_strdup (first);
      group->second = g_strdup (second);
      group->last_usec = G_MININT64;
      g_hash_table_insert (groups->groups, g_steal_pointer (&key), group);
    }
  group->count++;
  return group;
}

void
pdg_sign_groups_add_call (PdgSignGroups *groups, const char *method, const char *path, int status, double duration_ms, gint64 usec)
{
  char route[PDG_SCREEN_PATH_MAX_BYTES + 1];
  Group *group;

  if (path == NULL)
    return;
  pdg_screen_path_normalise (path, strlen (path), route);
  group = count_group (groups, method, route);
  if (group == NULL)
    return;
  group->failures += status >= 400;
  group->last_usec = MAX (group->last_usec, usec);
  if (duration_ms < 0 || !isfinite (duration_ms))
    return;
  if (group->durations == NULL)
    group->durations = g_array_new (FALSE, FALSE, sizeof (double));
  g_array_append_val (group->durations, duration_ms);
}

void
pdg_sign_groups_add_error (PdgSignGroups *groups, const char *type, const char *message, const char *component, gint32 session_no, gint64 usec)
{
  Group *group = count_group (groups, type, message);

  if (group == NULL)
    return;
  if (group->distinct == NULL)
    group->distinct = g_hash_table_new (NULL, NULL);
  g_hash_table_add (group->distinct, GINT_TO_POINTER (session_no));
  if (usec < group->last_usec)
    return;
  group->last_usec = usec;
  g_free (group->third);
  group->third = g_strdup (component);
}

void
pdg_sign_groups_add_state (PdgSignGroups *groups, const char *path, const char *value, gint64 usec)
{
  Group *group;

  if (path == NULL || value == NULL)
    return;
  group = count_group (groups, path, NULL);
  if (group == NULL)
    return;
  if (group->distinct == NULL)
    group->distinct = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_add (group->distinct, g_strdup (value));
  if (usec < group->last_usec)
    return;
  group->last_usec = usec;
  g_free (group->second);
  group->second = g_strdup (value);
}

static int
compare_counts (gconstpointer a, gconstpointer b)
{
  const Group *x = *(const Group *const *) a, *y = *(const Group *const *) b;
  int order;

  if (x->count != y->count)
    return x->count > y->count ? -1 : 1;
  order = g_strcmp0 (x->second, y->second);
  return order != 0 ? order : g_strcmp0 (x->first, y->first);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 ((*(const Group *const *) a)->first, (*(const Group *const *) b)->first);
}

/* (transfer container) */
static GPtrArray *
sort_groups (PdgSignGroups *groups, GCompareFunc compare, guint limit)
{
  GPtrArray *sorted = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer group;

  g_hash_table_iter_init (&iter, groups->groups);
  while (g_hash_table_iter_next (&iter, NULL, &group))
    g_ptr_array_add (sorted, group);
  g_ptr_array_sort (sorted, compare);
  if (sorted->len > limit)
    g_ptr_array_set_size (sorted, (int) limit);
  return sorted;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The quantile by linear interpolation (R-7, as PostgreSQL's percentile_cont); -1 when there are none. */
static double
get_p75 (GArray *values)
{
  double place;
  guint below;

  if (values == NULL || values->len == 0)
    return -1;
  g_array_sort (values, compare_doubles);
  place = 0.75 * (values->len - 1);
  below = (guint) place;
  if (below + 1 >= values->len)
    return g_array_index (values, double, values->len - 1);
  return g_array_index (values, double, below)
         + (place - below) * (g_array_index (values, double, below + 1) - g_array_index (values, double, below));
}

GPtrArray *
pdg_sign_groups_list_calls (PdgSignGroups *groups, guint limit)
{
  g_autoptr (GPtrArray) sorted = sort_groups (groups, compare_counts, limit);
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_api_calls_free);

  for (guint i = 0; i < sorted->len; i++)
    {
      const Group *group = sorted->pdata[i];
      PdgApiCalls *calls = g_new (PdgApiCalls, 1);

      *calls = (PdgApiCalls) { g_strdup (group->first), g_strdup (group->second), group->count, group->failures, get_p75 (group->durations),
                              group->last_usec };
      g_ptr_array_add (list, calls);
    }
  return list;
}

GPtrArray *
pdg_sign_groups_list_errors (PdgSignGroups *groups, guint limit)
{
  g_autoptr (GPtrArray) sorted = sort_groups (groups, compare_counts, limit);
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_error_group_free);

  for (guint i = 0; i < sorted->len; i++)
    {
      const Group *group = sorted->pdata[i];
      PdgErrorGroup *error = g_new (PdgErrorGroup, 1);

      *error = (PdgErrorGroup) { g_strdup (group->first), g_strdup (group->second), g_strdup (group->third), group->count,
                                g_hash_table_size (group->distinct), group->last_usec };
      g_ptr_array_add (list, error);
    }
  return list;
}

GPtrArray *
pdg_sign_groups_list_states (PdgSignGroups *groups, guint limit)
{
  g_autoptr (GPtrArray) sorted = sort_groups (groups, compare_names, limit);
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_state_value_free);

  for (guint i = 0; i < sorted->len; i++)
    {
      const Group *group = sorted->pdata[i];
      PdgStateValue *value = g_new (PdgStateValue, 1);

      *value = (PdgStateValue) { g_strdup (group->first), g_strdup (group->second), group->count, g_hash_table_size (group->distinct),
                                group->last_usec };
      g_ptr_array_add (list, value);
    }
  return list;
}
