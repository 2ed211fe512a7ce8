#include "config.h"
#include "service/pdg-commands.h"

#include "db/pdg-db-error.h"
#include "model/pdg-event.h"
#include "service/pdg-commands-private.h"
#include "store/pdg-store-directory.h"
#include "store/pdg-store-numbers.h"

#include <string.h>

#define MAX_ID_LEN 64
#define MAX_NAME_LEN 100
#define MAX_ORGANISATION_LEN 200

PdgOrganisation *
pdg_commands_update_organisation (PdgDbConn *conn, PdgPrincipal *principal, const char *name, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin_unbound (conn, principal, PDG_ROLE_ADMIN, error);
  g_autofree char *text = tx != NULL ? pdg_commands_dup_text (name, "name", 1, MAX_ORGANISATION_LEN, error) : NULL;
  g_autoptr (PdgOrganisation) organisation = text != NULL ? pdg_store_rename_organisation (tx, text, error) : NULL;

  return organisation != NULL && pdg_commands_commit (tx, principal, error, "named the organisation \"%s\"", text)
           ? g_steal_pointer (&organisation) : NULL;
}

static gboolean
check_project_id (const char *id, GError **error)
{
  gsize len = strlen (id);

  if (len >= 1 && len <= MAX_ID_LEN && strspn (id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == len)
    return TRUE;
  pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "id", "id: use 1 to 64 letters, digits, _ and -");
  return FALSE;
}

/* Not committed yet. (transfer full) */
static PdgProject *
add_project (PdgDbTx *tx, const char *id, const char *name, GError **error)
{
  g_autofree char *text = pdg_commands_dup_text (name, "name", 1, MAX_NAME_LEN, error);
  g_autofree char *made = NULL;
  g_autoptr (GError) local = NULL;
  PdgProject *project;

  if (text == NULL)
    return NULL;
  made = id == NULL ? pdg_commands_make_id ("proj_", text) : g_strdup (id);
  if (!check_project_id (made, error))
    return NULL;
  project = pdg_store_create_project (tx, made, text, &local);
  if (g_error_matches (local, PDG_DB_ERROR, PDG_DB_ERROR_UNIQUE_VIOLATION))
    pdg_service_error_set (error, PDG_SERVICE_ERROR_CONFLICT, id != NULL ? "id" : "name", "id: there is a project \"%s\" already; choose another", made);
  else if (project == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return project;
}

PdgProject *
pdg_commands_create_project (PdgDbConn *conn, PdgPrincipal *principal, const char *id, const char *name, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin_unbound (conn, principal, PDG_ROLE_EDITOR, error);
  g_autoptr (PdgProject) project = tx != NULL ? add_project (tx, id, name, error) : NULL;

  return project != NULL && pdg_commands_commit (tx, principal, error, "created the project %s", project->id) ? g_steal_pointer (&project) : NULL;
}

PdgProject *
pdg_commands_ensure_project (PdgDbConn *conn, PdgPrincipal *principal, const char *id, const char *name, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_EDITOR, error);
  g_autoptr (GError) local = NULL;
  PdgProject *project;

  if (tx == NULL)
    return NULL;
  project = pdg_commands_find_project (tx, principal, id, "id", &local);
  if (project != NULL)
    return project;
  if (!g_error_matches (local, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  g_clear_pointer (&tx, pdg_db_tx_free);
  /* what the program makes by itself is nobody's change, and not told */
  tx = pdg_commands_begin_unbound (conn, principal, PDG_ROLE_EDITOR, error);
  project = tx != NULL ? add_project (tx, id, name, error) : NULL;
  if (project == NULL || pdg_db_tx_commit (tx, error))
    return project;
  pdg_project_free (project);
  return NULL;
}

/* The time zone as the database writes it. (transfer full) */
static char *
find_time_zone (PdgDbTx *tx, const char *name, GError **error)
{
  g_autoptr (GError) local = NULL;
  char *found = pdg_store_lookup_time_zone (tx, name, &local);

  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (found == NULL)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "timeZone",
                           "timeZone: \"%s\" is no time zone; use a name of the IANA database, such as Europe/Berlin or UTC", name);
  return found;
}

PdgProject *
pdg_commands_update_project (PdgDbConn *conn, PdgPrincipal *principal, const char *id, const PdgProjectChange *change, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_EDITOR, error);
  g_autoptr (PdgProject) before = tx != NULL ? pdg_commands_find_project (tx, principal, id, "id", error) : NULL;
  g_autoptr (PdgProject) after = NULL;
  g_autofree char *name = NULL, *time_zone = NULL;

  if (before == NULL)
    return NULL;
  if (change->name != NULL && (name = pdg_commands_dup_text (change->name, "name", 1, MAX_NAME_LEN, error)) == NULL)
    return NULL;
  if (change->time_zone != NULL && (time_zone = find_time_zone (tx, change->time_zone, error)) == NULL)
    return NULL;
  after = pdg_store_update_project (tx, before->project_no, name, time_zone, change->week_start, error);
  return after != NULL && pdg_commands_commit (tx, principal, error, "changed the project %s", id) ? g_steal_pointer (&after) : NULL;
}

gboolean
pdg_commands_delete_project (PdgDbConn *conn, PdgPrincipal *principal, const char *id, const char *confirm_name, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_ADMIN, error);
  g_autoptr (PdgProject) project = tx != NULL ? pdg_commands_find_project (tx, principal, id, "id", error) : NULL;
  gboolean deleted = FALSE;

  if (project == NULL)
    return FALSE;
  if (strcmp (project->name, confirm_name) != 0)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "confirmName", "confirmName: this is not the name of the project; nothing was removed");
      return FALSE;
    }
  if (!pdg_store_delete_project (tx, project->project_no, &deleted, error))
    return FALSE;
  if (!deleted)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_NOT_FOUND, "id", "the project \"%s\" was removed meanwhile", id);
      return FALSE;
    }
  return pdg_commands_commit (tx, principal, error, "removed the project %s with all of its events", id);
}

PdgOrganisation *
pdg_commands_create_organisation (PdgDbConn *owner, const char *name, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (owner, error);
  g_autoptr (PdgOrganisation) organisation = tx != NULL ? pdg_store_create_organisation (tx, name, error) : NULL;

  return organisation != NULL && pdg_db_tx_commit (tx, error) ? g_steal_pointer (&organisation) : NULL;
}

GPtrArray *
pdg_commands_list_organisations (PdgDbConn *conn, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (conn, error);

  return tx != NULL ? pdg_store_list_organisations (tx, error) : NULL;
}

gboolean
pdg_commands_may_be_writer (PdgDbConn *conn, gboolean *may, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (conn, error);

  return tx != NULL && pdg_store_may_be_writer (tx, may, error);
}

gboolean
pdg_commands_grant_login (PdgDbConn *owner, const char *login, gint32 org_no, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (owner, error);

  return tx != NULL && pdg_store_grant_login (tx, login, org_no, error) && pdg_db_tx_commit (tx, error);
}
