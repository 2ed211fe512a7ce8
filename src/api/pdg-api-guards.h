#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which guard refused how many GraphQL requests, and how many requests of each key are under way. Any thread. */
typedef struct _PdgApiGuards PdgApiGuards;

/* @max_per_key, @max_requests: requests at once; 0 = any number. (transfer full) */
PdgApiGuards *pdg_api_guards_new (guint max_per_key, guint max_requests);
void          pdg_api_guards_free (PdgApiGuards *guards);

/* Lets a request of @key begin, which pdg_api_guards_leave() must end; FALSE, and counted, when too many are under way. */
gboolean      pdg_api_guards_enter (PdgApiGuards *guards, const char *key);
void          pdg_api_guards_leave (PdgApiGuards *guards, const char *key);

/* Counts a refusal; @guard: a name of the table in pdg-api-guards.c; NULL counts nothing. */
void          pdg_api_guards_count (PdgApiGuards *guards, const char *guard);

/* All of them, as Prometheus text. */
void          pdg_api_guards_print (PdgApiGuards *guards, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgApiGuards, pdg_api_guards_free)

G_END_DECLS
