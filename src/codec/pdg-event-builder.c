#include "config.h"
#include "codec/pdg-event-builder.h"

#include "base/pdg-id.h"
#include "base/pdg-time.h"
#include "codec/pdg-event-verdict.h"
#include "codec/pdg-json-text.h"

#include <string.h>

#define BIT(field) (G_GUINT64_CONSTANT (1) << (field))
#define HASH_HEX_BYTES 33

void
pdg_event_builder_init (PdgEventBuilder *self, PdgEventBatch *batch, const PdgEventJsonLimits *limits, const char *project)
{
  pdg_event_fields_ensure ();
  *self = (PdgEventBuilder) { .batch = batch, .limits = *limits };
  self->members.unknown = g_array_new (FALSE, FALSE, sizeof (PdgEventMember));
  self->hashes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->project = pdg_event_builder_quote (self, project, strlen (project));
}

void
pdg_event_builder_clear (PdgEventBuilder *self)
{
  g_clear_pointer (&self->members.unknown, g_array_unref);
  g_clear_pointer (&self->hashes, g_hash_table_unref);
}

void
pdg_event_builder_begin (PdgEventBuilder *self, guint32 index)
{
  self->index = index;
  self->members.seen = BIT (PDG_FIELD_AT_PROJECT_ID);
  self->members.fields[PDG_FIELD_AT_PROJECT_ID] = self->project;
  g_array_set_size (self->members.unknown, 0);
}

PdgJsonSpan
pdg_event_builder_store (PdgEventBuilder *self, const char *json, gsize len, guint depth)
{
  char *copy = pdg_event_batch_alloc (self->batch, len);
  PdgJsonSpan span = { 0 };
  PdgJsonScan scan;

  memcpy (copy, json, len);
  pdg_json_scan_init (&scan, copy, len, self->limits.max_depth);
  if (pdg_json_scan_value (&scan, scan.begin, depth, &span) == NULL)
    g_assert_not_reached ();
  pdg_json_scan_clear (&scan);
  return span;
}

/* NUL and what is not UTF-8 become U+FFFD. */
PdgJsonSpan
pdg_event_builder_quote (PdgEventBuilder *self, const char *text, gsize len)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) len);
  g_autoptr (GString) json = g_string_sized_new (len + 16);

  pdg_json_append_string (json, valid);
  return pdg_event_builder_store (self, json->str, json->len, 0);
}

static void
set_field (PdgEventBuilder *self, int field, PdgJsonSpan span)
{
  self->members.seen |= BIT (field);
  self->members.fields[field] = span;
}

static gboolean
is_identifier (int field)
{
  const char *name = pdg_event_fields[field].name;

  return field == PDG_FIELD_AT_EVENT_ID || field == PDG_FIELD_AT_SESSION_ID || g_str_equal (name, "user.id") || g_str_equal (name, "anonymous.id");
}

static void
format_hash (const void *data, gsize len, char out[HASH_HEX_BYTES])
{
  guint8 hash[16];

  pdg_hash128 (data, len, 0, hash);
  for (int i = 0; i < 16; i++)
    g_snprintf (out + 2 * i, 3, "%02x", hash[i]);
}

/* A text for a key that takes texts; whether all of it is there. */
static gboolean
set_plain_text (PdgEventBuilder *self, int field, const char *text, gsize len)
{
  const PdgEventField *row = &pdg_event_fields[field];
  char hex[HASH_HEX_BYTES];

  if (row->limit == 0 || len <= (gsize) row->limit)
    {
      set_field (self, field, pdg_event_builder_quote (self, text, len));
      return TRUE;
    }
  if (is_identifier (field))
    {
      format_hash (text, len, hex);
      set_field (self, field, pdg_event_builder_quote (self, hex, HASH_HEX_BYTES - 1));
      return FALSE;
    }
  len = (gsize) row->limit;
  while (len > 0 && ((guchar) text[len] & 0xC0) == 0x80)
    len--;
  set_field (self, field, pdg_event_builder_quote (self, text, len));
  return FALSE;
}

static gboolean
takes_text (const PdgEventField *row)
{
  return row->kind == PDG_FIELD_TEXT || row->kind == PDG_FIELD_STRING || row->kind == PDG_FIELD_TIME;
}

gboolean
pdg_event_builder_set_text (PdgEventBuilder *self, const char *name, const char *text, gssize len)
{
  int field = pdg_event_fields_lookup (name, strlen (name));
  gsize n = len < 0 ? strlen (text) : (gsize) len;

  g_assert (field >= 0);
  if (!takes_text (&pdg_event_fields[field]))
    return FALSE;
  return n == 0 || set_plain_text (self, field, text, n);
}

/* Whether a whole number as it is written stays within what the key takes. */
static gboolean
fits_integer (const PdgEventField *row, const PdgJsonSpan *span)
{
  g_autofree char *text = NULL;
  gint64 value;

  if (span->kind != PDG_JSON_NUMBER || (span->flags & PDG_JSON_INTEGER) == 0 || span->len > 19)
    return FALSE;
  text = g_strndup (span->text, span->len);
  value = g_ascii_strtoll (text, NULL, 10);
  return value <= row->limit && value >= -row->limit;
}

