#pragma once

#include "codec/pdg-event-json.h"

G_BEGIN_DECLS

/* When the requests of these tests arrive: 2026-11-22T10:30:00Z; and a time of that day. */
#define RECEIVED_USEC G_GINT64_CONSTANT (1795343400000000)
#define RECEIVED_TEXT "2026-11-22T10:30:00Z"

/* The five members that an event must have, without braces. */
#define REQUIRED_MEMBERS \
  "\"event_id\":\"e1\",\"project_id\":\"p1\",\"session.id\":\"s1\",\"event.type\":\"custom\",\"event.timestamp\":\"" RECEIVED_TEXT "\""

/* Reads @len bytes, copied to memory of just that size, as a request. (transfer full) */
PdgEventBatch *codec_parse (const char *body, gssize len, GError **error);

/* The same for one event of REQUIRED_MEMBERS and @members, which must be a request that can be read. (transfer full) */
PdgEventBatch *codec_parse_members (const char *members);

/* The only event of @batch, which has no issues; the only issue's text of one that has no events. */
const PdgEvent *codec_get_event (PdgEventBatch *batch);
const char     *codec_get_issue (PdgEventBatch *batch);

/* Fails unless @slice has the text @expected; NULL = absent. */
void            codec_assert_slice (PdgSlice slice, const char *expected);

G_END_DECLS
