#include "config.h"
#include "store/pdg-store-keys.h"

#include "base/pdg-id.h"
#include "store/pdg-store-lists.h"
#include "store/pdg-store-members.h"

#include <string.h>

#define OWN "(SELECT current_org_id())"
#define KEY_COLUMNS "key_id, label, prefix, created_at, revoked_at, ends_at, events_per_second, burst_events, last_used_at"
#define NOTE_USES "SELECT note_key_uses($1, $2)"
#define LIST_KEYS                                                                                                        \
  "SELECT u.place, k.* FROM unnest($1::int4[]) WITH ORDINALITY u (project_id, place) CROSS JOIN LATERAL ("               \
  "SELECT " KEY_COLUMNS " FROM api_key k WHERE k.org_id = " OWN " AND k.project_id = u.project_id AND k.key_id > $2 "    \
  "ORDER BY k.key_id LIMIT $3) k ORDER BY u.place, k.key_id"
#define CREATE_KEY                                                                                                       \
  "INSERT INTO api_key (org_id, project_id, hash, prefix, label) VALUES (current_org_id(), $1, $2, $3, $4) "            \
  "RETURNING 0::int8, " KEY_COLUMNS
#define REVOKE_KEY                                                                                                       \
  "UPDATE api_key SET revoked_at = now() WHERE org_id = " OWN " AND project_id = $1 AND key_id = $2 "                    \
  "RETURNING 0::int8, " KEY_COLUMNS
#define END_KEY                                                                                                          \
  "UPDATE api_key SET ends_at = least(coalesce(ends_at, 'infinity'), $3) WHERE org_id = " OWN " AND project_id = $1 "     \
  "AND key_id = $2 AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > now()) RETURNING 0::int8, " KEY_COLUMNS
#define LIMIT_KEY                                                                                                        \
  "UPDATE api_key SET events_per_second = $3, burst_events = $4 WHERE org_id = " OWN " AND project_id = $1 "             \
  "AND key_id = $2 RETURNING 0::int8, " KEY_COLUMNS
#define SET_ORIGINS "UPDATE project SET origins = $2 WHERE org_id = " OWN " AND project_id = $1"
#define LIST_ORIGINS                                                                                                     \
  "SELECT u.place, array_to_string(p.origins, ' ') FROM unnest($1::int4[]) WITH ORDINALITY u (project_id, place) "       \
  "JOIN project p ON p.project_id = u.project_id"
#define REVOKE_KEYS                                                                                                      \
  "UPDATE api_key SET revoked_at = now() WHERE org_id = " OWN " AND project_id = $1 AND prefix = $2 AND revoked_at IS NULL"
#define TOKENS                                                                                                           \
  "SELECT t.token_id, t.label, t.prefix, t.role, t.created_at, t.expires_at, t.revoked_at, m.id, m.email, m.name, m.role, " \
  "m.created_at FROM access_token t LEFT JOIN membership m ON m.org_id = t.org_id AND m.id = t.member_id "               \
  "WHERE t.org_id = " OWN
#define LIST_TOKENS TOKENS " AND t.token_id > $1 ORDER BY t.token_id LIMIT $2"
#define LOOKUP_TOKEN TOKENS " AND t.token_id = $1"
#define CREATE_TOKEN "SELECT add_access_token($1, $2, $3, $4, $5, $6)"
#define REVOKE_TOKEN "UPDATE access_token SET revoked_at = now() WHERE org_id = " OWN " AND token_id = $1"
#define RESOLVE "SELECT org_id, org, project_id, role, label, key_id, events_per_second, burst_events, origins, author FROM resolve_credential($1)"

static gint64
read_time (const PdgDbResult *result, guint row, guint column)
{
  return pdg_db_result_is_null (result, row, column) ? PDG_TIME_NONE : pdg_db_result_get_usec (result, row, column);
}

