#include "config.h"
#include "canvas/pdg-blit.h"
#include "canvas/pdg-scene-draw-private.h"

#include <math.h>

/* The error share from which a card says so. */
#define GROUND_ALPHA 0.85
#define NOTABLE_ERRORS 0.02

/* World units of the placeholder's parts. */
#define STRIP_HEIGHT 26.0
#define MIN_SKETCH_PX 64.0
#define MIN_INITIAL_PX 28.0

/* A card's picture on whole device pixels. */
typedef struct
{
  double x;
  double y;
  double width;
  double height;
  double radius;
} Frame;

static Frame
get_frame (const PdgDraw *draw, guint32 card)
{
  const PdgRect *world = &draw->scene->cards[card];
  double x, y, right, bottom;
  double zoom = draw->camera.zoom;

  pdg_camera_to_screen (&draw->camera, world->x, world->y, &x, &y);
  pdg_camera_to_screen (&draw->camera, world->x + world->width, world->y + PDG_CARD_PICTURE_HEIGHT, &right, &bottom);
  x = pdg_snap (x, draw->scale_factor);
  y = pdg_snap (y, draw->scale_factor);
  return (Frame) {
    x, y, MAX (pdg_snap (right, draw->scale_factor) - x, 1), MAX (pdg_snap (bottom, draw->scale_factor) - y, 1),
    PDG_RADIUS_CARD * sqrt (zoom) * MIN (1, 2.5 * zoom),
  };
}

/* A screen keeps its colour whatever else is on the canvas. */
static guint
get_series (const PdgDraw *draw, guint32 card)
{
  return g_str_hash (draw->scene->screens[card].id) % (PDG_N_SERIES - 1);
}

static PdgRgba
get_tint (const PdgDraw *draw, guint32 card, double share)
{
  return pdg_rgba_mix (pdg_theme_get (draw->theme, PDG_COLOR_SURFACE),
                       pdg_theme_get_series (draw->theme, get_series (draw, card)), share);
}

/* The smaller a card, the stronger its colour. */
static double
get_ground_share (const PdgDraw *draw, const Frame *frame)
{
  double base = pdg_theme_get_kind (draw->theme) == PDG_THEME_DARK ? 0.13 : 0.085;
  double small = CLAMP ((100 - frame->width) / 80, 0, 1);

  return base + (0.32 - base) * small * small;
}

/* The first letter of the name, or of the path's first word. */
static void
get_initial (const PdgJourneyScreen *screen, char out[8])
{
  const char *text = screen->name != NULL && *screen->name != '\0' ? screen->name : screen->path;

  while (text != NULL && *text != '\0')
    {
      gunichar c = g_utf8_get_char_validated (text, -1);

      if (c == (gunichar) -1 || c == (gunichar) -2)
        break;
      if (g_unichar_isalnum (c))
        {
          out[g_unichar_to_utf8 (g_unichar_toupper (c), out)] = '\0';
          return;
        }
      text = g_utf8_next_char (text);
    }
  g_strlcpy (out, "/", 8);
}

/* The browser strip at the top of a placeholder, with two bars. */
static void
draw_strip (const PdgDraw *draw, guint32 card, const Frame *frame)
{
  cairo_t *cr = draw->cr;
  double unit = draw->camera.zoom;
  double bar = 9 * unit;
  double y = frame->y + (STRIP_HEIGHT * unit - bar) / 2;
  PdgRgba grey = pdg_rgba_mix (pdg_theme_get (draw->theme, PDG_COLOR_SURFACE),
                               pdg_theme_get (draw->theme, PDG_COLOR_TEXT_3), 0.4);

  cairo_save (cr);
  cairo_rectangle (cr, frame->x, frame->y, frame->width, pdg_snap (STRIP_HEIGHT * unit, draw->scale_factor));
  cairo_clip (cr);
  pdg_draw_rounded (cr, frame->x, frame->y, frame->width, frame->height, frame->radius);
  pdg_draw_set_source (cr, pdg_theme_get (draw->theme, PDG_COLOR_SURFACE));
  cairo_fill (cr);
  cairo_restore (cr);

  pdg_draw_set_source (cr, pdg_theme_get_series (draw->theme, get_series (draw, card)));
  pdg_draw_rounded (cr, frame->x + 13 * unit, y, 42 * unit, bar, bar / 2);
  cairo_fill (cr);
  pdg_draw_set_source (cr, &grey);
  pdg_draw_rounded (cr, frame->x + frame->width - (13 + 62) * unit, y, 62 * unit, bar, bar / 2);
  cairo_fill (cr);
}

