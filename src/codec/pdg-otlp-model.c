#include "config.h"
#include "codec/pdg-otlp-model.h"

#include "codec/pdg-codec-error.h"

#include <string.h>

#define FIELD(number, kind, name, type, member) { number, PDG_OTLP_FIELD_##kind, 0, name, G_STRUCT_OFFSET (type, member), NULL }
#define VALUE(number, kind, name, member, is) { number, PDG_OTLP_FIELD_##kind, PDG_OTLP_##is, name, G_STRUCT_OFFSET (PdgOtlpValue, member), NULL }
#define ONE(number, name, type, member, message) { number, PDG_OTLP_FIELD_MESSAGE, 0, name, G_STRUCT_OFFSET (type, member), &message }
#define MANY(number, name, type, member, message) { number, PDG_OTLP_FIELD_REPEATED, 0, name, G_STRUCT_OFFSET (type, member), &message }
#define MESSAGE(type, fields, ...) { sizeof (type), fields, G_N_ELEMENTS (fields), __VA_ARGS__ }

static const PdgOtlpMessage value, attribute;

static const PdgOtlpField array_fields[] = { MANY (1, "values", PdgOtlpValue, items, value) };
static const PdgOtlpMessage array = MESSAGE (PdgOtlpValue, array_fields, FALSE, FALSE);

static const PdgOtlpField map_fields[] = { MANY (1, "values", PdgOtlpValue, items, attribute) };
static const PdgOtlpMessage map = MESSAGE (PdgOtlpValue, map_fields, FALSE, FALSE);

static const PdgOtlpField value_fields[] = {
  VALUE (1, STRING, "stringValue", text, STRING),
  VALUE (2, VARINT, "boolValue", integer, BOOL),
  VALUE (3, VARINT, "intValue", integer, INT),
  VALUE (4, DOUBLE, "doubleValue", number, DOUBLE),
  { 5, PDG_OTLP_FIELD_MESSAGE, PDG_OTLP_ARRAY, "arrayValue", 0, &array },
  { 6, PDG_OTLP_FIELD_MESSAGE, PDG_OTLP_MAP, "kvlistValue", 0, &map },
  VALUE (7, BYTES, "bytesValue", text, BYTES),
};
static const PdgOtlpMessage value = MESSAGE (PdgOtlpValue, value_fields, TRUE, FALSE);

static const PdgOtlpField attribute_fields[] = {
  FIELD (1, STRING, "key", PdgOtlpAttribute, key),
  ONE (2, "value", PdgOtlpAttribute, value, value),
};
static const PdgOtlpMessage attribute = MESSAGE (PdgOtlpAttribute, attribute_fields, FALSE, FALSE);

static const PdgOtlpField resource_fields[] = {
  MANY (1, "attributes", PdgOtlpResource, attributes, attribute),
  FIELD (2, VARINT, "droppedAttributesCount", PdgOtlpResource, dropped),
};
static const PdgOtlpMessage resource = MESSAGE (PdgOtlpResource, resource_fields, FALSE, FALSE);

static const PdgOtlpField scope_fields[] = {
  FIELD (1, STRING, "name", PdgOtlpScope, name),
  FIELD (2, STRING, "version", PdgOtlpScope, version),
  MANY (3, "attributes", PdgOtlpScope, attributes, attribute),
  FIELD (4, VARINT, "droppedAttributesCount", PdgOtlpScope, dropped),
};
static const PdgOtlpMessage scope = MESSAGE (PdgOtlpScope, scope_fields, FALSE, FALSE);

static const PdgOtlpField log_fields[] = {
  FIELD (1, FIXED64, "timeUnixNano", PdgOtlpLog, time_nsec),
  FIELD (2, VARINT, "severityNumber", PdgOtlpLog, severity_number),
  FIELD (3, STRING, "severityText", PdgOtlpLog, severity_text),
  ONE (5, "body", PdgOtlpLog, body, value),
  MANY (6, "attributes", PdgOtlpLog, attributes, attribute),
  FIELD (7, VARINT, "droppedAttributesCount", PdgOtlpLog, dropped),
  FIELD (8, FIXED32, "flags", PdgOtlpLog, flags),
  FIELD (9, ID, "traceId", PdgOtlpLog, trace_id),
  FIELD (10, ID, "spanId", PdgOtlpLog, span_id),
  FIELD (11, FIXED64, "observedTimeUnixNano", PdgOtlpLog, observed_nsec),
  FIELD (12, STRING, "eventName", PdgOtlpLog, event_name),
};
static const PdgOtlpMessage log_record = MESSAGE (PdgOtlpLog, log_fields, FALSE, TRUE);

static const PdgOtlpField span_event_fields[] = {
  FIELD (1, FIXED64, "timeUnixNano", PdgOtlpSpanEvent, time_nsec),
  FIELD (2, STRING, "name", PdgOtlpSpanEvent, name),
  MANY (3, "attributes", PdgOtlpSpanEvent, attributes, attribute),
  FIELD (4, VARINT, "droppedAttributesCount", PdgOtlpSpanEvent, dropped),
};
static const PdgOtlpMessage span_event = MESSAGE (PdgOtlpSpanEvent, span_event_fields, FALSE, TRUE); /* each may become an event */

static const PdgOtlpField link_fields[] = {
  FIELD (1, ID, "traceId", PdgOtlpLink, trace_id),
  FIELD (2, ID, "spanId", PdgOtlpLink, span_id),
  FIELD (3, STRING, "traceState", PdgOtlpLink, trace_state),
  MANY (4, "attributes", PdgOtlpLink, attributes, attribute),
};
static const PdgOtlpMessage link_message = MESSAGE (PdgOtlpLink, link_fields, FALSE, FALSE);

