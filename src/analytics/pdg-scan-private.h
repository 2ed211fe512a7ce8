#pragma once

#include "analytics/pdg-part-private.h"
#include "analytics/pdg-masks-private.h"
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

/* Which events a kernel looks at: those with @from_ms <= t <= @last_ms and a mask that is not 0: what the masks say, or without them the
 * table of keys, and @every. Borrowed. */
typedef struct
{
  const PdgMasks *masks; /* (nullable) */
  const guint32 *key_masks;
  guint32 n_keys;
  guint32 every;
  gint64 from_ms, last_ms;
} PdgChoice;

/* Chooses the events of actors [actor, actor + PDG_BLOCK_ACTORS) below @actor_end. */
void     pdg_block_fill (PdgBlock *block, const PdgScan *scan, const PdgChoice *choice, guint64 actor, guint64 actor_end);
void     pdg_block_clear (PdgBlock *block);

/* Calls @func for each of actors [actor, actor_end) that has chosen events, with these in the order of time, session and key; it may change them. */
typedef void (*PdgActorFunc) (guint32 actor, PdgChosen *events, guint32 n, gpointer data);
void     pdg_scan_each_actor (const PdgScan *scan, const PdgChoice *choice, guint64 actor, guint64 actor_end, PdgActorFunc func, gpointer data);

/* Brings the events of an actor session by session; within one their order stays. */
void     pdg_chosen_sort_by_session (PdgChosen *events, guint32 n);

G_END_DECLS
