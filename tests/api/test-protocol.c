#include "config.h"

#include "api/pdg-api-graphql-protocol.h"

#include <string.h>

/* GraphQL over HTTP without a server: what a client accepts, and what it asks. */

#define ONCE (PDG_API_MEDIA_JSON | PDG_API_MEDIA_GRAPHQL)
#define ALL (ONCE | PDG_API_MEDIA_EVENTS | PDG_API_MEDIA_PARTS)

static void
test_accept (void)
{
  /* clang-format off */
  static const struct
  {
    const char *accept;
    guint offered;
    PdgApiMedia media;
  } rows[] = {
    /* clients as they are */
    { "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed", ALL, PDG_API_MEDIA_GRAPHQL }, /* urql */
    { "text/event-stream, multipart/mixed", ALL, PDG_API_MEDIA_EVENTS }, /* urql, fetchSubscriptions */
    { "text/event-stream, multipart/mixed", ONCE, PDG_API_MEDIA_NONE },
    { "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9", ALL, PDG_API_MEDIA_PARTS }, /* Apollo */
    { "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9", ONCE, PDG_API_MEDIA_GRAPHQL },
    { "application/graphql-response+json,application/json;q=0.9", ALL, PDG_API_MEDIA_GRAPHQL }, /* Apollo */
    { "text/event-stream", ALL, PDG_API_MEDIA_EVENTS }, /* graphql-sse, EventSource */
    { "application/json, multipart/mixed", ONCE, PDG_API_MEDIA_JSON }, /* GraphiQL */
    { "*/*", ALL, PDG_API_MEDIA_JSON }, /* curl, fetch */
    { "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", ALL, PDG_API_MEDIA_JSON }, /* a browser */
    { "application/json, text/plain, */*", ALL, PDG_API_MEDIA_JSON }, /* axios */
    /* none */
    { NULL, ALL, PDG_API_MEDIA_JSON }, { "", ALL, PDG_API_MEDIA_JSON }, { " , ,", ALL, PDG_API_MEDIA_JSON },
    { NULL, PDG_API_MEDIA_EVENTS, PDG_API_MEDIA_EVENTS },
    /* wildcards */
    { "application/*", ALL, PDG_API_MEDIA_JSON }, { "text/*", ALL, PDG_API_MEDIA_EVENTS }, { "multipart/*", ALL, PDG_API_MEDIA_PARTS },
    { "text/*", ONCE, PDG_API_MEDIA_NONE }, { "image/*", ALL, PDG_API_MEDIA_NONE }, { "*", ALL, PDG_API_MEDIA_NONE }, { "/*", ALL, PDG_API_MEDIA_NONE },
    { "*/json", ALL, PDG_API_MEDIA_NONE }, { "image/png, */*;q=0.1", ONCE, PDG_API_MEDIA_JSON },
    /* order and q */
    { "application/graphql-response+json, application/json", ONCE, PDG_API_MEDIA_GRAPHQL },
    { "application/json, application/graphql-response+json", ONCE, PDG_API_MEDIA_JSON },
    { "application/json;q=0.5, application/graphql-response+json;q=0.9", ONCE, PDG_API_MEDIA_GRAPHQL },
    { "application/json; charset=utf-8; q=0.9 , application/graphql-response+json;q=0.8", ONCE, PDG_API_MEDIA_JSON },
    { "APPLICATION/JSON;Q=0.1,text/event-stream;q=0.2", ALL, PDG_API_MEDIA_EVENTS },
    { "*/*, text/event-stream", ALL, PDG_API_MEDIA_JSON }, { "text/event-stream, */*", ALL, PDG_API_MEDIA_EVENTS },
    { "application/json;q=0", ONCE, PDG_API_MEDIA_NONE },
    { "application/json;q=0, */*", ONCE, PDG_API_MEDIA_GRAPHQL }, /* by name is more than by wildcard */
    { "*/*, application/json;q=0.1, application/*;q=0.5", ONCE, PDG_API_MEDIA_GRAPHQL },
    { "*/*;q=0", ALL, PDG_API_MEDIA_NONE }, { "application/json;q=0.1, application/json;q=0.9, application/graphql-response+json;q=0.5", ONCE, PDG_API_MEDIA_JSON },
    { "application/json;q=nan", ONCE, PDG_API_MEDIA_NONE }, { "application/json;q=high", ONCE, PDG_API_MEDIA_NONE },
    { "application/json;q=99, application/graphql-response+json", ONCE, PDG_API_MEDIA_JSON }, { "application/json;q=-1", ONCE, PDG_API_MEDIA_NONE },
    { "application/jsonx", ONCE, PDG_API_MEDIA_NONE }, { "application/jso", ONCE, PDG_API_MEDIA_NONE }, { "application", ONCE, PDG_API_MEDIA_NONE },
  };
  /* clang-format on */

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].accept);
      g_assert_cmpuint (pdg_api_media_choose (rows[i].accept, rows[i].offered), ==, rows[i].media);
    }
}

