#include "config.h"

#include "api/api-fixture.h"
#include "api/pdg-api-rates.h"
#include "base/pdg-clock.h"

#include <string.h>

/* How many events a key may send, by a clock that stands until it is moved; and from which origins. */

static gint64 now_usec = 1000000000;

static gint64
read_clock (gpointer user_data)
{
  return now_usec;
}

static PdgPrincipal *
make_key (gint32 key_no, int rate, int burst)
{
  PdgPrincipal *principal = pdg_principal_new ("00000000-0000-4000-8000-000000000001", 1, PDG_ROLE_INGEST, 1, "key");

  pdg_principal_set_key (principal, key_no, rate, burst, NULL);
  return principal;
}

/* Each row: the clock moves, then so many events are asked for, and so many seconds are the answer. */
static void
test_bucket (void)
{
  static const struct
  {
    gint64 move_usec;
    guint n_events, wait;
  } rows[] = {
    { 0, 20, 0 },        /* a full bucket of 20 */
    { 0, 1, 1 },         /* at 10 a second */
    { 99999, 1, 1 },     /* a microsecond too early */
    { 1, 1, 0 },
    { 0, 1, 1 },
    { 1000000, 10, 0 },
    { 0, 20, 2 },
    { 0, 15, 2 },
    { 1500000, 15, 0 },  /* those who were put off cost nothing */
    { 60000000, 20, 0 }, /* and it is never fuller than full */
    { 0, 1, 1 },
    { 2000000, 50, 0 },  /* more than a whole bucket, when it is full, */
    { 0, 1, 4 },         /* is paid off */
    { 3000000, 1, 1 },
    { 100000, 1, 0 },
    { -5000000, 1, 1 },  /* a clock that was put back fills nothing */
    { 100000, 1, 0 },
    { 0, 0, 0 },
  };
  g_autoptr (PdgPrincipal) key = make_key (7, 10, 20), other = make_key (8, 10, 20), any = make_key (9, 0, 0);
  g_autoptr (PdgPrincipal) as_set = make_key (10, -1, 0), none = make_key (0, 1, 1);
  PdgApiRates *rates = pdg_api_rates_new (5, 30);
  guint n_refused = 0;

  pdg_clock_set_source (read_clock, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      now_usec += rows[i].move_usec;
      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpuint (pdg_api_rates_take (rates, key, rows[i].n_events), ==, rows[i].wait);
      n_refused += rows[i].wait > 0;
    }
  g_assert_cmpuint (pdg_api_rates_get_n_refused (rates), ==, n_refused);
  g_assert_cmpuint (pdg_api_rates_take (rates, other, 20), ==, 0); /* each has its own */
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpuint (pdg_api_rates_take (rates, any, 1000), ==, 0);
  g_assert_cmpuint (pdg_api_rates_take (rates, as_set, 30), ==, 0);
  g_assert_cmpuint (pdg_api_rates_take (rates, as_set, 1), ==, 1);
  g_assert_cmpuint (pdg_api_rates_take (rates, none, 1000), ==, 0);
  pdg_api_rates_free (rates);
  pdg_clock_set_source (NULL, NULL);
}

static ApiFixture *fixture;

#define EVENT "{\"events\":[{\"event_id\":\"%s\",\"project_id\":\"proj_demo\",\"session.id\":\"s\",\"event.type\":\"x\"," \
              "\"event.timestamp\":\"2026-11-22T00:00:00Z\"}]}"

static void
run_mutation (const char *document)
{
  g_autoptr (JsonNode) response = api_query (fixture, NULL, document, NULL);

  assert_no_errors (response);
}

static guint
send_from (const char *origin, const char *path, const char *body)
{
  g_autofree char *headers = g_strdup_printf ("Content-Type: application/json\r\nAuthorization: Bearer %s\r\n%s%s%s", fixture->key_a,
                                              origin != NULL ? "Origin: " : "",
                                              origin != NULL ? origin : "", origin != NULL ? "\r\n" : "");
  g_autoptr (RawAnswer) answer = api_send (fixture, 0, "POST", path, headers, body);

  return answer->status;
}

