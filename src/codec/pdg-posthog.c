#include "config.h"
#include "codec/pdg-dialect.h"

#include "base/pdg-id.h"
#include "codec/pdg-dialect-private.h"
#include "codec/pdg-json-text.h"

#include <string.h>

#define MAX_ID_BYTES 256
#define COOKIELESS_ID "$posthog_cookieless" /* where the server is to make an id */

static const PdgDialectType types[] = {
  { "$pageview", "page.view" },
  { "$screen", "page.view" },
  { "$pageleave", "page.leave" },
  { "$autocapture", "ui.click" }, /* unless $event_type says another */
  { "$rageclick", "ui.click" },
  { "$web_vitals", "performance" },
  { "$exception", "error" },
  { "$identify", "identify" },
  { "$set", "identify" },
  { "$groupidentify", "group" },
  { "$create_alias", "alias" },
  { "$merge_dangerously", "alias" },
};

static const PdgDialectType actions[] = {
  { "click", "ui.click" },
  { "change", "ui.input" },
  { "submit", "ui.submit" },
};

static const PdgDialectRow property_rows[] = {
  { "$insert_id", "event_id" }, /* where the record has no uuid */
  { "$session_id", "session.id" },
  { "$current_url", "page.url" },
  { "$pathname", "page.path" },
  { "$screen_name", "page.path" },
  { "title", "page.title" },
  { "$elements_chain", "ui.component.path" },
  { "$event_type", "ui.action" },
  { "$app_version", "app.version" },
  { "$app_name", "app.name" },
  { "$exception_type", "error.type" },
  { "$exception_message", "error.message" },
  { "$web_vitals_LCP_value", "performance.lcp_ms" },
  { "$web_vitals_INP_value", "performance.inp_ms" },
  { "$web_vitals_CLS_value", "performance.cls" },
};

/* Sets keys from the first object of an array of them, which itself is kept. */
static void
map_first (PdgDialectReader *reader, const char *name, const PdgDialectRow *rows, gsize n_rows)
{
  PdgJsonMember *list = pdg_json_find (reader->properties, name);
  g_autoptr (GArray) elements = g_array_new (FALSE, FALSE, sizeof (PdgJsonMember));
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (PdgJsonMember));

  if (list == NULL || list->value.kind != PDG_JSON_ARRAY)
    return;
  pdg_json_list (&list->value, 0, G_MAXUINT, elements);
  if (elements->len == 0 || g_array_index (elements, PdgJsonMember, 0).value.kind != PDG_JSON_OBJECT)
    return;
  pdg_json_list (&g_array_index (elements, PdgJsonMember, 0).value, 0, G_MAXUINT, members);
  pdg_dialect_map (reader, members, rows, n_rows);
}

static void
map_elements (PdgDialectReader *reader)
{
  static const PdgDialectRow rows[] = {
    { "tag_name", "ui.element" },
    { "$el_text", "ui.element.text" },
    { "attr__id", "ui.component.name" },
    { "tag_name", "ui.component.name" },
  };
  PdgJsonMember *text = pdg_json_find (reader->properties, "$el_text");

  if (text != NULL && pdg_event_builder_set (&reader->builder, "ui.component.name", &text->value))
    text->taken = pdg_event_builder_set (&reader->builder, "ui.element.text", &text->value);
  map_first (reader, "$elements", rows, G_N_ELEMENTS (rows));
}

static void
map_exception (PdgDialectReader *reader)
{
  static const PdgDialectRow rows[] = {
    { "type", "error.type" },
    { "value", "error.message" },
  };

  map_first (reader, "$exception_list", rows, G_N_ELEMENTS (rows));
}

