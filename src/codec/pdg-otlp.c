#include "config.h"
#include "codec/pdg-otlp.h"

#include "base/pdg-id.h"
#include "codec/pdg-dialect-private.h"
#include "codec/pdg-otel-map.h"

#include <string.h>

#define METADATA_DEPTH 2
#define MEMORY_FACTOR 8 /* of the limit of a body; records of the usual kind take twice their bytes */
#define ATTRIBUTE_MIN_BYTES 4 /* "":1 */
#define NSEC_PER_USEC 1000
#define NSEC_PER_MSEC 1000000
#define SEVERITY_ERROR 17
#define SPAN_KIND_CLIENT 3

typedef struct
{
  const PdgDialectContext *context;
  PdgEventBuilder builder;
  PdgOtlpSignal signal;
  const PdgOtlpResource *resource;
  PdgJsonSpan origin_resource; /* its attributes as JSON */
  PdgJsonSpan origin_scope;
  gsize n_copied; /* bytes of them that events repeat */
  GString *scratch;
  guint32 index;
} Mapper;

static PdgJsonSpan
make_json (Mapper *self, const PdgOtlpValue *value, guint depth)
{
  g_string_truncate (self->scratch, 0);
  pdg_otlp_append_value (self->scratch, value);
  return pdg_event_builder_store (&self->builder, self->scratch->str, self->scratch->len, depth);
}

static PdgOtlpAttribute *
find (const PdgOtlpList *attributes, const char *name)
{
  PdgOtlpAttribute *found = NULL;

  for (PdgOtlpAttribute *attribute = attributes->first; attribute != NULL; attribute = attribute->next)
    if (pdg_slice_is (attribute->key, name))
      found = attribute;
  return found;
}

static PdgOtlpAttribute *
find_any (const PdgOtlpList *attributes, const char *const *names)
{
  PdgOtlpAttribute *found = NULL;

  for (; *names != NULL && found == NULL; names++)
    found = find (attributes, *names);
  return found;
}

static PdgSlice
get_text (const PdgOtlpAttribute *attribute)
{
  return attribute != NULL && attribute->value.kind == PDG_OTLP_STRING ? attribute->value.text : (PdgSlice) { NULL, 0 };
}

/* Sets a key from an attribute; keys that are set stay. */
static void
take (Mapper *self, PdgOtlpAttribute *attribute, const char *key)
{
  PdgJsonSpan span;

  if (attribute == NULL || pdg_event_builder_has (&self->builder, key))
    return;
  span = make_json (self, &attribute->value, METADATA_DEPTH);
  if (pdg_event_builder_set (&self->builder, key, &span))
    attribute->taken = TRUE;
}

static void
take_rows (Mapper *self, const PdgOtlpList *attributes, const PdgOtelRow *rows, gsize n_rows)
{
  for (gsize i = 0; i < n_rows && rows[i].attribute != NULL; i++)
    take (self, find (attributes, rows[i].attribute), rows[i].key);
}

static void
take_common (Mapper *self, const PdgOtlpList *attributes)
{
  for (PdgOtlpAttribute *attribute = attributes->first; attribute != NULL; attribute = attribute->next)
    {
      const char *key = pdg_otel_find_attribute (attribute->key);

      if (key != NULL)
        take (self, attribute, key);
    }
  for (PdgOtlpAttribute *attribute = self->resource->attributes.first; attribute != NULL; attribute = attribute->next)
    {
      const char *key = pdg_otel_find_resource (attribute->key);

      if (key != NULL)
        take (self, attribute, key);
    }
}

static void
keep_attributes (Mapper *self, const PdgOtlpList *attributes)
{
  for (PdgOtlpAttribute *attribute = attributes->first; attribute != NULL; attribute = attribute->next)
    {
      PdgJsonSpan value, key;

      if (attribute->taken)
        continue;
      value = make_json (self, &attribute->value, METADATA_DEPTH);
      key = pdg_event_builder_quote (&self->builder, attribute->key.data != NULL ? attribute->key.data : "", attribute->key.len);
      pdg_event_builder_keep (&self->builder, &key, &value);
    }
}

