#include "config.h"
#include "dialect-support.h"

#include "base/pdg-time.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <string.h>

static void
fixture_free (gpointer data)
{
  Fixture *fixture = data;

  g_free (fixture->name);
  g_free (fixture->method);
  g_free (fixture->path);
  g_free (fixture->query);
  g_hash_table_unref (fixture->headers);
  g_bytes_unref (fixture->body);
  g_free (fixture);
}

static Fixture *
fixture_load (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  Fixture *fixture;
  JsonObject *root;
  JsonNode *body;
  const char *url, *query, *member;
  JsonObjectIter iter;
  JsonNode *value;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  if (!JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    return NULL;
  root = json_node_get_object (json_parser_get_root (parser));
  if (!json_object_has_member (root, "url") || !json_object_has_member (root, "body"))
    return NULL;
  fixture = g_new0 (Fixture, 1);
  fixture->name = g_strndup (name, strlen (name) - strlen (".json"));
  fixture->method = g_strdup (json_object_get_string_member (root, "method"));
  url = json_object_get_string_member (root, "url");
  query = strchr (url, '?');
  fixture->path = query != NULL ? g_strndup (url, (gsize) (query - url)) : g_strdup (url);
  fixture->query = g_strdup (query != NULL ? query + 1 : NULL);
  fixture->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  json_object_iter_init (&iter, json_object_get_object_member (root, "headers"));
  while (json_object_iter_next (&iter, &member, &value))
    g_hash_table_insert (fixture->headers, g_strdup (member), g_strdup (json_node_get_string (value)));
  body = json_object_get_member (root, "body");
  if (JSON_NODE_HOLDS_OBJECT (body))
    {
      gsize len;
      guchar *bytes = g_base64_decode (json_object_get_string_member (json_node_get_object (body), "base64"), &len);

      fixture->body = g_bytes_new_take (bytes, len);
    }
  else
    fixture->body = g_bytes_new (json_node_get_string (body), strlen (json_node_get_string (body)));
  return fixture;
}

static int
compare_fixtures (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(Fixture *const *) a)->name, (*(Fixture *const *) b)->name);
}

GPtrArray *
fixture_load_all (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("PDG_SOURCE_DIR"), "..", "shared", "fixtures", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray *fixtures;
  const char *name;

  if (dir == NULL)
    return NULL;
  fixtures = g_ptr_array_new_with_free_func (fixture_free);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      Fixture *fixture = g_str_has_suffix (name, ".json") && !g_str_has_prefix (name, "graphql") ? fixture_load (folder, name) : NULL;

      if (fixture != NULL)
        g_ptr_array_add (fixtures, fixture);
    }
  g_ptr_array_sort (fixtures, compare_fixtures);
  return fixtures;
}

PdgDialectContext
dialect_context (const char *host)
{
  static PdgClientNeeds *needs;
  PdgDialectContext context = { .project = "p1", .host = host, .received_usec = FIXTURE_RECEIVED_USEC };

  g_clear_pointer (&needs, pdg_client_needs_free);
  context.needs = needs = pdg_client_needs_new ();

  context.limits = PDG_EVENT_JSON_LIMITS_DEFAULT;
  return context;
}

PdgEventBatch *
dialect_read (const char *protocol, GBytes *body, const PdgDialectContext *context, GError **error)
{
  if (g_str_has_prefix (protocol, "segment"))
    return pdg_segment_read (body, protocol[7] == ':' ? protocol + 8 : NULL, context, error);
  if (g_str_equal (protocol, "posthog"))
    return pdg_posthog_read (body, context, error);
  if (g_str_equal (protocol, "mixpanel"))
    return pdg_mixpanel_read (body, PDG_MIXPANEL_TRACK, context, error);
  if (g_str_equal (protocol, "engage"))
    return pdg_mixpanel_read (body, PDG_MIXPANEL_ENGAGE, context, error);
  if (g_str_equal (protocol, "groups"))
    return pdg_mixpanel_read (body, PDG_MIXPANEL_GROUPS, context, error);
  if (g_str_equal (protocol, "amplitude"))
    return pdg_amplitude_read (body, context, error);
  g_assert_true (g_str_has_prefix (protocol, "otlp-"));
  return pdg_otlp_read (body, strstr (protocol, "logs") != NULL ? PDG_OTLP_LOGS : PDG_OTLP_TRACES,
                        g_str_has_suffix (protocol, "proto") ? PDG_OTLP_PROTOBUF : PDG_OTLP_JSON, context, error);
}

char *
dialect_dump (const PdgEvent *event)
{
  const struct
  {
    const char *name;
    PdgSlice slice;
  } rows[] = {
    { "event_id", event->event_id },
    { "project_id", event->project },
    { "session.id", event->session },
    { "event.type", event->type },
    { "event.name", event->name },
    { "user.id", event->user },
    { "anonymous.id", event->anonymous },
    { "page.path", event->page_path },
    { "page.title", event->page_title },
    { "ui.component.name", event->component },
    { "ui.component.path", event->component_path },
    { "gen_ai.journey.id", event->journey },
    { "gen_ai.journey.step.id", event->step },
    { "app.version", event->release },
    { "data", event->data },
  };
  GString *text = g_string_new (NULL);
  char time[PDG_RFC3339_BYTES];

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].slice.data != NULL)
      g_string_append_printf (text, "%s=%.*s\n", rows[i].name, (int) rows[i].slice.len, rows[i].slice.data);
  pdg_time_format_rfc3339 (event->timestamp_usec, time);
  g_string_append_printf (text, "event.timestamp=%s\n", time);
  if (event->sequence != PDG_SEQUENCE_NONE)
    g_string_append_printf (text, "event.sequence=%d\n", event->sequence);
  return g_string_free (text, FALSE);
}

char *
dialect_types (PdgEventBatch *batch)
{
  GString *text = g_string_new (NULL);
  guint n_events, n_issues;
  const PdgEvent *events = pdg_event_batch_get_events (batch, &n_events);
  const PdgEventIssue *issues = pdg_event_batch_get_issues (batch, &n_issues);

  for (guint i = 0; i < n_events; i++)
    g_string_append_printf (text, "%s%.*s", i > 0 ? ", " : "", (int) events[i].type.len, events[i].type.data);
  for (guint i = 0; i < n_issues; i++)
    g_string_append_printf (text, "%s!%u %s", text->len > 0 ? ", " : "", issues[i].index, issues[i].error);
  return g_string_free (text, FALSE);
}
