#include "config.h"
#include "ingest-load.h"
#include "pdg-system.h"

#include "base/pdg-clock.h"
#include "codec/pdg-event-json.h"
#include "service/pdg-ingest-private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Events a second through the real server, at four sizes of request, beside the limit: COPY BINARY of rows of the same
 * events (encoded beforehand, sorted, 5,000 a statement, one stream) by the owner into the same table. Both alternate in
 * one run; the figures are medians. What the server and PostgreSQL spend on an event is CPU time, which a busy machine
 * disturbs less. BENCH_RUN: events in a row from one session; BENCH_ROUNDS; BENCH_SECONDS of each measurement; BENCH_BATCH:
 * this size alone. */

#define N_CONNECTIONS 64
#define MAX_ROUNDS 32
#define COPY_ROWS 5000
#define COPY_STATEMENTS 16
#define COPY_PIECE_BYTES (64 * 1024)
#define MAX_EVENTS 400000
#define WARM_UP_EVENTS 120000

static const guint batches[] = { 1000, 100, 10, 1 };

typedef struct
{
  PdgProgram *server;
  char *dir;
  char *owner_uri;
  guint16 port;
  IngestLoad *load;
  PdgDbConn *conn; /* of the owner */
  PdgIngestMemory *memory;
  PdgPrincipal *principal;
} Bench;

typedef struct
{
  double rates[MAX_ROUNDS], ratios[MAX_ROUNDS], p50_ms[MAX_ROUNDS], p99_ms[MAX_ROUNDS], server_us[MAX_ROUNDS], postgres_us[MAX_ROUNDS];
} Figures;

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
median (double *values, guint n)
{
  qsort (values, n, sizeof *values, compare_doubles);
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static gint64
read_number (const char *variable, gint64 fallback)
{
  const char *text = g_getenv (variable);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : fallback;
}

static gboolean
is_wanted (guint batch)
{
  return read_number ("BENCH_BATCH", batch) == batch;
}

static void
setup (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) sql = g_string_new ("INSERT INTO project (org_id, id, name) VALUES ");

  bench->dir = pdg_system_make_dir ();
  bench->port = pdg_system_find_port ();
  bench->server = pdg_program_serve (bench->dir, bench->port, (const char *[]) { "G_DEBUG", NULL });
  pdg_system_wait_ready (bench->server, bench->port, 200);
  bench->owner_uri = pdg_system_dup_owner_uri (bench->dir);
  for (guint i = 0; i < INGEST_LOAD_PROJECTS; i++)
    {
      g_autofree char *project = ingest_load_dup_project (i);

      g_string_append_printf (sql, "%s(1, '%s', '%s')", i > 0 ? ", " : "", project, project);
    }
  pdg_system_exec (bench->owner_uri, sql->str);
  bench->load = ingest_load_new ((guint) read_number ("BENCH_RUN", 1));
  bench->conn = pdg_db_conn_open (bench->owner_uri, NULL, "productgraph bench", &error);
  g_assert_no_error (error);
  bench->memory = pdg_ingest_memory_new ();
  bench->principal = pdg_principal_new ("00000000-0000-0000-0000-000000000000", 1, PDG_ROLE_ADMIN, 0, "bench");
}

static void
teardown (Bench *bench)
{
  pdg_ingest_memory_free (bench->memory);
  pdg_principal_unref (bench->principal);
  pdg_db_conn_free (bench->conn);
  ingest_load_free (bench->load);
  pdg_program_free (bench->server);
  g_free (bench->owner_uri);
  g_free (bench->dir);
}

static void
add_optional (PdgDbCopyBuffer *buffer, PdgSlice slice, gboolean wanted)
{
  pdg_db_copy_buffer_add_text (buffer, wanted ? slice.data : NULL, slice.len);
}