static void
draw_placeholder (const PdgDraw *draw, guint32 card, const Frame *frame)
{
  cairo_t *cr = draw->cr;
  double zoom = draw->camera.zoom;
  gboolean sketched = frame->width >= MIN_SKETCH_PX;
  PdgRgba ground = get_tint (draw, card, get_ground_share (draw, frame));

  pdg_draw_set_source (cr, &ground);
  pdg_draw_rounded (cr, frame->x, frame->y, frame->width, frame->height, frame->radius);
  cairo_fill (cr);
  if (sketched)
    draw_strip (draw, card, frame);
  if (frame->width < MIN_INITIAL_PX)
    return;

  char initial[8];
  double scale = zoom * (sketched ? 1.1 : 1.6);
  double middle = frame->y + (frame->height + (sketched ? STRIP_HEIGHT * zoom : 0)) / 2;
  PdgRgba color = get_tint (draw, card, 0.6);

  get_initial (&draw->scene->screens[card], initial);

  double width = pdg_text_measure (draw->theme, PDG_TEXT_INITIAL, initial) * scale;

  pdg_text_draw (cr, draw->theme, PDG_TEXT_INITIAL, initial, frame->x + (frame->width - width) / 2,
                 middle + 0.364 * 2 * PDG_FONT_SIZE_DISPLAY * scale, -1, scale, draw->scale_factor, &color);
}

static double
get_picture_scale (const Frame *frame, cairo_surface_t *surface)
{
  return MAX (frame->width / cairo_image_surface_get_width (surface), frame->height / cairo_image_surface_get_height (surface));
}

static void
set_picture (const PdgDraw *draw, const Frame *frame, cairo_surface_t *surface)
{
  double scale = get_picture_scale (frame, surface);

  cairo_translate (draw->cr, frame->x + (frame->width - cairo_image_surface_get_width (surface) * scale) / 2, frame->y);
  cairo_scale (draw->cr, scale, scale);
  cairo_set_source_surface (draw->cr, surface, 0, 0);
}

/* What is in sight of the picture, scaled by us: pixman's fixed-point matrices put it a hundredth of a pixel elsewhere in
 * each piece of the view. */
static void
set_scaled_picture (const PdgDraw *draw, const Frame *frame, cairo_surface_t *surface)
{
  double device = draw->scale_factor;
  double scale = get_picture_scale (frame, surface);
  double left = MAX (frame->x, 0), top = MAX (frame->y, 0);
  double right = MIN (frame->x + frame->width, draw->width), bottom = MIN (frame->y + frame->height, draw->height);
  double x = frame->x + (frame->width - cairo_image_surface_get_width (surface) * scale) / 2;
  cairo_rectangle_int_t all = { 0, 0, (int) round ((right - left) * device), (int) round ((bottom - top) * device) };
  cairo_surface_t *scaled;

  if (all.width <= 0 || all.height <= 0)
    {
      cairo_new_path (draw->cr);
      return;
    }
  scaled = cairo_image_surface_create (CAIRO_FORMAT_RGB24, all.width, all.height);
  pdg_blit_scale (scaled, &all, surface, (x - left) * device, (frame->y - top) * device, scale * device);
  cairo_surface_set_device_scale (scaled, device, device);
  cairo_set_source_surface (draw->cr, scaled, left, top);
  cairo_pattern_set_filter (cairo_get_source (draw->cr), CAIRO_FILTER_NEAREST);
  cairo_surface_destroy (scaled);
}

/* The picture fills the frame's width and shows its top; FALSE when there is none. */
static gboolean
draw_picture (const PdgDraw *draw, guint32 card, const Frame *frame)
{
  cairo_t *cr = draw->cr;
  const char *id = draw->scene->screens[card].snapshot_id;
  cairo_surface_t *surface;
  int width_px;

  if (draw->images == NULL || id == NULL)
    return FALSE;
  width_px = (int) ceil (frame->width * draw->scale_factor);
  surface = draw->style->no_requests ? pdg_image_store_peek (draw->images, id, width_px)
                                     : pdg_image_store_get (draw->images, id, width_px);
  if (surface == NULL)
    return FALSE;

  cairo_save (cr);
  pdg_draw_rounded (cr, frame->x, frame->y, frame->width, frame->height, frame->radius);
  if (pdg_text_is_vector (cr))
    set_picture (draw, frame, surface);
  else
    set_scaled_picture (draw, frame, surface);
  cairo_fill (cr);
  cairo_restore (cr);
  cairo_surface_destroy (surface);
  return TRUE;
}

