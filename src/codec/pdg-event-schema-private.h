#pragma once

#include "codec/pdg-event-data.h"
#include "codec/pdg-event-schema.h"

G_BEGIN_DECLS

/* Private to codec/: a compiled schema, and the look at an event by it. */

typedef struct _PdgSchemaNode PdgSchemaNode;

/* A property of an object. */
typedef struct
{
  char *name;
  char *path; /* "metadata.plan" */
  gsize name_len;
  int field;  /* of the wire, at the root; -1 = none */
  gboolean required;
  PdgSchemaNode *node; /* (nullable) anything will do */
} PdgSchemaProperty;

/* A value of an enumeration. */
typedef struct
{
  char *text;   /* of a string unescaped; else as it is written */
  double number;
  guint8 kind;  /* PdgJsonKind */
} PdgSchemaValue;

/* What a value must be. */
struct _PdgSchemaNode
{
  guint types;             /* bits of PdgJsonKind; 0 = any */
  gboolean is_integer;     /* a number must be whole */
  gboolean has_minimum, has_maximum, has_exclusive_minimum, has_exclusive_maximum;
  double minimum, maximum, exclusive_minimum, exclusive_maximum;
  gint64 min_length, max_length, min_items, max_items; /* -1 = any */
  GRegex *pattern;         /* (nullable) */
  GArray *values;          /* (nullable) PdgSchemaValue */
  GPtrArray *properties;   /* (nullable) PdgSchemaProperty */
  PdgSchemaNode *items;    /* (nullable) */
  char *items_path;
  char *expected_type, *expected_values, *expected_pattern; /* in words */
};

struct _PdgEventSchema
{
  PdgSchemaNode *root;
};

/* NULL when the event looks like the schema; else what it should have been, borrowed or @buffer, and *@field, borrowed. */
const char *pdg_event_schema_check (const PdgEventSchema *schema, const PdgEventMembers *members, const char **field, char buffer[128]);

G_END_DECLS
