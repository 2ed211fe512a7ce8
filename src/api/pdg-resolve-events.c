#include "config.h"
#include "api/pdg-resolve.h"

#include "model/pdg-event.h"

#include <stdio.h>
#include <string.h>

/* Events. The source of Event is a PdgStoredEvent. */

#define CURSOR_FORMAT "%" G_GINT64_FORMAT ".%d.%d."

static char *
make_event_cursor (gconstpointer node)
{
  const PdgStoredEvent *event = node;
  GString *cursor = g_string_new (NULL);

  g_string_printf (cursor, CURSOR_FORMAT, event->ts_usec, event->session_no, event->sequence);
  for (gsize i = 0; i < sizeof event->key; i++)
    g_string_append_printf (cursor, "%02x", event->key[i]);
  return g_string_free (cursor, FALSE);
}

static gboolean
parse_event_cursor (const char *cursor, PdgEventPlace *place)
{
  int len = 0;

  if (sscanf (cursor, CURSOR_FORMAT "%n", &place->ts_usec, &place->session_no, &place->sequence, &len) != 3 || len == 0
      || strlen (cursor + len) != 2 * sizeof place->key)
    return FALSE;
  for (gsize i = 0; i < sizeof place->key; i++)
    {
      int high = g_ascii_xdigit_value (cursor[len + 2 * (int) i]), low = g_ascii_xdigit_value (cursor[len + 2 * (int) i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      place->key[i] = (guint8) (high << 4 | low);
    }
  return TRUE;
}

static PdgEventParts
get_parts (PdgGqlCall *call, gboolean is_page)
{
  static const struct
  {
    const char *field;
    PdgEventParts part;
  } wants[] = {
    { "type", PDG_EVENT_TYPE }, { "name", PDG_EVENT_TERM }, { "componentName", PDG_EVENT_TERM }, { "componentPath", PDG_EVENT_TERM },
    { "journeyId", PDG_EVENT_TERM }, { "journeyStepId", PDG_EVENT_TERM }, { "screen", PDG_EVENT_TERM }, { "pagePath", PDG_EVENT_PAGE_PATH },
    { "release", PDG_EVENT_RELEASE }, { "properties", PDG_EVENT_DATA }, { "metadata", PDG_EVENT_DATA }, { "snapshot", PDG_EVENT_DATA }, { "receivedAt", PDG_EVENT_ARRIVAL },
    { "isLate", PDG_EVENT_ARRIVAL }, { "isClamped", PDG_EVENT_ARRIVAL }, { "redactionVersion", PDG_EVENT_ARRIVAL }, { "isCounted", PDG_EVENT_ARRIVAL },
    { "pageTitle", PDG_EVENT_PAGE_TITLE },
  };
  PdgEventParts parts = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (wants); i++)
    if ((parts & wants[i].part) == 0 && (is_page ? pdg_resolve_selects_node (call, wants[i].field) : pdg_gql_call_selects (call, wants[i].field)))
      parts |= wants[i].part;
  return parts;
}

/* What each connection of events takes. @place and @filter are the caller's. */
static gboolean
get_query (PdgGqlCall *call, PdgStoreEventQuery *query, PdgEventPlace *place, PdgEventFilter **filter)
{
  const char *after = pdg_gql_call_arg_string (call, "after");
  guint limit = pdg_resolve_get_limit (call);
  gboolean refused = FALSE;

  *query = (PdgStoreEventQuery) { .from_usec = G_MININT64, .to_usec = G_MAXINT64, .limit = limit, .parts = get_parts (call, TRUE),
                                   .arena = pdg_gql_call_get_arena (call) };
  if (limit == 0)
    return FALSE;
  query->newest_first = g_strcmp0 (pdg_gql_call_arg_string (call, "order"), "NEWEST_FIRST") == 0;
  if (after != NULL)
    {
      query->after = place;
      if (!parse_event_cursor (after, place))
        {
          pdg_resolve_refuse (call, "after: pass the endCursor of the page before");
          return FALSE;
        }
    }
  *filter = pdg_resolve_get_filter (call, &refused);
  query->filter = *filter;
  return !refused;
}

static void
session_events (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint n = pdg_gql_call_get_n (call);
  g_autofree PdgStoreSessionKey *keys = g_new (PdgStoreSessionKey, n);
  g_autoptr (PdgEventFilter) filter = NULL;
  PdgStoreEventQuery query;
  PdgEventPlace place;
  GError *error = NULL;

  for (guint i = 0; i < n; i++)
    {
      const PdgSessionSummary *session = pdg_gql_call_get_source (call, i);

      keys[i] = (PdgStoreSessionKey) { session->started_usec, session->ended_usec, session->project_no, session->session_no };
    }
  if (queries != NULL && get_query (call, &query, &place, &filter))
    pdg_resolve_set_pages (call, pdg_queries_list_session_events (queries, keys, n, &query, &error), &error, make_event_cursor);
}

static void
project_events (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *project_nos = pdg_resolve_dup_project_nos (call);
  g_autoptr (PdgEventFilter) filter = NULL;
  PdgStoreEventQuery query;
  PdgEventPlace place;
  GError *error = NULL;

  if (queries != NULL && get_query (call, &query, &place, &filter) && pdg_resolve_get_range (call, &query.from_usec, &query.to_usec))
    pdg_resolve_set_pages (call, pdg_queries_list_events (queries, project_nos, pdg_gql_call_get_n (call), &query, &error), &error,
                           make_event_cursor);
}

static void
project_event (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *project_nos = pdg_resolve_dup_project_nos (call);
  GError *error = NULL;

  if (queries != NULL)
    pdg_resolve_set_objects (call,
                             pdg_queries_find_events (queries, project_nos, pdg_gql_call_get_n (call), pdg_gql_call_arg_string (call, "id"),
                                                      get_parts (call, FALSE), pdg_gql_call_get_arena (call), &error),
                             &error);
}

/* The sessions of the events, with the parts that are needed. */
static GPtrArray *
lookup_sessions (PdgGqlCall *call, PdgSessionParts parts, GError **error)
{
  PdgQueries *queries = pdg_api_context_get_queries (pdg_gql_call_get_context (call), error);
  guint n = pdg_gql_call_get_n (call);
  g_autofree gint32 *project_nos = g_new (gint32, n), *session_nos = g_new (gint32, n);

  for (guint i = 0; i < n; i++)
    {
      const PdgStoredEvent *event = pdg_gql_call_get_source (call, i);

      project_nos[i] = event->project_no;
      session_nos[i] = event->session_no;
    }
  return queries != NULL ? pdg_queries_lookup_sessions (queries, project_nos, session_nos, n, parts, error) : NULL;
}

static void
event_session (PdgGqlCall *call)
{
  GError *error = NULL;

  pdg_resolve_set_objects (call, lookup_sessions (call, pdg_resolve_get_session_parts (call, FALSE), &error), &error);
}

static void
event_actor (PdgGqlCall *call)
{
  GError *error = NULL;
  GPtrArray *sessions = lookup_sessions (call, PDG_SESSION_ACTOR, &error);

  if (sessions == NULL)
    {
      pdg_gql_call_fail_all (call, error);
      return;
    }
  for (guint i = 0; i < sessions->len; i++)
    {
      PdgSessionSummary *session = sessions->pdata[i];

      pdg_gql_call_set_object (call, i, session != NULL ? &session->actor : NULL, NULL);
    }
  pdg_gql_call_keep (call, sessions, (GDestroyNotify) g_ptr_array_unref);
}

PDG_RESOLVE_MEMBER (event_id, PdgStoredEvent, pdg_gql_call_set_borrowed_string (call, i, source->id))
PDG_RESOLVE_MEMBER (event_type, PdgStoredEvent, pdg_gql_call_set_borrowed_string (call, i, source->type))
PDG_RESOLVE_MEMBER (event_name, PdgStoredEvent, pdg_gql_call_set_borrowed_string (call, i, source->name))
PDG_RESOLVE_MEMBER (event_timestamp, PdgStoredEvent, pdg_gql_call_set_int64 (call, i, source->ts_usec))
PDG_RESOLVE_MEMBER (event_received_at, PdgStoredEvent, pdg_gql_call_set_int64 (call, i, source->received_usec))
PDG_RESOLVE_MEMBER (event_is_late, PdgStoredEvent, pdg_gql_call_set_bool (call, i, (source->flags & PDG_EVENT_LATE) != 0))
PDG_RESOLVE_MEMBER (event_is_clamped, PdgStoredEvent, pdg_gql_call_set_bool (call, i, (source->flags & PDG_EVENT_CLAMPED) != 0))
PDG_RESOLVE_MEMBER (event_is_counted, PdgStoredEvent, pdg_gql_call_set_bool (call, i, (source->flags & PDG_EVENT_COUNTED) != 0))
PDG_RESOLVE_MEMBER (event_page_path, PdgStoredEvent, pdg_gql_call_set_borrowed_string (call, i, source->page_path))
PDG_RESOLVE_MEMBER (event_page_title, PdgStoredEvent, pdg_gql_call_set_borrowed_string (call, i, source->page_title))
PDG_RESOLVE_MEMBER (event_component_name, PdgStoredEvent, pdg_gql_call_set_borrowed_string (call, i, source->component))
PDG_RESOLVE_MEMBER (event_component_path, PdgStoredEvent, pdg_gql_call_set_borrowed_string (call, i, source->component_path))
PDG_RESOLVE_MEMBER (event_journey, PdgStoredEvent, pdg_gql_call_set_borrowed_string (call, i, source->journey))
PDG_RESOLVE_MEMBER (event_step, PdgStoredEvent, pdg_gql_call_set_borrowed_string (call, i, source->step))
PDG_RESOLVE_MEMBER (event_release, PdgStoredEvent, pdg_gql_call_set_borrowed_string (call, i, source->release))
PDG_RESOLVE_MEMBER (event_properties, PdgStoredEvent, pdg_gql_call_set_json (call, i, source->properties != NULL ? source->properties : "{}", -1))

static void
event_metadata (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const PdgStoredEvent *event = pdg_gql_call_get_source (call, i);

      if (event->metadata != NULL)
        pdg_gql_call_set_json (call, i, event->metadata, -1);
      else
        pdg_gql_call_set_null (call, i);
    }
}

