#include "config.h"
#include "service/pdg-commands-people.h"

#include "db/pdg-db-error.h"
#include "service/pdg-commands-private.h"

#include <string.h>

static void
set_nobody (const PdgPersonKey *person, GError **error)
{
  pdg_service_error_set (error, PDG_SERVICE_ERROR_NOT_FOUND, "id", "project \"%s\" knows nobody of this id", person->project_id);
}

gboolean
pdg_commands_finish_erasure (PdgDbConn *conn, PdgPrincipal *principal, gint32 request_no, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_ADMIN, error);

  return tx != NULL && pdg_db_tx_set_timeout (tx, 0, error) && pdg_store_finish_erasure (tx, request_no, error)
         && pdg_commands_commit (tx, principal, error, "finished the request %d of a person", request_no);
}

/* The second step, for as long as the caller waits. */
static gboolean
finish (PdgDbConn *conn, PdgPrincipal *principal, gint32 request_no, guint timeout_ms, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_ADMIN, error);
  g_autoptr (GError) local = NULL;

  if (tx == NULL || !pdg_db_tx_set_timeout (tx, timeout_ms, error))
    return FALSE;
  if (pdg_store_finish_erasure (tx, request_no, &local))
    return pdg_commands_commit (tx, principal, error, "finished the request %d of a person", request_no);
  if (g_error_matches (local, PDG_DB_ERROR, PDG_DB_ERROR_TIMEOUT))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

PdgPersonRequest *
pdg_commands_erase_person (PdgDbConn *conn, PdgPrincipal *principal, const PdgPersonKey *person, gboolean keep_counts, guint timeout_ms,
                           GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_ADMIN, error);
  g_autoptr (PdgProject) project = tx != NULL ? pdg_commands_find_project (tx, principal, person->project_id, "projectId", error) : NULL;
  gint32 request_no = 0;

  if (project == NULL
      || !pdg_store_begin_erasure (tx, project->project_no, person->id, person->kind, keep_counts, pdg_principal_get_label (principal),
                                   &request_no, error))
    return NULL;
  if (request_no == 0)
    {
      set_nobody (person, error);
      return NULL;
    }
  if (!pdg_commands_commit (tx, principal, error, "%s a person of the project %s (request %d)", keep_counts ? "anonymises" : "deletes",
                            person->project_id, request_no))
    return NULL;
  g_clear_pointer (&tx, pdg_db_tx_free);
  if (!finish (conn, principal, request_no, timeout_ms, error))
    return NULL;
  tx = pdg_commands_begin (conn, principal, PDG_ROLE_ADMIN, error);
  return tx != NULL ? pdg_store_lookup_person_request (tx, request_no, error) : NULL;
}

typedef struct
{
  PdgStoreLineFunc func;
  gpointer user_data;
  gint64 n_events, n_sessions;
} Count;

static gboolean
count_cb (const char *line, gpointer user_data)
{
  Count *count = user_data;

  count->n_events += g_str_has_prefix (line, "{\"type\" : \"event\"");
  count->n_sessions += g_str_has_prefix (line, "{\"type\" : \"session\"");
  return count->func (line, count->user_data);
}

gboolean
pdg_commands_export_person (PdgDbConn *conn, PdgPrincipal *principal, const PdgPersonKey *person, gint64 skip, gint64 limit,
                            PdgStoreLineFunc func, gpointer user_data, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_ADMIN, error);
  g_autoptr (PdgProject) project = tx != NULL ? pdg_commands_find_project (tx, principal, person->project_id, "projectId", error) : NULL;
  Count count = { func, user_data, 0, 0 };
  gboolean found = FALSE;

  if (project == NULL || !pdg_store_export_person (tx, project->project_no, person->id, person->kind, skip, limit, count_cb, &count, &found, error))
    return FALSE;
  if (!found)
    {
      set_nobody (person, error);
      return FALSE;
    }
  return (skip > 0
          || pdg_store_note_export (tx, project->project_no, pdg_principal_get_label (principal), count.n_events, count.n_sessions, error))
         && pdg_commands_commit (tx, principal, error, "exports a person of the project %s", person->project_id);
}
