#pragma once

#include "client/pdg-client.h"

G_BEGIN_DECLS

#define PDG_TYPE_FAKE_CLIENT (pdg_fake_client_get_type ())
G_DECLARE_FINAL_TYPE (PdgFakeClient, pdg_fake_client, PDG, FAKE_CLIENT, PdgClient)

/* A client that answers each operation, by its name in the document, with canned JSON. */

typedef char   *(*PdgFakeAnswerFunc) (JsonNode *variables, gpointer user_data); /* whole response, or NULL: away */
typedef GBytes *(*PdgFakeBlobFunc) (const char *id, int min_width, gpointer user_data);

PdgFakeClient  *pdg_fake_client_new (void);

/* The whole response to an operation such as "Graph". NULL: it fails as when the server is away. */
void            pdg_fake_client_set_answer (PdgFakeClient *self, const char *operation, const char *response);
void            pdg_fake_client_set_answer_func (PdgFakeClient *self, const char *operation, PdgFakeAnswerFunc func, gpointer user_data);
void            pdg_fake_client_set_blob_func (PdgFakeClient *self, PdgFakeBlobFunc func, gpointer user_data);

/* Answers wait until pdg_fake_client_release(): then the oldest of @operation is answered with what is set then. */
void            pdg_fake_client_set_held (PdgFakeClient *self, const char *operation, gboolean held);
gboolean        pdg_fake_client_release (PdgFakeClient *self, const char *operation);

/* Each answer comes this much later. */
void            pdg_fake_client_set_delay (PdgFakeClient *self, guint delay_ms);

guint           pdg_fake_client_get_n_asked (PdgFakeClient *self, const char *operation);
guint           pdg_fake_client_get_n_waiting (PdgFakeClient *self, const char *operation);

/* Variables of the newest request, as JSON text; NULL when there was none. (transfer none) */
const char     *pdg_fake_client_get_variables (PdgFakeClient *self, const char *operation);

/* One message to all subscriptions of @operation, such as "Changed". Returns how many there were. */
guint           pdg_fake_client_emit (PdgFakeClient *self, const char *operation, const char *response);
guint           pdg_fake_client_get_n_subscriptions (PdgFakeClient *self);

G_END_DECLS
