#include "config.h"
#include "app/pdg-canvas-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/pdg-process.h"
#include "canvas/pdg-layout.h"

/* Moving cards are drawn from scenes made for each frame: not for large graphs. */
#define MAX_MOVING_CARDS 80
#define TEXT_REACH 28.0

G_DEFINE_FINAL_TYPE (PdgCanvas, pdg_canvas, GTK_TYPE_WIDGET)

static guint camera_changed_signal;

void
pdg_canvas_emit_camera_changed (PdgCanvas *self)
{
  g_signal_emit (self, camera_changed_signal, 0);
}

/* ---- selection ---- */

int
pdg_canvas_get_selected_card (PdgCanvas *self)
{
  const char *id = pdg_selection_get_primary (self->selection);

  return id != NULL ? pdg_scene_lookup_card (self->scene, id) : -1;
}

void
pdg_canvas_select_card (PdgCanvas *self, int card)
{
  if (card >= 0)
    pdg_selection_select_screen (self->selection, pdg_scene_get_screen (self->scene, (guint) card)->id);
}

static void
selection_cb (PdgCanvas *self)
{
  guint n = pdg_selection_get_n_screens (self->selection);

  g_strfreev (self->selected_ids);
  self->selected_ids = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    self->selected_ids[i] = g_strdup (pdg_selection_get_screen (self->selection, i));
  pdg_canvas_update_arranging (self);
  pdg_canvas_queue_nodes (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
reveal_cb (PdgCanvas *self)
{
  const char *from_id, *to_id;

  if (pdg_selection_get_n_screens (self->selection) > 1)
    g_action_group_activate_action (G_ACTION_GROUP (self->actions), "fit-selection", NULL);
  else if (pdg_selection_get_edge (self->selection, &from_id, &to_id))
    pdg_canvas_reveal_card (self, pdg_scene_lookup_card (self->scene, to_id), FALSE);
  else if (!pdg_canvas_open_group_of (self, pdg_selection_get_primary (self->selection)))
    pdg_canvas_reveal_card (self, pdg_canvas_get_selected_card (self), TRUE);
}

/* ---- scenes ---- */

static gboolean
scenes_differ_in_place (PdgScene *from, PdgScene *to)
{
  for (guint i = 0; i < pdg_scene_get_n_cards (to); i++)
    {
      int old = pdg_scene_lookup_card (from, pdg_scene_get_screen (to, i)->id);
      PdgRect end = pdg_scene_get_card_rect (to, i);
      PdgRect start = old >= 0 ? pdg_scene_get_card_rect (from, (guint) old) : end;

      if (fabs (start.x - end.x) > 0.5 || fabs (start.y - end.y) > 0.5)
        return TRUE;
    }
  return FALSE;
}

static void
show_scene (PdgCanvas *self, PdgScene *scene)
{
  gboolean moves = !self->by_hand && pdg_canvas_is_animated (self) && pdg_scene_get_n_cards (scene) <= MAX_MOVING_CARDS
                   && scenes_differ_in_place (self->scene, scene);

  pdg_canvas_end_move (self);
  if (pdg_scene_model_is_settled (self->scenes))
    {
      self->by_hand = FALSE;
      if (self->drag != PDG_CANVAS_DRAG_CARDS)
        pdg_canvas_clear_cards (self);
    }
  if (!moves)
    {
      pdg_canvas_set_scene (self, scene);
      pdg_canvas_update_hover (self);
      return;
    }
  pdg_canvas_move_to (self, scene);
}

/* While the user has not moved the camera, it follows the growth of the graph. */
static gboolean
outgrew_view (PdgCanvas *self, PdgScene *scene)
{
  PdgRect bounds = pdg_scene_get_bounds (scene);
  PdgRect screen = pdg_camera_rect_to_screen (&self->camera, &bounds);

  return screen.x < 8 || screen.y < 8 || screen.x + screen.width > gtk_widget_get_width (GTK_WIDGET (self)) - 8
         || screen.y + screen.height > gtk_widget_get_height (GTK_WIDGET (self)) - 8;
}

static PdgScene *
empty_scene_new (void)
{
  g_autoptr (PdgJourneyGraph) graph = pdg_journey_graph_new ();
  g_autoptr (PdgLayout) layout = pdg_layout_new_from_positions (NULL, 0);

  return pdg_scene_new (graph, layout);
}

static void
scene_cb (PdgCanvas *self)
{
  PdgScene *scene = pdg_scene_model_get_scene (self->scenes);

  if (scene == NULL)
    {
      g_autoptr (PdgScene) empty = empty_scene_new ();

      pdg_canvas_end_move (self);
      pdg_canvas_set_scene (self, empty);
      self->placed = FALSE;
      return;
    }
  if (pdg_scene_model_is_fresh (self->scenes) && !self->placed)
    {
      pdg_canvas_end_move (self);
      pdg_canvas_set_scene (self, scene);
      pdg_canvas_fit (self, FALSE);
      return;
    }
  show_scene (self, scene);
  pdg_canvas_reveal_waiting (self);
  pdg_canvas_update_groups (self);
  if (!self->placed)
    pdg_canvas_fit (self, FALSE);
  else if (!self->touched && (pdg_scene_model_is_fresh (self->scenes) || outgrew_view (self, scene)))
    pdg_canvas_fit (self, TRUE);
}

/* ---- drawing ---- */

/* GSK's cairo renderer takes a picture as it is; GL wants a texture with an alpha channel. */
static gboolean
renderer_is_cairo (PdgCanvas *self)
{
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (GTK_WIDGET (self)));

  return renderer != NULL && g_str_equal (G_OBJECT_TYPE_NAME (renderer), "GskCairoRenderer");
}

static void
clear_frame (PdgCanvas *self, guint i)
{
  g_clear_pointer (&self->shown[i], cairo_surface_destroy);
  g_clear_pointer (&self->frames[i], cairo_surface_destroy);
}

/* Makes the frame that GSK does not show the one to draw on. */
static cairo_surface_t *
next_frame (PdgCanvas *self, cairo_format_t format, int width, int height, int scale)
{
  guint i = self->frame ^= 1;
  cairo_surface_t *frame = self->frames[i];

  if (frame != NULL
      && (cairo_image_surface_get_width (frame) != width * scale || cairo_image_surface_get_height (frame) != height * scale
          || cairo_image_surface_get_format (frame) != format))
    clear_frame (self, i);
  if (self->frames[i] == NULL)
    {
      frame = self->frames[i] = cairo_image_surface_create (format, width * scale, height * scale);
      self->shown[i] = cairo_image_surface_create_for_data (cairo_image_surface_get_data (frame), format, width * scale, height * scale,
                                                            cairo_image_surface_get_stride (frame));
      cairo_surface_set_device_scale (self->shown[i], scale, scale);
    }
  cairo_surface_set_device_scale (frame, scale, scale);
  return frame;
}

static void
draw_marquee (PdgCanvas *self, cairo_t *cr, int scale, PdgTheme *theme)
{
  const PdgRgba *accent = pdg_theme_get (theme, PDG_COLOR_ACCENT);
  double x = pdg_snap (self->marquee.x, scale), y = pdg_snap (self->marquee.y, scale);
  double half = 0.5 / scale;

  if (self->drag != PDG_CANVAS_DRAG_MARQUEE)
    return;
  cairo_rectangle (cr, x + half, y + half, pdg_snap (self->marquee.width, scale), pdg_snap (self->marquee.height, scale));
  cairo_set_source_rgba (cr, accent->red, accent->green, accent->blue, 0.10);
  cairo_fill_preserve (cr);
  cairo_set_source_rgb (cr, accent->red, accent->green, accent->blue);
  cairo_set_line_width (cr, 1.0 / scale);
  cairo_stroke (cr);
}

static void
fill_style (PdgCanvas *self, PdgSceneStyle *style)
{
  const char *from_id, *to_id;
  int focused = pdg_canvas_get_focused_card (self);

  if (self->cards == NULL) /* else they are drawn where they are on their way */
    style->selected_ids = (const char *const *) self->selected_ids;
  pdg_canvas_style_groups (self, style);
  style->hovered_kind = self->hovered_kind;
  style->hovered_index = self->hovered_index;
  if (focused >= 0 && gtk_window_get_focus_visible (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)))))
    style->focused_id = pdg_scene_get_screen (self->scene, (guint) focused)->id;
  /* A selected path looks like one under the pointer. */
  if (self->hovered_kind == PDG_HIT_NOTHING && pdg_selection_get_edge (self->selection, &from_id, &to_id))
    for (guint i = 0; i < pdg_scene_get_n_edges (self->scene); i++)
      {
        const PdgSceneEdge *edge = pdg_scene_get_edge (self->scene, i);

        if (g_str_equal (pdg_scene_get_screen (self->scene, edge->from)->id, from_id)
            && g_str_equal (pdg_scene_get_screen (self->scene, edge->to)->id, to_id))
          {
            style->hovered_kind = PDG_HIT_EDGE;
            style->hovered_index = i;
          }
      }
}

