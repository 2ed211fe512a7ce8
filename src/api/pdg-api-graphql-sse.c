#include "config.h"
#include "api/pdg-api-stream.h"

#include "api/pdg-api-visit.h"
#include "base/pdg-context.h"
#include "http/pdg-http-body-stream.h"

#include <string.h>
#include <unistd.h>

/* One operation as the body of its own response: server-sent events, or parts. */
typedef struct
{
  PdgApi *api;
  PdgHttpBodyStream *body;
  PdgApiVisit *visit;
  gboolean parts;
  gboolean over;
  guint stream_id;
} Single;

static void
single_clear (gpointer data)
{
  Single *self = data;

  g_clear_pointer (&self->body, pdg_http_body_stream_unref);
}

static void
single_release (gpointer data)
{
  g_rc_box_release_full (data, single_clear);
}

static void
write_pieces (PdgHttpBodyStream *body, const char *before, GBytes *response, const char *after)
{
  gsize len = 0;
  const char *data = response != NULL ? g_bytes_get_data (response, &len) : "";
  g_autoptr (GString) text = g_string_sized_new (len + 96);

  g_string_append (text, before);
  g_string_append_len (text, data, (gssize) len);
  g_string_append (text, after);
  pdg_http_body_stream_write (body, text->str, text->len);
}

/* Apollo reads a part when the boundary behind it is there; so each part brings it. */
#define PART_BEGIN "\r\nContent-Type: application/json\r\n\r\n"
#define PART_END "\r\n--graphql"

static void
single_cb (PdgApiStreamEvent event, GBytes *response, gpointer user_data)
{
  Single *self = user_data;

  if (self->over)
    return;
  if (response != NULL && self->parts)
    write_pieces (self->body, PART_BEGIN "{\"payload\":", response, "}" PART_END);
  else if (response != NULL)
    write_pieces (self->body, "event: next\ndata: ", response, "\n\n");
  if (event == PDG_API_STREAM_NEXT)
    return;
  write_pieces (self->body, self->parts ? "--\r\n" : "event: complete\ndata: \n\n", NULL, "");
  pdg_http_body_stream_end (self->body);
}

/* Ends what is left of a connection. */
static void
end_visit (PdgApi *api, PdgHttpBodyStream *body, PdgApiVisit *visit)
{
  if (pdg_http_body_stream_is_overrun (body))
    pdg_api_guards_count (api->guards, "queue");
  pdg_api_visit_end (visit);
}

static GBytes *
revoked_response (void)
{
  return pdg_gql_error_response ("the key or token is not valid any more, or has other rights now", "UNAUTHENTICATED");
}

static void
single_revoked_cb (gpointer user_data)
{
  g_autoptr (GBytes) response = revoked_response ();

  single_cb (PDG_API_STREAM_REFUSED, response, user_data);
}

static void
single_closed_cb (PdgHttpBodyStream *body, gpointer user_data)
{
  Single *self = user_data;

  self->over = TRUE;
  end_visit (self->api, body, self->visit);
  if (self->stream_id > 0)
    pdg_api_unsubscribe (self->api, self->stream_id);
  single_release (self);
}

static gboolean
is_multipart (PdgHttpRequest *request)
{
  const char *accept = pdg_http_request_get_header (request, "Accept");

  return accept != NULL && strstr (accept, "subscriptionSpec") != NULL;
}

static PdgApiMedia
choose_media (PdgHttpRequest *request)
{
  return pdg_api_media_choose (pdg_http_request_get_header (request, "Accept"),
                               PDG_API_MEDIA_JSON | PDG_API_MEDIA_GRAPHQL | PDG_API_MEDIA_EVENTS
                                 | (is_multipart (request) ? PDG_API_MEDIA_PARTS : 0));
}

gboolean
pdg_api_stream_is_wanted (PdgHttpRequest *request)
{
  return (choose_media (request) & (PDG_API_MEDIA_EVENTS | PDG_API_MEDIA_PARTS)) != 0;
}

static char *
get_query_param (gpointer source, const char *name)
{
  return pdg_http_request_dup_query_param (source, name);
}

