#include "config.h"
#include "service/pdg-queries-private.h"

#include "store/pdg-store-screens.h"

GPtrArray *
pdg_queries_lookup_screens (PdgQueries *queries, const gint32 *project_nos, const gint32 *screen_nos, guint n, GError **error)
{
  return pdg_store_lookup_screens (queries->tx, project_nos, screen_nos, n, error);
}

GPtrArray *
pdg_queries_list_screens (PdgQueries *queries, const gint32 *project_nos, guint n, const char *search, const char *after_path, guint limit,
                          GError **error)
{
  return pdg_store_list_project_screens (queries->tx, project_nos, n, search, after_path, limit, error);
}

GPtrArray *
pdg_queries_list_snapshots (PdgQueries *queries, const gint32 *project_nos, const gint32 *screen_nos, guint n,
                            const PdgStoreSnapshotFilter *filter, GError **error)
{
  return pdg_store_list_snapshots (queries->tx, project_nos, screen_nos, n, filter, error);
}

GPtrArray *
pdg_queries_lookup_snapshots (PdgQueries *queries, const gint32 *project_nos, const gint64 *snapshot_nos, guint n, GError **error)
{
  return pdg_store_lookup_snapshots (queries->tx, project_nos, snapshot_nos, n, error);
}

GPtrArray *
pdg_queries_load_snapshot_texts (PdgQueries *queries, const gint64 *snapshot_nos, guint n, PdgStoreSnapshotText which, GError **error)
{
  return pdg_store_load_snapshot_texts (queries->tx, snapshot_nos, n, which, error);
}
