#include "config.h"
#include "service/pdg-queries-funnel.h"

#include "base/pdg-clock.h"
#include "service/pdg-queries-private.h"
#include "service/pdg-service-error.h"
#include "store/pdg-store-reports.h"

#include <stdlib.h>
#include <string.h>

/* Times that parts and windows can be added to. */
#define MIN_MS (-(G_GINT64_CONSTANT (1) << 50))
#define MAX_MS (G_GINT64_CONSTANT (1) << 50)
#define NO_KEY G_MAXUINT32

/* The events of one project, each with a key that stands for what it matches. */
typedef struct
{
  GHashTable *days; /* day -> GArray of PdgPartRow */
  GArray *newest;   /* of the day that the last event was of */
  gint32 newest_day;
  GHashTable *keys; /* matches -> key + 1 */
  GArray *matches;  /* guint32 by key */
  guint32 last_matches;
  guint32 last_key;
} Events;

typedef struct
{
  GHashTable *projects; /* project number -> Events */
  Events *current;
  gint32 current_no;
  guint n_events;
  guint max_events;
} Reading;

static Events *
events_new (void)
{
  Events *self = g_new0 (Events, 1);

  self->days = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_array_unref);
  self->keys = g_hash_table_new (NULL, NULL);
  self->matches = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->last_key = NO_KEY;
  return self;
}

static void
events_free (gpointer data)
{
  Events *self = data;

  g_hash_table_unref (self->days);
  g_hash_table_unref (self->keys);
  g_array_unref (self->matches);
  g_free (self);
}

static guint32
get_key (Events *self, guint32 matches)
{
  gpointer key;

  if (self->last_key != NO_KEY && self->last_matches == matches)
    return self->last_key;
  key = g_hash_table_lookup (self->keys, GUINT_TO_POINTER (matches));
  if (key == NULL)
    {
      g_array_append_val (self->matches, matches);
      key = GUINT_TO_POINTER (self->matches->len);
      g_hash_table_insert (self->keys, GUINT_TO_POINTER (matches), key);
    }
  self->last_matches = matches;
  self->last_key = GPOINTER_TO_UINT (key) - 1;
  return self->last_key;
}

static gint64
floor_ms (gint64 usec)
{
  return usec / 1000 - (usec % 1000 < 0);
}

static gint32
day_of_ms (gint64 ms)
{
  return (gint32) (ms / PDG_MS_PER_DAY - (ms % PDG_MS_PER_DAY < 0));
}

static void
add_match_cb (gint32 project_no, gint32 actor_no, gint32 session_no, gint64 ts_usec, guint32 matches, gpointer user_data)
{
  Reading *reading = user_data;
  PdgPartRow row = { floor_ms (ts_usec), (guint32) actor_no, (guint32) session_no, 0 };
  gint32 day = day_of_ms (row.ts_ms);
  Events *events;

  if (reading->n_events++ >= reading->max_events) /* it is refused in the end */
    return;
  if (reading->current == NULL || reading->current_no != project_no)
    {
      reading->current_no = project_no;
      reading->current = g_hash_table_lookup (reading->projects, GINT_TO_POINTER (project_no));
    }
  events = reading->current;
  if (events->newest == NULL || events->newest_day != day)
    {
      events->newest_day = day;
      events->newest = g_hash_table_lookup (events->days, GINT_TO_POINTER (day));
      if (events->newest == NULL)
        {
          events->newest = g_array_new (FALSE, FALSE, sizeof (PdgPartRow));
          g_hash_table_insert (events->days, GINT_TO_POINTER (day), events->newest);
        }
    }
  row.key = get_key (events, matches);
  g_array_append_val (events->newest, row);
}

static int
compare_days (gconstpointer a, gconstpointer b)
{
  gint32 x = GPOINTER_TO_INT (*(const gconstpointer *) a), y = GPOINTER_TO_INT (*(const gconstpointer *) b);

  return (x > y) - (x < y);
}

