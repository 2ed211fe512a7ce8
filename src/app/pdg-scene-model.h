#pragma once

#include "app/pdg-arrangement.h"
#include "app/pdg-workspace.h"
#include "canvas/pdg-layout.h"
#include "canvas/pdg-scene.h"

G_BEGIN_DECLS

#define PDG_TYPE_SCENE_MODEL (pdg_scene_model_get_type ())
G_DECLARE_FINAL_TYPE (PdgSceneModel, pdg_scene_model, PDG, SCENE_MODEL, GObject)

/* Turns the workspace's graph into a scene on a worker: layout from the old positions and the places that people
 * have chosen, then routes. While a newer graph waits the older one's scene is dropped.
 * Signal "changed" when another scene is there (NULL when the project changed). UI thread. */
PdgSceneModel *pdg_scene_model_new (PdgWorkspace *workspace);

/* The places of its screens. (transfer none) */
PdgArrangement *pdg_scene_model_get_arrangement (PdgSceneModel *self);

/* Lays the screens out anew as pdg_layout_tidy() says, on a worker, and makes one edit of it. */
void           pdg_scene_model_tidy (PdgSceneModel *self, const char *const *screen_ids);

/* (transfer none) (nullable) */
PdgScene      *pdg_scene_model_get_scene (PdgSceneModel *self);

/* Where its cards lie and which are pinned. (transfer none) (nullable) */
PdgLayout     *pdg_scene_model_get_layout (PdgSceneModel *self);

/* Before the first graph: where its cards lay when it was kept. */
void           pdg_scene_model_set_layout (PdgSceneModel *self, PdgLayout *layout);

/* Whether the scene has the newest places. */
gboolean       pdg_scene_model_is_settled (PdgSceneModel *self);

/* Whether the scene is the first one since the project or range was chosen: to be shown whole, not animated. */
gboolean       pdg_scene_model_is_fresh (PdgSceneModel *self);

G_END_DECLS
