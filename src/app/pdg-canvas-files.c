#include "config.h"
#include "app/pdg-canvas-files.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-board-window.h"
#include "app/pdg-export-window.h"
#include "app/pdg-presentation.h"
#include "canvas/pdg-scene-board.h"
#include "codec/pdg-board-json.h"

#define FILES_KEY "pdg-canvas-files"

/* Lives as long as its window, which holds it. */
typedef struct
{
  GtkWindow *window;
  PdgCanvasPane *pane;
  PdgWorkspace *workspace;
  PdgPictureLoader *pictures;
  PdgStyle *style;
  PdgBoard *board; /* NULL: live */
  GtkFileChooserNative *chooser;
  GCancellable *cancellable;
} Files;

static void
files_free (gpointer data)
{
  Files *files = data;

  g_cancellable_cancel (files->cancellable);
  g_object_unref (files->cancellable);
  g_clear_object (&files->chooser);
  g_object_unref (files->workspace);
  g_object_unref (files->pictures);
  g_object_unref (files->style);
  g_clear_pointer (&files->board, pdg_board_unref);
  g_free (files);
}

/* ---- export ---- */

/* The cards of the selected screens, of a path its two; none when nothing is selected. (transfer full) */
static GArray *
list_selected (Files *files, PdgScene *scene)
{
  PdgSelection *selection = pdg_workspace_get_selection (files->workspace);
  GArray *cards = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint n = pdg_selection_get_n_screens (selection);
  const char *ids[2];

  if (n == 0 && !pdg_selection_get_edge (selection, &ids[0], &ids[1]))
    return cards;
  for (guint i = 0; i < (n > 0 ? n : 2); i++)
    {
      int card = pdg_scene_lookup_card (scene, n > 0 ? pdg_selection_get_screen (selection, i) : ids[i]);

      if (card >= 0)
        g_array_append_val (cards, card);
    }
  return cards;
}

/* @cards: of a part; NULL: of all. */
static PdgBoard *
make_board (Files *files, PdgScene *scene, GArray *cards)
{
  PdgProject *project = pdg_workspace_get_project (files->workspace);
  const char *name = files->board != NULL ? pdg_board_get_project (files->board) : project != NULL ? pdg_project_get_name (project) : "";
  const char *range = files->board != NULL ? pdg_board_get_range (files->board)
                                           : pdg_time_range_get_nick (pdg_workspace_get_range (files->workspace));
  gint64 as_of = files->board != NULL ? pdg_board_get_as_of (files->board) : pdg_workspace_get_as_of (files->workspace);
  PdgLayout *layout = pdg_scene_model_get_layout (pdg_canvas_pane_get_scenes (files->pane));

  if (cards == NULL)
    return pdg_scene_dup_board (scene, layout, name, range, as_of);
  return pdg_scene_dup_part_board (scene, (const guint32 *) (void *) cards->data, cards->len, layout, name, range, as_of);
}

static void
export_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Files *files = user_data;
  PdgScene *scene = pdg_scene_model_get_scene (pdg_canvas_pane_get_scenes (files->pane));
  g_autoptr (GArray) cards = NULL;
  g_autoptr (PdgScene) part = NULL;
  g_autoptr (PdgBoard) board = NULL;
  g_autoptr (PdgBoard) part_board = NULL;
  PdgSceneStyle style = PDG_SCENE_STYLE_INIT;
  GtkWindow *window;

  if (scene == NULL)
    return;
  cards = list_selected (files, scene);
  if (cards->len > 0)
    {
      part = pdg_scene_new_part (scene, (const guint32 *) (void *) cards->data, cards->len);
      part_board = make_board (files, scene, cards);
    }
  board = files->board != NULL ? pdg_board_ref (files->board) : make_board (files, scene, NULL);
  window = pdg_export_window_new (files->window, pdg_workspace_get_client (files->workspace), pdg_style_get_theme (files->style), scene, board,
                                  part, part_board);
  pdg_canvas_fill_tint (pdg_canvas_pane_get_canvas (files->pane), &style);
  pdg_export_window_set_tint (PDG_EXPORT_WINDOW (window), &style);
  gtk_window_present (window);
}

static void
present_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Files *files = user_data;

  gtk_window_present (pdg_presentation_new (files->window, files->pane, files->workspace, files->pictures, files->style));
}