static void
event_redaction_version (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      guint version = ((const PdgStoredEvent *) pdg_gql_call_get_source (call, i))->flags >> PDG_EVENT_REDACTION_SHIFT;

      if (version > 0)
        pdg_gql_call_set_int (call, i, (int) version);
      else
        pdg_gql_call_set_null (call, i);
    }
}

static void
event_sequence (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const PdgStoredEvent *event = pdg_gql_call_get_source (call, i);

      if (event->sequence != PDG_SEQUENCE_NONE)
        pdg_gql_call_set_int (call, i, event->sequence);
      else
        pdg_gql_call_set_null (call, i);
    }
}

static void
locate_event_screen (gconstpointer source, gint32 *project_no, gint32 *screen_no)
{
  const PdgStoredEvent *event = source;

  *project_no = event->project_no;
  *screen_no = event->screen_no;
}

static void
event_screen (PdgGqlCall *call)
{
  pdg_resolve_set_screens (call, locate_event_screen);
}

/* The number in snapshot.id, as POST /v1/snapshots answered with it; 0 = none. */
static gint64
read_snapshot_no (const char *properties)
{
  g_autoptr (JsonNode) node = NULL;
  JsonNode *member;

  if (properties == NULL || strstr (properties, "\"snapshot.id\"") == NULL)
    return 0;
  node = json_from_string (properties, NULL);
  member = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_object_get_member (json_node_get_object (node), "snapshot.id") : NULL;
  if (member == NULL || !JSON_NODE_HOLDS_VALUE (member) || json_node_get_value_type (member) != G_TYPE_STRING)
    return 0;
  return g_ascii_strtoll (json_node_get_string (member), NULL, 10);
}

