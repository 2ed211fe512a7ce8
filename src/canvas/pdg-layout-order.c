#include "config.h"
#include "canvas/pdg-layout-order.h"

#define N_SWEEPS 8
#define N_TRANSPOSES 4

static PdgLayoutItem *
item_at (const PdgLayoutGrid *grid, guint32 item)
{
  return &g_array_index (grid->items, PdgLayoutItem, item);
}

static const PdgLayoutLink *
link_at (const PdgLayoutGrid *grid, guint32 link)
{
  return &g_array_index (grid->links, PdgLayoutLink, link);
}

typedef struct
{
  guint32 left_order;
  guint32 right_order;
} Strand;

static int
compare_strands (gconstpointer a, gconstpointer b)
{
  const Strand *one = a;
  const Strand *two = b;

  if (one->left_order != two->left_order)
    return one->left_order < two->left_order ? -1 : 1;
  if (one->right_order != two->right_order)
    return one->right_order < two->right_order ? -1 : 1;
  return 0;
}

/* Inversions of the right ends when the strands are sorted by their left ends, by a Fenwick tree. */
static guint64
count_inversions (GArray *strands, guint n_right)
{
  g_autofree guint32 *tree = g_new0 (guint32, n_right + 1);
  guint64 crossings = 0;
  guint done = 0;

  g_array_sort (strands, compare_strands);
  for (guint i = 0; i < strands->len; i++)
    {
      guint32 right = g_array_index (strands, Strand, i).right_order + 1;
      guint32 not_above = 0;

      for (guint32 j = right; j > 0; j &= j - 1)
        not_above += tree[j];
      crossings += done - not_above;
      for (guint32 j = right; j <= n_right; j += j & -j)
        tree[j]++;
      done++;
    }
  return crossings;
}

guint64
pdg_layout_grid_count_crossings (const PdgLayoutGrid *grid)
{
  g_autoptr (GArray) strands = g_array_new (FALSE, FALSE, sizeof (Strand));
  guint64 crossings = 0;

  for (guint rank = 0; rank + 1 < grid->n_ranks; rank++)
    {
      g_array_set_size (strands, 0);
      for (guint32 slot = grid->rank_first[rank]; slot < grid->rank_first[rank + 1]; slot++)
        {
          guint32 item = grid->slots[slot];

          for (guint32 i = grid->near_first[item]; i < grid->near_first[item + 1]; i++)
            {
              const PdgLayoutLink *link = link_at (grid, grid->near[i]);
              Strand strand = { item_at (grid, link->left)->order, item_at (grid, link->right)->order };

              if (link->left == item)
                g_array_append_val (strands, strand);
            }
        }
      crossings += count_inversions (strands, grid->rank_first[rank + 2] - grid->rank_first[rank + 1]);
    }
  return crossings;
}

typedef struct
{
  guint32 item;
  double centre;
} Wish;

static int
compare_wishes (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Wish *one = a;
  const Wish *two = b;

  return one->centre < two->centre ? -1 : one->centre > two->centre;
}

/* The mean place of the item's neighbours on one side; its own when it has none there. */
static double
find_barycentre (const PdgLayoutGrid *grid, guint32 item, gboolean look_left)
{
  double sum = 0, weight = 0;

  for (guint32 i = grid->near_first[item]; i < grid->near_first[item + 1]; i++)
    {
      const PdgLayoutLink *link = link_at (grid, grid->near[i]);
      guint32 other = link->left == item ? link->right : link->left;

      if ((link->right == item) == look_left)
        {
          sum += link->weight * item_at (grid, other)->order;
          weight += link->weight;
        }
    }
  return weight > 0 ? sum / weight : item_at (grid, item)->order;
}

static void
sort_rank (PdgLayoutGrid *grid, guint rank, gboolean look_left, Wish *wishes)
{
  guint32 first = grid->rank_first[rank];
  guint32 n = grid->rank_first[rank + 1] - first;

  for (guint32 i = 0; i < n; i++)
    wishes[i] = (Wish) { grid->slots[first + i], find_barycentre (grid, grid->slots[first + i], look_left) };
  g_qsort_with_data (wishes, (int) n, sizeof *wishes, compare_wishes, NULL);
  for (guint32 i = 0; i < n; i++)
    {
      grid->slots[first + i] = wishes[i].item;
      item_at (grid, wishes[i].item)->order = i;
    }
}

/* Crossings of the links of @above and @below as they lie, less those after the two changed places. */
static int
gain_of_swap (const PdgLayoutGrid *grid, guint32 above, guint32 below)
{
  int gain = 0;

  for (guint32 i = grid->near_first[above]; i < grid->near_first[above + 1]; i++)
    {
      const PdgLayoutLink *one = link_at (grid, grid->near[i]);
      gboolean one_left = one->right == above;
      guint32 one_order = item_at (grid, one_left ? one->left : one->right)->order;

      for (guint32 j = grid->near_first[below]; j < grid->near_first[below + 1]; j++)
        {
          const PdgLayoutLink *two = link_at (grid, grid->near[j]);
          gboolean two_left = two->right == below;
          guint32 two_order = item_at (grid, two_left ? two->left : two->right)->order;

          if (one_left == two_left)
            gain += one_order > two_order ? 1 : one_order < two_order ? -1 : 0;
        }
    }
  return gain;
}

static gboolean
transpose (PdgLayoutGrid *grid)
{
  gboolean changed = FALSE;

  for (guint rank = 0; rank < grid->n_ranks; rank++)
    for (guint32 slot = grid->rank_first[rank]; slot + 1 < grid->rank_first[rank + 1]; slot++)
      {
        guint32 above = grid->slots[slot];
        guint32 below = grid->slots[slot + 1];

        if (gain_of_swap (grid, above, below) <= 0)
          continue;
        grid->slots[slot] = below;
        grid->slots[slot + 1] = above;
        item_at (grid, below)->order = slot - grid->rank_first[rank];
        item_at (grid, above)->order = slot + 1 - grid->rank_first[rank];
        changed = TRUE;
      }
  return changed;
}

static void
sweep (PdgLayoutGrid *grid, gboolean look_left, Wish *wishes)
{
  for (guint i = 1; i < grid->n_ranks; i++)
    sort_rank (grid, look_left ? i : grid->n_ranks - 1 - i, look_left, wishes);
  for (guint i = 0; i < N_TRANSPOSES && transpose (grid); i++)
    ;
}

void
pdg_layout_grid_order (PdgLayoutGrid *grid)
{
  guint n = grid->items->len;
  g_autofree Wish *wishes = g_new (Wish, n + 1);
  g_autofree guint32 *best = g_memdup2 (grid->slots, n * sizeof *best);
  guint64 fewest = pdg_layout_grid_count_crossings (grid);

  for (guint i = 0; i < N_SWEEPS && fewest > 0; i++)
    {
      sweep (grid, i % 2 == 0, wishes);

      guint64 crossings = pdg_layout_grid_count_crossings (grid);

      if (crossings < fewest)
        {
          fewest = crossings;
          memcpy (best, grid->slots, n * sizeof *best);
        }
    }
  memcpy (grid->slots, best, n * sizeof *best);
  for (guint rank = 0; rank < grid->n_ranks; rank++)
    for (guint32 slot = grid->rank_first[rank]; slot < grid->rank_first[rank + 1]; slot++)
      item_at (grid, grid->slots[slot])->order = slot - grid->rank_first[rank];
}
