#include "config.h"
#include "api/pdg-api-private.h"

#include "api/pdg-api-error.h"
#include "api/pdg-api-stream.h"
#include "api/pdg-api-together.h"

#include <string.h>

#define ANSWERED_ONCE (PDG_API_MEDIA_JSON | PDG_API_MEDIA_GRAPHQL)

/* A GraphQL request until it is answered. */
typedef struct
{
  PdgApi *api;
  PdgHttpRequest *request;
  PdgApiMedia media;
  PdgApiTurn *turn;
} Running;

static void
running_free (Running *running)
{
  pdg_http_request_unref (running->request);
  g_free (running);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Running, running_free)

void
pdg_api_respond (PdgApi *api, PdgHttpRequest *request, PdgApiMedia media, PdgApiOutcome outcome, GBytes *response)
{
  if (outcome == PDG_API_OUTCOME_METHOD)
    pdg_http_request_add_response_header (request, "Allow", "POST");
  if (outcome == PDG_API_OUTCOME_BUSY)
    pdg_http_request_add_response_header (request, "Retry-After", "1");
  pdg_http_request_add_response_header (request, "Vary", "Accept");
  pdg_http_request_respond (request, pdg_api_outcome_get_status (outcome, media, api->options.graphql_draft),
                            pdg_api_media_get_type (media), response);
}

static void
respond_error (PdgApi *api, PdgHttpRequest *request, PdgApiMedia media, PdgApiOutcome outcome, const char *message, const char *code)
{
  g_autoptr (GBytes) response = pdg_gql_error_response (message, code);

  pdg_api_respond (api, request, media, outcome, response);
}

void
pdg_api_respond_refusal (PdgApi *api, PdgHttpRequest *request, PdgApiMedia media, PdgApiOutcome why)
{
  PdgApiOutcome outcome;
  g_autoptr (GBytes) response = NULL;

  pdg_api_refuse (why, &outcome, &response);
  pdg_api_respond (api, request, media, outcome, response);
}

static void
answer (PdgApi *api, PdgHttpRequest *request, PdgApiMedia media, PdgApiTurn *turn, PdgApiOutcome outcome, GBytes *response, const GError *error)
{
  if (pdg_api_turn_end (turn)) /* before the answer: the client may ask again at once */
    {
      g_autoptr (GBytes) late = pdg_api_late_response (api);

      pdg_api_respond (api, request, media, PDG_API_OUTCOME_TIME, late);
    }
  else if (response != NULL)
    pdg_api_respond (api, request, media, outcome, response);
  else
    pdg_api_respond_with_error (request, error);
}

static void
executed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Running) running = user_data;
  PdgApi *api = running->api;
  PdgApiOutcome outcome = PDG_API_OUTCOME_DATA;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) response = pdg_api_run_finish (api, result, &outcome, &error);

  answer (api, running->request, running->media, running->turn, outcome, response, error);
}

static char *
get_query_param (gpointer source, const char *name)
{
  return pdg_http_request_dup_query_param (source, name);
}

static PdgApiTurn *
begin_turn (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal, PdgApiMedia media, PdgApiRun *what)
{
  PdgApiTurn *turn = pdg_api_turn_new (api, principal, pdg_http_request_get_cancellable (request));

  if (turn == NULL)
    pdg_api_respond_refusal (api, request, media, PDG_API_OUTCOME_BUSY);
  else
    what->deadline_usec = pdg_api_turn_get_deadline (turn);
  return turn;
}

void
pdg_api_answer_here (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal, PdgApiMedia media, const PdgApiRun *what,
                     PdgGqlOperation *operation)
{
  PdgApiRun bound = *what;
  PdgApiTurn *turn = begin_turn (api, request, principal, media, &bound);
  PdgApiOutcome outcome = PDG_API_OUTCOME_DATA;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) response = NULL;
  gboolean has_likes = FALSE;

  if (turn == NULL)
    return;
  response = pdg_api_run_here (api, principal, &bound, operation, pdg_api_turn_get_cancellable (turn), &outcome, &has_likes, &error);
  if (has_likes)
    pdg_http_request_expect_others (request);
  answer (api, request, media, turn, outcome, response, error);
}

