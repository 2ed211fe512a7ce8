#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-event.h"

G_BEGIN_DECLS

/* What belongs to the rows of a flush, in their transaction: sessions, the names of screens, and the word to the other processes. */

/* What one flush adds to one session. Times in microseconds; G_MAXINT64 = there was none. */
typedef struct
{
  gint32 project_no, session_no;
  gint32 events, page_views, errors;
  gint64 start_usec, end_usec;
  gint32 entry_screen_no, entry_seq, exit_screen_no, exit_seq; /* screen 0 = no page view */
  gint64 entry_usec, exit_usec;
  gint32 release_no, actor_no; /* release 0 = none */
  gint64 release_usec, actor_usec;
  gint16 actor_kind;
} PdgSessionDelta;

/* The newest title of a screen. */
typedef struct
{
  gint32 project_no, epoch, screen_no;
  PdgSlice title;
  gint64 usec;
} PdgScreenTitle;

typedef struct
{
  gint32 org_no, project_no;
  gint32 epoch; /* that its numbers are of (pdg_store_find_project ()) */
} PdgTouchedProject;

/* Borrows everything. */
typedef struct
{
  const PdgSessionDelta *deltas; /* sorted by project and session */
  guint n_deltas;
  const PdgScreenTitle *titles;
  guint n_titles;
  const PdgTouchedProject *projects; /* that have new events */
  guint n_projects;
  const char *origin; /* who tells of them, so that it need not listen to itself */
  gint64 received_usec;
  gboolean durable_later; /* the commit does not wait for the disk; pdg_store_flush_log () does */
} PdgFlushEnd;

/* Holds the projects until the transaction ends, adds to the sessions, gives the screens their titles, and tells every process when the
 * transaction commits, all in one round trip; with @commit it also commits. Errors: PDG_DB_ERROR; PDG_DB_ERROR_INVALID (SQLSTATE 23503)
 * when numbers of a project were taken back since its epoch.
 *
 * The rows are there before the projects are held, which nothing can tell. Merges and the first step of an erasure hold a project
 * alone, and by then either
 * - they are over: an erasure made another epoch, and the rows go with the transaction; a merge leaves the numbers of events as they
 *   are, and the sessions are only now added to, by the actors that this one counts as; or
 * - they wait for this transaction, and see its rows.
 * So a merge never waits for a COPY, and the word costs no round trip of its own. */
gboolean pdg_store_finish_flush (PdgDbTx *tx, const PdgFlushEnd *end, gboolean commit, GError **error);

/* Whether the database refused a number that it does not know (any more). Any thread. */
gboolean pdg_store_is_refused_number (const GError *error);

/* Whether pdg_store_flush_log () may be used. Errors: PDG_DB_ERROR. */
gboolean pdg_store_may_flush_log (PdgDbTx *tx, gboolean *may, GError **error);

/* Writes a mark into the write-ahead log and commits, which takes everything that was committed before to the disk. It says
 * nothing about what was committed before a crash of the database, so the connection has to be older than what it vouches for. Errors:
 * PDG_DB_ERROR. */
gboolean pdg_store_flush_log (PdgDbTx *tx, GError **error);

#define PDG_STORE_CHANNEL "productgraph"

/* Reads a notification's payload into @projects (element-type PdgTouchedProject, with epochs of 0). FALSE when it is none of ours, or when it is
 * @own_origin that told. */
gboolean pdg_store_parse_notification (const char *payload, const char *own_origin, GArray *projects);

G_END_DECLS
