#include "config.h"
#include "app/pdg-canvas-private.h"

#include <glib/gi18n-lib.h>

#include "canvas/pdg-arrange.h"

/* What is done to the selected cards as one: each is one edit of the arrangement. */

typedef struct
{
  guint n;
  guint n_free;     /* not locked */
  const char **ids; /* the scene's */
  PdgPlace *places;
  PdgRect *rects;
  gboolean *locked;
} Chosen;

static void
chosen_free (Chosen *chosen)
{
  g_free (chosen->ids);
  g_free (chosen->places);
  g_free (chosen->rects);
  g_free (chosen->locked);
  g_free (chosen);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Chosen, chosen_free)

/* A pinned one may have been moved since the scene was made. */
PdgPlace
pdg_canvas_get_place (PdgCanvas *self, guint card)
{
  const PdgPlace *place = pdg_arrangement_lookup (self->arrangement, pdg_scene_get_screen (self->scene, card)->id);
  PdgRect rect = pdg_scene_get_card_rect (self->scene, card);

  return place != NULL && place->pinned ? *place : (PdgPlace) { rect.x, rect.y, FALSE, FALSE };
}

static Chosen *
chosen_new (PdgCanvas *self)
{
  Chosen *chosen = g_new0 (Chosen, 1);
  guint n = pdg_selection_get_n_screens (self->selection);

  chosen->ids = g_new0 (const char *, n + 1);
  chosen->places = g_new0 (PdgPlace, n + 1);
  chosen->rects = g_new0 (PdgRect, n + 1);
  chosen->locked = g_new0 (gboolean, n + 1);
  for (guint i = 0; i < n; i++)
    {
      int card = pdg_scene_lookup_card (self->scene, pdg_selection_get_screen (self->selection, i));
      PdgPlace place;

      if (card < 0)
        continue;
      place = pdg_canvas_get_place (self, (guint) card);
      chosen->ids[chosen->n] = pdg_scene_get_screen (self->scene, (guint) card)->id;
      chosen->places[chosen->n] = place;
      chosen->rects[chosen->n] = (PdgRect) { place.x, place.y, PDG_CARD_WIDTH, PDG_CARD_HEIGHT };
      chosen->locked[chosen->n] = place.locked;
      chosen->n_free += !place.locked;
      chosen->n++;
    }
  return chosen;
}

/* What was moved to its rectangle is pinned there. */
static void
apply_rects (PdgCanvas *self, const Chosen *chosen, const char *name, gboolean joins)
{
  g_autoptr (PdgEdit) edit = pdg_edit_new (name);

  for (guint i = 0; i < chosen->n; i++)
    {
      PdgPlace after = { chosen->rects[i].x, chosen->rects[i].y, TRUE, FALSE };

      if (!chosen->locked[i] && (after.x != chosen->places[i].x || after.y != chosen->places[i].y))
        pdg_canvas_add_change (self, edit, chosen->ids[i], &chosen->places[i], &after);
    }
  pdg_arrangement_apply (self->arrangement, edit, joins);
}

gboolean
pdg_canvas_nudge (PdgCanvas *self, double dx, double dy)
{
  g_autoptr (Chosen) chosen = self->scene != NULL ? chosen_new (self) : NULL;
  g_autofree char *name = NULL;

  if (chosen == NULL || chosen->n == 0)
    return FALSE;
  if (chosen->n_free == 0 || !pdg_arrangement_is_writable (self->arrangement))
    {
      gtk_widget_error_bell (GTK_WIDGET (self));
      return TRUE;
    }
  for (guint i = 0; i < chosen->n; i++)
    {
      chosen->rects[i].x += dx * PDG_ARRANGE_GRID;
      chosen->rects[i].y += dy * PDG_ARRANGE_GRID;
    }
  self->by_hand = TRUE;
  name = g_strdup_printf (ngettext ("Move %u screen", "Move %u screens", chosen->n_free), chosen->n_free);
  apply_rects (self, chosen, name, TRUE);
  return TRUE;
}

static void
align_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgCanvas *self = user_data;
  g_autoptr (Chosen) chosen = chosen_new (self);
  g_autofree char *name = g_strdup_printf (ngettext ("Align %u screen", "Align %u screens", chosen->n), chosen->n);
  PdgAlign align;

  if (!pdg_align_from_nick (g_variant_get_string (parameter, NULL), &align))
    return;
  pdg_arrange_align (chosen->rects, chosen->locked, chosen->n, align);
  apply_rects (self, chosen, name, FALSE);
}

