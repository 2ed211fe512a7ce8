#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/pdg-board-client.h"
#include "app/pdg-export-job.h"
#include "app/pdg-workspace.h"
#include "canvas/pdg-scene-board.h"
#include "codec/pdg-board-json.h"
#include "pdg-fake-client.h"
#include "pdg-fake-shop.h"

/* Files are written as a whole or not at all, off the UI thread, with pictures from the client; a board's file comes back through the
 * client that answers from it. */

#define DEADLINE_USEC (60 * G_USEC_PER_SEC)

typedef struct
{
  PdgFakeClient *client;
  PdgScene *scene;
  PdgBoard *board;
  PdgTheme *theme;
  char *folder;
  GError *error;
  gboolean over;
  gboolean done;
  guint n_turns; /* of the main loop meanwhile */
} Desk;

static PdgJourneyGraph *
make_graph (guint n)
{
  PdgJourneyGraph *graph = pdg_journey_graph_new ();

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("screen-%u", i);
      PdgJourneyScreen screen = {
        .id = id,
        .path = id,
        .name = id,
        .snapshot_id = id,
        .visits = 100 - i,
        .entries = 10,
        .exits = 10,
        .sessions = 9,
        .load_p75_ms = 12.5 * i,
        .dwell_median_ms = -1,
      };

      pdg_journey_graph_add_screen (graph, &screen);
    }
  for (guint i = 0; i + 1 < n; i++)
    pdg_journey_graph_add_transition (graph, &(PdgJourneyTransition) { i, i + 1, 90 - i, -1 });
  pdg_journey_graph_set_totals (graph, 100, 1000);
  return graph;
}

