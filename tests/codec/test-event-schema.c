#include "config.h"

#include "codec-support.h"

#include "codec/pdg-event-schema.h"

#include <string.h>

/* What events are to look like: what a definition may say, and what it makes of events. */

#define METADATA(properties) "{\"properties\":{\"metadata\":{\"properties\":{" properties "}}}}"

/* Definitions that are understood (error NULL), or the place and what is said of it. */
static void
test_definitions (void)
{
  static const struct
  {
    const char *definition, *error;
  } rows[] = {
    { "{}", NULL },
    { "{\"type\":\"object\",\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"A\",\"description\":\"b\",\"additionalProperties\":true}", NULL },
    { "{\"required\":[\"page.path\",\"metadata\"],\"properties\":{\"page.path\":{\"type\":\"string\",\"pattern\":\"^/\"}}}", NULL },
    { METADATA ("\"a\":true,\"b\":{\"type\":[\"string\",\"null\"]},\"c\":{\"enum\":[1,\"x\",null,true]},\"d\":{\"const\":2}"), NULL },
    { METADATA ("\"a\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"sku\"]},\"minItems\":1,\"maxItems\":9}"), NULL },
    { "[]", "schema: must be an object" },
    { "{", "not JSON" },
    { "true", "schema: must be an object" },
    { "{\"type\":\"string\"}", "schema: an event and its metadata are objects" },
    { "{\"enum\":[1]}", "enum: of an event and its metadata" },
    { "{\"oneOf\":[]}", "oneOf: of an event" },
    { "{\"properties\":{\"plan\":{}}}", "properties: \"plan\" is no key of an event" },
    { "{\"required\":[\"plan\"]}", "required: \"plan\" is no key" },
    { "{\"required\":\"x\"}", "required: must be an array" },
    { "{\"required\":[1]}", "required: use names" },
    { "{\"properties\":[]}", "properties: must be an object of schemas" },
    { "{\"additionalProperties\":false}", "additionalProperties: keys that are not planned never block" },
    { METADATA ("\"a\":{\"additionalProperties\":{}}"), "properties.metadata.properties.a.additionalProperties: keys that are not planned" },
    { METADATA ("\"a\":{\"type\":\"text\"}"), "properties.metadata.properties.a.type: use string" },
    { METADATA ("\"a\":{\"type\":[]}"), "properties.metadata.properties.a.type: at least one" },
    { METADATA ("\"a\":{\"enum\":[]}"), "properties.metadata.properties.a.enum: must be an array of values" },
    { METADATA ("\"a\":{\"enum\":[[1]]}"), "properties.metadata.properties.a.enum: only strings" },
    { METADATA ("\"a\":{\"enum\":[1],\"const\":1}"), "properties.metadata.properties.a.const: use either" },
    { METADATA ("\"a\":{\"pattern\":\"(\"}"), "properties.metadata.properties.a.pattern: not a regular expression" },
    { METADATA ("\"a\":{\"pattern\":\"(*LIMIT_MATCH=99999999)a\"}"), "properties.metadata.properties.a.pattern: must be a regular" },
    { METADATA ("\"a\":{\"pattern\":\"\"}"), "properties.metadata.properties.a.pattern: must be a regular" },
    { METADATA ("\"a\":{\"minimum\":\"1\"}"), "properties.metadata.properties.a.minimum: must be a number" },
    { METADATA ("\"a\":{\"minLength\":1.5}"), "properties.metadata.properties.a.minLength: must be a whole number" },
    { METADATA ("\"a\":{\"minLength\":-1}"), "properties.metadata.properties.a.minLength: must be a whole number" },
    { METADATA ("\"a\":{\"pattern\":\"^a\",\"pattern\":\"b$\"}"), "properties.metadata.properties.a.pattern: is there twice" },
    { METADATA ("\"a\":{\"$ref\":\"#\"}"), "properties.metadata.properties.a.$ref: not understood" },
    { METADATA ("\"a\":{\"format\":\"email\"}"), "properties.metadata.properties.a.format: not understood" },
    { METADATA ("\"a\":{},\"a\":{}"), "properties.metadata.properties.a: twice" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgEventSchema) schema = pdg_event_schema_new (rows[i].definition, -1, &error);

      g_test_message ("%s: %s", rows[i].definition, error != NULL ? error->message : "understood");
      g_assert_cmpint (schema != NULL, ==, rows[i].error == NULL);
      if (rows[i].error != NULL)
        g_assert_true (g_str_has_prefix (error->message, rows[i].error));
    }
}

