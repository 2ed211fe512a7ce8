#include "config.h"

#include "base/pdg-clock.h"
#include "store/pdg-store-keys.h"
#include "store/pdg-store-retention.h"
#include "store/pdg-store-rights.h"
#include "store/store-attacks.h"

#include <string.h>

/* The functions of the store for what is kept and for how long. */

static const StoreAttackSides *sides;

static gboolean
list_held_data (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgRetentionLimits none = { 0 };

  return has_some (pdg_store_list_held_data (tx, &whose->project->project_no, 1, pdg_clock_now_usec (), &none, NULL, error));
}

static gboolean
set_retention (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return pdg_store_set_retention (tx, whose->project->project_no, PDG_DATA_EVENTS, 1, 0, error);
}

/* A day from now everything is older. */
static gboolean
expire (PdgDbTx *tx, const Tenant *whose, PdgDataKind kind, GError **error)
{
  gint64 n_removed = 0, n_events = 0;

  return pdg_store_expire (tx, whose->project->project_no, kind, pdg_clock_now_usec () + 2 * G_TIME_SPAN_DAY, 1000, &n_removed, &n_events, error)
         && n_removed > 0;
}

static gboolean
expire_events (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return expire (tx, whose, PDG_DATA_EVENTS, error);
}

static gboolean
expire_snapshots (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return expire (tx, whose, PDG_DATA_SNAPSHOTS, error);
}

static gboolean
expire_recordings (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return expire (tx, whose, PDG_DATA_RECORDINGS, error);
}

static gboolean
expire_letters (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return expire (tx, whose, PDG_DATA_DEAD_LETTERS, error);
}

static gboolean
expire_traits (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return expire (tx, whose, PDG_DATA_TRAITS, error);
}

static gboolean
expire_client_state (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return expire (tx, whose, PDG_DATA_CLIENT_STATE, error);
}

static gboolean
hold_person (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *user = g_strconcat (mark_of (whose), "-user", NULL);
  g_autoptr (GPtrArray) ids = pdg_store_hold_person (tx, whose->project->project_no, user, -1, error);

  return ids != NULL && ids->len > 0;
}

static gint64
count_client_rows (PdgDbTx *tx, gint32 project_no)
{
  g_autofree char *sql = g_strdup_printf ("SELECT (SELECT count(*) FROM derived_session WHERE project_id = %1$d) + (SELECT count(*) FROM page_trail "
                                          "WHERE project_id = %1$d)", project_no);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, sql, NULL, &error);

  g_assert_no_error (error);
  return pdg_db_result_get_int8 (result, 0, 0);
}

static gboolean
forget_clients (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, 16);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  const guint8 key[16] = { 7 };
  gint64 before = count_client_rows (tx, whose->project->project_no);

  g_array_append_val (keys, key);
  return pdg_store_forget_clients (tx, whose->project->project_no, keys, keys, none, error)
         && count_client_rows (tx, whose->project->project_no) == before - 2;
}

static const StoreAttack attacks[] = {
  { "list-held-data", list_held_data },
  { "set-retention", set_retention },
  { "expire-events", expire_events },
  { "expire-snapshots", expire_snapshots },
  { "expire-recordings", expire_recordings },
  { "expire-letters", expire_letters },
  { "expire-traits", expire_traits },
  { "expire-client-state", expire_client_state },
  { "hold-person", hold_person },
  { "forget-clients", forget_clients },
};

