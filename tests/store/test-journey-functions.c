#include "config.h"

#include "store/pdg-store-designs.h"
#include "store/store-attacks.h"

/* The functions of the store for journeys. */

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

  return has_some (pdg_store_list_journey_steps (tx, &journey_no, 1, error));
}

static gboolean
list_journey_links (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  gint32 journey_no = design_of (whose);

  return has_some (pdg_store_list_journey_links (tx, &journey_no, 1, error));
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

static const StoreAttack attacks[] = {
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

int
main (int argc, char *argv[])
{
  store_attacks_init (&argc, &argv);
  store_attacks_add ("/store/journey-functions/wrong-organisation", attacks, G_N_ELEMENTS (attacks));
  return store_attacks_run ();
}
