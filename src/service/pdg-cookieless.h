#pragma once

#include "db/pdg-db-conn.h"
#include "model/pdg-event.h"
#include "model/pdg-principal.h"

G_BEGIN_DECLS

/* Gives the events of @batch that are only counted (PDG_EVENT_COUNTED) what they are counted by: instead of anonymous.id a hash of
 * @client (address and program of the sender) and project with a salt of the day, which is destroyed with the day; a session that ends
 * with 30 minutes without an event; and instead of the event's id a hash of it with the same salt. Once a batch, which nobody else may
 * use meanwhile. A batch without such events costs nothing. Errors: PDG_DB_ERROR. A database thread. */
gboolean pdg_cookieless_count (PdgDbConn *conn, PdgPrincipal *principal, const char *client, PdgEventBatch *batch, GError **error);

G_END_DECLS
