#include "config.h"
#include "codec/pdg-event-verdict.h"

#include "base/pdg-id.h"
#include "base/pdg-time.h"
#include "codec/pdg-event-consent.h"
#include "codec/pdg-event-redact.h"
#include "codec/pdg-event-schema-private.h"
#include "codec/pdg-json-text.h"

#include <string.h>

#define BIT(field) (G_GUINT64_CONSTANT (1) << (field))
#define LATE_AFTER_USEC (30 * PDG_USEC_PER_DAY)
#define FUTURE_AFTER_USEC PDG_USEC_PER_DAY
#define HTTP_ERROR_FROM 500

/* The string @span without quotes and escapes. */
static PdgSlice
get_slice (const PdgJsonSpan *span, PdgEventBatch *batch)
{
  char *text;

  if ((span->flags & PDG_JSON_ESCAPED) == 0)
    return (PdgSlice) { span->text + 1, span->len - 2 };
  text = pdg_event_batch_alloc (batch, span->len);
  return (PdgSlice) { text, (guint32) pdg_json_unescape (span, text) };
}

static char *
refuse (const PdgEventField *field, const char *reason)
{
  return g_strdup_printf ("%s: %s", field->name, reason);
}

static char *
take_text (const PdgEventField *field, const PdgJsonSpan *span, PdgEventBatch *batch, PdgEvent *event)
{
  PdgSlice slice;

  if (span->kind != PDG_JSON_STRING)
    return refuse (field, "must be a string");
  slice = get_slice (span, batch);
  if (slice.len == 0)
    return field->required ? refuse (field, "required") : NULL;
  if (slice.len > field->limit)
    return g_strdup_printf ("%s: longer than %d bytes", field->name, (int) field->limit);
  G_STRUCT_MEMBER (PdgSlice, event, field->slice_offset) = slice;
  return NULL;
}

static char *
take_time (const PdgEventField *field, const PdgJsonSpan *span, PdgEventBatch *batch, PdgEvent *event)
{
  gint64 received_usec = pdg_event_batch_get_received_usec (batch);
  PdgSlice slice;

  if (span->kind == PDG_JSON_STRING && span->len == 2)
    return refuse (field, "required");
  if (span->kind != PDG_JSON_STRING)
    return refuse (field, "not an RFC 3339 time");
  slice = get_slice (span, batch);
  if (!pdg_time_parse_rfc3339 (slice.data, slice.len, &event->timestamp_usec))
    return refuse (field, "not an RFC 3339 time");
  if (event->timestamp_usec - received_usec > FUTURE_AFTER_USEC)
    {
      event->timestamp_usec = received_usec;
      event->flags |= PDG_EVENT_CLAMPED;
    }
  else if (received_usec - event->timestamp_usec > LATE_AFTER_USEC)
    event->flags |= PDG_EVENT_LATE;
  return NULL;
}

/* Reads the whole number @span into @out, unless it is none or beyond the field's limit. */
static char *
take_integer (const PdgEventField *field, const PdgJsonSpan *span, gint64 *out)
{
  gint64 value = 0;
  gsize at = span->text[0] == '-';

  if (span->kind != PDG_JSON_NUMBER || (span->flags & PDG_JSON_INTEGER) == 0)
    return refuse (field, "must be an integer");
  for (gsize i = at; i < span->len; i++)
    {
      value = value * 10 + (span->text[i] - '0');
      if (value > field->limit)
        return refuse (field, "out of range");
    }
  *out = at > 0 ? -value : value;
  return NULL;
}

static char *
take_consent (const PdgEventField *field, const PdgJsonSpan *span)
{
  PdgConsent consent;

  return span->kind == PDG_JSON_STRING && pdg_consent_parse (span->text + 1, span->len - 2, &consent)
           ? NULL
           : refuse (field, "must be granted, denied or unknown");
}

/* What makes a value unfit for the data whatever its type. */
static char *
check_kept (const PdgEventField *field, guint flags, guint max_depth)
{
  if ((flags & PDG_JSON_TOO_DEEP) != 0)
    return g_strdup_printf ("%s: nested deeper than %u levels", field->name, max_depth);
  if ((flags & PDG_JSON_HUGE) != 0)
    return refuse (field, "a number is out of range");
  return NULL;
}

