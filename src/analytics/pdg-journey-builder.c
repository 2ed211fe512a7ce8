#include "config.h"
#include "analytics/pdg-journey-builder.h"

#include "model/pdg-event.h"

#include <math.h>
#include <stdlib.h>

typedef struct
{
  gint32 screen_no;
  guint32 visits;
  guint32 entries;
  guint32 exits;
  guint32 sessions;
  guint32 errors;
  gint32 last_session; /* the session that `sessions` counted last */
  GArray *loads;       /* double, ms */
  GArray *dwells;      /* double, ms */
} ScreenStats;

typedef struct
{
  gint32 from_no;
  gint32 to_no;
  guint32 count;
  GArray *dwells; /* double, ms */
} TransitionStats;

typedef struct
{
  PdgJourneyRow row;
  gint64 t_star; /* the time that orders within the session */
  guint32 place; /* arrival, the last tie-break */
} SessionRow;

struct _PdgJourneyBuilder
{
  GHashTable *screens;     /* screen_no -> ScreenStats */
  GHashTable *transitions; /* gint64 of both numbers -> TransitionStats */
  GArray *session;         /* SessionRow of the session being read */
  PdgJourneyMembers *members; /* (nullable) */
  gint32 session_no;
  guint64 n_sessions;
  guint64 n_events;
};

static void
screen_stats_free (gpointer data)
{
  ScreenStats *stats = data;

  g_array_unref (stats->loads);
  g_array_unref (stats->dwells);
  g_free (stats);
}

static void
transition_stats_free (gpointer data)
{
  TransitionStats *stats = data;

  g_array_unref (stats->dwells);
  g_free (stats);
}

PdgJourneyBuilder *
pdg_journey_builder_new (void)
{
  PdgJourneyBuilder *builder = g_new0 (PdgJourneyBuilder, 1);

  builder->screens = g_hash_table_new_full (NULL, NULL, NULL, screen_stats_free);
  builder->transitions = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, transition_stats_free);
  builder->session = g_array_new (FALSE, FALSE, sizeof (SessionRow));
  return builder;
}

void
pdg_journey_builder_free (PdgJourneyBuilder *builder)
{
  if (builder == NULL)
    return;
  g_hash_table_unref (builder->screens);
  g_hash_table_unref (builder->transitions);
  g_array_unref (builder->session);
  g_free (builder);
}

static ScreenStats *
ensure_screen (PdgJourneyBuilder *builder, gint32 screen_no)
{
  ScreenStats *stats = g_hash_table_lookup (builder->screens, GINT_TO_POINTER (screen_no));

  if (stats == NULL)
    {
      stats = g_new0 (ScreenStats, 1);
      stats->screen_no = screen_no;
      stats->last_session = -1;
      stats->loads = g_array_new (FALSE, FALSE, sizeof (double));
      stats->dwells = g_array_new (FALSE, FALSE, sizeof (double));
      g_hash_table_insert (builder->screens, GINT_TO_POINTER (screen_no), stats);
    }
  return stats;
}

static void
add_transition (PdgJourneyBuilder *builder, gint32 from, gint32 to, double dwell_ms)
{
  gint64 key = (gint64) from << 32 | (guint32) to;
  TransitionStats *stats = g_hash_table_lookup (builder->transitions, &key);

  if (stats == NULL)
    {
      stats = g_new0 (TransitionStats, 1);
      stats->from_no = from;
      stats->to_no = to;
      stats->dwells = g_array_new (FALSE, FALSE, sizeof (double));
      g_hash_table_insert (builder->transitions, g_memdup2 (&key, sizeof key), stats);
    }
  stats->count++;
  g_array_append_val (stats->dwells, dwell_ms);
}

static int
compare_by_sequence (gconstpointer a, gconstpointer b)
{
  const SessionRow *x = a, *y = b;

  if (x->row.sequence != y->row.sequence)
    return x->row.sequence < y->row.sequence ? -1 : 1;
  if (x->row.ts_usec != y->row.ts_usec)
    return x->row.ts_usec < y->row.ts_usec ? -1 : 1;
  return x->place < y->place ? -1 : 1;
}

