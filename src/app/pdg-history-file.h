#pragma once

#include "canvas/pdg-history.h"

G_BEGIN_DECLS

/* The history of one project after the other, each in a file of its own: written soon after a change and when it is closed,
 * the whole file in one step. UI thread. */
typedef struct _PdgHistoryFile PdgHistoryFile;

/* @dir: (nullable) the user's data folder. (transfer full) */
PdgHistoryFile *pdg_history_file_new (const char *dir);
void            pdg_history_file_free (PdgHistoryFile *file);

/* Saves the one that is open and opens that of the project (nullable: none, one that is not kept). What can't be read is empty. */
void            pdg_history_file_open (PdgHistoryFile *file, const char *project_id);

/* (transfer none) */
PdgHistory     *pdg_history_file_get (PdgHistoryFile *file);

/* It is to be written. */
void            pdg_history_file_changed (PdgHistoryFile *file);

G_END_DECLS
