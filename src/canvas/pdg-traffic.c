#include "config.h"
#include "canvas/pdg-traffic-private.h"

#include <string.h>

/* Events that come in one message happened one after another: so their dots set off within this time. */
#define SPREAD_USEC (180 * G_TIME_SPAN_MILLISECOND)
#define MAX_DOTS_A_STEP 3u

PdgTraffic *
pdg_traffic_new (void)
{
  PdgTraffic *self = g_new0 (PdgTraffic, 1);

  self->names = g_string_chunk_new (1024);
  self->dots = g_array_new (FALSE, FALSE, sizeof (PdgTrafficDot));
  self->cards = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  return self;
}

void
pdg_traffic_free (PdgTraffic *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->dots);
  g_hash_table_unref (self->cards);
  g_string_chunk_free (self->names);
  pdg_scene_unref (self->scene);
  g_free (self);
}

guint64
pdg_traffic_get_n_moving (const PdgTraffic *self)
{
  return self->n_in - self->n_arrived;
}

void
pdg_traffic_clear (PdgTraffic *self)
{
  g_array_set_size (self->dots, 0);
  g_hash_table_remove_all (self->cards);
  g_string_chunk_clear (self->names);
  self->n_arrived = self->n_in;
}

/* ---- the clock, which stands still in a pause ---- */

static gint64
get_time (const PdgTraffic *self, gint64 now_usec)
{
  return (self->paused ? self->paused_usec : now_usec) - self->behind_usec;
}

void
pdg_traffic_set_paused (PdgTraffic *self, gboolean paused, gint64 now_usec)
{
  if (paused == self->paused)
    return;
  if (paused)
    self->paused_usec = now_usec;
  else
    self->behind_usec += now_usec - self->paused_usec;
  self->paused = paused;
}

gboolean
pdg_traffic_is_paused (const PdgTraffic *self)
{
  return self->paused;
}

/* ---- where things are in the scene ---- */

static int
find_card (const PdgTraffic *self, const char *id)
{
  return self->scene != NULL ? pdg_scene_lookup_card (self->scene, id) : -1;
}

static void
locate_dot (const PdgTraffic *self, PdgTrafficDot *dot)
{
  dot->from = find_card (self, dot->from_id);
  dot->to = find_card (self, dot->to_id);
  dot->edge = pdg_scene_find_edge (self->scene, dot->from, dot->to);
}

void
pdg_traffic_set_scene (PdgTraffic *self, PdgScene *scene)
{
  GHashTableIter iter;
  PdgTrafficCard *card;

  if (scene == self->scene)
    return;
  pdg_scene_unref (self->scene);
  self->scene = scene != NULL ? pdg_scene_ref (scene) : NULL;
  for (guint i = 0; i < self->dots->len; i++)
    locate_dot (self, &g_array_index (self->dots, PdgTrafficDot, i));
  g_hash_table_iter_init (&iter, self->cards);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &card))
    card->card = find_card (self, card->id);
}

void
pdg_traffic_set_still (PdgTraffic *self, gboolean still)
{
  GHashTableIter iter;
  PdgTrafficCard *card;

  self->still = still;
  if (!still)
    return;
  g_array_set_size (self->dots, 0);
  g_hash_table_iter_init (&iter, self->cards);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &card))
    card->weight = 0;
  self->n_arrived = self->n_in;
}

/* ---- what comes in ---- */

static PdgTrafficCard *
ensure_card (PdgTraffic *self, const char *id)
{
  PdgTrafficCard *card = g_hash_table_lookup (self->cards, id);

  if (card == NULL)
    {
      card = g_new0 (PdgTrafficCard, 1);
      card->id = g_string_chunk_insert_const (self->names, id);
      card->card = find_card (self, id);
      g_hash_table_insert (self->cards, (gpointer) card->id, card);
    }
  return card;
}

/* A light that is on already takes more events, and begins anew once it is half gone. */
static void
light_up (PdgTraffic *self, const char *id, guint weight, gint64 at_usec)
{
  PdgTrafficCard *card = ensure_card (self, id);

  if (card->weight == 0 || at_usec - card->lit_usec > PDG_TRAFFIC_LIGHT_USEC / 2)
    card->lit_usec = at_usec;
  card->weight += weight;
}

void
pdg_traffic_add_pulse (PdgTraffic *self, const char *screen_id, guint count, gint64 now_usec)
{
  self->n_in += count;
  if (self->still || screen_id == NULL || find_card (self, screen_id) < 0)
    self->n_arrived += count;
  else
    light_up (self, screen_id, count, get_time (self, now_usec));
}

