#include "config.h"
#include "http/pdg-http-lane-private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

/* --- the answer --------------------------------------------------------------------------------------------------- */

static const char *
get_date (PdgHttpLaneWriter *writer)
{
  gint64 now_sec = (gint64) time (NULL);

  if (now_sec != writer->date_sec)
    {
      g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (now_sec);

      g_free (writer->date);
      writer->date = soup_date_time_to_string (now, SOUP_DATE_HTTP);
      writer->date_sec = now_sec;
    }
  return writer->date;
}

static void
append_number (GString *text, gsize number)
{
  char digits[24];
  guint at = sizeof digits;

  do
    digits[--at] = (char) ('0' + number % 10);
  while ((number /= 10) > 0);
  g_string_append_len (text, digits + at, (gssize) (sizeof digits - at));
}

static void
append_field (GString *text, const char *name, const char *value)
{
  g_string_append (text, name);
  g_string_append_len (text, ": ", 2);
  g_string_append (text, value);
  g_string_append_len (text, "\r\n", 2);
}

/* As libsoup writes it. */
static void
write_head (PdgHttpLaneWriter *writer, const PdgHttpRequest *request, gboolean close_after)
{
  GString *text = writer->head;
  gsize body_bytes = request->response_body != NULL ? g_bytes_get_size (request->response_body) : 0;

  g_string_assign (text, "HTTP/1.1 ");
  append_number (text, request->status);
  g_string_append_c (text, ' ');
  g_string_append (text, soup_status_get_phrase (request->status));
  g_string_append_len (text, "\r\n", 2);
  append_field (text, "Date", get_date (writer));
  for (guint i = 0; request->response_headers != NULL && i + 1 < request->response_headers->len; i += 2)
    append_field (text, g_ptr_array_index (request->response_headers, i), g_ptr_array_index (request->response_headers, i + 1));
  if (request->response_type != NULL)
    append_field (text, "Content-Type", request->response_type);
  if (close_after)
    append_field (text, "Connection", "close");
  if (request->status != 204 && request->status != 304)
    {
      g_string_append (text, "Content-Length: ");
      append_number (text, body_bytes);
      g_string_append_len (text, "\r\n", 2);
    }
  g_string_append_len (text, "\r\n", 2);
}

