#pragma once

#include "canvas/pdg-scene.h"

G_BEGIN_DECLS

/* A plain value: where two scenes look different. */
typedef struct
{
  GArray *areas;      /* of PdgRect, world units: cards and edges that changed, without what hangs out of them */
  gboolean all;       /* so much that it is not told apart */
  gboolean chips;     /* the sizes of all chips (PDG_DETAIL_CHIP) */
  gboolean strange;   /* most cards are others or elsewhere: a picture of the one is of no use for the other */
  gboolean ranks;     /* the order by traffic: where edges are thinned, others may be drawn */
} PdgSceneDiff;

/* What has to be drawn anew when @to is shown in place of @from. Any thread. */
void pdg_scene_diff_init (PdgSceneDiff *diff, const PdgScene *from, const PdgScene *to);
void pdg_scene_diff_clear (PdgSceneDiff *diff);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PdgSceneDiff, pdg_scene_diff_clear)

G_END_DECLS
