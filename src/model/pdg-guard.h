#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Plain records of what protects a project's events. Each owns its texts. */

/* A set of redaction rules. */
typedef struct
{
  char *project_id;
  char **keys;
  char *created_by;
  gint64 created_usec; /* G_MININT64 = built in */
  guint version;
  guint patterns; /* bits */
} PdgRedactionRecord;

/* A refused event. */
typedef struct
{
  GBytes *raw;
  char *project_id; /* (nullable) as the event has it */
  char *source;
  char *field;
  char *reason;
  gint64 letter_no;
  gint64 received_usec;
  gint32 org_no;
  gint32 project_no; /* when it is to be kept: the project that the key is bound to, 0 = none */
  gint32 schema_version; /* 0 = none */
} PdgDeadLetter;

/* What kind of reason events are refused for: few, where the reasons themselves are texts without end. */
typedef enum
{
  PDG_LETTER_REQUIRED,    /* a key is missing */
  PDG_LETTER_INVALID,     /* a key, or the whole event, is not as it has to be */
  PDG_LETTER_SCHEMA,      /* not as the schema of its type wants it */
  PDG_LETTER_PROJECT,     /* its project is not there, or not the key's */
  PDG_LETTER_ID_CONFLICT, /* another event has its id */
  PDG_N_LETTER_KINDS,
} PdgLetterKind;

/* "required", as a label of metrics. (transfer none) */
const char *pdg_letter_kind_to_string (PdgLetterKind kind);

/* Letters of one reason. */
typedef struct
{
  char *field;
  char *reason;
  gint64 letters;
  gint64 oldest_usec;
  gint64 newest_usec;
} PdgLetterReason;

void pdg_redaction_record_free (PdgRedactionRecord *record);
void pdg_dead_letter_free (PdgDeadLetter *letter);
void pdg_letter_reason_free (PdgLetterReason *reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgRedactionRecord, pdg_redaction_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgDeadLetter, pdg_dead_letter_free)

G_END_DECLS
