#include "config.h"
#include "service/pdg-commands-private.h"

#include "base/pdg-id.h"
#include "store/pdg-store-directory.h"

#include <string.h>

#define MAX_ID_LEN 64

PdgDbTx *
pdg_commands_begin (PdgDbConn *conn, PdgPrincipal *principal, PdgRole needed, GError **error)
{
  if (pdg_principal_may (principal, needed))
    return pdg_db_tx_begin (conn, principal, PDG_DB_TX_READ_WRITE, error);
  pdg_service_error_set (error, PDG_SERVICE_ERROR_FORBIDDEN, NULL, "this needs the role %s; yours is %s",
                         pdg_role_to_string (needed), pdg_role_to_string (pdg_principal_get_role (principal)));
  return NULL;
}

PdgDbTx *
pdg_commands_begin_unbound (PdgDbConn *conn, PdgPrincipal *principal, PdgRole needed, GError **error)
{
  if (pdg_principal_get_project_no (principal) == 0 || !pdg_principal_may (principal, needed))
    return pdg_commands_begin (conn, principal, needed, error);
  pdg_service_error_set (error, PDG_SERVICE_ERROR_FORBIDDEN, NULL, "you may act on one project only, and this concerns the whole organisation");
  return NULL;
}

PdgProject *
pdg_commands_find_project (PdgDbTx *tx, PdgPrincipal *principal, const char *id, const char *field, GError **error)
{
  gint32 bound = pdg_principal_get_project_no (principal);
  g_autoptr (GError) local = NULL;
  g_autoptr (PdgProject) project = pdg_store_lookup_project (tx, id, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (project != NULL && (bound == 0 || bound == project->project_no))
    return g_steal_pointer (&project);
  pdg_service_error_set (error, PDG_SERVICE_ERROR_NOT_FOUND, field, "there is no project \"%s\" in this organisation", id);
  return NULL;
}

static gboolean
has_control (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return TRUE;
  return FALSE;
}

char *
pdg_commands_dup_text (const char *text, const char *field, glong min, glong max, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  glong len = g_utf8_strlen (stripped, -1);

  if (len >= min && len <= max && !has_control (stripped))
    return g_steal_pointer (&stripped);
  if (len < min || len > max)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, field, "%s: use %ld to %ld characters", field, min, max);
  else
    pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, field, "%s: use no line breaks or other control characters", field);
  return NULL;
}

char *
pdg_commands_make_id (const char *prefix, const char *name)
{
  g_autofree char *ascii = g_str_to_ascii (name, "C");
  GString *id = g_string_new (prefix);
  gsize start = id->len;

  for (const char *p = ascii; *p != '\0' && id->len < MAX_ID_LEN; p++)
    if (g_ascii_isalnum (*p))
      g_string_append_c (id, g_ascii_tolower (*p));
    else if (id->len > 0 && id->str[id->len - 1] != '_')
      g_string_append_c (id, '_');
  while (id->len > start && id->str[id->len - 1] == '_')
    g_string_truncate (id, id->len - 1);
  if (id->len == start)
    {
      g_autofree char *token = pdg_random_token (6);

      g_string_append (id, token);
    }
  return g_string_free (id, FALSE);
}

gboolean
pdg_commands_commit (PdgDbTx *tx, PdgPrincipal *principal, GError **error, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  if (!pdg_db_tx_commit (tx, error))
    return FALSE;
  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  /* names come from people: nothing of them may begin a line of its own */
  for (char *p = what; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  g_message ("organisation %s: %s: %s", pdg_principal_get_org_uuid (principal), pdg_principal_get_label (principal), what);
  return TRUE;
}
