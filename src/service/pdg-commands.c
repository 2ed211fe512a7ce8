#include "config.h"
#include "service/pdg-commands.h"

#include "base/pdg-id.h"
#include "db/pdg-db-error.h"
#include "model/pdg-event.h"
#include "service/pdg-credentials.h"
#include "store/pdg-store-directory.h"
#include "store/pdg-store-numbers.h"
#include "store/pdg-store-snapshots.h"

#include <string.h>

#define MAX_ID_LEN 64
#define MAX_NAME_LEN 100
#define SECRET_BYTES 24
#define SHOWN_PREFIX_LEN 10

static PdgDbTx *
begin_as (PdgDbConn *conn, PdgPrincipal *principal, PdgRole needed, GError **error)
{
  if (pdg_principal_may (principal, needed))
    return pdg_db_tx_begin (conn, principal, PDG_DB_TX_READ_WRITE, error);
  g_set_error (error, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_FORBIDDEN, "this needs the role %s; yours is %s",
               pdg_role_to_string (needed), pdg_role_to_string (pdg_principal_get_role (principal)));
  return NULL;
}

/* "proj_" and the name in lower-case letters, digits and single underscores. */
static char *
make_project_id (const char *name)
{
  g_autofree char *ascii = g_str_to_ascii (name, "C");
  GString *id = g_string_new ("proj_");

  for (const char *p = ascii; *p != '\0' && id->len < MAX_ID_LEN; p++)
    if (g_ascii_isalnum (*p))
      g_string_append_c (id, g_ascii_tolower (*p));
    else if (id->str[id->len - 1] != '_')
      g_string_append_c (id, '_');
  while (id->len > 5 && id->str[id->len - 1] == '_')
    g_string_truncate (id, id->len - 1);
  if (id->len == 5)
    {
      g_autofree char *token = pdg_random_token (6);

      g_string_append (id, token);
    }
  return g_string_free (id, FALSE);
}

