#include "config.h"
#include "service/pdg-commands.h"

#include "base/pdg-clock.h"
#include "base/pdg-id.h"
#include "db/pdg-db-error.h"
#include "service/pdg-commands-private.h"
#include "service/pdg-credentials.h"
#include "store/pdg-store-keys.h"
#include "store/pdg-store-members.h"

#include <string.h>

/* Members, ingest keys and access tokens. */

#define MAX_LABEL_LEN 100
#define MAX_EMAIL_LEN 254
#define SECRET_BYTES 24

/* ---- Members */

/* One at sign between two parts; more than this only a letter to it can tell. */
static char *
dup_email (const char *text, GError **error)
{
  g_autofree char *email = g_strstrip (g_strdup (text));
  const char *at = strchr (email, '@');

  if (at != NULL && at > email && at[1] != '\0' && strchr (at + 1, '@') == NULL && strlen (email) <= MAX_EMAIL_LEN
      && strpbrk (email, " \t\r\n,;<>\"()") == NULL && !g_utf8_strchr (email, -1, 0x7f))
    {
      const char *p = email;

      while (*p != '\0' && !g_unichar_iscntrl (g_utf8_get_char (p)) && !g_unichar_isspace (g_utf8_get_char (p)))
        p = g_utf8_next_char (p);
      if (*p == '\0')
        return g_steal_pointer (&email);
    }
  pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "email", "email: use an address such as ada@example.org, at most %d bytes long", MAX_EMAIL_LEN);
  return NULL;
}

PdgMember *
pdg_commands_add_member (PdgDbConn *conn, PdgPrincipal *principal, const char *email, const char *name, PdgRole role, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin_unbound (conn, principal, PDG_ROLE_ADMIN, error);
  g_autofree char *address = tx != NULL ? dup_email (email, error) : NULL;
  g_autofree char *text = address != NULL ? pdg_commands_dup_text (name, "name", 0, MAX_LABEL_LEN, error) : NULL;
  g_autoptr (PdgMember) member = NULL;
  g_autoptr (GError) local = NULL;

  if (text == NULL)
    return NULL;
  member = pdg_store_add_member (tx, address, text, role, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (member == NULL)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_CONFLICT, "email", "email: who has this address is a member already; change that member instead");
      return NULL;
    }
  return pdg_commands_commit (tx, principal, error, "added the member %s as %s", member->id, pdg_role_to_string (role)) ? g_steal_pointer (&member) : NULL;
}

static gboolean
check_state (PdgStoreMemberState state, const char *id, const char *field, GError **error)
{
  if (state == PDG_STORE_MEMBER_DONE)
    return TRUE;
  if (state == PDG_STORE_MEMBER_MISSING)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_NOT_FOUND, "id", "there is no member \"%s\" in this organisation", id);
  else
    pdg_service_error_set (error, PDG_SERVICE_ERROR_CONFLICT, field, "this is the only admin among the members; make another member admin first");
  return FALSE;
}

PdgMember *
pdg_commands_update_member (PdgDbConn *conn, PdgPrincipal *principal, const char *id, const char *name, const PdgRole *role, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin_unbound (conn, principal, PDG_ROLE_ADMIN, error);
  g_autofree char *text = NULL;
  g_autoptr (PdgMember) member = NULL;
  PdgStoreMemberState state;

  if (tx == NULL || (name != NULL && (text = pdg_commands_dup_text (name, "name", 0, MAX_LABEL_LEN, error)) == NULL))
    return NULL;
  if (!pdg_store_update_member (tx, id, text, role, &state, error) || !check_state (state, id, "role", error))
    return NULL;
  member = pdg_store_lookup_member (tx, id, error);
  if (member == NULL)
    return NULL;
  return pdg_commands_commit (tx, principal, error, "changed the member %s, who is %s", member->id, pdg_role_to_string (member->role))
           ? g_steal_pointer (&member) : NULL;
}

gboolean
pdg_commands_remove_member (PdgDbConn *conn, PdgPrincipal *principal, const char *id, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin_unbound (conn, principal, PDG_ROLE_ADMIN, error);
  PdgStoreMemberState state;

  return tx != NULL && pdg_store_remove_member (tx, id, &state, error) && check_state (state, id, "id", error)
         && pdg_commands_commit (tx, principal, error, "removed the member %s", id);
}

/* ---- Keys and tokens */

/* A secret with a prefix that tells its kind; its hash and the part that may be shown. */
char *
pdg_commands_make_secret (const char *kind, guint8 hash[32], char shown[PDG_COMMANDS_SHOWN_LEN + 1])
{
  g_autofree char *random = pdg_random_token (SECRET_BYTES);
  char *secret = g_strconcat (kind, random, NULL);

  pdg_credential_hash (secret, hash);
  g_strlcpy (shown, secret, PDG_COMMANDS_SHOWN_LEN + 1);
  return secret;
}

