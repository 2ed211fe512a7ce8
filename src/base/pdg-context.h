#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* First line of a function bound to a context: critical and return when it runs elsewhere. */
#define PDG_ASSERT_CONTEXT(context) \
  g_return_if_fail (pdg_context_is_current (context))
#define PDG_ASSERT_CONTEXT_VAL(context, val) \
  g_return_val_if_fail (pdg_context_is_current (context), (val))

/* Whether the calling thread owns @context (NULL = the default one) or nobody does. */
gboolean pdg_context_is_current (GMainContext *context);

/* Queues @func on @context from any thread, always later, never nested. @destroy runs on that context. */
void     pdg_context_post (GMainContext *context, GSourceFunc func, gpointer data, GDestroyNotify destroy);

G_END_DECLS
