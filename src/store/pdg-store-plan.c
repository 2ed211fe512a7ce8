#include "config.h"
#include "store/pdg-store-plan.h"

#include "store/pdg-store-lists.h"

#define OWN "(SELECT current_org_id())"
#define COLUMNS "p.id, s.project_id, s.event_type, s.version, s.schema_no, s.mode, s.created_at, s.created_by"
#define SCHEMAS "event_schema s JOIN project p ON p.org_id = s.org_id AND p.project_id = s.project_id "
#define LIST_USED                                                                                                        \
  "SELECT 0::int8, " COLUMNS ", CASE WHEN s.schema_no <> ALL ($1) THEN s.definition END FROM " SCHEMAS                   \
  "WHERE s.org_id = " OWN " AND s.mode > 0"
#define LIST_SCHEMAS                                                                                                     \
  "SELECT u.place, " COLUMNS ", s.definition FROM unnest($1::int4[]) WITH ORDINALITY u (project_id, place) JOIN " SCHEMAS \
  "ON s.org_id = " OWN " AND s.project_id = u.project_id AND ($2::text IS NULL OR s.event_type = $2) "                   \
  "ORDER BY u.place, s.event_type, s.version DESC"
#define SET_SCHEMA "SELECT coalesce(set_event_schema($1, $2, $3, $4, $5), 0)"
#define SET_MODE "SELECT set_event_schema_mode($1, $2, $3, $4)"
#define ADD_FINDINGS                                                                                                     \
  "INSERT INTO schema_finding AS f (org_id, project_id, event_type, version, field, expected, events, first_at, last_at) " \
  "SELECT s.org_id, s.project_id, s.event_type, s.version, u.field, u.expected, sum(u.events)::int8, min(u.first_at), max(u.last_at) " \
  "FROM unnest($1::text[], $2::text[], $3::int4[], $4::text[], $5::text[], $6::int8[], $7::timestamptz[], $8::timestamptz[]) " \
  "u (project, event_type, version, field, expected, events, first_at, last_at) "                                        \
  "JOIN project p ON p.org_id = " OWN " AND p.id = u.project COLLATE \"C\" "                                             \
  "JOIN event_schema s ON s.org_id = p.org_id AND s.project_id = p.project_id AND s.event_type = u.event_type COLLATE \"C\" " \
  "AND s.version = u.version "                                                                                           \
  "GROUP BY s.org_id, s.project_id, s.event_type, s.version, u.field, u.expected ORDER BY 1, 2, 3, 4, 5, 6 "             \
  "ON CONFLICT (org_id, project_id, event_type, version, field, expected) DO UPDATE SET events = f.events + excluded.events, " \
  "first_at = least(f.first_at, excluded.first_at), last_at = greatest(f.last_at, excluded.last_at)"
#define LIST_FINDINGS                                                                                                    \
  "SELECT u.place, f.* FROM unnest($1::int4[]) WITH ORDINALITY u (project_id, place) CROSS JOIN LATERAL ("               \
  "SELECT f.event_type, f.version, f.field, f.expected, f.events, f.first_at, f.last_at FROM schema_finding f "          \
  "WHERE f.org_id = " OWN " AND f.project_id = u.project_id "                                                            \
  "ORDER BY f.events DESC, f.event_type, f.version, f.field, f.expected LIMIT 500) f ORDER BY u.place, f.events DESC"
#define LIST_UNPLANNED                                                                                                   \
  "SELECT u.place, t.* FROM unnest($1::int4[]) WITH ORDINALITY u (project_id, place) CROSS JOIN LATERAL ("               \
  "SELECT t.event_type, sum(e.events)::int8 AS events, min(e.first_at), max(e.last_at) FROM ("                           \
  "SELECT e.term_no, count(*) AS events, min(e.ts) AS first_at, max(e.ts) AS last_at FROM event e "                      \
  "WHERE e.org_id = " OWN " AND e.project_id = u.project_id AND e.ts >= $2 AND e.ts < $3 GROUP BY e.term_no) e "         \
  "JOIN term t ON t.project_id = u.project_id AND t.term_no = e.term_no "                                                \
  "WHERE NOT EXISTS (SELECT FROM event_schema s WHERE s.org_id = " OWN " AND s.project_id = u.project_id "               \
  "AND s.event_type = t.event_type AND s.mode > 0) "                                                                     \
  "GROUP BY t.event_type ORDER BY 2 DESC, 1 LIMIT 500) t ORDER BY u.place, t.events DESC, t.event_type"

static gpointer
read_schema (const PdgDbResult *result, guint row)
{
  PdgEventSchemaRecord *record = g_new0 (PdgEventSchemaRecord, 1);

  record->project_id = g_strdup (pdg_db_result_get_text (result, row, 1));
  record->project_no = pdg_db_result_get_int4 (result, row, 2);
  record->event_type = g_strdup (pdg_db_result_get_text (result, row, 3));
  record->version = pdg_db_result_get_int4 (result, row, 4);
  record->schema_no = pdg_db_result_get_int4 (result, row, 5);
  record->mode = (PdgSchemaMode) pdg_db_result_get_int4 (result, row, 6);
  record->created_usec = pdg_db_result_get_usec (result, row, 7);
  record->created_by = g_strdup (pdg_db_result_get_text (result, row, 8));
  record->definition = g_strdup (pdg_db_result_get_text (result, row, 9));
  return record;
}

