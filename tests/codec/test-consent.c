#include "config.h"

#include "codec-support.h"

#include "codec/pdg-dialect.h"

#include <string.h>

/* What becomes of events by consent: consent.state of our own, and how other clients say it. */

typedef struct
{
  PdgConsentAction denied, unknown;
  gboolean headers;
  const char *categories; /* joined by commas */
} Rules;

static PdgEventPolicies *
make_policies (const Rules *rules)
{
  PdgEventPolicies *policies = pdg_event_policies_new ();
  PdgConsentRules *own = pdg_consent_rules_new ();

  own->denied = rules->denied;
  own->unknown = rules->unknown;
  own->headers = rules->headers;
  g_strfreev (own->categories);
  own->categories = g_strsplit (rules->categories != NULL ? rules->categories : "", ",", -1);
  pdg_event_policies_take_consent (policies, "p1", own);
  return policies;
}

static PdgEventBatch *
parse (const Rules *rules, gboolean opted_out, const char *members)
{
  g_autoptr (PdgEventPolicies) policies = make_policies (rules);
  PdgEventJsonLimits limits = PDG_EVENT_JSON_LIMITS_DEFAULT;
  g_autofree char *text = g_strdup_printf ("{\"events\":[{" REQUIRED_MEMBERS "%s}]}", members);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  PdgEventBatch *batch;

  limits.policies = policies;
  limits.opted_out = opted_out;
  batch = pdg_event_json_parse (body, RECEIVED_USEC, &limits, &error);
  g_assert_no_error (error);
  return batch;
}

/* "stored", "counted", "withheld" or "refused". */
static const char *
describe (PdgEventBatch *batch)
{
  guint n, n_issues;
  const PdgEvent *events = pdg_event_batch_get_events (batch, &n);

  pdg_event_batch_get_issues (batch, &n_issues);
  g_assert_cmpuint (n + n_issues + pdg_event_batch_get_n_withheld (batch), ==, 1);
  g_assert_cmpuint (pdg_event_batch_get_n_counted (batch), ==, n == 1 && (events[0].flags & PDG_EVENT_COUNTED) != 0);
  if (n_issues == 1)
    return "refused";
  if (n == 0)
    return "withheld";
  return (events[0].flags & PDG_EVENT_COUNTED) != 0 ? "counted" : "stored";
}

#define DENIED ",\"consent.state\":\"denied\""
#define GRANTED ",\"consent.state\":\"Granted\""
#define UNKNOWN ",\"consent.state\":\"unknown\""

static void
test_own (void)
{
  static const Rules standard = { PDG_CONSENT_DROP, PDG_CONSENT_STORE, FALSE, NULL };
  static const Rules count = { PDG_CONSENT_COUNT, PDG_CONSENT_STORE, TRUE, NULL };
  static const Rules strict = { PDG_CONSENT_DROP, PDG_CONSENT_COUNT, TRUE, NULL };
  static const Rules opt_in = { PDG_CONSENT_DROP, PDG_CONSENT_DROP, FALSE, NULL };
  static const struct
  {
    const Rules *rules;
    gboolean opted_out;
    const char *members, *expected;
  } rows[] = {
    { &standard, FALSE, "", "stored" },
    { &standard, TRUE, "", "stored" },
    { &standard, FALSE, GRANTED, "stored" },
    { &standard, FALSE, UNKNOWN, "stored" },
    { &standard, FALSE, ",\"consent.state\":null", "stored" },
    { &standard, FALSE, DENIED, "withheld" },
    { &standard, FALSE, DENIED ",\"api.status_code\":\"not a number\"", "withheld" },
    { &standard, FALSE, ",\"consent.state\":\"maybe\"", "refused" },
    { &standard, FALSE, ",\"consent.state\":true", "refused" },
    { &count, FALSE, "", "stored" },
    { &count, TRUE, "", "counted" },
    { &count, TRUE, GRANTED, "stored" },
    { &count, TRUE, UNKNOWN, "counted" },
    { &count, FALSE, DENIED, "counted" },
    { &count, FALSE, DENIED ",\"event.type\":\"identify\"", "withheld" },
    { &count, FALSE, DENIED ",\"event.type\":\"alias\"", "withheld" },
    { &count, FALSE, DENIED ",\"event.type\":\"group\"", "withheld" },
    { &count, FALSE, DENIED ",\"session.id\":\"\"", "counted" },
    { &count, FALSE, DENIED ",\"event.timestamp\":\"never\"", "refused" },
    { &strict, FALSE, "", "counted" },
    { &strict, TRUE, "", "withheld" },
    { &strict, FALSE, GRANTED, "stored" },
    { &opt_in, FALSE, "", "withheld" },
    { &opt_in, FALSE, GRANTED, "stored" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PdgEventBatch) batch = parse (rows[i].rules, rows[i].opted_out, rows[i].members);

      g_test_message ("%" G_GSIZE_FORMAT ": %s", i, rows[i].members);
      g_assert_cmpstr (describe (batch), ==, rows[i].expected);
    }
}

