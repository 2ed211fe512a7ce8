#include "config.h"
#include "store/pdg-store-rights.h"

#include "base/pdg-id.h"
#include "store/pdg-store-lists.h"

#include <string.h>

#define BEGIN "SELECT begin_erasure($1, $2, $3, $4, $5)"
#define FINISH "SELECT finish_erasure($1)"
#define HOLD_PERSON "SELECT what, id, key, began_at FROM hold_person($1, $2, $3)"
#define FORGET_SESSIONS                                                                                                  \
  "DELETE FROM derived_session d WHERE d.org_id = (SELECT current_org_id()) AND d.project_id = $1 "                      \
  "AND (d.key = ANY ($2) OR (d.key, d.began_at) IN (SELECT * FROM unnest($3::uuid[], $4::timestamptz[])))"
#define FORGET_PAGES                                                                                                     \
  "DELETE FROM page_trail t WHERE t.org_id = (SELECT current_org_id()) AND t.project_id = $1 AND t.session_key = ANY ($2)"
#define NOTE_EXPORT "SELECT note_export($1, $2, $3, $4)"
#define REQUEST "r.request_no, r.kind, r.requested_by, r.requested_at, r.done_at, r.pseudonym, r.events, r.sessions"
#define LOOKUP_REQUEST "SELECT 0::int8, " REQUEST " FROM person_request r WHERE r.request_no = $1"
#define LIST_REQUESTS                                                                                                    \
  "SELECT u.place, " REQUEST " FROM unnest($1::int4[]) WITH ORDINALITY u (project_id, place) CROSS JOIN LATERAL ("        \
  "SELECT request_no, kind, requested_by, requested_at, done_at, pseudonym, events, sessions FROM person_request x "     \
  "WHERE x.project_id = u.project_id AND x.request_no < $2 ORDER BY x.request_no DESC LIMIT $3) r ORDER BY u.place, r.request_no DESC"
#define LIST_PENDING "SELECT org, org_id, request_no FROM pending_erasures()"
#define FIND_PERSON "SELECT find_person($1, $2, $3)"
#define TIME(column) "to_char(" column " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
/* clang-format off */
#define TRAITS(table, condition)                                                                                         \
  "(SELECT coalesce(json_agg(json_build_object('name', t.name, 'value', t.value::json, 'once', t.is_first, 'said_at', " TIME ("t.said_at") ") " \
  "ORDER BY t.name, t.is_first, t.said_at), '[]') FROM " table " t WHERE t.project_id = $1 AND " condition ")"
/* clang-format on */
/* Sections in their order, each in an order of its own that stays the same. */
#define EXPORT                                                                                                           \
  "SELECT x.line FROM ("                                                                                                 \
  "SELECT 0 AS section, NULL::timestamptz AS at, 0 AS no, NULL::uuid AS key, json_build_object('type', 'person', "        \
  "'ids', (SELECT json_agg(json_build_object('kind', (ARRAY['session', 'anonymous', 'user'])[a.kind + 1], 'id', a.id) ORDER BY a.kind DESC, a.id) " \
  "FROM actor a WHERE a.project_id = $1 AND a.actor_no = ANY ($2)), "                                                    \
  "'traits', " TRAITS ("identity_trait", "t.actor_no = ANY ($2)") ", "                                                    \
  "'groups', (SELECT coalesce(json_agg(json_build_object('type', g.type, 'id', g.id, 'first_at', " TIME ("m.first_at")    \
  ", 'last_at', " TIME ("m.last_at") ") ORDER BY g.type, g.id), '[]') FROM identity_member m JOIN identity_group g USING (project_id, group_no) " \
  "WHERE m.project_id = $1 AND m.actor_no = ANY ($2)), "                                                                  \
  "'merges', (SELECT coalesce(json_agg(json_build_object('id', a.id, 'reason', m.reason, 'merged_at', " TIME ("m.merged_at") ") ORDER BY m.merge_no), '[]') " \
  "FROM identity_merge m JOIN actor a USING (project_id, actor_no) WHERE m.project_id = $1 AND m.actor_no = ANY ($2)))::text AS line " \
  "UNION ALL SELECT 1, s.started_at, s.session_no, NULL, json_build_object('type', 'session', 'session_id', s.id, 'started_at', " TIME ("s.started_at") \
  ", 'ended_at', " TIME ("s.ended_at") ", 'events', s.events, 'page_views', s.page_views, 'errors', s.errors)::text "     \
  "FROM session s WHERE s.project_id = $1 AND s.actor_no = ANY ($2) AND s.events > 0 "                                   \
  "UNION ALL SELECT 2, e.ts, e.session_no, e.event_key, json_build_object('type', 'event', 'event_id', coalesce(e.event_id, e.event_key::text), " \
  "'event_timestamp', " TIME ("e.ts") ", 'received_at', " TIME ("e.received_at") ", 'session_id', s.id, 'event_sequence', e.seq, " \
  "'event_type', t.event_type, 'event_name', t.event_name, 'user_id', CASE WHEN a.kind = 2 THEN a.id END, "              \
  "'anonymous_id', CASE WHEN a.kind = 1 THEN a.id ELSE e.anonymous_id END, 'page_path', coalesce(e.page_path, sc.path), 'page_title', e.page_title, " \
  "'component', t.component, 'component_path', t.component_path, 'journey_id', t.journey_id, 'step_id', t.step_id, 'app_version', r.version, " \
  "'data', e.data::json)::text FROM event e "                                                                            \
  "JOIN term t ON t.project_id = e.project_id AND t.term_no = e.term_no "                                                 \
  "JOIN actor a ON a.project_id = e.project_id AND a.actor_no = e.actor_no "                                              \
  "LEFT JOIN session s ON s.project_id = e.project_id AND s.session_no = e.session_no "                                   \
  "LEFT JOIN screen sc ON sc.project_id = t.project_id AND sc.screen_no = t.screen_no "                                   \
  "LEFT JOIN release r ON r.project_id = e.project_id AND r.release_no = e.release_no "                                   \
  "WHERE e.project_id = $1 AND e.actor_no = ANY ($2) "                                                                    \
  "UNION ALL SELECT 3, n.taken_at, n.session_no, NULL, json_build_object('type', 'snapshot', 'taken_at', " TIME ("n.taken_at") \
  ", 'sha256', encode(n.sha256, 'hex'), 'component_tree', n.component_tree, 'state', n.state)::text "                     \
  "FROM snapshot n JOIN session s ON s.project_id = n.project_id AND s.session_no = n.session_no "                        \
  "WHERE n.project_id = $1 AND s.actor_no = ANY ($2)"                                                                     \
  ") x ORDER BY x.section, x.at, x.no, x.key OFFSET $3 LIMIT $4"

