#include "config.h"

#include "api/api-fixture.h"

#include <string.h>

/* /health, /ready and /metrics, and what the API answers while the database is away. */

static ApiFixture *fixture;

static void
test_health (void)
{
  g_autoptr (RawAnswer) answer = api_send (fixture, 0, "GET", "/health", NULL, NULL);
  g_autofree char *type = raw_header (answer, "Content-Type");

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (answer->body, ==, "{\"status\":\"ok\"}");
  g_assert_cmpstr (type, ==, "application/json");
}

static void
test_ready (void)
{
  g_autoptr (RawAnswer) ready = api_send (fixture, 0, "GET", "/ready", NULL, NULL);
  g_autoptr (RawAnswer) deaf = NULL;
  g_autoptr (RawAnswer) again = NULL;

  g_assert_cmpuint (ready->status, ==, 200);
  g_assert_cmpstr (ready->body, ==, "{\"status\":\"ready\"}");
  pdg_api_set_listening (fixture->api, FALSE);
  deaf = api_send (fixture, 0, "GET", "/ready", NULL, NULL);
  g_assert_cmpuint (deaf->status, ==, 503);
  g_assert_nonnull (strstr (deaf->body, "\"reason\":\"not listening"));
  pdg_api_set_listening (fixture->api, TRUE);
  again = api_send (fixture, 0, "GET", "/ready", NULL, NULL);
  g_assert_cmpuint (again->status, ==, 200);
}

/* ---- A strict reader of the Prometheus text format */

static gboolean
is_name (const char *text, gsize len)
{
  for (gsize i = 0; i < len; i++)
    if (!(g_ascii_isalpha (text[i]) || text[i] == '_' || text[i] == ':' || (i > 0 && g_ascii_isdigit (text[i]))))
      return FALSE;
  return len > 0;
}

/* Reads "{name=\"value\",…}" at @p; the byte behind it. */
static const char *
skip_labels (const char *p)
{
  g_assert_cmpint (*p++, ==, '{');
  while (*p != '}')
    {
      const char *equals = strchr (p, '=');

      g_assert_nonnull (equals);
      g_assert_true (is_name (p, (gsize) (equals - p)));
      g_assert_cmpint (equals[1], ==, '"');
      for (p = equals + 2; *p != '"'; p++)
        {
          g_assert_cmpint (*p, !=, '\0');
          g_assert_cmpint (*p, !=, '\n');
          if (*p == '\\')
            g_assert_nonnull (strchr ("\\\"n", *++p));
        }
      if (*++p == ',')
        p++;
    }
  return p + 1;
}

static gboolean
is_histogram (GHashTable *families, const char *name)
{
  return name != NULL && g_strcmp0 (g_hash_table_lookup (families, name), "histogram") == 0;
}


/* Sample line with labels -> value, as doubles. (transfer full) */
static GHashTable *
parse_metrics (const char *text)
{
  GHashTable *samples = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) families = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *helped = NULL;

  g_assert_true (g_str_has_suffix (text, "\n"));
  for (gsize i = 0; lines[i + 1] != NULL; i++)
    {
      const char *line = lines[i], *end;
      g_autofree char *name = NULL;
      char *number_end;
      double *value;

      if (g_str_has_prefix (line, "# HELP "))
        {
          g_free (helped);
          helped = g_strndup (line + 7, strcspn (line + 7, " "));
          g_assert_true (is_name (helped, strlen (helped)));
          g_assert_cmpuint (strlen (line + 7), >, strlen (helped) + 1);
          continue;
        }
      if (g_str_has_prefix (line, "# TYPE "))
        {
          g_auto (GStrv) words = g_strsplit (line + 7, " ", -1);

          g_assert_cmpuint (g_strv_length (words), ==, 2);
          g_assert_cmpstr (words[0], ==, helped);
          g_assert_true (g_str_equal (words[1], "counter") || g_str_equal (words[1], "gauge") || g_str_equal (words[1], "histogram"));
          if (g_str_equal (words[1], "counter"))
            g_assert_true (g_str_has_suffix (words[0], "_total"));
          g_assert_true (g_hash_table_insert (families, g_strdup (words[0]), g_strdup (words[1]))); /* once */
          continue;
        }
      end = line + strcspn (line, "{ ");
      name = g_strndup (line, (gsize) (end - line));
      g_assert_true (is_name (name, strlen (name)));
      if (is_histogram (families, helped))
        {
          static const char *const parts[] = { "_bucket", "_sum", "_count" };
          gboolean is_part = FALSE;

          g_assert_true (g_str_has_prefix (name, helped)); /* a family's lines come together */
          for (gsize k = 0; k < G_N_ELEMENTS (parts); k++)
            is_part = is_part || g_str_equal (name + strlen (helped), parts[k]);
          g_assert_true (is_part);
        }
      else
        {
          g_assert_cmpstr (name, ==, helped);
          g_assert_true (g_hash_table_contains (families, name));
        }
      if (*end == '{')
        end = skip_labels (end);
      g_assert_cmpint (*end, ==, ' ');
      value = g_new (double, 1);
      *value = g_ascii_strtod (end + 1, &number_end);
      g_assert_true (number_end > end + 1 && *number_end == '\0');
      g_assert_true (g_hash_table_insert (samples, g_strndup (line, (gsize) (end - line)), value)); /* once */
    }
  return samples;
}