static void
draw_hairline (const PdgDraw *draw, const Frame *frame, PdgColor color)
{
  double pixel = 1.0 / draw->scale_factor;

  pdg_draw_set_source (draw->cr, pdg_theme_get (draw->theme, color));
  cairo_set_line_width (draw->cr, pixel);
  pdg_draw_rounded (draw->cr, frame->x + pixel / 2, frame->y + pixel / 2, frame->width - pixel, frame->height - pixel,
                    MAX (frame->radius - pixel / 2, 0));
  cairo_stroke (draw->cr);
}

void
pdg_scene_format_count (guint32 count, char *out, gsize size)
{
  char digits[16];
  int n = g_snprintf (digits, sizeof digits, "%u", count);
  gsize used = 0;

  for (int i = 0; i < n && used + 2 < size; i++)
    {
      if (i > 0 && (n - i) % 3 == 0)
        out[used++] = ',';
      out[used++] = digits[i];
    }
  out[used] = '\0';
}

/* The longest form of the second line that fits. */
static void
format_second (const PdgDraw *draw, const PdgJourneyScreen *screen, double max_width, char *out, gsize size)
{
  double exit_share = pdg_screen_get_exit_share (screen);
  const char *noun = screen->visits == 1 ? "visit" : "visits";
  char count[16], percent[16];

  pdg_scene_format_count (screen->visits, count, sizeof count);
  pdg_format_percent (exit_share, percent, sizeof percent);
  if (exit_share > 0)
    {
      g_snprintf (out, size, "%s %s · exit %s", count, noun, percent);
      if (pdg_text_measure (draw->theme, PDG_TEXT_SECOND, out) <= max_width)
        return;
      g_snprintf (out, size, "%s · exit %s", count, percent);
      if (pdg_text_measure (draw->theme, PDG_TEXT_SECOND, out) <= max_width)
        return;
    }
  g_snprintf (out, size, "%s %s", count, noun);
}

/* A warning triangle and the share of visits with an error, right-aligned; returns the width it took. */
static double
draw_errors (const PdgDraw *draw, const PdgJourneyScreen *screen, double right, double baseline, double scale)
{
  cairo_t *cr = draw->cr;
  const PdgRgba *bad = pdg_theme_get (draw->theme, PDG_COLOR_BAD);
  double share = pdg_screen_get_error_share (screen);
  char text[16];

  if (share < NOTABLE_ERRORS)
    return 0;
  pdg_format_percent (share, text, sizeof text);

  double width = pdg_text_measure (draw->theme, PDG_TEXT_LABEL, text) * scale;
  double glyph = 8 * scale;
  double x = right - width - glyph - 4 * scale;

  pdg_draw_set_source (cr, bad);
  cairo_move_to (cr, x + glyph / 2, baseline - 8 * scale);
  cairo_line_to (cr, x + glyph, baseline - 0.5 * scale);
  cairo_line_to (cr, x, baseline - 0.5 * scale);
  cairo_close_path (cr);
  cairo_fill (cr);
  pdg_text_draw (cr, draw->theme, PDG_TEXT_LABEL, text, right - width, baseline, -1, scale, draw->scale_factor, bad);
  return right - x + 6 * scale;
}

/* How slow the screen is, at the right of the second line, where @room logical pixels are left; returns whether it is drawn. */
static gboolean
get_load (const PdgDraw *draw, const PdgJourneyScreen *screen, double room, char *out, gsize size)
{
  double ms = screen->load_p75_ms;

  if (!(ms >= 0) || draw->style->reduced_detail)
    return FALSE;
  if (ms < 1000)
    g_snprintf (out, size, "p75 %.0f ms", ms);
  else
    g_snprintf (out, size, ms < 100000 ? "p75 %.1f s" : "p75 %.0f s", ms / 1000);
  return pdg_text_measure (draw->theme, PDG_TEXT_LABEL, out) + PDG_SPACE_BETWEEN <= room;
}

static const char *
get_title (const PdgJourneyScreen *screen)
{
  const char *title = screen->name != NULL && *screen->name != '\0' ? screen->name : screen->path;

  return title != NULL ? title : "";
}

