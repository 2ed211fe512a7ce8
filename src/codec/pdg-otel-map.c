#include "config.h"
#include "codec/pdg-otel-map.h"

#include "codec/pdg-otlp.h"

#include <string.h>

/* The conventions "browser", "session" and "app" are in development: when they change, change this file and the version. The event
 * names are those of semconv and of @opentelemetry/browser-instrumentation 0.6; the span names those of
 * @opentelemetry/instrumentation-document-load 0.68 and -user-interaction 0.67. */
const char *const pdg_otel_semconv_version = "1.44";

static const PdgOtelMeaning events[] = {
  { "browser.navigation", "page.view", NULL, { { "url.full", "page.url" } } },
  { "browser.user_action.click", "ui.click", "click",
    { { "browser.css_selector", "ui.component.path" }, { "browser.tag_name", "ui.element" }, { "browser.tag_name", "ui.component.name" } } },
  { "app.widget.click", "ui.click", "click",
    { { "app.widget.name", "ui.component.name" }, { "app.widget.id", "ui.component.name" }, { "app.screen.id", "page.path" },
      { "app.screen.name", "page.title" } } },
  { "app.screen.click", "ui.click", "click",
    { { "app.widget.name", "ui.component.name" }, { "app.widget.id", "ui.component.name" }, { "app.screen.id", "page.path" },
      { "app.screen.name", "page.title" } } },
  { "browser.web_vital", "performance", NULL, { { NULL, NULL } } },
  { "browser.navigation_timing", "performance", NULL, { { "url.full", "page.url" }, { "browser.resource_timing.response_start", "performance.ttfb_ms" } } },
  { "browser.resource_timing", "performance", NULL, { { NULL, NULL } } },
  { "app.jank", "performance", NULL, { { NULL, NULL } } },
  { "exception", "error", NULL, { { "url.full", "page.url" } } },
  { "app.crash", "error", NULL, { { NULL, NULL } } },
  { "session.start", NULL, NULL, { { NULL, NULL } } },
  { "session.end", NULL, NULL, { { NULL, NULL } } },
};

static const PdgOtelMeaning spans[] = {
  { "documentLoad", "page.view", NULL, { { "url.full", "page.url" }, { "http.url", "page.url" } } },
  { "documentFetch", "performance", NULL, { { NULL, NULL } } },
  { "resourceFetch", "performance", NULL, { { NULL, NULL } } },
};

static const PdgOtelRow interactions[] = {
  { "click", "ui.click" },
  { "dblclick", "ui.click" },
  { "submit", "ui.submit" },
  { "input", "ui.input" },
  { "change", "ui.input" },
};

static const PdgOtelRow vitals[] = {
  { "lcp", "performance.lcp_ms" },
  { "inp", "performance.inp_ms" },
  { "fid", "performance.fid_ms" },
  { "cls", "performance.cls" },
  { "ttfb", "performance.ttfb_ms" },
};

/* Besides these, every key of our own events (docs/wire.md) is an attribute that means itself. */
static const PdgOtelRow attributes[] = {
  { "enduser.id", "user.id" },
  { "enduser.pseudo.id", "anonymous.id" },
};

static const PdgOtelRow resources[] = {
  { "session.id", "session.id" },
  { "user.id", "user.id" },
  { "enduser.id", "user.id" },
  { "service.version", "app.version" },
  { "service.name", "app.name" },
  { "deployment.environment.name", "app.environment" },
  { "deployment.environment", "app.environment" },
};

const char *const pdg_otel_url_names[] = { "url.full", "http.url", NULL };
const char *const pdg_otel_method_names[] = { "http.request.method", "http.method", NULL };
const char *const pdg_otel_path_names[] = { "url.path", "http.target", NULL };
const char *const pdg_otel_status_names[] = { "http.response.status_code", "http.status_code", NULL };

const PdgOtelRow pdg_otel_exception_rows[3] = {
  { "exception.type", "error.type" },
  { "exception.message", "error.message" },
  { "exception.stacktrace", "error.stack" },
};