/* What the request says of where a scope's records come from, once for all of them. */
static void
make_origin (Mapper *self, const PdgOtlpResourced *resourced, const PdgOtlpScoped *scoped)
{
  const PdgOtlpScope *scope = &scoped->scope;
  GString *json = self->scratch;
  PdgOtlpValue map = { .kind = PDG_OTLP_MAP, .items = resourced->resource.attributes };

  self->resource = &resourced->resource;
  self->origin_resource = make_json (self, &map, METADATA_DEPTH + 1);
  g_string_assign (json, "{\"protocol\":\"otlp\"");
  pdg_otlp_append_number (json, "resource_dropped", resourced->resource.dropped);
  pdg_otlp_append_member (json, "resource_schema_url", resourced->schema_url);
  pdg_otlp_append_member (json, "schema_url", scoped->schema_url);
  pdg_otlp_append_member (json, "scope", scope->name);
  pdg_otlp_append_member (json, "scope_version", scope->version);
  pdg_otlp_append_attributes (json, "scope_attributes", &scope->attributes);
  pdg_otlp_append_number (json, "scope_dropped", scope->dropped);
  g_string_append_c (json, '}');
  self->origin_scope = pdg_event_builder_store (&self->builder, json->str, json->len, METADATA_DEPTH);
}

/* Metadata's "$client": the origin, and what @members (",…") says of the record itself. A huge resource is not repeated for ever. */
static void
keep_client (Mapper *self, const char *members)
{
  GString *json = self->scratch;
  PdgJsonSpan span;

  self->n_copied += self->origin_scope.len + self->origin_resource.len;
  if (self->n_copied > self->context->limits.max_body_bytes * MEMORY_FACTOR)
    return;
  g_string_truncate (json, 0);
  g_string_append_len (json, self->origin_scope.text, (gssize) self->origin_scope.len - 1);
  g_string_append (json, members);
  g_string_append (json, ",\"resource\":");
  g_string_append_len (json, self->origin_resource.text, (gssize) self->origin_resource.len);
  g_string_append_c (json, '}');
  span = pdg_event_builder_store (&self->builder, json->str, json->len, METADATA_DEPTH);
  pdg_event_builder_keep_as (&self->builder, "$client", &span);
}

/* The verdict, and the place of the event, or -1. */
static int
finish (Mapper *self, gint64 nsec)
{
  gint64 usec = nsec != 0 ? (gint64) ((guint64) nsec / NSEC_PER_USEC) : self->context->received_usec;

  if (self->n_copied > self->context->limits.max_body_bytes * MEMORY_FACTOR)
    {
      pdg_event_builder_refuse (&self->builder, "resource: too large for so many records; set a smaller batch size");
      return -1;
    }
  pdg_event_builder_set_time (&self->builder, usec);
  if (!pdg_event_builder_has (&self->builder, "event_id"))
    pdg_event_builder_set_hashed_id (&self->builder, "otlp", NULL, 0);
  return pdg_dialect_finish_event (&self->builder, self->context);
}

static gboolean
is_page (const PdgOtelMeaning *meaning)
{
  return meaning != NULL && g_strcmp0 (meaning->type, "page.view") == 0;
}

static gboolean
is_within_document (const PdgOtlpList *attributes)
{
  const PdgOtlpAttribute *same = find (attributes, "browser.navigation.same_document");

  return same != NULL && same->value.kind == PDG_OTLP_BOOL && same->value.integer != 0;
}

/* Notes that the event at @place reports a page. */
static void
note_page (Mapper *self, int place, PdgPageKind kind, const PdgOtlpList *attributes)
{
  PdgSlice url = get_text (find_any (attributes, pdg_otel_url_names));
  PdgPageReport page = { .event = (guint) place, .kind = kind };
  const PdgEvent *event;

  if (place < 0 || url.data == NULL)
    return;
  event = pdg_event_batch_get_event (self->builder.batch, page.event);
  if ((event->flags & PDG_EVENT_COUNTED) != 0)
    url = event->page_path;
  pdg_hash128 (url.data, url.len, 0, page.url_key);
  g_array_append_val (self->context->needs->pages, page);
}

static void
take_vital (Mapper *self, const PdgOtlpList *attributes)
{
  const char *key = pdg_otel_find_vital (get_text (find (attributes, "browser.web_vital.name")));
  PdgOtlpAttribute *value = find (attributes, "browser.web_vital.value");

  if (key != NULL)
    take (self, value, key);
}

