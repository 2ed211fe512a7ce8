#include "config.h"

#include "service/event-writer.h"

#include <string.h>

/* The same id twice: the same event again is a duplicate; another one is refused as a conflict, and the first is kept. In one batch,
 * between flushes, by another collector, and by both at once. */

static Tenant *a;
static PdgHub *hub;
static gint64 now_usec;

static PdgIngest *
start (void)
{
  return fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, hub, 10000, 5000);
}

static PdgIngestMetrics
read_metrics (PdgIngest *of)
{
  PdgIngestMetrics metrics;

  pdg_ingest_get_metrics (of, &metrics);
  return metrics;
}

/* One event; @price is what differs. */
static void
add (GString *body, const char *id, const char *session, int price)
{
  body_add (body, "proj_a", id, session, "ui.click", now_usec, ",\"page.path\":\"/shop\",\"metadata\":{\"price\":%d}", price);
}

static char *
make (const char *id, int price)
{
  GString *body = body_new ();

  add (body, id, id, price);
  return body_finish (body);
}

static void
store (PdgIngest *ingest, const char *id, int price, Verdict *verdict)
{
  g_autofree char *body = make (id, price);

  fixture_store (ingest, a->admin, body, verdict);
}

static void
assert_price (const char *id, int price)
{
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event WHERE event_id = '%s'", id), ==, 1);
  g_assert_cmpint (fixture_owner_int ("SELECT (data::json->'metadata'->>'price')::int8 FROM event WHERE event_id = '%s'", id), ==, price);
  g_assert_cmpint (fixture_owner_int ("SELECT events FROM session WHERE id = '%s'", id), ==, 1);
}

#define CONFLICT "event_id: id_conflict: another event has this id, and the first is kept; give each event an id of its own\n"

static void
test_in_one_batch (void)
{
  g_autoptr (PdgIngest) ingest = start ();
  GString *out = body_new ();
  g_autofree char *body = NULL;
  g_auto (Verdict) verdict = { 0 };

  add (out, "batch", "batch", 1);
  add (out, "batch", "batch", 1);
  add (out, "batch", "batch", 2);
  add (out, "batch", "elsewhere", 1);
  body = body_finish (out);
  fixture_store (ingest, a->admin, body, &verdict);
  assert_stored (verdict, 2, 1, 2);
  g_assert_cmpstr (verdict.issues, ==, "2 " CONFLICT "3 " CONFLICT);
  g_assert_cmpuint (read_metrics (ingest).conflicts, ==, 2);
  assert_price ("batch", 1);
}

static void
test_between_flushes (void)
{
  g_autoptr (PdgIngest) ingest = start ();
  g_auto (Verdict) verdict = { 0 };

  store (ingest, "flushes", 1, &verdict);
  assert_stored (verdict, 1, 0, 0);
  store (ingest, "flushes", 2, &verdict);
  assert_stored (verdict, 0, 0, 1);
  store (ingest, "flushes", 1, &verdict);
  assert_stored (verdict, 1, 1, 0);
  g_assert_cmpuint (read_metrics (ingest).slow_flushes, ==, 0);
  assert_price ("flushes", 1);
}

/* A client that corrects its clock sends the same event with another time. */
static void
test_another_time (void)
{
  g_autoptr (PdgIngest) ingest = start ();
  g_auto (Verdict) verdict = { 0 };

  store (ingest, "time", 1, &verdict);
  now_usec += 1000;
  store (ingest, "time", 1, &verdict);
  assert_stored (verdict, 1, 1, 0);
  assert_price ("time", 1);
}

/* The unique key strikes: another collector stored it. What this one learns of it is remembered right. */
static void
test_by_another_collector (void)
{
  g_autoptr (PdgIngest) first = start (), second = start ();
  g_auto (Verdict) verdict = { 0 };
  GString *out = body_new ();
  g_autofree char *body = NULL;

  store (first, "other", 1, &verdict);
  store (first, "other-2", 1, &verdict);
  add (out, "other", "other", 2);
  add (out, "other-2", "other-2", 1);
  add (out, "other-3", "other-3", 3);
  body = body_finish (out);
  fixture_store (second, a->admin, body, &verdict);
  assert_stored (verdict, 2, 1, 1);
  g_assert_cmpstr (verdict.issues, ==, "0 " CONFLICT);
  g_assert_cmpuint (read_metrics (second).slow_flushes, ==, 1);
  store (second, "other", 1, &verdict);
  assert_stored (verdict, 1, 1, 0);
  store (second, "other", 2, &verdict);
  assert_stored (verdict, 0, 0, 1);
  g_assert_cmpuint (read_metrics (second).slow_flushes, ==, 1);
  assert_price ("other", 1);
  assert_price ("other-2", 1);
  assert_price ("other-3", 3);
}

