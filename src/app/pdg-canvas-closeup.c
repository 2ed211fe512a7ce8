#include "config.h"
#include "app/pdg-canvas-private.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-format.h"
#include "app/pdg-json.h"
#include "app/pdg-screen-details.h"
#include "canvas/pdg-group.h"
#include "canvas/pdg-scene-closeup.h"

/* Screens that open where they stand when they are near: what they are made of is drawn over the lower part of their pictures. It is asked
 * for as the inspector asks, when the camera rests, and a little before a screen is near enough. */

#define LOAD_ZOOM (0.9 * PDG_CLOSEUP_MIN_ZOOM)
#define MAX_CLOSEUPS 24
#define FLOATING_HEIGHT 172 /* of the map and the bar at the bottom of the view */
#define MAX_SPOKEN 4        /* lines of a column */
#define MAX_LEVELS 8

typedef struct
{
  PdgCanvas *canvas;
  PdgScreenDetails *details;
  GStringChunk *texts;
  GArray *lines[PDG_CLOSEUP_COLUMNS]; /* PdgCloseupLine */
  PdgCloseup closeup;
  gboolean wanted;
} Closeup;

/* ---- what is told ---- */

/* Both are copied; @value is nullable. */
static void
add_line (Closeup *self, guint column, const char *text, const char *value, guint indent, gboolean heading, gboolean bad)
{
  PdgCloseupLine line = { g_string_chunk_insert (self->texts, text != NULL ? text : ""),
                          value != NULL ? g_string_chunk_insert (self->texts, value) : NULL, indent, heading, bad };

  g_array_append_val (self->lines[column], line);
}

static void
add_heading (Closeup *self, guint column, const char *text, guint count)
{
  g_autofree char *value = count > 0 ? pdg_format_count (count) : NULL;

  add_line (self, column, text, value, 0, TRUE, FALSE);
}

static void
add_nothing (Closeup *self, guint column)
{
  add_line (self, column, _ ("Nothing was sent"), NULL, 0, FALSE, FALSE);
}

static void
add_components (Closeup *self, PdgComponentNode *node, guint level)
{
  GListModel *children = pdg_component_node_list_children (node);

  for (guint i = 0; children != NULL && i < g_list_model_get_n_items (children); i++)
    {
      g_autoptr (PdgComponentNode) child = g_list_model_get_item (children, i);

      add_line (self, 0, pdg_component_node_get_name (child), pdg_component_node_get_detail (child), MIN (level, MAX_LEVELS), FALSE, FALSE);
      add_components (self, child, level + 1);
    }
}

static void
add_states (Closeup *self, JsonArray *states)
{
  for (guint i = 0; i < pdg_json_get_length (states); i++)
    {
      JsonObject *state = pdg_json_get_element (states, i);

      add_line (self, 1, pdg_json_get_string (state, "path"), pdg_json_get_string (state, "lastValue"), 0, FALSE, FALSE);
    }
}

static void
add_errors (Closeup *self, JsonArray *errors)
{
  for (guint i = 0; i < pdg_json_get_length (errors); i++)
    {
      JsonObject *error = pdg_json_get_element (errors, i);
      g_autofree char *title = pdg_screen_dup_error_title (error);
      g_autofree char *count = pdg_format_count ((guint64) pdg_json_get_int (error, "count", 0));

      add_line (self, 2, title, count, 0, FALSE, TRUE);
    }
}

/* "GET /api/cart", "3.1 % failed" or "p75 240 ms" */
static void
add_calls (Closeup *self, JsonArray *calls)
{
  for (guint i = 0; i < pdg_json_get_length (calls); i++)
    {
      JsonObject *call = pdg_json_get_element (calls, i);
      guint64 count = (guint64) pdg_json_get_int (call, "count", 0), failures = (guint64) pdg_json_get_int (call, "failureCount", 0);
      double p75 = pdg_json_get_double (call, "durationP75Ms", -1);
      g_autofree char *title = pdg_screen_dup_call_title (call);
      g_autofree char *share = pdg_format_share (failures, count), *duration = pdg_format_duration_ms (p75);
      g_autofree char *value = NULL;

      if (failures > 0)
        value = g_strdup_printf (_ ("%s failed"), share);
      else if (p75 >= 0)
        value = g_strdup_printf (_ ("p75 %s"), duration);
      add_line (self, 2, title, value, 0, FALSE, failures > 0);
    }
}

