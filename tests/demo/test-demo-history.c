#include "config.h"
#include "demo-fixture.h"

#include "base/pdg-id.h"
#include "base/pdg-time.h"

typedef void (*EventFunc) (JsonObject *event, gpointer user_data);

static PdgDemoOptions
make_options (guint64 seed, guint n_sessions)
{
  return (PdgDemoOptions) { .seed = seed, .end_usec = DEMO_END_USEC, .n_sessions = n_sessions, .project_id = "proj_test" };
}

static guint64
for_each_event (const PdgDemoOptions *options, guint batch, EventFunc func, gpointer user_data)
{
  g_autoptr (PdgDemo) demo = pdg_demo_new (options);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  guint64 total = 0;
  GBytes *body;
  guint n;

  while ((body = pdg_demo_next_batch (demo, batch, &n)) != NULL)
    {
      JsonArray *events = demo_parse_events (parser, body, n);

      g_assert_cmpuint (n, <=, batch);
      for (guint i = 0; i < n; i++)
        func (json_array_get_object_element (events, i), user_data);
      total += n;
      g_bytes_unref (body);
    }
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpuint (total, ==, pdg_demo_get_n_events (demo));
  return total;
}

static char *
hash_history (const PdgDemoOptions *options, guint batch)
{
  g_autoptr (PdgDemo) demo = pdg_demo_new (options);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  GBytes *body;
  guint n;

  while ((body = pdg_demo_next_batch (demo, batch, &n)) != NULL)
    {
      gsize len;
      const char *data = g_bytes_get_data (body, &len);

      /* Without the envelope, so that the size of the batches does not matter. */
      g_checksum_update (checksum, (const guchar *) data + strlen ("{\"events\":["), (gssize) (len - strlen ("{\"events\":[]}")));
      g_checksum_update (checksum, (const guchar *) ",", 1);
      g_bytes_unref (body);
    }
  return g_strdup (g_checksum_get_string (checksum));
}

static void
test_deterministic (void)
{
  PdgDemoOptions options = make_options (7, 300), other = make_options (8, 300), later = make_options (7, 300);
  g_autofree char *first = hash_history (&options, 1000), *second = hash_history (&options, 1000), *small = hash_history (&options, 7);
  g_autofree char *third = hash_history (&other, 1000), *fourth = NULL;

  later.end_usec += PDG_USEC_PER_DAY;
  fourth = hash_history (&later, 1000);
  g_assert_cmpstr (first, ==, second);
  g_assert_cmpstr (first, ==, small);
  g_assert_cmpstr (first, !=, third);
  g_assert_cmpstr (first, !=, fourth);
}

static void
test_defaults (void)
{
  PdgDemoOptions options = { .end_usec = DEMO_END_USEC };
  g_autoptr (PdgDemo) demo = pdg_demo_new (&options);
  const PdgDemoRelease *releases;
  guint n_releases, n;
  g_autoptr (GBytes) body = pdg_demo_next_batch (demo, G_MAXUINT, &n);

  g_assert_nonnull (body);
  g_assert_cmpuint (n, ==, PDG_DEMO_MAX_BATCH);
  g_assert_cmpuint (g_bytes_get_size (body), <, 10 * 1000 * 1000);
  g_assert_cmpuint (pdg_demo_get_n_events (demo), >, 60000);
  g_assert_cmpuint (pdg_demo_get_n_events (demo), <, 110000);
  releases = pdg_demo_get_releases (demo, &n_releases);
  g_assert_cmpuint (n_releases, ==, 4);
  for (guint i = 1; i < n_releases; i++)
    g_assert_cmpint (releases[i].start_usec, >, releases[i - 1].start_usec);
  g_assert_cmpstr (releases[2].version, ==, "2.4.0");
}

typedef struct
{
  GHashTable *ids;
  GHashTable *sequences; /* session to its last sequence */
  GHashTable *types;
  GHashTable *users; /* session to its user */
  gint64 last_usec;
  guint n_sign_ins;
} Check;

static const struct
{
  const char *type;
  const char *keys[6];
} required[] = {
  { "page.view", { "page.title", "page.url", "ui.viewport" } },
  { "page.leave", { "duration_ms" } },
  { "ui.click", { "ui.component.name", "ui.component.path", "ui.component.type", "ui.viewport" } },
  { "ui.input", { "ui.component.name", "ui.component.path", "ui.element", "ui.element.text" } },
  { "ui.focus", { "ui.component.name", "ui.component.path" } },
  { "ui.submit", { "ui.component.name", "ui.component.path" } },
  { "ui.scroll", { "ui.scroll.position" } },
  { "state.change", { "ui.state.key", "ui.state.before", "ui.state.after", "ui.state.change_type" } },
  { "api.request", { "api.method", "api.path" } },
  { "api.response", { "api.method", "api.path", "api.status_code", "api.duration_ms" } },
  { "journey.step", { "gen_ai.journey.id", "gen_ai.journey.step.id", "gen_ai.journey.step.name" } },
  { "error", { "error.type", "error.message", "error.component" } },
  { "performance", { "performance.lcp_ms", "performance.inp_ms", "performance.cls", "performance.ttfb_ms" } },
};

