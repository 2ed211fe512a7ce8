#pragma once

#include "runtime/pdg-config.h"
#include "runtime/pdg-database.h"
#include "service/pdg-queries.h"

G_BEGIN_DECLS

/* The database as the administrator of the organisation, and one of its projects: what commands on a project work with. A plain value. */
typedef struct
{
  PdgDatabase *database;
  PdgDbConn *conn;
  PdgPrincipal *principal;
  PdgQueries *queries; /* to be freed before a command that writes */
  PdgProject *project;
} PdgCommandDesk;

/* Errors: those of the database, PDG_SERVICE_ERROR_NOT_FOUND. Clear @desk also after an error. */
gboolean pdg_command_desk_open (PdgCommandDesk *desk, PdgConfig *config, const char *project_id, GError **error);
void     pdg_command_desk_close (PdgCommandDesk *desk);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PdgCommandDesk, pdg_command_desk_close)

G_END_DECLS
