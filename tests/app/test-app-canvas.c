#include "config.h"

#include "app/pdg-canvas.h"
#include "app/pdg-picture-loader.h"
#include "app/pdg-scene-model.h"
#include "app/pdg-style.h"
#include "pdg-fake-client.h"
#include "pdg-fake-shop.h"

#include <math.h>

/* The canvas widget in a window of its own, over a fake client. */

#define QUIET_USEC (2 * G_USEC_PER_SEC)
#define DEADLINE_USEC (30 * G_USEC_PER_SEC)

static void
pass_time (gint64 usec)
{
  gint64 end = g_get_monotonic_time () + usec;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

/* Until nothing was drawn for a while; how many frames there were then. */
static guint64
wait_for_rest (PdgCanvas *canvas)
{
  gint64 end = g_get_monotonic_time () + DEADLINE_USEC;
  guint64 n;

  do
    {
      n = pdg_canvas_get_n_frames (canvas);
      pass_time (QUIET_USEC);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
    }
  while (n == 0 || n != pdg_canvas_get_n_frames (canvas));
  return n;
}

/* A canvas over the fake shop, in a window. */
typedef struct
{
  PdgFakeClient *client;
  PdgFakeShop *shop;
  PdgWorkspace *workspace;
  PdgSceneModel *scenes;
  PdgPictureLoader *pictures;
  PdgStyle *style;
  GtkWidget *window;
  PdgCanvas *canvas;
} Show;

static void
show_init (Show *show)
{
  show->client = pdg_fake_client_new ();
  show->shop = pdg_fake_shop_new ();
  pdg_fake_shop_attach (show->shop, show->client);
  pdg_fake_shop_play (show->shop, 500);
  pdg_client_set_state (PDG_CLIENT (show->client), PDG_CLIENT_CONNECTED, NULL);
  show->workspace = pdg_workspace_new (PDG_CLIENT (show->client));
  show->scenes = pdg_scene_model_new (show->workspace);
  show->pictures = pdg_picture_loader_new (PDG_CLIENT (show->client));
  show->style = pdg_style_new (gdk_display_get_default ());
  show->window = gtk_window_new ();
  show->canvas = g_object_new (PDG_TYPE_CANVAS, NULL);
  pdg_canvas_bind (show->canvas, show->workspace, show->scenes, show->pictures, show->style);
  gtk_window_set_child (GTK_WINDOW (show->window), GTK_WIDGET (show->canvas));
  gtk_window_set_default_size (GTK_WINDOW (show->window), 1000, 700);
  gtk_window_present (GTK_WINDOW (show->window));
}

static void
show_clear (Show *show)
{
  gtk_window_destroy (GTK_WINDOW (show->window));
  pdg_workspace_close (show->workspace);
  g_object_unref (show->style);
  g_object_unref (show->pictures);
  g_object_unref (show->scenes);
  g_object_unref (show->workspace);
  pdg_fake_shop_free (show->shop);
  g_object_unref (show->client);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Show, show_clear)

/* What stands still is not drawn; what moves is, and then it rests again. */
static void
test_idle (void)
{
  g_auto (Show) show = { 0 };
  PdgCanvas *canvas;
  guint64 n;

  show_init (&show);
  canvas = show.canvas;
  n = wait_for_rest (canvas);
  g_assert_cmpuint (pdg_scene_get_n_cards (pdg_canvas_get_scene (canvas)), >, 3);
  pass_time (QUIET_USEC);
  g_assert_cmpuint (pdg_canvas_get_n_frames (canvas), ==, n);

  for (guint i = 0; i < 8; i++)
    {
      pdg_canvas_zoom_by (canvas, 0.11);
      pass_time (20 * 1000);
    }
  g_assert_cmpuint (wait_for_rest (canvas), >, n);
  n = pdg_canvas_get_n_frames (canvas);
  pass_time (QUIET_USEC);
  g_assert_cmpuint (pdg_canvas_get_n_frames (canvas), ==, n);
}

/* One event from the first screen to the second, and who is there. */
static guint
emit_traffic (Show *show)
{
  const PdgSceneEdge *edge = pdg_scene_get_edge (pdg_canvas_get_scene (show->canvas), 0);
  const char *from = pdg_scene_get_screen (pdg_canvas_get_scene (show->canvas), edge->from)->id;
  const char *to = pdg_scene_get_screen (pdg_canvas_get_scene (show->canvas), edge->to)->id;
  static const char format[] = "{\"data\":{\"liveTraffic\":{\"asOf\":\"2026-11-22T10:00:00Z\",\"isWhole\":false,\"eventCount\":5,\"skippedCount\":0,"
                               "\"activeSessions\":4,\"activeActors\":3,\"steps\":[{\"from\":\"%s\",\"to\":\"%s\",\"count\":3,\"elapsedMs\":800}],"
                               "\"pulses\":[{\"screenId\":\"%s\",\"count\":1},{\"screenId\":null,\"count\":1}],"
                               "\"screens\":[{\"screenId\":\"%s\",\"activeSessions\":4,\"activeActors\":3}]}}}";
  g_autofree char *message = g_strdup_printf (format, from, to, from, to);

  return pdg_fake_client_emit (show->client, "Traffic", message);
}

/* Frames run while a dot does, and no longer; in a pause there are none, and nothing is asked for. */
static void
test_live (void)
{
  g_auto (Show) show = { 0 };
  PdgTrafficFeed *feed;
  PdgTraffic *traffic;
  GActionGroup *actions;
  guint64 n;

  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
  show_init (&show);
  n = wait_for_rest (show.canvas);
  feed = pdg_canvas_get_feed (show.canvas);
  traffic = pdg_traffic_feed_get_traffic (feed);
  actions = pdg_canvas_get_actions (show.canvas);
  g_assert_cmpuint (emit_traffic (&show), ==, 1);
  g_assert_cmpuint (pdg_traffic_get_n_in (traffic), ==, 5);
  g_assert_cmpuint (pdg_traffic_get_n_moving (traffic), ==, 4);
  pass_time (300 * 1000);
  g_assert_cmpuint (pdg_canvas_get_n_frames (show.canvas), >, n + 5);
  g_assert_cmpuint (pdg_traffic_get_n_moving (traffic), ==, 4);

  g_action_group_activate_action (actions, "pause-live", NULL);
  g_assert_true (pdg_traffic_feed_get_paused (feed));
  g_assert_cmpuint (emit_traffic (&show), ==, 0);
  n = wait_for_rest (show.canvas);
  g_assert_cmpuint (pdg_traffic_get_n_moving (traffic), ==, 4);
  g_action_group_activate_action (actions, "pause-live", NULL);
  g_assert_cmpuint (wait_for_rest (show.canvas), >, n);
  g_assert_cmpuint (pdg_traffic_get_n_moving (traffic), ==, 0);
  g_assert_cmpuint (pdg_traffic_get_n_arrived (traffic), ==, 5);

  /* who wants no motion gets the counters, in one frame */
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  n = pdg_canvas_get_n_frames (show.canvas);
  g_assert_cmpuint (emit_traffic (&show), ==, 1);
  g_assert_cmpuint (pdg_traffic_get_n_moving (traffic), ==, 0);
  g_assert_cmpuint (wait_for_rest (show.canvas), ==, n + 1);
  g_assert_cmpuint (pdg_traffic_feed_get_active_sessions (feed), ==, 4);
  g_assert_cmpuint (pdg_traffic_feed_get_n_events (feed), ==, 10);
}

typedef struct
{
  gint n_asked[1000]; /* by width */
} Widths;

/* As a server does: the level that was asked for. */
static GBytes *
answer_level (const char *id, int min_width, gpointer user_data)
{
  Widths *widths = user_data;

  widths->n_asked[min_width]++;
  if (g_str_has_suffix (id, "3"))
    return NULL; /* one that cannot be had */
  return pdg_fake_shop_draw_picture (id, min_width > 0 ? min_width : 1280);
}

/* The closer the view, the larger the pictures that are fetched, and none larger than that. */
static void
test_levels (void)
{
  g_autoptr (PdgFakeClient) client = pdg_fake_client_new ();
  PdgFakeShop *shop = pdg_fake_shop_new ();
  g_autoptr (PdgWorkspace) workspace = NULL;
  g_autoptr (PdgSceneModel) scenes = NULL;
  g_autoptr (PdgPictureLoader) pictures = NULL;
  g_autoptr (PdgStyle) style = NULL;
  GtkWidget *window = gtk_window_new ();
  PdgCanvas *canvas = g_object_new (PDG_TYPE_CANVAS, NULL);
  Widths widths = { 0 };
  int n_small;

  pdg_fake_shop_attach (shop, client);
  pdg_fake_client_set_blob_func (client, answer_level, &widths);
  pdg_fake_shop_play (shop, 500);
  pdg_client_set_state (PDG_CLIENT (client), PDG_CLIENT_CONNECTED, NULL);
  workspace = pdg_workspace_new (PDG_CLIENT (client));
  scenes = pdg_scene_model_new (workspace);
  pictures = pdg_picture_loader_new (PDG_CLIENT (client));
  style = pdg_style_new (gdk_display_get_default ());
  pdg_canvas_bind (canvas, workspace, scenes, pictures, style);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (canvas));
  gtk_window_set_default_size (GTK_WINDOW (window), 700, 500);
  gtk_window_present (GTK_WINDOW (window));
  wait_for_rest (canvas);
  n_small = widths.n_asked[80] + widths.n_asked[320];
  g_assert_cmpint (n_small, >, 3);
  g_assert_cmpint (widths.n_asked[640] + widths.n_asked[0], ==, 0);

  pdg_canvas_zoom_by (canvas, log2 (1.3 / pdg_canvas_get_camera (canvas)->zoom));
  wait_for_rest (canvas);
  g_assert_cmpint (widths.n_asked[640], >, 0);
  g_assert_cmpint (widths.n_asked[640], <, n_small); /* only those in sight */
  g_assert_cmpint (widths.n_asked[0], ==, 0);

  pdg_canvas_zoom_by (canvas, 1.5);
  wait_for_rest (canvas);
  g_assert_cmpint (widths.n_asked[0], >, 0);
  g_assert_cmpuint (pdg_image_store_get_size_bytes (pdg_picture_loader_get_store (pictures)), <, 128u << 20);

  gtk_window_destroy (GTK_WINDOW (window));
  pdg_workspace_close (workspace);
  pdg_fake_shop_free (shop);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/canvas/idle", test_idle);
  g_test_add_func ("/app/canvas/live", test_live);
  g_test_add_func ("/app/canvas/levels", test_levels);
  return g_test_run ();
}
