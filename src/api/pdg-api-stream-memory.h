#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a subscription remembers from one run to the next. The resolver of its root field reads and writes it on the thread of the run;
 * between runs, of which there is one at a time, it is the stream's. Counted atomically. */
typedef struct _PdgApiStreamMemory PdgApiStreamMemory;

/* (transfer full) */
PdgApiStreamMemory *pdg_api_stream_memory_new (void);
PdgApiStreamMemory *pdg_api_stream_memory_ref (PdgApiStreamMemory *memory);
void                pdg_api_stream_memory_unref (PdgApiStreamMemory *memory);

/* What the last message left that reached the client; NULL before the first. (transfer none) (nullable) */
gpointer            pdg_api_stream_memory_get (PdgApiStreamMemory *memory);

/* What this run leaves, should its message reach the client. @next: (transfer full). */
void                pdg_api_stream_memory_put (PdgApiStreamMemory *memory, gpointer next, GDestroyNotify destroy);

/* This run found nothing to tell: no message is sent, and what was put is kept. */
void                pdg_api_stream_memory_set_silent (PdgApiStreamMemory *memory);

/* How long after the beginning of this run the next one may begin at the earliest, and after its end has to at the latest; 0 = at any
 * time, and only at a change. */
void                pdg_api_stream_memory_set_rhythm (PdgApiStreamMemory *memory, guint at_earliest_ms, guint at_latest_ms);
guint               pdg_api_stream_memory_get_at_earliest_ms (PdgApiStreamMemory *memory);
guint               pdg_api_stream_memory_get_at_latest_ms (PdgApiStreamMemory *memory);

/* After a run: keeps what it put when it @succeeded, and forgets it otherwise. FALSE when there is nothing to send. */
gboolean            pdg_api_stream_memory_end_run (PdgApiStreamMemory *memory, gboolean succeeded);

G_END_DECLS
