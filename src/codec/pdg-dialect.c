#include "config.h"
#include "codec/pdg-dialect.h"

#include "base/pdg-id.h"
#include "base/pdg-time.h"
#include "codec/pdg-dialect-private.h"
#include "codec/pdg-json-text.h"

#include <math.h>
#include <string.h>

#define RECORD_DEPTH 3   /* event, metadata, $client: around the members of a record */
#define PROPERTY_DEPTH 2 /* event, metadata */
#define SKEW_FROM_USEC (30 * PDG_USEC_PER_SEC)
#define SKEW_STEP_USEC (10 * PDG_USEC_PER_SEC)

/* A number since 1970 in the unit that its size tells. */
static gboolean
read_number_time (double value, gint64 *usec)
{
  double size = fabs (value);

  if (!(size < 1e19))
    return FALSE;
  *usec = (gint64) (size < 1e11 ? value * 1e6 : size < 1e14 ? value * 1e3 : size < 1e17 ? value : value / 1e3);
  return TRUE;
}

gboolean
pdg_dialect_read_time (const PdgJsonSpan *span, gint64 *usec)
{
  g_autofree char *text = pdg_json_dup_text (span), *zoned = NULL;
  char *end;
  double value;

  if (text == NULL)
    return FALSE;
  zoned = g_strconcat (text, "Z", NULL);
  if (pdg_time_parse_rfc3339 (text, strlen (text), usec) || pdg_time_parse_rfc3339 (zoned, strlen (zoned), usec))
    return TRUE;
  value = g_ascii_strtod (text, &end);
  return *end == '\0' && read_number_time (value, usec);
}

/* What a client's clock is off by. Little of it is only the way that the request took; and the rest is rounded, so that the same
 * events sent again get the same times. */
static gint64
measure_skew (const PdgJsonSpan *sent_at, gint64 received_usec)
{
  gint64 sent_usec, skew;

  if (!pdg_dialect_read_time (sent_at, &sent_usec))
    return 0;
  skew = received_usec - sent_usec;
  if (ABS (skew) < SKEW_FROM_USEC)
    return 0;
  return (skew + (skew < 0 ? -SKEW_STEP_USEC : SKEW_STEP_USEC) / 2) / SKEW_STEP_USEC * SKEW_STEP_USEC;
}

void
pdg_dialect_open_properties (PdgDialectReader *reader, const char *name)
{
  PdgJsonMember *member = pdg_json_find (reader->record, name);

  g_array_set_size (reader->properties, 0);
  if (member == NULL || member->value.kind != PDG_JSON_OBJECT)
    return;
  member->taken = TRUE;
  pdg_json_list (&member->value, PROPERTY_DEPTH, reader->context->limits.max_depth, reader->properties);
}

gboolean
pdg_dialect_take (PdgDialectReader *reader, GArray *members, const char *from, const char *to)
{
  PdgJsonMember *member = pdg_json_find (members, from);

  if (member == NULL || pdg_event_builder_has (&reader->builder, to))
    return FALSE;
  if (pdg_event_builder_set (&reader->builder, to, &member->value))
    member->taken = TRUE;
  return pdg_event_builder_has (&reader->builder, to);
}

void
pdg_dialect_map (PdgDialectReader *reader, GArray *members, const PdgDialectRow *rows, gsize n_rows)
{
  for (gsize i = 0; i < n_rows; i++)
    pdg_dialect_take (reader, members, rows[i].from, rows[i].to);
}

void
pdg_dialect_keep_as (PdgDialectReader *reader, GArray *members, const char *from, const char *to)
{
  PdgJsonMember *member = pdg_json_find (members, from);

  if (member == NULL)
    return;
  pdg_event_builder_keep_as (&reader->builder, to, &member->value);
  member->taken = TRUE;
}

void
pdg_dialect_drop (GArray *members, const char *name)
{
  PdgJsonMember *member = pdg_json_find (members, name);

  if (member != NULL)
    member->taken = TRUE;
}

