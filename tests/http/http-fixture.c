#include "config.h"
#include "http-fixture.h"

#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEADLINE_MS 10000

guint
count_open_fds (void)
{
  DIR *dir = opendir ("/proc/self/fd");
  guint n = 0;

  g_assert_nonnull (dir);
  while (readdir (dir) != NULL)
    n++;
  closedir (dir);
  return n;
}

static void
respond_text (PdgHttpRequest *request, const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  g_assert_true (pdg_http_request_respond (request, 200, "text/plain", body));
}

static void
hello (PdgHttpRequest *request, gpointer user_data)
{
  g_atomic_int_inc (&((HttpFixture *) user_data)->n_calls);
  respond_text (request, "hello");
}

static void
echo (PdgHttpRequest *request, gpointer user_data)
{
  g_atomic_int_inc (&((HttpFixture *) user_data)->n_calls);
  pdg_http_request_respond (request, 200, "application/octet-stream", pdg_http_request_get_body (request));
}

static void
hold (PdgHttpRequest *request, gpointer user_data)
{
  g_async_queue_push (((HttpFixture *) user_data)->held, pdg_http_request_ref (request));
}

static void
check_key (PdgHttpRequest *request, gpointer user_data)
{
  HttpFixture *self = user_data;

  g_atomic_int_inc (&self->n_early);
  g_assert_cmpuint (g_bytes_get_size (pdg_http_request_get_body (request)), ==, 0);
  if (g_strcmp0 (pdg_http_request_get_header (request, "X-Key"), "good") != 0)
    pdg_http_request_respond_error (request, 401, "this needs a key: send it as \"X-Key\"");
  else
    pdg_http_request_set_data (request, g_strdup ("principal"), g_free);
}

static void
checked (PdgHttpRequest *request, gpointer user_data)
{
  g_atomic_int_inc (&((HttpFixture *) user_data)->n_calls);
  respond_text (request, pdg_http_request_get_data (request));
}

static void
files (PdgHttpRequest *request, gpointer user_data)
{
  respond_text (request, pdg_http_request_get_path_rest (request));
}

static void
big (PdgHttpRequest *request, gpointer user_data)
{
  gsize size = 8 * 1024 * 1024;
  char *data = g_malloc (size);
  g_autoptr (GBytes) body = NULL;

  for (gsize i = 0; i < size; i++)
    data[i] = 'a' + i % 23;
  body = g_bytes_new_take (data, size);
  pdg_http_request_respond (request, 200, "text/plain", body);
}

static void
drop (PdgHttpRequest *request, gpointer user_data)
{
}

static void
info (PdgHttpRequest *request, gpointer user_data)
{
  g_autofree char *name = pdg_http_request_dup_query_param (request, "name");
  g_autofree char *text = NULL;

  text = g_strdup_printf ("%s|%s|%s|%s|%d|%s|%s", pdg_http_request_get_method (request), pdg_http_request_get_path (request),
                          name != NULL ? name : "-", pdg_http_request_get_remote (request),
                          pdg_http_request_is_loopback (request), pdg_http_request_get_route (request),
                          pdg_http_request_get_content_type (request) != NULL ? pdg_http_request_get_content_type (request) : "-");
  respond_text (request, text);
}

/* A filter as the api's: cross-origin headers on everything, and the preflight. */
static void
filter (PdgHttpRequest *request, gpointer user_data)
{
  const char *origin = pdg_http_request_get_header (request, "Origin");

  if (origin == NULL)
    return;
  pdg_http_request_add_response_header (request, "Access-Control-Allow-Origin", origin);
  if (g_str_equal (pdg_http_request_get_method (request), "OPTIONS"))
    {
      pdg_http_request_add_response_header (request, "Access-Control-Allow-Methods", "POST");
      pdg_http_request_respond (request, 204, NULL, NULL);
    }
}

static void
count_destroyed (gpointer data)
{
  ((HttpFixture *) data)->n_destroyed++;
}

static const struct
{
  const char *methods, *path;
  gsize max_body_bytes;
  PdgHttpEarlyFunc early;
  PdgHttpHandlerFunc handler;
} routes[] = {
  { "GET", "/hello", 0, NULL, hello },
  { "POST", "/echo", 1 << 20, NULL, echo },
  { "GET", "/echo", 0, NULL, hello },
  { "POST", "/small", 100, NULL, echo },
  { "GET, POST", "/hold", 1 << 20, NULL, hold },
  { "POST", "/checked", 1 << 20, check_key, checked },
  { "GET", "/files/*", 0, NULL, files },
  { "GET", "/files/special", 0, NULL, hello },
  { "GET", "/big", 0, NULL, big },
  { "GET, POST", "/drop", 1 << 20, NULL, drop },
  { "GET", "/info", 0, NULL, info },
};

