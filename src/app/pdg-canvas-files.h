#pragma once

#include <gtk/gtk.h>

#include "app/pdg-canvas-pane.h"
#include "model/pdg-board.h"

G_BEGIN_DECLS

/* The actions win.export and win.open-board of a window that shows @pane. @board: what it shows, when that is a file; then its bytes
 * are what an export of everything has. Once, after the pane was bound. */
void pdg_canvas_files_add_actions (GtkApplicationWindow *window, PdgCanvasPane *pane, PdgWorkspace *workspace, PdgStyle *style, PdgBoard *board);

G_END_DECLS
