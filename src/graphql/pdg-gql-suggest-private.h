#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Appends ' Did you mean "a", "b", or "c"?' to @message for those of @names (const char *) that are close to @input,
 * nothing when there are none. */
void pdg_gql_suggest (GString *message, const char *input, GPtrArray *names);

/* Appends ' Did you mean WHAT"a" or "b"?' for the first five of @names, nothing when there are none. */
void pdg_gql_suggest_list (GString *message, const char *what, GPtrArray *names);

G_END_DECLS
