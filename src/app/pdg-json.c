#include "config.h"
#include "app/pdg-json.h"

#include "base/pdg-time.h"
#include "client/pdg-client.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static JsonNode *
get_node (JsonObject *object, const char *member)
{
  return object != NULL ? json_object_get_member (object, member) : NULL;
}

JsonObject *
pdg_json_get_object (JsonObject *object, const char *member)
{
  JsonNode *node = get_node (object, member);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
pdg_json_get_array (JsonObject *object, const char *member)
{
  JsonNode *node = get_node (object, member);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

const char *
pdg_json_get_string (JsonObject *object, const char *member)
{
  JsonNode *node = get_node (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

gint64
pdg_json_get_int (JsonObject *object, const char *member, gint64 missing)
{
  JsonNode *node = get_node (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
             ? json_node_get_int (node)
             : missing;
}

double
pdg_json_get_double (JsonObject *object, const char *member, double missing)
{
  JsonNode *node = get_node (object, member);
  GType type = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  return type == G_TYPE_DOUBLE || type == G_TYPE_INT64 ? json_node_get_double (node) : missing;
}

gboolean
pdg_json_get_bool (JsonObject *object, const char *member)
{
  JsonNode *node = get_node (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN
         && json_node_get_boolean (node);
}

gint64
pdg_json_get_time (JsonObject *object, const char *member)
{
  const char *text = pdg_json_get_string (object, member);
  gint64 usec;

  return text != NULL && pdg_time_parse_rfc3339 (text, strlen (text), &usec) ? usec : 0;
}

JsonObject *
pdg_json_get_element (JsonArray *array, guint index)
{
  JsonNode *node = json_array_get_element (array, index);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

guint
pdg_json_get_length (JsonArray *array)
{
  return array != NULL ? json_array_get_length (array) : 0;
}

const char *
pdg_json_get_error_message (JsonNode *response)
{
  JsonObject *root = response != NULL && JSON_NODE_HOLDS_OBJECT (response) ? json_node_get_object (response) : NULL;
  JsonArray *errors = pdg_json_get_array (root, "errors");

  return pdg_json_get_length (errors) > 0 ? pdg_json_get_string (pdg_json_get_element (errors, 0), "message") : NULL;
}

JsonObject *
pdg_json_get_data (JsonNode *response, GError **error)
{
  JsonObject *root = response != NULL && JSON_NODE_HOLDS_OBJECT (response) ? json_node_get_object (response) : NULL;
  JsonObject *data = pdg_json_get_object (root, "data");
  const char *message;

  if (data != NULL)
    return data;
  message = pdg_json_get_error_message (response);
  if (message != NULL)
    g_set_error_literal (error, PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_REFUSED, message);
  else
    g_set_error_literal (error, PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_RESPONSE, _ ("The answer could not be understood."));
  return NULL;
}

static void
set_string (JsonObject *object, const char *member, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, member, value);
  else
    json_object_set_null_member (object, member);
}

JsonNode *
pdg_json_new_variables (const char *name, ...)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  va_list args;

  json_node_take_object (node, object);
  va_start (args, name);
  for (const char *member = name; member != NULL; member = va_arg (args, const char *))
    set_string (object, member, va_arg (args, const char *));
  va_end (args);
  return node;
}

void
pdg_json_set_nested (JsonNode *variables, const char *object, const char *member, const char *value)
{
  JsonObject *root = json_node_get_object (variables);
  JsonObject *inner = pdg_json_get_object (root, object);

  if (inner == NULL)
    {
      inner = json_object_new ();
      json_object_set_object_member (root, object, inner);
    }
  set_string (inner, member, value);
}
