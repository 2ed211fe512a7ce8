#include "config.h"
#include "codec/pdg-dialect.h"

#include "codec/pdg-dialect-private.h"

/* Segment's HTTP tracking API, and RudderStack's, which is the same. */

static const PdgDialectRow record_rows[] = {
  { "messageId", "event_id" },
  { "userId", "user.id" },
  { "anonymousId", "anonymous.id" },
};

static const PdgDialectRow page_rows[] = {
  { "path", "page.path" },
  { "title", "page.title" },
  { "url", "page.url" },
  { "referrer", "page.referrer" },
};

static const PdgDialectRow context_rows[] = {
  { "sessionId", "session.id" },
};

static const PdgDialectRow app_rows[] = {
  { "version", "app.version" },
  { "name", "app.name" },
};

/* Sets keys of ours from an object inside the context, which itself is kept whole. */
static void
map_inside (PdgDialectReader *reader, const PdgJsonSpan *context, const char *name, const PdgDialectRow *rows, gsize n_rows)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (PdgJsonMember));
  PdgJsonSpan object = *context;

  if (name != NULL && !pdg_json_get (context, name, &object))
    return;
  if (object.kind == PDG_JSON_OBJECT)
    pdg_json_list (&object, 0, G_MAXUINT, members);
  pdg_dialect_map (reader, members, rows, n_rows);
}

static void
map_context (PdgDialectReader *reader)
{
  PdgJsonMember *context = pdg_json_find (reader->record, "context");

  if (context == NULL)
    return;
  map_inside (reader, &context->value, NULL, context_rows, G_N_ELEMENTS (context_rows));
  map_inside (reader, &context->value, "page", page_rows, G_N_ELEMENTS (page_rows));
  map_inside (reader, &context->value, "app", app_rows, G_N_ELEMENTS (app_rows));
  pdg_dialect_take_categories (reader, &context->value);
}

static void
read_track (PdgDialectReader *reader)
{
  pdg_dialect_set_type (reader, pdg_json_find (reader->record, "event"), NULL, 0);
}

static void
read_page (PdgDialectReader *reader)
{
  pdg_event_builder_set_type (&reader->builder, "page.view", -1);
  pdg_dialect_map (reader, reader->properties, page_rows, G_N_ELEMENTS (page_rows));
  pdg_dialect_take (reader, reader->record, "name", "page.title");
}

/* A screen of an app: its name is its place. */
static void
read_screen (PdgDialectReader *reader)
{
  pdg_event_builder_set_type (&reader->builder, "page.view", -1);
  pdg_dialect_map (reader, reader->properties, page_rows, G_N_ELEMENTS (page_rows));
  pdg_dialect_take (reader, reader->record, "name", "page.path");
  pdg_dialect_take (reader, reader->record, "name", "page.title");
}

/* Of RudderStack's client for the browser they are in the context. */
static void
read_identify (PdgDialectReader *reader)
{
  PdgJsonMember *context = pdg_json_find (reader->record, "context");
  PdgJsonSpan traits;

  pdg_event_builder_set_type (&reader->builder, "identify", -1);
  if (pdg_json_find (reader->record, "traits") == NULL && context != NULL && pdg_json_get (&context->value, "traits", &traits))
    pdg_event_builder_keep_as (&reader->builder, "traits", &traits);
  pdg_dialect_keep_as (reader, reader->record, "traits", "traits");
}

static void
read_group (PdgDialectReader *reader)
{
  pdg_event_builder_set_type (&reader->builder, "group", -1);
  pdg_dialect_keep_as (reader, reader->record, "groupId", "group_id");
  pdg_dialect_keep_as (reader, reader->record, "traits", "traits");
}

static void
read_alias (PdgDialectReader *reader)
{
  pdg_event_builder_set_type (&reader->builder, "alias", -1);
  pdg_dialect_keep_as (reader, reader->record, "previousId", "alias");
}

static const struct
{
  const char *kind;
  void (*read) (PdgDialectReader *reader);
} kinds[] = {
  { "track", read_track },
  { "page", read_page },
  { "screen", read_screen },
  { "identify", read_identify },
  { "group", read_group },
  { "alias", read_alias },
};

static void
read_record (PdgDialectReader *reader, gpointer user_data)
{
  const char *fixed = user_data;
  PdgJsonMember *type = pdg_json_find (reader->record, "type");
  g_autofree char *kind = fixed != NULL ? g_strdup (fixed) : type != NULL ? pdg_json_dup_text (&type->value) : NULL;

  pdg_dialect_open_properties (reader, "properties");
  pdg_dialect_take (reader, reader->properties, "consent.state", "consent.state");
  pdg_dialect_drop (reader->record, "writeKey");
  pdg_dialect_drop (reader->record, "type");
  if (kind != NULL)
    pdg_event_builder_set_type (&reader->builder, kind, -1);
  pdg_dialect_map (reader, reader->record, record_rows, G_N_ELEMENTS (record_rows));
  pdg_dialect_take_time (reader, reader->record, "timestamp");
  pdg_dialect_take_time (reader, reader->record, "originalTimestamp");
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kind, kinds[i].kind) == 0)
      {
        if (kinds[i].read == read_track)
          pdg_event_builder_unset (&reader->builder, "event.type");
        kinds[i].read (reader);
      }
  map_context (reader);
  pdg_dialect_finish (reader);
}

PdgEventBatch *
pdg_segment_read (GBytes *body, const char *kind, const PdgDialectContext *context, GError **error)
{
  return pdg_dialect_read (body, "segment", kind == NULL ? "batch" : NULL, "sentAt", context, read_record, (gpointer) kind, error);
}