/* Too deep, too many, too long: refused, and nothing breaks. */
static void
test_limits (void)
{
  g_autoptr (GString) deep = g_string_new ("{\"properties\":{\"metadata\":{\"properties\":{\"a\":");
  g_autoptr (GString) many = g_string_new ("{\"required\":[\"metadata\"");
  g_autofree char *large = g_strnfill (PDG_EVENT_SCHEMA_MAX_BYTES + 1, ' ');

  for (int i = 0; i < 20; i++)
    g_string_append (deep, "{\"items\":");
  g_string_append (deep, "{}");
  for (int i = 0; i < 24; i++)
    g_string_append_c (deep, '}');
  for (int i = 0; i < 1001; i++)
    g_string_append (many, ",\"metadata\"");
  g_string_append (many, "]}");
  g_assert_null (pdg_event_schema_new (deep->str, -1, NULL));
  g_assert_null (pdg_event_schema_new (many->str, -1, NULL));
  g_assert_null (pdg_event_schema_new (large, -1, NULL));
}

/* Events of the type "custom" by a schema in force: NULL, or why not. */
static char *
judge (const char *definition, PdgSchemaMode mode, const char *members, guint *n_findings)
{
  g_autoptr (PdgEventPolicies) policies = pdg_event_policies_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgEventSchema) schema = pdg_event_schema_new (definition, -1, &error);
  PdgEventSchemaRecord record = { .project_id = (char *) "p1", .event_type = (char *) "custom", .version = 3, .schema_no = 7, .mode = mode };
  PdgEventJsonLimits limits = PDG_EVENT_JSON_LIMITS_DEFAULT;
  g_autofree char *text = g_strdup_printf ("{\"events\":[{" REQUIRED_MEMBERS "%s%s}]}", *members != '\0' ? "," : "", members);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  g_autoptr (PdgEventBatch) batch = NULL;
  const PdgEventIssue *issues;
  guint n;

  g_assert_no_error (error);
  pdg_event_policies_add_schema (policies, &record, schema);
  limits.policies = policies;
  batch = pdg_event_json_parse (body, RECEIVED_USEC, &limits, &error);
  g_assert_no_error (error);
  pdg_event_batch_get_findings (batch, n_findings);
  issues = pdg_event_batch_get_issues (batch, &n);
  if (n == 0)
    return NULL;
  g_assert_cmpint (pdg_event_batch_get_refused_by (batch, issues[0].error), ==, 3);
  g_assert_nonnull (issues[0].raw.data);
  return g_strdup (issues[0].error);
}

#define OF_VERSION " (version 3 of its schema)"

