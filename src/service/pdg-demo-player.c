#include "config.h"
#include "service/pdg-demo-player.h"

#include "base/pdg-clock.h"
#include "canvas/pdg-image-store.h"
#include "codec/pdg-event-json.h"
#include "service/pdg-commands-snapshots.h"
#include "service/pdg-commands.h"
#include "service/pdg-picture-levels.h"

#define BATCH_EVENTS 1000
#define MAX_IN_FLIGHT 4
#define LIVE_TICK_USEC (50 * 1000)

struct _PdgDemoPlayer
{
  PdgDbPool *pool;
  PdgIngest *ingest;
  PdgHub *hub;
  GMutex lock;
  GCond answered;
  GThread *thread;
  GCancellable *cancellable;
  PdgPrincipal *principal;
  PdgDemoOptions options;
  guint n_in_flight;
  guint64 done, total;
  gboolean running;
  GError *error;
};

PdgDemoPlayer *
pdg_demo_player_new (PdgDbPool *pool, PdgIngest *ingest, PdgHub *hub)
{
  PdgDemoPlayer *self = g_new0 (PdgDemoPlayer, 1);

  self->pool = pool;
  self->ingest = ingest;
  self->hub = hub;
  self->cancellable = g_cancellable_new ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->answered);
  return self;
}

void
pdg_demo_player_free (PdgDemoPlayer *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->thread, g_thread_join);
  g_clear_error (&self->error);
  pdg_principal_unref (self->principal);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->answered);
  g_free (self);
}

static gpointer
ensure_project_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  PdgDemoPlayer *self = job_data;

  return pdg_commands_ensure_project (conn, self->principal, PDG_DEMO_PROJECT_ID, PDG_DEMO_PROJECT_NAME, error);
}

typedef struct
{
  PdgDemoPlayer *player;
  const PdgDemoScreen *screen;
  GBytes *image;
  const PdgStoreLevel *levels;
  guint n_levels;
  gint32 project_no;
} PictureJob;

static gpointer
add_picture_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  PictureJob *job = job_data;
  PdgPicture picture = {
    .image = job->image, .media_type = "image/png", .levels = job->levels, .n_levels = job->n_levels,
    .width = PDG_DEMO_SCREEN_WIDTH, .height = PDG_DEMO_SCREEN_HEIGHT,
  };

  return GINT_TO_POINTER (pdg_commands_add_snapshot (conn, job->player->principal, job->project_no, job->screen->path, &picture,
                                                     job->player->options.end_usec, error));
}

static gboolean
add_pictures (PdgDemoPlayer *self, gint32 project_no, GError **error)
{
  for (guint i = 0; i < pdg_demo_get_n_screens (); i++)
    {
      g_autoptr (GBytes) bytes = pdg_demo_draw_screen (i);
      g_autoptr (PdgImage) image = pdg_image_store_decode (bytes, error);
      PdgStoreLevel levels[PDG_PICTURE_MAX_LEVELS];
      PictureJob job = { self, pdg_demo_get_screen (i), bytes, levels, 0, project_no };
      gboolean stored;

      if (image == NULL)
        return FALSE;
      job.n_levels = pdg_picture_make_levels (image, levels);
      stored = pdg_db_pool_run_sync (self->pool, PDG_DB_PRIORITY_BACKGROUND, add_picture_job, &job, self->cancellable, error) != NULL;
      pdg_picture_clear_levels (levels, job.n_levels);
      if (!stored)
        return FALSE;
      pdg_hub_publish (self->hub, PDG_HUB_TOPIC_DEMO);
    }
  return TRUE;
}

static void
batch_done_cb (const PdgIngestResult *result, const GError *error, gpointer user_data)
{
  PdgDemoPlayer *self = user_data;

  g_mutex_lock (&self->lock);
  self->n_in_flight--;
  if (result != NULL)
    self->done += result->n_accepted;
  else if (self->error == NULL)
    self->error = g_error_copy (error);
  if (result != NULL && result->n_issues > 0 && self->error == NULL)
    self->error = g_error_new (PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_INVALID, "an event of the demo was refused: %s", result->issues[0].error);
  /* Once the lock is open, the last answer's waiter may free the player. */
  pdg_hub_publish (self->hub, PDG_HUB_TOPIC_DEMO);
  g_cond_broadcast (&self->answered);
  g_mutex_unlock (&self->lock);
}

/* Waits until at most @limit batches are under way. FALSE when something went wrong. */
static gboolean
wait_for_room (PdgDemoPlayer *self, guint limit, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (self->n_in_flight > limit)
    g_cond_wait (&self->answered, &self->lock);
  if (self->error == NULL)
    return TRUE;
  if (error != NULL)
    *error = g_error_copy (self->error);
  return FALSE;
}

