#include "config.h"

#include "service/event-writer.h"
#include "service/pdg-queries.h"

#include <string.h>

/* Events at the limits of the wire, each in a batch of its own, stored together with harmless neighbours: all are stored,
 * and everything that reads them later still works. */

static Tenant *tenant;
static PdgHub *hub;
static gint64 now_usec;

static char *
repeat (const char *text, gsize n)
{
  GString *out = g_string_new (NULL);

  while (n-- > 0)
    g_string_append (out, text);
  return g_string_free (out, FALSE);
}

typedef char *(*MakeFunc) (void);

/* Each gives further members of an event, beginning with a comma. */
static char *
longest_texts (void)
{
  static const struct
  {
    const char *key;
    gsize bytes;
  } fields[] = {
    { "user.id", 256 }, { "anonymous.id", 256 }, { "event.name", 256 }, { "page.title", 1024 }, { "page.path", 2048 }, { "ui.component.name", 256 },
    { "ui.component.path", 1024 }, { "gen_ai.journey.id", 256 }, { "gen_ai.journey.step.id", 256 }, { "app.version", 128 },
  };
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      /* incompressible, so that an index row is as large as it can be */
      g_string_append_printf (out, ",\"%s\":\"/", fields[i].key);
      for (gsize k = 1; k < fields[i].bytes; k++)
        g_string_append_c (out, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"[g_test_rand_int_range (0, 64)]);
      g_string_append_c (out, '"');
    }
  return g_string_free (out, FALSE);
}

static char *
longest_multibyte_path (void)
{
  g_autofree char *path = repeat ("😀/", 409);

  return g_strdup_printf (",\"page.path\":\"/%s\",\"page.title\":\"😀\"", path);
}

static char *
nul_escapes (void)
{
  return g_strdup (",\"user.id\":\"a\\u0000b\",\"page.path\":\"/\\u0000\",\"page.title\":\"\\u0000\",\"app.version\":\"\\u0000\",\"event.name\":\"x\\u0000\","
                   "\"error.message\":\"\\u0000\",\"metadata\":{\"\\u0000\":\"\\u0000\"},\"ui.state.before\":{\"\\u0000\":[\"\\u0000\"]}");
}

static char *
lone_surrogates (void)
{
  return g_strdup (",\"user.id\":\"\\ud800\",\"page.path\":\"/\\udfff\\ud800\",\"page.title\":\"\\ud83d\",\"metadata\":{\"\\udc00\":\"\\ud800\\ud800\"},"
                   "\"ui.state.after\":\"{\\\"a\\\":\\\"\\ud800\\\"}\"");
}

static char *
control_characters (void)
{
  return g_strdup (",\"user.id\":\"\\u0001\\b\\f\\n\\r\\t\\u001f\\u007f\",\"page.title\":\"\\u2028\\u2029\\ufeff\\uffff\",\"metadata\":{\"\\n\":\"\\u0001\"}");
}

static char *
numbers (void)
{
  return g_strdup (",\"metadata\":{\"a\":1e308,\"b\":-1e308,\"c\":1e-308,\"d\":-0,\"e\":123456789012345678901234567890.123456789,\"f\":1E+400,\"g\":1e-400,"
                   "\"h\":9223372036854775808},\"ui.scroll.position\":1e400,\"duration_ms\":9007199254740991,\"event.sequence\":2147483647");
}

static char *
longest_numbers (void)
{
  g_autofree char *digits = repeat ("9", 40000), *zeros = repeat ("0", 16000);

  return g_strdup_printf (",\"metadata\":{\"a\":%s,\"b\":0.%s1},\"event.sequence\":-2147483647", digits, zeros);
}

static char *
long_load_time (void)
{
  g_autofree char *digits = repeat ("9", 40000);

  return g_strdup_printf (",\"page.path\":\"/loads\",\"performance.lcp_ms\":%s.5", digits);
}

static char *
load_times (void)
{
  return g_strdup (",\"page.path\":\"/loads\",\"performance.lcp_ms\":1e400,\"performance.cls\":-1e399,\"performance.ttfb_ms\":1e-400");
}

static char *
load_time_underflow (void)
{
  return g_strdup (",\"page.path\":\"/loads\",\"performance.lcp_ms\":1e-400");
}

static char *
deep_metadata (void)
{
  g_autofree char *open = repeat ("{\"a\":[", 14), *close = repeat ("]}", 14);

  return g_strdup_printf (",\"metadata\":%s1%s", open, close);
}

static char *
wide_metadata (void)
{
  GString *out = g_string_new (",\"metadata\":{\"k\":0");

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (out, ",\"k%u\":%u", i % 1000, i);
  return g_string_free (g_string_append_c (out, '}'), FALSE);
}