static void
scene_cb (GtkWindow *window)
{
  Files *files = g_object_get_data (G_OBJECT (window), FILES_KEY);
  static const char *const names[] = { "export", "present" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (window), names[i])),
                                 pdg_scene_model_get_scene (pdg_canvas_pane_get_scenes (files->pane)) != NULL);
}

/* ---- opening ---- */

static void
read_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GFile *file = task_data;
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GError *error = NULL;
  PdgBoard *board = NULL;

  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, cancellable, &error);
  if (info != NULL && g_file_info_get_size (info) > PDG_BOARD_MAX_BYTES)
    g_set_error (&error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("It is larger than %u MiB."), PDG_BOARD_MAX_BYTES >> 20);
  else if (info != NULL)
    bytes = g_file_load_bytes (file, cancellable, NULL, &error);
  if (bytes != NULL)
    board = pdg_board_json_read (bytes, &error);
  if (board != NULL)
    g_task_return_pointer (task, board, (GDestroyNotify) pdg_board_unref);
  else
    g_task_return_error (task, error);
}

static void
show_failure (Files *files, const char *name, const char *message)
{
  GtkWidget *dialog = gtk_message_dialog_new (files->window, GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT, GTK_MESSAGE_OTHER,
                                              GTK_BUTTONS_CLOSE, _ ("“%s” could not be opened"), name);

  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (dialog), "%s", message);
  gtk_widget_add_css_class (dialog, "pdg");
  gtk_widget_add_css_class (dialog, "dialog");
  g_signal_connect (dialog, "response", G_CALLBACK (gtk_window_destroy), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Files *files = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgBoard) board = g_task_propagate_pointer (G_TASK (result), &error);
  g_autofree char *path = g_file_get_basename (g_task_get_task_data (G_TASK (result)));

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) /* @files is gone */
    return;
  if (board == NULL)
    show_failure (files, path, error->message);
  else
    gtk_window_present (pdg_board_window_new (gtk_window_get_application (files->window), board, pdg_workspace_get_client (files->workspace),
                                              files->style));
}

static void
chosen_cb (Files *files, int response)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (files->chooser));
  g_autoptr (GTask) task = NULL;

  g_clear_object (&files->chooser);
  if (response != GTK_RESPONSE_ACCEPT || file == NULL)
    return;
  task = g_task_new (NULL, files->cancellable, read_cb, files);
  g_task_set_source_tag (task, read_worker);
  g_task_set_task_data (task, g_steal_pointer (&file), g_object_unref);
  g_task_run_in_thread (task, read_worker);
}

static void
open_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Files *files = user_data;
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  if (files->chooser != NULL)
    return;
  gtk_file_filter_set_name (filter, _ ("Boards (JSON)"));
  gtk_file_filter_add_suffix (filter, "json");
  files->chooser = gtk_file_chooser_native_new (_ ("Open a board"), files->window, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("Open"), _ ("Cancel"));
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (files->chooser), filter);
  g_signal_connect_swapped (files->chooser, "response", G_CALLBACK (chosen_cb), files);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (files->chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (files->chooser));
}

void
pdg_canvas_files_add_actions (GtkApplicationWindow *window, PdgCanvasPane *pane, PdgWorkspace *workspace, PdgPictureLoader *pictures,
                              PdgStyle *style, PdgBoard *board)
{
  const GActionEntry entries[] = {
    { "export", export_cb },
    { "open-board", open_cb },
    { "present", present_cb },
  };
  Files *files = g_new0 (Files, 1);

  files->window = GTK_WINDOW (window);
  files->pane = pane;
  files->workspace = g_object_ref (workspace);
  files->pictures = g_object_ref (pictures);
  files->style = g_object_ref (style);
  files->board = board != NULL ? pdg_board_ref (board) : NULL;
  files->cancellable = g_cancellable_new ();
  g_object_set_data_full (G_OBJECT (window), FILES_KEY, files, files_free);
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), files);
  g_signal_connect_object (pdg_canvas_pane_get_scenes (pane), "changed", G_CALLBACK (scene_cb), window, G_CONNECT_SWAPPED);
  scene_cb (GTK_WINDOW (window));
}