/* Sends head and body, and keeps what the kernel does not take. FALSE when the client has gone. */
static gboolean
send_answer (PdgHttpLaneConnection *self, const GString *head, GBytes *body)
{
  gsize body_bytes = 0;
  gconstpointer data = body != NULL ? g_bytes_get_data (body, &body_bytes) : NULL;
  struct iovec parts[2] = { { head->str, head->len }, { (void *) data, body_bytes } };
  struct msghdr message = { .msg_iov = parts, .msg_iovlen = body_bytes > 0 ? 2 : 1 };
  gssize n;

  do
    n = sendmsg (self->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  if (n < 0 && errno != EAGAIN)
    return FALSE;
  n = MAX (n, 0);
  PDG_HTTP_COUNT (self->lane->server->counters.bytes_out, (guint64) n);
  if ((gsize) n < head->len)
    {
      g_autoptr (GByteArray) rest = g_byte_array_new ();

      g_byte_array_append (rest, (const guint8 *) head->str + n, (guint) (head->len - (gsize) n));
      if (body_bytes > 0)
        g_byte_array_append (rest, data, (guint) body_bytes);
      self->unsent = g_byte_array_free_to_bytes (g_steal_pointer (&rest));
    }
  else if ((gsize) n < head->len + body_bytes)
    self->unsent = g_bytes_new_from_bytes (body, (gsize) n - head->len, head->len + body_bytes - (gsize) n);
  return TRUE;
}

/* FALSE when the client has gone. */
static gboolean
send_rest (PdgHttpLaneConnection *self)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (self->unsent, &size);
  g_autoptr (GBytes) old = NULL;
  gssize n;

  do
    n = send (self->fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    return errno == EAGAIN;
  PDG_HTTP_COUNT (self->lane->server->counters.bytes_out, (guint64) n);
  old = g_steal_pointer (&self->unsent);
  if ((gsize) n < size)
    self->unsent = g_bytes_new_from_bytes (old, (gsize) n, size - (gsize) n);
  return TRUE;
}

/* --- one request -------------------------------------------------------------------------------------------------- */

/* The fields' values end with a NUL while a request has them; what was there is put back when another is to read the text. */
static void
end_fields (const PdgHttpPlain *plain, gboolean put_back)
{
  for (guint i = 0; i < plain->n_fields; i++)
    {
      char *end = (char *) plain->fields[i].value + plain->fields[i].value_len;

      if (put_back)
        *end = plain->fields[i].after;
      else
        *end = '\0';
    }
}

static void
answer_unanswered (PdgHttpRequest *request, gboolean cut_off)
{
  if (cut_off)
    pdg_http_request_replace_error (request, 503, "the server is stopping: try again in a moment");
  else if (!pdg_http_request_is_answered (request))
    pdg_http_request_respond_error (request, 500, "the server gave no answer to this request: try again, and report it");
}

/* Sends the answer of a request that was handled. */
static PdgHttpLaneResult
finish_request (PdgHttpLaneWriter *writer, PdgHttpLaneConnection *self, PdgHttpRoute *route, PdgHttpRequest *request)
{
  PdgHttpServer *server = self->lane->server;
  gboolean close_after, cut_off, sent;

  cut_off = g_atomic_int_get (&self->cut_off);
  if (cut_off)
    g_atomic_int_set (&self->lane->cut_off, TRUE);
  answer_unanswered (request, cut_off);

  close_after = cut_off || g_atomic_int_get (&self->lane->stopping);
  write_head (writer, request, close_after);
  sent = send_answer (self, writer->head, request->response_body);
  pdg_http_router_count (server->router, route, request->status, request->start_usec);
  if (!sent || g_atomic_int_get (&self->gone))
    PDG_HTTP_COUNT (server->counters.clients_gone, 1);
  pdg_http_lane_end_request (self);
  if (!sent)
    return PDG_HTTP_LANE_CLOSE;
  self->close_after = close_after;
  return self->unsent != NULL ? PDG_HTTP_LANE_WRITE : PDG_HTTP_LANE_READ;
}

/* Leaves the request to whoever will have the answer. FALSE when that is known already. */
static gboolean
leave_request (PdgHttpLaneConnection *self, PdgHttpRequest *request)
{
  PdgHttpLane *lane = self->lane;

  request->plain = request->own_plain; /* the text will be another request's */
  g_mutex_lock (&lane->lock);
  self->left = request;
  g_mutex_unlock (&lane->lock);
  g_atomic_int_inc (&lane->n_left);
  if (g_atomic_int_compare_and_exchange (&request->left, PDG_HTTP_LEFT_NOT, PDG_HTTP_LEFT_WAITS))
    return TRUE;
  g_mutex_lock (&lane->lock);
  self->left = NULL;
  g_mutex_unlock (&lane->lock);
  g_atomic_int_add (&lane->n_left, -1);
  return FALSE;
}

/* Runs the request at the beginning of @text. */
static PdgHttpLaneResult
run_request (PdgHttpLaneThread *thread, PdgHttpLaneConnection *self, PdgHttpRoute *route, PdgHttpPlain *plain, const char *text, gsize len)
{
  PdgHttpServer *server = self->lane->server;
  g_autoptr (PdgHttpRequest) request = NULL;

  end_fields (plain, FALSE);
  request = pdg_http_request_new_plain (self, route, plain);
  if (route->may_wait != NULL && !route->may_wait (request, route->user_data))
    {
      pdg_http_request_cancel (request);
      end_fields (plain, TRUE);
      return pdg_http_lane_give (self, PDG_HTTP_HANDOVER_FRESH, text, len);
    }
  pdg_http_lane_begin_request (self);
  PDG_HTTP_COUNT (server->counters.bytes_in, plain->head_bytes + plain->body_bytes);
  if (server->filter != NULL)
    server->filter (request, server->filter_data);
  if (!request->answered && route->early != NULL)
    route->early (request, route->user_data);
  if (!request->answered)
    {
      request->body = g_bytes_new (text + plain->head_bytes, plain->body_bytes);
      route->handler (request, route->user_data);
    }
  if (request->deferred != NULL && !request->answered)
    {
      PdgHttpLaneSlot *slot = &thread->slots[thread->n_deferred++];

      slot->connection = self;
      slot->route = route;
      slot->request = g_steal_pointer (&request);
      return PDG_HTTP_LANE_DEFERRED;
    }
  if (route->leaves && leave_request (self, request))
    {
      thread->is_quick = TRUE;
      return PDG_HTTP_LANE_LEFT;
    }
  return finish_request (&thread->writer, self, route, request);
}

static PdgHttpRoute *
find_route (PdgHttpServer *server, const PdgHttpPlain *plain)
{
  return pdg_http_router_lookup_waiting (server->router, plain->is_post ? "POST" : "GET", plain->path, plain->path_len);
}

static PdgHttpPlainVerdict
read_request (PdgHttpLane *lane, PdgHttpPlain *plain, const char *text, gsize len, PdgHttpRoute **route)
{
  PdgHttpPlainVerdict verdict = pdg_http_plain_read (plain, text, len, lane->server->limits.max_header_bytes, PDG_HTTP_LANE_BODY_MAX);

  *route = NULL;
  if (plain->head_bytes == 0 || verdict == PDG_HTTP_PLAIN_OTHER)
    return verdict;
  *route = find_route (lane->server, plain);
  return *route != NULL && plain->body_bytes <= (*route)->max_body_bytes ? verdict : PDG_HTTP_PLAIN_OTHER;
}

gboolean
pdg_http_lane_wants (PdgHttpLane *lane, const char *text, gsize len)
{
  PdgHttpPlain plain;
  PdgHttpRoute *route;

  return read_request (lane, &plain, text, len, &route) != PDG_HTTP_PLAIN_OTHER && route != NULL;
}

gboolean
pdg_http_lane_cut_off (PdgHttpLaneConnection *self)
{
  static const char json[] = "{\"error\":\"the server is stopping: try again in a moment\"}";
  g_autoptr (GString) text = g_string_new ("HTTP/1.1 503 Service Unavailable\r\n");

  if (!self->begun)
    return FALSE;
  append_field (text, "Connection", "close");
  append_field (text, "Content-Type", "application/json");
  g_string_append_printf (text, "Content-Length: %u\r\n\r\n%s", (guint) strlen (json), json);
  send_answer (self, text, NULL);
  shutdown (self->fd, SHUT_WR);
  return TRUE;
}

/* --- a connection's turn ------------------------------------------------------------------------------------------ */

/* A part of a request waits for the rest, no longer than from when it began. */
static void
keep_rest (PdgHttpLaneConnection *self, PdgHttpRoute *reading, const char *text, gsize len)
{
  PdgHttpPhase phase = len == 0 ? PDG_HTTP_PHASE_IDLE : reading != NULL ? PDG_HTTP_PHASE_BODY : PDG_HTTP_PHASE_HEADERS;

  if (len > 0)
    {
      self->pending = g_byte_array_sized_new ((guint) len);
      g_byte_array_append (self->pending, (const guint8 *) text, (guint) len);
    }
  if (phase == PDG_HTTP_PHASE_IDLE || (int) phase != self->phase)
    pdg_http_lane_set_phase (self, phase, g_get_monotonic_time ());
  if (reading != NULL)
    pdg_http_lane_begin_request (self);
}

/* Whether all of @text is for the lane: what comes with something that libsoup may refuse is refused with it. */
static gboolean
is_all_plain (PdgHttpLane *lane, const char *text, gsize len)
{
  PdgHttpPlain plain;
  PdgHttpRoute *route;
  PdgHttpPlainVerdict verdict = PDG_HTTP_PLAIN_WHOLE;

  for (gsize done = 0; done < len && verdict == PDG_HTTP_PLAIN_WHOLE; done += plain.head_bytes + plain.body_bytes)
    verdict = read_request (lane, &plain, text + done, len - done, &route);
  return verdict != PDG_HTTP_PLAIN_OTHER;
}

/* What becomes of a connection whose requests are answered; @text: the part of another that follows. */
static PdgHttpLaneResult
end_answers (PdgHttpLaneConnection *self, const char *text, gsize len, gboolean is_due, gboolean at_end)
{
  if (self->unsent != NULL)
    {
      keep_rest (self, NULL, text, len);
      pdg_http_lane_set_phase (self, PDG_HTTP_PHASE_WRITE, g_get_monotonic_time ());
      return PDG_HTTP_LANE_WRITE;
    }
  if (self->close_after)
    return pdg_http_lane_give (self, PDG_HTTP_HANDOVER_LINGER, NULL, 0);
  if (len == 0 && (is_due || at_end))
    return PDG_HTTP_LANE_CLOSE;
  keep_rest (self, len > 0 ? self->reading : NULL, text, len);
  return PDG_HTTP_LANE_READ;
}

/* Whether the thread may run a request; FALSE when all others have been at work for long: then nothing waits for this one either. */
static gboolean
enter (PdgHttpLaneThread *thread)
{
  if (!thread->entered && !pdg_http_lane_enter (thread->lane))
    {
      pdg_http_lane_release (thread);
      return FALSE;
    }
  thread->entered = TRUE;
  return TRUE;
}

/* Answers what is there, one request after the other. */
static PdgHttpLaneResult
answer_all (PdgHttpLaneThread *thread, PdgHttpLaneConnection *self, PdgHttpLaneSlot *slot, gsize len, gboolean is_due, gboolean at_end)
{
  PdgHttpLane *lane = self->lane;
  PdgHttpPlain *plain = &slot->plain;
  gsize done = 0;

  while (done < len)
    {
      char *text = slot->text + done;
      PdgHttpRoute *route;
      PdgHttpPlainVerdict verdict = read_request (lane, plain, text, len - done, &route);
      gsize request_bytes = plain->head_bytes + plain->body_bytes;
      PdgHttpLaneResult result;

      if (verdict == PDG_HTTP_PLAIN_WHOLE && done == 0 && request_bytes < len && !is_all_plain (lane, text, len))
        verdict = PDG_HTTP_PLAIN_OTHER;
      self->reading = route;
      if (verdict == PDG_HTTP_PLAIN_MORE && (is_due || at_end))
        return pdg_http_lane_give (self, is_due ? PDG_HTTP_HANDOVER_DUE : PDG_HTTP_HANDOVER_FRESH, text, len - done);
      if (verdict == PDG_HTTP_PLAIN_MORE)
        break;
      if (verdict == PDG_HTTP_PLAIN_OTHER || (g_atomic_int_get (&lane->stopping) && !self->begun))
        return pdg_http_lane_give (self, PDG_HTTP_HANDOVER_FRESH, text, len - done);
      __atomic_store_n (&self->phase, PDG_HTTP_PHASE_WORK, __ATOMIC_RELAXED);
      if (!enter (thread))
        return pdg_http_lane_give (self, PDG_HTTP_HANDOVER_FRESH, text, len - done);
      thread->is_last = done + request_bytes == len && !is_due && !at_end;
      if (route->leaves && !thread->is_last)
        return pdg_http_lane_give (self, PDG_HTTP_HANDOVER_FRESH, text, len - done);
      result = run_request (thread, self, route, plain, text, len - done);
      if (result == PDG_HTTP_LANE_CLOSE || result == PDG_HTTP_LANE_GIVEN || result == PDG_HTTP_LANE_DEFERRED
          || result == PDG_HTTP_LANE_LEFT)
        return result;
      done += request_bytes;
      if (result == PDG_HTTP_LANE_WRITE || self->close_after)
        break;
    }
  return end_answers (self, slot->text + done, len - done, is_due, at_end);
}

static void
writer_free (gpointer data)
{
  PdgHttpLaneWriter *writer = data;

  g_string_free (writer->head, TRUE);
  g_free (writer->date);
  g_free (writer);
}

/* Of a thread that is none of the lane's: it mostly answers many requests in a row. */
static PdgHttpLaneWriter *
get_own_writer (void)
{
  static GPrivate own = G_PRIVATE_INIT (writer_free);
  PdgHttpLaneWriter *writer = g_private_get (&own);

  if (writer == NULL)
    {
      writer = g_new0 (PdgHttpLaneWriter, 1);
      writer->head = g_string_sized_new (512);
      writer->date_sec = -1;
      g_private_set (&own, writer);
    }
  return writer;
}

/* The thread that ran the request still has it, and sees the answer; or it left it, and the connection's turn is this one's now. */
void
pdg_http_lane_answer_left (PdgHttpRequest *request)
{
  PdgHttpLaneConnection *connection = request->lane;
  PdgHttpLaneResult result;
  PdgHttpLane *lane;

  if (g_atomic_int_compare_and_exchange (&request->left, PDG_HTTP_LEFT_NOT, PDG_HTTP_LEFT_ANSWERED)
      || !g_atomic_int_compare_and_exchange (&request->left, PDG_HTTP_LEFT_WAITS, PDG_HTTP_LEFT_ANSWERED))
    return;
  lane = connection->lane;
  g_mutex_lock (&lane->lock);
  connection->left = NULL;
  g_mutex_unlock (&lane->lock);
  result = finish_request (get_own_writer (), connection, connection->reading, request);
  if (result != PDG_HTTP_LANE_CLOSE)
    result = end_answers (connection, NULL, 0, FALSE, FALSE);
  pdg_http_lane_end_turn (lane, connection, result);
  g_atomic_int_add (&lane->n_left, -1);
}

void
pdg_http_lane_abandon_left (PdgHttpLane *lane)
{
  GHashTableIter iter;
  gpointer value;

  g_mutex_lock (&lane->lock);
  g_hash_table_iter_init (&iter, lane->connections);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      PdgHttpLaneConnection *connection = value;

      if (connection->left == NULL
          || !g_atomic_int_compare_and_exchange (&connection->left->left, PDG_HTTP_LEFT_WAITS, PDG_HTTP_LEFT_GONE))
        continue;
      connection->left = NULL;
      g_atomic_int_add (&lane->n_left, -1);
    }
  g_mutex_unlock (&lane->lock);
  while (g_atomic_int_get (&lane->n_left) > 0)
    g_usleep (200);
}

