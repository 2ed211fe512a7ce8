#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define PDG_TYPE_CLIENT (pdg_client_get_type ())
G_DECLARE_DERIVABLE_TYPE (PdgClient, pdg_client, PDG, CLIENT, GObject)

#define PDG_CLIENT_ERROR (pdg_client_error_quark ())
GQuark pdg_client_error_quark (void);

typedef enum
{
  PDG_CLIENT_ERROR_AWAY,     /* the server or its database cannot be reached now; trying again makes sense */
  PDG_CLIENT_ERROR_REFUSED,  /* the server understood and said no */
  PDG_CLIENT_ERROR_RESPONSE, /* the answer makes no sense */
} PdgClientError;

typedef enum
{
  PDG_CLIENT_STARTING, /* state-message says what is under way ("Preparing the database…") */
  PDG_CLIENT_CONNECTED,
  PDG_CLIENT_AWAY,     /* it was there and is gone; the client tries again by itself; state-message says why */
  PDG_CLIENT_FAILED,   /* could not start at all; state-message says what to do */
} PdgClientState;

/* One response of a subscription, {"data":…,"errors":…}; borrowed. Called on the context that subscribed. */
typedef void (*PdgClientEventFunc) (JsonNode *response, gpointer user_data);

/* The three verbs by which the app reads and changes everything: execute a document, subscribe to a document, fetch a
 * blob. Bound to the context it was made on (the UI thread's); never blocks it.
 * Properties: "state" (PdgClientState as int), "state-message" (nullable string); both notify on that context. */
struct _PdgClientClass
{
  GObjectClass parent_class;

  void      (*execute_async)    (PdgClient *self, const char *document, JsonNode *variables, GTask *task);
  guint     (*subscribe)        (PdgClient *self, const char *document, JsonNode *variables, PdgClientEventFunc func,
                                 gpointer user_data, GDestroyNotify destroy);
  void      (*unsubscribe)      (PdgClient *self, guint id);
  void      (*fetch_blob_async) (PdgClient *self, const char *id, int min_width, GTask *task);
};

/* Runs @document. The callback gets the whole response object, errors included (partial data is data).
 * @variables: a JSON object or NULL, borrowed. */
void      pdg_client_execute_async    (PdgClient *self, const char *document, JsonNode *variables, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);

/* (transfer full) or NULL with an error of PDG_CLIENT_ERROR or G_IO_ERROR_CANCELLED. */
JsonNode *pdg_client_execute_finish   (PdgClient *self, GAsyncResult *result, GError **error);

/* Runs @func for each event until pdg_client_unsubscribe(); survives a lost connection. Returns an id > 0. */
guint     pdg_client_subscribe        (PdgClient *self, const char *document, JsonNode *variables, PdgClientEventFunc func,
                                       gpointer user_data, GDestroyNotify destroy);
void      pdg_client_unsubscribe      (PdgClient *self, guint id);

/* Bytes of a picture by its blob id. @min_width: of the smaller ones that are kept of it, the smallest that is as wide; the picture as it
 * came when there is none, or for 0. (transfer full) */
void      pdg_client_fetch_blob_async (PdgClient *self, const char *id, int min_width, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
GBytes   *pdg_client_fetch_blob_finish (PdgClient *self, GAsyncResult *result, GError **error);

PdgClientState pdg_client_get_state   (PdgClient *self);
const char    *pdg_client_get_state_message (PdgClient *self);

/* For implementations, on the client's context. */
void      pdg_client_set_state        (PdgClient *self, PdgClientState state, const char *message);

G_END_DECLS
