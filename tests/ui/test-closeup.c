#include "config.h"
#include "pdg-show.h"

#include "canvas/pdg-scene-closeup.h"

#include <string.h>

/* Screens that open where they stand, by the keys of the X server. */

static const char *
get_selected_id (void)
{
  return pdg_selection_get_primary (pdg_workspace_get_selection (show.workspace));
}

static gboolean
is_selected (gconstpointer data)
{
  return get_selected_id () != NULL;
}

static gboolean
is_near (gconstpointer data)
{
  return pdg_canvas_get_camera (show.canvas)->zoom >= PDG_CLOSEUP_FULL_ZOOM;
}

/* What is told of the selected screen has that text; NULL: nothing is told. */
static gboolean
is_told (gconstpointer data)
{
  const char *wanted = data;
  g_autofree char *told = pdg_canvas_describe_closeup (show.canvas, get_selected_id ());

  return wanted != NULL ? told != NULL && strstr (told, wanted) != NULL : told == NULL;
}

/* The first screen, from as near as Enter goes: all of it, then so near that it opens. */
static void
go_near (void)
{
  const double all = 2;

  pdg_show_set_animated (FALSE);
  pdg_show_hand ("key Escape key shift+1 key Tab");
  pdg_show_wait ("a selected screen", is_selected, NULL);
  pdg_show_hand ("key Return");
  pdg_show_wait ("all of the screen", pdg_show_has_zoom, &all);
  g_assert_true (is_told (NULL));
  pdg_show_hand ("key Return");
  pdg_show_wait ("the screen from near", is_near, NULL);
}

static guint32
get_pixel (double x, double y)
{
  cairo_surface_t *frame = show.canvas->shown[show.canvas->frame];
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (show.canvas));
  const guint8 *row;

  cairo_surface_flush (frame);
  row = cairo_image_surface_get_data (frame) + (int) (y * scale) * cairo_image_surface_get_stride (frame);
  return ((const guint32 *) (const void *) row)[(int) (x * scale)] & 0xffffff;
}

/* The ground of the close-up lies where it is to be. */
static gboolean
is_drawn (gconstpointer data)
{
  int card = pdg_scene_lookup_card (pdg_canvas_get_scene (show.canvas), get_selected_id ());
  PdgRect rect;

  if (!pdg_scene_get_closeup_rect (pdg_canvas_get_scene (show.canvas), (guint) card, pdg_canvas_get_camera (show.canvas),
                                   gtk_widget_get_width (GTK_WIDGET (show.canvas)), gtk_widget_get_height (GTK_WIDGET (show.canvas)), 172, &rect))
    return FALSE;
  return (get_pixel (rect.x + 6, rect.y + rect.height - 20) & 0xf0f0f0) == 0xf0f0f0
         && get_pixel (rect.x + 6, rect.y + rect.height - 20) == get_pixel (rect.x + rect.width - 6, rect.y + rect.height - 20);
}

static void
test_opens (void)
{
  go_near ();
  pdg_show_wait ("what the screen is made of", is_told, "GET /api/products/:id");
  g_assert_true (is_told ("Components: ShopPage."));
  g_assert_true (is_told ("cart.items 2"));
  pdg_show_wait ("its picture", is_drawn, NULL);
  pdg_show_hand ("key minus key minus");
  pdg_show_wait ("nothing from afar", is_told, NULL);
}

static void
test_switched_off (void)
{
  go_near ();
  pdg_show_wait ("what the screen is made of", is_told, "GET /api/products/:id");
  pdg_show_hand ("key d");
  pdg_show_wait ("nothing", is_told, NULL);
  pdg_show_hand ("key d");
  pdg_show_wait ("it again", is_told, "GET /api/products/:id");
}

static gboolean
has_few (gconstpointer data)
{
  return show.canvas->closeups->len > 0 && show.canvas->closeups->len <= 2;
}

static gboolean
has_none (gconstpointer data)
{
  return show.canvas->closeups->len == 0;
}

/* Only what is in sight is kept up to date. */
static void
test_only_in_sight (void)
{
  go_near ();
  pdg_show_wait ("the one in sight", has_few, NULL);
  pdg_show_hand ("key shift+1");
  pdg_show_wait ("none", has_none, NULL);
}

static void
test_failure (void)
{
  pdg_fake_client_set_answer (show.client, "Screen", NULL);
  go_near ();
  pdg_show_wait ("that it failed", is_told, "could not be read");
  pdg_show_hand ("key shift+1");
  pdg_show_wait ("none", has_none, NULL);
  pdg_fake_shop_attach (show.shop, show.client);
  go_near ();
  pdg_show_wait ("what the screen is made of", is_told, "GET /api/products/:id");
}

int
main (int argc, char *argv[])
{
  int code;

  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  pdg_show_start (FALSE);
  g_action_group_change_action_state (pdg_canvas_get_actions (show.canvas), "closeups", g_variant_new_boolean (TRUE));
  g_test_add_func ("/ui/closeup/opens", test_opens);
  g_test_add_func ("/ui/closeup/switched-off", test_switched_off);
  g_test_add_func ("/ui/closeup/only-in-sight", test_only_in_sight);
  g_test_add_func ("/ui/closeup/failure", test_failure);
  code = g_test_run ();
  pdg_show_stop ();
  return code;
}
