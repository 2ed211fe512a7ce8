#include "config.h"
#include "api/stream-client.h"

#include <string.h>
#include <unistd.h>

void
service_start (Service *self, const PdgApiOptions *options)
{
  self->api = api_fixture_serve (options, &self->server);
  self->port = pdg_http_server_get_port (self->server);
}

void
service_stop (Service *self)
{
  g_assert_true (pdg_http_server_stop (self->server, 10000));
  pdg_http_server_free (self->server);
  pdg_api_free (self->api);
}

/* {"query":…} with what stands behind it, ",\"a\":1" */
char *
make_body (const char *document, const char *more)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), document);
  g_autofree char *quoted = json_to_string (node, FALSE);

  return g_strdup_printf ("{\"query\":%s%s}", quoted, more);
}

/* Sends a request with this token (nullable); the answer stays in the socket. */
int
begin_request (guint16 port, const char *method, const char *path, const char *token, const char *headers, const char *body)
{
  g_autofree char *authorization = token != NULL ? g_strdup_printf ("Authorization: Bearer %s\r\n", token) : g_strdup ("");
  g_autofree char *text = g_strdup_printf ("%s %s HTTP/1.1\r\nHost: localhost\r\n%s%s%sContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s", method, path,
                                           authorization, *body != '\0' ? JSON_TYPE : "", headers, strlen (body), body);
  int fd = raw_connect (port);

  raw_send (fd, text);
  return fd;
}

RawAnswer *
request (guint16 port, const char *method, const char *path, const char *token, const char *headers, const char *body)
{
  int fd = begin_request (port, method, path, token, headers, body);
  RawAnswer *answer = raw_read (fd, FALSE);

  close (fd);
  g_assert_nonnull (answer);
  return answer;
}

void
say (int fd, const char *text)
{
  raw_send_frame (fd, 0x81, text, strlen (text));
}

/* The next message, or "CODE REASON" of a close. Pings are skipped. (transfer full) */
char *
hear (int fd)
{
  for (;;)
    {
      guint opcode;
      gsize len;
      g_autofree char *payload = raw_read_frame (fd, &opcode, &len);

      if (opcode == 1)
        return g_steal_pointer (&payload);
      if (opcode == 8 && len >= 2)
        return g_strdup_printf ("%u %s", (guint) (guint8) payload[0] << 8 | (guint8) payload[1], payload + 2);
    }
}

int
open_socket (guint16 port)
{
  int fd = raw_connect (port);
  g_autofree char *head = NULL;

  raw_send (fd, "GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n");
  head = raw_read_head (fd);
  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 101 "));
  return fd;
}

/* Opens a socket and says who it is; what came of it. (transfer full) */
char *
introduce (int fd, const char *token)
{
  g_autofree char *init = token != NULL ? g_strdup_printf ("{\"type\":\"connection_init\",\"payload\":{\"authorization\":\"Bearer %s\"}}", token)
                                        : g_strdup ("{\"type\":\"connection_init\"}");

  say (fd, init);
  return hear (fd);
}

/* Opens an event stream with many operations; its token is in @stream. */
int
open_shared (guint16 port, const char *token, char **stream)
{
  g_autoptr (RawAnswer) reserved = request (port, "PUT", "/graphql/stream", token, "", "");
  g_autofree char *path = g_strconcat ("/graphql/stream?token=", reserved->body, NULL), *head = NULL;
  int fd = begin_request (port, "GET", path, token, "Accept: text/event-stream\r\n", "");

  g_assert_cmpuint (reserved->status, ==, 201);
  *stream = g_strdup (reserved->body);
  head = raw_read_head (fd);
  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 200 "));
  return fd;
}

/* Starts an operation there; the status. */
guint
start_shared (guint16 port, const char *token, const char *stream, const char *id, const char *body)
{
  g_autofree char *headers = g_strdup_printf ("X-GraphQL-Event-Stream-Token: %s\r\n", stream);
  g_autoptr (JsonNode) node = json_from_string (body, NULL);
  JsonObject *object = json_node_get_object (node);
  g_autofree char *text = NULL;
  g_autoptr (RawAnswer) answer = NULL;

  if (!json_object_has_member (object, "extensions"))
    json_object_set_object_member (object, "extensions", json_object_new ());
  json_object_set_string_member (json_object_get_object_member (object, "extensions"), "operationId", id);
  text = json_to_string (node, FALSE);
  answer = request (port, "POST", "/graphql/stream", token, headers, text);
  return answer->status;
}

