#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Private to codec/: the keys an event may have on the wire, in one table (docs/wire.md). */

typedef enum
{
  PDG_FIELD_TEXT,    /* a string that goes to a slice of PdgEvent */
  PDG_FIELD_TIME,    /* event.timestamp */
  PDG_FIELD_ORDER,   /* event.sequence */
  PDG_FIELD_STRING,  /* a string kept in the data */
  PDG_FIELD_INTEGER, /* a whole number kept in the data */
  PDG_FIELD_NUMBER,  /* a number kept in the data */
  PDG_FIELD_ANY,     /* any value kept in the data */
  PDG_FIELD_OBJECT,  /* metadata */
  PDG_FIELD_CONSENT, /* consent.state, kept in the data */
} PdgFieldKind;

typedef struct
{
  const char *name;     /* the key */
  const char *prefix;   /* the key in quotes and a colon, as it stands in the data */
  guint16 name_len;
  guint16 kind;         /* PdgFieldKind */
  guint16 slice_offset; /* PDG_FIELD_TEXT: of the slice in PdgEvent */
  gboolean required;
  gint64 limit;         /* strings: bytes, 0 = none; integers: the largest absolute value */
} PdgEventField;

/* The places of those fields in the table that the reader itself looks at; the order is the order of the verdicts. */
enum
{
  PDG_FIELD_AT_EVENT_ID,
  PDG_FIELD_AT_PROJECT_ID,
  PDG_FIELD_AT_SESSION_ID,
  PDG_FIELD_AT_TYPE,
  PDG_FIELD_AT_TIMESTAMP,
  PDG_FIELD_AT_SEQUENCE,
  PDG_FIELD_AT_PAGE_PATH,
  PDG_FIELD_AT_PAGE_URL,
  PDG_FIELD_AT_STATUS_CODE,
  PDG_FIELD_AT_METADATA,
  PDG_FIELD_AT_CONSENT,
  PDG_FIELD_AT_RELEASE,
  PDG_FIELD_AT_TYPE_VERSION,
};

#define PDG_EVENT_N_FIELDS 53

extern const PdgEventField pdg_event_fields[PDG_EVENT_N_FIELDS];

/* Sets of fields as bits: those an event must have, those that go to the data as they are, and those that hold what people or
 * programs wrote, and no identifier: redaction looks at them. */
extern guint64 pdg_event_fields_required;
extern guint64 pdg_event_fields_data;
extern guint64 pdg_event_fields_text;

/* Makes the sets and the look-up table; idempotent, before the other calls. Any thread. */
void pdg_event_fields_ensure (void);

/* The place in the table of the key @name ("product_id" is another name of project_id), or -1. */
int  pdg_event_fields_lookup (const char *name, gsize len);

G_END_DECLS