/* A name for what was clicked, better than its tag. */
static void
take_element_name (Mapper *self, const PdgOtlpList *attributes)
{
  static const char *const names[] = { "data-pg-label", "id", "name", "aria-label" };
  PdgOtlpAttribute *map = find (attributes, "browser.element.attributes");

  for (gsize i = 0; map != NULL && map->value.kind == PDG_OTLP_MAP && i < G_N_ELEMENTS (names); i++)
    {
      PdgSlice text = get_text (find (&map->value.items, names[i]));

      if (text.len > 0 && !pdg_event_builder_has (&self->builder, "ui.component.name"))
        pdg_event_builder_set_text (&self->builder, "ui.component.name", text.data, text.len);
    }
}

/* The type of a record whose name has no meaning of its own: a step when it says of which journey. */
static void
set_other_type (Mapper *self, PdgSlice name, const char *fallback)
{
  if (pdg_event_builder_has (&self->builder, "gen_ai.journey.id"))
    pdg_event_builder_set_type (&self->builder, "journey.step", -1);
  else if (name.len > 0)
    pdg_event_builder_set_type (&self->builder, name.data, name.len);
  else
    pdg_event_builder_set_type (&self->builder, fallback, -1);
}

static void
take_meaning (Mapper *self, const PdgOtelMeaning *meaning, const PdgOtlpList *attributes)
{
  pdg_event_builder_set_type (&self->builder, meaning->type != NULL ? meaning->type : meaning->name, -1);
  if (meaning->action != NULL)
    pdg_event_builder_set_text (&self->builder, "ui.action", meaning->action, -1);
  take_element_name (self, attributes);
  take_rows (self, attributes, meaning->rows, G_N_ELEMENTS (meaning->rows));
  if (pdg_slice_is ((PdgSlice) { meaning->name, (guint32) strlen (meaning->name) }, "browser.web_vital"))
    take_vital (self, attributes);
}

static void
set_name (Mapper *self, PdgSlice name)
{
  if (name.len > 0)
    pdg_event_builder_set_text (&self->builder, "event.name", name.data, name.len);
}

static void
keep_log (Mapper *self, const PdgOtlpLog *log)
{
  g_autoptr (GString) members = g_string_new (NULL);

  pdg_otlp_append_number (members, "severity_number", log->severity_number);
  pdg_otlp_append_member (members, "severity_text", log->severity_text);
  pdg_otlp_append_id (members, "trace_id", log->trace_id);
  pdg_otlp_append_id (members, "span_id", log->span_id);
  pdg_otlp_append_number (members, "flags", log->flags);
  pdg_otlp_append_number (members, "dropped", log->dropped);
  if (log->observed_nsec != log->time_nsec)
    pdg_otlp_append_number (members, "observed_time_unix_nano", log->observed_nsec);
  keep_client (self, members->str);
  if (log->body.kind != PDG_OTLP_NULL)
    {
      PdgJsonSpan body = make_json (self, &log->body, METADATA_DEPTH);

      pdg_event_builder_keep_as (&self->builder, "body", &body);
    }
}

/* So many attributes that they cannot fit into an event, seen before anything is made of them. */
static gboolean
refuse_crowd (Mapper *self, const PdgOtlpList *attributes)
{
  g_autofree char *error = NULL;

  if (attributes->n <= self->context->limits.max_event_bytes / ATTRIBUTE_MIN_BYTES)
    return FALSE;
  error = g_strdup_printf ("event: larger than %" G_GSIZE_FORMAT " KB", self->context->limits.max_event_bytes / 1024);
  pdg_event_builder_begin (&self->builder, self->index);
  pdg_event_builder_refuse (&self->builder, error);
  return TRUE;
}

