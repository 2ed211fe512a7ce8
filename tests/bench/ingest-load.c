#include "config.h"
#include "ingest-load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_CONTENTS 256
#define ANSWER_BYTES 1024
#define DEADLINE_USEC (60 * G_USEC_PER_SEC)
#define SETTLE_USEC (G_USEC_PER_SEC / 4) /* answers come in flights: so the steady time does not begin with the end of one */

struct _IngestLoad
{
  char *heads[INGEST_LOAD_SESSIONS]; /* project, session and user */
  char *contents[N_CONTENTS];
  guint64 state[2];
  guint run;
  guint left; /* of the run */
  guint session;
};

typedef struct
{
  int fd;
  GString *request;
  gsize sent;
  char answer[ANSWER_BYTES];
  gsize received;
  gint64 began_usec;
  gint64 sent_usec;
  gint64 again_usec; /* when to send the same again; 0 = no */
  gboolean busy;
  gboolean is_answered; /* at least once */
} Connection;

/* xorshift128+ (S. Vigna): a random number for each hexadecimal digit of an id has to cost nothing here. */
static guint64
next_random (IngestLoad *load)
{
  guint64 a = load->state[0];
  const guint64 b = load->state[1];

  load->state[0] = b;
  a ^= a << 23;
  load->state[1] = a ^ b ^ (a >> 17) ^ (b >> 26);
  return load->state[1] + b;
}

static char *
make_content (guint i)
{
  static const char *const types[] = { "page.view", "ui.click", "state.change", "api.response" };
  static const char *const pages[] = { "/", "/cart", "/checkout", "/search", "/account/orders", "/help", "/category/shoes", "/offers" };
  GString *json = g_string_new (NULL);
  const char *page = pages[i / 4 % G_N_ELEMENTS (pages)];

  g_string_append_printf (json, ",\"event.type\":\"%s\",\"page.path\":\"%s\",\"page.title\":\"The shop: a page of it\",\"event.sequence\":%u",
                          types[i % 4], page, i % 40);
  switch (i % 4)
    {
    case 1:
      g_string_append (json, ",\"ui.component.name\":\"AddToCartButton\",\"ui.component.path\":\"ProductPage/ProductCard/AddToCartButton\"");
      break;
    case 2:
      g_string_append (json, ",\"ui.state.key\":\"cart\",\"ui.state.before\":\"{\\\"items\\\":2,\\\"total\\\":38.5}\","
                             "\"ui.state.after\":\"{\\\"items\\\":3,\\\"total\\\":57.75}\"");
      break;
    case 3:
      g_string_append_printf (json, ",\"api.method\":\"POST\",\"api.path\":\"/api/cart\",\"api.status_code\":%u,\"api.duration_ms\":%u",
                              i % 20 == 3 ? 503 : 200, i % 900);
      break;
    default:
      g_string_append_printf (json, ",\"gen_ai.journey.id\":\"checkout\",\"gen_ai.journey.step.id\":\"step-%u\"", i % 5);
      break;
    }
  if (i % 8 != 7)
    g_string_append_printf (json, ",\"metadata\":{\"experiment\":\"checkout-b\",\"price\":%u.50,\"tags\":[\"sale\",\"winter\"],"
                                  "\"user_agent\":\"Mozilla/5.0 (X11; Linux x86_64)\"}", i % 400);
  if (i % 2 == 0)
    g_string_append_printf (json, ",\"page.url\":\"https://shop.example%s?step=%u\",\"app.version\":\"2.%u.0\"", page, i % 5, i % 3);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

char *
ingest_load_dup_project (guint i)
{
  return g_strdup_printf ("bench_%02u", i);
}

IngestLoad *
ingest_load_new (guint run)
{
  IngestLoad *load = g_new0 (IngestLoad, 1);

  load->run = run;
  load->state[0] = (guint64) g_get_real_time () << 20 ^ (guint64) getpid ();
  load->state[1] = (guint64) g_random_int () << 32 | g_random_int ();
  for (guint i = 0; i < INGEST_LOAD_SESSIONS; i++)
    {
      g_autofree char *project = ingest_load_dup_project (i % INGEST_LOAD_PROJECTS);

      load->heads[i] = g_strdup_printf ("\"project_id\":\"%s\",\"session.id\":\"sess_%016x\",\"user.id\":\"user_%05u\",\"event.timestamp\":\"",
                                        project, i, i / 2);
    }
  for (guint i = 0; i < N_CONTENTS; i++)
    load->contents[i] = make_content (i);
  return load;
}

void
ingest_load_free (IngestLoad *load)
{
  if (load == NULL)
    return;
  for (guint i = 0; i < INGEST_LOAD_SESSIONS; i++)
    g_free (load->heads[i]);
  for (guint i = 0; i < N_CONTENTS; i++)
    g_free (load->contents[i]);
  g_free (load);
}

static void
append_id (IngestLoad *load, GString *out)
{
  static const char digits[] = "0123456789abcdef";
  guint64 bits[2] = { next_random (load), next_random (load) };
  char id[37];
  guint n = 0;

  for (guint i = 0; i < 36; i++)
    id[i] = i == 8 || i == 13 || i == 18 || i == 23 ? '-' : digits[bits[n / 16] >> (n % 16 * 4) & 15], n += id[i] != '-';
  g_string_append_len (out, id, 36);
}

static void
append_body (IngestLoad *load, GString *out, guint n)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S.");

  g_string_append (out, "{\"events\":[");
  for (guint i = 0; i < n; i++)
    {
      char millis[8];
      guint64 random = next_random (load);

      if (load->left == 0)
        {
          load->session = (guint) (random >> 32) % INGEST_LOAD_SESSIONS;
          load->left = load->run;
        }
      load->left--;
      g_string_append (out, i > 0 ? ",{\"event_id\":\"" : "{\"event_id\":\"");
      append_id (load, out);
      g_string_append (out, "\",");
      g_string_append (out, load->heads[load->session]);
      g_string_append (out, stamp);
      random &= 1023;
      millis[0] = (char) ('0' + random / 100 % 10);
      millis[1] = (char) ('0' + random / 10 % 10);
      millis[2] = (char) ('0' + random % 10);
      memcpy (millis + 3, "Z\"", 3);
      g_string_append (out, millis);
      g_string_append (out, load->contents[next_random (load) % N_CONTENTS]);
    }
  g_string_append (out, "]}");
}

