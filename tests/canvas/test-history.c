#include "canvas/pdg-history.h"

#include <string.h>

/* Moves the screen to @x, from one unit before. (transfer full) */
static PdgEdit *
make_edit (const char *id, double x)
{
  PdgEdit *edit = pdg_edit_new ("Move 1 screen");

  pdg_edit_add (edit, id, &(PdgPlace) { x - 1, 0, FALSE, FALSE }, &(PdgPlace) { x, 0, TRUE, FALSE });
  return edit;
}

static void
add (PdgHistory *history, const char *id, double x, gboolean joins, gint64 now_usec)
{
  g_autoptr (PdgEdit) edit = make_edit (id, x);

  pdg_history_add (history, edit, joins, now_usec);
}

static double
get_after (PdgEdit *edit)
{
  guint n;
  const PdgEditChange *changes = pdg_edit_get_changes (edit, &n);

  g_assert_cmpuint (n, ==, 1);
  return changes[0].after.x;
}

static void
test_steps (void)
{
  g_autoptr (PdgHistory) history = pdg_history_new ();

  g_assert_null (pdg_history_get_undo (history));
  g_assert_null (pdg_history_get_redo (history));
  add (history, "a", 1, FALSE, 1);
  add (history, "a", 2, FALSE, 2);
  g_assert_cmpfloat (get_after (pdg_history_get_undo (history)), ==, 2);
  pdg_history_step_back (history);
  g_assert_cmpfloat (get_after (pdg_history_get_undo (history)), ==, 1);
  g_assert_cmpfloat (get_after (pdg_history_get_redo (history)), ==, 2);
  pdg_history_step_forth (history);
  g_assert_null (pdg_history_get_redo (history));

  /* Something new after an undo: what was undone is gone. */
  pdg_history_step_back (history);
  add (history, "b", 9, FALSE, 3);
  g_assert_null (pdg_history_get_redo (history));
  g_assert_cmpuint (pdg_history_get_n_steps (history), ==, 2);
}

static void
test_at_most (void)
{
  g_autoptr (PdgHistory) history = pdg_history_new ();

  for (guint i = 0; i < PDG_HISTORY_MAX_STEPS + 30; i++)
    add (history, "a", i, FALSE, i);
  g_assert_cmpuint (pdg_history_get_n_steps (history), ==, PDG_HISTORY_MAX_STEPS);
  for (guint i = 0; i < PDG_HISTORY_MAX_STEPS; i++)
    {
      g_assert_cmpfloat (get_after (pdg_history_get_undo (history)), ==, PDG_HISTORY_MAX_STEPS + 29 - i);
      pdg_history_step_back (history);
    }
  g_assert_null (pdg_history_get_undo (history));
}

/* A held arrow key is one step; other screens, a pause or an undo between begin another. */
static void
test_join (void)
{
  g_autoptr (PdgHistory) history = pdg_history_new ();
  const PdgEditChange *changes;
  guint n;

  add (history, "a", 1, TRUE, 1000);
  add (history, "a", 2, TRUE, 2000);
  add (history, "a", 3, TRUE, 3000);
  g_assert_cmpuint (pdg_history_get_n_steps (history), ==, 1);
  changes = pdg_edit_get_changes (pdg_history_get_undo (history), &n);
  g_assert_cmpfloat (changes[0].before.x, ==, 0);
  g_assert_cmpfloat (changes[0].after.x, ==, 3);
  add (history, "b", 4, TRUE, 4000);
  g_assert_cmpuint (pdg_history_get_n_steps (history), ==, 2);
  add (history, "b", 5, TRUE, 4000 + 2 * PDG_HISTORY_JOIN_USEC);
  g_assert_cmpuint (pdg_history_get_n_steps (history), ==, 3);
  pdg_history_step_back (history);
  add (history, "b", 5, TRUE, 4001 + 2 * PDG_HISTORY_JOIN_USEC);
  g_assert_cmpuint (pdg_history_get_n_steps (history), ==, 3);
  add (history, "b", 6, FALSE, 4002 + 2 * PDG_HISTORY_JOIN_USEC);
  g_assert_cmpuint (pdg_history_get_n_steps (history), ==, 4);
}

static void
test_round_trip (void)
{
  g_autoptr (PdgHistory) history = pdg_history_new ();
  g_autoptr (PdgHistory) back = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const PdgEditChange *changes;
  guint n;

  for (guint i = 0; i < PDG_HISTORY_MAX_STEPS; i++)
    add (history, "it's \"a\" \\ screen", i + 0.1, FALSE, i);
  pdg_history_step_back (history);
  bytes = pdg_history_save (history);
  back = pdg_history_load (bytes);
  g_assert_nonnull (back);
  g_assert_cmpuint (pdg_history_get_n_steps (back), ==, PDG_HISTORY_MAX_STEPS);
  g_assert_cmpfloat (get_after (pdg_history_get_undo (back)), ==, 198.1);
  g_assert_cmpfloat (get_after (pdg_history_get_redo (back)), ==, 199.1);
  changes = pdg_edit_get_changes (pdg_history_get_undo (back), &n);
  g_assert_cmpstr (changes[0].screen_id, ==, "it's \"a\" \\ screen");
  g_assert_cmpstr (pdg_edit_get_name (pdg_history_get_undo (back)), ==, "Move 1 screen");
  g_assert_true (changes[0].after.pinned && !changes[0].before.pinned);
}

static void
test_damaged (void)
{
  static const char *const texts[] = {
    "", "(", "nonsense", "(1, 3, [])x", "(2, 0, [])", "(1, 0)", "(1, 0, [('Move', [('a', (1.0, 2.0, true, false))])])",
  };
  static const char far[] = "(1, 9, [('Move', [('a', (1e300, 2.0, true, false), (1.0, 2.0, true, false))])])";
  g_autoptr (GBytes) bytes = g_bytes_new_static (far, strlen (far));
  g_autoptr (PdgHistory) history = pdg_history_load (bytes);
  guint n;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GBytes) damaged = g_bytes_new_static (texts[i], strlen (texts[i]));

      g_assert_null (pdg_history_load (damaged));
    }
  g_assert_nonnull (history);
  pdg_edit_get_changes (pdg_history_get_undo (history), &n);
  g_assert_cmpuint (n, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/history/steps", test_steps);
  g_test_add_func ("/canvas/history/at-most", test_at_most);
  g_test_add_func ("/canvas/history/join", test_join);
  g_test_add_func ("/canvas/history/round-trip", test_round_trip);
  g_test_add_func ("/canvas/history/damaged", test_damaged);
  return g_test_run ();
}
