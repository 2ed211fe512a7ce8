#include "config.h"
#include "analytics/pdg-part-merge.h"

#include "analytics/pdg-part-private.h"

/* A stretch [at, end) of the events of a part, whose actor may be said to be another. */
typedef struct
{
  const PdgPart *part;
  guint32 at, end, run;
  guint64 high; /* of the event at @at: actor, time */
  guint64 low;  /* session, key */
  guint32 actor;
  gboolean as_actor;
} Cursor;

static inline void
cursor_read (Cursor *cursor)
{
  const PdgPart *part = cursor->part;

  while (cursor->at >= part->run_first[cursor->run + 1])
    cursor->run++;
  cursor->high = (guint64) (cursor->as_actor ? cursor->actor : part->run_actor[cursor->run]) << 32 | part->ts[cursor->at];
  cursor->low = (guint64) part->run_session[cursor->run] << 32 | pdg_part_key_at (part, cursor->at);
}

static inline gboolean
comes_first (const Cursor *a, const Cursor *b)
{
  return a->high < b->high || (a->high == b->high && a->low < b->low);
}

static void
sift_down (Cursor *heap, gsize n, gsize at)
{
  for (gsize child = 2 * at + 1; child < n; child = 2 * at + 1)
    {
      Cursor moved = heap[at];

      if (child + 1 < n && comes_first (&heap[child + 1], &heap[child]))
        child++;
      if (!comes_first (&heap[child], &moved))
        return;
      heap[at] = heap[child];
      heap[child] = moved;
      at = child;
    }
}

static void
cursor_add_runs (GArray *cursors, const PdgPart *part, guint32 from_run, guint32 to_run)
{
  Cursor cursor = { .part = part, .run = from_run };

  if (from_run >= to_run)
    return;
  cursor.at = part->run_first[from_run];
  cursor.end = part->run_first[to_run];
  cursor_read (&cursor);
  g_array_append_val (cursors, cursor);
}

static GBytes *
merge_cursors (GArray *cursors, PdgPartId id, gsize n_events)
{
  Cursor *heap = (Cursor *) (void *) cursors->data;
  gsize n = cursors->len;
  PdgPartWriter writer;

  pdg_part_writer_init (&writer, n_events, n_events);
  for (gsize i = n / 2; i-- > 0;)
    sift_down (heap, n, i);
  while (n > 0)
    {
      Cursor *first = &heap[0];

      pdg_part_writer_add (&writer, (guint32) (first->high >> 32), (guint32) first->high, (guint32) (first->low >> 32), (guint32) first->low);
      if (++first->at < first->end)
        cursor_read (first);
      else
        heap[0] = heap[--n];
      sift_down (heap, n, 0);
    }
  return pdg_part_writer_finish (&writer, id);
}

GBytes *
pdg_part_merge (PdgPart *const *parts, gsize n_parts, GError **error)
{
  g_autoptr (GArray) cursors = g_array_new (FALSE, FALSE, sizeof (Cursor));
  gsize n_events = 0;

  g_return_val_if_fail (n_parts > 0, NULL);
  for (gsize i = 0; i < n_parts; i++)
    {
      PdgPartId id = parts[i]->id;

      if (id.org_no != parts[0]->id.org_no || id.project_no != parts[0]->id.project_no || id.day != parts[0]->id.day)
        {
          g_set_error_literal (error, PDG_PART_ERROR, PDG_PART_ERROR_FOREIGN, "Only parts of one project and day can be merged.");
          return NULL;
        }
      n_events += parts[i]->n;
      cursor_add_runs (cursors, parts[i], 0, parts[i]->r);
    }
  if (n_events > PDG_PART_MAX_EVENTS)
    {
      g_set_error_literal (error, PDG_PART_ERROR, PDG_PART_ERROR_TOO_LARGE, "The project has too many events on one day for one part.");
      return NULL;
    }
  return merge_cursors (cursors, parts[0]->id, n_events);
}

GBytes *
pdg_part_remove_actor (PdgPart *part, guint32 actor)
{
  g_autoptr (GArray) cursors = NULL;
  guint32 from = pdg_part_find_run (part, actor), to = pdg_part_find_run (part, (guint64) actor + 1);

  if (from == to)
    return NULL;
  cursors = g_array_new (FALSE, FALSE, sizeof (Cursor));
  cursor_add_runs (cursors, part, 0, from);
  cursor_add_runs (cursors, part, to, part->r);
  return merge_cursors (cursors, part->id, part->n - (part->run_first[to] - part->run_first[from]));
}

GBytes *
pdg_part_remap_actor (PdgPart *part, guint32 actor, guint32 to_actor)
{
  g_autoptr (GArray) cursors = NULL;
  guint32 from = pdg_part_find_run (part, actor), to = pdg_part_find_run (part, (guint64) actor + 1);

  if (from == to || actor == to_actor)
    return NULL;
  cursors = g_array_new (FALSE, FALSE, sizeof (Cursor));
  cursor_add_runs (cursors, part, 0, from);
  cursor_add_runs (cursors, part, to, part->r);
  cursor_add_runs (cursors, part, from, to);
  {
    Cursor *moved = &g_array_index (cursors, Cursor, cursors->len - 1);

    moved->as_actor = TRUE;
    moved->actor = to_actor;
    cursor_read (moved);
  }
  return merge_cursors (cursors, part->id, part->n);
}
