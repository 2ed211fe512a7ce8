#include "config.h"
#include "store/pdg-store-consent.h"

#include "store/pdg-store-lists.h"

#define OWN "(SELECT current_org_id())"
#define COLUMNS "p.id, s.consent_denied, s.consent_unknown, s.consent_headers, s.consent_categories"
#define RULES "project_policy s JOIN project p ON p.org_id = s.org_id AND p.project_id = s.project_id "
#define LIST_RULES "SELECT 0::int8, " COLUMNS " FROM " RULES "WHERE s.org_id = " OWN
#define LOAD_RULES                                                                                                       \
  "SELECT u.place, " COLUMNS " FROM unnest($1::int4[]) WITH ORDINALITY u (project_id, place) JOIN " RULES                \
  "ON s.org_id = " OWN " AND s.project_id = u.project_id"
#define SET_RULES "SELECT set_consent_rules($1, $2, $3, $4, $5)"
#define GET_SALT "SELECT get_cookieless_salt()"
#define DESTROY_SALTS "SELECT destroy_cookieless_salts()"

static gpointer
read_rules (const PdgDbResult *result, guint row)
{
  PdgConsentRules *rules = g_new0 (PdgConsentRules, 1);
  gsize n;

  rules->project_id = g_strdup (pdg_db_result_get_text (result, row, 1));
  rules->denied = (PdgConsentAction) pdg_db_result_get_int4 (result, row, 2);
  rules->unknown = (PdgConsentAction) pdg_db_result_get_int4 (result, row, 3);
  rules->headers = pdg_db_result_get_bool (result, row, 4);
  rules->categories = pdg_db_result_dup_text_array (result, row, 5, &n);
  return rules;
}

GPtrArray *
pdg_store_list_consent_rules (PdgDbTx *tx, GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, LIST_RULES, NULL, error);
  GPtrArray *list;

  if (result == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_consent_rules_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    g_ptr_array_add (list, read_rules (result, row));
  return list;
}

GPtrArray *
pdg_store_load_consent_rules (PdgDbTx *tx, const gint32 *project_nos, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  return pdg_store_query_each_one (tx, LOAD_RULES, params, n, read_rules, (GDestroyNotify) pdg_consent_rules_free, error);
}

gboolean
pdg_store_set_consent_rules (PdgDbTx *tx, gint32 project_no, const PdgConsentRules *rules, gboolean *found, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_int2 (params, (gint16) rules->denied);
  pdg_db_params_add_int2 (params, (gint16) rules->unknown);
  pdg_db_params_add_bool (params, rules->headers);
  pdg_db_params_add_text_array (params, (const char *const *) rules->categories, NULL, g_strv_length (rules->categories));
  result = pdg_db_tx_query (tx, SET_RULES, params, error);
  if (result == NULL)
    return FALSE;
  *found = pdg_db_result_get_bool (result, 0, 0);
  return TRUE;
}

GBytes *
pdg_store_get_cookieless_salt (PdgDbTx *tx, GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, GET_SALT, NULL, error);
  gsize len = 0;
  const guint8 *salt;

  if (result == NULL)
    return NULL;
  salt = pdg_db_result_get_bytea (result, 0, 0, &len);
  return g_bytes_new (salt, len);
}

gboolean
pdg_store_destroy_cookieless_salts (PdgDbTx *tx, GError **error)
{
  return pdg_db_tx_exec (tx, DESTROY_SALTS, NULL, error);
}
