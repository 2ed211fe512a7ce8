#include "config.h"
#include "store/pdg-store-events.h"

#include "base/pdg-id.h"
#include "db/pdg-db-error.h"

#include <string.h>

#define MAY_COPY                                                                                                          \
  "SELECT r.rolbypassrls OR r.rolsuper, has_table_privilege('event', 'INSERT') FROM pg_roles r WHERE r.rolname = current_user"
#define COLUMNS                                                                                                           \
  "ts, received_at, org_id, project_id, session_no, actor_no, term_no, release_no, seq, flags, event_key, event_id, "      \
  "page_path, page_title, anonymous_id, data, payload_hash"
#define N_COLUMNS 17
#define COPY_EVENTS "COPY event (" COLUMNS ") FROM STDIN BINARY"
#define MAKE_STAGE                                                                                                        \
  "CREATE TEMPORARY TABLE IF NOT EXISTS event_stage (ts timestamptz, received_at timestamptz, org_id int4, project_id int4, " \
  "session_no int4, actor_no int4, term_no int4, release_no int4, seq int4, flags int2, event_key uuid, event_id text, "    \
  "page_path text, page_title text, anonymous_id text, data text, payload_hash int4) ON COMMIT DELETE ROWS"
#define COPY_STAGE "COPY pg_temp.event_stage (" COLUMNS ") FROM STDIN BINARY"
#define INSERT_STAGE "INSERT INTO event (" COLUMNS ") SELECT " COLUMNS " FROM pg_temp.event_stage"
#define INSERT_EVENTS                                                                                                     \
  "SELECT project_id, session_no, ts, event_key FROM insert_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "    \
  "$13, $14, $15, $16, $17)"
#define FIND_PAYLOADS "SELECT find_payloads($1, $2, $3, $4)"
#define ENSURE_PARTITIONS "SELECT ensure_event_partitions()"

#define COPY_PIECE_BYTES (64 * 1024)

gboolean
pdg_store_events_may_copy (PdgDbTx *tx, gboolean *may, GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, MAY_COPY, NULL, error);

  if (result == NULL)
    return FALSE;
  *may = pdg_db_result_get_n_rows (result) == 1 && pdg_db_result_get_bool (result, 0, 0) && pdg_db_result_get_bool (result, 0, 1);
  return TRUE;
}

/* Whether the id's text is what the key prints as, so that the key alone is enough. */
static gboolean
key_says_id (const PdgEvent *event)
{
  char text[PDG_UUID_TEXT_BYTES];

  if (event->event_id.len != sizeof text - 1)
    return FALSE;
  pdg_uuid_format (event->event_key, text);
  return memcmp (text, event->event_id.data, sizeof text - 1) == 0;
}

static void
add_text (PdgDbCopyBuffer *buffer, const PdgSlice *slice, gboolean wanted)
{
  if (wanted && slice->data != NULL)
    pdg_db_copy_buffer_add_text (buffer, slice->data, slice->len);
  else
    pdg_db_copy_buffer_add_null (buffer);
}

static void
encode_row (PdgDbCopyBuffer *buffer, const PdgEventRow *row)
{
  const PdgEvent *event = row->event;

  pdg_db_copy_buffer_begin_row (buffer, N_COLUMNS);
  pdg_db_copy_buffer_add_timestamptz (buffer, event->timestamp_usec);
  pdg_db_copy_buffer_add_timestamptz (buffer, row->received_usec);
  pdg_db_copy_buffer_add_int4 (buffer, row->org_no);
  pdg_db_copy_buffer_add_int4 (buffer, row->project_no);
  pdg_db_copy_buffer_add_int4 (buffer, row->session_no);
  pdg_db_copy_buffer_add_int4 (buffer, row->actor_no);
  pdg_db_copy_buffer_add_int4 (buffer, row->term_no);
  if (row->release_no > 0)
    pdg_db_copy_buffer_add_int4 (buffer, row->release_no);
  else
    pdg_db_copy_buffer_add_null (buffer);
  if (event->sequence != PDG_SEQUENCE_NONE)
    pdg_db_copy_buffer_add_int4 (buffer, event->sequence);
  else
    pdg_db_copy_buffer_add_null (buffer);
  pdg_db_copy_buffer_add_int2 (buffer, (gint16) event->flags);
  pdg_db_copy_buffer_add_uuid (buffer, event->event_key);
  add_text (buffer, &event->event_id, !key_says_id (event));
  add_text (buffer, &event->page_path, row->has_page_path);
  add_text (buffer, &event->page_title, TRUE);
  add_text (buffer, &event->anonymous, row->has_anonymous);
  add_text (buffer, &event->data, TRUE);
  pdg_db_copy_buffer_add_int4 (buffer, event->payload_hash);
}