void
pdg_dialect_set_type (PdgDialectReader *reader, PdgJsonMember *name, const PdgDialectType *types, gsize n_types)
{
  g_autofree char *text = NULL;

  if (name == NULL || (text = pdg_json_dup_text (&name->value)) == NULL)
    return;
  name->taken = pdg_event_builder_set (&reader->builder, "event.name", &name->value);
  pdg_event_builder_set_type (&reader->builder, text, -1);
  for (gsize i = 0; i < n_types; i++)
    if (g_str_equal (text, types[i].from))
      pdg_event_builder_set_type (&reader->builder, types[i].to, -1);
}

void
pdg_dialect_take_time (PdgDialectReader *reader, GArray *members, const char *from)
{
  PdgJsonMember *member = pdg_json_find (members, from);

  if (member == NULL || pdg_event_builder_has (&reader->builder, "event.timestamp"))
    return;
  if (pdg_dialect_read_time (&member->value, &reader->time_usec))
    {
      reader->time_usec += reader->skew_usec;
      reader->has_time = TRUE;
      member->taken = reader->skew_usec == 0;
      pdg_event_builder_set_time (&reader->builder, reader->time_usec);
    }
  else
    pdg_event_builder_set_text (&reader->builder, "event.timestamp", "unreadable", -1);
}

/* Who the session is of that the event does not name: a person, else the client. */
static void
describe_session (PdgEventBuilder *builder, PdgDerivedSession *need)
{
  static const char *const persons[] = { "anonymous.id", "user.id" };

  for (gsize i = 0; i < G_N_ELEMENTS (persons); i++)
    if (pdg_event_builder_has (builder, persons[i]))
      {
        g_autofree char *person = pdg_json_dup_text (&builder->members.fields[pdg_event_fields_lookup (persons[i], strlen (persons[i]))]);

        pdg_derived_session_make_key (persons[i], person, need->key);
        return;
      }
  need->is_client = TRUE;
}

int
pdg_dialect_finish_event (PdgEventBuilder *builder, const PdgDialectContext *context)
{
  PdgDerivedSession need = { 0 };
  PdgJsonSpan yes = { "true", 4, PDG_JSON_TRUE, 0 };
  gboolean derives = !pdg_event_builder_has (builder, "session.id");
  const PdgEvent *events;
  guint n_events;

  pdg_event_batch_get_events (builder->batch, &need.event);
  if (derives)
    {
      describe_session (builder, &need);
      pdg_event_builder_set_text (builder, "session.id", "derived", -1);
      pdg_event_builder_keep_as (builder, "session.derived", &yes);
    }
  pdg_event_builder_finish (builder);
  events = pdg_event_batch_get_events (builder->batch, &n_events);
  if (n_events == need.event)
    return -1;
  need.usec = events[need.event].timestamp_usec;
  if (derives && (events[need.event].flags & PDG_EVENT_COUNTED) == 0)
    g_array_append_val (context->needs->sessions, need);
  return (int) need.event;
}

/* A record larger than an event may be, which a recording is not. */
static gboolean
refuse_large (PdgDialectReader *reader)
{
  gsize max_bytes = reader->context->limits.max_event_bytes;
  g_autofree char *error = NULL;

  if (reader->whole.len <= max_bytes)
    return FALSE;
  error = g_strdup_printf ("event: larger than %" G_GSIZE_FORMAT " KB", max_bytes / 1024);
  pdg_event_builder_refuse (&reader->builder, error);
  return TRUE;
}

/* What the record has besides its properties, and who sent it. */
static void
keep_record (PdgDialectReader *reader)
{
  g_autoptr (GString) json = g_string_new ("{\"protocol\":");
  PdgJsonSpan span;
  guint flags = 0;
  char *copy;

  pdg_json_append_string (json, reader->protocol);
  for (guint i = 0; i < reader->record->len; i++)
    {
      const PdgJsonMember *member = &g_array_index (reader->record, PdgJsonMember, i);

      if (member->taken || member->value.kind == PDG_JSON_NULL)
        continue;
      flags |= member->key.flags | member->value.flags;
      g_string_append_c (json, ',');
      g_string_append_len (json, member->key.text, (gssize) member->key.len);
      g_string_append_c (json, ':');
      g_string_append_len (json, member->value.text, (gssize) member->value.len);
    }
  g_string_append_c (json, '}');
  copy = pdg_event_batch_alloc (reader->builder.batch, json->len);
  memcpy (copy, json->str, json->len);
  span = (PdgJsonSpan) { copy, (guint32) json->len, PDG_JSON_OBJECT, (guint8) flags };
  pdg_event_builder_keep_as (&reader->builder, "$client", &span);
}

