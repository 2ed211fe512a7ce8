#include "config.h"
#include "canvas/pdg-layout.h"
#include "canvas/pdg-layout-private.h"

#include "base/pdg-context.h"

#include <math.h>

#define MAX_COORDINATE 1e7
#define PART_GAP 192.0

struct _PdgLayout
{
  GArray *positions;      /* PdgLayoutPosition, sorted */
  GStringChunk *ids;      /* theirs */
  GHashTable *by_id;      /* id (of the position) -> index + 1 */
};

static void
position_free (gpointer data)
{
  g_free ((char *) ((PdgLayoutPosition *) data)->screen_id);
  g_free (data);
}

static GHashTable *
known_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, NULL, position_free);
}

static void
known_set (GHashTable *known, const PdgLayoutPosition *position)
{
  PdgLayoutPosition *copy = g_memdup2 (position, sizeof *copy);

  copy->screen_id = g_strdup (position->screen_id);
  g_hash_table_replace (known, (char *) copy->screen_id, copy);
}

static int
compare_positions (gconstpointer a, gconstpointer b)
{
  const PdgLayoutPosition *one = a;
  const PdgLayoutPosition *two = b;

  if (one->rank != two->rank)
    return one->rank < two->rank ? -1 : 1;
  if (one->order != two->order)
    return one->order < two->order ? -1 : 1;
  return strcmp (one->screen_id, two->screen_id);
}

/* Copies @positions, which may have any order. */
static PdgLayout *
layout_from_positions (const PdgLayoutPosition *positions, guint n)
{
  PdgLayout *layout = g_atomic_rc_box_new0 (PdgLayout);

  layout->positions = g_array_sized_new (FALSE, FALSE, sizeof (PdgLayoutPosition), n);
  layout->ids = g_string_chunk_new (16 * (n + 1));
  layout->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  if (n > 0)
    g_array_append_vals (layout->positions, positions, n);
  g_array_sort (layout->positions, compare_positions);
  for (guint i = 0; i < n; i++)
    {
      PdgLayoutPosition *position = &g_array_index (layout->positions, PdgLayoutPosition, i);

      position->screen_id = g_string_chunk_insert (layout->ids, position->screen_id);
      g_hash_table_insert (layout->by_id, (char *) position->screen_id, GUINT_TO_POINTER (i + 1));
    }
  return layout;
}

static PdgLayout *
layout_from_known (GHashTable *known)
{
  g_autofree PdgLayoutPosition *positions = g_new (PdgLayoutPosition, g_hash_table_size (known) + 1);
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  g_hash_table_iter_init (&iter, known);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    positions[n++] = *(const PdgLayoutPosition *) value;
  return layout_from_positions (positions, n);
}

/* Root of @node in the forest of connected parts. */
static guint32
find_root (guint32 *parent, guint32 node)
{
  while (parent[node] != node)
    node = parent[node] = parent[parent[node]];
  return node;
}

static void
part_free (gpointer data)
{
  PdgLayoutPart *part = data;

  g_free (part->nodes);
  g_free (part->edges);
  g_free (part->place);
  g_free (part->rank);
  g_free (part->order);
  g_free (part->x);
  g_free (part->y);
  g_free (part);
}

static PdgLayoutPart *
part_new (guint n_nodes)
{
  PdgLayoutPart *part = g_new0 (PdgLayoutPart, 1);

  part->nodes = g_new0 (guint32, n_nodes);
  part->place = g_new0 (guint32, n_nodes);
  part->rank = g_new0 (guint32, n_nodes);
  part->order = g_new0 (guint32, n_nodes);
  part->x = g_new0 (double, n_nodes);
  part->y = g_new0 (double, n_nodes);
  return part;
}

static int
compare_edges (gconstpointer a, gconstpointer b)
{
  const PdgLayoutEdge *one = a;
  const PdgLayoutEdge *two = b;

  if (one->weight != two->weight)
    return one->weight > two->weight ? -1 : 1;
  if (one->from != two->from)
    return one->from < two->from ? -1 : 1;
  return one->to < two->to ? -1 : one->to > two->to;
}