/* What is only counted has nothing of the person: each text of its own is looked for in all that is left. */
static void
test_counted (void)
{
  static const Rules rules = { PDG_CONSENT_COUNT, PDG_CONSENT_STORE, FALSE, NULL };
  g_autoptr (PdgEventBatch) batch =
      parse (&rules, FALSE,
             DENIED ",\"event.type\":\"page.view\",\"session.id\":\"secret-s\",\"user.id\":\"secret-u\",\"anonymous.id\":\"secret-a\",\"org.id\":\"secret-o\","
             "\"event.name\":\"secret-n\",\"page.path\":\"/user/12345/\",\"page.url\":\"https://a/user/12345?q=secret-q\",\"page.title\":\"secret-t\","
             "\"ui.component.name\":\"secret-c\",\"ui.component.path\":\"secret-cp\",\"ui.state.after\":\"secret-state\",\"error.message\":\"secret-e\","
             "\"gen_ai.journey.id\":\"secret-j\",\"gen_ai.journey.step.id\":\"secret-st\",\"metadata\":{\"x\":\"secret-m\"},\"other\":\"secret-x\","
             "\"app.version\":\"1.2\",\"event.sequence\":77");
  const PdgEvent *event = codec_get_event (batch);
  g_autoptr (GBytes) json = pdg_event_json_write_event (event);
  g_autofree char *text = g_strndup (g_bytes_get_data (json, NULL), g_bytes_get_size (json));

  g_assert_null (strstr (text, "secret"));
  g_assert_null (strstr (text, "12345"));
  codec_assert_slice (event->type, "page.view");
  codec_assert_slice (event->page_path, "/user/:id");
  codec_assert_slice (event->release, "1.2");
  codec_assert_slice (event->data, NULL);
  codec_assert_slice (event->user, NULL);
  codec_assert_slice (event->anonymous, NULL);
  g_assert_cmpint (event->timestamp_usec, ==, RECEIVED_USEC);
  g_assert_cmpint (event->sequence, ==, PDG_SEQUENCE_NONE);
}

/* Where only the address of the page is known, its path still counts. */
static void
test_counted_by_address (void)
{
  static const Rules rules = { PDG_CONSENT_COUNT, PDG_CONSENT_STORE, FALSE, NULL };
  g_autoptr (PdgEventBatch) batch = parse (&rules, FALSE, DENIED ",\"page.url\":\"https://a.example/cart?token=secret#x\"");

  codec_assert_slice (codec_get_event (batch)->page_path, "/cart");
  codec_assert_slice (codec_get_event (batch)->data, NULL);
}

/* No letter keeps the text of an event whose person did not consent, or may not have. */
static void
test_letters (void)
{
  static const Rules rules = { PDG_CONSENT_COUNT, PDG_CONSENT_STORE, FALSE, NULL };
  static const struct
  {
    const char *members;
    gboolean kept;
  } rows[] = {
    { ",\"event.timestamp\":\"never\"", TRUE },
    { GRANTED ",\"event.timestamp\":\"never\"", TRUE },
    { DENIED ",\"event.timestamp\":\"never\"", FALSE },
    { ",\"consent.state\":\"no!\"", FALSE },
    { ",\"event.timestamp\":\"never\",\"consent.state\":\"no!\"", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PdgEventBatch) batch = parse (&rules, FALSE, rows[i].members);
      guint n;
      const PdgEventIssue *issues = pdg_event_batch_get_issues (batch, &n);

      g_assert_cmpuint (n, ==, 1);
      g_assert_cmpint (issues[0].raw.data != NULL, ==, rows[i].kept);
    }
}