static void
event_snapshot (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint n = pdg_gql_call_get_n (call);
  g_autofree gint32 *projects = g_new (gint32, n + 1);
  g_autofree gint64 *numbers = g_new (gint64, n + 1);
  GError *error = NULL;

  for (guint i = 0; i < n; i++)
    {
      const PdgStoredEvent *event = pdg_gql_call_get_source (call, i);

      projects[i] = event->project_no;
      numbers[i] = read_snapshot_no (event->properties);
    }
  if (queries != NULL)
    pdg_resolve_set_objects (call, pdg_queries_lookup_snapshots (queries, projects, numbers, n, &error), &error);
}

static const PdgGqlBinding bindings[] = {
  { "Project.events", project_events },
  { "Project.event", project_event },
  { "Session.events", session_events },
  PDG_RESOLVE_CONNECTION ("Event"),
  { "Event.id", event_id },
  { "Event.type", event_type },
  { "Event.name", event_name },
  { "Event.timestamp", event_timestamp },
  { "Event.receivedAt", event_received_at },
  { "Event.sequence", event_sequence },
  { "Event.isLate", event_is_late },
  { "Event.isClamped", event_is_clamped },
  { "Event.isCounted", event_is_counted },
  { "Event.redactionVersion", event_redaction_version },
  { "Event.session", event_session },
  { "Event.actor", event_actor },
  { "Event.screen", event_screen },
  { "Event.snapshot", event_snapshot },
  { "Event.pagePath", event_page_path },
  { "Event.pageTitle", event_page_title },
  { "Event.componentName", event_component_name },
  { "Event.componentPath", event_component_path },
  { "Event.journeyId", event_journey },
  { "Event.journeyStepId", event_step },
  { "Event.release", event_release },
  { "Event.properties", event_properties },
  { "Event.metadata", event_metadata },
};

PdgResolveTable
pdg_resolve_event_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
