#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PDG_SCREEN_PATH_MAX_BYTES 512

/* Turns a page path into the path of its screen: the query and fragment cut, slashes single and none at the end,
 * segments that are numbers, UUIDs or long hexadecimal ids replaced by ":id" ("/user/123/" and "/user/4?x=1" are both
 * "/user/:id"). Writes at most PDG_SCREEN_PATH_MAX_BYTES and a NUL; a longer path is cut at a character. Returns the
 * length in bytes. Pure. */
gsize pdg_screen_path_normalise (const char *path, gsize len, char out[PDG_SCREEN_PATH_MAX_BYTES + 1]);

/* A name for a screen without a title of its own: "Product" for "/product/:id", "Home" for "/". (transfer full) */
char *pdg_screen_path_dup_name (const char *screen_path);

/* Whether the path stands for many pages ("/product/:id"), whose titles say nothing of the screen. */
gboolean pdg_screen_path_is_pattern (const char *screen_path, gsize len);

G_END_DECLS
