#include "config.h"
#include "api/pdg-resolve.h"

#include "codec/pdg-json-check.h"
#include "model/pdg-screen-path.h"

#include <string.h>

/* Screens (PdgScreen) and their pictures (PdgSnapshot). */

static char *
make_screen_cursor (gconstpointer node)
{
  return g_strdup (((const PdgScreen *) node)->path);
}

static void
project_screens (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint limit = queries != NULL ? pdg_resolve_get_limit (call) : 0;
  g_autofree gint32 *projects = NULL;
  GError *error = NULL;
  GPtrArray *lists;

  if (limit == 0)
    return;
  projects = pdg_resolve_dup_project_nos (call);
  lists = pdg_queries_list_screens (queries, projects, pdg_gql_call_get_n (call), pdg_gql_call_arg_string (call, "search"),
                                    pdg_gql_call_arg_string (call, "after"), limit, &error);
  pdg_resolve_set_pages (call, lists, &error, make_screen_cursor);
}

void
pdg_resolve_set_screens (PdgGqlCall *call, PdgResolveLocateFunc locate)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint n = pdg_gql_call_get_n (call);
  g_autofree gint32 *projects = g_new (gint32, n + 1), *screens = g_new (gint32, n + 1);
  GError *error = NULL;

  for (guint i = 0; i < n; i++)
    locate (pdg_gql_call_get_source (call, i), &projects[i], &screens[i]);
  if (queries != NULL)
    pdg_resolve_set_objects (call, pdg_queries_lookup_screens (queries, projects, screens, n, &error), &error);
}

static void
project_screen (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint n = pdg_gql_call_get_n (call);
  g_autofree gint32 *projects = pdg_resolve_dup_project_nos (call), *screens = g_new (gint32, n + 1);
  GError *error = NULL;

  for (guint i = 0; i < n; i++)
    screens[i] = pdg_resolve_parse_number (pdg_gql_call_arg_string (call, "id"));
  if (queries != NULL)
    pdg_resolve_set_objects (call, pdg_queries_lookup_screens (queries, projects, screens, n, &error), &error);
}

static void
screen_name (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const PdgScreen *screen = pdg_gql_call_get_source (call, i);

      if (screen->title != NULL)
        pdg_gql_call_set_borrowed_string (call, i, screen->title);
      else
        pdg_gql_call_take_string (call, i, pdg_screen_path_dup_name (screen->path));
    }
}

/* ---- Snapshots */

static char *
make_snapshot_cursor (gconstpointer node)
{
  const PdgSnapshot *snapshot = node;

  return pdg_resolve_make_time_cursor (snapshot->taken_usec, snapshot->snapshot_no);
}

static gboolean
get_snapshot_filter (PdgGqlCall *call, PdgStoreSnapshotFilter *filter)
{
  guint limit = pdg_resolve_get_limit (call);

  filter->limit = limit;
  return limit > 0 && pdg_resolve_get_range (call, &filter->from_usec, &filter->to_usec)
         && pdg_resolve_get_time_cursor (call, &filter->before_taken_usec, &filter->before_snapshot_no);
}

static void
project_snapshots (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint n = pdg_gql_call_get_n (call);
  gint32 screen_no = pdg_resolve_parse_number (pdg_gql_call_arg_string (call, "screenId"));
  g_autofree gint32 *projects = NULL, *screens = g_new (gint32, n + 1);
  PdgStoreSnapshotFilter filter;
  GError *error = NULL;
  GPtrArray *lists;

  if (queries == NULL || !get_snapshot_filter (call, &filter))
    return;
  projects = pdg_resolve_dup_project_nos (call);
  for (guint i = 0; i < n; i++)
    screens[i] = screen_no;
  lists = pdg_queries_list_snapshots (queries, projects, screen_no != 0 ? screens : NULL, n, &filter, &error);
  pdg_resolve_set_pages (call, lists, &error, make_snapshot_cursor);
}

/* The lists of every parent, which is a PdgScreen. */
static GPtrArray *
list_screen_snapshots (PdgGqlCall *call, PdgQueries *queries, const PdgStoreSnapshotFilter *filter, GError **error)
{
  guint n = pdg_gql_call_get_n (call);
  g_autofree gint32 *projects = g_new (gint32, n + 1), *screens = g_new (gint32, n + 1);

  for (guint i = 0; i < n; i++)
    {
      const PdgScreen *screen = pdg_gql_call_get_source (call, i);

      projects[i] = screen->project_no;
      screens[i] = screen->screen_no;
    }
  return pdg_queries_list_snapshots (queries, projects, screens, n, filter, error);
}

