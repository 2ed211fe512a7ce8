#pragma once

#include <gtk/gtk.h>

#include "app/pdg-style.h"
#include "client/pdg-client.h"
#include "model/pdg-board.h"

G_BEGIN_DECLS

#define PDG_TYPE_BOARD_WINDOW (pdg_board_window_get_type ())
G_DECLARE_FINAL_TYPE (PdgBoardWindow, pdg_board_window, PDG, BOARD_WINDOW, GtkApplicationWindow)

/* Shows the board of a file beside the live canvas, to be looked at and exported again. Pictures come from @pictures. */
GtkWindow *pdg_board_window_new (GtkApplication *application, PdgBoard *board, PdgClient *pictures, PdgStyle *style);

G_END_DECLS
