#include "config.h"
#include "app/pdg-scene-model.h"

#include <glib/gi18n-lib.h>

#include "canvas/pdg-layout-group.h"

struct _PdgSceneModel
{
  GObject parent_instance;
  PdgWorkspace *workspace;
  PdgArrangement *arrangement;
  GHashTable *applied; /* the places that the layout has taken */
  GCancellable *cancellable; /* of the newest build */
  PdgJourneyGraph *waiting; /* arrived while a build ran */
  PdgLayout *layout;
  PdgScene *scene;
  guint64 generation;
  gboolean running;
  gboolean fresh;
  gboolean next_is_fresh;
};

G_DEFINE_FINAL_TYPE (PdgSceneModel, pdg_scene_model, G_TYPE_OBJECT)

static guint changed_signal;

/* Immutable input and, after the worker, the result. */
typedef struct
{
  PdgJourneyGraph *graph;
  PdgLayout *previous;
  GHashTable *places;
  GHashTable *applied;
  PdgGroupBy group_by;
  GHashTable *folded;
  PdgLayout *layout;
  PdgScene *scene;
} Build;

static void
build_free (Build *build)
{
  pdg_journey_graph_unref (build->graph);
  g_clear_pointer (&build->previous, pdg_layout_unref);
  g_clear_pointer (&build->places, g_hash_table_unref);
  g_clear_pointer (&build->applied, g_hash_table_unref);
  g_clear_pointer (&build->folded, g_hash_table_unref);
  g_clear_pointer (&build->layout, pdg_layout_unref);
  g_clear_pointer (&build->scene, pdg_scene_unref);
  g_free (build);
}

static void
build_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Build *build = task_data;
  g_autoptr (PdgGrouping) grouping = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (build->places != build->applied)
    {
      PdgLayout *with = pdg_layout_with_places (build->previous, build->places, build->applied);

      g_clear_pointer (&build->previous, pdg_layout_unref);
      build->previous = with;
    }
  build->layout = pdg_layout_new (build->graph, build->previous);
  grouping = pdg_grouping_new (build->graph, build->group_by, build->folded);
  build->scene = pdg_scene_new_grouped (grouping, build->layout);
  g_task_return_boolean (task, TRUE);
}

typedef struct
{
  PdgSceneModel *self;
  guint64 generation;
} Wait;

static void start_build (PdgSceneModel *self, PdgJourneyGraph *graph);

static void
built_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Wait *wait = user_data;
  g_autoptr (PdgSceneModel) self = wait->self;
  Build *build = g_task_get_task_data (G_TASK (result));
  g_autoptr (PdgJourneyGraph) waiting = NULL;

  if (wait->generation != self->generation)
    return;
  self->running = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    return;
  g_clear_pointer (&self->layout, pdg_layout_unref);
  g_clear_pointer (&self->scene, pdg_scene_unref);
  g_clear_pointer (&self->applied, g_hash_table_unref);
  self->layout = g_steal_pointer (&build->layout);
  self->scene = g_steal_pointer (&build->scene);
  self->applied = g_steal_pointer (&build->places);
  self->fresh = self->next_is_fresh;
  self->next_is_fresh = FALSE;
  waiting = g_steal_pointer (&self->waiting);
  if (waiting != NULL)
    start_build (self, waiting);
  g_signal_emit (self, changed_signal, 0);
}

static void
start_build (PdgSceneModel *self, PdgJourneyGraph *graph)
{
  Build *build = g_new0 (Build, 1);
  Wait *wait = g_new0 (Wait, 1);
  GTask *task;

  wait->self = g_object_ref (self);
  wait->generation = self->generation;
  build->graph = pdg_journey_graph_ref (graph);
  build->previous = self->layout != NULL ? pdg_layout_ref (self->layout) : NULL;
  build->places = g_hash_table_ref (pdg_arrangement_get_places (self->arrangement));
  build->group_by = pdg_arrangement_get_group_by (self->arrangement);
  build->folded = g_hash_table_ref (pdg_arrangement_get_folded (self->arrangement));
  build->applied = self->applied != NULL ? g_hash_table_ref (self->applied) : NULL;
  self->running = TRUE;
  task = g_task_new (NULL, self->cancellable, built_cb, wait);
  g_task_set_source_tag (task, start_build);
  g_task_set_task_data (task, build, (GDestroyNotify) build_free);
  g_task_run_in_thread (task, build_worker);
  g_object_unref (task);
}

