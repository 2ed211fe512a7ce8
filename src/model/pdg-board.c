#include "config.h"
#include "model/pdg-board.h"

struct _PdgBoard
{
  char *project;
  char *range;
  gint64 as_of_usec;
  PdgJourneyGraph *graph;
  PdgBoardPlace *places;
};

PdgBoard *
pdg_board_new (const char *project, const char *range, gint64 as_of_usec, PdgJourneyGraph *graph, const PdgBoardPlace *places)
{
  PdgBoard *board = g_atomic_rc_box_new0 (PdgBoard);
  guint n;

  pdg_journey_graph_get_screens (graph, &n);
  board->project = g_strdup (project);
  board->range = g_strdup (range);
  board->as_of_usec = as_of_usec;
  board->graph = pdg_journey_graph_ref (graph);
  board->places = g_new0 (PdgBoardPlace, n + 1);
  for (guint i = 0; i < n; i++)
    board->places[i] = places[i];
  return board;
}

PdgBoard *
pdg_board_ref (PdgBoard *board)
{
  return g_atomic_rc_box_acquire (board);
}

static void
board_clear (gpointer data)
{
  PdgBoard *board = data;

  g_free (board->project);
  g_free (board->range);
  g_free (board->places);
  pdg_journey_graph_unref (board->graph);
}

void
pdg_board_unref (PdgBoard *board)
{
  if (board != NULL)
    g_atomic_rc_box_release_full (board, board_clear);
}

const char *
pdg_board_get_project (const PdgBoard *board)
{
  return board->project;
}

const char *
pdg_board_get_range (const PdgBoard *board)
{
  return board->range;
}

gint64
pdg_board_get_as_of (const PdgBoard *board)
{
  return board->as_of_usec;
}

PdgJourneyGraph *
pdg_board_get_graph (const PdgBoard *board)
{
  return board->graph;
}

const PdgBoardPlace *
pdg_board_get_places (const PdgBoard *board)
{
  return board->places;
}
