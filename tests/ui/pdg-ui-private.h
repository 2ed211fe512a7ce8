#pragma once

#include "pdg-ui.h"

#define POLL_USEC 20000

struct _PdgUi
{
  PdgProgram *program;
  guint16 port;
  char *data_dir;
  char *config_dir;
  char *window; /* of X, as xdotool takes it */
  PdgUiNode *application;
  gboolean ended;
};

/* What came from the app since; libatspi keeps what it saw, and not all of GTK's changes are told. */
void     pdg_ui_refresh (PdgUiNode *node);

/* Ends the test, saying what the app said and shows. */
G_NORETURN
void     pdg_ui_fail (PdgUi *ui, const char *what, const char *detail);

gboolean pdg_ui_get_extents (PdgUiNode *node, PdgUiRect *rect);
