#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* GraphQL over HTTP as pure functions: which media type a client wants, what its parameters are, which status an outcome has. */

typedef enum
{
  PDG_API_MEDIA_NONE     = 0,
  PDG_API_MEDIA_JSON     = 1 << 0, /* application/json */
  PDG_API_MEDIA_GRAPHQL  = 1 << 1, /* application/graphql-response+json */
  PDG_API_MEDIA_EVENTS   = 1 << 2, /* text/event-stream */
  PDG_API_MEDIA_PARTS    = 1 << 3, /* multipart/mixed */
} PdgApiMedia;

/* What became of a request, as far as its status depends on it. */
typedef enum
{
  PDG_API_OUTCOME_DATA,      /* no errors */
  PDG_API_OUTCOME_PARTIAL,   /* data and errors */
  PDG_API_OUTCOME_NULL,      /* errors, and data is null */
  PDG_API_OUTCOME_UNREAD,    /* the body is no JSON, or no object */
  PDG_API_OUTCOME_BATCH,     /* the body is an array */
  PDG_API_OUTCOME_MALFORMED, /* a parameter is missing or has the wrong type */
  PDG_API_OUTCOME_SYNTAX,
  PDG_API_OUTCOME_INVALID,   /* validation */
  PDG_API_OUTCOME_INPUT,     /* variables, operation name */
  PDG_API_OUTCOME_LIMIT,
  PDG_API_OUTCOME_UNKNOWN,   /* a hash whose document the server does not have: the client sends it next */
  PDG_API_OUTCOME_FORBIDDEN, /* a document that is not on the allow-list */
  PDG_API_OUTCOME_INGEST,    /* a key that may only send events */
  PDG_API_OUTCOME_METHOD,    /* a mutation by GET */
  PDG_API_OUTCOME_STREAM,    /* a subscription where one answer is all there is */
  PDG_API_OUTCOME_BUSY,      /* too many at once */
  PDG_API_OUTCOME_TIME,      /* took too long */
  PDG_API_N_OUTCOMES,
} PdgApiOutcome;

/* The one of @offered that the header Accept prefers: the highest q, then the first named; what a type's name says of it counts before
 * what a wildcard says. An absent or empty header, and what a wildcard alone matches, is application/json when that is offered. NONE when
 * nothing is acceptable. */
PdgApiMedia pdg_api_media_choose (const char *accept, guint offered);

/* "application/json; charset=utf-8" and so on. */
const char *pdg_api_media_get_type (PdgApiMedia media);

/* The status of @outcome. @draft: as the draft of 2026-08 of the specification says, else as its published audits want it. */
guint       pdg_api_outcome_get_status (PdgApiOutcome outcome, PdgApiMedia media, gboolean draft);

/* JSON that is fit to be worked with: nested up to 100 levels, its strings UTF-8 without U+0000. (transfer full) (nullable) */
JsonNode   *pdg_api_parse_json (const char *text, gsize len);

/* The parameters of a request. */
typedef struct
{
  char *query;          /* (nullable) with a hash only */
  char *operation_name; /* (nullable) */
  char *hash;           /* of a persisted document, in lower case (nullable) */
  JsonNode *variables;  /* (nullable) */
  JsonNode *extensions; /* (nullable) an object */
} PdgApiParameters;

/* Reads them from a JSON body. On failure *@outcome and *@message (static) say why. */
gboolean    pdg_api_parameters_read_body (PdgApiParameters *parameters, GBytes *body, PdgApiOutcome *outcome, const char **message);

/* The same of a JSON object. */
gboolean    pdg_api_parameters_read_object (PdgApiParameters *parameters, JsonObject *object, PdgApiOutcome *outcome, const char **message);

/* Reads them from the query of a URL, asking @get for each. */
typedef char *(*PdgApiGetFunc) (gpointer source, const char *name);
gboolean    pdg_api_parameters_read_query (PdgApiParameters *parameters, PdgApiGetFunc get, gpointer source, PdgApiOutcome *outcome,
                                           const char **message);
void        pdg_api_parameters_clear (PdgApiParameters *parameters);

/* Whether Content-Type is application/json in UTF-8. */
gboolean    pdg_api_is_json_type (const char *content_type);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PdgApiParameters, pdg_api_parameters_clear)

G_END_DECLS