/* (transfer full) (nullable) */
static PdgScan *
make_scan (const Events *events, gint32 project_no, GError **error)
{
  guint n;
  g_autofree gpointer *days = g_hash_table_get_keys_as_array (events->days, &n);
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_part_unref);

  qsort (days, n, sizeof *days, compare_days);
  for (guint i = 0; i < n; i++)
    {
      GArray *rows = g_hash_table_lookup (events->days, days[i]);
      PdgPartId id = { 0, project_no, GPOINTER_TO_INT (days[i]) };
      g_autoptr (GBytes) bytes = pdg_part_pack (id, (const PdgPartRow *) (void *) rows->data, rows->len);
      PdgPart *part = pdg_part_open (bytes, id, error);

      if (part == NULL)
        return NULL;
      g_ptr_array_add (parts, part);
    }
  return pdg_scan_new ((PdgPart *const *) parts->pdata, parts->len, error);
}

/* What each key is in the funnel. (transfer full) */
static guint32 *
make_masks (const Events *events, const PdgFunnelOptions *options)
{
  guint32 *masks = g_new0 (guint32, events->matches->len + 1), steps = (1u << options->n_steps) - 1;

  for (guint i = 0; i < events->matches->len; i++)
    {
      guint32 matches = g_array_index (events->matches, guint32, i);

      masks[i] = matches & steps;
      for (guint j = 0; j < options->n_exclusions; j++)
        if (matches & 1u << (options->n_steps + j))
          masks[i] |= PDG_FUNNEL_EXCLUSION (j);
      if (options->order == PDG_FUNNEL_STRICT && (matches & steps) == 0)
        masks[i] |= PDG_FUNNEL_BREAKS;
    }
  return masks;
}

static void
add_member_cb (guint32 actor, guint32 session, guint32 value, guint depth, guint32 reached, gboolean pending, gpointer user_data)
{
  PdgFunnelMember member = { (gint32) session, reached, depth - 1 };

  g_array_append_val ((GArray *) user_data, member);
}

static PdgFunnelTimes
get_times (PdgFunnelResult *result)
{
  PdgTally *tally = pdg_funnel_result_get_times (result);
  PdgTallyStats stats = pdg_tally_get_stats (tally);

  return (PdgFunnelTimes) {
    .n = stats.n,
    .mean = stats.mean,
    .median = pdg_tally_get_quantile (tally, 0.5),
    .p90 = pdg_tally_get_quantile (tally, 0.9),
    .min = (double) stats.min,
    .max = (double) stats.max,
  };
}

static void
run (PdgFunnelReport *report, const PdgScan *scan, const PdgFunnelQuestion *question, PdgFunnelOptions *options)
{
  guint64 end = pdg_scan_get_actor_end (scan);

  options->time_to = question->with_time ? options->n_steps - 1 : 0;
  if (question->with_members)
    {
      report->members = g_array_new (FALSE, FALSE, sizeof (PdgFunnelMember));
      options->unit_func = add_member_cb;
      options->unit_data = report->members;
    }
  {
    g_autoptr (PdgFunnelResult) result = pdg_funnel_run (scan, options, 0, end);
    g_autoptr (GArray) rows = pdg_funnel_result_list_rows (result, 0);

    if (rows->len > 0)
      {
        const PdgFunnelRow *row = &g_array_index (rows, PdgFunnelRow, 0);

        memcpy (report->counts, row->counts, sizeof report->counts);
        memcpy (report->stopped, row->stopped, sizeof report->stopped);
        report->pending = row->pending;
        report->excluded = row->excluded;
      }
    report->whole = get_times (result);
  }
  options->unit_func = NULL;
  for (guint k = 1; question->with_step_times && k < options->n_steps; k++)
    {
      g_autoptr (PdgFunnelResult) result = NULL;

      options->time_from = pdg_funnel_question_get_before (question, k);
      options->time_to = k;
      result = pdg_funnel_run (scan, options, 0, end);
      report->between[k] = get_times (result);
    }
}

