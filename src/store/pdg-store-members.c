#include "config.h"
#include "store/pdg-store-members.h"

#include "base/pdg-id.h"

#include <string.h>

#define OWN "(SELECT current_org_id())"
#define COLUMNS "SELECT id, email, name, role, created_at FROM membership WHERE org_id = " OWN
#define LIST COLUMNS " AND ($2::uuid IS NULL OR (created_at, id) > ($1, $2)) ORDER BY created_at, id LIMIT $3"
#define LOOKUP COLUMNS " AND id = $1"
#define ADD "SELECT add_member($1, $2, $3)"
#define UPDATE "SELECT update_member($1, $2, $3)"
#define REMOVE "SELECT remove_member($1)"

PdgMember *
pdg_store_read_member (const PdgDbResult *result, guint row, guint column)
{
  const guint8 *id = pdg_db_result_get_uuid (result, row, column);
  PdgMember *member;

  if (id == NULL)
    return NULL;
  member = g_new0 (PdgMember, 1);
  member->id = g_malloc (PDG_UUID_TEXT_BYTES);
  pdg_uuid_format (id, member->id);
  member->email = g_strdup (pdg_db_result_get_text (result, row, column + 1));
  member->name = g_strdup (pdg_db_result_get_text (result, row, column + 2));
  pdg_role_from_string (pdg_db_result_get_text (result, row, column + 3), &member->role);
  member->joined_usec = pdg_db_result_get_usec (result, row, column + 4);
  return member;
}

/* FALSE when the text is no UUID, so there is nobody with this id. */
static gboolean
add_id (PdgDbParams *params, const char *id)
{
  guint8 uuid[16];

  if (!pdg_uuid_parse (id, strlen (id), uuid))
    return FALSE;
  pdg_db_params_add_uuid (params, uuid);
  return TRUE;
}

GPtrArray *
pdg_store_list_members (PdgDbTx *tx, gint64 after_usec, const char *after_id, guint limit, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *members;

  pdg_db_params_add_timestamptz (params, after_usec);
  if (after_id == NULL || !add_id (params, after_id))
    pdg_db_params_add_uuid (params, NULL);
  pdg_db_params_add_int4 (params, (gint32) limit);
  result = pdg_db_tx_query (tx, LIST, params, error);
  if (result == NULL)
    return NULL;
  members = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_member_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    g_ptr_array_add (members, pdg_store_read_member (result, row, 0));
  return members;
}

PdgMember *
pdg_store_lookup_member (PdgDbTx *tx, const char *id, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  if (!add_id (params, id))
    return NULL;
  result = pdg_db_tx_query (tx, LOOKUP, params, error);
  return result != NULL && pdg_db_result_get_n_rows (result) == 1 ? pdg_store_read_member (result, 0, 0) : NULL;
}

PdgMember *
pdg_store_add_member (PdgDbTx *tx, const char *email, const char *name, PdgRole role, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  char id[PDG_UUID_TEXT_BYTES];

  pdg_db_params_add_text (params, email, -1);
  pdg_db_params_add_text (params, name, -1);
  pdg_db_params_add_text (params, pdg_role_to_string (role), -1);
  result = pdg_db_tx_query (tx, ADD, params, error);
  if (result == NULL || pdg_db_result_is_null (result, 0, 0))
    return NULL;
  pdg_uuid_format (pdg_db_result_get_uuid (result, 0, 0), id);
  return pdg_store_lookup_member (tx, id, error);
}

static gboolean
change (PdgDbTx *tx, const char *sql, PdgDbParams *params, PdgStoreMemberState *state, GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, sql, params, error);
  const char *text;

  if (result == NULL)
    return FALSE;
  text = pdg_db_result_get_text (result, 0, 0);
  *state = strcmp (text, "done") == 0      ? PDG_STORE_MEMBER_DONE
           : strcmp (text, "missing") == 0 ? PDG_STORE_MEMBER_MISSING
                                           : PDG_STORE_MEMBER_LAST_ADMIN;
  return TRUE;
}

gboolean
pdg_store_update_member (PdgDbTx *tx, const char *id, const char *name, const PdgRole *role, PdgStoreMemberState *state, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  *state = PDG_STORE_MEMBER_MISSING;
  if (!add_id (params, id))
    return TRUE;
  pdg_db_params_add_text (params, name, -1);
  pdg_db_params_add_text (params, role != NULL ? pdg_role_to_string (*role) : NULL, -1);
  return change (tx, UPDATE, params, state, error);
}

gboolean
pdg_store_remove_member (PdgDbTx *tx, const char *id, PdgStoreMemberState *state, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  *state = PDG_STORE_MEMBER_MISSING;
  return !add_id (params, id) || change (tx, REMOVE, params, state, error);
}
