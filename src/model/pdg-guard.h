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