static void
map_viewport (PdgDialectReader *reader)
{
  PdgJsonMember *width = pdg_json_find (reader->properties, "$viewport_width"), *height = pdg_json_find (reader->properties, "$viewport_height");
  g_autofree char *text = NULL;

  if (width == NULL || height == NULL || width->value.kind != PDG_JSON_NUMBER || height->value.kind != PDG_JSON_NUMBER)
    return;
  text = g_strdup_printf ("%.*sx%.*s", (int) width->value.len, width->value.text, (int) height->value.len, height->value.text);
  pdg_event_builder_set_text (&reader->builder, "ui.viewport", text, -1);
}

static char *
dup_property (PdgDialectReader *reader, const char *name)
{
  PdgJsonMember *member = pdg_json_find (reader->properties, name);

  return member != NULL ? pdg_json_dup_text (&member->value) : NULL;
}

/* Makes a member that stands for no id of anybody's null. */
static void
drop_cookieless (GArray *members, const char *name)
{
  PdgJsonMember *member = pdg_json_find (members, name);

  if (member != NULL && pdg_json_is (&member->value, COOKIELESS_ID))
    member->value = (PdgJsonSpan) { "null", 4, PDG_JSON_NULL, 0 };
}

static gboolean
is_true (const PdgJsonSpan *object, const char *name)
{
  PdgJsonSpan value;

  return object->kind == PDG_JSON_OBJECT && pdg_json_get (object, name, &value) && value.kind == PDG_JSON_TRUE;
}

/* Who refused cookies still sends, without ids (cookieless_mode); who opts out otherwise sends nothing. In the newest protocol the mode
 * is an option of the record. */
static void
take_consent (PdgDialectReader *reader, const PdgJsonMember *name)
{
  PdgJsonMember *mode = pdg_json_find (reader->properties, "$cookieless_mode"), *options = pdg_json_find (reader->record, "options");
  static const char *const ids[] = { "distinct_id", "$device_id", "$session_id", "$window_id" };

  pdg_dialect_take (reader, reader->properties, "consent.state", "consent.state");
  if ((mode != NULL && mode->value.kind == PDG_JSON_TRUE) || (options != NULL && is_true (&options->value, "cookieless_mode")))
    pdg_dialect_set_consent (reader, PDG_CONSENT_DENIED);
  else if (name != NULL && pdg_json_is (&name->value, "$opt_in"))
    pdg_dialect_set_consent (reader, PDG_CONSENT_GRANTED);
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      drop_cookieless (reader->record, ids[i]);
      drop_cookieless (reader->properties, ids[i]);
    }
}

/* distinct_id is a person once it differs from the device's id; for groups it is made up. */
static void
map_person (PdgDialectReader *reader)
{
  GArray *place = pdg_json_find (reader->record, "distinct_id") != NULL ? reader->record : reader->properties;
  PdgJsonMember *member = pdg_json_find (place, "distinct_id");
  g_autofree char *distinct = member != NULL ? pdg_json_dup_text (&member->value) : NULL, *device = dup_property (reader, "$device_id");
  g_autofree char *group_type = dup_property (reader, "$group_type"), *group_key = dup_property (reader, "$group_key");
  g_autofree char *group = g_strdup_printf ("$%s_%s", group_type, group_key);

  pdg_dialect_take (reader, reader->properties, "$anon_distinct_id", "anonymous.id");
  pdg_dialect_take (reader, reader->properties, "$device_id", "anonymous.id");
  if (distinct != NULL && g_strcmp0 (distinct, device) == 0)
    member->taken = TRUE;
  else if (distinct != NULL && g_strcmp0 (distinct, group) != 0)
    {
      pdg_dialect_take (reader, place, "distinct_id", "user.id");
      if (place == reader->record)
        pdg_dialect_take (reader, reader->properties, "distinct_id", "user.id");
    }
}

/* From the record or, in other versions of the protocol, from the properties. */
static void
keep_traits (PdgDialectReader *reader, const char *from, const char *to)
{
  pdg_dialect_keep_as (reader, pdg_json_find (reader->record, from) != NULL ? reader->record : reader->properties, from, to);
}