void
pdg_dialect_finish (PdgDialectReader *reader)
{
  static const PdgDialectRow own[] = {
    { "consent.state", "consent.state" },
    { "gen_ai.journey.id", "gen_ai.journey.id" },
    { "gen_ai.journey.step.id", "gen_ai.journey.step.id" },
    { "gen_ai.journey.step.name", "gen_ai.journey.step.name" },
    { "gen_ai.journey.conversion.status", "gen_ai.journey.conversion.status" },
  };
  PdgEventBuilder *builder = &reader->builder;

  if (refuse_large (reader))
    return;
  pdg_dialect_map (reader, reader->properties, own, G_N_ELEMENTS (own));
  if (!pdg_event_builder_has (builder, "event.timestamp"))
    {
      reader->time_usec = reader->context->received_usec;
      pdg_event_builder_set_time (builder, reader->time_usec);
    }
  if (!pdg_event_builder_has (builder, "event_id"))
    {
      g_autoptr (GString) text = g_string_new_len (reader->whole.text, (gssize) reader->whole.len);

      /* Without a time of its own, the same text an hour later is another event. */
      if (!reader->has_time)
        g_string_append_printf (text, "\n%" G_GINT64_FORMAT, reader->context->received_usec);
      pdg_event_builder_set_hashed_id (builder, reader->protocol, text->str, text->len);
    }
  keep_record (reader);
  for (guint i = 0; i < reader->properties->len; i++)
    {
      const PdgJsonMember *member = &g_array_index (reader->properties, PdgJsonMember, i);

      if (!member->taken)
        pdg_event_builder_keep (builder, &member->key, &member->value);
    }
  pdg_dialect_finish_event (builder, reader->context);
}

static void
read_record (PdgDialectReader *reader, const PdgJsonSpan *record, guint32 index, PdgDialectRecordFunc func, gpointer user_data)
{
  pdg_event_builder_begin (&reader->builder, index);
  g_array_set_size (reader->record, 0);
  g_array_set_size (reader->properties, 0);
  reader->whole = *record;
  reader->has_time = FALSE;
  if (record->kind != PDG_JSON_OBJECT)
    {
      pdg_event_builder_refuse (&reader->builder, "event: must be an object");
      return;
    }
  pdg_json_list (record, RECORD_DEPTH, reader->context->limits.max_depth, reader->record);
  func (reader, user_data);
}

/* The records: the elements of the envelope's list, or of the root, or the root alone. FALSE when there are too many. */
static gboolean
read_records (PdgDialectReader *reader, const PdgJsonSpan *root, const char *list, PdgDialectRecordFunc func, gpointer user_data, GError **error)
{
  PdgJsonSpan records = *root;
  PdgJsonMember member;
  g_auto (PdgJsonIter) iter = { 0 };

  if (root->kind == PDG_JSON_OBJECT && (list == NULL || !pdg_json_get (root, list, &records)))
    {
      read_record (reader, root, 0, func, user_data);
      return TRUE;
    }
  if (records.kind != PDG_JSON_ARRAY)
    {
      g_set_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_ENVELOPE, "the body must be an event or an array of events");
      return FALSE;
    }
  pdg_json_iter_init (&iter, &records, 0, G_MAXUINT);
  for (guint32 index = 0; pdg_json_iter_next (&iter, &member); index++)
    {
      if (index == reader->context->limits.max_events)
        {
          g_set_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_TOO_MANY, "at most %u events in one request; send the rest in another",
                       reader->context->limits.max_events);
          return FALSE;
        }
      read_record (reader, &member.value, index, func, user_data);
    }
  return TRUE;
}

