#include "config.h"

#include "store/pdg-store-flush.h"
#include "store/pdg-store-identity.h"
#include "store/pdg-store-keys.h"
#include "store/pdg-store-people.h"
#include "store/pdg-store-rights.h"
#include "store/store-attacks.h"

#include <string.h>

/* Who is who, and what a person may ask for, attacked as the wrong organisation. */

static const StoreAttackSides *sides;

static PdgSlice
user_of (const Tenant *whose)
{
  return sides->a == whose ? PDG_SLICE_LITERAL ("a-user") : PDG_SLICE_LITERAL ("b-user");
}

static gboolean
link_actors (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgIdentityLink link = { PDG_SLICE_LITERAL ("forged"), user_of (whose), 1 };

  return pdg_store_link_actors (tx, whose->project->project_no, &link, 1, error);
}

static gboolean
alias_actors (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgIdentityLink link = { PDG_SLICE_LITERAL ("forged"), user_of (whose), 1 };

  return pdg_store_alias_actors (tx, whose->project->project_no, &link, 1, error);
}

static gboolean
set_traits (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgIdentityTrait trait = { .kind = 2, .id = user_of (whose), .name = PDG_SLICE_LITERAL ("x"), .value = PDG_SLICE_LITERAL ("1") };

  return pdg_store_set_traits (tx, whose->project->project_no, &trait, 1, error);
}

static gboolean
set_groups (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgIdentityMember member = { PDG_SLICE_LITERAL ("company"), PDG_SLICE_LITERAL ("forged"), 2, user_of (whose), 1 };

  return pdg_store_set_groups (tx, whose->project->project_no, &member, 1, error);
}

static gboolean
set_group_traits (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgIdentityTrait trait = { .group_type = PDG_SLICE_LITERAL ("company"), .id = PDG_SLICE_LITERAL ("forged"),
                                   .name = PDG_SLICE_LITERAL ("x"), .value = PDG_SLICE_LITERAL ("1") };

  return pdg_store_set_group_traits (tx, whose->project->project_no, &trait, 1, error);
}

static gboolean
hold_projects (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgTouchedProject project = { whose->organisation->org_no, whose->project->project_no, 0 };
  const PdgFlushEnd end = { .projects = &project, .n_projects = 1, .origin = "forged" };

  return pdg_store_finish_flush (tx, &end, FALSE, error);
}

/* Its user, as a list would have it. */
static PdgActor
actor_of (const Tenant *whose)
{
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_autofree char *sql = g_strdup_printf ("SELECT actor_no FROM actor WHERE project_id = %d AND kind = 2 AND merged_into IS NULL", whose->project->project_no);

  return (PdgActor) { .project_no = whose->project->project_no, .actor_no = (gint32) fixture_int (owner, sql), .kind = 2 };
}

static PdgGroup
group_of (const Tenant *whose)
{
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_autofree char *sql = g_strdup_printf ("SELECT group_no FROM identity_group WHERE project_id = %d", whose->project->project_no);

  return (PdgGroup) { .project_no = whose->project->project_no, .group_no = (gint32) fixture_int (owner, sql) };
}

static gboolean
has_item (GPtrArray *items)
{
  gboolean some = items != NULL && items->pdata[0] != NULL;

  g_clear_pointer (&items, g_ptr_array_unref);
  return some;
}

static gboolean
list_actor_ids (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgActor actor = actor_of (whose), *actors = &actor;

  return has_some (pdg_store_list_actor_ids (tx, &actors, 1, 2, error));
}

static gboolean
list_actor_traits (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgActor actor = actor_of (whose), *actors = &actor;

  return has_item (pdg_store_list_actor_traits (tx, &actors, 1, error));
}

static gboolean
list_actor_groups (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgActor actor = actor_of (whose), *actors = &actor;

  return has_some (pdg_store_list_actor_groups (tx, &actors, 1, 10, error));
}

static gboolean
list_actor_merges (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgActor actor = actor_of (whose), *actors = &actor;

  return has_some (pdg_store_list_actor_merges (tx, &actors, 1, 10, error));
}

static gboolean
list_groups (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return has_some (pdg_store_list_groups (tx, &whose->project->project_no, 1, NULL, NULL, 0, 10, error));
}

static gboolean
find_groups (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return has_item (pdg_store_find_groups (tx, &whose->project->project_no, 1, "company", sides->a == whose ? "a-group" : "b-group", error));
}

static gboolean
list_group_traits (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgGroup group = group_of (whose), *groups = &group;

  return has_item (pdg_store_list_group_traits (tx, &groups, 1, error));
}

static gboolean
count_group_actors (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgGroup group = group_of (whose), *groups = &group;
  g_autoptr (GArray) counts = pdg_store_count_group_actors (tx, &groups, 1, error);

  return counts != NULL && g_array_index (counts, gint64, 0) > 0;
}

static gboolean
list_group_actors (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgGroup group = group_of (whose), *groups = &group;
  const PdgStorePage page = { G_MAXINT64, G_MAXINT64, 10 };

  return has_some (pdg_store_list_group_actors (tx, &groups, 1, &page, error));
}

