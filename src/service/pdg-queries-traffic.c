#include "config.h"
#include "service/pdg-queries-traffic.h"

#include <stdlib.h>

#include "model/pdg-event.h"
#include "service/pdg-queries-private.h"
#include "store/pdg-store-traffic.h"

/* The clocks of the collectors differ a little from this one, and those of clients are a little ahead. */
#define CLOCKS_USEC G_TIME_SPAN_MINUTE
/* What changes without an event (people that are merged or deleted) is found by counting anew. */
#define RECOUNT_USEC G_TIME_SPAN_MINUTE
#define MAX_EVENTS 5000 /* of one read; of more, the newest */
#define MAX_SESSIONS 500000

struct _PdgTrafficMemory
{
  GHashTable *sessions; /* number -> PdgStoreWhereabouts */
  GArray *screens;      /* PdgTrafficScreen by number: as told */
  guint active_sessions;
  guint active_actors;
  PdgStoreSeen *seen;
  gint64 recount_usec;
  guint64 n_reads;
};

static void
memory_clear (gpointer data)
{
  PdgTrafficMemory *memory = data;

  g_hash_table_unref (memory->sessions);
  g_array_unref (memory->screens);
  pdg_store_seen_free (memory->seen);
}

static PdgTrafficMemory *
memory_new (void)
{
  PdgTrafficMemory *memory = g_atomic_rc_box_new0 (PdgTrafficMemory);

  memory->sessions = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  memory->screens = g_array_new (FALSE, FALSE, sizeof (PdgTrafficScreen));
  return memory;
}

PdgTrafficMemory *
pdg_traffic_memory_ref (PdgTrafficMemory *memory)
{
  return g_atomic_rc_box_acquire (memory);
}

void
pdg_traffic_memory_unref (PdgTrafficMemory *memory)
{
  g_atomic_rc_box_release_full (memory, memory_clear);
}

guint64
pdg_traffic_memory_get_n_reads (const PdgTrafficMemory *memory)
{
  return memory->n_reads;
}

void
pdg_traffic_report_free (PdgTrafficReport *report)
{
  if (report == NULL)
    return;
  g_clear_pointer (&report->memory, pdg_traffic_memory_unref);
  g_ptr_array_unref (report->steps);
  g_ptr_array_unref (report->pulses);
  g_ptr_array_unref (report->screens);
  g_free (report);
}

/* ---- what happened ---- */

/* One read under way. */
typedef struct
{
  PdgTrafficMemory *memory;
  PdgTrafficReport *report;
  GHashTable *steps;   /* the two numbers -> PdgTrafficStep of the report */
  GHashTable *pulses;  /* number -> PdgTrafficPulse of the report */
  GHashTable *touched; /* number -> PdgStoreWhereabouts as their rows say */
  gint64 until_usec;   /* what lies further ahead has not happened yet */
} Read;

static void
add_step (Read *read, gint32 from_no, gint32 to_no, double elapsed_ms)
{
  gint64 key = (gint64) from_no << 32 | (guint32) to_no;
  PdgTrafficStep *step = g_hash_table_lookup (read->steps, &key);

  if (step == NULL)
    {
      step = g_new0 (PdgTrafficStep, 1);
      *step = (PdgTrafficStep) { .from_no = from_no, .to_no = to_no };
      g_ptr_array_add (read->report->steps, step);
      g_hash_table_insert (read->steps, g_memdup2 (&key, sizeof key), step);
    }
  step->count++;
  step->elapsed_ms += (elapsed_ms - step->elapsed_ms) / step->count;
}

static void
add_pulse (Read *read, gint32 screen_no)
{
  PdgTrafficPulse *pulse = g_hash_table_lookup (read->pulses, GINT_TO_POINTER (screen_no));

  if (pulse == NULL)
    {
      pulse = g_new0 (PdgTrafficPulse, 1);
      pulse->screen_no = screen_no;
      g_ptr_array_add (read->report->pulses, pulse);
      g_hash_table_insert (read->pulses, GINT_TO_POINTER (screen_no), pulse);
    }
  pulse->count++;
}

