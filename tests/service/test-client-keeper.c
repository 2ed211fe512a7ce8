#include "config.h"

#include "service/event-writer.h"

#include "base/pdg-id.h"
#include "service/pdg-client-keeper.h"

#include <string.h>

/* What is known of clients only with what came before: sessions by 30 minutes without an event, pages that were left, recordings. */

#define MINUTE G_TIME_SPAN_MINUTE
#define BASE (G_GINT64_CONSTANT (1795305600) * G_USEC_PER_SEC) /* 2026-11-22T00:00:00Z */
#define SERVER_READERS 4

static Tenant *tenant;
static PdgDbPool *pool;
static PdgDbConn *owner;

typedef struct
{
  gboolean done;
  guint n_replays, n_ignored;
  GError *error;
} Outcome;

static void
kept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  pdg_client_keeper_run_finish (result, &outcome->n_replays, &outcome->n_ignored, &outcome->error);
  outcome->done = TRUE;
}

static void
start (PdgEventBatch *batch, PdgClientNeeds *needs, const char *project, const char *client, gint64 max_session_bytes, Outcome *outcome)
{
  PdgClientKeeperTask task = { .project = project, .client = client, .max_session_bytes = max_session_bytes };

  *outcome = (Outcome) { 0 };
  pdg_client_keeper_run_async (pool, tenant->admin, &task, batch, needs, NULL, kept_cb, outcome);
}

static void
run (PdgEventBatch *batch, PdgClientNeeds *needs, const char *project, const char *client)
{
  Outcome outcome;

  start (batch, needs, project, client, 1000000, &outcome);
  fixture_wait (outcome.done);
  g_assert_no_error (outcome.error);
}

static PdgSlice
slice (const char *text)
{
  return (PdgSlice) { text, (guint32) strlen (text) };
}

/* An event at @usec that needs a session, of the person @key (NULL = of the client). */
static void
add_event (PdgEventBatch *batch, PdgClientNeeds *needs, const char *key, gint64 usec)
{
  PdgDerivedSession need = { .is_client = key == NULL, .usec = usec };
  PdgEvent *event;

  pdg_event_batch_get_events (batch, &need.event);
  event = pdg_event_batch_add (batch);
  event->session = slice ("derived");
  event->timestamp_usec = usec;
  if (key != NULL)
    memcpy (need.key, key, MIN (strlen (key), 16));
  g_array_append_val (needs->sessions, need);
}

/* The session of one event, sent alone. (transfer full) */
static char *
session_at (const char *key, const char *client, gint64 usec)
{
  g_autoptr (PdgEventBatch) batch = pdg_event_batch_new (NULL, usec);
  PdgClientNeeds *needs = pdg_client_needs_new ();
  PdgSlice session;

  add_event (batch, needs, key, usec);
  run (batch, needs, "proj_1", client);
  session = pdg_event_batch_get_event (batch, 0)->session;
  return g_strndup (session.data, session.len);
}

/* Mixpanel's example: lengths of 10 and 35 minutes. And the edges: 30 minutes are too long. Each row is sent twice, which changes
 * nothing. */
static void
test_sessions (void)
{
  static const struct
  {
    const char *key;
    gint64 usec[8];
    int session[8]; /* -1 = the end */
  } rows[] = {
    { "example", { 780 * MINUTE, 790 * MINUTE, 830 * MINUTE, 850 * MINUTE, 865 * MINUTE }, { 0, 0, 2, 2, 2, -1 } },
    { "edge", { MINUTE, 31 * MINUTE - 1, 61 * MINUTE - 1 }, { 0, 0, 2, -1 } },
    { "midnight", { 1430 * MINUTE, 1450 * MINUTE }, { 0, 0, -1 } },
    { "late", { 100 * MINUTE, 80 * MINUTE, 60 * MINUTE, 29 * MINUTE }, { 0, 0, 0, 3, -1 } },
    { "bridge", { 100 * MINUTE, 150 * MINUTE, 125 * MINUTE, 150 * MINUTE, 126 * MINUTE }, { 0, 1, 0, 1, 0, -1 } },
    { "tied", { MINUTE, MINUTE, MINUTE }, { 0, 0, 0, -1 } },
  };

  for (gsize r = 0; r < G_N_ELEMENTS (rows); r++)
    for (int again = 0; again < 2; again++)
      {
        char *ids[8] = { NULL };

        for (guint i = 0; rows[r].session[i] >= 0; i++)
          ids[i] = session_at (rows[r].key, "c", BASE + rows[r].usec[i]);
        for (guint i = 0; ids[i] != NULL; i++)
          {
            g_assert_true (g_str_has_prefix (ids[i], "derived-"));
            for (guint k = 0; k < i; k++)
              g_assert_cmpint (g_str_equal (ids[i], ids[k]), ==, rows[r].session[i] == rows[r].session[k]);
          }
        for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
          g_free (ids[i]);
      }
}

