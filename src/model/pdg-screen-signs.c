#include "config.h"
#include "model/pdg-screen-signs.h"

void
pdg_api_calls_free (PdgApiCalls *calls)
{
  if (calls == NULL)
    return;
  g_free (calls->method);
  g_free (calls->route);
  g_free (calls);
}

void
pdg_error_group_free (PdgErrorGroup *group)
{
  if (group == NULL)
    return;
  g_free (group->type);
  g_free (group->message);
  g_free (group->component);
  g_free (group);
}

void
pdg_state_value_free (PdgStateValue *value)
{
  if (value == NULL)
    return;
  g_free (value->path);
  g_free (value->last);
  g_free (value);
}
