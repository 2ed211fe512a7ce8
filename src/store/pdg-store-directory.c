#include "config.h"
#include "store/pdg-store-directory-private.h"

#include "base/pdg-id.h"
#include "db/pdg-db-error.h"

#define LIST_ORGANISATIONS "SELECT m.org_id, m.id, m.name, NULL::timestamptz FROM my_organisations() m"
#define MAY_BE_WRITER "SELECT pg_has_role(session_user, 'productgraph_ingest', 'MEMBER')"
#define CREATE_ORGANISATION "INSERT INTO organisation (name) VALUES ($1) RETURNING org_id, id, name, created_at"
#define LOGIN_EXISTS "SELECT quote_ident(rolname) FROM pg_roles WHERE rolname = $1"
#define GRANT_LOGIN "INSERT INTO org_grant (login, org_id) VALUES ($1::text::name, $2) ON CONFLICT DO NOTHING"
#define OWN "(SELECT current_org_id())"
#define LOOKUP_ORGANISATION "SELECT org_id, id, name, created_at FROM organisation WHERE org_id = " OWN
#define RENAME_ORGANISATION "UPDATE organisation SET name = $1 WHERE org_id = " OWN " RETURNING org_id, id, name, created_at"
#define PROJECT_COLUMNS PDG_STORE_PROJECT_COLUMNS
#define LOOKUP_PROJECT "SELECT " PROJECT_COLUMNS " FROM project WHERE org_id = $2 AND id = $1 COLLATE \"C\""
#define LOOKUP_PROJECT_ID "SELECT id FROM project WHERE org_id = " OWN " AND project_id = $1"
#define CREATE_PROJECT                                                                                                   \
  "INSERT INTO project (org_id, id, name) VALUES (current_org_id(), $1, $2) RETURNING " PROJECT_COLUMNS
#define UPDATE_PROJECT                                                                                                   \
  "UPDATE project SET name = coalesce($2, name), time_zone = coalesce($3, time_zone), week_start = coalesce($4, week_start) " \
  "WHERE org_id = " OWN " AND project_id = $1 RETURNING " PROJECT_COLUMNS
#define DELETE_PROJECT "SELECT delete_project($1)"
/* Names that only this server's files have are no names for others. */
#define FIND_TIME_ZONE                                                                                                   \
  "SELECT name FROM pg_timezone_names WHERE lower(name) = lower($1) "                                                    \
  "AND name !~ '^(posix|right)/' AND name NOT IN ('localtime', 'posixrules', 'Factory')"

