#include "config.h"
#include "store/store-attacks.h"

static Tenant *a, *b;
static char *key_a, *key_b;
static StoreAttackSides sides;

const StoreAttackSides *
store_attacks_init (int *argc, char ***argv)
{
  g_autofree char *token_a = NULL, *token_b = NULL;
  g_autoptr (PdgHub) hub = pdg_hub_new ();
  PdgIngest *ingest;

  g_test_init (argc, argv, NULL);
  a = tenant_new (NULL, "Org A", "proj_a");
  b = tenant_new (NULL, "Org B", "proj_b");
  ingest = fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, hub, 1000, 1000);
  tenant_fill (a, ingest, "a", &key_a, &token_a);
  tenant_fill (b, ingest, "b", &key_b, &token_b);
  pdg_ingest_free (ingest);
  sides = (StoreAttackSides) { a, b, fixture_open (pdg_test_cluster_get_server_uri (), NULL) };
  return &sides;
}

const char *
mark_of (const Tenant *whose)
{
  return whose == a ? "a" : "b";
}

const char *
key_of (const Tenant *whose)
{
  return whose == a ? key_a : key_b;
}

PdgDbTx *
begin_as_a (void)
{
  g_autoptr (GError) error = NULL;
  PdgDbTx *tx = pdg_db_tx_begin (sides.server, a->admin, PDG_DB_TX_READ_WRITE, &error);

  g_assert_no_error (error);
  return tx;
}

gboolean
has_some (GPtrArray *lists)
{
  gboolean some = lists != NULL && ((GPtrArray *) lists->pdata[0])->len > 0;

  g_clear_pointer (&lists, g_ptr_array_unref);
  return some;
}

static void
test_wrong_organisation (gconstpointer data)
{
  const StoreAttack *attack = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = begin_as_a ();
  gboolean found = attack->func (tx, a, &error);

  if (error != NULL)
    g_test_message ("%s", pdg_db_error_get_detail (error));
  g_assert_no_error (error);
  g_assert_true (found);
  g_clear_pointer (&tx, pdg_db_tx_free);
  tx = begin_as_a ();
  g_assert_false (attack->func (tx, b, &error));
}

void
store_attacks_add (const char *prefix, const StoreAttack *attacks, gsize n_attacks)
{
  for (gsize i = 0; i < n_attacks; i++)
    {
      g_autofree char *path = g_strconcat (prefix, "/", attacks[i].name, NULL);

      g_test_add_data_func (path, &attacks[i], test_wrong_organisation);
    }
}

int
store_attacks_run (void)
{
  int status = g_test_run ();

  pdg_db_conn_free (sides.server);
  tenant_free (a);
  tenant_free (b);
  g_free (key_a);
  g_free (key_b);
  return status;
}
