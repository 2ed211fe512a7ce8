#include "config.h"
#include "base/pdg-context.h"

gboolean
pdg_context_is_current (GMainContext *context)
{
  if (context == NULL)
    context = g_main_context_default ();
  if (g_main_context_is_owner (context))
    return TRUE;
  if (g_main_context_acquire (context))
    {
      g_main_context_release (context);
      return TRUE;
    }
  return FALSE;
}

gboolean
pdg_context_is_ui (void)
{
  return g_main_context_is_owner (g_main_context_default ());
}

void
pdg_context_post (GMainContext *context, GSourceFunc func, gpointer data, GDestroyNotify destroy)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, destroy);
  g_source_attach (source, context);
}