static char *
take_field (const PdgEventField *field, const PdgJsonSpan *span, PdgEventBatch *batch, PdgEvent *event, guint max_depth)
{
  gint64 value = 0;
  char *error;

  switch ((PdgFieldKind) field->kind)
    {
    case PDG_FIELD_TEXT:
      return take_text (field, span, batch, event);
    case PDG_FIELD_TIME:
      return take_time (field, span, batch, event);
    case PDG_FIELD_ORDER:
      error = take_integer (field, span, &value);
      event->sequence = (gint32) value;
      return error;
    case PDG_FIELD_INTEGER:
      return take_integer (field, span, &value);
    case PDG_FIELD_STRING:
      return span->kind != PDG_JSON_STRING ? refuse (field, "must be a string") : NULL;
    case PDG_FIELD_NUMBER:
      return span->kind != PDG_JSON_NUMBER ? refuse (field, "must be a number") : check_kept (field, span->flags, max_depth);
    case PDG_FIELD_OBJECT:
      return span->kind != PDG_JSON_OBJECT ? refuse (field, "must be an object") : check_kept (field, span->flags, max_depth);
    case PDG_FIELD_CONSENT:
      return take_consent (field, span);
    case PDG_FIELD_ANY:
      return check_kept (field, span->flags, max_depth);
    }
  g_assert_not_reached ();
}

static char *
take_fields (const PdgEventMembers *members, guint max_depth, PdgEventBatch *batch, PdgEvent *event)
{
  for (guint64 left = members->seen | pdg_event_fields_required; left != 0; left &= left - 1)
    {
      guint i = (guint) __builtin_ctzll (left);
      const PdgEventField *field = &pdg_event_fields[i];
      char *error;

      if ((members->seen & BIT (i)) == 0)
        return refuse (field, "required");
      error = take_field (field, &members->fields[i], batch, event, max_depth);
      if (error != NULL)
        return error;
    }
  for (guint i = 0; i < members->unknown->len; i++)
    {
      const PdgEventMember *member = &g_array_index (members->unknown, PdgEventMember, i);
      char *error = check_kept (&pdg_event_fields[PDG_FIELD_AT_METADATA], member->value.flags, max_depth);

      if (error != NULL)
        return error;
    }
  return NULL;
}

/* Where the path of @url begins: at the first '/' behind "scheme://authority" or "//authority", at once when it starts
 * with '/'; its end when the path is empty; NULL when it has none ("about:blank"). */
static const char *
find_path (PdgSlice url)
{
  const char *end = url.data + url.len, *p = url.data;

  if (url.len > 0 && *p == '/' && (url.len == 1 || p[1] != '/'))
    return p;
  while (p < end && (g_ascii_isalnum (*p) || *p == '+' || *p == '-' || *p == '.'))
    p++;
  if (p > url.data && p < end && *p == ':')
    p++;
  else if (p > url.data)
    return NULL;
  if (end - p < 2 || p[0] != '/' || p[1] != '/')
    return NULL;
  for (p += 2; p < end; p++)
    if (*p == '/' || *p == '?' || *p == '#')
      break;
  return p;
}

/* The path of the page's address, for events that give only that: "/" when it is empty, cut to page.path's limit. */
static PdgSlice
derive_path (PdgSlice url)
{
  gsize limit = (gsize) pdg_event_fields[PDG_FIELD_AT_PAGE_PATH].limit;
  const char *end = url.data + url.len, *start = find_path (url);
  gsize len = 0;

  if (start == NULL)
    return (PdgSlice) { NULL, 0 };
  if (start == end || *start != '/')
    return PDG_SLICE_LITERAL ("/");
  while (start + len < end && start[len] != '?' && start[len] != '#')
    len++;
  if (len > limit)
    {
      len = limit;
      while (((guchar) start[len] & 0xC0) == 0x80)
        len--;
    }
  return (PdgSlice) { start, (guint32) len };
}

