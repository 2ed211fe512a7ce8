#pragma once

#include "api/api-fixture.h"

G_BEGIN_DECLS

/* The fixture of the API with members, keys and journeys: in A an admin {ADMIN} and a viewer {VIEWER}, the designed journeys
 * "design" and "both" of proj_demo and the observed ones "observed" and "both"; of B {MEMBER_B}, {TOKEN_B} and {KEY_B}. One
 * for a test program. Main thread only. */
ApiFixture *directory_fixture_new  (void);
void        directory_fixture_free (void);

/* What was written to the log since the start. */
extern GString *directory_log;

/* @text with the values that were kept in place of their names. (transfer full) */
char       *directory_expand (const char *text);

/* Keeps the value at @path of the response as @name: "{MEMBER}". */
void        directory_keep (const char *name, JsonNode *response, const char *path);

/* Runs a document, expanded, as who has @token. (transfer full) */
JsonNode   *directory_ask (const char *token, const char *document);

/* Runs a mutation as A's admin; nothing may go wrong. It asks for errors{message}. */
void        directory_do (const char *document);

G_END_DECLS