Client
ask_body (Way way, guint16 port, const char *token, const char *body)
{
  Client self = { .way = way, .port = port, .token = token };

  if (way == SOCKET)
    {
      g_autofree char *ack = NULL;
      g_autofree char *subscribe = g_strdup_printf ("{\"id\":\"a\",\"type\":\"subscribe\",\"payload\":%s}", body);

      self.fd = open_socket (port);
      ack = introduce (self.fd, token);
      g_assert_cmpstr (ack, ==, "{\"type\":\"connection_ack\"}");
      say (self.fd, subscribe);
    }
  else if (way == SHARED)
    {
      self.fd = open_shared (port, token, &self.stream);
      g_assert_cmpuint (start_shared (port, token, self.stream, "a", body), ==, 202);
    }
  else
    {
      g_autofree char *head = NULL;

      self.fd = begin_request (port, "POST", "/graphql", token,
                               way == EVENTS ? "Accept: text/event-stream\r\n" : "Accept: multipart/mixed;boundary=graphql;subscriptionSpec=1.0\r\n",
                               body);
      head = raw_read_head (self.fd);
      g_assert_true (g_str_has_prefix (head, "HTTP/1.1 200 "));
    }
  return self;
}

Client
ask (Way way, guint16 port, const char *token, const char *document)
{
  g_autofree char *body = make_body (document, "");

  return ask_body (way, port, token, body);
}

void
drop (Client *self)
{
  close (self->fd);
  g_free (self->stream);
}

/* Ends the operation, and stays. */
void
end_politely (Client *self)
{
  if (self->way == SOCKET)
    say (self->fd, "{\"id\":\"a\",\"type\":\"complete\"}");
  else
    {
      g_autofree char *path = g_strdup_printf ("/graphql/stream?operationId=a&token=%s", self->stream);
      g_autoptr (RawAnswer) answer = request (self->port, "DELETE", path, self->token, "", "");

      g_assert_cmpuint (answer->status, ==, 200);
    }
}

/* The next piece of a chunked body; the last is told as THE_END. (transfer full) */
static char *
read_chunk (int fd)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *chunk = NULL;
  gsize len;
  char c;

  while (!g_str_has_suffix (line->str, "\r\n"))
    {
      raw_read_exactly (fd, &c, 1);
      g_string_append_c (line, c);
    }
  len = g_ascii_strtoull (line->str, NULL, 16);
  chunk = g_malloc0 (len + 3);
  raw_read_exactly (fd, chunk, len + 2);
  return len > 0 ? g_strndup (chunk, len) : g_strdup (THE_END);
}

/* All that comes until @marker has come. (transfer full) */
char *
read_until (Client *self, const char *marker)
{
  g_autoptr (GString) text = g_string_new (NULL);

  while (strstr (text->str, marker) == NULL)
    {
      g_autofree char *piece = self->way == SOCKET ? hear (self->fd) : read_chunk (self->fd);

      g_string_append (text, piece);
    }
  g_test_message ("%s", text->str);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The operation is refused in its way's own words, with @code. */
void
assert_refused (Client *self, const char *code)
{
  static const char *const ends[] = { "]}", "event: complete", "--graphql--", "event: complete" };
  static const char *const begins[] = { "{\"id\":\"a\",\"type\":\"error\",\"payload\":[", "event: next\ndata: {\"errors\":[", "{\"payload\":{\"errors\":[",
                                        "event: next\ndata: {\"id\":\"a\",\"payload\":{\"errors\":[" };
  g_autofree char *text = read_until (self, ends[self->way]);

  g_assert_nonnull (strstr (text, begins[self->way]));
  g_assert_nonnull (strstr (text, code));
  g_assert_null (strstr (text, "\"data\""));
}

guint64
read_metric (const Service *service, const char *name)
{
  g_autoptr (RawAnswer) answer = request (service->port, "GET", "/metrics", NULL, "", "");
  g_autofree char *line = g_strdup_printf ("\n%s ", name);
  const char *found = strstr (answer->body, line);

  g_assert_nonnull (found);
  return g_ascii_strtoull (found + strlen (line), NULL, 10);
}

guint64
count_refusals (const Service *service, const char *guard)
{
  g_autofree char *name = g_strdup_printf ("productgraph_graphql_refusals_total{guard=\"%s\"}", guard);

  return read_metric (service, name);
}
