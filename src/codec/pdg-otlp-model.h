#pragma once

#include "base/pdg-arena.h"
#include "codec/pdg-json-scan.h"
#include "model/pdg-event.h"

G_BEGIN_DECLS

/* Private to codec/: the messages of OpenTelemetry's protocol (opentelemetry-proto v1.11) as far as they matter here, and the table
 * of their fields by which both encodings are read (pdg-otlp-proto.c, pdg-otlp-json.c). All of it lies in one arena. */

/* Every message that can be repeated begins with `next`. */
typedef struct
{
  gpointer first;
  gpointer last;
  guint n;
} PdgOtlpList;

typedef enum
{
  PDG_OTLP_NULL,
  PDG_OTLP_STRING,
  PDG_OTLP_BOOL,
  PDG_OTLP_INT,
  PDG_OTLP_DOUBLE,
  PDG_OTLP_ARRAY, /* items: PdgOtlpValue */
  PDG_OTLP_MAP,   /* items: PdgOtlpAttribute */
  PDG_OTLP_BYTES,
} PdgOtlpValueKind;

typedef struct
{
  gpointer next;
  guint8 kind; /* PdgOtlpValueKind */
  PdgSlice text;
  gint64 integer; /* also of BOOL */
  double number;
  PdgOtlpList items;
} PdgOtlpValue;

typedef struct
{
  gpointer next;
  PdgSlice key;
  PdgOtlpValue value;
  gint64 taken; /* the mapping's own mark */
} PdgOtlpAttribute;

typedef struct
{
  PdgOtlpList attributes;
  gint64 dropped;
} PdgOtlpResource;

typedef struct
{
  PdgSlice name;
  PdgSlice version;
  PdgOtlpList attributes;
  gint64 dropped;
} PdgOtlpScope;

typedef struct
{
  gpointer next;
  gint64 time_nsec;
  gint64 observed_nsec;
  gint64 severity_number;
  PdgSlice severity_text;
  PdgOtlpValue body;
  PdgOtlpList attributes;
  gint64 dropped;
  gint64 flags;
  PdgSlice trace_id; /* bytes */
  PdgSlice span_id;
  PdgSlice event_name;
} PdgOtlpLog;

typedef struct
{
  gpointer next;
  gint64 time_nsec;
  PdgSlice name;
  PdgOtlpList attributes;
  gint64 dropped;
} PdgOtlpSpanEvent;

typedef struct
{
  gpointer next;
  PdgSlice trace_id;
  PdgSlice span_id;
  PdgSlice trace_state;
  PdgOtlpList attributes;
} PdgOtlpLink;

typedef struct
{
  gpointer next;
  PdgSlice trace_id;
  PdgSlice span_id;
  PdgSlice trace_state;
  PdgSlice parent_span_id;
  PdgSlice name;
  gint64 kind;
  gint64 start_nsec;
  gint64 end_nsec;
  PdgOtlpList attributes;
  gint64 dropped;
  PdgOtlpList events;
  gint64 dropped_events;
  PdgOtlpList links;
  gint64 dropped_links;
  PdgSlice status_message;
  gint64 status_code;
  gint64 flags;
} PdgOtlpSpan;

typedef struct
{
  gpointer next;
  PdgOtlpScope scope;
  PdgOtlpList records; /* PdgOtlpLog or PdgOtlpSpan */
  PdgSlice schema_url;
} PdgOtlpScoped;

typedef struct
{
  gpointer next;
  PdgOtlpResource resource;
  PdgOtlpList scopes;
  PdgSlice schema_url;
} PdgOtlpResourced;

typedef struct
{
  PdgOtlpList resources;
} PdgOtlpRequest;

typedef enum
{
  PDG_OTLP_FIELD_STRING,   /* PdgSlice */
  PDG_OTLP_FIELD_BYTES,    /* PdgSlice; base64 in JSON */
  PDG_OTLP_FIELD_ID,       /* PdgSlice; hexadecimal in JSON */
  PDG_OTLP_FIELD_VARINT,   /* gint64; an integer, truth value or enumeration */
  PDG_OTLP_FIELD_FIXED64,  /* gint64 */
  PDG_OTLP_FIELD_FIXED32,  /* gint64 */
  PDG_OTLP_FIELD_DOUBLE,   /* double */
  PDG_OTLP_FIELD_MESSAGE,  /* inside the struct, or the struct itself when the offset is 0 */
  PDG_OTLP_FIELD_REPEATED, /* PdgOtlpList of messages */
} PdgOtlpFieldKind;

typedef struct _PdgOtlpMessage PdgOtlpMessage;

typedef struct
{
  guint8 number;
  guint8 kind;     /* PdgOtlpFieldKind */
  guint8 value_is; /* of AnyValue: the PdgOtlpValueKind that this field makes it */
  const char *name;
  gsize offset;
  const PdgOtlpMessage *message;
} PdgOtlpField;

struct _PdgOtlpMessage
{
  gsize size;
  const PdgOtlpField *fields;
  guint n_fields;
  gboolean is_value;
  gboolean is_record; /* these are counted */
};

extern const PdgOtlpMessage pdg_otlp_logs_request;
extern const PdgOtlpMessage pdg_otlp_traces_request;

/* One reading; the bounds of what a sender can make of few bytes. */
typedef struct
{
  PdgArena *arena;
  gsize max_memory_bytes;
  guint max_records;
  guint max_depth; /* of values in values; deeper ones are null */
  guint n_records;
  GError *error;
} PdgOtlpReader;

/* A new message at the end of @list, or NULL with reader->error when there are too many. */
gpointer pdg_otlp_reader_append (PdgOtlpReader *reader, PdgOtlpList *list, const PdgOtlpMessage *message);

/* Makes a value one of another kind before its field is read. */
void     pdg_otlp_value_become (PdgOtlpValue *value, guint8 kind);

/* Read @request of the kind @message; FALSE with reader->error. The slices point into the input or into the arena. */
gboolean pdg_otlp_read_proto (PdgOtlpReader *reader, gconstpointer data, gsize size, const PdgOtlpMessage *message, gpointer request);
gboolean pdg_otlp_read_json (PdgOtlpReader *reader, gconstpointer data, gsize size, const PdgOtlpMessage *message, gpointer request);

/* Values as JSON (pdg-otlp-value.c); the last four write ",\"@name\":…" unless there is nothing to say. */
void     pdg_otlp_append_value (GString *json, const PdgOtlpValue *value);
void     pdg_otlp_append_text (GString *json, PdgSlice text);
void     pdg_otlp_append_member (GString *json, const char *name, PdgSlice text);
void     pdg_otlp_append_number (GString *json, const char *name, gint64 number);
void     pdg_otlp_append_id (GString *json, const char *name, PdgSlice id);
void     pdg_otlp_append_attributes (GString *json, const char *name, const PdgOtlpList *attributes);

G_END_DECLS
