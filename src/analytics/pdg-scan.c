#include "config.h"
#include "analytics/pdg-scan-private.h"

PdgScan *
pdg_scan_new (PdgPart *const *parts, gsize n_parts, GError **error)
{
  PdgScan *scan;

  for (gsize i = 1; i < n_parts; i++)
    if (parts[i]->id.org_no != parts[0]->id.org_no || parts[i]->id.project_no != parts[0]->id.project_no || parts[i - 1]->id.day >= parts[i]->id.day)
      {
        g_set_error_literal (error, PDG_PART_ERROR, PDG_PART_ERROR_FOREIGN, "A report reads parts of one project with ascending days.");
        return NULL;
      }
  scan = g_new0 (PdgScan, 1);
  g_atomic_ref_count_init (&scan->refs);
  scan->parts = g_new (PdgPart *, MAX (n_parts, 1));
  scan->n_parts = (guint) n_parts;
  for (gsize i = 0; i < n_parts; i++)
    {
      scan->parts[i] = pdg_part_ref (parts[i]);
      if (parts[i]->r > 0)
        scan->actor_end = MAX (scan->actor_end, (guint64) parts[i]->run_actor[parts[i]->r - 1] + 1);
    }
  return scan;
}

PdgScan *
pdg_scan_ref (PdgScan *scan)
{
  g_atomic_ref_count_inc (&scan->refs);
  return scan;
}

void
pdg_scan_unref (PdgScan *scan)
{
  if (g_atomic_ref_count_dec (&scan->refs))
    {
      for (guint i = 0; i < scan->n_parts; i++)
        pdg_part_unref (scan->parts[i]);
      g_free (scan->parts);
      g_free (scan);
    }
}

guint64
pdg_scan_get_actor_end (const PdgScan *scan)
{
  return scan->actor_end;
}

guint64
pdg_scan_get_n_events (const PdgScan *scan)
{
  guint64 n = 0;

  for (guint i = 0; i < scan->n_parts; i++)
    n += scan->parts[i]->n;
  return n;
}

static void
ensure_room (PdgBlock *block, gsize room)
{
  if (room <= block->room)
    return;
  block->room = MAX (room, 2 * block->room);
  block->raw = g_renew (PdgChosen, block->raw, block->room);
  block->events = g_renew (PdgChosen, block->events, block->room);
  block->actors = g_renew (guint16, block->actors, block->room);
}

/* Appends what is chosen of the runs of one part behind the first @n. */
static gsize
choose (PdgBlock *block, gsize n, const PdgPart *part, guint32 from_run, guint32 to_run, guint64 actor, const PdgChoice *choice)
{
  const guint32 *table = choice->key_masks;
  guint32 last_key = choice->masks != NULL ? choice->masks->n_keys : 0;

  ensure_room (block, n + part->run_first[to_run] - part->run_first[from_run] + 1);
  for (guint32 run = from_run; run < to_run; run++)
    {
      if (choice->masks != NULL)
        table = pdg_masks_of_run (choice->masks, part->run_actor[run], part->run_session[run]);
      for (guint32 i = part->run_first[run]; i < part->run_first[run + 1]; i++)
        {
          guint32 key = pdg_part_key_at (part, i);
          guint32 mask = choice->every;
          gint64 t = part->base_ms + part->ts[i];

          if (choice->masks != NULL)
            mask |= table[MIN (key, last_key)];
          else if (key < choice->n_keys)
            mask |= table[key];
          block->raw[n] = (PdgChosen) { t, part->run_session[run], key, mask };
          block->actors[n] = (guint16) (part->run_actor[run] - actor);
          n += mask != 0 && t >= choice->from_ms && t <= choice->last_ms;
        }
    }
  return n;
}

void
pdg_block_fill (PdgBlock *block, const PdgScan *scan, const PdgChoice *choice, guint64 actor, guint64 actor_end)
{
  guint64 end = MIN (actor + PDG_BLOCK_ACTORS, actor_end);
  guint32 next[PDG_BLOCK_ACTORS];
  gsize n = 0;

  for (guint p = 0; p < scan->n_parts; p++)
    {
      const PdgPart *part = scan->parts[p];

      if (part->base_ms <= choice->last_ms && part->base_ms + PDG_MS_PER_DAY > choice->from_ms)
        n = choose (block, n, part, pdg_part_find_run (part, actor), pdg_part_find_run (part, end), actor, choice);
    }
  ensure_room (block, 1);
  for (guint i = 0; i <= PDG_BLOCK_ACTORS; i++)
    block->first[i] = 0;
  for (gsize i = 0; i < n; i++)
    block->first[block->actors[i] + 1]++;
  for (guint i = 0; i < PDG_BLOCK_ACTORS; i++)
    {
      next[i] = block->first[i];
      block->first[i + 1] += block->first[i];
    }
  for (gsize i = 0; i < n; i++)
    block->events[next[block->actors[i]]++] = block->raw[i];
}

void
pdg_block_clear (PdgBlock *block)
{
  g_free (block->raw);
  g_free (block->events);
  g_free (block->actors);
}

static int
compare_sessions (gconstpointer a, gconstpointer b, gpointer data)
{
  const PdgChosen *x = a, *y = b;

  return x->session < y->session ? -1 : x->session > y->session;
}

void
pdg_chosen_sort_by_session (PdgChosen *events, guint32 n)
{
  gboolean sorted = TRUE;

  for (guint32 i = 1; i < n && sorted; i++)
    sorted = events[i - 1].session <= events[i].session;
  if (!sorted)
    g_qsort_with_data (events, (gint) n, sizeof (PdgChosen), compare_sessions, NULL); /* stable: a merge sort */
}

void
pdg_scan_each_actor (const PdgScan *scan, const PdgChoice *choice, guint64 actor, guint64 actor_end, PdgActorFunc func, gpointer data)
{
  PdgBlock *block = g_new0 (PdgBlock, 1);

  actor_end = MIN (actor_end, scan->actor_end);
  for (; actor < actor_end; actor += PDG_BLOCK_ACTORS)
    {
      pdg_block_fill (block, scan, choice, actor, actor_end);
      for (guint a = 0; a < PDG_BLOCK_ACTORS; a++)
        if (block->first[a + 1] > block->first[a])
          func ((guint32) (actor + a), &block->events[block->first[a]], block->first[a + 1] - block->first[a], data);
    }
  pdg_block_clear (block);
  g_free (block);
}