static PdgHttpBodyStream *
start_events (PdgHttpRequest *request, PdgHttpBodyClosedFunc closed, gpointer user_data)
{
  g_autoptr (GBytes) keep_alive = g_bytes_new_static (":\n\n", 3);
  g_autoptr (PdgHttpBodyStream) body = NULL;

  pdg_http_request_add_response_header (request, "Cache-Control", "no-store");
  pdg_http_request_add_response_header (request, "X-Accel-Buffering", "no");
  body = pdg_http_request_respond_start (request, 200, "text/event-stream; charset=utf-8", keep_alive, closed, user_data);
  if (body != NULL)
    pdg_http_body_stream_write (body, ":\n\n", 3);
  return g_steal_pointer (&body);
}

static PdgHttpBodyStream *
start_parts (PdgHttpRequest *request, PdgHttpBodyClosedFunc closed, gpointer user_data)
{
  g_autoptr (GBytes) keep_alive = g_bytes_new_static (PART_BEGIN "{}" PART_END, strlen (PART_BEGIN "{}" PART_END));
  g_autoptr (PdgHttpBodyStream) body = NULL;

  pdg_http_request_add_response_header (request, "Cache-Control", "no-store");
  body = pdg_http_request_respond_start (request, 200, "multipart/mixed;boundary=\"graphql\";subscriptionSpec=1.0", keep_alive, closed,
                                         user_data);
  if (body != NULL)
    pdg_http_body_stream_write (body, PART_END, strlen (PART_END));
  return g_steal_pointer (&body);
}

static PdgApiRun
run_of (const PdgApiParameters *parameters, gboolean read_only)
{
  return (PdgApiRun) {
    .query = parameters->query, .operation_name = parameters->operation_name, .hash = parameters->hash,
    .variables = parameters->variables, .read_only = read_only,
  };
}

/* NULL, and answered, when there are too many. (transfer full) */
static PdgApiVisit *
begin_visit (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal)
{
  g_autoptr (GBytes) full = pdg_gql_error_response ("too many connections are open: close some first", "TOO_MANY_REQUESTS");
  PdgApiVisit *visit = pdg_api_visit_new (api, principal);

  if (visit == NULL)
    pdg_api_respond (api, request, PDG_API_MEDIA_JSON, PDG_API_OUTCOME_BUSY, full);
  return visit;
}

static void
start_single (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal, PdgApiVisit *visit, const PdgApiParameters *parameters,
              gboolean read_only)
{
  g_autofree char *credential = pdg_api_dup_credential (request);
  PdgApiRun run = run_of (parameters, read_only);
  Single *self = g_rc_box_new0 (Single);

  self->api = api;
  self->visit = visit;
  self->parts = choose_media (request) == PDG_API_MEDIA_PARTS;
  self->body = self->parts ? start_parts (request, single_closed_cb, g_rc_box_acquire (self))
                           : start_events (request, single_closed_cb, g_rc_box_acquire (self));
  if (self->body == NULL) /* the server has stopped: nobody calls back */
    {
      pdg_api_visit_end (visit);
      single_release (self);
    }
  else if (!self->over)
    {
      pdg_api_visit_watch (visit, credential, single_revoked_cb, self);
      self->stream_id = pdg_api_stream_start (api, principal, &run, single_cb, g_rc_box_acquire (self), single_release);
    }
  single_release (self);
}

/* On the request's own thread: pdg_api_authorise() comes back to it. */
static void
respond_authorised (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal)
{
  gboolean by_post = g_str_equal (pdg_http_request_get_method (request), "POST");
  g_auto (PdgApiParameters) parameters = { 0 };
  PdgApiOutcome outcome;
  const char *message = NULL;
  PdgApiVisit *visit;

  if (!(by_post ? pdg_api_parameters_read_body (&parameters, pdg_http_request_get_body (request), &outcome, &message)
                : pdg_api_parameters_read_query (&parameters, get_query_param, request, &outcome, &message)))
    {
      pdg_http_request_respond_error (request, 400, message);
      return;
    }
  visit = begin_visit (api, request, principal);
  if (visit != NULL)
    start_single (api, request, principal, visit, &parameters, !by_post);
}

void
pdg_api_stream_respond (PdgApi *api, PdgHttpRequest *request)
{
  pdg_api_authorise_graphql (api, request, respond_authorised);
}

/* --- single connection mode: operations of other requests answered on one stream ----------------------------------- */

#define TOKEN_HEADER "X-GraphQL-Event-Stream-Token"

/* The streams of one server. */
typedef struct
{
  PdgApi *api;
  GMutex lock;
  GHashTable *by_token; /* -> Session */
} Sessions;