/* The session of an event as it was before it. One that was silent for long arrives anew. */
static PdgStoreWhereabouts *
ensure_session (Read *read, gint32 session_no, const PdgStoreWhereabouts *row)
{
  PdgStoreWhereabouts *where = g_hash_table_lookup (read->memory->sessions, GINT_TO_POINTER (session_no));

  if (where != NULL || row == NULL)
    return where;
  where = g_new0 (PdgStoreWhereabouts, 1);
  where->session_no = session_no;
  g_hash_table_insert (read->memory->sessions, GINT_TO_POINTER (session_no), where);
  return where;
}

static void
follow_event (Read *read, const PdgStoredEvent *event)
{
  const PdgStoreWhereabouts *row = g_hash_table_lookup (read->touched, GINT_TO_POINTER (event->session_no));
  PdgStoreWhereabouts *where = ensure_session (read, event->session_no, row);
  gboolean is_view = (event->flags & PDG_EVENT_IS_PAGE_VIEW) != 0 && event->screen_no > 0;
  gint32 here = where != NULL && where->screen_no > 0 ? where->screen_no : row != NULL ? row->screen_no : 0;

  if (event->ts_usec > read->until_usec)
    read->memory->recount_usec = MIN (read->memory->recount_usec, event->ts_usec - CLOCKS_USEC);
  else if (where != NULL)
    where->newest_usec = MAX (where->newest_usec, event->ts_usec);
  if (!is_view)
    add_pulse (read, here);
  else if (where == NULL || event->ts_usec < where->viewed_usec || where->screen_no == event->screen_no)
    add_pulse (read, event->screen_no);
  else
    {
      if (where->screen_no > 0)
        add_step (read, where->screen_no, event->screen_no, (double) (event->ts_usec - where->viewed_usec) / 1000.0);
      else
        add_pulse (read, event->screen_no);
      where->screen_no = event->screen_no;
      where->viewed_usec = event->ts_usec;
    }
}

/* The rows of the sessions that the events are of. */
static gboolean
load_touched (PdgQueries *queries, gint32 project_no, const GPtrArray *events, Read *read, GError **error)
{
  g_autoptr (GHashTable) numbers = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) session_nos = g_array_new (FALSE, FALSE, sizeof (gint32)), rows = NULL;

  for (guint i = 0; i < events->len; i++)
    {
      gint32 session_no = ((const PdgStoredEvent *) events->pdata[i])->session_no;

      if (g_hash_table_add (numbers, GINT_TO_POINTER (session_no)))
        g_array_append_val (session_nos, session_no);
    }
  if (session_nos->len == 0)
    return TRUE;
  rows = pdg_store_lookup_whereabouts (queries->tx, project_no, (const gint32 *) session_nos->data, session_nos->len, error);
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const PdgStoreWhereabouts *row = &g_array_index (rows, PdgStoreWhereabouts, i);

      g_hash_table_insert (read->touched, GINT_TO_POINTER (row->session_no), g_memdup2 (row, sizeof *row));
    }
  return rows != NULL;
}

/* In the end the rows say where a session is: they know the order of events at one time, and of late ones. */
static void
settle_touched (Read *read)
{
  GHashTableIter iter;
  const PdgStoreWhereabouts *row;

  g_hash_table_iter_init (&iter, read->touched);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &row))
    {
      PdgStoreWhereabouts *where = g_hash_table_lookup (read->memory->sessions, GINT_TO_POINTER (row->session_no));

      if (where == NULL)
        continue;
      where->actor_no = row->actor_no;
      if (where->screen_no != row->screen_no)
        where->viewed_usec = row->viewed_usec;
      where->screen_no = row->screen_no;
    }
}

