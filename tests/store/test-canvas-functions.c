#include "config.h"

#include "store/pdg-store-canvas.h"
#include "store/store-attacks.h"

/* The functions of the store for where screens lie on the canvas: as the wrong organisation, and when two change them at once. */

static const StoreAttackSides *sides;

static gboolean
load_canvases (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  g_autoptr (GPtrArray) canvases = pdg_store_load_canvases (tx, &whose->project->project_no, 1, error);

  return canvases != NULL && ((const PdgCanvasRecord *) canvases->pdata[0])->revision > 0;
}

static gboolean
list_nodes (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  return has_some (pdg_store_list_canvas_nodes (tx, &whose->project->project_no, 1, error));
}

static gboolean
change_nodes (PdgDbTx *tx, const Tenant *whose, GError **error)
{
  const PdgCanvasChange change = { 1, 5, 6, TRUE, FALSE, 0, FALSE };
  guint n_made = 0;

  return pdg_store_change_canvas_nodes (tx, whose->project->project_no, &change, 1, "someone", "here", &n_made, error) && n_made > 0;
}

static const StoreAttack attacks[] = {
  { "load-canvases", load_canvases },
  { "list-nodes", list_nodes },
  { "change-nodes", change_nodes },
};

/* Changes one screen in a transaction of its own; how many changes were made. */
static guint
change_one (PdgCanvasChange change)
{
  g_autoptr (PdgDbTx) tx = begin_as_a ();
  g_autoptr (GError) error = NULL;
  guint n_made = 0;

  g_assert_true (pdg_store_change_canvas_nodes (tx, sides->a->project->project_no, &change, 1, "someone", "here", &n_made, &error));
  g_assert_no_error (error);
  g_assert_true (pdg_db_tx_commit (tx, &error));
  return n_made;
}

static PdgCanvasNode *
read_one (gint32 screen_no)
{
  g_autoptr (PdgDbTx) tx = begin_as_a ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lists = pdg_store_list_canvas_nodes (tx, &sides->a->project->project_no, 1, &error);
  GPtrArray *nodes = lists->pdata[0];

  for (guint i = 0; i < nodes->len; i++)
    {
      PdgCanvasNode *node = nodes->pdata[i];

      if (node->screen_no == screen_no)
        {
          PdgCanvasNode *copy = g_memdup2 (node, sizeof *node);

          copy->changed_by = g_strdup (node->changed_by);
          return copy;
        }
    }
  return NULL;
}

/* Two start from the same revision: on one screen the later wins, and an undo that keeps what is newer leaves it. */
static void
test_merge (void)
{
  g_autoptr (PdgCanvasNode) before = read_one (1);
  gint32 base = before != NULL ? before->revision : 0;

  g_assert_cmpuint (change_one ((PdgCanvasChange) { 1, 100, 0, TRUE, FALSE, base, FALSE }), ==, 1);
  g_assert_cmpuint (change_one ((PdgCanvasChange) { 1, 200, 0, TRUE, FALSE, base, FALSE }), ==, 1);
  {
    g_autoptr (PdgCanvasNode) node = read_one (1);

    g_assert_cmpfloat (node->x, ==, 200);
    g_assert_cmpint (node->revision, ==, base + 2);
    g_assert_cmpstr (node->changed_by, ==, "someone");
  }
  g_assert_cmpuint (change_one ((PdgCanvasChange) { 1, 0, 0, FALSE, FALSE, base + 1, TRUE }), ==, 0);
  g_assert_cmpuint (change_one ((PdgCanvasChange) { 1, 50, 0, TRUE, FALSE, base + 2, TRUE }), ==, 1);
  {
    g_autoptr (PdgCanvasNode) node = read_one (1);

    g_assert_cmpfloat (node->x, ==, 50);
  }
}

static void
test_lock (void)
{
  g_autoptr (PdgCanvasNode) node = NULL;

  g_assert_cmpuint (change_one ((PdgCanvasChange) { 2, 10, 20, FALSE, TRUE, 0, FALSE }), ==, 1);
  node = read_one (2);
  g_assert_true (node->is_pinned && node->is_locked);
  g_assert_cmpuint (change_one ((PdgCanvasChange) { 2, 11, 20, TRUE, TRUE, node->revision, FALSE }), ==, 0);
  g_assert_cmpuint (change_one ((PdgCanvasChange) { 2, 11, 20, TRUE, FALSE, node->revision, FALSE }), ==, 0);
  g_assert_cmpuint (change_one ((PdgCanvasChange) { 2, 10, 20, TRUE, FALSE, node->revision, FALSE }), ==, 1);
  g_assert_cmpuint (change_one ((PdgCanvasChange) { 2, 11, 20, TRUE, FALSE, node->revision, FALSE }), ==, 1);
}

/* Of a screen that is not there nothing stays. */
static void
test_unknown_screen (void)
{
  g_assert_cmpuint (change_one ((PdgCanvasChange) { 99999, 1, 1, TRUE, FALSE, 0, FALSE }), ==, 0);
  g_assert_null (read_one (99999));
}

int
main (int argc, char *argv[])
{
  sides = store_attacks_init (&argc, &argv);
  store_attacks_add ("/store/canvas-functions", attacks, G_N_ELEMENTS (attacks));
  g_test_add_func ("/store/canvas-functions/merge", test_merge);
  g_test_add_func ("/store/canvas-functions/lock", test_lock);
  g_test_add_func ("/store/canvas-functions/unknown-screen", test_unknown_screen);
  return store_attacks_run ();
}
