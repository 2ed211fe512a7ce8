#pragma once

#include <json-glib/json-glib.h>

#include "model/pdg-journey-graph.h"

G_BEGIN_DECLS

/* Reads the schema's JourneyGraph: screens by falling visits, transitions by falling count. A transition to an unknown
 * screen is left out. Pure, slow for large graphs: for a worker. (transfer full); NULL with PDG_CLIENT_ERROR_RESPONSE. */
PdgJourneyGraph *pdg_graph_reader_read (JsonObject *object, GError **error);

G_END_DECLS