GBytes *
ingest_load_make_body (IngestLoad *load, guint n)
{
  GString *body = g_string_new (NULL);

  append_body (load, body, n);
  return g_string_free_to_bytes (body);
}

static void
open_connection (Connection *connection, guint16 port, int epoll_fd)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK), .sin_port = htons (port) };
  struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = connection };
  int on = 1;

  connection->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect (connection->fd, (struct sockaddr *) &address, sizeof address) != 0)
    g_error ("cannot connect to port %u: %s", port, g_strerror (errno));
  setsockopt (connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  epoll_ctl (epoll_fd, EPOLL_CTL_ADD, connection->fd, &event);
  connection->request = g_string_new (NULL);
}

static void
push (Connection *connection)
{
  while (connection->sent < connection->request->len)
    {
      ssize_t n = send (connection->fd, connection->request->str + connection->sent, connection->request->len - connection->sent,
                        MSG_DONTWAIT | MSG_NOSIGNAL);

      if (n < 0 && errno == EAGAIN)
        return;
      if (n <= 0)
        g_error ("a connection broke while sending");
      connection->sent += (gsize) n;
      connection->sent_usec = g_get_monotonic_time ();
    }
}

static void
send_request (Connection *connection)
{
  connection->sent = 0;
  connection->received = 0;
  connection->again_usec = 0;
  connection->busy = TRUE;
  connection->began_usec = g_get_monotonic_time ();
  push (connection);
}

