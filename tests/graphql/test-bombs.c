#include "config.h"

#include <string.h>
#include <time.h>

#include "gql-fixture.h"

/* Documents made to cost far more than their length: each is answered at once; without the guards too, where what they
 * are made of costs no more than the square of its number. */

#define TRIES           5
#define MAX_BOMB_MICROS 50000
#define NOISE_MICROS    5000
#define SHORT           (64 * 1024)
#define MAX_DOCUMENT    (1024 * 1024)

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLOWER 10
#else
#define SLOWER 1
#endif

static void
repeat (GString    *text,
        const char *piece,
        guint       n)
{
  for (guint i = 0; i < n; i++)
    g_string_append (text, piece);
}

/* @format with the number of each, n times. */
static void
enumerate (GString    *text,
           const char *format,
           guint       n)
{
  for (guint i = 0; i < n; i++)
    {
      const char *hole;
      const char *at = format;

      for (; (hole = strchr (at, '#')) != NULL; at = hole + 2)
        {
          g_string_append_len (text, at, hole - at);
          g_string_append_printf (text, "%u", hole[1] == '+' ? i + 1 : hole[1] == '-' ? n - i : i);
        }
      g_string_append (text, at);
    }
}

typedef void (*Build) (GString *text, guint n);

#define BOMB(name, body) \
  static void \
  name (GString *text, guint n) \
  { \
    body; \
  }

/* clang-format off */
BOMB (deep_fields, g_string_append (text, "{ screens { "); repeat (text, "next { ", n); g_string_append (text, "id"); repeat (text, " }", n + 2))
BOMB (deep_inline, g_string_append (text, "{ screens { "); repeat (text, "... { ", n); g_string_append (text, "id"); repeat (text, " }", n + 2))
BOMB (never_closed, repeat (text, "{a", n))
BOMB (deep_lists, g_string_append (text, "{ echo(any: "); repeat (text, "[", n); repeat (text, "]", n); g_string_append (text, ") }"))
BOMB (deep_objects, g_string_append (text, "{ echo(any: "); repeat (text, "{a:", n); g_string_append (text, "1"); repeat (text, "}", n);
      g_string_append (text, ") }"))
BOMB (lists_never_closed, g_string_append (text, "{ echo(any: "); repeat (text, "[", n))
BOMB (deep_types, g_string_append (text, "query ($v: "); repeat (text, "[", n); g_string_append (text, "Int"); repeat (text, "]!", n);
      g_string_append (text, ") { echo(any: $v) }"))
BOMB (exponential_spreads, g_string_append (text, "{ screens { ...F0 } }");
      enumerate (text, " fragment F#. on Screen { a: next { ...F#+ } b: next { ...F#+ } }", n);
      g_string_append_printf (text, " fragment F%u on Screen { id }", n))
BOMB (exponential_same_key, g_string_append (text, "{ screens { ...F0 ...F0 } }");
      enumerate (text, " fragment F#. on Screen { next { ...F#+ ...F#+ } next { ...F#+ } }", n);
      g_string_append_printf (text, " fragment F%u on Screen { id }", n))
BOMB (one_cycle, g_string_append (text, "{ screens { ...F0 } }"); enumerate (text, " fragment F#. on Screen { ...F#+ }", n);
      g_string_append_printf (text, " fragment F%u on Screen { ...F0 }", n))
BOMB (cycles_back, g_string_append (text, "{ screens { ...F0 } }"); enumerate (text, " fragment F#. on Screen { ...F0 ...F#+ ...F#. }", n);
      g_string_append_printf (text, " fragment F%u on Screen { id }", n))
BOMB (pairs_of_fragments, g_string_append (text, "{ screens { "); enumerate (text, "...F#. ", n); g_string_append (text, "} }");
      enumerate (text, " fragment F#. on Screen { id }", n))
