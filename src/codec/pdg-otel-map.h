#pragma once

#include "codec/pdg-event-builder.h"
#include "codec/pdg-otlp-model.h"

#include <string.h>

G_BEGIN_DECLS

/* Private to codec/: what OpenTelemetry's names mean here, in tables (pdg-otel-map.c); pdg-otlp.c applies them. */

typedef struct
{
  const char *attribute;
  const char *key;
} PdgOtelRow;

/* An event or span by its name. */
typedef struct
{
  const char *name;
  const char *type;   /* NULL: the name itself */
  const char *action; /* ui.action, nullable */
  PdgOtelRow rows[8];
} PdgOtelMeaning;

/* NULL when the name has none. */
const PdgOtelMeaning *pdg_otel_find_event (PdgSlice name);
const PdgOtelMeaning *pdg_otel_find_span (PdgSlice name);

/* The type of a user interaction span by its attribute event_type; NULL when it is none of ours. */
const char           *pdg_otel_find_interaction (PdgSlice event_type);

/* The key of a web vital's value by its name, or NULL. */
const char           *pdg_otel_find_vital (PdgSlice name);

/* Attributes with a key of ours wherever they stand, by name; and those of resources. NULL when there is none. */
const char           *pdg_otel_find_attribute (PdgSlice name);
const char           *pdg_otel_find_resource (PdgSlice name);

/* The same thing under its names, the newest first; NULL-terminated. */
extern const char *const pdg_otel_url_names[];
extern const char *const pdg_otel_method_names[];
extern const char *const pdg_otel_path_names[];
extern const char *const pdg_otel_status_names[];

extern const PdgOtelRow pdg_otel_exception_rows[3];

/* Whether @url is one of this server's own paths for clients, asked at @host (nullable): then it is our own traffic. */
gboolean              pdg_otel_is_own_traffic (PdgSlice url, const char *host);

static inline gboolean
pdg_slice_is (PdgSlice slice, const char *text)
{
  return slice.data != NULL && strlen (text) == slice.len && memcmp (slice.data, text, slice.len) == 0;
}

G_END_DECLS
