#pragma once

#include "graphql/pdg-gql-call.h"
#include "graphql/pdg-gql-operation.h"
#include "graphql/pdg-gql-document-private.h"
#include "graphql/pdg-gql-writer-private.h"

G_BEGIN_DECLS

/* Breadth-first execution. A level is all objects that one field (of one selection set) gave with one concrete type;
 * it has a column for each field selected on it, with a slot for each object. A column of objects has entries, one an
 * object, which are sorted into the levels below by concrete type. Everything lies in the arena of the execution. */

typedef struct _PdgGqlLevel PdgGqlLevel;
typedef struct _PdgGqlColumn PdgGqlColumn;

typedef enum
{
  PDG_GQL_SLOT_UNSET,
  PDG_GQL_SLOT_NULL,
  PDG_GQL_SLOT_ERROR,  /* told already; null in the response */
  PDG_GQL_SLOT_INT,
  PDG_GQL_SLOT_DOUBLE,
  PDG_GQL_SLOT_BOOL,
  PDG_GQL_SLOT_STRING, /* n bytes */
  PDG_GQL_SLOT_JSON,   /* n bytes */
  PDG_GQL_SLOT_LEAVES, /* n slots */
  PDG_GQL_SLOT_OBJECT, /* entry number */
  PDG_GQL_SLOT_OBJECTS, /* n entries from number */
} PdgGqlSlotKind;

typedef struct _PdgGqlSlot PdgGqlSlot;
struct _PdgGqlSlot
{
  PdgGqlSlotKind kind;
  guint          n;
  union
  {
    gint64      number;
    double      real;
    const char *text;
    PdgGqlSlot *leaves;
  };
};

typedef struct
{
  gpointer     source;
  PdgGqlType  *type;   /* NULL = null */
  guint        parent; /* object of the level above */
  int          item;   /* position in its list, or -1 */
  PdgGqlLevel *level;  /* where it went */
  guint        index;
} PdgGqlEntry;

struct _PdgGqlColumn
{
  const PdgGqlPlanField *plan;
  PdgGqlSlot            *slots;
  GArray                *entries; /* PdgGqlEntry (nullable) */
};

struct _PdgGqlLevel
{
  PdgGqlPlan   *plan;
  PdgGqlLevel  *above;  /* (nullable) the root has none */
  PdgGqlColumn *column; /* of the level above that gave it */
  guint         n;
  gpointer     *sources;
  guint        *origin; /* entry of that column, for paths */
  guint8       *dead;   /* an error in a non-null field made it null */
  PdgGqlColumn *columns;
};

typedef struct
{
  gpointer       data;
  GDestroyNotify destroy;
} PdgGqlKept;

struct _PdgGqlExecution
{
  PdgGqlSchema          *schema;
  const PdgGqlDocument  *document;
  const PdgGqlVariables *variables;
  PdgArena              *arena;
  gpointer               context;
  GCancellable          *cancellable;
  GArray                *kept;   /* PdgGqlKept */
  PdgGqlWriter          *scratch; /* of custom scalars (nullable) */
  PdgGqlWriter          *errors; /* items of the list, (nullable) until there is one */

  /* the root */
  PdgGqlOperation       *operation;
  PdgGqlLevel            root;
  gpointer               root_source;
  guint                  root_origin;
  guint8                 root_dead;
};

struct _PdgGqlCall
{
  PdgGqlExecution *execution;
  PdgGqlLevel     *level;
  PdgGqlColumn    *column;
  const char      *last_type_name; /* memo of the last concrete type */
  PdgGqlType      *last_type;
};

PdgGqlSchema *pdg_gql_call_get_schema (PdgGqlCall *call);

/* Runs a level: resolvers, checks of what they gave, the levels below. */
void          pdg_gql_execute_level (PdgGqlExecution *execution, PdgGqlLevel *level);

/* Checks the leaves of a column against its type; what does not fit becomes an error. */
void          pdg_gql_complete_leaves (PdgGqlExecution *execution, PdgGqlLevel *level, PdgGqlColumn *column);

/* Nulls whatever cannot stay after the levels below have run, up to the objects of @level. */
void          pdg_gql_complete_nulls (PdgGqlExecution *execution, PdgGqlLevel *level, PdgGqlColumn *column);

/* Adds an error at a field of object @index, or at @item of its list (-1 = none). */
void          pdg_gql_execution_add_error (PdgGqlExecution *execution, PdgGqlLevel *level, const PdgGqlColumn *column, guint index,
                                           int item, const char *message, const char *code);
void          pdg_gql_execution_add_gerror (PdgGqlExecution *execution, PdgGqlLevel *level, const PdgGqlColumn *column, guint index,
                                            const GError *error);

/* Writes object @index of @level. */
void          pdg_gql_write_object (PdgGqlWriter *writer, const PdgGqlLevel *level, guint index);

G_END_DECLS