static void
check_type (JsonObject *event, Check *check)
{
  const char *type = demo_get_text (event, "event.type");
  gboolean known = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (required); i++)
    if (g_str_equal (type, required[i].type))
      {
        known = TRUE;
        for (guint k = 0; k < 6 && required[i].keys[k] != NULL; k++)
          g_assert_true (json_object_has_member (event, required[i].keys[k]));
      }
  g_assert_true (known);
  g_hash_table_add (check->types, g_strdup (type));
}

/* Both values of a change are JSON of their own. */
static void
check_state (JsonObject *event)
{
  static const char *const keys[] = { "ui.state.before", "ui.state.after" };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) value = json_from_string (demo_get_text (event, keys[i]), &error);

      g_assert_no_error (error);
    }
}

/* Once signed in, a session keeps its user. */
static void
check_user (JsonObject *event, Check *check)
{
  const char *session = demo_get_text (event, "session.id"), *user = demo_get_text (event, "user.id");
  const char *before = g_hash_table_lookup (check->users, session);

  if (before != NULL)
    g_assert_cmpstr (user, ==, before);
  else if (user != NULL)
    {
      g_hash_table_insert (check->users, g_strdup (session), g_strdup (user));
      check->n_sign_ins += json_object_get_int_member (event, "event.sequence") > 1;
    }
}

static void
check_event (JsonObject *event, gpointer user_data)
{
  Check *check = user_data;
  const char *id = demo_get_text (event, "event_id"), *session = demo_get_text (event, "session.id");
  const char *timestamp = demo_get_text (event, "event.timestamp");
  JsonObject *metadata = json_object_get_object_member (event, "metadata");
  gint64 sequence = json_object_get_int_member (event, "event.sequence"), usec;
  guint8 uuid[16];

  g_assert_cmpstr (demo_get_text (event, "project_id"), ==, "proj_test");
  g_assert_true (pdg_uuid_parse (id, strlen (id), uuid));
  g_assert_true (pdg_uuid_parse (session, strlen (session), uuid));
  g_assert_true (g_hash_table_add (check->ids, g_strdup (id)));
  g_assert_nonnull (demo_get_text (event, "anonymous.id"));
  g_assert_nonnull (demo_get_text (event, "app.version"));
  g_assert_true (g_str_has_prefix (demo_get_text (event, "page.path"), "/"));
  g_assert_nonnull (demo_get_text (metadata, "device"));
  g_assert_nonnull (demo_get_text (metadata, "country"));
  g_assert_nonnull (demo_get_text (metadata, "variant"));

  g_assert_cmpuint (strlen (timestamp), ==, strlen ("2026-11-22T10:30:00.123Z"));
  g_assert_true (pdg_time_parse_rfc3339 (timestamp, strlen (timestamp), &usec));
  g_assert_cmpint (usec, >=, check->last_usec);
  g_assert_cmpint (usec, >=, DEMO_END_USEC - 14 * PDG_USEC_PER_DAY);
  g_assert_cmpint (usec, <=, DEMO_END_USEC);
  check->last_usec = usec;

  g_assert_cmpint (sequence, >, GPOINTER_TO_INT (g_hash_table_lookup (check->sequences, session)));
  g_hash_table_insert (check->sequences, g_strdup (session), GINT_TO_POINTER ((int) sequence));
  check_type (event, check);
  check_user (event, check);
  if (g_str_equal (demo_get_text (event, "event.type"), "state.change"))
    check_state (event);
}

static void
test_events (void)
{
  PdgDemoOptions options = make_options (1, 1500);
  Check check = {
    .ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    .sequences = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    .types = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    .users = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
  };
  guint64 n = for_each_event (&options, 500, check_event, &check);

  g_assert_cmpuint (g_hash_table_size (check.ids), ==, n);
  g_assert_cmpuint (g_hash_table_size (check.sequences), ==, 1500);
  g_assert_cmpuint (g_hash_table_size (check.types), ==, G_N_ELEMENTS (required));
  g_assert_cmpuint (check.n_sign_ins, >, 50);
  g_clear_pointer (&check.ids, g_hash_table_unref);
  g_clear_pointer (&check.sequences, g_hash_table_unref);
  g_clear_pointer (&check.types, g_hash_table_unref);
  g_clear_pointer (&check.users, g_hash_table_unref);
}

#define N_VERSIONS 4

/* Of each release: visits of the payment step, sessions that ended there, sessions with an error in its form. */
typedef struct
{
  GHashTable *last_page; /* session to the title of its last page */
  GHashTable *version;   /* session to its release */
  guint visits[N_VERSIONS], exits[N_VERSIONS], errors[N_VERSIONS], sessions[N_VERSIONS];
  guint hours[24];
} Fault;

static guint
get_version (JsonObject *event)
{
  static const char *const versions[N_VERSIONS] = { "2.2.0", "2.3.0", "2.4.0", "2.4.1" };

  for (guint i = 0; i < N_VERSIONS; i++)
    if (g_str_equal (demo_get_text (event, "app.version"), versions[i]))
      return i;
  g_assert_not_reached ();
}

