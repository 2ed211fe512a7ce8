#include "config.h"
#include "codec/pdg-event-schema.h"

#include "codec/pdg-codec-error.h"
#include "codec/pdg-event-schema-private.h"
#include "codec/pdg-json-read.h"

#include <stdarg.h>
#include <string.h>

#define MAX_DEPTH 16
#define MAX_PROPERTIES 1000
#define MAX_PATH_BYTES 400
#define MAX_EXPECTED_BYTES 400
#define MAX_PATTERN_BYTES 1000
#define MAX_COUNT 1e9
#define MATCH_LIMITS "(*LIMIT_MATCH=20000)(*LIMIT_DEPTH=500)" /* of what a search may take; a pattern can only lower them */

typedef struct
{
  guint n_properties;
  GError **error;
} Compiler;

static PdgSchemaNode *compile (Compiler *self, const PdgJsonSpan *span, const char *place, const char *path, guint depth);

static void
node_free (PdgSchemaNode *node)
{
  if (node == NULL)
    return;
  g_clear_pointer (&node->pattern, g_regex_unref);
  g_clear_pointer (&node->values, g_array_unref);
  g_clear_pointer (&node->properties, g_ptr_array_unref);
  node_free (node->items);
  g_free (node->items_path);
  g_free (node->expected_type);
  g_free (node->expected_values);
  g_free (node->expected_pattern);
  g_free (node);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgSchemaNode, node_free)

static void
property_free (gpointer data)
{
  PdgSchemaProperty *property = data;

  node_free (property->node);
  g_free (property->name);
  g_free (property->path);
  g_free (property);
}

static void
value_clear (gpointer data)
{
  g_free (((PdgSchemaValue *) data)->text);
}

static gboolean G_GNUC_PRINTF (3, 4)
refuse (Compiler *self, const char *place, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (self->error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_ENVELOPE, "%s: %s", *place != '\0' ? place : "schema", text);
  return FALSE;
}

/* A piece of the user's own text in a message, cut at a character. */
static void
append_cut (GString *out, const char *text)
{
  gsize room = out->len < MAX_EXPECTED_BYTES ? MAX_EXPECTED_BYTES - out->len : 0;
  const char *end;

  if (strlen (text) <= room)
    {
      g_string_append (out, text);
      return;
    }
  end = text + room;
  while (end > text && ((guchar) *end & 0xC0) == 0x80)
    end--;
  g_string_append_len (out, text, end - text);
  g_string_append (out, "…");
}

/* ---- Keywords. Each reads its value into the node. */

typedef gboolean (*KeywordFunc) (Compiler *self, PdgSchemaNode *node, const PdgJsonSpan *value, const char *place, const char *path, guint depth);

static const struct
{
  const char *name, *words;
  guint kinds;
} type_names[] = {
  { "string", "a string", 1u << PDG_JSON_STRING },
  { "integer", "an integer", 1u << PDG_JSON_NUMBER },
  { "number", "a number", 1u << PDG_JSON_NUMBER },
  { "boolean", "true or false", 1u << PDG_JSON_TRUE | 1u << PDG_JSON_FALSE },
  { "object", "an object", 1u << PDG_JSON_OBJECT },
  { "array", "an array", 1u << PDG_JSON_ARRAY },
  { "null", "null", 1u << PDG_JSON_NULL },
};

static gboolean
add_type (Compiler *self, PdgSchemaNode *node, const PdgJsonSpan *value, const char *place)
{
  for (gsize i = 0; i < G_N_ELEMENTS (type_names); i++)
    if (value->kind == PDG_JSON_STRING && pdg_json_is (value, type_names[i].name))
      {
        g_autofree char *before = g_steal_pointer (&node->expected_type);

        if (g_str_equal (type_names[i].name, "integer"))
          node->is_integer = (node->types & 1u << PDG_JSON_NUMBER) == 0;
        else if (g_str_equal (type_names[i].name, "number"))
          node->is_integer = FALSE;
        node->types |= type_names[i].kinds;
        node->expected_type = before == NULL ? g_strconcat ("must be ", type_names[i].words, NULL) : g_strconcat (before, " or ", type_names[i].words, NULL);
        return TRUE;
      }
  return refuse (self, place, "use string, integer, number, boolean, object, array or null");
}

