#include "config.h"
#include "api/pdg-api-graphql-protocol.h"

#include "codec/pdg-json-scan.h"

#include <string.h>

#define MAX_NESTING  100
#define MAX_RANGES   32
#define HASH_LEN     64
#define HASH_PREFIX  "sha256:"

typedef struct
{
  const char *name;
  PdgApiMedia media;
  const char *answer;
} MediaType;

static const MediaType types[] = {
  { "application/json", PDG_API_MEDIA_JSON, "application/json; charset=utf-8" },
  { "application/graphql-response+json", PDG_API_MEDIA_GRAPHQL, "application/graphql-response+json; charset=utf-8" },
  { "text/event-stream", PDG_API_MEDIA_EVENTS, "text/event-stream; charset=utf-8" },
  { "multipart/mixed", PDG_API_MEDIA_PARTS, "multipart/mixed" },
};

/* By outcome: application/json, application/graphql-response+json, and either of them in the draft. */
static const guint16 statuses[PDG_API_N_OUTCOMES][3] = {
  [PDG_API_OUTCOME_DATA] = { 200, 200, 200 },
  [PDG_API_OUTCOME_PARTIAL] = { 200, 200, 294 },
  [PDG_API_OUTCOME_NULL] = { 200, 200, 200 },
  [PDG_API_OUTCOME_UNREAD] = { 400, 400, 400 },
  [PDG_API_OUTCOME_BATCH] = { 400, 400, 400 },
  [PDG_API_OUTCOME_MALFORMED] = { 400, 400, 422 },
  [PDG_API_OUTCOME_SYNTAX] = { 200, 400, 400 },
  [PDG_API_OUTCOME_INVALID] = { 200, 400, 422 },
  [PDG_API_OUTCOME_INPUT] = { 200, 400, 422 },
  [PDG_API_OUTCOME_LIMIT] = { 200, 400, 422 },
  [PDG_API_OUTCOME_UNKNOWN] = { 200, 200, 200 },
  [PDG_API_OUTCOME_FORBIDDEN] = { 200, 403, 403 },
  [PDG_API_OUTCOME_INGEST] = { 403, 403, 403 },
  [PDG_API_OUTCOME_METHOD] = { 405, 405, 405 },
  [PDG_API_OUTCOME_STREAM] = { 200, 400, 422 },
  [PDG_API_OUTCOME_BUSY] = { 429, 429, 429 },
  [PDG_API_OUTCOME_TIME] = { 504, 504, 504 },
};

guint
pdg_api_outcome_get_status (PdgApiOutcome outcome, PdgApiMedia media, gboolean draft)
{
  return statuses[outcome][draft ? 2 : media == PDG_API_MEDIA_GRAPHQL];
}

const char *
pdg_api_media_get_type (PdgApiMedia media)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].media == media)
      return types[i].answer;
  return types[0].answer;
}

/* q of "type/subtype;a=b;q=0.5"; 1 when there is none. */
static double
read_quality (const char *range)
{
  const char *at = strchr (range, ';');

  for (; at != NULL; at = strchr (at, ';'))
    {
      at++;
      at += strspn (at, " \t");
      if ((*at == 'q' || *at == 'Q') && at[1] == '=')
        return CLAMP (g_ascii_strtod (at + 2, NULL), 0, 1);
    }
  return 1;
}

/* How exactly a range names a type: 3 by name, 2 and 1 by wildcards, 0 not at all. */
static guint
match_range (const char *range, const char *type)
{
  gsize len = strlen (range);

  if (g_ascii_strcasecmp (range, type) == 0)
    return 3;
  if (strcmp (range, "*/*") == 0)
    return 1;
  return len > 2 && strcmp (range + len - 2, "/*") == 0 && g_ascii_strncasecmp (range, type, len - 1) == 0 ? 2 : 0;
}

/* What the ranges say of one type: the most exact of them counts, whatever the others say. */
typedef struct
{
  guint match;
  double quality;
  guint place;
} Preference;

static void
note_range (Preference *preference, guint match, double quality, guint place)
{
  if (match > preference->match || (match > 0 && match == preference->match && quality > preference->quality))
    *preference = (Preference) { match, quality, place };
}

