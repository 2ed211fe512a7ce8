#pragma once

#include "codec/pdg-dialect.h"
#include "codec/pdg-event-builder.h"

G_BEGIN_DECLS

/* Private to codec/: what the readers of JSON dialects share. */

/* A member of theirs and the key of ours that it becomes. */
typedef struct
{
  const char *from;
  const char *to;
} PdgDialectRow;

/* An event name of theirs and the type of ours. */
typedef PdgDialectRow PdgDialectType;

typedef struct
{
  const PdgDialectContext *context;
  const char *protocol;
  PdgEventBuilder builder;
  gint64 skew_usec;   /* added to the client's times */
  PdgJsonSpan whole;  /* the record */
  GArray *record;     /* PdgJsonMember: its members, */
  GArray *properties; /* and those of its properties */
  gint64 time_usec;
  gboolean has_time;
} PdgDialectReader;

/* Reads one record: begins an event, finishes it, or refuses it. */
typedef void (*PdgDialectRecordFunc) (PdgDialectReader *reader, gpointer user_data);

/* Reads the whole body: the elements of the array @list of the envelope (or of the root when the root is an array, or the root
 * itself), each by @func. @sent_at: the envelope's member with the client's time of sending, nullable. NULL with an error. */
PdgEventBatch *pdg_dialect_read (GBytes *body, const char *protocol, const char *list, const char *sent_at, const PdgDialectContext *context,
                                 PdgDialectRecordFunc func, gpointer user_data, GError **error);

/* Lists the members of the record's @name as its properties (from the beginning when called again). */
void           pdg_dialect_open_properties (PdgDialectReader *reader, const char *name);

/* Sets keys of ours; a member that said no more than that is marked as taken. Keys that are set stay. */
void           pdg_dialect_map (PdgDialectReader *reader, GArray *members, const PdgDialectRow *rows, gsize n_rows);
gboolean       pdg_dialect_take (PdgDialectReader *reader, GArray *members, const char *from, const char *to);

/* Keeps a member in the metadata under a name of ours. */
void           pdg_dialect_keep_as (PdgDialectReader *reader, GArray *members, const char *from, const char *to);

/* Leaves a member out: the key of the project, which is not stored. */
void           pdg_dialect_drop (GArray *members, const char *name);

/* The type for an event's name by the table, else the name; and the name as event.name. */
void           pdg_dialect_set_type (PdgDialectReader *reader, PdgJsonMember *name, const PdgDialectType *types, gsize n_types);

/* The event's time from RFC 3339 text or a number since 1970 (seconds, milliseconds, microseconds or nanoseconds, by its size),
 * put right by the skew. What cannot be read is left to the verdict. */
void           pdg_dialect_take_time (PdgDialectReader *reader, GArray *members, const char *from);

/* A time as above. */
gboolean       pdg_dialect_read_time (const PdgJsonSpan *span, gint64 *usec);

/* What the person said, unless it is known already. */
void           pdg_dialect_set_consent (PdgDialectReader *reader, PdgConsent consent);

/* The same from the categories of Segment's context.consent and RudderStack's context.consentManagement. */
void           pdg_dialect_take_categories (PdgDialectReader *reader, const PdgJsonSpan *context);

/* Whether the person's recordings may be stored, as far as it is known by now. */
gboolean       pdg_dialect_may_record (PdgDialectReader *reader);

/* The rest: properties and record go to the metadata, an id is made where there is none, and the verdict. */
void           pdg_dialect_finish (PdgDialectReader *reader);

/* The verdict. An event without a session needs one. Returns its place in the batch, or -1 when it was refused. */
int            pdg_dialect_finish_event (PdgEventBuilder *builder, const PdgDialectContext *context);

G_END_DECLS
