#pragma once

#include <json-glib/json-glib.h>

#include "api/pdg-api.h"
#include "http/http-fixture.h"
#include "service/event-writer.h"

G_BEGIN_DECLS

/* The API over a real HTTP server on a free port and a real database with two organisations; the local one is A. One for
 * a test program: the tests share its data. Main thread only. */
typedef struct
{
  Tenant *a, *b; /* projects proj_demo and proj_b */
  PdgHub *hub;
  PdgDbPool *pool;
  PdgIngest *ingest;
  PdgCredentials *credentials;
  PdgDemoPlayer *demo;
  PdgRetention *retention;
  PdgApi *api;
  PdgHttpServer *server;
  PdgApi *keyed_api; /* the same without the rule that this machine needs no key */
  PdgHttpServer *keyed_server;
  char *key_a, *key_b;                          /* ingest keys */
  char *viewer_a, *editor_a, *admin_a, *viewer_b; /* tokens */
  char *as_viewer, *as_editor, *as_admin;         /* headers with those of A */
} ApiFixture;

ApiFixture *api_fixture_new  (void);
void        api_fixture_free (ApiFixture *fixture);

/* What the local server runs with, to be changed; and another API on a server of its own. (transfer full) */
PdgApiOptions api_fixture_get_options (ApiFixture *fixture);
PdgApi       *api_fixture_serve       (const PdgApiOptions *options, PdgHttpServer **server);

/* A lock on a table makes a statement as slow as wanted. (transfer full) */
typedef struct _TableLock TableLock;

TableLock  *table_lock_new  (const char *table);
void        table_lock_free (TableLock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TableLock, table_lock_free)

/* How many statements of the fixture's pool wait for a lock. */
gint64      count_waiting_readers (void);

/* Sends one request to the local server (port 0 = that one) as bytes on a socket. @headers: lines with \r\n, without Host
 * (then localhost) and Content-Length; @body nullable. (transfer full) */
RawAnswer  *api_send (ApiFixture *fixture, guint16 port, const char *method, const char *path, const char *headers, const char *body);

#define JSON_TYPE "Content-Type: application/json\r\n"

/* A GraphQL request with JSON text @variables (nullable); @headers as above, without the type. The whole response. (transfer full) */
JsonNode   *api_query (ApiFixture *fixture, const char *headers, const char *document, const char *variables);

/* The same; what is at @path of the response, as json_dup_at (). (transfer full) */
char       *api_ask (ApiFixture *fixture, const char *headers, const char *document, const char *path);
void        assert_asked (ApiFixture *fixture, const char *headers, const char *document, const char *path, const char *expected);

/* "data.project.name": the text of a member of @node, numbers and truth values as JSON; "" for null, NULL when absent. (transfer full) */
char       *json_dup_at (JsonNode *node, const char *path);
JsonNode   *json_at (JsonNode *node, const char *path);

/* Asserts that nothing went wrong. */
void        assert_no_errors (JsonNode *response);

/* Asserts that the first error has this code. */
void        assert_error_code (JsonNode *response, const char *code);

G_END_DECLS