/* The first server of a process lets GLib open a descriptor that stays. */
static void
warm_up (void)
{
  static gsize done;

  if (g_once_init_enter (&done))
    {
      g_autoptr (PdgHttpServer) server = pdg_http_server_new (NULL);
      g_autoptr (GError) error = NULL;

      pdg_http_server_start (server, "127.0.0.1", 0, 1, &error);
      g_assert_no_error (error);
      g_once_init_leave (&done, 1);
    }
}

/* Handlers that answer before they return may as well run where they may wait: PDG_TEST_LANE says on how many threads. With PDG_TEST_LEAVE they
 * might also answer later. */
static void
add_lane (HttpFixture *self)
{
  static const char *const paths[] = { "/hello", "/echo", "/small", "/checked", "/files/special", "/big", "/drop", "/info" };
  gboolean leaves = g_getenv ("PDG_TEST_LEAVE") != NULL;

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    if (leaves)
      pdg_http_server_let_leave (self->server, paths[i]);
    else
      pdg_http_server_let_wait (self->server, paths[i], NULL, NULL);
}

HttpFixture *
http_fixture_new (const PdgHttpLimits *limits, guint n_threads)
{
  static const PdgHttpLimits defaults = PDG_HTTP_LIMITS_DEFAULT;
  HttpFixture *self = g_new0 (HttpFixture, 1);
  const char *lane = g_getenv ("PDG_TEST_LANE");
  PdgHttpLimits own = limits != NULL ? *limits : defaults;
  g_autoptr (GError) error = NULL;

  warm_up ();
  self->n_fds_before = count_open_fds ();
  self->held = g_async_queue_new_full ((GDestroyNotify) pdg_http_request_unref);
  self->strict_stop = TRUE;
  if (own.lane_threads == 0 && lane != NULL)
    own.lane_threads = (guint) g_ascii_strtoull (lane, NULL, 10);
  if (own.lane_ready_threads == 0)
    own.lane_ready_threads = 1;
  self->server = pdg_http_server_new (&own);
  pdg_http_server_set_filter (self->server, filter, self, count_destroyed);
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    pdg_http_server_add_route (self->server, routes[i].methods, routes[i].path, routes[i].max_body_bytes, routes[i].early,
                               routes[i].handler, self, count_destroyed);
  add_lane (self);
  pdg_http_server_start (self->server, "127.0.0.1", 0, n_threads, &error);
  g_assert_no_error (error);
  self->port = pdg_http_server_get_port (self->server);
  g_assert_cmpuint (self->port, !=, 0);
  return self;
}

/* libsoup's client closes its sockets in a moment of its own. */
static void
wait_for_fds (guint n_fds)
{
  gint64 until_usec = g_get_monotonic_time () + DEADLINE_MS * 1000;

  while (count_open_fds () != n_fds && g_get_monotonic_time () < until_usec)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_cmpuint (count_open_fds (), ==, n_fds);
}

void
http_fixture_free (HttpFixture *self)
{
  gboolean clean = pdg_http_server_stop (self->server, 5000);

  if (self->strict_stop)
    g_assert_true (clean);
  {
    g_autoptr (PdgHttpMetrics) metrics = http_fixture_metrics (self);

    g_assert_cmpuint (metrics->connections_open, ==, 0);
    g_assert_cmpuint (metrics->requests_in_flight, ==, 0);
  }
  g_async_queue_unref (self->held);
  g_assert_cmpint (self->n_destroyed, ==, 0);
  pdg_http_server_free (self->server);
  g_assert_cmpint (self->n_destroyed, ==, G_N_ELEMENTS (routes) + 1);
  wait_for_fds (self->n_fds_before);
  g_free (self);
}

PdgHttpRequest *
http_fixture_next_held (HttpFixture *self)
{
  PdgHttpRequest *request = g_async_queue_timeout_pop (self->held, DEADLINE_MS * 1000);

  g_assert_nonnull (request);
  return request;
}

PdgHttpMetrics *
http_fixture_metrics (HttpFixture *self)
{
  return pdg_http_server_get_metrics (self->server);
}

guint64
http_fixture_count (HttpFixture *self, const char *route, guint status)
{
  g_autoptr (PdgHttpMetrics) metrics = http_fixture_metrics (self);

  for (guint i = 0; i < metrics->n_routes; i++)
    if (g_str_equal (metrics->routes[i].route, route) && metrics->routes[i].status == status)
      return metrics->routes[i].count;
  return 0;
}

/* --- raw client ----------------------------------------------------------------------------------------------- */

int
raw_connect (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };
  int on = 1;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

gboolean
raw_can_connect (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean connected;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  connected = connect (fd, (struct sockaddr *) &address, sizeof address) == 0;
  close (fd);
  return connected;
}

gboolean
raw_try_send (int fd, const void *data, gsize len)
{
  const char *p = data;

  while (len > 0)
    {
      gssize n = send (fd, p, len, MSG_NOSIGNAL);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      p += n;
      len -= n;
    }
  return TRUE;
}

void
raw_send_bytes (int fd, const void *data, gsize len)
{
  g_assert_true (raw_try_send (fd, data, len));
}

