#pragma once

#include "db/pdg-db-tx.h"
#include "service/pdg-queries.h"

G_BEGIN_DECLS

struct _PdgQueries
{
  PdgPrincipal *principal;
  PdgDbTx *tx;
};

G_END_DECLS