static void
desk_init (Desk *desk, guint n)
{
  g_autoptr (PdgJourneyGraph) graph = make_graph (n);

  *desk = (Desk) { .client = pdg_fake_client_new (), .theme = pdg_theme_new (PDG_THEME_LIGHT), .scene = pdg_scene_new (graph, NULL) };
  desk->board = pdg_scene_dup_board (desk->scene, NULL, "Shop", "30d", 1763800000000000);
  desk->folder = g_dir_make_tmp (NULL, NULL);
  pdg_client_set_state (PDG_CLIENT (desk->client), PDG_CLIENT_CONNECTED, NULL);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
desk_clear (Desk *desk)
{
  g_autoptr (GDir) dir = g_dir_open (desk->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (desk->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (desk->folder);
  g_object_unref (desk->client);
  pdg_scene_unref (desk->scene);
  pdg_board_unref (desk->board);
  pdg_theme_unref (desk->theme);
  g_clear_error (&desk->error);
  g_free (desk->folder);
}

static void
over_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Desk *desk = user_data;

  desk->done = pdg_export_job_run_finish (result, &desk->error);
  desk->over = TRUE;
}

static gboolean
turn_cb (gpointer user_data)
{
  Desk *desk = user_data;

  desk->n_turns++;
  return G_SOURCE_CONTINUE;
}

/* Whether it was written. */
static gboolean
write_export (Desk *desk, PdgExportFile file, const char *name, gboolean overwrite, GCancellable *cancellable)
{
  g_autofree char *path = g_build_filename (desk->folder, name, NULL);
  gint64 deadline = g_get_monotonic_time () + DEADLINE_USEC;
  guint source = g_timeout_add (1, turn_cb, desk);
  PdgExportProgress progress;
  PdgExportRequest request = { file, desk->scene, desk->board, desk->theme, 1, FALSE, PDG_EDGE_TINT_NONE, 0, "Shop", path, overwrite };

  desk->over = FALSE;
  g_clear_error (&desk->error);
  pdg_export_job_run_async (&request, PDG_CLIENT (desk->client), &progress, cancellable, over_cb, desk);
  while (!desk->over)
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
  g_source_remove (source);
  return desk->done;
}

static char *
read_file (Desk *desk, const char *name, gsize *size)
{
  g_autofree char *path = g_build_filename (desk->folder, name, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, size, NULL));
  return text;
}

static GBytes *
blob_cb (const char *id, int min_width, gpointer user_data)
{
  guint *n = user_data;

  ++*n;
  return NULL; /* away: the card is drawn without */
}

static void
test_formats (void)
{
  static const char *const starts[PDG_N_EXPORT_FILES] = { "\x89PNG", "<?xml", "%PDF-", "{\n  \"format\": \"productgraph-board\"" };
  g_autoptr (GBytes) json = NULL;
  guint n_blobs = 0;
  Desk desk;

  desk_init (&desk, 6);
  pdg_fake_client_set_blob_func (desk.client, blob_cb, &n_blobs);
  for (guint i = 0; i < PDG_N_EXPORT_FILES; i++)
    {
      const char *name = pdg_export_file_get_suffix ((PdgExportFile) i);
      g_autofree char *text = NULL;
      gsize size;

      n_blobs = 0;
      g_assert_true (write_export (&desk, (PdgExportFile) i, name, FALSE, NULL));
      text = read_file (&desk, name, &size);
      g_assert_cmpmem (text, strlen (starts[i]), starts[i], strlen (starts[i]));
      g_assert_cmpuint (n_blobs, ==, i == PDG_EXPORT_FILE_JSON ? 0 : 6);
      if (i == PDG_EXPORT_FILE_JSON)
        {
          json = pdg_board_json_write (desk.board);
          g_assert_cmpmem (text, size, g_bytes_get_data (json, NULL), g_bytes_get_size (json));
        }
    }
  g_assert_cmpuint (count_files (desk.folder), ==, PDG_N_EXPORT_FILES);
  desk_clear (&desk);
}

/* What is there stays as it was, unless asked; nothing is left beside it. */
static void
test_overwrite (void)
{
  g_autofree char *old = NULL, *new = NULL;
  gsize old_size, new_size;
  Desk desk;

  desk_init (&desk, 3);
  g_assert_true (write_export (&desk, PDG_EXPORT_FILE_JSON, "a", FALSE, NULL));
  old = read_file (&desk, "a", &old_size);
  g_assert_false (write_export (&desk, PDG_EXPORT_FILE_PNG, "a", FALSE, NULL));
  g_assert_error (desk.error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  new = read_file (&desk, "a", &new_size);
  g_assert_cmpmem (old, old_size, new, new_size);
  g_assert_true (write_export (&desk, PDG_EXPORT_FILE_PNG, "a", TRUE, NULL));
  g_clear_pointer (&new, g_free);
  new = read_file (&desk, "a", &new_size);
  g_assert_true (new_size > 4 && memcmp (new + 1, "PNG", 3) == 0);
  g_assert_cmpuint (count_files (desk.folder), ==, 1);
  g_assert_false (write_export (&desk, PDG_EXPORT_FILE_PNG, "no-such-folder/a", TRUE, NULL));
  g_assert_error (desk.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  desk_clear (&desk);
}

static GBytes *
cancel_cb (const char *id, int min_width, gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return NULL;
}

static void
test_cancel (void)
{
  for (guint i = 0; i < PDG_EXPORT_FILE_JSON; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Desk desk;

      desk_init (&desk, 40);
      pdg_fake_client_set_blob_func (desk.client, cancel_cb, cancellable);
      g_assert_false (write_export (&desk, (PdgExportFile) i, "a", TRUE, cancellable));
      g_assert_error (desk.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (count_files (desk.folder), ==, 0);
      desk_clear (&desk);
    }
}

/* The UI thread goes on meanwhile. */
static void
test_thread (void)
{
  Desk desk;

  desk_init (&desk, 60);
  g_assert_true (write_export (&desk, PDG_EXPORT_FILE_PNG, "a", FALSE, NULL));
  g_test_message ("%u turns of the main loop", desk.n_turns);
  g_assert_cmpuint (desk.n_turns, >, 20);
  desk_clear (&desk);
}

static void
test_names (void)
{
  static const struct
  {
    const char *project;
    const char *name;
  } cases[] = {
    { "Shop", "Shop - 2026-11-22.png" },
    { "a/b\\c:d*e", "a-b-c-d-e - 2026-11-22.png" },
    { "..", "ProductGraph - 2026-11-22.png" },
    { "", "ProductGraph - 2026-11-22.png" },
    { "  Größe\n ", "Größe- - 2026-11-22.png" },
  };
  g_autofree char *hundreds = g_strnfill (300, 'x');
  g_autofree char *cut = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = pdg_export_file_dup_name (PDG_EXPORT_FILE_PNG, cases[i].project, G_GINT64_CONSTANT (1795348800) * G_USEC_PER_SEC);

      g_assert_cmpstr (name, ==, cases[i].name);
    }
  cut = pdg_export_file_dup_name (PDG_EXPORT_FILE_JSON, hundreds, 0);
  g_assert_cmpuint (strlen (cut), <, 150);
}

/* A folded group in a selection stands for its screens, which lie where they will when it is open. */
static void
test_part_with_group (void)
{
  static const char *const paths[] = { "/shop/cart", "/", "/shop/pay", "/help" };
  g_autoptr (PdgJourneyGraph) graph = pdg_journey_graph_new ();
  g_autoptr (GHashTable) folded = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (PdgLayout) layout = NULL;
  g_autoptr (PdgGrouping) grouping = NULL;
  g_autoptr (PdgScene) scene = NULL;
  g_autoptr (PdgBoard) board = NULL;
  const PdgJourneyScreen *screens;
  const PdgJourneyTransition *transitions;
  guint32 cards[2];
  guint n;

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    pdg_journey_graph_add_screen (graph, &(PdgJourneyScreen) { .id = (char *) paths[i], .path = (char *) paths[i], .name = (char *) paths[i],
                                                               .visits = 40 - i, .sessions = 7 + i, .load_p75_ms = -1, .dwell_median_ms = -1 });
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) /* among the group's; to the home screen; to one that is not selected */
    pdg_journey_graph_add_transition (graph, &(PdgJourneyTransition) { 0, i, 9 - i, 100 });
  layout = pdg_layout_new (graph, NULL);
  g_hash_table_add (folded, (gpointer) "group:path:/shop");
  grouping = pdg_grouping_new (graph, PDG_GROUP_BY_PATH, folded);
  scene = pdg_scene_new_grouped (grouping, layout);
  g_assert_cmpuint (pdg_scene_get_n_cards (scene), ==, 3);
  cards[0] = (guint32) pdg_scene_lookup_card (scene, "group:path:/shop");
  cards[1] = (guint32) pdg_scene_lookup_card (scene, "/");
  board = pdg_scene_dup_part_board (scene, cards, 2, layout, "Shop", "30d", 0);
  screens = pdg_journey_graph_get_screens (pdg_board_get_graph (board), &n);
  g_assert_cmpuint (n, ==, 3);
  for (guint i = 0; i < n; i++)
    {
      const PdgLayoutPosition *position = pdg_layout_lookup (layout, paths[i]);

      g_assert_cmpstr (screens[i].id, ==, paths[i]);
      g_assert_cmpuint (screens[i].sessions, ==, 7 + i);
      g_assert_cmpfloat (pdg_board_get_places (board)[i].x, ==, position->x);
      g_assert_cmpfloat (pdg_board_get_places (board)[i].y, ==, position->y);
    }
  transitions = pdg_journey_graph_get_transitions (pdg_board_get_graph (board), &n);
  g_assert_cmpuint (n, ==, 3);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (transitions[i].to, ==, i);
      g_assert_cmpuint (transitions[i].count, ==, 9 - i);
      g_assert_cmpfloat (transitions[i].dwell_median_ms, ==, 100);
    }
}

/* ---- a board from a file ---- */

static void
test_board (void)
{
  g_autoptr (PdgClient) client = NULL;
  g_autoptr (PdgWorkspace) workspace = NULL;
  gint64 deadline = g_get_monotonic_time () + DEADLINE_USEC;
  const PdgJourneyScreen *wanted, *got;
  guint n, m;
  Desk desk;

  desk_init (&desk, 12);
  client = pdg_board_client_new (desk.board, NULL);
  workspace = pdg_workspace_new (client);
  pdg_workspace_set_range (workspace, PDG_TIME_RANGE_MONTH);
  while (pdg_workspace_get_phase (workspace) != PDG_PHASE_READY)
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
  g_assert_cmpstr (pdg_project_get_name (pdg_workspace_get_project (workspace)), ==, "Shop");
  g_assert_cmpint (pdg_workspace_get_as_of (workspace), ==, 1763800000000000);
  g_assert_null (pdg_workspace_get_error_message (workspace));
  wanted = pdg_journey_graph_get_screens (pdg_board_get_graph (desk.board), &n);
  got = pdg_journey_graph_get_screens (pdg_workspace_get_graph (workspace), &m);
  g_assert_cmpuint (n, ==, m);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpstr (wanted[i].id, ==, got[i].id);
      g_assert_cmpuint (wanted[i].visits, ==, got[i].visits);
      g_assert_cmpfloat (wanted[i].load_p75_ms, ==, got[i].load_p75_ms);
      g_assert_cmpfloat (wanted[i].dwell_median_ms, ==, got[i].dwell_median_ms);
    }
  pdg_journey_graph_get_transitions (pdg_board_get_graph (desk.board), &n);
  pdg_journey_graph_get_transitions (pdg_workspace_get_graph (workspace), &m);
  g_assert_cmpuint (n, ==, m);
  pdg_workspace_close (workspace);
  desk_clear (&desk);
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/export/formats", test_formats);
  g_test_add_func ("/app/export/overwrite", test_overwrite);
  g_test_add_func ("/app/export/cancel", test_cancel);
  g_test_add_func ("/app/export/thread", test_thread);
  g_test_add_func ("/app/export/names", test_names);
  g_test_add_func ("/app/export/part-with-group", test_part_with_group);
  g_test_add_func ("/app/export/board", test_board);
  return g_test_run ();
}
