#include "config.h"
#include "canvas/pdg-pixels.h"

#include <string.h>
#include <sys/mman.h>

#define MAX_FREE_BYTES (32 * 1024 * 1024)
#define MIN_BYTES (256 * 1024) /* smaller ones the allocator finds room for */
#define GRAIN_BYTES (64 * 1024)

typedef struct
{
  void *data;
  gsize size;
} Block;

static GMutex lock;
static GQueue free_blocks = G_QUEUE_INIT; /* of Block *; the one that waits longest comes first */
static gsize n_free_bytes;
static cairo_user_data_key_t block_key;

static void
block_free (Block *block)
{
  munmap (block->data, block->size);
  g_free (block);
}

/* One that waits and is large enough, but not by more than a quarter; NULL when there is none. */
static Block *
take_free (gsize size)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  for (GList *l = free_blocks.tail; l != NULL; l = l->prev)
    {
      Block *block = l->data;

      if (block->size < size || block->size - size > size / 4)
        continue;
      g_queue_delete_link (&free_blocks, l);
      n_free_bytes -= block->size;
      return block;
    }
  return NULL;
}

static Block *
map_block (gsize size)
{
  /* cppcheck-suppress invalidFunctionArg; -1 is how POSIX says that there is no file */
  void *data = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  Block *block;

  if (data == MAP_FAILED)
    return NULL;
  block = g_new (Block, 1);
  *block = (Block) { data, size };
  return block;
}

static void
give_back (gpointer data)
{
  Block *block = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  g_queue_push_tail (&free_blocks, block);
  n_free_bytes += block->size;
  while (n_free_bytes > MAX_FREE_BYTES)
    {
      Block *oldest = g_queue_pop_head (&free_blocks);

      n_free_bytes -= oldest->size;
      block_free (oldest);
    }
}

cairo_surface_t *
pdg_pixels_create (cairo_format_t format, int width, int height)
{
  int stride = cairo_format_stride_for_width (format, width);
  cairo_surface_t *surface;
  gboolean is_used = TRUE;
  Block *block;
  gsize size;

  if (stride <= 0 || height <= 0 || (gsize) stride * (gsize) height < MIN_BYTES)
    return cairo_image_surface_create (format, width, height);
  size = ((gsize) stride * (gsize) height + GRAIN_BYTES - 1) / GRAIN_BYTES * GRAIN_BYTES;
  block = take_free (size);
  if (block == NULL)
    {
      block = map_block (size);
      is_used = FALSE;
    }
  if (block == NULL)
    return cairo_image_surface_create (format, width, height);
  if (is_used)
    memset (block->data, 0, (gsize) stride * (gsize) height);
  surface = cairo_image_surface_create_for_data (block->data, format, width, height, stride);
  if (cairo_surface_set_user_data (surface, &block_key, block, give_back) == CAIRO_STATUS_SUCCESS)
    return surface;
  cairo_surface_destroy (surface);
  give_back (block);
  return cairo_image_surface_create (format, width, height);
}

gsize
pdg_pixels_get_free_bytes (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  return n_free_bytes;
}
