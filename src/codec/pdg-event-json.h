#pragma once

#include "codec/pdg-codec-error.h"
#include "codec/pdg-event-policy.h"
#include "model/pdg-event.h"

G_BEGIN_DECLS

/* How much one request may hold, and what the projects ask for. A plain value; start from PDG_EVENT_JSON_LIMITS_DEFAULT. */
typedef struct
{
  gsize max_body_bytes;  /* at most G_MAXUINT32; the whole request is refused beyond it */
  guint max_events;      /* the whole request is refused beyond it */
  gsize max_event_bytes; /* that event is refused beyond it */
  guint max_depth;       /* levels of objects and arrays, the event itself being the first; that event is refused beyond it */
  const PdgEventPolicies *policies; /* (nullable) what the projects ask for; NULL = events are kept as they are */
  gboolean opted_out;    /* the request's headers deny (DNT, Sec-GPC), which counts where the project says so */
} PdgEventJsonLimits;

#define PDG_EVENT_JSON_LIMITS_DEFAULT \
  ((PdgEventJsonLimits) { .max_body_bytes = 10 * 1024 * 1024, .max_events = 1000, .max_event_bytes = 100 * 1024, .max_depth = 32 })

/* Reads the body of POST /v1/events, {"events": [...]}, in one pass (docs/wire.md; RFC 8259, UTF-8 throughout).
 *
 * Each event is accepted or refused on its own: the batch holds the accepted ones in order and an issue, "field: reason",
 * for each of the others, so that the two numbers add up to what was sent. The slices point into @body where they can.
 * PdgEvent.data is JSON text that a cast to jsonb takes for certain: no U+0000 and no lone surrogate (both become U+FFFD),
 * no number out of numeric's range. Members of it may repeat; the last one counts, as it does in jsonb.
 *
 * @received_usec: when the request arrived, against which event times are judged; @limits: (nullable) NULL = the defaults.
 * Returns: (transfer full) (nullable): the batch, which keeps @body alive; NULL with a PDG_CODEC_ERROR when the request
 * cannot be read at all. Any thread. */
PdgEventBatch *pdg_event_json_parse (GBytes *body, gint64 received_usec, const PdgEventJsonLimits *limits, GError **error);

/* Of the accepted events: stored before; not stored since their person denied it; only counted. A plain value. */
typedef struct
{
  guint n_duplicates;
  guint n_withheld;
  guint n_counted;
} PdgEventJsonParts;

/* Writes the answer of POST /v1/events: {"accepted":n,"rejected":m,"errors":[{"index":i,"error":"field: reason"}]}, and those parts of
 * the accepted that there are: "duplicates", "withheld", "counted". m is @n_issues. (transfer full) Any thread. */
GBytes        *pdg_event_json_write_result (guint n_accepted, const PdgEventIssue *issues, guint n_issues, PdgEventJsonParts parts);

/* An accepted event as JSON with the keys of the wire, which reads as the same event. (transfer full) Any thread. */
GBytes        *pdg_event_json_write_event (const PdgEvent *event);

G_END_DECLS
