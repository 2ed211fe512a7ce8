#include "config.h"
#include "app/pdg-arrangement.h"

struct _PdgArrangement
{
  GObject parent_instance;
  PdgWorkspace *workspace;
  gboolean writable;
  GHashTable *places; /* others may hold it: replaced, never changed */
};

G_DEFINE_FINAL_TYPE (PdgArrangement, pdg_arrangement, G_TYPE_OBJECT)

static guint changed_signal;

static void
take_places (PdgArrangement *self, GHashTable *places)
{
  g_hash_table_unref (self->places);
  self->places = places;
  g_signal_emit (self, changed_signal, 0);
}

static void
project_cb (PdgArrangement *self)
{
  take_places (self, pdg_places_new ());
}

GHashTable *
pdg_arrangement_get_places (PdgArrangement *self)
{
  return self->places;
}

const PdgPlace *
pdg_arrangement_lookup (PdgArrangement *self, const char *screen_id)
{
  return pdg_places_lookup (self->places, screen_id);
}

gboolean
pdg_arrangement_is_locked (PdgArrangement *self, const char *screen_id)
{
  const PdgPlace *place = pdg_places_lookup (self->places, screen_id);

  return place != NULL && place->locked;
}

gboolean
pdg_arrangement_is_writable (PdgArrangement *self)
{
  return self->writable;
}

void
pdg_arrangement_apply (PdgArrangement *self, PdgEdit *edit, gboolean joins)
{
  g_autoptr (GHashTable) places = pdg_places_copy (self->places);
  const PdgEditChange *changes;
  guint n;

  changes = pdg_edit_get_changes (edit, &n);
  if (n == 0)
    return;
  for (guint i = 0; i < n; i++)
    pdg_places_set (places, changes[i].screen_id, &changes[i].after);
  take_places (self, g_steal_pointer (&places));
}

static void
pdg_arrangement_dispose (GObject *object)
{
  PdgArrangement *self = PDG_ARRANGEMENT (object);

  if (self->workspace != NULL)
    g_signal_handlers_disconnect_by_data (self->workspace, self);
  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (pdg_arrangement_parent_class)->dispose (object);
}

static void
pdg_arrangement_finalize (GObject *object)
{
  PdgArrangement *self = PDG_ARRANGEMENT (object);

  g_hash_table_unref (self->places);
  G_OBJECT_CLASS (pdg_arrangement_parent_class)->finalize (object);
}

static void
pdg_arrangement_class_init (PdgArrangementClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pdg_arrangement_dispose;
  G_OBJECT_CLASS (klass)->finalize = pdg_arrangement_finalize;
  changed_signal = g_signal_new ("changed", PDG_TYPE_ARRANGEMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pdg_arrangement_init (PdgArrangement *self)
{
  self->places = pdg_places_new ();
  self->writable = TRUE;
}

PdgArrangement *
pdg_arrangement_new (PdgWorkspace *workspace)
{
  PdgArrangement *self = g_object_new (PDG_TYPE_ARRANGEMENT, NULL);

  self->workspace = g_object_ref (workspace);
  g_signal_connect_swapped (workspace, "notify::project", G_CALLBACK (project_cb), self);
  return self;
}
