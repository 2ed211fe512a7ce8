#pragma once

#include "model/pdg-screen-signs.h"

G_BEGIN_DECLS

/* Gathers what was seen of a screen into groups, in any order of arrival. Not more than PDG_SIGN_GROUPS_MAX groups are made: what would be
 * one more is left out. Pure; any thread, one at a time. */

#define PDG_SIGN_GROUPS_MAX 2000

typedef struct _PdgSignGroups PdgSignGroups;

PdgSignGroups *pdg_sign_groups_new (void);
void           pdg_sign_groups_free (PdgSignGroups *groups);

/* One call, error or state; of each @groups only one kind. Texts are nullable, and borrowed. @status and @duration_ms: < 0 = not known. */
void           pdg_sign_groups_add_call (PdgSignGroups *groups, const char *method, const char *path, int status, double duration_ms, gint64 usec);
void           pdg_sign_groups_add_error (PdgSignGroups *groups, const char *type, const char *message, const char *component, gint32 session_no,
                                          gint64 usec);
void           pdg_sign_groups_add_state (PdgSignGroups *groups, const char *path, const char *value, gint64 usec);

/* The most frequent first, those of one number by name; states by path. At most @limit. (transfer full) (element-type PdgApiCalls,
 * PdgErrorGroup, PdgStateValue) */
GPtrArray     *pdg_sign_groups_list_calls (PdgSignGroups *groups, guint limit);
GPtrArray     *pdg_sign_groups_list_errors (PdgSignGroups *groups, guint limit);
GPtrArray     *pdg_sign_groups_list_states (PdgSignGroups *groups, guint limit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgSignGroups, pdg_sign_groups_free)

G_END_DECLS
