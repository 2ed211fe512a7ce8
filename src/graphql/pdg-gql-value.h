#pragma once

#include "base/pdg-arena.h"

G_BEGIN_DECLS

/* An immutable coerced input value: an argument, a variable, a member of an input object. It belongs to the operation
 * (or the call) that it was read from. Every accessor takes NULL, which reads as null. */
typedef struct _PdgGqlValue PdgGqlValue;

typedef enum
{
  PDG_GQL_VALUE_NULL,
  PDG_GQL_VALUE_INT,
  PDG_GQL_VALUE_DOUBLE,
  PDG_GQL_VALUE_BOOL,
  PDG_GQL_VALUE_STRING,
  PDG_GQL_VALUE_ENUM,
  PDG_GQL_VALUE_LIST,
  PDG_GQL_VALUE_OBJECT,
} PdgGqlValueKind;

/* Any thread. A wrong kind reads as the fallback, except that a double accessor takes an int. */
PdgGqlValueKind    pdg_gql_value_get_kind (const PdgGqlValue *value);
gboolean           pdg_gql_value_is_null (const PdgGqlValue *value);
gint64             pdg_gql_value_get_int (const PdgGqlValue *value, gint64 fallback);
double             pdg_gql_value_get_double (const PdgGqlValue *value, double fallback);
gboolean           pdg_gql_value_get_bool (const PdgGqlValue *value, gboolean fallback);

/* The text of a string or the name of an enum value; NULL for any other kind. (transfer none) (nullable) */
const char        *pdg_gql_value_get_string (const PdgGqlValue *value);

/* Number of items of a list, or of members of an object; 0 for any other kind. */
guint              pdg_gql_value_get_length (const PdgGqlValue *value);

/* Item @index of a list, or the value of member @index of an object. (transfer none) (nullable) */
const PdgGqlValue *pdg_gql_value_get_item (const PdgGqlValue *value, guint index);

/* Name of member @index of an object, in the order of the schema for input objects. (transfer none) (nullable) */
const char        *pdg_gql_value_get_member_name (const PdgGqlValue *value, guint index);

/* Member @name of an object; NULL when it is absent, which is not the same as null. (transfer none) (nullable) */
const PdgGqlValue *pdg_gql_value_lookup (const PdgGqlValue *value, const char *name);

/* For the parse hooks of custom scalars: a new value that lives as long as @arena. (transfer none) */
const PdgGqlValue *pdg_gql_value_new_int (PdgArena *arena, gint64 number);
const PdgGqlValue *pdg_gql_value_new_double (PdgArena *arena, double number);
const PdgGqlValue *pdg_gql_value_new_bool (PdgArena *arena, gboolean boolean);
const PdgGqlValue *pdg_gql_value_new_string (PdgArena *arena, const char *text, gssize len);

G_END_DECLS
