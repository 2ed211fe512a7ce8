#include "config.h"

#include "base/pdg-clock.h"
#include "base/pdg-id.h"
#include "codec/pdg-event-json.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <time.h>

/* Reads bodies of 1, 10 and 100 events of about 544 bytes with our reader, with and without redaction, and with json-glib's DOM, alternately in one
 * run, on one core; the figures are of CPU time of the thread. */

#define ROUNDS 5
#define N_BODIES 64
#define ROUND_NS G_GINT64_CONSTANT (100000000)

typedef guint (*ReadFunc) (GBytes *body);

static gint64
thread_cpu_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

/* A mixture like a web client's: page views, clicks, state changes and API calls; metadata in 7 of 8. */
static void
append_event (GString *json, GRand *rand, guint i)
{
  static const char *const types[] = { "page.view", "ui.click", "state.change", "api.response" };
  static const char *const pages[] = { "/", "/checkout", "/product/8731", "/search", "/account/orders" };
  guint kind = (guint) g_rand_int_range (rand, 0, 4);
  g_autofree char *id = pdg_uuid_new_string ();

  g_string_append_printf (json,
                          "{\"event_id\":\"%s\",\"project_id\":\"proj_%02u\",\"session.id\":\"sess_%016x\",\"event.type\":\"%s\","
                          "\"event.timestamp\":\"2026-11-%02uT%02u:%02u:%02u.%03uZ\",\"page.path\":\"%s\","
                          "\"page.title\":\"The shop: a page of it\",",
                          id, (guint) g_rand_int_range (rand, 0, 60), g_rand_int (rand), types[kind], 1 + i % 21,
                          i % 24, i % 60, (i * 7) % 60, i % 1000, pages[g_rand_int_range (rand, 0, G_N_ELEMENTS (pages))]);
  if (kind == 1)
    g_string_append (json, "\"ui.component.name\":\"AddToCartButton\","
                           "\"ui.component.path\":\"ProductPage/ProductCard/AddToCartButton\",");
  else if (kind == 2)
    g_string_append (json, "\"ui.state.key\":\"cart\",\"ui.state.before\":\"{\\\"items\\\":2,\\\"total\\\":38.5}\","
                           "\"ui.state.after\":\"{\\\"items\\\":3,\\\"total\\\":57.75}\",");
  else if (kind == 3)
    g_string_append_printf (json,
                            "\"api.method\":\"POST\",\"api.path\":\"/api/cart\",\"api.status_code\":%u,\"api.duration_ms\":%u,",
                            i % 20 == 0 ? 503 : 200, i % 900);
  if (i % 8 != 7)
    g_string_append_printf (json, "\"metadata\":{\"experiment\":\"checkout-b\",\"price\":%u.50,\"tags\":[\"sale\",\"winter\",\"free shipping\"],"
                                  "\"user_agent\":\"Mozilla/5.0 (X11; Linux x86_64)\"},", i % 400);
  if (i % 2 == 0)
    g_string_append_printf (json, "\"page.url\":\"https://shop.example/checkout?step=%u\",\"page.referrer\":\"https://shop.example/\",", i % 5);
  g_string_append_printf (json, "\"user.id\":\"user_%u\",\"event.sequence\":%u}", g_rand_int (rand) % 100000, i % 40);
}

static GBytes *
make_body (guint n_events, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  GString *json = g_string_new ("{\"events\":[");

  for (guint i = 0; i < n_events; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      append_event (json, rand, i + seed);
    }
  g_string_append (json, "],\"sent_at\":\"2026-11-22T10:30:00Z\"}");
  return g_string_free_to_bytes (json);
}

static guint
read_with (GBytes *body, const PdgEventPolicies *policies)
{
  PdgEventJsonLimits limits = PDG_EVENT_JSON_LIMITS_DEFAULT;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgEventBatch) batch = NULL;
  guint n_events;

  limits.policies = policies;
  batch = pdg_event_json_parse (body, G_GINT64_CONSTANT (1795300000000000), &limits, &error);
  g_assert_no_error (error);
  pdg_event_batch_get_events (batch, &n_events);
  return n_events;
}