/* As the store writes them; ids that are UUIDs are the key alone. */
static void
encode_row (PdgDbCopyBuffer *buffer, const PdgEventRow *row)
{
  const PdgEvent *event = row->event;

  pdg_db_copy_buffer_begin_row (buffer, 17);
  pdg_db_copy_buffer_add_timestamptz (buffer, event->timestamp_usec);
  pdg_db_copy_buffer_add_timestamptz (buffer, row->received_usec);
  pdg_db_copy_buffer_add_int4 (buffer, row->org_no);
  pdg_db_copy_buffer_add_int4 (buffer, row->project_no);
  pdg_db_copy_buffer_add_int4 (buffer, row->session_no);
  pdg_db_copy_buffer_add_int4 (buffer, row->actor_no);
  pdg_db_copy_buffer_add_int4 (buffer, row->term_no);
  if (row->release_no > 0)
    pdg_db_copy_buffer_add_int4 (buffer, row->release_no);
  else
    pdg_db_copy_buffer_add_null (buffer);
  pdg_db_copy_buffer_add_int4 (buffer, event->sequence);
  pdg_db_copy_buffer_add_int2 (buffer, (gint16) event->flags);
  pdg_db_copy_buffer_add_uuid (buffer, event->event_key);
  pdg_db_copy_buffer_add_null (buffer);
  add_optional (buffer, event->page_path, row->has_page_path);
  add_optional (buffer, event->page_title, TRUE);
  add_optional (buffer, event->anonymous, row->has_anonymous);
  add_optional (buffer, event->data, TRUE);
  pdg_db_copy_buffer_add_int4 (buffer, event->payload_hash);
}

