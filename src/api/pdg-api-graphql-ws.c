#include "config.h"
#include "api/pdg-api-stream.h"

#include "api/pdg-api-error.h"
#include "api/pdg-api-visit.h"

#include <string.h>

/* The protocol graphql-transport-ws, as PROTOCOL.md of the npm package graphql-ws has it. */
#define PROTOCOL "graphql-transport-ws"
#define MAX_ID_BYTES 256

enum
{
  CLOSE_BAD_REQUEST = 4400,
  CLOSE_UNAUTHORIZED = 4401,
  CLOSE_FORBIDDEN = 4403,
  CLOSE_SUBPROTOCOL = 4406,
  CLOSE_INIT_TIMEOUT = 4408,
  CLOSE_DUPLICATE = 4409,
  CLOSE_INIT_AGAIN = 4429,
  CLOSE_INTERNAL = 4500,
};

/* On its socket's thread only; counted: by the socket, by each operation, by a question who it is. */
typedef struct
{
  PdgApi *api;
  PdgHttpWebSocket *socket;
  PdgPrincipal *principal; /* NULL = not acknowledged */
  PdgApiVisit *visit;      /* as long as it is acknowledged and open */
  char *credential;        /* (nullable) */
  GHashTable *operations;  /* id -> Operation */
  GSource *init_timer;
  GCancellable *cancellable;
  gboolean init_came;
  gboolean over;
} Connection;

typedef struct
{
  Connection *connection;
  char *id;
  guint stream_id;
} Operation;

static void
connection_clear (gpointer data)
{
  Connection *self = data;

  pdg_principal_unref (self->principal);
  g_hash_table_unref (self->operations);
  g_object_unref (self->cancellable);
  g_free (self->credential);
  pdg_http_web_socket_unref (self->socket);
}

static void
connection_release (gpointer data)
{
  g_rc_box_release_full (data, connection_clear);
}

static void
connection_stop_timer (Connection *self)
{
  if (self->init_timer == NULL)
    return;
  g_source_destroy (self->init_timer);
  g_clear_pointer (&self->init_timer, g_source_unref);
}

/* --- sending ------------------------------------------------------------------------------------------------------ */

static char *
quote (const char *text)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);

  return json_to_string (node, FALSE);
}

static void
send_string (Connection *self, const char *text)
{
  pdg_http_web_socket_send_text (self->socket, text, strlen (text));
}

/* {"id":…,"type":…} and, when it is not NULL, "payload", which is JSON. */
static void
send_message (Connection *self, const char *id, const char *type, const char *payload, gsize payload_len)
{
  g_autofree char *quoted = quote (id);
  g_autoptr (GString) text = g_string_sized_new (payload_len + 64 + strlen (quoted));

  g_string_append_printf (text, "{\"id\":%s,\"type\":\"%s\"", quoted, type);
  if (payload != NULL)
    {
      g_string_append (text, ",\"payload\":");
      g_string_append_len (text, payload, (gssize) payload_len);
    }
  g_string_append_c (text, '}');
  pdg_http_web_socket_send_text (self->socket, text->str, text->len);
}

/* Of a response {"errors":[…]} only the list is wanted. */
static void
send_errors (Connection *self, const char *id, GBytes *response)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  gsize len;
  const char *data = g_bytes_get_data (response, &len);
  g_autofree char *errors = NULL;

  if (json_parser_load_from_data (parser, data, (gssize) len, NULL) && JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    {
      JsonNode *list = json_object_get_member (json_node_get_object (json_parser_get_root (parser)), "errors");

      errors = list != NULL ? json_to_string (list, FALSE) : NULL;
    }
  g_return_if_fail (errors != NULL);
  send_message (self, id, "error", errors, strlen (errors));
}

/* --- operations --------------------------------------------------------------------------------------------------- */

static void
operation_free (gpointer data)
{
  Operation *operation = data;

  connection_release (operation->connection);
  g_free (operation->id);
  g_free (operation);
}

/* From the table, and stopped; it goes when nothing runs for it any more. */
static void
operation_remove (Operation *operation)
{
  g_hash_table_remove (operation->connection->operations, operation->id);
  pdg_api_unsubscribe (operation->connection->api, operation->stream_id);
}

static void
streamed_cb (PdgApiStreamEvent event, GBytes *response, gpointer user_data)
{
  Operation *operation = user_data;
  Connection *self = operation->connection;
  gsize len = 0;
  const char *data = response != NULL ? g_bytes_get_data (response, &len) : NULL;

  if (event == PDG_API_STREAM_NEXT)
    send_message (self, operation->id, "next", data, len);
  else if (event == PDG_API_STREAM_REFUSED)
    send_errors (self, operation->id, response);
  else
    send_message (self, operation->id, "complete", NULL, 0);
  if (event != PDG_API_STREAM_NEXT)
    operation_remove (operation);
}

static JsonNode *
get_member (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node == NULL || JSON_NODE_HOLDS_NULL (node) ? NULL : node;
}

