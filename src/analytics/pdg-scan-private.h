#pragma once

#include "analytics/pdg-part-private.h"
#include "analytics/pdg-scan.h"

G_BEGIN_DECLS

struct _PdgScan
{
  gatomicrefcount refs;
  PdgPart **parts;
  guint n_parts;
  guint64 actor_end;
};

/* Actors that a kernel does at once, so that what it keeps of each stays in the second cache. */
#define PDG_BLOCK_ACTORS 4096

/* An event that a kernel has chosen, with what the key stands for in its report. */
typedef struct
{
  gint64 t;
  guint32 session;
  guint32 key;
  guint32 mask;
} PdgChosen;

/* The chosen events of one block, those of an actor together and in the order of time. Reused from block to block. */
typedef struct
{
  PdgChosen *raw;
  PdgChosen *events;
  guint16 *actors;
  gsize room;
  guint32 first[PDG_BLOCK_ACTORS + 1]; /* of each actor in @events */
} PdgBlock;

/* Chooses the events of actors [actor, actor + PDG_BLOCK_ACTORS) below @actor_end with @from_ms <= t <= @last_ms and a mask that is not 0: that of
 * the key, where there is one, and @every. */
void     pdg_block_fill (PdgBlock *block, const PdgScan *scan, guint64 actor, guint64 actor_end, gint64 from_ms, gint64 last_ms,
                         const guint32 *masks, guint32 n_masks, guint32 every);
void     pdg_block_clear (PdgBlock *block);

G_END_DECLS
