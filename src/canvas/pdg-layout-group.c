#include "config.h"
#include "canvas/pdg-layout-group.h"

#include "canvas/pdg-layout-private.h"
#include "canvas/pdg-camera.h"

/* Beside and below a group for its frame, and above for its title too, which must not lie on the text of the card above. */
#define FRAME_ROOM  96.0
#define FRAME_ABOVE 168.0

/* A group, or a screen that is in none, as it is laid out alone. */
typedef struct
{
  int group;         /* -1: a screen */
  const char *id;    /* in the graph of blocks */
  PdgLayout *inside; /* NULL: a screen */
  PdgRect rect;      /* of its cards; first in the layout inside, then in that of all */
  double x;          /* where the graph of blocks has it */
  double y;
} Block;

static void
block_clear (gpointer data)
{
  Block *block = data;

  g_clear_pointer (&block->inside, pdg_layout_unref);
}

/* The group's screens and the moves among them. */
static PdgLayout *
lay_out_inside (const PdgGrouping *grouping, guint group, const guint32 *out_first, const guint32 *out)
{
  g_autoptr (PdgJourneyGraph) inside = pdg_journey_graph_new ();
  PdgJourneyGraph *graph = pdg_grouping_get_graph (grouping);
  guint n, n_screens, n_moves;
  const guint32 *members = pdg_grouping_get_members (grouping, group, &n);
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n_screens);
  const PdgJourneyTransition *moves = pdg_journey_graph_get_transitions (graph, &n_moves);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < n; i++)
    {
      pdg_journey_graph_add_screen (inside, &screens[members[i]]);
      g_array_append_vals (found, out + out_first[members[i]], out_first[members[i] + 1] - out_first[members[i]]);
    }
  for (guint i = 0; i < found->len; i++)
    {
      PdgJourneyTransition move = moves[g_array_index (found, guint32, i)];
      int from = pdg_journey_graph_lookup (inside, screens[move.from].id), to = pdg_journey_graph_lookup (inside, screens[move.to].id);

      if (to < 0)
        continue;
      move.from = (guint32) from;
      move.to = (guint32) to;
      pdg_journey_graph_add_transition (inside, &move);
    }
  return pdg_layout_new (inside, NULL);
}

static PdgRect
measure (const PdgLayout *layout)
{
  guint n;
  const PdgLayoutPosition *positions = pdg_layout_get_positions (layout, &n);
  PdgRect bounds = { 0 };

  for (guint i = 0; i < n; i++)
    {
      PdgRect card = { positions[i].x, positions[i].y, PDG_CARD_WIDTH, PDG_CARD_HEIGHT };

      bounds = i == 0 ? card : pdg_rect_union (&bounds, &card);
    }
  return bounds;
}

/* For each screen the moves out of it. */
static guint32 *
sort_moves (PdgJourneyGraph *graph, guint32 **first)
{
  guint n, n_moves;
  const PdgJourneyTransition *moves = pdg_journey_graph_get_transitions (graph, &n_moves);
  guint32 *out = g_new0 (guint32, n_moves + 1);
  g_autofree guint32 *filled = NULL;

  pdg_journey_graph_get_screens (graph, &n);
  *first = g_new0 (guint32, n + 1);
  for (guint i = 0; i < n_moves; i++)
    (*first)[moves[i].from + 1]++;
  for (guint i = 0; i < n; i++)
    (*first)[i + 1] += (*first)[i];
  filled = g_memdup2 (*first, (n + 1) * sizeof (guint32));
  for (guint32 i = 0; i < n_moves; i++)
    out[filled[moves[i].from]++] = i;
  return out;
}

static PdgGrouping *
fold_all (const PdgGrouping *grouping)
{
  g_autoptr (GHashTable) folded = g_hash_table_new (g_str_hash, g_str_equal);
  guint n;
  const PdgGroup *groups = pdg_grouping_get_groups (grouping, &n);

  for (guint i = 0; i < n; i++)
    g_hash_table_add (folded, groups[i].id);
  return pdg_grouping_new (pdg_grouping_get_graph (grouping), pdg_grouping_get_by (grouping), folded);
}

static GArray *
make_blocks (const PdgGrouping *grouping, const PdgGrouping *folded)
{
  GArray *blocks = g_array_new (FALSE, TRUE, sizeof (Block));
  g_autoptr (PdgLayout) layout = pdg_layout_new (pdg_grouping_get_shown (folded), NULL);
  g_autofree guint32 *first = NULL;
  g_autofree guint32 *out = sort_moves (pdg_grouping_get_graph (grouping), &first);
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (pdg_grouping_get_shown (folded), &n);

  g_array_set_clear_func (blocks, block_clear);
  for (guint i = 0; i < n; i++)
    {
      const PdgLayoutPosition *position = pdg_layout_lookup (layout, screens[i].id);
      Block block = { .group = pdg_grouping_lookup (grouping, screens[i].id), .id = screens[i].id, .x = position->x, .y = position->y };

      block.rect = (PdgRect) { 0, 0, PDG_CARD_WIDTH, PDG_CARD_HEIGHT };
      if (block.group >= 0)
        {
          block.inside = lay_out_inside (grouping, (guint) block.group, first, out);
          block.rect = measure (block.inside);
        }
      g_array_append_val (blocks, block);
    }
  return blocks;
}

