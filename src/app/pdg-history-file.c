#include "config.h"
#include "app/pdg-history-file.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#define SAVE_DELAY_MS 500

struct _PdgHistoryFile
{
  char *dir;
  char *path; /* nullable */
  PdgHistory *history;
  guint save_source;
  GThreadPool *writer; /* one thread: the files are written in order */
};

typedef struct
{
  char *path;
  GBytes *bytes;
} Write;

static void
write_worker (gpointer data, gpointer user_data)
{
  Write *write = data;
  g_autofree char *dir = g_path_get_dirname (write->path);
  g_autoptr (GError) error = NULL;
  gsize size;
  const char *text = g_bytes_get_data (write->bytes, &size);

  g_mkdir_with_parents (dir, 0700); /* whether it is there shows in what follows */
  if (!g_file_set_contents_full (write->path, text, (gssize) size, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    g_warning ("The steps to undo could not be saved: %s", error->message);
  g_bytes_unref (write->bytes);
  g_free (write->path);
  g_free (write);
}

PdgHistoryFile *
pdg_history_file_new (const char *dir)
{
  PdgHistoryFile *file = g_new0 (PdgHistoryFile, 1);

  file->dir = dir != NULL ? g_strdup (dir) : g_build_filename (g_get_user_data_dir (), "productgraph", "history", NULL);
  file->history = pdg_history_new ();
  file->writer = g_thread_pool_new (write_worker, NULL, 1, FALSE, NULL);
  return file;
}

static void
save (PdgHistoryFile *file)
{
  Write *write;

  if (file->save_source == 0)
    return;
  g_clear_handle_id (&file->save_source, g_source_remove);
  if (file->path == NULL)
    return;
  write = g_new0 (Write, 1);
  write->path = g_strdup (file->path);
  write->bytes = pdg_history_save (file->history);
  g_thread_pool_push (file->writer, write, NULL);
}

static gboolean
save_cb (gpointer user_data)
{
  save (user_data); /* takes this source away */
  return G_SOURCE_REMOVE;
}

void
pdg_history_file_free (PdgHistoryFile *file)
{
  if (file == NULL)
    return;
  save (file);
  g_thread_pool_free (file->writer, FALSE, TRUE);
  pdg_history_free (file->history);
  g_free (file->path);
  g_free (file->dir);
  g_free (file);
}

void
pdg_history_file_open (PdgHistoryFile *file, const char *project_id)
{
  g_autofree char *name = project_id != NULL ? g_compute_checksum_for_string (G_CHECKSUM_SHA256, project_id, -1) : NULL;
  g_autofree char *text = NULL;
  PdgHistory *history = NULL;
  gsize size;

  save (file);
  g_free (file->path);
  file->path = name != NULL ? g_build_filename (file->dir, name, NULL) : NULL;
  if (file->path != NULL && g_file_get_contents (file->path, &text, &size, NULL))
    {
      g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&text), size);

      history = pdg_history_load (bytes);
    }
  pdg_history_free (file->history);
  file->history = history != NULL ? history : pdg_history_new ();
}

PdgHistory *
pdg_history_file_get (PdgHistoryFile *file)
{
  return file->history;
}

void
pdg_history_file_changed (PdgHistoryFile *file)
{
  if (file->save_source == 0)
    file->save_source = g_timeout_add (SAVE_DELAY_MS, save_cb, file);
}