/* NULL when it is absent or no string. */
static const char *
get_string (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

/* FALSE, and closed, when it has not the form of a GraphQL request. */
static gboolean
read_payload (Connection *self, JsonObject *message, PdgApiParameters *parameters)
{
  JsonNode *node = get_member (message, "payload");
  PdgApiOutcome outcome;
  const char *problem = "subscribe needs a payload, an object with a query";

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node) && pdg_api_parameters_read_object (parameters, json_node_get_object (node), &outcome, &problem))
    return TRUE;
  pdg_http_web_socket_close (self->socket, CLOSE_BAD_REQUEST, problem);
  return FALSE;
}

/* FALSE, and closed or refused, when no operation can begin under this id. */
static gboolean
check_id (Connection *self, const char *id)
{
  if (id == NULL || *id == '\0' || strlen (id) > MAX_ID_BYTES)
    pdg_http_web_socket_close (self->socket, CLOSE_BAD_REQUEST, "subscribe needs an id, a short string");
  else if (self->principal == NULL)
    pdg_http_web_socket_close (self->socket, CLOSE_UNAUTHORIZED, "Unauthorized");
  else if (g_hash_table_contains (self->operations, id))
    {
      g_autofree char *reason = g_strdup_printf ("Subscriber for %s already exists", id);

      pdg_http_web_socket_close (self->socket, CLOSE_DUPLICATE, reason);
    }
  else if (pdg_api_stream_is_full (self->api, g_hash_table_size (self->operations)))
    {
      g_autoptr (GBytes) refusal = pdg_gql_error_response ("too many operations on this connection: complete some first", "TOO_MANY_REQUESTS");

      send_errors (self, id, refusal);
    }
  else
    return TRUE;
  return FALSE;
}

static void
take_subscribe (Connection *self, JsonObject *message)
{
  const char *id = get_string (message, "id");
  g_auto (PdgApiParameters) parameters = { 0 };
  PdgApiRun run;
  Operation *operation;

  if (!read_payload (self, message, &parameters) || !check_id (self, id))
    return;
  run = (PdgApiRun) {
    .query = parameters.query, .operation_name = parameters.operation_name, .hash = parameters.hash, .variables = parameters.variables,
  };
  operation = g_new0 (Operation, 1);
  operation->connection = g_rc_box_acquire (self);
  operation->id = g_strdup (id);
  g_hash_table_insert (self->operations, operation->id, operation);
  operation->stream_id = pdg_api_stream_start (self->api, self->principal, &run, streamed_cb, operation, operation_free);
}

static void
take_complete (Connection *self, JsonObject *message)
{
  const char *id = get_string (message, "id");
  Operation *operation = id != NULL ? g_hash_table_lookup (self->operations, id) : NULL;

  if (id == NULL)
    pdg_http_web_socket_close (self->socket, CLOSE_BAD_REQUEST, "complete needs an id");
  else if (operation != NULL)
    operation_remove (operation);
}

/* --- who it is ---------------------------------------------------------------------------------------------------- */

static void
revoked_cb (gpointer user_data)
{
  Connection *self = user_data;

  pdg_http_web_socket_close (self->socket, CLOSE_FORBIDDEN, "Forbidden: the key or token is not valid any more, or has other rights now");
}

static void
acknowledge (Connection *self, PdgPrincipal *principal)
{
  if (pdg_principal_get_role (principal) == PDG_ROLE_INGEST)
    {
      pdg_http_web_socket_close (self->socket, CLOSE_FORBIDDEN, "Forbidden: this key may only send events; to read, use an access token");
      return;
    }
  self->visit = pdg_api_visit_new (self->api, principal);
  if (self->visit == NULL)
    {
      pdg_http_web_socket_close (self->socket, PDG_HTTP_CLOSE_TRY_AGAIN_LATER, "too many connections are open: close some first");
      return;
    }
  pdg_api_visit_watch (self->visit, self->credential, revoked_cb, self);
  self->principal = pdg_principal_ref (principal);
  send_string (self, "{\"type\":\"connection_ack\"}");
}

static void
resolved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Connection *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgPrincipal) principal = pdg_credentials_resolve_finish (self->api->options.credentials, result, &error);

  if (!self->over)
    {
      if (principal != NULL)
        acknowledge (self, principal);
      else if (error != NULL)
        pdg_http_web_socket_close (self->socket, CLOSE_INTERNAL, pdg_api_error_message (error));
      else
        pdg_http_web_socket_close (self->socket, CLOSE_FORBIDDEN, "Forbidden: the key or token is not valid");
    }
  connection_release (self);
}

/* A browser can set no headers on a WebSocket, so the payload may have them. */
static char *
dup_credential (Connection *self, JsonObject *payload)
{
  static const char *const names[] = { "authorization", "Authorization" };
  const char *key = get_string (payload, "X-PG-API-Key");

  if (key != NULL)
    return g_strdup (key);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *text = get_string (payload, names[i]);

      if (text != NULL && g_ascii_strncasecmp (text, "Bearer ", 7) == 0)
        return g_strstrip (g_strdup (text + 7));
      if (text != NULL)
        return g_strdup (""); /* which nobody has */
    }
  return pdg_api_dup_credential (pdg_http_web_socket_get_request (self->socket));
}

