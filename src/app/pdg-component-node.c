#include "config.h"
#include "app/pdg-component-node.h"

#include <string.h>

#include "app/pdg-json.h"
#include "base/pdg-decimal.h"

#define MAX_NODES 5000
#define MAX_LEVELS 64
#define MAX_DETAILS 3

struct _PdgComponentNode
{
  GObject parent_instance;
  char *name;
  char *detail;
  char *path;
  GListStore *children;
  gboolean has_bounds;
  double x, y, width, height;
};

G_DEFINE_FINAL_TYPE (PdgComponentNode, pdg_component_node, G_TYPE_OBJECT)

static const char *const name_keys[] = { "name", "component", "displayName", "type", NULL };
static const char *const child_keys[] = { "children", "nodes", "components", NULL };

static void
pdg_component_node_finalize (GObject *object)
{
  PdgComponentNode *self = PDG_COMPONENT_NODE (object);

  g_free (self->name);
  g_free (self->detail);
  g_free (self->path);
  g_clear_object (&self->children);
  G_OBJECT_CLASS (pdg_component_node_parent_class)->finalize (object);
}

static void
pdg_component_node_class_init (PdgComponentNodeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pdg_component_node_finalize;
}

static void
pdg_component_node_init (PdgComponentNode *self)
{
}

/* How many nodes may still be made, and how deep this one lies. */
typedef struct
{
  guint left;
  guint level;
} Reader;

static void read_below (PdgComponentNode *self, JsonNode *json, Reader *reader);

static PdgComponentNode *
add_child (PdgComponentNode *self, const char *name, Reader *reader)
{
  g_autoptr (PdgComponentNode) child = NULL;

  if (reader->left == 0)
    return NULL;
  reader->left--;
  child = g_object_new (PDG_TYPE_COMPONENT_NODE, NULL);
  child->name = g_strdup (name);
  child->path = self->path != NULL ? g_strdup_printf ("%s / %s", self->path, name) : g_strdup (name);
  if (self->children == NULL)
    self->children = g_list_store_new (PDG_TYPE_COMPONENT_NODE);
  g_list_store_append (self->children, child);
  return child; /* the list keeps it */
}

static const char *
find_name (JsonObject *object)
{
  for (guint i = 0; name_keys[i] != NULL; i++)
    {
      const char *name = pdg_json_get_string (object, name_keys[i]);

      if (name != NULL && *name != '\0')
        return name;
    }
  return NULL;
}

/* {"x":1,"y":2,"width":3,"height":4} or [1,2,3,4] */
static void
read_bounds (PdgComponentNode *self, JsonObject *object)
{
  JsonObject *bounds = pdg_json_get_object (object, "bounds");
  JsonArray *numbers = pdg_json_get_array (object, "bounds");
  double values[4] = { -1, -1, -1, -1 };

  if (bounds != NULL)
    {
      static const char *const keys[] = { "x", "y", "width", "height" };

      for (guint i = 0; i < 4; i++)
        values[i] = pdg_json_get_double (bounds, keys[i], i < 2 ? 0 : -1);
    }
  else
    for (guint i = 0; i < 4 && pdg_json_get_length (numbers) == 4; i++)
      {
        JsonNode *number = json_array_get_element (numbers, i);

        values[i] = JSON_NODE_HOLDS_VALUE (number) ? json_node_get_double (number) : -1;
      }
  self->has_bounds = values[2] > 0 && values[3] > 0 && values[2] < 1e6 && values[3] < 1e6;
  self->x = values[0];
  self->y = values[1];
  self->width = values[2];
  self->height = values[3];
}

static char *
dup_scalar (JsonNode *json)
{
  if (JSON_NODE_HOLDS_NULL (json))
    return g_strdup ("null");
  if (!JSON_NODE_HOLDS_VALUE (json))
    return NULL;
  if (json_node_get_value_type (json) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (json));
  if (json_node_get_value_type (json) == G_TYPE_DOUBLE) /* json-glib writes 17 digits */
    return g_strdup (pdg_decimal_format (json_node_get_double (json), (char[PDG_DECIMAL_BYTES]) { 0 }));
  return json_to_string (json, FALSE);
}

