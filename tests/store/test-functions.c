#include "config.h"

#include "base/pdg-id.h"
#include "store/pdg-store-actors.h"
#include "store/pdg-store-audience.h"
#include "store/pdg-store-directory.h"
#include "store/pdg-store-events-read.h"
#include "store/pdg-store-events.h"
#include "store/pdg-store-journeys.h"
#include "store/pdg-store-keys.h"
#include "store/pdg-store-members.h"
#include "store/pdg-store-numbers.h"
#include "store/pdg-store-releases.h"
#include "store/pdg-store-screens.h"
#include "store/pdg-store-sessions.h"
#include "store/pdg-store-snapshots.h"
#include "store/tenant-data.h"

#include <string.h>

/* Every function of the store, in a transaction of organisation A and with numbers, ids and hashes of B. Each is also
 * tried with what is A's own, since a function that finds nothing at all would pass, too. */

static Tenant *a, *b;
static char *key_a, *key_b;
static PdgDbConn *server;

/* TRUE when it gave or changed something; FALSE when it found nothing, or (with an error) was refused. */
typedef gboolean (*StoreFunc) (PdgDbTx *tx, const Tenant *whose, GError **error);

static const PdgStoreSessionFilter all_sessions = {
  .from_usec = G_MININT64, .to_usec = G_MAXINT64, .before_started_usec = G_MAXINT64, .before_session_no = G_MAXINT32, .limit = 10,
  .parts = PDG_SESSION_ALL,
};

static const char *
mark_of (const Tenant *whose)
{
  return whose == a ? "a" : "b";
}

static gboolean
list_sessions (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GPtrArray) lists = pdg_store_list_sessions (tx, &whose->project->project_no, NULL, 1, &all_sessions, error);

  return lists != NULL && ((GPtrArray *) lists->pdata[0])->len > 0;
}

static gboolean
find_sessions (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *id = g_strconcat (mark_of (whose), "-session", NULL);
  g_autoptr (GPtrArray) sessions = pdg_store_find_sessions (tx, &whose->project->project_no, 1, id, PDG_SESSION_ALL, error);

  return sessions != NULL && sessions->pdata[0] != NULL;
}

static gboolean
lookup_sessions (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const gint32 session_no = 1;
  g_autoptr (GPtrArray) sessions = pdg_store_lookup_sessions (tx, &whose->project->project_no, &session_no, 1, PDG_SESSION_ALL, error);

  return sessions != NULL && sessions->pdata[0] != NULL;
}

static const PdgStoreEventQuery all_events = { .from_usec = G_MININT64, .to_usec = G_MAXINT64, .limit = 10, .parts = PDG_EVENT_ALL };

static gboolean
list_events (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GPtrArray) lists = pdg_store_list_events (tx, &whose->project->project_no, 1, &all_events, error);

  return lists != NULL && ((GPtrArray *) lists->pdata[0])->len > 0;
}

/* With the cursor of the other organisation's row. */
static gboolean
list_events_after (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgEventPlace place = { .ts_usec = 1, .session_no = 1 };
  PdgStoreEventQuery query = all_events;
  g_autoptr (GPtrArray) lists = NULL;

  query.after = &place;
  lists = pdg_store_list_events (tx, &whose->project->project_no, 1, &query, error);
  return lists != NULL && ((GPtrArray *) lists->pdata[0])->len > 0;
}

static gboolean
find_events (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *id = g_strconcat (mark_of (whose), "-1", NULL);
  g_autoptr (GPtrArray) events = pdg_store_find_events (tx, &whose->project->project_no, 1, id, PDG_EVENT_ALL, error);

  return events != NULL && events->pdata[0] != NULL;
}

static gboolean
list_actors (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgStoreActorFilter filter = { .from_usec = G_MININT64, .to_usec = G_MAXINT64, .before_active_usec = G_MAXINT64, .limit = 10 };
  g_autoptr (GPtrArray) lists = pdg_store_list_actors (tx, &whose->project->project_no, 1, &filter, error);

  return lists != NULL && ((GPtrArray *) lists->pdata[0])->len > 0;
}

static gboolean
find_actors (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *id = g_strconcat (mark_of (whose), "-user", NULL);
  g_autoptr (GPtrArray) actors = pdg_store_find_actors (tx, &whose->project->project_no, 1, id, -1, error);

  return actors != NULL && actors->pdata[0] != NULL;
}

static gboolean
load_actor_figures (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  PdgActor actor = { .project_no = whose->project->project_no, .actor_no = 1 }, *actors[] = { &actor };

  return pdg_store_load_actor_figures (tx, actors, 1, error) && actor.has_figures;
}

static gboolean
list_session_events (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgStoreSessionKey key = { G_MININT64, G_MAXINT64, whose->project->project_no, 1 };
  g_autoptr (GPtrArray) lists = pdg_store_list_session_events (tx, &key, 1, &all_events, error);

  return lists != NULL && ((GPtrArray *) lists->pdata[0])->len > 0;
}