static const PdgOtlpField status_fields[] = {
  FIELD (2, STRING, "message", PdgOtlpSpan, status_message),
  FIELD (3, VARINT, "code", PdgOtlpSpan, status_code),
};
static const PdgOtlpMessage status = MESSAGE (PdgOtlpSpan, status_fields, FALSE, FALSE);

static const PdgOtlpField span_fields[] = {
  FIELD (1, ID, "traceId", PdgOtlpSpan, trace_id),
  FIELD (2, ID, "spanId", PdgOtlpSpan, span_id),
  FIELD (3, STRING, "traceState", PdgOtlpSpan, trace_state),
  FIELD (4, ID, "parentSpanId", PdgOtlpSpan, parent_span_id),
  FIELD (5, STRING, "name", PdgOtlpSpan, name),
  FIELD (6, VARINT, "kind", PdgOtlpSpan, kind),
  FIELD (7, FIXED64, "startTimeUnixNano", PdgOtlpSpan, start_nsec),
  FIELD (8, FIXED64, "endTimeUnixNano", PdgOtlpSpan, end_nsec),
  MANY (9, "attributes", PdgOtlpSpan, attributes, attribute),
  FIELD (10, VARINT, "droppedAttributesCount", PdgOtlpSpan, dropped),
  MANY (11, "events", PdgOtlpSpan, events, span_event),
  FIELD (12, VARINT, "droppedEventsCount", PdgOtlpSpan, dropped_events),
  MANY (13, "links", PdgOtlpSpan, links, link_message),
  FIELD (14, VARINT, "droppedLinksCount", PdgOtlpSpan, dropped_links),
  { 15, PDG_OTLP_FIELD_MESSAGE, 0, "status", 0, &status },
  FIELD (16, FIXED32, "flags", PdgOtlpSpan, flags),
};
static const PdgOtlpMessage span = MESSAGE (PdgOtlpSpan, span_fields, FALSE, TRUE);

static const PdgOtlpField scoped_log_fields[] = {
  ONE (1, "scope", PdgOtlpScoped, scope, scope),
  MANY (2, "logRecords", PdgOtlpScoped, records, log_record),
  FIELD (3, STRING, "schemaUrl", PdgOtlpScoped, schema_url),
};
static const PdgOtlpMessage scoped_logs = MESSAGE (PdgOtlpScoped, scoped_log_fields, FALSE, FALSE);

static const PdgOtlpField scoped_span_fields[] = {
  ONE (1, "scope", PdgOtlpScoped, scope, scope),
  MANY (2, "spans", PdgOtlpScoped, records, span),
  FIELD (3, STRING, "schemaUrl", PdgOtlpScoped, schema_url),
};
static const PdgOtlpMessage scoped_spans = MESSAGE (PdgOtlpScoped, scoped_span_fields, FALSE, FALSE);

static const PdgOtlpField resourced_log_fields[] = {
  ONE (1, "resource", PdgOtlpResourced, resource, resource),
  MANY (2, "scopeLogs", PdgOtlpResourced, scopes, scoped_logs),
  FIELD (3, STRING, "schemaUrl", PdgOtlpResourced, schema_url),
};
static const PdgOtlpMessage resourced_logs = MESSAGE (PdgOtlpResourced, resourced_log_fields, FALSE, FALSE);

static const PdgOtlpField resourced_span_fields[] = {
  ONE (1, "resource", PdgOtlpResourced, resource, resource),
  MANY (2, "scopeSpans", PdgOtlpResourced, scopes, scoped_spans),
  FIELD (3, STRING, "schemaUrl", PdgOtlpResourced, schema_url),
};
static const PdgOtlpMessage resourced_spans = MESSAGE (PdgOtlpResourced, resourced_span_fields, FALSE, FALSE);

static const PdgOtlpField logs_fields[] = { MANY (1, "resourceLogs", PdgOtlpRequest, resources, resourced_logs) };
const PdgOtlpMessage pdg_otlp_logs_request = MESSAGE (PdgOtlpRequest, logs_fields, FALSE, FALSE);

static const PdgOtlpField traces_fields[] = { MANY (1, "resourceSpans", PdgOtlpRequest, resources, resourced_spans) };
const PdgOtlpMessage pdg_otlp_traces_request = MESSAGE (PdgOtlpRequest, traces_fields, FALSE, FALSE);

gpointer
pdg_otlp_reader_append (PdgOtlpReader *reader, PdgOtlpList *list, const PdgOtlpMessage *message)
{
  gpointer item;

  if (message->is_record && reader->n_records++ == reader->max_records)
    g_set_error (&reader->error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_TOO_MANY, "at most %u records in one request; set a smaller batch size",
                 reader->max_records);
  else if (pdg_arena_get_used (reader->arena) > reader->max_memory_bytes)
    g_set_error_literal (&reader->error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_TOO_LARGE, "too much in one request; set a smaller batch size");
  if (reader->error != NULL)
    return NULL;
  item = memset (pdg_arena_alloc (reader->arena, message->size), 0, message->size);
  if (list->last != NULL)
    *(gpointer *) list->last = item;
  else
    list->first = item;
  list->last = item;
  list->n++;
  return item;
}

void
pdg_otlp_value_become (PdgOtlpValue *value, guint8 kind)
{
  if (value->kind != kind)
    value->items = (PdgOtlpList) { 0 };
  value->kind = kind;
}
