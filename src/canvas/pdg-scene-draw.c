#include "config.h"
#include "canvas/pdg-scene-draw.h"
#include "canvas/pdg-scene-draw-private.h"

#include <math.h>

/* Widths of a card on the screen from which more of it is shown. */
#define FULL_PX 86.0
#define TITLE_PX 62.0
#define THUMBNAIL_PX 6.0

/* Edges at most, the busiest: more are no longer told apart, and each costs. */
#define MAX_EDGES 1500
#define MAX_EDGES_SMALL 400

#define DOT_SPACING 40.0

void
pdg_draw_set_source (cairo_t *cr, const PdgRgba *color)
{
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha);
}

void
pdg_draw_rounded (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  double r = MIN (radius, MIN (width, height) / 2);

  if (r < 0.75)
    {
      cairo_rectangle (cr, x, y, width, height);
      return;
    }
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - r, y + r, r, -G_PI_2, 0);
  cairo_arc (cr, x + width - r, y + height - r, r, 0, G_PI_2);
  cairo_arc (cr, x + r, y + height - r, r, G_PI_2, G_PI);
  cairo_arc (cr, x + r, y + r, r, G_PI, 3 * G_PI_2);
  cairo_close_path (cr);
}

PdgDetail
pdg_scene_get_detail (double zoom)
{
  double width = PDG_CARD_WIDTH * zoom;

  if (width >= FULL_PX)
    return PDG_DETAIL_FULL;
  if (width >= TITLE_PX)
    return PDG_DETAIL_TITLE;
  return width >= THUMBNAIL_PX ? PDG_DETAIL_THUMBNAIL : PDG_DETAIL_CHIP;
}

/* Dots of one logical pixel and a bit on whole device pixels. */
static void
draw_dots (const PdgDraw *draw)
{
  double zoom = draw->camera.zoom;
  double strength = CLAMP ((zoom - 0.4) / 0.1, 0, 1);
  double spacing = DOT_SPACING * zoom * exp2 (-floor (MAX (0, log2 (zoom))));
  PdgRgba color = *pdg_theme_get (draw->theme, PDG_COLOR_DOT);
  double size = ceil (1.5 * draw->scale_factor) / draw->scale_factor;
  double x0 = draw->camera.offset_x - floor (draw->camera.offset_x / spacing) * spacing - spacing;
  double y0 = draw->camera.offset_y - floor (draw->camera.offset_y / spacing) * spacing - spacing;

  if (strength <= 0)
    return;
  color.alpha *= strength;
  for (double y = y0; y < draw->height; y += spacing)
    for (double x = x0; x < draw->width; x += spacing)
      cairo_rectangle (draw->cr, pdg_snap (x, draw->scale_factor), pdg_snap (y, draw->scale_factor), size, size);
  pdg_draw_set_source (draw->cr, &color);
  cairo_fill (draw->cr);
}

static void
draw_ground (const PdgDraw *draw)
{
  cairo_save (draw->cr);
  cairo_set_operator (draw->cr, CAIRO_OPERATOR_SOURCE);
  pdg_draw_set_source (draw->cr, pdg_theme_get (draw->theme, PDG_COLOR_CANVAS));
  cairo_rectangle (draw->cr, 0, 0, draw->width, draw->height);
  cairo_fill (draw->cr);
  cairo_restore (draw->cr);
  if (!draw->style->reduced_detail)
    draw_dots (draw);
}

static guint8 *
make_flags (const PdgScene *scene, const PdgSceneStyle *style)
{
  guint8 *flags = g_new0 (guint8, scene->n_cards + 1);

  for (guint i = 0; style->selected_ids != NULL && style->selected_ids[i] != NULL; i++)
    {
      int card = pdg_scene_lookup_card (scene, style->selected_ids[i]);

      if (card >= 0)
        flags[card] |= PDG_CARD_SELECTED | PDG_CARD_LIT;
    }
  if (style->hovered_kind == PDG_HIT_CARD && style->hovered_index < scene->n_cards)
    flags[style->hovered_index] |= PDG_CARD_LIT;
  return flags;
}

static void
draw_content (PdgDraw *draw)
{
  /* Text, marks and loops hang out of the cards. */
  PdgRect reach = pdg_rect_expand (&draw->visible, 64 * pdg_text_scale (draw->camera.zoom) / draw->camera.zoom);
  g_autoptr (GArray) cards = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) edges = NULL;
  g_autofree guint8 *flags = draw->flags = make_flags (draw->scene, draw->style);

  pdg_scene_query_cards (draw->scene, &reach, FALSE, cards);
  edges = pdg_draw_list_edges (draw, draw->simple ? MAX_EDGES_SMALL : MAX_EDGES);
  pdg_draw_edges (draw, edges);
  pdg_draw_cards (draw, cards);
  if (draw->detail == PDG_DETAIL_FULL && !draw->style->reduced_detail)
    pdg_draw_labels (draw, edges);
  pdg_draw_outlines (draw, cards);
}

void
pdg_scene_draw (const PdgScene *scene, cairo_t *cr, const PdgCamera *camera, int width, int height, int scale_factor,
                const PdgTheme *theme, const PdgSceneStyle *style, PdgImageStore *images)
{
  static const PdgSceneStyle plain = PDG_SCENE_STYLE_INIT;
  PdgDraw draw = {
    scene, cr, *camera, width, height, MAX (scale_factor, 1), theme, style != NULL ? style : &plain, images,
    pdg_scene_get_detail (camera->zoom), PDG_CARD_WIDTH * camera->zoom < PDG_SIMPLE_PX, { 0 }, NULL,
  };

  g_return_if_fail (pdg_camera_is_valid (camera));
  if (width <= 0 || height <= 0)
    return;
  pdg_camera_snap (&draw.camera, draw.scale_factor);
  draw.visible = pdg_camera_get_visible (&draw.camera, width, height);

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  if (!draw.style->no_ground)
    draw_ground (&draw);
  draw_content (&draw);
  cairo_restore (cr);
  if (draw.style->overlay != NULL)
    draw.style->overlay (cr, scene, &draw.camera, width, height, theme, draw.style->overlay_data);
}
