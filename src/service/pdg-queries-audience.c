#include "config.h"
#include "service/pdg-queries-audience.h"

#include "service/pdg-queries-private.h"
#include "store/pdg-store-query.h"
#include "store/pdg-store-releases.h"
#include "store/pdg-store-sessions.h"

/* The sessions that were picked, each in the list of its owner. */
static GPtrArray *
load_picks (PdgQueries *queries, const GArray *picks, guint n_owners, PdgSessionParts parts, GError **error)
{
  g_autofree gint32 *projects = g_new (gint32, picks->len + 1), *numbers = g_new (gint32, picks->len + 1);
  g_autoptr (GPtrArray) sessions = NULL;
  GPtrArray *lists;

  for (guint i = 0; i < picks->len; i++)
    {
      projects[i] = g_array_index (picks, PdgStorePick, i).project_no;
      numbers[i] = g_array_index (picks, PdgStorePick, i).session_no;
    }
  sessions = pdg_store_lookup_sessions (queries->tx, projects, numbers, picks->len, parts, error);
  if (sessions == NULL)
    return NULL;
  lists = pdg_store_make_lists (n_owners, (GDestroyNotify) pdg_session_summary_free);
  for (guint i = 0; i < picks->len; i++)
    if (sessions->pdata[i] != NULL)
      g_ptr_array_add (lists->pdata[g_array_index (picks, PdgStorePick, i).place - 1], g_steal_pointer (&sessions->pdata[i]));
  return lists;
}

GPtrArray *
pdg_queries_list_audience_sessions (PdgQueries *queries, const PdgStoreAudience *audience, guint n_owners, const PdgStorePage *page,
                                    PdgSessionParts parts, GError **error)
{
  g_autoptr (GArray) picks = pdg_store_pick_sessions (queries->tx, audience, page, error);

  return picks != NULL ? load_picks (queries, picks, n_owners, parts, error) : NULL;
}

GPtrArray *
pdg_queries_list_audience_actors (PdgQueries *queries, const PdgStoreAudience *audience, guint n_owners, const PdgStorePage *page, GError **error)
{
  return pdg_store_list_audience_actors (queries->tx, audience, n_owners, page, error);
}

GPtrArray *
pdg_queries_list_releases (PdgQueries *queries, const gint32 *project_nos, guint n, gint64 from_usec, gint64 to_usec, const PdgStorePage *page,
                           GError **error)
{
  return pdg_store_list_releases (queries->tx, project_nos, n, from_usec, to_usec, page, error);
}

GPtrArray *
pdg_queries_list_release_sessions (PdgQueries *queries, const PdgRelease *const *releases, guint n, const PdgStorePage *page,
                                   PdgSessionParts parts, GError **error)
{
  g_autofree gint32 *projects = g_new (gint32, n + 1), *numbers = g_new (gint32, n + 1);
  g_autoptr (GArray) picks = NULL;

  for (guint i = 0; i < n; i++)
    {
      projects[i] = releases[i]->project_no;
      numbers[i] = releases[i]->release_no;
    }
  picks = pdg_store_pick_release_sessions (queries->tx, projects, numbers, n, releases[0]->from_usec, releases[0]->to_usec, page, error);
  return picks != NULL ? load_picks (queries, picks, n, parts, error) : NULL;
}