/* A stream that was asked for, and then is there. Atomically counted; its operations live on its stream's context. */
typedef struct
{
  Sessions *sessions; /* until the routes go, which is after the server stopped */
  char *token;
  PdgPrincipal *principal;
  GSource *timer;        /* of the reservation; nullable */
  GMainContext *context; /* under the lock until it is set, for good; NULL = not open yet */
  PdgApiVisit *visit;    /* until it ends: by the stream's, or by the reservation's */

  /* on the context */
  PdgHttpBodyStream *body;
  GHashTable *operations; /* id -> Operation */
  gboolean over;
} Session;

typedef struct
{
  Session *session;
  char *id;
  guint stream_id;
} Operation;

static void
session_clear (gpointer data)
{
  Session *self = data;

  g_clear_pointer (&self->visit, pdg_api_visit_end);
  g_clear_pointer (&self->timer, g_source_unref);
  g_free (self->token);
  pdg_principal_unref (self->principal);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->body, pdg_http_body_stream_unref);
  g_hash_table_unref (self->operations);
}

static void
session_release (gpointer data)
{
  g_atomic_rc_box_release_full (data, session_clear);
}

static void
sessions_free (gpointer data)
{
  Sessions *self = data;

  g_hash_table_unref (self->by_token);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Nobody opened it in time. */
static gboolean
reservation_over_cb (gpointer data)
{
  Session *self = data;
  gboolean stale;

  g_mutex_lock (&self->sessions->lock);
  stale = self->context == NULL;
  if (stale)
    g_hash_table_remove (self->sessions->by_token, self->token);
  g_mutex_unlock (&self->sessions->lock);
  if (stale)
    pdg_api_guards_count (self->sessions->api->guards, "reservation");
  return G_SOURCE_REMOVE;
}

/* On the thread of the request that reserves it. */
static void
keep_reserved (Session *self)
{
  if (self->sessions->api->options.graphql_reservation_ms == 0)
    return;
  self->timer = g_timeout_source_new (self->sessions->api->options.graphql_reservation_ms);
  g_source_set_callback (self->timer, reservation_over_cb, g_atomic_rc_box_acquire (self), session_release);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

static char *
dup_token (PdgHttpRequest *request)
{
  const char *header = pdg_http_request_get_header (request, TOKEN_HEADER);

  return header != NULL ? g_strdup (header) : pdg_http_request_dup_query_param (request, "token");
}

/* The session of the request's token, when it is @principal's. (transfer full) (nullable) */
static Session *
find_session (Sessions *sessions, PdgHttpRequest *request, PdgPrincipal *principal)
{
  g_autofree char *token = dup_token (request);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&sessions->lock);
  Session *session = token != NULL ? g_hash_table_lookup (sessions->by_token, token) : NULL;

  if (session == NULL || !pdg_api_is_same_principal (session->principal, principal))
    return NULL;
  return g_atomic_rc_box_acquire (session);
}

static char *
token_new (void)
{
  guint8 bytes[16];
  GString *text = g_string_sized_new (2 * sizeof bytes);

  if (getentropy (bytes, sizeof bytes) != 0)
    g_error ("the system has no random numbers");
  for (gsize i = 0; i < sizeof bytes; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

static void
reserve (Sessions *sessions, PdgHttpRequest *request, PdgPrincipal *principal)
{
  PdgApiVisit *visit = begin_visit (sessions->api, request, principal);
  g_autoptr (GBytes) body = NULL;
  Session *session;

  if (visit == NULL)
    return;
  session = g_atomic_rc_box_new0 (Session);
  session->sessions = sessions;
  session->token = token_new ();
  session->principal = pdg_principal_ref (principal);
  session->visit = visit;
  session->operations = g_hash_table_new (g_str_hash, g_str_equal);
  keep_reserved (session);
  body = g_bytes_new (session->token, strlen (session->token));
  g_mutex_lock (&sessions->lock);
  g_hash_table_insert (sessions->by_token, session->token, session);
  g_mutex_unlock (&sessions->lock);
  pdg_http_request_respond (request, 201, "text/plain; charset=utf-8", body);
}

static void
operation_free (gpointer data)
{
  Operation *operation = data;

  session_release (operation->session);
  g_free (operation->id);
  g_free (operation);
}

static void
operation_remove (Operation *operation)
{
  Session *session = operation->session;

  g_hash_table_remove (session->operations, operation->id);
  pdg_api_unsubscribe (session->sessions->api, operation->stream_id);
}

static void
operation_write (Operation *operation, const char *event, GBytes *response)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), operation->id);
  g_autofree char *id = json_to_string (node, FALSE);
  g_autofree char *before = g_strdup_printf ("event: %s\ndata: {\"id\":%s%s", event, id, response != NULL ? ",\"payload\":" : "");

  write_pieces (operation->session->body, before, response, "}\n\n");
}