static gboolean
take_type (Compiler *self, PdgSchemaNode *node, const PdgJsonSpan *value, const char *place, const char *path, guint depth)
{
  g_auto (PdgJsonIter) iter = { 0 };
  PdgJsonMember member;

  if (value->kind != PDG_JSON_ARRAY)
    return add_type (self, node, value, place);
  pdg_json_iter_init (&iter, value, 0, G_MAXUINT);
  for (guint n = 0; pdg_json_iter_next (&iter, &member); n++)
    if (n >= G_N_ELEMENTS (type_names))
      return refuse (self, place, "the same type twice");
    else if (!add_type (self, node, &member.value, place))
      return FALSE;
  return node->types != 0 || refuse (self, place, "at least one type is needed");
}

static gboolean
add_value (Compiler *self, PdgSchemaNode *node, const PdgJsonSpan *span, const char *place)
{
  g_autofree char *text = g_strndup (span->text, span->len);
  PdgSchemaValue value = { .kind = span->kind };

  if (span->kind == PDG_JSON_ARRAY || span->kind == PDG_JSON_OBJECT)
    return refuse (self, place, "only strings, numbers, true, false and null are compared");
  if (node->values == NULL)
    {
      node->values = g_array_new (FALSE, FALSE, sizeof (PdgSchemaValue));
      g_array_set_clear_func (node->values, value_clear);
    }
  if (span->kind == PDG_JSON_STRING)
    {
      value.text = pdg_json_dup_text (span);
      if (value.text == NULL)
        value.text = g_strdup ("");
    }
  else if (span->kind == PDG_JSON_NUMBER)
    value.number = g_ascii_strtod (text, NULL);
  g_array_append_val (node->values, value);
  if (node->expected_values == NULL)
    node->expected_values = g_strconcat ("must be ", text, NULL);
  else if (strlen (node->expected_values) < MAX_EXPECTED_BYTES)
    {
      g_autoptr (GString) words = g_string_new (node->expected_values);

      if (node->values->len == 2)
        g_string_insert (words, (gssize) strlen ("must be "), "one of ");
      g_string_append (words, ", ");
      append_cut (words, text);
      g_free (node->expected_values);
      node->expected_values = g_string_free (g_steal_pointer (&words), FALSE);
    }
  return TRUE;
}

static gboolean
take_const (Compiler *self, PdgSchemaNode *node, const PdgJsonSpan *value, const char *place, const char *path, guint depth)
{
  return node->values == NULL ? add_value (self, node, value, place) : refuse (self, place, "use either const or enum");
}

static gboolean
take_enum (Compiler *self, PdgSchemaNode *node, const PdgJsonSpan *value, const char *place, const char *path, guint depth)
{
  g_auto (PdgJsonIter) iter = { 0 };
  PdgJsonMember member;

  if (node->values != NULL)
    return refuse (self, place, "use either const or enum");
  pdg_json_iter_init (&iter, value, 0, G_MAXUINT);
  while (value->kind == PDG_JSON_ARRAY && pdg_json_iter_next (&iter, &member))
    if (!add_value (self, node, &member.value, place))
      return FALSE;
  return node->values != NULL || refuse (self, place, "must be an array of values");
}

