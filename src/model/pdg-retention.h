#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How long data is kept, by kind. */

/* As in the database. */
typedef enum
{
  PDG_DATA_EVENTS,       /* with their sessions */
  PDG_DATA_SNAPSHOTS,
  PDG_DATA_RECORDINGS,
  PDG_DATA_DEAD_LETTERS,
  PDG_DATA_TRAITS,       /* of people, and their memberships */
  PDG_DATA_CLIENT_STATE, /* what the clients of other products need kept for a while */
  PDG_N_DATA_KINDS,
} PdgDataKind;

/* 0 = for ever, and any number of bytes. */
typedef struct
{
  gint32 days[PDG_N_DATA_KINDS];
  gint64 bytes[PDG_N_DATA_KINDS];
} PdgRetentionLimits;

/* What a project holds of one kind. */
typedef struct
{
  PdgDataKind kind;
  gint64 rows;
  gint64 bytes;
  gint64 oldest_usec; /* G_MININT64 = there is nothing */
  gint32 max_days;    /* the project's own limits; 0 = none */
  gint64 max_bytes;
  gint64 cutoff_usec; /* what is older goes; G_MININT64 = nothing does */
  gint64 due_rows;
  gint64 due_bytes;
} PdgHeldData;

/* Something to be removed. */
typedef struct
{
  char org_uuid[37];
  gint32 org_no; /* 0 = the rule of the collector for all */
  gint32 project_no;
  PdgDataKind kind;
  gint64 cutoff_usec; /* G_MININT64 = nothing */
} PdgRetentionTask;

/* A partition of the events of one day. */
typedef struct
{
  char name[32];
  gint64 bytes;
  gint64 starts_usec;
} PdgEventDay;

/* Whether a kind can be limited by bytes. */
gboolean    pdg_data_kind_has_bytes (PdgDataKind kind);

/* "events", "client-state", as commands and metrics call it, and back. (transfer none) */
const char *pdg_data_kind_to_string (PdgDataKind kind);
gboolean    pdg_data_kind_from_string (const char *name, PdgDataKind *kind);

G_END_DECLS
