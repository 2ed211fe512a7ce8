#pragma once

#include <gio/gio.h>

#include "base/pdg-arena.h"
#include "graphql/pdg-gql-schema.h"

G_BEGIN_DECLS

/* What a resolver gets: one field of one selection set and ALL objects of that level, so it is called once where a
 * naive executor would call it once an object. It answers by a set function for each index from 0 to get_n() - 1; an
 * index left unset is an execution error. A later set of the same index wins, except over an error. A call is valid
 * until the resolver returns, and used by its thread only. */

gpointer           pdg_gql_call_get_context (PdgGqlCall *call);
GCancellable      *pdg_gql_call_get_cancellable (PdgGqlCall *call);
guint              pdg_gql_call_get_n (PdgGqlCall *call);

/* Memory that lives until the execution ends: for sources and the strings that they lend. */
PdgArena          *pdg_gql_call_get_arena (PdgGqlCall *call);

/* The parent object @index, as the resolver above set it; the root source at the root. */
gpointer           pdg_gql_call_get_source (PdgGqlCall *call, guint index);
const char        *pdg_gql_call_get_type_name (PdgGqlCall *call);
const char        *pdg_gql_call_get_field_name (PdgGqlCall *call);

/* Coerced arguments, the same for all parents. An argument that was not given and has no default is absent; one
 * given as null is present and null. The strings live until the execution ends. */
gboolean           pdg_gql_call_has_arg (PdgGqlCall *call, const char *name);
gboolean           pdg_gql_call_arg_is_null (PdgGqlCall *call, const char *name);   /* absent or null */
const char        *pdg_gql_call_arg_string (PdgGqlCall *call, const char *name);    /* (nullable); enums too */
gint64             pdg_gql_call_arg_int (PdgGqlCall *call, const char *name);       /* 0 when absent or null */
gboolean           pdg_gql_call_arg_bool (PdgGqlCall *call, const char *name);
const PdgGqlValue *pdg_gql_call_arg_value (PdgGqlCall *call, const char *name);     /* (nullable) = absent */

/* Look-ahead: whether the selection below this field asks for @path, such as "nodes" or "nodes.snapshotId" (field
 * names, not aliases; of any concrete type; @skip and @include taken into account). */
gboolean           pdg_gql_call_selects (PdgGqlCall *call, const char *path);

/* Look-ahead: whether the whole operation is this root field with some of the leaves @names (NULL-terminated) below it, "id" or
 * "session.id": no other root field, no fragment, no other leaf. */
gboolean           pdg_gql_call_is_all (PdgGqlCall *call, const char *const *names);

/* Look-ahead: the only field at @path below this one ("session", "nodes.sessions"), as a call without parents: its arguments and its
 * selection can be read, and there is nothing to set. It lives until the execution ends. NULL when there is none, or several, or
 * fragments on the way, or when its arguments do not fit. (transfer none) (nullable) */
PdgGqlCall        *pdg_gql_call_look_ahead (PdgGqlCall *call, const char *path);

/* What tells this field of the document from every other: a call has what the look-ahead at it had. (nullable) when it is several
 * that are merged. */
gconstpointer      pdg_gql_call_get_selection (PdgGqlCall *call);

/* Leaves. Int fields take what fits 32 bits; Float fields take both numbers; ID fields take strings and ints; an
 * enum takes the name of its value; custom scalars take what their serialize hook takes. NULL text = null. */
void               pdg_gql_call_set_null (PdgGqlCall *call, guint index);
void               pdg_gql_call_set_string (PdgGqlCall *call, guint index, const char *text);          /* copies */
void               pdg_gql_call_set_borrowed_string (PdgGqlCall *call, guint index, const char *text); /* lives until the execution ends, as sources do */
void               pdg_gql_call_take_string (PdgGqlCall *call, guint index, char *text);               /* (transfer full) */
void               pdg_gql_call_set_int (PdgGqlCall *call, guint index, int number);
void               pdg_gql_call_set_int64 (PdgGqlCall *call, guint index, gint64 number);
void               pdg_gql_call_set_double (PdgGqlCall *call, guint index, double number);
void               pdg_gql_call_set_bool (PdgGqlCall *call, guint index, gboolean boolean);

/* A custom scalar as complete JSON text, which the caller vouches for; its serialize hook is not asked. Copies. */
void               pdg_gql_call_set_json (PdgGqlCall *call, guint index, const char *json, gssize len);

/* Lists of leaves. @texts is NULL-terminated; all are copied. */
void               pdg_gql_call_set_strings (PdgGqlCall *call, guint index, const char *const *texts);
void               pdg_gql_call_set_int64s (PdgGqlCall *call, guint index, const gint64 *numbers, guint n_numbers);
void               pdg_gql_call_set_doubles (PdgGqlCall *call, guint index, const double *numbers, guint n_numbers);

/* Objects. @destroy (nullable) is called when the execution ends; sources live until then. A NULL @source is null.
 * The plain forms serve fields whose type is an object type; interfaces and unions want the name of the concrete type. */
void               pdg_gql_call_set_object (PdgGqlCall *call, guint index, gpointer source, GDestroyNotify destroy);
void               pdg_gql_call_set_typed_object (PdgGqlCall *call, guint index, const char *type_name,
                                                  gpointer source, GDestroyNotify destroy);

/* Lists of objects, NULL items are null. set_list takes the array (transfer full), whose free function, if it has
 * one, frees the sources when the execution ends; set_borrowed_list copies the pointers only. */
void               pdg_gql_call_set_list (PdgGqlCall *call, guint index, GPtrArray *sources);
void               pdg_gql_call_set_borrowed_list (PdgGqlCall *call, guint index, gpointer const *sources, guint n_sources);
void               pdg_gql_call_set_typed_list (PdgGqlCall *call, guint index, GPtrArray *sources,
                                                const char *const *type_names /* one a source */);

/* Keeps @data until the execution ends: what owns the borrowed strings and sources of this call. */
void               pdg_gql_call_keep (PdgGqlCall *call, gpointer data, GDestroyNotify destroy);

/* Failures: of one parent's field, or of all of them. The error is taken (transfer full). */
void               pdg_gql_call_set_error (PdgGqlCall *call, guint index, GError *error);
void               pdg_gql_call_fail_all (PdgGqlCall *call, GError *error);

G_END_DECLS
