#include "config.h"

#include "app/pdg-scene-model.h"
#include "pdg-fake-client.h"

/* What the canvas makes of a project of many screens: always the same picture, and not in the thread of the UI. */

#define DEADLINE_USEC (20 * G_USEC_PER_SEC)
#define N_SCREENS 3000

static gboolean
wake_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* A project as a window has it. */
typedef struct
{
  PdgFakeClient *client;
  PdgWorkspace *workspace;
  PdgSceneModel *scenes;
} Desk;

typedef gboolean (*Check) (Desk *desk, guint n_refs);

static void
wait_until (Desk *desk, Check check, guint n_refs)
{
  gint64 end_usec = g_get_monotonic_time () + DEADLINE_USEC;
  guint wake = g_timeout_add (5, wake_cb, NULL);

  while (!check (desk, n_refs) && g_get_monotonic_time () < end_usec)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (wake);
  g_assert_true (check (desk, n_refs));
}

static gboolean
is_built (Desk *desk, guint n_refs)
{
  PdgScene *scene = pdg_scene_model_get_scene (desk->scenes);

  return scene != NULL && pdg_scene_get_n_cards (scene) == N_SCREENS;
}

static gboolean
has_refs (Desk *desk, guint n_refs)
{
  return G_OBJECT (desk->scenes)->ref_count == n_refs;
}

/* The answer of a server, each screen reached from an earlier one: from the @first on, each @step-th. */
static char *
make_answer (guint first, guint step)
{
  GString *screens = g_string_new (NULL), *moves = g_string_new (NULL);
  g_autofree char *screens_text = NULL, *moves_text = NULL;

  for (guint i = 0; i < N_SCREENS; i++)
    {
      guint screen = (first + i * step) % N_SCREENS;

      g_string_append_printf (screens, "%s{\"id\":\"s%u\",\"path\":\"/%u\",\"name\":\"%u\",\"visits\":%u,\"entries\":1,\"exits\":1}",
                              i > 0 ? "," : "", screen, screen, screen, 9000 / (1 + screen / 4));
      if (screen > 0)
        g_string_append_printf (moves, "%s{\"from\":\"s%u\",\"to\":\"s%u\",\"count\":%u}", moves->len > 0 ? "," : "",
                                screen - 1 - (screen * 7919) % MIN (screen, 40), screen, 1 + 4000 / (1 + screen / 8));
    }
  screens_text = g_string_free (screens, FALSE);
  moves_text = g_string_free (moves, FALSE);
  return g_strdup_printf ("{\"data\":{\"project\":{\"id\":\"a\",\"newestEventAt\":\"2026-11-22T10:00:00Z\",\"live\":null,\"journeyGraph\":"
                          "{\"asOf\":\"2026-11-22T10:00:00Z\",\"sessionCount\":5,\"eventCount\":9,\"screens\":[%s],\"transitions\":[%s]}}}}",
                          screens_text, moves_text);
}

static void
desk_init (Desk *desk, guint first, guint step)
{
  g_autofree char *answer = make_answer (first, step);

  desk->client = pdg_fake_client_new ();
  pdg_fake_client_set_answer (desk->client, "Projects",
                              "{\"data\":{\"projects\":{\"nodes\":[{\"id\":\"a\",\"name\":\"A\",\"newestEventAt\":\"2026-11-22T10:00:00Z\"}]},"
                              "\"collector\":null}}");
  pdg_fake_client_set_answer (desk->client, "Graph", answer);
  desk->workspace = pdg_workspace_new (PDG_CLIENT (desk->client));
  desk->scenes = pdg_scene_model_new (desk->workspace);
  pdg_client_set_state (PDG_CLIENT (desk->client), PDG_CLIENT_CONNECTED, NULL);
  wait_until (desk, is_built, 0);
}

static void
desk_clear (Desk *desk)
{
  g_object_unref (desk->scenes);
  pdg_workspace_close (desk->workspace);
  g_object_unref (desk->workspace);
  g_object_unref (desk->client);
}

/* Whatever order a server, or a board's file, gives the screens and the moves in. */
static void
test_same (void)
{
  Desk one, other;
  guint n, m;

  desk_init (&one, 0, 1);
  desk_init (&other, 1234, 1789);

  const PdgLayoutPosition *a = pdg_layout_get_positions (pdg_scene_model_get_layout (one.scenes), &n);
  const PdgLayoutPosition *b = pdg_layout_get_positions (pdg_scene_model_get_layout (other.scenes), &m);

  g_assert_cmpuint (n, ==, N_SCREENS);
  g_assert_cmpuint (m, ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpstr (a[i].screen_id, ==, b[i].screen_id);
      g_assert_cmpfloat (a[i].x, ==, b[i].x);
      g_assert_cmpfloat (a[i].y, ==, b[i].y);
    }
  desk_clear (&one);
  desk_clear (&other);
}

/* This thread owns the default context all the time, as that of the UI does: a layout in it would end the test with a critical. A project is
 * opened, a few screens are put beside the others, and all are laid anew; a worker keeps the model as long as it takes. */
static void
test_thread (void)
{
  static const char *const some[] = { "s5", "s70", "s900", NULL };
  Desk desk;

  g_assert_true (g_main_context_acquire (NULL));
  desk_init (&desk, 0, 1);
  for (guint i = 0; i < 2; i++)
    {
      guint n_refs = G_OBJECT (desk.scenes)->ref_count;

      pdg_scene_model_tidy (desk.scenes, i == 0 ? some : NULL);
      g_assert_true (has_refs (&desk, n_refs + 1));
      wait_until (&desk, has_refs, n_refs);
    }
  desk_clear (&desk);
  g_main_context_release (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/layout/same", test_same);
  g_test_add_func ("/app/layout/thread", test_thread);
  return g_test_run ();
}