/* In one batch, in any order, with another person between them. */
static void
test_batch (void)
{
  static const int minutes[] = { 865, 780, 850, 790, 830 };
  g_autoptr (PdgEventBatch) batch = pdg_event_batch_new (NULL, BASE);
  PdgClientNeeds *needs = pdg_client_needs_new ();
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (minutes); i++)
    {
      add_event (batch, needs, "batch", BASE + minutes[i] * MINUTE);
      add_event (batch, needs, "other", BASE + minutes[i] * MINUTE);
    }
  run (batch, needs, "proj_1", "c");
  for (guint i = 0; i < 2 * G_N_ELEMENTS (minutes); i++)
    {
      PdgSlice session = pdg_event_batch_get_event (batch, i)->session;

      g_hash_table_add (ids, g_strdup_printf ("%u %d %.*s", i % 2, minutes[i / 2] < 800, (int) session.len, session.data));
    }
  g_assert_cmpuint (g_hash_table_size (ids), ==, 4);
}

/* An event every 20 minutes for two days: each session ends before it is 24 hours long. */
static void
test_longest (void)
{
  g_autoptr (PdgEventBatch) batch = pdg_event_batch_new (NULL, BASE);
  PdgClientNeeds *needs = pdg_client_needs_new ();
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int i = 0; i < 144; i++)
    add_event (batch, needs, "long", BASE + i * 20 * MINUTE);
  run (batch, needs, "proj_1", "c");
  for (guint i = 0; i < 144; i++)
    {
      PdgSlice session = pdg_event_batch_get_event (batch, i)->session;

      g_hash_table_add (ids, g_strndup (session.data, session.len));
    }
  g_assert_cmpuint (g_hash_table_size (ids), ==, 2);
  g_assert_cmpint (fixture_owner_int ("SELECT max(extract(epoch FROM last_at - first_at))::int8 FROM derived_session"), ==, 71 * 20 * 60);
}

/* Many at once, as from several collectors: one session each, whoever comes first. */
static void
test_at_once (void)
{
  enum { N_JOBS = 24, N_KEYS = 40 };
  Outcome outcomes[N_JOBS];
  PdgEventBatch *batches[N_JOBS];
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gint64 sessions = fixture_owner_int ("SELECT count(*) FROM derived_session");

  for (int j = 0; j < N_JOBS; j++)
    {
      PdgClientNeeds *needs = pdg_client_needs_new ();

      batches[j] = pdg_event_batch_new (NULL, BASE);
      for (int k = 0; k < N_KEYS; k++)
        {
          int person = j % 2 == 0 ? k : N_KEYS - 1 - k;
          g_autofree char *key = g_strdup_printf ("at-once-%d", person);

          add_event (batches[j], needs, key, BASE + ((j * 7) % 25) * MINUTE);
        }
      start (batches[j], needs, "proj_1", "c", 0, &outcomes[j]);
    }
  for (int j = 0; j < N_JOBS; j++)
    {
      fixture_wait (outcomes[j].done);
      g_assert_no_error (outcomes[j].error);
      for (guint k = 0; k < N_KEYS; k++)
        {
          PdgSlice session = pdg_event_batch_get_event (batches[j], k)->session;

          g_hash_table_add (ids, g_strndup (session.data, session.len));
        }
      pdg_event_batch_unref (batches[j]);
    }
  g_assert_cmpuint (g_hash_table_size (ids), ==, N_KEYS);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM derived_session") - sessions, ==, N_KEYS);
}