static void
count_row (gint32 project_no, gint32 session_no, gint32 screen_no, gint64 ts_usec, gint32 sequence, PdgStoreJourneyRowKind kind, double value,
           gpointer user_data)
{
  ++*(guint *) user_data;
}

static PdgStoreEventScope
whole_scope (const Tenant *whose)
{
  return (PdgStoreEventScope) { &whose->project->project_no, 1, G_MININT64, G_MAXINT64, NULL };
}

static gboolean
each_journey_row (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  PdgStoreEventScope scope = whole_scope (whose);
  guint n = 0;

  return pdg_store_each_journey_row (tx, &scope, count_row, &n, error) && n > 0;
}

static gboolean
count_events (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  PdgStoreEventScope scope = whole_scope (whose);
  g_autoptr (GHashTable) counts = pdg_store_count_events (tx, &scope, error);

  return counts != NULL && g_hash_table_size (counts) > 0;
}

static gboolean
list_screens (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  PdgStoreEventScope scope = whole_scope (whose);
  g_autoptr (GPtrArray) screens = pdg_store_list_screens (tx, &scope, error);

  return screens != NULL && screens->len > 0;
}

static gboolean
get_event_span (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GArray) spans = pdg_store_load_event_spans (tx, &whose->project->project_no, 1, error);

  return spans != NULL && g_array_index (spans, PdgEventSpan, 0).newest_usec != PDG_TIME_NONE;
}

static gboolean
load_live (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GPtrArray) lives = pdg_store_load_live (tx, &whose->project->project_no, 1, g_get_real_time (), NULL, TRUE, error);
  const PdgLive *live = lives != NULL ? lives->pdata[0] : NULL;

  return live != NULL && (live->events_per_minute > 0 || live->active_sessions > 0 || live->active_actors > 0 || live->n_session_nos > 0);
}

static gboolean
lookup_screens (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  static const gint32 screen_no = 1;
  g_autoptr (GPtrArray) screens = pdg_store_lookup_screens (tx, &whose->project->project_no, &screen_no, 1, error);

  return screens != NULL && screens->pdata[0] != NULL;
}

/* Whether the one list has something. */
static gboolean
has_some (GPtrArray *lists)
{
  gboolean some = lists != NULL && ((GPtrArray *) lists->pdata[0])->len > 0;

  g_clear_pointer (&lists, g_ptr_array_unref);
  return some;
}

static gboolean
list_project_screens (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return has_some (pdg_store_list_project_screens (tx, &whose->project->project_no, 1, NULL, NULL, 10, error));
}

static const PdgStorePage first_page = { G_MAXINT64, G_MAXINT64, 10 };

static gboolean
list_releases (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return has_some (pdg_store_list_releases (tx, &whose->project->project_no, 1, G_MININT64, G_MAXINT64, &first_page, error));
}

/* Every session that the tenant could have. */
static const gint32 places[] = { 1, 1, 1 }, session_nos[] = { 1, 2, 3 };

static gboolean
pick_sessions (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gint32 no = whose->project->project_no, project_nos[] = { no, no, no };
  PdgStoreAudience members = { places, project_nos, session_nos, 3 };
  g_autoptr (GArray) picks = pdg_store_pick_sessions (tx, &members, &first_page, error);

  return picks != NULL && picks->len > 0;
}

static gboolean
pick_release_sessions (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  static const gint32 release_no = 1;
  g_autoptr (GArray) picks = pdg_store_pick_release_sessions (tx, &whose->project->project_no, &release_no, 1, G_MININT64, G_MAXINT64, &first_page,
                                                              error);

  return picks != NULL && picks->len > 0;
}

static gboolean
list_audience_actors (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gint32 no = whose->project->project_no, project_nos[] = { no, no, no };
  PdgStoreAudience members = { places, project_nos, session_nos, 3 };

  return has_some (pdg_store_list_audience_actors (tx, &members, 1, &first_page, error));
}

/* Since the first transaction of all. */
static gboolean
list_fresh_events (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  PdgStoreSeen before = { (char *) "3:3:", 0 };
  PdgStoreEventQuery asked = { .from_usec = G_MININT64, .limit = 10, .parts = PDG_EVENT_ALL };
  g_autoptr (PdgStoreSeen) now = pdg_store_load_seen (tx, error);
  g_autoptr (GPtrArray) events = NULL;
  gint64 n_all = 0;

  if (now != NULL)
    events = pdg_store_list_fresh_events (tx, whose->project->project_no, &before, now, &asked, &n_all, error);
  return events != NULL && (events->len > 0 || n_all > 0);
}

static const PdgStoreSnapshotFilter all_snapshots = { G_MININT64, G_MAXINT64, G_MAXINT64, G_MAXINT64, 10 };

