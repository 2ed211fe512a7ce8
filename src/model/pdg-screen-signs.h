#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What events and pictures tell of a screen beside its visits. Plain records; each owns its texts. */

/* Calls of one route of an API. */
typedef struct
{
  char *method; /* (nullable) */
  char *route;  /* its path, with ids replaced */
  guint count;
  guint failures;         /* answered with 400 or above */
  double duration_p75_ms; /* < 0 = not known */
  gint64 last_usec;
} PdgApiCalls;

/* Errors that say the same. */
typedef struct
{
  char *type;      /* (nullable) */
  char *message;   /* (nullable) */
  char *component; /* (nullable) of the last of them */
  guint count;
  guint sessions;
  gint64 last_usec;
} PdgErrorGroup;

/* What was seen at one path of the state. */
typedef struct
{
  char *path; /* "cart.items" */
  char *last; /* the newest value, as JSON */
  guint count;
  guint distinct;
  gint64 last_usec;
} PdgStateValue;

void pdg_api_calls_free (PdgApiCalls *calls);
void pdg_error_group_free (PdgErrorGroup *group);
void pdg_state_value_free (PdgStateValue *value);

G_END_DECLS
