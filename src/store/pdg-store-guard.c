#include "config.h"
#include "store/pdg-store-guard.h"

#include "model/pdg-records.h"

#include <string.h>

#define OWN "(SELECT current_org_id())"
#define RULE_COLUMNS "p.id, r.version, r.patterns, r.keys, r.created_at, r.created_by"
#define USED_RULES                                                                                                       \
  "project_policy s JOIN redaction_rules r ON r.org_id = s.org_id AND r.project_id = s.project_id AND r.version = s.redaction_version " \
  "JOIN project p ON p.org_id = s.org_id AND p.project_id = s.project_id "
#define LIST_USED_RULES "SELECT 0::int8, " RULE_COLUMNS " FROM " USED_RULES "WHERE s.org_id = " OWN
#define LOAD_USED_RULES                                                                                                  \
  "SELECT u.place, " RULE_COLUMNS " FROM unnest($1::int4[]) WITH ORDINALITY u (project_id, place) JOIN " USED_RULES      \
  "ON s.org_id = " OWN " AND s.project_id = u.project_id"
#define SET_RULES "SELECT coalesce(set_redaction_rules($1, $2, $3, $4), 0)"
#define EACH_TEXT                                                                                                        \
  "SELECT e.data, e.page_path, e.page_title FROM event e WHERE e.org_id = " OWN " AND e.project_id = $1 AND e.ts >= $2 AND e.ts < $3 "  \
  "ORDER BY e.ts DESC LIMIT $4"
#define ADD_LETTERS "SELECT add_dead_letters($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
#define TAKE_LETTERS "SELECT take_dead_letters($1, $2)"
#define LETTER_COLUMNS "l.project_id, l.letter_no, l.received_at, l.schema_version, l.source, l.field, l.reason, l.raw"
#define LIST_LETTERS                                                                                                     \
  "SELECT u.place, l.* FROM unnest($1::int4[]) WITH ORDINALITY u (project_id, place) CROSS JOIN LATERAL (SELECT " LETTER_COLUMNS " "   \
  "FROM dead_letter l WHERE l.org_id = " OWN " AND l.project_id = u.project_id AND l.letter_no < $2 AND ($3::text IS NULL OR l.reason = $3) " \
  "ORDER BY l.letter_no DESC LIMIT $4) l ORDER BY u.place, l.letter_no DESC"
#define LOAD_LETTERS                                                                                                     \
  "SELECT 1::int8, " LETTER_COLUMNS " FROM dead_letter l WHERE l.org_id = " OWN " AND l.project_id = $1 AND l.letter_no = ANY ($2) "    \
  "ORDER BY l.letter_no"
#define LIST_REASONS                                                                                                     \
  "SELECT u.place, l.* FROM unnest($1::int4[]) WITH ORDINALITY u (project_id, place) CROSS JOIN LATERAL ("               \
  "SELECT l.field, l.reason, count(*), min(l.received_at), max(l.received_at) FROM dead_letter l WHERE l.org_id = " OWN  \
  " AND l.project_id = u.project_id GROUP BY l.field, l.reason ORDER BY count(*) DESC, l.field, l.reason LIMIT 100) l ORDER BY u.place, l.count DESC"
#define LOAD_DROPPED                                                                                                     \
  "SELECT u.place, b.dropped FROM unnest($1::int4[]) WITH ORDINALITY u (project_id, place) "                             \
  "JOIN letter_box b ON b.org_id = " OWN " AND b.project_id = u.project_id"

static gpointer
read_rules (const PdgDbResult *result, guint row)
{
  PdgRedactionRecord *record = g_new0 (PdgRedactionRecord, 1);
  gsize n_keys;

  record->project_id = g_strdup (pdg_db_result_get_text (result, row, 1));
  record->version = (guint) pdg_db_result_get_int4 (result, row, 2);
  record->patterns = (guint) pdg_db_result_get_int4 (result, row, 3);
  record->keys = pdg_db_result_dup_text_array (result, row, 4, &n_keys);
  record->created_usec = pdg_db_result_get_usec (result, row, 5);
  record->created_by = g_strdup (pdg_db_result_get_text (result, row, 6));
  return record;
}

