#include "config.h"
#include "service/pdg-commands-people.h"

#include "db/pdg-db-error.h"
#include "model/pdg-client-needs.h"
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

/* What is kept of the person's clients and is found by hashes only. */
static gboolean
forget_clients (PdgDbTx *tx, gint32 project_no, const PdgPersonKey *person, GError **error)
{
  static const char *const fields[] = { NULL, "anonymous.id", "user.id" };
  g_autoptr (GPtrArray) ids = pdg_store_hold_person (tx, project_no, person->id, person->kind, error), derived = g_ptr_array_new ();
  g_autoptr (GArray) persons = g_array_new (FALSE, FALSE, 16), sessions = g_array_new (FALSE, FALSE, 16);
  g_autoptr (GHashTable) session_ids = g_hash_table_new (g_str_hash, g_str_equal);
  guint8 key[16];

  if (ids == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    {
      const PdgPersonId *id = ids->pdata[i];

      if (id->kind == PDG_STORE_ID_SESSION)
        {
          pdg_page_trail_make_key (id->id, strlen (id->id), key);
          g_array_append_val (sessions, key);
          g_hash_table_add (session_ids, id->id);
        }
      else if (id->kind == PDG_STORE_ID_ANONYMOUS || id->kind == PDG_STORE_ID_USER)
        {
          pdg_derived_session_make_key (fields[id->kind], id->id, key);
          g_array_append_val (persons, key);
        }
    }
  for (guint i = 0; i < ids->len; i++)
    {
      PdgPersonId *id = ids->pdata[i];
      g_autofree char *session_id = id->kind == PDG_STORE_ID_DERIVED ? pdg_derived_session_make_id (id->key, id->began_usec) : NULL;

      if (session_id != NULL && g_hash_table_contains (session_ids, session_id))
        g_ptr_array_add (derived, id);
    }
  return pdg_store_forget_clients (tx, project_no, persons, sessions, derived, error);
}

PdgPersonRequest *
pdg_commands_erase_person (PdgDbConn *conn, PdgPrincipal *principal, const PdgPersonKey *person, gboolean keep_counts, guint timeout_ms,
                           GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_ADMIN, error);
  g_autoptr (PdgProject) project = tx != NULL ? pdg_commands_find_project (tx, principal, person->project_id, "projectId", error) : NULL;
  gint32 request_no = 0;

  if (project == NULL || !forget_clients (tx, project->project_no, person, error)
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
