#include "config.h"

#include "store/pdg-store-directory.h"
#include "store/pdg-store-events.h"
#include "store/pdg-store-flush.h"
#include "store/pdg-store-keys.h"
#include "store/pdg-store-members.h"
#include "store/pdg-store-numbers.h"
#include "store/pdg-store-snapshots.h"
#include "store/store-attacks.h"

#include <string.h>

/* The functions of the store that keep the directory and store what was sent; and what the server's login may not do. */

static const StoreAttackSides *sides;

static gboolean
lookup_project (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (PdgProject) project = pdg_store_lookup_project (tx, whose->project->id, error);

  return project != NULL;
}

static gboolean
list_projects (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  PdgStoreProjectFilter filter = { .limit = 100 };
  g_autoptr (GPtrArray) projects = pdg_store_list_projects (tx, &filter, error);
  gboolean found = FALSE;

  for (guint i = 0; projects != NULL && i < projects->len; i++)
    found |= ((PdgProject *) projects->pdata[i])->project_no == whose->project->project_no;
  return found;
}

static gboolean
list_one_project (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  PdgStoreProjectFilter filter = { .only_project_no = whose->project->project_no, .limit = 100 };
  g_autoptr (GPtrArray) projects = pdg_store_list_projects (tx, &filter, error);

  return projects != NULL && projects->len > 0;
}

static gboolean
lookup_project_id (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *id = pdg_store_lookup_project_id (tx, whose->project->project_no, error);

  return id != NULL;
}

static gboolean
update_project (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (PdgProject) project = pdg_store_update_project (tx, whose->project->project_no, "forged", "UTC", 3, error);

  return project != NULL && g_str_equal (project->name, "forged") && project->week_start == 3;
}

static gboolean
delete_project (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gboolean deleted = FALSE;

  return pdg_store_delete_project (tx, whose->project->project_no, &deleted, error) && deleted;
}

static gboolean
load_organisation (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (PdgOrganisation) organisation = pdg_store_load_organisation (tx, error);

  return organisation != NULL && g_str_equal (organisation->name, whose->organisation->name);
}

static gboolean
rename_organisation (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (PdgOrganisation) organisation = pdg_store_rename_organisation (tx, "forged", error);

  return organisation != NULL && organisation->org_no == whose->organisation->org_no;
}

static const guint8 *const hash = (const guint8 *) "01234567890123456789012345678901";

static gboolean
create_api_key (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (PdgApiKey) key = pdg_store_create_api_key (tx, whose->project->project_no, hash, "pgk_x", "x", error);

  return key != NULL;
}

static char *
member_of (const Tenant *whose)
{
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_autofree char *sql = g_strdup_printf ("SELECT id FROM membership WHERE org_id = %d", whose->organisation->org_no);

  return fixture_text (owner, sql);
}

static gboolean
revoke_api_key (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gint64 key_no = fixture_owner_int ("SELECT min(key_id) FROM api_key WHERE org_id = %d", whose->organisation->org_no);
  g_autoptr (PdgApiKey) key = pdg_store_revoke_api_key (tx, whose->project->project_no, (gint32) key_no, error);

  return key != NULL;
}

static gboolean
revoke_api_keys_by_prefix (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *prefix = g_strndup (key_of (whose), 10);
  gint64 n = 0;

  return pdg_store_revoke_api_keys_by_prefix (tx, whose->project->project_no, prefix, &n, error) && n > 0;
}

static gboolean
list_api_keys (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return has_some (pdg_store_list_api_keys (tx, &whose->project->project_no, 1, 0, 10, error));
}

static gboolean
list_tokens (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GPtrArray) tokens = pdg_store_list_tokens (tx, 0, 100, error);
  gboolean found = FALSE;

  for (guint i = 0; tokens != NULL && i < tokens->len; i++)
    found |= g_str_equal (((PdgAccessToken *) tokens->pdata[i])->label, mark_of (whose));
  return found;
}

static gboolean
create_token (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *id = member_of (whose);
  PdgMember member = { .id = id };
  g_autoptr (PdgAccessToken) token = pdg_store_create_token (tx, &member, PDG_ROLE_VIEWER, hash, "pgt_x", "x", PDG_TIME_NONE, error);

  return token != NULL;
}

static gboolean
revoke_token (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gint64 token_no = fixture_owner_int ("SELECT min(token_id) FROM access_token WHERE org_id = %d", whose->organisation->org_no);
  g_autoptr (PdgAccessToken) token = pdg_store_revoke_token (tx, (gint32) token_no, error);

  return token != NULL && token->revoked_usec != PDG_TIME_NONE;
}

