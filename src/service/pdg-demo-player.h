#pragma once

#include "db/pdg-db-pool.h"
#include "demo/pdg-demo.h"
#include "service/pdg-ingest.h"

G_BEGIN_DECLS

#define PDG_DEMO_PROJECT_ID "proj_shop"
#define PDG_DEMO_PROJECT_NAME "Demo shop"

/* Plays the made-up shop into a project, the way every event comes: as request bodies through the reader of event JSON
 * and the writer. */
typedef struct _PdgDemoPlayer PdgDemoPlayer;

/* How far it is; a plain value. */
typedef struct
{
  guint64 done;
  guint64 total;
  gboolean running;
  char *error; /* nullable (transfer full) */
} PdgDemoProgress;

/* Borrows pool, ingest and hub, which must outlive it. (transfer full) */
PdgDemoPlayer *pdg_demo_player_new (PdgDbPool *pool, PdgIngest *ingest, PdgHub *hub);

/* Stops what plays and waits for it. */
void           pdg_demo_player_free (PdgDemoPlayer *player);

/* Loads the history (screens with pictures, then events) in a thread of its own; does nothing when one is under way.
 * Progress goes to PDG_HUB_TOPIC_DEMO. @options: project_id is ignored. Any thread. */
void           pdg_demo_player_start (PdgDemoPlayer *player, PdgPrincipal *principal, const PdgDemoOptions *options);

/* Waits until it is over. FALSE with what went wrong. */
gboolean       pdg_demo_player_wait (PdgDemoPlayer *player, GError **error);

void           pdg_demo_player_get_progress (PdgDemoPlayer *player, PdgDemoProgress *progress);

/* Plays live traffic at options->events_per_second on this thread until @cancellable. */
gboolean       pdg_demo_player_play_live (PdgDemoPlayer *player, PdgPrincipal *principal, const PdgDemoOptions *options,
                                          GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgDemoPlayer, pdg_demo_player_free)

G_END_DECLS
