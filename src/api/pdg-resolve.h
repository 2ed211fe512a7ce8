#pragma once

#include "api/pdg-api-private.h"
#include "service/pdg-queries-audience.h"
#include "model/pdg-event-filter.h"

G_BEGIN_DECLS

/* What the resolvers of schema.graphql share. A file of resolvers has one table of bindings. Sources: the roots have none
 * (a subscription has its PdgApiChange); Project is a PdgProject; the others say at their resolvers what they are. */

#define PDG_RESOLVE_MAX_PAGE 100

typedef struct
{
  const PdgGqlBinding *bindings;
  gsize n;
} PdgResolveTable;

#define PDG_RESOLVE_TABLE(bindings) { (bindings), G_N_ELEMENTS (bindings) }

PdgResolveTable pdg_resolve_access_mutation_table (void);
PdgResolveTable pdg_resolve_access_table (void);
PdgResolveTable pdg_resolve_actor_table (void);
PdgResolveTable pdg_resolve_directory_table (void);
PdgResolveTable pdg_resolve_event_table (void);
PdgResolveTable pdg_resolve_funnel_table (void);
PdgResolveTable pdg_resolve_graph_change_table (void);
PdgResolveTable pdg_resolve_graph_table (void);
PdgResolveTable pdg_resolve_comment_table (void);
PdgResolveTable pdg_resolve_consent_table (void);
PdgResolveTable pdg_resolve_guard_table (void);
PdgResolveTable pdg_resolve_plan_table (void);
PdgResolveTable pdg_resolve_journey_mutation_table (void);
PdgResolveTable pdg_resolve_journey_table (void);
PdgResolveTable pdg_resolve_key_mutation_table (void);
PdgResolveTable pdg_resolve_mutation_table (void);
PdgResolveTable pdg_resolve_page_table (void);
PdgResolveTable pdg_resolve_payload_table (void);
PdgResolveTable pdg_resolve_people_table (void);
PdgResolveTable pdg_resolve_person_mutation_table (void);
PdgResolveTable pdg_resolve_release_table (void);
PdgResolveTable pdg_resolve_replay_table (void);
PdgResolveTable pdg_resolve_canvas_table (void);
PdgResolveTable pdg_resolve_retention_table (void);
PdgResolveTable pdg_resolve_screen_table (void);
PdgResolveTable pdg_resolve_session_table (void);
PdgResolveTable pdg_resolve_sign_table (void);
PdgResolveTable pdg_resolve_subscription_table (void);
PdgResolveTable pdg_resolve_traffic_table (void);

/* One resolver a member: a loop over the parents that sets what @SET says of @source. */
#define PDG_RESOLVE_MEMBER(name, Type, SET)                           \
  static void name (PdgGqlCall *call)                                 \
  {                                                                   \
    for (guint i = 0; i < pdg_gql_call_get_n (call); i++)             \
      {                                                               \
        const Type *source = pdg_gql_call_get_source (call, i);       \
        SET;                                                          \
      }                                                               \
  }

/* The reads of this execution; NULL when the call was refused. */
PdgQueries *pdg_resolve_get_queries (PdgGqlCall *call);

/* What Query.project looks up, of a call or a look-ahead at one. It lives as long as the execution. */
void        pdg_resolve_get_key (PdgGqlCall *call, PdgApiLookup *key);

/* Keeps @values (transfer full, one a parent) that were read together with what is above them, for the field that @ahead looked ahead
 * at; and gives them to that field. (transfer full) (nullable) = it has to read them itself. */
void        pdg_resolve_read_ahead (PdgGqlCall *ahead, GPtrArray *values);
GPtrArray  *pdg_resolve_take_ahead (PdgGqlCall *call);

/* What Project.sessions takes, of a call or a look-ahead at one; FALSE when it was refused. The filter of events is the caller's. */
gboolean    pdg_resolve_get_session_filter (PdgGqlCall *call, PdgStoreSessionFilter *filter, PdgEventFilter **events);

/* The argument "first" of a page; 0 when the call was refused. */
guint       pdg_resolve_get_first (PdgGqlCall *call);

/* How many to ask for: one more when the page must know whether others follow; 0 when the call was refused. */
guint       pdg_resolve_get_limit (PdgGqlCall *call);

/* The half-open range of the argument "range", open ends as G_MININT64 and G_MAXINT64; FALSE when the call was refused. */
gboolean    pdg_resolve_get_range (PdgGqlCall *call, gint64 *from_usec, gint64 *to_usec);

/* The argument "filter"; NULL when it was not given or asks for nothing, or when the call was @refused. (transfer full) */
PdgEventFilter *pdg_resolve_get_filter (PdgGqlCall *call, gboolean *refused);
/* The same of an EventFilterInput inside another argument. @input: nullable. */
PdgEventFilter *pdg_resolve_read_filter (PdgGqlCall *call, const PdgGqlValue *input, gboolean *refused);