static gboolean
list_members (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GPtrArray) members = pdg_store_list_members (tx, 0, NULL, 100, error);
  gboolean found = FALSE;

  for (guint i = 0; members != NULL && i < members->len; i++)
    found |= g_str_equal (((PdgMember *) members->pdata[i])->name, mark_of (whose));
  return found;
}

static gboolean
lookup_member (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *id = member_of (whose);
  g_autoptr (PdgMember) member = pdg_store_lookup_member (tx, id, error);

  return member != NULL;
}

static gboolean
update_member (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *id = member_of (whose);
  PdgStoreMemberState state;

  return pdg_store_update_member (tx, id, "forged", NULL, &state, error) && state == PDG_STORE_MEMBER_DONE;
}

static gboolean
remove_member (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *id = member_of (whose);
  PdgStoreMemberState state;

  return pdg_store_remove_member (tx, id, &state, error) && state == PDG_STORE_MEMBER_DONE;
}

/* One number of any kind but a screen's, which has a function of its own. */
static gboolean
assign_number (PdgDbTx *tx, const Tenant *whose, PdgNumberKind kind, GError **error)
{
  const PdgSlice text = PDG_SLICE_LITERAL ("forged");
  const PdgTerm term = { .fingerprint = { 1 }, .type = PDG_SLICE_LITERAL ("forged") };
  const gint16 actor_kind = PDG_ACTOR_USER;
  gint32 number = 0;
  PdgNumberRequest request = {
    .kind = kind, .project_no = whose->project->project_no, .n = 1, .texts = &text, .actor_kinds = &actor_kind,
    .terms = &term, .numbers = &number,
  };

  return pdg_store_assign_numbers (tx, &request, 1, FALSE, error) && number > 0;
}

static gboolean
assign_sessions (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return assign_number (tx, whose, PDG_NUMBER_SESSION, error);
}

static gboolean
assign_screens (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgSlice path = PDG_SLICE_LITERAL ("/forged");
  gint32 number = 0;

  return pdg_store_assign_screens (tx, whose->project->project_no, &path, 1, &number, error) && number > 0;
}

static gboolean
assign_releases (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return assign_number (tx, whose, PDG_NUMBER_RELEASE, error);
}

static gboolean
assign_actors (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return assign_number (tx, whose, PDG_NUMBER_ACTOR, error);
}

static gboolean
assign_terms (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return assign_number (tx, whose, PDG_NUMBER_TERM, error);
}

static gboolean
find_project (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgSlice id = { whose->project->id, (guint32) strlen (whose->project->id) };
  gint32 project_no = 0, epoch;

  return pdg_store_find_project (tx, whose->organisation->org_no, &id, &project_no, &epoch, error) && project_no > 0;
}

static gboolean
add_snapshot (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GBytes) image = g_bytes_new_static ("x", 1);
  PdgStoreSnapshot snapshot = {
    .image = image, .media_type = "image/png", .taken_usec = 1, .project_no = whose->project->project_no, .screen_no = 1, .width = 1, .height = 1,
  };
  gint64 snapshot_no;
  gboolean is_new;

  return pdg_store_add_snapshot (tx, &snapshot, &snapshot_no, &is_new, error);
}

static PdgEventRow
make_row (const Tenant *whose, PdgEvent *event)
{
  *event = (PdgEvent) { .event_id = PDG_SLICE_LITERAL ("forged"), .timestamp_usec = g_get_real_time (), .sequence = PDG_SEQUENCE_NONE,
                        .event_key = { 9 } };
  return (PdgEventRow) { .event = event, .received_usec = event->timestamp_usec, .org_no = whose->organisation->org_no,
                         .project_no = whose->project->project_no, .session_no = 1, .actor_no = 1, .term_no = 1 };
}

static gboolean
insert_row (PdgDbTx *tx, const PdgEventRow *row, GError **error)
{
  guint8 inserted = 0;

  return pdg_store_events_insert (tx, row, 1, &inserted, error) && inserted;
}

static gboolean
insert_events (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  PdgEvent event;
  const PdgEventRow row = make_row (whose, &event);

  return insert_row (tx, &row, error);
}

static gboolean
find_payloads (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  PdgEvent event;
  const PdgEventRow row = make_row (whose, &event);
  gint32 hash = 0;

  event.payload_hash = 7;
  return insert_row (tx, &row, error) && pdg_store_events_find_payloads (tx, &row, 1, &hash, error) && hash == 7;
}

