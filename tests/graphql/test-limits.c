#include "config.h"

#include <string.h>

#include "gql-fixture.h"

/* clang-format off */
static const struct
{
  PdgGqlLimits limits;
  const char *inside;
  const char *outside;
  const char *message;
} guards[] = {
  { { .max_tokens = 5 }, "{ int big int }", "{ int big int int }", "more than 5 tokens" },
  { { .max_nesting = 2 }, "{ screens { id } }", "{ screens { next { id } } }", "nested more than 2 levels" },
  { { .max_depth = 2 }, "{ screens { ...F } } fragment F on Screen { id }", "{ screens { ...F } } fragment F on Screen { next { id } }",
    "more than 2 levels of fields" },
  { { .max_depth = 2, .max_introspection_depth = 3 }, "{ __schema { types { name } } }", "{ __schema { types { ofType { name } } } }",
    "more than 3 levels of introspection fields" },
  { { .max_introspection_lists = 1 }, "{ __schema { types { fields { name } } } }", "{ __schema { types { fields { type { fields { name } "
    "} } } } }",
    "more than 1 nested lists of introspection" },
  { { .max_fields = 5 }, "{ screens { id } a: screens { ...F } } fragment F on Screen { id }",
    "{ a: screens { ...F } b: screens { ...F } } fragment F on Screen { x: id y: id }", "more than 5 fields" },
  { { .max_aliases = 1 }, "{ a: int int }", "{ a: int ...F } fragment F on Query { b: int }", "more than 1 aliases" },
  { { .max_directives = 1 }, "{ int @skip(if: false) }", "{ int @skip(if: false) @include(if: true) }", "more than 1 directives" },
  { { .max_root_fields = 2 }, "{ int big }", "{ int ...F } fragment F on Query { big float }", "more than 2 root fields" },
  { { .max_response_bytes = 60 }, "{ screens(first: 1) { id } }", "{ screens(first: 100) { id } }", "larger than this server sends" },
};
/* clang-format on */

static char *
run_limited (PdgGqlSchema       *schema,
             const char         *query,
             const PdgGqlLimits *limits)
{
  PdgGqlRequest request = { .query = query, .query_len = -1, .limits = limits };
  g_autoptr(GBytes) response = NULL;
  g_autoptr(PdgGqlOperation) operation = pdg_gql_prepare (schema, &request, &response);

  if (operation != NULL)
    response = pdg_gql_operation_execute (operation, NULL, &gql_world, NULL);
  return g_strndup (g_bytes_get_data (response, NULL), g_bytes_get_size (response));
}

static void
test_limits (void)
{
  g_autoptr(PdgGqlSchema) schema = gql_make_schema ();

  for (gsize i = 0; i < G_N_ELEMENTS (guards); i++)
    {
      g_autofree char *inside = run_limited (schema, guards[i].inside, &guards[i].limits);
      g_autofree char *outside = run_limited (schema, guards[i].outside, &guards[i].limits);

      g_test_message ("%s", guards[i].outside);
      g_assert_true (g_str_has_prefix (inside, "{\"data\""));
      g_assert_nonnull (strstr (outside, guards[i].message));
      g_assert_nonnull (strstr (outside, "QUERY_TOO_COMPLEX"));
      g_assert_null (strstr (outside, "\"data\""));
    }
}

static gpointer
run_thread (gpointer data)
{
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr(GBytes) response = pdg_gql_operation_execute (data, NULL, &gql_world, NULL);

      g_assert_true (g_str_has_prefix (g_bytes_get_data (response, NULL), "{\"data\":{\"nodes\":[{"));
    }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr(PdgGqlSchema) schema = gql_make_schema ();
  g_autofree char *refusal = NULL;
  g_autoptr(PdgGqlOperation) operation = gql_prepare (schema, "{ nodes { id } __schema { types { name fields { name args { defaultValue } "
    "} } } }", NULL, NULL, &refusal);
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("execute", run_thread, operation);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graphql/limits/guards", test_limits);
  g_test_add_func ("/graphql/limits/threads", test_threads);
  return g_test_run ();
}