/* Keeps a line of text readable where an edge runs behind it. */
static void
draw_ground (const PdgDraw *draw, double x, double baseline, double width, double scale)
{
  PdgRgba ground = *pdg_theme_get (draw->theme, PDG_COLOR_CANVAS);

  ground.alpha = GROUND_ALPHA;
  pdg_draw_set_source (draw->cr, &ground);
  cairo_rectangle (draw->cr, x - 2 * scale, baseline - 12 * scale, width + 4 * scale, 16 * scale);
  cairo_fill (draw->cr);
}

static void
draw_load (const PdgDraw *draw, const PdgJourneyScreen *screen, const char *second, const Frame *frame, double scale)
{
  double baseline = frame->y + frame->height + 38 * scale, width;
  char load[32];

  if (!get_load (draw, screen, frame->width / scale - pdg_text_measure (draw->theme, PDG_TEXT_SECOND, second), load, sizeof load))
    return;
  width = pdg_text_measure (draw->theme, PDG_TEXT_LABEL, load) * scale;
  draw_ground (draw, frame->x + frame->width - width, baseline, width, scale);
  pdg_text_draw (draw->cr, draw->theme, PDG_TEXT_LABEL, load, frame->x + frame->width - width, baseline, -1, scale, draw->scale_factor,
                 pdg_theme_get (draw->theme, PDG_COLOR_TEXT_2));
}

static void
draw_texts (const PdgDraw *draw, guint32 card, const Frame *frame)
{
  const PdgJourneyScreen *screen = &draw->scene->screens[card];
  const char *title = get_title (screen);
  double scale = pdg_text_scale (draw->camera.zoom);
  double bottom = frame->y + frame->height;
  gboolean full = draw->detail == PDG_DETAIL_FULL;
  double spill = 0.3 * PDG_LAYOUT_COLUMN_GAP * draw->camera.zoom;
  double max_width = frame->width;

  if (full && !draw->style->reduced_detail)
    max_width -= draw_errors (draw, screen, frame->x + frame->width, bottom + 21 * scale, scale);
  if (max_width == frame->width)
    max_width += spill;
  pdg_text_draw (draw->cr, draw->theme, full ? PDG_TEXT_TITLE : PDG_TEXT_TITLE_SMALL, title, frame->x,
                 bottom + (full ? 21 : 16) * scale, max_width, scale, draw->scale_factor,
                 pdg_theme_get (draw->theme, PDG_COLOR_TEXT));
  if (full)
    {
      char second[64];

      format_second (draw, screen, (frame->width + spill) / scale - 2, second, sizeof second);
      draw_ground (draw, frame->x, bottom + 38 * scale, pdg_text_measure (draw->theme, PDG_TEXT_SECOND, second) * scale, scale);
      pdg_text_draw (draw->cr, draw->theme, PDG_TEXT_SECOND, second, frame->x, bottom + 38 * scale,
                     frame->width + spill, scale, draw->scale_factor, pdg_theme_get (draw->theme, PDG_COLOR_TEXT_2));
      draw_load (draw, screen, second, frame, scale);
    }
}

static void
add_arrow (cairo_t *cr, double x, double y, double length, double scale)
{
  cairo_move_to (cr, x, y);
  cairo_line_to (cr, x + length, y);
  cairo_move_to (cr, x + length - 3.5 * scale, y - 3.5 * scale);
  cairo_line_to (cr, x + length, y);
  cairo_line_to (cr, x + length - 3.5 * scale, y + 3.5 * scale);
}

