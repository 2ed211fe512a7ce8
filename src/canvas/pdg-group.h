#pragma once

#include "model/pdg-journey-graph.h"

G_BEGIN_DECLS

/* Ids of groups begin so; no screen's id does. */
#define PDG_GROUP_ID_PREFIX "group:"

typedef enum
{
  PDG_GROUP_BY_NONE,
  PDG_GROUP_BY_PATH,     /* screens whose paths begin with the same words */
  PDG_GROUP_BY_JOURNEY,  /* screens along the busiest way from where sessions begin */
  PDG_N_GROUP_BYS
} PdgGroupBy;

/* "none", "path", "journey"; FALSE when @nick is none of them. */
const char *pdg_group_by_get_nick (PdgGroupBy by);
gboolean    pdg_group_by_from_nick (const char *nick, PdgGroupBy *by);

/* Two screens or more. The texts belong to the grouping. All figures are sums over its screens: visits = in + inner + entries =
 * out + inner + exits. */
typedef struct
{
  char *id;          /* stable while its first word or its first screen is */
  char *title;       /* "/checkout", "Home → Order placed" */
  gboolean folded;   /* shown as one card */
  guint32 first;     /* into the grouping's members */
  guint32 n_members;
  guint32 lead;      /* its most visited screen, in the graph */
  guint32 visits;
  guint32 entries;
  guint32 exits;
  guint32 errors;
  guint32 in;        /* moves from screens outside */
  guint32 out;
  guint32 inner;     /* moves among its screens */
} PdgGroup;

/* A graph with groups, and what is shown of it: in place of a folded group's screens one with the group's id and sums. Of a
 * group it is not known how many sessions it had and how long its screens load: these do not follow from those of its
 * screens. Immutable, atomically counted; any thread. */
typedef struct _PdgGrouping PdgGrouping;

/* @folded (nullable): a set of group ids. Pure; some 10 ms for 10,000 screens. (transfer full) */
PdgGrouping     *pdg_grouping_new (PdgJourneyGraph *graph, PdgGroupBy by, GHashTable *folded);

/* The grouping in which the groups among these ids are folded and no others; NULL when none of them is the id of a group.
 * (transfer full) (nullable) */
PdgGrouping     *pdg_grouping_new_for_ids (PdgJourneyGraph *graph, const char *const *ids, guint n_ids);

PdgGrouping     *pdg_grouping_ref (PdgGrouping *grouping);
void             pdg_grouping_unref (PdgGrouping *grouping);

PdgGroupBy       pdg_grouping_get_by (const PdgGrouping *grouping);

/* All screens; those that are shown, the same when nothing is folded. (transfer none) */
PdgJourneyGraph *pdg_grouping_get_graph (const PdgGrouping *grouping);
PdgJourneyGraph *pdg_grouping_get_shown (const PdgGrouping *grouping);

/* By visits, falling. (transfer none) */
const PdgGroup  *pdg_grouping_get_groups (const PdgGrouping *grouping, guint *n_groups);

/* The group's screens, their numbers in the graph, rising. (transfer none) */
const guint32   *pdg_grouping_get_members (const PdgGrouping *grouping, guint group, guint *n_members);

/* The group with this id, that of this screen; -1 when there is none. */
int              pdg_grouping_lookup (const PdgGrouping *grouping, const char *group_id);
int              pdg_grouping_lookup_screen (const PdgGrouping *grouping, const char *screen_id);

/* The number in the shown graph of the screen, or of the folded group that holds it; -1 when there is neither. */
int              pdg_grouping_lookup_shown (const PdgGrouping *grouping, const char *id);

/* Whether it is the id of a group. */
gboolean         pdg_group_is_id (const char *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgGrouping, pdg_grouping_unref)

G_END_DECLS
