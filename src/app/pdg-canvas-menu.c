#include "config.h"
#include "app/pdg-canvas-private.h"

#include <glib/gi18n-lib.h>

/* The menu of the selected screens: by the secondary button, the Menu key or Shift+F10. */

static GMenu *
make_align_menu (void)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) across = g_menu_new ();
  g_autoptr (GMenu) down = g_menu_new ();
  g_autoptr (GMenu) spread = g_menu_new ();

  g_menu_append (across, _ ("Left edges"), "canvas.align::left");
  g_menu_append (across, _ ("Centres"), "canvas.align::centre");
  g_menu_append (across, _ ("Right edges"), "canvas.align::right");
  g_menu_append (down, _ ("Top edges"), "canvas.align::top");
  g_menu_append (down, _ ("Middles"), "canvas.align::middle");
  g_menu_append (down, _ ("Bottom edges"), "canvas.align::bottom");
  g_menu_append (spread, _ ("Distribute side by side"), "canvas.distribute::horizontal");
  g_menu_append (spread, _ ("Distribute one below the other"), "canvas.distribute::vertical");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (across));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (down));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (spread));
  return menu;
}

void
pdg_canvas_update_steps (PdgCanvas *self)
{
  const char *undo = pdg_arrangement_get_undo_name (self->arrangement);
  const char *redo = pdg_arrangement_get_redo_name (self->arrangement);
  g_autofree char *undo_label = undo != NULL ? g_strdup_printf (_ ("Undo “%s”"), undo) : g_strdup (_ ("Undo"));
  g_autofree char *redo_label = redo != NULL ? g_strdup_printf (_ ("Redo “%s”"), redo) : g_strdup (_ ("Redo"));

  g_menu_remove_all (self->steps);
  g_menu_append (self->steps, undo_label, "canvas.undo");
  g_menu_append (self->steps, redo_label, "canvas.redo");
  pdg_canvas_update_arranging (self);
}

GMenuModel *
pdg_canvas_get_steps (PdgCanvas *self)
{
  return G_MENU_MODEL (self->steps);
}

static GMenu *
make_menu (PdgCanvas *self)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) hold = g_menu_new ();
  g_autoptr (GMenu) place = g_menu_new ();
  g_autoptr (GMenu) ask = g_menu_new ();
  g_autoptr (GMenu) view = g_menu_new ();
  g_autoptr (GMenu) align = make_align_menu ();
  g_autoptr (GMenu) groups = g_menu_new ();
  g_autoptr (GMenu) by = g_menu_new ();

  g_menu_append (hold, _ ("Pinned"), "canvas.pinned");
  g_menu_append (hold, _ ("Locked"), "canvas.locked");
  g_menu_append_submenu (place, _ ("Align and distribute"), G_MENU_MODEL (align));
  g_menu_append (place, _ ("Tidy up"), "canvas.tidy");
  g_menu_append (by, _ ("None"), "canvas.group-by::none");
  g_menu_append (by, _ ("Path"), "canvas.group-by::path");
  g_menu_append (by, _ ("Journey"), "canvas.group-by::journey");
  g_menu_append_submenu (groups, _ ("Group by"), G_MENU_MODEL (by));
  g_menu_append (groups, _ ("Fold or open the group"), "canvas.fold");
  g_menu_append (ask, _ ("Funnel of the selection"), "win.funnel-of-selection");
  g_menu_append (view, _ ("Select everything"), "canvas.select-all");
  g_menu_append (view, _ ("Show the selection"), "canvas.fit-selection");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (self->steps));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (hold));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (place));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (groups));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (ask));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (view));
  return menu;
}

static void
popup (PdgCanvas *self, double x, double y)
{
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  PdgCanvas *self = user_data;
  guint index;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (pdg_canvas_hit_test (self, x, y, &index) == PDG_HIT_CARD
      && !pdg_selection_contains_screen (self->selection, pdg_scene_get_screen (self->scene, index)->id))
    pdg_canvas_select_card (self, (int) index);
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  popup (self, x, y);
}

/* By the keyboard: at the selected screen, or in the middle. */
static void
menu_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgCanvas *self = user_data;
  int card = pdg_canvas_get_selected_card (self);
  double x = gtk_widget_get_width (GTK_WIDGET (self)) / 2.0, y = gtk_widget_get_height (GTK_WIDGET (self)) / 2.0;

  if (card >= 0)
    {
      PdgRect world = pdg_scene_get_card_rect (self->scene, (guint) card);
      PdgRect screen = pdg_camera_rect_to_screen (&self->camera, &world);

      x = CLAMP (screen.x + screen.width / 2, 0, 2 * x);
      y = CLAMP (screen.y + screen.height / 2, 0, 2 * y);
    }
  popup (self, x, y);
}

void
pdg_canvas_init_menu (PdgCanvas *self)
{
  const GActionEntry entries[] = { { "menu", menu_cb } };
  g_autoptr (GMenu) menu = NULL;
  GtkGesture *click = gtk_gesture_click_new ();

  self->steps = g_menu_new ();
  menu = make_menu (self);
  self->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}