/* An arrow into the card's left side, or out of its right one, with the share of visits. */
static void
draw_mark (const PdgDraw *draw, const Frame *frame, double share, gboolean exit_mark)
{
  cairo_t *cr = draw->cr;
  double scale = pdg_text_scale (draw->camera.zoom);
  const PdgRgba *color = pdg_theme_get (draw->theme, PDG_COLOR_TEXT_2);
  double y = pdg_snap (frame->y + (PDG_MARK_TOP + PDG_MARK_HEIGHT / 2) * scale, draw->scale_factor) + 0.5;
  double edge = exit_mark ? frame->x + frame->width : frame->x;
  char text[16];

  if (share < (exit_mark ? PDG_EXIT_MIN_SHARE : PDG_ENTRY_MIN_SHARE))
    return;
  pdg_format_percent (share, text, sizeof text);

  double width = pdg_text_measure (draw->theme, PDG_TEXT_LABEL, text) * scale;
  PdgRgba ground = *pdg_theme_get (draw->theme, PDG_COLOR_CANVAS);
  double left = exit_mark ? edge + 3 * scale : edge - (19 * scale + width) - 2 * scale;

  ground.alpha = 0.85;
  if (!draw->style->no_ground)
    {
      pdg_draw_set_source (cr, &ground);
      pdg_draw_rounded (cr, left, y - 8 * scale, width + 18 * scale, 16 * scale, 4 * scale);
      cairo_fill (cr);
    }
  pdg_draw_set_source (cr, color);
  cairo_set_line_width (cr, 1.25 * scale);
  add_arrow (cr, exit_mark ? edge + 4 * scale : edge - 15 * scale, y, 11 * scale, scale);
  cairo_stroke (cr);
  pdg_text_draw (cr, draw->theme, PDG_TEXT_LABEL, text, exit_mark ? edge + 19 * scale : edge - 19 * scale - width,
                 y + 3.5 * scale, -1, scale, draw->scale_factor, color);
}

static void
draw_card (const PdgDraw *draw, guint32 card)
{
  Frame frame = get_frame (draw, card);
  const PdgJourneyScreen *screen = &draw->scene->screens[card];

  if (pdg_group_is_id (screen->id))
    pdg_draw_stack (draw, frame.x, frame.y, frame.width, frame.radius);
  if (!draw_picture (draw, card, &frame))
    draw_placeholder (draw, card, &frame);
  draw_hairline (draw, &frame, PDG_COLOR_LINE);
  if (draw->detail > PDG_DETAIL_TITLE)
    return;
  draw_texts (draw, card, &frame);
  if (draw->detail == PDG_DETAIL_FULL && !draw->style->reduced_detail)
    {
      draw_mark (draw, &frame, pdg_screen_get_entry_share (screen), FALSE);
      draw_mark (draw, &frame, pdg_screen_get_exit_share (screen), TRUE);
    }
}

/* A chip's size tells the traffic, never less than can be seen. */
static PdgRect
get_chip (const PdgDraw *draw, guint32 card)
{
  const PdgRect *world = &draw->scene->cards[card];
  double traffic = sqrt ((double) draw->scene->screens[card].visits / MAX (draw->scene->max_visits, 1));
  double x, y;
  double width = MAX (world->width * draw->camera.zoom, 2 + 8 * traffic);
  double height = MAX (world->height * draw->camera.zoom, 1.5 + 6 * traffic);

  pdg_camera_to_screen (&draw->camera, world->x + world->width / 2, world->y + world->height / 2, &x, &y);
  return (PdgRect) {
    pdg_snap (x - width / 2, draw->scale_factor), pdg_snap (y - height / 2, draw->scale_factor),
    MAX (pdg_snap (width, draw->scale_factor), 1), MAX (pdg_snap (height, draw->scale_factor), 1),
  };
}

/* Small cards by colour, each colour in one go. */
static void
draw_plain (const PdgDraw *draw, const GArray *cards)
{
  gboolean chips = draw->detail == PDG_DETAIL_CHIP;

  for (guint series = 0; series < PDG_N_SERIES; series++)
    {
      PdgRgba color = pdg_rgba_mix (pdg_theme_get (draw->theme, PDG_COLOR_SURFACE),
                                    pdg_theme_get_series (draw->theme, series), chips ? 0.75 : 0.45);

      for (guint i = 0; i < cards->len; i++)
        {
          guint32 card = g_array_index (cards, guint32, i);

          if (get_series (draw, card) != series)
            continue;
          if (chips)
            {
              PdgRect chip = get_chip (draw, card);

              cairo_rectangle (draw->cr, chip.x, chip.y, chip.width, chip.height);
            }
          else
            {
              Frame frame = get_frame (draw, card);

              cairo_rectangle (draw->cr, frame.x, frame.y, frame.width, frame.height);
            }
        }
      pdg_draw_set_source (draw->cr, &color);
      cairo_fill (draw->cr);
    }
}

void
pdg_draw_cards (const PdgDraw *draw, const GArray *cards)
{
  gboolean plain = PDG_CARD_WIDTH * draw->camera.zoom < 14;

  if (plain)
    draw_plain (draw, cards);
  for (guint i = 0; i < cards->len && !(plain && draw->images == NULL); i++)
    {
      guint32 card = g_array_index (cards, guint32, i);

      if (!plain)
        draw_card (draw, card);
      else if (draw->detail == PDG_DETAIL_THUMBNAIL)
        {
          Frame frame = get_frame (draw, card);

          frame.radius = 0;
          draw_picture (draw, card, &frame);
        }
    }
}

