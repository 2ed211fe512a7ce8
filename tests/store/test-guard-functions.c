#include "config.h"

#include "store/pdg-store-guard.h"
#include "store/store-attacks.h"

#include <string.h>

/* The functions of the store for redaction and dead letters. */

static gboolean
list_used_rules (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GPtrArray) records = pdg_store_list_used_rules (tx, error);

  for (guint i = 0; records != NULL && i < records->len; i++)
    if (strcmp (((const PdgRedactionRecord *) records->pdata[i])->project_id, whose->project->id) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
load_used_rules (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GPtrArray) records = pdg_store_load_used_rules (tx, &whose->project->project_no, 1, error);

  return records != NULL && records->pdata[0] != NULL;
}

static gboolean
set_rules (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  static const char *const keys[] = { "taken", NULL };
  guint version = 0;

  return pdg_store_set_rules (tx, whose->project->project_no, 0, keys, "test", &version, error) && version > 0;
}

static gboolean
count_text (const char *data, const char *page_path, const char *page_title, gpointer user_data)
{
  (*(guint *) user_data)++;
  return TRUE;
}

static gboolean
each_event_text (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  guint n = 0;

  return pdg_store_each_event_text (tx, whose->project->project_no, G_MININT64, G_MAXINT64, 10, count_text, &n, error) && n > 0;
}

static gboolean
add_letter (PdgDbTx *tx, gint32 org_no, gint32 project_no, const char *project_id, GError **error)
{
  g_autoptr (GBytes) raw = g_bytes_new_static ("{}", 2);
  PdgDeadLetter letter = {
    .raw = raw, .project_id = (char *) project_id, .source = (char *) "events", .field = (char *) "event_id", .reason = (char *) "required",
    .received_usec = 1, .org_no = org_no, .project_no = project_no,
  };
  const PdgDeadLetter *letters[] = { &letter };

  return pdg_store_add_letters (tx, letters, 1, 10, 1000, error);
}

static gboolean
add_letters (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return add_letter (tx, whose->organisation->org_no, 0, whose->project->id, error);
}

static gboolean
list_letters (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return has_some (pdg_store_list_letters (tx, &whose->project->project_no, 1, NULL, G_MAXINT64, 10, error));
}

static gboolean
load_letters (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const gint64 letter_no = 1;
  g_autoptr (GPtrArray) letters = pdg_store_load_letters (tx, whose->project->project_no, &letter_no, 1, error);

  return letters != NULL && letters->len > 0;
}

static gboolean
take_letters (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const gint64 letter_no = 1;
  gint64 n_taken = 0;

  return pdg_store_take_letters (tx, whose->project->project_no, &letter_no, 1, &n_taken, error) && n_taken == 1;
}

static gboolean
list_letter_reasons (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return has_some (pdg_store_list_letter_reasons (tx, &whose->project->project_no, 1, error));
}

static gboolean
load_dropped_letters (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree gint64 *dropped = NULL;

  if (!pdg_db_tx_exec_script (tx, "SAVEPOINT before", error))
    return FALSE;
  for (int i = 0; i < 12; i++) /* more than are kept */
    if (!add_letter (tx, whose->organisation->org_no, 0, whose->project->id, NULL))
      pdg_db_tx_exec_script (tx, "ROLLBACK TO before", NULL);
  dropped = pdg_store_load_dropped_letters (tx, &whose->project->project_no, 1, error);
  return dropped != NULL && dropped[0] > 0;
}

static const StoreAttack attacks[] = {
  { "list-used-rules", list_used_rules },
  { "load-used-rules", load_used_rules },
  { "set-rules", set_rules },
  { "each-event-text", each_event_text },
  { "add-letters", add_letters },
  { "list-letters", list_letters },
  { "load-letters", load_letters },
  { "take-letters", take_letters },
  { "list-letter-reasons", list_letter_reasons },
  { "load-dropped-letters", load_dropped_letters },
};

static const StoreAttackSides *sides;

/* A key of A's project that names a project of B: the letter is A's. */
static void
test_named_of_another (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = begin_as_a ();
  const gint32 project_no = sides->a->project->project_no;
  g_autoptr (GPtrArray) before = pdg_store_list_letters (tx, &project_no, 1, NULL, G_MAXINT64, 100, &error);
  g_autoptr (GPtrArray) after = NULL;

  g_assert_no_error (error);
  g_assert_true (add_letter (tx, sides->a->organisation->org_no, project_no, sides->b->project->id, &error));
  g_assert_true (add_letter (tx, sides->a->organisation->org_no, 0, sides->b->project->id, &error));
  after = pdg_store_list_letters (tx, &project_no, 1, NULL, G_MAXINT64, 100, &error);
  g_assert_cmpuint (((GPtrArray *) after->pdata[0])->len, ==, ((GPtrArray *) before->pdata[0])->len + 1);
}

/* The oldest go when there are too many, or too many bytes, and they are counted. */
static void
test_bounds (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = begin_as_a ();
  const gint32 project_no = sides->a->project->project_no;
  g_autoptr (GPtrArray) lists = NULL;
  g_autofree gint64 *dropped = NULL;
  GPtrArray *letters;

  for (int i = 0; i < 30; i++)
    g_assert_true (add_letter (tx, sides->a->organisation->org_no, project_no, NULL, &error));
  lists = pdg_store_list_letters (tx, &project_no, 1, NULL, G_MAXINT64, 100, &error);
  g_assert_no_error (error);
  letters = lists->pdata[0];
  dropped = pdg_store_load_dropped_letters (tx, &project_no, 1, &error);
  g_assert_cmpuint (letters->len, ==, 10);
  g_assert_cmpint (((const PdgDeadLetter *) letters->pdata[0])->letter_no - ((const PdgDeadLetter *) letters->pdata[9])->letter_no, ==, 9);
  g_assert_cmpint (((const PdgDeadLetter *) letters->pdata[0])->letter_no, ==, dropped[0] + 10);
}

/* The same rules have the same number again, and other rules another. */
static void
test_versions (void)
{
  static const char *const some[] = { "a", NULL }, *const other[] = { "b", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = begin_as_a ();
  const gint32 project_no = sides->a->project->project_no;
  guint first = 0, second = 0, again = 0;

  g_assert_true (pdg_store_set_rules (tx, project_no, 3, some, "test", &first, &error));
  g_assert_true (pdg_store_set_rules (tx, project_no, 3, other, "test", &second, &error));
  g_assert_true (pdg_store_set_rules (tx, project_no, 3, some, "test", &again, &error));
  g_assert_cmpuint (first, >, 1);
  g_assert_cmpuint (second, ==, first + 1);
  g_assert_cmpuint (again, ==, first);
}

int
main (int argc, char *argv[])
{
  sides = store_attacks_init (&argc, &argv);
  store_attacks_add ("/store/guard-functions/wrong-organisation", attacks, G_N_ELEMENTS (attacks));
  g_test_add_func ("/store/guard-functions/named-of-another", test_named_of_another);
  g_test_add_func ("/store/guard-functions/bounds", test_bounds);
  g_test_add_func ("/store/guard-functions/versions", test_versions);
  return store_attacks_run ();
}
