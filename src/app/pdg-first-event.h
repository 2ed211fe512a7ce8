#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The shell command that sends one page view to @events_url for @project_id at @now_usec, in the words of the documents.
 * Pure. (transfer full) */
char *pdg_first_event_new_command (const char *events_url, const char *project_id, gint64 now_usec);

G_END_DECLS
