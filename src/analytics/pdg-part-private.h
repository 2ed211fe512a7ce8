#pragma once

#include "analytics/pdg-part.h"

G_BEGIN_DECLS

/* The columns of a part, for the kernels: plain reads, already checked. */
struct _PdgPart
{
  gatomicrefcount refs;
  GBytes *bytes;
  PdgPartId id;
  gint64 base_ms;
  guint32 n, r;
  const guint32 *ts;
  const guint32 *run_actor;
  const guint32 *run_session;
  const guint32 *run_first;
  const guint16 *key16; /* one of the two is NULL */
  const guint32 *key32;
};

static inline guint32
pdg_part_key_at (const PdgPart *part, guint32 i)
{
  return part->key16 != NULL ? part->key16[i] : part->key32[i];
}

/* The first run of an actor not below @actor. */
static inline guint32
pdg_part_find_run (const PdgPart *part, guint64 actor)
{
  guint32 low = 0, high = part->r;

  while (low < high)
    {
      guint32 middle = low + (high - low) / 2;

      if (part->run_actor[middle] < actor)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Writes a part event by event, in the order of the part. */
typedef struct
{
  guint32 *ts;
  guint32 *key;
  guint32 *run_actor;
  guint32 *run_session;
  guint32 *run_first;
  guint32 n, r, max_key;
} PdgPartWriter;

void       pdg_part_writer_init (PdgPartWriter *writer, gsize n_events, gsize n_runs);
GBytes    *pdg_part_writer_finish (PdgPartWriter *writer, PdgPartId id);

static inline void
pdg_part_writer_add (PdgPartWriter *writer, guint32 actor, guint32 ts, guint32 session, guint32 key)
{
  if (writer->r == 0 || writer->run_actor[writer->r - 1] != actor || writer->run_session[writer->r - 1] != session)
    {
      writer->run_actor[writer->r] = actor;
      writer->run_session[writer->r] = session;
      writer->run_first[writer->r++] = writer->n;
    }
  writer->ts[writer->n] = ts;
  writer->key[writer->n++] = key;
  writer->max_key = MAX (writer->max_key, key);
}

G_END_DECLS
