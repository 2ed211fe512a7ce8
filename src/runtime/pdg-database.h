#pragma once

#include "db/pdg-db-cluster.h"
#include "db/pdg-db-conn.h"
#include "model/pdg-records.h"
#include "runtime/pdg-config.h"

G_BEGIN_DECLS

/* The database that the settings ask for, brought to the newest schema: the private one in the data directory, or a
 * shared one. */
typedef struct _PdgDatabase PdgDatabase;

#define PDG_FIRST_ORGANISATION "My organisation"
#define PDG_FIRST_PROJECT_ID "proj_demo"
#define PDG_FIRST_PROJECT_NAME "Demo project"

/* Starts or reaches it, migrates it, and makes the first organisation and project when there is none. Blocks. Errors:
 * PDG_DB_ERROR, PDG_CONFIG_ERROR, PDG_SERVICE_ERROR. (transfer full) */
PdgDatabase           *pdg_database_open (PdgConfig *config, GError **error);

/* Stops a private server. Disconnect first. Blocks. */
void                   pdg_database_close (PdgDatabase *database);

/* A connection as the owner of the schema, for administration. (transfer full) */
PdgDbConn             *pdg_database_connect_owner (PdgDatabase *database, GError **error);

/* Where readers and the writer connect, and the role that they take there (nullable). */
const char            *pdg_database_get_reader_uri (PdgDatabase *database);
const char            *pdg_database_get_writer_uri (PdgDatabase *database);
const char            *pdg_database_get_reader_role (PdgDatabase *database);
const char            *pdg_database_get_writer_role (PdgDatabase *database);

/* The private server, or NULL when the database is a shared one. */
PdgDbCluster          *pdg_database_get_cluster (PdgDatabase *database);

/* The organisation to act for. */
const PdgOrganisation *pdg_database_get_organisation (PdgDatabase *database);

/* Names of the migrations that this start applied. (element-type utf8) */
GPtrArray             *pdg_database_get_applied (PdgDatabase *database);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgDatabase, pdg_database_close)

G_END_DECLS
