#include "config.h"

#include "service/event-writer.h"

/* When a second flush is stored beside the first: as soon as half of as much waits as the one under way holds. The storers are held, so
 * that nothing depends on how fast they are. */

typedef struct
{
  const char *name;
  guint n_flying; /* events of the flush under way */
  guint n_enough; /* that have to wait until another one starts */
} Case;

static const Case cases[] = {
  { "least", 1, 100 },
  { "least-of-half", 200, 100 },
  { "half", 300, 150 },
  { "half-of-many", 1000, 500 },
};

static Tenant *tenant;
static PdgHub *hub;
static PdgIngest *ingest;
static gint64 now_usec;

static void
submit (const char *name, guint first, guint n, Verdict *verdict)
{
  GString *out = body_new ();
  g_autofree char *body = NULL;

  for (guint i = first; i < first + n; i++)
    {
      g_autofree char *id = g_strdup_printf ("%s-%u", name, i);

      body_add (out, tenant->project->id, id, name, "custom", now_usec, "%s", "");
    }
  body = body_finish (out);
  g_assert_true (fixture_submit (ingest, tenant->admin, body, verdict));
}

static PdgIngestMetrics
get_metrics (void)
{
  PdgIngestMetrics metrics;

  pdg_ingest_get_metrics (ingest, &metrics);
  return metrics;
}

static void
test_enough (gconstpointer data)
{
  const Case *test = data;
  g_auto (Verdict) flying = { 0 }, waiting = { 0 }, last = { 0 };
  guint64 n_flushes = get_metrics ().flushes;
  WriterHold *hold = writer_hold_new (pdg_test_cluster_get_owner_uri ());

  submit (test->name, 0, test->n_flying, &flying);
  fixture_wait (writer_hold_count () == 1);
  submit (test->name, test->n_flying, test->n_enough - 1, &waiting);
  for (guint i = 0; i < 20; i++) /* round trips in which one that starts too early would be seen */
    {
      g_assert_cmpint (writer_hold_count (), ==, 1);
      g_assert_cmpuint (get_metrics ().queued_events, ==, test->n_enough - 1);
    }
  submit (test->name, test->n_flying + test->n_enough - 1, 1, &last);
  fixture_wait (writer_hold_count () == 2);
  g_assert_cmpuint (get_metrics ().queued_events, ==, 0);
  writer_hold_free (hold);
  fixture_wait (g_atomic_int_get (&flying.answered) && g_atomic_int_get (&waiting.answered) && g_atomic_int_get (&last.answered));
  assert_stored (flying, test->n_flying, 0, 0);
  assert_stored (waiting, test->n_enough - 1, 0, 0);
  assert_stored (last, 1, 0, 0);
  g_assert_cmpuint (get_metrics ().flushes - n_flushes, ==, 2);
}

/* There are two connections that store: what comes after waits, however much it is. */
static void
test_no_third (void)
{
  g_auto (Verdict) first = { 0 }, second = { 0 }, third = { 0 };
  WriterHold *hold = writer_hold_new (pdg_test_cluster_get_owner_uri ());

  submit ("third", 0, 1, &first);
  fixture_wait (writer_hold_count () == 1);
  submit ("third", 1, 100, &second);
  fixture_wait (writer_hold_count () == 2);
  submit ("third", 101, 1000, &third);
  for (guint i = 0; i < 20; i++)
    {
      g_assert_cmpint (writer_hold_count (), ==, 2);
      g_assert_cmpuint (get_metrics ().queued_events, ==, 1000);
    }
  writer_hold_free (hold);
  fixture_wait (g_atomic_int_get (&first.answered) && g_atomic_int_get (&second.answered) && g_atomic_int_get (&third.answered));
  assert_stored (third, 1000, 0, 0);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  hub = pdg_hub_new ();
  now_usec = g_get_real_time ();
  fixture_migrate (pdg_test_cluster_get_owner_uri ());
  tenant = tenant_new (NULL, "Beside", "proj_beside");
  ingest = fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, hub, 100000, 5000);
  writer_make_both (ingest, tenant, now_usec);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/service/ingest-beside/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_enough);
    }
  g_test_add_func ("/service/ingest-beside/no-third", test_no_third);
  status = g_test_run ();
  pdg_ingest_free (ingest);
  tenant_free (tenant);
  pdg_hub_unref (hub);
  return status;
}