static inline gboolean
slice_equals (PdgSlice slice, const char *text, gsize len)
{
  return slice.len == len && memcmp (slice.data, text, len) == 0;
}

static void
set_type_flags (const PdgEventMembers *members, PdgEvent *event)
{
  gint64 status = 0;

  if (slice_equals (event->type, "page.view", 9))
    event->flags |= PDG_EVENT_IS_PAGE_VIEW;
  else if (slice_equals (event->type, "error", 5))
    event->flags |= PDG_EVENT_IS_ERROR;
  else if (slice_equals (event->type, "performance", 11))
    event->flags |= PDG_EVENT_IS_PERFORMANCE;
  else if (slice_equals (event->type, "api.response", 12) && (members->seen & BIT (PDG_FIELD_AT_STATUS_CODE)) != 0)
    {
      g_autofree char *error = take_integer (&pdg_event_fields[PDG_FIELD_AT_STATUS_CODE],
                                             &members->fields[PDG_FIELD_AT_STATUS_CODE], &status);

      if (error == NULL && status >= HTTP_ERROR_FROM)
        event->flags |= PDG_EVENT_IS_ERROR;
    }
}

/* What the event has for a project, before it is judged. */
static PdgSlice
get_project (const PdgEventMembers *members, PdgEventBatch *batch)
{
  const PdgJsonSpan *project = &members->fields[PDG_FIELD_AT_PROJECT_ID];

  if ((members->seen & BIT (PDG_FIELD_AT_PROJECT_ID)) != 0 && project->kind == PDG_JSON_STRING)
    return get_slice (project, batch);
  return (PdgSlice) { NULL, 0 };
}

/* Applies the rules of the event's project, and notes which they are. */
static void
redact (PdgEventMembers *members, const PdgEventPolicy *policy, PdgEventBatch *batch, PdgEvent *event)
{
  if (pdg_event_redact (policy->redaction, members, batch))
    pdg_event_batch_add_redacted (batch);
  event->flags |= pdg_redact_rules_get_version (policy->redaction) << PDG_EVENT_REDACTION_SHIFT;
}

static guint64
hash_bytes (guint64 seed, const void *data, gsize len)
{
  guint8 hash[16];

  pdg_hash128 (data, len, seed, hash);
  memcpy (&seed, hash, sizeof seed);
  return seed;
}

/* All that is kept but the id and the time, which some clients correct by their clock when they send again. The same rules take the
 * same out of an event that is sent again. The hash is stored, so its seed is fixed. */
static gint32
hash_payload (const PdgEvent *event)
{
  const PdgSlice parts[] = {
    event->session, event->type, event->name, event->user, event->anonymous, event->page_path, event->page_title,
    event->component, event->component_path, event->journey, event->step, event->release, event->data,
  };
  guint64 hash = (guint64) (guint32) event->sequence;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i].data != NULL)
      hash = hash_bytes (hash + i, parts[i].data, parts[i].len);
  hash &= (1u << PDG_EVENT_PAYLOAD_BITS) - 1;
  return (gint32) ((guint32) event->flags >> PDG_EVENT_REDACTION_SHIFT << PDG_EVENT_PAYLOAD_BITS | MAX ((guint32) hash, 1));
}

/* Notes that the event does not look like its schema; or why it is refused, and by which version. */
static char *
check_schema (const PdgEventMembers *members, const PdgEventPolicy *policy, PdgEventBatch *batch, const PdgEvent *event, gint32 *refused_by)
{
  gint64 version = 0;
  const PdgEventPolicySchema *schema;
  const char *expected, *field;
  PdgEventFinding finding;
  char buffer[128];

  if ((members->seen & BIT (PDG_FIELD_AT_TYPE_VERSION)) != 0)
    g_free (take_integer (&pdg_event_fields[PDG_FIELD_AT_TYPE_VERSION], &members->fields[PDG_FIELD_AT_TYPE_VERSION], &version));
  schema = pdg_event_policy_find_schema (policy, event->type, (gint32) version);
  expected = schema != NULL ? pdg_event_schema_check (schema->schema, members, &field, buffer) : NULL;
  if (expected == NULL)
    return NULL;
  if (schema->mode == PDG_SCHEMA_ENFORCE)
    {
      *refused_by = schema->version;
      return g_strdup_printf ("%s: %s (version %d of its schema)", field, expected, schema->version);
    }
  finding = (PdgEventFinding) { .project = event->project, .type = event->type, .version = schema->version };
  finding.field = pdg_event_batch_store (batch, field);
  finding.expected = pdg_event_batch_store (batch, expected);
  pdg_event_batch_add_finding (batch, &finding);
  return NULL;
}

