#pragma once

#include "db/pdg-db-params.h"

G_BEGIN_DECLS

/* A statement that is put together: its text and its values. One for each shape of a question, so that few are prepared. */
typedef struct
{
  GString *sql;
  PdgDbParams *params;
} PdgStoreQuery;

#define PDG_STORE_QUERY_INIT { g_string_new (NULL), pdg_db_params_new () }

void  pdg_store_query_clear (PdgStoreQuery *query);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PdgStoreQuery, pdg_store_query_clear)

/* Each adds a value and says its number: 1 for $1. */
guint pdg_store_query_add_int4 (PdgStoreQuery *query, gint32 number);
guint pdg_store_query_add_time (PdgStoreQuery *query, gint64 usec);
guint pdg_store_query_add_text (PdgStoreQuery *query, const char *text);

/* Appends " FROM unnest(…) WITH ORDINALITY p (project_id, number, place)" of @n owners, as the first values of the query; without
 * @numbers (nullable), p has no number. */
void  pdg_store_query_append_owners (PdgStoreQuery *query, const gint32 *project_nos, const gint32 *numbers, guint n);

/* One empty list of what @free_func frees for each of @n owners. (transfer full) (element-type GPtrArray) */
GPtrArray *pdg_store_make_lists (guint n, GDestroyNotify free_func);

/* Sorts a list that the database gives in order, but for what a join may have mixed. @compare: as for g_ptr_array_sort (). */
void       pdg_store_sort_list (GPtrArray *list, GCompareFunc compare);

G_END_DECLS
