#include "config.h"

#include "base/pdg-id.h"
#include "store/pdg-store-actors.h"
#include "store/pdg-store-audience.h"
#include "store/pdg-store-events-read.h"
#include "store/pdg-store-journeys.h"
#include "store/pdg-store-project-sessions.h"
#include "store/pdg-store-releases.h"
#include "store/pdg-store-screens.h"
#include "store/pdg-store-sessions.h"
#include "store/pdg-store-screen-signs.h"
#include "store/pdg-store-snapshots.h"
#include "store/pdg-store-terms.h"
#include "store/pdg-store-traffic.h"
#include "store/store-attacks.h"

/* The functions of the store that list and read what was stored. */

static const StoreAttackSides *sides;

static const PdgStoreSessionFilter all_sessions = {
  .from_usec = G_MININT64, .to_usec = G_MAXINT64, .before_started_usec = G_MAXINT64, .before_session_no = G_MAXINT32, .limit = 10,
  .parts = PDG_SESSION_ALL,
};

static gboolean
list_sessions (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return has_some (pdg_store_list_sessions (tx, &whose->project->project_no, NULL, 1, &all_sessions, error));
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

/* Events for as long as the program runs. */
static PdgStoreEventQuery
ask_all_events (void)
{
  static PdgArena *arena;

  if (arena == NULL)
    arena = pdg_arena_new (0);
  return (PdgStoreEventQuery) { .from_usec = G_MININT64, .to_usec = G_MAXINT64, .limit = 10, .parts = PDG_EVENT_ALL, .arena = arena };
}

static gboolean
list_events (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgStoreEventQuery query = ask_all_events ();

  return has_some (pdg_store_list_events (tx, &whose->project->project_no, 1, &query, error));
}

/* With the cursor of the other organisation's row. */
static gboolean
list_events_after (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgEventPlace place = { .ts_usec = 1, .session_no = 1 };
  PdgStoreEventQuery query = ask_all_events ();

  query.after = &place;
  return has_some (pdg_store_list_events (tx, &whose->project->project_no, 1, &query, error));
}

static gboolean
find_events (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *id = g_strconcat (mark_of (whose), "-1", NULL);
  g_autoptr (GPtrArray) events = pdg_store_find_events (tx, &whose->project->project_no, 1, id, PDG_EVENT_ALL, ask_all_events ().arena, error);

  return events != NULL && events->pdata[0] != NULL;
}

static gboolean
list_actors (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgStoreActorFilter filter = { .from_usec = G_MININT64, .to_usec = G_MAXINT64, .before_active_usec = G_MAXINT64, .limit = 10 };

  return has_some (pdg_store_list_actors (tx, &whose->project->project_no, 1, &filter, error));
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
  const PdgStoreEventQuery query = ask_all_events ();

  return has_some (pdg_store_list_session_events (tx, &key, 1, &query, error));
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
  const PdgEventSpan *span = spans != NULL && spans->len > 0 ? &g_array_index (spans, PdgEventSpan, 0) : NULL;

  return span != NULL && (span->oldest_usec != PDG_TIME_NONE || span->newest_usec != PDG_TIME_NONE);
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
  PdgStoreEventQuery asked = ask_all_events ();
  g_autoptr (PdgStoreSeen) now = pdg_store_load_seen (tx, error);
  g_autoptr (GPtrArray) events = NULL;
  gint64 n_all = 0;

  if (now != NULL)
    events = pdg_store_list_fresh_events (tx, whose->project->project_no, &before, now, &asked, &n_all, error);
  return events != NULL && (events->len > 0 || n_all > 0);
}

static gboolean
list_active_sessions (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GArray) found = pdg_store_list_active_sessions (tx, whose->project->project_no, 0, g_get_real_time () + G_TIME_SPAN_DAY, 10, error);

  return found != NULL && found->len > 0;
}

static gboolean
lookup_whereabouts (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GArray) found = pdg_store_lookup_whereabouts (tx, whose->project->project_no, session_nos, G_N_ELEMENTS (session_nos), error);

  return found != NULL && found->len > 0;
}

static const PdgStoreSnapshotFilter all_snapshots = { G_MININT64, G_MAXINT64, G_MAXINT64, G_MAXINT64, 10 };

static gboolean
list_snapshots (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return has_some (pdg_store_list_snapshots (tx, &whose->project->project_no, NULL, 1, &all_snapshots, error));
}

static gboolean
lookup_snapshots (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gint64 number = fixture_owner_int ("SELECT min(snapshot_no) FROM snapshot WHERE project_id = %d", whose->project->project_no);
  g_autoptr (GPtrArray) found = pdg_store_lookup_snapshots (tx, &whose->project->project_no, &number, 1, error);

  return found != NULL && found->pdata[0] != NULL;
}