static PdgFunnelReport *
make_report (const Events *events, gint32 project_no, const PdgFunnelQuestion *question, GError **error)
{
  PdgFunnelOptions options = question->options;
  g_autoptr (PdgFunnelReport) report = g_new0 (PdgFunnelReport, 1);
  g_autoptr (PdgScan) scan = make_scan (events, project_no, error);
  g_autofree guint32 *masks = make_masks (events, &options);

  if (scan == NULL)
    return NULL;
  report->project_no = project_no;
  report->n_steps = options.n_steps;
  report->as_of_usec = pdg_clock_now_usec ();
  options.key_masks = masks;
  options.n_keys = events->matches->len;
  options.from_ms = question->from_usec == G_MININT64 ? MIN_MS : floor_ms (question->from_usec); /* the rows are of the range to the microsecond */
  options.to_ms = question->to_usec == G_MAXINT64 ? MAX_MS : floor_ms (question->to_usec + 999);
  options.now_ms = floor_ms (report->as_of_usec);
  run (report, scan, question, &options);
  return g_steal_pointer (&report);
}

void
pdg_funnel_report_free (PdgFunnelReport *report)
{
  if (report == NULL)
    return;
  g_clear_pointer (&report->members, g_array_unref);
  g_free (report);
}

gboolean
pdg_funnel_question_check (const PdgFunnelQuestion *question, GError **error)
{
  return pdg_funnel_check (&question->options, error);
}

guint
pdg_funnel_question_get_before (const PdgFunnelQuestion *question, guint k)
{
  do
    k--;
  while (question->options.steps[k].optional); /* the first is not */
  return k;
}

static gboolean
read_events (PdgQueries *queries, const gint32 *project_nos, guint n, const PdgFunnelQuestion *question, Reading *reading, GError **error)
{
  const PdgFunnelOptions *options = &question->options;
  const PdgEventFilter *filters[PDG_FUNNEL_MAX_STEPS + PDG_FUNNEL_MAX_EXCLUSIONS];
  gint64 window_usec = options->window_ms == PDG_FUNNEL_NO_WINDOW ? G_MAXINT64 : options->window_ms * 1000;
  PdgStoreEventScope scope = { project_nos, n, question->from_usec, G_MAXINT64, question->filter };

  if (question->to_usec < G_MAXINT64 - window_usec)
    scope.to_usec = question->to_usec + window_usec + 1; /* the window's end counts */
  memcpy (filters, question->steps, options->n_steps * sizeof *filters);
  memcpy (filters + options->n_steps, question->exclusions, options->n_exclusions * sizeof *filters);
  if (!pdg_store_each_match (queries->tx, &scope, filters, options->n_steps + options->n_exclusions, options->order == PDG_FUNNEL_STRICT,
                             add_match_cb, reading, error))
    return FALSE;
  if (reading->n_events > reading->max_events)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, NULL,
                             "%u events match the steps, more than the %u of one funnel; shorten the range or name the steps closer",
                             reading->n_events, reading->max_events);
      return FALSE;
    }
  return TRUE;
}

GPtrArray *
pdg_queries_load_funnels (PdgQueries *queries, const gint32 *project_nos, guint n, const PdgFunnelQuestion *question, GError **error)
{
  g_autoptr (GHashTable) projects = g_hash_table_new_full (NULL, NULL, NULL, events_free);
  g_autoptr (GPtrArray) reports = g_ptr_array_new_full (n, (GDestroyNotify) pdg_funnel_report_free);
  Reading reading = { .projects = projects, .max_events = question->max_events };

  for (guint i = 0; i < n; i++)
    g_hash_table_insert (projects, GINT_TO_POINTER (project_nos[i]), events_new ());
  if (!read_events (queries, project_nos, n, question, &reading, error))
    return NULL;
  for (guint i = 0; i < n; i++)
    {
      PdgFunnelReport *report = make_report (g_hash_table_lookup (projects, GINT_TO_POINTER (project_nos[i])), project_nos[i], question, error);

      if (report == NULL)
        return NULL;
      g_ptr_array_add (reports, report);
    }
  return g_steal_pointer (&reports);
}