static gboolean
submit (PdgDemoPlayer *self, GBytes *body, GError **error)
{
  g_autoptr (PdgEventBatch) batch = pdg_event_json_parse (body, pdg_clock_now_usec (), NULL, error);

  if (batch == NULL || !wait_for_room (self, MAX_IN_FLIGHT - 1, error))
    return FALSE;
  g_mutex_lock (&self->lock);
  self->n_in_flight++;
  g_mutex_unlock (&self->lock);
  if (pdg_ingest_submit (self->ingest, self->principal, batch, batch_done_cb, self, error))
    return TRUE;
  g_mutex_lock (&self->lock);
  self->n_in_flight--;
  g_mutex_unlock (&self->lock);
  return FALSE;
}

static gboolean
load (PdgDemoPlayer *self, GError **error)
{
  g_autoptr (PdgProject) project = NULL;
  g_autoptr (PdgDemo) demo = NULL;
  guint n_events;

  project = pdg_db_pool_run_sync (self->pool, PDG_DB_PRIORITY_INTERACTIVE, ensure_project_job, self, self->cancellable, error);
  if (project == NULL)
    return FALSE;
  self->options.project_id = project->id;
  demo = pdg_demo_new (&self->options);
  g_mutex_lock (&self->lock);
  self->total = pdg_demo_get_n_events (demo);
  g_mutex_unlock (&self->lock);
  if (!add_pictures (self, project->project_no, error))
    return FALSE;
  while (!g_cancellable_set_error_if_cancelled (self->cancellable, error))
    {
      g_autoptr (GBytes) body = pdg_demo_next_batch (demo, BATCH_EVENTS, &n_events);

      if (body == NULL)
        return wait_for_room (self, 0, error);
      if (!submit (self, body, error))
        break;
    }
  wait_for_room (self, 0, NULL);
  return FALSE;
}

static gpointer
load_thread (gpointer data)
{
  PdgDemoPlayer *self = data;
  g_autoptr (GError) error = NULL;
  gboolean ok = load (self, &error);

  g_mutex_lock (&self->lock);
  self->running = FALSE;
  if (!ok && self->error == NULL)
    self->error = g_steal_pointer (&error);
  g_mutex_unlock (&self->lock);
  pdg_hub_publish (self->hub, PDG_HUB_TOPIC_DEMO);
  return NULL;
}

void
pdg_demo_player_start (PdgDemoPlayer *self, PdgPrincipal *principal, const PdgDemoOptions *options)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->running)
    return;
  g_clear_pointer (&self->thread, g_thread_join);
  g_clear_error (&self->error);
  g_clear_pointer (&self->principal, pdg_principal_unref);
  self->principal = pdg_principal_ref (principal);
  self->options = *options;
  self->done = self->total = 0;
  self->running = TRUE;
  self->thread = g_thread_new ("demo", load_thread, self);
}

gboolean
pdg_demo_player_wait (PdgDemoPlayer *self, GError **error)
{
  g_clear_pointer (&self->thread, g_thread_join);
  if (self->error == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (self->error));
  return FALSE;
}

void
pdg_demo_player_get_progress (PdgDemoPlayer *self, PdgDemoProgress *progress)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  progress->done = self->done;
  progress->total = self->total;
  progress->running = self->running;
  progress->error = self->error != NULL ? g_strdup (self->error->message) : NULL;
}

gboolean
pdg_demo_player_play_live (PdgDemoPlayer *self, PdgPrincipal *principal, const PdgDemoOptions *options, GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (PdgProject) project = NULL;
  g_autoptr (PdgDemoLive) live = NULL;
  PdgDemoOptions own = *options;

  g_clear_pointer (&self->principal, pdg_principal_unref);
  self->principal = pdg_principal_ref (principal);
  project = pdg_db_pool_run_sync (self->pool, PDG_DB_PRIORITY_INTERACTIVE, ensure_project_job, self, cancellable, error);
  if (project == NULL)
    return FALSE;
  own.project_id = project->id;
  live = pdg_demo_live_new (&own);
  while (!g_cancellable_is_cancelled (cancellable))
    {
      guint n_events;
      g_autoptr (GBytes) body = pdg_demo_live_next (live, pdg_clock_now_usec (), &n_events);

      if (body == NULL)
        g_usleep (LIVE_TICK_USEC);
      else if (!submit (self, body, error))
        return FALSE;
    }
  return wait_for_room (self, 0, error);
}