static void
test_origins (void)
{
  static const struct
  {
    const char *origin;
    guint status;
  } rows[] = {
    { NULL, 202 }, { "https://shop.example", 202 }, { "HTTPS://Shop.Example", 202 }, { "https://a.b.my.example", 202 }, { "https://my.example", 403 },
    { "https://evilmy.example", 403 }, { "http://shop.example", 403 }, { "https://shop.example.evil", 403 }, { "null", 403 },
  };
  g_autofree char *body = g_strdup_printf (EVENT, "origin");

  g_assert_cmpuint (send_from ("https://anywhere.example", "/v1/events", body), ==, 202);
  run_mutation ("mutation{setOrigins(input:{projectId:\"proj_demo\",origins:[\"https://shop.example\",\"https://*.my.example\"]}){origins errors{message}}}");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpuint (send_from (rows[i].origin, "/v1/events", body), ==, rows[i].status);
  g_assert_cmpuint (send_from ("https://evil.example", "/v1/batch", "{\"batch\":[{\"type\":\"track\",\"event\":\"e\",\"userId\":\"u\"}]}"), ==, 403);
  run_mutation ("mutation{setOrigins(input:{projectId:\"proj_demo\",origins:null}){origins errors{message}}}");
  g_assert_cmpuint (send_from ("https://evil.example", "/v1/events", body), ==, 202);
}

/* In each client's own way; nothing of what was put off is stored. */
static void
test_put_off (void)
{
  static const struct
  {
    const char *path, *body, *part;
  } rows[] = {
    { "/v1/events", "{\"events\":[{\"event_id\":\"put-off\",\"project_id\":\"proj_demo\",\"session.id\":\"s\",\"event.type\":\"x\"," \
              "\"event.timestamp\":\"2026-11-22T00:00:00Z\"}]}", "error" },
    { "/v1/batch", "{\"batch\":[{\"type\":\"track\",\"event\":\"e\",\"userId\":\"u\"}]}", "\"success\":false" },
    { "/batch", "{\"batch\":[{\"event\":\"e\",\"distinct_id\":\"u\"}]}", "\"type\":\"validation_error\"" },
    { "/2/httpapi", "{\"events\":[{\"event_type\":\"e\",\"user_id\":\"u\"}]}", "\"code\":429" },
    { "/v1/logs", "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"stringValue\":\"x\"}}]}]}]}", "message" },
  };
  g_autoptr (JsonNode) made = api_query (fixture, NULL, "mutation{createApiKey(input:{projectId:\"proj_demo\"}){secret key{id}}}", NULL);
  g_autofree char *secret = json_dup_at (made, "data.createApiKey.secret"), *id = json_dup_at (made, "data.createApiKey.key.id");
  g_autofree char *limit = g_strdup_printf ("mutation{limitApiKey(input:{projectId:\"proj_demo\",id:\"%s\",eventsPerSecond:1,burstEvents:1})"
                                            "{key{id} errors{message}}}", id);
  g_autofree char *headers = g_strdup_printf ("Content-Type: application/json\r\nX-PG-API-Key: %s\r\n", secret), *first = g_strdup_printf (EVENT, "first");
  gint64 before;

  now_usec = g_get_real_time ();
  run_mutation (limit);
  pdg_clock_set_source (read_clock, NULL);
  {
    g_autoptr (RawAnswer) answer = api_send (fixture, 0, "POST", "/v1/events", headers, first);

    g_assert_cmpuint (answer->status, ==, 202);
  }
  before = fixture_owner_int ("SELECT count(*) FROM event");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (RawAnswer) answer = api_send (fixture, 0, "POST", rows[i].path, headers, rows[i].body);

      g_test_message ("%s", rows[i].path);
      g_assert_cmpuint (answer->status, ==, 429);
      g_assert_nonnull (strstr (answer->head, "Retry-After: 1"));
      g_assert_nonnull (strstr (answer->body, rows[i].part));
    }
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event"), ==, before);
  now_usec += G_USEC_PER_SEC;
  {
    g_autoptr (RawAnswer) answer = api_send (fixture, 0, "POST", "/v1/events", headers, first);

    g_assert_cmpuint (answer->status, ==, 202);
  }
  pdg_clock_set_source (NULL, NULL);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  fixture = api_fixture_new ();
  g_test_add_func ("/api/limits-of-keys/bucket", test_bucket);
  g_test_add_func ("/api/limits-of-keys/origins", test_origins);
  g_test_add_func ("/api/limits-of-keys/put-off", test_put_off);
  status = g_test_run ();
  api_fixture_free (fixture);
  return status;
}
