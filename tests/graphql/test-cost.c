#include "config.h"

#include <string.h>

#include "graphql/pdg-graphql.h"

/* What documents cost, computed by hand: a leaf 1, an object 2 and 1.5 times what is below it, that times first or last. */

static const char sdl[] = "type Item { id: ID name: String self: Item items(first: Int = 4, last: Int): [Item!]! "
                          "page(first: Int, last: Int): ItemConnection }\n"
                          "type ItemConnection { nodes: [Item!]! edges: [ItemEdge!]! total: Int }\n"
                          "type ItemEdge { cursor: String node: Item }\n"
                          "union Any = Item | ItemEdge\n"
                          "type Query { version: Int item: Item any: Any items(first: Int = 4, last: Int): [Item!]! "
                          "page(first: Int, last: Int): ItemConnection }\n"
                          "type Mutation { make: Item }\n";

static void
test_costs (void)
{
  /* clang-format off */
  static const struct
  {
    const char *document, *variables;
    gint64 cost; /* -1 = refused for its page size */
  } rows[] = {
    { "{ version }", NULL, 1 },
    { "{ a: version b: version }", NULL, 2 },
    { "{ item { id } }", NULL, 4 },                                                   /* 2 + 1.5 * 1 = 3.5, rounded up */
    { "{ item { id name } }", NULL, 5 },                                              /* 2 + 1.5 * 2 */
    { "{ item { self { id name } } }", NULL, 10 },                                    /* 2 + 1.5 * (2 + 1.5 * 2) = 9.5 */
    { "{ items { id name } }", NULL, 14 },                                            /* 2 + 1.5 * 4 * 2: the default counts */
    { "{ items(first: 10) { id } }", NULL, 17 },                                      /* 2 + 1.5 * 10 * 1 */
    { "{ items(last: 10) { id } }", NULL, 17 },
    { "{ items(first: 2, last: 10) { id } }", NULL, 17 },                             /* the larger */
    { "{ items(first: 10) { items(first: 10) { id } } }", NULL, 257 },                /* 2 + 15 * (2 + 15) */
    { "{ page(first: 10) { nodes { id name } } }", NULL, 77 },                        /* 2 + 15 * (2 + 1.5 * 2) */
    { "{ page(first: 10) { total edges { cursor node { id } } } }", NULL, 149 },      /* 2 + 15 * (1 + 2 + 1.5 * (1 + 3.5)) = 148.25 */
    { "query($n: Int) { items(first: $n) { id } }", "{\"n\":20}", 32 },
    { "query($n: Int = 6) { items(first: $n) { id } }", NULL, 11 },
    { "query($n: Int) { items(first: $n) { id } }", NULL, 8 },                        /* not given: the argument's default */
    { "query($n: Int) { items(first: $n) { id } }", "{\"n\":null}", 4 },              /* given as null: no number, counted as one */
    { "{ item { ...F } } fragment F on Item { id self { id } }", NULL, 9 },           /* 2 + 1.5 * (1 + 3.5) = 8.75 */
    { "{ item { ...F ...F } } fragment F on Item { id }", NULL, 5 },                  /* at each use */
    { "{ any { ... on Item { id } ... on ItemEdge { cursor } __typename } }", NULL, 7 }, /* 2 + 1.5 * 3 = 6.5 */
    { "{ item @skip(if: true) { id } version }", NULL, 1 },
    { "query($s: Boolean!) { item @include(if: $s) { id name } version }", "{\"s\":true}", 6 },
    { "query($s: Boolean!) { item @include(if: $s) { id name } version }", "{\"s\":false}", 1 },
    { "{ __schema { types { name fields { name } } } version }", NULL, 11 },          /* introspection: 10 a root field */
    { "mutation { make { id } }", NULL, 4 },
    { "{ items(first: 51) { id } }", NULL, -1 }, { "{ items(first: 0) { id } }", NULL, -1 }, { "{ items(first: -5) { id } }", NULL, -1 },
    { "{ page { total } }", NULL, -1 }, { "query($n: Int) { page(first: $n) { total } }", NULL, -1 },
    { "query($n: Int) { items(last: $n) { id } }", "{\"n\":51}", -1 },
    { "{ page(first: 50) { nodes { page(first: 50) { nodes { page(first: 50) { nodes { page(first: 50) { nodes { id } } } } } } } } }", NULL, 378543542 },
  };
  /* clang-format on */
  g_autoptr (GError) error = NULL;
  PdgGqlSchema *schema = pdg_gql_schema_new (sdl, -1, &error);
  PdgGqlLimits limits = PDG_GQL_LIMITS_DEFAULT;

  g_assert_no_error (error);
  limits.max_cost = G_MAXINT32;
  limits.max_page_size = 50;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JsonNode) variables = rows[i].variables != NULL ? json_from_string (rows[i].variables, NULL) : NULL;
      PdgGqlRequest request = { .query = rows[i].document, .query_len = -1, .variables = variables, .limits = &limits };
      g_autoptr (GBytes) refused = NULL;
      PdgGqlRefusal refusal = { 0 };
      g_autoptr (PdgGqlChecked) checked = pdg_gql_check (schema, &request, &refusal, &refused);
      g_autoptr (PdgGqlOperation) operation = NULL;

      g_test_message ("%s", rows[i].document);
      g_assert_nonnull (checked);
      operation = pdg_gql_checked_prepare (checked, &request, &refusal, &refused);
      g_assert_cmpint (operation != NULL, ==, rows[i].cost >= 0);
      if (operation != NULL)
        g_assert_cmpint (pdg_gql_operation_get_cost (operation), ==, rows[i].cost);
      else
        g_assert_cmpstr (refusal.guard, ==, "page-size");
    }
  pdg_gql_schema_unref (schema);
}

/* A cost at the limit runs, one above it does not. */
static void
test_limit (void)
{
  g_autoptr (GError) error = NULL;
  PdgGqlSchema *schema = pdg_gql_schema_new (sdl, -1, &error);
  PdgGqlLimits limits = PDG_GQL_LIMITS_DEFAULT;

  g_assert_no_error (error);
  for (guint max = 76; max <= 77; max++)
    {
      PdgGqlRequest request = { .query = "{ page(first: 10) { nodes { id name } } }", .query_len = -1, .limits = &limits };
      g_autoptr (GBytes) refused = NULL;
      PdgGqlRefusal refusal = { 0 };
      g_autoptr (PdgGqlChecked) checked = NULL;
      g_autoptr (PdgGqlOperation) operation = NULL;

      limits.max_cost = max;
      checked = pdg_gql_check (schema, &request, &refusal, &refused);
      operation = pdg_gql_checked_prepare (checked, &request, &refusal, &refused);
      g_assert_cmpint (operation != NULL, ==, max >= 77);
      if (operation == NULL)
        g_assert_cmpstr (refusal.guard, ==, "cost");
    }
  pdg_gql_schema_unref (schema);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graphql/cost/table", test_costs);
  g_test_add_func ("/graphql/cost/limit", test_limit);
  return g_test_run ();
}
