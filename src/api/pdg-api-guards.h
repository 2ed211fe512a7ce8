#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which guard refused how many GraphQL requests, and how many requests and streams of each key there are. Any thread. */
typedef struct _PdgApiGuards PdgApiGuards;

/* 0 = any number. A plain value. */
typedef struct
{
  guint key_requests; /* of one key at once */
  guint requests;     /* of all of them */
  guint key_streams;  /* connections of one key that stay open */
  guint streams;      /* of all of them */
} PdgApiGuardLimits;

/* A run of a subscription that wants a place; the first two members are the guards' own. */
typedef struct _PdgApiWaiter PdgApiWaiter;
struct _PdgApiWaiter
{
  gpointer key; /* NULL = it does not wait */
  GList link;
  void (*granted) (PdgApiWaiter *waiter); /* any thread, no lock held */
};

/* (transfer full) */
PdgApiGuards *pdg_api_guards_new (const PdgApiGuardLimits *limits);
void          pdg_api_guards_free (PdgApiGuards *guards);

/* Lets a request of @key begin, which pdg_api_guards_leave() must end; FALSE, and counted, when too many are under way. */
gboolean      pdg_api_guards_enter (PdgApiGuards *guards, const char *key);
void          pdg_api_guards_leave (PdgApiGuards *guards, const char *key);

/* The same for a run of a subscription. These have half of the places, so that requests always find one; a run that finds none
 * waits for it (FALSE): @waiter then has its granted called, unless pdg_api_guards_forget() returned TRUE before. */
gboolean      pdg_api_guards_enter_run (PdgApiGuards *guards, const char *key, PdgApiWaiter *waiter);
void          pdg_api_guards_leave_run (PdgApiGuards *guards, const char *key);
gboolean      pdg_api_guards_forget (PdgApiGuards *guards, PdgApiWaiter *waiter);

/* A connection of @key that stays open, which pdg_api_guards_close() must end; FALSE, and counted, when there are too many. */
gboolean      pdg_api_guards_open (PdgApiGuards *guards, const char *key);
void          pdg_api_guards_close (PdgApiGuards *guards, const char *key);

/* Counts a refusal; @guard: a name of the table in pdg-api-guards.c; NULL counts nothing. */
void          pdg_api_guards_count (PdgApiGuards *guards, const char *guard);

/* All of them, as Prometheus text. @n_bodies: requests refused for the length of their body, which others count. */
void          pdg_api_guards_print (PdgApiGuards *guards, guint64 n_bodies, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgApiGuards, pdg_api_guards_free)

G_END_DECLS