/* Clients without a name are told apart by a hash whose salt is of the day; a session goes over midnight, an address is forgotten. */
static void
test_clients (void)
{
  g_autofree char *a = session_at (NULL, "1.2.3.4\nfox", BASE), *same = session_at (NULL, "1.2.3.4\nfox", BASE + MINUTE);
  g_autofree char *b = session_at (NULL, "1.2.3.4\ncat", BASE + MINUTE), *next_day = NULL, *later = NULL;

  g_assert_cmpstr (a, ==, same);
  g_assert_cmpstr (a, !=, b);
  fixture_run (owner, "UPDATE client_salt SET day = day - 1");
  next_day = session_at (NULL, "1.2.3.4\nfox", BASE + 2 * MINUTE);
  g_assert_cmpstr (next_day, ==, a);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM client_salt"), ==, 2);
  fixture_run (owner, "UPDATE client_salt SET day = day - 2");
  later = session_at (NULL, "1.2.3.4\nfox", BASE + 3 * MINUTE);
  g_assert_cmpstr (later, !=, a);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM client_salt"), ==, 1);
}

static void
test_forgotten (void)
{
  g_autofree char *before = session_at ("forgotten", "c", BASE), *after = NULL;

  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM derived_session"), >, 50);
  fixture_run (owner, "UPDATE derived_session SET touched_on = touched_on - 33");
  for (int i = 0; i < 3; i++) /* a hundred at a time */
    {
      g_autofree char *other = session_at ("other", "c", BASE + (10000 + i) * MINUTE);
    }
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM derived_session"), ==, 1);
  after = session_at ("forgotten", "c", BASE + MINUTE);
  g_assert_cmpstr (before, !=, after);
}

/* A project that is not there changes nothing: the writer refuses its events. */
static void
test_no_project (void)
{
  g_autoptr (PdgEventBatch) batch = pdg_event_batch_new (NULL, BASE);
  PdgClientNeeds *needs = pdg_client_needs_new ();

  add_event (batch, needs, "nobody", BASE);
  run (batch, needs, "proj_none", "c");
  g_assert_cmpmem (pdg_event_batch_get_event (batch, 0)->session.data, pdg_event_batch_get_event (batch, 0)->session.len, "derived", 7);
}

/* ---- Pages */

typedef struct
{
  const char *id, *path;
  PdgPageKind kind;
  gint64 msec;
} Report;

/* What becomes of reports that come one by one: "TYPE PATH@MSEC", a leave before its cause. (transfer full) */
static char *
trace (const char *session, const Report *reports, guint n)
{
  GString *said = g_string_new (NULL);

  for (guint r = 0; r < n; r++)
    {
      g_autoptr (PdgEventBatch) batch = pdg_event_batch_new (NULL, BASE);
      PdgClientNeeds *needs = pdg_client_needs_new ();
      PdgPageReport page = { .kind = reports[r].kind };
      PdgEvent *event = pdg_event_batch_add (batch);
      guint n_events;

      event->session = slice (session);
      event->type = slice ("page.view");
      event->name = slice (reports[r].kind == PDG_PAGE_LOAD_SPAN ? "documentLoad" : "browser.navigation");
      event->page_path = slice (reports[r].path);
      event->timestamp_usec = BASE + reports[r].msec * 1000;
      event->flags = PDG_EVENT_IS_PAGE_VIEW;
      pdg_hash128 (reports[r].id, strlen (reports[r].id), 7, event->event_key);
      pdg_hash128 (reports[r].path, strlen (reports[r].path), 0, page.url_key);
      g_array_append_val (needs->pages, page);
      run (batch, needs, "proj_1", "c");
      pdg_event_batch_get_events (batch, &n_events);
      for (guint i = n_events; i-- > 0;)
        {
          const PdgEvent *got = pdg_event_batch_get_event (batch, i);

          g_assert_cmpint (!(got->flags & PDG_EVENT_IS_PAGE_VIEW), ==, !(got->type.len == 9 && memcmp (got->type.data, "page.view", 9) == 0));
          g_string_append_printf (said, "%s%.*s %.*s@%" G_GINT64_FORMAT, said->len > 0 ? ", " : "", (int) got->type.len, got->type.data,
                                  (int) got->page_path.len, got->page_path.data, (got->timestamp_usec + (i > 0) - BASE) / 1000);
        }
    }
  return g_string_free (said, FALSE);
}

