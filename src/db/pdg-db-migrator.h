#pragma once

#include "db/pdg-db-conn.h"

G_BEGIN_DECLS

/* One numbered file: a plain value. */
typedef struct
{
  int version;      /* 1, 2, 3 … */
  const char *name; /* "0001_base" */
  const char *sql;  /* NUL-terminated */
} PdgDbMigration;

/* The files of the top-level folder migrations/, compiled in, by rising version. Static memory. (transfer none) */
const PdgDbMigration *pdg_db_migrations_from_resource (guint *n);

/* Brings the database to the newest version: one transaction a file, under an advisory lock, so that several processes may
 * try at once. At head it only reads. The schema productgraph exists before the first file runs. A file that was changed
 * after it was applied, a gap, or a version newer than this program is PDG_DB_ERROR_INVALID and changes nothing.
 * @applied: (out) (optional) (transfer full) (element-type utf8): names of the files that ran. Errors: PDG_DB_ERROR. */
gboolean pdg_db_migrate (PdgDbConn *owner_conn, const PdgDbMigration *migrations, guint n, GPtrArray **applied, GError **error);

G_END_DECLS