static char *
large_text (void)
{
  g_autofree char *text = repeat ("x", 90000);

  return g_strdup_printf (",\"error.stack\":\"%s\"", text);
}

static char *
empty_texts (void)
{
  return g_strdup (",\"user.id\":\"\",\"anonymous.id\":\"\",\"page.path\":\"\",\"page.title\":\"\",\"app.version\":\"\",\"event.name\":\"\","
                   "\"ui.component.name\":\"\",\"gen_ai.journey.id\":\"\",\"gen_ai.journey.step.id\":\"\",\"metadata\":{\"\":{}}");
}

static char *
nulls (void)
{
  return g_strdup (",\"user.id\":null,\"page.path\":null,\"metadata\":null,\"event.sequence\":null,\"ui.state.before\":null");
}

static char *
unknown_keys (void)
{
  return g_strdup (",\"__proto__\":{\"x\":1},\"a.b.c\":[1,[2,[3]]],\"metadata\":{\"a.b.c\":1},\"data\":\"x\",\"org_id\":1,"
                   "\"ts\":\"x\",\"\\u0000\":\"\\u0000\"");
}

static char *
sql_texts (void)
{
  return g_strdup (",\"user.id\":\"'; DROP TABLE event; --\",\"page.path\":\"/'||x||'\",\"page.title\":\"\\\\N\",\"app.version\":\"$1\","
                   "\"event.name\":\"%s%n\","
                   "\"gen_ai.journey.id\":\"{\\\"}\",\"gen_ai.journey.step.id\":\"\\\\\"");
}

static char *
state_objects (void)
{
  return g_strdup (",\"ui.state.key\":\"cart\",\"ui.state.before\":{\"items\":[]},\"ui.state.after\":\"not json {\"");
}

static char *
journey_of_many_steps (void)
{
  return g_strdup (",\"gen_ai.journey.id\":\"long\",\"gen_ai.journey.step.id\":\"one\"");
}

static const struct
{
  const char *name;
  MakeFunc make;
} poisons[] = {
  { "longest-texts", longest_texts }, { "longest-multibyte-path", longest_multibyte_path }, { "nul-escapes", nul_escapes },
  { "lone-surrogates", lone_surrogates }, { "control-characters", control_characters }, { "numbers", numbers },
  { "longest-numbers", longest_numbers }, { "long-load-time", long_load_time }, { "load-times", load_times }, { "load-time-underflow", load_time_underflow },
  { "deep-metadata", deep_metadata }, { "wide-metadata", wide_metadata }, { "large-text", large_text }, { "empty-texts", empty_texts },
  { "nulls", nulls }, { "unknown-keys", unknown_keys }, { "sql-texts", sql_texts }, { "state-objects", state_objects },
  { "journey-of-many-steps", journey_of_many_steps },
};

static const char *const types[] = { "page.view", "performance", "error", "api.response", "état.étrange" };

static PdgIngest *
start (void)
{
  return fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, hub, 100000, 5000);
}

static guint
queued (PdgIngest *ingest)
{
  PdgIngestMetrics metrics;

  pdg_ingest_get_metrics (ingest, &metrics);
  return (guint) metrics.queued_events;
}

/* All in one flush. */
static void
test_stored_together (void)
{
  g_autoptr (PdgIngest) ingest = start ();
  WriterHold *hold = writer_hold_new (pdg_test_cluster_get_owner_uri ());
  Verdict verdicts[G_N_ELEMENTS (poisons) * G_N_ELEMENTS (types)] = { 0 };
  g_auto (Verdict) neighbour = { 0 }, plugged = { 0 };
  g_autofree char *plug = body_with_one ("proj_p", "plug", "plug", now_usec);
  g_autofree char *harmless = body_with_one ("proj_p", "neighbour", "neighbour", now_usec);
  gsize n = 0;

  g_assert_true (fixture_submit (ingest, tenant->admin, plug, &plugged));
  fixture_wait (queued (ingest) == 0);
  for (gsize i = 0; i < G_N_ELEMENTS (poisons); i++)
    for (gsize t = 0; t < G_N_ELEMENTS (types); t++)
      {
        g_autofree char *more = poisons[i].make (), *id = g_strdup_printf ("%s-%" G_GSIZE_FORMAT, poisons[i].name, t), *body = NULL;
        g_autofree char *session = repeat (id, 8);
        GString *out = body_new ();

        session[MIN (strlen (session), 256)] = '\0';
        body_add (out, "proj_p", id, session, types[t], now_usec + (gint64) n, "%s", more);
        body = body_finish (out);
        g_assert_true (fixture_submit (ingest, tenant->admin, body, &verdicts[n++]));
      }
  g_assert_true (fixture_submit (ingest, tenant->admin, harmless, &neighbour));
  writer_hold_free (hold);
  for (gsize i = 0; i < n; i++)
    {
      fixture_wait (g_atomic_int_get (&verdicts[i].answered));
      g_test_message ("%s", poisons[i / G_N_ELEMENTS (types)].name);
      assert_stored (verdicts[i], 1, 0, 0);
      verdict_clear (&verdicts[i]);
    }
  fixture_wait (g_atomic_int_get (&neighbour.answered));
  assert_stored (neighbour, 1, 0, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event"), ==, (gint64) n + 2);
}

static void
test_events_are_read (void)
{
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM (SELECT * FROM events OFFSET 0) e WHERE e.metadata IS NOT NULL OR e.properties IS NOT NULL "
                                      "OR e.event_id IS NOT NULL"), >, 80);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM events WHERE length(events::text) > 0"), >, 80);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM events WHERE event_type = 'état.étrange'"), ==, G_N_ELEMENTS (poisons));
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM sessions WHERE length(sessions::text) > 0"), >, 80);
}