/* What these clients post to; no product has the first ones for something else. */
static const char *const own_paths[] = { "/v1/logs", "/v1/traces", "/v1/metrics" };
static const char *const own_paths_here[] = {
  "/v1/events", "/v1/batch", "/v1/i", "/v1/t", "/v1/p", "/v1/g", "/v1/a", "/v1/s", "/batch", "/e", "/i/v0/e", "/i/v1/analytics/events",
  "/capture", "/s", "/flags", "/decide", "/track", "/engage", "/groups", "/2/httpapi", "/settings", "/config", "/config.js", "/sourceConfig",
};

static const PdgOtelMeaning *
find_meaning (const PdgOtelMeaning *table, gsize n, PdgSlice name)
{
  for (gsize i = 0; i < n; i++)
    if (pdg_slice_is (name, table[i].name))
      return &table[i];
  return NULL;
}

static const char *
find_row (const PdgOtelRow *rows, gsize n, PdgSlice name)
{
  for (gsize i = 0; i < n; i++)
    if (pdg_slice_is (name, rows[i].attribute))
      return rows[i].key;
  return NULL;
}

const PdgOtelMeaning *
pdg_otel_find_event (PdgSlice name)
{
  return find_meaning (events, G_N_ELEMENTS (events), name);
}

const PdgOtelMeaning *
pdg_otel_find_span (PdgSlice name)
{
  return find_meaning (spans, G_N_ELEMENTS (spans), name);
}

const char *
pdg_otel_find_interaction (PdgSlice event_type)
{
  return find_row (interactions, G_N_ELEMENTS (interactions), event_type);
}

const char *
pdg_otel_find_vital (PdgSlice name)
{
  return find_row (vitals, G_N_ELEMENTS (vitals), name);
}

const char *
pdg_otel_find_attribute (PdgSlice name)
{
  const char *key = find_row (attributes, G_N_ELEMENTS (attributes), name);
  int field = key == NULL && name.data != NULL ? pdg_event_fields_lookup (name.data, name.len) : -1;

  switch (field)
    {
    case -1:
    case PDG_FIELD_AT_PROJECT_ID:
    case PDG_FIELD_AT_TYPE:
    case PDG_FIELD_AT_TIMESTAMP:
    case PDG_FIELD_AT_METADATA:
      return key;
    default:
      return pdg_event_fields[field].name;
    }
}

const char *
pdg_otel_find_resource (PdgSlice name)
{
  return find_row (resources, G_N_ELEMENTS (resources), name);
}

/* Splits "scheme://authority/path?query" in place. FALSE when it is not of this form. */
static gboolean
split_url (PdgSlice url, PdgSlice *authority, PdgSlice *path)
{
  const char *end = url.data + url.len, *p = url.data;

  while (p + 2 < end && !(p[0] == ':' && p[1] == '/' && p[2] == '/'))
    p++;
  if (p + 2 >= end)
    return FALSE;
  authority->data = p + 3;
  for (p += 3; p < end && *p != '/' && *p != '?' && *p != '#'; p++)
    ;
  authority->len = (guint32) (p - authority->data);
  path->data = p;
  while (p < end && *p != '?' && *p != '#')
    p++;
  path->len = (guint32) (p - path->data);
  while (path->len > 1 && path->data[path->len - 1] == '/')
    path->len--;
  return TRUE;
}

static gboolean
is_listed (PdgSlice path, const char *const *paths, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      gsize len = strlen (paths[i]);

      if (path.len >= len && memcmp (path.data + path.len - len, paths[i], len) == 0)
        return TRUE;
    }
  return FALSE;
}

gboolean
pdg_otel_is_own_traffic (PdgSlice url, const char *host)
{
  PdgSlice authority, path;

  if (url.data == NULL || !split_url (url, &authority, &path))
    return FALSE;
  if (is_listed (path, own_paths, G_N_ELEMENTS (own_paths)))
    return TRUE;
  return host != NULL && pdg_slice_is (authority, host) && is_listed (path, own_paths_here, G_N_ELEMENTS (own_paths_here));
}