/* Judges the members by what the project asks for (NULL = nothing), and fills in the event. NULL, or why it is refused. */
static char *
judge (PdgEventMembers *members, const PdgEventPolicy *policy, const PdgEventJsonLimits *limits, PdgEventBatch *batch, PdgEvent *event,
       gint32 *refused_by)
{
  gboolean is_counted = (event->flags & PDG_EVENT_COUNTED) != 0;
  guint64 data_fields = pdg_event_fields_data;
  char *error;

  if (policy != NULL)
    redact (members, policy, batch, event);
  error = take_fields (members, limits->max_depth, batch, event);
  if (error == NULL && policy != NULL && policy->schemas != NULL && !is_counted)
    error = check_schema (members, policy, batch, event, refused_by);
  if (error != NULL)
    return error;
  if (event->page_path.data == NULL && (members->seen & BIT (PDG_FIELD_AT_PAGE_URL)) != 0)
    event->page_path = derive_path (get_slice (&members->fields[PDG_FIELD_AT_PAGE_URL], batch));
  set_type_flags (members, event);
  if (!pdg_uuid_parse (event->event_id.data, event->event_id.len, event->event_key))
    pdg_hash128 (event->event_id.data, event->event_id.len, 0, event->event_key);
  if ((event->flags & PDG_EVENT_CLAMPED) != 0)
    data_fields |= BIT (PDG_FIELD_AT_TIMESTAMP);
  if (is_counted)
    event->page_path = pdg_event_consent_make_path (event->page_path, batch);
  else
    event->data = pdg_event_data_build (members, data_fields, batch);
  event->payload_hash = hash_payload (event);
  return NULL;
}

/* Whether a refused event may be kept: not when its person may have denied it. */
static gboolean
may_keep (const PdgEventMembers *members, PdgConsentAction action)
{
  g_autofree char *unreadable = NULL;

  if (action == PDG_CONSENT_STORE && (members->seen & BIT (PDG_FIELD_AT_CONSENT)) != 0)
    unreadable = take_consent (&pdg_event_fields[PDG_FIELD_AT_CONSENT], &members->fields[PDG_FIELD_AT_CONSENT]);
  return action == PDG_CONSENT_STORE && unreadable == NULL;
}

void
pdg_event_verdict_add (PdgEventMembers *members, const PdgEventJsonLimits *limits, PdgEventBatch *batch, guint32 index)
{
  const PdgEventPolicy *policy = limits->policies != NULL ? pdg_event_policies_find (limits->policies, get_project (members, batch)) : NULL;
  PdgConsentAction action = policy != NULL ? pdg_event_consent_judge (policy->consent, members, limits->opted_out) : PDG_CONSENT_STORE;
  PdgSlice raw = { NULL, 0 };
  gint32 refused_by = 0;
  PdgEvent *event;
  char *error;

  if (action == PDG_CONSENT_DROP)
    {
      pdg_event_batch_add_withheld (batch);
      return;
    }
  event = pdg_event_batch_add (batch);
  event->index = index;
  if (action == PDG_CONSENT_COUNT)
    {
      event->flags |= PDG_EVENT_COUNTED;
      pdg_event_consent_strip (members);
    }
  error = judge (members, policy, limits, batch, event, &refused_by);
  if (error == NULL)
    return;
  pdg_event_batch_drop_last (batch);
  if (policy != NULL && may_keep (members, action))
    raw = pdg_event_data_write (members, batch);
  pdg_event_batch_take_refused (batch, index, error, get_project (members, batch), raw);
  if (refused_by > 0)
    pdg_event_batch_set_refused_by (batch, refused_by);
}
