#include "config.h"
#include "codec/pdg-event-schema-private.h"

#include "codec/pdg-json-read.h"
#include "codec/pdg-json-text.h"

#include <math.h>
#include <string.h>

#define BIT(field) (G_GUINT64_CONSTANT (1) << (field))

typedef struct
{
  const char *field;
  char *buffer;
} Finding;

static const char *check_node (const PdgSchemaNode *node, const char *path, const PdgJsonSpan *span, Finding *finding);

static double
read_number (const PdgJsonSpan *span)
{
  char text[64];
  gsize len = MIN (span->len, sizeof text - 1);

  memcpy (text, span->text, len);
  text[len] = '\0';
  return g_ascii_strtod (text, NULL);
}

/* The text of a string: in the span, or unescaped in *@copy. */
static const char *
get_text (const PdgJsonSpan *span, char **copy, gsize *len)
{
  if ((span->flags & PDG_JSON_ESCAPED) == 0)
    {
      *len = span->len - 2;
      return span->text + 1;
    }
  *copy = g_malloc (span->len);
  *len = pdg_json_unescape (span, *copy);
  return *copy;
}

static const char *
fail (Finding *finding, const char *path, const char *expected)
{
  finding->field = path;
  return expected;
}

static const char *
fail_number (Finding *finding, const char *path, const char *what, double limit)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_snprintf (finding->buffer, 128, "%s %s", what, g_ascii_formatd (number, sizeof number, "%.15g", limit));
  return fail (finding, path, finding->buffer);
}

static gboolean
is_value (const PdgSchemaNode *node, const PdgJsonSpan *span)
{
  g_autofree char *copy = NULL;
  const char *text = span->text;
  gsize len = span->len;

  if (span->kind == PDG_JSON_STRING)
    text = get_text (span, &copy, &len);
  for (guint i = 0; i < node->values->len; i++)
    {
      const PdgSchemaValue *value = &g_array_index (node->values, PdgSchemaValue, i);

      if (value->kind != span->kind)
        continue;
      if (span->kind != PDG_JSON_STRING && (span->kind != PDG_JSON_NUMBER || value->number == read_number (span)))
        return TRUE;
      if (span->kind == PDG_JSON_STRING && strlen (value->text) == len && memcmp (value->text, text, len) == 0)
        return TRUE;
    }
  return FALSE;
}

static const char *
check_string (const PdgSchemaNode *node, const char *path, const PdgJsonSpan *span, Finding *finding)
{
  g_autofree char *copy = NULL;
  const char *text;
  gsize len;
  glong n_chars;

  if (node->pattern == NULL && node->min_length < 0 && node->max_length < 0)
    return NULL;
  text = get_text (span, &copy, &len);
  n_chars = g_utf8_strlen (text, (gssize) len);
  if (node->min_length >= 0 && n_chars < node->min_length)
    return fail_number (finding, path, "must have at least so many characters:", (double) node->min_length);
  if (node->max_length >= 0 && n_chars > node->max_length)
    return fail_number (finding, path, "must have at most so many characters:", (double) node->max_length);
  /* what a search takes is limited within the pattern */
  if (node->pattern != NULL && !g_regex_match_full (node->pattern, text, (gssize) len, 0, 0, NULL, NULL))
    return fail (finding, path, node->expected_pattern);
  return NULL;
}

static const char *
check_number (const PdgSchemaNode *node, const char *path, const PdgJsonSpan *span, Finding *finding)
{
  double number = read_number (span);

  if (node->is_integer && (span->flags & PDG_JSON_INTEGER) == 0 && number != floor (number))
    return fail (finding, path, node->expected_type);
  if (node->has_minimum && number < node->minimum)
    return fail_number (finding, path, "must be at least", node->minimum);
  if (node->has_maximum && number > node->maximum)
    return fail_number (finding, path, "must be at most", node->maximum);
  if (node->has_exclusive_minimum && number <= node->exclusive_minimum)
    return fail_number (finding, path, "must be more than", node->exclusive_minimum);
  if (node->has_exclusive_maximum && number >= node->exclusive_maximum)
    return fail_number (finding, path, "must be less than", node->exclusive_maximum);
  return NULL;
}

static const char *
check_array (const PdgSchemaNode *node, const char *path, const PdgJsonSpan *span, Finding *finding)
{
  g_auto (PdgJsonIter) iter = { 0 };
  PdgJsonMember member;
  gint64 n = 0;

  if (node->items == NULL && node->min_items < 0 && node->max_items < 0)
    return NULL;
  pdg_json_iter_init (&iter, span, 0, G_MAXUINT);
  for (; pdg_json_iter_next (&iter, &member); n++)
    {
      const char *expected = node->items != NULL ? check_node (node->items, node->items_path, &member.value, finding) : NULL;

      if (expected != NULL)
        return expected;
    }
  if (node->min_items >= 0 && n < node->min_items)
    return fail_number (finding, path, "must have at least so many elements:", (double) node->min_items);
  if (node->max_items >= 0 && n > node->max_items)
    return fail_number (finding, path, "must have at most so many elements:", (double) node->max_items);
  return NULL;
}

