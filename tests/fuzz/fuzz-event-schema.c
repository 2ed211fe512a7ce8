#include "config.h"

#include "codec/pdg-event-json.h"

#include <stdint.h>
#include <string.h>

/* A definition of a schema, a NUL, and the members of an event which it judges. */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const uint8_t *end = memchr (data, '\0', size);
  gsize len = end != NULL ? (gsize) (end - data) : size;
  g_autoptr (PdgEventSchema) schema = pdg_event_schema_new ((const char *) data, (gssize) len, NULL);
  g_autofree char *definition = pdg_event_schema_dup_definition ((const char *) data, (gssize) len);
  PdgEventSchemaRecord record = { .project_id = (char *) "p", .event_type = (char *) "t", .version = 1, .schema_no = 1, .mode = PDG_SCHEMA_ENFORCE };
  g_autoptr (PdgEventPolicies) policies = NULL;
  g_autoptr (PdgEventSchema) again = NULL;
  g_autoptr (GByteArray) text = NULL;
  g_autoptr (GBytes) body = NULL;
  PdgEventJsonLimits limits = PDG_EVENT_JSON_LIMITS_DEFAULT;
  static const char head[] = "{\"events\":[{\"event_id\":\"e\",\"project_id\":\"p\",\"session.id\":\"s\",\"event.type\":\"t\","
                             "\"event.timestamp\":\"2026-11-22T10:30:00Z\"";

  /* without its white space it says the same */
  again = pdg_event_schema_new (definition, -1, NULL);
  if (schema == NULL)
    return 0;
  g_assert_nonnull (again);
  policies = pdg_event_policies_new ();
  pdg_event_policies_add_schema (policies, &record, schema);
  limits.policies = policies;
  text = g_byte_array_new ();
  g_byte_array_append (text, (const guint8 *) head, sizeof head - 1);
  if (end != NULL && len + 1 < size)
    {
      g_byte_array_append (text, (const guint8 *) ",", 1);
      g_byte_array_append (text, data + len + 1, (guint) (size - len - 1));
    }
  g_byte_array_append (text, (const guint8 *) "}]}", 3);
  body = g_bytes_new (text->data, text->len);
  pdg_event_batch_unref (pdg_event_json_parse (body, 0, &limits, NULL));
  return 0;
}