static void
begin_request (IngestLoad *load, Connection *connection, GString *scratch, guint n_batch)
{
  g_string_truncate (scratch, 0);
  append_body (load, scratch, n_batch);
  g_string_printf (connection->request, "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                        "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n", scratch->len);
  g_string_append_len (connection->request, scratch->str, (gssize) scratch->len);
  send_request (connection);
}

typedef enum
{
  ANSWER_PART,
  ANSWER_STORED,
  ANSWER_REFUSED,
} Answer;

/* Anything but a full 202 or, where it is allowed, a proper 503 ends the program. */
static Answer
pull (Connection *connection, guint n_batch, gboolean may_refuse)
{
  g_autofree char *wanted = NULL;
  const char *body, *length;

  for (;;)
    {
      ssize_t n = recv (connection->fd, connection->answer + connection->received, ANSWER_BYTES - 1 - connection->received, MSG_DONTWAIT);

      if (n < 0 && errno == EAGAIN)
        break;
      if (n <= 0)
        g_error ("a connection broke while receiving");
      connection->received += (gsize) n;
    }
  connection->answer[connection->received] = '\0';
  body = strstr (connection->answer, "\r\n\r\n");
  if (body == NULL)
    return ANSWER_PART;
  length = strcasestr (connection->answer, "content-length:");
  if (length == NULL || strlen (body + 4) < (gsize) atoi (length + 15))
    return ANSWER_PART;
  if (may_refuse && strncmp (connection->answer, "HTTP/1.1 503", 12) == 0 && strcasestr (connection->answer, "retry-after:") != NULL)
    return ANSWER_REFUSED;
  wanted = g_strdup_printf ("{\"accepted\":%u,\"rejected\":0,", n_batch);
  if (strncmp (connection->answer, "HTTP/1.1 202", 12) != 0 || strstr (body, wanted) == NULL)
    g_error ("unexpected answer: %s", connection->answer);
  return ANSWER_STORED;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  const gint64 *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

static gint64
percentile (GArray *times, guint percent)
{
  if (times->len == 0)
    return 0;
  g_array_sort (times, compare_times);
  return g_array_index (times, gint64, (guint64) times->len * percent / 100);
}

typedef struct
{
  IngestLoad *load;
  const IngestLoadOptions *options;
  Connection *connections;
  GString *scratch;
  GArray *stored, *refused; /* gint64: how long each took */
  guint n_busy, n_unanswered; /* connections */
  guint64 n_sent, n_steady; /* events, requests */
  gint64 steady_from_usec; /* 0 = not yet */
  gint64 end_usec;
} Run;

/* Begins the steady time once all connections have had an answer, and counts what is answered in it. */
static void
count_answer (Run *run, Connection *connection, gint64 now)
{
  if (run->options->steady_usec == 0)
    return;
  run->n_unanswered -= !connection->is_answered;
  connection->is_answered = TRUE;
  run->n_steady += run->steady_from_usec > 0 && now > run->steady_from_usec && now <= run->end_usec;
  if (run->n_unanswered > 0 || run->steady_from_usec > 0)
    return;
  run->steady_from_usec = now + SETTLE_USEC;
  run->end_usec = run->steady_from_usec + run->options->steady_usec;
}

static void
take_answer (Run *run, Connection *connection)
{
  Answer answer = pull (connection, run->options->n_batch, run->options->backoff_usec > 0);
  gint64 now = g_get_monotonic_time ();
  gint64 took = now - (answer == ANSWER_STORED ? connection->began_usec : connection->sent_usec);

  if (answer == ANSWER_PART)
    return;
  if (answer == ANSWER_STORED)
    count_answer (run, connection, now);
  g_array_append_val (answer == ANSWER_STORED ? run->stored : run->refused, took);
  connection->busy = FALSE;
  if (now >= run->end_usec || (answer == ANSWER_STORED && run->n_sent >= run->options->max_events))
    run->n_busy--;
  else if (answer == ANSWER_REFUSED)
    connection->again_usec = now + run->options->backoff_usec;
  else
    {
      begin_request (run->load, connection, run->scratch, run->options->n_batch);
      run->n_sent += run->options->n_batch;
    }
}

static void
send_again (Run *run)
{
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < run->options->n_connections; i++)
    {
      Connection *connection = &run->connections[i];

      if (connection->again_usec == 0 || connection->again_usec > now)
        continue;
      if (now < run->end_usec)
        send_request (connection);
      else
        run->n_busy--;
      connection->again_usec = 0;
    }
}

void
ingest_load_run (IngestLoad *load, guint16 port, const IngestLoadOptions *options, IngestLoadResult *result)
{
  g_autofree Connection *connections = g_new0 (Connection, options->n_connections);
  g_autoptr (GArray) stored = g_array_new (FALSE, FALSE, sizeof (gint64)), refused = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GString) scratch = g_string_new (NULL);
  int epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  gint64 began = g_get_monotonic_time ();
  Run run = {
    .load = load, .options = options, .connections = connections, .scratch = scratch, .stored = stored, .refused = refused,
    .n_busy = options->n_connections, .n_unanswered = options->n_connections, .n_sent = (guint64) options->n_connections * options->n_batch,
    .end_usec = began + (options->steady_usec > 0 ? DEADLINE_USEC : options->usec),
  };

  for (guint i = 0; i < options->n_connections; i++)
    {
      open_connection (&connections[i], port, epoll_fd);
      begin_request (load, &connections[i], scratch, options->n_batch);
    }
  while (run.n_busy > 0)
    {
      struct epoll_event events[64];
      int n = epoll_wait (epoll_fd, events, G_N_ELEMENTS (events), options->backoff_usec > 0 ? 10 : 1000);

      if (g_get_monotonic_time () > run.end_usec + DEADLINE_USEC)
        g_error ("%u requests were never answered", run.n_busy);
      for (int i = 0; i < n; i++)
        {
          Connection *connection = events[i].data.ptr;

          if (!connection->busy)
            continue;
          push (connection);
          take_answer (&run, connection);
        }
      if (options->backoff_usec > 0)
        send_again (&run);
    }
  if (options->steady_usec > 0 && (run.steady_from_usec == 0 || run.n_sent >= options->max_events))
    g_error ("there was no steady time of %u connections", options->n_connections);
  result->usec = g_get_monotonic_time () - began;
  result->n_events = (guint64) stored->len * options->n_batch;
  result->n_steady_events = run.n_steady * options->n_batch;
  result->steady_usec = options->steady_usec;
  result->p50_usec = percentile (stored, 50);
  result->p99_usec = percentile (stored, 99);
  result->n_refused = refused->len;
  result->refused_p99_usec = percentile (refused, 99);
  for (guint i = 0; i < options->n_connections; i++)
    {
      close (connections[i].fd);
      g_string_free (connections[i].request, TRUE);
    }
  close (epoll_fd);
}
