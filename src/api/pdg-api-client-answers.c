#include "config.h"
#include "api/pdg-api-clients-private.h"

#include "base/pdg-clock.h"

#include <string.h>

#define PROTOBUF_TYPE "application/x-protobuf"

static void
respond_text (PdgHttpRequest *request, guint status, const char *type, const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  pdg_http_request_respond (request, status, type, body);
}

/* An object of @members with the issues, if there are any, which their clients do not read and people do. */
static void
respond_json (PdgHttpRequest *request, guint status, JsonBuilder *builder, const PdgIngestResult *result)
{
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  if (result != NULL && result->n_issues > 0)
    {
      json_builder_set_member_name (builder, "errors");
      json_builder_begin_array (builder);
      for (guint i = 0; i < result->n_issues; i++)
        {
          json_builder_begin_object (builder);
          json_builder_set_member_name (builder, "index");
          json_builder_add_int_value (builder, result->issues[i].index);
          json_builder_set_member_name (builder, "error");
          json_builder_add_string_value (builder, result->issues[i].error);
          json_builder_end_object (builder);
        }
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  respond_text (request, status, "application/json", text);
}

static JsonBuilder *
begin_json (void)
{
  JsonBuilder *builder = json_builder_new ();

  return json_builder_begin_object (builder);
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static gboolean
wants_verbose (PdgHttpRequest *request)
{
  g_autofree char *verbose = pdg_http_request_dup_query_param (request, "verbose");

  return g_strcmp0 (verbose, "1") == 0;
}

/* "1", or "0" when nothing could be taken; with verbose=1 in words. The status is 200 as theirs is. */
static void
respond_mixpanel (PdgHttpRequest *request, guint status, gboolean taken, const char *error, const PdgIngestResult *result)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!wants_verbose (request))
    {
      respond_text (request, status, "text/plain", taken ? "1" : "0");
      return;
    }
  builder = begin_json ();
  add_int (builder, "status", taken);
  add_text (builder, "error", error);
  respond_json (request, status, builder, result);
}

/* As Mixpanel names it. */
static const char *
name_status (guint status)
{
  static const struct
  {
    guint status;
    const char *name;
  } names[] = {
    { 401, "Unauthorized" }, { 403, "Forbidden" }, { 413, "Request Entity Too Large" }, { 429, "Too Many Requests" }, { 503, "Service Unavailable" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].status == status)
      return names[i].name;
  return status >= 500 ? "Internal Server Error" : "Bad Request";
}

/* As /import of theirs: 400 when something failed, unless the client does not want to know (strict=0). */
static void
respond_import (PdgClientCall *call, const PdgIngestResult *result)
{
  g_autofree char *strict = pdg_http_request_dup_query_param (call->request, "strict");
  gboolean with_failures = g_strcmp0 (strict, "0") != 0;
  g_autoptr (GBytes) body = pdg_mixpanel_write_import (call->body, result->n_accepted, result->issues, result->n_issues, with_failures);

  pdg_http_request_respond (call->request, with_failures && result->n_issues > 0 ? 400 : 200, "application/json", body);
}

static void
respond_amplitude (PdgClientCall *call, const PdgIngestResult *result)
{
  g_autoptr (JsonBuilder) builder = begin_json ();

  add_int (builder, "code", 200);
  add_int (builder, "events_ingested", result->n_accepted);
  add_int (builder, "payload_size_bytes", (gint64) g_bytes_get_size (call->body));
  add_int (builder, "server_upload_time", pdg_clock_now_usec () / 1000);
  respond_json (call->request, 200, builder, result);
}

static const char *
otlp_type (PdgOtlpEncoding encoding)
{
  return encoding == PDG_OTLP_PROTOBUF ? PROTOBUF_TYPE : "application/json";
}

void
pdg_api_client_respond (PdgClientCall *call, const PdgIngestResult *result)
{
  g_autoptr (JsonBuilder) builder = NULL;
  g_autoptr (GBytes) body = NULL;

  switch (call->path->family)
    {
    case PDG_CLIENT_OTLP:
      body = pdg_otlp_write_result ((PdgOtlpSignal) call->path->kind, call->encoding, result->issues, result->n_issues);
      pdg_http_request_respond (call->request, 200, otlp_type (call->encoding), body);
      break;
    case PDG_CLIENT_SEGMENT:
      builder = begin_json ();
      json_builder_set_member_name (builder, "success");
      json_builder_add_boolean_value (builder, TRUE);
      respond_json (call->request, 200, builder, result);
      break;
    case PDG_CLIENT_POSTHOG:
      builder = begin_json ();
      add_text (builder, "status", "Ok");
      respond_json (call->request, 200, builder, result);
      break;
    case PDG_CLIENT_POSTHOG_V1:
      body = pdg_posthog_write_verdicts (call->body, result->issues, result->n_issues);
      pdg_http_request_respond (call->request, 200, "application/json", body);
      break;
    case PDG_CLIENT_MIXPANEL:
      respond_mixpanel (call->request, 200, result->n_accepted > 0 || result->n_issues == 0,
                        result->n_accepted == 0 && result->n_issues > 0 ? result->issues[0].error : NULL, result);
      break;
    case PDG_CLIENT_MIXPANEL_IMPORT:
      respond_import (call, result);
      break;
    case PDG_CLIENT_AMPLITUDE:
      respond_amplitude (call, result);
      break;
    default:
      g_assert_not_reached ();
    }
}

void
pdg_api_client_refuse (PdgHttpRequest *request, const PdgClientPath *path, guint status, const char *message)
{
  const char *type = pdg_http_request_get_content_type (request);
  PdgOtlpEncoding encoding = g_strcmp0 (type, PROTOBUF_TYPE) == 0 ? PDG_OTLP_PROTOBUF : PDG_OTLP_JSON;
  g_autoptr (JsonBuilder) builder = NULL;
  g_autoptr (GBytes) body = NULL;

  if (status == 503)
    pdg_http_request_add_response_header (request, "Retry-After", PDG_API_RETRY_AFTER_SECONDS);
  if (status == 401)
    pdg_http_request_add_response_header (request, "WWW-Authenticate", "Bearer");
  switch (path->family)
    {
    case PDG_CLIENT_OTLP:
      body = pdg_otlp_write_status (encoding, message);
      pdg_http_request_respond (request, status, otlp_type (encoding), body);
      return;
    case PDG_CLIENT_MIXPANEL:
      respond_mixpanel (request, status, FALSE, message, NULL);
      return;
    case PDG_CLIENT_SEGMENT:
      builder = begin_json ();
      json_builder_set_member_name (builder, "success");
      json_builder_add_boolean_value (builder, FALSE);
      add_text (builder, "message", message);
      break;
    case PDG_CLIENT_MIXPANEL_IMPORT:
      builder = begin_json ();
      add_int (builder, "code", status);
      add_text (builder, "error", message);
      add_text (builder, "status", name_status (status));
      break;
    case PDG_CLIENT_AMPLITUDE:
      builder = begin_json ();
      add_int (builder, "code", status);
      add_text (builder, "error", message);
      break;
    case PDG_CLIENT_POSTHOG:
    case PDG_CLIENT_POSTHOG_V1:
    default:
      builder = begin_json ();
      add_text (builder, "type", status == 401 || status == 403 ? "authentication_error" : status >= 500 ? "server_error" : "validation_error");
      add_text (builder, "detail", message);
      break;
    }
  respond_json (request, status, builder, NULL);
}
