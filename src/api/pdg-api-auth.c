#include "config.h"
#include "api/pdg-api-private.h"

#include "api/pdg-api-error.h"

#include <string.h>

typedef struct
{
  PdgApi *api;
  PdgHttpRequest *request;
  PdgApiAuthorisedFunc func;
  gboolean reads; /* GraphQL, which a key that may only send events is not for */
} Pending;

char *
pdg_api_dup_credential (PdgHttpRequest *request)
{
  const char *key = pdg_http_request_get_header (request, "X-PG-API-Key");
  const char *authorization = pdg_http_request_get_header (request, "Authorization");

  if (key != NULL && *key != '\0')
    return g_strdup (key);
  if (authorization != NULL && g_ascii_strncasecmp (authorization, "Bearer ", 7) == 0)
    return g_strstrip (g_strdup (authorization + 7));
  return pdg_http_request_dup_query_param (request, "key");
}

char *
pdg_api_dup_key (const PdgPrincipal *principal)
{
  return g_strdup_printf ("%d/%s", pdg_principal_get_org_no (principal), pdg_principal_get_label (principal));
}

gboolean
pdg_api_is_same_principal (const PdgPrincipal *a, const PdgPrincipal *b)
{
  return pdg_principal_get_org_no (a) == pdg_principal_get_org_no (b) && pdg_principal_get_project_no (a) == pdg_principal_get_project_no (b)
         && pdg_principal_get_role (a) == pdg_principal_get_role (b)
         && g_str_equal (pdg_principal_get_label (a), pdg_principal_get_label (b));
}

/* "localhost:8080", "127.0.0.1", "[::1]:80": a name that another site's DNS cannot point at this machine. */
static gboolean
is_loopback_authority (const char *authority)
{
  static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gsize len = strlen (names[i]);

      if (g_ascii_strncasecmp (authority, names[i], len) != 0)
        continue;
      if (authority[len] == '\0')
        return TRUE;
      if (authority[len] == ':' && authority[len + 1 + strspn (authority + len + 1, "0123456789")] == '\0')
        return TRUE;
    }
  return FALSE;
}

gboolean
pdg_api_is_local_request (PdgApi *api, PdgHttpRequest *request)
{
  const char *host = pdg_http_request_get_header (request, "Host");
  const char *origin = pdg_http_request_get_header (request, "Origin");
  const char *authority = origin != NULL ? strstr (origin, "://") : NULL;

  if (!api->options.keyless || !pdg_http_request_is_loopback (request) || host == NULL || !is_loopback_authority (host))
    return FALSE;
  return origin == NULL || (authority != NULL && is_loopback_authority (authority + 3));
}

static void
refuse (PdgHttpRequest *request)
{
  pdg_http_request_add_response_header (request, "WWW-Authenticate", "Bearer");
  pdg_http_request_respond_error (request, 401, "a valid key or token is needed: send it as Authorization: Bearer, or as X-PG-API-Key");
}

static void
let_in (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal, PdgApiAuthorisedFunc func, gboolean reads)
{
  if (reads && pdg_principal_get_role (principal) == PDG_ROLE_INGEST)
    pdg_api_respond_refusal (api, request,
                             pdg_api_media_choose (pdg_http_request_get_header (request, "Accept"), PDG_API_MEDIA_JSON | PDG_API_MEDIA_GRAPHQL),
                             PDG_API_OUTCOME_INGEST);
  else
    func (api, request, principal);
}

static void
answer_resolved (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal, const GError *error, PdgApiAuthorisedFunc func, gboolean reads)
{
  if (error != NULL)
    {
      pdg_http_request_add_response_header (request, "Retry-After", "1");
      pdg_http_request_respond_error (request, pdg_api_verdict_for (error)->http_status, pdg_api_error_message (error));
    }
  else if (principal != NULL)
    let_in (api, request, principal, func, reads);
  else
    refuse (request);
}

static void
resolved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Pending *pending = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgPrincipal) principal = pdg_credentials_resolve_finish (pending->api->options.credentials, result, &error);

  answer_resolved (pending->api, pending->request, principal, error, pending->func, pending->reads);
  pdg_http_request_unref (pending->request);
  g_free (pending);
}

static void
authorise (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *local, PdgApiAuthorisedFunc func, gboolean reads)
{
  g_autofree char *credential = pdg_api_dup_credential (request);
  g_autoptr (PdgPrincipal) known = NULL;
  g_autoptr (GError) error = NULL;
  Pending *pending;

  if (credential == NULL)
    {
      if (local != NULL)
        let_in (api, request, local, func, reads);
      else
        refuse (request);
      return;
    }
  if (pdg_credentials_peek (api->options.credentials, credential, &known) != PDG_CREDENTIAL_UNKNOWN)
    {
      answer_resolved (api, request, known, NULL, func, reads);
      return;
    }
  if (pdg_http_request_may_wait (request))
    {
      pdg_http_request_begin_wait (request);
      known = pdg_credentials_resolve_here (api->options.credentials, credential, pdg_http_request_get_cancellable (request), &error);
      answer_resolved (api, request, known, error, func, reads);
      return;
    }
  pending = g_new (Pending, 1);
  pending->api = api;
  pending->request = pdg_http_request_ref (request);
  pending->func = func;
  pending->reads = reads;
  pdg_credentials_resolve_async (api->options.credentials, credential, pdg_http_request_get_cancellable (request), resolved_cb, pending);
}

void
pdg_api_authorise (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *local, PdgApiAuthorisedFunc func)
{
  authorise (api, request, local, func, FALSE);
}

void
pdg_api_authorise_graphql (PdgApi *api, PdgHttpRequest *request, PdgApiAuthorisedFunc func)
{
  authorise (api, request, pdg_api_is_local_request (api, request) ? api->options.local : NULL, func, TRUE);
}
