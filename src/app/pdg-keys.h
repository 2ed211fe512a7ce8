#pragma once

#include "app/pdg-key.h"
#include "client/pdg-client.h"

G_BEGIN_DECLS

typedef enum
{
  PDG_KEYS_LOADING, /* there is nothing to show yet */
  PDG_KEYS_READY,
  PDG_KEYS_EMPTY,
  PDG_KEYS_ERROR,
} PdgKeysPhase;

#define PDG_TYPE_KEYS (pdg_keys_get_type ())
G_DECLARE_FINAL_TYPE (PdgKeys, pdg_keys, PDG, KEYS, GObject)

/* The ingest keys of one project, the newest first, and what is done with them. Property "phase" (PdgKeysPhase as int), notifying. UI
 * thread. (transfer full) */
PdgKeys     *pdg_keys_new (PdgClient *client);

/* Drops what is under way; before the client stops. */
void         pdg_keys_close (PdgKeys *self);

PdgKeysPhase pdg_keys_get_phase (PdgKeys *self);
const char  *pdg_keys_get_error_message (PdgKeys *self); /* nullable */

/* PdgKey items. (transfer none) */
GListModel  *pdg_keys_get_model (PdgKeys *self);

/* Reads them anew; of another project than before it begins with none. @project_id: nullable. */
void         pdg_keys_load (PdgKeys *self, const char *project_id);

/* Each reads the keys anew when it is done. */
typedef enum
{
  PDG_KEY_CHANGE_CREATE, /* with the label @text */
  PDG_KEY_CHANGE_ROTATE, /* @key, which stays good for @number seconds */
  PDG_KEY_CHANGE_LIMIT,  /* @key to @number events a second: 0 = any, -1 = as the collector is set */
  PDG_KEY_CHANGE_REVOKE, /* @key */
} PdgKeyChange;

void         pdg_keys_change_async (PdgKeys *self, PdgKeyChange change, PdgKey *key, const char *text, int number, GAsyncReadyCallback callback,
                                    gpointer user_data);

/* *@secret: of the new key, where there is one. FALSE with an error of PDG_CLIENT_ERROR. */
gboolean     pdg_keys_change_finish (PdgKeys *self, GAsyncResult *result, char **secret, GError **error);

G_END_DECLS