static void
screen_snapshots (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  PdgStoreSnapshotFilter filter;
  GError *error = NULL;
  GPtrArray *lists;

  if (queries == NULL || !get_snapshot_filter (call, &filter))
    return;
  lists = list_screen_snapshots (call, queries, &filter, &error);
  pdg_resolve_set_pages (call, lists, &error, make_snapshot_cursor);
}

static void
screen_snapshot (PdgGqlCall *call)
{
  static const PdgStoreSnapshotFilter newest = { G_MININT64, G_MAXINT64, G_MAXINT64, G_MAXINT64, 1 };
  PdgQueries *queries = pdg_resolve_get_queries (call);
  GError *error = NULL;
  GPtrArray *lists = queries != NULL ? list_screen_snapshots (call, queries, &newest, &error) : NULL;

  if (queries == NULL)
    return;
  if (lists == NULL)
    {
      pdg_gql_call_fail_all (call, error);
      return;
    }
  for (guint i = 0; i < lists->len; i++)
    {
      GPtrArray *list = lists->pdata[i];

      pdg_gql_call_set_object (call, i, list->len > 0 ? list->pdata[0] : NULL, NULL);
    }
  pdg_gql_call_keep (call, lists, (GDestroyNotify) g_ptr_array_unref);
}

static void
locate_snapshot_screen (gconstpointer source, gint32 *project_no, gint32 *screen_no)
{
  const PdgSnapshot *snapshot = source;

  *project_no = snapshot->project_no;
  *screen_no = snapshot->screen_no;
}

static void
snapshot_screen (PdgGqlCall *call)
{
  pdg_resolve_set_screens (call, locate_snapshot_screen);
}

/* One statement for all; a picture that no session took has none. */
static void
snapshot_session (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint n = pdg_gql_call_get_n (call);
  g_autofree gint32 *projects = g_new (gint32, n + 1), *sessions = g_new (gint32, n + 1);
  GError *error = NULL;

  for (guint i = 0; i < n; i++)
    {
      const PdgSnapshot *snapshot = pdg_gql_call_get_source (call, i);

      projects[i] = snapshot->project_no;
      sessions[i] = snapshot->session_no;
    }
  if (queries != NULL)
    pdg_resolve_set_objects (call,
                             pdg_queries_lookup_sessions (queries, projects, sessions, n, pdg_resolve_get_session_parts (call, FALSE), &error),
                             &error);
}

/* These texts were stored by a tenant: what is no JSON must not break the response. */
static void
set_json_texts (PdgGqlCall *call, PdgStoreSnapshotText which)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint n = pdg_gql_call_get_n (call);
  g_autofree gint64 *numbers = g_new (gint64, n + 1);
  g_autoptr (GPtrArray) texts = NULL;
  GError *error = NULL;

  if (queries == NULL)
    return;
  for (guint i = 0; i < n; i++)
    numbers[i] = ((const PdgSnapshot *) pdg_gql_call_get_source (call, i))->snapshot_no;
  texts = pdg_queries_load_snapshot_texts (queries, numbers, n, which, &error);
  if (texts == NULL)
    {
      pdg_gql_call_fail_all (call, error);
      return;
    }
  for (guint i = 0; i < n; i++)
    if (texts->pdata[i] == NULL)
      pdg_gql_call_set_null (call, i);
    else if (pdg_json_is_valid (texts->pdata[i], strlen (texts->pdata[i])))
      pdg_gql_call_set_json (call, i, texts->pdata[i], -1);
    else
      pdg_gql_call_set_error (call, i, g_error_new (PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_INVALID, "what was stored with this picture is no JSON"));
}

static void
snapshot_component_tree (PdgGqlCall *call)
{
  set_json_texts (call, PDG_STORE_SNAPSHOT_COMPONENT_TREE);
}

static void
snapshot_state (PdgGqlCall *call)
{
  set_json_texts (call, PDG_STORE_SNAPSHOT_STATE);
}

