#include "config.h"
#include "app/pdg-selection.h"

#include "canvas/pdg-group.h"

struct _PdgSelection
{
  GObject parent_instance;
  GPtrArray *screens; /* ids, in the order of selection */
  char *from_id;
  char *to_id;
};

G_DEFINE_FINAL_TYPE (PdgSelection, pdg_selection, G_TYPE_OBJECT)

static guint changed_signal;

static void
pdg_selection_finalize (GObject *object)
{
  PdgSelection *self = PDG_SELECTION (object);

  g_ptr_array_unref (self->screens);
  g_free (self->from_id);
  g_free (self->to_id);
  G_OBJECT_CLASS (pdg_selection_parent_class)->finalize (object);
}

static void
pdg_selection_class_init (PdgSelectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pdg_selection_finalize;
  changed_signal = g_signal_new ("changed", PDG_TYPE_SELECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pdg_selection_init (PdgSelection *self)
{
  self->screens = g_ptr_array_new_with_free_func (g_free);
}

PdgSelection *
pdg_selection_new (void)
{
  return g_object_new (PDG_TYPE_SELECTION, NULL);
}

static void
drop_edge (PdgSelection *self)
{
  g_clear_pointer (&self->from_id, g_free);
  g_clear_pointer (&self->to_id, g_free);
}

static void
emit_changed (PdgSelection *self)
{
  g_signal_emit (self, changed_signal, 0);
}

static gboolean
find_screen (PdgSelection *self, const char *id, guint *index)
{
  return g_ptr_array_find_with_equal_func (self->screens, id, g_str_equal, index);
}

void
pdg_selection_clear (PdgSelection *self)
{
  if (self->screens->len == 0 && self->from_id == NULL)
    return;
  g_ptr_array_set_size (self->screens, 0);
  drop_edge (self);
  emit_changed (self);
}

void
pdg_selection_select_screen (PdgSelection *self, const char *id)
{
  const char *const ids[] = { id, NULL };

  pdg_selection_set_screens (self, ids);
}

void
pdg_selection_toggle_screen (PdgSelection *self, const char *id)
{
  guint index;

  drop_edge (self);
  if (find_screen (self, id, &index))
    g_ptr_array_remove_index (self->screens, index);
  else
    g_ptr_array_add (self->screens, g_strdup (id));
  emit_changed (self);
}

void
pdg_selection_set_screens (PdgSelection *self, const char *const *ids)
{
  guint n = g_strv_length ((char **) ids);
  gboolean same = self->from_id == NULL && self->screens->len == n;

  for (guint i = 0; same && i < n; i++)
    same = g_str_equal (g_ptr_array_index (self->screens, i), ids[i]);
  if (same)
    return;
  drop_edge (self);
  {
    g_autoptr (GPtrArray) old = g_steal_pointer (&self->screens); /* @ids may point into it */

    self->screens = g_ptr_array_new_with_free_func (g_free);
    for (guint i = 0; i < n; i++)
      g_ptr_array_add (self->screens, g_strdup (ids[i]));
  }
  emit_changed (self);
}

void
pdg_selection_select_edge (PdgSelection *self, const char *from_id, const char *to_id)
{
  if (g_strcmp0 (self->from_id, from_id) == 0 && g_strcmp0 (self->to_id, to_id) == 0)
    return;
  g_ptr_array_set_size (self->screens, 0);
  drop_edge (self);
  self->from_id = g_strdup (from_id);
  self->to_id = g_strdup (to_id);
  emit_changed (self);
}

guint
pdg_selection_get_n_screens (PdgSelection *self)
{
  return self->screens->len;
}

const char *
pdg_selection_get_screen (PdgSelection *self, guint index)
{
  g_return_val_if_fail (index < self->screens->len, NULL);
  return g_ptr_array_index (self->screens, index);
}

gboolean
pdg_selection_contains_screen (PdgSelection *self, const char *id)
{
  return find_screen (self, id, NULL);
}

const char *
pdg_selection_get_primary (PdgSelection *self)
{
  return self->screens->len > 0 ? g_ptr_array_index (self->screens, self->screens->len - 1) : NULL;
}

gboolean
pdg_selection_get_edge (PdgSelection *self, const char **out_from_id, const char **out_to_id)
{
  if (self->from_id == NULL)
    return FALSE;
  *out_from_id = self->from_id;
  *out_to_id = self->to_id;
  return TRUE;
}

/* A folded group is in no graph of screens; that an edge at it has gone shows where it is looked up. */
static gboolean
graph_has_edge (const PdgJourneyGraph *graph, const char *from_id, const char *to_id)
{
  int from = pdg_journey_graph_lookup (graph, from_id);
  int to = pdg_journey_graph_lookup (graph, to_id);
  guint n;
  const PdgJourneyTransition *transitions = pdg_journey_graph_get_transitions (graph, &n);

  if (pdg_group_is_id (from_id) || pdg_group_is_id (to_id))
    return (from >= 0 || pdg_group_is_id (from_id)) && (to >= 0 || pdg_group_is_id (to_id));
  for (guint i = 0; from >= 0 && to >= 0 && i < n; i++)
    if (transitions[i].from == (guint32) from && transitions[i].to == (guint32) to)
      return TRUE;
  return FALSE;
}

void
pdg_selection_prune (PdgSelection *self, const PdgJourneyGraph *graph)
{
  gboolean changed = FALSE;

  for (guint i = self->screens->len; i > 0; i--)
    if (pdg_journey_graph_lookup (graph, g_ptr_array_index (self->screens, i - 1)) < 0 && !pdg_group_is_id (g_ptr_array_index (self->screens, i - 1)))
      {
        g_ptr_array_remove_index (self->screens, i - 1);
        changed = TRUE;
      }
  if (self->from_id != NULL && !graph_has_edge (graph, self->from_id, self->to_id))
    {
      drop_edge (self);
      changed = TRUE;
    }
  if (changed)
    emit_changed (self);
}