static void
test_content_type (void)
{
  static const struct
  {
    const char *type;
    gboolean json;
  } rows[] = {
    { "application/json", TRUE }, { "Application/JSON", TRUE }, { " application/json ; charset=utf-8", TRUE }, { "application/json;charset=\"UTF-8\"", TRUE },
    { "application/json; charset=us-ascii", TRUE }, { "application/json; profile=x", TRUE }, { "application/json; charset=utf-16", FALSE },
    { "application/json; charset=latin1", FALSE }, { "application/json; charset=", FALSE }, { "text/plain", FALSE }, { "application/jsonp", FALSE },
    { "application/x-www-form-urlencoded", FALSE }, { "multipart/form-data; boundary=application/json", FALSE }, { "", FALSE }, { ";", FALSE }, { NULL, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].type);
      g_assert_cmpint (pdg_api_is_json_type (rows[i].type), ==, rows[i].json);
    }
}

#define HASH "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef"
#define LOWER "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* What was read: QUERY|NAME|HASH|VARIABLES, "-" for what is absent; or the outcome's number. (transfer full) */
static char *
describe (gboolean read, const PdgApiParameters *parameters, PdgApiOutcome outcome, const char *message)
{
  g_autofree char *variables = parameters->variables != NULL ? json_to_string (parameters->variables, FALSE) : g_strdup ("-");

  if (!read)
    {
      g_assert_true (message != NULL && *message != '\0');
      return g_strdup_printf ("%d", (int) outcome);
    }
  return g_strdup_printf ("%s|%s|%s|%s", parameters->query != NULL ? parameters->query : "-",
                          parameters->operation_name != NULL ? parameters->operation_name : "-", parameters->hash != NULL ? parameters->hash : "-", variables);
}

#define UNREAD "3"
#define BATCH "4"
#define MALFORMED "5"

