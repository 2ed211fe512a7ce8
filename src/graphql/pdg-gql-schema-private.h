#pragma once

#include "graphql/pdg-gql-ast-private.h"
#include "graphql/pdg-gql-schema.h"

G_BEGIN_DECLS

/* The type system in memory, in the arena of its schema; built by pdg-gql-schema-load.c, then never changed. */

typedef struct _PdgGqlType PdgGqlType;
typedef struct _PdgGqlField PdgGqlField;

typedef enum
{
  PDG_GQL_TYPE_SCALAR,
  PDG_GQL_TYPE_OBJECT,
  PDG_GQL_TYPE_INTERFACE,
  PDG_GQL_TYPE_UNION,
  PDG_GQL_TYPE_ENUM,
  PDG_GQL_TYPE_INPUT,
  PDG_GQL_TYPE_LIST,
  PDG_GQL_TYPE_NON_NULL,
} PdgGqlTypeKind;

typedef enum
{
  PDG_GQL_SCALAR_CUSTOM,
  PDG_GQL_SCALAR_INT,
  PDG_GQL_SCALAR_FLOAT,
  PDG_GQL_SCALAR_STRING,
  PDG_GQL_SCALAR_BOOLEAN,
  PDG_GQL_SCALAR_ID,
} PdgGqlScalarKind;

/* An argument of a field or directive, or a field of an input object. */
typedef struct
{
  const char        *name;
  const char        *description;
  PdgGqlType        *type;
  PdgGqlAstValue    *default_ast;   /* NULL = no default */
  const PdgGqlValue *default_value; /* coerced */
  guint8             default_state; /* of coercion: 0 to do, 1 under way, 2 done */
  const char        *deprecation_reason;
  PdgGqlLocation     location;
} PdgGqlInput;

struct _PdgGqlField
{
  const char    *name;
  const char    *description;
  PdgGqlType    *parent;
  PdgGqlType    *type;
  guint          n_args;
  PdgGqlInput   *args;
  const char    *deprecation_reason;
  PdgGqlResolver resolver;
  PdgGqlLocation location;
};

typedef struct
{
  const char *name;
  const char *description;
  const char *deprecation_reason;
} PdgGqlEnumValue;

struct _PdgGqlType
{
  PdgGqlTypeKind        kind;
  PdgGqlScalarKind      scalar;
  gboolean              is_introspection;
  gboolean              is_one_of;
  const char           *name;        /* of a named type */
  const char           *description;
  const char           *specified_by_url;
  PdgGqlType           *of;          /* of a list or non-null type */
  PdgGqlType           *list_type;   /* [T], made on demand: equal types are the same pointer within a schema */
  PdgGqlType           *non_null_type;
  guint                 n_fields;
  PdgGqlField          *fields;
  GHashTable           *field_index; /* name -> PdgGqlField */
  guint                 n_inputs;
  PdgGqlInput          *inputs;
  guint                 n_values;
  PdgGqlEnumValue      *values;
  GHashTable           *value_index;
  guint                 n_interfaces;
  PdgGqlType          **interfaces;
  guint                 n_possible;  /* members of a union, implementors of an interface (objects), itself of an object */
  PdgGqlType          **possible;
  GPtrArray            *parts;       /* PdgGqlAstDefinition, only while loading */
  PdgGqlScalarParse     parse;
  PdgGqlScalarSerialize serialize;
  PdgGqlLocation        location;
};

typedef struct
{
  const char   *name;
  const char   *description;
  guint         n_args;
  PdgGqlInput  *args;
  gboolean      repeatable;
  guint         n_locations;
  const char  **locations;
} PdgGqlDirective;

struct _PdgGqlSchema
{
  gatomicrefcount     ref_count;
  PdgArena           *arena;
  const char         *description;
  GHashTable         *types;      /* name -> PdgGqlType */
  GPtrArray          *type_list;  /* in the order of the SDL, the introspection types last */
  GHashTable         *directives; /* name -> PdgGqlDirective */
  GPtrArray          *directive_list;
  PdgGqlType         *roots[3];   /* by PdgGqlAstOperationKind */
  PdgGqlType         *meta;       /* holds __schema, __type and __typename as its fields */
  PdgGqlField        *meta_schema;
  PdgGqlField        *meta_type;
  PdgGqlField        *meta_typename;
  PdgGqlErrorCodeFunc error_code;
};