PdgEventBatch *
pdg_dialect_read (GBytes *body, const char *protocol, const char *list, const char *sent_at, const PdgDialectContext *context,
                  PdgDialectRecordFunc func, gpointer user_data, GError **error)
{
  g_autoptr (PdgEventBatch) batch = pdg_event_batch_new (body, context->received_usec);
  PdgDialectReader reader = { .context = context, .protocol = protocol };
  gsize size;
  gconstpointer data = g_bytes_get_data (body, &size);
  PdgJsonSpan root, sent;
  gboolean read;

  pdg_event_batch_set_source (batch, protocol);
  if (size > context->limits.max_body_bytes)
    {
      g_set_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_TOO_LARGE, "the body is larger than %" G_GSIZE_FORMAT " KB; send fewer events at once",
                   context->limits.max_body_bytes / 1024);
      return NULL;
    }
  if (!pdg_json_check (data, size, &root, error))
    return NULL;
  pdg_event_builder_init (&reader.builder, batch, &context->limits, context->project);
  reader.record = g_array_new (FALSE, FALSE, sizeof (PdgJsonMember));
  reader.properties = g_array_new (FALSE, FALSE, sizeof (PdgJsonMember));
  if (sent_at != NULL && pdg_json_get (&root, sent_at, &sent))
    reader.skew_usec = measure_skew (&sent, context->received_usec);
  read = read_records (&reader, &root, list, func, user_data, error);
  pdg_event_builder_clear (&reader.builder);
  g_array_unref (reader.record);
  g_array_unref (reader.properties);
  return read ? g_steal_pointer (&batch) : NULL;
}

static char *
dup_key_of (const PdgJsonSpan *object)
{
  static const char *const names[] = { "writeKey", "write_key", "api_key", "apiKey", "token", "$token" };
  PdgJsonSpan value;
  char *key;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (pdg_json_get (object, names[i], &value) && (key = pdg_json_dup_text (&value)) != NULL)
      return key;
  return NULL;
}

static char *
dup_key_of_record (const PdgJsonSpan *record)
{
  PdgJsonSpan properties;
  char *key = dup_key_of (record);

  return key == NULL && pdg_json_get (record, "properties", &properties) ? dup_key_of (&properties) : key;
}

/* The first element of an array. */
static gboolean
get_first (const PdgJsonSpan *array, PdgJsonSpan *first)
{
  g_auto (PdgJsonIter) iter;
  PdgJsonMember member;

  pdg_json_iter_init (&iter, array, 0, G_MAXUINT);
  if (!pdg_json_iter_next (&iter, &member))
    return FALSE;
  *first = member.value;
  return TRUE;
}

char *
pdg_dialect_dup_key (GBytes *body)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (body, &size);
  PdgJsonSpan root, first;
  char *key;

  if (!pdg_json_check (data, size, &root, NULL))
    return NULL;
  if (root.kind == PDG_JSON_ARRAY)
    return get_first (&root, &first) && first.kind == PDG_JSON_OBJECT ? dup_key_of_record (&first) : NULL;
  key = dup_key_of_record (&root);
  if (key == NULL && pdg_json_get (&root, "batch", &first) && get_first (&first, &first))
    key = dup_key_of_record (&first);
  return key;
}

gboolean
pdg_dialect_is_posthog (GBytes *body)
{
  static const char *const names[] = { "api_key", "uuid", "distinct_id" };
  gsize size;
  gconstpointer data = g_bytes_get_data (body, &size);
  PdgJsonSpan root, value;

  if (!pdg_json_check (data, size, &root, NULL) || (root.kind == PDG_JSON_ARRAY && !get_first (&root, &root)))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (pdg_json_get (&root, names[i], &value))
      return TRUE;
  return FALSE;
}

gboolean
pdg_dialect_is_amplitude (GBytes *body)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (body, &size);
  PdgJsonSpan root, events;

  return pdg_json_check (data, size, &root, NULL) && root.kind == PDG_JSON_OBJECT && pdg_json_get (&root, "events", &events)
         && events.kind == PDG_JSON_ARRAY;
}
