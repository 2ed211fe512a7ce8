#include "config.h"
#include "api/pdg-api-rates.h"

#include "base/pdg-clock.h"

#define MAX_BUCKETS 65536

/* In millionths of a token, so that a microsecond at one event a second is one of them, and nothing is ever rounded. */
#define WHOLE G_GINT64_CONSTANT (1000000)

typedef struct
{
  gint64 tokens;
  gint64 at_usec;
} Bucket;

struct _PdgApiRates
{
  GMutex lock;
  GHashTable *buckets; /* key number -> Bucket */
  guint events_per_second;
  guint burst_events;
  guint64 n_refused;
};

PdgApiRates *
pdg_api_rates_new (guint events_per_second, guint burst_events)
{
  PdgApiRates *self = g_new0 (PdgApiRates, 1);

  g_mutex_init (&self->lock);
  self->buckets = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->events_per_second = events_per_second;
  self->burst_events = MAX (burst_events, 1);
  return self;
}

void
pdg_api_rates_free (PdgApiRates *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->buckets);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static Bucket *
ensure_bucket (PdgApiRates *self, gint32 key_no, gint64 full, gint64 now_usec)
{
  Bucket *bucket = g_hash_table_lookup (self->buckets, GINT_TO_POINTER (key_no));

  if (bucket != NULL)
    return bucket;
  if (g_hash_table_size (self->buckets) >= MAX_BUCKETS)
    g_hash_table_remove_all (self->buckets);
  bucket = g_new (Bucket, 1);
  *bucket = (Bucket) { full, now_usec };
  g_hash_table_insert (self->buckets, GINT_TO_POINTER (key_no), bucket);
  return bucket;
}

guint
pdg_api_rates_take (PdgApiRates *self, const PdgPrincipal *principal, guint n_events)
{
  g_autoptr (GMutexLocker) locker = NULL;
  gint32 key_no = pdg_principal_get_key_no (principal);
  int own_rate, own_burst;
  gint64 rate, full, now_usec = pdg_clock_now_usec (), wanted, missing;
  Bucket *bucket;

  pdg_principal_get_rate (principal, &own_rate, &own_burst);
  rate = own_rate >= 0 ? own_rate : (gint64) self->events_per_second;
  full = (own_burst > 0 ? own_burst : own_rate > 0 ? MAX ((gint64) own_rate, self->burst_events) : (gint64) self->burst_events) * WHOLE;
  if (key_no == 0 || rate == 0 || n_events == 0)
    return 0;
  locker = g_mutex_locker_new (&self->lock);
  bucket = ensure_bucket (self, key_no, full, now_usec);
  if (now_usec > bucket->at_usec) /* a clock that was put back fills nothing */
    {
      gint64 elapsed = MIN (now_usec - bucket->at_usec, (full - bucket->tokens) / rate + 1);

      bucket->tokens = MIN (full, bucket->tokens + MAX (elapsed, 0) * rate);
    }
  bucket->at_usec = now_usec;
  wanted = MIN ((gint64) n_events * WHOLE, full);
  if (bucket->tokens >= wanted)
    {
      bucket->tokens -= (gint64) n_events * WHOLE;
      return 0;
    }
  self->n_refused++;
  missing = wanted - bucket->tokens;
  return (guint) CLAMP ((missing + rate * WHOLE - 1) / (rate * WHOLE), 1, 3600);
}

guint64
pdg_api_rates_get_n_refused (PdgApiRates *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->n_refused;
}