static int
compare_by_t_star (gconstpointer a, gconstpointer b)
{
  const SessionRow *x = a, *y = b;

  if (x->t_star != y->t_star)
    return x->t_star < y->t_star ? -1 : 1;
  if (x->row.sequence != y->row.sequence)
    return x->row.sequence < y->row.sequence ? -1 : 1;
  return x->place < y->place ? -1 : 1;
}

/* Within a session the sequence rules: t* = max (t, t* of the one before by sequence); rows without one keep their time. */
static void
order_session (GArray *rows)
{
  gint64 t_star = G_MININT64;

  g_array_sort (rows, compare_by_sequence);
  for (guint i = 0; i < rows->len; i++)
    {
      SessionRow *row = &g_array_index (rows, SessionRow, i);

      row->t_star = row->row.ts_usec;
      if (row->row.sequence == PDG_SEQUENCE_NONE)
        continue;
      t_star = MAX (t_star, row->row.ts_usec);
      row->t_star = t_star;
    }
  g_array_sort (rows, compare_by_t_star);
}

/* Each count of a visit passes here, so that the sessions behind a number are those that it counts. */
static void
note_member (PdgJourneyBuilder *builder, PdgJourneyCellKind kind, gint32 screen_no, gint32 to_screen_no)
{
  if (builder->members != NULL)
    pdg_journey_members_add (builder->members, (PdgJourneyCell) { kind, screen_no, to_screen_no }, builder->session_no);
}

static void
begin_visit (PdgJourneyBuilder *builder, ScreenStats *screen, ScreenStats *previous, double dwell_ms)
{
  screen->visits++;
  note_member (builder, PDG_JOURNEY_CELL_VISITS, screen->screen_no, 0);
  if (screen->last_session != builder->session_no)
    {
      screen->last_session = builder->session_no;
      screen->sessions++;
    }
  if (previous == NULL)
    {
      screen->entries++;
      builder->n_sessions++;
      note_member (builder, PDG_JOURNEY_CELL_ENTRIES, screen->screen_no, 0);
      note_member (builder, PDG_JOURNEY_CELL_GRAPH, 0, 0);
      return;
    }
  note_member (builder, PDG_JOURNEY_CELL_TRANSITION, previous->screen_no, screen->screen_no);
  add_transition (builder, previous->screen_no, screen->screen_no, dwell_ms);
  g_array_append_val (previous->dwells, dwell_ms);
}

static void
end_session (PdgJourneyBuilder *builder)
{
  ScreenStats *current = NULL;
  gint64 visit_began = 0;
  gboolean visit_failed = FALSE;

  order_session (builder->session);
  for (guint i = 0; i < builder->session->len; i++)
    {
      const SessionRow *row = &g_array_index (builder->session, SessionRow, i);

      if (row->row.kind == PDG_JOURNEY_LOAD && row->row.screen_no > 0)
        g_array_append_val (ensure_screen (builder, row->row.screen_no)->loads, row->row.value);
      else if (row->row.kind == PDG_JOURNEY_ERROR && current != NULL && !visit_failed)
        {
          current->errors++;
          note_member (builder, PDG_JOURNEY_CELL_ERRORS, current->screen_no, 0);
          visit_failed = TRUE;
        }
      else if (row->row.kind == PDG_JOURNEY_VIEW && row->row.screen_no > 0
               && (current == NULL || current->screen_no != row->row.screen_no))
        {
          ScreenStats *screen = ensure_screen (builder, row->row.screen_no);

          begin_visit (builder, screen, current, (double) (row->t_star - visit_began) / 1000.0);
          current = screen;
          visit_began = row->t_star;
          visit_failed = FALSE;
        }
    }
  if (current != NULL)
    {
      current->exits++;
      note_member (builder, PDG_JOURNEY_CELL_EXITS, current->screen_no, 0);
    }
  g_array_set_size (builder->session, 0);
}

