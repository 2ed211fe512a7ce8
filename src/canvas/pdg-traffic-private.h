#pragma once

#include "canvas/pdg-traffic.h"

G_BEGIN_DECLS

/* Events that go from one card to another. */
typedef struct
{
  const char *from_id; /* interned: screens are few */
  const char *to_id;
  guint weight;        /* events */
  gint64 start_usec;
  gint64 duration_usec;
  int edge;            /* of the scene; -1: none yet, so straight from card to card */
  int from;            /* cards, -1 when the scene has none */
  int to;
} PdgTrafficDot;

/* A screen with somebody on it or an event that lights it up. */
typedef struct
{
  const char *id; /* interned */
  int card;       /* -1 when the scene has none */
  guint n_sessions;
  guint n_actors;
  guint weight;   /* events of the light */
  gint64 lit_usec;
} PdgTrafficCard;

#define PDG_TRAFFIC_LIGHT_USEC (600 * G_TIME_SPAN_MILLISECOND)

struct _PdgTraffic
{
  PdgScene *scene;
  GStringChunk *names;
  GArray *dots;      /* PdgTrafficDot */
  GHashTable *cards; /* id -> PdgTrafficCard */
  guint64 n_in;
  guint64 n_arrived;
  gint64 now_usec;   /* of the newest advance, on the clock of the dots */
  gint64 behind_usec; /* that clock stood still for so long */
  gint64 paused_usec;
  gboolean paused;
  gboolean still;
};

G_END_DECLS
