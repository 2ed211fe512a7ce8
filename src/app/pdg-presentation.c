#include "config.h"
#include "app/pdg-presentation.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-canvas-private.h"
#include "canvas/pdg-scene-tour.h"

#define MAX_ZOOM 4.0
/* Of a screen, so much around it: where one comes from and goes to. */
#define MARGIN_WORLD 48.0

struct _PdgPresentation
{
  GtkWindow parent_instance;
  PdgCanvas *canvas;
  GtkLabel *title_label;
  GtkLabel *count_label;
  GtkWidget *caption;

  PdgWorkspace *workspace;
  PdgSceneModel *scenes;
  GPtrArray *ids;      /* screen ids after the first stop, which is everything */
  GPtrArray *selected; /* to be selected again at the end */
  guint stop;
  gboolean shown;
};

G_DEFINE_FINAL_TYPE (PdgPresentation, pdg_presentation, GTK_TYPE_WINDOW)

guint
pdg_presentation_get_stop (PdgPresentation *self)
{
  return self->stop;
}

guint
pdg_presentation_get_n_stops (PdgPresentation *self)
{
  return self->ids->len + 1;
}

static const char *
get_title (PdgPresentation *self, int card)
{
  PdgProject *project = pdg_workspace_get_project (self->workspace);

  if (card >= 0)
    return pdg_scene_get_screen (pdg_canvas_get_scene (self->canvas), (guint) card)->name;
  return project != NULL ? pdg_project_get_name (project) : "";
}

/* A label's text is not its name for assistive technology in GTK 4.8. */
static void
set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_text (label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static int
lookup_group (PdgScene *scene, const char *id)
{
  PdgGrouping *grouping = pdg_scene_get_grouping (scene);

  return grouping != NULL ? pdg_grouping_lookup (grouping, id) : -1;
}

static char *
dup_group_title (PdgScene *scene, int group)
{
  guint n;

  return g_strdup (pdg_grouping_get_groups (pdg_scene_get_grouping (scene), &n)[group].title);
}

/* Where there are groups, unless screens were chosen: these, in reading order. */
static gboolean
fill_groups (PdgPresentation *self, PdgScene *scene)
{
  g_autoptr (GArray) groups = pdg_scene_list_groups (scene);

  for (guint i = 0; i < groups->len; i++)
    {
      guint n;

      g_ptr_array_add (self->ids, g_strdup (pdg_grouping_get_groups (pdg_scene_get_grouping (scene), &n)[g_array_index (groups, guint32, i)].id));
    }
  return groups->len > 0;
}

static void
show_stop (PdgPresentation *self)
{
  PdgScene *scene = pdg_canvas_get_scene (self->canvas);
  int group = self->stop > 0 ? lookup_group (scene, g_ptr_array_index (self->ids, self->stop - 1)) : -1;
  int card = self->stop > 0 && group < 0 ? pdg_scene_lookup_card (scene, g_ptr_array_index (self->ids, self->stop - 1)) : -1;
  g_autofree char *count = g_strdup_printf (_ ("%u / %u"), self->stop + 1, self->ids->len + 1);
  g_autofree char *title = group >= 0 ? dup_group_title (scene, group) : g_strdup (get_title (self, card));
  g_autofree char *label = g_strdup_printf (_ ("%s, %u of %u"), title, self->stop + 1, self->ids->len + 1);

  PdgRect rect;

  set_text (self->title_label, title);
  set_text (self->count_label, count);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->caption), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  if (group >= 0 && pdg_scene_get_group_rect (scene, (guint) group, &rect))
    {
      rect = pdg_rect_expand (&rect, MARGIN_WORLD);
      pdg_canvas_fly_to_rect (self->canvas, &rect, MAX_ZOOM);
    }
  else if (card < 0) /* everything; also when a screen is gone */
    pdg_canvas_fit (self->canvas, self->shown);
  else
    {
      rect = pdg_scene_get_card_rect (scene, (guint) card);
      rect = pdg_rect_expand (&rect, MARGIN_WORLD);
      pdg_canvas_fly_to_rect (self->canvas, &rect, MAX_ZOOM);
    }
}

static void
go (PdgPresentation *self, int stop)
{
  guint wanted = (guint) CLAMP (stop, 0, (int) self->ids->len);

  if (wanted == self->stop)
    return;
  self->stop = wanted;
  show_stop (self);
}