static void
count_sign (guint place, gint32 session_no, gint64 usec, const char *const texts[PDG_STORE_SIGN_TEXTS], gpointer user_data)
{
  (*(guint *) user_data)++;
}

/* Of every screen that there may be, and every kind. */
static gboolean
each_screen_sign (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gint32 projects[20], screens[20];
  guint n = 0;

  for (gint32 i = 0; i < 20; i++)
    {
      projects[i] = whose->project->project_no;
      screens[i] = i + 1;
    }
  for (guint kind = PDG_STORE_SIGN_CALL; kind <= PDG_STORE_SIGN_STATE; kind++)
    if (!pdg_store_each_screen_sign (tx, projects, screens, 20, kind, G_MININT64, G_MAXINT64, count_sign, &n, error))
      return FALSE;
  return n > 0;
}

static gboolean
load_blob (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *id = pdg_sha256_hex (mark_of (whose), 1);
  g_autoptr (GBytes) bytes = pdg_store_load_blob (tx, id, 0, NULL, error);

  return bytes != NULL;
}

static gboolean
lookup_project_and_session (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *id = g_strconcat (mark_of (whose), "-session", NULL);
  g_autoptr (GPtrArray) sessions = NULL;
  g_autoptr (PdgProject) project = pdg_store_lookup_project_and_session (tx, whose->project->id, id, PDG_SESSION_ALL, &sessions, error);

  g_assert_true ((project != NULL) == (sessions != NULL));
  return project != NULL && sessions->pdata[0] != NULL;
}

static gboolean
lookup_projects (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *id = g_strconcat (mark_of (whose), "-session", NULL);
  const char *const ids[] = { "nowhere", whose->project->id }, *const session_ids[] = { id, id };
  g_autoptr (GPtrArray) sessions = NULL, projects = pdg_store_lookup_projects (tx, ids, session_ids, 2, PDG_SESSION_ALL, &sessions, error);
  gboolean found = projects != NULL && projects->pdata[1] != NULL;

  g_assert_no_error (*error);
  g_assert_null (projects->pdata[0]);
  g_assert_true (found == (sessions->pdata[1] != NULL));
  return found;
}

static gboolean
list_projects_and_sessions (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgStoreProjectFilter projects = { .search = whose->project->id, .limit = 10 };
  g_autoptr (GPtrArray) lists = NULL;
  g_autoptr (GPtrArray) found = pdg_store_list_projects_and_sessions (tx, &projects, &all_sessions, &lists, error);

  g_assert_no_error (*error);
  g_assert_cmpuint (found->len, ==, lists->len);
  return found->len > 0 && ((GPtrArray *) lists->pdata[0])->len > 0;
}

static gboolean
load_terms (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const gint32 term_no = 1;
  const PdgStoreTerm *term = NULL;

  return pdg_store_load_terms (tx, &whose->project->project_no, &term_no, 1, &term, error) && term != NULL;
}

/* What the connection remembers for one organisation another does not get. */
static void
test_remembered_terms (void)
{
  for (guint i = 0; i < 4; i++)
    {
      const Tenant *reader = i % 2 == 0 ? sides->b : sides->a, *other = i % 2 == 0 ? sides->a : sides->b;
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgDbTx) tx = pdg_db_tx_begin (sides->server, reader->admin, PDG_DB_TX_READ_ONLY, &error);

      g_assert_no_error (error);
      g_assert_true (load_terms (tx, reader, &error));
      g_assert_false (load_terms (tx, other, &error));
      g_assert_no_error (error);
    }
}

static const StoreAttack attacks[] = {
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
  { "list-active-sessions", list_active_sessions },
  { "lookup-whereabouts", lookup_whereabouts },
  { "lookup-screens", lookup_screens },
  { "list-project-screens", list_project_screens },
  { "list-snapshots", list_snapshots },
  { "lookup-snapshots", lookup_snapshots },
  { "each-screen-sign", each_screen_sign },
  { "load-blob", load_blob },
  { "lookup-project-and-session", lookup_project_and_session },
  { "lookup-projects", lookup_projects },
  { "list-projects-and-sessions", list_projects_and_sessions },
  { "load-terms", load_terms },
};

int
main (int argc, char *argv[])
{
  sides = store_attacks_init (&argc, &argv);
  g_test_add_func ("/store/read-functions/remembered-terms", test_remembered_terms);
  store_attacks_add ("/store/read-functions/wrong-organisation", attacks, G_N_ELEMENTS (attacks));
  return store_attacks_run ();
}
