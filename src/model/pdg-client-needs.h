#pragma once

#include "model/pdg-event.h"

G_BEGIN_DECLS

/* What the events of other products' clients need before they can be stored, because it is known only with what came before
 * (docs/clients.md). A reader notes it beside the batch; plain values. */

/* An event without a session. */
typedef struct
{
  guint event;        /* its place in the batch */
  gboolean is_client; /* nobody is named: the keys stand for an address and a program, and are not set by the reader */
  gboolean has_old_key;
  guint8 key[16];     /* of the person */
  guint8 old_key[16]; /* the same client by yesterday's salt */
  gint64 usec;
  guint8 session_key[16]; /* the answer: the key that has the session, */
  gint64 began_usec;      /* and its first event; G_MININT64 = none, there is no such project */
} PdgDerivedSession;

typedef enum
{
  PDG_PAGE_LOAD_SPAN,  /* a document was loaded, as a span tells, */
  PDG_PAGE_LOAD_EVENT, /* or an event: of one load only the first report is the page's view */
  PDG_PAGE_NAVIGATION, /* another page within the document */
} PdgPageKind;

/* An event that reports a page. */
typedef struct
{
  guint event;
  PdgPageKind kind;
  guint8 url_key[16];
  gboolean is_view;      /* the answer */
  gint64 left_usec;      /* when the page was left that this report ended; G_MININT64 = none was */
  guint8 left_key[16];   /* event_key of that page, */
  char *left_path;       /* (nullable) and its path */
} PdgPageReport;

/* A piece of a recording. */
typedef struct
{
  char *session_id;
  char *window_id; /* nullable */
  guint8 key[16];
  gint64 started_usec;
  gint64 ended_usec;
  gint64 chunk_no; /* once it is stored */
  guint n_events;
  gsize n_bytes;   /* as it is stored */
  GBytes *bytes;   /* (nullable) a JSON array of rrweb events, gzipped or plain */
} PdgReplayChunk;

typedef struct
{
  GArray *sessions;   /* PdgDerivedSession */
  GArray *pages;      /* PdgPageReport */
  GPtrArray *replays; /* PdgReplayChunk */
} PdgClientNeeds;

/* The id of a derived session, by the key that has it and its first event. (transfer full) */
char           *pdg_derived_session_make_id (const guint8 key[16], gint64 began_usec);

PdgClientNeeds *pdg_client_needs_new (void);
void            pdg_client_needs_free (PdgClientNeeds *needs);
gboolean        pdg_client_needs_is_empty (const PdgClientNeeds *needs);

void            pdg_replay_chunk_free (PdgReplayChunk *chunk);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgClientNeeds, pdg_client_needs_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgReplayChunk, pdg_replay_chunk_free)

G_END_DECLS
