#include "config.h"
#include "ingest-load.h"
#include "ingest-peers.h"
#include "pdg-system.h"

#include "base/pdg-clock.h"
#include "codec/pdg-event-json.h"
#include "service/pdg-ingest-private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Events a second through the real server, at four sizes of request and three numbers of connections, beside the limit: COPY BINARY of
 * rows of the same events (encoded beforehand, sorted, 5,000 a statement, one stream) by the owner into the same table; and beside
 * what others do: one INSERT an event, and a collector of Node, fastify and pg. All take turns in one run; the figures are medians of
 * the rounds, and a ratio is that of one turn with the mean of the limit right before and right after it, or of Node with ours right
 * before. What the server and PostgreSQL spend on an event is CPU time, which a busy machine disturbs less. The program fails below the
 * targets.
 *
 * The rate of a server is that of the steady time, alike for ours and for Node's: 64 connections have up to 64,000 events under way, half a
 * second's worth, in which a run of two seconds fills and in the end empties the server, while COPY, which is sent nothing ahead, is
 * measured without. The figure of all of the time, from the first connection to the last answer, is printed beside it.
 *
 * Each event of a request is of the session of the one before it until that has had ten in a row, as SDKs send them: what they gather is of
 * one session. BENCH_RUN: so many in a row; with 1 each event is of any of the 24,000 sessions, and each of them is added to anew.
 * BENCH_ROUNDS; BENCH_SECONDS of steady time of each measurement; BENCH_BATCH: this size alone; BENCH_PEERS=0: without the others;
 * BENCH_FEW=0: not with fewer connections. */

#define N_CONNECTIONS 64 /* of the measurements that decide */
#define MAX_ROUNDS 128 /* of one thing that is measured */
#define COPY_ROWS 5000
#define COPY_STATEMENTS 40
#define COPY_PIECE_BYTES (64 * 1024)
#define DEFAULT_RUN 10
#define WARM_UP_RUNS 120000 /* in which every session is met */
#define STAGE_TARGET 0.75 /* of the write-only role's way, at the largest batch */

typedef struct
{
  double values[MAX_ROUNDS];
  guint n;
} Series;

typedef struct
{
  Series rates, ratios; /* of the steady time */
  Series whole_rates, whole_ratios; /* of all of the time */
  Series p50_ms, p99_ms, server_us, postgres_us;
} Figures;

typedef struct
{
  guint batch;
  double limit_target, node_target;
  Figures wide;  /* N_CONNECTIONS */
  Figures few[2]; /* 16 and 1 */
  Figures stage;
  Series node_rates, node_ratios, node_whole_rates;
} Case;

static const guint few_connections[2] = { 16, 1 };

static Case cases[] = {
  { .batch = 1000, .limit_target = 0.90, .node_target = 3 },
  { .batch = 100, .limit_target = 0.85, .node_target = 3 },
  { .batch = 10, .limit_target = 0.45, .node_target = 3.5 },
  { .batch = 1, .limit_target = 0.06, .node_target = 2.4 },
};

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
  PdgProgram *node; /* nullable */
  guint16 node_port;
  Series limits, limit_us;
  double limit; /* of the last time */
} Bench;

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
add (Series *series, double value)
{
  g_assert (series->n < MAX_ROUNDS);
  series->values[series->n++] = value;
}

static double
median (const Series *series)
{
  g_autofree double *values = g_memdup2 (series->values, sizeof series->values);
  guint n = series->n;

  if (n == 0)
    return 0;
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
  bench->load = ingest_load_new ((guint) read_number ("BENCH_RUN", DEFAULT_RUN));
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
  g_clear_pointer (&bench->node, pdg_program_free);
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
  request.conflicts = g_array_new (FALSE, FALSE, sizeof (guint32));
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

/* CPU time so far of each process of PostgreSQL but those of autovacuum, which come and go: double * by its number. (transfer full) */
static GHashTable *
read_postgres (Bench *bench)
{
  g_autofree char *cluster = pdg_system_find_cluster (bench->dir);
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  GHashTable *times = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *link = g_strdup_printf ("/proc/%s/cwd", name), *title_path = g_strdup_printf ("/proc/%s/cmdline", name), *title = NULL;
      g_autofree char *folder = g_ascii_isdigit (name[0]) ? g_file_read_link (link, NULL) : NULL;
      double usec;

      if (folder == NULL || strcmp (folder, cluster) != 0 || !g_file_get_contents (title_path, &title, NULL, NULL)
          || strstr (title, "autovacuum") != NULL)
        continue;
      usec = read_cpu_usec (name);
      g_hash_table_insert (times, g_strdup (name), g_memdup2 (&usec, sizeof usec));
    }
  return times;
}

