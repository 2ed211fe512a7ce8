#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the events of a type are to look like: a subset of JSON Schema (2020-12) over the event with the keys of the wire, where unknown keys
 * are in "metadata" (docs/ingestion.md). Immutable, atomically counted. Any thread. */
typedef struct _PdgEventSchema PdgEventSchema;

#define PDG_EVENT_SCHEMA_MAX_BYTES (64 * 1024)
#define PDG_EVENT_SCHEMA_MAX_TYPE_BYTES 64 /* of an event type on the wire */

/* Reads a definition. NULL with a PDG_CODEC_ERROR that names the place and says what is understood there. (transfer full) */
PdgEventSchema *pdg_event_schema_new (const char *definition, gssize len, GError **error);
PdgEventSchema *pdg_event_schema_ref (PdgEventSchema *schema);
void            pdg_event_schema_unref (PdgEventSchema *schema);

/* The definition as it is stored: JSON without white space between its tokens. (transfer full) */
char           *pdg_event_schema_dup_definition (const char *definition, gssize len);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgEventSchema, pdg_event_schema_unref)

G_END_DECLS
