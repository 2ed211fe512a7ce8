#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  PDG_KEY_VALID,
  PDG_KEY_ENDING, /* another took its place; it is good for a while */
  PDG_KEY_ENDED,
  PDG_KEY_REVOKED,
} PdgKeyState;

#define PDG_TYPE_KEY (pdg_key_get_type ())
G_DECLARE_FINAL_TYPE (PdgKey, pdg_key, PDG, KEY, GObject)

/* An ingest key as the list of keys shows it; never changes. @node: an ApiKey of the schema. UI thread. (transfer full) */
PdgKey     *pdg_key_new (JsonObject *node);

const char *pdg_key_get_id (PdgKey *self);
int         pdg_key_get_events_per_second (PdgKey *self); /* 0 = any, -1 = as the collector is set */
int         pdg_key_get_burst_events (PdgKey *self);      /* 0 = as the collector is set */

/* "web" or "Key without a name"; "pgk_ab12cd…". (transfer none, transfer full) */
const char *pdg_key_get_name (PdgKey *self);
char       *pdg_key_dup_prefix (PdgKey *self);

PdgKeyState pdg_key_get_state (PdgKey *self, gint64 now_usec);

/* "Valid", "Ends in 23 h". (transfer full) */
char       *pdg_key_describe_state (PdgKey *self, gint64 now_usec);

/* "Made 3 h ago · used just now · up to 100 events a second". (transfer full) */
char       *pdg_key_describe (PdgKey *self, gint64 now_usec);

G_END_DECLS
