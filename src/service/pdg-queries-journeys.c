#include "config.h"
#include "service/pdg-queries-journeys.h"

#include "analytics/pdg-journey-builder.h"
#include "base/pdg-clock.h"
#include "model/pdg-screen-path.h"
#include "service/pdg-queries-private.h"
#include "store/pdg-store-journeys.h"

static void
report_clear (gpointer data)
{
  PdgJourneyReport *report = data;

  pdg_journey_graph_unref (report->graph);
  pdg_journey_members_free (report->members);
}

PdgJourneyReport *
pdg_journey_report_ref (PdgJourneyReport *report)
{
  return g_rc_box_acquire (report);
}

void
pdg_journey_report_unref (PdgJourneyReport *report)
{
  if (report != NULL)
    g_rc_box_release_full (report, report_clear);
}

/* Several projects under construction; their rows come one project after the other. */
typedef struct
{
  GHashTable *reports;  /* project number -> PdgJourneyReport */
  GHashTable *builders; /* project number -> PdgJourneyBuilder */
  PdgJourneyBuilder *current;
  gint32 current_no;
} Site;

static void
add_row_cb (gint32 project_no, gint32 session_no, gint32 screen_no, gint64 ts_usec, gint32 sequence, PdgStoreJourneyRowKind kind,
            double value, gpointer user_data)
{
  static const PdgJourneyRowKind kinds[] = {
    [PDG_STORE_ROW_VIEW] = PDG_JOURNEY_VIEW,
    [PDG_STORE_ROW_ERROR] = PDG_JOURNEY_ERROR,
    [PDG_STORE_ROW_LOAD] = PDG_JOURNEY_LOAD,
  };
  PdgJourneyRow row = { ts_usec, value, session_no, screen_no, sequence, kinds[kind] };
  Site *site = user_data;

  if (site->current == NULL || site->current_no != project_no)
    {
      site->current_no = project_no;
      site->current = g_hash_table_lookup (site->builders, GINT_TO_POINTER (project_no));
    }
  pdg_journey_builder_add (site->current, &row);
}

static void
open_site (Site *site, const gint32 *project_nos, guint n, gboolean with_members)
{
  for (guint i = 0; i < n; i++)
    {
      PdgJourneyReport *report;
      PdgJourneyBuilder *builder;

      if (g_hash_table_contains (site->reports, GINT_TO_POINTER (project_nos[i])))
        continue;
      report = g_rc_box_new0 (PdgJourneyReport);
      builder = pdg_journey_builder_new ();
      report->project_no = project_nos[i];
      report->as_of_usec = pdg_clock_now_usec ();
      report->members = with_members ? pdg_journey_members_new () : NULL;
      pdg_journey_builder_set_members (builder, report->members);
      g_hash_table_insert (site->reports, GINT_TO_POINTER (project_nos[i]), report);
      g_hash_table_insert (site->builders, GINT_TO_POINTER (project_nos[i]), builder);
    }
}

static void
finish_site (Site *site, GPtrArray *screens)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree PdgJourneyScreenInfo *infos = g_new (PdgJourneyScreenInfo, screens->len + 1);
  GHashTableIter iter;
  PdgJourneyReport *report;

  g_hash_table_iter_init (&iter, site->reports);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &report))
    {
      guint n = 0;

      for (guint i = 0; i < screens->len; i++)
        {
          const PdgStoreScreen *screen = screens->pdata[i];
          char *name;

          if (screen->project_no != report->project_no)
            continue;
          name = screen->title != NULL ? g_strdup (screen->title) : pdg_screen_path_dup_name (screen->path);
          g_ptr_array_add (names, name);
          infos[n++] = (PdgJourneyScreenInfo) { screen->screen_no, screen->path, name, screen->snapshot_id };
        }
      report->graph = pdg_journey_builder_finish (g_hash_table_lookup (site->builders, GINT_TO_POINTER (report->project_no)), infos, n);
    }
}

/* Reads what the reports need; FALSE with an error. */
static gboolean
fill_site (PdgQueries *queries, Site *site, const PdgJourneyQuestion *question, GError **error)
{
  guint n;
  g_autofree gpointer *keys = g_hash_table_get_keys_as_array (site->reports, &n);
  g_autofree gint32 *project_nos = g_new (gint32, n + 1);
  PdgStoreEventScope scope = { project_nos, n, question->from_usec, question->to_usec, question->filter };
  g_autoptr (GPtrArray) screens = NULL;
  g_autoptr (GHashTable) counts = NULL;

  for (guint i = 0; i < n; i++)
    project_nos[i] = GPOINTER_TO_INT (keys[i]);
  screens = pdg_store_list_screens (queries->tx, &scope, error);
  if (screens == NULL || !pdg_store_each_journey_row (queries->tx, &scope, add_row_cb, site, error))
    return FALSE;
  if (question->with_event_count)
    {
      counts = pdg_store_count_events (queries->tx, &scope, error);
      if (counts == NULL)
        return FALSE;
    }
  for (guint i = 0; i < n; i++)
    {
      const guint64 *count = counts != NULL ? g_hash_table_lookup (counts, keys[i]) : NULL;

      pdg_journey_builder_set_n_events (g_hash_table_lookup (site->builders, keys[i]), count != NULL ? *count : 0);
    }
  finish_site (site, screens);
  return TRUE;
}

GPtrArray *
pdg_queries_load_journeys (PdgQueries *queries, const gint32 *project_nos, guint n, const PdgJourneyQuestion *question, GError **error)
{
  g_autoptr (GHashTable) reports = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) pdg_journey_report_unref);
  g_autoptr (GHashTable) builders = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) pdg_journey_builder_free);
  Site site = { reports, builders, NULL, 0 };
  GPtrArray *found;

  open_site (&site, project_nos, n, question->with_members);
  if (!fill_site (queries, &site, question, error))
    return NULL;
  found = g_ptr_array_new_full (n, (GDestroyNotify) pdg_journey_report_unref);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (found, pdg_journey_report_ref (g_hash_table_lookup (reports, GINT_TO_POINTER (project_nos[i]))));
  return found;
}

GPtrArray *
pdg_queries_load_live (PdgQueries *queries, const gint32 *project_nos, guint n, const PdgEventFilter *filter, gboolean with_sessions,
                       GError **error)
{
  return pdg_store_load_live (queries->tx, project_nos, n, pdg_clock_now_usec (), filter, with_sessions, error);
}
