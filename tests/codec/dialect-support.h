#pragma once

#include "codec/pdg-dialect.h"
#include "codec/pdg-otlp.h"

G_BEGIN_DECLS

/* When requests arrive: 2026-11-22T07:24:40Z, which is when most of the fixtures were sent. */
#define FIXTURE_RECEIVED_USEC G_GINT64_CONSTANT (1795332280000000)

/* A request that a real client sent. */
typedef struct
{
  char *name, *method, *path, *query;
  GHashTable *headers; /* name in lower case -> value */
  GBytes *body;        /* as the client meant it, unpacked */
} Fixture;

/* The captured requests in ../shared/fixtures; NULL when the folder is not there. (transfer full) (element-type Fixture) */
GPtrArray         *fixture_load_all (void);

/* What a request comes with. Its needs are those of this context until the next one is made. */
PdgDialectContext  dialect_context (const char *host);

/* The batch of a body by its protocol's name ("segment", "segment:page", "posthog", "mixpanel", "engage", "groups", "amplitude",
 * "otlp-logs", "otlp-traces", "otlp-logs-proto", "otlp-traces-proto"). (transfer full) */
PdgEventBatch     *dialect_read (const char *protocol, GBytes *body, const PdgDialectContext *context, GError **error);

/* Every key of an event that is set, one a line, and its data. (transfer full) */
char              *dialect_dump (const PdgEvent *event);

/* The types of the events, joined by blanks, and each issue as "!INDEX reason". (transfer full) */
char              *dialect_types (PdgEventBatch *batch);

G_END_DECLS