static gboolean
list_snapshots (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return has_some (pdg_store_list_snapshots (tx, &whose->project->project_no, NULL, 1, &all_snapshots, error));
}

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

/* The row of a tenant that has such a mark. */
static gint32
number_of (const Tenant *whose, const char *what)
{
  return (gint32) fixture_owner_int ("SELECT min(%s) FROM %s WHERE org_id = %d", what, strstr (what, "key") != NULL ? "api_key"
                                     : strstr (what, "token") != NULL ? "access_token" : "journey", whose->organisation->org_no);
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
  g_autoptr (PdgApiKey) key = pdg_store_revoke_api_key (tx, whose->project->project_no, number_of (whose, "key_id"), error);

  return key != NULL;
}

static gboolean
revoke_api_keys_by_prefix (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *prefix = g_strndup (whose == a ? key_a : key_b, 10);
  gint64 n = 0;

  return pdg_store_revoke_api_keys_by_prefix (tx, whose->project->project_no, prefix, &n, error) && n > 0;
}

static gboolean
list_api_keys (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GPtrArray) lists = pdg_store_list_api_keys (tx, &whose->project->project_no, 1, 0, 10, error);

  return lists != NULL && ((GPtrArray *) lists->pdata[0])->len > 0;
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
  g_autoptr (PdgAccessToken) token = pdg_store_revoke_token (tx, number_of (whose, "token_id"), error);

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

static gboolean
assign_sessions (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgSlice id = PDG_SLICE_LITERAL ("forged");
  gint32 number = 0;

  return pdg_store_assign_sessions (tx, whose->project->project_no, &id, 1, &number, error) && number > 0;
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
  const PdgSlice version = PDG_SLICE_LITERAL ("forged");
  gint32 number = 0;

  return pdg_store_assign_releases (tx, whose->project->project_no, &version, 1, &number, error) && number > 0;
}

static gboolean
assign_actors (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgSlice id = PDG_SLICE_LITERAL ("forged");
  const gint16 kind = PDG_ACTOR_USER;
  gint32 number = 0;

  return pdg_store_assign_actors (tx, whose->project->project_no, &kind, &id, 1, &number, error) && number > 0;
}

static gboolean
assign_terms (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgTerm term = { .fingerprint = { 1 }, .type = PDG_SLICE_LITERAL ("forged") };
  gint32 number = 0;

  return pdg_store_assign_terms (tx, whose->project->project_no, &term, 1, &number, error) && number > 0;
}

static gboolean
find_project (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgSlice id = { whose->project->id, (guint32) strlen (whose->project->id) };
  gint32 project_no = 0;

  return pdg_store_find_project (tx, whose->organisation->org_no, &id, &project_no, error) && project_no > 0;
}

static gboolean
add_snapshot (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GBytes) image = g_bytes_new_static ("x", 1);
  PdgStoreSnapshot snapshot = {
    .image = image, .media_type = "image/png", .taken_usec = 1, .project_no = whose->project->project_no, .screen_no = 1, .width = 1, .height = 1,
  };

  return pdg_store_add_snapshot (tx, &snapshot, error);
}