static void
tell (Closeup *self)
{
  JsonObject *screen = pdg_screen_details_get_screen (self->details);
  PdgComponentNode *components = pdg_screen_details_get_components (self->details);
  JsonArray *states = pdg_json_get_array (screen, "stateValues");
  JsonArray *errors = pdg_json_get_array (screen, "errors");
  JsonArray *calls = pdg_json_get_array (screen, "apiCalls");

  add_heading (self, 0, _ ("Components"), 0);
  if (components != NULL)
    add_components (self, components, 0);
  else
    add_nothing (self, 0);
  add_heading (self, 1, _ ("State seen here"), pdg_json_get_length (states));
  if (pdg_json_get_length (states) > 0)
    add_states (self, states);
  else
    add_nothing (self, 1);
  if (pdg_json_get_length (errors) > 0)
    {
      add_heading (self, 2, _ ("Errors"), pdg_json_get_length (errors));
      add_errors (self, errors);
    }
  add_heading (self, 2, _ ("API calls"), pdg_json_get_length (calls));
  if (pdg_json_get_length (calls) > 0)
    add_calls (self, calls);
  else
    add_nothing (self, 2);
}

static void
changed_cb (Closeup *self)
{
  PdgDetailsState state = pdg_screen_details_get_state (self->details);

  for (guint i = 0; i < PDG_CLOSEUP_COLUMNS; i++)
    g_array_set_size (self->lines[i], 0);
  g_string_chunk_clear (self->texts);
  if (state == PDG_DETAILS_READY)
    tell (self);
  for (guint i = 0; i < PDG_CLOSEUP_COLUMNS; i++)
    self->closeup.columns[i] = (PdgCloseupColumn) { (const PdgCloseupLine *) (void *) self->lines[i]->data, self->lines[i]->len };
  self->closeup.message = state == PDG_DETAILS_ERROR ? _ ("What this screen is made of could not be read.") : NULL;
  pdg_canvas_queue_nodes (self->canvas);
  gtk_widget_queue_draw (GTK_WIDGET (self->canvas));
}

/* ---- which screens ---- */

static Closeup *
closeup_new (PdgCanvas *canvas, const char *screen_id)
{
  Closeup *self = g_new0 (Closeup, 1);

  self->canvas = canvas;
  self->texts = g_string_chunk_new (1024);
  for (guint i = 0; i < PDG_CLOSEUP_COLUMNS; i++)
    self->lines[i] = g_array_new (FALSE, FALSE, sizeof (PdgCloseupLine));
  self->details = pdg_screen_details_new (canvas->workspace);
  g_signal_connect_swapped (self->details, "changed", G_CALLBACK (changed_cb), self);
  pdg_screen_details_set_screen_id (self->details, screen_id);
  return self;
}

static void
closeup_free (gpointer data)
{
  Closeup *self = data;

  g_signal_handlers_disconnect_by_data (self->details, self);
  pdg_screen_details_set_screen_id (self->details, NULL);
  g_object_unref (self->details);
  for (guint i = 0; i < PDG_CLOSEUP_COLUMNS; i++)
    g_array_unref (self->lines[i]);
  g_string_chunk_free (self->texts);
  g_free (self);
}

static Closeup *
find_closeup (PdgCanvas *self, const char *screen_id)
{
  for (guint i = 0; i < self->closeups->len; i++)
    {
      Closeup *closeup = g_ptr_array_index (self->closeups, i);

      if (g_strcmp0 (pdg_screen_details_get_screen_id (closeup->details), screen_id) == 0)
        return closeup;
    }
  return NULL;
}