/* Gives every part its edges, in the numbers of its own nodes. */
static void
share_out_edges (GPtrArray *parts, const guint32 *part_of, const guint32 *local,
                 const PdgJourneyTransition *transitions, guint n_transitions)
{
  g_autofree guint *n_edges = g_new0 (guint, parts->len + 1);

  for (guint i = 0; i < n_transitions; i++)
    if (transitions[i].from != transitions[i].to)
      n_edges[part_of[transitions[i].from]]++;
  for (guint i = 0; i < parts->len; i++)
    {
      PdgLayoutPart *part = g_ptr_array_index (parts, i);

      part->edges = g_new (PdgLayoutEdge, n_edges[i] + 1);
    }
  for (guint i = 0; i < n_transitions; i++)
    {
      const PdgJourneyTransition *transition = &transitions[i];

      if (transition->from == transition->to)
        continue;

      PdgLayoutPart *part = g_ptr_array_index (parts, part_of[transition->from]);

      part->edges[part->n_edges++] = (PdgLayoutEdge) {
        local[transition->from], local[transition->to], MAX (transition->count, 1),
      };
    }
  for (guint i = 0; i < parts->len; i++)
    {
      PdgLayoutPart *part = g_ptr_array_index (parts, i);

      qsort (part->edges, part->n_edges, sizeof *part->edges, compare_edges);
    }
}

/* The connected parts, by the first (busiest) screen of each. */
static GPtrArray *
split_parts (const PdgJourneyGraph *graph)
{
  guint n_screens, n_transitions;
  const PdgJourneyTransition *transitions;
  GPtrArray *parts = g_ptr_array_new_with_free_func (part_free);

  pdg_journey_graph_get_screens (graph, &n_screens);
  transitions = pdg_journey_graph_get_transitions (graph, &n_transitions);

  g_autofree guint32 *parent = g_new (guint32, n_screens + 1);
  g_autofree guint32 *size = g_new0 (guint32, n_screens + 1);
  g_autofree guint32 *part_of = g_new (guint32, n_screens + 1);
  g_autofree guint32 *local = g_new (guint32, n_screens + 1);

  for (guint32 i = 0; i < n_screens; i++)
    parent[i] = i;
  for (guint i = 0; i < n_transitions; i++)
    {
      guint32 from = find_root (parent, transitions[i].from);
      guint32 to = find_root (parent, transitions[i].to);

      parent[MAX (from, to)] = MIN (from, to);
    }
  for (guint32 i = 0; i < n_screens; i++)
    size[find_root (parent, i)]++;
  for (guint32 i = 0; i < n_screens; i++)
    {
      guint32 root = find_root (parent, i);
      PdgLayoutPart *part;

      if (root == i)
        {
          part_of[i] = parts->len;
          g_ptr_array_add (parts, part_new (size[i]));
        }
      part_of[i] = part_of[root];
      part = g_ptr_array_index (parts, part_of[i]);
      local[i] = part->n_nodes;
      part->nodes[part->n_nodes++] = i;
    }
  share_out_edges (parts, part_of, local, transitions, n_transitions);
  return parts;
}

static int
compare_parts (gconstpointer a, gconstpointer b)
{
  const PdgLayoutPart *one = *(const PdgLayoutPart *const *) a;
  const PdgLayoutPart *two = *(const PdgLayoutPart *const *) b;

  if (one->n_nodes != two->n_nodes)
    return one->n_nodes > two->n_nodes ? -1 : 1;
  return one->nodes[0] < two->nodes[0] ? -1 : one->nodes[0] > two->nodes[0];
}

