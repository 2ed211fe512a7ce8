#pragma once

#include "demo/pdg-demo-writer.h"

G_BEGIN_DECLS

/* Sessions that run at the same time, their events handed out in the order of their times. */
typedef struct _PdgDemoStream PdgDemoStream;

PdgDemoStream *pdg_demo_stream_new (guint64 id_seed, const char *project_id);
void           pdg_demo_stream_free (PdgDemoStream *stream);

/* Adds the visitor's session; events after @cut_usec are left out. */
void           pdg_demo_stream_add (PdgDemoStream *stream, const PdgDemoVisitor *visitor, gint64 cut_usec);

/* Time of the next event; G_MAXINT64 when no session runs. */
gint64         pdg_demo_stream_get_next_usec (const PdgDemoStream *stream);

/* Appends the next event to @out, stamped with @at_usec or, when that is negative, its own time; a session must run. */
void           pdg_demo_stream_write_next (PdgDemoStream *stream, GString *out, gint64 at_usec);

/* How many of the events (PdgDemoEvent, in the order of their times) are not after @cut_usec. */
guint          pdg_demo_count_until (const GArray *events, gint64 cut_usec);

G_END_DECLS