static double
read_sample (const char *name)
{
  g_autoptr (RawAnswer) answer = api_send (fixture, 0, "GET", "/metrics", NULL, NULL);
  g_autofree char *type = raw_header (answer, "Content-Type");
  g_autoptr (GHashTable) samples = NULL;
  double *value;

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (type, ==, "text/plain; version=0.0.4; charset=utf-8");
  samples = parse_metrics (answer->body);
  value = g_hash_table_lookup (samples, name);
  return value != NULL ? *value : -1;
}

#define DURATION "productgraph_http_request_duration_seconds"

static void
test_metrics (void)
{
  static const char body[] = "{\"events\":[{\"event_id\":\"metric\",\"project_id\":\"proj_demo\",\"session.id\":\"m\",\"event.type\":\"custom\","
                             "\"event.timestamp\":\"2024-01-15T10:30:00Z\"},{\"event_id\":\"x\"}]}";
  double accepted = read_sample ("productgraph_events_accepted_total"), rejected = read_sample ("productgraph_events_rejected_total");
  double requests = read_sample ("productgraph_http_requests_total{route=\"/v1/events\",status=\"202\"}");
  double timed = read_sample (DURATION "_count{route=\"/v1/events\"}");

  g_assert_cmpfloat (accepted, >=, 0);
  g_assert_cmpfloat (rejected, >=, 0);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (RawAnswer) answer = api_send (fixture, 0, "POST", "/v1/events", JSON_TYPE, body);

      g_assert_cmpuint (answer->status, ==, 202);
    }
  g_assert_cmpfloat (read_sample ("productgraph_events_accepted_total"), ==, accepted + 2);
  g_assert_cmpfloat (read_sample ("productgraph_events_rejected_total"), ==, rejected + 2);
  g_assert_cmpfloat (read_sample ("productgraph_events_duplicate_total"), >=, 1);
  g_assert_cmpfloat (read_sample ("productgraph_http_requests_total{route=\"/v1/events\",status=\"202\"}"), ==, MAX (requests, 0) + 2);
  g_assert_cmpfloat (read_sample (DURATION "_count{route=\"/v1/events\"}"), ==, MAX (timed, 0) + 2);
  g_assert_cmpfloat (read_sample (DURATION "_bucket{route=\"/v1/events\",le=\"+Inf\"}"), ==, MAX (timed, 0) + 2);
  g_assert_cmpfloat (read_sample (DURATION "_bucket{route=\"/v1/events\",le=\"10\"}"), >=,
                     read_sample (DURATION "_bucket{route=\"/v1/events\",le=\"0.0025\"}"));
  g_assert_cmpfloat (read_sample (DURATION "_sum{route=\"/v1/events\"}"), >, 0);
  g_assert_cmpfloat (read_sample ("productgraph_database_connected"), ==, 1);
  g_assert_cmpfloat (read_sample ("productgraph_build_info{version=\"" PDG_VERSION "\"}"), ==, 1);
  g_assert_cmpfloat (read_sample ("productgraph_missing"), ==, -1);
}

