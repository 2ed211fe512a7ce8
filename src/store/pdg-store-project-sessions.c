#include "config.h"
#include "store/pdg-store-project-sessions.h"

#include "store/pdg-store-directory-private.h"
#include "store/pdg-store-sessions-private.h"

/* Where the columns of the session begin: after those of the project and one more, its name for sorting or its place. */
#define SESSION_COLUMN (PDG_STORE_N_PROJECT_COLUMNS + 1)

static void
append_select (PdgStoreQuery *query, PdgSessionParts parts)
{
  g_string_append (query->sql, "SELECT q.*, ");
  pdg_store_append_session_columns (query, parts);
  g_string_append (query->sql, " FROM (");
}

static gboolean
has_session (const PdgDbResult *result, guint row)
{
  return !pdg_db_result_is_null (result, row, SESSION_COLUMN);
}

PdgProject *
pdg_store_lookup_project_and_session (PdgDbTx *tx, const char *id, const char *session_id, PdgSessionParts parts, GPtrArray **sessions,
                                      GError **error)
{
  g_auto (PdgStoreQuery) query = PDG_STORE_QUERY_INIT;
  g_autoptr (PdgDbResult) result = NULL;
  guint org_n, id_n;

  append_select (&query, parts);
  org_n = pdg_store_query_add_int4 (&query, pdg_db_tx_get_org_no (tx));
  id_n = pdg_store_query_add_text (&query, id);
  g_string_append_printf (query.sql,
                          "SELECT " PDG_STORE_PROJECT_COLUMNS ", name AS sort_name FROM project WHERE org_id = $%u AND id = $%u COLLATE \"C\") q"
                          " LEFT JOIN session x ON x.project_id = q.project_id AND x.events > 0 AND x.id = $%u COLLATE \"C\"",
                          org_n, id_n, pdg_store_query_add_text (&query, session_id));
  pdg_store_append_session_joins (&query, parts);
  result = pdg_db_tx_query_planned (tx, query.sql->str, query.params, error);
  if (result == NULL || pdg_db_result_get_n_rows (result) != 1)
    return NULL;
  *sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_session_summary_free);
  g_ptr_array_add (*sessions, has_session (result, 0) ? pdg_store_read_session (result, 0, SESSION_COLUMN, parts) : NULL);
  return pdg_store_read_project (result, 0);
}

static GPtrArray *
make_empty (guint n, GDestroyNotify free_func)
{
  GPtrArray *items = g_ptr_array_new_full (n, free_func);

  g_ptr_array_set_size (items, (gint) n);
  return items;
}

GPtrArray *
pdg_store_lookup_projects (PdgDbTx *tx, const char *const *ids, const char *const *session_ids, guint n, PdgSessionParts parts,
                           GPtrArray **sessions, GError **error)
{
  g_auto (PdgStoreQuery) query = PDG_STORE_QUERY_INIT;
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *projects;

  pdg_db_params_add_text_array (query.params, ids, NULL, n);
  if (session_ids != NULL)
    pdg_db_params_add_text_array (query.params, session_ids, NULL, n);
  g_string_append (query.sql, "SELECT q.*, k.place");
  if (session_ids != NULL)
    {
      g_string_append (query.sql, ", ");
      pdg_store_append_session_columns (&query, parts);
    }
  g_string_append_printf (query.sql,
                          " FROM unnest(%s) WITH ORDINALITY k (id%s, place)"
                          " JOIN (SELECT " PDG_STORE_PROJECT_COLUMNS " FROM project WHERE org_id = $%u) q ON q.id = k.id COLLATE \"C\"",
                          session_ids != NULL ? "$1, $2" : "$1", session_ids != NULL ? ", session_id" : "",
                          pdg_store_query_add_int4 (&query, pdg_db_tx_get_org_no (tx)));
  if (session_ids != NULL)
    {
      g_string_append (query.sql, " LEFT JOIN session x ON x.project_id = q.project_id AND x.events > 0 AND x.id = k.session_id COLLATE \"C\"");
      pdg_store_append_session_joins (&query, parts);
    }
  result = pdg_db_tx_query_planned (tx, query.sql->str, query.params, error);
  if (result == NULL)
    return NULL;
  projects = make_empty (n, (GDestroyNotify) pdg_project_free);
  if (session_ids != NULL)
    *sessions = make_empty (n, (GDestroyNotify) pdg_session_summary_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    {
      guint at = (guint) pdg_db_result_get_int8 (result, row, PDG_STORE_N_PROJECT_COLUMNS) - 1;

      projects->pdata[at] = pdg_store_read_project (result, row);
      if (session_ids != NULL && has_session (result, row))
        (*sessions)->pdata[at] = pdg_store_read_session (result, row, SESSION_COLUMN, parts);
    }
  return projects;
}

/* The rows of one project follow one another, in the order of the projects. */
static GPtrArray *
read_projects (const PdgDbResult *result, PdgSessionParts parts, GPtrArray *lists)
{
  GPtrArray *projects = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_project_free), *list = NULL;
  gint32 project_no = 0;

  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    {
      gint32 of_row = pdg_db_result_get_int4 (result, row, 0);

      if (list == NULL || of_row != project_no)
        {
          project_no = of_row;
          list = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_session_summary_free);
          g_ptr_array_add (lists, list);
          g_ptr_array_add (projects, pdg_store_read_project (result, row));
        }
      if (has_session (result, row))
        g_ptr_array_add (list, pdg_store_read_session (result, row, SESSION_COLUMN, parts));
    }
  return projects;
}

GPtrArray *
pdg_store_list_projects_and_sessions (PdgDbTx *tx, const PdgStoreProjectFilter *projects, const PdgStoreSessionFilter *sessions,
                                      GPtrArray **lists, GError **error)
{
  g_auto (PdgStoreQuery) query = PDG_STORE_QUERY_INIT;
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *found;

  append_select (&query, sessions->parts);
  pdg_store_append_projects (&query, tx, projects);
  g_string_append (query.sql, ") q LEFT JOIN LATERAL ");
  pdg_store_append_session_page (&query, "q", "", sessions);
  g_string_append (query.sql, " ON TRUE");
  pdg_store_append_session_joins (&query, sessions->parts);
  g_string_append (query.sql, " ORDER BY q.sort_name, q.id");
  result = pdg_store_session_page_is_plain (sessions) ? pdg_db_tx_query_planned (tx, query.sql->str, query.params, error)
                                                      : pdg_db_tx_query (tx, query.sql->str, query.params, error);
  if (result == NULL)
    return NULL;
  *lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  found = read_projects (result, sessions->parts, *lists);
  for (guint i = 0; i < (*lists)->len; i++)
    pdg_store_sort_list ((*lists)->pdata[i], pdg_store_compare_sessions);
  return found;
}
