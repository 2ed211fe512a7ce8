#include "config.h"
#include "app/pdg-board-window.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-board-client.h"
#include "app/pdg-canvas-files.h"
#include "app/pdg-canvas-pane.h"
#include "app/pdg-format.h"
#include "app/pdg-time-range.h"

struct _PdgBoardWindow
{
  GtkApplicationWindow parent_instance;
  PdgCanvasPane *pane;
  PdgWorkspace *workspace;
  PdgPictureLoader *pictures;
};

G_DEFINE_FINAL_TYPE (PdgBoardWindow, pdg_board_window, GTK_TYPE_APPLICATION_WINDOW)

/* All pinned: laid out, they stay where they were. */
static PdgLayout *
make_layout (const PdgBoard *board)
{
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (pdg_board_get_graph (board), &n);
  const PdgBoardPlace *places = pdg_board_get_places (board);
  g_autofree PdgLayoutPosition *positions = g_new0 (PdgLayoutPosition, n + 1);

  for (guint i = 0; i < n; i++)
    positions[i] = (PdgLayoutPosition) { screens[i].id, places[i].x, places[i].y, places[i].column, places[i].row, TRUE };
  return pdg_layout_new_from_positions (positions, n);
}

static GtkWidget *
make_title (const PdgBoard *board)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *date = pdg_format_date (pdg_board_get_as_of (board));
  const char *range = pdg_time_range_get_label (pdg_time_range_from_nick (pdg_board_get_range (board)));
  g_autofree char *about = pdg_board_get_as_of (board) != 0 ? g_strdup_printf (_ ("From a file, read only · %s to %s"), range, date)
                                                            : g_strdup (_ ("From a file, read only"));
  GtkWidget *name = gtk_label_new (pdg_board_get_project (board));
  GtkWidget *second = gtk_label_new (about);

  gtk_accessible_update_property (GTK_ACCESSIBLE (name), GTK_ACCESSIBLE_PROPERTY_LABEL, pdg_board_get_project (board), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (second), GTK_ACCESSIBLE_PROPERTY_LABEL, about, -1);
  gtk_widget_add_css_class (name, "strong");
  gtk_widget_add_css_class (second, "second");
  gtk_widget_add_css_class (second, "tiny");
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), second);
  return box;
}

static GtkWidget *
make_header (const PdgBoard *board)
{
  GtkWidget *header = gtk_header_bar_new ();
  GtkWidget *button = gtk_button_new_with_label (_ ("Export…"));

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Export…"), -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.export");
  gtk_header_bar_set_title_widget (GTK_HEADER_BAR (header), make_title (board));
  gtk_header_bar_pack_end (GTK_HEADER_BAR (header), button);
  return header;
}

static void
pdg_board_window_dispose (GObject *object)
{
  PdgBoardWindow *self = PDG_BOARD_WINDOW (object);

  if (self->workspace != NULL)
    pdg_workspace_close (self->workspace);
  g_clear_object (&self->workspace);
  g_clear_object (&self->pictures);
  G_OBJECT_CLASS (pdg_board_window_parent_class)->dispose (object);
}

static void
pdg_board_window_class_init (PdgBoardWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pdg_board_window_dispose;
}

static void
pdg_board_window_init (PdgBoardWindow *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), "pdg");
  if (!gdk_display_is_composited (gtk_widget_get_display (GTK_WIDGET (self))))
    gtk_widget_add_css_class (GTK_WIDGET (self), "uncomposited");
}

GtkWindow *
pdg_board_window_new (GtkApplication *application, PdgBoard *board, PdgClient *pictures, PdgStyle *style)
{
  g_autofree char *title = g_strdup_printf (_ ("%s (file) – ProductGraph"), pdg_board_get_project (board));
  PdgBoardWindow *self = g_object_new (PDG_TYPE_BOARD_WINDOW, "application", application, "default-width", 1100, "default-height", 760,
                                       "title", title, NULL);
  g_autoptr (PdgClient) client = pdg_board_client_new (board, pictures);
  g_autoptr (PdgLayout) layout = make_layout (board);

  gtk_window_set_titlebar (GTK_WINDOW (self), make_header (board));
  self->workspace = pdg_workspace_new (client);
  pdg_workspace_set_range (self->workspace, pdg_time_range_from_nick (pdg_board_get_range (board)));
  self->pictures = pdg_picture_loader_new (client);
  self->pane = g_object_new (PDG_TYPE_CANVAS_PANE, NULL);
  pdg_canvas_pane_bind (self->pane, self->workspace, self->pictures, style);
  pdg_scene_model_set_layout (pdg_canvas_pane_get_scenes (self->pane), layout);
  /* of what its screens are made is not in a file */
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (pdg_canvas_pane_get_actions (self->pane)), "closeups")),
                               FALSE);
  gtk_window_set_child (GTK_WINDOW (self), GTK_WIDGET (self->pane));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "canvas", pdg_canvas_pane_get_actions (self->pane));
  pdg_canvas_files_add_actions (GTK_APPLICATION_WINDOW (self), self->pane, self->workspace, self->pictures, style, board);
  pdg_canvas_pane_focus_canvas (self->pane);
  return GTK_WINDOW (self);
}