GPtrArray *
pdg_store_list_used_rules (PdgDbTx *tx, GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, LIST_USED_RULES, NULL, error);
  GPtrArray *records;

  if (result == NULL)
    return NULL;
  records = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_redaction_record_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    g_ptr_array_add (records, read_rules (result, row));
  return records;
}

GPtrArray *
pdg_store_load_used_rules (PdgDbTx *tx, const gint32 *project_nos, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  return pdg_store_query_each_one (tx, LOAD_USED_RULES, params, n, read_rules, (GDestroyNotify) pdg_redaction_record_free, error);
}

gboolean
pdg_store_set_rules (PdgDbTx *tx, gint32 project_no, guint patterns, const char *const *keys, const char *author, guint *version,
                     GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_int4 (params, (gint32) patterns);
  pdg_db_params_add_text_array (params, keys, NULL, g_strv_length ((char **) keys));
  pdg_db_params_add_text (params, author, -1);
  result = pdg_db_tx_query (tx, SET_RULES, params, error);
  if (result == NULL)
    return FALSE;
  *version = (guint) pdg_db_result_get_int4 (result, 0, 0);
  return TRUE;
}

typedef struct
{
  PdgStoreEventTextFunc func;
  gpointer user_data;
} EachText;

static gboolean
each_text_cb (const PdgDbResult *row, gpointer user_data)
{
  EachText *each = user_data;

  return each->func (pdg_db_result_get_text (row, 0, 0), pdg_db_result_get_text (row, 0, 1), pdg_db_result_get_text (row, 0, 2), each->user_data);
}

gboolean
pdg_store_each_event_text (PdgDbTx *tx, gint32 project_no, gint64 from_usec, gint64 to_usec, guint limit, PdgStoreEventTextFunc func,
                           gpointer user_data, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  EachText each = { func, user_data };

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_timestamptz (params, from_usec);
  pdg_db_params_add_timestamptz (params, to_usec);
  pdg_db_params_add_int4 (params, (gint32) limit);
  return pdg_db_tx_query_each (tx, EACH_TEXT, params, each_text_cb, &each, error);
}

/* ---- Letters */

static void
add_letter_texts (PdgDbParams *params, const PdgDeadLetter *const *letters, guint n, gsize member)
{
  g_autofree const char **texts = g_new (const char *, n);

  for (guint i = 0; i < n; i++)
    texts[i] = G_STRUCT_MEMBER (const char *, letters[i], member);
  pdg_db_params_add_text_array (params, texts, NULL, n);
}

gboolean
pdg_store_add_letters (PdgDbTx *tx, const PdgDeadLetter *const *letters, guint n, gint64 max_letters, gint64 max_bytes, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autofree gint32 *orgs = g_new (gint32, n), *bound = g_new (gint32, n), *versions = g_new (gint32, n);
  g_autofree gint64 *received = g_new (gint64, n);
  g_autofree guint8 *nulls = g_new0 (guint8, n);
  g_autofree gconstpointer *raws = g_new (gconstpointer, n);
  g_autofree gsize *lens = g_new (gsize, n);

  for (guint i = 0; i < n; i++)
    {
      orgs[i] = letters[i]->org_no;
      bound[i] = letters[i]->project_no;
      versions[i] = letters[i]->schema_version;
      nulls[i] = versions[i] == 0;
      received[i] = letters[i]->received_usec;
      raws[i] = g_bytes_get_data (letters[i]->raw, &lens[i]);
      if (raws[i] == NULL)
        raws[i] = "";
    }
  pdg_db_params_add_int4_array (params, orgs, NULL, n);
  pdg_db_params_add_int4_array (params, bound, NULL, n);
  add_letter_texts (params, letters, n, G_STRUCT_OFFSET (PdgDeadLetter, project_id));
  pdg_db_params_add_timestamptz_array (params, received, NULL, n);
  pdg_db_params_add_int4_array (params, versions, nulls, n);
  add_letter_texts (params, letters, n, G_STRUCT_OFFSET (PdgDeadLetter, source));
  add_letter_texts (params, letters, n, G_STRUCT_OFFSET (PdgDeadLetter, field));
  add_letter_texts (params, letters, n, G_STRUCT_OFFSET (PdgDeadLetter, reason));
  pdg_db_params_add_bytea_array (params, raws, lens, n);
  pdg_db_params_add_int8 (params, max_letters);
  pdg_db_params_add_int8 (params, max_bytes);
  return pdg_db_tx_exec (tx, ADD_LETTERS, params, error);
}

