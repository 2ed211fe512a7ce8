#include "config.h"
#include "service/pdg-commands-snapshots.h"

#include "service/pdg-commands-private.h"
#include "store/pdg-store-numbers.h"

#include <string.h>

static PdgSlice
to_slice (const char *text)
{
  return (PdgSlice) { text, (guint32) strlen (text) };
}

/* Numbers what is new, in a transaction of its own. @project_id: NULL = the snapshot has its project's number. */
static gboolean
assign_numbers (PdgDbTx *tx, PdgPrincipal *principal, const char *project_id, const char *screen_path, const char *session, PdgStoreSnapshot *snapshot,
                GError **error)
{
  gint32 bound = pdg_principal_get_project_no (principal), epoch;
  PdgSlice path = to_slice (screen_path), session_id = to_slice (session != NULL ? session : ""), project;

  if (project_id != NULL)
    {
      project = to_slice (project_id);
      if (!pdg_store_find_project (tx, pdg_principal_get_org_no (principal), &project, &snapshot->project_no, &epoch, error))
        return FALSE;
      if (snapshot->project_no == 0)
        pdg_service_error_set (error, PDG_SERVICE_ERROR_NOT_FOUND, "project_id",
                               "project_id: there is no project \"%s\"; make it in the app or with productgraphd project create", project_id);
      else if (bound > 0 && bound != snapshot->project_no)
        pdg_service_error_set (error, PDG_SERVICE_ERROR_FORBIDDEN, "project_id", "project_id: this key belongs to another project");
      if (snapshot->project_no == 0 || (bound > 0 && bound != snapshot->project_no))
        return FALSE;
    }
  PdgNumberRequest numbers[] = {
    { .kind = PDG_NUMBER_SCREEN, .project_no = snapshot->project_no, .n = 1, .texts = &path, .numbers = &snapshot->screen_no },
    { .kind = PDG_NUMBER_SESSION, .project_no = snapshot->project_no, .n = 1, .texts = &session_id, .numbers = &snapshot->session_no },
  };

  return pdg_store_assign_numbers (tx, numbers, session != NULL ? 2 : 1, FALSE, error);
}

static gboolean
store (PdgDbConn *conn, PdgPrincipal *principal, PdgRole role, const char *project_id, const char *screen_path, const char *session,
       PdgStoreSnapshot *snapshot, gint64 *snapshot_no, gboolean *is_new, GError **error)
{
  g_autoptr (PdgDbTx) numbering = pdg_commands_begin (conn, principal, role, error);
  g_autoptr (PdgDbTx) tx = NULL;

  if (numbering == NULL || !assign_numbers (numbering, principal, project_id, screen_path, session, snapshot, error)
      || !pdg_db_tx_commit (numbering, error))
    return FALSE;
  g_clear_pointer (&numbering, pdg_db_tx_free);
  tx = pdg_commands_begin (conn, principal, role, error);
  return tx != NULL && pdg_store_add_snapshot (tx, snapshot, snapshot_no, is_new, error) && pdg_db_tx_commit (tx, error);
}

gboolean
pdg_commands_add_snapshot (PdgDbConn *conn, PdgPrincipal *principal, gint32 project_no, const char *screen_path, const PdgPicture *picture,
                           gint64 taken_usec, GError **error)
{
  PdgStoreSnapshot snapshot = {
    .image = picture->image, .media_type = picture->media_type, .levels = picture->levels, .n_levels = picture->n_levels,
    .taken_usec = taken_usec, .project_no = project_no, .width = picture->width, .height = picture->height,
  };
  gint64 snapshot_no;
  gboolean is_new;

  return store (conn, principal, PDG_ROLE_EDITOR, NULL, screen_path, NULL, &snapshot, &snapshot_no, &is_new, error);
}

gboolean
pdg_commands_receive_snapshot (PdgDbConn *conn, PdgPrincipal *principal, const PdgSnapshotForm *form, const PdgPicture *picture,
                               PdgReceivedSnapshot *received, GError **error)
{
  PdgStoreSnapshot snapshot = {
    .image = picture->image, .media_type = picture->media_type, .levels = picture->levels, .n_levels = picture->n_levels,
    .journey = form->journey, .step = form->step, .component_tree = form->component_tree, .state = form->state, .taken_usec = form->taken_usec,
    .device_scale = form->device_scale, .viewport_width = form->viewport_width, .viewport_height = form->viewport_height,
    .width = picture->width, .height = picture->height,
  };

  if (!store (conn, principal, PDG_ROLE_INGEST, form->project, form->screen_path, form->session, &snapshot, &received->snapshot_no,
              &received->is_new, error))
    return FALSE;
  received->project_no = snapshot.project_no;
  return TRUE;
}
