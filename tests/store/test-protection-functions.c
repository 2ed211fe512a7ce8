#include "config.h"

#include "store/pdg-store-consent.h"
#include "store/pdg-store-plan.h"
#include "store/store-attacks.h"

#include <string.h>

/* The functions of the store for consent and for what events are to look like. */

static gboolean
list_consent_rules (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GPtrArray) list = pdg_store_list_consent_rules (tx, error);

  for (guint i = 0; list != NULL && i < list->len; i++)
    if (strcmp (((const PdgConsentRules *) list->pdata[i])->project_id, whose->project->id) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
load_consent_rules (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GPtrArray) list = pdg_store_load_consent_rules (tx, &whose->project->project_no, 1, error);

  return list != NULL && list->pdata[0] != NULL;
}

static gboolean
set_consent_rules (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (PdgConsentRules) rules = pdg_consent_rules_new ();
  gboolean found = FALSE;

  return pdg_store_set_consent_rules (tx, whose->project->project_no, rules, &found, error) && found;
}

static gboolean
list_used_schemas (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GPtrArray) list = pdg_store_list_used_schemas (tx, NULL, 0, error);

  for (guint i = 0; list != NULL && i < list->len; i++)
    if (((const PdgEventSchemaRecord *) list->pdata[i])->project_no == whose->project->project_no)
      return TRUE;
  return FALSE;
}

static gboolean
list_schemas (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return has_some (pdg_store_list_schemas (tx, &whose->project->project_no, 1, NULL, error));
}

static gboolean
set_schema (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gint32 version = 0;

  return pdg_store_set_schema (tx, whose->project->project_no, "ui.click", "{\"title\":\"taken\"}", PDG_SCHEMA_WARN, "test", &version, error)
         && version > 0;
}

static gboolean
set_schema_mode (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gboolean found = FALSE;

  return pdg_store_set_schema_mode (tx, whose->project->project_no, "ui.click", 1, PDG_SCHEMA_OFF, &found, error) && found;
}

/* That there is one more of the project, which only the tenant itself can see: so what is written is read in the same transaction. */
static gboolean
add_findings (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgSchemaFinding finding = { .project_id = whose->project->id, .event_type = (char *) "ui.click", .field = (char *) "x",
                                     .expected = (char *) "forged", .version = 1, .events = 1, .first_usec = 1, .last_usec = 1 };
  const PdgSchemaFinding *findings[] = { &finding };
  g_autoptr (GPtrArray) lists = NULL;
  GPtrArray *own;

  if (!pdg_store_add_findings (tx, findings, 1, error))
    return FALSE;
  lists = pdg_store_list_findings (tx, &whose->project->project_no, 1, error);
  own = lists != NULL ? lists->pdata[0] : NULL;
  for (guint i = 0; own != NULL && i < own->len; i++)
    if (strcmp (((const PdgSchemaFinding *) own->pdata[i])->expected, "forged") == 0)
      return TRUE;
  return FALSE;
}

static gboolean
list_findings (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return has_some (pdg_store_list_findings (tx, &whose->project->project_no, 1, error));
}

static gboolean
list_unplanned (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return has_some (pdg_store_list_unplanned (tx, &whose->project->project_no, 1, G_MININT64, G_MAXINT64, error));
}

static const StoreAttack attacks[] = {
  { "list-consent-rules", list_consent_rules },
  { "load-consent-rules", load_consent_rules },
  { "set-consent-rules", set_consent_rules },
  { "list-used-schemas", list_used_schemas },
  { "list-schemas", list_schemas },
  { "set-schema", set_schema },
  { "set-schema-mode", set_schema_mode },
  { "add-findings", add_findings },
  { "list-findings", list_findings },
  { "list-unplanned", list_unplanned },
};

static const StoreAttackSides *sides;

/* Each organisation has its own salt, the same all day; nobody but the server destroys them, and nobody reads the table. */
static void
test_salts (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = begin_as_a ();
  g_autoptr (GBytes) salt = pdg_store_get_cookieless_salt (tx, &error);
  g_autoptr (GBytes) again = pdg_store_get_cookieless_salt (tx, &error);
  g_autoptr (GBytes) other = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (salt), ==, 32);
  g_assert_true (g_bytes_equal (salt, again));
  g_assert_true (pdg_db_tx_commit (tx, &error));
  pdg_db_tx_free (g_steal_pointer (&tx));
  tx = pdg_db_tx_begin (sides->server, sides->b->admin, PDG_DB_TX_READ_WRITE, &error);
  other = pdg_store_get_cookieless_salt (tx, &error);
  g_assert_no_error (error);
  g_assert_false (g_bytes_equal (salt, other));
  g_assert_false (pdg_db_tx_exec_script (tx, "SELECT * FROM cookieless_salt", &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
}

/* What is known needs not be read again. */
static void
test_known (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = begin_as_a ();
  g_autoptr (GPtrArray) all = pdg_store_list_used_schemas (tx, NULL, 0, &error);
  g_autoptr (GPtrArray) rest = NULL;
  const PdgEventSchemaRecord *first;

  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 1);
  first = all->pdata[0];
  g_assert_cmpstr (first->definition, ==, "{}");
  rest = pdg_store_list_used_schemas (tx, &first->schema_no, 1, &error);
  g_assert_cmpuint (rest->len, ==, 1);
  g_assert_null (((const PdgEventSchemaRecord *) rest->pdata[0])->definition);
}

int
main (int argc, char *argv[])
{
  sides = store_attacks_init (&argc, &argv);
  store_attacks_add ("/store/protection-functions/wrong-organisation", attacks, G_N_ELEMENTS (attacks));
  g_test_add_func ("/store/protection-functions/salts", test_salts);
  g_test_add_func ("/store/protection-functions/known", test_known);
  return store_attacks_run ();
}
