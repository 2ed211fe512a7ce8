#include "config.h"
#include "canvas/pdg-history.h"

#include <math.h>
#include <string.h>

/* Stored as text: format, how many steps are done, the steps with their changes. */
#define FORMAT 1
#define PLACE "(ddbb)"
#define STEPS "a(sa(s" PLACE PLACE "))"
#define STORED "(uu" STEPS ")"
#define MAX_STORED_BYTES (64u * 1024 * 1024)

struct _PdgHistory
{
  GPtrArray *edits;
  guint n_done;       /* those after it were undone */
  gint64 added_usec;  /* when the last was added; 0 when it can't be joined */
};

PdgHistory *
pdg_history_new (void)
{
  PdgHistory *history = g_new0 (PdgHistory, 1);

  history->edits = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_edit_unref);
  return history;
}

void
pdg_history_free (PdgHistory *history)
{
  if (history == NULL)
    return;
  g_ptr_array_unref (history->edits);
  g_free (history);
}

/* From where the first began to where the second ended. */
static PdgEdit *
join (const PdgEdit *first, const PdgEdit *second)
{
  guint n;
  const PdgEditChange *one = pdg_edit_get_changes (first, &n);
  const PdgEditChange *two = pdg_edit_get_changes (second, &n);
  PdgEdit *edit = pdg_edit_new (pdg_edit_get_name (first));

  for (guint i = 0; i < n; i++)
    pdg_edit_add (edit, one[i].screen_id, &one[i].before, &two[i].after);
  return edit;
}

static gboolean
can_join (PdgHistory *history, const PdgEdit *edit, gint64 now_usec)
{
  const PdgEdit *last = pdg_history_get_undo (history);

  return last != NULL && history->n_done == history->edits->len && history->added_usec != 0
         && now_usec - history->added_usec < PDG_HISTORY_JOIN_USEC && strcmp (pdg_edit_get_name (last), pdg_edit_get_name (edit)) == 0
         && pdg_edit_touches_same (last, edit);
}

void
pdg_history_add (PdgHistory *history, PdgEdit *edit, gboolean joins, gint64 now_usec)
{
  gboolean joined = joins && can_join (history, edit, now_usec);

  g_ptr_array_set_size (history->edits, (int) history->n_done);
  if (joined)
    {
      PdgEdit *both = join (history->edits->pdata[history->n_done - 1], edit);

      g_ptr_array_remove_index (history->edits, history->n_done - 1);
      g_ptr_array_add (history->edits, both);
    }
  else
    g_ptr_array_add (history->edits, pdg_edit_ref (edit));
  if (history->edits->len > PDG_HISTORY_MAX_STEPS)
    g_ptr_array_remove_index (history->edits, 0);
  history->n_done = history->edits->len;
  history->added_usec = joins ? now_usec : 0;
}

PdgEdit *
pdg_history_get_undo (PdgHistory *history)
{
  return history->n_done > 0 ? history->edits->pdata[history->n_done - 1] : NULL;
}

PdgEdit *
pdg_history_get_redo (PdgHistory *history)
{
  return history->n_done < history->edits->len ? history->edits->pdata[history->n_done] : NULL;
}

void
pdg_history_step_back (PdgHistory *history)
{
  g_return_if_fail (history->n_done > 0);
  history->n_done--;
  history->added_usec = 0;
}

void
pdg_history_step_forth (PdgHistory *history)
{
  g_return_if_fail (history->n_done < history->edits->len);
  history->n_done++;
  history->added_usec = 0;
}

guint
pdg_history_get_n_steps (PdgHistory *history)
{
  return history->edits->len;
}

static GVariant *
pack_place (const PdgPlace *place)
{
  return g_variant_new (PLACE, place->x, place->y, place->pinned != FALSE, place->locked != FALSE);
}

GBytes *
pdg_history_save (PdgHistory *history)
{
  GVariantBuilder steps = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (STEPS));
  g_autoptr (GVariant) stored = NULL;
  char *text;

  for (guint i = 0; i < history->edits->len; i++)
    {
      const PdgEdit *edit = history->edits->pdata[i];
      GVariantBuilder packed = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(s" PLACE PLACE ")"));
      guint n;
      const PdgEditChange *changes = pdg_edit_get_changes (edit, &n);

      for (guint j = 0; j < n; j++)
        g_variant_builder_add (&packed, "(s@" PLACE "@" PLACE ")", changes[j].screen_id, pack_place (&changes[j].before),
                               pack_place (&changes[j].after));
      g_variant_builder_add (&steps, "(sa(s" PLACE PLACE "))", pdg_edit_get_name (edit), &packed);
    }
  stored = g_variant_ref_sink (g_variant_new (STORED, FORMAT, history->n_done, &steps));
  text = g_variant_print (stored, FALSE);
  return g_bytes_new_take (text, strlen (text));
}

static gboolean
is_sane (const PdgPlace *place)
{
  return isfinite (place->x) && isfinite (place->y) && fabs (place->x) <= 1e7 && fabs (place->y) <= 1e7;
}

static PdgEdit *
load_edit (const char *name, GVariantIter *changes)
{
  PdgEdit *edit = pdg_edit_new (name);
  const char *id;
  PdgPlace before, after;

  while (g_variant_iter_next (changes, "(&s" PLACE PLACE ")", &id, &before.x, &before.y, &before.pinned, &before.locked, &after.x, &after.y,
                              &after.pinned, &after.locked))
    if (is_sane (&before) && is_sane (&after))
      pdg_edit_add (edit, id, &before, &after);
  return edit;
}

PdgHistory *
pdg_history_load (GBytes *bytes)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);
  g_autoptr (GVariant) stored = NULL;
  g_autoptr (GVariantIter) steps = NULL;
  g_autoptr (PdgHistory) history = pdg_history_new ();
  GVariantIter *changes;
  const char *name;
  guint format, n_done;

  if (size == 0 || size > MAX_STORED_BYTES)
    return NULL;
  stored = g_variant_parse (G_VARIANT_TYPE (STORED), text, text + size, NULL, NULL);
  if (stored == NULL)
    return NULL;
  g_variant_get (stored, STORED, &format, &n_done, &steps);
  if (format != FORMAT)
    return NULL;
  while (history->edits->len < PDG_HISTORY_MAX_STEPS && g_variant_iter_next (steps, "(&sa(s" PLACE PLACE "))", &name, &changes))
    {
      g_ptr_array_add (history->edits, load_edit (name, changes));
      g_variant_iter_free (changes);
    }
  history->n_done = MIN (n_done, history->edits->len);
  return g_steal_pointer (&history);
}