PdgApiMedia
pdg_api_media_choose (const char *accept, guint offered)
{
  g_auto (GStrv) ranges = g_strsplit (accept != NULL && accept[strspn (accept, " \t,")] != '\0' ? accept : "*/*", ",", MAX_RANGES);
  Preference preferences[G_N_ELEMENTS (types)] = { 0 };
  int best = -1;

  for (guint i = 0; ranges[i] != NULL; i++)
    {
      g_autofree char *name = g_strstrip (g_strndup (ranges[i], strcspn (ranges[i], ";")));

      for (gsize t = 0; t < G_N_ELEMENTS (types); t++)
        note_range (&preferences[t], match_range (name, types[t].name), read_quality (ranges[i]), i);
    }
  for (int t = 0; t < (int) G_N_ELEMENTS (types); t++)
    if ((offered & types[t].media) != 0 && preferences[t].quality > 0
        && (best < 0 || preferences[t].quality > preferences[best].quality
            || (preferences[t].quality >= preferences[best].quality && preferences[t].place < preferences[best].place)))
      best = t;
  return best >= 0 ? types[best].media : PDG_API_MEDIA_NONE;
}

gboolean
pdg_api_is_json_type (const char *content_type)
{
  g_auto (GStrv) parts = content_type != NULL ? g_strsplit (content_type, ";", 8) : NULL;

  if (parts == NULL || parts[0] == NULL || g_ascii_strcasecmp (g_strstrip (parts[0]), "application/json") != 0)
    return FALSE;
  for (guint i = 1; parts[i] != NULL; i++)
    {
      const char *part = g_strstrip (parts[i]);
      g_autofree char *value = NULL;

      if (g_ascii_strncasecmp (part, "charset=", 8) != 0)
        continue;
      value = g_strdup (part + 8 + (part[8] == '"'));
      value[strcspn (value, "\"")] = '\0';
      if (g_ascii_strcasecmp (value, "utf-8") != 0 && g_ascii_strcasecmp (value, "utf8") != 0 && g_ascii_strcasecmp (value, "us-ascii") != 0)
        return FALSE;
    }
  return TRUE;
}

/* json-glib reads nested values by recursion, and makes of a lone surrogate what is no UTF-8: neither ever reaches it. */
JsonNode *
pdg_api_parse_json (const char *text, gsize len)
{
  g_autoptr (JsonParser) parser = NULL;
  PdgJsonScan scan;
  PdgJsonSpan span = { 0 };
  const guint8 *data = (const guint8 *) text;
  gboolean ok;

  if (len == 0)
    return NULL;
  pdg_json_scan_init (&scan, data, len, MAX_NESTING);
  ok = pdg_json_scan_value (&scan, pdg_json_skip_space (&scan, data), 0, &span) != NULL && (span.flags & (PDG_JSON_TOO_DEEP | PDG_JSON_UNFIT)) == 0;
  pdg_json_scan_clear (&scan);
  if (!ok)
    return NULL;
  parser = json_parser_new_immutable ();
  return json_parser_load_from_data (parser, text, (gssize) len, NULL) ? json_parser_steal_root (parser) : NULL;
}

/* A member that is null is one that is absent. FALSE when it is not of type @holds. */
static gboolean
get_member (JsonObject *object, const char *name, JsonNodeType holds, JsonNode **member)
{
  JsonNode *node = json_object_get_member (object, name);

  *member = node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
  return *member == NULL || (JSON_NODE_TYPE (*member) == holds
                             && (holds != JSON_NODE_VALUE || json_node_get_value_type (*member) == G_TYPE_STRING));
}

/* The hash of a persisted document: Apollo's extension, or the draft's member documentId. FALSE when it has the wrong form. */
static gboolean
read_hash (PdgApiParameters *parameters, const char *document_id)
{
  JsonObject *extensions = parameters->extensions != NULL ? json_node_get_object (parameters->extensions) : NULL;
  JsonNode *node = extensions != NULL ? json_object_get_member (extensions, "persistedQuery") : NULL;
  const char *hash = NULL;

  if (node != NULL && !JSON_NODE_HOLDS_NULL (node))
    {
      JsonNode *version, *value;

      if (!JSON_NODE_HOLDS_OBJECT (node))
        return FALSE;
      version = json_object_get_member (json_node_get_object (node), "version");
      value = json_object_get_member (json_node_get_object (node), "sha256Hash");
      if (version == NULL || !JSON_NODE_HOLDS_VALUE (version) || json_node_get_int (version) != 1 || value == NULL
          || json_node_get_value_type (value) != G_TYPE_STRING)
        return FALSE;
      hash = json_node_get_string (value);
    }
  else if (document_id != NULL)
    hash = g_str_has_prefix (document_id, HASH_PREFIX) ? document_id + strlen (HASH_PREFIX) : document_id;
  if (hash == NULL)
    return TRUE;
  if (strlen (hash) != HASH_LEN || strspn (hash, "0123456789abcdefABCDEF") != HASH_LEN)
    return FALSE;
  parameters->hash = g_ascii_strdown (hash, HASH_LEN);
  return TRUE;
}

