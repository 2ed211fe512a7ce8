#pragma once

#include "base/pdg-arena.h"
#include "model/pdg-event.h"

G_BEGIN_DECLS

/* What an event of the type identify, alias or group says in its metadata: traits and traits_once; alias; group_type and
 * group_id. The readers of all protocols put it there. */

#define PDG_IDENTITY_MAX_TRAITS 256
#define PDG_IDENTITY_MAX_NAME_BYTES 200
#define PDG_IDENTITY_MAX_VALUE_BYTES 8192
#define PDG_IDENTITY_MAX_ID_BYTES 256

typedef enum
{
  PDG_IDENTITY_IDENTIFY = 1,
  PDG_IDENTITY_ALIAS,
  PDG_IDENTITY_GROUP,
} PdgIdentityKind;

typedef struct
{
  PdgSlice name;
  PdgSlice value;    /* JSON */
  gboolean is_first; /* to be set once */
} PdgTrait;

/* A plain value; its texts lie in the arena or in the event. */
typedef struct
{
  PdgIdentityKind kind;
  PdgSlice alias;      /* the id of before */
  PdgSlice group_type; /* "group" when there is none */
  PdgSlice group_id;
  PdgTrait *traits;    /* what is longer than the limits is left out; the event keeps it */
  guint n_traits;
} PdgIdentity;

/* Reads it. FALSE when the event says nothing of the kind. */
gboolean pdg_identity_read (const PdgEvent *event, PdgArena *arena, PdgIdentity *identity);

/* Whether this is no id but a text that programs send when they have none ("null", "undefined", "anonymous"): whoever sends it
 * is nobody in particular, and nothing is merged for it. */
gboolean pdg_identity_is_nobody (const PdgSlice *id);

G_END_DECLS
