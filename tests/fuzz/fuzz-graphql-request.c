#include "config.h"

#include <stdint.h>
#include <string.h>

#include "api/pdg-api-graphql-protocol.h"
#include "http/pdg-http-router.h"

/* Input: a request in lines: Accept, Content-Type, the query of a URL, then the body. Whatever comes is read or refused with words. */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define ALL (PDG_API_MEDIA_JSON | PDG_API_MEDIA_GRAPHQL | PDG_API_MEDIA_EVENTS | PDG_API_MEDIA_PARTS)

static void
check_accept (const char *accept)
{
  for (guint offered = 0; offered <= ALL; offered++)
    {
      PdgApiMedia media = pdg_api_media_choose (accept, offered);

      g_assert_true (media == PDG_API_MEDIA_NONE || ((media & offered) == (guint) media && (media & (media - 1)) == 0));
      g_assert_nonnull (pdg_api_media_get_type (media));
    }
}

static void
check_parameters (gboolean read, const PdgApiParameters *parameters, PdgApiOutcome outcome, const char *message)
{
  if (!read)
    {
      g_assert_true (message != NULL && g_utf8_validate (message, -1, NULL));
      g_assert_true (outcome == PDG_API_OUTCOME_UNREAD || outcome == PDG_API_OUTCOME_BATCH || outcome == PDG_API_OUTCOME_MALFORMED);
      g_assert_cmpuint (pdg_api_outcome_get_status (outcome, PDG_API_MEDIA_JSON, FALSE), ==, 400);
      return;
    }
  g_assert_true (parameters->query != NULL || parameters->hash != NULL);
  g_assert_true (parameters->query == NULL || g_utf8_validate (parameters->query, -1, NULL));
  g_assert_true (parameters->operation_name == NULL || g_utf8_validate (parameters->operation_name, -1, NULL));
  g_assert_true (parameters->hash == NULL || (strlen (parameters->hash) == 64 && strspn (parameters->hash, "0123456789abcdef") == 64));
  g_assert_true (parameters->variables == NULL || JSON_NODE_HOLDS_OBJECT (parameters->variables));
  g_assert_true (parameters->extensions == NULL || JSON_NODE_HOLDS_OBJECT (parameters->extensions));
}

static char *
get_query_param (gpointer source, const char *name)
{
  return pdg_http_query_dup_value (source, name);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 4);
  guint n = g_strv_length (lines);
  g_autoptr (GBytes) body = n > 3 ? g_bytes_new (lines[3], strlen (lines[3])) : g_bytes_new (data, size);
  g_auto (PdgApiParameters) from_body = { 0 };
  g_auto (PdgApiParameters) from_url = { 0 };
  PdgApiOutcome outcome = PDG_API_OUTCOME_DATA;
  const char *message = NULL;
  gboolean read;

  check_accept (n > 0 ? lines[0] : NULL);
  pdg_api_is_json_type (n > 1 ? lines[1] : NULL);
  read = pdg_api_parameters_read_query (&from_url, get_query_param, n > 2 ? lines[2] : (char *) "", &outcome, &message);
  check_parameters (read, &from_url, outcome, message);
  message = NULL;
  read = pdg_api_parameters_read_body (&from_body, body, &outcome, &message);
  check_parameters (read, &from_body, outcome, message);
  return 0;
}