/* Refuses the call for an argument that makes no sense; @format says which and what to do. */
void        pdg_resolve_refuse (PdgGqlCall *call, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* The number that a public id stands for; -1 when it is none, which no row has. @id: (nullable) = 0. */
gint32      pdg_resolve_parse_number (const char *id);

/* A time, or null for PDG_TIME_NONE; a measure, or null below 0. */
void        pdg_resolve_set_time (PdgGqlCall *call, guint index, gint64 usec);
void        pdg_resolve_set_measure (PdgGqlCall *call, guint index, double value);

/* The cursor of a node of a page. (transfer full) */
typedef char *(*PdgResolveCursorFunc) (gconstpointer node);

/* Answers parent @index with a connection: of @nodes (transfer full) as many as the argument "first" says, where up to
 * pdg_resolve_get_limit() of them were asked for. Its type binds PDG_RESOLVE_CONNECTION. */
void        pdg_resolve_set_page (PdgGqlCall *call, guint index, GPtrArray *nodes, PdgResolveCursorFunc make_cursor);

/* The cursor of a list by time and then by number, newest first; and the place that the argument "after" names, G_MAXINT64 for both
 * when it is absent. FALSE when the call was refused. */
char       *pdg_resolve_make_time_cursor (gint64 usec, gint64 number);
gboolean    pdg_resolve_get_time_cursor (PdgGqlCall *call, gint64 *usec, gint64 *number);

/* The arguments "first" and "after" of such a list; FALSE when the call was refused. */
gboolean    pdg_resolve_get_page (PdgGqlCall *call, PdgStorePage *page);

/* Answers every parent with a connection: @lists (transfer full) has the nodes of each, or is NULL with *@error (transfer full). It
 * takes the error's address, so that the call that sets it may stand beside it. */
void        pdg_resolve_set_pages (PdgGqlCall *call, GPtrArray *lists, GError **error, PdgResolveCursorFunc make_cursor);

/* Answers every parent with an object: @objects (transfer full) has one for each, NULL for null, or is NULL with *@error
 * (transfer full). */
void        pdg_resolve_set_objects (PdgGqlCall *call, GPtrArray *objects, GError **error);

/* Answers every parent with its screen, by one statement; @locate says which that is, of a number 0 for none. */
typedef void (*PdgResolveLocateFunc) (gconstpointer source, gint32 *project_no, gint32 *screen_no);
void        pdg_resolve_set_screens (PdgGqlCall *call, PdgResolveLocateFunc locate);

/* Whether the nodes of this connection are asked for @field, by nodes or by edges. */
gboolean    pdg_resolve_selects_node (PdgGqlCall *call, const char *field);

/* The numbers of the parents, which are projects. (transfer full) */
gint32     *pdg_resolve_dup_project_nos (PdgGqlCall *call);

/* What every connection of sessions takes, first and after; FALSE when the call was refused. */
gboolean    pdg_resolve_get_session_page (PdgGqlCall *call, PdgStoreSessionFilter *filter);

/* What the selection wants of its sessions, which are the nodes of a connection or the field itself; and the cursor of one. */
PdgSessionParts pdg_resolve_get_session_parts (PdgGqlCall *call, gboolean is_page);
char       *pdg_resolve_make_session_cursor (gconstpointer node);
/* A cursor of a text and a number; and the place that the argument "after" names: NULL and 0 when it is absent. FALSE when the
 * call was refused. @text: (out) (transfer none). */
char       *pdg_resolve_make_text_cursor (const char *text, gint64 number);
gboolean    pdg_resolve_get_text_cursor (PdgGqlCall *call, const char **text, gint64 *number);

/* ---- Mutations: a payload has what was done, or nothing and why. */

typedef struct
{
  gpointer object; /* nullable */
  GDestroyNotify destroy;
  GError *error;   /* nullable */
} PdgResolvePayload;

/* What a mutation works with: the reads of this execution end, so that what follows sees the change. @input: (out). */
PdgApiContext *pdg_resolve_begin_mutation (PdgGqlCall *call, const PdgGqlValue **input);

/* A text of the input, NULL when it is absent or null. */
const char *pdg_resolve_input_string (const PdgGqlValue *input, const char *member);

/* Answers the mutation with @object (transfer full, NULL = it was not done) or @error (transfer full): a refusal of the
 * service becomes an error of the payload, anything else fails the field. */
void        pdg_resolve_set_payload (PdgGqlCall *call, gpointer object, GDestroyNotify destroy, GError *error);

/* Resolvers of every XPayload: its object, its errors, and an id that stands for an object which is gone (a text). */
void        pdg_resolve_payload_object (PdgGqlCall *call);
void        pdg_resolve_payload_errors (PdgGqlCall *call);
void        pdg_resolve_payload_id (PdgGqlCall *call);

#define PDG_RESOLVE_PAYLOAD(Type, object, resolver)              \
  { Type "Payload." object, resolver },                          \
  { Type "Payload.errors", pdg_resolve_payload_errors }

/* The name of a role in the schema, and back; NULL reads as viewer. */
const char *pdg_resolve_role_name (PdgRole role);
PdgRole     pdg_resolve_parse_role (const char *name);

/* The name of a day of the week in the schema, 0 Sunday to 6 Saturday, and back; NULL reads as -1. */
const char *pdg_resolve_day_name (int day);
int         pdg_resolve_parse_day (const char *name);

/* The cursor of a PdgActor in lists by activity. (transfer full) */
char       *pdg_resolve_make_actor_cursor (gconstpointer node);

/* Resolvers of every XConnection and XEdge, whose source pdg_resolve_set_page() made. */
void        pdg_resolve_page_nodes (PdgGqlCall *call);
void        pdg_resolve_page_edges (PdgGqlCall *call);
void        pdg_resolve_page_info (PdgGqlCall *call);
void        pdg_resolve_edge_node (PdgGqlCall *call);
void        pdg_resolve_edge_cursor (PdgGqlCall *call);

#define PDG_RESOLVE_CONNECTION(Type)                           \
  { Type "Connection.nodes", pdg_resolve_page_nodes },         \
  { Type "Connection.edges", pdg_resolve_page_edges },         \
  { Type "Connection.pageInfo", pdg_resolve_page_info },       \
  { Type "Edge.node", pdg_resolve_edge_node },                 \
  { Type "Edge.cursor", pdg_resolve_edge_cursor }

G_END_DECLS