static gboolean
take_pattern (Compiler *self, PdgSchemaNode *node, const PdgJsonSpan *value, const char *place, const char *path, guint depth)
{
  g_autofree char *text = value->kind == PDG_JSON_STRING ? pdg_json_dup_text (value) : NULL, *limited = NULL;
  g_autoptr (GString) words = g_string_new ("must match ");
  g_autoptr (GError) error = NULL;

  if (text == NULL || strlen (text) > MAX_PATTERN_BYTES || g_str_has_prefix (text, "(*"))
    return refuse (self, place, "must be a regular expression of 1 to %d bytes", MAX_PATTERN_BYTES);
  limited = g_strconcat (MATCH_LIMITS, text, NULL);
  node->pattern = g_regex_new (limited, 0, 0, &error);
  if (node->pattern == NULL)
    return refuse (self, place, "not a regular expression (PCRE)");
  append_cut (words, text);
  node->expected_pattern = g_string_free (g_steal_pointer (&words), FALSE);
  return TRUE;
}

static gboolean
take_double (Compiler *self, const PdgJsonSpan *value, const char *place, double *out, gboolean *is_set)
{
  g_autofree char *text = g_strndup (value->text, value->len);

  if (value->kind != PDG_JSON_NUMBER || (value->flags & PDG_JSON_HUGE) != 0)
    return refuse (self, place, "must be a number");
  *out = g_ascii_strtod (text, NULL);
  *is_set = TRUE;
  return TRUE;
}

static gboolean
take_count (Compiler *self, const PdgJsonSpan *value, const char *place, gint64 *out)
{
  gboolean is_set;
  double number = 0;

  if (!take_double (self, value, place, &number, &is_set))
    return FALSE;
  if (number < 0 || number > MAX_COUNT || number != (double) (gint64) number)
    return refuse (self, place, "must be a whole number from 0 on");
  *out = (gint64) number;
  return TRUE;
}

