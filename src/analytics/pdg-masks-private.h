#pragma once

#include "analytics/pdg-filter.h"

G_BEGIN_DECLS

#define PDG_MASKS_MAX_BITS 8

struct _PdgMasks
{
  gatomicrefcount refs;
  guint32 n_keys;
  guint n_bits;                        /* questions about a run */
  PdgFilter *bits[PDG_MASKS_MAX_BITS]; /* those */
  guint32 *table;                      /* a row of n_keys + 1 for each answer to them; the last is of all keys beyond */
};

/* What the events of a run are, by MIN (key, n_keys). */
static inline const guint32 *
pdg_masks_of_run (const PdgMasks *masks, guint32 actor, guint32 session)
{
  gsize row = 0;

  for (guint i = 0; i < masks->n_bits; i++)
    row |= (gsize) pdg_filter_test (masks->bits[i], actor, session, 0) << i;
  return masks->table + row * ((gsize) masks->n_keys + 1);
}

static inline guint
pdg_masks_get_n_tables (const PdgMasks *masks)
{
  return 1u << masks->n_bits;
}

typedef enum { PDG_TEST_NODE_TEST, PDG_TEST_NODE_ALL, PDG_TEST_NODE_ANY, PDG_TEST_NODE_NOT } PdgFilterNode;

struct _PdgFilter
{
  gatomicrefcount refs;
  PdgFilterNode node;
  guint depth;
  gboolean of_key; /* asks about the key somewhere */
  gboolean of_run; /* asks about the session or the actor somewhere */
  PdgProperty property;
  guint8 *passes; /* by value; of a test, as the next */
  guint32 n_values;
  PdgFilter **children;
  guint n_children;
};

G_END_DECLS
