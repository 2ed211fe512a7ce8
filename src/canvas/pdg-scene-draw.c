#include "config.h"
#include "canvas/pdg-scene-draw.h"
#include "canvas/pdg-scene-draw-private.h"

#include <math.h>

/* Widths of a card on the screen from which more of it is shown. */
#define FULL_PX 86.0
#define TITLE_PX 62.0
#define THUMBNAIL_PX 6.0

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
  double column0 = floor (-draw->camera.offset_x / spacing) - 1;
  double row0 = floor (-draw->camera.offset_y / spacing) - 1;
  double column1 = column0 + ceil (draw->width / spacing) + 2;
  double row1 = row0 + ceil (draw->height / spacing) + 2;

  if (strength <= 0)
    return;
  color.alpha *= strength;
  for (double row = row0; row <= row1; row++)
    for (double column = column0; column <= column1; column++)
      cairo_rectangle (draw->cr, pdg_snap (draw->camera.offset_x + column * spacing, draw->scale_factor),
                       pdg_snap (draw->camera.offset_y + row * spacing, draw->scale_factor), size, size);
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
  if (!draw->style->reduced_detail && !draw->style->no_dots)
    draw_dots (draw);
}

/* Text, marks and loops hang out of the cards, labels and tips out of the edges. */
double
pdg_scene_get_overhang (double zoom)
{
  return MAX (64 * pdg_text_scale (zoom), 0.3 * PDG_LAYOUT_COLUMN_GAP * zoom + 16) / zoom;
}

void
pdg_draw_init (PdgDraw *draw, const PdgScene *scene, cairo_t *cr, const PdgCamera *camera, int width, int height,
               int scale_factor, const PdgTheme *theme, const PdgSceneStyle *style, PdgImageStore *images)
{
  static const PdgSceneStyle plain = PDG_SCENE_STYLE_INIT;

  *draw = (PdgDraw) {
    scene, cr, *camera, width, height, MAX (scale_factor, 1), theme, style != NULL ? style : &plain, images,
    pdg_scene_get_detail (camera->zoom), PDG_CARD_WIDTH * camera->zoom < PDG_SIMPLE_PX, { 0 }, NULL, NULL,
  };
  pdg_camera_snap (&draw->camera, draw->scale_factor);
  draw->visible = pdg_camera_get_visible (&draw->camera, width, height);
}

/* NULL where the view is moved, turned, cut or no picture at all. */
static PdgStroke *
get_stroke (const PdgDraw *draw)
{
  cairo_surface_t *surface = cairo_get_target (draw->cr);
  double x_scale, y_scale, right, bottom, left = 0, top = 0;
  cairo_matrix_t matrix;

  if (cairo_surface_get_type (surface) != CAIRO_SURFACE_TYPE_IMAGE || cairo_get_group_target (draw->cr) != surface ||
      (cairo_image_surface_get_format (surface) != CAIRO_FORMAT_RGB24 &&
       (cairo_image_surface_get_format (surface) != CAIRO_FORMAT_ARGB32 || draw->style->no_ground)))
    return NULL;
  cairo_get_matrix (draw->cr, &matrix);
  cairo_surface_get_device_scale (surface, &x_scale, &y_scale);
  cairo_clip_extents (draw->cr, &left, &top, &right, &bottom);
  if (matrix.xx != 1 || matrix.yy != 1 || matrix.xy != 0 || matrix.yx != 0 || matrix.x0 != 0 || matrix.y0 != 0 ||
      x_scale != draw->scale_factor || y_scale != draw->scale_factor || left > 0 || top > 0 ||
      right < draw->width || bottom < draw->height)
    return NULL;
  return pdg_stroke_get (MIN (draw->width * draw->scale_factor, cairo_image_surface_get_width (surface)),
                         MIN (draw->height * draw->scale_factor, cairo_image_surface_get_height (surface)));
}

void
pdg_scene_draw_base (const PdgScene *scene, cairo_t *cr, const PdgCamera *camera, int width, int height, int scale_factor,
                     const PdgTheme *theme, const PdgSceneStyle *style, PdgImageStore *images)
{
  g_autoptr (GArray) cards = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) edges = NULL;
  PdgRect reach;
  PdgDraw draw;

  if (width <= 0 || height <= 0)
    return;
  pdg_draw_init (&draw, scene, cr, camera, width, height, scale_factor, theme, style, images);
  draw.stroke = get_stroke (&draw);
  reach = pdg_rect_expand (&draw.visible, pdg_scene_get_overhang (draw.camera.zoom));

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  if (!draw.style->no_ground)
    draw_ground (&draw);
  pdg_draw_frames (&draw);
  pdg_scene_query_cards (scene, &reach, FALSE, cards);
  edges = pdg_draw_list_edges (&draw);
  pdg_draw_edges (&draw, edges);
  pdg_draw_cards (&draw, cards);
  if (draw.detail == PDG_DETAIL_FULL && !draw.style->reduced_detail)
    pdg_draw_labels (&draw, edges);
  cairo_restore (cr);
}

void
pdg_scene_draw (const PdgScene *scene, cairo_t *cr, const PdgCamera *camera, int width, int height, int scale_factor,
                const PdgTheme *theme, const PdgSceneStyle *style, PdgImageStore *images)
{
  g_return_if_fail (pdg_camera_is_valid (camera));
  pdg_scene_draw_base (scene, cr, camera, width, height, scale_factor, theme, style, images);
  pdg_scene_draw_live (scene, cr, camera, width, height, scale_factor, theme, style);
}