gboolean
pdg_store_take_letters (PdgDbTx *tx, gint32 project_no, const gint64 *letter_nos, guint n, gint64 *n_taken, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_int8_array (params, letter_nos, NULL, n);
  result = pdg_db_tx_query (tx, TAKE_LETTERS, params, error);
  if (result == NULL)
    return FALSE;
  if (n_taken != NULL)
    *n_taken = pdg_db_result_get_int8 (result, 0, 0);
  return TRUE;
}

static gpointer
read_letter (const PdgDbResult *result, guint row)
{
  PdgDeadLetter *letter = g_new0 (PdgDeadLetter, 1);
  gsize len = 0;
  const guint8 *raw = pdg_db_result_get_bytea (result, row, 8, &len);

  letter->project_no = pdg_db_result_get_int4 (result, row, 1);
  letter->letter_no = pdg_db_result_get_int8 (result, row, 2);
  letter->received_usec = pdg_db_result_get_usec (result, row, 3);
  letter->schema_version = pdg_db_result_is_null (result, row, 4) ? 0 : pdg_db_result_get_int4 (result, row, 4);
  letter->source = g_strdup (pdg_db_result_get_text (result, row, 5));
  letter->field = g_strdup (pdg_db_result_get_text (result, row, 6));
  letter->reason = g_strdup (pdg_db_result_get_text (result, row, 7));
  letter->raw = g_bytes_new (raw, len);
  return letter;
}

GPtrArray *
pdg_store_list_letters (PdgDbTx *tx, const gint32 *project_nos, guint n, const char *reason, gint64 before, guint limit, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  pdg_db_params_add_int8 (params, before);
  pdg_db_params_add_text (params, reason, -1);
  pdg_db_params_add_int4 (params, (gint32) limit);
  return pdg_store_query_lists (tx, LIST_LETTERS, params, n, read_letter, (GDestroyNotify) pdg_dead_letter_free, error);
}

GPtrArray *
pdg_store_load_letters (PdgDbTx *tx, gint32 project_no, const gint64 *letter_nos, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (GPtrArray) lists = NULL;

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_int8_array (params, letter_nos, NULL, n);
  lists = pdg_store_query_lists (tx, LOAD_LETTERS, params, 1, read_letter, (GDestroyNotify) pdg_dead_letter_free, error);
  return lists != NULL ? g_ptr_array_ref (lists->pdata[0]) : NULL;
}

static gpointer
read_reason (const PdgDbResult *result, guint row)
{
  PdgLetterReason *reason = g_new0 (PdgLetterReason, 1);

  reason->field = g_strdup (pdg_db_result_get_text (result, row, 1));
  reason->reason = g_strdup (pdg_db_result_get_text (result, row, 2));
  reason->letters = pdg_db_result_get_int8 (result, row, 3);
  reason->oldest_usec = pdg_db_result_get_usec (result, row, 4);
  reason->newest_usec = pdg_db_result_get_usec (result, row, 5);
  return reason;
}

GPtrArray *
pdg_store_list_letter_reasons (PdgDbTx *tx, const gint32 *project_nos, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  return pdg_store_query_lists (tx, LIST_REASONS, params, n, read_reason, (GDestroyNotify) pdg_letter_reason_free, error);
}

gint64 *
pdg_store_load_dropped_letters (PdgDbTx *tx, const gint32 *project_nos, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  gint64 *dropped;

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  result = pdg_db_tx_query (tx, LOAD_DROPPED, params, error);
  if (result == NULL)
    return NULL;
  dropped = g_new0 (gint64, n);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    dropped[pdg_db_result_get_int8 (result, row, 0) - 1] = pdg_db_result_get_int8 (result, row, 1);
  return dropped;
}
