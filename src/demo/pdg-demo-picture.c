#include "config.h"
#include "demo/pdg-demo-picture.h"

#include "demo/pdg-demo-kit.h"

#include <string.h>

static void (*const draw_screen[N_SCREENS]) (PdgKit *kit) = {
  [SCREEN_HOME] = pdg_kit_draw_home,
  [SCREEN_SEARCH] = pdg_kit_draw_search,
  [SCREEN_CATEGORY] = pdg_kit_draw_category,
  [SCREEN_PRODUCT] = pdg_kit_draw_product,
  [SCREEN_REVIEWS] = pdg_kit_draw_reviews,
  [SCREEN_CART] = pdg_kit_draw_cart,
  [SCREEN_SIGN_IN] = pdg_kit_draw_sign_in,
  [SCREEN_CREATE_ACCOUNT] = pdg_kit_draw_create_account,
  [SCREEN_SHIPPING] = pdg_kit_draw_shipping,
  [SCREEN_PAYMENT] = pdg_kit_draw_payment,
  [SCREEN_REVIEW_ORDER] = pdg_kit_draw_review_order,
  [SCREEN_DONE] = pdg_kit_draw_done,
  [SCREEN_ORDERS] = pdg_kit_draw_orders,
  [SCREEN_HELP] = pdg_kit_draw_help,
  [SCREEN_WISH_LIST] = pdg_kit_draw_wish_list,
};

static void
paint (guint screen, cairo_t *cr, GArray *marks)
{
  PdgKit kit = { .cr = cr, .screen = screen, .marks = marks };
  PangoContext *context = pango_cairo_create_context (cr);
  cairo_font_options_t *options = cairo_font_options_create ();

  /* The same on every screen: no hinting, no subpixels. */
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options (context, options);
  pango_cairo_context_set_resolution (context, 96);
  cairo_font_options_destroy (options);
  kit.layout = pango_layout_new (context);
  g_object_unref (context);

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, PDG_DEMO_SCREEN_WIDTH, PDG_DEMO_SCREEN_HEIGHT);
  cairo_clip (cr);
  draw_screen[screen] (&kit);
  cairo_restore (cr);
  g_object_unref (kit.layout);
}

void
pdg_demo_paint_screen (guint screen, cairo_t *cr)
{
  g_return_if_fail (screen < N_SCREENS);

  paint (screen, cr, NULL);
}

cairo_surface_t *
pdg_demo_create_screen_surface (guint screen)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, PDG_DEMO_SCREEN_WIDTH, PDG_DEMO_SCREEN_HEIGHT);
  cairo_t *cr = cairo_create (surface);

  pdg_demo_paint_screen (screen, cr);
  cairo_destroy (cr);
  return surface;
}

static cairo_status_t
append_cb (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *
pdg_demo_draw_screen (guint screen)
{
  GByteArray *png = NULL;
  cairo_surface_t *surface = NULL;

  g_return_val_if_fail (screen < N_SCREENS, NULL);

  png = g_byte_array_sized_new (96 * 1024);
  surface = pdg_demo_create_screen_surface (screen);
  cairo_surface_write_to_png_stream (surface, append_cb, png);
  cairo_surface_destroy (surface);
  return g_byte_array_free_to_bytes (png);
}

static int
compare_marks (gconstpointer a, gconstpointer b)
{
  const PdgKitMark *left = a, *right = b;

  return (left->part > right->part) - (left->part < right->part);
}

/* The array and the paths that it points to are one piece of memory. */
PdgDemoComponent *
pdg_demo_list_components (guint screen, guint *n_components)
{
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (PdgKitMark));
  cairo_surface_t *surface = NULL;
  cairo_t *cr = NULL;
  const char *root = NULL;
  PdgDemoComponent *components = NULL;
  gsize size = 0;
  char *text;

  g_return_val_if_fail (screen < N_SCREENS, NULL);

  surface = cairo_image_surface_create (CAIRO_FORMAT_A8, 1, 1);
  cr = cairo_create (surface);
  paint (screen, cr, marks);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);

  root = pdg_demo_get_screen (screen)->component;
  g_array_sort (marks, compare_marks);
  for (guint i = 0; i < marks->len; i++)
    size += sizeof (PdgDemoComponent) + strlen (root) + strlen (pdg_demo_parts[g_array_index (marks, PdgKitMark, i).part].path) + 2;
  components = g_malloc0 (size);
  text = (char *) (components + marks->len);
  *n_components = marks->len;
  for (guint i = 0; i < marks->len; i++)
    {
      const PdgKitMark *mark = &g_array_index (marks, PdgKitMark, i);
      const char *below = pdg_demo_parts[mark->part].path;

      components[i] = (PdgDemoComponent) { text, mark->x, mark->y, mark->width, mark->height };
      text = g_stpcpy (g_stpcpy (g_stpcpy (text, root), *below != '\0' ? "/" : ""), below) + 1;
    }
  return components;
}
