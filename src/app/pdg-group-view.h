#pragma once

#include "canvas/pdg-group.h"

G_BEGIN_DECLS

/* How a user looks at a project's groups: what they are made by and which are folded. Kept in a file of the project. UI thread. */
typedef struct _PdgGroupView PdgGroupView;

/* @dir (nullable: the user's data folder) holds the files. (transfer full) */
PdgGroupView *pdg_group_view_new (const char *dir);
void          pdg_group_view_free (PdgGroupView *view);

/* Reads what was kept of the project; NULL: of none. */
void          pdg_group_view_open (PdgGroupView *view, const char *project_id);

PdgGroupBy    pdg_group_view_get_by (PdgGroupView *view);
void          pdg_group_view_set_by (PdgGroupView *view, PdgGroupBy by);

/* A set of group ids; immutable: another one after each change. (transfer none) */
GHashTable   *pdg_group_view_get_folded (PdgGroupView *view);
void          pdg_group_view_set_folded (PdgGroupView *view, const char *group_id, gboolean folded);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgGroupView, pdg_group_view_free)

G_END_DECLS
