#include "config.h"
#include "codec/pdg-event-json.h"

#include "codec/pdg-event-verdict.h"
#include "codec/pdg-json-text.h"

#include <string.h>

/* One request from bytes to batch. The body is walked once: pdg-json-scan finds each member's place and checks it;
 * pdg-event-fields says what the key means; at the end of an event pdg-event-verdict judges the members that were found
 * and points the slices at them; pdg-event-data copies together what is kept as JSON. */

#define KEY_MAX_BYTES 256 /* more than any known key takes, each of its letters written as an escape */

typedef struct
{
  PdgJsonScan scan;
  PdgEventJsonLimits limits;
  PdgEventBatch *batch;
  PdgEventMembers members; /* of the event at hand */
  GError *refusal;         /* why the request is refused although it is JSON */
} Reader;

static void G_GNUC_PRINTF (3, 4)
reader_refuse (Reader *reader, PdgCodecError code, const char *format, ...)
{
  va_list args;

  if (reader->refusal != NULL)
    return;
  va_start (args, format);
  reader->refusal = g_error_new_valist (PDG_CODEC_ERROR, (int) code, format, args);
  va_end (args);
}

/* The text of a key: in the body, or unescaped in @buffer; empty when it is longer than any that matters. */
static inline const char *
get_key_text (const PdgJsonSpan *key, char buffer[KEY_MAX_BYTES], gsize *len)
{
  if ((key->flags & PDG_JSON_ESCAPED) == 0)
    {
      *len = key->len - 2;
      return key->text + 1;
    }
  *len = key->len <= KEY_MAX_BYTES ? pdg_json_unescape (key, buffer) : 0;
  return buffer;
}

/* Reads `"key" :` up to the value. Returns the value's place, or NULL. */
static inline const guint8 *
read_key (Reader *reader, const guint8 *p, PdgJsonSpan *key)
{
  PdgJsonScan *scan = &reader->scan;

  if (p >= scan->end || *p != '"')
    return pdg_json_scan_fail (scan, p, "expected a key in quotes");
  if ((p = pdg_json_scan_string (scan, p, key)) == NULL)
    return NULL;
  p = pdg_json_skip_space (scan, p);
  if (p >= scan->end || *p != ':')
    return pdg_json_scan_fail (scan, p, "expected ':'");
  return pdg_json_skip_space (scan, p + 1);
}

/* Reads what stands between two members or elements. Returns the place of the next one or of the closing @bracket, or
 * NULL; *done says which. */