static void
map_log (Mapper *self, const PdgOtlpLog *log)
{
  PdgOtlpAttribute *old_name = find (&log->attributes, "event.name");
  PdgSlice name = log->event_name.len > 0 ? log->event_name : get_text (old_name);
  const PdgOtelMeaning *meaning = pdg_otel_find_event (name);
  gboolean failed = log->severity_number >= SEVERITY_ERROR;
  int place;

  if (refuse_crowd (self, &log->attributes)
      || pdg_otel_is_own_traffic (get_text (find_any (&log->attributes, pdg_otel_url_names)), self->context->host))
    return;
  pdg_event_builder_begin (&self->builder, self->index);
  set_name (self, name);
  if (old_name != NULL && name.data == get_text (old_name).data)
    old_name->taken = TRUE;
  take_common (self, &log->attributes);
  if (meaning != NULL)
    take_meaning (self, meaning, &log->attributes);
  else if (find (&log->attributes, "exception.type") != NULL || find (&log->attributes, "exception.message") != NULL
           || (failed && (name.len == 0 || pdg_slice_is (name, "browser.console"))))
    pdg_event_builder_set_type (&self->builder, "error", -1);
  else
    set_other_type (self, name, "log");
  take_rows (self, &log->attributes, pdg_otel_exception_rows, G_N_ELEMENTS (pdg_otel_exception_rows));
  if (failed && log->body.kind == PDG_OTLP_STRING && !pdg_event_builder_has (&self->builder, "error.message"))
    pdg_event_builder_set_text (&self->builder, "error.message", log->body.text.data, log->body.text.len);
  keep_log (self, log);
  keep_attributes (self, &log->attributes);
  place = finish (self, log->time_nsec != 0 ? log->time_nsec : log->observed_nsec);
  if (is_page (meaning))
    note_page (self, place, is_within_document (&log->attributes) ? PDG_PAGE_NAVIGATION : PDG_PAGE_LOAD_EVENT, &log->attributes);
}

/* "TRACE-SPAN" with a suffix; a span without ids gets its id from what it says. */
static void
set_span_id (Mapper *self, const PdgOtlpSpan *span, const char *suffix)
{
  g_autoptr (GString) id = g_string_new (NULL);

  if (span->trace_id.len != 16 || span->span_id.len != 8 || pdg_event_builder_has (&self->builder, "event_id"))
    return;
  for (guint32 i = 0; i < 16; i++)
    g_string_append_printf (id, "%02x", (guchar) span->trace_id.data[i]);
  g_string_append_c (id, '-');
  for (guint32 i = 0; i < 8; i++)
    g_string_append_printf (id, "%02x", (guchar) span->span_id.data[i]);
  g_string_append (id, suffix);
  pdg_event_builder_set_text (&self->builder, "event_id", id->str, (gssize) id->len);
}

static void
append_span_events (GString *json, const PdgOtlpSpan *span)
{
  const char *separator = ",\"events\":[";

  for (const PdgOtlpSpanEvent *event = span->events.first; event != NULL; event = event->next)
    {
      if (pdg_slice_is (event->name, "exception"))
        continue;
      g_string_append_printf (json, "%s{\"time_unix_nano\":%" G_GINT64_FORMAT, separator, event->time_nsec);
      pdg_otlp_append_member (json, "name", event->name);
      pdg_otlp_append_attributes (json, "attributes", &event->attributes);
      pdg_otlp_append_number (json, "dropped", event->dropped);
      g_string_append_c (json, '}');
      separator = ",";
    }
  if (*separator == ',' && separator[1] == '\0')
    g_string_append_c (json, ']');
}

static void
append_links (GString *json, const PdgOtlpSpan *span)
{
  if (span->links.n == 0)
    return;
  g_string_append (json, ",\"links\":[");
  for (const PdgOtlpLink *link = span->links.first; link != NULL; link = link->next)
    {
      g_string_append (json, link == span->links.first ? "{\"link\":true" : ",{\"link\":true");
      pdg_otlp_append_id (json, "trace_id", link->trace_id);
      pdg_otlp_append_id (json, "span_id", link->span_id);
      pdg_otlp_append_member (json, "trace_state", link->trace_state);
      pdg_otlp_append_attributes (json, "attributes", &link->attributes);
      g_string_append_c (json, '}');
    }
  g_string_append_c (json, ']');
}

static void
keep_span (Mapper *self, const PdgOtlpSpan *span)
{
  g_autoptr (GString) members = g_string_new (NULL);

  pdg_otlp_append_id (members, "trace_id", span->trace_id);
  pdg_otlp_append_id (members, "span_id", span->span_id);
  pdg_otlp_append_id (members, "parent_span_id", span->parent_span_id);
  pdg_otlp_append_member (members, "trace_state", span->trace_state);
  pdg_otlp_append_number (members, "span_kind", span->kind);
  pdg_otlp_append_number (members, "status_code", span->status_code);
  pdg_otlp_append_member (members, "status_message", span->status_message);
  pdg_otlp_append_number (members, "flags", span->flags);
  pdg_otlp_append_number (members, "dropped", span->dropped);
  pdg_otlp_append_number (members, "dropped_events", span->dropped_events);
  pdg_otlp_append_number (members, "dropped_links", span->dropped_links);
  append_span_events (members, span);
  append_links (members, span);
  keep_client (self, members->str);
}

