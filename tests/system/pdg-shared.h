#pragma once

#include "pdg-system.h"

G_BEGIN_DECLS

/* One PostgreSQL that is nobody's own, which collectors find by DATABASE_URL. */

/* A new database on it; the calls below mean the last one made. The roles belong to the whole server. */
void        pdg_shared_make_database (const char *name);

/* Its owner's connection string. (transfer none) */
const char *pdg_shared_get_owner_uri (void);

/* Has the collectors started from now on reach it through the socket in @folder. */
void        pdg_shared_set_socket_folder (const char *folder);

/* The folder of the server's own socket. (transfer full) */
char       *pdg_shared_dup_socket_folder (void);

/* Runs the command line for an organisation (nullable: the first); the first word that it prints. (transfer full) */
char       *pdg_shared_run_word (const char *organisation, const char *const *arguments);

/* Starts a collector for an organisation (nullable: the first) on @port. (transfer full) */
PdgProgram *pdg_shared_serve (guint16 port, const char *organisation);

G_END_DECLS