/* On a thread that may wait: with the others that came at the same time, or now. */
static void
run_here (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal, PdgApiMedia media, const PdgApiRun *what)
{
  g_autoptr (PdgGqlOperation) operation = NULL;
  g_autoptr (GBytes) refusal = NULL;
  PdgApiOutcome outcome;

  if (pdg_http_request_may_defer (request))
    operation = pdg_api_prepare_known (api, what, &outcome, &refusal);
  if (refusal != NULL)
    {
      pdg_api_respond (api, request, media, outcome, refusal);
      return;
    }
  if (operation != NULL && pdg_api_defer (api, request, principal, media, what, operation))
    return;
  pdg_http_request_begin_wait (request);
  pdg_api_answer_here (api, request, principal, media, what, operation);
}

static void
run (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal, PdgApiMedia media, const PdgApiParameters *parameters, gboolean read_only)
{
  PdgApiRun what = {
    .query = parameters->query, .operation_name = parameters->operation_name, .hash = parameters->hash,
    .variables = parameters->variables, .read_only = read_only,
  };
  PdgApiTurn *turn;
  Running *running;

  if (pdg_http_request_may_wait (request))
    {
      run_here (api, request, principal, media, &what);
      return;
    }
  turn = begin_turn (api, request, principal, media, &what);
  if (turn == NULL)
    return;
  running = g_new (Running, 1);
  *running = (Running) { api, pdg_http_request_ref (request), media, turn };
  pdg_api_run_async (api, principal, &what, pdg_api_turn_get_cancellable (turn), executed_cb, running);
}

static void
execute (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal)
{
  PdgApiMedia media = pdg_api_media_choose (pdg_http_request_get_header (request, "Accept"), ANSWERED_ONCE);
  gboolean by_post = g_str_equal (pdg_http_request_get_method (request), "POST");
  g_auto (PdgApiParameters) parameters = { 0 };
  PdgApiOutcome outcome;
  const char *message = NULL;

  if (by_post ? pdg_api_parameters_read_body (&parameters, pdg_http_request_get_body (request), &outcome, &message)
              : pdg_api_parameters_read_query (&parameters, get_query_param, request, &outcome, &message))
    {
      run (api, request, principal, media, &parameters, !by_post);
      return;
    }
  if (outcome == PDG_API_OUTCOME_BATCH)
    pdg_api_guards_count (api->guards, "batch");
  respond_error (api, request, PDG_API_MEDIA_JSON, outcome, message, "BAD_REQUEST"); /* no GraphQL was read yet */
}

static void
early_cb (PdgHttpRequest *request, gpointer user_data)
{
  if (g_str_equal (pdg_http_request_get_method (request), "POST")
      && !pdg_api_is_json_type (pdg_http_request_get_header (request, "Content-Type")))
    pdg_http_request_respond_error (request, 415, "send the request as JSON in UTF-8, with Content-Type: application/json");
  else if (!pdg_api_stream_is_wanted (request)
           && pdg_api_media_choose (pdg_http_request_get_header (request, "Accept"), ANSWERED_ONCE) == PDG_API_MEDIA_NONE)
    pdg_http_request_respond_error (request, 406, "accept application/graphql-response+json or application/json");
}

static void
graphql_cb (PdgHttpRequest *request, gpointer user_data)
{
  PdgApi *api = user_data;

  if (pdg_api_stream_is_wanted (request))
    pdg_api_stream_respond (api, request);
  else
    pdg_api_authorise_graphql (api, request, execute);
}

/* All but the streams, which outlast their request. */
static gboolean
may_wait (PdgHttpRequest *request, gpointer user_data)
{
  return !pdg_api_stream_is_wanted (request);
}

void
pdg_api_add_graphql_routes (PdgApi *api, PdgHttpServer *server)
{
  pdg_http_server_add_route (server, "GET, POST", "/graphql", api->options.graphql_body_bytes, early_cb, graphql_cb, api, NULL);
  pdg_http_server_let_wait (server, "/graphql", may_wait, pdg_api_together);
}
