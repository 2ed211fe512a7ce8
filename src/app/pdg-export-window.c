#include "config.h"
#include "app/pdg-export-window.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "base/pdg-clock.h"

#define PROGRESS_MS 100
#define N_SCALES 3

struct _PdgExportWindow
{
  GtkWindow parent_instance;
  GtkWidget *choices;
  GtkDropDown *scope_dropdown;
  GtkToggleButton *png_button;
  GtkToggleButton *svg_button;
  GtkToggleButton *pdf_button;
  GtkToggleButton *json_button;
  GtkLabel *about_label;
  GtkWidget *scale_box;
  GtkToggleButton *scale_1;
  GtkToggleButton *scale_2;
  GtkToggleButton *scale_3;
  GtkToggleButton *scale_fitting;
  GtkCheckButton *transparent_check;
  GtkLabel *size_label;
  GtkProgressBar *progress_bar;
  GtkLabel *error_label;
  GtkWidget *cancel_button;
  GtkWidget *export_button;

  PdgClient *client;
  PdgTheme *theme;
  PdgScene *scenes[2]; /* everything, and the selection or NULL */
  PdgBoard *boards[2];
  double fitting_scale;
  PdgEdgeTint edge_tint;
  double tint_reference;

  GtkFileChooserNative *chooser;
  GCancellable *cancellable; /* of the export that runs; NULL = none does */
  PdgExportProgress *progress;
  guint progress_source;
};

G_DEFINE_FINAL_TYPE (PdgExportWindow, pdg_export_window, GTK_TYPE_WINDOW)

/* ---- what is chosen ---- */

static guint
get_scope (PdgExportWindow *self)
{
  return self->scenes[1] != NULL && gtk_drop_down_get_selected (self->scope_dropdown) == 0 ? 1 : 0;
}

static PdgExportFile
get_file (PdgExportWindow *self)
{
  GtkToggleButton *buttons[PDG_N_EXPORT_FILES] = { self->png_button, self->svg_button, self->pdf_button, self->json_button };

  for (guint i = 0; i < PDG_N_EXPORT_FILES; i++)
    if (gtk_toggle_button_get_active (buttons[i]))
      return (PdgExportFile) i;
  return PDG_EXPORT_FILE_PNG;
}

static double
get_scale (PdgExportWindow *self)
{
  if (gtk_toggle_button_get_active (self->scale_fitting))
    return self->fitting_scale;
  return gtk_toggle_button_get_active (self->scale_3) ? 3 : gtk_toggle_button_get_active (self->scale_2) ? 2 : 1;
}

static const char *
get_about (PdgExportFile file)
{
  switch (file)
    {
    case PDG_EXPORT_FILE_PNG:
      return _ ("A picture, for documents and chats.");
    case PDG_EXPORT_FILE_SVG:
      return _ ("Shapes that stay sharp and can be edited; text stays text.");
    case PDG_EXPORT_FILE_PDF:
      return _ ("One page to print or to send; text can be searched.");
    case PDG_EXPORT_FILE_JSON:
      return _ ("Screens, numbers and places, to be opened here again.");
    }
  return "";
}

/* ---- showing it ---- */

static void
show_error (PdgExportWindow *self, const char *message)
{
  gtk_label_set_text (self->error_label, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), message != NULL);
}

