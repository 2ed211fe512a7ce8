#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How often each number was seen: an exact distribution that takes room for different numbers only. Not thread-safe. */
typedef struct _PdgTally PdgTally;

typedef struct
{
  guint64 n;
  gint64 sum; /* has to fit */
  gint64 min, max; /* 0 when there are none */
  double mean;     /* NAN when there are none */
} PdgTallyStats;

/* (transfer full) */
PdgTally     *pdg_tally_new (void);
void          pdg_tally_free (PdgTally *tally);

/* @value has been seen @count more times. */
void          pdg_tally_add (PdgTally *tally, gint64 value, guint64 count);
void          pdg_tally_add_all (PdgTally *tally, const PdgTally *other);

PdgTallyStats pdg_tally_get_stats (const PdgTally *tally);

/* The quantile @q of 0 to 1, by linear interpolation (R-7, as PostgreSQL's percentile_cont). NAN when there are none. Sorts when it must. */
double        pdg_tally_get_quantile (PdgTally *tally, double q);

/* A histogram of times as docs/analytics.md describes it. */
#define PDG_TALLY_MAX_BINS 90

typedef struct
{
  gint64 low_ms, width_ms;               /* bin i is [low + i width, low + (i + 1) width); whole seconds */
  guint n_bins;                          /* the last one is there for the greatest */
  guint64 counts[PDG_TALLY_MAX_BINS + 1];
} PdgTallyHistogram;

/* Of times in ms. @bins: 0 = as many as suit, else 1 to PDG_TALLY_MAX_BINS; without any times n_bins is 0. */
void          pdg_tally_get_histogram (PdgTally *tally, guint bins, PdgTallyHistogram *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgTally, pdg_tally_free)

G_END_DECLS