GPtrArray *
pdg_store_list_used_schemas (PdgDbTx *tx, const gint32 *known, guint n_known, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *list;

  pdg_db_params_add_int4_array (params, known, NULL, n_known);
  result = pdg_db_tx_query (tx, LIST_USED, params, error);
  if (result == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_event_schema_record_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    g_ptr_array_add (list, read_schema (result, row));
  return list;
}

GPtrArray *
pdg_store_list_schemas (PdgDbTx *tx, const gint32 *project_nos, guint n, const char *event_type, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  pdg_db_params_add_text (params, event_type, -1);
  return pdg_store_query_lists (tx, LIST_SCHEMAS, params, n, read_schema, (GDestroyNotify) pdg_event_schema_record_free, error);
}

gboolean
pdg_store_set_schema (PdgDbTx *tx, gint32 project_no, const char *event_type, const char *definition, PdgSchemaMode mode, const char *author,
                      gint32 *version, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_text (params, event_type, -1);
  pdg_db_params_add_text (params, definition, -1);
  pdg_db_params_add_int2 (params, (gint16) mode);
  pdg_db_params_add_text (params, author, -1);
  result = pdg_db_tx_query (tx, SET_SCHEMA, params, error);
  if (result == NULL)
    return FALSE;
  *version = pdg_db_result_get_int4 (result, 0, 0);
  return TRUE;
}

gboolean
pdg_store_set_schema_mode (PdgDbTx *tx, gint32 project_no, const char *event_type, gint32 version, PdgSchemaMode mode, gboolean *found, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_text (params, event_type, -1);
  pdg_db_params_add_int4 (params, version);
  pdg_db_params_add_int2 (params, (gint16) mode);
  result = pdg_db_tx_query (tx, SET_MODE, params, error);
  if (result == NULL)
    return FALSE;
  *found = pdg_db_result_get_bool (result, 0, 0);
  return TRUE;
}

static void
add_texts (PdgDbParams *params, const PdgSchemaFinding *const *findings, guint n, gsize member)
{
  g_autofree const char **texts = g_new (const char *, n);

  for (guint i = 0; i < n; i++)
    texts[i] = G_STRUCT_MEMBER (const char *, findings[i], member);
  pdg_db_params_add_text_array (params, texts, NULL, n);
}

gboolean
pdg_store_add_findings (PdgDbTx *tx, const PdgSchemaFinding *const *findings, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autofree gint32 *versions = g_new (gint32, n);
  g_autofree gint64 *events = g_new (gint64, n), *first = g_new (gint64, n), *last = g_new (gint64, n);

  for (guint i = 0; i < n; i++)
    {
      versions[i] = findings[i]->version;
      events[i] = findings[i]->events;
      first[i] = findings[i]->first_usec;
      last[i] = findings[i]->last_usec;
    }
  add_texts (params, findings, n, G_STRUCT_OFFSET (PdgSchemaFinding, project_id));
  add_texts (params, findings, n, G_STRUCT_OFFSET (PdgSchemaFinding, event_type));
  pdg_db_params_add_int4_array (params, versions, NULL, n);
  add_texts (params, findings, n, G_STRUCT_OFFSET (PdgSchemaFinding, field));
  add_texts (params, findings, n, G_STRUCT_OFFSET (PdgSchemaFinding, expected));
  pdg_db_params_add_int8_array (params, events, NULL, n);
  pdg_db_params_add_timestamptz_array (params, first, NULL, n);
  pdg_db_params_add_timestamptz_array (params, last, NULL, n);
  return pdg_db_tx_exec (tx, ADD_FINDINGS, params, error);
}

static gpointer
read_finding (const PdgDbResult *result, guint row)
{
  PdgSchemaFinding *finding = g_new0 (PdgSchemaFinding, 1);

  finding->event_type = g_strdup (pdg_db_result_get_text (result, row, 1));
  finding->version = pdg_db_result_get_int4 (result, row, 2);
  finding->field = g_strdup (pdg_db_result_get_text (result, row, 3));
  finding->expected = g_strdup (pdg_db_result_get_text (result, row, 4));
  finding->events = pdg_db_result_get_int8 (result, row, 5);
  finding->first_usec = pdg_db_result_get_usec (result, row, 6);
  finding->last_usec = pdg_db_result_get_usec (result, row, 7);
  return finding;
}

GPtrArray *
pdg_store_list_findings (PdgDbTx *tx, const gint32 *project_nos, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  return pdg_store_query_lists (tx, LIST_FINDINGS, params, n, read_finding, (GDestroyNotify) pdg_schema_finding_free, error);
}

static gpointer
read_unplanned (const PdgDbResult *result, guint row)
{
  PdgUnplannedType *type = g_new0 (PdgUnplannedType, 1);

  type->event_type = g_strdup (pdg_db_result_get_text (result, row, 1));
  type->events = pdg_db_result_get_int8 (result, row, 2);
  type->first_usec = pdg_db_result_get_usec (result, row, 3);
  type->last_usec = pdg_db_result_get_usec (result, row, 4);
  return type;
}

GPtrArray *
pdg_store_list_unplanned (PdgDbTx *tx, const gint32 *project_nos, guint n, gint64 from_usec, gint64 to_usec, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  pdg_db_params_add_timestamptz (params, from_usec);
  pdg_db_params_add_timestamptz (params, to_usec);
  return pdg_store_query_lists (tx, LIST_UNPLANNED, params, n, read_unplanned, (GDestroyNotify) pdg_unplanned_type_free, error);
}
