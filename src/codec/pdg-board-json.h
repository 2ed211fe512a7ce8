#pragma once

#include "model/pdg-board.h"

G_BEGIN_DECLS

/* The file of a board: JSON, described in docs/canvas.md. What is read and written again is the same, byte for byte. */

#define PDG_BOARD_FORMAT  "productgraph-board"
#define PDG_BOARD_VERSION 1

/* Larger files are not read. */
#define PDG_BOARD_MAX_BYTES       (64u * 1024u * 1024u)
#define PDG_BOARD_MAX_SCREENS     100000u
#define PDG_BOARD_MAX_TRANSITIONS 1000000u

/* (transfer full) Any thread. */
GBytes   *pdg_board_json_write (const PdgBoard *board);

/* Every member that this version has must be there, and no other: nothing of a file is lost unnoticed.
 * (transfer full) PDG_CODEC_ERROR: SYNTAX, TOO_LARGE, TOO_MANY, or ENVELOPE with the place and what is wrong there. Any thread. */
PdgBoard *pdg_board_json_read (GBytes *bytes, GError **error);

G_END_DECLS
