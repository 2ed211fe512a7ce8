#pragma once

#include <gtk/gtk.h>

#include "app/pdg-export-job.h"

G_BEGIN_DECLS

#define PDG_TYPE_EXPORT_WINDOW (pdg_export_window_get_type ())
G_DECLARE_FINAL_TYPE (PdgExportWindow, pdg_export_window, PDG, EXPORT_WINDOW, GtkWindow)

/* Asks what to export and how, then where; shows how far it is, and can be stopped. @board is what @scene shows; of it, @part (nullable,
 * with @part_board) is the selection. */
GtkWindow *pdg_export_window_new (GtkWindow *parent, PdgClient *client, PdgTheme *theme, PdgScene *scene, PdgBoard *board, PdgScene *part,
                                  PdgBoard *part_board);

/* Edges are drawn with the tint of @style. Before it is shown. */
void       pdg_export_window_set_tint (PdgExportWindow *self, const PdgSceneStyle *style);

G_END_DECLS