static void
test_graph_is_read (void)
{
  g_autoptr (PdgDbConn) server = fixture_open (pdg_test_cluster_get_server_uri (), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgQueries) queries = pdg_queries_begin (server, tenant->admin, 30000, &error);
  g_autoptr (PdgJourneyGraph) graph = NULL;
  g_autoptr (GPtrArray) lists = NULL;
  PdgStoreSessionFilter filter = {
    .from_usec = G_MININT64, .to_usec = G_MAXINT64, .before_started_usec = G_MAXINT64, .before_session_no = G_MAXINT32, .limit = 1000,
    .parts = PDG_SESSION_ALL,
  };
  guint broken;

  g_assert_no_error (error);
  graph = pdg_queries_load_journey_graph (queries, tenant->project->project_no, G_MININT64, G_MAXINT64, &error);
  g_assert_no_error (error);
  g_assert_true (pdg_journey_graph_is_conserved (graph, &broken));
  lists = pdg_queries_list_sessions (queries, &tenant->project->project_no, NULL, 1, &filter, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (lists->len, ==, 1);
  g_assert_cmpuint (((GPtrArray *) lists->pdata[0])->len, >, 80);
}

/* A batch that the database itself refuses fails alone. */
static void
test_refused_batch_fails_alone (void)
{
  g_autoptr (PdgIngest) ingest = NULL;
  WriterHold *hold;
  Verdict verdicts[7] = { 0 };
  g_auto (Verdict) plugged = { 0 };
  g_autofree char *plug = body_with_one ("proj_p", "plug-2", "plug", now_usec);

  pdg_test_cluster_run_sql ("CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.event_id = 'refused' THEN "
                            "RAISE 'no' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$;"
                            "CREATE TRIGGER refuse BEFORE INSERT ON productgraph.event FOR EACH ROW EXECUTE FUNCTION public.refuse()");
  ingest = start ();
  hold = writer_hold_new (pdg_test_cluster_get_owner_uri ());
  g_assert_true (fixture_submit (ingest, tenant->admin, plug, &plugged));
  fixture_wait (queued (ingest) == 0);
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    {
      g_autofree char *id = i == 4 ? g_strdup ("refused") : g_strdup_printf ("alone-%u", i);
      g_autofree char *body = body_with_one ("proj_p", id, "alone", now_usec + i);

      g_assert_true (fixture_submit (ingest, tenant->admin, body, &verdicts[i]));
    }
  writer_hold_free (hold);
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    {
      fixture_wait (g_atomic_int_get (&verdicts[i].answered));
      if (i == 4)
        g_assert_error (verdicts[i].error, PDG_INGEST_ERROR, PDG_INGEST_ERROR_FAILED);
      else
        assert_stored (verdicts[i], 1, 0, 0);
      verdict_clear (&verdicts[i]);
    }
  g_assert_cmpint (fixture_owner_int ("SELECT events FROM session WHERE id = 'alone'"), ==, 6);
  pdg_test_cluster_run_sql ("DROP TRIGGER refuse ON productgraph.event");
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL); /* a refused batch is a warning */
  now_usec = g_get_real_time ();
  hub = pdg_hub_new ();
  tenant = tenant_new (NULL, "Poison", "proj_p");
  g_test_add_func ("/service/poison/stored-together", test_stored_together);
  g_test_add_func ("/service/poison/events-are-read", test_events_are_read);
  g_test_add_func ("/service/poison/graph-is-read", test_graph_is_read);
  g_test_add_func ("/service/poison/refused-batch-fails-alone", test_refused_batch_fails_alone);
  status = g_test_run ();
  pdg_hub_unref (hub);
  tenant_free (tenant);
  return status;
}
