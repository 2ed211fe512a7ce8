#pragma once

#include <gtk/gtk.h>

#include "app/pdg-canvas-pane.h"
#include "model/pdg-board.h"

G_BEGIN_DECLS

/* The actions win.export, win.open-board and win.present of a window that shows @pane. @board: what it shows, when that is a file; then its bytes
 * are what an export of everything has. Once, after the pane was bound. */
void pdg_canvas_files_add_actions (GtkApplicationWindow *window, PdgCanvasPane *pane, PdgWorkspace *workspace, PdgPictureLoader *pictures,
                                   PdgStyle *style, PdgBoard *board);

G_END_DECLS