static void
test_pages (void)
{
  static const struct
  {
    const char *session;
    Report reports[4];
    const char *said;
  } rows[] = {
    { "views", { { "1", "/a", PDG_PAGE_LOAD_EVENT, 0 }, { "2", "/b", PDG_PAGE_NAVIGATION, 1000 }, { "3", "/a", PDG_PAGE_LOAD_EVENT, 5000 } },
      "page.view /a@0, page.leave /a@1000, page.view /b@1000, page.leave /b@5000, page.view /a@5000" },
    { "again", { { "1", "/a", PDG_PAGE_LOAD_EVENT, 0 }, { "2", "/b", PDG_PAGE_NAVIGATION, 1000 }, { "2", "/b", PDG_PAGE_NAVIGATION, 1000 } },
      "page.view /a@0, page.leave /a@1000, page.view /b@1000, page.leave /a@1000, page.view /b@1000" },
    { "late", { { "1", "/a", PDG_PAGE_LOAD_EVENT, 0 }, { "3", "/c", PDG_PAGE_NAVIGATION, 3000 }, { "2", "/b", PDG_PAGE_NAVIGATION, 2000 } },
      "page.view /a@0, page.leave /a@3000, page.view /c@3000, page.leave /b@3000, page.view /b@2000" },
    { "load-after", { { "1", "/a", PDG_PAGE_LOAD_EVENT, 1500 }, { "2", "/a", PDG_PAGE_LOAD_SPAN, 0 } }, "page.view /a@1500, performance /a@0" },
    { "load-before", { { "1", "/a", PDG_PAGE_LOAD_SPAN, 0 }, { "2", "/a", PDG_PAGE_LOAD_EVENT, 2000 } }, "page.view /a@0, browser.navigation /a@2000" },
    { "load-of-another", { { "1", "/a", PDG_PAGE_LOAD_SPAN, 0 }, { "2", "/b", PDG_PAGE_LOAD_EVENT, 1000 } },
      "page.view /a@0, page.leave /a@1000, page.view /b@1000" },
    { "load-too-far", { { "1", "/a", PDG_PAGE_LOAD_EVENT, 0 }, { "2", "/a", PDG_PAGE_LOAD_SPAN, 2001 } },
      "page.view /a@0, page.leave /a@2001, page.view /a@2001" },
    { "within", { { "1", "/a", PDG_PAGE_LOAD_SPAN, 0 }, { "2", "/a", PDG_PAGE_NAVIGATION, 1000 } },
      "page.view /a@0, page.leave /a@1000, page.view /a@1000" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint n = 0;
      g_autofree char *said = NULL;

      while (n < G_N_ELEMENTS (rows[i].reports) && rows[i].reports[n].id != NULL)
        n++;
      said = trace (rows[i].session, rows[i].reports, n);
      g_assert_cmpstr (said, ==, rows[i].said);
    }
}

/* ---- Recordings */

static void
keep_replay (const char *session, const char *json, guint8 key, gint64 max_session_bytes, Outcome *outcome)
{
  g_autoptr (PdgEventBatch) batch = pdg_event_batch_new (NULL, BASE);
  PdgClientNeeds *needs = pdg_client_needs_new ();
  PdgReplayChunk *chunk = g_new0 (PdgReplayChunk, 1);

  chunk->session_id = g_strdup (session);
  chunk->key[0] = key;
  chunk->started_usec = BASE + key;
  chunk->ended_usec = BASE + 10;
  chunk->n_events = 1;
  chunk->bytes = g_bytes_new (json, strlen (json));
  g_ptr_array_add (needs->replays, chunk);
  start (batch, needs, "proj_1", "c", max_session_bytes, outcome);
  fixture_wait (outcome->done);
  g_assert_no_error (outcome->error);
}

typedef struct
{
  GPtrArray *lists;
  GBytes *first;
} Replay;

static gpointer
read_replay (PdgDbConn *conn, gpointer data, GCancellable *cancellable, GError **error)
{
  Replay *replay = data;
  g_autoptr (PdgQueries) queries = pdg_queries_begin (conn, tenant->admin, 1000, error);
  const char *ids[] = { "replayed", "not" };
  gint32 projects[] = { tenant->project->project_no, tenant->project->project_no };

  replay->lists = pdg_queries_list_replay_chunks (queries, projects, ids, 2, G_MININT64, G_MININT64, 10, error);
  replay->first = pdg_queries_load_replay_chunk (queries, ((PdgReplayChunk *) ((GPtrArray *) replay->lists->pdata[0])->pdata[0])->chunk_no, 1000, error);
  return NULL;
}

/* Each piece is kept once, in the order of its time, and no more than a session may have. */
static void
test_replays (void)
{
  static const char json[] = "[{\"type\":4,\"timestamp\":1}]";
  Replay replay = { 0 };
  Outcome outcome;
  g_autoptr (GError) error = NULL;
  GPtrArray *chunks;

  keep_replay ("replayed", "[]", 2, 1000000, &outcome);
  g_assert_cmpuint (outcome.n_replays, ==, 1);
  keep_replay ("replayed", json, 1, 1000000, &outcome);
  g_assert_cmpuint (outcome.n_replays, ==, 1);
  keep_replay ("replayed", json, 1, 1000000, &outcome);
  g_assert_cmpuint (outcome.n_ignored, ==, 1);
  keep_replay ("replayed", json, 3, 80, &outcome);
  g_assert_cmpuint (outcome.n_ignored, ==, 1);
  keep_replay ("fresh", json, 3, 80, &outcome);
  g_assert_cmpuint (outcome.n_replays, ==, 1);
  pdg_db_pool_run_sync (pool, PDG_DB_PRIORITY_INTERACTIVE, read_replay, &replay, NULL, &error);
  g_assert_no_error (error);
  chunks = replay.lists->pdata[0];
  g_assert_cmpuint (chunks->len, ==, 2);
  g_assert_cmpuint (((GPtrArray *) replay.lists->pdata[1])->len, ==, 0);
  g_assert_cmpint (((PdgReplayChunk *) chunks->pdata[0])->started_usec, ==, BASE + 1);
  g_assert_cmpint (((PdgReplayChunk *) chunks->pdata[1])->started_usec, ==, BASE + 2);
  g_assert_cmpmem (g_bytes_get_data (replay.first, NULL), g_bytes_get_size (replay.first), json, strlen (json));
  g_ptr_array_unref (replay.lists);
  g_bytes_unref (replay.first);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  tenant = tenant_new (NULL, "Org", "proj_1");
  owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  pool = pdg_db_pool_new (pdg_test_cluster_get_server_uri (), NULL, "test", SERVER_READERS, 1000);
  g_test_add_func ("/service/client-keeper/sessions", test_sessions);
  g_test_add_func ("/service/client-keeper/batch", test_batch);
  g_test_add_func ("/service/client-keeper/longest", test_longest);
  g_test_add_func ("/service/client-keeper/at-once", test_at_once);
  g_test_add_func ("/service/client-keeper/clients", test_clients);
  g_test_add_func ("/service/client-keeper/forgotten", test_forgotten);
  g_test_add_func ("/service/client-keeper/no-project", test_no_project);
  g_test_add_func ("/service/client-keeper/pages", test_pages);
  g_test_add_func ("/service/client-keeper/replays", test_replays);
  status = g_test_run ();
  pdg_db_pool_close (pool);
  pdg_db_pool_unref (pool);
  pdg_db_conn_free (owner);
  tenant_free (tenant);
  return status;
}
