#pragma once

#include "canvas/pdg-tile.h"

G_BEGIN_DECLS

/* A kept picture. */
typedef struct
{
  PdgTileKey key;
  cairo_surface_t *surface;
  gboolean fresh;      /* FALSE: it shows what was, until it is drawn anew */
  guint64 frame;       /* that it was last used in */
  GList link;
} PdgTile;

/* Tiles by their place. Over the budget, those go that were not used for the longest time; what the newest frame uses
 * stays. One thread. */
typedef struct _PdgTileCache PdgTileCache;

/* (transfer full) */
PdgTileCache  *pdg_tile_cache_new (gsize budget_bytes);
void           pdg_tile_cache_free (PdgTileCache *cache);

/* (transfer none) (nullable) */
PdgTile       *pdg_tile_cache_lookup (PdgTileCache *cache, const PdgTileKey *key);

/* Notes that @tile is used in this frame. */
void           pdg_tile_cache_touch (PdgTileCache *cache, PdgTile *tile, guint64 frame);

/* Takes @surface as the picture of @key, in place of another. */
void           pdg_tile_cache_insert (PdgTileCache *cache, const PdgTileKey *key, cairo_surface_t *surface, gboolean fresh,
                                      guint64 frame);

/* Drops what is over the budget, but for what @frame uses. */
void           pdg_tile_cache_shrink (PdgTileCache *cache, guint64 frame);
void           pdg_tile_cache_clear (PdgTileCache *cache);

/* The tiles, the newest used first: links whose data is a PdgTile. (transfer none) */
GList         *pdg_tile_cache_get_tiles (PdgTileCache *cache);
gsize          pdg_tile_cache_get_size_bytes (const PdgTileCache *cache);
gsize          pdg_tile_cache_get_budget_bytes (const PdgTileCache *cache);

/* The zooms that there are tiles of, the nearest to @zoom first. (transfer full) (element-type double) */
GArray        *pdg_tile_cache_list_zooms (PdgTileCache *cache, double zoom);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgTileCache, pdg_tile_cache_free)

G_END_DECLS