/* The deferred requests of one route, the first's. */
static guint
answer_together (PdgHttpLaneThread *thread, guint first)
{
  PdgHttpRoute *route = thread->slots[first].route;
  gpointer deferred[PDG_HTTP_LANE_TOGETHER];
  guint n = 0;

  for (guint i = first; i < thread->n_deferred && thread->slots[i].route == route; i++)
    deferred[n++] = thread->slots[i].request->deferred;
  route->together (deferred, n, route->user_data);
  return n;
}

void
pdg_http_lane_answer_deferred (PdgHttpLaneThread *thread)
{
  guint n = thread->n_deferred;

  for (guint done = 0; done < n;)
    done += answer_together (thread, done);
  thread->n_deferred = 0;
  for (guint i = 0; i < n; i++)
    {
      PdgHttpLaneSlot *slot = &thread->slots[i];
      PdgHttpLaneConnection *connection = slot->connection;
      g_autoptr (PdgHttpRequest) request = g_steal_pointer (&slot->request);
      PdgHttpLaneResult result = finish_request (&thread->writer, connection, slot->route, request);

      if (result != PDG_HTTP_LANE_CLOSE)
        result = end_answers (connection, NULL, 0, FALSE, FALSE);
      pdg_http_lane_end_turn (thread->lane, connection, result);
    }
}

