#include "config.h"
#include "canvas/pdg-tile-cache.h"

#include <math.h>
#include <string.h>

struct _PdgTileCache
{
  GHashTable *tiles;   /* key (of the tile) -> PdgTile */
  GQueue used;
  gsize budget_bytes;
  gsize size_bytes;
};

static guint
key_hash (gconstpointer data)
{
  const PdgTileKey *key = data;

  return g_double_hash (&key->zoom) * 31 + (guint) key->x * 73856093u + (guint) key->y * 19349663u;
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const PdgTileKey *one = a, *two = b;

  return one->zoom == two->zoom && one->x == two->x && one->y == two->y;
}

static gsize
get_bytes (cairo_surface_t *surface)
{
  return (gsize) cairo_image_surface_get_stride (surface) * (gsize) cairo_image_surface_get_height (surface);
}

static void
tile_free (gpointer data)
{
  PdgTile *tile = data;

  cairo_surface_destroy (tile->surface);
  g_free (tile);
}

PdgTileCache *
pdg_tile_cache_new (gsize budget_bytes)
{
  PdgTileCache *cache = g_new0 (PdgTileCache, 1);

  cache->tiles = g_hash_table_new_full (key_hash, key_equal, NULL, tile_free);
  g_queue_init (&cache->used);
  cache->budget_bytes = budget_bytes;
  return cache;
}

void
pdg_tile_cache_free (PdgTileCache *cache)
{
  g_hash_table_unref (cache->tiles);
  g_free (cache);
}

PdgTile *
pdg_tile_cache_lookup (PdgTileCache *cache, const PdgTileKey *key)
{
  return g_hash_table_lookup (cache->tiles, key);
}

void
pdg_tile_cache_touch (PdgTileCache *cache, PdgTile *tile, guint64 frame)
{
  tile->frame = frame;
  g_queue_unlink (&cache->used, &tile->link);
  g_queue_push_head_link (&cache->used, &tile->link);
}

void
pdg_tile_cache_insert (PdgTileCache *cache, const PdgTileKey *key, cairo_surface_t *surface, gboolean fresh, guint64 frame)
{
  PdgTile *tile = g_hash_table_lookup (cache->tiles, key);

  if (tile == NULL)
    {
      tile = g_new0 (PdgTile, 1);
      tile->key = *key;
      tile->link.data = tile;
      g_queue_push_head_link (&cache->used, &tile->link);
      g_hash_table_insert (cache->tiles, &tile->key, tile);
    }
  else
    {
      cache->size_bytes -= get_bytes (tile->surface);
      cairo_surface_destroy (tile->surface);
    }
  tile->surface = surface;
  tile->fresh = fresh;
  cache->size_bytes += get_bytes (surface);
  pdg_tile_cache_touch (cache, tile, frame);
}

static void
drop (PdgTileCache *cache, PdgTile *tile)
{
  cache->size_bytes -= get_bytes (tile->surface);
  g_queue_unlink (&cache->used, &tile->link);
  g_hash_table_remove (cache->tiles, &tile->key);
}

void
pdg_tile_cache_shrink (PdgTileCache *cache, guint64 frame)
{
  while (cache->size_bytes > cache->budget_bytes && cache->used.tail != NULL)
    {
      PdgTile *tile = cache->used.tail->data;

      if (tile->frame >= frame)
        return;
      drop (cache, tile);
    }
}

void
pdg_tile_cache_clear (PdgTileCache *cache)
{
  while (cache->used.tail != NULL)
    drop (cache, cache->used.tail->data);
}

GList *
pdg_tile_cache_get_tiles (PdgTileCache *cache)
{
  return cache->used.head;
}

gsize
pdg_tile_cache_get_size_bytes (const PdgTileCache *cache)
{
  return cache->size_bytes;
}

gsize
pdg_tile_cache_get_budget_bytes (const PdgTileCache *cache)
{
  return cache->budget_bytes;
}

static int
compare_distance (gconstpointer a, gconstpointer b, gpointer user_data)
{
  double zoom = *(const double *) user_data;
  double one = fabs (log2 (*(const double *) a / zoom));
  double two = fabs (log2 (*(const double *) b / zoom));

  return one < two ? -1 : one > two;
}

GArray *
pdg_tile_cache_list_zooms (PdgTileCache *cache, double zoom)
{
  GArray *zooms = g_array_new (FALSE, FALSE, sizeof (double));

  for (GList *link = cache->used.head; link != NULL; link = link->next)
    {
      const PdgTile *tile = link->data;
      guint i = 0;

      while (i < zooms->len && g_array_index (zooms, double, i) != tile->key.zoom)
        i++;
      if (i == zooms->len)
        g_array_append_val (zooms, tile->key.zoom);
    }
  g_array_sort_with_data (zooms, compare_distance, &zoom);
  return zooms;
}
