#pragma once

#include <gtk/gtk.h>

#include "client/pdg-client.h"

G_BEGIN_DECLS

/* How the application gets its client and lets go of it; what composes the program fills it in. A plain value.
 * All run on the UI thread of the first instance only: a second start just raises the first one's window. */
typedef struct
{
  /* Starts what is behind the client and returns it at once, in the state STARTING. (transfer full) */
  PdgClient *(*start) (gpointer user_data);
  /* The client went FAILED and the user wants another try, on the same client. (nullable) */
  void (*restart) (PdgClient *client, gpointer user_data);
  /* The window is gone: stops everything, may take seconds. (nullable) */
  void (*stop) (PdgClient *client, gpointer user_data);
  gpointer user_data;
} PdgAppHooks;

#define PDG_TYPE_APPLICATION (pdg_application_get_type ())
G_DECLARE_FINAL_TYPE (PdgApplication, pdg_application, PDG, APPLICATION, GtkApplication)

/* (transfer full). @hooks is copied. */
PdgApplication *pdg_application_new (const PdgAppHooks *hooks);

/* The desktop program: prepares the process, runs the application until its window is closed, returns the exit status.
 * First thing in main(): nothing of GTK may be initialised before. */
int             pdg_app_run (const PdgAppHooks *hooks, int argc, char **argv);

G_END_DECLS
