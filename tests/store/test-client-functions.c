#include "config.h"
#include "store/store-attacks.h"

#include "store/pdg-store-clients.h"

#include <string.h>

/* What is kept for the clients of other products, of the wrong organisation (store-attacks.h). */

static gboolean
add_replay_chunk (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  PdgReplayChunk chunk = { .session_id = (char *) "forged", .key = { 2 }, .started_usec = 1, .ended_usec = 2, .n_events = 1 };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("[]", 2);
  gboolean kept = FALSE;

  chunk.bytes = bytes;
  return pdg_store_add_replay_chunk (tx, whose->project->id, &chunk, 1000, &kept, error) && kept;
}

static gboolean
list_replay_chunks (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autofree char *session = g_strconcat (mark_of (whose), "-session", NULL);
  const char *id = session;

  return has_some (pdg_store_list_replay_chunks (tx, &whose->project->project_no, &id, 1, G_MININT64, G_MININT64, 10, error));
}

static gboolean
load_replay_chunk (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gint64 number = fixture_owner_int ("SELECT min(chunk_no) FROM replay_chunk WHERE project_id = %d", whose->project->project_no);
  g_autoptr (GBytes) bytes = pdg_store_load_replay_chunk (tx, number, error);

  return bytes != NULL;
}

static gboolean
derive_sessions (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  PdgDerivedSession need = { .key = { 1 }, .usec = 1 };

  return pdg_store_derive_sessions (tx, whose->project->id, &need, 1, error) && need.began_usec != G_MININT64;
}

static gboolean
trace_pages (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  PdgPageReport pages[] = { { .event = 0, .kind = PDG_PAGE_LOAD_EVENT }, { .event = 1, .kind = PDG_PAGE_NAVIGATION } };
  const PdgEvent events[] = {
    { .event_key = { 1 }, .timestamp_usec = 1, .page_path = PDG_SLICE_LITERAL ("/a") },
    { .event_key = { 2 }, .timestamp_usec = 2, .page_path = PDG_SLICE_LITERAL ("/b") },
  };
  const guint8 sessions[2][16] = { { 1 }, { 1 } };
  gboolean left;

  if (!pdg_store_trace_pages (tx, whose->project->id, pages, events, sessions, 2, error))
    return FALSE;
  left = pages[1].left_usec != G_MININT64;
  g_free (pages[1].left_path);
  return left;
}

static const StoreAttack attacks[] = {
  { "add-replay-chunk", add_replay_chunk },
  { "list-replay-chunks", list_replay_chunks },
  { "load-replay-chunk", load_replay_chunk },
  { "derive-sessions", derive_sessions },
  { "trace-pages", trace_pages },
};

static const StoreAttackSides *sides;

static void
load_salts (const Tenant *whose, guint8 salt[16])
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin (sides->server, whose->admin, PDG_DB_TX_READ_WRITE, &error);
  guint8 old[16];
  gboolean has_old;

  g_assert_true (tx != NULL && pdg_store_load_client_salts (tx, salt, old, &has_old, &error) && pdg_db_tx_commit (tx, &error));
  g_assert_false (has_old);
}

/* Each organisation has its own, so that nobody can tell that a client of one is a client of another. */
static void
test_salts (void)
{
  guint8 a[16], again[16], b[16];

  load_salts (sides->a, a);
  load_salts (sides->a, again);
  load_salts (sides->b, b);
  g_assert_cmpmem (a, 16, again, 16);
  g_assert_cmpint (memcmp (a, b, 16), !=, 0);
}

int
main (int argc, char *argv[])
{
  sides = store_attacks_init (&argc, &argv);
  g_test_add_func ("/store/client-functions/salts", test_salts);
  store_attacks_add ("/store/client-functions/wrong-organisation", attacks, G_N_ELEMENTS (attacks));
  return store_attacks_run ();
}