/* Those in view. */
static void
want_closeups (PdgCanvas *self)
{
  PdgRect visible = pdg_camera_get_visible (&self->camera, gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)));
  g_autoptr (GArray) cards = g_array_new (FALSE, FALSE, sizeof (guint32));

  pdg_scene_query_cards (self->scene, &visible, FALSE, cards);
  for (guint i = 0; i < MIN (cards->len, MAX_CLOSEUPS); i++)
    {
      const char *id = pdg_scene_get_screen (self->scene, g_array_index (cards, guint32, i))->id;
      Closeup *closeup = find_closeup (self, id);

      if (pdg_group_is_id (id))
        continue;
      if (closeup == NULL)
        {
          closeup = closeup_new (self, id);
          g_ptr_array_add (self->closeups, closeup);
        }
      closeup->wanted = TRUE;
    }
}

void
pdg_canvas_sync_closeups (PdgCanvas *self)
{
  for (guint i = 0; i < self->closeups->len; i++)
    ((Closeup *) g_ptr_array_index (self->closeups, i))->wanted = FALSE;
  if (self->shows_closeups && self->camera.zoom >= LOAD_ZOOM)
    want_closeups (self);
  for (guint i = self->closeups->len; i > 0; i--)
    if (!((Closeup *) g_ptr_array_index (self->closeups, i - 1))->wanted)
      g_ptr_array_remove_index (self->closeups, i - 1);
}

void
pdg_canvas_draw_closeups (PdgCanvas *self, cairo_t *cr, int scale, PdgTheme *theme)
{
  for (guint i = 0; i < self->closeups->len; i++)
    {
      Closeup *closeup = g_ptr_array_index (self->closeups, i);
      int card = pdg_scene_lookup_card (self->scene, pdg_screen_details_get_screen_id (closeup->details));
      gboolean is_there = closeup->closeup.message != NULL || closeup->closeup.columns[0].n_lines > 0;
      PdgRect rect;

      if (card >= 0 && pdg_scene_get_closeup_rect (self->scene, (guint) card, &self->camera, gtk_widget_get_width (GTK_WIDGET (self)),
                                                   gtk_widget_get_height (GTK_WIDGET (self)), FLOATING_HEIGHT, &rect))
        pdg_scene_draw_closeup (cr, &rect, is_there ? &closeup->closeup : NULL, &self->camera, scale, theme);
    }
}

char *
pdg_canvas_describe_closeup (PdgCanvas *self, const char *screen_id)
{
  Closeup *closeup = find_closeup (self, screen_id);
  GString *out = g_string_new (NULL);

  if (closeup != NULL && self->camera.zoom >= PDG_CLOSEUP_MIN_ZOOM && closeup->closeup.message != NULL)
    g_string_append (out, closeup->closeup.message);
  for (guint c = 0; closeup != NULL && self->camera.zoom >= PDG_CLOSEUP_MIN_ZOOM && c < PDG_CLOSEUP_COLUMNS; c++)
    for (guint i = 0; i < MIN (closeup->lines[c]->len, MAX_SPOKEN + 1); i++)
      {
        const PdgCloseupLine *line = &g_array_index (closeup->lines[c], PdgCloseupLine, i);

        g_string_append_printf (out, "%s%s%s%s%s", out->len > 0 && line->heading ? " " : "", line->text, line->value != NULL ? " " : "",
                                line->value != NULL ? line->value : "", line->heading ? ":" : ".");
        g_string_append (out, i < MIN (closeup->lines[c]->len, MAX_SPOKEN + 1) - 1 ? " " : "");
      }
  return g_string_free (out, out->len == 0);
}

static void
closeups_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  PdgCanvas *self = user_data;

  self->shows_closeups = g_variant_get_boolean (state);
  g_simple_action_set_state (action, state);
  if (self->scene != NULL)
    pdg_canvas_sync_closeups (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
pdg_canvas_init_closeups (PdgCanvas *self)
{
  const GActionEntry entries[] = { { "closeups", NULL, NULL, "false", closeups_cb } };

  self->closeups = g_ptr_array_new_with_free_func (closeup_free);
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
}

void
pdg_canvas_clear_closeups (PdgCanvas *self)
{
  g_ptr_array_set_size (self->closeups, 0);
}