static gboolean
follow_events (PdgQueries *queries, gint32 project_no, const PdgStoreSeen *now, Read *read, GError **error)
{
  const PdgStoreSeen *before = read->memory->seen;
  g_autoptr (PdgArena) arena = pdg_arena_new (64 * 1024);
  PdgStoreEventQuery asked = { .limit = MAX_EVENTS, .parts = PDG_EVENT_ARRIVAL | PDG_EVENT_TERM, .arena = arena };
  g_autoptr (GPtrArray) events = NULL;

  asked.from_usec = before->at_usec - PDG_TRAFFIC_ACTIVE_USEC - CLOCKS_USEC;
  events = pdg_store_list_fresh_events (queries->tx, project_no, before, now, &asked, &read->report->n_events, error);
  if (events == NULL || !load_touched (queries, project_no, events, read, error))
    return FALSE;
  read->report->n_skipped = read->report->n_events - events->len;
  for (guint i = 0; i < events->len; i++)
    follow_event (read, events->pdata[i]);
  settle_touched (read);
  return TRUE;
}

/* ---- who is where ---- */

static gboolean
count_anew (PdgQueries *queries, gint32 project_no, Read *read, GError **error)
{
  gint64 now_usec = read->report->as_of_usec;
  g_autoptr (GArray) rows = pdg_store_list_active_sessions (queries->tx, project_no, now_usec - PDG_TRAFFIC_ACTIVE_USEC, read->until_usec,
                                                            MAX_SESSIONS + 1, error);

  if (rows == NULL)
    return FALSE;
  if (rows->len > MAX_SESSIONS)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, NULL, "more than %d sessions are active, which are too many to follow; ask for liveCounts",
                             MAX_SESSIONS);
      return FALSE;
    }
  g_hash_table_remove_all (read->memory->sessions);
  for (guint i = 0; i < rows->len; i++)
    {
      const PdgStoreWhereabouts *row = &g_array_index (rows, PdgStoreWhereabouts, i);

      g_hash_table_insert (read->memory->sessions, GINT_TO_POINTER (row->session_no), g_memdup2 (row, sizeof *row));
    }
  read->memory->recount_usec = now_usec + RECOUNT_USEC;
  return TRUE;
}

static int
compare_places (const void *a, const void *b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return (x > y) - (x < y);
}

/* Every active session as its screen and its actor, in order; those that fell silent are forgotten. */
static GArray *
list_places (PdgTrafficMemory *memory, gint64 now_usec)
{
  GArray *places = g_array_sized_new (FALSE, FALSE, sizeof (guint64), g_hash_table_size (memory->sessions));
  GHashTableIter iter;
  const PdgStoreWhereabouts *where;

  g_hash_table_iter_init (&iter, memory->sessions);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &where))
    {
      guint64 place = (guint64) (guint32) where->screen_no << 32 | (guint32) where->actor_no;

      if (where->newest_usec <= now_usec - PDG_TRAFFIC_ACTIVE_USEC)
        g_hash_table_iter_remove (&iter);
      else
        g_array_append_val (places, place);
    }
  if (places->len > 0)
    qsort (places->data, places->len, sizeof (guint64), compare_places);
  return places;
}

static GArray *
count_screens (const GArray *places)
{
  GArray *screens = g_array_new (FALSE, FALSE, sizeof (PdgTrafficScreen));

  for (guint i = 0; i < places->len; i++)
    {
      guint64 place = g_array_index (places, guint64, i);
      gint32 screen_no = (gint32) (place >> 32);
      gboolean is_new = i == 0 || (gint32) (g_array_index (places, guint64, i - 1) >> 32) != screen_no;
      PdgTrafficScreen *screen;

      if (screen_no == 0)
        continue;
      if (is_new)
        {
          PdgTrafficScreen empty = { screen_no, 0, 0 };

          g_array_append_val (screens, empty);
        }
      screen = &g_array_index (screens, PdgTrafficScreen, screens->len - 1);
      screen->active_sessions++;
      if ((guint32) place != 0 && (is_new || g_array_index (places, guint64, i - 1) != place))
        screen->active_actors++;
    }
  return screens;
}