static gboolean
wake_cb (gpointer user_data)
{
  PdgCanvas *self = user_data;

  self->wake_source = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

/* One more frame at @at_usec, or none (0). */
static void
set_wake (PdgCanvas *self, gint64 at_usec)
{
  gint64 left = at_usec - g_get_monotonic_time ();

  g_clear_handle_id (&self->wake_source, g_source_remove);
  if (at_usec != 0)
    self->wake_source = g_timeout_add ((guint) (MAX (left, 0) / 1000 + 1), wake_cb, self);
}

static void
ready_cb (gpointer user_data)
{
  gtk_widget_queue_draw (user_data);
}

static void
loaded_cb (PdgCanvas *self, const char *snapshot_id)
{
  pdg_compositor_picture_loaded (self->compositor, snapshot_id);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static cairo_surface_t *
draw_frame (PdgCanvas *self, cairo_format_t format, int width, int height)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  cairo_surface_t *frame = next_frame (self, format, width, height, scale);
  PdgTheme *theme = pdg_style_get_theme (self->style);
  PdgSceneStyle style = PDG_SCENE_STYLE_INIT;
  cairo_t *cr;

  self->n_frames++;
  pdg_canvas_fill_tint (self, &style);
  pdg_compositor_set_look (self->compositor, theme, scale, style.edge_tint, style.tint_reference);
  set_wake (self, pdg_compositor_draw (self->compositor, frame, &self->camera, width, height, g_get_monotonic_time ()));
  /* What changes with the pointer lies above. */
  fill_style (self, &style);
  pdg_canvas_style_live (self, &style);
  cr = cairo_create (frame);
  pdg_scene_draw_live (self->scene, cr, &self->camera, width, height, scale, theme, &style);
  pdg_canvas_draw_closeups (self, cr, scale, theme);
  pdg_canvas_draw_cards (self, cr, scale, theme);
  pdg_canvas_draw_pins (self, cr, scale, theme);
  draw_marquee (self, cr, scale, theme);
  cairo_destroy (cr);
  cairo_surface_flush (frame);
  pdg_picture_loader_queue_wanted (self->pictures);
  return frame;
}

static void
append_texture (GtkSnapshot *snapshot, cairo_surface_t *frame, int width, int height)
{
  int stride = cairo_image_surface_get_stride (frame);
  int rows = cairo_image_surface_get_height (frame);
  g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (cairo_image_surface_get_data (frame), (gsize) stride * (gsize) rows,
                                                         (GDestroyNotify) cairo_surface_destroy, cairo_surface_reference (frame));
  g_autoptr (GdkTexture) texture = gdk_memory_texture_new (cairo_image_surface_get_width (frame), rows, GDK_MEMORY_DEFAULT, bytes,
                                                           (gsize) stride);

  gtk_snapshot_append_texture (snapshot, texture, &GRAPHENE_RECT_INIT (0, 0, width, height));
}

static void
pdg_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PdgCanvas *self = PDG_CANVAS (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  cairo_t *cr;

  if (width <= 0 || height <= 0 || self->scene == NULL)
    return;
  if (!renderer_is_cairo (self))
    {
      append_texture (snapshot, draw_frame (self, CAIRO_FORMAT_ARGB32, width, height), width, height);
      return;
    }
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  draw_frame (self, CAIRO_FORMAT_RGB24, width, height);
  cairo_set_source_surface (cr, self->shown[self->frame], 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_set_operator (cr, CAIRO_OPERATOR_SOURCE);
  cairo_paint (cr);
  cairo_destroy (cr);
}

/* ---- the widget ---- */

static void
pdg_canvas_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  PdgCanvas *self = PDG_CANVAS (widget);

  if (self->scene != NULL && !self->touched && (width != self->width || height != self->height))
    pdg_canvas_fit (self, FALSE);
  self->width = width;
  self->height = height;
  pdg_canvas_allocate_nodes (self);
  pdg_canvas_allocate_title (self);
  gtk_popover_present (GTK_POPOVER (self->menu));
  pdg_canvas_present_pins (self);
}

static void
pdg_canvas_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                    int *natural_baseline)
{
  *minimum = 120;
  *natural = 640;
}