/* One statement's worth of rows, numbered and sorted by the writer's own code. */
static PdgDbCopyBuffer *
prepare_rows (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = ingest_load_make_body (bench->load, COPY_ROWS);
  PdgEventJsonLimits limits = PDG_EVENT_JSON_LIMITS_DEFAULT;
  PdgIngestRequest request = { .principal = bench->principal };
  PdgIngestRequest *requests[] = { &request };
  g_autoptr (PdgFlush) flush = NULL;
  PdgDbCopyBuffer *buffer = pdg_db_copy_buffer_new (4 * 1024 * 1024);

  limits.max_events = COPY_ROWS;
  request.batch = pdg_event_json_parse (body, pdg_clock_now_usec (), &limits, &error);
  g_assert_no_error (error);
  request.issues = g_array_new (FALSE, FALSE, sizeof (PdgEventIssue));
  request.texts = g_ptr_array_new_with_free_func (g_free);
  request.conflicts = g_array_new (FALSE, FALSE, sizeof (PdgIngestConflict));
  flush = pdg_flush_new (bench->memory, bench->conn, TRUE, requests, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (flush->rows->len, ==, COPY_ROWS);
  pdg_db_copy_buffer_add_header (buffer);
  for (guint i = 0; i < flush->rows->len; i++)
    encode_row (buffer, &g_array_index (flush->rows, PdgEventRow, i));
  pdg_db_copy_buffer_add_trailer (buffer);
  pdg_event_batch_unref (request.batch);
  g_array_unref (request.issues);
  g_ptr_array_unref (request.texts);
  g_array_unref (request.conflicts);
  return buffer;
}

static void
copy_rows (Bench *bench, PdgDbCopyBuffer *buffer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (bench->conn, &error);
  const guint8 *data = pdg_db_copy_buffer_get_data (buffer);
  gsize len = pdg_db_copy_buffer_get_length (buffer);
  gint64 n_rows = 0;

  g_assert_no_error (error);
  pdg_db_tx_copy_begin (tx, "COPY event (ts, received_at, org_id, project_id, session_no, actor_no, term_no, release_no, seq, flags,"
                            " event_key, event_id, page_path, page_title, anonymous_id, data, payload_hash) FROM STDIN BINARY", &error);
  for (gsize at = 0; error == NULL && at < len; at += COPY_PIECE_BYTES)
    pdg_db_tx_copy_put (tx, data + at, MIN (COPY_PIECE_BYTES, len - at), &error);
  g_assert_no_error (error);
  pdg_db_tx_copy_end (tx, &n_rows, &error);
  g_assert_no_error (error);
  g_assert_cmpint (n_rows, ==, COPY_ROWS);
  pdg_db_tx_commit (tx, &error);
  g_assert_no_error (error);
}

/* CPU time of a process so far: fields 14 and 15 of /proc/PID/stat. */
static double
read_cpu_usec (const char *pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/stat", pid);
  g_autofree char *text = NULL;
  unsigned long user = 0, system = 0;
  const char *rest;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (rest = strrchr (text, ')')) == NULL
      || sscanf (rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
    return 0;
  return (double) (user + system) * 1e6 / (double) sysconf (_SC_CLK_TCK);
}

static double
read_server_usec (Bench *bench)
{
  g_autofree char *pid = g_strdup_printf ("%d", pdg_program_get_pid (bench->server));

  return read_cpu_usec (pid);
}

static double
read_postgres_usec (Bench *bench)
{
  g_autofree char *cluster = pdg_system_find_cluster (bench->dir);
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *name;
  double sum = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *link = g_strdup_printf ("/proc/%s/cwd", name);
      g_autofree char *folder = g_ascii_isdigit (name[0]) ? g_file_read_link (link, NULL) : NULL;

      if (folder != NULL && strcmp (folder, cluster) == 0)
        sum += read_cpu_usec (name);
    }
  return sum;
}

/* Rows a second. */
static double
measure_limit (Bench *bench, double *postgres_us)
{
  PdgDbCopyBuffer *buffers[COPY_STATEMENTS];
  gint64 began, took;
  double cpu;

  for (guint i = 0; i < COPY_STATEMENTS; i++)
    buffers[i] = prepare_rows (bench);
  cpu = read_postgres_usec (bench);
  began = g_get_monotonic_time ();
  for (guint i = 0; i < COPY_STATEMENTS; i++)
    copy_rows (bench, buffers[i]);
  took = g_get_monotonic_time () - began;
  *postgres_us = (read_postgres_usec (bench) - cpu) / (COPY_ROWS * COPY_STATEMENTS);
  for (guint i = 0; i < COPY_STATEMENTS; i++)
    pdg_db_copy_buffer_free (buffers[i]);
  return COPY_ROWS * COPY_STATEMENTS * 1e6 / (double) took;
}

static double
measure_server (Bench *bench, guint batch, Figures *figures, guint round)
{
  IngestLoadResult result;
  double server = read_server_usec (bench), postgres = read_postgres_usec (bench);

  ingest_load_run (bench->load, bench->port, N_CONNECTIONS, batch, read_number ("BENCH_SECONDS", 3) * G_USEC_PER_SEC, MAX_EVENTS, &result);
  figures->rates[round] = (double) result.n_events * 1e6 / (double) result.usec;
  figures->p50_ms[round] = (double) result.p50_usec / 1000;
  figures->p99_ms[round] = (double) result.p99_usec / 1000;
  figures->server_us[round] = (read_server_usec (bench) - server) / (double) result.n_events;
  figures->postgres_us[round] = (read_postgres_usec (bench) - postgres) / (double) result.n_events;
  return figures->rates[round];
}

int
main (int argc, char *argv[])
{
  Bench bench = { 0 };
  Figures figures[G_N_ELEMENTS (batches)] = { 0 };
  double limits[MAX_ROUNDS], limit_us[MAX_ROUNDS];
  guint n_rounds, n_limits = 0;
  IngestLoadResult warm;

  pdg_system_init (&argc, &argv);
  n_rounds = (guint) CLAMP (read_number ("BENCH_ROUNDS", 3), 1, (gint64) (MAX_ROUNDS / G_N_ELEMENTS (batches)));
  setup (&bench);
  ingest_load_run (bench.load, bench.port, N_CONNECTIONS, 500, 60 * G_USEC_PER_SEC, WARM_UP_EVENTS, &warm);
  measure_limit (&bench, &limit_us[0]);
  for (guint round = 0; round < n_rounds; round++)
    for (guint b = 0; b < G_N_ELEMENTS (batches); b++)
      {
        double limit;

        if (!is_wanted (batches[b]))
          continue;
        limit = limits[n_limits] = measure_limit (&bench, &limit_us[n_limits]);
        n_limits++;
        figures[b].ratios[round] = measure_server (&bench, batches[b], &figures[b], round) / limit;
      }
  g_assert_cmpint (pdg_system_query (bench.owner_uri, "SELECT count(*) - count(DISTINCT event_key) FROM event"), ==, 0);
  g_print ("ingest-copy-limit %.0f events/s 1.00 of COPY BINARY of the same rows (PostgreSQL %.1f us of CPU an event)\n",
           median (limits, n_limits), median (limit_us, n_limits));
  for (guint b = 0; b < G_N_ELEMENTS (batches); b++)
    if (is_wanted (batches[b]))
      g_print ("ingest-batch-%u %.0f events/s %.3f of ingest-copy-limit (p50 %.1f ms, p99 %.1f ms; CPU an event: server %.1f us, PostgreSQL %.1f us)\n",
               batches[b], median (figures[b].rates, n_rounds), median (figures[b].ratios, n_rounds), median (figures[b].p50_ms, n_rounds),
               median (figures[b].p99_ms, n_rounds), median (figures[b].server_us, n_rounds), median (figures[b].postgres_us, n_rounds));
  teardown (&bench);
  return 0;
}
