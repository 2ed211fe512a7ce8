#include "config.h"
#include "canvas/pdg-tile.h"

#ifdef __linux__
#include <sys/resource.h>
#include <unistd.h>
#endif

#define NICE 5

/* The jobs lie in falling order of urgency: the last is taken. */
struct _PdgTileWorkers
{
  GMutex mutex;
  GCond changed;
  GPtrArray *threads;
  PdgTileView *view;
  GArray *jobs;       /* PdgTileJob */
  GArray *under_way;  /* PdgTileJob */
  GArray *results;    /* PdgTileResult */
  gboolean tell;
  gboolean stopped;
  void (*ready) (gpointer user_data);
  gpointer user_data;
};

static gboolean
is_same (const PdgTileJob *a, const PdgTileJob *b)
{
  return a->key.zoom == b->key.zoom && a->key.x == b->key.x && a->key.y == b->key.y && a->overview == b->overview;
}

static int
compare_urgency (gconstpointer a, gconstpointer b)
{
  double one = ((const PdgTileJob *) a)->urgency;
  double two = ((const PdgTileJob *) b)->urgency;

  return one > two ? -1 : one < two;
}

static void
remove_under_way (PdgTileWorkers *workers, const PdgTileJob *job)
{
  for (guint i = 0; i < workers->under_way->len; i++)
    {
      const PdgTileJob *other = &g_array_index (workers->under_way, PdgTileJob, i);

      if (is_same (other, job) && other->epoch == job->epoch)
        {
          g_array_remove_index_fast (workers->under_way, i);
          return;
        }
    }
}

/* Tiles are drawn in what is left over. */
static void
lower_priority (void)
{
#ifdef __linux__
  if (setpriority (PRIO_PROCESS, (id_t) gettid (), NICE) != 0)
    g_debug ("The priority of a tile worker cannot be lowered");
#endif
}

static gpointer
work (gpointer data)
{
  PdgTileWorkers *workers = data;

  lower_priority ();
  g_mutex_lock (&workers->mutex);
  while (!workers->stopped)
    {
      if (workers->jobs->len == 0)
        {
          g_cond_wait (&workers->changed, &workers->mutex);
          continue;
        }

      PdgTileResult result = { g_array_index (workers->jobs, PdgTileJob, workers->jobs->len - 1), NULL };
      g_autoptr (PdgTileView) view = pdg_tile_view_ref (workers->view);
      gboolean tell;

      g_array_set_size (workers->jobs, workers->jobs->len - 1);
      g_array_append_val (workers->under_way, result.job);
      g_mutex_unlock (&workers->mutex);
      result.surface = pdg_tile_draw (view, &result.job);
      g_mutex_lock (&workers->mutex);
      remove_under_way (workers, &result.job);
      g_array_append_val (workers->results, result);
      tell = workers->tell;
      g_cond_broadcast (&workers->changed);
      g_mutex_unlock (&workers->mutex);
      if (tell)
        workers->ready (workers->user_data);
      g_mutex_lock (&workers->mutex);
    }
  g_mutex_unlock (&workers->mutex);
  return NULL;
}

PdgTileWorkers *
pdg_tile_workers_new (guint n, void (*ready) (gpointer user_data), gpointer user_data)
{
  PdgTileWorkers *workers = g_new0 (PdgTileWorkers, 1);

  g_mutex_init (&workers->mutex);
  g_cond_init (&workers->changed);
  workers->jobs = g_array_new (FALSE, FALSE, sizeof (PdgTileJob));
  workers->under_way = g_array_new (FALSE, FALSE, sizeof (PdgTileJob));
  workers->results = g_array_new (FALSE, FALSE, sizeof (PdgTileResult));
  workers->ready = ready;
  workers->user_data = user_data;
  workers->threads = g_ptr_array_new ();
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (workers->threads, g_thread_new ("tiles", work, workers));
  return workers;
}

void
pdg_tile_workers_free (PdgTileWorkers *workers)
{
  g_mutex_lock (&workers->mutex);
  workers->stopped = TRUE;
  g_cond_broadcast (&workers->changed);
  g_mutex_unlock (&workers->mutex);
  for (guint i = 0; i < workers->threads->len; i++)
    g_thread_join (g_ptr_array_index (workers->threads, i));
  g_ptr_array_unref (workers->threads);
  for (guint i = 0; i < workers->results->len; i++)
    cairo_surface_destroy (g_array_index (workers->results, PdgTileResult, i).surface);
  g_array_unref (workers->jobs);
  g_array_unref (workers->under_way);
  g_array_unref (workers->results);
  pdg_tile_view_unref (workers->view);
  g_cond_clear (&workers->changed);
  g_mutex_clear (&workers->mutex);
  g_free (workers);
}

/* A job that is drawn already, or was just now, is not taken again: it comes with the results. */
static gboolean
is_known (PdgTileWorkers *workers, const PdgTileJob *job)
{
  for (guint i = 0; i < workers->under_way->len; i++)
    {
      const PdgTileJob *other = &g_array_index (workers->under_way, PdgTileJob, i);

      if (is_same (other, job) && other->epoch >= job->needed)
        return TRUE;
    }
  for (guint i = 0; i < workers->results->len; i++)
    {
      const PdgTileJob *done = &g_array_index (workers->results, PdgTileResult, i).job;

      if (is_same (done, job) && done->epoch >= job->needed)
        return TRUE;
    }
  return FALSE;
}

void
pdg_tile_workers_set_jobs (PdgTileWorkers *workers, PdgTileView *view, GArray *jobs, gboolean tell)
{
  g_autoptr (PdgTileView) old = NULL;
  gboolean missed;

  g_mutex_lock (&workers->mutex);
  g_array_sort (jobs, compare_urgency);
  g_array_set_size (workers->jobs, 0);
  for (guint i = 0; i < jobs->len; i++)
    if (!is_known (workers, &g_array_index (jobs, PdgTileJob, i)))
      g_array_append_val (workers->jobs, g_array_index (jobs, PdgTileJob, i));
  old = workers->view;
  workers->view = pdg_tile_view_ref (view);
  workers->tell = tell;
  /* Drawn since they were taken, and nobody was told. */
  missed = tell && workers->results->len > 0;
  if (workers->jobs->len > 0)
    g_cond_broadcast (&workers->changed);
  g_mutex_unlock (&workers->mutex);
  if (missed)
    workers->ready (workers->user_data);
}

void
pdg_tile_workers_take (PdgTileWorkers *workers, GArray *results)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&workers->mutex);

  if (workers->results->len > 0)
    g_array_append_vals (results, workers->results->data, workers->results->len);
  g_array_set_size (workers->results, 0);
}

void
pdg_tile_workers_wait (PdgTileWorkers *workers)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&workers->mutex);

  while (workers->threads->len > 0 && (workers->jobs->len > 0 || workers->under_way->len > 0))
    g_cond_wait (&workers->changed, &workers->mutex);
}