BOMB (pairs_in_conflict, g_string_append (text, "{ screens { "); enumerate (text, "...F#. ", n); g_string_append (text, "} }");
      enumerate (text, " fragment F#. on Screen { a: next(n: #.) { id } }", n))
BOMB (one_key, g_string_append (text, "{"); repeat (text, " int", n); g_string_append (text, " }"))
BOMB (one_alias, g_string_append (text, "{"); enumerate (text, " a: need(n: #.)", n); g_string_append (text, " }"))
BOMB (one_key_nested, g_string_append (text, "{ screens {"); repeat (text, " next { next { id", n); repeat (text, " } }", n);
      g_string_append (text, " } }"))
BOMB (many_aliases, g_string_append (text, "{"); enumerate (text, " a#.: int", n); g_string_append (text, " }"))
BOMB (equal_objects, g_string_append (text, "{ echo(any: {"); enumerate (text, " k#+: 1", n); g_string_append (text, "}) echo(any: {");
      enumerate (text, " k#-: 1", n); g_string_append (text, "}) }"))
BOMB (directives, g_string_append (text, "{ int"); repeat (text, " @skip(if: false)", n); g_string_append (text, " }"))
BOMB (unknown_directives, g_string_append (text, "{ int"); enumerate (text, " @d#.", n); g_string_append (text, " }"))
BOMB (variables, g_string_append (text, "query ("); enumerate (text, " $v#.: Int", n); g_string_append (text, ") {");
      enumerate (text, " a#.: need(n: $v#.)", n); g_string_append (text, " }"))
BOMB (unused_variables, g_string_append (text, "query ("); enumerate (text, " $v#.: Int", n); g_string_append (text, ") { int }"))
BOMB (undefined_variables, g_string_append (text, "{ int"); enumerate (text, " a#.: need(n: $v#.)", n); g_string_append (text, " }"))
BOMB (operations, enumerate (text, " query Q#. { ...F0 }", n); enumerate (text, " fragment F#. on Query { int ...F#+ }", n);
      g_string_append_printf (text, " fragment F%u on Query { int }", n))
BOMB (operations_with_variables, enumerate (text, " query Q#.($v: Int!) { ...F0 }", n);
      enumerate (text, " fragment F#. on Query { a#.: need(n: $v) ...F#+ }", n);
      g_string_append_printf (text, " fragment F%u on Query { int }", n))
BOMB (same_operations, repeat (text, " query Q { int }", n))
BOMB (same_fragments, g_string_append (text, "{ ...F }"); repeat (text, " fragment F on Query { int }", n))
BOMB (same_arguments, g_string_append (text, "{ need("); repeat (text, " n: 1", n); g_string_append (text, ") }"))
BOMB (same_members, g_string_append (text, "{ echo(range: {"); repeat (text, " step: 1", n); g_string_append (text, "}) }"))
BOMB (unknown_members, g_string_append (text, "{ echo(range: {"); enumerate (text, " from#.: 1", n); g_string_append (text, "}) }"))
BOMB (unknown_fields, g_string_append (text, "{"); enumerate (text, " nothin#.", n); g_string_append (text, " }"))
BOMB (subscription_fields, g_string_append (text, "subscription {"); enumerate (text, " a#.: other", n); g_string_append (text, " }"))
BOMB (commas, g_string_append (text, "{ int "); repeat (text, ",", n); g_string_append (text, " }"))
BOMB (lines, g_string_append (text, "{ int "); repeat (text, "\r\n", n); g_string_append (text, " }"))
BOMB (comments, g_string_append (text, "{ int "); repeat (text, "#\n", n); g_string_append (text, " }"))
BOMB (marks, repeat (text, "\xef\xbb\xbf", n); g_string_append (text, "{ int }"))
BOMB (long_name, g_string_append (text, "{ "); repeat (text, "a", n); g_string_append (text, " }"))
BOMB (long_number, g_string_append (text, "{ need(n: "); repeat (text, "9", n); g_string_append (text, ") }"))
BOMB (long_exponent, g_string_append (text, "{ echo(float: 1e"); repeat (text, "9", n); g_string_append (text, ") }"))
BOMB (long_string, g_string_append (text, "{ need(n: \""); repeat (text, "\xf0\x9f\x98\x80", n); g_string_append (text, "\") }"))
BOMB (escapes, g_string_append (text, "{ echo(any: \""); repeat (text, "\\uD83D\\uDE00\\u{1F600}", n); g_string_append (text, "\") }"))
BOMB (block_lines, g_string_append (text, "{ echo(any: \"\"\""); repeat (text, "\n  x", n); g_string_append (text, "\"\"\") }"))
BOMB (block_quotes, g_string_append (text, "{ echo(any: \"\"\""); repeat (text, "\\\"\"\"", n); g_string_append (text, "\"\"\") }"))
BOMB (unicode_comment, g_string_append (text, "{ int #"); repeat (text, "\xf0\x9f\x98\x80", n); g_string_append (text, "\n ? }"))