void
pdg_journey_builder_add (PdgJourneyBuilder *builder, const PdgJourneyRow *row)
{
  SessionRow entry = { *row, row->ts_usec, builder->session->len };

  if (builder->session->len > 0 && builder->session_no != row->session_no)
    {
      end_session (builder);
      entry.place = 0;
    }
  builder->session_no = row->session_no;
  g_array_append_val (builder->session, entry);
}

void
pdg_journey_builder_set_members (PdgJourneyBuilder *builder, PdgJourneyMembers *members)
{
  builder->members = members;
}

void
pdg_journey_builder_set_n_events (PdgJourneyBuilder *builder, guint64 n_events)
{
  builder->n_events = n_events;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The quantile of the sorted values by linear interpolation (R-7, as PostgreSQL's percentile_cont); -1 when there are none. */
static double
quantile (GArray *values, double q)
{
  double place, below, above;
  guint i;

  if (values->len == 0)
    return -1;
  g_array_sort (values, compare_doubles);
  place = q * (values->len - 1);
  i = (guint) place;
  below = g_array_index (values, double, i);
  above = g_array_index (values, double, MIN (i + 1, values->len - 1));
  return below + (above - below) * (place - floor (place));
}

static void
add_screens (PdgJourneyBuilder *builder, PdgJourneyGraph *graph, const PdgJourneyScreenInfo *infos, guint n_infos)
{
  g_autoptr (GHashTable) by_no = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  ScreenStats *stats;

  for (guint i = 0; i < n_infos; i++)
    g_hash_table_insert (by_no, GINT_TO_POINTER (infos[i].screen_no), (gpointer) &infos[i]);
  g_hash_table_iter_init (&iter, builder->screens);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &stats))
    {
      const PdgJourneyScreenInfo *info = g_hash_table_lookup (by_no, GINT_TO_POINTER (stats->screen_no));
      g_autofree char *id = g_strdup_printf ("%d", stats->screen_no);
      PdgJourneyScreen screen = {
        .id = id,
        .path = info != NULL ? (char *) info->path : id,
        .visits = stats->visits,
        .entries = stats->entries,
        .exits = stats->exits,
        .sessions = stats->sessions,
        .errors = stats->errors,
        .load_p75_ms = quantile (stats->loads, 0.75),
        .dwell_median_ms = quantile (stats->dwells, 0.5),
      };

      screen.name = info != NULL && info->name != NULL ? (char *) info->name : screen.path;
      screen.snapshot_id = info != NULL ? (char *) info->snapshot_id : NULL;
      if (stats->visits > 0)
        pdg_journey_graph_add_screen (graph, &screen);
    }
}

static void
add_transitions (PdgJourneyBuilder *builder, PdgJourneyGraph *graph)
{
  GHashTableIter iter;
  TransitionStats *stats;

  g_hash_table_iter_init (&iter, builder->transitions);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &stats))
    {
      g_autofree char *from = g_strdup_printf ("%d", stats->from_no);
      g_autofree char *to = g_strdup_printf ("%d", stats->to_no);
      PdgJourneyTransition transition = {
        .from = (guint32) pdg_journey_graph_lookup (graph, from),
        .to = (guint32) pdg_journey_graph_lookup (graph, to),
        .count = stats->count,
        .dwell_median_ms = quantile (stats->dwells, 0.5),
      };

      pdg_journey_graph_add_transition (graph, &transition);
    }
}

PdgJourneyGraph *
pdg_journey_builder_finish (PdgJourneyBuilder *builder, const PdgJourneyScreenInfo *infos, guint n_infos)
{
  g_autoptr (PdgJourneyGraph) graph = pdg_journey_graph_new ();

  if (builder->session->len > 0)
    end_session (builder);
  add_screens (builder, graph, infos, n_infos);
  add_transitions (builder, graph);
  pdg_journey_graph_sort (graph);
  pdg_journey_graph_set_totals (graph, builder->n_sessions, builder->n_events);
  return g_steal_pointer (&graph);
}