static gboolean
copy_rows (PdgDbTx *tx, const char *sql, PdgDbCopyBuffer *buffer, const PdgEventRow *rows, guint n, GError **error)
{
  gint64 n_stored = 0;

  pdg_db_copy_buffer_truncate (buffer, 0);
  pdg_db_copy_buffer_add_header (buffer);
  if (!pdg_db_tx_copy_begin (tx, sql, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      encode_row (buffer, &rows[i]);
      if (pdg_db_copy_buffer_get_length (buffer) < COPY_PIECE_BYTES)
        continue;
      if (!pdg_db_tx_copy_put (tx, pdg_db_copy_buffer_get_data (buffer), pdg_db_copy_buffer_get_length (buffer), error))
        return FALSE;
      pdg_db_copy_buffer_truncate (buffer, 0);
    }
  pdg_db_copy_buffer_add_trailer (buffer);
  if (!pdg_db_tx_copy_put (tx, pdg_db_copy_buffer_get_data (buffer), pdg_db_copy_buffer_get_length (buffer), error)
      || !pdg_db_tx_copy_end (tx, &n_stored, error))
    return FALSE;
  if (n_stored != n)
    {
      g_set_error (error, PDG_DB_ERROR, PDG_DB_ERROR_FAILED, "the database stored %" G_GINT64_FORMAT " of %u events", n_stored, n);
      return FALSE;
    }
  return TRUE;
}

gboolean
pdg_store_events_copy (PdgDbTx *tx, PdgDbCopyBuffer *buffer, const PdgEventRow *rows, guint n, GError **error)
{
  return copy_rows (tx, COPY_EVENTS, buffer, rows, n, error);
}

gboolean
pdg_store_events_make_stage (PdgDbTx *tx, GError **error)
{
  return pdg_db_tx_exec_script (tx, MAKE_STAGE, error);
}

gboolean
pdg_store_events_stage (PdgDbTx *tx, PdgDbCopyBuffer *buffer, const PdgEventRow *rows, guint n, GError **error)
{
  return copy_rows (tx, COPY_STAGE, buffer, rows, n, error) && pdg_db_tx_exec (tx, INSERT_STAGE, NULL, error);
}

/* Columns of rows as parameters: the value of a member of each, and whether it is null. */
static void
add_int4s (PdgDbParams *params, const void *first, gsize stride, guint n, gint32 null_value, gboolean has_null)
{
  g_autofree gint32 *values = g_new (gint32, n);
  g_autofree guint8 *nulls = g_new0 (guint8, n);

  for (guint i = 0; i < n; i++)
    {
      memcpy (&values[i], (const char *) first + i * stride, sizeof (gint32));
      nulls[i] = has_null && values[i] == null_value;
    }
  pdg_db_params_add_int4_array (params, values, nulls, n);
}

static void
add_event_texts (PdgDbParams *params, const PdgEventRow *rows, guint n, gsize member, gboolean (*wanted) (const PdgEventRow *row))
{
  g_autofree const char **texts = g_new (const char *, n);
  g_autofree gssize *lens = g_new (gssize, n);

  for (guint i = 0; i < n; i++)
    {
      const PdgSlice *slice = (const PdgSlice *) (const void *) ((const char *) rows[i].event + member);

      texts[i] = wanted == NULL || wanted (&rows[i]) ? slice->data : NULL;
      lens[i] = slice->len;
    }
  pdg_db_params_add_text_array (params, texts, lens, n);
}

static gboolean
wants_event_id (const PdgEventRow *row)
{
  return !key_says_id (row->event);
}

static gboolean
wants_page_path (const PdgEventRow *row)
{
  return row->has_page_path;
}

static gboolean
wants_anonymous (const PdgEventRow *row)
{
  return row->has_anonymous;
}

static PdgDbParams *
insert_params (const PdgEventRow *rows, guint n)
{
  PdgDbParams *params = pdg_db_params_new ();
  g_autofree gint64 *times = g_new (gint64, n), *received = g_new (gint64, n);
  g_autofree gint32 *seqs = g_new (gint32, n), *hashes = g_new (gint32, n);
  g_autofree gint16 *flags = g_new (gint16, n);
  g_autofree guint8 (*keys)[16] = g_malloc (16 * (gsize) n);

  for (guint i = 0; i < n; i++)
    {
      times[i] = rows[i].event->timestamp_usec;
      received[i] = rows[i].received_usec;
      hashes[i] = rows[i].event->payload_hash;
      seqs[i] = rows[i].event->sequence;
      flags[i] = (gint16) rows[i].event->flags;
      memcpy (keys[i], rows[i].event->event_key, 16);
    }
  pdg_db_params_add_timestamptz_array (params, times, NULL, n);
  pdg_db_params_add_timestamptz_array (params, received, NULL, n);
  add_int4s (params, &rows[0].org_no, sizeof *rows, n, 0, FALSE);
  add_int4s (params, &rows[0].project_no, sizeof *rows, n, 0, FALSE);
  add_int4s (params, &rows[0].session_no, sizeof *rows, n, 0, FALSE);
  add_int4s (params, &rows[0].actor_no, sizeof *rows, n, 0, FALSE);
  add_int4s (params, &rows[0].term_no, sizeof *rows, n, 0, FALSE);
  add_int4s (params, &rows[0].release_no, sizeof *rows, n, 0, TRUE);
  add_int4s (params, seqs, sizeof *seqs, n, PDG_SEQUENCE_NONE, TRUE);
  pdg_db_params_add_int2_array (params, flags, NULL, n);
  pdg_db_params_add_uuid_array (params, (const guint8 (*)[16]) keys, NULL, n);
  add_event_texts (params, rows, n, G_STRUCT_OFFSET (PdgEvent, event_id), wants_event_id);
  add_event_texts (params, rows, n, G_STRUCT_OFFSET (PdgEvent, page_path), wants_page_path);
  add_event_texts (params, rows, n, G_STRUCT_OFFSET (PdgEvent, page_title), NULL);
  add_event_texts (params, rows, n, G_STRUCT_OFFSET (PdgEvent, anonymous), wants_anonymous);
  add_event_texts (params, rows, n, G_STRUCT_OFFSET (PdgEvent, data), NULL);
  pdg_db_params_add_int4_array (params, hashes, NULL, n);
  return params;
}

/* The identity of a stored row as a hash key. */
typedef struct
{
  gint64 ts_usec;
  gint32 project_no;
  gint32 session_no;
  guint8 key[16];
} Identity;

static guint
identity_hash (gconstpointer data)
{
  guint hash;

  memcpy (&hash, ((const Identity *) data)->key, sizeof hash);
  return hash;
}

static gboolean
identity_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (Identity)) == 0;
}

