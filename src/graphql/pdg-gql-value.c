#include "config.h"
#include "graphql/pdg-gql-value-private.h"

#include <string.h>

const PdgGqlValue pdg_gql_null = { .kind = PDG_GQL_VALUE_NULL };

PdgGqlValue *
pdg_gql_value_new (PdgArena       *arena,
                   PdgGqlValueKind kind)
{
  PdgGqlValue *value = pdg_arena_alloc (arena, sizeof *value);

  memset (value, 0, sizeof *value);
  value->kind = kind;
  return value;
}

static gpointer
new_pointers (PdgArena *arena,
              guint     n)
{
  gsize bytes = MAX (n, 1) * sizeof (gpointer);

  return memset (pdg_arena_alloc (arena, bytes), 0, bytes);
}

PdgGqlValue *
pdg_gql_value_new_list (PdgArena *arena,
                        guint     n)
{
  PdgGqlValue *value = pdg_gql_value_new (arena, PDG_GQL_VALUE_LIST);

  value->n = n;
  value->items = new_pointers (arena, n);
  return value;
}

PdgGqlValue *
pdg_gql_value_new_object (PdgArena *arena,
                          guint     n)
{
  PdgGqlValue *value = pdg_gql_value_new_list (arena, n);

  value->kind = PDG_GQL_VALUE_OBJECT;
  value->names = new_pointers (arena, n);
  return value;
}

const PdgGqlValue *
pdg_gql_value_new_int (PdgArena *arena,
                       gint64    number)
{
  PdgGqlValue *value = pdg_gql_value_new (arena, PDG_GQL_VALUE_INT);

  value->number = number;
  return value;
}

const PdgGqlValue *
pdg_gql_value_new_double (PdgArena *arena,
                          double    number)
{
  PdgGqlValue *value = pdg_gql_value_new (arena, PDG_GQL_VALUE_DOUBLE);

  value->real = number;
  return value;
}

const PdgGqlValue *
pdg_gql_value_new_bool (PdgArena *arena,
                        gboolean  boolean)
{
  PdgGqlValue *value = pdg_gql_value_new (arena, PDG_GQL_VALUE_BOOL);

  value->boolean = !!boolean;
  return value;
}

const PdgGqlValue *
pdg_gql_value_new_string (PdgArena   *arena,
                          const char *text,
                          gssize      len)
{
  PdgGqlValue *value = pdg_gql_value_new (arena, PDG_GQL_VALUE_STRING);

  value->text = pdg_arena_strndup (arena, text, len < 0 ? strlen (text) : (gsize) len);
  return value;
}

PdgGqlValueKind
pdg_gql_value_get_kind (const PdgGqlValue *value)
{
  return value != NULL ? value->kind : PDG_GQL_VALUE_NULL;
}

gboolean
pdg_gql_value_is_null (const PdgGqlValue *value)
{
  return value == NULL || value->kind == PDG_GQL_VALUE_NULL;
}

gint64
pdg_gql_value_get_int (const PdgGqlValue *value,
                       gint64             fallback)
{
  return value != NULL && value->kind == PDG_GQL_VALUE_INT ? value->number : fallback;
}

double
pdg_gql_value_get_double (const PdgGqlValue *value,
                          double             fallback)
{
  if (value != NULL && value->kind == PDG_GQL_VALUE_INT)
    return (double) value->number;
  return value != NULL && value->kind == PDG_GQL_VALUE_DOUBLE ? value->real : fallback;
}

gboolean
pdg_gql_value_get_bool (const PdgGqlValue *value,
                        gboolean           fallback)
{
  return value != NULL && value->kind == PDG_GQL_VALUE_BOOL ? value->boolean : fallback;
}

const char *
pdg_gql_value_get_string (const PdgGqlValue *value)
{
  if (value == NULL || (value->kind != PDG_GQL_VALUE_STRING && value->kind != PDG_GQL_VALUE_ENUM))
    return NULL;
  return value->text;
}

guint
pdg_gql_value_get_length (const PdgGqlValue *value)
{
  return value != NULL ? value->n : 0;
}

const PdgGqlValue *
pdg_gql_value_get_item (const PdgGqlValue *value,
                        guint              index)
{
  return value != NULL && index < value->n ? value->items[index] : NULL;
}

const char *
pdg_gql_value_get_member_name (const PdgGqlValue *value,
                               guint              index)
{
  return value != NULL && value->kind == PDG_GQL_VALUE_OBJECT && index < value->n ? value->names[index] : NULL;
}

const PdgGqlValue *
pdg_gql_value_lookup (const PdgGqlValue *value,
                      const char        *name)
{
  if (value == NULL || value->kind != PDG_GQL_VALUE_OBJECT)
    return NULL;
  for (guint i = 0; i < value->n; i++)
    if (strcmp (value->names[i], name) == 0)
      return value->items[i];
  return NULL;
}
