#pragma once

#include "codec/pdg-event-json.h"
#include "model/pdg-client-needs.h"

G_BEGIN_DECLS

/* The protocols of other clients, each read into the same batch as our own events (docs/clients.md). The readers take decoded
 * bodies (pdg-body.h), judge each record on its own, and keep in the metadata whatever has no key of ours. */

/* What is known of a request besides its body. A plain value; texts are borrowed. */
typedef struct
{
  const char *project; /* id of the project that the key belongs to */
  PdgClientNeeds *needs; /* what the events need before they can be stored is added to it */
  const char *host;    /* (nullable) the Host header: records of the client's own requests to it are left out */
  gint64 received_usec;
  PdgEventJsonLimits limits;
} PdgDialectContext;

/* All return NULL with a PDG_CODEC_ERROR when the body cannot be read at all; else the batch, which keeps @body alive. Any thread.
 * (transfer full) */

/* Segment and RudderStack. @kind: "track" and so on of a single call; NULL for a batch. */
PdgEventBatch *pdg_segment_read (GBytes *body, const char *kind, const PdgDialectContext *context, GError **error);

/* PostHog's capture paths. Pieces of recordings are no events; they are among the needs. */
PdgEventBatch *pdg_posthog_read (GBytes *body, const PdgDialectContext *context, GError **error);

typedef enum
{
  PDG_MIXPANEL_TRACK,
  PDG_MIXPANEL_ENGAGE,
  PDG_MIXPANEL_GROUPS,
} PdgMixpanelKind;

PdgEventBatch *pdg_mixpanel_read (GBytes *body, PdgMixpanelKind kind, const PdgDialectContext *context, GError **error);

/* What Mixpanel's /import answers: how many were imported, and of each that failed its place, insert_id, field and why. @body: one that was
 * read; @with_failures: else only whether it was (strict=0). @n_issues > 0 is the status 400. (transfer full) */
GBytes        *pdg_mixpanel_write_import (GBytes *body, guint n_imported, const PdgEventIssue *issues, guint n_issues, gboolean with_failures);

/* Amplitude's /2/httpapi and /batch. */
PdgEventBatch *pdg_amplitude_read (GBytes *body, const PdgDialectContext *context, GError **error);

/* The key inside a body of these: writeKey, api_key or token of the envelope, of its first record, or of that one's properties; NULL
 * when there is none or the body is no JSON. (transfer full) (nullable) */
char          *pdg_dialect_dup_key (GBytes *body);

/* /track is a path of PostHog's old clients as well as of Mixpanel: whether this body is one of theirs. */
gboolean       pdg_dialect_is_posthog (GBytes *body);

/* And /batch one of PostHog's as well as of Amplitude's. */
gboolean       pdg_dialect_is_amplitude (GBytes *body);

/* What PostHog's newest protocol wants to know of each event: {"results":{"UUID":{"result":"ok"}}}, or "drop" with the reason of its
 * issue. @body: one that was read; @issues in the order of their index. (transfer full) */
GBytes        *pdg_posthog_write_verdicts (GBytes *body, const PdgEventIssue *issues, guint n_issues);

G_END_DECLS
