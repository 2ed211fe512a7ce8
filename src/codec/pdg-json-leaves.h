#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @path: the keys that lead to the value, joined by points: "cart.items". @value: JSON. Both borrowed. */
typedef void (*PdgJsonLeafFunc) (const char *path, const char *value, gpointer user_data);

/* Calls @func for what lies in the objects of @text and is no object itself, down to 16 levels, where objects are leaves, too. At most
 * @max_leaves; of a longer value @max_bytes, cut at a character. FALSE when the text is no JSON object: then it was not called. Any thread. */
gboolean pdg_json_each_leaf (const char *text, gsize len, guint max_leaves, gsize max_bytes, PdgJsonLeafFunc func, gpointer user_data);

G_END_DECLS