static gboolean
apply_sessions (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgSessionDelta delta = { .project_no = whose->project->project_no, .session_no = 1, .events = 1, .start_usec = 1, .end_usec = 1,
                                  .entry_usec = G_MAXINT64, .exit_usec = G_MAXINT64, .release_usec = G_MAXINT64, .actor_usec = 1, .actor_no = 1 };
  const PdgFlushEnd end = { .deltas = &delta, .n_deltas = 1, .received_usec = 1 };

  return pdg_store_finish_flush (tx, &end, FALSE, error);
}

static gboolean
name_screens (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgScreenTitle title = { whose->project->project_no, 0, 1, PDG_SLICE_LITERAL ("forged"), G_MAXINT32 };
  const PdgFlushEnd end = { .titles = &title, .n_titles = 1 };

  return pdg_store_finish_flush (tx, &end, FALSE, error);
}

static const StoreAttack attacks[] = {
  { "lookup-project", lookup_project },
  { "list-projects", list_projects },
  { "create-api-key", create_api_key },
  { "revoke-api-key", revoke_api_key },
  { "create-token", create_token },
  { "assign-sessions", assign_sessions },
  { "assign-screens", assign_screens },
  { "assign-releases", assign_releases },
  { "assign-actors", assign_actors },
  { "assign-terms", assign_terms },
  { "find-project", find_project },
  { "add-snapshot", add_snapshot },
  { "insert-events", insert_events },
  { "find-payloads", find_payloads },
  { "apply-sessions", apply_sessions },
  { "name-screens", name_screens },
  { "list-one-project", list_one_project },
  { "lookup-project-id", lookup_project_id },
  { "update-project", update_project },
  { "delete-project", delete_project },
  { "load-organisation", load_organisation },
  { "rename-organisation", rename_organisation },
  { "revoke-api-keys-by-prefix", revoke_api_keys_by_prefix },
  { "list-api-keys", list_api_keys },
  { "list-tokens", list_tokens },
  { "revoke-token", revoke_token },
  { "list-members", list_members },
  { "lookup-member", lookup_member },
  { "update-member", update_member },
  { "remove-member", remove_member },
};