static void
test_events (void)
{
  static const struct
  {
    const char *definition, *members, *error; /* without its end; NULL = it looks like the schema */
  } rows[] = {
    { "{}", "", NULL },
    { "{\"required\":[\"page.path\"]}", "", "page.path: required" },
    { "{\"required\":[\"page.path\"]}", "\"page.path\":null", "page.path: required" },
    { "{\"required\":[\"page.path\"]}", "\"page.path\":\"/a\"", NULL },
    { "{\"properties\":{\"page.path\":{\"pattern\":\"^/shop\"}}}", "\"page.path\":\"/a\"", "page.path: must match ^/shop" },
    { "{\"properties\":{\"page.path\":{\"pattern\":\"^/shop\"}}}", "\"page.path\":\"/shop/1\"", NULL },
    { "{\"properties\":{\"page.path\":{\"pattern\":\"é$\"}}}", "\"page.path\":\"/caf\\u00e9\"", NULL },
    { "{\"required\":[\"metadata\"]}", "", "metadata: required" },
    { "{\"required\":[\"metadata\"]}", "\"anything\":1", NULL },
    { METADATA ("\"a\":{\"type\":\"string\"}"), "", NULL },
    { METADATA ("\"a\":{\"type\":\"string\"}"), "\"metadata\":{\"a\":1}", "metadata.a: must be a string" },
    { METADATA ("\"a\":{\"type\":\"string\"}"), "\"a\":1", "metadata.a: must be a string" },
    { METADATA ("\"a\":{\"type\":\"string\"}"), "\"a\":1,\"metadata\":{\"a\":\"x\"}", NULL },
    { METADATA ("\"a\":{\"type\":\"string\"}"), "\"metadata\":{\"a\":1,\"a\":\"x\"}", NULL },
    { METADATA ("\"a\":{\"type\":\"string\"}"), "\"metadata\":{\"b\":1}", NULL },
    { METADATA ("\"a\":{\"type\":[\"string\",\"null\"]}"), "\"metadata\":{\"a\":1}", "metadata.a: must be a string or null" },
    { METADATA ("\"a\":{\"type\":[\"string\",\"null\"]}"), "\"metadata\":{\"a\":null}", NULL },
    { METADATA ("\"a\":{\"type\":\"integer\"}"), "\"metadata\":{\"a\":1.0}", NULL },
    { METADATA ("\"a\":{\"type\":\"integer\"}"), "\"metadata\":{\"a\":1e2}", NULL },
    { METADATA ("\"a\":{\"type\":\"integer\"}"), "\"metadata\":{\"a\":1.5}", "metadata.a: must be an integer" },
    { METADATA ("\"a\":{\"type\":\"boolean\"}"), "\"metadata\":{\"a\":0}", "metadata.a: must be true or false" },
    { METADATA ("\"a\":{\"enum\":[\"free\",\"pro\"]}"), "\"metadata\":{\"a\":\"gold\"}", "metadata.a: must be one of \"free\", \"pro\"" },
    { METADATA ("\"a\":{\"enum\":[\"free\",\"pro\"]}"), "\"metadata\":{\"a\":\"pr\\u006f\"}", NULL },
    { METADATA ("\"a\":{\"enum\":[1,true,null]}"), "\"metadata\":{\"a\":1.0}", NULL },
    { METADATA ("\"a\":{\"enum\":[1,true,null]}"), "\"metadata\":{\"a\":false}", "metadata.a: must be one of 1, true, null" },
    { METADATA ("\"a\":{\"const\":\"\"}"), "\"metadata\":{\"a\":\"\"}", NULL },
    { METADATA ("\"a\":{\"const\":\"x\"}"), "\"metadata\":{\"a\":\"\"}", "metadata.a: must be \"x\"" },
    { METADATA ("\"a\":{\"minimum\":0,\"maximum\":10}"), "\"metadata\":{\"a\":-0.5}", "metadata.a: must be at least 0" },
    { METADATA ("\"a\":{\"minimum\":0,\"maximum\":10}"), "\"metadata\":{\"a\":11}", "metadata.a: must be at most 10" },
    { METADATA ("\"a\":{\"exclusiveMinimum\":0,\"exclusiveMaximum\":1}"), "\"metadata\":{\"a\":0}", "metadata.a: must be more than 0" },
    { METADATA ("\"a\":{\"exclusiveMinimum\":0,\"exclusiveMaximum\":1}"), "\"metadata\":{\"a\":1}", "metadata.a: must be less than 1" },
    { METADATA ("\"a\":{\"minLength\":2,\"maxLength\":3}"), "\"metadata\":{\"a\":\"é\"}", "metadata.a: must have at least so many characters: 2" },
    { METADATA ("\"a\":{\"minLength\":2,\"maxLength\":3}"), "\"metadata\":{\"a\":\"éééé\"}", "metadata.a: must have at most so many characters: 3" },
    { METADATA ("\"a\":{\"minLength\":2,\"maxLength\":3}"), "\"metadata\":{\"a\":7}", NULL },
    { METADATA ("\"a\":{\"items\":{\"required\":[\"sku\"],\"properties\":{\"sku\":{\"type\":\"string\"}}}}"), "\"metadata\":{\"a\":[{\"sku\":\"1\"},{}]}",
      "metadata.a[].sku: required" },
    { METADATA ("\"a\":{\"items\":{\"required\":[\"sku\"],\"properties\":{\"sku\":{\"type\":\"string\"}}}}"), "\"metadata\":{\"a\":[{\"sku\":1}]}",
      "metadata.a[].sku: must be a string" },
    { METADATA ("\"a\":{\"minItems\":1,\"maxItems\":2}"), "\"metadata\":{\"a\":[]}", "metadata.a: must have at least so many elements: 1" },
    { METADATA ("\"a\":{\"minItems\":1,\"maxItems\":2}"), "\"metadata\":{\"a\":[1,2,3]}", "metadata.a: must have at most so many elements: 2" },
    { METADATA ("\"a\":{\"type\":\"object\",\"properties\":{\"b\":{\"properties\":{\"c\":{\"const\":1}}}}}"), "\"metadata\":{\"a\":{\"b\":{\"c\":2}}}",
      "metadata.a.b.c: must be 1" },
    /* a search that would take for ever ends */
    { METADATA ("\"a\":{\"pattern\":\"^(a+)+$\"}"), "\"metadata\":{\"a\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"}",
      "metadata.a: must match ^(a+)+$" },
    /* another version than this one, or none that there is */
    { METADATA ("\"a\":{\"const\":1}"), "\"event.version\":2,\"metadata\":{\"a\":2}", NULL },
    { METADATA ("\"a\":{\"const\":1}"), "\"event.version\":3,\"metadata\":{\"a\":2}", "metadata.a: must be 1" },
    /* what redaction has left is judged */
    { METADATA ("\"a\":{\"pattern\":\"@\"}"), "\"metadata\":{\"a\":\"bob@example.com\"}", "metadata.a: must match @" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint n_findings;
      g_autofree char *error = judge (rows[i].definition, PDG_SCHEMA_ENFORCE, rows[i].members, &n_findings), *warned = NULL;
      g_autofree char *expected = rows[i].error != NULL ? g_strconcat (rows[i].error, OF_VERSION, NULL) : NULL;

      g_test_message ("%s %s", rows[i].definition, rows[i].members);
      g_assert_cmpstr (error, ==, expected);
      g_assert_cmpuint (n_findings, ==, 0);
      warned = judge (rows[i].definition, PDG_SCHEMA_WARN, rows[i].members, &n_findings);
      g_assert_null (warned);
      g_assert_cmpuint (n_findings, ==, rows[i].error != NULL);
    }
}

