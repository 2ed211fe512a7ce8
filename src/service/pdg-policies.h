#pragma once

#include "codec/pdg-event-policy.h"
#include "db/pdg-db-pool.h"
#include "db/pdg-db-tx.h"
#include "model/pdg-principal.h"

G_BEGIN_DECLS

/* What the projects of an organisation ask of the collector, remembered for some seconds: a change holds everywhere after 5 s, and in
 * the process that made it at once. Any thread. */
typedef struct _PdgPolicies PdgPolicies;

PdgPolicies      *pdg_policies_new (PdgDbPool *pool);
void              pdg_policies_free (PdgPolicies *policies);

/* What is remembered, or NULL: ask pdg_policies_load_async (). Never waits. (transfer full) (nullable) */
PdgEventPolicies *pdg_policies_peek (PdgPolicies *policies, PdgPrincipal *principal);

void              pdg_policies_load_async (PdgPolicies *policies, PdgPrincipal *principal, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
/* Errors: PDG_DB_ERROR. (transfer full) */
PdgEventPolicies *pdg_policies_load_finish (PdgPolicies *policies, GAsyncResult *result, GError **error);

/* Forgets what is remembered of an organisation, and what is being asked: after it changed. */
void              pdg_policies_forget (PdgPolicies *policies, gint32 org_no);

/* Reads them now. What @before (nullable) has compiled is used again. On a database thread. (transfer full) */
PdgEventPolicies *pdg_policies_read (PdgDbConn *conn, PdgPrincipal *principal, const PdgEventPolicies *before, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgPolicies, pdg_policies_free)

G_END_DECLS
