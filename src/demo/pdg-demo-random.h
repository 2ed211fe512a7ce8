#pragma once

#include <glib.h>
#include <math.h>

/* A small seedable generator: splitmix64 (S. Vigna, public domain). Equal on every machine, unlike GRand no shared state. */
typedef struct
{
  guint64 state;
} PdgDemoRandom;

/* The finaliser of splitmix64: a bijection of 64 bits. */
static inline guint64
pdg_demo_mix (guint64 x)
{
  x ^= x >> 30;
  x *= G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  x ^= x >> 27;
  x *= G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return x ^ (x >> 31);
}

/* A stream of its own for item @index of the thing called @salt. */
static inline PdgDemoRandom
pdg_demo_random_make (guint64 seed, guint64 salt, guint64 index)
{
  PdgDemoRandom random = { pdg_demo_mix (pdg_demo_mix (seed + salt) + index * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)) };

  return random;
}

static inline guint64
pdg_demo_random_next (PdgDemoRandom *random)
{
  random->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return pdg_demo_mix (random->state);
}

/* Evenly spread in [0, 1). */
static inline double
pdg_demo_random_unit (PdgDemoRandom *random)
{
  return (double) (pdg_demo_random_next (random) >> 11) * 0x1p-53;
}

/* Evenly spread in [low, high]. */
static inline int
pdg_demo_random_range (PdgDemoRandom *random, int low, int high)
{
  return low + (int) (pdg_demo_random_unit (random) * (high - low + 1));
}

static inline gboolean
pdg_demo_random_chance (PdgDemoRandom *random, double probability)
{
  return pdg_demo_random_unit (random) < probability;
}

/* A skewed positive number with this median, like times that people or servers take; within a factor of 8 of it. */
static inline double
pdg_demo_random_skewed (PdgDemoRandom *random, double median, double spread)
{
  double sum = -6.0;

  for (int i = 0; i < 12; i++)
    sum += pdg_demo_random_unit (random);
  return median * CLAMP (exp (spread * sum), 0.125, 8.0);
}

/* Index drawn by weight; the weights' sum must be positive. */
static inline guint
pdg_demo_random_pick (PdgDemoRandom *random, const double *weights, guint n)
{
  double total = 0, at;

  for (guint i = 0; i < n; i++)
    total += weights[i];
  at = pdg_demo_random_unit (random) * total;
  for (guint i = 0; i < n; i++)
    {
      at -= weights[i];
      if (at < 0)
        return i;
    }
  for (guint i = n; i-- > 0;)
    if (weights[i] > 0)
      return i;
  return 0;
}
