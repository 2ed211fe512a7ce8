#include "config.h"
#include "app/pdg-spoken.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-format.h"

char *
pdg_spoken_screen (const PdgJourneyScreen *screen)
{
  g_autofree char *n_visits = pdg_format_count (screen->visits), *n_exits = pdg_format_count (screen->exits);
  g_autofree char *visits = g_strdup_printf (ngettext ("%s visit", "%s visits", screen->visits), n_visits);
  g_autofree char *exits = g_strdup_printf (ngettext ("%s exit", "%s exits", screen->exits), n_exits);

  /* Translators: a screen, its visits, the visits that ended a session: "Checkout, 1,204 visits, 3 exits" */
  return g_strdup_printf (_ ("%s, %s, %s"), screen->name, visits, exits);
}

char *
pdg_spoken_edge (const PdgScene *scene, guint edge_index)
{
  const PdgSceneEdge *edge = pdg_scene_get_edge (scene, edge_index);
  const PdgJourneyScreen *from = pdg_scene_get_screen (scene, edge->from);
  g_autofree char *n = pdg_format_count (edge->count), *share = pdg_format_share (edge->count, from->visits);
  g_autofree char *transitions = g_strdup_printf (ngettext ("%s transition", "%s transitions", edge->count), n);

  /* Translators: a path between two screens: "Cart to Checkout, 812 transitions, 64 %" */
  return g_strdup_printf (_ ("%s to %s, %s, %s"), from->name, pdg_scene_get_screen (scene, edge->to)->name, transitions, share);
}
