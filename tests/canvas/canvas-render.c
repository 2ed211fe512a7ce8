/* Draws a made-up graph to a PNG file, to be looked at:
 * canvas-render OUT.png SCREENS light|dark WIDTH HEIGHT SCALE ZOOM [select] [hover] [tint] [pictures] [minimap] [group=path|journey]
 * [fold=N]
 * A ZOOM of 0 fits all. */

#include "canvas/pdg-layout-group.h"
#include "canvas/pdg-scene-draw.h"
#include "graph-fixture.h"
#include "picture-fixture.h"

#include <stdlib.h>
#include <string.h>

typedef struct
{
  gboolean select;
  gboolean hover;
  gboolean tint;
  gboolean pictures;
  gboolean minimap;
  PdgGroupBy by;
  guint n_folded;
} Options;

static void
draw_minimap (cairo_t *cr, const PdgScene *scene, const PdgCamera *camera, int width, int height, int scale,
              const PdgTheme *theme, const PdgSceneStyle *style)
{
  const PdgRgba *raised = pdg_theme_get (theme, PDG_COLOR_RAISED);

  cairo_save (cr);
  cairo_translate (cr, width - 176, height - 136);
  cairo_set_source_rgb (cr, raised->red, raised->green, raised->blue);
  cairo_rectangle (cr, 0, 0, 160, 120);
  cairo_fill (cr);
  pdg_scene_draw_minimap (scene, cr, 160, 120, scale, camera, width, height, theme, style);
  cairo_restore (cr);
}

int
main (int argc, char **argv)
{
  Options options = { 0 };

  if (argc < 8)
    return 2;
  for (int i = 8; i < argc; i++)
    {
      if (g_str_has_prefix (argv[i], "group="))
        pdg_group_by_from_nick (argv[i] + strlen ("group="), &options.by);
      if (g_str_has_prefix (argv[i], "fold="))
        options.n_folded = (guint) atoi (argv[i] + strlen ("fold="));
      options.select |= strcmp (argv[i], "select") == 0;
      options.hover |= strcmp (argv[i], "hover") == 0;
      options.tint |= strcmp (argv[i], "tint") == 0;
      options.pictures |= strcmp (argv[i], "pictures") == 0;
      options.minimap |= strcmp (argv[i], "minimap") == 0;
    }

  guint n = (guint) atoi (argv[2]);
  g_autoptr (PdgTheme) theme = pdg_theme_new (strcmp (argv[3], "dark") == 0 ? PDG_THEME_DARK : PDG_THEME_LIGHT);
  int width = atoi (argv[4]), height = atoi (argv[5]), scale = atoi (argv[6]);
  double zoom = g_ascii_strtod (argv[7], NULL);
  g_autoptr (PdgJourneyGraph) graph = n == 0 ? graph_fixture_new_scattered () : graph_fixture_new (n, 7, options.pictures);
  g_autoptr (GHashTable) folded = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (PdgGrouping) open = pdg_grouping_new (graph, options.by, NULL);
  g_autoptr (PdgLayout) layout = options.by != PDG_GROUP_BY_NONE ? pdg_layout_new_grouped (open, NULL) : pdg_layout_new (graph, NULL);
  g_autoptr (PdgGrouping) grouping = NULL;
  g_autoptr (PdgScene) scene = NULL;
  g_autoptr (PdgImageStore) images = pdg_image_store_new (64 << 20);
  PdgRect bounds;
  PdgCamera camera;

  for (guint i = 0; i < options.n_folded; i++)
    {
      guint n_groups;
      const PdgGroup *groups = pdg_grouping_get_groups (open, &n_groups);

      if (i < n_groups)
        g_hash_table_add (folded, groups[i].id);
    }
  grouping = pdg_grouping_new (graph, options.by, folded);
  scene = pdg_scene_new_grouped (grouping, layout);
  bounds = pdg_scene_get_bounds (scene);
  camera = pdg_camera_fit (&bounds, width, height, 64, 1.0);
  const char *selected[] = { "screen-3", NULL };
  PdgSceneStyle style = PDG_SCENE_STYLE_INIT;

  if (options.select)
    style.selected_ids = selected;
  if (options.hover)
    {
      style.hovered_kind = PDG_HIT_CARD;
      style.hovered_index = (guint) pdg_scene_lookup_card (scene, "screen-1");
    }
  if (options.tint)
    {
      style.edge_tint = PDG_EDGE_TINT_CONVERSION;
      style.tint_reference = 0.3;
    }
  if (zoom > 0)
    {
      PdgRect card = pdg_scene_get_card_rect (scene, 1);

      camera = pdg_camera_centred (card.x + 160, card.y + 120, zoom, width, height);
    }
  if (options.pictures)
    picture_fixture_fill (images, graph);

  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width * scale, height * scale);

  cairo_surface_set_device_scale (surface, scale, scale);

  cairo_t *cr = cairo_create (surface);

  pdg_scene_draw (scene, cr, &camera, width, height, scale, theme, &style, images);
  if (options.minimap)
    draw_minimap (cr, scene, &camera, width, height, scale, theme, &style);
  cairo_destroy (cr);
  cairo_surface_write_to_png (surface, argv[1]);
  cairo_surface_destroy (surface);
  g_print ("%u cards, %u edges, bounds %.0f x %.0f, zoom %.3f\n", pdg_scene_get_n_cards (scene),
           pdg_scene_get_n_edges (scene), bounds.width, bounds.height, camera.zoom);
  return 0;
}