/* The value of a property, or NULL where there is none: the last of that name counts. */
static const char *
check_property (const PdgSchemaProperty *property, const PdgJsonSpan *value, Finding *finding)
{
  if (value == NULL)
    return property->required ? fail (finding, property->path, "required") : NULL;
  return property->node != NULL ? check_node (property->node, property->path, value, finding) : NULL;
}

static const char *
check_object (const PdgSchemaNode *node, const PdgJsonSpan *span, Finding *finding)
{
  g_autoptr (GArray) members = NULL;
  const char *expected = NULL;

  if (node->properties == NULL)
    return NULL;
  members = g_array_new (FALSE, FALSE, sizeof (PdgJsonMember));
  pdg_json_list (span, 0, G_MAXUINT, members);
  for (guint i = 0; expected == NULL && i < node->properties->len; i++)
    {
      const PdgSchemaProperty *property = node->properties->pdata[i];
      const PdgJsonMember *member = NULL;

      for (guint k = members->len; member == NULL && k > 0; k--)
        if (pdg_json_is (&g_array_index (members, PdgJsonMember, k - 1).key, property->name))
          member = &g_array_index (members, PdgJsonMember, k - 1);
      expected = check_property (property, member != NULL ? &member->value : NULL, finding);
    }
  return expected;
}

static const char *
check_node (const PdgSchemaNode *node, const char *path, const PdgJsonSpan *span, Finding *finding)
{
  const char *expected = NULL;

  if (node->types != 0 && (node->types & 1u << span->kind) == 0)
    return fail (finding, path, node->expected_type);
  if (node->values != NULL && !is_value (node, span))
    return fail (finding, path, node->expected_values);
  if (span->kind == PDG_JSON_STRING)
    expected = check_string (node, path, span, finding);
  else if (span->kind == PDG_JSON_NUMBER)
    expected = check_number (node, path, span, finding);
  else if (span->kind == PDG_JSON_ARRAY)
    expected = check_array (node, path, span, finding);
  else if (span->kind == PDG_JSON_OBJECT)
    expected = check_object (node, span, finding);
  return expected;
}

/* The member @name of the event's metadata, where an unknown key of the event counts as one, and its own members win. */
static gboolean
find_in_metadata (const PdgEventMembers *members, const PdgSchemaProperty *property, PdgJsonSpan *value)
{
  gboolean found = FALSE;

  for (guint i = 0; i < members->unknown->len; i++)
    {
      const PdgEventMember *member = &g_array_index (members->unknown, PdgEventMember, i);

      if (pdg_json_is (&member->key, property->name))
        {
          *value = member->value;
          found = TRUE;
        }
    }
  if ((members->seen & BIT (PDG_FIELD_AT_METADATA)) != 0)
    {
      g_auto (PdgJsonIter) iter = { 0 };
      PdgJsonMember member;

      pdg_json_iter_init (&iter, &members->fields[PDG_FIELD_AT_METADATA], 0, G_MAXUINT);
      while (pdg_json_iter_next (&iter, &member))
        if (pdg_json_is (&member.key, property->name))
          {
            *value = member.value;
            found = TRUE;
          }
    }
  return found;
}

static const char *
check_metadata (const PdgSchemaProperty *metadata, const PdgEventMembers *members, Finding *finding)
{
  gboolean is_there = members->unknown->len > 0 || (members->seen & BIT (PDG_FIELD_AT_METADATA)) != 0;
  const PdgSchemaNode *node = metadata->node;
  const char *expected = NULL;

  if (!is_there)
    return check_property (metadata, NULL, finding);
  if (node == NULL)
    return NULL;
  if (node->types != 0 && (node->types & 1u << PDG_JSON_OBJECT) == 0)
    return fail (finding, metadata->path, node->expected_type);
  for (guint i = 0; node->properties != NULL && expected == NULL && i < node->properties->len; i++)
    {
      const PdgSchemaProperty *property = node->properties->pdata[i];
      PdgJsonSpan value;

      expected = check_property (property, find_in_metadata (members, property, &value) ? &value : NULL, finding);
    }
  return expected;
}

const char *
pdg_event_schema_check (const PdgEventSchema *schema, const PdgEventMembers *members, const char **field, char buffer[128])
{
  Finding finding = { NULL, buffer };
  const char *expected = NULL;

  for (guint i = 0; schema->root->properties != NULL && expected == NULL && i < schema->root->properties->len; i++)
    {
      const PdgSchemaProperty *property = schema->root->properties->pdata[i];

      if (property->field == PDG_FIELD_AT_METADATA)
        expected = check_metadata (property, members, &finding);
      else
        expected = check_property (property, property->field >= 0 && (members->seen & BIT (property->field)) != 0 ? &members->fields[property->field] : NULL,
                                   &finding);
    }
  *field = finding.field;
  return expected;
}