static void
distribute_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgCanvas *self = user_data;
  g_autoptr (Chosen) chosen = chosen_new (self);
  g_autofree char *name = g_strdup_printf (ngettext ("Distribute %u screen", "Distribute %u screens", chosen->n), chosen->n);

  pdg_arrange_distribute (chosen->rects, chosen->locked, chosen->n, g_str_equal (g_variant_get_string (parameter, NULL), "horizontal"));
  apply_rects (self, chosen, name, FALSE);
}

static void
pinned_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  PdgCanvas *self = user_data;
  g_autoptr (Chosen) chosen = chosen_new (self);
  gboolean pinned = g_variant_get_boolean (state);
  g_autofree char *name = pinned ? g_strdup_printf (ngettext ("Pin %u screen", "Pin %u screens", chosen->n_free), chosen->n_free)
                                 : g_strdup_printf (ngettext ("Unpin %u screen", "Unpin %u screens", chosen->n_free), chosen->n_free);
  g_autoptr (PdgEdit) edit = pdg_edit_new (name);

  for (guint i = 0; i < chosen->n; i++)
    {
      PdgPlace after = chosen->places[i];

      after.pinned = pinned || after.locked;
      pdg_canvas_add_change (self, edit, chosen->ids[i], &chosen->places[i], &after);
    }
  pdg_arrangement_apply (self->arrangement, edit, FALSE);
}

static void
locked_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  PdgCanvas *self = user_data;
  g_autoptr (Chosen) chosen = chosen_new (self);
  gboolean locked = g_variant_get_boolean (state);
  g_autofree char *name = locked ? g_strdup_printf (ngettext ("Lock %u screen", "Lock %u screens", chosen->n), chosen->n)
                                 : g_strdup_printf (ngettext ("Unlock %u screen", "Unlock %u screens", chosen->n), chosen->n);
  g_autoptr (PdgEdit) edit = pdg_edit_new (name);

  for (guint i = 0; i < chosen->n; i++)
    {
      PdgPlace after = chosen->places[i];

      after.locked = locked;
      after.pinned = after.pinned || locked;
      pdg_canvas_add_change (self, edit, chosen->ids[i], &chosen->places[i], &after);
    }
  pdg_arrangement_apply (self->arrangement, edit, FALSE);
}

static void
tidy_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgCanvas *self = user_data;

  pdg_scene_model_tidy (self->scenes, pdg_selection_get_n_screens (self->selection) > 0 ? (const char *const *) self->selected_ids : NULL);
}

static void
undo_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgCanvas *self = user_data;

  pdg_arrangement_undo (self->arrangement);
}

static void
redo_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgCanvas *self = user_data;

  pdg_arrangement_redo (self->arrangement);
}

void
pdg_canvas_init_arranging (PdgCanvas *self)
{
  const GActionEntry entries[] = {
    { "align", align_cb, "s" },
    { "distribute", distribute_cb, "s" },
    { "pinned", NULL, NULL, "false", pinned_cb },
    { "locked", NULL, NULL, "false", locked_cb },
    { "tidy", tidy_cb },
    { "undo", undo_cb },
    { "redo", redo_cb },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
}

static void
set_action (PdgCanvas *self, const char *name, gboolean enabled, gboolean state)
{
  GSimpleAction *action = G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), name));

  g_simple_action_set_enabled (action, enabled);
  if (g_action_get_state_type (G_ACTION (action)) != NULL)
    g_simple_action_set_state (action, g_variant_new_boolean (state));
}

void
pdg_canvas_update_arranging (PdgCanvas *self)
{
  g_autoptr (Chosen) chosen = chosen_new (self);
  gboolean writable = pdg_arrangement_is_writable (self->arrangement);
  gboolean pinned = chosen->n > 0;

  pdg_canvas_update_groups (self);
  for (guint i = 0; i < chosen->n; i++)
    pinned = pinned && chosen->places[i].pinned;
  set_action (self, "align", writable && chosen->n > 1 && chosen->n_free > 0, FALSE);
  set_action (self, "distribute", writable && chosen->n > 2 && chosen->n_free > 0, FALSE);
  set_action (self, "pinned", writable && chosen->n_free > 0, pinned);
  set_action (self, "locked", writable && chosen->n > 0, chosen->n > 0 && chosen->n_free == 0);
  set_action (self, "undo", writable && pdg_arrangement_get_undo_name (self->arrangement) != NULL, FALSE);
  set_action (self, "redo", writable && pdg_arrangement_get_redo_name (self->arrangement) != NULL, FALSE);
  set_action (self, "tidy", writable && pdg_scene_get_n_cards (self->scene) > 0, FALSE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