static guint
count_actors (GArray *places)
{
  guint n = 0;

  for (guint i = 0; i < places->len; i++)
    g_array_index (places, guint64, i) &= G_MAXUINT32;
  if (places->len > 0)
    qsort (places->data, places->len, sizeof (guint64), compare_places);
  for (guint i = 0; i < places->len; i++)
    if (g_array_index (places, guint64, i) != 0 && (i == 0 || g_array_index (places, guint64, i) != g_array_index (places, guint64, i - 1)))
      n++;
  return n;
}

static void
tell_screen (PdgTrafficReport *report, const PdgTrafficScreen *screen)
{
  g_ptr_array_add (report->screens, g_memdup2 (screen, sizeof *screen));
}

/* Both are in the order of numbers. */
static void
tell_changes (PdgTrafficReport *report, const GArray *before, const GArray *now)
{
  for (guint i = 0, j = 0; i < before->len || j < now->len;)
    {
      const PdgTrafficScreen *old = i < before->len ? &g_array_index (before, PdgTrafficScreen, i) : NULL;
      const PdgTrafficScreen *new = j < now->len ? &g_array_index (now, PdgTrafficScreen, j) : NULL;

      if (new == NULL || (old != NULL && old->screen_no < new->screen_no))
        {
          tell_screen (report, &(PdgTrafficScreen) { old->screen_no, 0, 0 });
          i++;
          continue;
        }
      if (old == NULL || old->screen_no > new->screen_no)
        tell_screen (report, new);
      else
        {
          if (old->active_sessions != new->active_sessions || old->active_actors != new->active_actors)
            tell_screen (report, new);
          i++;
        }
      j++;
    }
}

static void
tell_counters (Read *read)
{
  PdgTrafficMemory *memory = read->memory;
  PdgTrafficReport *report = read->report;
  g_autoptr (GArray) places = list_places (memory, report->as_of_usec);
  GArray *screens = count_screens (places);

  tell_changes (report, memory->screens, screens);
  g_array_unref (memory->screens);
  memory->screens = screens;
  report->active_sessions = places->len;
  report->active_actors = count_actors (places);
  report->is_news = report->is_whole || report->n_events > 0 || report->screens->len > 0
                    || report->active_sessions != memory->active_sessions || report->active_actors != memory->active_actors;
  memory->active_sessions = report->active_sessions;
  memory->active_actors = report->active_actors;
}

static void
read_clear (Read *read)
{
  g_hash_table_unref (read->steps);
  g_hash_table_unref (read->pulses);
  g_hash_table_unref (read->touched);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Read, read_clear)

PdgTrafficReport *
pdg_queries_load_traffic (PdgQueries *queries, gint32 project_no, PdgTrafficMemory *memory, GError **error)
{
  g_autoptr (PdgTrafficReport) report = g_new0 (PdgTrafficReport, 1);
  g_auto (Read) read = {
    .report = report,
    .steps = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL),
    .pulses = g_hash_table_new (NULL, NULL),
    .touched = g_hash_table_new_full (NULL, NULL, NULL, g_free),
  };
  g_autoptr (PdgStoreSeen) seen = NULL;

  report->is_whole = memory == NULL;
  report->memory = read.memory = memory != NULL ? pdg_traffic_memory_ref (memory) : memory_new ();
  report->steps = g_ptr_array_new_with_free_func (g_free);
  report->pulses = g_ptr_array_new_with_free_func (g_free);
  report->screens = g_ptr_array_new_with_free_func (g_free);
  read.memory->n_reads++;
  seen = pdg_store_load_seen (queries->tx, error);
  if (seen == NULL)
    return NULL;
  report->as_of_usec = seen->at_usec;
  read.until_usec = seen->at_usec + CLOCKS_USEC;
  if (memory != NULL && !follow_events (queries, project_no, seen, &read, error))
    return NULL;
  if ((memory == NULL || report->n_skipped > 0 || seen->at_usec >= read.memory->recount_usec)
      && !count_anew (queries, project_no, &read, error))
    return NULL;
  pdg_store_seen_free (read.memory->seen);
  read.memory->seen = g_steal_pointer (&seen);
  tell_counters (&read);
  return g_steal_pointer (&report);
}
