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

  if (!is_call (argc, argv, "list", 0, 0) && !is_call (argc, argv, "create", 1, 2) && !is_call (argc, argv, "delete", 2, 2)
      && !is_call (argc, argv, "origins", 1, 100))
    return pdg_command_usage ("project list | create NAME [ID] | delete ID NAME | origins ID [ORIGIN…]");
  if (!session_open (&session, config, &error))
    return pdg_command_fail (error);
  if (strcmp (argv[0], "origins") == 0)
    return pdg_commands_set_origins (session.owner, session.principal, argv[1], argc > 2 ? (const char *const *) argv + 2 : NULL, &error)
             ? 0
             : pdg_command_fail (error);
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

static const char *
describe_state (const PdgApiKey *key)
{
  if (key->revoked_usec != PDG_TIME_NONE)
    return "revoked";
  if (key->ends_usec == PDG_TIME_NONE)
    return "valid";
  return key->ends_usec > g_get_real_time () ? "ends" : "ended";
}

static int
list_keys (PdgConfig *config, const char *project_id)
{
  g_auto (Session) session = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbConn) reader = NULL;
  g_autoptr (PdgQueries) queries = NULL;
  g_autoptr (PdgProject) project = NULL;
  g_autoptr (GPtrArray) lists = NULL;
  GPtrArray *keys;

  if (!session_open (&session, config, &error))
    return pdg_command_fail (error);
  reader = pdg_db_conn_open (pdg_database_get_reader_uri (session.database), pdg_database_get_reader_role (session.database),
                             "productgraph administration", &error);
  queries = reader != NULL ? pdg_queries_begin (reader, session.principal, 0, &error) : NULL;
  project = queries != NULL ? pdg_queries_lookup_project (queries, project_id, &error) : NULL;
  if (project == NULL && error == NULL)
    {
      g_printerr ("productgraphd: there is no project \"%s\" in this organisation\n", project_id);
      return 1;
    }
  lists = project != NULL ? pdg_queries_list_api_keys (queries, &project->project_no, 1, 0, 10000, &error) : NULL;
  if (lists == NULL)
    return pdg_command_fail (error);
  keys = lists->pdata[0];
  for (guint i = 0; i < keys->len; i++)
    {
      const PdgApiKey *key = keys->pdata[i];

      g_print ("%d  %s…  %-7s  %s\n", key->key_no, key->prefix, describe_state (key), key->label);
    }
  return 0;
}

static int
rotate_key (PdgConfig *config, int argc, char **argv)
{
  g_auto (Session) session = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgApiKey) key = NULL;
  guint64 number, hours = 24;

  if (!g_ascii_string_to_unsigned (argv[2], 10, 1, G_MAXINT32, &number, &error)
      || (argc > 3 && !g_ascii_string_to_unsigned (argv[3], 10, 0, 90 * 24, &hours, &error)) || !session_open (&session, config, &error))
    return pdg_command_fail (error);
  key = pdg_commands_rotate_api_key (session.owner, session.principal, argv[1], (gint32) number, (gint64) hours * 3600, &error);
  if (key == NULL)
    return pdg_command_fail (error);
  g_print ("%s\n", key->secret);
  g_printerr ("Keep it: only its hash is stored. The old key is good for %" G_GUINT64_FORMAT " hours more.\n", hours);
  return 0;
}

int
pdg_command_key (PdgConfig *config, int argc, char **argv)
{
  g_auto (Session) session = { 0 };
  g_autoptr (GError) error = NULL;

  if (is_call (argc, argv, "list", 1, 1))
    return list_keys (config, argv[1]);
  if (is_call (argc, argv, "rotate", 2, 3))
    return rotate_key (config, argc, argv);
  if (!is_call (argc, argv, "create", 1, 2) && !is_call (argc, argv, "revoke", 2, 2))
    return pdg_command_usage ("key list PROJECT | create PROJECT [LABEL] | rotate PROJECT ID [HOURS] | revoke PROJECT BEGINNING");
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
