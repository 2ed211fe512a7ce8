#pragma once

#include "codec/pdg-event-fields.h"
#include "codec/pdg-json-scan.h"
#include "model/pdg-event.h"

G_BEGIN_DECLS

/* Private to codec/: the members of one event as they were read, and the JSON that keeps what no slice holds. */

/* A member that the table does not know. */
typedef struct
{
  PdgJsonSpan key;
  PdgJsonSpan value;
} PdgEventMember;

typedef struct
{
  guint64 seen;                           /* bits of the fields that are there and not null */
  PdgJsonSpan fields[PDG_EVENT_N_FIELDS]; /* the last value of each of them */
  GArray *unknown;                        /* of PdgEventMember, in order */
} PdgEventMembers;

/* Writes an object of the members in @fields (bits), of metadata, and of the unknown members, which go into metadata
 * before its own so that these win. The text is in @batch; absent when there is nothing to keep. */
PdgSlice pdg_event_data_build (const PdgEventMembers *members, guint64 fields, PdgEventBatch *batch);

/* All members as one object again, as they were sent but for what redaction changed. Absent when one of them was nested too deep to
 * be redacted. */
PdgSlice pdg_event_data_write (const PdgEventMembers *members, PdgEventBatch *batch);

G_END_DECLS