static void
take_init (Connection *self, JsonObject *message)
{
  JsonNode *payload = get_member (message, "payload");

  if (self->init_came)
    {
      pdg_http_web_socket_close (self->socket, CLOSE_INIT_AGAIN, "Too many initialisation requests");
      return;
    }
  if (payload != NULL && !JSON_NODE_HOLDS_OBJECT (payload))
    {
      pdg_http_web_socket_close (self->socket, CLOSE_BAD_REQUEST, "the payload of connection_init is an object");
      return;
    }
  self->init_came = TRUE;
  connection_stop_timer (self);
  self->credential = dup_credential (self, payload != NULL ? json_node_get_object (payload) : NULL);
  if (self->credential != NULL)
    pdg_credentials_resolve_async (self->api->options.credentials, self->credential, self->cancellable, resolved_cb, g_rc_box_acquire (self));
  else if (pdg_api_is_local_request (self->api, pdg_http_web_socket_get_request (self->socket)) && self->api->options.local != NULL)
    acknowledge (self, self->api->options.local);
  else
    pdg_http_web_socket_close (self->socket, CLOSE_FORBIDDEN, "Forbidden: send {\"authorization\":\"Bearer …\"} in the payload");
}

/* --- messages ----------------------------------------------------------------------------------------------------- */

static void
take_ping (Connection *self, JsonObject *message)
{
  JsonNode *payload = get_member (message, "payload");
  g_autofree char *json = payload != NULL ? json_to_string (payload, FALSE) : NULL;
  g_autofree char *pong = json != NULL ? g_strdup_printf ("{\"type\":\"pong\",\"payload\":%s}", json) : g_strdup ("{\"type\":\"pong\"}");

  send_string (self, pong);
}

static void
message_cb (PdgHttpWebSocket *socket, const char *text, gsize len, gpointer user_data)
{
  Connection *self = user_data;
  g_autoptr (JsonNode) root = pdg_api_parse_json (text, len);
  JsonObject *message = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  const char *type = get_string (message, "type");

  if (g_strcmp0 (type, "connection_init") == 0)
    take_init (self, message);
  else if (g_strcmp0 (type, "subscribe") == 0)
    take_subscribe (self, message);
  else if (g_strcmp0 (type, "complete") == 0)
    take_complete (self, message);
  else if (g_strcmp0 (type, "ping") == 0)
    take_ping (self, message);
  else if (g_strcmp0 (type, "pong") != 0)
    pdg_http_web_socket_close (socket, CLOSE_BAD_REQUEST, "this is no message of graphql-transport-ws");
}

static gboolean
init_late_cb (gpointer user_data)
{
  Connection *self = user_data;

  pdg_api_guards_count (self->api->guards, "init");
  pdg_http_web_socket_close (self->socket, CLOSE_INIT_TIMEOUT, "Connection initialisation timeout");
  return G_SOURCE_REMOVE;
}

/* What the server itself refused. */
static void
count_close (Connection *self)
{
  guint code = pdg_http_web_socket_get_close_code (self->socket);

  if (code == PDG_HTTP_CLOSE_TOO_BIG)
    pdg_api_guards_count (self->api->guards, "body");
  else if (code == PDG_HTTP_CLOSE_TRY_AGAIN_LATER && self->visit != NULL)
    pdg_api_guards_count (self->api->guards, "queue");
}

static void
closed_cb (PdgHttpWebSocket *socket, gpointer user_data)
{
  Connection *self = user_data;
  g_autoptr (GList) operations = g_hash_table_get_values (self->operations);

  self->over = TRUE;
  count_close (self);
  g_clear_pointer (&self->visit, pdg_api_visit_end);
  connection_stop_timer (self);
  g_cancellable_cancel (self->cancellable);
  for (GList *l = operations; l != NULL; l = l->next)
    operation_remove (l->data);
  connection_release (self);
}

static void
open_cb (PdgHttpWebSocket *socket, gpointer user_data)
{
  Connection *self;

  if (pdg_http_web_socket_get_protocol (socket) == NULL)
    {
      pdg_http_web_socket_close (socket, CLOSE_SUBPROTOCOL, "Subprotocol not acceptable: use " PROTOCOL);
      return;
    }
  self = g_rc_box_new0 (Connection);
  self->api = user_data;
  self->socket = pdg_http_web_socket_ref (socket);
  self->operations = g_hash_table_new (g_str_hash, g_str_equal);
  self->cancellable = g_cancellable_new ();
  if (self->api->options.graphql_init_ms > 0)
    {
      self->init_timer = g_timeout_source_new (self->api->options.graphql_init_ms);
      g_source_set_callback (self->init_timer, init_late_cb, self, NULL);
      g_source_attach (self->init_timer, g_main_context_get_thread_default ());
    }
  pdg_http_web_socket_set_handlers (socket, message_cb, closed_cb, self);
}

void
pdg_api_add_web_socket_routes (PdgApi *api, PdgHttpServer *server)
{
  static const char *const protocols[] = { PROTOCOL, NULL };

  pdg_http_server_add_websocket (server, "/graphql", protocols, api->options.graphql_body_bytes, NULL, open_cb, api, NULL);
}
