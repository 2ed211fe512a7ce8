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

/* Handles what the accessibility bus sent since, without waiting. */
void     pdg_ui_take_messages (void);

/* Ends the test, saying what the app said and shows. */
G_NORETURN
void     pdg_ui_fail (PdgUi *ui, const char *what, const char *detail);

gboolean pdg_ui_get_extents (PdgUiNode *node, PdgUiRect *rect);
