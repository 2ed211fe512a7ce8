#include "config.h"
#include "app/pdg-group-view.h"

#include <gio/gio.h>

#define GROUP "groups"

struct _PdgGroupView
{
  char *dir;
  char *path; /* nullable */
  PdgGroupBy by;
  GHashTable *folded; /* others may hold it: replaced, never changed */
};

static GHashTable *
set_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

PdgGroupView *
pdg_group_view_new (const char *dir)
{
  PdgGroupView *view = g_new0 (PdgGroupView, 1);

  view->dir = dir != NULL ? g_build_filename (dir, "views", NULL) : g_build_filename (g_get_user_data_dir (), "productgraph", "views", NULL);
  view->folded = set_new ();
  return view;
}

void
pdg_group_view_free (PdgGroupView *view)
{
  if (view == NULL)
    return;
  g_hash_table_unref (view->folded);
  g_free (view->path);
  g_free (view->dir);
  g_free (view);
}

static void
load (PdgGroupView *view)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *by = NULL;
  g_auto (GStrv) folded = NULL;

  if (!g_key_file_load_from_file (file, view->path, G_KEY_FILE_NONE, NULL)) /* never grouped */
    return;
  by = g_key_file_get_string (file, GROUP, "by", NULL);
  pdg_group_by_from_nick (by, &view->by);
  folded = g_key_file_get_string_list (file, GROUP, "folded", NULL, NULL);
  for (guint i = 0; folded != NULL && folded[i] != NULL; i++)
    if (pdg_group_is_id (folded[i]))
      g_hash_table_add (view->folded, g_strdup (folded[i]));
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* A few hundred bytes, seldom: written at once. */
static void
save (PdgGroupView *view)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  guint n;
  g_autofree const char **folded = (const char **) g_hash_table_get_keys_as_array (view->folded, &n);

  if (view->path == NULL)
    return;
  qsort (folded, n, sizeof *folded, compare_texts);
  g_key_file_set_string (file, GROUP, "by", pdg_group_by_get_nick (view->by));
  g_key_file_set_string_list (file, GROUP, "folded", folded, n);
  g_mkdir_with_parents (view->dir, 0700); /* whether it is there shows in what follows */
  if (!g_key_file_save_to_file (file, view->path, &error))
    g_warning ("The view of the groups could not be saved: %s", error->message);
}

void
pdg_group_view_open (PdgGroupView *view, const char *project_id)
{
  g_autofree char *name = project_id != NULL ? g_compute_checksum_for_string (G_CHECKSUM_SHA256, project_id, -1) : NULL;

  g_free (view->path);
  view->path = name != NULL ? g_build_filename (view->dir, name, NULL) : NULL;
  view->by = PDG_GROUP_BY_NONE;
  g_hash_table_unref (view->folded);
  view->folded = set_new ();
  if (view->path != NULL)
    load (view);
}

PdgGroupBy
pdg_group_view_get_by (PdgGroupView *view)
{
  return view->by;
}

void
pdg_group_view_set_by (PdgGroupView *view, PdgGroupBy by)
{
  if (by == view->by)
    return;
  view->by = by;
  save (view);
}

GHashTable *
pdg_group_view_get_folded (PdgGroupView *view)
{
  return view->folded;
}

void
pdg_group_view_set_folded (PdgGroupView *view, const char *group_id, gboolean folded)
{
  GHashTable *copy;
  GHashTableIter iter;
  gpointer id;

  if (g_hash_table_contains (view->folded, group_id) == !!folded)
    return;
  copy = set_new ();
  g_hash_table_iter_init (&iter, view->folded);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_hash_table_add (copy, g_strdup (id));
  if (folded)
    g_hash_table_add (copy, g_strdup (group_id));
  else
    g_hash_table_remove (copy, group_id);
  g_hash_table_unref (view->folded);
  view->folded = copy;
  save (view);
}