static void
drop_build (PdgSceneModel *self)
{
  self->generation++;
  self->running = FALSE;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->waiting, pdg_journey_graph_unref);
}

static void
graph_cb (PdgSceneModel *self)
{
  PdgJourneyGraph *graph = pdg_workspace_get_graph (self->workspace);

  if (graph == NULL) /* another project: its screens have nothing to do with these */
    {
      drop_build (self);
      self->cancellable = g_cancellable_new ();
      g_clear_pointer (&self->layout, pdg_layout_unref);
      g_clear_pointer (&self->applied, g_hash_table_unref);
      g_clear_pointer (&self->scene, pdg_scene_unref);
      self->next_is_fresh = TRUE;
      g_signal_emit (self, changed_signal, 0);
    }
  else if (!pdg_arrangement_is_ready (self->arrangement))
    return; /* it tells when it is */
  else if (self->running)
    {
      g_clear_pointer (&self->waiting, pdg_journey_graph_unref);
      self->waiting = pdg_journey_graph_ref (graph);
    }
  else
    start_build (self, graph);
}

static void
places_cb (PdgSceneModel *self)
{
  if (pdg_workspace_get_graph (self->workspace) != NULL)
    graph_cb (self);
}

static void
range_cb (PdgSceneModel *self)
{
  self->next_is_fresh = TRUE;
}

static void
pdg_scene_model_dispose (GObject *object)
{
  PdgSceneModel *self = PDG_SCENE_MODEL (object);

  drop_build (self);
  if (self->workspace != NULL)
    g_signal_handlers_disconnect_by_data (self->workspace, self);
  if (self->arrangement != NULL)
    g_signal_handlers_disconnect_by_data (self->arrangement, self);
  g_clear_object (&self->workspace);
  g_clear_object (&self->arrangement);
  g_clear_pointer (&self->applied, g_hash_table_unref);
  g_clear_pointer (&self->layout, pdg_layout_unref);
  g_clear_pointer (&self->scene, pdg_scene_unref);
  G_OBJECT_CLASS (pdg_scene_model_parent_class)->dispose (object);
}

