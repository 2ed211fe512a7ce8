#include "config.h"
#include "app/pdg-funnel-step.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-flows.h"

/* The types of docs/wire.md that a person does or meets. */
static const char *const types[] = {
  "page.view", "ui.click", "ui.input", "ui.submit", "ui.scroll", "ui.focus", "state.change", "api.request", "api.response", "error",
};

struct _PdgFunnelStep
{
  GObject parent_instance;
  char *type;
  char *path; /* nullable: of a screen */
  char *label;
};

G_DEFINE_FINAL_TYPE (PdgFunnelStep, pdg_funnel_step, G_TYPE_OBJECT)

enum
{
  PROP_LABEL = 1,
};

static void
pdg_funnel_step_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, PDG_FUNNEL_STEP (object)->label);
}

static void
pdg_funnel_step_finalize (GObject *object)
{
  PdgFunnelStep *self = PDG_FUNNEL_STEP (object);

  g_free (self->type);
  g_free (self->path);
  g_free (self->label);
  G_OBJECT_CLASS (pdg_funnel_step_parent_class)->finalize (object);
}

static void
pdg_funnel_step_class_init (PdgFunnelStepClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pdg_funnel_step_finalize;
  G_OBJECT_CLASS (klass)->get_property = pdg_funnel_step_get_property;
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_LABEL,
                                   g_param_spec_string ("label", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
pdg_funnel_step_init (PdgFunnelStep *self)
{
}

PdgFunnelStep *
pdg_funnel_step_new_screen (const char *path, const char *name)
{
  PdgFunnelStep *self = g_object_new (PDG_TYPE_FUNNEL_STEP, NULL);

  self->type = g_strdup ("page.view");
  self->path = g_strdup (path);
  self->label = g_strdup (name);
  return self;
}

PdgFunnelStep *
pdg_funnel_step_new_type (const char *type)
{
  PdgFunnelStep *self = g_object_new (PDG_TYPE_FUNNEL_STEP, NULL);

  self->type = g_strdup (type);
  self->label = g_strdup_printf (_ ("Any %s"), type);
  return self;
}

const char *
pdg_funnel_step_get_label (PdgFunnelStep *self)
{
  return self->label;
}

gboolean
pdg_funnel_step_equal (PdgFunnelStep *a, PdgFunnelStep *b)
{
  return g_str_equal (a->type, b->type) && g_strcmp0 (a->path, b->path) == 0;
}

JsonObject *
pdg_funnel_step_to_input (PdgFunnelStep *self)
{
  JsonObject *input = json_object_new (), *event = json_object_new (), *type = json_object_new ();

  json_object_set_string_member (type, "is", self->type);
  json_object_set_object_member (event, "type", type);
  if (self->path != NULL)
    {
      JsonObject *path = json_object_new ();

      json_object_set_string_member (path, "is", self->path);
      json_object_set_object_member (event, "screenPath", path);
    }
  json_object_set_object_member (input, "event", event);
  json_object_set_string_member (input, "name", self->label);
  return input;
}

/* ---- lists ---- */

static gboolean
contains (GPtrArray *steps, PdgFunnelStep *step)
{
  for (guint i = 0; i < steps->len; i++)
    if (pdg_funnel_step_equal (steps->pdata[i], step))
      return TRUE;
  return FALSE;
}

GPtrArray *
pdg_funnel_step_list_choices (PdgJourneyGraph *graph, GListModel *steps)
{
  GPtrArray *choices = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = 0;
  const PdgJourneyScreen *screens = graph != NULL ? pdg_journey_graph_get_screens (graph, &n) : NULL;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (choices, pdg_funnel_step_new_screen (screens[i].path, screens[i].name));
  for (guint i = 0; i < g_list_model_get_n_items (steps); i++)
    {
      g_autoptr (PdgFunnelStep) step = g_list_model_get_item (steps, i);

      if (step->path != NULL && !contains (choices, step)) /* nobody was there in this range */
        g_ptr_array_add (choices, g_steal_pointer (&step));
    }
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    g_ptr_array_add (choices, pdg_funnel_step_new_type (types[i]));
  return choices;
}

/* Adds a view of the screen unless it is there; returns its place in the graph, -1 for none. */
static int
add_screen (GPtrArray *steps, PdgJourneyGraph *graph, const char *screen_id)
{
  int index = pdg_journey_graph_lookup (graph, screen_id);
  guint n;
  const PdgJourneyScreen *screen = index >= 0 ? &pdg_journey_graph_get_screens (graph, &n)[index] : NULL;
  g_autoptr (PdgFunnelStep) step = screen != NULL ? pdg_funnel_step_new_screen (screen->path, screen->name) : NULL;

  if (step == NULL || contains (steps, step))
    return -1;
  g_ptr_array_add (steps, g_steal_pointer (&step));
  return index;
}

GPtrArray *
pdg_funnel_step_list_busiest (PdgJourneyGraph *graph, guint n_steps)
{
  GPtrArray *steps = g_ptr_array_new_with_free_func (g_object_unref);
  PdgFlow flows[PDG_FLOW_LIST_MAX];
  guint n = pdg_flows_list_ends (graph, TRUE, flows);
  int at = n > 0 ? add_screen (steps, graph, flows[0].screen_id) : -1;

  while (at >= 0 && steps->len < n_steps)
    {
      int next = -1;

      n = pdg_flows_list_around (graph, (guint) at, TRUE, flows);
      for (guint i = 0; i < n && next < 0; i++)
        next = add_screen (steps, graph, flows[i].screen_id);
      at = next;
    }
  return steps;
}

GPtrArray *
pdg_funnel_step_list_screens (PdgJourneyGraph *graph, const char *const *screen_ids, guint n, guint max_steps)
{
  GPtrArray *steps = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n && steps->len < max_steps; i++)
    add_screen (steps, graph, screen_ids[i]);
  return steps;
}