/* What it says of itself beside its name. */
static void
read_detail (PdgComponentNode *self, JsonObject *object)
{
  JsonObject *props = pdg_json_get_object (object, "props");
  JsonObject *places[] = { object, props };
  g_autoptr (GString) text = g_string_new (NULL);
  guint n = 0;

  for (guint p = 0; p < G_N_ELEMENTS (places); p++)
    {
      JsonObjectIter iter;
      const char *key;
      JsonNode *value;

      if (places[p] == NULL)
        continue;
      json_object_iter_init_ordered (&iter, places[p]);
      while (n < MAX_DETAILS && json_object_iter_next_ordered (&iter, &key, &value))
        {
          g_autofree char *scalar = p == 0 && g_strv_contains (name_keys, key) ? NULL : dup_scalar (value);

          if (scalar == NULL)
            continue;
          g_string_append_printf (text, "%s%s: %s", n > 0 ? " · " : "", key, scalar);
          n++;
        }
    }
  if (text->len > 0)
    self->detail = g_string_free (g_steal_pointer (&text), FALSE);
}

static void
read_array (PdgComponentNode *self, JsonArray *array, Reader *reader)
{
  for (guint i = 0; i < json_array_get_length (array) && reader->left > 0; i++)
    read_below (self, json_array_get_element (array, i), reader);
}

/* An object that has a name of its own. */
static void
read_named (PdgComponentNode *self, JsonObject *object, const char *name, Reader *reader)
{
  PdgComponentNode *child = add_child (self, name, reader);

  if (child == NULL)
    return;
  read_bounds (child, object);
  read_detail (child, object);
  for (guint i = 0; child_keys[i] != NULL; i++)
    {
      JsonNode *below = json_object_get_member (object, child_keys[i]);

      if (below != NULL)
        read_below (child, below, reader);
    }
}

/* An object whose keys are names. */
static void
read_keys (PdgComponentNode *self, JsonObject *object, Reader *reader)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &key, &value))
    {
      PdgComponentNode *child = add_child (self, key, reader);

      if (child == NULL)
        return;
      child->detail = dup_scalar (value);
      read_below (child, value, reader);
    }
}

static void
read_below (PdgComponentNode *self, JsonNode *json, Reader *reader)
{
  const char *name;

  if (reader->level >= MAX_LEVELS)
    return;
  reader->level++;
  if (JSON_NODE_HOLDS_ARRAY (json))
    read_array (self, json_node_get_array (json), reader);
  else if (JSON_NODE_HOLDS_OBJECT (json))
    {
      name = find_name (json_node_get_object (json));
      if (name != NULL)
        read_named (self, json_node_get_object (json), name, reader);
      else
        read_keys (self, json_node_get_object (json), reader);
    }
  reader->level--;
}

PdgComponentNode *
pdg_component_node_read (JsonNode *tree)
{
  g_autoptr (PdgComponentNode) root = g_object_new (PDG_TYPE_COMPONENT_NODE, NULL);
  Reader reader = { MAX_NODES, 0 };

  if (tree != NULL)
    read_below (root, tree, &reader);
  return root->children != NULL ? g_steal_pointer (&root) : NULL;
}

const char *
pdg_component_node_get_name (PdgComponentNode *self)
{
  return self->name;
}

const char *
pdg_component_node_get_detail (PdgComponentNode *self)
{
  return self->detail;
}

const char *
pdg_component_node_get_path (PdgComponentNode *self)
{
  return self->path;
}

GListModel *
pdg_component_node_list_children (PdgComponentNode *self)
{
  return self->children != NULL ? G_LIST_MODEL (self->children) : NULL;
}

gboolean
pdg_component_node_get_bounds (PdgComponentNode *self, double *x, double *y, double *width, double *height)
{
  *x = self->x;
  *y = self->y;
  *width = self->width;
  *height = self->height;
  return self->has_bounds;
}

static void
search_below (PdgComponentNode *self, const char *folded, guint limit, GListStore *found)
{
  GListModel *children = pdg_component_node_list_children (self);

  for (guint i = 0; children != NULL && i < g_list_model_get_n_items (children); i++)
    {
      g_autoptr (PdgComponentNode) child = g_list_model_get_item (children, i);
      g_autofree char *path = g_utf8_casefold (child->path, -1);

      if (g_list_model_get_n_items (G_LIST_MODEL (found)) >= limit)
        return;
      if (strstr (path, folded) != NULL)
        g_list_store_append (found, child);
      search_below (child, folded, limit, found);
    }
}

void
pdg_component_node_search (PdgComponentNode *self, const char *text, guint limit, GListStore *found)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  search_below (self, folded, limit, found);
}