#define DOUBLE_KEYWORD(name)                                                                                                                    \
  static gboolean take_##name (Compiler *self, PdgSchemaNode *node, const PdgJsonSpan *value, const char *place, const char *path, guint depth) \
  {                                                                                                                                             \
    return take_double (self, value, place, &node->name, &node->has_##name);                                                                    \
  }
#define COUNT_KEYWORD(name)                                                                                                                     \
  static gboolean take_##name (Compiler *self, PdgSchemaNode *node, const PdgJsonSpan *value, const char *place, const char *path, guint depth) \
  {                                                                                                                                             \
    return take_count (self, value, place, &node->name);                                                                                        \
  }

DOUBLE_KEYWORD (minimum)
DOUBLE_KEYWORD (maximum)
DOUBLE_KEYWORD (exclusive_minimum)
DOUBLE_KEYWORD (exclusive_maximum)
COUNT_KEYWORD (min_length)
COUNT_KEYWORD (max_length)
COUNT_KEYWORD (min_items)
COUNT_KEYWORD (max_items)

static PdgSchemaProperty *
ensure_property (Compiler *self, PdgSchemaNode *node, const PdgJsonSpan *name, const char *place, const char *path, guint depth)
{
  g_autofree char *text = name->kind == PDG_JSON_STRING ? pdg_json_dup_text (name) : NULL;
  PdgSchemaProperty *property;
  int field = -1;

  if (text == NULL || strlen (path) + strlen (text) + 1 > MAX_PATH_BYTES || ++self->n_properties > MAX_PROPERTIES)
    {
      refuse (self, place, "use names, %d at most, whose path has at most %d bytes", MAX_PROPERTIES, MAX_PATH_BYTES);
      return NULL;
    }
  if (depth == 0 && (field = pdg_event_fields_lookup (text, strlen (text))) < 0)
    {
      refuse (self, place, "\"%s\" is no key of an event; its own keys are properties of metadata", text);
      return NULL;
    }
  if (node->properties == NULL)
    node->properties = g_ptr_array_new_with_free_func (property_free);
  for (guint i = 0; i < node->properties->len; i++)
    if (g_str_equal (((PdgSchemaProperty *) node->properties->pdata[i])->name, text))
      return node->properties->pdata[i];
  property = g_new0 (PdgSchemaProperty, 1);
  property->path = *path != '\0' ? g_strconcat (path, ".", text, NULL) : g_strdup (text);
  property->name_len = strlen (text);
  property->name = g_steal_pointer (&text);
  property->field = field;
  g_ptr_array_add (node->properties, property);
  return property;
}

static gboolean
take_required (Compiler *self, PdgSchemaNode *node, const PdgJsonSpan *value, const char *place, const char *path, guint depth)
{
  g_auto (PdgJsonIter) iter = { 0 };
  PdgJsonMember member;

  if (value->kind != PDG_JSON_ARRAY)
    return refuse (self, place, "must be an array of names");
  pdg_json_iter_init (&iter, value, 0, G_MAXUINT);
  while (pdg_json_iter_next (&iter, &member))
    {
      PdgSchemaProperty *property = ensure_property (self, node, &member.value, place, path, depth);

      if (property == NULL)
        return FALSE;
      property->required = TRUE;
    }
  return TRUE;
}

static gboolean
take_properties (Compiler *self, PdgSchemaNode *node, const PdgJsonSpan *value, const char *place, const char *path, guint depth)
{
  g_auto (PdgJsonIter) iter = { 0 };
  PdgJsonMember member;

  if (value->kind != PDG_JSON_OBJECT)
    return refuse (self, place, "must be an object of schemas");
  pdg_json_iter_init (&iter, value, 0, G_MAXUINT);
  while (pdg_json_iter_next (&iter, &member))
    {
      PdgSchemaProperty *property = ensure_property (self, node, &member.key, place, path, depth);
      g_autofree char *inner = property != NULL ? g_strconcat (place, ".", property->name, NULL) : NULL;

      if (property == NULL)
        return FALSE;
      if (property->node != NULL)
        return refuse (self, inner, "twice");
      property->node = compile (self, &member.value, inner, property->path, depth + 1);
      if (property->node == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_items (Compiler *self, PdgSchemaNode *node, const PdgJsonSpan *value, const char *place, const char *path, guint depth)
{
  node->items_path = g_strconcat (path, "[]", NULL);
  node->items = compile (self, value, place, node->items_path, depth + 1);
  return node->items != NULL;
}

static gboolean
take_note (Compiler *self, PdgSchemaNode *node, const PdgJsonSpan *value, const char *place, const char *path, guint depth)
{
  return TRUE;
}

static const struct
{
  const char *name;
  KeywordFunc take;
  gboolean of_objects; /* also of the event and its metadata */
} keywords[] = {
  { "type", take_type, TRUE }, { "properties", take_properties, TRUE }, { "required", take_required, TRUE },
  { "enum", take_enum, FALSE }, { "const", take_const, FALSE }, { "pattern", take_pattern, FALSE },
  { "minimum", take_minimum, FALSE }, { "maximum", take_maximum, FALSE },
  { "exclusiveMinimum", take_exclusive_minimum, FALSE }, { "exclusiveMaximum", take_exclusive_maximum, FALSE },
  { "minLength", take_min_length, FALSE }, { "maxLength", take_max_length, FALSE },
  { "items", take_items, FALSE }, { "minItems", take_min_items, FALSE }, { "maxItems", take_max_items, FALSE },
  { "$schema", take_note, TRUE }, { "$id", take_note, TRUE }, { "$comment", take_note, TRUE }, { "title", take_note, TRUE },
  { "description", take_note, TRUE }, { "default", take_note, TRUE }, { "examples", take_note, TRUE }, { "deprecated", take_note, TRUE },
};

static gboolean
take_keyword (Compiler *self, PdgSchemaNode *node, const PdgJsonMember *member, guint *seen, const char *place, const char *path, guint depth)
{
  g_autofree char *name = pdg_json_dup_text (&member->key);
  g_autofree char *inner = *place != '\0' ? g_strconcat (place, ".", name, NULL) : g_strdup (name != NULL ? name : "");
  gboolean is_event = depth == 0 || g_str_equal (path, "metadata");

  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (keywords); i++)
    if (g_str_equal (keywords[i].name, name) && (keywords[i].of_objects || !is_event))
      {
        if (*seen & 1u << i)
          return refuse (self, inner, "is there twice, and one of them would be ignored; leave one out");
        *seen |= 1u << i;
        return keywords[i].take (self, node, &member->value, inner, path, depth);
      }
  if (g_strcmp0 (name, "additionalProperties") == 0 && member->value.kind == PDG_JSON_TRUE)
    return TRUE;
  if (g_strcmp0 (name, "additionalProperties") == 0)
    return refuse (self, inner, "keys that are not planned never block an event; leave it out");
  return refuse (self, inner, is_event ? "of an event and its metadata only type, properties and required are understood"
                                       : "not understood; docs/ingestion.md lists what is");
}

/* @place: in the definition; @path: in the event. */
static PdgSchemaNode *
compile (Compiler *self, const PdgJsonSpan *span, const char *place, const char *path, guint depth)
{
  g_autoptr (PdgSchemaNode) node = g_new0 (PdgSchemaNode, 1);
  g_auto (PdgJsonIter) iter = { 0 };
  PdgJsonMember member;
  guint seen = 0; /* bits of keywords */

  G_STATIC_ASSERT (G_N_ELEMENTS (keywords) <= 32);
  node->min_length = node->max_length = node->min_items = node->max_items = -1;
  if (span->kind == PDG_JSON_TRUE && depth > 0)
    return g_steal_pointer (&node);
  if (span->kind != PDG_JSON_OBJECT || depth > MAX_DEPTH)
    {
      refuse (self, place, depth > MAX_DEPTH ? "nested too deep" : "must be an object");
      return NULL;
    }
  pdg_json_iter_init (&iter, span, 0, G_MAXUINT);
  while (pdg_json_iter_next (&iter, &member))
    if (!take_keyword (self, node, &member, &seen, place, path, depth))
      return NULL;
  if ((depth == 0 || g_str_equal (path, "metadata")) && node->types != 0 && node->types != 1u << PDG_JSON_OBJECT)
    {
      refuse (self, place, "an event and its metadata are objects");
      return NULL;
    }
  return g_steal_pointer (&node);
}

static void
schema_clear (gpointer data)
{
  node_free (((PdgEventSchema *) data)->root);
}

PdgEventSchema *
pdg_event_schema_new (const char *definition, gssize len, GError **error)
{
  gsize size = len < 0 ? strlen (definition) : (gsize) len;
  Compiler compiler = { 0, error };
  PdgEventSchema *schema;
  PdgSchemaNode *root;
  PdgJsonSpan span;

  pdg_event_fields_ensure ();
  if (size > PDG_EVENT_SCHEMA_MAX_BYTES)
    {
      refuse (&compiler, "", "at most %d KB", PDG_EVENT_SCHEMA_MAX_BYTES / 1024);
      return NULL;
    }
  if (!pdg_json_check (definition, size, &span, error))
    return NULL;
  root = compile (&compiler, &span, "", "", 0);
  if (root == NULL)
    return NULL;
  schema = g_atomic_rc_box_new0 (PdgEventSchema);
  schema->root = root;
  return schema;
}

PdgEventSchema *
pdg_event_schema_ref (PdgEventSchema *schema)
{
  return g_atomic_rc_box_acquire (schema);
}

void
pdg_event_schema_unref (PdgEventSchema *schema)
{
  if (schema != NULL)
    g_atomic_rc_box_release_full (schema, schema_clear);
}

char *
pdg_event_schema_dup_definition (const char *definition, gssize len)
{
  gsize size = len < 0 ? strlen (definition) : (gsize) len;
  GString *out = g_string_sized_new (size);
  gboolean in_string = FALSE;

  for (gsize i = 0; i < size; i++)
    {
      if (in_string || !g_ascii_isspace (definition[i]))
        g_string_append_c (out, definition[i]);
      if (in_string && definition[i] == '\\' && i + 1 < size)
        g_string_append_c (out, definition[++i]);
      else if (definition[i] == '"')
        in_string = !in_string;
    }
  return g_string_free (out, FALSE);
}
