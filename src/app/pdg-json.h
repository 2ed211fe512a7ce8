#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Careful reading of answers: a missing, null or mistyped member is the default, never a critical. Any thread. */

JsonObject *pdg_json_get_object (JsonObject *object, const char *member); /* borrowed, nullable; @object may be NULL */
JsonArray  *pdg_json_get_array (JsonObject *object, const char *member);  /* borrowed, nullable */
const char *pdg_json_get_string (JsonObject *object, const char *member); /* borrowed, nullable */
gint64      pdg_json_get_int (JsonObject *object, const char *member, gint64 missing);
double      pdg_json_get_double (JsonObject *object, const char *member, double missing);
gboolean    pdg_json_get_bool (JsonObject *object, const char *member);
gint64      pdg_json_get_time (JsonObject *object, const char *member);   /* unix microseconds; 0 when absent */
JsonObject *pdg_json_get_element (JsonArray *array, guint index);         /* borrowed, nullable */
guint       pdg_json_get_length (JsonArray *array);                       /* 0 for NULL */

/* The data of a GraphQL response, borrowed; NULL with an error of PDG_CLIENT_ERROR when there is none. Partial data is data. */
JsonObject *pdg_json_get_data (JsonNode *response, GError **error);

/* The first error message of a GraphQL response, borrowed; NULL when there is none. */
const char *pdg_json_get_error_message (JsonNode *response);

/* An object of variables: name, value pairs of strings, NULL-terminated; a NULL value is null. (transfer full) */
JsonNode   *pdg_json_new_variables (const char *name, ...) G_GNUC_NULL_TERMINATED;

/* Adds a string member at @path[0].@path[1]: variables of input objects. @value NULL is null. */
void        pdg_json_set_nested (JsonNode *variables, const char *object, const char *member, const char *value);

G_END_DECLS
