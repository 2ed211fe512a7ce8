#pragma once

#include "db/pdg-db-pool.h"
#include "model/pdg-principal.h"

G_BEGIN_DECLS

/* Which project the events of clients belong to that do not say it themselves; remembered for some seconds. Any thread. */
typedef struct _PdgProjectFinder PdgProjectFinder;

PdgProjectFinder *pdg_project_finder_new (PdgDbPool *pool);
void              pdg_project_finder_free (PdgProjectFinder *finder);

/* Finds the id of the principal's own project; for a principal of all projects that of the project called @name (nullable), if
 * there is one. */
void              pdg_project_finder_find_async (PdgProjectFinder *finder, PdgPrincipal *principal, const char *name,
                                                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/* NULL without an error: there is none. Errors: PDG_DB_ERROR. (transfer full) */
char             *pdg_project_finder_find_finish (PdgProjectFinder *finder, GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgProjectFinder, pdg_project_finder_free)

G_END_DECLS