/* Puts the parts on shelves below each other, largest first, none wider than the first or about a square's side. */
static void
pack_parts (GPtrArray *parts)
{
  double area = 0, limit = 0;
  double x = 0, y = 0, shelf = 0;

  g_ptr_array_sort (parts, compare_parts);
  for (guint i = 0; i < parts->len; i++)
    {
      const PdgLayoutPart *part = g_ptr_array_index (parts, i);

      area += (part->width + PART_GAP) * (part->height + PART_GAP);
      limit = MAX (limit, part->width);
    }
  limit = MAX (limit, sqrt (area * 1.6));
  for (guint i = 0; i < parts->len; i++)
    {
      PdgLayoutPart *part = g_ptr_array_index (parts, i);

      if (x > 0 && x + part->width > limit)
        {
          x = 0;
          y += shelf + PART_GAP;
          shelf = 0;
        }
      for (guint j = 0; j < part->n_nodes; j++)
        {
          part->x[j] += x;
          part->y[j] += y;
        }
      x += part->width + PDG_LAYOUT_COLUMN_GAP;
      shelf = MAX (shelf, part->height);
    }
}

/* Gives every screen that is not pinned its place in @at. */
static void
lay_anew (const PdgJourneyGraph *graph, PdgLayoutPosition *at)
{
  guint n_screens;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n_screens);
  g_autoptr (GPtrArray) parts = split_parts (graph);

  for (guint i = 0; i < parts->len; i++)
    {
      pdg_layout_part_rank (g_ptr_array_index (parts, i));
      pdg_layout_part_place (g_ptr_array_index (parts, i));
    }
  pack_parts (parts);
  for (guint i = 0; i < parts->len; i++)
    {
      const PdgLayoutPart *part = g_ptr_array_index (parts, i);

      for (guint j = 0; j < part->n_nodes; j++)
        {
          guint32 screen = part->nodes[j];

          if (!at[screen].pinned)
            at[screen] = (PdgLayoutPosition) { screens[screen].id, part->x[j], part->y[j], part->rank[j], part->order[j], FALSE };
        }
    }
}

/* Takes its place from what lies under a pinned card, to be placed beside it. */
static void
free_pinned (PdgLayoutPosition *at, guint n)
{
  g_autoptr (GPtrArray) pinned = g_ptr_array_new ();

  for (guint i = 0; i < n; i++)
    if (at[i].pinned)
      g_ptr_array_add (pinned, &at[i]);
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < pinned->len && !at[i].pinned; j++)
      {
        const PdgLayoutPosition *fixed = g_ptr_array_index (pinned, j);

        if (fabs (fixed->x - at[i].x) < PDG_CARD_WIDTH && fabs (fixed->y - at[i].y) < PDG_CARD_HEIGHT)
          {
            at[i].screen_id = NULL;
            break;
          }
      }
}

PdgLayout *
pdg_layout_new (const PdgJourneyGraph *graph, const PdgLayout *previous)
{
  guint n_screens, n_known = 0;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n_screens);
  g_autofree PdgLayoutPosition *at = g_new0 (PdgLayoutPosition, n_screens + 1); /* of each screen; the ids are the graph's */

  PDG_ASSERT_NOT_UI ();
  for (guint i = 0; previous != NULL && i < n_screens; i++)
    {
      const PdgLayoutPosition *position = pdg_layout_lookup (previous, screens[i].id);

      if (position == NULL)
        continue;
      at[i] = *position;
      at[i].screen_id = screens[i].id;
      n_known++;
    }

  /* A layout that knows only a few of the screens is no picture worth keeping. */
  if (2 * n_known < n_screens)
    {
      lay_anew (graph, at);
      free_pinned (at, n_screens);
    }
  pdg_layout_grow (graph, at);
  return layout_from_positions (at, n_screens);
}

PdgLayout *
pdg_layout_new_from_positions (const PdgLayoutPosition *positions, guint n_positions)
{
  g_autoptr (GHashTable) known = known_new ();

  for (guint i = 0; i < n_positions; i++)
    if (positions[i].screen_id != NULL && *positions[i].screen_id != '\0' &&
        fabs (positions[i].x) <= MAX_COORDINATE && fabs (positions[i].y) <= MAX_COORDINATE)
      known_set (known, &positions[i]);
  return layout_from_known (known);
}

