#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A piece of text inside a batch's memory: valid UTF-8, unescaped, free of NUL; data NULL = absent. */
typedef struct
{
  const char *data;
  guint32 len;
} PdgSlice;

#define PDG_SLICE_LITERAL(text) ((PdgSlice) { (text), sizeof (text) - 1 })
#define PDG_SEQUENCE_NONE G_MININT32

typedef enum
{
  PDG_EVENT_LATE = 1 << 0,    /* its time is more than 30 days before it arrived */
  PDG_EVENT_CLAMPED = 1 << 1, /* its time was more than 24 h ahead: timestamp_usec is the arrival, data keeps the raw text */
  PDG_EVENT_IS_PAGE_VIEW = 1 << 2,
  PDG_EVENT_IS_ERROR = 1 << 3, /* type "error", or an api.response of 500 and above */
  PDG_EVENT_IS_PERFORMANCE = 1 << 4,
  PDG_EVENT_COUNTED = 1 << 5, /* without consent: nothing of it tells who it was (pdg-consent.h) */
} PdgEventFlags;

/* The flags also carry the number of the redaction rules that were applied, 1 to 511, in the nine bits from here on: they cost
 * neither a column nor a byte of a row. 0 = none were. */
#define PDG_EVENT_REDACTION_SHIFT 6

/* The low bits of a payload's hash are of the content after redaction; the others are the number of the rules. */
#define PDG_EVENT_PAYLOAD_BITS 22

/* One accepted event of the wire (docs/wire.md), as a plain value inside a batch. */
typedef struct
{
  PdgSlice event_id;
  PdgSlice project;
  PdgSlice session;
  PdgSlice type;
  PdgSlice name;
  PdgSlice user;
  PdgSlice anonymous;
  PdgSlice page_path;      /* as sent; see pdg_screen_path_normalise () for the screen */
  PdgSlice page_title;
  PdgSlice component;      /* ui.component.name */
  PdgSlice component_path; /* ui.component.path */
  PdgSlice journey;        /* gen_ai.journey.id */
  PdgSlice step;           /* gen_ai.journey.step.id */
  PdgSlice release;        /* app.version */
  PdgSlice data;           /* a JSON object with every other key of the event ("metadata" among them), fit for a cast to
                              jsonb; absent when there is none */
  gint32 payload_hash;     /* of its content as it was sent, > 0: tells the same event sent again from another one with its id */
  guint8 event_key[16];    /* event_id when that is a canonical UUID, else pdg_hash128 () of it */
  gint64 timestamp_usec;
  gint32 sequence;         /* event.sequence, or PDG_SEQUENCE_NONE */
  guint32 index;           /* place in the request */
  PdgEventFlags flags;
} PdgEvent;

/* Whether two hashes may be of one content. What other rules left of it cannot be compared, and passes for the same. */
static inline gboolean
pdg_event_payload_equals (gint32 a, gint32 b)
{
  return a == b || a >> PDG_EVENT_PAYLOAD_BITS != b >> PDG_EVENT_PAYLOAD_BITS;
}

/* An event that was refused: its place in the request and "field: reason". To be kept as a dead letter it has itself as JSON, after
 * redaction; absent when it could not be redacted. */
typedef struct
{
  guint32 index;
  char *error;
  PdgSlice project; /* as the event has it; may be absent */
  PdgSlice raw;
} PdgEventIssue;

/* An accepted event that does not look like its schema (pdg-plan.h). */
typedef struct
{
  PdgSlice project;
  PdgSlice type;
  PdgSlice field;
  PdgSlice expected;
  gint32 version;
} PdgEventFinding;

/* The events of one request. Immutable once sealed, atomically counted; owns the memory its slices point into. */
typedef struct _PdgEventBatch PdgEventBatch;

/* Starts a batch. @memory: what the slices point into besides the arena (the request's body), may be NULL. (transfer full) */
PdgEventBatch       *pdg_event_batch_new (GBytes *memory, gint64 received_usec);
PdgEventBatch       *pdg_event_batch_ref (PdgEventBatch *batch);
void                 pdg_event_batch_unref (PdgEventBatch *batch);

/* Building, before the batch is shared: room for text, one more event (zeroed; valid until the next call), one more issue. */
char                *pdg_event_batch_alloc (PdgEventBatch *batch, gsize size);
/* A text's copy in the batch. */
PdgSlice             pdg_event_batch_store (PdgEventBatch *batch, const char *text);
PdgEvent            *pdg_event_batch_add (PdgEventBatch *batch);
void                 pdg_event_batch_drop_last (PdgEventBatch *batch);
PdgEvent            *pdg_event_batch_get_event (PdgEventBatch *batch, guint place);
void                 pdg_event_batch_take_issue (PdgEventBatch *batch, guint32 index, char *error);
/* The same of an event that may be kept; both slices lie in the batch's memory. */
void                 pdg_event_batch_take_refused (PdgEventBatch *batch, guint32 index, char *error, PdgSlice project, PdgSlice raw);
/* One more event that is not stored, and not refused: its person denied it. */
void                 pdg_event_batch_add_withheld (PdgEventBatch *batch);
/* One more event of which redaction took something out. */
void                 pdg_event_batch_add_redacted (PdgEventBatch *batch);
/* The schema by which the last refused one was refused. */
void                 pdg_event_batch_set_refused_by (PdgEventBatch *batch, gint32 schema_version);
void                 pdg_event_batch_add_finding (PdgEventBatch *batch, const PdgEventFinding *finding);
/* By which protocol the events came ("segment"), a constant text; "events" unless it is said. */
void                 pdg_event_batch_set_source (PdgEventBatch *batch, const char *source);
/* The batch is this dead letter once more: it ends in the transaction that stores its event. */
void                 pdg_event_batch_set_letter (PdgEventBatch *batch, gint32 project_no, gint64 letter_no);

const PdgEvent      *pdg_event_batch_get_events (const PdgEventBatch *batch, guint *n_events);
const PdgEventIssue *pdg_event_batch_get_issues (const PdgEventBatch *batch, guint *n_issues);
/* The version of the schema that refused an event, by the text of its issue as the batch has it; 0 = none did. */
gint32               pdg_event_batch_get_refused_by (const PdgEventBatch *batch, const char *error);
guint                pdg_event_batch_get_n_refused_by_schemas (const PdgEventBatch *batch);
guint                pdg_event_batch_get_n_redacted (const PdgEventBatch *batch);
const PdgEventFinding *pdg_event_batch_get_findings (const PdgEventBatch *batch, guint *n_findings);
guint                pdg_event_batch_get_n_withheld (const PdgEventBatch *batch);
/* How many of the events are only counted. */
guint                pdg_event_batch_get_n_counted (const PdgEventBatch *batch);
gint64               pdg_event_batch_get_received_usec (const PdgEventBatch *batch);
const char          *pdg_event_batch_get_source (const PdgEventBatch *batch);
/* FALSE when the batch is no letter. */
gboolean             pdg_event_batch_get_letter (const PdgEventBatch *batch, gint32 *project_no, gint64 *letter_no);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgEventBatch, pdg_event_batch_unref)

G_END_DECLS