static void
test_body (void)
{
  /* clang-format off */
  static const struct
  {
    const char *body, *found;
  } rows[] = {
    { "{\"query\":\"{a}\"}", "{a}|-|-|-" },
    { " {\"query\":\"{a}\",\"operationName\":\"A\",\"variables\":{\"b\":[1]},\"extensions\":{\"clientLibrary\":{\"name\":\"x\"}},\"more\":1}", "{a}|A|-|{\"b\":[1]}" },
    { "{\"query\":\"{a}\",\"operationName\":null,\"variables\":null,\"extensions\":null,\"documentId\":null}", "{a}|-|-|-" },
    { "{\"query\":\"\"}", "|-|-|-" },
    { "{\"extensions\":{\"persistedQuery\":{\"version\":1,\"sha256Hash\":\"" HASH "\"}}}", "-|-|" LOWER "|-" },
    { "{\"query\":\"{a}\",\"extensions\":{\"persistedQuery\":{\"version\":1,\"sha256Hash\":\"" HASH "\"}}}", "{a}|-|" LOWER "|-" },
    { "{\"query\":\"{a}\",\"extensions\":{\"persistedQuery\":null}}", "{a}|-|-|-" },
    { "{\"documentId\":\"" HASH "\"}", "-|-|" LOWER "|-" }, { "{\"documentId\":\"sha256:" HASH "\"}", "-|-|" LOWER "|-" },
    { "", UNREAD }, { " ", UNREAD }, { "{", UNREAD }, { "nothing", UNREAD }, { "{\"query\":\"{a}\"} x", UNREAD }, { "{\"query\":\"\xff\"}", UNREAD },
    { "{\"query\":\"\\ud800\"}", UNREAD }, { "{\"query\":\"{a}\\u0000\"}", UNREAD }, { "{\"query\":\"{a}\",\"variables\":{\"\\udc00\":1}}", UNREAD },
    { "{\"query\":\"\\ud83d\\ude00\"}", "😀|-|-|-" },
    { "null", UNREAD }, { "\"{a}\"", UNREAD }, { "1", UNREAD }, { "{'query':'{a}'}", UNREAD }, { "{\"query\":\"{a}\",}", UNREAD },
    { "[]", BATCH }, { "[{\"query\":\"{a}\"}]", BATCH },
    { "{}", MALFORMED }, { "{\"query\":null}", MALFORMED }, { "{\"query\":1}", MALFORMED }, { "{\"query\":{}}", MALFORMED }, { "{\"query\":[\"{a}\"]}", MALFORMED },
    { "{\"query\":true}", MALFORMED }, { "{\"query\":\"{a}\",\"operationName\":1}", MALFORMED }, { "{\"query\":\"{a}\",\"operationName\":{}}", MALFORMED },
    { "{\"query\":\"{a}\",\"variables\":\"{}\"}", MALFORMED }, { "{\"query\":\"{a}\",\"variables\":[]}", MALFORMED }, { "{\"query\":\"{a}\",\"variables\":0}", MALFORMED },
    { "{\"query\":\"{a}\",\"extensions\":[]}", MALFORMED }, { "{\"query\":\"{a}\",\"extensions\":\"x\"}", MALFORMED }, { "{\"documentId\":1}", MALFORMED },
    { "{\"documentId\":\"x\"}", MALFORMED }, { "{\"documentId\":\"sha512:" HASH "\"}", MALFORMED }, { "{\"documentId\":\"" HASH "0\"}", MALFORMED },
    { "{\"query\":\"{a}\",\"extensions\":{\"persistedQuery\":1}}", MALFORMED }, { "{\"query\":\"{a}\",\"extensions\":{\"persistedQuery\":{}}}", MALFORMED },
    { "{\"extensions\":{\"persistedQuery\":{\"version\":2,\"sha256Hash\":\"" HASH "\"}}}", MALFORMED },
    { "{\"extensions\":{\"persistedQuery\":{\"version\":{},\"sha256Hash\":\"" HASH "\"}}}", MALFORMED },
    { "{\"extensions\":{\"persistedQuery\":{\"version\":1,\"sha256Hash\":[]}}}", MALFORMED },
    { "{\"extensions\":{\"persistedQuery\":{\"version\":1,\"sha256Hash\":null}}}", MALFORMED },
    { "{\"extensions\":{\"persistedQuery\":{\"version\":1}}}", MALFORMED },
    { "{\"extensions\":{\"persistedQuery\":{\"version\":1,\"sha256Hash\":\"g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}}}", MALFORMED },
  };
  /* clang-format on */
  g_autoptr (GString) deep = g_string_new ("{\"query\":\"{a}\",\"variables\":{\"a\":");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) body = g_bytes_new_static (rows[i].body, strlen (rows[i].body));
      g_auto (PdgApiParameters) parameters = { 0 };
      PdgApiOutcome outcome = PDG_API_OUTCOME_DATA;
      const char *message = NULL;
      gboolean read = pdg_api_parameters_read_body (&parameters, body, &outcome, &message);
      g_autofree char *found = describe (read, &parameters, outcome, message);

      g_test_message ("row %zu", i);
      g_assert_cmpstr (found, ==, rows[i].found);
    }
  for (int i = 0; i < 100000; i++)
    g_string_append_c (deep, '[');
  {
    g_autoptr (GBytes) body = g_bytes_new_static (deep->str, deep->len);
    g_auto (PdgApiParameters) parameters = { 0 };
    PdgApiOutcome outcome;
    const char *message;

    g_assert_false (pdg_api_parameters_read_body (&parameters, body, &outcome, &message));
    g_assert_cmpint (outcome, ==, PDG_API_OUTCOME_UNREAD);
  }
}

/* "query=…\tvariables=…" */
static char *
get (gpointer source, const char *name)
{
  g_auto (GStrv) pairs = g_strsplit (source, "\t", -1);
  gsize len = strlen (name);

  for (guint i = 0; pairs[i] != NULL; i++)
    if (strncmp (pairs[i], name, len) == 0 && pairs[i][len] == '=')
      return g_strdup (pairs[i] + len + 1);
  return NULL;
}

