#include "config.h"
#include "codec/pdg-dialect.h"

#include "codec/pdg-dialect-private.h"
#include "codec/pdg-json-text.h"

#include <string.h>

#define DEVICE_PREFIX "$device:"

static const PdgDialectType types[] = {
  { "$mp_web_page_view", "page.view" },
  { "$mp_page_leave", "page.leave" },
  { "$mp_click", "ui.click" },
  { "$mp_rage_click", "ui.click" },
  { "$mp_input_change", "ui.input" },
  { "$mp_submit", "ui.submit" },
  { "$mp_scroll", "ui.scroll" },
  { "$identify", "identify" },
  { "$create_alias", "alias" },
  { "$merge", "alias" },
};

static const PdgDialectRow property_rows[] = {
  { "$insert_id", "event_id" },
  { "$current_url", "page.url" },
  { "current_url_path", "page.path" },
  { "current_page_title", "page.title" },
  { "$referrer", "page.referrer" },
  { "$el_text", "ui.element.text" },
  { "$el_tag_name", "ui.element" },
  { "$app_version_string", "app.version" },
};

/* "$device:ID" is nobody yet; anything else is a person. */
static void
map_person (PdgDialectReader *reader, GArray *members, const char *name)
{
  PdgJsonMember *member = pdg_json_find (members, name);
  g_autofree char *distinct = member != NULL ? pdg_json_dup_text (&member->value) : NULL;

  pdg_dialect_take (reader, members, "$user_id", "user.id");
  pdg_dialect_take (reader, members, "$device_id", "anonymous.id");
  if (distinct == NULL)
    return;
  if (!g_str_has_prefix (distinct, DEVICE_PREFIX))
    pdg_dialect_take (reader, members, name, "user.id");
  else if (!pdg_event_builder_has (&reader->builder, "anonymous.id"))
    member->taken = pdg_event_builder_set_text (&reader->builder, "anonymous.id", distinct + strlen (DEVICE_PREFIX), -1);
}

static void
read_event (PdgDialectReader *reader, gpointer user_data)
{
  PdgJsonMember *name = pdg_json_find (reader->record, "event");
  PdgJsonSpan yes = { "true", 4, PDG_JSON_TRUE, 0 };

  pdg_dialect_open_properties (reader, "properties");
  pdg_dialect_drop (reader->properties, "token");
  pdg_dialect_set_type (reader, name, types, G_N_ELEMENTS (types));
  if (name != NULL && pdg_json_is (&name->value, "$mp_rage_click"))
    pdg_event_builder_keep_as (&reader->builder, "rage", &yes);
  if (name != NULL && pdg_json_is (&name->value, "$opt_in"))
    pdg_dialect_set_consent (reader, PDG_CONSENT_GRANTED);
  pdg_dialect_take_time (reader, reader->properties, "time");
  if (name != NULL && (pdg_json_is (&name->value, "$create_alias") || pdg_json_is (&name->value, "$merge")))
    pdg_dialect_keep_as (reader, reader->properties, "alias", "alias");
  map_person (reader, reader->properties, "distinct_id");
  pdg_dialect_map (reader, reader->properties, property_rows, G_N_ELEMENTS (property_rows));
  pdg_dialect_finish (reader);
}

static void
read_profile (PdgDialectReader *reader, gpointer user_data)
{
  gboolean is_group = GPOINTER_TO_UINT (user_data) == PDG_MIXPANEL_GROUPS;

  pdg_dialect_drop (reader->record, "$token");
  pdg_event_builder_set_type (&reader->builder, is_group ? "group" : "identify", -1);
  pdg_dialect_take_time (reader, reader->record, "$time");
  pdg_dialect_keep_as (reader, reader->record, "$set", "traits");
  pdg_dialect_keep_as (reader, reader->record, "$set_once", "traits_once");
  pdg_dialect_keep_as (reader, reader->record, "$group_key", "group_type");
  pdg_dialect_keep_as (reader, reader->record, "$group_id", "group_id");
  map_person (reader, reader->record, "$distinct_id");
  pdg_dialect_finish (reader);
}

PdgEventBatch *
pdg_mixpanel_read (GBytes *body, PdgMixpanelKind kind, const PdgDialectContext *context, GError **error)
{
  return pdg_dialect_read (body, "mixpanel", NULL, NULL, context, kind == PDG_MIXPANEL_TRACK ? read_event : read_profile,
                           GUINT_TO_POINTER (kind), error);
}

/* The record's own id, or "". (transfer full) */
static char *
dup_insert_id (const PdgJsonSpan *record)
{
  PdgJsonSpan properties, id;
  char *text = NULL;

  if (record->kind == PDG_JSON_OBJECT && pdg_json_get (record, "properties", &properties) && properties.kind == PDG_JSON_OBJECT
      && pdg_json_get (&properties, "$insert_id", &id))
    text = pdg_json_dup_text (&id);
  return text != NULL ? text : g_strdup ("");
}

/* Keys of ours have another name, or none, in theirs; those that fail most. */
static const char *
find_field (const char *field)
{
  static const PdgDialectRow rows[] = {
    { "properties.time", "event.timestamp" }, { "properties.$insert_id", "event_id" }, { "properties.distinct_id", "user.id" }, { "event", "event.type" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].to, field))
      return rows[i].from;
  return field;
}

static void
append_failure (GString *json, const PdgJsonSpan *record, const PdgEventIssue *issue)
{
  g_autofree char *id = dup_insert_id (record), *field = g_strndup (issue->error, strcspn (issue->error, ":"));
  const char *reason = strstr (issue->error, ": ");

  g_string_append_printf (json, "{\"index\":%u,\"insert_id\":", issue->index);
  pdg_json_append_string (json, id);
  g_string_append (json, ",\"field\":");
  pdg_json_append_string (json, find_field (field));
  g_string_append (json, ",\"message\":");
  pdg_json_append_string (json, reason != NULL ? reason + 2 : issue->error);
  g_string_append_c (json, '}');
}

/* @issues in the order of their index. */
static void
append_failures (GString *json, GBytes *body, const PdgEventIssue *issues, guint n_issues)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (body, &size);
  PdgJsonSpan root = { 0 };
  PdgJsonMember record = { 0 };
  g_auto (PdgJsonIter) iter = { 0 };
  guint next = 0;

  if (pdg_json_check (data, size, &root, NULL) && root.kind == PDG_JSON_ARRAY)
    pdg_json_iter_init (&iter, &root, 0, G_MAXUINT);
  else
    record.value = root;
  for (guint i = 0; i < n_issues; i++)
    {
      while (iter.p != NULL && next <= issues[i].index && pdg_json_iter_next (&iter, &record))
        next++;
      if (i > 0)
        g_string_append_c (json, ',');
      append_failure (json, &record.value, &issues[i]);
    }
}

GBytes *
pdg_mixpanel_write_import (GBytes *body, guint n_imported, const PdgEventIssue *issues, guint n_issues, gboolean with_failures)
{
  g_autoptr (GString) json = g_string_new (NULL);

  if (n_issues == 0 || !with_failures)
    g_string_printf (json, "{\"code\":200,\"num_records_imported\":%u,\"status\":\"OK\"}", n_imported);
  else
    {
      g_string_printf (json, "{\"code\":400,\"error\":\"some data points in the request failed validation\",\"num_records_imported\":%u,"
                             "\"status\":\"Bad Request\",\"failed_records\":[", n_imported);
      append_failures (json, body, issues, n_issues);
      g_string_append (json, "]}");
    }
  return g_string_free_to_bytes (g_steal_pointer (&json));
}
