#pragma once

#include "model/pdg-guard.h"
#include "service/pdg-ingest-private.h"

G_BEGIN_DECLS

/* The dead letters of the event writer: what it refused, gathered in memory and written in one small transaction after the events of a
 * flush, so that events never wait for them. Any thread gathers. */
typedef struct _PdgLetters PdgLetters;

/* @max_letters, @max_bytes: of one project; the oldest go. (transfer full) */
PdgLetters *pdg_letters_new (gint64 max_letters, gint64 max_bytes);
void        pdg_letters_free (PdgLetters *letters);

/* Gathers what was refused of a request that is done. */
void        pdg_letters_add_request (PdgLetters *letters, const PdgIngestRequest *request);

/* How many were gathered since the start, by kind, and how many of them were lost. */
void        pdg_letters_get_counts (PdgLetters *letters, guint64 counts[PDG_N_LETTER_KINDS], guint64 *n_lost);

/* Writes what was gathered; what cannot be written is lost, and said so in the log. One thread. */
void        pdg_letters_flush (PdgLetters *letters, PdgDbConn *conn, gboolean bypasses_rls);

/* In the transaction that stores an event of the request: takes away the letter that the request is, if it is one. */
gboolean    pdg_letters_settle (PdgDbTx *tx, const PdgIngestRequest *request, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgLetters, pdg_letters_free)

G_END_DECLS
