#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the text is one JSON value by RFC 8259 and nothing else, so that it may stand inside another. Any thread. */
gboolean pdg_json_is_valid (const char *text, gsize len);

G_END_DECLS
