#include "config.h"

#include <json-glib/json-glib.h>

#include "graphql/pdg-gql-parser-private.h"
#include "graphql/pdg-gql-validate-private.h"

/* The reference implementation's own validation tests as data: the same number of errors, at the same places. The file
 * lies beside the project, so a bare checkout leaves this test out and says so. */

static const char *const foreign_rules[] = { /* not in the specification */
  "MaxIntrospectionDepthRule", "NoDeprecatedCustomRule", "NoSchemaIntrospectionCustomRule", NULL,
};

static int
compare_texts (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static char *
join_sorted (GPtrArray *texts)
{
  g_ptr_array_sort (texts, compare_texts);
  g_ptr_array_add (texts, NULL);
  return g_strjoinv (" | ", (char **) texts->pdata);
}

/* The places of each error, "3:5 4:7 | 8:1", errors in any order. */
static char *
describe_expected (JsonArray *errors)
{
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < json_array_get_length (errors); i++)
    {
      JsonObject *error = json_array_get_object_element (errors, i);
      JsonArray *locations = json_object_has_member (error, "locations") ? json_object_get_array_member (error, "locations") : NULL;
      g_autoptr(GString) text = g_string_new (NULL);

      for (guint j = 0; locations != NULL && j < json_array_get_length (locations); j++)
        {
          JsonObject *location = json_array_get_object_element (locations, j);

          g_string_append_printf (text, "%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT " ", json_object_get_int_member (location, "line"),
                                  json_object_get_int_member (location, "column"));
        }
      g_ptr_array_add (texts, g_strdup (text->str));
    }
  return join_sorted (texts);
}

static char *
describe_found (PdgGqlErrors *errors)
{
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < pdg_gql_errors_get_n (errors); i++)
    {
      const PdgGqlErrorItem *item = pdg_gql_errors_get (errors, i);
      g_autoptr(GString) text = g_string_new (NULL);

      for (guint j = 0; j < item->n_locations; j++)
        g_string_append_printf (text, "%u:%u ", item->locations[j].line, item->locations[j].column);
      g_ptr_array_add (texts, g_strdup (text->str));
    }
  return join_sorted (texts);
}

static const PdgGqlValue *
refuse (const PdgGqlValue *input,
        PdgArena          *arena,
        GError           **error)
{
  return NULL;
}

static gboolean
run_case (JsonObject *test,
          const char *rule,
          const char *member)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PdgGqlSchema) schema = pdg_gql_schema_new (json_object_get_string_member (test, "sdl"), -1, &error);
  g_autoptr(PdgArena) arena = pdg_arena_new (0);
  g_autoptr(PdgGqlErrors) errors = pdg_gql_errors_new (100);
  const char *query = json_object_get_string_member (test, "query");
  g_autofree char *message = NULL, *expected = NULL, *found = NULL;
  PdgGqlParseResult result;
  PdgGqlLocation location;
  PdgGqlDocument document;
  PdgGqlAstDocument *ast;

  g_assert_no_error (error);
  if (strstr (json_object_get_string_member (test, "test"), "custom scalar that returns undefined") != NULL)
    pdg_gql_schema_bind_scalar (schema, "CustomScalar", refuse, NULL, &error);
  g_assert_no_error (error);
  ast = pdg_gql_parse (arena, query, strlen (query), 0, 100, &result, &message, &location);
  g_assert_cmpstr (message, ==, NULL);
  pdg_gql_document_init (&document, schema, arena, ast);
  pdg_gql_validate (&document, TRUE, 0, rule, errors);
  pdg_gql_document_clear (&document);
  expected = describe_expected (json_object_get_array_member (test, member));
  found = describe_found (errors);
  if (g_strcmp0 (expected, found) == 0)
    return TRUE;
  g_test_message ("%s (%s): expected [%s], found [%s]", json_object_get_string_member (test, "test"), member, expected, found);
  return FALSE;
}

static void
test_cases (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("PDG_SOURCE_DIR"), "..", "shared", "fixtures", "graphql-validation-cases.json", NULL);
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GError) error = NULL;
  guint n = 0, by_rule = 0, by_all = 0;
  JsonArray *cases;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("../shared/fixtures/graphql-validation-cases.json is not there");
      return;
    }
  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  cases = json_node_get_array (json_parser_get_root (parser));
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *test = json_array_get_object_element (cases, i);
      const char *rule = json_object_get_string_member (test, "rule");

      if (g_strv_contains (foreign_rules, rule))
        continue;
      n++;
      by_rule += run_case (test, rule, "ruleErrors");
      by_all += run_case (test, NULL, "allErrors");
    }
  g_test_message ("%u of %u cases agree with their rule alone, %u with all rules", by_rule, n, by_all);
  g_assert_cmpuint (n, ==, 392);
  g_assert_cmpuint (by_rule, ==, n);
  g_assert_cmpuint (by_all, ==, n);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graphql/validation/reference-cases", test_cases);
  return g_test_run ();
}
