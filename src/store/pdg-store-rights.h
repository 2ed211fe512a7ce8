#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-records.h"

G_BEGIN_DECLS

/* What a person may ask for. Tenant transactions; errors: PDG_DB_ERROR. A database thread. */

/* The first step of deleting a person or (@keep_counts) making one anonymous, which has to be committed: from then on nothing is
 * counted for the person. @kind: PdgActorKind, -1 = any. The number of the request; 0 when there is no such person. */
gboolean pdg_store_begin_erasure (PdgDbTx *tx, gint32 project_no, const char *id, int kind, gboolean keep_counts, const char *asked_by,
                                  gint32 *request_no, GError **error);

/* One of a person's ids, of the ids of the person's sessions, or of what may be sessions derived for an unnamed client. */
typedef enum
{
  PDG_STORE_ID_ANONYMOUS = 1,
  PDG_STORE_ID_USER = 2,
  PDG_STORE_ID_SESSION = 3,
  PDG_STORE_ID_DERIVED = 4,
} PdgStoreIdKind;

typedef struct
{
  char *id;          /* (nullable) of the first three */
  guint8 key[16];    /* of the last, */
  gint64 began_usec; /* with its first event */
  PdgStoreIdKind kind;
} PdgPersonId;

/* What the person is known by, which stays so until the transaction ends; before the first step. (transfer full) (element-type PdgPersonId) */
GPtrArray *pdg_store_hold_person (PdgDbTx *tx, gint32 project_no, const char *id, int kind, GError **error);

/* Forgets what is kept of clients: the derived sessions of these keys, those of @derived that are of these keys and began at their times, and the pages
 * of these sessions. */
gboolean   pdg_store_forget_clients (PdgDbTx *tx, gint32 project_no, GArray *person_keys, GArray *session_keys, GPtrArray *derived, GError **error);

/* The second step, which may take as long as it takes to read all events of the organisation. Nothing when it was done already. */
gboolean pdg_store_finish_erasure (PdgDbTx *tx, gint32 request_no, GError **error);

/* A request that is not finished. */
typedef struct
{
  char org_uuid[37];
  gint32 org_no;
  gint32 request_no;
} PdgPendingErasure;

/* Those of every organisation that were begun more than a minute ago. A maintenance transaction of the server. (transfer full)
 * (element-type PdgPendingErasure) */
GPtrArray *pdg_store_list_pending_erasures (PdgDbTx *tx, GError **error);

/* One request, NULL without an error when there is none. (transfer full) */
PdgPersonRequest *pdg_store_lookup_person_request (PdgDbTx *tx, gint32 request_no, GError **error);

/* The requests of each of @n projects, the newest first, before a number. (transfer full) (element-type GPtrArray(PdgPersonRequest)) */
GPtrArray *pdg_store_list_person_requests (PdgDbTx *tx, const gint32 *project_nos, guint n, gint32 before_no, guint limit, GError **error);

/* A line of what is held of a person, as JSON; FALSE ends it. */
typedef gboolean (*PdgStoreLineFunc) (const char *line, gpointer user_data);

/* All that is held: the person, then sessions, then events, then pictures; from line @skip on, @limit lines at most. *@found: whether there is such
 * a person. */
gboolean pdg_store_export_person (PdgDbTx *tx, gint32 project_no, const char *id, int kind, gint64 skip, gint64 limit, PdgStoreLineFunc func,
                                  gpointer user_data, gboolean *found, GError **error);

/* Notes that this was done. */
gboolean pdg_store_note_export (PdgDbTx *tx, gint32 project_no, const char *asked_by, gint64 n_events, gint64 n_sessions, GError **error);

G_END_DECLS
