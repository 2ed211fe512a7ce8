#pragma once

#include "codec/pdg-event-data.h"
#include "codec/pdg-event-json.h"
#include "codec/pdg-json-read.h"

G_BEGIN_DECLS

/* Private to codec/: makes the events of other protocols by setting the keys of ours, so that one place judges them all
 * (pdg-event-verdict.h). One event at a time: begin, set and keep, finish. */
typedef struct
{
  PdgEventBatch *batch;
  PdgEventJsonLimits limits;
  PdgEventMembers members;
  PdgJsonSpan project;
  GHashTable *hashes; /* of records without an id -> how often each came */
  guint32 index;
} PdgEventBuilder;

/* @batch is borrowed. */
void        pdg_event_builder_init (PdgEventBuilder *self, PdgEventBatch *batch, const PdgEventJsonLimits *limits, const char *project);
void        pdg_event_builder_clear (PdgEventBuilder *self);

/* Starts the event of the request's record @index. */
void        pdg_event_builder_begin (PdgEventBuilder *self, guint32 index);

/* Sets the key @name of the wire from a value. TRUE when the event then says all that the value said: FALSE means that the caller
 * keeps the value too. What does not fit the key's type is not set; a text that is too long is cut, an identifier that is too long
 * becomes a hash of itself. */
gboolean    pdg_event_builder_set (PdgEventBuilder *self, const char *name, const PdgJsonSpan *value);
gboolean    pdg_event_builder_set_text (PdgEventBuilder *self, const char *name, const char *text, gssize len);
void        pdg_event_builder_set_integer (PdgEventBuilder *self, const char *name, gint64 value);
void        pdg_event_builder_set_time (PdgEventBuilder *self, gint64 usec);

/* What the person said to being measured. */
void        pdg_event_builder_set_consent (PdgEventBuilder *self, PdgConsent consent);

/* The type, and the name where it differs: a type that is too long is "custom", and the name says it. */
void        pdg_event_builder_set_type (PdgEventBuilder *self, const char *type, gssize len);

/* Whether the key has been set. */
gboolean    pdg_event_builder_has (PdgEventBuilder *self, const char *name);
void        pdg_event_builder_unset (PdgEventBuilder *self, const char *name);

/* Keeps a value in the metadata, under its own key or another. */
void        pdg_event_builder_keep (PdgEventBuilder *self, const PdgJsonSpan *key, const PdgJsonSpan *value);
void        pdg_event_builder_keep_as (PdgEventBuilder *self, const char *key, const PdgJsonSpan *value);

/* JSON in the batch's memory: a string; a text that is JSON already. */
PdgJsonSpan pdg_event_builder_quote (PdgEventBuilder *self, const char *text, gsize len);
PdgJsonSpan pdg_event_builder_store (PdgEventBuilder *self, const char *json, gsize len, guint depth);

/* Sets event_id to "@prefix-HASH" of @data, or when that is NULL of all that was set and kept; the same again in one request is
 * told apart by a number, so the same request sent again has the same ids. */
void        pdg_event_builder_set_hashed_id (PdgEventBuilder *self, const char *prefix, const void *data, gsize len);

/* Adds the event to the batch, or an issue for it. */
void        pdg_event_builder_finish (PdgEventBuilder *self);
/* Adds an issue for the record instead. */
void        pdg_event_builder_refuse (PdgEventBuilder *self, const char *error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PdgEventBuilder, pdg_event_builder_clear)

G_END_DECLS