/* Of several versions the newest judges, or the one that the event names; other types and projects are not judged. */
static void
test_versions (void)
{
  static const struct
  {
    const char *members, *error;
  } rows[] = {
    { "\"metadata\":{\"v\":2}", NULL },
    { "\"metadata\":{\"v\":1}", "metadata.v: must be 2 (version 2 of its schema)" },
    { "\"event.version\":1,\"metadata\":{\"v\":1}", NULL },
    { "\"event.version\":1,\"metadata\":{\"v\":2}", "metadata.v: must be 1 (version 1 of its schema)" },
    { "\"event.version\":9,\"metadata\":{\"v\":3}", NULL },
    { "\"event.type\":\"other\",\"metadata\":{\"v\":3}", NULL },
    { "\"project_id\":\"p2\",\"metadata\":{\"v\":3}", NULL },
  };
  g_autoptr (PdgEventPolicies) policies = pdg_event_policies_new ();
  PdgEventJsonLimits limits = PDG_EVENT_JSON_LIMITS_DEFAULT;

  for (int version = 1; version <= 2; version++)
    {
      g_autofree char *definition = g_strdup_printf (METADATA ("\"v\":{\"const\":%d}"), version);
      g_autoptr (PdgEventSchema) schema = pdg_event_schema_new (definition, -1, NULL);
      PdgEventSchemaRecord record = { .project_id = (char *) "p1", .event_type = (char *) "custom", .version = version, .schema_no = version,
                                      .mode = PDG_SCHEMA_ENFORCE };

      pdg_event_policies_add_schema (policies, &record, schema);
      g_assert_true (pdg_event_policies_lookup_schema (policies, version) == schema);
    }
  limits.policies = policies;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"events\":[{" REQUIRED_MEMBERS ",%s}]}", rows[i].members);
      g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
      g_autoptr (PdgEventBatch) batch = pdg_event_json_parse (body, RECEIVED_USEC, &limits, NULL);
      guint n;
      const PdgEventIssue *issues = pdg_event_batch_get_issues (batch, &n);

      g_assert_cmpstr (n > 0 ? issues[0].error : NULL, ==, rows[i].error);
    }
}

/* The same definition however it is written. */
static void
test_canonical (void)
{
  g_autofree char *text = pdg_event_schema_dup_definition (" { \"title\" : \"a \\\" b\" ,\n \"type\":\"object\" }\t", -1);

  g_assert_cmpstr (text, ==, "{\"title\":\"a \\\" b\",\"type\":\"object\"}");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/event-schema/definitions", test_definitions);
  g_test_add_func ("/codec/event-schema/limits", test_limits);
  g_test_add_func ("/codec/event-schema/events", test_events);
  g_test_add_func ("/codec/event-schema/versions", test_versions);
  g_test_add_func ("/codec/event-schema/canonical", test_canonical);
  return g_test_run ();
}
