#pragma once

#include "service/pdg-commands.h"
#include "store/pdg-store-rights.h"

G_BEGIN_DECLS

/* What a person may ask for. All need the role admin, and are noted: who, when, how much. Neither the log nor the note has an id of the
 * person. Synchronous, on a database thread. Errors: PDG_SERVICE_ERROR, PDG_DB_ERROR. */

/* Whom it is about. A plain value. */
typedef struct
{
  const char *project_id;
  const char *id;
  int kind; /* PdgActorKind; -1 = whatever the id is */
} PdgPersonKey;

/* Deletes the person, or (@keep_counts) makes it anonymous, so that all counts stay. When the events take longer than @timeout_ms
 * (0 = however long), the request is not done yet, and is finished by the collector: done_usec tells. (transfer full) */
PdgPersonRequest *pdg_commands_erase_person (PdgDbConn *conn, PdgPrincipal *principal, const PdgPersonKey *person, gboolean keep_counts,
                                             guint timeout_ms, GError **error);

/* Lines of what is held of the person, as pdg_store_export_person(); that it was asked for is noted with the first line. */
gboolean          pdg_commands_export_person (PdgDbConn *conn, PdgPrincipal *principal, const PdgPersonKey *person, gint64 skip, gint64 limit,
                                              PdgStoreLineFunc func, gpointer user_data, GError **error);

/* Finishes a request of before that was cut off. */
gboolean          pdg_commands_finish_erasure (PdgDbConn *conn, PdgPrincipal *principal, gint32 request_no, GError **error);

G_END_DECLS