/* An event that was stored before contents had a hash counts as the same. */
static void
test_stored_without_hash (void)
{
  g_autoptr (PdgIngest) first = start (), second = start ();
  g_auto (Verdict) verdict = { 0 };

  store (first, "unhashed", 1, &verdict);
  pdg_test_cluster_run_sql ("UPDATE productgraph.event SET payload_hash = NULL WHERE event_id = 'unhashed'");
  store (second, "unhashed", 2, &verdict);
  assert_stored (verdict, 1, 1, 0);
  assert_price ("unhashed", 1);
}

#define N_ROUNDS 60
#define N_IDS 40

typedef struct
{
  PdgIngest *ingest;
  guint32 seed;
  guint n_new, n_duplicates, n_conflicts;
} Collector;

static gpointer
collect (gpointer data)
{
  Collector *self = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (self->seed);

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      GString *out = body_new ();
      g_autofree char *body = NULL;
      g_auto (Verdict) verdict = { 0 };

      for (guint i = 0; i < 8; i++)
        {
          g_autofree char *id = g_strdup_printf ("both-%u-%d", round, g_rand_int_range (rand, 0, N_IDS));

          add (out, id, id, g_rand_int_range (rand, 1, 3));
        }
      body = body_finish (out);
      fixture_store (self->ingest, a->admin, body, &verdict);
      g_assert_no_error (verdict.error);
      self->n_new += verdict.n_accepted - verdict.n_duplicates;
      self->n_duplicates += verdict.n_duplicates;
      self->n_conflicts += verdict.n_rejected;
    }
  return NULL;
}

/* Two collectors at once, over the same ids with two contents: each id is stored once, and every other one is told apart. */
static void
test_by_both_at_once (void)
{
  Collector one = { start (), 1, 0, 0, 0 }, two = { start (), 2, 0, 0, 0 };
  GThread *thread = g_thread_new ("one", collect, &one);
  gint64 n_stored;

  collect (&two);
  g_thread_join (thread);
  pdg_ingest_free (one.ingest);
  pdg_ingest_free (two.ingest);
  n_stored = fixture_owner_int ("SELECT count(*) FROM event WHERE event_id LIKE 'both-%%'");
  g_assert_cmpint (n_stored, ==, fixture_owner_int ("SELECT count(DISTINCT event_id) FROM event WHERE event_id LIKE 'both-%%'"));
  g_assert_cmpint (n_stored, ==, one.n_new + two.n_new);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM session WHERE id LIKE 'both-%%' AND events = 1"), ==, n_stored);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM session WHERE id LIKE 'both-%%' AND events > 1"), ==, 0);
  g_assert_cmpuint (one.n_new + one.n_duplicates + one.n_conflicts, ==, N_ROUNDS * 8);
  g_assert_cmpuint (one.n_duplicates + two.n_duplicates, >, 0);
  g_assert_cmpuint (one.n_conflicts + two.n_conflicts, >, 0);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  now_usec = g_get_real_time ();
  hub = pdg_hub_new ();
  a = tenant_new (NULL, "Org A", "proj_a");
  g_test_add_func ("/service/ingest-conflicts/in-one-batch", test_in_one_batch);
  g_test_add_func ("/service/ingest-conflicts/between-flushes", test_between_flushes);
  g_test_add_func ("/service/ingest-conflicts/another-time", test_another_time);
  g_test_add_func ("/service/ingest-conflicts/by-another-collector", test_by_another_collector);
  g_test_add_func ("/service/ingest-conflicts/stored-without-hash", test_stored_without_hash);
  g_test_add_func ("/service/ingest-conflicts/by-both-at-once", test_by_both_at_once);
  status = g_test_run ();
  pdg_hub_unref (hub);
  tenant_free (a);
  return status;
}