static gboolean
pdg_canvas_focus (GtkWidget *widget, GtkDirectionType direction)
{
  PdgCanvas *self = PDG_CANVAS (widget);

  if (direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD)
    return FALSE;
  return self->scene != NULL && pdg_canvas_step_focus (self, direction == GTK_DIR_TAB_FORWARD ? 1 : -1);
}

static gboolean
pdg_canvas_grab_focus (GtkWidget *widget)
{
  PdgCanvas *self = PDG_CANVAS (widget);

  gtk_root_set_focus (gtk_widget_get_root (widget), GTK_WIDGET (self));
  return TRUE;
}

static void
pdg_canvas_unmap (GtkWidget *widget)
{
  PdgCanvas *self = PDG_CANVAS (widget);

  pdg_canvas_end_flight (self);
  GTK_WIDGET_CLASS (pdg_canvas_parent_class)->unmap (widget);
}

static void
pdg_canvas_dispose (GObject *object)
{
  PdgCanvas *self = PDG_CANVAS (object);

  g_clear_handle_id (&self->settle_source, g_source_remove);
  g_clear_handle_id (&self->wake_source, g_source_remove);
  g_clear_pointer (&self->compositor, pdg_compositor_free);
  pdg_canvas_clear_nodes (self);
  pdg_canvas_clear_live (self);
  pdg_canvas_clear_cards (self);
  pdg_canvas_clear_pins (self);
  pdg_canvas_clear_closeups (self);
  pdg_canvas_clear_groups (self);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_object (&self->steps);
  if (self->workspace != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->workspace, self);
      g_signal_handlers_disconnect_by_data (self->selection, self);
      g_signal_handlers_disconnect_by_data (self->scenes, self);
      g_signal_handlers_disconnect_by_data (self->arrangement, self);
      g_signal_handlers_disconnect_by_data (self->pictures, self);
      g_signal_handlers_disconnect_by_data (self->style, self);
    }
  g_clear_object (&self->workspace);
  g_clear_object (&self->selection);
  g_clear_object (&self->scenes);
  g_clear_object (&self->arrangement);
  g_clear_object (&self->pictures);
  g_clear_object (&self->style);
  g_clear_object (&self->actions);
  pdg_canvas_end_move (self);
  g_clear_pointer (&self->scene, pdg_scene_unref);
  G_OBJECT_CLASS (pdg_canvas_parent_class)->dispose (object);
}