/* How many, and what must be in the answer with the default limits. */
static const struct
{
  const char *name;
  Build build;
  guint n;
  const char *answer;
} bombs[] = {
  { "deep-fields", deep_fields, 400, "nested more than 100 levels" },
  { "deep-inline", deep_inline, 400, "nested more than 100 levels" },
  { "never-closed", never_closed, MAX_DOCUMENT / 4, "nested more than 100 levels" },
  { "deep-lists", deep_lists, 400, "nested more than 100 levels" },
  { "deep-objects", deep_objects, 400, "nested more than 100 levels" },
  { "lists-never-closed", lists_never_closed, MAX_DOCUMENT / 4, "nested more than 100 levels" },
  { "deep-types", deep_types, 400, "nested more than 100 levels" },
  { "exponential-spreads", exponential_spreads, 200, "levels of fields" },
  { "exponential-same-key", exponential_same_key, 200, "more than 10 levels of fields" },
  { "one-cycle", one_cycle, 500, "within itself" },
  { "cycles-back", cycles_back, 300, "within itself" },
  { "pairs-of-fragments", pairs_of_fragments, 350, "\"data\"" },
  { "pairs-in-conflict", pairs_in_conflict, 150, "more than 30 aliases" },
  { "one-key", one_key, 1000, "more than 20 root fields" },
  { "one-alias", one_alias, 500, "more than 20 root fields" },
  { "one-key-nested", one_key_nested, 200, "nested more than 100 levels" },
  { "many-aliases", many_aliases, 1000, "more than 20 root fields" },
  { "equal-objects", equal_objects, 600, "\"data\"" },
  { "directives", directives, 500, "more than 50 directives" },
  { "unknown-directives", unknown_directives, 1000, "more than 50 directives" },
  { "variables", variables, 300, "more than 20 root fields" },
  { "unused-variables", unused_variables, 1000, "never used" },
  { "undefined-variables", undefined_variables, 500, "more than 20 root fields" },
  { "operations", operations, 300, "more than 20 root fields" },
  { "operations-with-variables", operations_with_variables, 150, "more than 20 root fields" },
  { "same-operations", same_operations, 800, "only one operation named" },
  { "same-fragments", same_fragments, 600, "only one fragment named" },
  { "same-arguments", same_arguments, 1500, "only one argument named" },
  { "same-members", same_members, 1500, "only one input field named" },
  { "unknown-members", unknown_members, 1500, "is not defined by type" },
  { "unknown-fields", unknown_fields, 2000, "more than 20 root fields" },
  { "subscription-fields", subscription_fields, 1000, "more than 20 root fields" },
  { "commas", commas, MAX_DOCUMENT / 2, "\"data\"" },
  { "lines", lines, MAX_DOCUMENT / 4, "\"data\"" },
  { "comments", comments, MAX_DOCUMENT / 4, "\"data\"" },
  { "marks", marks, MAX_DOCUMENT / 6, "\"data\"" },
  { "long-name", long_name, MAX_DOCUMENT / 2, "Cannot query field" },
  { "long-number", long_number, MAX_DOCUMENT / 2, "Int cannot represent" },
  { "long-exponent", long_exponent, MAX_DOCUMENT / 2, "Float cannot represent" },
  { "long-string", long_string, MAX_DOCUMENT / 8, "Int cannot represent" },
  { "escapes", escapes, MAX_DOCUMENT / 42, "\"data\"" },
  { "block-lines", block_lines, MAX_DOCUMENT / 8, "\"data\"" },
  { "block-quotes", block_quotes, MAX_DOCUMENT / 8, "\"data\"" },
  { "unicode-comment", unicode_comment, MAX_DOCUMENT / 8, "Unexpected character" },
};
/* clang-format on */

