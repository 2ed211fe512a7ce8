#include "config.h"
#include "store/pdg-store-directory.h"

#include "base/pdg-id.h"
#include "db/pdg-db-error.h"

#define LIST_ORGANISATIONS "SELECT org_id, id, name FROM my_organisations()"
#define MAY_BE_WRITER "SELECT pg_has_role(session_user, 'productgraph_ingest', 'MEMBER')"
#define CREATE_ORGANISATION "INSERT INTO organisation (name) VALUES ($1) RETURNING org_id, id, name"
#define LOGIN_EXISTS "SELECT quote_ident(rolname) FROM pg_roles WHERE rolname = $1"
#define GRANT_LOGIN "INSERT INTO org_grant (login, org_id) VALUES ($1::text::name, $2) ON CONFLICT DO NOTHING"
#define ORGANISATION_NAME "SELECT name FROM organisation WHERE org_id = (SELECT current_org_id())"
#define LIST_PROJECTS                                                                                                    \
  "SELECT project_id, id, name, created_at FROM project "                                                                \
  "WHERE $1::text IS NULL OR (lower(name), id) > (SELECT lower(p.name), p.id FROM project p WHERE p.id = $1) "            \
  "ORDER BY lower(name), id LIMIT $2"
#define LOOKUP_PROJECT "SELECT project_id, id, name, created_at FROM project WHERE id = $1"
#define CREATE_PROJECT                                                                                                   \
  "INSERT INTO project (org_id, id, name) VALUES (current_org_id(), $1, $2) RETURNING project_id, id, name, created_at"
#define CREATE_KEY                                                                                                       \
  "INSERT INTO api_key (org_id, project_id, hash, prefix, label) VALUES (current_org_id(), $1, $2, $3, $4)"
#define REVOKE_KEY "UPDATE api_key SET revoked_at = now() WHERE project_id = $1 AND prefix = $2 AND revoked_at IS NULL"
#define CREATE_TOKEN "INSERT INTO access_token (org_id, role, hash, prefix, label) VALUES ($1, $2, $3, $4, $5)"
#define RESOLVE "SELECT org_id, org, project_id, role, label FROM resolve_credential($1)"

static PdgOrganisation *
read_organisation (const PdgDbResult *result, guint row)
{
  PdgOrganisation *organisation = g_new0 (PdgOrganisation, 1);

  organisation->org_no = pdg_db_result_get_int4 (result, row, 0);
  organisation->uuid = g_malloc (PDG_UUID_TEXT_BYTES);
  pdg_uuid_format (pdg_db_result_get_uuid (result, row, 1), organisation->uuid);
  organisation->name = g_strdup (pdg_db_result_get_text (result, row, 2));
  return organisation;
}

GPtrArray *
pdg_store_list_organisations (PdgDbTx *tx, GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, LIST_ORGANISATIONS, NULL, error);
  GPtrArray *organisations;

  if (result == NULL)
    return NULL;
  organisations = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_organisation_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    g_ptr_array_add (organisations, read_organisation (result, row));
  return organisations;
}

gboolean
pdg_store_may_be_writer (PdgDbTx *tx, gboolean *may, GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, MAY_BE_WRITER, NULL, error);

  if (result == NULL)
    return FALSE;
  *may = pdg_db_result_get_bool (result, 0, 0);
  return TRUE;
}

PdgOrganisation *
pdg_store_create_organisation (PdgDbTx *tx, const char *name, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_text (params, name, -1);
  result = pdg_db_tx_query (tx, CREATE_ORGANISATION, params, error);
  return result != NULL ? read_organisation (result, 0) : NULL;
}

gboolean
pdg_store_grant_login (PdgDbTx *tx, const char *login, gint32 org_no, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) exists = NULL;
  g_autofree char *grant = NULL;

  pdg_db_params_add_text (params, login, -1);
  exists = pdg_db_tx_query (tx, LOGIN_EXISTS, params, error);
  if (exists == NULL)
    return FALSE;
  if (pdg_db_result_get_n_rows (exists) == 0)
    {
      g_set_error (error, PDG_DB_ERROR, PDG_DB_ERROR_NOT_FOUND, "there is no login \"%s\"; create it first, with a password", login);
      return FALSE;
    }
  /* A role's name cannot be a parameter; the server itself quoted it. */
  grant = g_strdup_printf ("GRANT productgraph_app TO %s", pdg_db_result_get_text (exists, 0, 0));
  if (!pdg_db_tx_exec_script (tx, grant, error))
    return FALSE;
  pdg_db_params_add_int4 (params, org_no);
  return pdg_db_tx_exec (tx, GRANT_LOGIN, params, error);
}

