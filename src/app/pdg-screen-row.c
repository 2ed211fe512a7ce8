#include "config.h"
#include "app/pdg-screen-row.h"

#include "app/pdg-format.h"
#include "app/pdg-spoken.h"

struct _PdgScreenRow
{
  GObject parent_instance;
  char *id;
  char *name;
  char *path;
  char *visits;
  char *label;
};

G_DEFINE_FINAL_TYPE (PdgScreenRow, pdg_screen_row, G_TYPE_OBJECT)

enum
{
  PROP_NAME = 1,
  PROP_PATH,
  PROP_VISITS,
  PROP_LABEL,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
pdg_screen_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PdgScreenRow *self = PDG_SCREEN_ROW (object);

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    case PROP_VISITS:
      g_value_set_string (value, self->visits);
      break;
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
pdg_screen_row_finalize (GObject *object)
{
  PdgScreenRow *self = PDG_SCREEN_ROW (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->path);
  g_free (self->visits);
  g_free (self->label);
  G_OBJECT_CLASS (pdg_screen_row_parent_class)->finalize (object);
}

static void
pdg_screen_row_class_init (PdgScreenRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const char *const names[N_PROPS] = { NULL, "name", "path", "visits", "label" };

  object_class->get_property = pdg_screen_row_get_property;
  object_class->finalize = pdg_screen_row_finalize;
  for (guint i = PROP_NAME; i < N_PROPS; i++)
    props[i] = g_param_spec_string (names[i], NULL, NULL, NULL,
                                    G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pdg_screen_row_init (PdgScreenRow *self)
{
}

static void
take_text (PdgScreenRow *self, char **field, char *text, guint prop)
{
  if (g_strcmp0 (*field, text) == 0)
    {
      g_free (text);
      return;
    }
  g_free (*field);
  *field = text;
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
update_row (PdgScreenRow *self, const PdgJourneyScreen *screen)
{
  take_text (self, &self->name, g_strdup (screen->name), PROP_NAME);
  take_text (self, &self->path, g_strdup (screen->path), PROP_PATH);
  take_text (self, &self->visits, pdg_format_short_count (screen->visits), PROP_VISITS);
  take_text (self, &self->label, pdg_spoken_screen (screen), PROP_LABEL);
}

static PdgScreenRow *
row_new (const PdgJourneyScreen *screen)
{
  PdgScreenRow *self = g_object_new (PDG_TYPE_SCREEN_ROW, NULL);

  self->id = g_strdup (screen->id);
  update_row (self, screen);
  return self;
}

const char *
pdg_screen_row_get_id (PdgScreenRow *self)
{
  return self->id;
}

const char *
pdg_screen_row_get_name (PdgScreenRow *self)
{
  return self->name;
}

const char *
pdg_screen_row_get_path (PdgScreenRow *self)
{
  return self->path;
}

static gboolean
has_same_order (GListModel *model, const PdgJourneyScreen *screens, guint n)
{
  if (g_list_model_get_n_items (model) != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (PdgScreenRow) row = g_list_model_get_item (model, i);

      if (!g_str_equal (row->id, screens[i].id))
        return FALSE;
    }
  return TRUE;
}

void
pdg_screen_row_update_store (GListStore *store, const PdgJourneyGraph *graph)
{
  GListModel *model = G_LIST_MODEL (store);
  guint n = 0;
  const PdgJourneyScreen *screens = graph != NULL ? pdg_journey_graph_get_screens (graph, &n) : NULL;
  g_autoptr (GPtrArray) rows = NULL;

  if (has_same_order (model, screens, n))
    {
      for (guint i = 0; i < n; i++)
        {
          g_autoptr (PdgScreenRow) row = g_list_model_get_item (model, i);

          update_row (row, &screens[i]);
        }
      return;
    }
  rows = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (rows, row_new (&screens[i]));
  g_list_store_splice (store, 0, g_list_model_get_n_items (model), rows->pdata, rows->len);
}