/* Before the canvas: arrows would move it. What zooms is left to it. */
static gboolean
key_cb (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, gpointer user_data)
{
  PdgPresentation *self = user_data;

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  switch (keyval)
    {
    case GDK_KEY_Right:
    case GDK_KEY_Down:
    case GDK_KEY_Page_Down:
    case GDK_KEY_space:
    case GDK_KEY_Return:
    case GDK_KEY_n:
      go (self, (int) self->stop + 1);
      return GDK_EVENT_STOP;
    case GDK_KEY_Left:
    case GDK_KEY_Up:
    case GDK_KEY_Page_Up:
    case GDK_KEY_BackSpace:
    case GDK_KEY_p:
      go (self, (int) self->stop - 1);
      return GDK_EVENT_STOP;
    case GDK_KEY_Home:
      go (self, 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_End:
      go (self, (int) self->ids->len);
      return GDK_EVENT_STOP;
    case GDK_KEY_r: /* back to the stop after looking around */
      show_stop (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
    case GDK_KEY_q:
      gtk_window_destroy (GTK_WINDOW (self));
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

/* The first stop, as soon as there is a size to show it in. */
static void
layout_cb (PdgPresentation *self)
{
  if (gtk_widget_get_width (GTK_WIDGET (self->canvas)) <= 0)
    return;
  if (!self->shown || self->stop == 0)
    pdg_canvas_fit (self->canvas, FALSE);
  self->shown = TRUE;
}

static void
realize_cb (PdgPresentation *self)
{
  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (self)), "layout", G_CALLBACK (layout_cb), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

static void
scene_cb (PdgPresentation *self)
{
  if (pdg_scene_model_get_scene (self->scenes) == NULL)
    gtk_window_destroy (GTK_WINDOW (self));
}

/* ---- what is shown ---- */

static void
fill_stops (PdgPresentation *self, PdgScene *scene)
{
  PdgSelection *selection = pdg_workspace_get_selection (self->workspace);
  g_autoptr (GArray) cards = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) tour = NULL;

  for (guint i = 0; i < pdg_selection_get_n_screens (selection); i++)
    {
      const char *id = pdg_selection_get_screen (selection, i);
      int card = pdg_scene_lookup_card (scene, id);

      g_ptr_array_add (self->selected, g_strdup (id));
      if (card >= 0)
        g_array_append_val (cards, card);
    }
  g_ptr_array_add (self->selected, NULL);
  if (cards->len == 0 && fill_groups (self, scene))
    return;
  tour = pdg_scene_list_tour (scene, (const guint32 *) (void *) cards->data, cards->len);
  for (guint i = 0; i < tour->len; i++)
    g_ptr_array_add (self->ids, g_strdup (pdg_scene_get_screen (scene, g_array_index (tour, guint32, i))->id));
}

static void
add_widgets (PdgPresentation *self)
{
  GtkWidget *overlay = gtk_overlay_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->canvas = g_object_new (PDG_TYPE_CANVAS, NULL);
  self->caption = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  self->title_label = GTK_LABEL (gtk_label_new (NULL));
  self->count_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (overlay, "canvas-ground");
  gtk_widget_add_css_class (self->caption, "stage-caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->title_label), "strong");
  gtk_widget_add_css_class (GTK_WIDGET (self->count_label), "second");
  gtk_widget_add_css_class (GTK_WIDGET (self->count_label), "numeric");
  gtk_widget_set_halign (self->caption, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (self->caption, GTK_ALIGN_END);
  gtk_widget_set_can_target (self->caption, FALSE);
  gtk_box_append (GTK_BOX (self->caption), GTK_WIDGET (self->title_label));
  gtk_box_append (GTK_BOX (self->caption), GTK_WIDGET (self->count_label));
  gtk_overlay_set_child (GTK_OVERLAY (overlay), GTK_WIDGET (self->canvas));
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), self->caption);
  gtk_window_set_child (GTK_WINDOW (self), overlay);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

static void
pdg_presentation_dispose (GObject *object)
{
  PdgPresentation *self = PDG_PRESENTATION (object);

  if (self->scenes != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->scenes, self);
      if (self->selected->len > 1)
        pdg_selection_set_screens (pdg_workspace_get_selection (self->workspace), (const char *const *) self->selected->pdata);
    }
  g_clear_object (&self->scenes);
  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (pdg_presentation_parent_class)->dispose (object);
}

static void
pdg_presentation_finalize (GObject *object)
{
  PdgPresentation *self = PDG_PRESENTATION (object);

  g_ptr_array_unref (self->ids);
  g_ptr_array_unref (self->selected);
  G_OBJECT_CLASS (pdg_presentation_parent_class)->finalize (object);
}

static void
pdg_presentation_class_init (PdgPresentationClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pdg_presentation_dispose;
  G_OBJECT_CLASS (klass)->finalize = pdg_presentation_finalize;
}

static void
pdg_presentation_init (PdgPresentation *self)
{
  self->ids = g_ptr_array_new_with_free_func (g_free);
  self->selected = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_add_css_class (GTK_WIDGET (self), "pdg");
  gtk_window_set_decorated (GTK_WINDOW (self), FALSE);
  add_widgets (self);
}

GtkWindow *
pdg_presentation_new (GtkWindow *parent, PdgCanvasPane *pane, PdgWorkspace *workspace, PdgPictureLoader *pictures, PdgStyle *style)
{
  PdgPresentation *self = g_object_new (PDG_TYPE_PRESENTATION, "transient-for", parent, "destroy-with-parent", TRUE, "title", _ ("Presentation"),
                                        NULL);

  self->workspace = g_object_ref (workspace);
  self->scenes = g_object_ref (pdg_canvas_pane_get_scenes (pane));
  fill_stops (self, pdg_scene_model_get_scene (self->scenes));
  pdg_selection_clear (pdg_workspace_get_selection (workspace));
  pdg_canvas_bind (self->canvas, workspace, self->scenes, pictures, style);
  g_signal_connect_swapped (self->scenes, "changed", G_CALLBACK (scene_cb), self);
  g_signal_connect (self, "realize", G_CALLBACK (realize_cb), NULL);
  show_stop (self);
  if (parent != NULL) /* where no window manager fills the screen */
    {
      GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (parent));
      GdkMonitor *monitor = gdk_display_get_monitor_at_surface (gtk_widget_get_display (GTK_WIDGET (parent)), surface);
      GdkRectangle area;

      gdk_monitor_get_geometry (monitor, &area);
      gtk_window_set_default_size (GTK_WINDOW (self), area.width, area.height);
    }
  gtk_window_fullscreen (GTK_WINDOW (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
  return GTK_WINDOW (self);
}