/* The newest dot of the same way, for events that have no room of their own. */
static PdgTrafficDot *
find_dot (PdgTraffic *self, const PdgTrafficDot *like)
{
  for (guint i = self->dots->len; i-- > 0;)
    {
      PdgTrafficDot *dot = &g_array_index (self->dots, PdgTrafficDot, i);

      if (dot->from == like->from && dot->to == like->to)
        return dot;
    }
  return NULL;
}

void
pdg_traffic_add_step (PdgTraffic *self, const char *from_id, const char *to_id, guint count, double elapsed_ms, gint64 now_usec)
{
  guint n_dots = MIN (count, MAX_DOTS_A_STEP);
  PdgTrafficDot dot = { .start_usec = get_time (self, now_usec) };

  dot.from_id = g_string_chunk_insert_const (self->names, from_id);
  dot.to_id = g_string_chunk_insert_const (self->names, to_id);
  dot.duration_usec = (gint64) (CLAMP (elapsed_ms, PDG_TRAFFIC_MIN_MS, PDG_TRAFFIC_MAX_MS) * 1000);
  locate_dot (self, &dot);
  if (self->still || dot.from < 0 || dot.to < 0)
    {
      pdg_traffic_add_pulse (self, to_id, count, now_usec);
      return;
    }
  if (self->dots->len + n_dots > PDG_TRAFFIC_MAX_DOTS)
    {
      PdgTrafficDot *other = find_dot (self, &dot);

      if (other == NULL)
        {
          pdg_traffic_add_pulse (self, to_id, count, now_usec);
          return;
        }
      other->weight += count;
      self->n_in += count;
      return;
    }
  self->n_in += count;
  for (guint i = 0; i < n_dots; i++)
    {
      dot.weight = count * (i + 1) / n_dots - count * i / n_dots;
      dot.start_usec += i > 0 ? SPREAD_USEC / n_dots : 0;
      g_array_append_val (self->dots, dot);
    }
}

void
pdg_traffic_set_counter (PdgTraffic *self, const char *screen_id, guint n_sessions, guint n_actors)
{
  PdgTrafficCard *card = ensure_card (self, screen_id);

  card->n_sessions = n_sessions;
  card->n_actors = n_actors;
}

void
pdg_traffic_clear_counters (PdgTraffic *self)
{
  GHashTableIter iter;
  PdgTrafficCard *card;

  g_hash_table_iter_init (&iter, self->cards);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &card))
    card->n_sessions = card->n_actors = 0;
}

void
pdg_traffic_get_counter (const PdgTraffic *self, const char *screen_id, guint *n_sessions, guint *n_actors)
{
  const PdgTrafficCard *card = g_hash_table_lookup (self->cards, screen_id);

  *n_sessions = card != NULL ? card->n_sessions : 0;
  *n_actors = card != NULL ? card->n_actors : 0;
}

guint64
pdg_traffic_get_n_in (const PdgTraffic *self)
{
  return self->n_in;
}

guint64
pdg_traffic_get_n_arrived (const PdgTraffic *self)
{
  return self->n_arrived;
}

guint
pdg_traffic_get_n_dots (const PdgTraffic *self)
{
  return self->dots->len;
}

/* ---- time goes by ---- */

gboolean
pdg_traffic_advance (PdgTraffic *self, gint64 now_usec)
{
  GHashTableIter iter;
  PdgTrafficCard *card;
  gboolean moves;

  self->now_usec = get_time (self, now_usec);
  if (self->paused)
    return FALSE;
  for (guint i = 0; i < self->dots->len;)
    {
      PdgTrafficDot dot = g_array_index (self->dots, PdgTrafficDot, i);

      if (self->now_usec < dot.start_usec + dot.duration_usec)
        {
          i++;
          continue;
        }
      /* it arrives as a light on its card */
      g_array_remove_index_fast (self->dots, i);
      light_up (self, dot.to_id, dot.weight, self->now_usec);
    }
  moves = self->dots->len > 0;
  g_hash_table_iter_init (&iter, self->cards);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &card))
    {
      if (card->weight > 0 && self->now_usec >= card->lit_usec + PDG_TRAFFIC_LIGHT_USEC)
        {
          self->n_arrived += card->weight;
          card->weight = 0;
        }
      moves |= card->weight > 0;
    }
  return moves;
}