static void
operation_cb (PdgApiStreamEvent event, GBytes *response, gpointer user_data)
{
  Operation *operation = user_data;

  if (response != NULL)
    operation_write (operation, "next", response);
  if (event == PDG_API_STREAM_NEXT)
    return;
  operation_write (operation, "complete", NULL);
  operation_remove (operation);
}

static void
session_over (Session *self)
{
  self->over = TRUE;
  g_mutex_lock (&self->sessions->lock);
  g_hash_table_remove (self->sessions->by_token, self->token);
  g_mutex_unlock (&self->sessions->lock);
}

static void
session_closed_cb (PdgHttpBodyStream *body, gpointer user_data)
{
  Session *self = user_data;
  g_autoptr (GList) operations = g_hash_table_get_values (self->operations);

  session_over (self);
  end_visit (self->sessions->api, body, g_steal_pointer (&self->visit));
  for (GList *l = operations; l != NULL; l = l->next)
    operation_remove (l->data);
  session_release (self);
}

static void
session_revoked_cb (gpointer user_data)
{
  Session *self = user_data;
  g_autoptr (GList) operations = g_hash_table_get_values (self->operations);
  g_autoptr (GBytes) response = revoked_response ();

  for (GList *l = operations; l != NULL; l = l->next)
    operation_cb (PDG_API_STREAM_REFUSED, response, l->data);
  pdg_http_body_stream_end (self->body);
}

/* On the context that @session has from now on. */
static void
start_session (Session *session, PdgHttpRequest *request)
{
  g_autofree char *credential = pdg_api_dup_credential (request);

  if (session->timer != NULL)
    g_source_destroy (session->timer);
  session->body = start_events (request, session_closed_cb, g_atomic_rc_box_acquire (session));
  if (session->body == NULL) /* the server has stopped: nobody calls back */
    {
      session_over (session);
      session_release (session);
    }
  else if (!session->over)
    pdg_api_visit_watch (session->visit, credential, session_revoked_cb, session);
}

/* The stream of a token that was reserved; only one. */
static void
open_session (Sessions *sessions, PdgHttpRequest *request, PdgPrincipal *principal)
{
  Session *session = find_session (sessions, request, principal);
  gboolean taken;

  if (session == NULL)
    {
      pdg_http_request_respond_error (request, 404, "there is no such event stream: reserve one with PUT");
      return;
    }
  g_mutex_lock (&sessions->lock);
  taken = session->context != NULL;
  if (!taken)
    session->context = g_main_context_ref_thread_default ();
  g_mutex_unlock (&sessions->lock);
  if (taken)
    pdg_http_request_respond_error (request, 409, "this event stream is open already");
  else
    start_session (session, request);
  session_release (session);
}

/* A request that concerns a session, taken to its context. */
typedef struct
{
  Session *session;
  PdgHttpRequest *request;
} Errand;

static void
errand_free (gpointer data)
{
  Errand *errand = data;

  session_release (errand->session);
  pdg_http_request_unref (errand->request);
  g_free (errand);
}