PdgApiKey *
pdg_commands_create_api_key (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, const char *label, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_ADMIN, error);
  g_autoptr (PdgProject) project = tx != NULL ? pdg_commands_find_project (tx, principal, project_id, "projectId", error) : NULL;
  g_autofree char *text = project != NULL ? pdg_commands_dup_text (label, "label", 0, MAX_LABEL_LEN, error) : NULL;
  g_autoptr (PdgApiKey) key = NULL;
  char shown[PDG_COMMANDS_SHOWN_LEN + 1];
  guint8 hash[32];
  g_autofree char *secret = NULL;

  if (text == NULL)
    return NULL;
  secret = pdg_commands_make_secret ("pgk_", hash, shown);
  key = pdg_store_create_api_key (tx, project->project_no, hash, shown, text, error);
  if (key == NULL || !pdg_commands_commit (tx, principal, error, "created the ingest key %s of the project %s", shown, project_id))
    return NULL;
  key->secret = g_steal_pointer (&secret);
  return g_steal_pointer (&key);
}

PdgApiKey *
pdg_commands_revoke_api_key (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, gint32 key_no, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_ADMIN, error);
  g_autoptr (PdgProject) project = tx != NULL ? pdg_commands_find_project (tx, principal, project_id, "projectId", error) : NULL;
  g_autoptr (PdgApiKey) key = NULL;
  g_autoptr (GError) local = NULL;

  if (project == NULL)
    return NULL;
  key = pdg_store_revoke_api_key (tx, project->project_no, key_no, &local);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (key == NULL)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_NOT_FOUND, "id", "project \"%s\" has no such key", project_id);
  if (key == NULL || !pdg_commands_commit (tx, principal, error, "revoked the ingest key %s of the project %s", key->prefix, project_id))
    return NULL;
  return g_steal_pointer (&key);
}

gboolean
pdg_commands_revoke_api_keys_by_prefix (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, const char *prefix, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_ADMIN, error);
  g_autoptr (PdgProject) project = tx != NULL ? pdg_commands_find_project (tx, principal, project_id, "projectId", error) : NULL;
  gint64 n_revoked = 0;

  if (project == NULL || !pdg_store_revoke_api_keys_by_prefix (tx, project->project_no, prefix, &n_revoked, error))
    return FALSE;
  if (n_revoked == 0)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_NOT_FOUND, NULL, "project \"%s\" has no valid key that begins with \"%s\"", project_id, prefix);
      return FALSE;
    }
  return pdg_commands_commit (tx, principal, error, "revoked the ingest key %s of the project %s", prefix, project_id);
}

/* The member whose token it is to be; FALSE with an error. */
static gboolean
find_owner (PdgDbTx *tx, const char *member_id, PdgRole role, PdgMember **member, GError **error)
{
  g_autoptr (GError) local = NULL;

  *member = member_id != NULL ? pdg_store_lookup_member (tx, member_id, &local) : NULL;
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (member_id != NULL && *member == NULL)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_NOT_FOUND, "memberId", "there is no member \"%s\" in this organisation", member_id);
  else if (*member != NULL && role > (*member)->role)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "role", "role: a token may be at most what its member is, %s",
                           pdg_role_to_string ((*member)->role));
  else
    return TRUE;
  return FALSE;
}

PdgAccessToken *
pdg_commands_create_token (PdgDbConn *conn, PdgPrincipal *principal, PdgRole role, const char *label, const char *member_id,
                           gint64 expires_usec, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin_unbound (conn, principal, PDG_ROLE_ADMIN, error);
  g_autofree char *text = tx != NULL ? pdg_commands_dup_text (label, "label", 0, MAX_LABEL_LEN, error) : NULL;
  g_autoptr (PdgMember) member = NULL;
  g_autoptr (PdgAccessToken) token = NULL;
  g_autoptr (GError) local = NULL;
  char shown[PDG_COMMANDS_SHOWN_LEN + 1];
  guint8 hash[32];
  g_autofree char *secret = NULL;

  if (text == NULL || !find_owner (tx, member_id, role, &member, error))
    return NULL;
  if (expires_usec != PDG_TIME_NONE && expires_usec <= pdg_clock_now_usec ())
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "expiresAt", "expiresAt: use a time to come");
      return NULL;
    }
  secret = pdg_commands_make_secret ("pgt_", hash, shown);
  token = pdg_store_create_token (tx, member, role, hash, shown, text, expires_usec, &local);
  if (g_error_matches (local, PDG_DB_ERROR, PDG_DB_ERROR_INVALID)) /* in the moment since he was read */
    pdg_service_error_set (error, PDG_SERVICE_ERROR_CONFLICT, "memberId", "the member was changed meanwhile: read again, then try again");
  else if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  if (token == NULL || !pdg_commands_commit (tx, principal, error, "created the token %s with the role %s", shown, pdg_role_to_string (role)))
    return NULL;
  token->secret = g_steal_pointer (&secret);
  return g_steal_pointer (&token);
}

PdgAccessToken *
pdg_commands_revoke_token (PdgDbConn *conn, PdgPrincipal *principal, gint32 token_no, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin_unbound (conn, principal, PDG_ROLE_ADMIN, error);
  g_autoptr (PdgAccessToken) token = NULL;
  g_autoptr (GError) local = NULL;

  if (tx == NULL)
    return NULL;
  token = pdg_store_revoke_token (tx, token_no, &local);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (token == NULL)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_NOT_FOUND, "id", "there is no such token in this organisation");
  if (token == NULL || !pdg_commands_commit (tx, principal, error, "revoked the token %s", token->prefix))
    return NULL;
  return g_steal_pointer (&token);
}
