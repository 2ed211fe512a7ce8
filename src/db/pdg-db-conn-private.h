#pragma once

#include "base/pdg-id.h"
#include "db/pdg-db-private.h"

/* The inside of a connection: pdg-db-conn.c opens, resets and closes it, pdg-db-execute.c runs statements on it. */

G_BEGIN_DECLS

struct _PdgDbConn
{
  PGconn *pq;
  char *uri;
  char *set_role;
  char *application_name;
  GHashTable *statements; /* the prepared ones */
  GQueue by_use; /* the most recently used first */
  guint64 next_statement;
  guint64 n_answered;
  gboolean by_row; /* libpq was told to give the rows of the last statement that was sent one by one */
  GCancellable *cancellable;
  gboolean in_tx;
  gboolean ending;                    /* a ROLLBACK was sent and its answer not yet read */
  char known_org[PDG_UUID_TEXT_BYTES]; /* the server let this login act for it; "" = none yet */
  PdgDbSession session;               /* what a transaction of one statement left set, if that is sure */
  gboolean is_set;                    /* whether there may be anything set */
  GData *memory;                      /* see pdg_db_tx_get_memory() */

  GMutex cancel_lock;
  PGcancel *cancel; /* guarded by cancel_lock */
  int cancelled;    /* atomic */
};

GHashTable *pdg_db_statements_new    (void);
void        pdg_db_forget_statements (PdgDbConn *conn);

G_END_DECLS
