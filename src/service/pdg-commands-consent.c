#include "config.h"
#include "service/pdg-commands-consent.h"

#include "service/pdg-commands-private.h"
#include "service/pdg-queries-private.h"
#include "store/pdg-store-consent.h"

#include <string.h>

static gboolean
check_rules (const PdgConsentRules *rules, GError **error)
{
  guint n = g_strv_length (rules->categories);

  if (rules->denied == PDG_CONSENT_STORE)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "denied", "denied: events of who denied are counted or dropped, not stored");
      return FALSE;
    }
  if (n > PDG_CONSENT_MAX_CATEGORIES)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "categories", "categories: at most %d of them", PDG_CONSENT_MAX_CATEGORIES);
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    if (*rules->categories[i] == '\0' || strlen (rules->categories[i]) > PDG_CONSENT_MAX_CATEGORY_BYTES)
      {
        g_autofree char *field = g_strdup_printf ("categories.%u", i);

        pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, field, "categories: use names of 1 to %d bytes", PDG_CONSENT_MAX_CATEGORY_BYTES);
        return FALSE;
      }
  return TRUE;
}

PdgProject *
pdg_commands_set_consent (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, const PdgConsentRules *rules, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_ADMIN, error);
  g_autoptr (PdgProject) project = tx != NULL ? pdg_commands_find_project (tx, principal, project_id, "projectId", error) : NULL;
  gboolean found;

  if (project == NULL || !check_rules (rules, error) || !pdg_store_set_consent_rules (tx, project->project_no, rules, &found, error))
    return NULL;
  return pdg_commands_commit (tx, principal, error, "set what happens to events of the project %s: %s without consent, %s where it is unknown",
                              project_id, pdg_consent_action_to_string (rules->denied), pdg_consent_action_to_string (rules->unknown))
           ? g_steal_pointer (&project)
           : NULL;
}

GPtrArray *
pdg_queries_load_consent (PdgQueries *queries, const gint32 *project_nos, guint n, GError **error)
{
  GPtrArray *rules = pdg_store_load_consent_rules (queries->tx, project_nos, n, error);

  for (guint i = 0; rules != NULL && i < n; i++)
    if (rules->pdata[i] == NULL)
      rules->pdata[i] = pdg_consent_rules_new ();
  return rules;
}