static void
start_operation (Session *session, PdgHttpRequest *request)
{
  PdgApi *api = session->sessions->api;
  g_auto (PdgApiParameters) parameters = { 0 };
  PdgApiOutcome outcome;
  const char *message = NULL;
  JsonNode *id = NULL;
  PdgApiRun run;
  Operation *operation;
  g_autoptr (GBytes) full = pdg_gql_error_response ("too many operations on this stream: end some first", "TOO_MANY_REQUESTS");

  if (!pdg_api_parameters_read_body (&parameters, pdg_http_request_get_body (request), &outcome, &message))
    {
      pdg_http_request_respond_error (request, 400, message);
      return;
    }
  if (parameters.extensions != NULL)
    id = json_object_get_member (json_node_get_object (parameters.extensions), "operationId");
  if (id == NULL || json_node_get_value_type (id) != G_TYPE_STRING || *json_node_get_string (id) == '\0')
    pdg_http_request_respond_error (request, 400, "send extensions.operationId, a string of your choice");
  else if (g_hash_table_contains (session->operations, json_node_get_string (id)))
    pdg_http_request_respond_error (request, 409, "an operation with this id is running already");
  else if (pdg_api_stream_is_full (api, g_hash_table_size (session->operations)))
    pdg_api_respond (api, request, PDG_API_MEDIA_JSON, PDG_API_OUTCOME_BUSY, full);
  else
    {
      operation = g_new0 (Operation, 1);
      operation->session = g_atomic_rc_box_acquire (session);
      operation->id = json_node_dup_string (id);
      g_hash_table_insert (session->operations, operation->id, operation);
      run = run_of (&parameters, FALSE);
      operation->stream_id = pdg_api_stream_start (api, session->principal, &run, operation_cb, operation, operation_free);
      pdg_http_request_respond (request, 202, NULL, NULL);
    }
}

static void
end_operation (Session *session, PdgHttpRequest *request)
{
  g_autofree char *id = pdg_http_request_dup_query_param (request, "operationId");
  Operation *operation = id != NULL ? g_hash_table_lookup (session->operations, id) : NULL;

  if (id == NULL)
    {
      pdg_http_request_respond_error (request, 400, "send the operationId as a query parameter");
      return;
    }
  if (operation != NULL)
    operation_remove (operation);
  pdg_http_request_respond (request, 200, NULL, NULL);
}

static gboolean
errand_cb (gpointer data)
{
  Errand *errand = data;

  if (errand->session->over)
    pdg_http_request_respond_error (errand->request, 404, "this event stream is over: reserve another with PUT");
  else if (g_str_equal (pdg_http_request_get_method (errand->request), "DELETE"))
    end_operation (errand->session, errand->request);
  else
    start_operation (errand->session, errand->request);
  return G_SOURCE_REMOVE;
}

static void
send_errand (Sessions *sessions, PdgHttpRequest *request, PdgPrincipal *principal)
{
  Session *session = find_session (sessions, request, principal);
  Errand *errand;

  if (session == NULL || session->context == NULL)
    {
      pdg_http_request_respond_error (request, 404, "there is no such event stream: reserve one with PUT, and open it with GET");
      if (session != NULL)
        session_release (session);
      return;
    }
  errand = g_new (Errand, 1);
  errand->session = session;
  errand->request = pdg_http_request_ref (request);
  pdg_context_post (session->context, errand_cb, errand, errand_free);
}

/* Which of the two modes, and what of it. */
static void
stream_authorised (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal)
{
  Sessions *sessions = pdg_http_request_get_data (request);
  const char *method = pdg_http_request_get_method (request);
  g_autofree char *token = dup_token (request);

  if (g_str_equal (method, "PUT"))
    reserve (sessions, request, principal);
  else if (token != NULL && g_str_equal (method, "GET"))
    open_session (sessions, request, principal);
  else if (token != NULL || g_str_equal (method, "DELETE"))
    send_errand (sessions, request, principal);
  else
    respond_authorised (api, request, principal);
}

static void
stream_early_cb (PdgHttpRequest *request, gpointer user_data)
{
  if (g_str_equal (pdg_http_request_get_method (request), "POST")
      && !pdg_api_is_json_type (pdg_http_request_get_header (request, "Content-Type")))
    pdg_http_request_respond_error (request, 415, "send the request as JSON in UTF-8, with Content-Type: application/json");
}

static void
stream_cb (PdgHttpRequest *request, gpointer user_data)
{
  Sessions *sessions = user_data;
  PdgApi *api = sessions->api;

  pdg_http_request_set_data (request, sessions, NULL);
  pdg_api_authorise_graphql (api, request, stream_authorised);
}

void
pdg_api_add_event_stream_routes (PdgApi *api, PdgHttpServer *server)
{
  Sessions *sessions = g_new0 (Sessions, 1);

  sessions->api = api;
  g_mutex_init (&sessions->lock);
  sessions->by_token = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, session_release);
  pdg_http_server_add_route (server, "GET, POST, PUT, DELETE", "/graphql/stream", api->options.graphql_body_bytes, stream_early_cb,
                             stream_cb, sessions, sessions_free);
}