gboolean
pdg_store_events_insert (PdgDbTx *tx, const PdgEventRow *rows, guint n, guint8 *inserted, GError **error)
{
  g_autoptr (PdgDbParams) params = insert_params (rows, n);
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, INSERT_EVENTS, params, error);
  g_autoptr (GHashTable) stored = g_hash_table_new_full (identity_hash, identity_equal, g_free, NULL);

  if (result == NULL)
    return FALSE;
  for (guint r = 0; r < pdg_db_result_get_n_rows (result); r++)
    {
      Identity *identity = g_new0 (Identity, 1);

      identity->project_no = pdg_db_result_get_int4 (result, r, 0);
      identity->session_no = pdg_db_result_get_int4 (result, r, 1);
      identity->ts_usec = pdg_db_result_get_usec (result, r, 2);
      memcpy (identity->key, pdg_db_result_get_uuid (result, r, 3), 16);
      g_hash_table_add (stored, identity);
    }
  for (guint i = 0; i < n; i++)
    {
      Identity identity = { rows[i].event->timestamp_usec, rows[i].project_no, rows[i].session_no, { 0 } };

      memcpy (identity.key, rows[i].event->event_key, 16);
      inserted[i] = g_hash_table_remove (stored, &identity);
    }
  return TRUE;
}

gboolean
pdg_store_events_find_payloads (PdgDbTx *tx, const PdgEventRow *rows, guint n, gint32 *hashes, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  g_autofree gint64 *times = g_new (gint64, n), *values = NULL;
  g_autofree guint8 (*keys)[16] = g_malloc (16 * (gsize) n);
  gsize n_values = 0;

  for (guint i = 0; i < n; i++)
    {
      times[i] = rows[i].event->timestamp_usec;
      memcpy (keys[i], rows[i].event->event_key, 16);
    }
  add_int4s (params, &rows[0].project_no, sizeof *rows, n, 0, FALSE);
  add_int4s (params, &rows[0].session_no, sizeof *rows, n, 0, FALSE);
  pdg_db_params_add_timestamptz_array (params, times, NULL, n);
  pdg_db_params_add_uuid_array (params, (const guint8 (*)[16]) keys, NULL, n);
  result = pdg_db_tx_query (tx, FIND_PAYLOADS, params, error);
  if (result == NULL)
    return FALSE;
  values = pdg_db_result_dup_int8_array (result, 0, 0, &n_values);
  for (guint i = 0; i < n; i++)
    hashes[i] = i < n_values ? (gint32) values[i] : 0;
  return TRUE;
}

gboolean
pdg_store_events_ensure_partitions (PdgDbTx *tx, GError **error)
{
  return pdg_db_tx_exec (tx, ENSURE_PARTITIONS, NULL, error);
}
