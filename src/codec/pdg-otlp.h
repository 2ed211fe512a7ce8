#pragma once

#include "codec/pdg-dialect.h"

G_BEGIN_DECLS

typedef enum
{
  PDG_OTLP_LOGS,
  PDG_OTLP_TRACES,
} PdgOtlpSignal;

typedef enum
{
  PDG_OTLP_JSON,
  PDG_OTLP_PROTOBUF,
} PdgOtlpEncoding;

/* The conventions that pdg-otel-map.c follows. */
extern const char *const pdg_otel_semconv_version;

/* Reads what an OpenTelemetry exporter sent (docs/clients.md). A record may become several events or none; an issue has the
 * record's place among all records of the request. (transfer full) Returns and errors as pdg-dialect.h. Any thread. */
PdgEventBatch *pdg_otlp_read (GBytes *body, PdgOtlpSignal signal, PdgOtlpEncoding encoding, const PdgDialectContext *context, GError **error);

/* The answer for a request whose records were read: empty, or a partial success when some were rejected. (transfer full) */
GBytes        *pdg_otlp_write_result (PdgOtlpSignal signal, PdgOtlpEncoding encoding, const PdgEventIssue *issues, guint n_issues);

/* A google.rpc.Status with @message. (transfer full) */
GBytes        *pdg_otlp_write_status (PdgOtlpEncoding encoding, const char *message);

G_END_DECLS