void
raw_send (int fd, const char *text)
{
  raw_send_bytes (fd, text, strlen (text));
}

/* Waits with a deadline; 0 at the end of the stream, -1 when it was reset. */
static gssize
raw_receive (int fd, char *buffer, gsize len)
{
  struct pollfd item = { .fd = fd, .events = POLLIN };

  g_assert_cmpint (poll (&item, 1, DEADLINE_MS), ==, 1);
  return recv (fd, buffer, len, 0);
}

void
raw_read_exactly (int fd, void *buffer, gsize len)
{
  for (gsize n = 0; n < len;)
    {
      gssize got = raw_receive (fd, (char *) buffer + n, len - n);

      g_assert_cmpint (got, >, 0);
      n += (gsize) got;
    }
}

char *
raw_read_head (int fd)
{
  GString *head = g_string_new (NULL);
  char c;

  while (!g_str_has_suffix (head->str, "\r\n\r\n"))
    {
      raw_read_exactly (fd, &c, 1);
      g_string_append_c (head, c);
    }
  return g_string_free (head, FALSE);
}

void
raw_send_frame (int fd, guint first, const void *payload, gsize len)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  guint8 head[8] = { (guint8) first, (guint8) (0x80 | (len < 126 ? len : 126)), (guint8) (len >> 8), (guint8) len };
  guint8 mask[4] = { 0x37, 0xfa, 0x21, 0x3d };

  g_byte_array_append (frame, head, len < 126 ? 2 : 4);
  g_byte_array_append (frame, mask, 4);
  for (gsize i = 0; i < len; i++)
    {
      guint8 byte = ((const guint8 *) payload)[i] ^ mask[i & 3];

      g_byte_array_append (frame, &byte, 1);
    }
  raw_send_bytes (fd, frame->data, frame->len);
}

char *
raw_read_frame (int fd, guint *opcode, gsize *len)
{
  guint8 head[2], more[8];
  char *payload;

  raw_read_exactly (fd, head, 2);
  g_assert_cmpuint (head[0] & 0xf0, ==, 0x80);
  *opcode = head[0] & 0x0f;
  *len = head[1];
  if (head[1] >= 126)
    {
      guint n = head[1] == 126 ? 2 : 8;

      raw_read_exactly (fd, more, n);
      *len = 0;
      for (guint i = 0; i < n; i++)
        *len = *len << 8 | more[i];
    }
  payload = g_malloc0 (*len + 1);
  raw_read_exactly (fd, payload, *len);
  return payload;
}

static gsize
content_length_of (const char *head)
{
  g_autofree char *lower = g_ascii_strdown (head, -1);
  const char *found = strstr (lower, "\r\ncontent-length:");

  return found != NULL ? g_ascii_strtoull (found + 17, NULL, 10) : 0;
}

RawAnswer *
raw_read (int fd, gboolean head_only)
{
  g_autoptr (GString) head = g_string_new (NULL);
  RawAnswer *answer = g_new0 (RawAnswer, 1);
  gsize got = 0;

  /* The head byte by byte, so that a pipelined answer behind it stays in the socket. */
  while (head->len < 4 || strcmp (head->str + head->len - 4, "\r\n\r\n") != 0)
    {
      char c;

      if (raw_receive (fd, &c, 1) <= 0)
        {
          g_assert_cmpstr (head->str, ==, "");
          g_free (answer);
          return NULL;
        }
      g_string_append_c (head, c);
    }
  g_assert_true (g_str_has_prefix (head->str, "HTTP/1."));
  answer->status = g_ascii_strtoull (head->str + 9, NULL, 10);
  answer->head = g_strdup (head->str);
  answer->body_len = head_only || answer->status < 200 ? 0 : content_length_of (head->str);
  answer->body = g_malloc0 (answer->body_len + 1);
  while (got < answer->body_len)
    {
      gssize n = raw_receive (fd, answer->body + got, answer->body_len - got);

      g_assert_cmpint (n, >, 0);
      got += n;
    }
  return answer;
}

void
raw_answer_free (RawAnswer *answer)
{
  g_free (answer->head);
  g_free (answer->body);
  g_free (answer);
}

gboolean
raw_is_closed (int fd)
{
  char c;

  return raw_receive (fd, &c, 1) <= 0;
}

char *
raw_header (RawAnswer *answer, const char *name)
{
  g_auto (GStrv) lines = g_strsplit (answer->head, "\r\n", -1);
  gsize len = strlen (name);

  for (guint i = 1; lines[i] != NULL; i++)
    if (g_ascii_strncasecmp (lines[i], name, len) == 0 && lines[i][len] == ':')
      return g_strdup (g_strstrip (lines[i] + len + 1));
  return NULL;
}

RawAnswer *
raw_exchange (guint16 port, const char *text)
{
  int fd = raw_connect (port);
  RawAnswer *answer;

  raw_send (fd, text);
  answer = raw_read (fd, g_str_has_prefix (text, "HEAD "));
  close (fd);
  return answer;
}
