#include "config.h"
#include "app/pdg-export-job.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "codec/pdg-board-json.h"

#define MAX_NAME_BYTES 120
/* How soon a thread that waits for a picture sees that it is not wanted any more. */
#define WAIT_USEC (100 * 1000)

typedef struct
{
  PdgExportRequest request;
  PdgClient *client;
  PdgExportProgress *progress;
  GCancellable *cancellable;
} Job;

const char *
pdg_export_file_get_suffix (PdgExportFile file)
{
  static const char *const suffixes[PDG_N_EXPORT_FILES] = { "png", "svg", "pdf", "json" };

  g_return_val_if_fail ((guint) file < PDG_N_EXPORT_FILES, "");
  return suffixes[file];
}

char *
pdg_export_file_dup_name (PdgExportFile file, const char *project, gint64 now_usec)
{
  g_autofree char *plain = g_utf8_make_valid (project != NULL ? project : "", -1);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (now_usec / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = g_date_time_to_local (utc);
  g_autofree char *date = g_date_time_format (local, "%Y-%m-%d");
  char *end = plain;

  for (char *p = plain; *p != '\0'; p = g_utf8_next_char (p))
    {
      if ((guchar) *p < 0x20 || *p == 0x7f || strchr ("/\\:*?\"<>|", *p) != NULL)
        *p = '-';
      if (g_utf8_next_char (p) - plain <= MAX_NAME_BYTES)
        end = g_utf8_next_char (p);
    }
  *end = '\0';
  g_strstrip (plain);
  while (*plain == '.')
    memmove (plain, plain + 1, strlen (plain));
  return g_strdup_printf ("%s - %s.%s", *plain != '\0' ? plain : "ProductGraph", date, pdg_export_file_get_suffix (file));
}

static void
job_free (Job *job)
{
  g_clear_pointer (&job->request.scene, pdg_scene_unref);
  g_clear_pointer (&job->request.board, pdg_board_unref);
  g_clear_pointer (&job->request.theme, pdg_theme_unref);
  g_free ((char *) job->request.title);
  g_free ((char *) job->request.path);
  g_clear_object (&job->client);
  g_clear_object (&job->cancellable);
  g_free (job);
}

/* ---- pictures: asked for on the UI thread, waited for on the export's ---- */

typedef struct
{
  GMutex mutex;
  GCond cond;
  gboolean done;
  GBytes *bytes;
  PdgClient *client;
  GCancellable *cancellable;
  char *id;
} Fetch;

static void
fetch_clear (gpointer data)
{
  Fetch *fetch = data;

  g_mutex_clear (&fetch->mutex);
  g_cond_clear (&fetch->cond);
  g_clear_pointer (&fetch->bytes, g_bytes_unref);
  g_object_unref (fetch->client);
  g_object_unref (fetch->cancellable);
  g_free (fetch->id);
}

static void
fetch_unref (gpointer fetch)
{
  g_atomic_rc_box_release_full (fetch, fetch_clear);
}

static void
fetched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fetch *fetch = user_data;
  GBytes *bytes = pdg_client_fetch_blob_finish (PDG_CLIENT (source), result, NULL);

  g_mutex_lock (&fetch->mutex);
  fetch->bytes = bytes;
  fetch->done = TRUE;
  g_cond_signal (&fetch->cond);
  g_mutex_unlock (&fetch->mutex);
  fetch_unref (fetch);
}

static gboolean
start_fetch_cb (gpointer user_data)
{
  Fetch *fetch = user_data;

  pdg_client_fetch_blob_async (fetch->client, fetch->id, 0, fetch->cancellable, fetched_cb, g_atomic_rc_box_acquire (fetch));
  return G_SOURCE_REMOVE;
}

static PdgImage *
picture_cb (const char *snapshot_id, gpointer user_data)
{
  Job *job = user_data;
  Fetch *fetch = g_atomic_rc_box_new0 (Fetch);
  g_autoptr (GBytes) bytes = NULL;

  g_mutex_init (&fetch->mutex);
  g_cond_init (&fetch->cond);
  fetch->client = g_object_ref (job->client);
  fetch->cancellable = g_object_ref (job->cancellable);
  fetch->id = g_strdup (snapshot_id);
  g_main_context_invoke_full (NULL, G_PRIORITY_DEFAULT, start_fetch_cb, g_atomic_rc_box_acquire (fetch), fetch_unref);
  g_mutex_lock (&fetch->mutex);
  while (!fetch->done && !g_cancellable_is_cancelled (job->cancellable))
    g_cond_wait_until (&fetch->cond, &fetch->mutex, g_get_monotonic_time () + WAIT_USEC);
  bytes = g_steal_pointer (&fetch->bytes);
  g_mutex_unlock (&fetch->mutex);
  fetch_unref (fetch);
  return bytes != NULL ? pdg_image_store_decode (bytes, NULL) : NULL;
}

