#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A bounded memory of 128-bit keys and positive numbers in two generations: what was used lately stays, what was not is
 * forgotten when the newer generation is full. Not thread-safe. */
typedef struct _PdgNumberMap PdgNumberMap;

/* @max_entries of one generation (rounded up to a power of two). Memory grows with use. (transfer full) */
PdgNumberMap *pdg_number_map_new (gsize max_entries);
void          pdg_number_map_free (PdgNumberMap *map);

/* The number of @key, or 0. */
gint32        pdg_number_map_lookup (PdgNumberMap *map, const guint8 key[16]);

/* Lets the processor fetch what a lookup or an insertion of @key that follows will read. */
void          pdg_number_map_prefetch (const PdgNumberMap *map, const guint8 key[16]);

/* @number > 0. */
void          pdg_number_map_insert (PdgNumberMap *map, const guint8 key[16], gint32 number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgNumberMap, pdg_number_map_free)

G_END_DECLS
