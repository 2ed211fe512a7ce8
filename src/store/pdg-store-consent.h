#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-consent.h"

G_BEGIN_DECLS

/* What projects do with events by the consent of their persons. Errors: PDG_DB_ERROR. A database thread. */

/* The rules of each project of the organisation that has set some. (transfer full) (element-type PdgConsentRules) */
GPtrArray *pdg_store_list_consent_rules (PdgDbTx *tx, GError **error);

/* Those of these projects; NULL for one that has set none. (transfer full) (element-type PdgConsentRules) */
GPtrArray *pdg_store_load_consent_rules (PdgDbTx *tx, const gint32 *project_nos, guint n, GError **error);

/* *@found: whether there is such a project. */
gboolean   pdg_store_set_consent_rules (PdgDbTx *tx, gint32 project_no, const PdgConsentRules *rules, gboolean *found, GError **error);

/* Today's salt, which is made when there is none. Not to be kept longer than a request. (transfer full) */
GBytes    *pdg_store_get_cookieless_salt (PdgDbTx *tx, GError **error);

/* Destroys the salts of the days before, of all organisations. The server's maintenance only. */
gboolean   pdg_store_destroy_cookieless_salts (PdgDbTx *tx, GError **error);

G_END_DECLS