static gint64
get_duration_ms (const PdgOtlpSpan *span)
{
  guint64 start = (guint64) span->start_nsec, end = (guint64) span->end_nsec;

  return end > start ? (gint64) ((end - start + NSEC_PER_MSEC / 2) / NSEC_PER_MSEC) : 0;
}

/* The path of the request: that of its address, or the attribute of its own. */
static void
set_api_path (Mapper *self, const PdgOtlpList *attributes)
{
  PdgSlice url = get_text (find_any (attributes, pdg_otel_url_names));
  const char *end = url.data + url.len, *p = url.data != NULL ? g_strstr_len (url.data, (gssize) url.len, "://") : NULL, *start;

  if (p == NULL)
    {
      take (self, find_any (attributes, pdg_otel_path_names), "api.path");
      return;
    }
  for (p += 3; p < end && *p != '/' && *p != '?' && *p != '#'; p++)
    ;
  for (start = p; p < end && *p != '?' && *p != '#'; p++)
    ;
  pdg_event_builder_set_text (&self->builder, "api.path", start < p ? start : "/", start < p ? p - start : 1);
}

/* A call of the product to a server: what it asked, and what came back. The latter keeps the attributes. */
static void
map_call (Mapper *self, const PdgOtlpSpan *span)
{
  const PdgOtlpList *attributes = &span->attributes;

  pdg_event_builder_begin (&self->builder, self->index);
  take_common (self, attributes);
  pdg_event_builder_set_type (&self->builder, "api.request", -1);
  set_name (self, span->name);
  set_span_id (self, span, "-request");
  set_api_path (self, attributes);
  take (self, find_any (attributes, pdg_otel_method_names), "api.method");
  finish (self, span->start_nsec);

  pdg_event_builder_begin (&self->builder, self->index);
  take_common (self, attributes);
  pdg_event_builder_set_type (&self->builder, "api.response", -1);
  set_name (self, span->name);
  set_span_id (self, span, "-response");
  set_api_path (self, attributes);
  take (self, find_any (attributes, pdg_otel_method_names), "api.method");
  take (self, find_any (attributes, pdg_otel_status_names), "api.status_code");
  pdg_event_builder_set_integer (&self->builder, "api.duration_ms", get_duration_ms (span));
  keep_span (self, span);
  keep_attributes (self, attributes);
  finish (self, span->end_nsec != 0 ? span->end_nsec : span->start_nsec);
}

static void
map_interaction (Mapper *self, const PdgOtlpSpan *span, PdgOtlpAttribute *event_type)
{
  static const PdgOtelRow rows[] = {
    { "target_xpath", "ui.component.path" },
    { "target_element", "ui.element" },
    { "target_element", "ui.component.name" },
    { "url.full", "page.url" },
    { "http.url", "page.url" },
  };

  pdg_event_builder_set_type (&self->builder, pdg_otel_find_interaction (get_text (event_type)), -1);
  take (self, event_type, "ui.action");
  take_rows (self, &span->attributes, rows, G_N_ELEMENTS (rows));
}

static void
map_other_span (Mapper *self, const PdgOtlpSpan *span)
{
  const PdgOtelMeaning *meaning = pdg_otel_find_span (span->name);
  PdgOtlpAttribute *event_type = find (&span->attributes, "event_type");
  int place;

  pdg_event_builder_begin (&self->builder, self->index);
  take_common (self, &span->attributes);
  set_name (self, span->name);
  set_span_id (self, span, "");
  if (meaning != NULL)
    take_meaning (self, meaning, &span->attributes);
  else if (event_type != NULL && pdg_otel_find_interaction (get_text (event_type)) != NULL)
    map_interaction (self, span, event_type);
  else
    set_other_type (self, (PdgSlice) { NULL, 0 }, "span");
  pdg_event_builder_set_integer (&self->builder, "duration_ms", get_duration_ms (span));
  keep_span (self, span);
  keep_attributes (self, &span->attributes);
  place = finish (self, span->start_nsec);
  if (is_page (meaning))
    note_page (self, place, PDG_PAGE_LOAD_SPAN, &span->attributes);
}

