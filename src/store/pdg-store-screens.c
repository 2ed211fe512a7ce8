#include "config.h"
#include "store/pdg-store-screens.h"

#include "store/pdg-store-lists.h"

#define COLUMNS "s.project_id, s.screen_no, s.path, s.title "
#define LOOKUP                                                                                                           \
  "SELECT u.place, " COLUMNS "FROM unnest($1::int4[], $2::int4[]) WITH ORDINALITY u (project_id, screen_no, place) "     \
  "JOIN screen s ON s.project_id = u.project_id AND s.screen_no = u.screen_no"
#define LIST                                                                                                             \
  "SELECT u.place, " COLUMNS "FROM unnest($1::int4[]) WITH ORDINALITY u (project_id, place) CROSS JOIN LATERAL ("        \
  "SELECT * FROM screen s WHERE s.project_id = u.project_id AND ($2::text IS NULL OR s.path > $2 COLLATE \"C\") "        \
  "AND ($3::text IS NULL OR strpos(lower(s.path COLLATE \"default\"), lower($3)) > 0 "                                   \
  "OR strpos(lower(s.title), lower($3)) > 0) ORDER BY s.path LIMIT $4) s ORDER BY u.place, s.path"

static gpointer
read_screen (const PdgDbResult *result, guint row)
{
  PdgScreen *screen = g_new0 (PdgScreen, 1);

  screen->project_no = pdg_db_result_get_int4 (result, row, 1);
  screen->screen_no = pdg_db_result_get_int4 (result, row, 2);
  screen->path = g_strdup (pdg_db_result_get_text (result, row, 3));
  screen->title = g_strdup (pdg_db_result_get_text (result, row, 4));
  return screen;
}

GPtrArray *
pdg_store_lookup_screens (PdgDbTx *tx, const gint32 *project_nos, const gint32 *screen_nos, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  pdg_db_params_add_int4_array (params, screen_nos, NULL, n);
  return pdg_store_query_each_one (tx, LOOKUP, params, n, read_screen, (GDestroyNotify) pdg_screen_free, error);
}

GPtrArray *
pdg_store_list_project_screens (PdgDbTx *tx, const gint32 *project_nos, guint n, const char *search, const char *after_path, guint limit,
                                GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  pdg_db_params_add_text (params, after_path, -1);
  pdg_db_params_add_text (params, search, -1);
  pdg_db_params_add_int4 (params, (gint32) limit);
  return pdg_store_query_lists (tx, LIST, params, n, read_screen, (GDestroyNotify) pdg_screen_free, error);
}
