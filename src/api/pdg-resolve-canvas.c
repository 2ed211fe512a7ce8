#include "config.h"
#include "api/pdg-resolve.h"

#include "service/pdg-commands-canvas.h"

/* Where people have put the screens of a project (PdgCanvasRecord, PdgCanvasNode). */

static void
project_canvas (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *project_nos = pdg_resolve_dup_project_nos (call);
  GError *error = NULL;
  GPtrArray *canvases;

  if (queries == NULL)
    return;
  canvases = pdg_queries_load_canvases (queries, project_nos, pdg_gql_call_get_n (call), &error);
  pdg_resolve_set_objects (call, canvases, &error);
}

static void
canvas_nodes (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint n = pdg_gql_call_get_n (call);
  g_autofree gint32 *project_nos = g_new (gint32, n + 1);
  g_autoptr (GPtrArray) lists = NULL;
  GError *error = NULL;

  if (queries == NULL)
    return;
  for (guint i = 0; i < n; i++)
    project_nos[i] = ((const PdgCanvasRecord *) pdg_gql_call_get_source (call, i))->project_no;
  lists = pdg_queries_list_canvas_nodes (queries, project_nos, n, &error);
  if (lists == NULL)
    pdg_gql_call_fail_all (call, error);
  for (guint i = 0; lists != NULL && i < lists->len; i++)
    pdg_gql_call_set_list (call, i, g_ptr_array_ref (lists->pdata[i]));
}

static void
canvas_may_edit (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);

  for (guint i = 0; queries != NULL && i < pdg_gql_call_get_n (call); i++)
    pdg_gql_call_set_bool (call, i, pdg_queries_may_arrange (queries));
}

static double
get_number (const PdgGqlValue *item, const char *member)
{
  return pdg_gql_value_get_double (pdg_gql_value_lookup (item, member), 0);
}

static gboolean
get_flag (const PdgGqlValue *item, const char *member)
{
  return pdg_gql_value_get_bool (pdg_gql_value_lookup (item, member), FALSE);
}

static void
mutation_arrange_canvas (PdgGqlCall *call)
{
  const PdgGqlValue *input, *list;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  g_autofree PdgCanvasChange *changes = NULL;
  guint n;
  GError *error = NULL;
  PdgCanvasRecord *canvas;

  list = pdg_gql_value_lookup (input, "changes");
  n = pdg_gql_value_get_length (list);
  changes = g_new0 (PdgCanvasChange, n + 1);
  for (guint i = 0; i < n; i++)
    {
      const PdgGqlValue *item = pdg_gql_value_get_item (list, i);

      changes[i] = (PdgCanvasChange) {
        .screen_no = pdg_resolve_parse_number (pdg_resolve_input_string (item, "screenId")),
        .x = get_number (item, "x"),
        .y = get_number (item, "y"),
        .is_pinned = get_flag (item, "isPinned"),
        .is_locked = get_flag (item, "isLocked"),
        .base_revision = (gint32) CLAMP (pdg_gql_value_get_int (pdg_gql_value_lookup (item, "baseRevision"), 0), 0, G_MAXINT32),
        .keeps_newer = get_flag (item, "keepsNewer"),
      };
    }
  canvas = pdg_commands_arrange_canvas (context->conn, context->principal, context->api->options.hub,
                                        pdg_resolve_input_string (input, "projectId"), changes, n, &error);
  pdg_resolve_set_payload (call, canvas, g_free, error);
}

PDG_RESOLVE_MEMBER (canvas_revision, PdgCanvasRecord, pdg_gql_call_set_double (call, i, (double) source->revision))
PDG_RESOLVE_MEMBER (node_screen_id, PdgCanvasNode, pdg_gql_call_set_int (call, i, source->screen_no))
PDG_RESOLVE_MEMBER (node_x, PdgCanvasNode, pdg_gql_call_set_double (call, i, source->x))
PDG_RESOLVE_MEMBER (node_y, PdgCanvasNode, pdg_gql_call_set_double (call, i, source->y))
PDG_RESOLVE_MEMBER (node_is_pinned, PdgCanvasNode, pdg_gql_call_set_bool (call, i, source->is_pinned))
PDG_RESOLVE_MEMBER (node_is_locked, PdgCanvasNode, pdg_gql_call_set_bool (call, i, source->is_locked))
PDG_RESOLVE_MEMBER (node_revision, PdgCanvasNode, pdg_gql_call_set_int (call, i, source->revision))
PDG_RESOLVE_MEMBER (node_changed_by, PdgCanvasNode, pdg_gql_call_set_string (call, i, source->changed_by))
PDG_RESOLVE_MEMBER (node_changed_at, PdgCanvasNode, pdg_resolve_set_time (call, i, source->changed_usec))

static const PdgGqlBinding bindings[] = {
  { "Project.canvas", project_canvas },
  { "Canvas.revision", canvas_revision },
  { "Canvas.mayEdit", canvas_may_edit },
  { "Canvas.nodes", canvas_nodes },
  { "CanvasNode.screenId", node_screen_id },
  { "CanvasNode.x", node_x },
  { "CanvasNode.y", node_y },
  { "CanvasNode.isPinned", node_is_pinned },
  { "CanvasNode.isLocked", node_is_locked },
  { "CanvasNode.revision", node_revision },
  { "CanvasNode.changedBy", node_changed_by },
  { "CanvasNode.changedAt", node_changed_at },
  { "Mutation.arrangeCanvas", mutation_arrange_canvas },
  PDG_RESOLVE_PAYLOAD ("ArrangeCanvas", "canvas", pdg_resolve_payload_object),
};

PdgResolveTable
pdg_resolve_canvas_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