/* What PostgreSQL spent since @before was read; what an ended process spent after that is not known, and left out. */
static double
get_postgres_usec_since (Bench *bench, GHashTable *before)
{
  g_autoptr (GHashTable) now = read_postgres (bench);
  GHashTableIter iter;
  gpointer pid, usec;
  double sum = 0;

  g_hash_table_iter_init (&iter, now);
  while (g_hash_table_iter_next (&iter, &pid, &usec))
    {
      const double *then = g_hash_table_lookup (before, pid);

      sum += *(const double *) usec - (then != NULL ? *then : 0);
    }
  return sum;
}

/* Rows a second. */
static void
measure_limit (Bench *bench)
{
  PdgDbCopyBuffer *buffers[COPY_STATEMENTS];
  g_autoptr (GHashTable) postgres = NULL;
  gint64 began, took;

  for (guint i = 0; i < COPY_STATEMENTS; i++)
    buffers[i] = prepare_rows (bench);
  postgres = read_postgres (bench);
  began = g_get_monotonic_time ();
  for (guint i = 0; i < COPY_STATEMENTS; i++)
    copy_rows (bench, buffers[i]);
  took = g_get_monotonic_time () - began;
  add (&bench->limit_us, get_postgres_usec_since (bench, postgres) / (COPY_ROWS * COPY_STATEMENTS));
  for (guint i = 0; i < COPY_STATEMENTS; i++)
    pdg_db_copy_buffer_free (buffers[i]);
  bench->limit = COPY_ROWS * COPY_STATEMENTS * 1e6 / (double) took;
  add (&bench->limits, bench->limit);
}

static void
run_load (Bench *bench, guint16 port, guint n_connections, guint batch, IngestLoadResult *result)
{
  const IngestLoadOptions options = {
    .n_connections = n_connections, .n_batch = batch, .steady_usec = read_number ("BENCH_SECONDS", 2) * G_USEC_PER_SEC,
    .max_events = G_MAXUINT64,
  };

  ingest_load_run (bench->load, port, &options, result);
}

/* Until the server knows the sessions, as it does but for its first seconds. */
static void
warm_up (Bench *bench)
{
  const IngestLoadOptions options = {
    .n_connections = N_CONNECTIONS, .n_batch = 500, .usec = 60 * G_USEC_PER_SEC,
    .max_events = WARM_UP_RUNS * (guint64) read_number ("BENCH_RUN", DEFAULT_RUN),
  };
  IngestLoadResult result;

  ingest_load_run (bench->load, bench->port, &options, &result);
}

static double
get_steady_rate (const IngestLoadResult *result)
{
  return (double) result->n_steady_events * 1e6 / (double) result->steady_usec;
}

static double
get_whole_rate (const IngestLoadResult *result)
{
  return (double) result->n_events * 1e6 / (double) result->usec;
}

/* Events a second, with the limit measured right after; that of before is known. */
static double
measure_server (Bench *bench, guint batch, guint n_connections, Figures *figures)
{
  double limit = bench->limit, server = read_server_usec (bench), rate;
  g_autoptr (GHashTable) postgres = read_postgres (bench);
  IngestLoadResult result;

  run_load (bench, bench->port, n_connections, batch, &result);
  rate = get_steady_rate (&result);
  add (&figures->p50_ms, (double) result.p50_usec / 1000);
  add (&figures->p99_ms, (double) result.p99_usec / 1000);
  add (&figures->server_us, (read_server_usec (bench) - server) / (double) result.n_events);
  add (&figures->postgres_us, get_postgres_usec_since (bench, postgres) / (double) result.n_events);
  measure_limit (bench);
  limit = (limit + bench->limit) / 2;
  add (&figures->rates, rate);
  add (&figures->ratios, rate / limit);
  add (&figures->whole_rates, get_whole_rate (&result));
  add (&figures->whole_ratios, get_whole_rate (&result) / limit);
  return rate;
}

static void
measure_node (Bench *bench, Case *c, double ours)
{
  IngestLoadResult result;
  double rate;

  run_load (bench, bench->node_port, N_CONNECTIONS, c->batch, &result);
  rate = get_steady_rate (&result);
  add (&c->node_rates, rate);
  add (&c->node_ratios, ours / rate);
  add (&c->node_whole_rates, get_whole_rate (&result));
}

/* Takes the write-only role's right to pass by row-level security, or gives it back; the server finds out when it connects anew, and
 * then forgets what it knew. */
