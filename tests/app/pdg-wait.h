#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PDG_WAIT_USEC (10 * G_USEC_PER_SEC)

static gboolean
pdg_wait_wake_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Lets the main context work until the condition holds; fails when it does not in time. */
#define WAIT_FOR(condition)                                       \
  G_STMT_START                                                    \
  {                                                               \
    gint64 end_usec_ = g_get_monotonic_time () + PDG_WAIT_USEC;   \
    guint wake_ = g_timeout_add (5, pdg_wait_wake_cb, NULL);      \
    while (!(condition) && g_get_monotonic_time () < end_usec_)   \
      g_main_context_iteration (NULL, TRUE);                      \
    g_source_remove (wake_);                                      \
    g_assert_true (condition);                                    \
  }                                                               \
  G_STMT_END

G_END_DECLS