/* Scales that are too large cannot be chosen; when 1× is, the one that fits is offered. FALSE when nothing does. */
static gboolean
update_scales (PdgExportWindow *self, PdgScene *scene)
{
  GtkToggleButton *buttons[N_SCALES] = { self->scale_1, self->scale_2, self->scale_3 };
  g_autoptr (GError) error = NULL;
  g_autofree char *size = NULL;
  g_autofree char *label = NULL;
  int width, height;
  gboolean fine;

  for (guint i = 0; i < N_SCALES; i++)
    gtk_widget_set_sensitive (GTK_WIDGET (buttons[i]), pdg_export_get_size (scene, i + 1, &width, &height, &self->fitting_scale, NULL));
  gtk_widget_set_visible (GTK_WIDGET (self->scale_fitting), self->fitting_scale < 1);
  label = g_strdup_printf (_ ("%g×"), self->fitting_scale);
  gtk_button_set_label (GTK_BUTTON (self->scale_fitting), label);
  if (self->fitting_scale < 1)
    gtk_toggle_button_set_active (self->scale_fitting, TRUE);
  else if (get_scale (self) > self->fitting_scale)
    gtk_toggle_button_set_active (self->scale_1, TRUE);
  fine = pdg_export_get_size (scene, get_scale (self), &width, &height, NULL, &error);
  size = fine ? g_strdup_printf (_ ("%d × %d pixels"), width, height) : g_strdup (error->message);
  gtk_label_set_text (self->size_label, size);
  return fine;
}

static void
update (PdgExportWindow *self)
{
  PdgExportFile file = get_file (self);
  PdgScene *scene = self->scenes[get_scope (self)];
  gboolean fine = pdg_scene_get_n_cards (scene) > 0;
  gboolean busy = self->cancellable != NULL;

  gtk_label_set_text (self->about_label, get_about (file));
  gtk_widget_set_visible (self->scale_box, file == PDG_EXPORT_FILE_PNG);
  gtk_widget_set_visible (GTK_WIDGET (self->transparent_check), file != PDG_EXPORT_FILE_JSON);
  if (file == PDG_EXPORT_FILE_PNG)
    fine = update_scales (self, scene);
  gtk_widget_set_sensitive (self->choices, !busy);
  gtk_widget_set_sensitive (self->export_button, fine && !busy);
  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar), busy);
}

static void
changed_cb (PdgExportWindow *self)
{
  if (self->scenes[0] == NULL) /* the template is being read */
    return;
  show_error (self, NULL);
  update (self);
}

/* ---- exporting ---- */

static gboolean
progress_cb (gpointer user_data)
{
  PdgExportWindow *self = user_data;

  gtk_progress_bar_set_fraction (self->progress_bar, pdg_export_progress_get (self->progress));
  return G_SOURCE_CONTINUE;
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PdgExportWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = pdg_export_job_run_finish (result, &error);

  g_clear_handle_id (&self->progress_source, g_source_remove);
  g_clear_object (&self->cancellable);
  if (self->client == NULL) /* closed meanwhile */
    return;
  if (done)
    {
      gtk_window_destroy (GTK_WINDOW (self));
      return;
    }
  show_error (self, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? NULL : error->message);
  update (self);
}

static void
export_to (PdgExportWindow *self, const char *path)
{
  guint scope = get_scope (self);
  PdgExportRequest request = {
    .file = get_file (self),
    .scene = self->scenes[scope],
    .board = self->boards[scope],
    .theme = self->theme,
    .scale = get_scale (self),
    .transparent = gtk_check_button_get_active (self->transparent_check),
    .edge_tint = self->edge_tint,
    .tint_reference = self->tint_reference,
    .title = pdg_board_get_project (self->boards[scope]),
    .path = path,
    .overwrite = TRUE, /* the chooser has asked */
  };

  self->cancellable = g_cancellable_new ();
  self->progress_source = g_timeout_add (PROGRESS_MS, progress_cb, self);
  gtk_progress_bar_set_fraction (self->progress_bar, 0);
  show_error (self, NULL);
  update (self);
  pdg_export_job_run_async (&request, self->client, self->progress, self->cancellable, exported_cb, g_object_ref (self));
}

static void
chosen_cb (PdgExportWindow *self, int response)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  g_clear_object (&self->chooser);
  if (response != GTK_RESPONSE_ACCEPT)
    return;
  if (path == NULL)
    show_error (self, _ ("Files can be written only to this computer: choose a folder of it."));
  else
    export_to (self, path);
}