static GHashTable *
dup_known (const PdgLayout *layout)
{
  GHashTable *known = known_new ();

  for (guint i = 0; i < layout->positions->len; i++)
    known_set (known, &g_array_index (layout->positions, PdgLayoutPosition, i));
  return known;
}

PdgLayout *
pdg_layout_move (const PdgLayout *layout, const char *screen_id, double x, double y)
{
  g_autoptr (GHashTable) known = dup_known (layout);
  const PdgLayoutPosition *old = g_hash_table_lookup (known, screen_id);
  PdgLayoutPosition position = { screen_id, x, y, old != NULL ? old->rank : 0, old != NULL ? old->order : 0, TRUE };

  if (isfinite (x) && isfinite (y))
    {
      position.x = CLAMP (x, -MAX_COORDINATE, MAX_COORDINATE);
      position.y = CLAMP (y, -MAX_COORDINATE, MAX_COORDINATE);
      known_set (known, &position);
    }
  return layout_from_known (known);
}

PdgLayout *
pdg_layout_unpin (const PdgLayout *layout)
{
  g_autoptr (GHashTable) known = dup_known (layout);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, known);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((PdgLayoutPosition *) value)->pinned = FALSE;
  return layout_from_known (known);
}

PdgLayout *
pdg_layout_with_places (const PdgLayout *layout, GHashTable *places, GHashTable *applied)
{
  g_autoptr (GHashTable) known = layout != NULL ? dup_known (layout) : known_new ();
  GHashTableIter iter;
  gpointer id, value;

  g_hash_table_iter_init (&iter, places);
  while (g_hash_table_iter_next (&iter, &id, &value))
    {
      const PdgPlace *place = value;
      const PdgPlace *before = applied != NULL ? pdg_places_lookup (applied, id) : NULL;
      const PdgLayoutPosition *old = g_hash_table_lookup (known, id);
      PdgLayoutPosition position = { id, place->x, place->y, 0, 0, place->pinned };

      if (old != NULL)
        {
          position.rank = old->rank;
          position.order = old->order;
        }
      if (place->pinned || old == NULL || before == NULL || !pdg_place_equal (place, before))
        known_set (known, &position);
    }
  return layout_from_known (known);
}

PdgLayout *
pdg_layout_tidy (const PdgJourneyGraph *graph, const PdgLayout *layout, const char *const *screen_ids, GHashTable *places)
{
  g_autoptr (GHashTable) known = dup_known (layout);
  g_autoptr (PdgLayout) previous = NULL;

  for (guint i = 0; screen_ids != NULL && screen_ids[i] != NULL; i++)
    {
      const PdgPlace *place = pdg_places_lookup (places, screen_ids[i]);

      if (place == NULL || !place->locked)
        g_hash_table_remove (known, screen_ids[i]);
    }
  if (screen_ids == NULL)
    {
      GHashTableIter iter;
      gpointer value;

      g_hash_table_iter_init (&iter, known);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        if (!((PdgLayoutPosition *) value)->pinned)
          g_hash_table_iter_remove (&iter);
    }
  previous = layout_from_known (known);
  return pdg_layout_new (graph, previous);
}

PdgLayout *
pdg_layout_ref (PdgLayout *layout)
{
  return g_atomic_rc_box_acquire (layout);
}

static void
layout_clear (gpointer data)
{
  PdgLayout *layout = data;

  g_hash_table_unref (layout->by_id);
  g_array_unref (layout->positions);
  g_string_chunk_free (layout->ids);
}

void
pdg_layout_unref (PdgLayout *layout)
{
  if (layout != NULL)
    g_atomic_rc_box_release_full (layout, layout_clear);
}

const PdgLayoutPosition *
pdg_layout_get_positions (const PdgLayout *layout, guint *n_positions)
{
  *n_positions = layout->positions->len;
  return (const PdgLayoutPosition *) (void *) layout->positions->data;
}

const PdgLayoutPosition *
pdg_layout_lookup (const PdgLayout *layout, const char *screen_id)
{
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (layout->by_id, screen_id));

  return index == 0 ? NULL : &g_array_index (layout->positions, PdgLayoutPosition, index - 1);
}