static void
add_kind (PdgDbParams *params, int kind)
{
  if (kind < 0)
    pdg_db_params_add_null (params);
  else
    pdg_db_params_add_int2 (params, (gint16) kind);
}

gboolean
pdg_store_begin_erasure (PdgDbTx *tx, gint32 project_no, const char *id, int kind, gboolean keep_counts, const char *asked_by,
                         gint32 *request_no, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_text (params, id, -1);
  add_kind (params, kind);
  pdg_db_params_add_bool (params, keep_counts);
  pdg_db_params_add_text (params, asked_by, -1);
  result = pdg_db_tx_query (tx, BEGIN, params, error);
  if (result == NULL)
    return FALSE;
  *request_no = pdg_db_result_get_int4 (result, 0, 0);
  return TRUE;
}

static void
person_id_free (gpointer data)
{
  PdgPersonId *id = data;

  g_free (id->id);
  g_free (id);
}

GPtrArray *
pdg_store_hold_person (PdgDbTx *tx, gint32 project_no, const char *id, int kind, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *ids;

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_text (params, id, -1);
  add_kind (params, kind);
  result = pdg_db_tx_query (tx, HOLD_PERSON, params, error);
  if (result == NULL)
    return NULL;
  ids = g_ptr_array_new_with_free_func (person_id_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    {
      PdgPersonId *found = g_new0 (PdgPersonId, 1);

      found->kind = (PdgStoreIdKind) pdg_db_result_get_int4 (result, row, 0);
      found->id = g_strdup (pdg_db_result_get_text (result, row, 1));
      if (found->kind == PDG_STORE_ID_DERIVED)
        {
          memcpy (found->key, pdg_db_result_get_uuid (result, row, 2), 16);
          found->began_usec = pdg_db_result_get_usec (result, row, 3);
        }
      g_ptr_array_add (ids, found);
    }
  return ids;
}

gboolean
pdg_store_forget_clients (PdgDbTx *tx, gint32 project_no, GArray *person_keys, GArray *session_keys, GPtrArray *derived, GError **error)
{
  g_autoptr (PdgDbParams) sessions = pdg_db_params_new (), pages = pdg_db_params_new ();
  g_autofree guint8 *keys = g_malloc ((gsize) derived->len * 16 + 1);
  g_autofree gint64 *times = g_new (gint64, derived->len + 1);

  for (guint i = 0; i < derived->len; i++)
    {
      const PdgPersonId *id = derived->pdata[i];

      memcpy (keys + (gsize) i * 16, id->key, 16);
      times[i] = id->began_usec;
    }
  pdg_db_params_add_int4 (sessions, project_no);
  pdg_db_params_add_uuid_array (sessions, (const guint8 (*)[16]) (void *) person_keys->data, NULL, person_keys->len);
  pdg_db_params_add_uuid_array (sessions, (const guint8 (*)[16]) (void *) keys, NULL, derived->len);
  pdg_db_params_add_timestamptz_array (sessions, times, NULL, derived->len);
  pdg_db_params_add_int4 (pages, project_no);
  pdg_db_params_add_uuid_array (pages, (const guint8 (*)[16]) (void *) session_keys->data, NULL, session_keys->len);
  return pdg_db_tx_exec (tx, FORGET_SESSIONS, sessions, error) && pdg_db_tx_exec (tx, FORGET_PAGES, pages, error);
}

gboolean
pdg_store_finish_erasure (PdgDbTx *tx, gint32 request_no, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, request_no);
  return pdg_db_tx_exec (tx, FINISH, params, error);
}

