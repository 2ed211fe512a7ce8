#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bump allocator: many small pieces of one lifetime, freed at once. Not thread-safe. */
typedef struct _PdgArena PdgArena;

/* Returns an empty arena that grows by blocks of @block_bytes (0 = 4096). (transfer full) */
PdgArena *pdg_arena_new (gsize block_bytes);
void      pdg_arena_free (PdgArena *arena);

/* Returns @size uninitialised bytes, aligned to 8, valid until the arena is freed. Aborts when out of memory. */
gpointer  pdg_arena_alloc (PdgArena *arena, gsize size);

/* Copies @len bytes and adds a NUL. (transfer none) */
char     *pdg_arena_strndup (PdgArena *arena, const char *text, gsize len);

/* Bytes handed out so far, for limits. */
gsize     pdg_arena_get_used (PdgArena *arena);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgArena, pdg_arena_free)

G_END_DECLS