static gboolean
check_project_id (const char *id, GError **error)
{
  gsize len = strlen (id);

  if (len >= 1 && len <= MAX_ID_LEN && strspn (id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == len)
    return TRUE;
  g_set_error_literal (error, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_INVALID, "id: use 1 to 64 letters, digits, _ and -");
  return FALSE;
}

PdgProject *
pdg_commands_create_project (PdgDbConn *conn, PdgPrincipal *principal, const char *id, const char *name, GError **error)
{
  g_autoptr (PdgDbTx) tx = begin_as (conn, principal, PDG_ROLE_EDITOR, error);
  g_autofree char *stripped = g_strstrip (g_strdup (name));
  g_autofree char *made = id == NULL ? make_project_id (stripped) : g_strdup (id);
  g_autoptr (PdgProject) project = NULL;
  g_autoptr (GError) local = NULL;
  glong len = g_utf8_strlen (stripped, -1);

  if (tx == NULL || !check_project_id (made, error))
    return NULL;
  if (len < 1 || len > MAX_NAME_LEN)
    {
      g_set_error_literal (error, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_INVALID, "name: use 1 to 100 characters");
      return NULL;
    }
  project = pdg_store_create_project (tx, made, stripped, &local);
  if (g_error_matches (local, PDG_DB_ERROR, PDG_DB_ERROR_UNIQUE_VIOLATION))
    {
      g_set_error (error, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_CONFLICT, "id: there is a project \"%s\" already; choose another", made);
      return NULL;
    }
  if (project == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  return pdg_db_tx_commit (tx, error) ? g_steal_pointer (&project) : NULL;
}

PdgProject *
pdg_commands_ensure_project (PdgDbConn *conn, PdgPrincipal *principal, const char *id, const char *name, GError **error)
{
  g_autoptr (PdgDbTx) tx = begin_as (conn, principal, PDG_ROLE_EDITOR, error);
  g_autoptr (GError) local = NULL;
  PdgProject *project;

  if (tx == NULL)
    return NULL;
  project = pdg_store_lookup_project (tx, id, &local);
  if (project != NULL)
    return project;
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  g_clear_pointer (&tx, pdg_db_tx_free);
  return pdg_commands_create_project (conn, principal, id, name, error);
}

gboolean
pdg_commands_add_snapshot (PdgDbConn *conn, PdgPrincipal *principal, gint32 project_no, const char *screen_path, GBytes *image,
                           const char *media_type, int width, int height, gint64 taken_usec, GError **error)
{
  PdgStoreSnapshot snapshot = {
    .image = image, .media_type = media_type, .taken_usec = taken_usec, .project_no = project_no, .width = width, .height = height,
  };
  PdgSlice path = { screen_path, (guint32) strlen (screen_path) };
  g_autoptr (PdgDbTx) numbering = begin_as (conn, principal, PDG_ROLE_EDITOR, error);
  g_autoptr (PdgDbTx) tx = NULL;

  if (numbering == NULL || !pdg_store_assign_screens (numbering, project_no, &path, 1, &snapshot.screen_no, error)
      || !pdg_db_tx_commit (numbering, error))
    return FALSE;
  g_clear_pointer (&numbering, pdg_db_tx_free);
  tx = begin_as (conn, principal, PDG_ROLE_EDITOR, error);
  return tx != NULL && pdg_store_add_snapshot (tx, &snapshot, error) && pdg_db_tx_commit (tx, error);
}

/* A secret with a prefix that tells its kind; its hash and the part that may be shown. */
static char *
make_secret (const char *kind, guint8 hash[32], char shown[SHOWN_PREFIX_LEN + 1])
{
  g_autofree char *random = pdg_random_token (SECRET_BYTES);
  char *secret = g_strconcat (kind, random, NULL);

  pdg_credential_hash (secret, hash);
  g_strlcpy (shown, secret, SHOWN_PREFIX_LEN + 1);
  return secret;
}

static PdgProject *
find_project (PdgDbTx *tx, const char *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  PdgProject *project = pdg_store_lookup_project (tx, id, &local);

  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (project == NULL)
    g_set_error (error, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_NOT_FOUND, "there is no project \"%s\" in this organisation", id);
  return project;
}

char *
pdg_commands_create_api_key (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, const char *label, GError **error)
{
  g_autoptr (PdgDbTx) tx = begin_as (conn, principal, PDG_ROLE_ADMIN, error);
  g_autoptr (PdgProject) project = tx != NULL ? find_project (tx, project_id, error) : NULL;
  g_autofree char *secret = NULL;
  char shown[SHOWN_PREFIX_LEN + 1];
  guint8 hash[32];

  if (project == NULL)
    return NULL;
  secret = make_secret ("pgk_", hash, shown);
  if (!pdg_store_create_api_key (tx, project->project_no, hash, shown, label, error) || !pdg_db_tx_commit (tx, error))
    return NULL;
  return g_steal_pointer (&secret);
}

gboolean
pdg_commands_revoke_api_key (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, const char *prefix, GError **error)
{
  g_autoptr (PdgDbTx) tx = begin_as (conn, principal, PDG_ROLE_ADMIN, error);
  g_autoptr (PdgProject) project = tx != NULL ? find_project (tx, project_id, error) : NULL;
  gint64 n_revoked = 0;

  if (project == NULL || !pdg_store_revoke_api_key (tx, project->project_no, prefix, &n_revoked, error))
    return FALSE;
  if (n_revoked == 0)
    {
      g_set_error (error, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_NOT_FOUND,
                   "project \"%s\" has no valid key that begins with \"%s\"", project_id, prefix);
      return FALSE;
    }
  return pdg_db_tx_commit (tx, error);
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

char *
pdg_commands_create_token (PdgDbConn *owner, gint32 org_no, PdgRole role, const char *label, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (owner, error);
  char shown[SHOWN_PREFIX_LEN + 1];
  guint8 hash[32];
  g_autofree char *secret = make_secret ("pgt_", hash, shown);

  if (tx == NULL || !pdg_store_create_token (tx, org_no, pdg_role_to_string (role), hash, shown, label, error)
      || !pdg_db_tx_commit (tx, error))
    return NULL;
  return g_steal_pointer (&secret);
}

gboolean
pdg_commands_grant_login (PdgDbConn *owner, const char *login, gint32 org_no, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (owner, error);

  return tx != NULL && pdg_store_grant_login (tx, login, org_no, error) && pdg_db_tx_commit (tx, error);
}
