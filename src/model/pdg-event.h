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
} PdgEventFlags;

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
  PdgSlice raw;            /* the event as it was sent; absent when it came in another client's form */
  gint32 payload_hash;     /* of its content, > 0: tells the same event sent again from another one with its id */
  guint8 event_key[16];    /* event_id when that is a canonical UUID, else pdg_hash128 () of it */
  gint64 timestamp_usec;
  gint32 sequence;         /* event.sequence, or PDG_SEQUENCE_NONE */
  guint32 index;           /* place in the request */
  PdgEventFlags flags;
} PdgEvent;

/* An event that was refused: its place in the request and "field: reason". */
typedef struct
{
  guint32 index;
  char *error;
} PdgEventIssue;

/* The events of one request. Immutable once sealed, atomically counted; owns the memory its slices point into. */
typedef struct _PdgEventBatch PdgEventBatch;

/* Starts a batch. @memory: what the slices point into besides the arena (the request's body), may be NULL. (transfer full) */
PdgEventBatch       *pdg_event_batch_new (GBytes *memory, gint64 received_usec);
PdgEventBatch       *pdg_event_batch_ref (PdgEventBatch *batch);
void                 pdg_event_batch_unref (PdgEventBatch *batch);

/* Building, before the batch is shared: room for text, one more event (zeroed; valid until the next call), one more issue. */
char                *pdg_event_batch_alloc (PdgEventBatch *batch, gsize size);
PdgEvent            *pdg_event_batch_add (PdgEventBatch *batch);
void                 pdg_event_batch_drop_last (PdgEventBatch *batch);
void                 pdg_event_batch_take_issue (PdgEventBatch *batch, guint32 index, char *error);

const PdgEvent      *pdg_event_batch_get_events (const PdgEventBatch *batch, guint *n_events);
const PdgEventIssue *pdg_event_batch_get_issues (const PdgEventBatch *batch, guint *n_issues);
gint64               pdg_event_batch_get_received_usec (const PdgEventBatch *batch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgEventBatch, pdg_event_batch_unref)

G_END_DECLS
