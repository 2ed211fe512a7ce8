#include "config.h"
#include "graphql/pdg-gql-suggest-private.h"

#include <string.h>

#define MAX_NAME 64 /* longer ones are not compared: the work stays small whatever the document says */
#define MAX_SHOWN 5

/* Edits between two names, letter case not counted, transpositions as one (optimal string alignment). */
static guint
measure_distance (const char *a,
                  const char *b)
{
  guint rows[3][MAX_NAME + 1];
  guint len_a = (guint) strlen (a), len_b = (guint) strlen (b);

  for (guint j = 0; j <= len_b; j++)
    rows[0][j] = j;
  for (guint i = 1; i <= len_a; i++)
    {
      guint *row = rows[i % 3], *above = rows[(i - 1) % 3];

      row[0] = i;
      for (guint j = 1; j <= len_b; j++)
        {
          char x = g_ascii_tolower (a[i - 1]), y = g_ascii_tolower (b[j - 1]);

          row[j] = MIN (MIN (above[j], row[j - 1]) + 1, above[j - 1] + (x != y));
          if (i > 1 && j > 1 && x == g_ascii_tolower (b[j - 2]) && g_ascii_tolower (a[i - 2]) == y)
            row[j] = MIN (row[j], rows[(i - 2) % 3][j - 2] + 1);
        }
    }
  return rows[len_a % 3][len_b];
}

typedef struct
{
  const char *name;
  guint distance;
} Candidate;

static int
compare_candidates (gconstpointer a,
                    gconstpointer b)
{
  const Candidate *left = a, *right = b;

  if (left->distance != right->distance)
    return left->distance < right->distance ? -1 : 1;
  return strcmp (left->name, right->name);
}

void
pdg_gql_suggest (GString    *message,
                 const char *input,
                 GPtrArray  *names)
{
  g_autoptr(GArray) found = g_array_new (FALSE, FALSE, sizeof (Candidate));
  g_autoptr(GPtrArray) shown = NULL;

  if (strlen (input) > MAX_NAME)
    return;
  for (guint i = 0; i < names->len; i++)
    {
      Candidate candidate = { .name = names->pdata[i] };

      if (strlen (candidate.name) > MAX_NAME)
        continue;
      candidate.distance = g_ascii_strcasecmp (input, candidate.name) == 0 ? 1 : measure_distance (input, candidate.name);
      if (candidate.distance <= strlen (input) * 2 / 5 + 1)
        g_array_append_val (found, candidate);
    }
  g_array_sort (found, compare_candidates);
  shown = g_ptr_array_new ();
  for (guint i = 0; i < found->len; i++)
    g_ptr_array_add (shown, (gpointer) g_array_index (found, Candidate, i).name);
  pdg_gql_suggest_list (message, "", shown);
}

void
pdg_gql_suggest_list (GString    *message,
                      const char *what,
                      GPtrArray  *names)
{
  guint shown = MIN (names->len, MAX_SHOWN);

  for (guint i = 0; i < shown; i++)
    {
      if (i == 0)
        g_string_append_printf (message, " Did you mean %s", what);
      else
        g_string_append (message, i + 1 < shown ? ", " : shown == 2 ? " or " : ", or ");
      g_string_append_printf (message, "\"%s\"", (const char *) names->pdata[i]);
    }
  if (shown > 0)
    g_string_append_c (message, '?');
}