static void
map_by_name (PdgDialectReader *reader, const PdgJsonSpan *name)
{
  PdgJsonSpan yes = { "true", 4, PDG_JSON_TRUE, 0 };

  if (pdg_json_is (name, "$autocapture"))
    {
      PdgJsonMember *action = pdg_json_find (reader->properties, "$event_type");

      for (gsize i = 0; action != NULL && i < G_N_ELEMENTS (actions); i++)
        if (pdg_json_is (&action->value, actions[i].from))
          pdg_event_builder_set_type (&reader->builder, actions[i].to, -1);
    }
  else if (pdg_json_is (name, "$rageclick"))
    pdg_event_builder_keep_as (&reader->builder, "rage", &yes);
  else if (pdg_json_is (name, "$identify") || pdg_json_is (name, "$set"))
    {
      keep_traits (reader, "$set", "traits");
      keep_traits (reader, "$set_once", "traits_once");
    }
  else if (pdg_json_is (name, "$groupidentify"))
    {
      pdg_dialect_keep_as (reader, reader->properties, "$group_type", "group_type");
      pdg_dialect_keep_as (reader, reader->properties, "$group_key", "group_id");
      pdg_dialect_keep_as (reader, reader->properties, "$group_set", "traits");
    }
  else if (pdg_json_is (name, "$create_alias") || pdg_json_is (name, "$merge_dangerously"))
    pdg_dialect_keep_as (reader, reader->properties, "alias", "alias");
}

/* From the time of the first rrweb event to that of the last, by their clock. */
static void
measure_replay (PdgDialectReader *reader, const PdgJsonSpan *list, PdgReplayChunk *chunk)
{
  g_auto (PdgJsonIter) iter = { 0 };
  PdgJsonMember event;

  chunk->started_usec = G_MAXINT64;
  chunk->ended_usec = G_MININT64;
  pdg_json_iter_init (&iter, list, 0, G_MAXUINT);
  for (; pdg_json_iter_next (&iter, &event); chunk->n_events++)
    {
      PdgJsonSpan time;
      gint64 usec;

      if (event.value.kind != PDG_JSON_OBJECT || !pdg_json_get (&event.value, "timestamp", &time) || !pdg_dialect_read_time (&time, &usec))
        continue;
      chunk->started_usec = MIN (chunk->started_usec, usec + reader->skew_usec);
      chunk->ended_usec = MAX (chunk->ended_usec, usec + reader->skew_usec);
    }
  if (chunk->started_usec > chunk->ended_usec)
    chunk->started_usec = chunk->ended_usec = reader->context->received_usec;
}

/* The client's id of the record, else a hash of what it says. */
static void
make_replay_key (PdgDialectReader *reader, const PdgJsonSpan *list, guint8 key[16])
{
  PdgJsonMember *uuid = pdg_json_find (reader->record, "uuid");
  g_autofree char *text = uuid != NULL ? pdg_json_dup_text (&uuid->value) : NULL;

  if (text == NULL || !pdg_uuid_parse (text, strlen (text), key))
    pdg_hash128 (list->text, list->len, 0, key);
}

/* A piece of a recording, which is no event. */
static void
read_replay (PdgDialectReader *reader)
{
  PdgJsonMember *session = pdg_json_find (reader->properties, "$session_id"), *list = pdg_json_find (reader->properties, "$snapshot_data");
  g_autofree char *session_id = session != NULL ? pdg_json_dup_text (&session->value) : NULL, *window = dup_property (reader, "$window_id");
  PdgReplayChunk *chunk;

  if (!pdg_dialect_may_record (reader))
    return;
  if (session_id == NULL || strlen (session_id) > MAX_ID_BYTES)
    pdg_event_builder_refuse (&reader->builder, "properties.$session_id: required, of at most 256 bytes");
  else if (list == NULL || list->value.kind != PDG_JSON_ARRAY)
    pdg_event_builder_refuse (&reader->builder, "properties.$snapshot_data: must be an array");
  else
    {
      chunk = g_new0 (PdgReplayChunk, 1);
      chunk->session_id = g_steal_pointer (&session_id);
      if (window != NULL && strlen (window) <= MAX_ID_BYTES)
        chunk->window_id = g_steal_pointer (&window);
      make_replay_key (reader, &list->value, chunk->key);
      measure_replay (reader, &list->value, chunk);
      chunk->bytes = g_bytes_new (list->value.text, list->value.len);
      g_ptr_array_add (reader->context->needs->replays, chunk);
    }
}