static gpointer
read_key (const PdgDbResult *result, guint row)
{
  PdgApiKey *key = g_new0 (PdgApiKey, 1);

  key->key_no = pdg_db_result_get_int4 (result, row, 1);
  key->label = g_strdup (pdg_db_result_get_text (result, row, 2));
  key->prefix = g_strdup (pdg_db_result_get_text (result, row, 3));
  key->created_usec = read_time (result, row, 4);
  key->revoked_usec = read_time (result, row, 5);
  key->ends_usec = read_time (result, row, 6);
  key->events_per_second = pdg_db_result_is_null (result, row, 7) ? -1 : pdg_db_result_get_int4 (result, row, 7);
  key->burst_events = pdg_db_result_get_int4 (result, row, 8);
  key->used_usec = read_time (result, row, 9);
  return key;
}

gboolean
pdg_store_note_key_uses (PdgDbTx *tx, const gint32 *key_nos, const gint64 *usec, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, key_nos, NULL, n);
  pdg_db_params_add_timestamptz_array (params, usec, NULL, n);
  return pdg_db_tx_exec (tx, NOTE_USES, params, error);
}

GPtrArray *
pdg_store_list_api_keys (PdgDbTx *tx, const gint32 *project_nos, guint n, gint32 after, guint limit, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  pdg_db_params_add_int4 (params, after);
  pdg_db_params_add_int4 (params, (gint32) limit);
  return pdg_store_query_lists (tx, LIST_KEYS, params, n, read_key, (GDestroyNotify) pdg_api_key_free, error);
}

PdgApiKey *
pdg_store_create_api_key (PdgDbTx *tx, gint32 project_no, const guint8 hash[32], const char *prefix, const char *label, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_bytea (params, hash, 32);
  pdg_db_params_add_text (params, prefix, -1);
  pdg_db_params_add_text (params, label, -1);
  result = pdg_db_tx_query (tx, CREATE_KEY, params, error);
  return result != NULL ? read_key (result, 0) : NULL;
}

PdgApiKey *
pdg_store_revoke_api_key (PdgDbTx *tx, gint32 project_no, gint32 key_no, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_int4 (params, key_no);
  result = pdg_db_tx_query (tx, REVOKE_KEY, params, error);
  return result != NULL && pdg_db_result_get_n_rows (result) == 1 ? read_key (result, 0) : NULL;
}

PdgApiKey *
pdg_store_end_api_key (PdgDbTx *tx, gint32 project_no, gint32 key_no, gint64 ends_usec, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_int4 (params, key_no);
  pdg_db_params_add_timestamptz (params, ends_usec);
  result = pdg_db_tx_query (tx, END_KEY, params, error);
  return result != NULL && pdg_db_result_get_n_rows (result) == 1 ? read_key (result, 0) : NULL;
}

PdgApiKey *
pdg_store_limit_api_key (PdgDbTx *tx, gint32 project_no, gint32 key_no, int events_per_second, int burst_events, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_int4 (params, key_no);
  if (events_per_second >= 0)
    pdg_db_params_add_int4 (params, events_per_second);
  else
    pdg_db_params_add_null (params);
  if (burst_events > 0)
    pdg_db_params_add_int4 (params, burst_events);
  else
    pdg_db_params_add_null (params);
  result = pdg_db_tx_query (tx, LIMIT_KEY, params, error);
  return result != NULL && pdg_db_result_get_n_rows (result) == 1 ? read_key (result, 0) : NULL;
}

gboolean
pdg_store_set_origins (PdgDbTx *tx, gint32 project_no, const char *const *origins, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  if (origins != NULL)
    pdg_db_params_add_text_array (params, origins, NULL, g_strv_length ((char **) origins));
  else
    pdg_db_params_add_null (params);
  return pdg_db_tx_exec (tx, SET_ORIGINS, params, error);
}

static gpointer
read_origins (const PdgDbResult *result, guint row)
{
  return g_strdup (pdg_db_result_get_text (result, row, 1));
}

GPtrArray *
pdg_store_list_origins (PdgDbTx *tx, const gint32 *project_nos, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  return pdg_store_query_each_one (tx, LIST_ORIGINS, params, n, read_origins, g_free, error);
}

gboolean
pdg_store_revoke_api_keys_by_prefix (PdgDbTx *tx, gint32 project_no, const char *prefix, gint64 *n_revoked, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_text (params, prefix, -1);
  return pdg_db_tx_exec_count (tx, REVOKE_KEYS, params, n_revoked, error);
}

