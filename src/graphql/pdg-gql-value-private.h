#pragma once

#include "graphql/pdg-gql-value.h"

G_BEGIN_DECLS

struct _PdgGqlValue
{
  PdgGqlValueKind kind;
  guint           n; /* of a list or object */
  union
  {
    gint64              number;
    double              real;
    gboolean            boolean;
    const char         *text;
    const PdgGqlValue **items; /* of a list; the values of an object */
  };
  const char    **names;       /* of an object */
};

/* The one null. */
extern const PdgGqlValue pdg_gql_null;

PdgGqlValue *pdg_gql_value_new (PdgArena *arena, PdgGqlValueKind kind);

/* A list or object with room for @n items, which are NULL; set value->n to what is used. */
PdgGqlValue *pdg_gql_value_new_list (PdgArena *arena, guint n);
PdgGqlValue *pdg_gql_value_new_object (PdgArena *arena, guint n);

G_END_DECLS