/* Dead letters by kind of reason; no text of an event becomes a label. */
static void
test_letters (void)
{
#define EVENT(project, id, more) \
  "{\"events\":[{\"event_id\":\"" id "\",\"project_id\":\"" project "\",\"session.id\":\"l\",\"event.type\":\"custom\"" more "}]}"
#define TIME ",\"event.timestamp\":\"2024-01-15T10:30:00Z\""
  static const struct
  {
    const char *reason, *body;
  } cases[] = {
    { "required", EVENT ("proj_demo", "l1", "") },
    { "invalid", EVENT ("proj_demo", "l2", ",\"event.timestamp\":\"yesterday\"") },
    { "project", EVENT ("proj_nowhere", "l3", TIME) },
    { "id_conflict", EVENT ("proj_demo", "metric", TIME ",\"metadata\":{\"other\":1}") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("productgraph_dead_letters_total{reason=\"%s\"}", cases[i].reason);
      double before = read_sample (name), all = 0;
      g_autoptr (RawAnswer) answer = api_send (fixture, 0, "POST", "/v1/events", JSON_TYPE, cases[i].body);

      g_assert_cmpuint (answer->status, ==, 202);
      g_assert_cmpfloat (before, >=, 0);
      g_assert_cmpfloat (read_sample (name), ==, before + 1);
      for (PdgLetterKind kind = 0; kind < PDG_N_LETTER_KINDS; kind++)
        {
          g_autofree char *other = g_strdup_printf ("productgraph_dead_letters_total{reason=\"%s\"}", pdg_letter_kind_to_string (kind));

          all += read_sample (other);
        }
      g_assert_cmpfloat (all, ==, read_sample ("productgraph_events_rejected_total"));
    }
  g_assert_cmpfloat (read_sample ("productgraph_dead_letters_lost_total"), ==, 0);
}

/* ---- The database goes away and comes back */

static void
lock_out (gboolean out)
{
  pdg_test_cluster_run_sql (out ? "ALTER ROLE productgraph_writer CONNECTION LIMIT 0; ALTER ROLE productgraph_server CONNECTION LIMIT 0"
                                : "ALTER ROLE productgraph_writer CONNECTION LIMIT -1; ALTER ROLE productgraph_server CONNECTION LIMIT -1");
  if (out)
    pdg_test_cluster_run_sql ("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename IN ('productgraph_writer', 'productgraph_server')");
}

static void
test_database_away (void)
{
  static const struct
  {
    const char *method, *path, *headers, *body;
  } requests[] = {
    { "POST", "/v1/events", JSON_TYPE, "{\"events\":[]}" },
    { "GET", "/ready", NULL, NULL },
    { "POST", "/graphql", JSON_TYPE, "{\"query\":\"{organisation{name}}\"}" },
    { "GET", "/v1/blobs/0000000000000000000000000000000000000000000000000000000000000000", NULL, NULL },
    { "POST", "/graphql", JSON_TYPE "Authorization: Bearer pgt_unknown\r\n", "{\"query\":\"{version}\"}" },
  };

  lock_out (TRUE);
  fixture_wait (!pdg_ingest_is_connected (fixture->ingest));
  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr (RawAnswer) answer = api_send (fixture, 0, requests[i].method, requests[i].path, requests[i].headers, requests[i].body);
      g_autofree char *retry = raw_header (answer, "Retry-After");

      g_test_message ("%s %s: %u %s", requests[i].method, requests[i].path, answer->status, answer->body);
      if (i == 2 && answer->status == 200) /* GraphQL answers with an error of its own */
        {
          g_autoptr (JsonNode) node = json_from_string (answer->body, NULL);

          assert_error_code (node, "UNAVAILABLE");
          continue;
        }
      g_assert_cmpuint (answer->status, ==, 503);
      g_assert_nonnull (retry);
      g_assert_null (strstr (answer->body, "postgres"));
    }
  {
    g_autoptr (RawAnswer) alive = api_send (fixture, 0, "GET", "/health", NULL, NULL);

    g_assert_cmpuint (alive->status, ==, 200);
    g_assert_cmpfloat (read_sample ("productgraph_database_connected"), ==, 0);
  }
  lock_out (FALSE);
  fixture_wait (pdg_ingest_is_connected (fixture->ingest));
  {
    g_autoptr (RawAnswer) stored = api_send (fixture, 0, "POST", "/v1/events", JSON_TYPE, "{\"events\":[]}");
    g_autoptr (RawAnswer) ready = api_send (fixture, 0, "GET", "/ready", NULL, NULL);

    g_assert_cmpuint (stored->status, ==, 202);
    g_assert_cmpuint (ready->status, ==, 200);
  }
  {
    gint64 deadline = g_get_monotonic_time () + FIXTURE_DEADLINE_USEC;
    gboolean back = FALSE;

    while (!back)
      {
        g_autoptr (RawAnswer) answer = api_send (fixture, 0, "POST", "/graphql", JSON_TYPE, "{\"query\":\"{organisation{name}}\"}");

        g_assert_cmpint (g_get_monotonic_time (), <, deadline);
        back = answer->status == 200 && strstr (answer->body, "Org A") != NULL;
      }
  }
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL); /* a lost database is a warning */
  fixture = api_fixture_new ();
  g_test_add_func ("/api/status/health", test_health);
  g_test_add_func ("/api/status/ready", test_ready);
  g_test_add_func ("/api/status/metrics", test_metrics);
  g_test_add_func ("/api/status/letters", test_letters);
  g_test_add_func ("/api/status/database-away", test_database_away);
  status = g_test_run ();
  api_fixture_free (fixture);
  return status;
}
