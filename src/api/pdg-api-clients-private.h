#pragma once

#include "api/pdg-api-private.h"
#include "codec/pdg-otlp.h"

G_BEGIN_DECLS

/* Private to pdg-api-client*.c: requests of the clients of other products (docs/clients.md). */

typedef enum
{
  PDG_CLIENT_OTLP,
  PDG_CLIENT_SEGMENT,
  PDG_CLIENT_POSTHOG,
  PDG_CLIENT_POSTHOG_V1, /* which is told of each event */
  PDG_CLIENT_MIXPANEL,
  PDG_CLIENT_MIXPANEL_IMPORT, /* which is told of each event */
  PDG_CLIENT_AMPLITUDE,
} PdgClientFamily;

/* A path of theirs. @detail: the kind of a single call (Segment). */
typedef struct
{
  const char *path;
  PdgClientFamily family;
  int kind; /* PdgOtlpSignal, PdgMixpanelKind */
  const char *detail;
} PdgClientPath;

/* One request on its way to the writer. */
typedef struct
{
  PdgApi *api;
  PdgHttpRequest *request;
  const PdgClientPath *path;
  PdgOtlpEncoding encoding;
  GBytes *body; /* unpacked */
  char *key;    /* the text that the client has for one, nullable */
  PdgPrincipal *principal;
  gboolean keyless;
  char *project; /* its id */
  PdgEventBatch *batch;
} PdgClientCall;

/* Answers in the client's own way. */
void pdg_api_client_respond (PdgClientCall *call, const PdgIngestResult *result);
void pdg_api_client_refuse (PdgHttpRequest *request, const PdgClientPath *path, guint status, const char *message);

/* What clients ask before they send: settings, flags. */
void pdg_api_add_client_settings_routes (PdgApi *api, PdgHttpServer *server);

G_END_DECLS