static gboolean
load_blob (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *id = pdg_sha256_hex (mark_of (whose), 1);
  g_autoptr (GBytes) bytes = pdg_store_load_blob (tx, id, NULL, error);

  return bytes != NULL;
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
insert_events (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  PdgEvent event;
  const PdgEventRow row = make_row (whose, &event);
  guint8 inserted = 0;

  return pdg_store_events_insert (tx, &row, 1, &inserted, error) && inserted;
}

static gboolean
apply_sessions (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgSessionDelta delta = { .project_no = whose->project->project_no, .session_no = 1, .events = 1, .start_usec = 1, .end_usec = 1,
                                  .entry_usec = G_MAXINT64, .exit_usec = G_MAXINT64, .release_usec = G_MAXINT64, .actor_usec = 1, .actor_no = 1 };

  return pdg_store_events_apply_sessions (tx, &delta, 1, 1, error);
}

static gboolean
name_screens (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgSlice title = PDG_SLICE_LITERAL ("forged");
  const gint32 screen_no = 1;
  const gint64 usec = G_MAXINT32;

  return pdg_store_events_name_screens (tx, &whose->project->project_no, &screen_no, &title, &usec, 1, error);
}

typedef struct
{
  const char *name;
  StoreFunc func;
} Case;

static const Case cases[] = {
  { "list-sessions", list_sessions },
  { "find-sessions", find_sessions },
  { "lookup-sessions", lookup_sessions },
  { "list-session-events", list_session_events },
  { "list-events", list_events },
  { "list-events-after", list_events_after },
  { "find-events", find_events },
  { "list-actors", list_actors },
  { "find-actors", find_actors },
  { "load-actor-figures", load_actor_figures },
  { "list-releases", list_releases },
  { "each-journey-row", each_journey_row },
  { "count-events", count_events },
  { "list-screens", list_screens },
  { "get-event-span", get_event_span },
  { "load-live", load_live },
  { "pick-sessions", pick_sessions },
  { "pick-release-sessions", pick_release_sessions },
  { "list-audience-actors", list_audience_actors },
  { "list-fresh-events", list_fresh_events },
  { "lookup-screens", lookup_screens },
  { "list-project-screens", list_project_screens },
  { "list-snapshots", list_snapshots },
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
  { "load-blob", load_blob },
  { "insert-events", insert_events },
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

static PdgDbTx *
begin_as_a (void)
{
  g_autoptr (GError) error = NULL;
  PdgDbTx *tx = pdg_db_tx_begin (server, a->admin, PDG_DB_TX_READ_WRITE, &error);

  g_assert_no_error (error);
  return tx;
}

static void
test_wrong_organisation (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = begin_as_a ();
  gboolean found = test->func (tx, a, &error);

  if (error != NULL)
    g_test_message ("%s", pdg_db_error_get_detail (error));
  g_assert_no_error (error);
  g_assert_true (found);
  g_clear_pointer (&tx, pdg_db_tx_free);
  tx = begin_as_a ();
  g_assert_false (test->func (tx, b, &error));
}

/* COPY is for the writer alone: the server's login has no right to it. */
static void
test_copy_is_refused (void)
{
  g_autoptr (PdgDbTx) tx = begin_as_a ();
  g_autoptr (PdgDbCopyBuffer) buffer = pdg_db_copy_buffer_new (0);
  g_autoptr (GError) error = NULL;
  PdgEvent event;
  const PdgEventRow row = make_row (a, &event);
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
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (server, &error);

  g_assert_no_error (error);
  g_assert_null (pdg_store_create_organisation (tx, "forged", &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
  g_clear_error (&error);
  g_clear_pointer (&tx, pdg_db_tx_free);
  tx = pdg_db_tx_begin_maintenance (server, &error);
  g_assert_false (pdg_store_grant_login (tx, "productgraph_server", b->organisation->org_no, &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
}

static void
test_credentials (void)
{
  g_autoptr (PdgPrincipal) principal = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (server, &error);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 hash[32];
  gsize len = sizeof hash;

  g_checksum_update (checksum, (const guchar *) key_b, -1);
  g_checksum_get_digest (checksum, hash, &len);
  principal = pdg_store_resolve_credential (tx, hash, &error);
  g_assert_no_error (error);
  g_assert_nonnull (principal);
  g_assert_cmpint (pdg_principal_get_org_no (principal), ==, b->organisation->org_no);
  g_assert_cmpint (pdg_principal_get_project_no (principal), ==, b->project->project_no);
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
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (server, &error);
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

  g_assert_true (pdg_store_assign_sessions (tx, a->project->project_no, ids, 4, first, &error));
  g_assert_no_error (error);
  g_assert_true (pdg_store_assign_sessions (tx, a->project->project_no, ids, 4, second, &error));
  g_assert_cmpmem (first, sizeof first, second, sizeof second);
  g_assert_cmpint (first[0], ==, first[2]);
  g_assert_cmpint (first[0], !=, first[1]);
  for (int i = 0; i < 4; i++)
    max = MAX (max, first[i]);
  g_assert_cmpint (max, ==, 4); /* one session was there */
}

int
main (int argc, char *argv[])
{
  g_autofree char *token_a = NULL, *token_b = NULL;
  g_autoptr (PdgHub) hub = pdg_hub_new ();
  PdgIngest *ingest;
  int status;

  g_test_init (&argc, &argv, NULL);
  a = tenant_new (NULL, "Org A", "proj_a");
  b = tenant_new (NULL, "Org B", "proj_b");
  ingest = fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, hub, 1000, 1000);
  tenant_fill (a, ingest, "a", &key_a, &token_a);
  tenant_fill (b, ingest, "b", &key_b, &token_b);
  pdg_ingest_free (ingest);
  server = fixture_open (pdg_test_cluster_get_server_uri (), NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/store/functions/wrong-organisation/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_wrong_organisation);
    }
  g_test_add_func ("/store/functions/copy-is-refused", test_copy_is_refused);
  g_test_add_func ("/store/functions/administration-is-refused", test_administration_is_refused);
  g_test_add_func ("/store/functions/credentials", test_credentials);
  g_test_add_func ("/store/functions/organisations", test_organisations);
  g_test_add_func ("/store/functions/numbers-are-dense", test_numbers_are_dense);
  status = g_test_run ();
  pdg_db_conn_free (server);
  tenant_free (a);
  tenant_free (b);
  g_free (key_a);
  g_free (key_b);
  return status;
}
