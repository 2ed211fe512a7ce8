#pragma once

#include "runtime/pdg-config.h"
#include "runtime/pdg-database.h"
#include "service/pdg-queries.h"

G_BEGIN_DECLS

/* A subcommand of productgraphd. @argv: the words after its name, @argv[0] the first; NULL-terminated. Returns the exit
 * status: 0 done, 1 failed (the reason is on standard error), 2 the words make no sense. */
typedef int (*PdgCommandFunc) (PdgConfig *config, int argc, char **argv);

int pdg_command_serve (PdgConfig *config, int argc, char **argv);
int pdg_command_migrate (PdgConfig *config, int argc, char **argv);
int pdg_command_demo (PdgConfig *config, int argc, char **argv);
int pdg_command_query (PdgConfig *config, int argc, char **argv);
int pdg_command_health (PdgConfig *config, int argc, char **argv);
int pdg_command_org (PdgConfig *config, int argc, char **argv);
int pdg_command_project (PdgConfig *config, int argc, char **argv);
int pdg_command_key (PdgConfig *config, int argc, char **argv);
int pdg_command_token (PdgConfig *config, int argc, char **argv);
int pdg_command_login (PdgConfig *config, int argc, char **argv);
int pdg_command_person (PdgConfig *config, int argc, char **argv);
int pdg_command_consent (PdgConfig *config, int argc, char **argv);
int pdg_command_redact (PdgConfig *config, int argc, char **argv);
int pdg_command_dead_letters (PdgConfig *config, int argc, char **argv);
int pdg_command_retention (PdgConfig *config, int argc, char **argv);
int pdg_command_schema (PdgConfig *config, int argc, char **argv);
int pdg_command_settings (PdgConfig *config, int argc, char **argv);

/* The database as a reader of the organisation, as its admin, with a project that was named. */
typedef struct
{
  PdgDatabase *database;
  PdgDbConn *conn;
  PdgPrincipal *principal;
  PdgQueries *queries; /* end them before a command writes */
  PdgProject *project;
} PdgDesk;

/* @project_id: NULL = of no project. */
gboolean pdg_desk_open (PdgDesk *desk, PdgConfig *config, const char *project_id, GError **error);
void     pdg_desk_close (PdgDesk *desk);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PdgDesk, pdg_desk_close)

/* Prints "productgraphd: …" and returns 1. */
int pdg_command_fail (const GError *error);

/* Prints how it is used and returns 2. */
int pdg_command_usage (const char *usage);

G_END_DECLS
