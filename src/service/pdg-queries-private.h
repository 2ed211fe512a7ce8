#pragma once

#include "db/pdg-db-tx.h"
#include "service/pdg-queries.h"

G_BEGIN_DECLS

struct _PdgQueries
{
  PdgPrincipal *principal;
  PdgDbTx *tx;
};

/* Whether the principal is an admin, of the whole organisation when that is asked for; FALSE with an error. */
gboolean pdg_queries_check_admin (PdgQueries *queries, gboolean of_organisation, GError **error);

G_END_DECLS
