#pragma once

#include "api/pdg-resolve.h"

G_BEGIN_DECLS

/* The sessions behind a number of every parent, flat. */
typedef struct
{
  GArray *places, *projects, *sessions; /* gint32 */
} PdgResolveMembers;

#define PDG_RESOLVE_MEMBERS_INIT                                                                                          \
  { g_array_new (FALSE, FALSE, sizeof (gint32)), g_array_new (FALSE, FALSE, sizeof (gint32)), g_array_new (FALSE, FALSE, sizeof (gint32)) }

void pdg_resolve_members_clear (PdgResolveMembers *members);

/* One of parent @index. */
void pdg_resolve_members_add (PdgResolveMembers *members, guint index, gint32 project_no, gint32 session_no);

/* Answers each parent with a connection of its sessions, newest first, or of their actors, by the arguments "first" and "after". */
void pdg_resolve_members_set_sessions (PdgGqlCall *call, const PdgResolveMembers *members);
void pdg_resolve_members_set_actors (PdgGqlCall *call, const PdgResolveMembers *members);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PdgResolveMembers, pdg_resolve_members_clear)

G_END_DECLS