static void
progress_cb (double done, gpointer user_data)
{
  Job *job = user_data;

  g_atomic_int_set (&job->progress->permille, (gint) (done * 1000));
}

double
pdg_export_progress_get (PdgExportProgress *progress)
{
  return g_atomic_int_get (&progress->permille) / 1000.0;
}

/* ---- the file ---- */

static gboolean
write_content (Job *job, GOutputStream *stream, GError **error)
{
  const PdgExportRequest *request = &job->request;
  PdgExportHooks hooks = { picture_cb, progress_cb, job };
  PdgExportOptions options = PDG_EXPORT_OPTIONS_INIT;
  g_autoptr (GBytes) json = NULL;

  if (request->file == PDG_EXPORT_FILE_JSON)
    {
      json = pdg_board_json_write (request->board);
      return g_output_stream_write_all (stream, g_bytes_get_data (json, NULL), g_bytes_get_size (json), NULL, job->cancellable, error);
    }
  options.format = request->file == PDG_EXPORT_FILE_PNG ? PDG_EXPORT_PNG : request->file == PDG_EXPORT_FILE_SVG ? PDG_EXPORT_SVG : PDG_EXPORT_PDF;
  options.scale = request->scale;
  options.transparent = request->transparent;
  options.edge_tint = request->edge_tint;
  options.tint_reference = request->tint_reference;
  options.title = request->title;
  return pdg_export_write (request->scene, request->theme, &options, &hooks, stream, job->cancellable, error);
}

static gboolean
set_errno (GError **error, int number, const char *path)
{
  g_autofree char *name = g_filename_display_basename (path);

  if (number == EEXIST)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, _ ("There is a file “%s” already."), name);
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _ ("“%s” could not be written: %s"), name, g_strerror (number));
  return FALSE;
}

/* Some file systems do not know how to rename only where nothing is; then a file made this very moment is not seen. */
static int
rename_to_new (const char *from, const char *to)
{
  if (renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return errno;
  if (g_file_test (to, G_FILE_TEST_EXISTS))
    return EEXIST;
  return g_rename (from, to) == 0 ? 0 : errno;
}

static gboolean
write_file (Job *job, int fd, const char *temporary, GError **error)
{
  const char *path = job->request.path;
  g_autoptr (GOutputStream) file = g_unix_output_stream_new (fd, FALSE);
  g_autoptr (GOutputStream) stream = g_buffered_output_stream_new_sized (file, 1 << 16);
  int number;

  if (!write_content (job, stream, error) || !g_output_stream_flush (stream, job->cancellable, error))
    return FALSE;
  if (fsync (fd) != 0)
    return set_errno (error, errno, path);
  if (g_cancellable_set_error_if_cancelled (job->cancellable, error))
    return FALSE;
  number = !job->request.overwrite ? rename_to_new (temporary, path) : g_rename (temporary, path) == 0 ? 0 : errno;
  return number == 0 || set_errno (error, number, path);
}

static void
worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  g_autofree char *folder = g_path_get_dirname (job->request.path);
  g_autofree char *temporary = g_build_filename (folder, ".productgraph-export.XXXXXX", NULL);
  GError *error = NULL;
  int fd;

  if (!job->request.overwrite && g_file_test (job->request.path, G_FILE_TEST_EXISTS))
    {
      set_errno (&error, EEXIST, job->request.path);
      g_task_return_error (task, error);
      return;
    }
  fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0666);
  if (fd < 0)
    {
      set_errno (&error, errno, job->request.path);
      g_task_return_error (task, error);
      return;
    }
  if (!write_file (job, fd, temporary, &error))
    g_unlink (temporary);
  close (fd);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
pdg_export_job_run_async (const PdgExportRequest *request, PdgClient *client, PdgExportProgress *progress, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  Job *job = g_new0 (Job, 1);
  g_autoptr (GTask) task = NULL;

  job->request = *request;
  job->request.scene = pdg_scene_ref (request->scene);
  job->request.board = pdg_board_ref (request->board);
  job->request.theme = pdg_theme_ref (request->theme);
  job->request.title = g_strdup (request->title);
  job->request.path = g_strdup (request->path);
  job->client = g_object_ref (client);
  job->progress = progress;
  job->cancellable = cancellable != NULL ? g_object_ref (cancellable) : g_cancellable_new ();
  g_atomic_int_set (&progress->permille, 0);
  task = g_task_new (NULL, job->cancellable, callback, user_data);
  g_task_set_source_tag (task, pdg_export_job_run_async);
  g_task_set_check_cancellable (task, FALSE); /* a file that took its name is there */
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_task_run_in_thread (task, worker);
}

gboolean
pdg_export_job_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