static gboolean
begin_erasure (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gint32 request_no = 0;

  return pdg_store_begin_erasure (tx, whose->project->project_no, user_of (whose).data, -1, FALSE, "forged", &request_no, error) && request_no > 0;
}

static gint32
request_of (const Tenant *whose)
{
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_autofree char *sql = g_strdup_printf ("SELECT min(request_no) FROM person_request WHERE org_id = %d", whose->organisation->org_no);

  return (gint32) fixture_int (owner, sql);
}

/* The note of an export is made a request that was cut off. */
static gboolean
finish_erasure (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  gint32 request_no = request_of (whose);
  g_autofree char *cut_off = g_strdup_printf ("UPDATE person_request SET kind = 'delete', done_at = NULL, actors = '{}', session_nos = '{}', needles = '{}' "
                                              "WHERE request_no = %d", request_no);
  g_autofree char *put_back = g_strdup_printf ("UPDATE person_request SET kind = 'export', done_at = now() WHERE request_no = %d", request_no);
  g_autoptr (PdgPersonRequest) request = NULL;
  gboolean done;

  fixture_run (owner, cut_off);
  done = pdg_store_finish_erasure (tx, request_no, error);
  request = done ? pdg_store_lookup_person_request (tx, request_no, error) : NULL;
  if (request == NULL || request->done_usec == PDG_TIME_NONE)
    fixture_run (owner, put_back);
  return request != NULL && request->done_usec != PDG_TIME_NONE;
}

static gboolean
lookup_person_request (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (PdgPersonRequest) request = pdg_store_lookup_person_request (tx, request_of (whose), error);

  return request != NULL;
}

static gboolean
list_person_requests (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return has_some (pdg_store_list_person_requests (tx, &whose->project->project_no, 1, G_MAXINT32, 10, error));
}

static gboolean
line_cb (const char *line, gpointer user_data)
{
  (*(guint *) user_data)++;
  return TRUE;
}

static gboolean
export_person (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gboolean found = FALSE;
  guint n = 0;

  return pdg_store_export_person (tx, whose->project->project_no, user_of (whose).data, -1, 0, 100, line_cb, &n, &found, error) && found && n > 0;
}

static gboolean
note_export (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GPtrArray) before = pdg_store_list_person_requests (tx, &whose->project->project_no, 1, G_MAXINT32, 100, error), after = NULL;

  if (before == NULL || !pdg_store_note_export (tx, whose->project->project_no, "forged", 1, 1, error))
    return FALSE;
  after = pdg_store_list_person_requests (tx, &whose->project->project_no, 1, G_MAXINT32, 100, error);
  return ((GPtrArray *) after->pdata[0])->len > ((GPtrArray *) before->pdata[0])->len;
}

static gint32
key_no_of (const Tenant *whose)
{
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_autofree char *sql = g_strdup_printf ("SELECT min(key_id) FROM api_key WHERE org_id = %d", whose->organisation->org_no);

  return (gint32) fixture_int (owner, sql);
}

static gboolean
end_api_key (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (PdgApiKey) key = pdg_store_end_api_key (tx, whose->project->project_no, key_no_of (whose), g_get_real_time (), error);

  return key != NULL;
}

static gboolean
limit_api_key (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (PdgApiKey) key = pdg_store_limit_api_key (tx, whose->project->project_no, key_no_of (whose), 1, 1, error);

  return key != NULL;
}

static gboolean
set_and_list_origins (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return pdg_store_set_origins (tx, whose->project->project_no, (const char *const[]) { "https://forged.example", NULL }, error)
         && has_item (pdg_store_list_origins (tx, &whose->project->project_no, 1, error));
}

static const StoreAttack attacks[] = {
  { "end-api-key", end_api_key },
  { "limit-api-key", limit_api_key },
  { "set-and-list-origins", set_and_list_origins },
  { "link-actors", link_actors },
  { "alias-actors", alias_actors },
  { "set-traits", set_traits },
  { "set-groups", set_groups },
  { "set-group-traits", set_group_traits },
  { "hold-projects", hold_projects },
  { "list-actor-ids", list_actor_ids },
  { "list-actor-traits", list_actor_traits },
  { "list-actor-groups", list_actor_groups },
  { "list-actor-merges", list_actor_merges },
  { "list-groups", list_groups },
  { "find-groups", find_groups },
  { "list-group-traits", list_group_traits },
  { "count-group-actors", count_group_actors },
  { "list-group-actors", list_group_actors },
  { "lookup-person-request", lookup_person_request },
  { "list-person-requests", list_person_requests },
  { "export-person", export_person },
  { "note-export", note_export },
  { "begin-erasure", begin_erasure },
  { "finish-erasure", finish_erasure },
};

int
main (int argc, char *argv[])
{
  sides = store_attacks_init (&argc, &argv);
  store_attacks_add ("/store/identity-functions", attacks, G_N_ELEMENTS (attacks));
  return store_attacks_run ();
}
