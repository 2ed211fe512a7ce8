#pragma once

#include "db/pdg-db-conn.h"
#include "pdg-system.h"

G_BEGIN_DECLS

/* What bench-ingest compares productgraphd with, on the same PostgreSQL. */

/* A collector of fastify and pg (tests/bench/collector) on @port, its table made; NULL when it is not installed. @owner_uri: of the
 * private cluster. (transfer full) (nullable) */
PdgProgram *ingest_peer_start_node (const char *owner_uri, guint16 port);

/* One INSERT and one transaction an event, in a loop over one connection, for @usec; events a second. */
double      ingest_peer_insert_one_by_one (PdgDbConn *conn, gint64 usec);

G_END_DECLS
