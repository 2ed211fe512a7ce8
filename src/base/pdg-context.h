#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* First line of a function bound to a context: critical and return when it runs elsewhere. */
#define PDG_ASSERT_CONTEXT(context) \
  g_return_if_fail (pdg_context_is_current (context))
#define PDG_ASSERT_CONTEXT_VAL(context, val) \
  g_return_val_if_fail (pdg_context_is_current (context), (val))

/* First line of what takes long: a critical in the thread that runs the default context, since the UI stands still meanwhile. The work is
 * done all the same: a late picture is better than none. */
#define PDG_ASSERT_NOT_UI() \
  G_STMT_START { if (G_UNLIKELY (pdg_context_is_ui ())) g_critical ("%s: too long for the thread of the UI", G_STRFUNC); } G_STMT_END

/* Whether the calling thread owns @context (NULL = the default one) or nobody does. */
gboolean pdg_context_is_current (GMainContext *context);

/* Whether the calling thread runs the default context just now, as that of the UI does for as long as there is one. Any thread. */
gboolean pdg_context_is_ui (void);

/* Queues @func on @context from any thread, always later, never nested. @destroy runs on that context. */
void     pdg_context_post (GMainContext *context, GSourceFunc func, gpointer data, GDestroyNotify destroy);

G_END_DECLS