/* What concerns every organisation, a login that was granted one may not do. */
static void
test_only_the_server (void)
{
  static const char *const calls[] = {
    "SELECT begin_sweep('0')", "SELECT end_sweep(true)", "SELECT count(*) FROM plan_retention(now(), '{1,1,1,1,1,1}', '{0,0,0,0,0,0}')",
    "SELECT count(*) FROM drop_event_day(now())", "SELECT count(*) FROM due_event_days(now())", "SELECT forget_old()", "SELECT trim_default_events()",
    "SELECT count(*) FROM server_holdings()", "SELECT note_key_uses('{1}', ARRAY[now()])", "SELECT expire_events({PROJECT_A}, now(), 10)",
    "SELECT expire_rows({PROJECT_A}, 1::int2, now(), 10)",
  };
  static const char *const inner[] = {
    "SELECT remove_sessions({ORG_A}, {PROJECT_A}, now(), 10, false)", "SELECT count(*) FROM kept_rows({PROJECT_A}, 1::int2)", "SELECT event_size({PROJECT_A})",
    "SELECT count(*) FROM retention_state", "SELECT count(*) FROM forgotten_session", "SELECT count(*) FROM event_days()",
    "UPDATE api_key SET last_used_at = now() WHERE project_id = {PROJECT_A} RETURNING 1",
  };
  g_autofree char *uri = fixture_make_login ("retention_reader", "", "productgraph");
  g_autofree char *grant = g_strdup_printf ("GRANT productgraph_app TO retention_reader; INSERT INTO productgraph.org_grant (login, org_id) "
                                            "VALUES ('retention_reader', %d)", sides->a->organisation->org_no);
  g_autofree char *set = g_strdup_printf ("SELECT set_current_org('%s')", sides->a->organisation->uuid);
  g_autoptr (PdgDbConn) reader = NULL;

  pdg_test_cluster_run_sql (grant);
  reader = fixture_open (uri, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (calls) + G_N_ELEMENTS (inner); i++)
    {
      g_autofree char *sql = tenants_expand (i < G_N_ELEMENTS (calls) ? calls[i] : inner[i - G_N_ELEMENTS (calls)], sides->a, sides->b);
      g_autoptr (GError) error = NULL;
      g_autofree char *answer = NULL;

      fixture_run (reader, set);
      answer = fixture_try (reader, sql, &error);
      g_test_message ("%s", sql);
      g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
      if (i >= G_N_ELEMENTS (calls)) /* not even the server */
        {
          g_autoptr (GError) refused = NULL;
          g_autofree char *none = fixture_try (sides->server, sql, &refused);

          g_assert_error (refused, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
        }
    }
}

/* Nobody tells of another organisation by the same project twice, or by one of each. */
static void
test_mixed_projects (void)
{
  const gint32 projects[] = { sides->b->project->project_no, sides->a->project->project_no };
  const PdgRetentionLimits none = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = begin_as_a ();
  g_autoptr (GPtrArray) lists = pdg_store_list_held_data (tx, projects, 2, pdg_clock_now_usec (), &none, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (((GPtrArray *) lists->pdata[0])->len, ==, 0);
  g_assert_cmpuint (((GPtrArray *) lists->pdata[1])->len, ==, PDG_N_DATA_KINDS);
}

/* The later use stays. */
static void
test_key_uses (void)
{
  gint32 key_no = (gint32) fixture_owner_int ("SELECT min(key_id) FROM api_key WHERE project_id = %d", sides->a->project->project_no);
  const gint64 times[] = { 2000000, 1000000 };

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (sides->server, &error);

      g_assert_no_error (error);
      g_assert_true (pdg_store_note_key_uses (tx, &key_no, &times[i], 1, &error) && pdg_db_tx_commit (tx, &error));
    }
  g_assert_cmpint (fixture_owner_int ("SELECT extract(epoch FROM last_used_at)::int8 FROM api_key WHERE key_id = %d", key_no), ==, 2);
}

int
main (int argc, char *argv[])
{
  sides = store_attacks_init (&argc, &argv);
  store_attacks_add ("/store/retention-functions/wrong-organisation", attacks, G_N_ELEMENTS (attacks));
  g_test_add_func ("/store/retention-functions/only-the-server", test_only_the_server);
  g_test_add_func ("/store/retention-functions/mixed-projects", test_mixed_projects);
  g_test_add_func ("/store/retention-functions/key-uses", test_key_uses);
  return store_attacks_run ();
}