static int
compare_blocks (gconstpointer a, gconstpointer b)
{
  const Block *one = a, *two = b;

  if (one->x != two->x)
    return one->x < two->x ? -1 : 1;
  if (one->y != two->y)
    return one->y < two->y ? -1 : 1;
  return g_strcmp0 (one->id, two->id);
}

static double
get_room (const Block *block, double room)
{
  return block->group >= 0 ? room : 0;
}

/* The blocks of a column, one below the other, each as near to where it wants to be as the others let it. */
static double
place_column (Block *blocks, guint n, double x)
{
  g_autofree double *y = g_new0 (double, n + 1), *weight = g_new0 (double, n + 1), *separation = g_new0 (double, n + 1);
  double width = 0;

  for (guint i = 0; i < n; i++)
    {
      y[i] = blocks[i].y - blocks[i].rect.height / 2;
      weight[i] = 1;
      width = MAX (width, blocks[i].rect.width + 2 * get_room (&blocks[i], FRAME_ROOM));
      if (i + 1 < n)
        separation[i] = blocks[i].rect.height + PDG_LAYOUT_ROW_GAP + get_room (&blocks[i], FRAME_ROOM)
                        + get_room (&blocks[i + 1], FRAME_ABOVE);
    }
  pdg_layout_separate (y, weight, separation, n);
  for (guint i = 0; i < n; i++)
    {
      blocks[i].x = x + get_room (&blocks[i], FRAME_ROOM);
      blocks[i].y = y[i];
    }
  return width;
}

static void
place_blocks (GArray *blocks)
{
  double x = 0;

  g_array_sort (blocks, compare_blocks);
  for (guint i = 0; i < blocks->len;)
    {
      Block *first = &g_array_index (blocks, Block, i);
      guint n = 1;

      while (i + n < blocks->len && first[n].x == first->x)
        n++;
      x += place_column (first, n, x) + PDG_LAYOUT_COLUMN_GAP;
      i += n;
    }
}

/* Below the pinned cards that it would lie on. */
static void
give_way (PdgLayoutPosition *position, const GArray *pinned)
{
  for (guint i = 0; i < pinned->len; i++)
    {
      const PdgPlace *place = g_array_index (pinned, const PdgPlace *, i);
      PdgRect card = { position->x, position->y, PDG_CARD_WIDTH, PDG_CARD_HEIGHT };
      PdgRect other = { place->x, place->y, PDG_CARD_WIDTH, PDG_CARD_HEIGHT };

      if (!pdg_rect_intersects (&card, &other))
        continue;
      position->y = place->y + PDG_CARD_HEIGHT + PDG_LAYOUT_ROW_GAP;
      i = G_MAXUINT; /* once more from the first: a card only goes down */
    }
}

static void
add_position (GArray *positions, const PdgLayoutPosition *position, GHashTable *places, const GArray *pinned)
{
  const PdgPlace *place = places != NULL ? pdg_places_lookup (places, position->screen_id) : NULL;
  PdgLayoutPosition copy = *position;

  copy.pinned = place != NULL && place->pinned;
  if (copy.pinned)
    {
      copy.x = place->x;
      copy.y = place->y;
    }
  else
    give_way (&copy, pinned);
  g_array_append_val (positions, copy);
}

static GArray *
list_pinned (const PdgGrouping *grouping, GHashTable *places)
{
  GArray *pinned = g_array_new (FALSE, FALSE, sizeof (const PdgPlace *));
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (pdg_grouping_get_graph (grouping), &n);

  for (guint i = 0; i < n && places != NULL; i++)
    {
      const PdgPlace *place = pdg_places_lookup (places, screens[i].id);

      if (place != NULL && place->pinned)
        g_array_append_val (pinned, place);
    }
  return pinned;
}

PdgLayout *
pdg_layout_new_grouped (const PdgGrouping *grouping, GHashTable *places)
{
  g_autoptr (PdgGrouping) folded = fold_all (grouping);
  g_autoptr (GArray) blocks = make_blocks (grouping, folded);
  g_autoptr (GArray) positions = g_array_new (FALSE, FALSE, sizeof (PdgLayoutPosition));
  g_autoptr (GArray) pinned = list_pinned (grouping, places);

  place_blocks (blocks);
  for (guint i = 0; i < blocks->len; i++)
    {
      const Block *block = &g_array_index (blocks, Block, i);
      PdgLayoutPosition position = { .screen_id = block->id, .x = block->x, .y = block->y };
      guint n = 0;
      const PdgLayoutPosition *inside = block->inside != NULL ? pdg_layout_get_positions (block->inside, &n) : NULL;

      if (block->inside == NULL)
        add_position (positions, &position, places, pinned);
      for (guint j = 0; j < n; j++)
        {
          position = inside[j];
          position.x += block->x - block->rect.x;
          position.y += block->y - block->rect.y;
          add_position (positions, &position, places, pinned);
        }
    }
  return pdg_layout_new_from_positions ((const PdgLayoutPosition *) (void *) positions->data, positions->len);
}
