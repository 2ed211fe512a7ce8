#include "config.h"
#include "codec/pdg-event-data.h"

#include "codec/pdg-json-text.h"

#include <string.h>

#define AT_METADATA (G_GUINT64_CONSTANT (1) << PDG_FIELD_AT_METADATA)

static char *
append (char *out, const char *text, gsize len)
{
  memcpy (out, text, len);
  return out + len;
}

/* The most that the object can take: every member with its comma, and the braces. */
static gsize
measure (const PdgEventMembers *members, guint64 fields)
{
  gsize size = 2;

  for (guint64 left = fields; left != 0; left &= left - 1)
    {
      guint i = (guint) __builtin_ctzll (left);

      size += pdg_event_fields[i].name_len + 4u + members->fields[i].len;
    }
  if (members->unknown->len > 0)
    size += pdg_event_fields[PDG_FIELD_AT_METADATA].name_len + 6;
  for (guint i = 0; i < members->unknown->len; i++)
    {
      const PdgEventMember *member = &g_array_index (members->unknown, PdgEventMember, i);

      size += member->key.len + 2u + member->value.len;
    }
  return size;
}

/* The members of @object without its braces, or an empty span. */
static PdgJsonSpan
get_inside (const PdgJsonSpan *object)
{
  PdgJsonSpan inside = *object;

  inside.text++;
  inside.len -= 2;
  while (inside.len > 0 && g_ascii_isspace (inside.text[0]))
    {
      inside.text++;
      inside.len--;
    }
  return inside;
}

static char *
append_merged_metadata (const PdgEventMembers *members, char *out)
{
  *out++ = '{';
  for (guint i = 0; i < members->unknown->len; i++)
    {
      const PdgEventMember *member = &g_array_index (members->unknown, PdgEventMember, i);

      if (i > 0)
        *out++ = ',';
      out = pdg_json_copy_fit (&member->key, out);
      *out++ = ':';
      out = pdg_json_copy_fit (&member->value, out);
    }
  if ((members->seen & AT_METADATA) != 0)
    {
      PdgJsonSpan inside = get_inside (&members->fields[PDG_FIELD_AT_METADATA]);

      if (inside.len > 0)
        {
          *out++ = ',';
          out = pdg_json_copy_fit (&inside, out);
        }
    }
  *out++ = '}';
  return out;
}

PdgSlice
pdg_event_data_build (const PdgEventMembers *members, guint64 fields, PdgEventBatch *batch)
{
  char *start, *out;

  fields &= members->seen;
  if (members->unknown->len > 0)
    fields &= ~AT_METADATA;
  else
    fields |= members->seen & AT_METADATA;
  if (fields == 0 && members->unknown->len == 0)
    return (PdgSlice) { NULL, 0 };

  start = out = pdg_event_batch_alloc (batch, measure (members, fields | (members->seen & AT_METADATA)));
  *out++ = '{';
  for (guint64 left = fields; left != 0; left &= left - 1)
    {
      guint i = (guint) __builtin_ctzll (left);
      const PdgEventField *field = &pdg_event_fields[i];

      if (out > start + 1)
        *out++ = ',';
      out = append (out, field->prefix, field->name_len + 3u);
      out = pdg_json_copy_fit (&members->fields[i], out);
    }
  if (members->unknown->len > 0)
    {
      const PdgEventField *field = &pdg_event_fields[PDG_FIELD_AT_METADATA];

      if (out > start + 1)
        *out++ = ',';
      out = append (out, field->prefix, field->name_len + 3u);
      out = append_merged_metadata (members, out);
    }
  *out++ = '}';
  return (PdgSlice) { start, (guint32) (out - start) };
}

static char *
append_member (char *out, const char *start, const char *key, gsize key_len, const PdgJsonSpan *value)
{
  if (out > start + 1)
    *out++ = ',';
  out = append (out, key, key_len);
  *out++ = ':';
  return pdg_json_copy_fit (value, out);
}

PdgSlice
pdg_event_data_write (const PdgEventMembers *members, PdgEventBatch *batch)
{
  guint8 flags = 0;
  char *start, *out;

  for (guint64 left = members->seen; left != 0; left &= left - 1)
    flags |= members->fields[__builtin_ctzll (left)].flags;
  for (guint i = 0; i < members->unknown->len; i++)
    flags |= g_array_index (members->unknown, PdgEventMember, i).value.flags;
  if ((flags & PDG_JSON_TOO_DEEP) != 0)
    return (PdgSlice) { NULL, 0 };
  start = out = pdg_event_batch_alloc (batch, measure (members, members->seen));
  *out++ = '{';
  for (guint64 left = members->seen; left != 0; left &= left - 1)
    {
      guint i = (guint) __builtin_ctzll (left);

      out = append_member (out, start, pdg_event_fields[i].prefix, pdg_event_fields[i].name_len + 2u, &members->fields[i]);
    }
  for (guint i = 0; i < members->unknown->len; i++)
    {
      const PdgEventMember *member = &g_array_index (members->unknown, PdgEventMember, i);

      out = append_member (out, start, member->key.text, member->key.len, &member->value);
    }
  *out++ = '}';
  return (PdgSlice) { start, (guint32) (out - start) };
}
