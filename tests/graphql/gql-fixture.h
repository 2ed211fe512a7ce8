#pragma once

#include <json-glib/json-glib.h>

#include "graphql/pdg-graphql.h"

/* A small schema of every kind of type, bound to resolvers that count their calls. */
typedef struct
{
  guint calls;       /* of Screen.name */
  guint parents;     /* of its last call */
  GString *log;
  int total;
  gboolean selects_name;
  gboolean selects_deep;
} World;

extern World gql_world;

/* The schema, bound and checked; clears the world. (transfer full) */
PdgGqlSchema    *gql_make_schema (void);

/* NULL sets @refusal, the whole response. (transfer full) */
PdgGqlOperation *gql_prepare (PdgGqlSchema *schema, const char *query, const char *variables, const char *operation_name, char **refusal);

/* The response as text. (transfer full) */
char            *gql_run (PdgGqlSchema *schema, const char *query, const char *variables, gpointer root);
