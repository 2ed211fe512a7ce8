#pragma once

#include "demo/pdg-demo.h"

#include <json-glib/json-glib.h>

#define DEMO_END_USEC G_GINT64_CONSTANT (1795345200000000) /* 2026-11-22T11:00:00Z */

/* The events of one body; keeps @parser's memory. Fails the test when the body is not what the wire asks for. */
static inline JsonArray *
demo_parse_events (JsonParser *parser, GBytes *body, guint n_expected)
{
  gsize len;
  const char *data = g_bytes_get_data (body, &len);
  g_autoptr (GError) error = NULL;
  JsonArray *events;

  json_parser_load_from_data (parser, data, (gssize) len, &error);
  g_assert_no_error (error);
  events = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "events");
  g_assert_cmpuint (json_array_get_length (events), ==, n_expected);
  return events;
}

static inline const char *
demo_get_text (JsonObject *event, const char *key)
{
  return json_object_get_string_member_with_default (event, key, NULL);
}
