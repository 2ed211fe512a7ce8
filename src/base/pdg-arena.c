#include "config.h"
#include "base/pdg-arena.h"

#include <string.h>

typedef struct _Block Block;
struct _Block
{
  Block *next;
  gsize size;
  gsize used;
  guint8 data[];
};

struct _PdgArena
{
  Block *head;
  gsize block_bytes;
  gsize used;
};

PdgArena *
pdg_arena_new (gsize block_bytes)
{
  PdgArena *arena = g_new0 (PdgArena, 1);

  arena->block_bytes = block_bytes > 0 ? block_bytes : 4096;
  return arena;
}

void
pdg_arena_free (PdgArena *arena)
{
  if (arena == NULL)
    return;
  for (Block *block = arena->head; block != NULL;)
    {
      Block *next = block->next;

      g_free (block);
      block = next;
    }
  g_free (arena);
}

gpointer
pdg_arena_alloc (PdgArena *arena, gsize size)
{
  gsize need = (size + 7) & ~(gsize) 7;
  gpointer piece;

  if (arena->head == NULL || arena->head->size - arena->head->used < need)
    {
      gsize bytes = MAX (arena->block_bytes, need);
      Block *block = g_malloc (sizeof (Block) + bytes);

      block->size = bytes;
      block->used = 0;
      block->next = arena->head;
      arena->head = block;
    }
  piece = arena->head->data + arena->head->used;
  arena->head->used += need;
  arena->used += need;
  return piece;
}

char *
pdg_arena_strndup (PdgArena *arena, const char *text, gsize len)
{
  char *copy = pdg_arena_alloc (arena, len + 1);

  if (len > 0)
    memcpy (copy, text, len);
  copy[len] = '\0';
  return copy;
}

gsize
pdg_arena_get_used (PdgArena *arena)
{
  return arena->used;
}