char *
pdg_store_dup_organisation_name (PdgDbTx *tx, GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query_planned (tx, ORGANISATION_NAME, NULL, error);

  if (result == NULL)
    return NULL;
  return g_strdup (pdg_db_result_get_n_rows (result) == 1 ? pdg_db_result_get_text (result, 0, 0) : "");
}

static PdgProject *
read_project (const PdgDbResult *result, guint row)
{
  PdgProject *project = g_new0 (PdgProject, 1);

  project->project_no = pdg_db_result_get_int4 (result, row, 0);
  project->id = g_strdup (pdg_db_result_get_text (result, row, 1));
  project->name = g_strdup (pdg_db_result_get_text (result, row, 2));
  project->created_usec = pdg_db_result_get_usec (result, row, 3);
  return project;
}

GPtrArray *
pdg_store_list_projects (PdgDbTx *tx, const char *after_id, guint limit, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *projects;

  pdg_db_params_add_text (params, after_id, -1);
  pdg_db_params_add_int4 (params, (gint32) limit);
  result = pdg_db_tx_query_planned (tx, LIST_PROJECTS, params, error);
  if (result == NULL)
    return NULL;
  projects = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_project_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    g_ptr_array_add (projects, read_project (result, row));
  return projects;
}

PdgProject *
pdg_store_lookup_project (PdgDbTx *tx, const char *id, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_text (params, id, -1);
  result = pdg_db_tx_query_planned (tx, LOOKUP_PROJECT, params, error);
  return result != NULL && pdg_db_result_get_n_rows (result) == 1 ? read_project (result, 0) : NULL;
}

PdgProject *
pdg_store_create_project (PdgDbTx *tx, const char *id, const char *name, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_text (params, id, -1);
  pdg_db_params_add_text (params, name, -1);
  result = pdg_db_tx_query (tx, CREATE_PROJECT, params, error);
  return result != NULL ? read_project (result, 0) : NULL;
}

gboolean
pdg_store_create_api_key (PdgDbTx *tx, gint32 project_no, const guint8 hash[32], const char *prefix, const char *label, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_bytea (params, hash, 32);
  pdg_db_params_add_text (params, prefix, -1);
  pdg_db_params_add_text (params, label, -1);
  return pdg_db_tx_exec (tx, CREATE_KEY, params, error);
}

gboolean
pdg_store_revoke_api_key (PdgDbTx *tx, gint32 project_no, const char *prefix, gint64 *n_revoked, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_text (params, prefix, -1);
  return pdg_db_tx_exec_count (tx, REVOKE_KEY, params, n_revoked, error);
}

gboolean
pdg_store_create_token (PdgDbTx *tx, gint32 org_no, const char *role, const guint8 hash[32], const char *prefix, const char *label,
                        GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, org_no);
  pdg_db_params_add_text (params, role, -1);
  pdg_db_params_add_bytea (params, hash, 32);
  pdg_db_params_add_text (params, prefix, -1);
  pdg_db_params_add_text (params, label, -1);
  return pdg_db_tx_exec (tx, CREATE_TOKEN, params, error);
}

PdgPrincipal *
pdg_store_resolve_credential (PdgDbTx *tx, const guint8 hash[32], GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  char uuid[PDG_UUID_TEXT_BYTES];
  PdgRole role;

  pdg_db_params_add_bytea (params, hash, 32);
  result = pdg_db_tx_query (tx, RESOLVE, params, error);
  if (result == NULL || pdg_db_result_get_n_rows (result) == 0
      || !pdg_role_from_string (pdg_db_result_get_text (result, 0, 3), &role))
    return NULL;
  pdg_uuid_format (pdg_db_result_get_uuid (result, 0, 1), uuid);
  return pdg_principal_new (uuid, pdg_db_result_get_int4 (result, 0, 0), role, pdg_db_result_get_int4 (result, 0, 2),
                            pdg_db_result_get_text (result, 0, 4));
}