static void
test_query (void)
{
  static const struct
  {
    const char *url, *found;
  } rows[] = {
    { "query={a}", "{a}|-|-|-" }, { "query={a}\toperationName=A\tvariables={\"b\":1}\textensions={}", "{a}|A|-|{\"b\":1}" },
    { "query={a}\toperationName=\tvariables=\textensions=\tdocumentId=", "{a}|-|-|-" }, { "query={a}\tvariables=null\textensions=null", "{a}|-|-|-" },
    { "documentId=" HASH, "-|-|" LOWER "|-" }, { "extensions={\"persistedQuery\":{\"version\":1,\"sha256Hash\":\"" HASH "\"}}", "-|-|" LOWER "|-" },
    { "", MALFORMED }, { "query=", MALFORMED }, { "operationName=A", MALFORMED }, { "query={a}\tvariables=[1]", MALFORMED }, { "query={a}\tvariables=1", MALFORMED },
    { "query={a}\tvariables={", MALFORMED }, { "query={a}\textensions=x", MALFORMED }, { "query={a}\textensions=\"{}\"", MALFORMED }, { "documentId=x", MALFORMED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (PdgApiParameters) parameters = { 0 };
      PdgApiOutcome outcome = PDG_API_OUTCOME_DATA;
      const char *message = NULL;
      gboolean read = pdg_api_parameters_read_query (&parameters, get, (gpointer) rows[i].url, &outcome, &message);
      g_autofree char *found = describe (read, &parameters, outcome, message);

      g_test_message ("%s", rows[i].url);
      g_assert_cmpstr (found, ==, rows[i].found);
    }
}

static void
test_status (void)
{
  static const struct
  {
    PdgApiOutcome outcome;
    guint json, graphql, draft;
  } rows[] = {
    { PDG_API_OUTCOME_DATA, 200, 200, 200 }, { PDG_API_OUTCOME_PARTIAL, 200, 200, 294 }, { PDG_API_OUTCOME_NULL, 200, 200, 200 },
    { PDG_API_OUTCOME_UNREAD, 400, 400, 400 }, { PDG_API_OUTCOME_BATCH, 400, 400, 400 }, { PDG_API_OUTCOME_MALFORMED, 400, 400, 422 },
    { PDG_API_OUTCOME_SYNTAX, 200, 400, 400 }, { PDG_API_OUTCOME_INVALID, 200, 400, 422 }, { PDG_API_OUTCOME_INPUT, 200, 400, 422 },
    { PDG_API_OUTCOME_LIMIT, 200, 400, 422 }, { PDG_API_OUTCOME_UNKNOWN, 200, 200, 200 }, { PDG_API_OUTCOME_FORBIDDEN, 200, 403, 403 },
    { PDG_API_OUTCOME_INGEST, 403, 403, 403 }, { PDG_API_OUTCOME_METHOD, 405, 405, 405 }, { PDG_API_OUTCOME_STREAM, 200, 400, 422 },
    { PDG_API_OUTCOME_BUSY, 429, 429, 429 }, { PDG_API_OUTCOME_TIME, 504, 504, 504 },
  };

  g_assert_cmpuint (G_N_ELEMENTS (rows), ==, PDG_API_N_OUTCOMES);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpuint (pdg_api_outcome_get_status (rows[i].outcome, PDG_API_MEDIA_JSON, FALSE), ==, rows[i].json);
      g_assert_cmpuint (pdg_api_outcome_get_status (rows[i].outcome, PDG_API_MEDIA_GRAPHQL, FALSE), ==, rows[i].graphql);
      g_assert_cmpuint (pdg_api_outcome_get_status (rows[i].outcome, PDG_API_MEDIA_JSON, TRUE), ==, rows[i].draft);
      g_assert_cmpuint (pdg_api_outcome_get_status (rows[i].outcome, PDG_API_MEDIA_GRAPHQL, TRUE), ==, rows[i].draft);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/api/protocol/accept", test_accept);
  g_test_add_func ("/api/protocol/content-type", test_content_type);
  g_test_add_func ("/api/protocol/body", test_body);
  g_test_add_func ("/api/protocol/query", test_query);
  g_test_add_func ("/api/protocol/status", test_status);
  return g_test_run ();
}
