#include "config.h"
#include "daemon/pdg-command.h"

#include "runtime/pdg-database.h"
#include "service/pdg-commands-people.h"

#include <string.h>

/* One administrative session: the database, its owner's connection, the organisation as its admin. */
typedef struct
{
  PdgDatabase *database;
  PdgDbConn *owner;
  PdgPrincipal *principal;
} Session;

static void
session_close (Session *session)
{
  g_clear_pointer (&session->principal, pdg_principal_unref);
  g_clear_pointer (&session->owner, pdg_db_conn_free);
  g_clear_pointer (&session->database, pdg_database_close);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Session, session_close)

static gboolean
session_open (Session *session, PdgConfig *config, GError **error)
{
  const PdgOrganisation *organisation;

  session->database = pdg_database_open (config, error);
  if (session->database == NULL)
    return FALSE;
  session->owner = pdg_database_connect_owner (session->database, error);
  if (session->owner == NULL)
    return FALSE;
  organisation = pdg_database_get_organisation (session->database);
  session->principal = pdg_principal_new (organisation->uuid, organisation->org_no, PDG_ROLE_ADMIN, 0, "command line");
  return TRUE;
}

static gboolean
is_call (int argc, char **argv, const char *verb, int min, int max)
{
  return argc >= 1 && strcmp (argv[0], verb) == 0 && argc - 1 >= min && argc - 1 <= max;
}

int
pdg_command_org (PdgConfig *config, int argc, char **argv)
{
  g_auto (Session) session = { 0 };
  g_autoptr (GError) error = NULL;

  if (!is_call (argc, argv, "list", 0, 0) && !is_call (argc, argv, "create", 1, 1))
    return pdg_command_usage ("org list | create NAME");
  if (!session_open (&session, config, &error))
    return pdg_command_fail (error);
  if (strcmp (argv[0], "create") == 0)
    {
      g_autoptr (PdgOrganisation) organisation = pdg_commands_create_organisation (session.owner, argv[1], &error);

      if (organisation == NULL)
        return pdg_command_fail (error);
      g_print ("%s  %s\n", organisation->uuid, organisation->name);
    }
  else
    {
      g_autoptr (GPtrArray) organisations = pdg_commands_list_organisations (session.owner, &error);

      if (organisations == NULL)
        return pdg_command_fail (error);
      for (guint i = 0; i < organisations->len; i++)
        g_print ("%s  %s\n", ((PdgOrganisation *) organisations->pdata[i])->uuid, ((PdgOrganisation *) organisations->pdata[i])->name);
    }
  return 0;
}

int
pdg_command_project (PdgConfig *config, int argc, char **argv)
{
  g_auto (Session) session = { 0 };
  g_autoptr (GError) error = NULL;

  if (!is_call (argc, argv, "list", 0, 0) && !is_call (argc, argv, "create", 1, 2) && !is_call (argc, argv, "delete", 2, 2))
    return pdg_command_usage ("project list | create NAME [ID] | delete ID NAME");
  if (!session_open (&session, config, &error))
    return pdg_command_fail (error);
  if (strcmp (argv[0], "create") == 0)
    {
      g_autoptr (PdgProject) project = pdg_commands_create_project (session.owner, session.principal, argc > 2 ? argv[2] : NULL, argv[1], &error);

      if (project == NULL)
        return pdg_command_fail (error);
      g_print ("%s  %s\n", project->id, project->name);
    }
  else if (strcmp (argv[0], "delete") == 0)
    {
      if (!pdg_commands_delete_project (session.owner, session.principal, argv[1], argv[2], &error))
        return pdg_command_fail (error);
    }
  else
    {
      /* not as the owner, whom row-level security does not bind */
      g_autoptr (PdgDbConn) reader = pdg_db_conn_open (pdg_database_get_reader_uri (session.database),
                                                       pdg_database_get_reader_role (session.database), "productgraph administration", &error);
      g_autoptr (PdgQueries) queries = reader != NULL ? pdg_queries_begin (reader, session.principal, 0, &error) : NULL;
      PdgStoreProjectFilter all = { .limit = 10000 };
      g_autoptr (GPtrArray) projects = queries != NULL ? pdg_queries_list_projects (queries, &all, &error) : NULL;

      if (projects == NULL)
        return pdg_command_fail (error);
      for (guint i = 0; i < projects->len; i++)
        g_print ("%s  %s\n", ((PdgProject *) projects->pdata[i])->id, ((PdgProject *) projects->pdata[i])->name);
    }
  return 0;
}

