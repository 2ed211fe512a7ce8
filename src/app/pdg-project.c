#include "config.h"
#include "app/pdg-project.h"

#include "app/pdg-json.h"

struct _PdgProject
{
  GObject parent_instance;
  char *id;
  char *name;
};

G_DEFINE_FINAL_TYPE (PdgProject, pdg_project, G_TYPE_OBJECT)

enum
{
  PROP_ID = 1,
  PROP_NAME,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
pdg_project_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PdgProject *self = PDG_PROJECT (object);

  switch (id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
pdg_project_finalize (GObject *object)
{
  PdgProject *self = PDG_PROJECT (object);

  g_free (self->id);
  g_free (self->name);
  G_OBJECT_CLASS (pdg_project_parent_class)->finalize (object);
}

static void
pdg_project_class_init (PdgProjectClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = pdg_project_get_property;
  object_class->finalize = pdg_project_finalize;
  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL,
                                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pdg_project_init (PdgProject *self)
{
}

PdgProject *
pdg_project_new (const char *id, const char *name)
{
  PdgProject *self = g_object_new (PDG_TYPE_PROJECT, NULL);

  self->id = g_strdup (id);
  self->name = g_strdup (name != NULL && *name != '\0' ? name : id);
  return self;
}

const char *
pdg_project_get_id (PdgProject *self)
{
  return self->id;
}

const char *
pdg_project_get_name (PdgProject *self)
{
  return self->name;
}

static void
rename_project (PdgProject *self, const char *name)
{
  if (name == NULL || *name == '\0' || g_str_equal (self->name, name))
    return;
  g_free (self->name);
  self->name = g_strdup (name);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_NAME]);
}

PdgProject *
pdg_project_lookup (GListModel *model, const char *id)
{
  for (guint i = 0; id != NULL && i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (PdgProject) project = g_list_model_get_item (model, i);

      if (g_str_equal (project->id, id))
        return project; /* the model keeps it */
    }
  return NULL;
}

void
pdg_project_update_store (GListStore *store, JsonArray *nodes)
{
  g_autoptr (GPtrArray) projects = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < pdg_json_get_length (nodes); i++)
    {
      JsonObject *node = pdg_json_get_element (nodes, i);
      const char *id = pdg_json_get_string (node, "id");
      const char *name = pdg_json_get_string (node, "name");
      PdgProject *known = pdg_project_lookup (G_LIST_MODEL (store), id);

      if (id == NULL)
        continue;
      if (known != NULL)
        rename_project (known, name);
      g_ptr_array_add (projects, known != NULL ? g_object_ref (known) : pdg_project_new (id, name));
    }
  g_list_store_splice (store, 0, g_list_model_get_n_items (G_LIST_MODEL (store)), projects->pdata, projects->len);
}