static PdgOrganisation *
read_organisation (const PdgDbResult *result, guint row)
{
  PdgOrganisation *organisation = g_new0 (PdgOrganisation, 1);

  organisation->org_no = pdg_db_result_get_int4 (result, row, 0);
  organisation->uuid = g_malloc (PDG_UUID_TEXT_BYTES);
  pdg_uuid_format (pdg_db_result_get_uuid (result, row, 1), organisation->uuid);
  organisation->name = g_strdup (pdg_db_result_get_text (result, row, 2));
  organisation->created_usec = pdg_db_result_is_null (result, row, 3) ? PDG_TIME_NONE : pdg_db_result_get_usec (result, row, 3);
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

PdgOrganisation *
pdg_store_load_organisation (PdgDbTx *tx, GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query_planned (tx, LOOKUP_ORGANISATION, NULL, error);

  return result != NULL && pdg_db_result_get_n_rows (result) == 1 ? read_organisation (result, 0) : NULL;
}

PdgOrganisation *
pdg_store_rename_organisation (PdgDbTx *tx, const char *name, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_text (params, name, -1);
  result = pdg_db_tx_query (tx, RENAME_ORGANISATION, params, error);
  return result != NULL && pdg_db_result_get_n_rows (result) == 1 ? read_organisation (result, 0) : NULL;
}

PdgProject *
pdg_store_read_project (const PdgDbResult *result, guint row)
{
  PdgProject *project = g_new0 (PdgProject, 1);

  project->project_no = pdg_db_result_get_int4 (result, row, 0);
  project->id = g_strdup (pdg_db_result_get_text (result, row, 1));
  project->name = g_strdup (pdg_db_result_get_text (result, row, 2));
  project->created_usec = pdg_db_result_get_usec (result, row, 3);
  project->time_zone = g_strdup (pdg_db_result_get_text (result, row, 4));
  project->week_start = (gint32) pdg_db_result_get_int8 (result, row, 5);
  return project;
}

static PdgProject *
query_project (PdgDbTx *tx, const char *sql, PdgDbParams *params, GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query_planned (tx, sql, params, error);

  return result != NULL && pdg_db_result_get_n_rows (result) == 1 ? pdg_store_read_project (result, 0) : NULL;
}

/* Only what is asked for stands in it: so the planner sees that the index of names gives the first ones without a sort. */
void
pdg_store_append_projects (PdgStoreQuery *query, PdgDbTx *tx, const PdgStoreProjectFilter *filter)
{
  g_string_append_printf (query->sql, "SELECT " PROJECT_COLUMNS ", lower(name) AS sort_name FROM project WHERE org_id = $%u",
                          pdg_store_query_add_int4 (query, pdg_db_tx_get_org_no (tx)));
  if (filter->only_project_no != 0)
    g_string_append_printf (query->sql, " AND project_id = $%u", pdg_store_query_add_int4 (query, filter->only_project_no));
  if (filter->search != NULL)
    {
      guint search = pdg_store_query_add_text (query, filter->search);

      g_string_append_printf (query->sql,
                              " AND (strpos(lower(name), lower($%u)) > 0 OR strpos(lower(id COLLATE \"default\"), lower($%u)) > 0)", search, search);
    }
  if (filter->after_name != NULL)
    {
      guint name = pdg_store_query_add_text (query, filter->after_name);

      g_string_append_printf (query->sql, " AND (lower(name), id) > (lower($%u), $%u COLLATE \"C\")", name,
                              pdg_store_query_add_text (query, filter->after_id));
    }
  g_string_append_printf (query->sql, " ORDER BY lower(name), id LIMIT $%u", pdg_store_query_add_int4 (query, (gint32) filter->limit));
}

GPtrArray *
pdg_store_list_projects (PdgDbTx *tx, const PdgStoreProjectFilter *filter, GError **error)
{
  g_auto (PdgStoreQuery) query = PDG_STORE_QUERY_INIT;
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *projects;

  pdg_store_append_projects (&query, tx, filter);
  result = pdg_db_tx_query_planned (tx, query.sql->str, query.params, error);
  if (result == NULL)
    return NULL;
  projects = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_project_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    g_ptr_array_add (projects, pdg_store_read_project (result, row));
  return projects;
}

PdgProject *
pdg_store_lookup_project (PdgDbTx *tx, const char *id, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_text (params, id, -1);
  pdg_db_params_add_int4 (params, pdg_db_tx_get_org_no (tx));
  return query_project (tx, LOOKUP_PROJECT, params, error);
}

char *
pdg_store_lookup_project_id (PdgDbTx *tx, gint32 project_no, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, project_no);
  result = pdg_db_tx_query (tx, LOOKUP_PROJECT_ID, params, error);
  return result != NULL && pdg_db_result_get_n_rows (result) == 1 ? g_strdup (pdg_db_result_get_text (result, 0, 0)) : NULL;
}

PdgProject *
pdg_store_create_project (PdgDbTx *tx, const char *id, const char *name, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_text (params, id, -1);
  pdg_db_params_add_text (params, name, -1);
  return query_project (tx, CREATE_PROJECT, params, error);
}

PdgProject *
pdg_store_update_project (PdgDbTx *tx, gint32 project_no, const char *name, const char *time_zone, int week_start, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_text (params, name, -1);
  pdg_db_params_add_text (params, time_zone, -1);
  if (week_start >= 0)
    pdg_db_params_add_int2 (params, (gint16) week_start);
  else
    pdg_db_params_add_null (params);
  return query_project (tx, UPDATE_PROJECT, params, error);
}

char *
pdg_store_lookup_time_zone (PdgDbTx *tx, const char *name, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_text (params, name, -1);
  result = pdg_db_tx_query (tx, FIND_TIME_ZONE, params, error);
  return result != NULL && pdg_db_result_get_n_rows (result) > 0 ? g_strdup (pdg_db_result_get_text (result, 0, 0)) : NULL;
}

gboolean
pdg_store_delete_project (PdgDbTx *tx, gint32 project_no, gboolean *deleted, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, project_no);
  result = pdg_db_tx_query (tx, DELETE_PROJECT, params, error);
  if (result == NULL)
    return FALSE;
  *deleted = pdg_db_result_get_bool (result, 0, 0);
  return TRUE;
}