static void
watch_fault (JsonObject *event, gpointer user_data)
{
  Fault *fault = user_data;
  const char *type = demo_get_text (event, "event.type"), *session = demo_get_text (event, "session.id");
  guint version = get_version (event);

  if (g_hash_table_insert (fault->version, g_strdup (session), GUINT_TO_POINTER (version)))
    {
      fault->sessions[version]++;
      fault->hours[atoi (demo_get_text (event, "event.timestamp") + strlen ("2026-11-22T"))]++;
    }
  if (g_str_equal (type, "error") && g_str_equal (demo_get_text (event, "error.component"), "CheckoutForm"))
    fault->errors[version]++;
  if (!g_str_equal (type, "page.view"))
    return;
  fault->visits[version] += g_str_equal (demo_get_text (event, "page.title"), "Payment");
  g_hash_table_insert (fault->last_page, g_strdup (session), g_strdup (demo_get_text (event, "page.title")));
}

/* For any seed: on 2.4.0 visitors leave at the payment at least three times as often as on each other release, and the
 * rest of the shop is healthy; by night it is quieter than in the evening. */
static void
test_fault (gconstpointer data)
{
  PdgDemoOptions options = make_options (GPOINTER_TO_UINT (data), 0);
  Fault fault = {
    .last_page = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
    .version = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
  };
  double share[N_VERSIONS], errors[N_VERSIONS];
  GHashTableIter iter;
  gpointer session, page;

  for_each_event (&options, 1000, watch_fault, &fault);
  g_hash_table_iter_init (&iter, fault.last_page);
  while (g_hash_table_iter_next (&iter, &session, &page))
    if (g_str_equal (page, "Payment"))
      fault.exits[GPOINTER_TO_UINT (g_hash_table_lookup (fault.version, session))]++;
  for (guint i = 0; i < N_VERSIONS; i++)
    {
      g_assert_cmpuint (fault.sessions[i], >, 200);
      g_assert_cmpuint (fault.visits[i], >, 50);
      share[i] = (double) fault.exits[i] / fault.visits[i];
      errors[i] = (double) fault.errors[i] / fault.visits[i];
      g_test_message ("release %u: %u visits, exit %.3f, errors %.3f", i, fault.visits[i], share[i], errors[i]);
    }
  for (guint i = 0; i < N_VERSIONS; i++)
    if (i != 2)
      {
        g_assert_cmpfloat (share[2], >=, 3 * share[i]);
        g_assert_cmpfloat (errors[2], >=, 3 * errors[i]);
        g_assert_cmpfloat (share[i], <, 0.15);
      }
  g_assert_cmpuint (fault.hours[20], >, 4 * fault.hours[3]);
  g_hash_table_unref (fault.last_page);
  g_hash_table_unref (fault.version);
}

/* A project's id may hold anything that JSON has to escape. */
static void
test_project_id (void)
{
  PdgDemoOptions options = { .seed = 3, .end_usec = DEMO_END_USEC, .n_sessions = 2, .project_id = "a\"b\\c\nd" };
  g_autoptr (PdgDemo) demo = pdg_demo_new (&options);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  guint n;
  g_autoptr (GBytes) body = pdg_demo_next_batch (demo, 1, &n);
  JsonArray *events = demo_parse_events (parser, body, 1);

  g_assert_cmpstr (demo_get_text (json_array_get_object_element (events, 0), "project_id"), ==, "a\"b\\c\nd");
}

/* The full bound holds on a quiet machine (-m perf); the other leaves room for sanitizers and busy neighbours. */
static void
test_speed (void)
{
  PdgDemoOptions options = make_options (5, 4000);
  g_autoptr (PdgDemo) demo = pdg_demo_new (&options);
  gint64 start = g_get_monotonic_time ();
  double seconds;
  guint64 total = 0;
  GBytes *body;
  guint n;

  while ((body = pdg_demo_next_batch (demo, 1000, &n)) != NULL)
    {
      total += n;
      g_bytes_unref (body);
    }
  seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  g_test_message ("%.0f events/s", (double) total / seconds);
  g_assert_cmpfloat ((double) total / seconds, >=, g_test_perf () ? 200000 : 2000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/demo/history/same-options-same-bytes", test_deterministic);
  g_test_add_func ("/demo/history/defaults", test_defaults);
  g_test_add_func ("/demo/history/events-are-well-formed", test_events);
  g_test_add_data_func ("/demo/history/fault-shows/1", GUINT_TO_POINTER (1), test_fault);
  g_test_add_data_func ("/demo/history/fault-shows/2", GUINT_TO_POINTER (2), test_fault);
  g_test_add_data_func ("/demo/history/fault-shows/42", GUINT_TO_POINTER (42), test_fault);
  g_test_add_func ("/demo/history/project-id-is-escaped", test_project_id);
  g_test_add_func ("/demo/history/speed", test_speed);
  return g_test_run ();
}