static void
export_cb (PdgExportWindow *self)
{
  PdgExportFile file = get_file (self);
  g_autofree char *name = pdg_export_file_dup_name (file, pdg_board_get_project (self->boards[0]), pdg_clock_now_usec ());

  if (self->cancellable != NULL || self->chooser != NULL)
    return;
  self->chooser = gtk_file_chooser_native_new (_ ("Export"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Export"), _ ("Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* The first press stops what runs, the next one closes. */
static void
cancel_cb (PdgExportWindow *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  else
    gtk_window_close (GTK_WINDOW (self));
}

/* ---- the window ---- */

static void
pdg_export_window_dispose (GObject *object)
{
  PdgExportWindow *self = PDG_EXPORT_WINDOW (object);

  g_clear_handle_id (&self->progress_source, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->chooser);
  g_clear_object (&self->client);
  for (guint i = 0; i < 2; i++)
    {
      g_clear_pointer (&self->scenes[i], pdg_scene_unref);
      g_clear_pointer (&self->boards[i], pdg_board_unref);
    }
  g_clear_pointer (&self->theme, pdg_theme_unref);
  G_OBJECT_CLASS (pdg_export_window_parent_class)->dispose (object);
}

static void
pdg_export_window_finalize (GObject *object)
{
  g_free (PDG_EXPORT_WINDOW (object)->progress);
  G_OBJECT_CLASS (pdg_export_window_parent_class)->finalize (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PdgExportWindow, name)

static void
pdg_export_window_class_init (PdgExportWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pdg_export_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = pdg_export_window_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/productgraph/ProductGraph/pdg-export-window.ui");
  BIND (choices);
  BIND (scope_dropdown);
  BIND (png_button);
  BIND (svg_button);
  BIND (pdf_button);
  BIND (json_button);
  BIND (about_label);
  BIND (scale_box);
  BIND (scale_1);
  BIND (scale_2);
  BIND (scale_3);
  BIND (scale_fitting);
  BIND (transparent_check);
  BIND (size_label);
  BIND (progress_bar);
  BIND (error_label);
  BIND (cancel_button);
  BIND (export_button);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, export_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
pdg_export_window_init (PdgExportWindow *self)
{
  self->progress = g_new0 (PdgExportProgress, 1);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_window_set_focus (GTK_WINDOW (self), self->export_button);
}

static char *
dup_n_screens (PdgScene *scene)
{
  guint n = pdg_scene_get_n_cards (scene);

  return g_strdup_printf (ngettext ("%u screen", "%u screens", n), n);
}

GtkWindow *
pdg_export_window_new (GtkWindow *parent, PdgClient *client, PdgTheme *theme, PdgScene *scene, PdgBoard *board, PdgScene *part,
                       PdgBoard *part_board)
{
  PdgExportWindow *self = g_object_new (PDG_TYPE_EXPORT_WINDOW, "transient-for", parent, NULL);
  g_autoptr (GtkStringList) scopes = gtk_string_list_new (NULL);
  g_autofree char *all = dup_n_screens (scene);
  g_autofree char *some = part != NULL ? dup_n_screens (part) : NULL;

  self->client = g_object_ref (client);
  self->theme = pdg_theme_ref (theme);
  self->scenes[0] = pdg_scene_ref (scene);
  self->boards[0] = pdg_board_ref (board);
  if (part != NULL)
    {
      self->scenes[1] = pdg_scene_ref (part);
      self->boards[1] = pdg_board_ref (part_board);
      gtk_string_list_take (scopes, g_strdup_printf (_ ("The selection: %s"), some));
    }
  gtk_string_list_take (scopes, g_strdup_printf (_ ("Everything: %s"), all));
  gtk_drop_down_set_model (self->scope_dropdown, G_LIST_MODEL (scopes));
  update (self);
  return GTK_WINDOW (self);
}

void
pdg_export_window_set_tint (PdgExportWindow *self, const PdgSceneStyle *style)
{
  self->edge_tint = style->edge_tint;
  self->tint_reference = style->tint_reference;
}
