#pragma once

#include "canvas/pdg-edit.h"

G_BEGIN_DECLS

/* The steps of a person's work, to go back and forth in. Not thread-safe. */
typedef struct _PdgHistory PdgHistory;

#define PDG_HISTORY_MAX_STEPS 200

/* Steps on the same screens within this time may be one. */
#define PDG_HISTORY_JOIN_USEC 1000000

PdgHistory *pdg_history_new (void);
void        pdg_history_free (PdgHistory *history);

/* Adds @edit; what was undone can't be redone any more, and the oldest step goes when there are too many. @joins: it becomes part
 * of the step before when that was added just before @now_usec (monotonic), has the same name and touches the same screens. */
void        pdg_history_add (PdgHistory *history, PdgEdit *edit, gboolean joins, gint64 now_usec);

/* The step that undo or redo would take; NULL when there is none. (transfer none) */
PdgEdit    *pdg_history_get_undo (PdgHistory *history);
PdgEdit    *pdg_history_get_redo (PdgHistory *history);

/* Goes over that step. */
void        pdg_history_step_back (PdgHistory *history);
void        pdg_history_step_forth (PdgHistory *history);

guint       pdg_history_get_n_steps (PdgHistory *history);

/* To be stored, and back: NULL when @bytes are no such thing. (transfer full) */
GBytes     *pdg_history_save (PdgHistory *history);
PdgHistory *pdg_history_load (GBytes *bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgHistory, pdg_history_free)

G_END_DECLS
