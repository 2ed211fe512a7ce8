#include "config.h"
#include "codec/pdg-dialect.h"

#include "codec/pdg-dialect-private.h"

static const PdgDialectType types[] = {
  { "[Amplitude] Page Viewed", "page.view" },
  { "[Amplitude] Element Clicked", "ui.click" },
  { "[Amplitude] Element Changed", "ui.input" },
  { "[Amplitude] Form Submitted", "ui.submit" },
  { "session_start", "session.start" },
  { "session_end", "session.end" },
  { "$identify", "identify" },
  { "$groupidentify", "group" },
};

static const PdgDialectRow record_rows[] = {
  { "insert_id", "event_id" },
  { "user_id", "user.id" },
  { "device_id", "anonymous.id" },
  { "event_id", "event.sequence" }, /* a counter of theirs */
  { "app_version", "app.version" },
};

static const PdgDialectRow property_rows[] = {
  { "[Amplitude] Page Path", "page.path" },
  { "[Amplitude] Page Title", "page.title" },
  { "[Amplitude] Page URL", "page.url" },
  { "[Amplitude] Element Text", "ui.element.text" },
  { "[Amplitude] Element Tag", "ui.element" },
  { "[Amplitude] Element ID", "ui.component.name" },
  { "[Amplitude] Element Selector", "ui.component.path" },
  { "[Amplitude] Viewport Size", "ui.viewport" },
};

/* Their session is the time it began, unique for one device; -1 is none. */
static void
take_session (PdgDialectReader *reader)
{
  PdgJsonMember *session = pdg_json_find (reader->record, "session_id"), *who = pdg_json_find (reader->record, "device_id");
  g_autofree char *id = session != NULL ? pdg_json_dup_text (&session->value) : NULL, *whose = NULL, *text = NULL;

  if (who == NULL)
    who = pdg_json_find (reader->record, "user_id");
  whose = who != NULL ? pdg_json_dup_text (&who->value) : NULL;
  if (id == NULL || g_str_equal (id, "-1") || g_str_equal (id, "0"))
    return;
  text = g_strconcat (id, whose != NULL ? "-" : NULL, whose, NULL);
  pdg_event_builder_set_text (&reader->builder, "session.id", text, -1);
}

static void
keep_traits (PdgDialectReader *reader, const char *from)
{
  PdgJsonMember *properties = pdg_json_find (reader->record, from);
  PdgJsonSpan value;

  if (properties == NULL)
    return;
  if (pdg_json_get (&properties->value, "$set", &value))
    pdg_event_builder_keep_as (&reader->builder, "traits", &value);
  if (pdg_json_get (&properties->value, "$setOnce", &value))
    pdg_event_builder_keep_as (&reader->builder, "traits_once", &value);
}

/* groups: {"type": "id"}; one of them is named in the metadata, all stay in the record. */
static void
keep_group (PdgDialectReader *reader)
{
  PdgJsonMember *groups = pdg_json_find (reader->record, "groups");
  g_auto (PdgJsonIter) iter = { 0 };
  PdgJsonMember group;

  if (groups == NULL || groups->value.kind != PDG_JSON_OBJECT)
    return;
  pdg_json_iter_init (&iter, &groups->value, 0, G_MAXUINT);
  if (!pdg_json_iter_next (&iter, &group))
    return;
  pdg_event_builder_keep_as (&reader->builder, "group_type", &group.key);
  pdg_event_builder_keep_as (&reader->builder, "group_id", &group.value);
}

static void
read_record (PdgDialectReader *reader, gpointer user_data)
{
  PdgJsonMember *name = pdg_json_find (reader->record, "event_type");

  pdg_dialect_open_properties (reader, "event_properties");
  pdg_dialect_set_type (reader, name, types, G_N_ELEMENTS (types));
  take_session (reader);
  pdg_dialect_take_time (reader, reader->record, "time");
  pdg_dialect_map (reader, reader->record, record_rows, G_N_ELEMENTS (record_rows));
  pdg_dialect_map (reader, reader->properties, property_rows, G_N_ELEMENTS (property_rows));
  if (name != NULL && pdg_json_is (&name->value, "$identify"))
    keep_traits (reader, "user_properties");
  if (name != NULL && pdg_json_is (&name->value, "$groupidentify"))
    {
      keep_group (reader);
      keep_traits (reader, "group_properties");
    }
  pdg_dialect_finish (reader);
}

PdgEventBatch *
pdg_amplitude_read (GBytes *body, const PdgDialectContext *context, GError **error)
{
  return pdg_dialect_read (body, "amplitude", "events", "client_upload_time", context, read_record, NULL, error);
}
