#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define PDG_TYPE_PROJECT (pdg_project_get_type ())
G_DECLARE_FINAL_TYPE (PdgProject, pdg_project, PDG, PROJECT, GObject)

/* One row of the project chooser. Properties "id", "name". */
PdgProject *pdg_project_new (const char *id, const char *name);

const char *pdg_project_get_id (PdgProject *self);
const char *pdg_project_get_name (PdgProject *self);

/* Makes @store hold the projects of the schema's list @nodes, keeping objects of the same id. UI thread. */
void        pdg_project_update_store (GListStore *store, JsonArray *nodes);

/* The project with this id, borrowed; NULL when @model has none. */
PdgProject *pdg_project_lookup (GListModel *model, const char *id);

G_END_DECLS