/* The state of an event that is stored is kept with it. */
static void
test_kept (void)
{
  static const Rules rules = { PDG_CONSENT_DROP, PDG_CONSENT_STORE, FALSE, NULL };
  g_autoptr (PdgEventBatch) batch = parse (&rules, FALSE, GRANTED);

  codec_assert_slice (codec_get_event (batch)->data, "{\"consent.state\":\"Granted\"}");
}

typedef PdgEventBatch *(*ReadFunc) (GBytes *body, const PdgDialectContext *context, GError **error);

static PdgEventBatch *
read_segment (GBytes *body, const PdgDialectContext *context, GError **error)
{
  return pdg_segment_read (body, "track", context, error);
}

static PdgEventBatch *
read_mixpanel (GBytes *body, const PdgDialectContext *context, GError **error)
{
  return pdg_mixpanel_read (body, PDG_MIXPANEL_TRACK, context, error);
}

#define SEGMENT(context) "{\"event\":\"Bought\",\"userId\":\"u\",\"messageId\":\"m\",\"context\":{" context "},\"properties\":{}}"
#define POSTHOG(properties) "{\"event\":\"bought\",\"uuid\":\"m\",\"properties\":{\"$session_id\":\"s\"," properties "}}"

static void
test_dialects (void)
{
  static const struct
  {
    ReadFunc read;
    const char *categories, *body, *expected;
  } rows[] = {
    { read_segment, NULL, SEGMENT (""), "counted" },
    { read_segment, NULL, SEGMENT ("\"consent\":{\"categoryPreferences\":{\"Analytics\":true,\"Ads\":true}}"), "stored" },
    { read_segment, NULL, SEGMENT ("\"consent\":{\"categoryPreferences\":{\"Analytics\":true,\"Ads\":false}}"), "withheld" },
    { read_segment, "Analytics", SEGMENT ("\"consent\":{\"categoryPreferences\":{\"Analytics\":true,\"Ads\":false}}"), "stored" },
    { read_segment, "Analytics", SEGMENT ("\"consent\":{\"categoryPreferences\":{\"Analytics\":false,\"Ads\":true}}"), "withheld" },
    { read_segment, "Other", SEGMENT ("\"consent\":{\"categoryPreferences\":{\"Analytics\":false}}"), "counted" },
    { read_segment, "Analytics", SEGMENT ("\"consent\":{\"categoryPreferences\":null}"), "counted" },
    { read_segment, "Analytics", SEGMENT ("\"consent\":[1]"), "counted" },
    { read_segment, "C1,C2", SEGMENT ("\"consentManagement\":{\"allowedConsentIds\":[\"C1\",\"C2\",\"C3\"],\"deniedConsentIds\":[]}"), "stored" },
    { read_segment, "C1,C2", SEGMENT ("\"consentManagement\":{\"allowedConsentIds\":[\"C1\"],\"deniedConsentIds\":[\"C2\"]}"), "withheld" },
    { read_segment, "C1,C2", SEGMENT ("\"consentManagement\":{\"allowedConsentIds\":[\"C1\"],\"deniedConsentIds\":[\"C3\"]}"), "counted" },
    { read_segment, NULL, SEGMENT ("\"consentManagement\":{\"allowedConsentIds\":[],\"deniedConsentIds\":[\"C3\"]}"), "withheld" },
    { read_segment, NULL, "{\"event\":\"Bought\",\"userId\":\"u\",\"messageId\":\"m\",\"properties\":{\"consent.state\":\"denied\"}}", "withheld" },
    { pdg_posthog_read, NULL, POSTHOG ("\"distinct_id\":\"u\""), "counted" },
    { pdg_posthog_read, NULL, POSTHOG ("\"distinct_id\":\"$posthog_cookieless\",\"$cookieless_mode\":true"), "withheld" },
    { pdg_posthog_read, NULL, POSTHOG ("\"distinct_id\":\"u\",\"$cookieless_mode\":false"), "counted" },
    { pdg_posthog_read, NULL, "{\"event\":\"x\",\"uuid\":\"m\",\"distinct_id\":\"u\",\"options\":{\"cookieless_mode\":true}}", "withheld" },
    { pdg_posthog_read, NULL, "{\"event\":\"$opt_in\",\"uuid\":\"m\",\"distinct_id\":\"u\"}", "stored" },
    { pdg_posthog_read, NULL, POSTHOG ("\"consent.state\":\"granted\""), "stored" },
    { read_mixpanel, NULL, "[{\"event\":\"$opt_in\",\"properties\":{\"distinct_id\":\"u\",\"$insert_id\":\"m\"}}]", "stored" },
    { read_mixpanel, NULL, "[{\"event\":\"x\",\"properties\":{\"distinct_id\":\"u\",\"$insert_id\":\"m\",\"consent.state\":\"denied\"}}]", "withheld" },
    { pdg_amplitude_read, NULL, "{\"events\":[{\"event_type\":\"x\",\"user_id\":\"u\",\"event_properties\":{\"consent.state\":\"denied\"}}]}", "withheld" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Rules rules = { PDG_CONSENT_DROP, g_str_equal (rows[i].expected, "counted") ? PDG_CONSENT_COUNT : PDG_CONSENT_DROP, FALSE, rows[i].categories };
      g_autoptr (PdgEventPolicies) policies = make_policies (&rules);
      g_autoptr (PdgClientNeeds) needs = pdg_client_needs_new ();
      PdgDialectContext context = { .project = "p1", .needs = needs, .received_usec = RECEIVED_USEC, .limits = PDG_EVENT_JSON_LIMITS_DEFAULT };
      g_autoptr (GBytes) body = g_bytes_new (rows[i].body, strlen (rows[i].body));
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgEventBatch) batch = NULL;

      /* unknown = withheld or counted, so that "stored" means that it was granted */
      context.limits.policies = policies;
      g_test_message ("%s", rows[i].body);
      batch = rows[i].read (body, &context, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (describe (batch), ==, rows[i].expected);
      if (!g_str_equal (rows[i].expected, "stored"))
        g_assert_cmpuint (needs->sessions->len, ==, 0);
    }
}

/* A person who denied it is not recorded either. */
static void
test_recordings (void)
{
  static const char *const bodies[] = {
    POSTHOG ("\"$snapshot_data\":[{\"timestamp\":1}],\"distinct_id\":\"u\""),
    POSTHOG ("\"$snapshot_data\":[{\"timestamp\":1}],\"$cookieless_mode\":true"),
  };
  static const Rules rules = { PDG_CONSENT_COUNT, PDG_CONSENT_STORE, TRUE, NULL };
  g_autoptr (PdgEventPolicies) policies = make_policies (&rules);

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (PdgClientNeeds) needs = pdg_client_needs_new ();
      PdgDialectContext context = { .project = "p1", .needs = needs, .received_usec = RECEIVED_USEC, .limits = PDG_EVENT_JSON_LIMITS_DEFAULT };
      g_autoptr (GString) text = g_string_new (bodies[i / 2]);
      g_autoptr (GBytes) body = NULL;
      g_autoptr (PdgEventBatch) batch = NULL;

      g_string_replace (text, "\"bought\"", "\"$snapshot\"", 1);
      body = g_bytes_new (text->str, text->len);
      context.limits.policies = policies;
      context.limits.opted_out = i % 2 == 1;
      batch = pdg_posthog_read (body, &context, NULL);
      g_assert_nonnull (batch);
      g_assert_cmpuint (needs->replays->len, ==, i == 0);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/consent/own", test_own);
  g_test_add_func ("/codec/consent/counted", test_counted);
  g_test_add_func ("/codec/consent/counted-by-address", test_counted_by_address);
  g_test_add_func ("/codec/consent/letters", test_letters);
  g_test_add_func ("/codec/consent/kept", test_kept);
  g_test_add_func ("/codec/consent/dialects", test_dialects);
  g_test_add_func ("/codec/consent/recordings", test_recordings);
  return g_test_run ();
}