static void
set_bypass (Bench *bench, gboolean bypass)
{
  pdg_system_exec (bench->owner_uri, bypass ? "ALTER ROLE productgraph_writer BYPASSRLS" : "ALTER ROLE productgraph_writer NOBYPASSRLS");
  pdg_system_exec (bench->owner_uri, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'productgraph_writer'");
  pdg_system_wait_ready (bench->server, bench->port, 200);
  /* a connection that was idle is found dead by the first request that needs it */
  while (pdg_system_query (bench->owner_uri, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'productgraph_writer'") == 0)
    g_usleep (10 * 1000);
  warm_up (bench);
}

static void
measure_round (Bench *bench, guint round)
{
  measure_limit (bench);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Case *c = &cases[i];
      double ours;

      if (!is_wanted (c->batch))
        continue;
      ours = measure_server (bench, c->batch, N_CONNECTIONS, &c->wide);
      if (bench->node != NULL)
        measure_node (bench, c, ours);
      for (guint f = 0; round == 0 && read_number ("BENCH_FEW", 1) != 0 && f < G_N_ELEMENTS (few_connections); f++)
        measure_server (bench, c->batch, few_connections[f], &c->few[f]);
    }
  if (read_number ("BENCH_PEERS", 1) == 0)
    return;
  set_bypass (bench, FALSE);
  measure_limit (bench);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    if (is_wanted (cases[i].batch))
      measure_server (bench, cases[i].batch, N_CONNECTIONS, &cases[i].stage);
  set_bypass (bench, TRUE);
}

static void
print_figures (const char *name, const Figures *figures)
{
  if (figures->rates.n > 0)
    g_print ("%s %.0f events/s %.3f of ingest-copy-limit (with filling and draining: %.0f events/s %.3f; p50 %.1f ms, p99 %.1f ms; "
             "CPU an event: server %.1f us, PostgreSQL %.1f us)\n", name,
             median (&figures->rates), median (&figures->ratios), median (&figures->whole_rates), median (&figures->whole_ratios),
             median (&figures->p50_ms), median (&figures->p99_ms), median (&figures->server_us), median (&figures->postgres_us));
}

/* Whether @value reaches its target. */
static gboolean
reaches (const char *what, double value, double target)
{
  if (value >= target)
    return TRUE;
  g_print ("missed: %s %.3f, target %.3f\n", what, value, target);
  return FALSE;
}

static gboolean
report_case (const Case *c, gboolean has_node)
{
  g_autofree char *name = g_strdup_printf ("ingest-batch-%u", c->batch), *stage = g_strdup_printf ("ingest-stage-batch-%u", c->batch);
  g_autofree char *node = g_strdup_printf ("ingest-node-batch-%u", c->batch);
  gboolean ok;

  print_figures (name, &c->wide);
  for (guint f = 0; f < G_N_ELEMENTS (few_connections); f++)
    {
      g_autofree char *few = g_strdup_printf ("ingest-batch-%u-connections-%u", c->batch, few_connections[f]);

      print_figures (few, &c->few[f]);
    }
  print_figures (stage, &c->stage);
  ok = reaches (name, median (&c->wide.ratios), c->limit_target);
  if (c->stage.rates.n > 0 && c->batch == cases[0].batch)
    ok &= reaches (stage, median (&c->stage.rates) / median (&c->wide.rates), STAGE_TARGET);
  if (!has_node)
    return ok;
  g_print ("%s %.0f events/s %.2f of %s (with filling and draining: %.0f events/s)\n", node, median (&c->node_rates),
           1 / median (&c->node_ratios), name, median (&c->node_whole_rates));
  return reaches (node, median (&c->node_ratios), c->node_target) && ok;
}

int
main (int argc, char *argv[])
{
  Bench bench = { 0 };
  guint n_rounds;
  gboolean ok = TRUE, peers = read_number ("BENCH_PEERS", 1) != 0;
  double one_by_one = 0;

  pdg_system_init (&argc, &argv);
  n_rounds = (guint) CLAMP (read_number ("BENCH_ROUNDS", 4), 1, 6);
  setup (&bench);
  if (peers)
    {
      bench.node_port = pdg_system_find_port ();
      bench.node = ingest_peer_start_node (bench.owner_uri, bench.node_port);
    }
  warm_up (&bench);
  measure_limit (&bench);
  bench.limits.n = bench.limit_us.n = 0;
  for (guint round = 0; round < n_rounds; round++)
    {
      measure_round (&bench, round);
      if (peers && round == 0)
        one_by_one = ingest_peer_insert_one_by_one (bench.conn, G_USEC_PER_SEC);
      g_assert_cmpint (pdg_system_query (bench.owner_uri, "SELECT count(*) - count(DISTINCT event_key) FROM event"), ==, 0);
      pdg_system_exec (bench.owner_uri, bench.node != NULL ? "TRUNCATE event, bench.event" : "TRUNCATE event");
    }
  g_print ("ingest-copy-limit %.0f events/s 1.00 of COPY BINARY of the same rows (PostgreSQL %.1f us of CPU an event)\n",
           median (&bench.limits), median (&bench.limit_us));
  if (peers)
    g_print ("ingest-insert-one %.0f events/s %.3f of ingest-copy-limit\n", one_by_one, one_by_one / median (&bench.limits));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    if (is_wanted (cases[i].batch))
      ok &= report_case (&cases[i], bench.node != NULL);
  if (peers && bench.node == NULL)
    {
      g_print ("missed: no Node collector to compare with; build-aux/install-deps bench installs it\n");
      ok = FALSE;
    }
  teardown (&bench);
  return ok ? 0 : 1;
}
