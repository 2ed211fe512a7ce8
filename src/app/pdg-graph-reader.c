#include "config.h"
#include "app/pdg-graph-reader.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-json.h"
#include "client/pdg-client.h"

static guint32
read_count (JsonObject *object, const char *member)
{
  return (guint32) CLAMP (pdg_json_get_int (object, member, 0), 0, G_MAXUINT32);
}

static void
read_screen (PdgJourneyGraph *graph, JsonObject *object)
{
  const char *id = pdg_json_get_string (object, "id");
  const char *path = pdg_json_get_string (object, "path");
  const char *name = pdg_json_get_string (object, "name");
  PdgJourneyScreen screen = {
    .id = (char *) id,
    .path = (char *) (path != NULL ? path : id),
    .name = (char *) (name != NULL && *name != '\0' ? name : path != NULL ? path
                                                                          : id),
    .snapshot_id = (char *) pdg_json_get_string (object, "snapshotId"),
    .visits = read_count (object, "visits"),
    .entries = read_count (object, "entries"),
    .exits = read_count (object, "exits"),
    .sessions = read_count (object, "sessionCount"),
    .errors = read_count (object, "errors"),
    .load_p75_ms = pdg_json_get_double (object, "loadP75Ms", -1),
    .dwell_median_ms = pdg_json_get_double (object, "dwellMedianMs", -1),
  };

  if (id != NULL && pdg_journey_graph_lookup (graph, id) < 0)
    pdg_journey_graph_add_screen (graph, &screen);
}

static void
read_transition (PdgJourneyGraph *graph, JsonObject *object)
{
  const char *from_id = pdg_json_get_string (object, "from");
  const char *to_id = pdg_json_get_string (object, "to");
  int from = from_id != NULL ? pdg_journey_graph_lookup (graph, from_id) : -1;
  int to = to_id != NULL ? pdg_journey_graph_lookup (graph, to_id) : -1;
  PdgJourneyTransition transition = {
    .from = (guint32) from,
    .to = (guint32) to,
    .count = read_count (object, "count"),
    .dwell_median_ms = pdg_json_get_double (object, "dwellMedianMs", -1),
  };

  if (from >= 0 && to >= 0 && transition.count > 0)
    pdg_journey_graph_add_transition (graph, &transition);
}

PdgJourneyGraph *
pdg_graph_reader_read (JsonObject *object, GError **error)
{
  g_autoptr (PdgJourneyGraph) graph = NULL;
  JsonArray *screens = pdg_json_get_array (object, "screens");
  JsonArray *transitions = pdg_json_get_array (object, "transitions");

  if (screens == NULL || transitions == NULL)
    {
      g_set_error_literal (error, PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_RESPONSE, _ ("The answer could not be understood."));
      return NULL;
    }
  graph = pdg_journey_graph_new ();
  for (guint i = 0; i < json_array_get_length (screens); i++)
    read_screen (graph, pdg_json_get_element (screens, i));
  for (guint i = 0; i < json_array_get_length (transitions); i++)
    read_transition (graph, pdg_json_get_element (transitions, i));
  pdg_journey_graph_sort (graph);
  pdg_journey_graph_set_totals (graph, (guint64) MAX (0, pdg_json_get_int (object, "sessionCount", 0)),
                                (guint64) MAX (0, pdg_json_get_int (object, "eventCount", 0)));
  return g_steal_pointer (&graph);
}
