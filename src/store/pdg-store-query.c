#include "config.h"
#include "store/pdg-store-query.h"

void
pdg_store_query_clear (PdgStoreQuery *query)
{
  g_string_free (query->sql, TRUE);
  pdg_db_params_free (query->params);
}

guint
pdg_store_query_add_int4 (PdgStoreQuery *query, gint32 number)
{
  pdg_db_params_add_int4 (query->params, number);
  return pdg_db_params_get_n (query->params);
}

guint
pdg_store_query_add_time (PdgStoreQuery *query, gint64 usec)
{
  pdg_db_params_add_timestamptz (query->params, usec);
  return pdg_db_params_get_n (query->params);
}

guint
pdg_store_query_add_text (PdgStoreQuery *query, const char *text)
{
  pdg_db_params_add_text (query->params, text, -1);
  return pdg_db_params_get_n (query->params);
}

void
pdg_store_query_append_owners (PdgStoreQuery *query, const gint32 *project_nos, const gint32 *numbers, guint n)
{
  pdg_db_params_add_int4_array (query->params, project_nos, NULL, n);
  if (numbers != NULL)
    pdg_db_params_add_int4_array (query->params, numbers, NULL, n);
  g_string_append (query->sql, numbers != NULL ? " FROM unnest($1, $2) WITH ORDINALITY p (project_id, number, place)"
                                               : " FROM unnest($1) WITH ORDINALITY p (project_id, place)");
}

GPtrArray *
pdg_store_make_lists (guint n, GDestroyNotify free_func)
{
  GPtrArray *lists = g_ptr_array_new_full (n, (GDestroyNotify) g_ptr_array_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (lists, g_ptr_array_new_with_free_func (free_func));
  return lists;
}

void
pdg_store_sort_list (GPtrArray *list, GCompareFunc compare)
{
  for (guint i = 1; i < list->len; i++)
    if (compare (&list->pdata[i - 1], &list->pdata[i]) > 0)
      {
        g_ptr_array_sort (list, compare);
        return;
      }
}