PDG_RESOLVE_MEMBER (screen_id, PdgScreen, pdg_gql_call_set_int (call, i, source->screen_no))
PDG_RESOLVE_MEMBER (screen_path, PdgScreen, pdg_gql_call_set_borrowed_string (call, i, source->path))
PDG_RESOLVE_MEMBER (screen_title, PdgScreen, pdg_gql_call_set_borrowed_string (call, i, source->title))
PDG_RESOLVE_MEMBER (snapshot_id, PdgSnapshot, pdg_gql_call_set_int64 (call, i, source->snapshot_no))
PDG_RESOLVE_MEMBER (snapshot_taken_at, PdgSnapshot, pdg_gql_call_set_int64 (call, i, source->taken_usec))
PDG_RESOLVE_MEMBER (snapshot_width, PdgSnapshot, pdg_gql_call_set_int (call, i, source->width))
PDG_RESOLVE_MEMBER (snapshot_height, PdgSnapshot, pdg_gql_call_set_int (call, i, source->height))
PDG_RESOLVE_MEMBER (snapshot_media_type, PdgSnapshot, pdg_gql_call_set_borrowed_string (call, i, source->media_type))
PDG_RESOLVE_MEMBER (snapshot_blob_id, PdgSnapshot, pdg_gql_call_set_borrowed_string (call, i, source->blob_id))
PDG_RESOLVE_MEMBER (snapshot_journey_id, PdgSnapshot, pdg_gql_call_set_borrowed_string (call, i, source->journey))
PDG_RESOLVE_MEMBER (snapshot_step_id, PdgSnapshot, pdg_gql_call_set_borrowed_string (call, i, source->step))

/* What was not said is null. */
static void
set_pixels (PdgGqlCall *call, guint index, gint32 pixels)
{
  if (pixels > 0)
    pdg_gql_call_set_int (call, index, pixels);
  else
    pdg_gql_call_set_null (call, index);
}

static void
set_scale (PdgGqlCall *call, guint index, double scale)
{
  if (scale > 0)
    pdg_gql_call_set_double (call, index, scale);
  else
    pdg_gql_call_set_null (call, index);
}

PDG_RESOLVE_MEMBER (snapshot_viewport_width, PdgSnapshot, set_pixels (call, i, source->viewport_width))
PDG_RESOLVE_MEMBER (snapshot_viewport_height, PdgSnapshot, set_pixels (call, i, source->viewport_height))
PDG_RESOLVE_MEMBER (snapshot_device_scale, PdgSnapshot, set_scale (call, i, source->device_scale))

static void
snapshot_url (PdgGqlCall *call)
{
  gint64 width = pdg_gql_call_arg_int (call, "width");

  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const PdgSnapshot *source = pdg_gql_call_get_source (call, i);

      pdg_gql_call_take_string (call, i, width > 0 ? g_strdup_printf ("/v1/blobs/%s?width=%" G_GINT64_FORMAT, source->blob_id, width)
                                                   : g_strconcat ("/v1/blobs/", source->blob_id, NULL));
    }
}

static const PdgGqlBinding bindings[] = {
  { "Project.screens", project_screens },
  { "Project.screen", project_screen },
  { "Project.snapshots", project_snapshots },
  PDG_RESOLVE_CONNECTION ("Screen"),
  { "Screen.id", screen_id },
  { "Screen.path", screen_path },
  { "Screen.name", screen_name },
  { "Screen.title", screen_title },
  { "Screen.snapshot", screen_snapshot },
  { "Screen.snapshots", screen_snapshots },
  PDG_RESOLVE_CONNECTION ("Snapshot"),
  { "Snapshot.id", snapshot_id },
  { "Snapshot.takenAt", snapshot_taken_at },
  { "Snapshot.width", snapshot_width },
  { "Snapshot.height", snapshot_height },
  { "Snapshot.mediaType", snapshot_media_type },
  { "Snapshot.blobId", snapshot_blob_id },
  { "Snapshot.url", snapshot_url },
  { "Snapshot.journeyId", snapshot_journey_id },
  { "Snapshot.stepId", snapshot_step_id },
  { "Snapshot.viewportWidth", snapshot_viewport_width },
  { "Snapshot.viewportHeight", snapshot_viewport_height },
  { "Snapshot.deviceScale", snapshot_device_scale },
  { "Snapshot.screen", snapshot_screen },
  { "Snapshot.session", snapshot_session },
  { "Snapshot.componentTree", snapshot_component_tree },
  { "Snapshot.state", snapshot_state },
};

PdgResolveTable
pdg_resolve_screen_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