static char *
answer (PdgGqlSchema       *schema,
        const GString      *document,
        const PdgGqlLimits *limits)
{
  PdgGqlRequest request = { .query = document->str, .query_len = (gssize) document->len, .limits = limits, .suggest = TRUE };
  g_autoptr(GBytes) response = NULL;
  g_autoptr(PdgGqlOperation) operation = pdg_gql_prepare (schema, &request, &response);

  if (operation != NULL)
    response = pdg_gql_operation_execute (operation, NULL, &gql_world, NULL);
  return g_strndup (g_bytes_get_data (response, NULL), g_bytes_get_size (response));
}

/* Processor time of this thread in microseconds: it waits for nothing, so on a machine that does nothing else it is the time. */
static gint64
get_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* The best of several, so that what else the machine does is not counted. */
static gint64
measure (PdgGqlSchema       *schema,
         const GString      *document,
         const PdgGqlLimits *limits)
{
  gint64 best = G_MAXINT64;

  for (guint i = 0; i < TRIES; i++)
    {
      gint64 start = get_time ();
      g_autofree char *response = answer (schema, document, limits);
      gint64 took = get_time () - start;

      best = MIN (best, took);
    }
  return best;
}

static void
test_bomb (gconstpointer data)
{
  gsize which = GPOINTER_TO_SIZE (data);
  g_autoptr(PdgGqlSchema) schema = gql_make_schema ();
  g_autoptr(GString) once = g_string_new (NULL), twice = g_string_new (NULL);
  g_autofree char *response = NULL;
  PdgGqlLimits guarded = PDG_GQL_LIMITS_DEFAULT, unguarded = { .max_tokens = 20000, .max_nesting = 500, .max_errors = 100 };
  gint64 guarded_time, one, two;

  bombs[which].build (once, bombs[which].n);
  bombs[which].build (twice, 2 * bombs[which].n);
  response = answer (schema, once, &guarded);
  guarded_time = measure (schema, once, &guarded);
  one = measure (schema, once, &unguarded);
  two = measure (schema, twice, &unguarded);
  g_test_message ("%" G_GSIZE_FORMAT " bytes: %" G_GINT64_FORMAT " us; without guards %" G_GINT64_FORMAT " us, twice as long %" G_GINT64_FORMAT
                  " us", once->len, guarded_time, one, two);
  if (strstr (response, bombs[which].answer) == NULL)
    g_error ("%s: %.500s", bombs[which].name, response);
  g_assert_cmpint (guarded_time, <, SLOWER * MAX_BOMB_MICROS);
  g_assert_cmpint (two, <, SLOWER * MAX_BOMB_MICROS);
  if (once->len < SHORT) /* of a longer one, new memory is most of the time */
    g_assert_cmpint (two, <, 8 * one + SLOWER * NOISE_MICROS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (bombs); i++)
    {
      g_autofree char *path = g_strconcat ("/graphql/bombs/", bombs[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_bomb);
    }
  return g_test_run ();
}
