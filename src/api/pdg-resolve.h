#pragma once

#include "api/pdg-api-private.h"
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

PdgResolveTable pdg_resolve_directory_table (void);
PdgResolveTable pdg_resolve_event_table (void);
PdgResolveTable pdg_resolve_graph_table (void);
PdgResolveTable pdg_resolve_mutation_table (void);
PdgResolveTable pdg_resolve_page_table (void);
PdgResolveTable pdg_resolve_session_table (void);
PdgResolveTable pdg_resolve_subscription_table (void);

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

/* The argument "first" of a page; 0 when the call was refused. */
guint       pdg_resolve_get_first (PdgGqlCall *call);

/* The half-open range of the argument "range", open ends as G_MININT64 and G_MAXINT64; FALSE when the call was refused. */
gboolean    pdg_resolve_get_range (PdgGqlCall *call, gint64 *from_usec, gint64 *to_usec);

/* The argument "filter"; NULL when it was not given or asks for nothing, or when the call was @refused. (transfer full) */
PdgEventFilter *pdg_resolve_get_filter (PdgGqlCall *call, gboolean *refused);

/* Refuses the call for an argument that makes no sense; @format says which and what to do. */
void        pdg_resolve_refuse (PdgGqlCall *call, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* A time, or null for PDG_TIME_NONE; a measure, or null below 0. */
void        pdg_resolve_set_time (PdgGqlCall *call, guint index, gint64 usec);
void        pdg_resolve_set_measure (PdgGqlCall *call, guint index, double value);

/* The cursor of a node of a page. (transfer full) */
typedef char *(*PdgResolveCursorFunc) (gconstpointer node);

/* Answers parent @index with a connection: the first @first of @nodes (transfer full), of which one more was asked for to
 * know whether others follow. Its type binds PDG_RESOLVE_CONNECTION. */
void        pdg_resolve_set_page (PdgGqlCall *call, guint index, GPtrArray *nodes, guint first, PdgResolveCursorFunc make_cursor);

/* Answers every parent with a connection: @lists (transfer full) has the nodes of each, or is NULL with @error (transfer full). */
void        pdg_resolve_set_pages (PdgGqlCall *call, GPtrArray *lists, GError *error, guint first, PdgResolveCursorFunc make_cursor);

/* Answers every parent with an object: @objects (transfer full) has one for each, NULL for null, or is NULL with @error
 * (transfer full). */
void        pdg_resolve_set_objects (PdgGqlCall *call, GPtrArray *objects, GError *error);

/* Whether the nodes of this connection are asked for @field, by nodes or by edges. */
gboolean    pdg_resolve_selects_node (PdgGqlCall *call, const char *field);

/* The numbers of the parents, which are projects. (transfer full) */
gint32     *pdg_resolve_dup_project_nos (PdgGqlCall *call);

/* What the selection wants of its sessions, which are the nodes of a connection or the field itself; and the cursor of one. */
PdgSessionParts pdg_resolve_get_session_parts (PdgGqlCall *call, gboolean is_page);
char       *pdg_resolve_make_session_cursor (gconstpointer node);

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