gboolean
pdg_http_request_may_defer (PdgHttpRequest *self)
{
  PdgHttpLaneThread *thread = self->lane != NULL ? self->lane->thread : NULL;

  return thread != NULL && thread->is_last && (thread->n_deferred > 0 || thread->n_taken < thread->n_events);
}

gpointer
pdg_http_request_get_deferred_before (PdgHttpRequest *self)
{
  PdgHttpLaneThread *thread = self->lane != NULL ? self->lane->thread : NULL;

  return thread != NULL && thread->n_deferred > 0 ? thread->slots[thread->n_deferred - 1].request->deferred : NULL;
}

void
pdg_http_request_expect_others (PdgHttpRequest *self)
{
  if (self->lane != NULL)
    self->lane->thread->is_quick = TRUE;
}

void
pdg_http_request_defer (PdgHttpRequest *self, gpointer data)
{
  g_return_if_fail (data != NULL && self->lane != NULL);

  self->deferred = data;
  pdg_http_request_expect_others (self);
}

void
pdg_http_request_begin_wait (PdgHttpRequest *self)
{
  PdgHttpLaneThread *thread = self->lane != NULL ? self->lane->thread : NULL;

  if (thread == NULL)
    return;
  pdg_http_lane_release (thread);
  pdg_http_lane_answer_deferred (thread);
}

