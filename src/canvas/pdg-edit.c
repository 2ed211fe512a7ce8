#include "config.h"
#include "canvas/pdg-edit.h"

#include <string.h>

struct _PdgEdit
{
  char *name;
  GArray *changes; /* PdgEditChange */
};

gboolean
pdg_place_equal (const PdgPlace *a, const PdgPlace *b)
{
  return a->x == b->x && a->y == b->y && !a->pinned == !b->pinned && !a->locked == !b->locked;
}

GHashTable *
pdg_places_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

GHashTable *
pdg_places_copy (GHashTable *places)
{
  GHashTable *copy = pdg_places_new ();
  GHashTableIter iter;
  gpointer id, place;

  g_hash_table_iter_init (&iter, places);
  while (g_hash_table_iter_next (&iter, &id, &place))
    pdg_places_set (copy, id, place);
  return copy;
}

const PdgPlace *
pdg_places_lookup (GHashTable *places, const char *screen_id)
{
  return g_hash_table_lookup (places, screen_id);
}

void
pdg_places_set (GHashTable *places, const char *screen_id, const PdgPlace *place)
{
  g_hash_table_replace (places, g_strdup (screen_id), g_memdup2 (place, sizeof *place));
}

static void
change_clear (gpointer data)
{
  PdgEditChange *change = data;

  g_free (change->screen_id);
}

PdgEdit *
pdg_edit_new (const char *name)
{
  PdgEdit *edit = g_atomic_rc_box_new0 (PdgEdit);

  edit->name = g_strdup (name);
  edit->changes = g_array_new (FALSE, FALSE, sizeof (PdgEditChange));
  g_array_set_clear_func (edit->changes, change_clear);
  return edit;
}

PdgEdit *
pdg_edit_ref (PdgEdit *edit)
{
  return g_atomic_rc_box_acquire (edit);
}

static void
edit_clear (gpointer data)
{
  PdgEdit *edit = data;

  g_array_unref (edit->changes);
  g_free (edit->name);
}

void
pdg_edit_unref (PdgEdit *edit)
{
  if (edit != NULL)
    g_atomic_rc_box_release_full (edit, edit_clear);
}

void
pdg_edit_add (PdgEdit *edit, const char *screen_id, const PdgPlace *before, const PdgPlace *after)
{
  PdgEditChange change = { NULL, *before, *after };

  if (pdg_place_equal (before, after))
    return;
  change.screen_id = g_strdup (screen_id);
  g_array_append_val (edit->changes, change);
}

void
pdg_edit_add_fold (PdgEdit *edit, const char *group_id, gboolean folded)
{
  pdg_edit_add (edit, group_id, &(PdgPlace) { 0, 0, !folded, FALSE }, &(PdgPlace) { 0, 0, folded, FALSE });
}

const char *
pdg_edit_get_name (const PdgEdit *edit)
{
  return edit->name;
}

const PdgEditChange *
pdg_edit_get_changes (const PdgEdit *edit, guint *n)
{
  *n = edit->changes->len;
  return (const PdgEditChange *) (void *) edit->changes->data;
}

gboolean
pdg_edit_touches_same (const PdgEdit *a, const PdgEdit *b)
{
  guint n_a, n_b;
  const PdgEditChange *one = pdg_edit_get_changes (a, &n_a);
  const PdgEditChange *two = pdg_edit_get_changes (b, &n_b);

  if (n_a != n_b)
    return FALSE;
  for (guint i = 0; i < n_a; i++)
    if (strcmp (one[i].screen_id, two[i].screen_id) != 0)
      return FALSE;
  return TRUE;
}