/* COPY is for the writer alone: the server's login has no right to it. */
static void
test_copy_is_refused (void)
{
  g_autoptr (PdgDbTx) tx = begin_as_a ();
  g_autoptr (PdgDbCopyBuffer) buffer = pdg_db_copy_buffer_new (0);
  g_autoptr (GError) error = NULL;
  PdgEvent event;
  const PdgEventRow row = make_row (sides->a, &event);
  gboolean may = TRUE;

  g_assert_true (pdg_store_events_may_copy (tx, &may, &error));
  g_assert_no_error (error);
  g_assert_false (may);
  g_assert_false (pdg_store_events_copy (tx, buffer, &row, 1, &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
}

/* What the server's login may not do in a transaction of no organisation. */
static void
test_administration_is_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (sides->server, &error);

  g_assert_no_error (error);
  g_assert_null (pdg_store_create_organisation (tx, "forged", &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
  g_clear_error (&error);
  g_clear_pointer (&tx, pdg_db_tx_free);
  tx = pdg_db_tx_begin_maintenance (sides->server, &error);
  g_assert_false (pdg_store_grant_login (tx, "productgraph_server", sides->b->organisation->org_no, &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
}

static void
test_credentials (void)
{
  g_autoptr (PdgPrincipal) principal = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (sides->server, &error);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 hash[32];
  gsize len = sizeof hash;

  g_checksum_update (checksum, (const guchar *) key_of (sides->b), -1);
  g_checksum_get_digest (checksum, hash, &len);
  principal = pdg_store_resolve_credential (tx, hash, &error);
  g_assert_no_error (error);
  g_assert_nonnull (principal);
  g_assert_cmpint (pdg_principal_get_org_no (principal), ==, sides->b->organisation->org_no);
  g_assert_cmpint (pdg_principal_get_project_no (principal), ==, sides->b->project->project_no);
  g_assert_cmpint (pdg_principal_get_role (principal), ==, PDG_ROLE_INGEST);
  g_clear_pointer (&principal, pdg_principal_unref);
  hash[0] ^= 1;
  g_assert_null (pdg_store_resolve_credential (tx, hash, &error));
  g_assert_no_error (error);
}

static void
test_organisations (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (sides->server, &error);
  g_autoptr (GPtrArray) all = pdg_store_list_organisations (tx, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 2);
}

/* The numbers of a project are dense, in any order of asking, and the same when asked again. */
static void
test_numbers_are_dense (void)
{
  const PdgSlice ids[] = { PDG_SLICE_LITERAL ("n1"), PDG_SLICE_LITERAL ("n2"), PDG_SLICE_LITERAL ("n1"), PDG_SLICE_LITERAL ("n3") };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = begin_as_a ();
  gint32 first[4], second[4], max = 0;
  PdgNumberRequest request = { .kind = PDG_NUMBER_SESSION, .project_no = sides->a->project->project_no, .n = 4, .texts = ids, .numbers = first };

  g_assert_true (pdg_store_assign_numbers (tx, &request, 1, FALSE, &error));
  g_assert_no_error (error);
  request.numbers = second;
  g_assert_true (pdg_store_assign_numbers (tx, &request, 1, FALSE, &error));
  g_assert_cmpmem (first, sizeof first, second, sizeof second);
  g_assert_cmpint (first[0], ==, first[2]);
  g_assert_cmpint (first[0], !=, first[1]);
  for (int i = 0; i < 4; i++)
    max = MAX (max, first[i]);
  g_assert_cmpint (max, ==, 4); /* one session was there */
}

/* Of several projects at once as of each alone: every project counts for itself, and what is there keeps its number. */
static void
test_numbers_of_many_projects (void)
{
  const PdgSlice ids[] = { PDG_SLICE_LITERAL ("m1"), PDG_SLICE_LITERAL ("m2"), PDG_SLICE_LITERAL ("m1"), PDG_SLICE_LITERAL ("m3") };
  const gint16 kinds[] = { 1, 2, 2, 1 };
  const gint32 projects[] = { MIN (sides->a->project->project_no, sides->b->project->project_no),
                              MAX (sides->a->project->project_no, sides->b->project->project_no) };
  const PdgNumberKind asked[] = { PDG_NUMBER_SESSION, PDG_NUMBER_ACTOR, PDG_NUMBER_RELEASE };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbConn) writer = fixture_open (pdg_test_cluster_get_writer_uri (), NULL);
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (writer, &error);
  PdgNumberRequest requests[G_N_ELEMENTS (projects) * G_N_ELEMENTS (asked)];
  gint32 alone[4], together[G_N_ELEMENTS (requests)][4], known;

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    requests[i] = (PdgNumberRequest) {
      .kind = asked[i % 3], .project_no = projects[i / 3], .n = 4, .texts = ids, .actor_kinds = kinds, .numbers = together[i],
    };
  requests[3].n = 1; /* known before the others are asked for, and so in the second project alone */
  g_assert_true (pdg_store_assign_numbers (tx, &requests[3], 1, FALSE, &error));
  known = together[3][0];
  requests[3].n = 4;
  g_assert_true (pdg_store_assign_numbers (tx, requests, G_N_ELEMENTS (requests), FALSE, &error));
  g_assert_no_error (error);
  g_assert_cmpint (together[3][0], ==, known);
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      gboolean is_actor = requests[i].kind == PDG_NUMBER_ACTOR;
      guint n_new = is_actor ? 4 : 3;
      gint32 least = G_MAXINT32, most = 0;

      for (guint k = 0; k < 4; k++)
        {
          least = MIN (least, together[i][k]);
          most = MAX (most, together[i][k]);
        }
      g_assert_cmpint (least, >, 0);
      g_assert_cmpint (most - least, ==, (gint32) n_new - 1);
      g_assert_true ((together[i][0] == together[i][2]) == !is_actor); /* the same text is another actor when it is of another kind */
      requests[i].numbers = alone;
      g_assert_true (pdg_store_assign_numbers (tx, &requests[i], 1, FALSE, &error));
      g_assert_cmpmem (alone, sizeof alone, together[i], sizeof together[i]);
    }
}

int
main (int argc, char *argv[])
{
  sides = store_attacks_init (&argc, &argv);
  store_attacks_add ("/store/functions/wrong-organisation", attacks, G_N_ELEMENTS (attacks));
  g_test_add_func ("/store/functions/copy-is-refused", test_copy_is_refused);
  g_test_add_func ("/store/functions/administration-is-refused", test_administration_is_refused);
  g_test_add_func ("/store/functions/credentials", test_credentials);
  g_test_add_func ("/store/functions/organisations", test_organisations);
  g_test_add_func ("/store/functions/numbers-are-dense", test_numbers_are_dense);
  g_test_add_func ("/store/functions/numbers-of-many-projects", test_numbers_of_many_projects);
  return store_attacks_run ();
}