static inline const guint8 *
read_separator (Reader *reader, const guint8 *p, char bracket, gboolean *done)
{
  PdgJsonScan *scan = &reader->scan;

  p = pdg_json_skip_space (scan, p);
  *done = p < scan->end && *p == bracket;
  if (*done)
    return p;
  if (p >= scan->end || *p != ',')
    return pdg_json_scan_fail (scan, p, bracket == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
  return pdg_json_skip_space (scan, p + 1);
}

static const guint8 *
read_member (Reader *reader, const guint8 *p)
{
  PdgEventMembers *members = &reader->members;
  char buffer[KEY_MAX_BYTES];
  PdgEventMember member;
  const char *name;
  gsize name_len;
  int field;

  if ((p = read_key (reader, p, &member.key)) == NULL
      || (p = pdg_json_scan_value (&reader->scan, p, 1, &member.value)) == NULL)
    return NULL;
  name = get_key_text (&member.key, buffer, &name_len);
  field = pdg_event_fields_lookup (name, name_len);
  if (field < 0)
    g_array_append_val (members->unknown, member);
  else if (member.value.kind == PDG_JSON_NULL)
    members->seen &= ~(G_GUINT64_CONSTANT (1) << field);
  else
    {
      members->seen |= G_GUINT64_CONSTANT (1) << field;
      members->fields[field] = member.value;
    }
  return p;
}

/* Adds what was read as the request's event @index, or an issue for it. */
static void
finish_event (Reader *reader, guint32 index, const guint8 *start, gsize size)
{
  char *error;
  PdgEvent *event;

  if (size > reader->limits.max_event_bytes)
    {
      error = g_strdup_printf ("event: larger than %" G_GSIZE_FORMAT " KB", reader->limits.max_event_bytes / 1024);
      pdg_event_batch_take_issue (reader->batch, index, error);
      return;
    }
  event = pdg_event_batch_add (reader->batch);
  event->index = index;
  event->raw = (PdgSlice) { (const char *) start, (guint32) size };
  error = pdg_event_verdict (&reader->members, reader->limits.max_depth, reader->batch, event);
  if (error != NULL)
    {
      pdg_event_batch_drop_last (reader->batch);
      pdg_event_batch_take_issue (reader->batch, index, error);
    }
}

static const guint8 *
read_event (Reader *reader, const guint8 *p, guint32 index)
{
  PdgJsonScan *scan = &reader->scan;
  const guint8 *start = p;
  PdgJsonSpan value;
  gboolean done;

  if (p >= scan->end || *p != '{')
    {
      if ((p = pdg_json_scan_value (scan, p, 0, &value)) != NULL)
        pdg_event_batch_take_issue (reader->batch, index, g_strdup ("event: must be an object"));
      return p;
    }
  reader->members.seen = 0;
  g_array_set_size (reader->members.unknown, 0);
  p = pdg_json_skip_space (scan, p + 1);
  done = p < scan->end && *p == '}';
  while (!done)
    if ((p = read_member (reader, p)) == NULL || (p = read_separator (reader, p, '}', &done)) == NULL)
      return NULL;
  p++;
  finish_event (reader, index, start, (gsize) (p - start));
  return p;
}

/* "1,000" */
static void
format_count (guint n, char out[16])
{
  if (n < 1000)
    g_snprintf (out, 16, "%u", n);
  else
    g_snprintf (out, 16, "%u,%03u", n / 1000, n % 1000);
}

/* Reads the array at @p. Returns the byte after it; NULL also when it has too many. */
static const guint8 *
read_events (Reader *reader, const guint8 *p)
{
  gboolean done;

  p = pdg_json_skip_space (&reader->scan, p + 1);
  done = p < reader->scan.end && *p == ']';
  for (guint32 index = 0; !done; index++)
    {
      if (index == reader->limits.max_events)
        {
          char count[16];

          format_count (reader->limits.max_events, count);
          reader_refuse (reader, PDG_CODEC_ERROR_TOO_MANY, "events: at most %s in one request; send the rest in another", count);
          return NULL;
        }
      if ((p = read_event (reader, p, index)) == NULL || (p = read_separator (reader, p, ']', &done)) == NULL)
        return NULL;
    }
  return p + 1;
}

/* Reads a member of the envelope; *has_events says whether "events" was there. */
static const guint8 *
read_envelope_member (Reader *reader, const guint8 *p, gboolean *has_events)
{
  char buffer[KEY_MAX_BYTES];
  PdgJsonSpan key, value;
  const char *name;
  gsize name_len;
  gboolean is_events;

  if ((p = read_key (reader, p, &key)) == NULL)
    return NULL;
  name = get_key_text (&key, buffer, &name_len);
  is_events = name_len == 6 && memcmp (name, "events", 6) == 0;
  if (is_events && !*has_events && p < reader->scan.end && *p == '[')
    {
      *has_events = TRUE;
      return read_events (reader, p);
    }
  if ((p = pdg_json_scan_value (&reader->scan, p, 1, &value)) == NULL)
    return NULL;
  if (is_events)
    reader_refuse (reader, PDG_CODEC_ERROR_ENVELOPE, *has_events ? "events: more than once" : "events: must be an array");
  else if ((value.flags & PDG_JSON_TOO_DEEP) != 0)
    reader_refuse (reader, PDG_CODEC_ERROR_TOO_DEEP, "the body is nested deeper than %u levels", reader->limits.max_depth);
  return p;
}

/* Reads the whole body. FALSE when it is not JSON or when reading stopped because of a refusal. */
static gboolean
read_body (Reader *reader)
{
  static const guint8 byte_order_mark[] = { 0xEF, 0xBB, 0xBF };
  PdgJsonScan *scan = &reader->scan;
  const guint8 *p = scan->begin;
  gboolean done, has_events = FALSE;
  PdgJsonSpan value;

  if (scan->end - p >= 3 && memcmp (p, byte_order_mark, 3) == 0)
    p += 3;
  p = pdg_json_skip_space (scan, p);
  if (p < scan->end && *p == '{')
    {
      p = pdg_json_skip_space (scan, p + 1);
      done = p < scan->end && *p == '}';
      while (!done)
        if ((p = read_envelope_member (reader, p, &has_events)) == NULL || (p = read_separator (reader, p, '}', &done)) == NULL)
          return FALSE;
      p++;
      if (!has_events)
        reader_refuse (reader, PDG_CODEC_ERROR_ENVELOPE, "events: required");
    }
  else
    {
      if ((p = pdg_json_scan_value (scan, p, 0, &value)) == NULL)
        return FALSE;
      reader_refuse (reader, PDG_CODEC_ERROR_ENVELOPE, "the body must be an object: {\"events\": [...]}");
    }
  p = pdg_json_skip_space (scan, p);
  if (p < scan->end)
    pdg_json_scan_fail (scan, p, "text after the end of the JSON");
  return scan->error == NULL;
}

static void
reader_clear (Reader *reader)
{
  pdg_json_scan_clear (&reader->scan);
  g_array_unref (reader->members.unknown);
  g_clear_error (&reader->refusal);
  pdg_event_batch_unref (reader->batch);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

PdgEventBatch *
pdg_event_json_parse (GBytes *body, gint64 received_usec, const PdgEventJsonLimits *limits, GError **error)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (body, &size);
  g_auto (Reader) reader = { .limits = limits != NULL ? *limits : PDG_EVENT_JSON_LIMITS_DEFAULT };

  pdg_event_fields_ensure ();
  pdg_json_scan_init (&reader.scan, data, size, reader.limits.max_depth);
  reader.members.unknown = g_array_new (FALSE, FALSE, sizeof (PdgEventMember));
  reader.batch = pdg_event_batch_new (body, received_usec);
  if (size > MIN (reader.limits.max_body_bytes, G_MAXUINT32))
    reader_refuse (&reader, PDG_CODEC_ERROR_TOO_LARGE, "the body is larger than %" G_GSIZE_FORMAT " KB; send fewer events at once",
                   reader.limits.max_body_bytes / 1024);
  else
    read_body (&reader);

  if (reader.scan.error != NULL)
    {
      g_set_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_SYNTAX, "not JSON: %s at byte %" G_GSIZE_FORMAT,
                   reader.scan.error, (gsize) (reader.scan.error_at - reader.scan.begin));
      return NULL;
    }
  if (reader.refusal != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reader.refusal));
      return NULL;
    }
  return g_steal_pointer (&reader.batch);
}