gboolean
pdg_event_builder_set (PdgEventBuilder *self, const char *name, const PdgJsonSpan *value)
{
  int field = pdg_event_fields_lookup (name, strlen (name));
  const PdgEventField *row;

  g_assert (field >= 0);
  row = &pdg_event_fields[field];
  if (takes_text (row))
    {
      g_autofree char *text = pdg_json_dup_text (value);

      if (value->kind == PDG_JSON_STRING && (row->limit == 0 || value->len - 2 <= (gsize) row->limit))
        set_field (self, field, *value);
      else if (text == NULL || !set_plain_text (self, field, text, strlen (text)))
        return FALSE;
      return TRUE;
    }
  if (row->kind == PDG_FIELD_CONSENT)
    {
      PdgConsent consent;

      if (value->kind != PDG_JSON_STRING || !pdg_consent_parse (value->text + 1, value->len - 2, &consent))
        return FALSE;
    }
  if (row->kind == PDG_FIELD_ORDER || row->kind == PDG_FIELD_INTEGER ? !fits_integer (row, value)
                                                                     : row->kind == PDG_FIELD_NUMBER && value->kind != PDG_JSON_NUMBER)
    return FALSE;
  set_field (self, field, *value);
  return TRUE;
}

void
pdg_event_builder_set_integer (PdgEventBuilder *self, const char *name, gint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);
  PdgJsonSpan span = pdg_event_builder_store (self, text, strlen (text), 0);

  pdg_event_builder_set (self, name, &span);
}

void
pdg_event_builder_set_time (PdgEventBuilder *self, gint64 usec)
{
  char text[PDG_RFC3339_BYTES];

  pdg_time_format_rfc3339 (usec, text);
  set_field (self, PDG_FIELD_AT_TIMESTAMP, pdg_event_builder_quote (self, text, strlen (text)));
}

void
pdg_event_builder_set_consent (PdgEventBuilder *self, PdgConsent consent)
{
  const char *text = pdg_consent_to_string (consent);

  set_field (self, PDG_FIELD_AT_CONSENT, pdg_event_builder_quote (self, text, strlen (text)));
}

void
pdg_event_builder_set_type (PdgEventBuilder *self, const char *type, gssize len)
{
  gsize n = len < 0 ? strlen (type) : (gsize) len;

  if (n <= (gsize) pdg_event_fields[PDG_FIELD_AT_TYPE].limit)
    set_plain_text (self, PDG_FIELD_AT_TYPE, type, n);
  else
    set_plain_text (self, PDG_FIELD_AT_TYPE, "custom", 6);
}

gboolean
pdg_event_builder_has (PdgEventBuilder *self, const char *name)
{
  int field = pdg_event_fields_lookup (name, strlen (name));

  return (self->members.seen & BIT (field)) != 0 && !pdg_json_is (&self->members.fields[field], "");
}

void
pdg_event_builder_unset (PdgEventBuilder *self, const char *name)
{
  self->members.seen &= ~BIT (pdg_event_fields_lookup (name, strlen (name)));
}

void
pdg_event_builder_keep (PdgEventBuilder *self, const PdgJsonSpan *key, const PdgJsonSpan *value)
{
  PdgEventMember member = { *key, *value };

  g_array_append_val (self->members.unknown, member);
}

void
pdg_event_builder_keep_as (PdgEventBuilder *self, const char *key, const PdgJsonSpan *value)
{
  PdgJsonSpan quoted = pdg_event_builder_quote (self, key, strlen (key));

  pdg_event_builder_keep (self, &quoted, value);
}

static void
append_all (PdgEventBuilder *self, GString *text)
{
  for (guint64 left = self->members.seen; left != 0; left &= left - 1)
    {
      guint i = (guint) __builtin_ctzll (left);

      g_string_append_len (text, pdg_event_fields[i].prefix, pdg_event_fields[i].name_len + 3);
      g_string_append_len (text, self->members.fields[i].text, (gssize) self->members.fields[i].len);
    }
  for (guint i = 0; i < self->members.unknown->len; i++)
    {
      const PdgEventMember *member = &g_array_index (self->members.unknown, PdgEventMember, i);

      g_string_append_len (text, member->key.text, (gssize) member->key.len);
      g_string_append_len (text, member->value.text, (gssize) member->value.len);
    }
}

void
pdg_event_builder_set_hashed_id (PdgEventBuilder *self, const char *prefix, const void *data, gsize len)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char hex[HASH_HEX_BYTES];
  guint n_before;

  if (data == NULL)
    append_all (self, text);
  format_hash (data != NULL ? data : text->str, data != NULL ? len : text->len, hex);
  n_before = GPOINTER_TO_UINT (g_hash_table_lookup (self->hashes, hex));
  g_hash_table_insert (self->hashes, g_strdup (hex), GUINT_TO_POINTER (n_before + 1));
  if (n_before > 0)
    g_string_printf (text, "%s-%s-%u", prefix, hex, n_before);
  else
    g_string_printf (text, "%s-%s", prefix, hex);
  set_plain_text (self, PDG_FIELD_AT_EVENT_ID, text->str, text->len);
}

void
pdg_event_builder_refuse (PdgEventBuilder *self, const char *error)
{
  pdg_event_batch_take_issue (self->batch, self->index, g_strdup (error));
}

static gsize
measure (PdgEventBuilder *self)
{
  gsize size = 0;

  for (guint64 left = self->members.seen; left != 0; left &= left - 1)
    size += self->members.fields[__builtin_ctzll (left)].len;
  for (guint i = 0; i < self->members.unknown->len; i++)
    {
      const PdgEventMember *member = &g_array_index (self->members.unknown, PdgEventMember, i);

      size += member->key.len + member->value.len;
    }
  return size;
}

void
pdg_event_builder_finish (PdgEventBuilder *self)
{
  g_autofree char *error = NULL;

  if (measure (self) > self->limits.max_event_bytes)
    {
      error = g_strdup_printf ("event: larger than %" G_GSIZE_FORMAT " KB", self->limits.max_event_bytes / 1024);
      pdg_event_builder_refuse (self, error);
      return;
    }
  pdg_event_verdict_add (&self->members, &self->limits, self->batch, self->index);
}
