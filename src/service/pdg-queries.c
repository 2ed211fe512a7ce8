#include "config.h"
#include "service/pdg-queries-private.h"

#include "analytics/pdg-journey-builder.h"
#include "base/pdg-clock.h"
#include "model/pdg-screen-path.h"
#include "store/pdg-store-directory.h"
#include "store/pdg-store-journeys.h"
#include "store/pdg-store-snapshots.h"

G_DEFINE_QUARK (pdg-service-error-quark, pdg_service_error)

PdgQueries *
pdg_queries_begin (PdgDbConn *conn, PdgPrincipal *principal, guint timeout_ms, GError **error)
{
  g_autoptr (PdgQueries) queries = NULL;

  if (!pdg_principal_may (principal, PDG_ROLE_VIEWER))
    {
      g_set_error_literal (error, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_FORBIDDEN,
                           "this key may only send events; reading needs a token with the role viewer");
      return NULL;
    }
  queries = g_new0 (PdgQueries, 1);
  queries->principal = pdg_principal_ref (principal);
  queries->tx = pdg_db_tx_begin (conn, principal, PDG_DB_TX_READ_ONLY | PDG_DB_TX_REPEATABLE_READ, error);
  if (queries->tx == NULL || !pdg_db_tx_set_timeout (queries->tx, timeout_ms, error))
    return NULL;
  return g_steal_pointer (&queries);
}

void
pdg_queries_free (PdgQueries *queries)
{
  if (queries == NULL)
    return;
  pdg_db_tx_free (queries->tx);
  pdg_principal_unref (queries->principal);
  g_free (queries);
}

char *
pdg_queries_dup_organisation_name (PdgQueries *queries, GError **error)
{
  return pdg_store_dup_organisation_name (queries->tx, error);
}

/* A principal bound to one project sees no other. */
static gboolean
may_see (PdgQueries *queries, const PdgProject *project)
{
  gint32 bound = pdg_principal_get_project_no (queries->principal);

  return bound == 0 || bound == project->project_no;
}

GPtrArray *
pdg_queries_list_projects (PdgQueries *queries, const char *after_id, guint limit, GError **error)
{
  GPtrArray *projects = pdg_store_list_projects (queries->tx, after_id, limit, error);

  for (guint i = projects != NULL ? projects->len : 0; i > 0; i--)
    if (!may_see (queries, projects->pdata[i - 1]))
      g_ptr_array_remove_index (projects, i - 1);
  return projects;
}

PdgProject *
pdg_queries_lookup_project (PdgQueries *queries, const char *id, GError **error)
{
  g_autoptr (PdgProject) project = pdg_store_lookup_project (queries->tx, id, error);

  return project != NULL && may_see (queries, project) ? g_steal_pointer (&project) : NULL;
}

static void
add_row_cb (gint32 session_no, gint32 screen_no, gint64 ts_usec, gint32 sequence, PdgStoreJourneyRowKind kind, double value,
            gpointer user_data)
{
  static const PdgJourneyRowKind kinds[] = {
    [PDG_STORE_ROW_VIEW] = PDG_JOURNEY_VIEW,
    [PDG_STORE_ROW_ERROR] = PDG_JOURNEY_ERROR,
    [PDG_STORE_ROW_LOAD] = PDG_JOURNEY_LOAD,
  };
  PdgJourneyRow row = { ts_usec, value, session_no, screen_no, sequence, kinds[kind] };

  pdg_journey_builder_add (user_data, &row);
}

PdgJourneyGraph *
pdg_queries_load_journey_graph (PdgQueries *queries, gint32 project_no, gint64 from_usec, gint64 to_usec, GError **error)
{
  g_autoptr (PdgJourneyBuilder) builder = pdg_journey_builder_new ();
  g_autoptr (GPtrArray) screens = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree PdgJourneyScreenInfo *infos = NULL;
  guint64 n_events = 0;

  screens = pdg_store_list_screens (queries->tx, project_no, error);
  if (screens == NULL
      || !pdg_store_each_journey_row (queries->tx, project_no, from_usec, to_usec, add_row_cb, builder, error)
      || !pdg_store_count_events (queries->tx, project_no, from_usec, to_usec, &n_events, error))
    return NULL;
  infos = g_new (PdgJourneyScreenInfo, screens->len + 1);
  for (guint i = 0; i < screens->len; i++)
    {
      const PdgStoreScreen *screen = screens->pdata[i];

      g_ptr_array_add (names, screen->title != NULL ? g_strdup (screen->title) : pdg_screen_path_dup_name (screen->path));
      infos[i] = (PdgJourneyScreenInfo) { screen->screen_no, screen->path, names->pdata[i], screen->snapshot_id };
    }
  pdg_journey_builder_set_n_events (builder, n_events);
  return pdg_journey_builder_finish (builder, infos, screens->len);
}

gboolean
pdg_queries_get_event_span (PdgQueries *queries, gint32 project_no, gint64 *oldest_usec, gint64 *newest_usec, GError **error)
{
  return pdg_store_get_event_span (queries->tx, project_no, oldest_usec, newest_usec, error);
}

gboolean
pdg_queries_get_live (PdgQueries *queries, gint32 project_no, PdgLive *live, GError **error)
{
  return pdg_store_get_live (queries->tx, project_no, pdg_clock_now_usec (), live, error);
}

GPtrArray *
pdg_queries_list_releases (PdgQueries *queries, gint32 project_no, guint limit, GError **error)
{
  return pdg_store_list_releases (queries->tx, project_no, limit, error);
}

GBytes *
pdg_queries_load_blob (PdgQueries *queries, const char *id, char **media_type, GError **error)
{
  return pdg_store_load_blob (queries->tx, id, media_type, error);
}
