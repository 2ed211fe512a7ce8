#pragma once

#include "runtime/pdg-config.h"
#include "service/pdg-retention.h"

G_BEGIN_DECLS

/* How long data is kept, as the settings say. (transfer full) */
PdgRetention *pdg_keeping_new (PdgConfig *config);

G_END_DECLS
