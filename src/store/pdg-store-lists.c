#include "config.h"
#include "store/pdg-store-lists.h"

GPtrArray *
pdg_store_query_lists (PdgDbTx *tx, const char *sql, PdgDbParams *params, guint n, PdgStoreReadFunc read, GDestroyNotify destroy,
                       GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, sql, params, error);
  GPtrArray *lists;

  if (result == NULL)
    return NULL;
  lists = g_ptr_array_new_full (n, (GDestroyNotify) g_ptr_array_unref);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (lists, g_ptr_array_new_with_free_func (destroy));
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    g_ptr_array_add (lists->pdata[pdg_db_result_get_int8 (result, row, 0) - 1], read (result, row));
  return lists;
}

GPtrArray *
pdg_store_query_each_one (PdgDbTx *tx, const char *sql, PdgDbParams *params, guint n, PdgStoreReadFunc read, GDestroyNotify destroy,
                          GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, sql, params, error);
  GPtrArray *found;

  if (result == NULL)
    return NULL;
  found = g_ptr_array_new_full (n, destroy);
  g_ptr_array_set_size (found, (gint) n);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    found->pdata[pdg_db_result_get_int8 (result, row, 0) - 1] = read (result, row);
  return found;
}