static void
pdg_scene_model_class_init (PdgSceneModelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pdg_scene_model_dispose;
  changed_signal = g_signal_new ("changed", PDG_TYPE_SCENE_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pdg_scene_model_init (PdgSceneModel *self)
{
  self->cancellable = g_cancellable_new ();
  self->next_is_fresh = TRUE;
}

PdgSceneModel *
pdg_scene_model_new (PdgWorkspace *workspace)
{
  PdgSceneModel *self = g_object_new (PDG_TYPE_SCENE_MODEL, NULL);

  self->workspace = g_object_ref (workspace);
  g_signal_connect_swapped (workspace, "notify::graph", G_CALLBACK (graph_cb), self);
  g_signal_connect_swapped (workspace, "notify::range", G_CALLBACK (range_cb), self);
  self->arrangement = pdg_arrangement_new (workspace, NULL);
  g_signal_connect_swapped (self->arrangement, "changed", G_CALLBACK (places_cb), self);
  if (pdg_workspace_get_graph (workspace) != NULL)
    graph_cb (self);
  return self;
}

PdgScene *
pdg_scene_model_get_scene (PdgSceneModel *self)
{
  return self->scene;
}

gboolean
pdg_scene_model_is_settled (PdgSceneModel *self)
{
  return self->applied == pdg_arrangement_get_places (self->arrangement);
}

gboolean
pdg_scene_model_is_fresh (PdgSceneModel *self)
{
  return self->fresh;
}

PdgLayout *
pdg_scene_model_get_layout (PdgSceneModel *self)
{
  return self->layout;
}

void
pdg_scene_model_set_layout (PdgSceneModel *self, PdgLayout *layout)
{
  g_return_if_fail (self->scene == NULL && !self->running);
  g_clear_pointer (&self->layout, pdg_layout_unref);
  self->layout = pdg_layout_ref (layout);
}

PdgArrangement *
pdg_scene_model_get_arrangement (PdgSceneModel *self)
{
  return self->arrangement;
}

/* ---- tidying up ---- */

typedef struct
{
  PdgJourneyGraph *graph;
  PdgLayout *layout;
  char **screen_ids;
  GHashTable *places;
  PdgGroupBy group_by;
} Tidy;

static void
tidy_free (Tidy *tidy)
{
  pdg_journey_graph_unref (tidy->graph);
  pdg_layout_unref (tidy->layout);
  g_strfreev (tidy->screen_ids);
  g_hash_table_unref (tidy->places);
  g_free (tidy);
}

static void
tidy_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Tidy *tidy = task_data;
  g_autoptr (PdgGrouping) grouping = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (tidy->group_by != PDG_GROUP_BY_NONE && tidy->screen_ids == NULL)
    {
      grouping = pdg_grouping_new (tidy->graph, tidy->group_by, NULL);
      g_task_return_pointer (task, pdg_layout_new_grouped (grouping, tidy->places), (GDestroyNotify) pdg_layout_unref);
      return;
    }
  g_task_return_pointer (task, pdg_layout_tidy (tidy->graph, tidy->layout, (const char *const *) tidy->screen_ids, tidy->places),
                         (GDestroyNotify) pdg_layout_unref);
}

static void
tidied_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Wait *wait = user_data;
  g_autoptr (PdgSceneModel) self = wait->self;
  const Tidy *tidy = g_task_get_task_data (G_TASK (result));
  g_autoptr (PdgLayout) layout = g_task_propagate_pointer (G_TASK (result), NULL);
  g_autoptr (PdgEdit) edit = pdg_edit_new (_ ("Tidy up"));
  const PdgLayoutPosition *positions;
  guint n;

  /* What changed meanwhile is newer than what was tidied. */
  if (layout == NULL || wait->generation != self->generation || tidy->places != pdg_arrangement_get_places (self->arrangement))
    return;
  positions = pdg_layout_get_positions (layout, &n);
  for (guint i = 0; i < n; i++)
    {
      const PdgLayoutPosition *old = pdg_layout_lookup (tidy->layout, positions[i].screen_id);
      const PdgPlace *place = pdg_places_lookup (tidy->places, positions[i].screen_id);
      PdgPlace before = { 0 }, after = { positions[i].x, positions[i].y, positions[i].pinned, FALSE };

      if (place != NULL)
        before = *place;
      if (old != NULL)
        {
          before.x = old->x;
          before.y = old->y;
        }
      after.locked = before.locked;
      pdg_edit_add (edit, positions[i].screen_id, &before, &after);
    }
  pdg_arrangement_apply (self->arrangement, edit, FALSE);
}

void
pdg_scene_model_tidy (PdgSceneModel *self, const char *const *screen_ids)
{
  PdgJourneyGraph *graph = pdg_workspace_get_graph (self->workspace);
  g_autoptr (GTask) task = NULL;
  Tidy *tidy;
  Wait *wait;

  if (graph == NULL || self->layout == NULL)
    return;
  tidy = g_new0 (Tidy, 1);
  tidy->graph = pdg_journey_graph_ref (graph);
  tidy->layout = pdg_layout_ref (self->layout);
  tidy->screen_ids = g_strdupv ((char **) screen_ids);
  tidy->places = g_hash_table_ref (pdg_arrangement_get_places (self->arrangement));
  tidy->group_by = pdg_arrangement_get_group_by (self->arrangement);
  wait = g_new0 (Wait, 1);
  wait->self = g_object_ref (self);
  wait->generation = self->generation;
  task = g_task_new (NULL, self->cancellable, tidied_cb, wait);
  g_task_set_source_tag (task, pdg_scene_model_tidy);
  g_task_set_task_data (task, tidy, (GDestroyNotify) tidy_free);
  g_task_run_in_thread (task, tidy_worker);
}
