#pragma once

#include "client/pdg-client.h"
#include "model/pdg-board.h"

G_BEGIN_DECLS

#define PDG_TYPE_BOARD_CLIENT (pdg_board_client_get_type ())
G_DECLARE_FINAL_TYPE (PdgBoardClient, pdg_board_client, PDG, BOARD_CLIENT, PdgClient)

/* Answers from a board what the canvas asks a server for; everything else is refused. Pictures come from @pictures (nullable), as
 * far as it has them. UI thread. */
PdgClient *pdg_board_client_new (PdgBoard *board, PdgClient *pictures);

G_END_DECLS
