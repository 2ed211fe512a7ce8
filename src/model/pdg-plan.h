#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a project plans its events to look like, and how they do. Plain records; each owns its texts. */

typedef enum
{
  PDG_SCHEMA_OFF,
  PDG_SCHEMA_WARN,    /* what does not fit is stored, and counted */
  PDG_SCHEMA_ENFORCE, /* what does not fit is refused */
} PdgSchemaMode;

/* A version of the schema of an event type. */
typedef struct
{
  char *project_id;
  char *event_type;
  char *definition; /* (nullable) when it is known already */
  char *created_by;
  gint64 created_usec;
  gint32 project_no;
  gint32 version;
  gint32 schema_no; /* stands for the definition, for ever */
  PdgSchemaMode mode;
} PdgEventSchemaRecord;

/* How events of a type did not look like a version of its schema. */
typedef struct
{
  char *project_id; /* (nullable) when it is read */
  char *event_type;
  char *field;
  char *expected;
  gint32 version;
  gint64 events;
  gint64 first_usec;
  gint64 last_usec;
} PdgSchemaFinding;

/* A type of events that has no schema. */
typedef struct
{
  char *event_type;
  gint64 events;
  gint64 first_usec;
  gint64 last_usec;
} PdgUnplannedType;

void        pdg_event_schema_record_free (PdgEventSchemaRecord *record);
void        pdg_schema_finding_free (PdgSchemaFinding *finding);
void        pdg_unplanned_type_free (PdgUnplannedType *type);

/* "off", "warn", "enforce". */
const char *pdg_schema_mode_to_string (PdgSchemaMode mode);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgEventSchemaRecord, pdg_event_schema_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgSchemaFinding, pdg_schema_finding_free)

G_END_DECLS