static guint
read_ours (GBytes *body)
{
  return read_with (body, NULL);
}

/* With the rules of redaction that every project has, which find nothing in these events. */
static guint
read_redacted (GBytes *body)
{
  static PdgEventPolicies *policies;

  if (policies == NULL)
    policies = pdg_event_policies_new ();
  return read_with (body, policies);
}

/* The least that would have to be done with a DOM: the strings of the slices, and metadata as text again. */
static guint
read_json_glib (GBytes *body)
{
  static const char *const names[] = { "event_id", "project_id", "session.id", "event.type", "event.timestamp", "page.path",
                                       "page.title", "ui.component.name", "ui.component.path", "gen_ai.journey.id",
                                       "gen_ai.journey.step.id", "user.id", "app.version" };
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  gsize size, total = 0;
  const char *data = g_bytes_get_data (body, &size);
  JsonArray *events;
  guint n_events;

  g_assert_true (json_parser_load_from_data (parser, data, (gssize) size, NULL));
  events = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "events");
  n_events = json_array_get_length (events);
  for (guint i = 0; i < n_events; i++)
    {
      JsonObject *event = json_array_get_object_element (events, i);
      JsonNode *metadata = json_object_get_member (event, "metadata");

      for (guint j = 0; j < G_N_ELEMENTS (names); j++)
        total += strlen (json_object_get_string_member_with_default (event, names[j], ""));
      if (metadata != NULL)
        {
          g_autofree char *text = json_to_string (metadata, FALSE);

          total += strlen (text);
        }
    }
  g_assert_cmpuint (total, >, 0);
  return n_events;
}

/* Many bodies in turn, lest the processor learn one by heart. */
static double
measure_events_per_second (ReadFunc func, GPtrArray *bodies)
{
  gint64 start = thread_cpu_ns (), elapsed;
  guint64 n_events = 0;

  do
    {
      for (guint i = 0; i < bodies->len; i++)
        n_events += func (g_ptr_array_index (bodies, i));
      elapsed = thread_cpu_ns () - start;
    }
  while (elapsed < ROUND_NS);
  return (double) n_events * 1e9 / (double) elapsed;
}

int
main (void)
{
  static const guint sizes[] = { 1, 10, 100 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GPtrArray) bodies = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      double bytes_per_event = 0, ours = 0, redacted = 0, theirs = 0;

      for (guint32 seed = 0; seed < N_BODIES; seed++)
        {
          g_ptr_array_add (bodies, make_body (sizes[i], seed));
          bytes_per_event += (double) g_bytes_get_size (g_ptr_array_index (bodies, seed)) / sizes[i] / N_BODIES;
        }
      for (int round = 0; round < ROUNDS; round++)
        {
          ours = MAX (ours, measure_events_per_second (read_ours, bodies));
          redacted = MAX (redacted, measure_events_per_second (read_redacted, bodies));
          theirs = MAX (theirs, measure_events_per_second (read_json_glib, bodies));
        }
      g_print ("codec/event-json/batch-%u/size %.0f B/event -\n", sizes[i], bytes_per_event);
      g_print ("codec/event-json/batch-%u/rate %.0f events/s %.1f-to-json-glib\n", sizes[i], ours, ours / theirs);
      g_print ("codec/event-json/batch-%u/throughput %.0f MB/s %.1f-to-json-glib\n", sizes[i], ours * bytes_per_event / 1e6,
               ours / theirs);
      g_print ("codec/event-json/batch-%u/redacted %.0f events/s %.2f-to-unredacted\n", sizes[i], redacted, redacted / ours);
      g_print ("codec/json-glib/batch-%u/rate %.0f events/s 1.0-to-json-glib\n", sizes[i], theirs);
    }
  return 0;
}
