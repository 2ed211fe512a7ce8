#include "config.h"
#include "model/pdg-journey.h"

void
pdg_journey_free (PdgJourney *journey)
{
  if (journey == NULL)
    return;
  g_free (journey->id);
  g_free (journey->name);
  g_free (journey);
}

void
pdg_journey_step_free (PdgJourneyStep *step)
{
  if (step == NULL)
    return;
  g_free (step->id);
  g_free (step->name);
  g_free (step->screen_path);
  g_free (step);
}

void
pdg_journey_link_free (PdgJourneyLink *link)
{
  if (link == NULL)
    return;
  g_free (link->from);
  g_free (link->to);
  g_free (link);
}

const char *
pdg_journey_kind_to_string (PdgJourneyKind kind)
{
  return kind == PDG_JOURNEY_OBSERVED ? "observed" : "designed";
}