PdgGqlType      *pdg_gql_schema_lookup_type (const PdgGqlSchema *schema, const char *name);
PdgGqlDirective *pdg_gql_schema_lookup_directive (const PdgGqlSchema *schema, const char *name);

/* Field @name as selected on @type (the meta fields included), or NULL. */
PdgGqlField     *pdg_gql_schema_lookup_field (const PdgGqlSchema *schema, const PdgGqlType *type, const char *name);
PdgGqlField     *pdg_gql_type_lookup_field (const PdgGqlType *type, const char *name);
PdgGqlInput     *pdg_gql_type_lookup_input (const PdgGqlType *type, const char *name);
PdgGqlInput     *pdg_gql_inputs_lookup (PdgGqlInput *inputs, guint n_inputs, const char *name);
PdgGqlEnumValue *pdg_gql_type_lookup_value (const PdgGqlType *type, const char *name);

/* @arena is where a wrapping type is made that the schema does not have yet: its own while it is loaded, else the document's. */
PdgGqlType      *pdg_gql_type_wrap (PdgArena *arena, PdgGqlType *type, PdgGqlTypeKind kind);

/* The type that @ast names; NULL when it names an unknown one. @arena as above. (nullable) */
PdgGqlType      *pdg_gql_schema_resolve_type (const PdgGqlSchema *schema, const PdgGqlAstType *ast, PdgArena *arena);

/* Without list and non-null; both take NULL. */
PdgGqlType      *pdg_gql_type_get_named (PdgGqlType *type);
PdgGqlType      *pdg_gql_type_get_nullable (PdgGqlType *type);
gboolean         pdg_gql_type_is_input (PdgGqlType *type);
gboolean         pdg_gql_type_is_output (PdgGqlType *type);
gboolean         pdg_gql_type_equal (const PdgGqlType *a, const PdgGqlType *b);
gboolean         pdg_gql_type_is_subtype (const PdgGqlType *type, const PdgGqlType *of);
gboolean         pdg_gql_type_has_possible (const PdgGqlType *type, const PdgGqlType *object);
gboolean         pdg_gql_type_overlap (const PdgGqlType *a, const PdgGqlType *b);
char            *pdg_gql_type_print (const PdgGqlType *type);

static inline gboolean
pdg_gql_type_is_leaf (const PdgGqlType *type)
{
  return type->kind == PDG_GQL_TYPE_SCALAR || type->kind == PDG_GQL_TYPE_ENUM;
}

static inline gboolean
pdg_gql_type_is_abstract (const PdgGqlType *type)
{
  return type->kind == PDG_GQL_TYPE_INTERFACE || type->kind == PDG_GQL_TYPE_UNION;
}

static inline gboolean
pdg_gql_type_is_composite (const PdgGqlType *type)
{
  return type->kind == PDG_GQL_TYPE_OBJECT || pdg_gql_type_is_abstract (type);
}

static inline gboolean
pdg_gql_input_is_required (const PdgGqlInput *input)
{
  return input->type->kind == PDG_GQL_TYPE_NON_NULL && input->default_ast == NULL;
}

/* Builds @schema from its documents (the built-in definitions first); see pdg-gql-schema-load.c. */
gboolean         pdg_gql_schema_load (PdgGqlSchema *schema, PdgGqlAstDocument *builtin, PdgGqlAstDocument *document, GError **error);

/* The rules of spec section 3 for a loaded schema; the first violation is the error. */
gboolean         pdg_gql_schema_verify (PdgGqlSchema *schema, GError **error);

/* The directives on what is no type: schema definitions and directive definitions. */
gboolean         pdg_gql_schema_verify_document (PdgGqlSchema *schema, const PdgGqlAstDocument *document, GError **error);

/* Sets PDG_GQL_ERROR_SCHEMA with the place; always FALSE. */
gboolean         pdg_gql_schema_fail (GError **error, PdgGqlLocation location, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* The built-in scalars, directives and introspection types as SDL. */
const char      *pdg_gql_introspection_get_sdl (void);
void             pdg_gql_introspection_bind (PdgGqlSchema *schema);

G_END_DECLS