void
pdg_draw_subtract_card (const PdgDraw *draw, guint32 card, cairo_region_t *region)
{
  const PdgJourneyScreen *screen = &draw->scene->screens[card];
  Frame frame = get_frame (draw, card);
  double scale = pdg_text_scale (draw->camera.zoom);
  double left = frame.x, right = frame.x + frame.width;
  cairo_rectangle_int_t picture = pdg_draw_get_pixels (draw, frame.x, frame.y, frame.width, frame.height);

  cairo_region_subtract_rectangle (region, &picture);
  if (draw->detail > PDG_DETAIL_TITLE)
    return;

  gboolean full = draw->detail == PDG_DETAIL_FULL;
  const char *title = get_title (screen);
  double room = frame.width + 0.3 * PDG_LAYOUT_COLUMN_GAP * draw->camera.zoom;
  double text_width = pdg_text_measure (draw->theme, full ? PDG_TEXT_TITLE : PDG_TEXT_TITLE_SMALL, title) * scale;
  cairo_rectangle_int_t text;

  if (full)
    {
      char second[64], load[32];

      format_second (draw, screen, room / scale - 2, second, sizeof second);
      text_width = MAX (text_width, pdg_text_measure (draw->theme, PDG_TEXT_SECOND, second) * scale);
      if (get_load (draw, screen, frame.width / scale - pdg_text_measure (draw->theme, PDG_TEXT_SECOND, second), load, sizeof load))
        text_width = MAX (text_width, frame.width);
    }
  text = pdg_draw_get_pixels (draw, frame.x - 2 * scale, frame.y + frame.height + 6 * scale,
                              MIN (text_width, room) + 4 * scale, (full ? 36 : 14) * scale);
  cairo_region_subtract_rectangle (region, &text);
  if (!full)
    return;
  if (pdg_screen_get_entry_share (screen) >= PDG_ENTRY_MIN_SHARE)
    left -= PDG_MARK_WIDTH * scale;
  if (pdg_screen_get_exit_share (screen) >= PDG_EXIT_MIN_SHARE)
    right += PDG_MARK_WIDTH * scale;

  cairo_rectangle_int_t marks = pdg_draw_get_pixels (draw, left, frame.y + PDG_MARK_TOP * scale, right - left,
                                                     PDG_MARK_HEIGHT * scale);

  cairo_region_subtract_rectangle (region, &marks);
}

/* Outside the card by @gap, as wide at every zoom. */
static void
draw_ring (const PdgDraw *draw, const Frame *frame, double gap, double width, gboolean dashed)
{
  static const double dashes[] = { 3, 3 };
  double out = gap + width / 2;

  cairo_save (draw->cr);
  pdg_draw_set_source (draw->cr, pdg_theme_get (draw->theme, PDG_COLOR_ACCENT));
  cairo_set_line_width (draw->cr, width);
  if (dashed)
    cairo_set_dash (draw->cr, dashes, 2, 0);
  pdg_draw_rounded (draw->cr, frame->x - out, frame->y - out, frame->width + 2 * out, frame->height + 2 * out,
                    frame->radius + out);
  cairo_stroke (draw->cr);
  cairo_restore (draw->cr);
}

void
pdg_draw_outlines (const PdgDraw *draw, const GArray *cards)
{
  for (guint i = 0; i < cards->len; i++)
    {
      guint32 card = g_array_index (cards, guint32, i);
      gboolean hovered = draw->style->hovered_kind == PDG_HIT_CARD && draw->style->hovered_index == card;
      gboolean selected = (draw->flags[card] & PDG_CARD_SELECTED) != 0;
      gboolean focused = draw->style->focused_id != NULL &&
                         strcmp (draw->style->focused_id, draw->scene->screens[card].id) == 0;

      if (!hovered && !selected && !focused)
        continue;

      Frame frame = get_frame (draw, card);

      if (selected)
        draw_ring (draw, &frame, 2, 2, FALSE);
      else if (hovered)
        draw_hairline (draw, &frame, PDG_COLOR_ACCENT);
      if (focused)
        draw_ring (draw, &frame, selected ? 6 : 3, 1, TRUE);
    }
}
