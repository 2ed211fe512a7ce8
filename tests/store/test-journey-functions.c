#include "config.h"

#include "store/pdg-store-designs.h"
#include "store/tenant-data.h"

#include <string.h>

/* The functions of journeys, as test-functions.c tries the others: with what is A's own, and with what is B's. */

static Tenant *a, *b;
static PdgDbConn *server;

typedef gboolean (*StoreFunc) (PdgDbTx *tx, const Tenant *whose, GError **error);

static const char *
mark_of (const Tenant *whose)
{
  return whose == a ? "a" : "b";
}

static gboolean
list_journeys (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  PdgStoreJourneyFilter filter = { .limit = 10 };
  g_autoptr (GPtrArray) lists = pdg_store_list_journeys (tx, &whose->project->project_no, 1, &filter, error);

  return lists != NULL && ((GPtrArray *) lists->pdata[0])->len == 2; /* observed and designed */
}

static gboolean
lookup_journeys (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GPtrArray) journeys = pdg_store_lookup_journeys (tx, &whose->project->project_no, 1, mark_of (whose), NULL, error);

  return journeys != NULL && journeys->pdata[0] != NULL;
}

static gint32
design_of (const Tenant *whose)
{
  return (gint32) fixture_owner_int ("SELECT journey_no FROM journey WHERE org_id = %d AND kind = 'designed'", whose->organisation->org_no);
}

static gboolean
list_journey_steps (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gint32 journey_no = design_of (whose);
  g_autoptr (GPtrArray) lists = pdg_store_list_journey_steps (tx, &journey_no, 1, error);

  return lists != NULL && ((GPtrArray *) lists->pdata[0])->len > 0;
}

static gboolean
list_journey_links (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gint32 journey_no = design_of (whose);
  g_autoptr (GPtrArray) lists = pdg_store_list_journey_links (tx, &journey_no, 1, error);

  return lists != NULL && ((GPtrArray *) lists->pdata[0])->len > 0;
}

static gboolean
create_journey (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (PdgJourney) journey = pdg_store_create_journey (tx, whose->project->project_no, "forged", "forged", error);

  return journey != NULL;
}

static gboolean
lock_journey (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (PdgJourney) journey = pdg_store_lock_journey (tx, whose->project->project_no, mark_of (whose), error);

  return journey != NULL;
}

static gboolean
update_journey (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (PdgJourney) journey = pdg_store_update_journey (tx, design_of (whose), "forged", error);

  return journey != NULL;
}

static gboolean
replace_journey_steps (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  PdgJourneyStep step = { .id = (char *) "forged", .name = (char *) "forged" };
  PdgJourneyLink link = { (char *) "forged", (char *) "forged", FALSE };
  g_autoptr (GPtrArray) steps = g_ptr_array_new (), links = g_ptr_array_new ();

  g_ptr_array_add (steps, &step);
  g_ptr_array_add (links, &link);
  return pdg_store_replace_journey_steps (tx, design_of (whose), steps, links, error);
}

static gboolean
delete_journey (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gint32 journey_no = design_of (whose);
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  gint64 n = 0;

  /* what it removes is counted by asking again */
  pdg_db_params_add_int4 (params, journey_no);
  return pdg_db_tx_exec_count (tx, "SELECT FROM journey WHERE journey_no = $1", params, &n, error) && n == 1
         && pdg_store_delete_journey (tx, journey_no, error)
         && pdg_db_tx_exec_count (tx, "SELECT FROM journey WHERE journey_no = $1", params, &n, error) && n == 0;
}

typedef struct
{
  const char *name;
  StoreFunc func;
} Case;

static const Case cases[] = {
  { "list-journeys", list_journeys },
  { "lookup-journeys", lookup_journeys },
  { "list-journey-steps", list_journey_steps },
  { "list-journey-links", list_journey_links },
  { "create-journey", create_journey },
  { "lock-journey", lock_journey },
  { "update-journey", update_journey },
  { "replace-journey-steps", replace_journey_steps },
  { "delete-journey", delete_journey },
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

int
main (int argc, char *argv[])
{
  g_autofree char *key_a = NULL, *key_b = NULL, *token_a = NULL, *token_b = NULL;
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
      g_autofree char *path = g_strconcat ("/store/journey-functions/wrong-organisation/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_wrong_organisation);
    }
  status = g_test_run ();
  pdg_db_conn_free (server);
  tenant_free (a);
  tenant_free (b);
  return status;
}