static void
read_record (PdgDialectReader *reader, gpointer user_data)
{
  PdgJsonMember *name = pdg_json_find (reader->record, "event");
  PdgJsonMember *referrer;

  pdg_dialect_open_properties (reader, "properties");
  take_consent (reader, name);
  if (name != NULL && pdg_json_is (&name->value, "$snapshot"))
    {
      read_replay (reader);
      return;
    }
  pdg_dialect_drop (reader->record, "api_key");
  pdg_dialect_drop (reader->record, "token");
  pdg_dialect_drop (reader->properties, "token");
  pdg_dialect_drop (reader->record, "sent_at");
  pdg_dialect_set_type (reader, name, types, G_N_ELEMENTS (types));
  pdg_dialect_take (reader, reader->record, "uuid", "event_id");
  pdg_dialect_take (reader, reader->record, "session_id", "session.id"); /* in the newest protocol */
  pdg_dialect_take_time (reader, reader->record, "timestamp");
  pdg_dialect_take_time (reader, reader->properties, "$time");
  map_person (reader);
  if (name != NULL)
    map_by_name (reader, &name->value);
  map_elements (reader);
  map_exception (reader);
  pdg_dialect_map (reader, reader->properties, property_rows, G_N_ELEMENTS (property_rows));
  referrer = pdg_json_find (reader->properties, "$referrer");
  if (referrer != NULL && !pdg_json_is (&referrer->value, "$direct"))
    pdg_dialect_take (reader, reader->properties, "$referrer", "page.referrer");
  map_viewport (reader);
  pdg_dialect_finish (reader);
}

PdgEventBatch *
pdg_posthog_read (GBytes *body, const PdgDialectContext *context, GError **error)
{
  return pdg_dialect_read (body, "posthog", "batch", "sent_at", context, read_record, NULL, error);
}

GBytes *
pdg_posthog_write_verdicts (GBytes *body, const PdgEventIssue *issues, guint n_issues)
{
  g_autoptr (GString) json = g_string_new ("{\"results\":{");
  g_auto (PdgJsonIter) iter = { 0 };
  gsize size, before = json->len;
  gconstpointer data = g_bytes_get_data (body, &size);
  PdgJsonSpan root, batch = { 0 };
  PdgJsonMember record;

  if (pdg_json_check (data, size, &root, NULL) && pdg_json_get (&root, "batch", &batch))
    pdg_json_iter_init (&iter, &batch, 0, G_MAXUINT);
  for (guint32 index = 0; iter.p != NULL && pdg_json_iter_next (&iter, &record); index++)
    {
      const char *error = NULL;
      PdgJsonSpan uuid;

      if (record.value.kind != PDG_JSON_OBJECT || !pdg_json_get (&record.value, "uuid", &uuid) || uuid.kind != PDG_JSON_STRING)
        continue;
      while (n_issues > 0 && issues->index < index)
        {
          issues++;
          n_issues--;
        }
      if (n_issues > 0 && issues->index == index)
        error = issues->error;
      if (json->len > before)
        g_string_append_c (json, ',');
      g_string_append_len (json, uuid.text, (gssize) uuid.len);
      g_string_append (json, error != NULL ? ":{\"result\":\"drop\",\"details\":" : ":{\"result\":\"ok\"");
      if (error != NULL)
        pdg_json_append_string (json, error);
      g_string_append_c (json, '}');
    }
  g_string_append (json, "}}");
  return g_string_free_to_bytes (g_steal_pointer (&json));
}