/* The last answer was not taken at once. */
static PdgHttpLaneResult
go_on_writing (PdgHttpLaneConnection *self, gboolean is_due)
{
  PdgHttpServer *server = self->lane->server;

  if (is_due)
    PDG_HTTP_COUNT (server->counters.deadlines_missed, 1);
  else if (send_rest (self))
    return self->unsent != NULL ? PDG_HTTP_LANE_WRITE : PDG_HTTP_LANE_READ;
  else
    PDG_HTTP_COUNT (server->counters.clients_gone, 1);
  return PDG_HTTP_LANE_CLOSE;
}

/* As recv(); a full buffer holds a whole request, and the rest stays in the socket. */
static gssize
receive (PdgHttpLaneThread *thread, PdgHttpLaneConnection *self, char *text, gsize len)
{
  gssize n;

  if (len == thread->text_bytes)
    {
      errno = EAGAIN;
      return -1;
    }
  do
    n = recv (self->fd, text + len, thread->text_bytes - len, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  return n;
}

PdgHttpLaneResult
pdg_http_lane_serve (PdgHttpLaneThread *thread, PdgHttpLaneConnection *self, gboolean is_due)
{
  PdgHttpLaneSlot *slot = &thread->slots[thread->n_deferred];
  gsize len = 0;
  gssize n;

  thread->is_quick = FALSE;
  if (slot->text == NULL)
    slot->text = g_malloc (thread->text_bytes);
  if (self->unsent != NULL)
    {
      PdgHttpLaneResult result = go_on_writing (self, is_due);

      if (result != PDG_HTTP_LANE_READ)
        return result;
    }
  if (self->pending != NULL)
    {
      len = self->pending->len;
      memcpy (slot->text, self->pending->data, len);
      g_clear_pointer (&self->pending, g_byte_array_unref);
    }
  n = receive (thread, self, slot->text, len);
  if (n < 0 && errno != EAGAIN)
    return PDG_HTTP_LANE_CLOSE;
  if (self->close_after)
    return pdg_http_lane_give (self, PDG_HTTP_HANDOVER_LINGER, NULL, 0);
  return answer_all (thread, self, slot, len + (gsize) MAX (n, 0), is_due, n == 0);
}
