#include "config.h"

#include "api/pdg-api-documents.h"

#include <glib/gstdio.h>
#include <string.h>

/* The documents that are kept: how many, how long, which go first, and which stay. */

#define MIB (1024 * 1024)

static PdgGqlSchema *schema;

/* One letter is a document's whole name. */
static char *
hash_of (char letter)
{
  return g_strnfill (PDG_API_HASH_LEN, letter);
}

static void
insert (PdgApiDocuments *documents, char letter, gsize len)
{
  g_autofree char *text = g_strnfill (MAX (len, 1), letter);
  PdgGqlRequest request = { .query = "{a}", .query_len = -1 };
  g_autofree char *hash = hash_of (letter);
  g_autoptr (GBytes) refused = NULL;
  PdgGqlRefusal refusal;
  g_autoptr (PdgGqlChecked) checked = pdg_gql_check (schema, &request, &refusal, &refused);

  g_assert_nonnull (checked);
  pdg_api_documents_insert (documents, hash, text, MAX (len, 1), checked);
}

static gboolean
knows (PdgApiDocuments *documents, char letter)
{
  g_autofree char *hash = hash_of (letter);
  g_autoptr (PdgGqlChecked) found = pdg_api_documents_lookup (documents, hash);

  return found != NULL;
}

/* "A5" puts A with 5 MiB, "?A" looks it up; then the letters of @kept, which are all that is there. */
static void
test_order (void)
{
  static const struct
  {
    guint max;
    const char *steps, *kept;
  } rows[] = {
    { 3, "A0 B0 C0", "ABC" },
    { 3, "A0 B0 C0 D0", "BCD" },           /* by number, the oldest goes */
    { 3, "A0 B0 C0 ?A D0", "ACD" },        /* what was asked for is young again */
    { 3, "A0 B0 C0 ?A ?B D0 E0", "BDE" },
    { 3, "A0 B0 C0 A0 D0", "BCD" },        /* putting it again is no use of it */
    { 3, "A0 B0 C0 ?Z D0", "BCD" },
    { 9, "A3 B3 C3", "BC" },               /* 8 MiB of text at most */
    { 9, "A3 B3 ?A C3", "AC" },
    { 9, "A2 B2 C2 D2", "ABCD" },
    { 9, "A2 B2 C2 D2 E7", "E" },
    { 9, "A8", "A" },
    { 9, "A1 B9", "A" },                   /* one that is longer is not kept, and displaces none */
    { 1, "A0 B0", "B" },
    { 0, "A0 B0", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PdgApiDocuments) documents = pdg_api_documents_new (rows[i].max);
      g_auto (GStrv) steps = g_strsplit (rows[i].steps, " ", -1);
      PdgApiDocumentStats before, after;

      g_test_message ("%u: %s", rows[i].max, rows[i].steps);
      for (guint k = 0; steps[k] != NULL; k++)
        if (steps[k][0] == '?')
          knows (documents, steps[k][1]);
        else
          insert (documents, steps[k][0], (gsize) (steps[k][1] - '0') * MIB);
      pdg_api_documents_get_stats (documents, &before);
      g_assert_cmpuint (before.n_cached, ==, strlen (rows[i].kept));
      g_assert_cmpint (pdg_api_documents_keeps (documents), ==, rows[i].max > 0);
      for (char letter = 'A'; letter <= 'F'; letter++)
        g_assert_cmpint (knows (documents, letter), ==, strchr (rows[i].kept, letter) != NULL);
      pdg_api_documents_get_stats (documents, &after);
      g_assert_cmpuint (after.hits - before.hits, ==, strlen (rows[i].kept));
      g_assert_cmpuint (after.misses - before.misses, ==, 6 - strlen (rows[i].kept));
    }
}

/* By the text itself: the very same one only, for as long as it is kept; finding it is a use, not finding it no miss. */
static void
test_by_text (void)
{
  static const struct
  {
    const char *text;
    gboolean found;
  } rows[] = {
    { "A", TRUE }, { "B", TRUE }, { "a", FALSE }, { "", FALSE }, { "AA", FALSE }, { "A ", FALSE }, { "C", FALSE }, { "A", TRUE },
  };
  g_autoptr (PdgApiDocuments) documents = pdg_api_documents_new (2);
  PdgApiDocumentStats stats;

  insert (documents, 'A', 0);
  insert (documents, 'B', 0);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PdgGqlChecked) found = pdg_api_documents_lookup_text (documents, rows[i].text, strlen (rows[i].text));

      g_test_message ("\"%s\"", rows[i].text);
      g_assert_cmpint (found != NULL, ==, rows[i].found);
    }
  pdg_api_documents_get_stats (documents, &stats);
  g_assert_cmpuint (stats.hits, ==, 3);
  g_assert_cmpuint (stats.misses, ==, 0);
  insert (documents, 'C', 0); /* B goes, A was used after it */
  for (char letter = 'A'; letter <= 'C'; letter++)
    {
      g_autoptr (PdgGqlChecked) found = pdg_api_documents_lookup_text (documents, &letter, 1);

      g_assert_cmpint (found != NULL, ==, letter != 'B');
      g_assert_cmpint (knows (documents, letter), ==, letter != 'B');
    }
}

/* Those of the allow-list are always there, by the hash of their file's text. */
static void
test_allow_list (void)
{
  g_autofree char *folder = g_dir_make_tmp ("pdg-documents-XXXXXX", NULL);
  g_autofree char *good = g_build_filename (folder, "good.graphql", NULL), *other = g_build_filename (folder, "notes.txt", NULL);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "{a}\n", -1), *kept = hash_of ('A');
  g_autoptr (PdgApiDocuments) documents = pdg_api_documents_new (1);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (good, "{a}\n", -1, NULL));
  g_assert_true (g_file_set_contents (other, "no document", -1, NULL));
  g_assert_true (pdg_api_documents_load (documents, folder, schema, NULL, &error));
  g_assert_no_error (error);
  insert (documents, 'A', 0);
  insert (documents, 'B', 0);
  {
    g_autoptr (PdgGqlChecked) found = pdg_api_documents_lookup (documents, hash);

    g_assert_nonnull (found);
  }
  g_assert_true (pdg_api_documents_allows (documents, hash));
  g_assert_false (pdg_api_documents_allows (documents, kept)); /* known, but not listed */
  g_assert_true (g_file_set_contents (good, "{nothing}", -1, NULL));
  g_assert_false (pdg_api_documents_load (documents, folder, schema, NULL, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
  g_assert_nonnull (strstr (error->message, "good.graphql"));
  g_assert_nonnull (strstr (error->message, "nothing"));
  g_clear_error (&error);
  g_unlink (good);
  g_unlink (other);
  g_rmdir (folder);
  g_assert_false (pdg_api_documents_load (documents, folder, schema, NULL, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  schema = pdg_gql_schema_new ("type Query { a: Int }", -1, &error);
  g_assert_no_error (error);
  g_test_add_func ("/api/documents/order", test_order);
  g_test_add_func ("/api/documents/by-text", test_by_text);
  g_test_add_func ("/api/documents/allow-list", test_allow_list);
  status = g_test_run ();
  pdg_gql_schema_unref (schema);
  return status;
}