int
pdg_command_key (PdgConfig *config, int argc, char **argv)
{
  g_auto (Session) session = { 0 };
  g_autoptr (GError) error = NULL;

  if (!is_call (argc, argv, "create", 1, 2) && !is_call (argc, argv, "revoke", 2, 2))
    return pdg_command_usage ("key create PROJECT [LABEL] | revoke PROJECT BEGINNING");
  if (!session_open (&session, config, &error))
    return pdg_command_fail (error);
  if (strcmp (argv[0], "create") == 0)
    {
      g_autoptr (PdgApiKey) key = pdg_commands_create_api_key (session.owner, session.principal, argv[1], argc > 2 ? argv[2] : "", &error);

      if (key == NULL)
        return pdg_command_fail (error);
      g_print ("%s\n", key->secret);
      g_printerr ("Keep it: only its hash is stored. Send it as X-PG-API-Key.\n");
    }
  else if (!pdg_commands_revoke_api_keys_by_prefix (session.owner, session.principal, argv[1], argv[2], &error))
    return pdg_command_fail (error);
  return 0;
}

static gboolean
print_line (const char *line, gpointer user_data)
{
  g_print ("%s\n", line);
  return TRUE;
}

int
pdg_command_person (PdgConfig *config, int argc, char **argv)
{
  g_auto (Session) session = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgPersonRequest) request = NULL;
  PdgPersonKey person = { argc > 1 ? argv[1] : NULL, argc > 2 ? argv[2] : NULL, -1 };
  gboolean export = is_call (argc, argv, "export", 2, 2), anonymise = is_call (argc, argv, "anonymise", 2, 2);

  if (!export && !anonymise && !is_call (argc, argv, "delete", 2, 2))
    return pdg_command_usage ("person export PROJECT ID | delete PROJECT ID | anonymise PROJECT ID");
  if (!session_open (&session, config, &error))
    return pdg_command_fail (error);
  if (export)
    return pdg_commands_export_person (session.owner, session.principal, &person, 0, G_MAXINT64, print_line, NULL, &error) ? 0
                                                                                                                    : pdg_command_fail (error);
  request = pdg_commands_erase_person (session.owner, session.principal, &person, anonymise, 0, &error);
  if (request == NULL)
    return pdg_command_fail (error);
  g_print ("%" G_GINT64_FORMAT " events, %" G_GINT64_FORMAT " sessions%s%s\n", request->events, request->sessions,
           anonymise ? ", now of " : "", anonymise ? request->pseudonym : "");
  return 0;
}

int
pdg_command_token (PdgConfig *config, int argc, char **argv)
{
  g_auto (Session) session = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgAccessToken) token = NULL;
  PdgRole role;

  if (!is_call (argc, argv, "create", 1, 2) || !pdg_role_from_string (argv[1], &role) || role == PDG_ROLE_INGEST)
    return pdg_command_usage ("token create viewer|editor|admin [LABEL]");
  if (!session_open (&session, config, &error))
    return pdg_command_fail (error);
  token = pdg_commands_create_token (session.owner, session.principal, role, argc > 2 ? argv[2] : "", NULL, PDG_TIME_NONE, &error);
  if (token == NULL)
    return pdg_command_fail (error);
  g_print ("%s\n", token->secret);
  g_printerr ("Keep it: only its hash is stored. Send it as Authorization: Bearer.\n");
  return 0;
}

int
pdg_command_login (PdgConfig *config, int argc, char **argv)
{
  g_auto (Session) session = { 0 };
  g_autoptr (GError) error = NULL;

  if (!is_call (argc, argv, "grant", 1, 1))
    return pdg_command_usage ("login grant LOGIN");
  if (!session_open (&session, config, &error)
      || !pdg_commands_grant_login (session.owner, argv[1], pdg_principal_get_org_no (session.principal), &error))
    return pdg_command_fail (error);
  g_print ("%s may read %s\n", argv[1], pdg_database_get_organisation (session.database)->name);
  return 0;
}