GPtrArray *
pdg_store_list_pending_erasures (PdgDbTx *tx, GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, LIST_PENDING, NULL, error);
  GPtrArray *pending;

  if (result == NULL)
    return NULL;
  pending = g_ptr_array_new_with_free_func (g_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    {
      PdgPendingErasure *erasure = g_new0 (PdgPendingErasure, 1);

      pdg_uuid_format (pdg_db_result_get_uuid (result, row, 0), erasure->org_uuid);
      erasure->org_no = pdg_db_result_get_int4 (result, row, 1);
      erasure->request_no = pdg_db_result_get_int4 (result, row, 2);
      g_ptr_array_add (pending, erasure);
    }
  return pending;
}

static gpointer
read_request (const PdgDbResult *result, guint row)
{
  PdgPersonRequest *request = g_new0 (PdgPersonRequest, 1);

  request->request_no = pdg_db_result_get_int4 (result, row, 1);
  request->kind = g_strdup (pdg_db_result_get_text (result, row, 2));
  request->requested_by = g_strdup (pdg_db_result_get_text (result, row, 3));
  request->requested_usec = pdg_db_result_get_usec (result, row, 4);
  request->done_usec = pdg_db_result_is_null (result, row, 5) ? PDG_TIME_NONE : pdg_db_result_get_usec (result, row, 5);
  request->pseudonym = g_strdup (pdg_db_result_get_text (result, row, 6));
  request->events = pdg_db_result_get_int8 (result, row, 7);
  request->sessions = pdg_db_result_get_int8 (result, row, 8);
  return request;
}

PdgPersonRequest *
pdg_store_lookup_person_request (PdgDbTx *tx, gint32 request_no, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, request_no);
  result = pdg_db_tx_query (tx, LOOKUP_REQUEST, params, error);
  return result != NULL && pdg_db_result_get_n_rows (result) == 1 ? read_request (result, 0) : NULL;
}

GPtrArray *
pdg_store_list_person_requests (PdgDbTx *tx, const gint32 *project_nos, guint n, gint32 before_no, guint limit, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  pdg_db_params_add_int4 (params, before_no);
  pdg_db_params_add_int4 (params, (gint32) limit);
  return pdg_store_query_lists (tx, LIST_REQUESTS, params, n, read_request, (GDestroyNotify) pdg_person_request_free, error);
}

typedef struct
{
  PdgStoreLineFunc func;
  gpointer user_data;
} EachLine;

static gboolean
line_cb (const PdgDbResult *row, gpointer user_data)
{
  EachLine *each = user_data;

  return each->func (pdg_db_result_get_text (row, 0, 0), each->user_data);
}

gboolean
pdg_store_export_person (PdgDbTx *tx, gint32 project_no, const char *id, int kind, gint64 skip, gint64 limit, PdgStoreLineFunc func,
                         gpointer user_data, gboolean *found, GError **error)
{
  EachLine each = { func, user_data };
  g_autoptr (PdgDbParams) whom = pdg_db_params_new ();
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  g_autofree gint64 *wide = NULL;
  g_autofree gint32 *numbers = NULL;
  gsize n = 0;

  pdg_db_params_add_int4 (whom, project_no);
  pdg_db_params_add_text (whom, id, -1);
  add_kind (whom, kind);
  result = pdg_db_tx_query (tx, FIND_PERSON, whom, error);
  if (result == NULL)
    return FALSE;
  *found = !pdg_db_result_is_null (result, 0, 0);
  if (!*found)
    return TRUE;
  wide = pdg_db_result_dup_int8_array (result, 0, 0, &n);
  numbers = g_new (gint32, n + 1);
  for (gsize i = 0; i < n; i++)
    numbers[i] = (gint32) wide[i];
  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_int4_array (params, numbers, NULL, n);
  pdg_db_params_add_int8 (params, skip);
  pdg_db_params_add_int8 (params, limit);
  return pdg_db_tx_query_each (tx, EXPORT, params, line_cb, &each, error);
}

gboolean
pdg_store_note_export (PdgDbTx *tx, gint32 project_no, const char *asked_by, gint64 n_events, gint64 n_sessions, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_text (params, asked_by, -1);
  pdg_db_params_add_int8 (params, n_events);
  pdg_db_params_add_int8 (params, n_sessions);
  return pdg_db_tx_exec (tx, NOTE_EXPORT, params, error);
}