static PdgAccessToken *
read_token (const PdgDbResult *result, guint row)
{
  PdgAccessToken *token = g_new0 (PdgAccessToken, 1);

  token->token_no = pdg_db_result_get_int4 (result, row, 0);
  token->label = g_strdup (pdg_db_result_get_text (result, row, 1));
  token->prefix = g_strdup (pdg_db_result_get_text (result, row, 2));
  pdg_role_from_string (pdg_db_result_get_text (result, row, 3), &token->role);
  token->created_usec = read_time (result, row, 4);
  token->expires_usec = read_time (result, row, 5);
  token->revoked_usec = read_time (result, row, 6);
  token->member = pdg_store_read_member (result, row, 7);
  return token;
}

GPtrArray *
pdg_store_list_tokens (PdgDbTx *tx, gint32 after, guint limit, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *tokens;

  pdg_db_params_add_int4 (params, after);
  pdg_db_params_add_int4 (params, (gint32) limit);
  result = pdg_db_tx_query (tx, LIST_TOKENS, params, error);
  if (result == NULL)
    return NULL;
  tokens = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_access_token_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    g_ptr_array_add (tokens, read_token (result, row));
  return tokens;
}

static PdgAccessToken *
lookup_token (PdgDbTx *tx, gint32 token_no, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, token_no);
  result = pdg_db_tx_query (tx, LOOKUP_TOKEN, params, error);
  return result != NULL && pdg_db_result_get_n_rows (result) == 1 ? read_token (result, 0) : NULL;
}

PdgAccessToken *
pdg_store_create_token (PdgDbTx *tx, const PdgMember *member, PdgRole role, const guint8 hash[32], const char *prefix, const char *label,
                        gint64 expires_usec, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  guint8 uuid[16];

  if (member != NULL && !pdg_uuid_parse (member->id, strlen (member->id), uuid))
    g_return_val_if_reached (NULL);
  pdg_db_params_add_uuid (params, member != NULL ? uuid : NULL);
  pdg_db_params_add_text (params, pdg_role_to_string (role), -1);
  pdg_db_params_add_text (params, label, -1);
  pdg_db_params_add_text (params, prefix, -1);
  pdg_db_params_add_bytea (params, hash, 32);
  if (expires_usec != PDG_TIME_NONE)
    pdg_db_params_add_timestamptz (params, expires_usec);
  else
    pdg_db_params_add_null (params);
  result = pdg_db_tx_query (tx, CREATE_TOKEN, params, error);
  return result != NULL ? lookup_token (tx, pdg_db_result_get_int4 (result, 0, 0), error) : NULL;
}

PdgAccessToken *
pdg_store_revoke_token (PdgDbTx *tx, gint32 token_no, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, token_no);
  return pdg_db_tx_exec (tx, REVOKE_TOKEN, params, error) ? lookup_token (tx, token_no, error) : NULL;
}

PdgPrincipal *
pdg_store_resolve_credential (PdgDbTx *tx, const guint8 hash[32], GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  char uuid[PDG_UUID_TEXT_BYTES];
  PdgPrincipal *principal;
  PdgRole role;

  pdg_db_params_add_bytea (params, hash, 32);
  result = pdg_db_tx_query (tx, RESOLVE, params, error);
  if (result == NULL || pdg_db_result_get_n_rows (result) == 0
      || !pdg_role_from_string (pdg_db_result_get_text (result, 0, 3), &role))
    return NULL;
  pdg_uuid_format (pdg_db_result_get_uuid (result, 0, 1), uuid);
  principal = pdg_principal_new (uuid, pdg_db_result_get_int4 (result, 0, 0), role, pdg_db_result_get_int4 (result, 0, 2),
                                 pdg_db_result_get_text (result, 0, 4));
  pdg_principal_set_key (principal, pdg_db_result_get_int4 (result, 0, 5),
                         pdg_db_result_is_null (result, 0, 6) ? -1 : pdg_db_result_get_int4 (result, 0, 6), pdg_db_result_get_int4 (result, 0, 7),
                         pdg_db_result_get_text (result, 0, 8));
  pdg_principal_set_author (principal, pdg_db_result_get_text (result, 0, 9));
  return principal;
}