/* Each exception that a span noted is an error of its own. */
static void
map_exceptions (Mapper *self, const PdgOtlpSpan *span)
{
  guint n = 0;

  for (const PdgOtlpSpanEvent *event = span->events.first; event != NULL; event = event->next, n++)
    {
      g_autofree char *suffix = g_strdup_printf ("-event-%u", n);

      if (!pdg_slice_is (event->name, "exception"))
        continue;
      pdg_event_builder_begin (&self->builder, self->index);
      take_common (self, &event->attributes);
      take_common (self, &span->attributes);
      pdg_event_builder_unset (&self->builder, "event_id");
      pdg_event_builder_set_type (&self->builder, "error", -1);
      set_name (self, event->name);
      set_span_id (self, span, suffix);
      take_rows (self, &event->attributes, pdg_otel_exception_rows, G_N_ELEMENTS (pdg_otel_exception_rows));
      keep_attributes (self, &event->attributes);
      finish (self, event->time_nsec != 0 ? event->time_nsec : span->start_nsec);
    }
}

static void
map_span (Mapper *self, const PdgOtlpSpan *span)
{
  if (refuse_crowd (self, &span->attributes)
      || pdg_otel_is_own_traffic (get_text (find_any (&span->attributes, pdg_otel_url_names)), self->context->host))
    return;
  if (span->kind == SPAN_KIND_CLIENT && find_any (&span->attributes, pdg_otel_method_names) != NULL)
    map_call (self, span);
  else
    map_other_span (self, span);
  map_exceptions (self, span);
}

static void
map_request (Mapper *self, const PdgOtlpRequest *request)
{
  for (const PdgOtlpResourced *resourced = request->resources.first; resourced != NULL; resourced = resourced->next)
    for (const PdgOtlpScoped *scoped = resourced->scopes.first; scoped != NULL; scoped = scoped->next)
      {
        make_origin (self, resourced, scoped);
        if (self->signal == PDG_OTLP_LOGS)
          for (const PdgOtlpLog *log = scoped->records.first; log != NULL; log = log->next, self->index++)
            map_log (self, log);
        else
          for (const PdgOtlpSpan *span = scoped->records.first; span != NULL; span = span->next, self->index++)
            map_span (self, span);
      }
}

PdgEventBatch *
pdg_otlp_read (GBytes *body, PdgOtlpSignal signal, PdgOtlpEncoding encoding, const PdgDialectContext *context, GError **error)
{
  const PdgOtlpMessage *message = signal == PDG_OTLP_LOGS ? &pdg_otlp_logs_request : &pdg_otlp_traces_request;
  g_autoptr (PdgArena) arena = pdg_arena_new (16 * 1024);
  g_autoptr (PdgEventBatch) batch = pdg_event_batch_new (body, context->received_usec);
  PdgOtlpReader reader = { .arena = arena, .max_memory_bytes = context->limits.max_body_bytes * MEMORY_FACTOR,
                           .max_records = context->limits.max_events, .max_depth = context->limits.max_depth };
  PdgOtlpRequest request = { 0 };
  Mapper mapper = { .context = context, .signal = signal };
  gsize size;
  gconstpointer data = g_bytes_get_data (body, &size);

  pdg_event_batch_set_source (batch, "otlp");
  if (size > context->limits.max_body_bytes)
    g_set_error (&reader.error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_TOO_LARGE, "the body is larger than %" G_GSIZE_FORMAT " KB; set a smaller batch size",
                 context->limits.max_body_bytes / 1024);
  else if (encoding == PDG_OTLP_PROTOBUF)
    pdg_otlp_read_proto (&reader, data, size, message, &request);
  else
    pdg_otlp_read_json (&reader, data, size, message, &request);
  if (reader.error != NULL)
    {
      g_propagate_error (error, reader.error);
      return NULL;
    }
  pdg_event_builder_init (&mapper.builder, batch, &context->limits, context->project);
  mapper.scratch = g_string_new (NULL);
  map_request (&mapper, &request);
  g_string_free (mapper.scratch, TRUE);
  pdg_event_builder_clear (&mapper.builder);
  return g_steal_pointer (&batch);
}
