#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The made-up shop "Larder & Loom" that fills an empty project with believable data. Pure: no IO, no clock, no global
 * state; the same options give the same bytes. Every object is used by one thread at a time. */

#define PDG_DEMO_MAX_BATCH 1000

/* What to make up; a zero or NULL field means its default. */
typedef struct
{
  guint64 seed;
  gint64 end_usec;          /* newest instant of the history; sessions that still run then are cut there */
  guint n_days;             /* length of the history, default 14 */
  guint n_sessions;         /* default 4,000 */
  const char *project_id;   /* default "proj_demo" */
  double events_per_second; /* live mode only, default 10 */
} PdgDemoOptions;

/* A history of finished sessions. */
typedef struct _PdgDemo PdgDemo;

/* Plans the history that ends at options->end_usec; copies the options. (transfer full) */
PdgDemo             *pdg_demo_new (const PdgDemoOptions *options);
void                 pdg_demo_free (PdgDemo *demo);

/* The exact number of events that all batches together hold. The first call walks through the whole history once. */
guint64              pdg_demo_get_n_events (PdgDemo *demo);

/* The next body of a POST /v1/events with up to @max_events events (at most PDG_DEMO_MAX_BATCH), all sessions
 * interleaved, oldest first. (transfer full) (nullable): NULL at the end */
GBytes              *pdg_demo_next_batch (PdgDemo *demo, guint max_events, guint *n_events);

/* A release of the shop and the instant its roll-out began. The version is static text. */
typedef struct
{
  const char *version;
  gint64 start_usec;
} PdgDemoRelease;

/* The releases of the history, oldest first; the demo owns the array. */
const PdgDemoRelease *pdg_demo_get_releases (const PdgDemo *demo, guint *n_releases);

/* An endless stream of running sessions on the newest release. */
typedef struct _PdgDemoLive PdgDemoLive;

/* @options: seed, project_id and events_per_second count; the first call of pdg_demo_live_next () starts the clock.
 * (transfer full) */
PdgDemoLive         *pdg_demo_live_new (const PdgDemoOptions *options);
void                 pdg_demo_live_free (PdgDemoLive *live);

/* The events that became due after the previous call and not after @now_usec, stamped with the instant they became due.
 * At most PDG_DEMO_MAX_BATCH: call again until it answers NULL. A caller that was away for more than five seconds
 * (a suspended machine) gets the last five seconds only. (transfer full) (nullable): NULL when nothing is due */
GBytes              *pdg_demo_live_next (PdgDemoLive *live, gint64 now_usec, guint *n_events);

/* One screen of the shop. Static texts. */
typedef struct
{
  const char *path;         /* as pdg_screen_path_normalise () leaves it: "/product/:id" */
  const char *example_path; /* one that a visitor really opens: "/product/1042" */
  const char *title;        /* page.title, "Product" */
  const char *component;    /* root of its component tree, "ProductPage" */
} PdgDemoScreen;

guint                pdg_demo_get_n_screens (void);
const PdgDemoScreen *pdg_demo_get_screen (guint screen);

/* One part of a screen's component tree, and where it is in the picture. */
typedef struct
{
  const char *path; /* "ProductPage/BuyBox/AddToCartButton", as in ui.component.path */
  int x;
  int y;
  int width;
  int height;
} PdgDemoComponent;

/* The parts of a screen that can be seen or clicked, parents before their children, the page itself first; a part that
 * repeats (a product card) is there several times. One g_free () frees it all. (transfer full) */
PdgDemoComponent    *pdg_demo_list_components (guint screen, guint *n_components);

#define PDG_DEMO_SCREEN_WIDTH 1280
#define PDG_DEMO_SCREEN_HEIGHT 800

/* A picture of the screen as PNG, PDG_DEMO_SCREEN_WIDTH by PDG_DEMO_SCREEN_HEIGHT pixels. Any thread. (transfer full) */
GBytes              *pdg_demo_draw_screen (guint screen);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgDemo, pdg_demo_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgDemoLive, pdg_demo_live_free)

G_END_DECLS