/* Whether there is something to run. */
static gboolean
finish (PdgApiParameters *parameters, const char *document_id, PdgApiOutcome *outcome, const char **message)
{
  *outcome = PDG_API_OUTCOME_MALFORMED;
  if (!read_hash (parameters, document_id))
    *message = "extensions.persistedQuery must be {\"version\": 1, \"sha256Hash\": \"64 hexadecimal digits\"}, and documentId such a hash";
  else if (parameters->query == NULL && parameters->hash == NULL)
    *message = "the parameter query is missing: send {\"query\": \"…\", \"operationName\"?: \"…\", \"variables\"?: {…}} as JSON";
  else
    return TRUE;
  return FALSE;
}

gboolean
pdg_api_parameters_read_object (PdgApiParameters *parameters, JsonObject *object, PdgApiOutcome *outcome, const char **message)
{
  JsonNode *query, *name, *id, *variables, *extensions;

  *outcome = PDG_API_OUTCOME_MALFORMED;
  *message = NULL;
  if (!get_member (object, "query", JSON_NODE_VALUE, &query))
    *message = "the parameter query must be a string";
  else if (!get_member (object, "operationName", JSON_NODE_VALUE, &name))
    *message = "the parameter operationName must be a string";
  else if (!get_member (object, "documentId", JSON_NODE_VALUE, &id))
    *message = "the parameter documentId must be a string";
  else if (!get_member (object, "variables", JSON_NODE_OBJECT, &variables))
    *message = "the parameter variables must be an object";
  else if (!get_member (object, "extensions", JSON_NODE_OBJECT, &extensions))
    *message = "the parameter extensions must be an object";
  if (*message != NULL)
    return FALSE;
  parameters->query = query != NULL ? json_node_dup_string (query) : NULL;
  parameters->operation_name = name != NULL ? json_node_dup_string (name) : NULL;
  parameters->variables = variables != NULL ? json_node_ref (variables) : NULL;
  parameters->extensions = extensions != NULL ? json_node_ref (extensions) : NULL;
  return finish (parameters, id != NULL ? json_node_get_string (id) : NULL, outcome, message);
}

gboolean
pdg_api_parameters_read_body (PdgApiParameters *parameters, GBytes *body, PdgApiOutcome *outcome, const char **message)
{
  g_autoptr (JsonNode) root = pdg_api_parse_json (g_bytes_get_data (body, NULL), g_bytes_get_size (body));

  *outcome = PDG_API_OUTCOME_UNREAD;
  *message = "send {\"query\": \"…\", \"operationName\"?: \"…\", \"variables\"?: {…}} as JSON";
  if (root != NULL && JSON_NODE_HOLDS_ARRAY (root))
    {
      *outcome = PDG_API_OUTCOME_BATCH;
      *message = "send one request at a time: batches are not taken";
    }
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root)
         && pdg_api_parameters_read_object (parameters, json_node_get_object (root), outcome, message);
}

/* An empty parameter of a URL is an absent one. */
static char *
get_text (PdgApiGetFunc get, gpointer source, const char *name)
{
  char *text = get (source, name);

  if (text != NULL && *text == '\0')
    g_clear_pointer (&text, g_free);
  return text;
}

static gboolean
get_object (PdgApiGetFunc get, gpointer source, const char *name, JsonNode **object)
{
  g_autofree char *text = get_text (get, source, name);

  *object = text != NULL ? pdg_api_parse_json (text, strlen (text)) : NULL;
  if (*object != NULL && JSON_NODE_HOLDS_NULL (*object))
    {
      g_clear_pointer (object, json_node_unref);
      return TRUE;
    }
  return text == NULL || (*object != NULL && JSON_NODE_HOLDS_OBJECT (*object));
}

gboolean
pdg_api_parameters_read_query (PdgApiParameters *parameters, PdgApiGetFunc get, gpointer source, PdgApiOutcome *outcome,
                               const char **message)
{
  g_autofree char *id = get_text (get, source, "documentId");

  *outcome = PDG_API_OUTCOME_MALFORMED;
  parameters->query = get_text (get, source, "query");
  parameters->operation_name = get_text (get, source, "operationName");
  if (!get_object (get, source, "variables", &parameters->variables))
    *message = "the parameter variables must be a JSON object";
  else if (!get_object (get, source, "extensions", &parameters->extensions))
    *message = "the parameter extensions must be a JSON object";
  else
    return finish (parameters, id, outcome, message);
  return FALSE;
}

void
pdg_api_parameters_clear (PdgApiParameters *parameters)
{
  g_free (parameters->query);
  g_free (parameters->operation_name);
  g_free (parameters->hash);
  g_clear_pointer (&parameters->variables, json_node_unref);
  g_clear_pointer (&parameters->extensions, json_node_unref);
  *parameters = (PdgApiParameters) { 0 };
}