static void
pdg_canvas_finalize (GObject *object)
{
  PdgCanvas *self = PDG_CANVAS (object);

  for (guint i = 0; i < G_N_ELEMENTS (self->frames); i++)
    clear_frame (self, i);
  g_ptr_array_unref (self->nodes);
  g_ptr_array_unref (self->closeups);
  g_strfreev (self->selected_ids);
  g_free (self->walk_from);
  G_OBJECT_CLASS (pdg_canvas_parent_class)->finalize (object);
}

static void
pdg_canvas_class_init (PdgCanvasClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = pdg_canvas_dispose;
  object_class->finalize = pdg_canvas_finalize;
  widget_class->snapshot = pdg_canvas_snapshot;
  widget_class->size_allocate = pdg_canvas_size_allocate;
  widget_class->measure = pdg_canvas_measure;
  widget_class->focus = pdg_canvas_focus;
  widget_class->grab_focus = pdg_canvas_grab_focus;
  widget_class->unmap = pdg_canvas_unmap;
  camera_changed_signal = g_signal_new ("camera-changed", PDG_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "canvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  pdg_canvas_class_init_keys (widget_class);
}

static void
pdg_canvas_init (PdgCanvas *self)
{
  self->camera = (PdgCamera) PDG_CAMERA_INIT;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Canvas of user journeys"), -1);
  pdg_canvas_init_nodes (self);
  pdg_canvas_init_actions (self);
  pdg_canvas_init_groups (self);
  pdg_canvas_init_closeups (self);
  pdg_canvas_init_input (self);
  pdg_canvas_init_menu (self);
}

static void
keep_frame_memory (PdgCanvas *self)
{
  GdkSurface *surface = gtk_native_get_surface (gtk_widget_get_native (GTK_WIDGET (self)));
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  pdg_process_keep_frame_memory (surface, gdk_surface_get_width (surface) * scale, gdk_surface_get_height (surface) * scale);
}

static void
surface_layout_cb (PdgCanvas *self)
{
  keep_frame_memory (self);
}

static void
realize_cb (PdgCanvas *self)
{
  g_signal_connect_object (gtk_native_get_surface (gtk_widget_get_native (GTK_WIDGET (self))), "layout",
                           G_CALLBACK (surface_layout_cb), self, G_CONNECT_SWAPPED);
}

void
pdg_canvas_bind (PdgCanvas *self, PdgWorkspace *workspace, PdgSceneModel *scenes, PdgPictureLoader *pictures, PdgStyle *style)
{
  g_return_if_fail (self->workspace == NULL);
  self->workspace = g_object_ref (workspace);
  self->selection = g_object_ref (pdg_workspace_get_selection (workspace));
  self->scenes = g_object_ref (scenes);
  self->arrangement = g_object_ref (pdg_scene_model_get_arrangement (scenes));
  self->pictures = g_object_ref (pictures);
  self->style = g_object_ref (style);
  self->scene = empty_scene_new ();
  /* Without a second processor, workers would only be in the way. */
  self->compositor = pdg_compositor_new (g_get_num_processors () > 1 ? PDG_COMPOSITOR_TILES : PDG_COMPOSITOR_SCROLL, 0,
                                         PDG_COMPOSITOR_BUDGET_BYTES, NULL, ready_cb, self);
  pdg_compositor_set_scene (self->compositor, self->scene);
  pdg_compositor_set_images (self->compositor, pdg_picture_loader_get_store (pictures));
  g_signal_connect_swapped (self->selection, "changed", G_CALLBACK (selection_cb), self);
  g_signal_connect_swapped (workspace, "reveal", G_CALLBACK (reveal_cb), self);
  g_signal_connect_swapped (scenes, "changed", G_CALLBACK (scene_cb), self);
  g_signal_connect_swapped (self->arrangement, "changed", G_CALLBACK (pdg_canvas_update_arranging), self);
  g_signal_connect_swapped (self->arrangement, "history-changed", G_CALLBACK (pdg_canvas_update_steps), self);
  g_signal_connect_swapped (pictures, "loaded", G_CALLBACK (loaded_cb), self);
  g_signal_connect_swapped (style, "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self);
  pdg_canvas_init_live (self);
  pdg_canvas_init_pins (self);
  g_signal_connect (self, "realize", G_CALLBACK (realize_cb), NULL);
  scene_cb (self);
  pdg_canvas_update_steps (self);
}

GActionGroup *
pdg_canvas_get_actions (PdgCanvas *self)
{
  return G_ACTION_GROUP (self->actions);
}

PdgScene *
pdg_canvas_get_scene (PdgCanvas *self)
{
  return self->scene;
}

guint64
pdg_canvas_get_n_frames (PdgCanvas *self)
{
  return self->n_frames;
}

const PdgCamera *
pdg_canvas_get_camera (PdgCanvas *self)
{
  return &self->camera;
}

gboolean
pdg_canvas_shows_all (PdgCanvas *self)
{
  PdgRect bounds = pdg_scene_get_bounds (self->scene);
  PdgRect screen = pdg_camera_rect_to_screen (&self->camera, &bounds);

  return screen.x >= 0 && screen.y >= 0 && screen.x + screen.width <= gtk_widget_get_width (GTK_WIDGET (self))
         && screen.y + screen.height <= gtk_widget_get_height (GTK_WIDGET (self));
}

gboolean
pdg_canvas_has_card_in (PdgCanvas *self, const PdgRect *area)
{
  g_autoptr (GArray) cards = g_array_new (FALSE, FALSE, sizeof (guint32));
  PdgRect reach = pdg_rect_expand (area, TEXT_REACH); /* zoomed out, a card's lines are larger than its rectangle */
  PdgRect world = { 0, 0, reach.width / self->camera.zoom, reach.height / self->camera.zoom };

  pdg_camera_to_world (&self->camera, reach.x, reach.y, &world.x, &world.y);
  pdg_scene_query_cards (self->scene, &world, FALSE, cards);
  return cards->len > 0;
}

void
pdg_canvas_centre_on (PdgCanvas *self, double x_world, double y_world)
{
  PdgCamera camera = pdg_camera_centred (x_world, y_world, self->camera.zoom, gtk_widget_get_width (GTK_WIDGET (self)),
                                         gtk_widget_get_height (GTK_WIDGET (self)));

  pdg_canvas_set_camera (self, &camera);
}

void
pdg_canvas_zoom_by (PdgCanvas *self, double octaves)
{
  PdgCamera camera = self->camera;

  pdg_camera_zoom_by (&camera, gtk_widget_get_width (GTK_WIDGET (self)) / 2.0, gtk_widget_get_height (GTK_WIDGET (self)) / 2.0, octaves);
  pdg_canvas_set_camera (self, &camera);
}
